"""The road from a function to a compiled derivative: entries, guards, ownership of results, stages."""

from __future__ import annotations

import importlib
import linecache
import math
import sys

import numpy as np
import pytest

import s2sad
from s2sad.errors import ArgumentError
from tests.differences import derivative

V = np.array([0.3, 0.7, 1.2])


def cell(program: str, scope: dict | None = None) -> dict:
    """Run a program as a notebook runs a cell: with a file name that linecache knows."""
    scope = {"np": np, "math": math, "s2sad": s2sad} if scope is None else scope
    file = f"<cell {len(linecache.cache)}>"
    linecache.cache[file] = (len(program), None, program.splitlines(True), file)
    exec(compile(program, file, "exec", dont_inherit=True), scope)
    return scope


CHANGES = {
    "helper": ("def h(x): return x * x\ndef f(x): return h(x)", "def h(x): return x ** 3"),
    "helper of a helper": (
        "def g(x): return x * x\ndef h(x): return g(x)\ndef f(x): return h(x)",
        "def g(x): return np.sin(x)",
    ),
    "global number": ("K = 2.0\ndef f(x): return x * K", "K = 3.0"),
    "global number in a helper": ("K = 2.0\ndef h(x): return x * K\ndef f(x): return h(x) * x", "K = 3.0"),
    "global array": ("K = np.ones(2)\ndef f(x): return np.sum(x * K)", "K = np.full(2, 3.0)"),
    "element of a global array": ("K = np.ones(2)\ndef f(x): return np.sum(x * K)", "K[0] = 5.0"),
    "global list": ("K = [1.0, 2.0]\ndef f(x): return x * K[1]", "K[1] = 5.0"),
    "longer global list": (
        "K = [1.0, 2.0]\ndef f(x):\n    for k in K:\n        x = x * k\n    return x",
        "K.append(7.0)",
    ),
    "global dict": ("K = {'a': 2.0}\ndef f(x): return x * K['a']", "K['a'] = 4.0"),
    "nested containers": ("K = {'a': [2.0, (3.0,)]}\ndef f(x): return x * K['a'][1][0]", "K['a'][1] = (5.0,)"),
    "type of a global": ("K = 2\ndef f(x): return x ** K", "K = 2.5"),
    "flag": ("FLAG = True\ndef f(x): return x * x if FLAG else x", "FLAG = False"),
    "imported function": ("act = math.sin\ndef f(x): return act(x)", "act = math.cos"),
    "ufunc": ("act = np.sin\ndef f(x): return act(x)", "act = np.tanh"),
    "attribute of an object": (
        "import types\nC = types.SimpleNamespace(rate=2.0)\ndef f(x): return x * C.rate",
        "C.rate = 5.0",
    ),
    "array of an object": (
        "import types\nC = types.SimpleNamespace(w=np.ones(2))\ndef f(x): return np.sum(x * C.w)",
        "C.w = np.full(2, 7.0)",
    ),
    "method of a class": (
        "class A:\n    def m(self, x): return x * x\na = A()\ndef f(x): return a.m(x)",
        "A.m = lambda self, x: x ** 3",
    ),
    "module function": (
        "import types\nm = types.ModuleType('m')\nm.h = math.sin\ndef f(x): return m.h(x)",
        "m.h = math.exp",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_is_captured_is_seen(name):
    before, change = CHANGES[name]
    scope = cell(before)
    df = s2sad.grad(scope["f"])
    for _ in range(2):
        assert df(0.4) == pytest.approx(derivative(scope["f"], (0.4,), (0,), (1.0,), 1.0)[0])
    cell(change, scope)
    for _ in range(2):
        assert df(0.4) == pytest.approx(derivative(scope["f"], (0.4,), (0,), (1.0,), 1.0)[0]), name


@pytest.mark.xfail(reason="builtins are not guarded, so that each use of one costs nothing in a call", strict=True)
def test_a_builtin_that_is_shadowed_later_is_seen():
    scope = cell("def f(x): return abs(x) * 2.0")
    df = s2sad.grad(scope["f"])
    assert df(0.4) == 2.0
    cell("def abs(x): return x * x", scope)
    assert df(0.4) == pytest.approx(1.6)


def test_a_closure_cell_that_changes_is_seen():
    def make():
        k = 2.0

        def f(x):
            return x * k

        def change(value):
            nonlocal k
            k = value

        return f, change

    f, change = make()
    df = s2sad.grad(f)
    assert df(0.4) == 2.0
    change(3.0)
    assert df(0.4) == 3.0


def test_each_closure_has_its_own_gradient():
    def make(k):
        return lambda x: x * k

    derivatives = [s2sad.grad(make(k)) for k in (2.0, 3.0)]
    assert [df(0.4) for df in derivatives] == [2.0, 3.0]


def test_a_reloaded_module_is_seen(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    file = tmp_path / "reloaded_for_s2sad.py"
    file.write_text("def h(x):\n    return x * 2.0\n")
    module = importlib.import_module("reloaded_for_s2sad")
    df = s2sad.grad(lambda x: module.h(x))
    assert df(0.4) == 2.0
    file.write_text("def h(x):\n    return x * 5.0 + x * 0.0\n")
    linecache.checkcache()
    importlib.reload(module)
    assert df(0.4) == 5.0


def test_captured_arrays_are_read_not_copied_into_the_code():
    w = np.ones(3)
    df = s2sad.grad(lambda x: np.sum(x * w))
    assert df(2.0) == 3.0
    w[0] = 5.0
    assert df(2.0) == 7.0


def test_unchanged_captures_are_compiled_once():
    w = [1.0, 2.0]
    df = s2sad.grad(lambda x: x * w[0] * math.sin(x))
    df(0.4)
    entry = df.latest
    for x in (0.5, 0.6, np.float64(0.1), 0.7):
        df(x)
    assert df(0.4) and df.latest in (entry, *df.entries.values()) and len(df.entries) == 2


def test_generated_code_has_a_source_and_real_line_numbers():
    import inspect
    import traceback

    df = s2sad.value_and_grad(lambda x: 1.0 / x)
    df(1.0)
    assert inspect.getsource(df.latest.function) == df.source
    with pytest.raises(ZeroDivisionError) as info:
        df(0.0)
    assert "1.0 / x" in "".join(traceback.format_exception(info.value))


@pytest.mark.parametrize(
    "args, argnums", [((3,), (0,)), ((0.5, 3), (1,)), (({"a": 1},), (0,)), ((np.arange(3),), (0,)), (([],), (0,))]
)
def test_nothing_to_differentiate(args, argnums):
    with pytest.raises(ArgumentError) as info:
        s2sad.grad(lambda *xs: 1.0, argnums)(*args)
    assert info.value.code == "S2S006"
