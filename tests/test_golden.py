"""Golden files: a program and everything that is made of it, one file each, rewritten by ``pytest --update-golden``.

A new one needs two sections, ``==== program`` (its last function is differentiated) and ``==== call`` (``args`` and
``argnums``); the flag adds the others. What is stored is also executed, and compared with the program and with finite
differences.
"""

from __future__ import annotations

import copy
import json
import linecache
import math
import os
import subprocess
import sys
import types
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.api import Derivative
from s2sad.backend.load import load
from s2sad.derive import Entry
from s2sad.ir.interpret import interpret
from s2sad.ir.text import constants, format, parse
from tests.differences import derivative, leaves, pair, random_direction, same

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
MADE = ("trace", "gradient", "tangent")
MARK = "==== "
pytestmark = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")


@dataclass(frozen=True)
class Case:
    """A program, one call of it, and the stored sections."""

    fn: Any
    args: tuple[Any, ...]
    argnums: Any
    sections: dict[str, str]

    @property
    def positions(self) -> tuple[int, ...]:
        return self.argnums if isinstance(self.argnums, tuple) else (self.argnums,)

    def fresh(self) -> tuple[Any, ...]:
        return copy.deepcopy(self.args)

    def entry(self, mode: str) -> Entry:
        """A compiled derivative that nothing else has used."""
        return Derivative(self.fn, mode, self.argnums).entry(self.fresh(), {})

    def made(self) -> dict[str, str]:
        """The sections as the code makes them now."""
        gradient, tangent = self.entry("grad"), self.entry("jvp")
        trace = format(gradient.lowered.function, facts=True)
        return dict(zip(MADE, (trace, gradient.source.text.rstrip(), tangent.source.text.rstrip())))


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def read(name: str) -> dict[str, str]:
    """The sections of a golden file."""
    parts = path_of(name).read_text(encoding="utf-8").split(MARK)
    return {head.strip(): body.strip("\n") for head, _, body in (part.partition("\n") for part in parts[1:])}


@cache
def case(name: str) -> Case:
    sections = read(name)
    program, file = sections["program"] + "\n", f"<golden {name}>"
    linecache.cache[file] = (len(program), None, program.splitlines(keepends=True), file)
    scope: dict[str, Any] = {"__name__": f"golden.{name}", "np": np, "math": math, "s2sad": s2sad}
    exec(compile(program, file, "exec", dont_inherit=True), scope)
    fn = [value for value in scope.values() if isinstance(value, types.FunctionType)][-1]
    exec(sections["call"], {"np": np}, call := {})
    return Case(fn, call["args"], call["argnums"], sections)


def write(name: str, sections: dict[str, str]) -> None:
    text = "\n\n".join(f"{MARK}{head}\n{body}" for head, body in sections.items())
    path_of(name).write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_golden(name, update_golden):
    stored, made = case(name).sections, case(name).made()
    if update_golden:
        write(name, {head: stored[head] for head in ("program", "call")} | made)
        case.cache_clear()
        return
    for head in MADE:
        assert made[head] == stored.get(head), f"{head} of {name} changed; look at it, then pytest --update-golden"


@pytest.mark.parametrize("name", NAMES)
def test_stored_trace_computes_the_program(name):
    c = case(name)
    lowered = c.entry("grad").lowered.function
    trace = parse(c.sections["trace"], constants(lowered))
    assert same(interpret(trace, *c.fresh()), c.fn(*c.fresh()))


def compare(c: Case, slope_of: Any) -> None:
    """A derivative along random directions against finite differences of the program."""
    rng = np.random.default_rng(len(c.args))
    single = any(getattr(leaf, "dtype", None) == np.float32 for leaf in leaves(c.args))
    for _ in range(2):
        direction = tuple(random_direction(c.args[k], rng) for k in c.positions)
        expected, error = derivative(c.fn, c.args, c.positions, direction, 1.0)
        tolerance = {"rel": 1e-4, "abs": 1e-4} if single else {"rel": 1e-7, "abs": 1e-8 + 10.0 * error}
        assert slope_of(direction) == pytest.approx(expected, **tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_stored_gradient_is_the_gradient(name):
    c = case(name)
    source = c.entry("grad").source
    gradient = load(c.sections["gradient"] + "\n", source.namespace, source.name)
    made = gradient(*c.fresh())
    compare(c, lambda direction: pair(made if isinstance(c.argnums, tuple) else (made,), direction))


@pytest.mark.parametrize("name", NAMES)
def test_stored_tangent_is_the_tangent(name):
    c = case(name)
    source = c.entry("jvp").source
    push = load(c.sections["tangent"] + "\n", source.namespace, source.name)
    assert same(push(*c.fresh(), *(copy.deepcopy(c.args[k]) for k in c.positions))[0], c.fn(*c.fresh()))
    compare(c, lambda direction: float(push(*c.fresh(), *direction)[1]))


@pytest.mark.parametrize("name", NAMES)
def test_made_again_the_bytes_are_the_same(name):
    assert case(name).made() == case(name).made()


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_other_hash_seeds_give_the_same_bytes(seed):
    program = "import json; from tests.test_golden import *; print(json.dumps({n: case(n).made() for n in NAMES}))"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(FOLDER.parents[1])}
    output = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    there = json.loads(output.stdout)
    for name in NAMES:
        assert there[name] == case(name).made()


# ---- the two programs that the design prints -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["straight_line", "march"])
@pytest.mark.parametrize(
    "noise", ["unbroadcast", "zeros_like", "np.shape", "* 1.0", "assert", "cotangent", "astype", "seed"]
)
def test_no_noise(name, noise):
    assert noise not in case(name).sections["gradient"]


def test_straight_line_needs_no_sweep():
    lines = case("straight_line").sections["gradient"].splitlines()
    assert lines[0] == "def f_grad(x1, x2):"
    assert [line.strip().split(" = ")[0] for line in lines[2:-1]] in (["x1_bar", "x2_bar"], ["x2_bar", "x1_bar"])
    assert lines[-1].strip() == "return x1_bar, x2_bar"


def test_march_keeps_the_names_and_writes_in_place():
    text = case("march").sections["gradient"]
    for line in (
        "# forward sweep",
        "# reverse sweep",
        "ps.append(p)",
        "a[i] = np.sin(p) - x",
        "a_bar[i - 1] += p_bar",
        "for i, p in zip(reversed(range(1, n)), reversed(ps)):",
        "x_bar += a_bar[0]",
    ):
        assert line in text
    for comment in ("# p = a[i - 1]", "# a[i] = np.sin(p) - x", "# a[i] = p * x", "# a[0] = x", "# return np.sum(a)"):
        assert comment in text
    assert ".copy()" not in text and "append(a)" not in text


@pytest.mark.parametrize("name", ["straight_line", "march"])
def test_higher_derivatives(name):
    c = case(name)
    below = c.fn
    for _ in range(3):
        above = s2sad.grad(below)
        slope, error = derivative(below, c.args, (0,), (1.0,), 1.0)
        assert above(*c.args) == pytest.approx(slope, rel=1e-6, abs=1e-7 + 10.0 * error)
        below = above
