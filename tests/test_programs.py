"""The corpus × {reverse, forward} × {before passes, after each pass}, against finite differences."""

from __future__ import annotations

import copy
import zlib
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from s2sad.tree import parts
from tests.differences import derivative, leaves, moved, pair, random_direction, richardson, same
from tests.programs import PROGRAMS, RAISING, REFUSED, Program, Raising, Refused
from tests.programs.registry import is_differentiable

DIRECTIONS = 3


def directions(program: Program, count: int = DIRECTIONS) -> Iterator[tuple[Any, ...]]:
    """Reproducible random directions in the differentiated arguments."""
    rng = np.random.default_rng(zlib.crc32(program.name.encode()))
    for _ in range(count):
        yield tuple(random_direction(program.args[i], rng) for i in program.argnums)


def seed(program: Program, out: Any) -> Any:
    """A cotangent for the output of ``program``: 1 for a scalar, else random."""
    if is_scalar(out):
        return one_like(out)
    return random_direction(out, np.random.default_rng(len(program.name)))


def one_like(out: Any) -> Any:
    """The seed 1 in the kind of ``out``."""
    return np.ones_like(out) if isinstance(out, np.ndarray) else type(out)(1.0)


def tolerance(program: Program, error: float) -> dict[str, float]:
    """What a correct gradient may differ by, from the precision of the program and of the difference quotient."""
    if "float32" in program.tags:
        return {"rel": 2e-3, "abs": 2e-3}
    return {"rel": 1e-6, "abs": 1e-7 + 10.0 * error}


def step(program: Program) -> float:
    return 0.1 if "float32" in program.tags else 4e-3


def is_scalar(out: Any) -> bool:
    return isinstance(out, (float, np.floating, np.ndarray)) and np.size(out) == 1 and np.isrealobj(out)


def structure(tree: Any) -> Any:
    """Structure, shapes and dtypes of an argument, which its gradient must share: a dataclass in its class, any other
    object in a namespace, None where there is no derivative."""
    if isinstance(tree, dict):
        return {k: structure(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree), [structure(v) for v in tree]
    if items := parts(tree):
        return type(tree) if is_dataclass(tree) else SimpleNamespace, {k: structure(v) for k, v in items.items()}
    dtype = np.asarray(tree).dtype
    return (np.shape(tree), dtype) if dtype.kind in "fc" else None


def each(corpus: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("program", corpus.values(), ids=corpus.keys())


@each(PROGRAMS)
def test_program_is_deterministic_and_finite(program: Program) -> None:
    first, second = program.fn(*program.fresh()), program.fn(*program.fresh())
    assert same(first, second)
    assert all(np.all(np.isfinite(leaf)) for leaf in leaves(first))


@each(PROGRAMS)
def test_program_is_smooth_at_its_sample(program: Program) -> None:
    out = program.fn(*program.fresh())
    for direction in directions(program):
        slope, error = derivative(
            program.fn, program.args, program.argnums, direction, seed(program, out), step(program)
        )
        assert error <= (1e-2 if "float32" in program.tags else 1e-6) * max(1.0, abs(slope))


def variants(program: Program) -> dict[str, Callable[..., Any]]:
    """The gradient before the passes and after each of them, by name of the stage, as callables like ``grad``'s."""
    return {}


@each(PROGRAMS)
def test_every_stage_gives_the_same_gradient(program: Program) -> None:
    if not (stages := variants(program)):
        return
    _, expected, _ = reverse(program)
    for stage, gradient in stages.items():
        for g, h in zip(leaves(gradient(*program.fresh())), leaves(expected)):
            np.testing.assert_allclose(g, h, rtol=1e-10, atol=1e-12, err_msg=stage)


def reverse(program: Program) -> tuple[Any, tuple[Any, ...], Any]:
    """The primal, the cotangents of the differentiated arguments, and the seed; checks that arguments are unchanged."""
    args, kept = program.fresh(), program.fresh()
    expected = program.fn(*program.fresh())
    if is_scalar(expected):
        out, grads = s2sad.value_and_grad(program.fn, program.argnums)(*args)
        weights: Any = one_like(expected)
    else:
        weights = seed(program, expected)
        out, pullback = s2sad.vjp(program.fn, *args)
        pulled = pullback(weights)
        grads = tuple(pulled[i] for i in program.argnums)
    assert same(args, kept), "the arguments were changed"
    return out, grads, weights


@each(PROGRAMS)
def test_reverse(program: Program) -> None:
    out, grads, weights = reverse(program)
    assert same(out, program.fn(*program.fresh()))
    for i, g in zip(program.argnums, grads):
        assert structure(g) == structure(program.args[i])
    for direction in directions(program):
        slope, error = derivative(program.fn, program.args, program.argnums, direction, weights, step(program))
        assert pair(grads, direction) == pytest.approx(slope, **tolerance(program, error))


@each(PROGRAMS)
def test_forward(program: Program) -> None:
    expected = program.fn(*program.fresh())
    weights = seed(program, expected)
    for direction in directions(program):
        tangents = [None] * len(program.args)
        for i, d in zip(program.argnums, direction):
            tangents[i] = d
        args, kept = program.fresh(), program.fresh()
        out, out_dot = s2sad.jvp(program.fn, args, tuple(tangents))
        assert same(out, expected)
        assert same(args, kept), "the arguments were changed"
        slope, error = derivative(program.fn, program.args, program.argnums, direction, weights, step(program))
        assert pair(out_dot, weights) == pytest.approx(slope, **tolerance(program, error))


@each({name: p for name, p in PROGRAMS.items() if "second" in p.tags})
def test_second_derivative(program: Program) -> None:
    gradient = s2sad.grad(program.fn, program.argnums)
    (direction,) = directions(program, 1)
    tangents = [None] * len(program.args)
    for i, d in zip(program.argnums, direction):
        tangents[i] = d
    _, product = s2sad.jvp(gradient, program.fresh(), tuple(tangents))

    def along(t: float) -> float:
        call = list(program.fresh())
        for i, d in zip(program.argnums, direction):
            call[i] = moved(program.args[i], d, t)
        return pair(gradient(*call), direction)

    slope, error = richardson(along)
    assert pair(product, direction) == pytest.approx(slope, rel=1e-6, abs=1e-7 + 10.0 * error)


@each({name: p for name, p in PROGRAMS.items() if "second" in p.tags and "slow" not in p.tags})
def test_reverse_over_reverse(program: Program) -> None:
    gradient = s2sad.grad(program.fn, program.argnums)
    (direction,) = directions(program, 1)
    tangents = [None] * len(program.args)
    for i, d in zip(program.argnums, direction):
        tangents[i] = d
    _, product = s2sad.jvp(gradient, program.fresh(), tuple(tangents))
    _, pullback = s2sad.vjp(gradient, *program.fresh())
    pulled = pullback(direction)
    assert pair(tuple(pulled[i] for i in program.argnums), direction) == pytest.approx(
        pair(product, direction), rel=1e-9, abs=1e-9)


@each(RAISING)
def test_raises(program: Raising, capsys: Any) -> None:
    """Every derivative raises what the function raises, and has printed as much before."""
    fn, args = program.fn, program.args
    argnums = tuple(i for i, a in enumerate(args) if is_differentiable(a))
    rng = np.random.default_rng(0)
    tangents = tuple(random_direction(a, rng) if i in argnums else None for i, a in enumerate(args))
    calls: list[Callable[..., Any]] = [
        fn,
        s2sad.grad(fn, argnums),
        s2sad.value_and_grad(fn, argnums),
        lambda *given: s2sad.vjp(fn, *given),
        lambda *given: s2sad.jvp(fn, given, tangents),
        s2sad.jacobian(fn, argnums),
        s2sad.grad(lambda *given: s2sad.value_and_grad(fn)(*given)[0], argnums),
    ]
    found = []
    for call in calls:
        with pytest.raises(Exception) as caught:
            call(*copy.deepcopy(args))
        found.append((type(caught.value), str(caught.value), capsys.readouterr().out))
    assert found == found[:1] * len(found)


@each(REFUSED)
def test_refused(program: Refused) -> None:
    args = program.args  # not copied: two of them may share memory, and nothing runs
    with pytest.raises(getattr(errors, program.error)) as caught:
        if program.argnums is None:
            s2sad.grad(program.fn)(*args)
        else:
            s2sad.grad(program.fn, program.argnums)(*args)
    assert program.text in str(caught.value)
    assert caught.value.code.startswith(program.code or "S2S")
    assert caught.value.hint, "an error says what to write instead"
