"""Tests of s2sad/backend/emit.py: what is printed, and that it computes what the IR means."""
from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest

from s2sad.backend.emit import emit
from s2sad.backend.load import load
from s2sad.ir.interpret import interpret
from s2sad.ir.verify import verify
from s2sad.passes.inplace import inplace
from s2sad.passes.linear import linear, verify_linear
from tests.backend.helper import BOOL, FLOAT, INT, MATRIX, VECTOR, Fact, compiled, equal, ir, text
from tests.backend.random_ir import Maker, arguments

FACTS = {**dict.fromkeys(("a", "a_bar", "b"), VECTOR), **dict.fromkeys("xyzspg", FLOAT), **dict.fromkeys("nik", INT),
         **dict.fromkeys(("x_bar", "t_bar", "p_bar"), FLOAT), "A": MATRIX, "c": BOOL, "d": BOOL,
         "ps": Fact("list", item=FLOAT)}

MARCH = """
def march_grad(x, n):
    a__1 = np.zeros(n)
    a__2 = setitem(a__1, 0, x)
    r = range(1, n)
    a__5, ps = for i in r carry a__3 = a__2 collect p:
        k = i - 1
        p = a__3[k]
        c = p > 0.0
        a__4 = if c:
            t1 = np.sin(p)
            t2 = t1 - x
            a__6 = setitem(a__3, i, t2)
            yield a__6
        else:
            t3 = p * x
            a__7 = setitem(a__3, i, t3)
            yield a__7
        yield a__4
    a_bar__0 := np.ones(n)
    x_bar__0, a_bar__5 := for i__2, p__2 in reversed(zip(r, ps)) carry x_bar__1 = 0.0, a_bar__1 = a_bar__0:
        t_bar := a_bar__1[i__2]
        a_bar__2 := setitem(a_bar__1, i__2, 0.0)
        c__2 := p__2 > 0.0
        p_bar, x_bar__4 := if c__2:
            q := np.cos(p__2)
            v1_bar := t_bar * q
            x_bar__2 := x_bar__1 - t_bar
            yield v1_bar, x_bar__2
        else:
            v2_bar := t_bar * x
            g__1 := t_bar * p__2
            x_bar__3 := x_bar__1 + g__1
            yield v2_bar, x_bar__3
        k__2 := i__2 - 1
        a_bar__3 := add_at(a_bar__2, k__2, p_bar)
        yield x_bar__4, a_bar__3
    g__2 := a_bar__5[0]
    x_bar__6 := x_bar__0 + g__2
    return x_bar__6
"""
MARCH_PLACES = {"a_bar__0": "return np.sum(a)", "q": "a[i] = np.sin(p) - x", "v1_bar": "a[i] = np.sin(p) - x",
                "x_bar__2": "a[i] = np.sin(p) - x", "v2_bar": "a[i] = p * x", "x_bar__3": "a[i] = p * x",
                "a_bar__3": "p = a[i - 1]", "x_bar__6": "a[0] = x"}


def test_the_loop_of_the_design() -> None:
    fn = ir(MARCH, FACTS, MARCH_PLACES)
    assert text(fn) == """\
def march_grad(x, n):
    # forward sweep
    a = np.zeros(n)
    a[0] = x
    ps = []
    for i in range(1, n):
        p = a[i - 1]
        ps.append(p)
        if p > 0.0:
            a[i] = np.sin(p) - x
        else:
            a[i] = p * x
    # reverse sweep
    a_bar = np.ones(n)                # return np.sum(a)
    x_bar = 0.0
    for i, p in zip(reversed(range(1, n)), reversed(ps)):
        t_bar = a_bar[i]
        a_bar[i] = 0.0
        if p > 0.0:                   # a[i] = np.sin(p) - x
            p_bar = t_bar * np.cos(p)
            x_bar -= t_bar
        else:                         # a[i] = p * x
            p_bar = t_bar * x
            x_bar += t_bar * p
        a_bar[i - 1] += p_bar         # p = a[i - 1]
    x_bar += a_bar[0]                 # a[0] = x
    return x_bar
"""
    assert compiled(fn)(0.3, 5) == interpret(fn, 0.3, 5)


def test_the_line_of_the_design() -> None:
    place = "f = np.log(x1) + x1 * x2 - np.sin(x2)"
    fn = ir("""
        def f_grad(x1, x2):
            t1 := 1.0 / x1
            x1_bar := t1 + x2
            t2 := np.cos(x2)
            x2_bar := x1 - t2
            return x1_bar, x2_bar
        """, {}, dict.fromkeys(("t1", "x1_bar", "t2", "x2_bar"), place))
    assert text(fn) == """\
def f_grad(x1, x2):
    # f = np.log(x1) + x1 * x2 - np.sin(x2)
    x1_bar = 1.0 / x1 + x2
    x2_bar = x1 - np.cos(x2)
    return x1_bar, x2_bar
"""


def test_break_is_a_break() -> None:
    fn = ir("""
        def f(a, n):
            s__5, stop = for i in range(n) carry s__1 = 0.0 stop st:
                p = a[i]
                c = p > 3.0
                s__4, st = if c:
                    yield s__1, True
                else:
                    s__2 = s__1 + p
                    d = p > 2.0
                    s__3, st__2 = if d:
                        s__6 = s__2 * 2.0
                        yield s__6, True
                    else:
                        yield s__2, False
                    yield s__3, st__2
                yield s__4
            return s__5
        """, FACTS)
    assert text(fn) == """\
def f(a, n):
    s = 0.0
    for i in range(n):
        p = a[i]
        if p > 3.0:
            break
        s = s + p
        if p > 2.0:
            s = s * 2.0
            break
    return s
"""
    for values in ([1.0, 2.0, 2.5, 5.0], [1.0, 9.0], [1.0, 1.0], []):
        assert compiled(fn)(values, len(values)) == interpret(fn, values, len(values))


def test_the_stop_flag_is_tested_before_what_it_reads_changes() -> None:
    fn = ir("""
        def f(x, n):
            y__3, stop = for i in range(n) carry y__1 = x stop st:
                st = y__1 > 2.0
                y__2 = y__1 + 1.0
                yield y__2
            return y__3, stop
        """, FACTS)
    assert compiled(fn)(0.5, 10) == interpret(fn, 0.5, 10) == (3.5 + 0.0, True)
    assert compiled(fn)(0.5, 1) == interpret(fn, 0.5, 1)


def test_while() -> None:
    fn = ir("""
        def newton(x):
            y__4 = while c carry y__1 = x:
                c = abs(y__1 * y__1 - x) > 1e-10
            do y__2:
                y__3 = y__2 - (y__2 * y__2 - x) / (2.0 * y__2)
                yield y__3
            return y__4
        """, FACTS)
    assert text(fn) == """\
def newton(x):
    y = x
    while abs(y * y - x) > 1e-10:
        y = y - (y * y - x) / (2.0 * y)
    return y
"""
    assert compiled(fn)(2.0) == interpret(fn, 2.0)


def test_carried_values_swap() -> None:
    fn = ir("""
        def f(x, y, n):
            a__2, b__2 = for i in range(n) carry a = x, b = y:
                yield b, a
            return a__2, b__2
        """, {"n": INT, "i": INT})
    assert "a, b = b, a" in text(fn)
    assert compiled(fn)(1, 2, 3) == (2, 1)


def test_elif_and_names_that_stay_undefined() -> None:
    fn = ir("""
        def f(x):
            c = x > 1.0
            y__9 = if c:
                y__1 = x * 2.0
                yield y__1
            else:
                d = x > 0.0
                y__4 = if d:
                    y__2 = x * 3.0
                    yield y__2
                else:
                    yield UNDEFINED
                yield y__4
            z = y__9 + 1.0
            return z
        """, FACTS, {"y__9": "if x > 1.0:", "y__4": "elif x > 0.0:"})
    assert text(fn) == """\
def f(x):
    if x > 1.0:
        y = x * 2.0
    elif x > 0.0:
        y = x * 3.0
    z = y + 1.0
    return z
"""
    assert compiled(fn)(0.5) == 2.5
    with pytest.raises(UnboundLocalError):
        compiled(fn)(-1.0)


def test_conditional_expressions() -> None:
    fn = ir("""
        def f(x, y):
            c = x > 1.0
            z = if c:
                t = x * y
                yield t
            else:
                yield y
            d = y > 0.0
            b = if d:
                t__2 = x < 2.0
                yield t__2
            else:
                yield False
            w = if b:
                yield 1.0
            else:
                yield -1.0
            t__3 = z * w
            return t__3
        """, FACTS)
    assert text(fn) == """\
def f(x, y):
    return (x * y if x > 1.0 else y) * (1.0 if y > 0.0 and x < 2.0 else -1.0)
"""


def test_updates_are_statements() -> None:
    fn = ir("""
        def f(n, A, v):
            b = np.zeros(n)
            b__2 = setitem(b, slice(1, None), v)
            t = b__2[1:3]
            t__2 = iadd(t, v)
            b__3 = setitem(b__2, slice(1, 3), t__2)
            b__4 = add_at(b__3, (n, slice(None, 2)), v)
            b__5 = add_at(b__4, [1, 1], v)
            A__2 = copy(A)
            A__3 = setview(A__2, (("index", 0), ("attr", "T")), n, 1.0)
            xs = append([], v)
            xs__2 = append(xs, 2.0)
            xs__3, q = pop(xs__2)
            return b__5, A__3, xs__3, q
        """, FACTS | {"t": VECTOR})
    assert text(fn) == """\
def f(n, A, v):
    b = np.zeros(n)
    b[1:] = v
    b[1:3] += v
    b[n, :2] += v
    np.add.at(b, [1, 1], v)
    A = copy(A)
    A[0].T[n] = 1.0
    xs = []
    xs.append(v)
    xs.append(2.0)
    q = xs.pop()
    return b, A, xs, q
"""


def test_elements_of_lists_accumulate_out_of_place() -> None:
    fn = ir("""
        def f(x):
            xs = list((x, x))
            y = add_at(xs, 0, x)
            return y
        """, {"xs": Fact("list", item=VECTOR), "x": VECTOR, "y": Fact("list", item=VECTOR)})
    x = np.ones(2)
    assert equal(compiled(fn)(x), [np.full(2, 2.0), np.ones(2)]) and equal(x, np.ones(2))


def test_collected_values_of_a_reversed_loop_are_aligned() -> None:
    fn = ir("""
        def f(n):
            r = range(n)
            z__2, ys = for i in reversed(r) carry z = 0.0 collect y:
                y = z + i
                yield y
            return ys
        """, FACTS)
    assert "ys.reverse()" in text(fn)
    assert compiled(fn)(4) == interpret(fn, 4)


def test_with_raise_and_methods() -> None:
    fn = ir("""
        def f(x, y):
            m = np.errstate(divide=y)
            e = enter(m)
            z = 1.0 / x
            w = np.sin(z)
            l = leave(m)
            c = x > 5.0
            if c:
                t = ValueError("bad")
                t__2 = raise_(t)
            else:
                pass
            q = np.ndarray.astype(w, float)
            return q
        """)
    assert text(fn) == """\
def f(x, y):
    m = np.errstate(divide=y)
    with m:
        w = np.sin(1.0 / x)
    if x > 5.0:
        raise ValueError('bad')
    q = w.astype(float)
    return q
"""


def test_a_statement_stays_before_the_write_that_changes_what_it_reads() -> None:
    fn = ir("""
        def f(n):
            a = np.zeros(n)
            b = np.sum(a)
            a__2 = setitem(a, 0, 1.0)
            z = b + 1.0
            return z, a__2
        """, {"a": VECTOR, "n": INT, "b": FLOAT, "z": FLOAT})
    assert equal(compiled(fn)(2), (1.0, np.array([1.0, 0.0])))


@pytest.mark.parametrize("facts", [True, False])
@pytest.mark.parametrize("block", range(6))
def test_random_functions(block: int, facts: bool) -> None:
    """What is emitted gives what the reference interpreter gives, and leaves the arguments alone."""
    for seed in range(40 * block, 40 * block + 40):
        fn = Maker(seed, facts, size=4 + seed % 5).function()
        args = arguments()
        with np.errstate(all="ignore"):
            wanted = interpret(fn, *args)
            made = verify(linear(inplace(fn)))
            verify_linear(made)
            assert equal(interpret(made, *args), wanted), seed
            source = emit(made)
            saved = copy.deepcopy(args)
            assert equal(load(source.text, source.namespace, source.name)(*args), wanted), seed
            assert equal(args, saved), seed


def test_the_text_is_deterministic() -> None:
    first, second = ([emit(linear(Maker(seed, size=8).function())).text for seed in range(20)] for _ in range(2))
    assert first == second


def test_no_warnings() -> None:
    lines = ["def f(x, y):", "    v__0 = np.sin(x)"]
    lines += [f"    v__{k + 1} := v__{k} * y" for k in range(200)]
    fn = linear(ir("\n".join([*lines, "    return v__200"]), {"v": FLOAT}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert emit(fn).text.startswith("def f(x, y):")
