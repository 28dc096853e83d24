"""Tests of s2sad/backend/plan.py: what folds into an expression, and what does not."""
from __future__ import annotations

from tests.backend.helper import FLOAT, INT, VECTOR, ir, text


def lines(source: str, facts: dict | None = None, places: dict | None = None) -> list[str]:
    return [line.strip() for line in text(ir(source, facts, places)).splitlines()[1:]]


def test_single_uses_fold_up_to_the_line_length() -> None:
    terms = "\n".join(f"    t{k} = np.sin(x) * np.cos(x)" for k in range(6))
    made = lines(f"def f(x):\n{terms}\n    y = t0 + t1 + t2 + t3 + t4 + t5\n    return y")
    assert len(made) > 2 and all(len(line) <= 88 for line in made)


def test_values_used_twice_stay() -> None:
    made = lines("def f(x):\n    t = np.sin(x)\n    y = t * t\n    return y")
    assert made == ["t = np.sin(x)", "y = t * t", "return y"]


def test_nothing_folds_into_a_loop() -> None:
    made = lines("""
        def f(x, n):
            y = np.sin(x)
            s__2 = for i in range(n) carry s = 0.0:
                s__1 = s + y
                yield s__1
            return s__2
        """, {"s": FLOAT, "n": INT})
    assert made[0] == "y = np.sin(x)"


def test_nothing_moves_past_a_write() -> None:
    made = lines("""
        def f(n):
            a = np.ones(n)
            p = a[0]
            a__2 = setitem(a, 0, 2.0)
            q = p + 1.0
            return q, a__2
        """, {"a": VECTOR, "p": FLOAT, "q": FLOAT})
    assert made.index("p = a[0]") < made.index("a[0] = 2.0")


def test_a_write_elsewhere_is_no_reason() -> None:
    made = lines("""
        def f(n, b):
            a = np.ones(n)
            p = b[0]
            a__2 = setitem(a, 0, 2.0)
            q = p + 1.0
            return q, a__2
        """, {"a": VECTOR, "b": VECTOR, "p": FLOAT, "q": FLOAT})
    assert "q = b[0] + 1.0" in made


def test_one_range_for_two_loops_is_written_twice() -> None:
    made = lines("""
        def f(n):
            m = n - 1
            r = range(m)
            a, ps = for i in r carry s = 0.0 collect s:
                s__1 = s + i
                yield s__1
            b = for i__2, p in reversed(zip(r, ps)) carry u = 0.0:
                u__1 = u + p
                yield u__1
            return b, a
        """, {"n": INT, "m": INT, "i": INT, "s": FLOAT, "u": FLOAT, "p": FLOAT})
    assert "for i in range(n - 1):" in made
    assert "for i, p in zip(reversed(range(n - 1)), reversed(ps)):" in made


def test_named_values_of_other_statements_fold_only_into_short_lines() -> None:
    long = "np.logaddexp(np.sin(x), np.cos(x)) * np.exp(x)"
    made = lines(f"def f(x):\n    height = {long}\n    y = height + np.sqrt(x)\n    return y",
                 places={"height": f"height = {long}", "y": "y = height + np.sqrt(x)"})
    assert made[0].startswith("height = ") and made[1] == "y = height + np.sqrt(x)"
