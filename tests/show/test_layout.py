"""Lines of the table: headings of trips and branches, folding, columns."""
import pytest

from s2sad.errors import Loc
from s2sad.show.layout import Loop, Mark, Row, count, grouped, numbers, text, width


def row(kind: str, name: str, *parts: str, step: int, trips=(), loc=None) -> Row:
    expression, formula, shown = [""] * (3 - len(parts)) + list(parts) if len(parts) < 3 else parts
    return Row(kind, name, expression or formula, formula if expression else "", None, shown, step, trips, loc)


PRIMAL = [row("primal", "v₀", "x", "2", step=-1), row("primal", "v₁", "v₀²", "2²", "4", step=0),
          row("primal", "y", "v₁", "4", step=1)]
ADJOINT = [row("adjoint", "v̄₁", "ȳ", "1", step=1), row("adjoint", "v̄₀", "v̄₁ ∂v₁/∂v₀", "v̄₁ × 2 × v₀", "4", step=0),
           row("adjoint", "x̄", "v̄₀", "4", step=-1)]
BOTH = {"primal": PRIMAL, "tangent": (), "adjoint": ADJOINT}


def trips(*counts: int) -> list[Row]:
    """One row for each trip of a loop."""
    loop = Loop(None, max(counts) + 1)
    return [row("primal", f"v{k}", "0", step=k, trips=((loop, k),)) for k in counts]


def headings(*columns, marks=(), upward=False) -> list[str]:
    return [item for item in grouped(columns, marks, upward) if isinstance(item, str)]


def test_a_row_says_nothing_twice():
    assert str(Row("primal", "v₁", "x", "x", 2.0, "2", 0)) == "v₁ = x = 2"
    assert str(Row("primal", "v₁", "2", "2", 2.0, "2", 0)) == "v₁ = 2"


def test_a_row_as_data():
    loop = Loop(None, 3)
    made = Row("adjoint", "v̄₁", "ȳ", "", 1.0, "1", 4, ((loop, 2),), Loc("nowhere.py", 7, 0, text="y = x\n"))
    assert made.to_dict() == {"kind": "adjoint", "name": "v̄₁", "expression": "ȳ", "formula": "", "value": 1.0,
                              "line": 7, "source": "y = x", "trip": (3,)}
    assert PRIMAL[0].line is None and PRIMAL[0].source == ""


def test_columns_side_by_side():
    lines = text("f", BOTH, [], 200).splitlines()
    assert lines[2].split("│")[1].strip() == "Reverse adjoint trace ↑"
    assert len({width(line.split("│")[0]) for line in lines if "│" in line}) == 1
    assert [line.split("│")[1].split()[0] for line in lines[4:] if "│" in line] == ["x̄", "v̄₀", "v̄₁"]


def test_one_below_the_other_where_it_is_narrow():
    lines = text("f", BOTH, [], 40).splitlines()
    assert lines.index("Forward primal trace") < lines.index("Reverse adjoint trace")
    assert [line.split()[0] for line in lines[-5:] if "─" not in line] == ["v̄₁", "v̄₀", "x̄"]


def test_equal_signs_are_aligned():
    lines = text("f", BOTH, [], 10).splitlines()
    body = [line for line in lines if line.startswith(("v₀", "v₁", "y"))]
    assert len({width(line[:line.rindex("=")]) for line in body}) == 1


def test_few_trips_are_shown_all():
    assert headings(trips(*range(6))) == [f"· trip {k + 1} of 6" for k in range(6)]


def test_many_trips_are_folded_in_both_directions():
    assert headings(trips(*range(9))) == ["· trip 1 of 9", "· trip 2 of 9", "⋮ 6 more trips", "· trip 9 of 9"]
    assert headings(trips(*range(9)), upward=True) == ["· trip 9 of 9", "⋮ 6 more trips", "· trip 2 of 9",
                                                       "· trip 1 of 9"]


def test_nested_trips_are_indented_and_only_what_changed_is_said():
    outer, inner = Loop(None, 2), Loop(None, 2)
    rows = [row("primal", "v", "0", step=k, trips=((outer, 0), *at))
            for k, at in enumerate([(), ((inner, 0),), ((inner, 1),), ()])]
    assert headings(rows) == ["· trip 1 of 2", "  · trip 1 of 2", "  · trip 2 of 2", "  · outside the loop"]


def test_what_a_loop_does_is_said():
    loc = Loc("nowhere.py", 3, 0, text="for i in r:")
    assert str(Mark("loop", loc, (), Loop(loc, 0, 0))) == "· line 3: for i in r:  ⇒  no trips"
    assert str(Mark("loop", loc, (), Loop(loc, 3, 10))) == "· line 3: for i in r:  ⇒  3 of 10 trips"
    assert str(Mark("loop", loc, (), Loop(loc, 1))) == "· line 3: for i in r:  ⇒  1 trip"
    assert count(100_000) == "100 000 trips"


def test_marks_stand_before_their_step_and_vanish_with_their_trip():
    rows = trips(*range(9))
    marks = [Mark("branch", None, rows[k].trips, None, True, f"test {k}", k) for k in (1, 4)]
    assert headings(rows, marks=marks) == ["· trip 1 of 9", "· trip 2 of 9", "  · branch  ⇒  test 1",
                                           "⋮ 6 more trips", "· trip 9 of 9"]


@pytest.mark.parametrize("wide", [40, 200])
def test_line_numbers_where_there_are_several_lines(wide):
    def at(line):
        return Loc("nowhere.py", line, 0)

    rows = [row("primal", "v₀", "x", "2", step=-1), row("primal", "v₁", "v₀²", "2²", "4", step=0, loc=at(9)),
            row("primal", "v₂", "v₁²", "4²", "16", step=1, loc=at(10)),
            row("primal", "v₃", "v₂²", "16²", "256", step=2, loc=at(10)), row("primal", "y", "v₃", "256", step=3)]
    assert numbers(rows) == 4 and numbers(rows[:2]) == 0
    lines = text("f", {"primal": rows, "adjoint": []}, [], wide).splitlines()
    assert [line[:4] for line in lines[4:] if "v" in line] == ["    ", " 9  ", "10  ", "    ", "    "]
