"""Tests of s2sad/backend/names.py: names survive, and never collide."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad
from s2sad.backend.emit import emit
from s2sad.backend.names import plural
from tests.backend.helper import FLOAT, INT, VECTOR, compiled, equal, ir, text


def test_names_of_modules_and_builtins() -> None:
    fn = ir("""
        def f(np, range, len, lambda_):
            x = np.sin(np)
            k = len(range)
            s__2 = for i in range(k) carry s__1 = x:
                s__3 = s__1 * len
                yield s__3
            return s__2
        """)
    assert compiled(fn)(2.0, [1, 2], 3.0, None) == np.sin(2.0) * 9.0


@pytest.mark.parametrize("name", ["np", "zip", "reversed", "copy", "x_bar", "x_1", "lambda_", "math"])
def test_a_local_variable_with_any_name(name: str) -> None:
    fn = ir(f"""
        def f(x):
            {name} = np.sin(x)
            {name}__2 = copy({name})
            u = iadd({name}__2, x)
            {name}__3 = math.cos(0.5)
            return {name}, u, {name}__3
        """)
    x = np.ones(2)
    assert equal(compiled(fn)(x), (np.sin(x), np.sin(x) + x, float(np.cos(0.5))))


def test_versions_that_live_together_get_suffixes() -> None:
    fn = ir("""
        def f(x):
            x__2 = x + 1.0
            x__3 = x__2 * x
            return x, x__2, x__3
        """, {"x": FLOAT})
    assert text(fn) == """\
def f(x):
    x_1 = x + 1.0
    x_2 = x_1 * x
    return x, x_1, x_2
"""


def test_versions_one_after_the_other_share_the_name() -> None:
    fn = ir("""
        def f(x):
            x__2 = np.sin(x)
            y = x__2 * x__2
            x__3 = y + y
            z = x__3 * x__3
            return z, y
        """)
    assert "x_1" not in text(fn)


def test_a_carried_value_that_is_needed_afterwards() -> None:
    fn = ir("""
        def f(x, n):
            x__3 = for i in range(n) carry x__1 = x:
                x__2 = x__1 * 2.0
                yield x__2
            return x, x__3
        """, {"x": FLOAT, "n": INT, "i": INT})
    assert compiled(fn)(1.5, 3) == (1.5, 12.0)
    assert "x_1 = x\n" in text(fn)


def test_captured_constants_with_one_name() -> None:
    fn = ir("def f(x):\n    y = x + W\n    return y", namespace={"W": np.ones(2)})
    source = emit(fn)
    assert "W" in source.namespace and "x + W" in source.text


def test_lists_of_collected_values_are_plural() -> None:
    fn = ir("""
        def f(a, n):
            p__2 = for i in range(n) collect p:
                p = a[i]
            return p__2
        """, {"p": FLOAT, "a": VECTOR})
    assert plural("x_bar") == "x_bars"
    assert "ps.append(a[i])" in text(fn)


def test_values_that_are_undefined_on_one_path_may_be_collected() -> None:
    fn = ir("""
        def f(n):
            ts = for i in range(n) collect t:
                c = i > 1
                t = if c:
                    p = i * 2
                    yield p
                else:
                    yield UNDEFINED
            return ts
        """, {"n": INT, "i": INT, "p": INT})
    assert compiled(fn)(4) == [None, None, 4, 6]


def test_a_loop_variable_that_nobody_reads_stays_an_underscore() -> None:
    fn = ir("""
        def f(x, n):
            k = range(n)
            x4 = for _ in k carry x2 = x:
                x3 = for __ in k carry x5 = x2:
                    x6 = np.sin(x5)
                    yield x6
                yield x3
            return x4
        """)
    assert text(fn).count("for _ in range(n)") == 2
    assert compiled(fn)(2.0, 2) == np.sin(np.sin(np.sin(np.sin(2.0))))


def test_an_underscore_of_the_user_is_not_overwritten() -> None:
    fn = ir("""
        def f(x, _):
            k = range(3)
            x4 = for __ in k carry x2 = x:
                x3 = x2 * _
                yield x3
            return x4
        """)
    assert compiled(fn)(2.0, 5.0) == 250.0 and "for _ in" not in text(fn)


def test_a_variable_that_begins_as_a_parameter_keeps_its_name() -> None:
    def f(x, n):
        t = x
        for _ in range(n):
            t = np.sin(t)
        return t * t
    source = grad(f).source_for(0.5, 3)
    assert "= x\n" in source and "x = np.sin(x)" not in source
    assert grad(f)(0.5, 0) == 1.0


def test_a_cotangent_in_the_buffer_of_a_value_has_a_name_of_its_own() -> None:
    def f(x):
        b = x * 1.0
        b[0] = 2.0 * x[1]
        return np.sum(b * b)
    source = grad(f).source_for(np.ones(3))
    lines = [line.partition("#")[0].strip() for line in source.splitlines()]
    assert "b_bar = b" in lines and "b_bar += b" in lines
    np.testing.assert_allclose(grad(f)(np.array([1.0, 2.0, 3.0])), [0.0, 20.0, 6.0])
