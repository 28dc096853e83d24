"""What both modes share."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import rules, runtime
from s2sad.ad.common import Emitter, bind, refuses, representatives, rule_of
from s2sad.errors import NotDifferentiable
from s2sad.ir import Block, Call, Const, Fact, Function, Var
from s2sad.ir.facts import array, of_value
from s2sad.ir.interpret import interpret
from s2sad.ir.text import parse

N, M, ONE = (("n", 1), 0), (("n", 2), 0), 1


def match(g: Var, x: Var, *others: Var) -> list:
    """The operations that bring ``g`` to the shape of ``x``."""
    out: list = []
    Emitter(lambda a: a).match_shape(out, g, x, list(others), "g", None)
    return [s.op for s in out]


def arr(*dims, dtype=float):
    return Var("a", array(dtype, dims))


@pytest.mark.parametrize(
    "g, x, others, ops",
    [
        (arr(N), arr(N), [arr(N)], []),
        (arr(N, M), arr(N, M), [arr(M)], []),
        (arr(N, M), arr(M), [arr(N, M)], [np.sum]),
        (arr(N, M), arr(ONE, M), [arr(N, M)], [runtime.unbroadcast]),
        (arr(N), Var("x", Fact("float")), [arr(N)], [np.sum]),
        (Var("g", Fact("float")), Var("x", Fact("float")), [], []),
        (arr(N), arr(N, dtype=np.float32), [arr(N)], [runtime.astype_of]),
        (arr(N, dtype=complex), arr(N), [arr(N)], [runtime.astype_of]),
        (Var("g"), arr(N), [Var("y")], [runtime.unbroadcast]),
        (arr(N), Var("x", Fact("scalar", np.dtype(np.float32))), [arr(N)], [runtime.unbroadcast]),
    ],
)
def test_nothing_is_summed_where_the_facts_prove_it(g, x, others, ops):
    assert match(g, x, *others) == ops


@pytest.mark.parametrize(
    "shape, other",
    [
        ((3,), (3,)),
        ((3,), (2, 3)),
        ((1,), (3,)),
        ((2, 1), (2, 3)),
        ((), (2, 3)),
        ((1, 1), (4,)),
        ((0,), (1,)),
        ((3, 1, 2), (4, 2)),
        ((2, 3), ()),
    ],
)
@pytest.mark.parametrize("dtype", [float, np.float32])
def test_the_result_has_shape_and_dtype_of_the_operand(shape, other, dtype):
    x, y = np.ones(shape, dtype), np.ones(other)
    g = np.asarray(np.random.default_rng(0).normal(size=np.broadcast_shapes(shape, other)))
    sizes: dict = {}
    vg, vx, vy = (Var(n, of_value(v, sizes)) for n, v in zip("gxy", (g, x, y)))
    out: list = []
    result = Emitter(lambda a: a).match_shape(out, vg, vx, [vy], "g", None)
    made = interpret(Function("f", Block((vg, vx, vy), tuple(out), (result,))), g, x, y)
    assert np.shape(made) == shape and made.dtype == dtype
    np.testing.assert_allclose(np.sum(made), np.sum(g), rtol=1e-5)


def test_zeros():
    emitter = Emitter(lambda a: a)
    out: list = []
    assert emitter.zeros(out, Var("x", Fact("float")), "z").value == 0.0 and not out
    assert emitter.zeros(out, Var("x", Fact("complex")), "z").value == 0j and not out
    made = emitter.zeros(out, arr(N), "z")
    assert out[-1].op is np.zeros_like and made.fact.dims == (N,) and made.name == "z" and out[-1].adjoint


def test_the_rule_of_a_call():
    x = Var("x", Fact("float"))
    assert rule_of(Call((Var("y"),), np.sin, (x,)), lambda a: True) is rules.lookup(np.sin)
    with pytest.raises(NotDifferentiable, match="no derivative rule") as info:
        rule_of(Call((Var("y"),), np.spacing, (x,)), lambda a: a is x)
    assert "@s2sad.rule(" in info.value.hint and "`x` depends" in info.value.why
    assert "`axis`" in refuses(Call((Var("y"),), np.sum, (x,)), "axis").message


def test_arguments_by_parameter():
    x, n = Var("x"), Var("n")
    entry = rules.lookup(np.sum)
    bound = bind(entry, Call((Var("y"),), np.sum, (x,), (("axis", n),)))
    assert bound[entry.wrt[0]] is x and bound["axis"] is n and bound["keepdims"].value is False


def test_representatives_outlive_updates_and_loops():
    vector = array(float, (N,))
    names = ("a", "b", "c", "d", "e", "f1", "x")
    fn = parse(
        """
def f(x, n):
    a = np.sin(x)
    b = setitem(a, 0, 1.0)
    e = for i in range(n) carry c = b:
        d = setitem(c, i, 2.0)
        yield d
    f1 = setitem(e, 1, 3.0)
    return f1
""",
        facts=dict.fromkeys(names, vector),
    )
    root = representatives(fn)
    made = {v.name: v for s in fn.body.stmts for v in s.outs}
    assert root(made["f1"]) in (made["a"], fn.params[0]) and root(made["b"]) is root(made["a"])
    assert root(Const(1)).value == 1 and root(fn.params[1]) is fn.params[1]


def test_a_rule_gives_one_cotangent_for_each_parameter():
    def product(u, n):
        return u * n

    @s2sad.rule(product)
    def rule(u, n, *, y_bar):
        return y_bar * n

    with pytest.raises(NotDifferentiable, match="gives 1 cotangent for the 2 parameters `u`, `n`") as caught:
        s2sad.grad(lambda x: product(x, 2.0))(3.0)
    assert caught.value.hint

    @s2sad.rule(product)
    def longer(u, n, *, y_bar):
        return y_bar * n, y_bar * u, 0.0

    with pytest.raises(NotDifferentiable, match="gives 3 cotangents"):
        s2sad.grad(lambda x: product(x, 2.0))(3.0)


def test_one_over_x_keeps_only_its_result():
    def sigmoid(x):
        return np.sum(1.0 / (1.0 + np.exp(-x)))

    x = np.linspace(-2.0, 3.0, 5)
    code = "".join(line.partition("#")[0] for line in s2sad.grad(sigmoid).source_for(x).splitlines())
    assert code.count(" / ") == 1
    quotient = (lambda x, y: np.sum(1.0 / x / (1 / y)), (x + 4.0, x + 5.0))
    for f, args in ((sigmoid, (x,)), (lambda x: 1 / x, (0.7,)), quotient):
        s2sad.check_grads(f, args)
        s2sad.check_grads(s2sad.grad(f), args)
    assert s2sad.grad(lambda z: np.real(1.0 / z))(1.0 + 2.0j) == pytest.approx(0.12 + 0.16j)
    with np.errstate(divide="ignore"):
        assert s2sad.grad(lambda v: np.sum(1.0 / v))(np.zeros(1)) == -np.inf
