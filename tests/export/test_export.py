"""Saved modules: what they say, what they refuse, and that they give the same numbers where s2sad is not."""

from __future__ import annotations

import ast
import collections
import functools
import importlib.util
import inspect
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import ExportError
from tests.exported import alike, derivative_of, encoded, job, run
from tests.programs import PROGRAMS

scale = 3.0
seed = np.array([1.0, 2.0])
log = logging.getLogger("tests")
Pair = collections.namedtuple("Pair", "x y")


@dataclass(frozen=True)
class Layer:
    w: Any
    n: int = 2


@s2sad.no_gradient
def _rounded(x):
    """A helper of the user that is called, not inlined."""
    return np.round(x * scale) + _offset(2.0)


@functools.lru_cache
def _offset(n):
    return n if n < 1.0 else _offset(n - 1.0) + scale


def captures(x):
    return np.sum(seed.astype(np.float32) * x) * scale


def rounded(x):
    return x * _rounded(x)


def product(p, n):
    return np.sum(p.w * p.w) * n


def pair(p, xs):
    return np.sum(p.x * xs[0]) + p.y


def writes(a, b):
    a[0] = 2.0
    return np.sum(a * b)


def logs(x):
    log.info("called")
    return np.sin(x)


def scope(text: str) -> dict[str, Any]:
    made: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec", dont_inherit=True), made)
    return made


def test_the_corpus_in_a_python_without_s2sad():
    made = {}
    for name in sorted(PROGRAMS)[::23]:
        try:
            made[name] = job(PROGRAMS[name])
        except ExportError as error:  # an object that no text can make again, such as a logger
            assert error.code == "S2S015"
    jobs, expected = zip(*made.values())
    assert len(jobs) >= 25
    for name, result, value in zip(made, run(list(jobs)), expected):
        assert result[0] == "value", f"{name}: {result}"
        assert alike(result[1], value), name


@pytest.mark.parametrize("fn, args", [
    (captures, (np.ones(2, np.float32),)), (rounded, (1.3,)), (product, (Layer(np.arange(3.0)), 2)),
    (pair, (Pair(np.arange(3.0), 1.0), [np.ones(3)])), (writes, (np.ones(2), np.ones(2)))])
def test_what_the_user_brings(fn, args):
    derivative = s2sad.value_and_grad(fn)
    text = derivative.exported(*args)
    ((kind, result),) = run([(text, f"{fn.__name__}_grad", args)])
    assert kind == "value", result
    assert alike(result, encoded(derivative(*args)))


def test_only_s2sad_is_missing_there():
    results = run([("import s2sad", "f", ()), ("import numpy\ndef f(): return 1.0", "f", ())])
    assert results == [("ImportError", "s2sad is not here"), ("value", ("float", (1.0).hex()))]


def test_the_text_says_what_it_is():
    text = s2sad.grad(captures).exported(np.ones(2, np.float32))
    module = ast.parse(text)
    doc = ast.get_docstring(module)
    assert doc.startswith("The gradient by `x` of `captures` of the module `tests.export.test_export`.")
    assert f"Written by s2sad {s2sad.__version__}; it needs numpy and not s2sad." in doc
    assert "    x: float32[n]" in doc and "The values of seed" in doc
    shown = inspect.getdoc(scope(text)["captures_grad"])
    assert "x : float32[n]" in shown and "Returns\n-------" in shown
    assert "/" not in text.replace("1.0 / ", "") and "import s2sad" not in text


def test_the_same_derivative_gives_the_same_bytes():
    first, again = (s2sad.grad(rounded).exported(1.3) for _ in range(2))
    assert first == again


def test_a_name_of_the_user_does_not_hide_a_helper():
    text = s2sad.grad(captures).exported(np.ones(2, np.float32))
    made = scope(text)
    assert callable(made["seed"]) and made["seed_2"].tolist() == [1.0, 2.0]
    assert "seed(" in text.split("def captures_grad")[1] and "seed_1" not in text


def test_names_of_the_user_that_are_builtins_or_modules(tmp_path):
    path = tmp_path / "odd_names.py"
    path.write_text("import numpy as xp\nzip, np, isinstance = 2.0, 5.0, 3.0\n"
                    "def f(x):\n    return xp.sum(x.astype(xp.float32) * zip) * np * isinstance\n")
    spec = importlib.util.spec_from_file_location("odd_names", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = s2sad.grad(module.f).exported(np.ones(3))
    made = scope(text)
    assert made["f_grad"](np.ones(3)).tolist() == [30.0] * 3
    assert "zip = " not in text and "isinstance = " not in text


def test_arguments_of_another_kind_are_refused():
    made = scope(s2sad.grad(writes).exported(np.ones(2), np.ones(2)))["writes_grad"]
    assert made(np.ones(3), np.array([1.0, 2.0, 3.0])).tolist() == [0.0, 2.0, 3.0]
    for args, message in [
        ((1.0, np.ones(2)), r"expected a: float64\[n\]"), ((np.ones(2), np.ones(3)), r"expected b: float64\[n\]"),
        ((np.ones(1), np.ones(1)), r"expected a: float64\[n\]"),
        ((np.ones(2, np.float32), np.ones(2)), r"expected a: float64\[n\]")]:
        with pytest.raises(TypeError, match=message):
            made(*args)
    shared = np.ones(3)
    with pytest.raises(TypeError, match="a is written to, so it shares no memory with b"):
        made(shared, shared)


@pytest.mark.parametrize("fn, args, what", [
    (logs, (1.0,), "it uses an object of class Logger (`log`)"),
    (PROGRAMS["calls.recursion_on_values"].fn, PROGRAMS["calls.recursion_on_values"].args,
     "calls itself to a depth known only at run time")])
def test_what_cannot_be_exported_is_named(fn, args, what):
    with pytest.raises(ExportError) as caught:
        s2sad.grad(fn, 0).exported(*args)
    assert what in str(caught.value) and "S2S015" in str(caught.value) and caught.value.hint
    assert f"`{fn.__name__}_grad` cannot be exported" in str(caught.value)


@pytest.mark.parametrize("mode, by, returns", [
    ("grad", "The gradient by `x`, `y`", "The gradient: a tuple, one entry for each of `x`, `y`."),
    ("value_and_grad", "Value and gradient by `x`, `y`", "(value, gradient); a tuple, one entry")])
def test_docstrings_of_the_modes(mode, by, returns):
    text = getattr(s2sad, mode)(lambda x, y: x * y, (0, 1)).exported(1.0, 2.0)
    assert by in text and returns in text


def test_products_say_what_the_last_argument_is():
    program = PROGRAMS[next(n for n in sorted(PROGRAMS) if derivative_of(PROGRAMS[n])[0].mode == "vjp")]
    derivative, _ = derivative_of(program)
    text = derivative.exported(*program.fresh())
    assert "Cotangent of the result." in text and "product of a cotangent with the Jacobian" in text


def test_save_writes_the_text_for_the_latest_call(tmp_path):
    derivative = s2sad.grad(captures)
    with pytest.raises(s2sad.S2SADError):
        derivative.save(tmp_path / "none.py", 1)
    derivative(np.ones(2, np.float32))
    derivative.save(tmp_path / "grad.py")
    assert (tmp_path / "grad.py").read_text() == derivative.exported(np.ones(2, np.float32))
    assert not (tmp_path / "none.py").exists()


def test_a_step_of_training_fits_what_it_is_made_for(tmp_path):
    def loss(w, x):
        return np.sum((x * w["a"] + w["b"]) ** 2)

    w, x = {"a": 2.0, "b": np.array([1.0])}, np.array([1.0, 2.0])
    path = tmp_path / "loss_gradient.py"
    s2sad.grad(loss).save(path, w, x)
    spec = importlib.util.spec_from_file_location("loss_gradient", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for _ in range(3):
        step = module.loss_grad(w, x)
        w = {k: w[k] - 0.05 * step[k] for k in w}
        expected = s2sad.grad(loss)(w, x)
        assert module.loss_grad(w, x) == expected
    assert "of any value and of sizes above 1" in module.__doc__
