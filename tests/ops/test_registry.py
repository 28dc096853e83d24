"""Records by operation: spellings, families of callables, and what nobody recorded."""

from __future__ import annotations

import operator
import random

import numpy as np
import pytest

from s2sad import ops
from s2sad.ops import Effect, Memory
from s2sad.ops.registry import RECORDS, canonical, is_recorded, of, record, spell
from tests.ops.checker import FAMILIES, families, name_of


def own(x):
    return x


@pytest.fixture
def scratch(monkeypatch):
    monkeypatch.setattr(ops.registry, "RECORDS", dict(RECORDS))


def test_what_is_not_recorded_is_treated_with_caution():
    for op in (own, lambda x: x, [].append, object(), [], np.vectorize(own), np.frompyfunc(own, 1, 1)):
        assert of(op).effect is Effect.UNKNOWN and of(op).memory is Memory.UNKNOWN and not is_recorded(op)
        assert of(op).has_effect and not of(op).is_pure


@pytest.mark.parametrize(
    "name",
    (
        "apply_along_axis",
        "apply_over_axes",
        "piecewise",
        "fromfunction",
        "frompyfunc",
        "vectorize",
        "savetxt",
        "save",
        "load",
        "loadtxt",
        "seterr",
        "set_printoptions",
        "nditer",
    ),
)
def test_what_runs_a_function_of_the_user_or_touches_the_world_is_not_pure(name):
    assert not of(getattr(np, name)).is_pure


RUNS_OR_WRITES = {
    "apply_along_axis",
    "apply_over_axes",
    "bmat",
    "from_dlpack",
    "fromfile",
    "fromfunction",
    "frompyfunc",
    "fromregex",
    "genfromtxt",
    "get_include",
    "geterrcall",
    "info",
    "load",
    "loadtxt",
    "nested_iters",
    "piecewise",
    "printoptions",
    "save",
    "savetxt",
    "savez",
    "savez_compressed",
    "set_printoptions",
    "setbufsize",
    "seterr",
    "seterrcall",
    "show_config",
    "show_runtime",
    "test",
}


@pytest.mark.parametrize("module", (np, np.linalg, np.fft), ids=lambda m: m.__name__)
def test_every_other_function_of_numpy_has_a_record(module):
    functions = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    missing = {
        name for name, op in functions.items() if callable(op) and not isinstance(op, type) and not is_recorded(op)
    }
    assert missing <= RUNS_OR_WRITES


def test_a_spelling_has_the_record_of_its_operation_but_what_differs():
    assert of(operator.add).canonical is canonical(operator.add) is np.add
    assert of(operator.add).op is operator.add and of(operator.add).memory is Memory.JOINS
    assert canonical([]) == [] and canonical(own) is own


def test_a_record_is_completed_and_spelled(scratch):
    record(own, effect=Effect.NONE)
    record(own, commutes=True)
    assert of(own).is_pure and of(own).commutes
    other = own.__get__(3.0)
    spell(own, other, symbol="°")
    assert of(other).canonical is own and of(other).symbol == "°" and of(other).commutes


@pytest.mark.parametrize(
    "generator", (np.random.default_rng(0), np.random.RandomState(0), random.Random(0)), ids=lambda g: type(g).__name__
)
def test_methods_of_generators_draw(generator):
    assert of(generator.random).draws and of(generator.random).has_effect and not of(generator.random).is_pure
    assert of(generator.shuffle).writes


def test_an_item_that_is_drawn_is_the_item():
    a = [np.zeros(2)]
    assert random.Random(0).choice(a) is a[0]
    assert of(random.Random(0).choice).memory is Memory.ANY


def test_families_have_all_records():
    assert {op for members in families().values() for op in members} >= {op for op in RECORDS if is_of_us(op)}
    assert all(families()[family] for family in FAMILIES)


def is_of_us(op):
    """Whether a record stands in a family file: others are made by rules, or when they are asked for."""
    module = getattr(op, "__module__", None) or ""
    return module.startswith("numpy") and not isinstance(op, np.ufunc)


def test_spellings_name_operations_that_are_recorded():
    assert not [
        name_of(op) for op, known in RECORDS.items() if known.canonical is not op and known.canonical not in RECORDS
    ]
