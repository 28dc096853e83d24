"""The decorators, and the proof that every registered rule is checked somewhere in this folder."""
from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import math
import operator
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors, ops, rules
from s2sad.ops import registry

HERE = Path(__file__).parent


def mentioned() -> set[Callable]:
    """Every function that the tests of this folder name."""
    found = set()
    for path in sorted(HERE.glob("test_*.py")):
        if path.stem == "test_rules":
            continue
        known = vars(builtins) | vars(importlib.import_module(f"tests.rules.{path.stem}"))
        for node in ast.walk(ast.parse(path.read_text())):
            value = resolve(node, known)
            if callable(value) and isinstance(value, Hashable):
                found.update((value, ops.canonical(value)))
    return found


def resolve(node: ast.AST, known: dict[str, Any]) -> Any:
    """The value that a name or a dotted name stands for."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    return getattr(resolve(node.value, known), node.attr, None) if isinstance(node, ast.Attribute) else None


def test_every_rule_is_checked():
    spellings: dict[rules.Rule, list[Callable]] = {}
    for op, entry in rules.RULES.items():
        if entry.vjp.__module__.startswith("s2sad.rules."):
            spellings.setdefault(entry, []).append(op)
    checked = mentioned()
    unchecked = [entry.vjp for entry, named in spellings.items() if not checked.intersection(named)]
    assert not [f"{fn.__module__}.{fn.__name__}" for fn in unchecked]


def test_rules_call_only_what_can_be_differentiated_again():
    unknown = set()
    for module in {inspect.getmodule(entry.vjp) for entry in rules.RULES.values()}:
        if module is None or not module.__name__.startswith("s2sad.rules."):
            continue
        known = vars(builtins) | vars(module)
        for function in ast.parse(inspect.getsource(module)).body:
            if not isinstance(function, ast.FunctionDef) or known[function.name] in rules.STATIC:
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    fn = resolve(node.func, known)
                    if fn is not None and not differentiable(fn):
                        unknown.add(f"{module.__name__}: {ast.unparse(node.func)}")
    assert not unknown


def differentiable(fn: Callable) -> bool:
    constant = {math.sqrt, math.log, np.arange, np.eye, np.tri}
    return (rules.lookup(fn) is not None or rules.has_no_gradient(fn) or fn in constant
            or (getattr(fn, "__module__", None) or "").startswith("s2sad"))


def test_no_function_has_a_rule_and_no_gradient():
    assert not [op for op in rules.RULES if rules.has_no_gradient(op)]


@pytest.mark.parametrize("spelling, op",
    [(operator.mul, np.multiply), (math.sin, np.sin), (abs, np.absolute), (pow, np.power)])
def test_spellings(spelling, op):
    assert ops.canonical(spelling) is op and rules.lookup(spelling) is rules.lookup(op)


def test_unhashable_operations_have_no_rule():
    assert rules.lookup([]) is None and ops.canonical([]) == [] and not rules.has_no_gradient([])


@pytest.fixture
def scratch(monkeypatch):
    monkeypatch.setattr(rules, "RULES", dict(rules.RULES))
    monkeypatch.setattr(rules, "NO_GRADIENT", set(rules.NO_GRADIENT))
    monkeypatch.setattr(registry, "RECORDS", dict(registry.RECORDS))


def f(x, scale=2.0):
    return scale * x


def test_parameters_with_a_default_are_not_differentiated_unless_named(scratch):
    @rules.rule(f)
    def first(x, scale=2.0, *, y_bar):
        return scale * y_bar

    assert first.wrt == ("x",) and first.extra == ("y_bar",) and [p.name for p in first.params] == ["x", "scale"]

    @rules.rule(f, wrt=("x", "scale"))
    def second(x, scale=2.0, *, y_bar):
        return scale * y_bar, np.sum(x * y_bar)

    assert rules.pullback(f, (3.0,), {"scale": 4.0}, y=12.0, y_bar=1.0) == {"x": 4.0, "scale": 3.0}


def test_keyword_only_parameters_of_the_primal_are_parameters(scratch):
    @rules.linear(f, "x")
    def first(x, *, scale=2.0, y_bar):
        return scale * y_bar

    assert rules.pullback(f, (3.0,), {"scale": 4.0}, y=12.0, y_bar=1.0) == {"x": 4.0}
    assert rules.pushforward(f, (3.0,), {"scale": 4.0}, y=12.0, dots={"x": 1.0}) == 4.0


def test_a_rule_takes_a_function_out_of_no_gradient(scratch):
    rules.no_gradient(f)
    assert rules.has_no_gradient(f)
    rules.elementwise(f)(lambda x, scale: (scale, x))
    assert not rules.has_no_gradient(f)


def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError):
        rules.lookup(np.sin).bind((1.0,), {"where": True})


def test_missing_rules():
    with pytest.raises(KeyError, match="no rule"):
        rules.pullback(sorted, (1.0,), {}, y=1.0, y_bar=1.0)
    with pytest.raises(KeyError, match="no rule"):
        rules.pushforward(sorted, (1.0,), {}, y=1.0, dots={})


def test_nothing_is_believed_of_the_function_of_a_user(scratch):
    def doubled(x):
        return 2.0 * x

    @rules.elementwise(doubled)
    def doubled_rule(x):
        return 2.0

    known = ops.of(doubled)
    assert known.has_effect and not known.may_merge and known.memory is ops.Memory.UNKNOWN
    assert known.zeros is ops.Zeros.KEEPS and not known.bounded and known.raises is ops.Raises.ANYTHING


WRONG = {"many": lambda y_bar: np.ones(7), "one": lambda y_bar: 1.0, "column": lambda y_bar: y_bar[:, None]}


@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
def test_a_cotangent_of_the_wrong_shape_is_refused_at_the_call(scratch, made):
    def doubled(x):
        return 2.0 * x

    @rules.rule(doubled)
    def doubled_rule(x, *, y_bar):
        return made(y_bar)

    def loss(x):
        return np.sum(doubled(3.0 * x) ** 2)

    x = np.ones(3)
    for derivative in (s2sad.grad(loss), s2sad.hessian(loss), lambda x: s2sad.vjp(loss, x)[1](1.0)):
        with pytest.raises(errors.NotDifferentiable, match="rule of your own does not fit: .* of shape .3,.") as caught:
            derivative(x)
        assert caught.value.loc.line == loss.__code__.co_firstlineno + 1


def test_a_cotangent_of_another_dtype_is_that_of_the_argument(scratch):
    def doubled(x):
        return 2 * x

    @rules.rule(doubled)
    def doubled_rule(x, *, y_bar):
        return y_bar * np.float64(2.0) + 0j

    found = s2sad.grad(lambda x: np.sum(doubled(x) ** 2))(np.ones(3, np.float32))
    assert found.dtype == np.float32 and found.tolist() == [8.0] * 3
    assert s2sad.grad(lambda x: doubled(x) ** 2)(3.0) == 24.0


def test_what_the_caller_gives_in_the_wrong_shape_is_a_value_error(scratch):
    with pytest.raises(ValueError, match=r"of shape \(4,\) was given for a value of shape \(3,\)"):
        s2sad.vjp(lambda x: 2.0 * x, np.ones(3))[1](np.ones(4))


def test_an_opaque_helper_is_called_and_never_differentiated(scratch, monkeypatch):
    monkeypatch.setattr(rules, "OPAQUE", set(rules.OPAQUE))

    def helper(x):
        return eval("np.cos(x)")  # cannot be read

    def curve(x):
        return np.sin(x)

    @rules.rule(curve)
    def curve_rule(x, *, y_bar):
        return y_bar * helper(x)

    def f(x):
        return curve(x) ** 2

    with pytest.raises(errors.UnsupportedSyntax, match="eval"):
        s2sad.grad(f)(0.5)
    assert rules.opaque(helper) is helper
    for x in (0.5, np.array([0.5])):
        np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(f(x)))(x), np.sin(2.0 * x))
    with pytest.raises(errors.NotDifferentiable, match="`helper` has no derivative rule"):
        s2sad.hessian(f)(0.5)
    with pytest.raises(errors.NotDifferentiable, match="`helper` has no derivative rule"):
        s2sad.grad(lambda x: helper(x))(0.5)
    assert s2sad.grad(lambda x: x * helper(0.0) * helper(0.0))(2.0) == 1.0


def test_no_code_of_the_user_runs_to_find_out_what_a_callable_is():
    class Watched:
        def __hash__(self):
            raise AssertionError("its hash was asked for")

        def __eq__(self, other):
            raise AssertionError("it was compared")

        def __call__(self, x):
            return x

    assert not rules.is_operation(Watched())


def test_a_rule_says_more_by_keyword(scratch):
    def moved(x, by, like):
        return np.zeros_like(like) + x + np.size(by)

    @rules.linear(moved, "x", pure=True, like="like", shapes_of=("by",), constant_in=("like",))
    def moved_rule(x, by, like, *, y_bar):
        return y_bar

    known = ops.of(moved)
    assert known.is_pure and known.like == "like" and known.shapes_of == (1,) and known.constant_in == ("like",)
    entry = rules.RULES[moved]
    assert rules.is_constant_in(moved, entry, "by") and rules.is_constant_in(moved, entry, "like")
    assert not rules.is_constant_in(moved, entry, "x")


def test_a_rule_for_what_is_recorded_changes_nothing(scratch):
    before = ops.of(np.sin)
    rules.elementwise(np.sin)(rules.RULES[np.sin].vjp)
    assert ops.of(np.sin) is before


def test_a_user_s_function_is_called_as_often_as_it_stands(scratch):
    calls = []

    def noted(x):
        calls.append(x)
        return 3.0 * x

    @rules.elementwise(noted)
    def noted_rule(x):
        return 3.0

    def f(x):
        noted(x)
        return noted(x) + noted(x)

    derivative = s2sad.grad(f)
    assert derivative(2.0) == 6.0
    calls.clear()
    derivative(2.0)
    assert calls == [2.0, 2.0, 2.0]


def switched(x, k):
    return 3.0 * x if k > 0 else np.ones_like(x)


@pytest.mark.parametrize("k", [1, -1])
def test_a_cotangent_that_is_none_on_one_path_is_zero_there(scratch, k):
    @rules.rule(switched, wrt=("x",))
    def _(x, k, *, y_bar):
        if k > 0:
            return 3.0 * y_bar
        return None

    def f(x, k):
        return np.sum(switched(x, k) * np.sin(x))

    def g(x, k):
        return np.sum(switched(x, k))
    x = np.array([1.0, 2.0])
    slope = 3.0 if k > 0 else 0.0
    np.testing.assert_allclose(s2sad.grad(f)(x, k), slope * np.sin(x) + switched(x, k) * np.cos(x))
    np.testing.assert_allclose(s2sad.grad(g)(x, k), np.full(2, slope))


@pytest.mark.parametrize("k", [1, -1])
def test_a_partial_that_is_none_on_one_path_is_zero_there(scratch, k):
    @rules.elementwise(switched)
    def _(x, k):
        return (3.0 if k > 0 else None), None

    def f(x, k):
        return np.sum(switched(x, k) * x)
    x = np.array([1.0, 2.0])
    expected = (3.0 if k > 0 else 0.0) * x + switched(x, k)
    np.testing.assert_allclose(s2sad.grad(f)(x, k), expected)
    np.testing.assert_allclose(s2sad.jvp(lambda x: f(x, k), (x,), (np.ones(2),))[1], np.sum(expected))


# ---- results of functions of the user's, of which nothing is known

V = np.array([1.0, 2.0, 3.0])
W = np.arange(6.0).reshape(2, 3)


def curved(x):
    return np.sin(x) * 2.0


def opaque(x):
    return np.sin(x) * 2.0


@rules.rule(opaque)
def opaque_rule(x, *, y_bar):
    return 2.0 * np.cos(x) * y_bar


@pytest.mark.parametrize(
    "loss",
    [
        lambda u, x: np.sum((W @ u(x)) ** 2),
        lambda u, x: np.dot(u(x), u(x)),
        lambda u, x: np.sum(np.dot(u(np.outer(x, x)), x) ** 2),
        lambda u, x: np.linalg.norm(u(x)),
        lambda u, x: np.sum(np.linalg.norm(u(np.outer(x, x)), axis=0) ** 3),
        lambda u, x: np.sum(np.linalg.solve(3.0 * np.eye(3) + u(np.outer(x, x)), x)),
        lambda u, x: np.sum(np.outer(u(x), x) ** 2),
        lambda u, x: np.sum(np.concatenate([u(x), x]) ** 2),
        lambda u, x: np.max(u(x)) * u(x)[0],
        lambda u, x: np.sum(np.sum(u(np.outer(x, x)), axis=0) ** 2),
        lambda u, x: np.einsum("i,i", u(x), x) ** 2,
        lambda u, x: np.var(u(x)) * np.prod(u(x)),
    ],
)
def test_results_of_which_nothing_is_known_are_operands_of_everything(loss):
    f, plain = (lambda x: loss(opaque, x)), (lambda x: loss(curved, x))
    np.testing.assert_allclose(s2sad.grad(f)(V), s2sad.grad(plain)(V), rtol=1e-10)
    np.testing.assert_allclose(s2sad.jvp(f, (V,), (W[1],)), s2sad.jvp(plain, (V,), (W[1],)), rtol=1e-10)


def test_what_is_known_makes_second_derivatives():
    def like_x(x):
        return np.sin(x) * 2.0

    @rules.rule(like_x, like="x")
    def like_x_rule(x, *, y_bar):
        return 2.0 * np.cos(x) * y_bar

    def loss(u):
        return lambda x: np.sum((W @ u(x)) ** 2)

    with pytest.raises(errors.NotDifferentiable, match="nothing is known of an operand of `.*matmul`") as caught:
        s2sad.hessian(loss(opaque))(V)
    assert 'like="x"' in caught.value.hint
    np.testing.assert_allclose(s2sad.hessian(loss(like_x))(V), s2sad.hessian(loss(curved))(V), rtol=1e-10)


def dense(p, x):
    h = np.tanh(p["W"] @ x + p["b"])
    return {"h": h, "parts": [np.sum(h), h * 2.0]}


def layer(p, x):
    h = np.tanh(p["W"] @ x + p["b"])
    return {"h": h, "parts": [np.sum(h), h * 2.0]}


@rules.rule(layer)
def layer_rule(p, x, *, y, y_bar):
    g = (y_bar["h"] + y_bar["parts"][0] + 2.0 * y_bar["parts"][1]) * (1.0 - y["h"] ** 2)
    return {"W": np.outer(g, x), "b": g}, p["W"].T @ g


def test_rules_for_structures():
    def loss(made):
        def f(p, x):
            found = made(p, x)
            total, doubled = found["parts"]
            return np.sum(found["h"] ** 2) + total * np.sum(doubled)
        return f

    p = {"b": np.array([0.1, 0.2]), "W": 0.1 * W}
    f, plain = loss(layer), loss(dense)
    for got, expected in zip(s2sad.grad(f, (0, 1))(p, V), s2sad.grad(plain, (0, 1))(p, V)):
        for a, b in zip(s2sad.tree.leaves(got), s2sad.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    np.testing.assert_allclose(s2sad.jvp(f, (p, V), (p, V)), s2sad.jvp(plain, (p, V), (p, V)), rtol=1e-12)
    np.testing.assert_allclose(s2sad.hessian(lambda x: f(p, x))(V), s2sad.hessian(lambda x: plain(p, x))(V), rtol=1e-10)


def test_a_rule_for_a_dict_leaves_out_what_does_not_move():
    def scaled(p):
        return p["a"] * p["n"]

    @rules.rule(scaled)
    def scaled_rule(p, *, y_bar):
        return {"a": p["n"] * y_bar}

    def f(a):
        return scaled({"n": 3, "a": a}) ** 2

    assert s2sad.grad(f)(2.0) == 36.0 and s2sad.jvp(f, (2.0,), (1.0,))[1] == 36.0


def test_several_results():
    def extremes(x):
        return np.min(x), np.max(x)

    @rules.rule(extremes)
    def extremes_rule(x, *, y, y_bar):
        return y_bar[0] * (x == y[0]) + y_bar[1] * (x == y[1])

    def f(x):
        low, high = extremes(x)
        return low * high**2

    assert s2sad.grad(f)(V).tolist() == [9.0, 0.0, 6.0] and s2sad.jvp(f, (V,), (V,))[1] == 27.0
    assert s2sad.grad(lambda x: extremes(x)[0])(V).tolist() == [1.0, 0.0, 0.0]
    assert s2sad.hessian(f)(V).tolist() == [[0.0, 0.0, 6.0], [0.0, 0.0, 0.0], [6.0, 0.0, 2.0]]
