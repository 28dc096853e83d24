"""Tests of s2sad/passes/linear.py: copies where they are needed, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime
from s2sad.errors import InternalError
from s2sad.ir.interpret import interpret
from s2sad.passes.linear import linear, verify_linear
from tests.backend.helper import FLOAT, INT, MATRIX, VECTOR, Fact, compiled, count, equal, ir, text

FACTS = {
    "a": VECTOR,
    "b": VECTOR,
    "p": VECTOR,
    "q": VECTOR,
    "x": VECTOR,
    "s": FLOAT,
    "n": INT,
    "i": INT,
    "M": MATRIX,
    "t": INT,
    "ps": Fact("list", item=VECTOR),
}


def check(source: str, *args: object, copies: int) -> str:
    """The text, after comparing the result with the interpreter and counting copies."""
    fn = ir(source, FACTS)
    made = verify_linear(linear(fn))
    wanted = interpret(fn, *args)
    assert equal(compiled(fn)(*args), wanted)
    assert count(made, runtime.copy) == copies
    return text(fn)


def test_an_update_of_what_is_ours_needs_no_copy() -> None:
    check("""
        def f(n):
            a = np.zeros(n)
            a__2 = setitem(a, 0, 1.0)
            a__3 = add_at(a__2, 1, 2.0)
            return a__3
        """, 3, copies=0)


def test_an_argument_is_copied_once() -> None:
    x = np.zeros(3)
    check("def f(x):\n    a = setitem(x, 0, 1.0)\n    a__2 = setitem(a, 1, 2.0)\n    return a__2", x, copies=1)
    assert equal(x, np.zeros(3))


def test_unverified() -> None:
    with pytest.raises(InternalError, match="an update of `x`"):
        verify_linear(ir("def f(x):\n    a = setitem(x, 0, 1.0)\n    return a", FACTS))


def test_a_buffer_carried_by_a_loop_is_copied_before_the_loop() -> None:
    made = check(
        """
        def f(x, n):
            a = for i in range(n) carry b = x:
                b__2 = setitem(b, i, 1.0)
                yield b__2
            return a
        """,
        np.zeros(3),
        2,
        copies=1,
    )
    assert made.index("copy(") < made.index("for i")


def test_nested_loops_copy_before_the_outermost() -> None:
    made = check(
        """
        def f(x, n):
            a = for t in range(n) carry a__1 = x:
                b = for i in range(n) carry b__1 = a__1:
                    b__2 = setitem(b__1, i, 1.0)
                    yield b__2
                yield b
            return a
        """,
        np.zeros(3),
        2,
        copies=1,
    )
    assert made.index("copy(") < made.index("for t")


def test_two_buffers_that_swap_need_no_copy() -> None:
    check(
        """
        def jacobi(n):
            a = np.ones(4)
            b = np.ones(4)
            a__9, b__9 = for t in range(n) carry a__1 = a, b__1 = b:
                b__4 = for i in range(1, 3) carry b__2 = b__1:
                    s = a__1[i - 1] + a__1[i + 1]
                    b__3 = setitem(b__2, i, s)
                    yield b__3
                yield b__4, a__1
            return a__9
        """,
        3,
        copies=0,
    )


def test_one_buffer_carried_twice_is_copied() -> None:
    check(
        """
        def f(n):
            a = np.ones(4)
            a__9, b__9 = for i in range(n) carry a__1 = a, b = a:
                a__2 = setitem(a__1, i, 3.0)
                yield a__2, b
            return a__9, b__9
        """,
        3,
        copies=1,
    )


def test_a_view_is_copied_where_it_is_made() -> None:
    made = check(
        """
        def f(n):
            a = np.arange(n)
            p = a[1:3]
            a__2 = setitem(a, 1, 9)
            q = p + a__2[0]
            return q, a__2
        """,
        5,
        copies=1,
    )
    assert "p = copy(a[1:3])" in made


def test_a_view_that_is_dead_is_not_copied() -> None:
    check(
        """
        def f(n):
            a = np.arange(n)
            p = a[1:3]
            q = p * 2
            a__2 = setitem(a, 1, 9)
            return q, a__2
        """,
        5,
        copies=0,
    )


def test_collected_slices_are_copied_and_elements_are_not() -> None:
    made = check(
        """
        def f(x, n):
            a = np.zeros(5)
            a__9, ps, ss = for i in range(1, n) carry a__1 = a collect p, s:
                p = a__1[i:]
                s = a__1[i]
                a__2 = setitem(a__1, i, 2.0)
                yield a__2
            return a__9, ps, ss
        """,
        1.0,
        4,
        copies=1,
    )
    assert "p = copy(a[i:])" in made


def test_the_old_version_is_saved_once() -> None:
    made = check(
        """
        def f(n):
            a = np.zeros(n)
            a__2 = setitem(a, 0, 1.0)
            a__3 = setitem(a__2, 1, 1.0)
            return a, a__3
        """,
        3,
        copies=1,
    )
    assert made.count("copy") == 1


def test_branches_may_both_write() -> None:
    check(
        """
        def f(n, c):
            a = np.zeros(n)
            b = if c:
                a__2 = setitem(a, 0, 1.0)
                yield a__2
            else:
                a__3 = setitem(a, 1, 1.0)
                yield a__3
            return b
        """,
        3,
        True,
        copies=0,
    )


def test_a_broadcast_is_read_only() -> None:
    check("def f(s):\n    a = np.broadcast_to(s, (3,))\n    b = iadd(a, a)\n    return b", 2.0, copies=1)


def test_a_shared_cotangent() -> None:
    check(
        """
        def f(x):
            a = x * 2.0
            b = add_at(a, 0, 1.0)
            q = a + b
            return q, b
        """,
        np.ones(2),
        copies=1,
    )


def test_reading_the_shape_is_not_reading() -> None:
    check(
        """
        def f(n):
            a = np.zeros(n)
            a__2 = setitem(a, 0, 1.0)
            s = np.shape(a)
            return a__2, np.zeros_like(a), s[0]
        """,
        3,
        copies=0,
    )


def test_a_list_grows_while_its_length_is_asked() -> None:
    fn = ir(
        """
        def f(x):
            xs = list((x,))
            ys = append(xs, x)
            return len(xs), ys
        """,
        {"xs": Fact("list"), "ys": Fact("list")},
    )
    assert equal(compiled(fn)(1.0), (1, [1.0, 1.0]))


def test_items_of_lists_are_shared() -> None:
    fn = ir(
        """
        def f(x):
            xs = list((x, x))
            ys = copy(xs)
            a = ys[0]
            b = setitem(a, 0, 9.0)
            return b, ys
        """,
        {"xs": Fact("list", item=VECTOR), "ys": Fact("list", item=VECTOR), "a": VECTOR, "b": VECTOR, "x": VECTOR},
    )
    assert equal(compiled(fn)(np.zeros(2)), (np.array([9.0, 0.0]), [np.zeros(2), np.zeros(2)]))


def test_augmented_slices_stay_in_place() -> None:
    made = check(
        """
        def f(n, x):
            a = np.zeros(n)
            p = a[1:]
            q = iadd(p, x)
            a__2 = setitem(a, slice(1, None), q)
            return a__2
        """,
        3,
        np.ones(2),
        copies=0,
    )
    assert "a[1:] += x" in made


def test_what_reads_a_shape_reads_the_newest_version() -> None:
    made = check("""
        def f(n):
            a = np.zeros(n)
            a__3 = for i in range(n) carry a__1 = a:
                a__2 = setitem(a__1, i, 1.0)
                yield a__2
            b = np.zeros_like(a)
            return a__3, b
        """, 3, copies=0)
    assert "a_1" not in made and "np.zeros_like(a)" in made


def test_a_spread_number_that_is_written_is_filled() -> None:
    for value, call in ((1.0, "np.ones((3,))"), (0.0, "np.zeros((3,))"), (2.5, "np.full((3,), 2.5)")):
        made = check(f"def f(n):\n    a = np.broadcast_to({value}, (3,))\n    b = add_at(a, n, 2.0)\n    return b", 1,
                     copies=0)
        assert call in made


def test_an_inner_loop_gets_no_copy_of_its_own() -> None:
    check("""
        def f(n):
            a = np.broadcast_to(1.0, (4,))
            b = for t in range(n) carry a__1 = a:
                a__2 = setitem(a__1, t, 2.0)
                b__3 = for i in range(n) carry b__1 = a__2:
                    b__2 = add_at(b__1, i, 1.0)
                    yield b__2
                yield b__3
            return b
        """, 3, copies=0)
