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

from s2sad import ops, rules

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
