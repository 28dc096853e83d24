"""Columns, headings of trips, and the formats."""
from s2sad.show.layout import Loop, Row, folded, html, markdown, text, width

PRIMAL = [Row(("v₀", "x", "2"), 2.0, -1), Row(("v₁", "x²", "2²", "4"), 4.0, 0), Row(("y", "v₁", "4"), 4.0, 1)]
ADJOINT = [Row(("v̄₁", "ȳ", "1"), 1.0, 1), Row(("v̄₀", "v̄₁ · ∂v₁/∂v₀", "", "", "4"), 4.0, 0),
           Row(("x̄", "v̄₀", "4"), 4.0, -1)]


def trips(*counts: int) -> list[Row]:
    """One row for each trip of a loop."""
    loop = Loop(None, max(counts) + 1)
    return [Row((f"v{k}", "0"), 0.0, k, ((loop, k),)) for k in counts]


def test_a_row_says_nothing_twice():
    assert str(Row(("v₁", "x", "x", "2"), 2.0, 0)) == "v₁ = x = 2"
    assert str(Row(("v₁", "2", "2", "2"), 2.0, 0)) == "v₁ = 2"


def test_two_columns():
    lines = text("f", PRIMAL, ADJOINT, 200).splitlines()
    assert lines[2].split("│")[1].strip() == "Reverse adjoint trace ↑"
    bars = {width(line.split("│")[0]) for line in lines if "│" in line}
    assert len(bars) == 1
    assert [line.split("│")[1].split()[0] for line in lines[4:] if "│" in line] == ["x̄", "v̄₀", "v̄₁"]


def test_equal_signs_are_aligned():
    lines = text("f", PRIMAL, ADJOINT, 10).splitlines()
    body = [line for line in lines if line.startswith(("v₀", "v₁", "y"))]
    assert len({width(line[:line.rindex("=")]) for line in body}) == 1


def test_few_trips_are_shown_all():
    assert [str(item) for item in folded(trips(*range(6)))][::2] == [f"· trip {k + 1} of 6" for k in range(6)]


def test_many_trips_are_folded():
    assert [item for item in folded(trips(*range(9))) if isinstance(item, str)] == [
        "· trip 1 of 9", "· trip 2 of 9", "⋮ 6 more trips", "· trip 9 of 9"]


def test_markdown_escapes():
    assert r"a\_bar \| b" in markdown("f", [Row(("a_bar | b", "1"), 1.0, 0)], [])


def test_html_escapes():
    assert "a &lt; b" in html("f", [Row(("t", "a < b", "1"), 1.0, 0)], []) and "<table>" in html("f", PRIMAL, ADJOINT)
