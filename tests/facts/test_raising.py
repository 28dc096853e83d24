"""What is said to raise nothing raises nothing; what raises is never said to be certain."""
from __future__ import annotations

import itertools
import math
import operator
import warnings

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.facts.raising import is_certain
from s2sad.ir import Call, Const, Pack, Var
from s2sad.ir.facts import constant, of_value

SHAPES = [(), (1,), (3,), (4,), (0,), (2, 3), (3, 4), (1, 3), (2, 1), (2, 2, 3)]
VALUES = [0.0, 2.5, -1.0, 0, 3, True, 1j, np.float64(0.0), np.int64(2), *(np.full(s, 0.5) for s in SHAPES),
          np.arange(3), np.array([True, False, True]), np.zeros((2, 3), complex), [1.0, 2.0], (1, 2), "a", None]
TWO = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
       operator.matmul, operator.lt, operator.eq, np.add, np.maximum, np.dot, np.outer, np.linalg.solve,
       np.power, np.remainder, np.arctan2, divmod, operator.and_, np.logical_and, math.atan2]
ONE = [np.sum, np.sqrt, np.log, math.log, math.sqrt, math.exp, np.exp, operator.neg, operator.not_, abs, float, int,
       len,
       np.shape, np.transpose, np.linalg.inv, np.zeros, np.arange, list, tuple, np.max, np.cumsum, np.mean, np.sort,
       np.argmax, np.array, np.linalg.norm, np.ravel, np.squeeze, np.concatenate, runtime.zeros_like, round, str, range]
INDICES = [0, -1, 2, 3, slice(None), slice(1, 9), (0, 1), (slice(None), 0), None, ..., (..., 0), np.array([0, 2]),
           np.array([True, False, True]), [0, 5]]


def argument(value, sizes, fixed):
    """A variable with the fact of a value; a constant where it is ``fixed``."""
    if isinstance(value, (slice, tuple)) and fixed:
        kind, parts = ("slice", (value.start, value.stop, value.step)) if isinstance(value, slice) else ("tuple", value)
        return Pack(kind, tuple(argument(p, sizes, True) for p in parts))
    if fixed and (value is None or value is ... or isinstance(value, (bool, int, float, str, list, np.ndarray))):
        return Const(value)
    return Var("x", constant(value) if isinstance(value, str) else of_value(value, sizes))


def raises(op, args) -> bool:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            op(*args)
        except OverflowError:
            return op is not operator.pow
        except Exception:
            return True
    return False


def check(op, values, fixed=False) -> bool:
    sizes = {}
    args = tuple(argument(v, sizes, fixed) for v in values)
    certain = is_certain(Call((Var("y"),), op, args))
    assert not (certain and raises(op, values)), (op, values)
    return certain


@pytest.mark.parametrize("op", TWO, ids=lambda f: f.__name__)
def test_of_two(op):
    for values in itertools.product(VALUES, VALUES):
        check(op, values)
        check(op, values, fixed=True)


@pytest.mark.parametrize("op", ONE, ids=lambda f: f.__name__)
def test_of_one(op):
    for value in VALUES:
        check(op, (value,))
        check(op, (value,), fixed=True)


def test_places():
    for value, index in itertools.product(VALUES, INDICES):
        check(operator.getitem, (value, index), fixed=False)
        sizes = {}
        args = argument(value, sizes, False), argument(index, sizes, True)
        assert not (is_certain(Call((Var("y"),), operator.getitem, args)) and raises(operator.getitem, (value, index)))


X, Y = np.ones(3), np.ones(4)


@pytest.mark.parametrize("op, values", [
    (np.add, (X, X)), (np.add, (X, 2.0)), (np.sin, (X,)), (operator.mul, (2.0, 3.0)),
    (operator.matmul, (np.ones((4, 3)), X)),
    (np.sum, (X,)), (np.zeros_like, (X,)), (operator.truediv, (X, X)), (np.transpose, (np.ones((2, 3)),))],
    ids=lambda x: getattr(x, "__name__", ""))
def test_certain(op, values):
    assert check(op, values)


@pytest.mark.parametrize("op, values", [
    (np.add, (X, Y)), (operator.matmul, (np.ones((4, 3)), Y)), (math.log, (2.0,)), (operator.truediv, (2.0, 3.0)),
    (operator.getitem, (X, 2)), (np.linalg.inv, (np.eye(2),)), (lambda x: x, (X,))],
    ids=lambda x: getattr(x, "__name__", ""))
def test_not_certain(op, values):
    assert not check(op, values)


def unneeded(x, y):
    _ = x + y
    return np.sum(x)


def test_what_nobody_needs_raises_in_a_derivative():
    assert "x + y" not in s2sad.grad(unneeded).source_for(X, X)
    for derivative in (s2sad.grad(unneeded), s2sad.value_and_grad(unneeded)):
        with pytest.raises(ValueError, match="broadcast"):
            derivative(X, Y)
    with pytest.raises(ValueError, match="broadcast"):
        s2sad.jvp(unneeded, (X, Y), (X, Y))
