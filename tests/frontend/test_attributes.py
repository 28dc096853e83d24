"""Attributes and subscripts."""

from __future__ import annotations

import collections
import math

import numpy as np
import pytest

from tests.frontend.helper import V, check, ops, raised, refused

POINT = collections.namedtuple("Point", "x y")
SLICE = slice(1, 3)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v[0],
        lambda v: v[-1],
        lambda v: v[1:],
        lambda v: v[::-1],
        lambda v: v[:-1:2],
        lambda v: v[SLICE],
        lambda v: v[None],
        lambda v: v[..., None],
        lambda v: v[[0, 2, 0]],
        lambda v: v[v > 0.0],
        lambda v: v[np.array([1, 1])],
        lambda v: v[()],
        lambda v: v[slice(None, 2)],
        lambda v: v.reshape(2, 2)[:, 1],
        lambda v: v.reshape(2, 2)[1][0],
        lambda v: v.reshape(2, 2)[[0, 1], [1, 0]],
        lambda v: [v[0], v[1]][1],
        lambda v: (v[0], v[1])[-2:],
        lambda v: {"k": v[0]}["k"],
        lambda v: "text"[1],
        lambda v: [[1.0, v[1]]][0][1],
        lambda v: v[int(v[0] * 4.0)],
        lambda v: [v[0], v[1], v[2]][int(v[2])],
    ],
)
def test_subscripts(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v.shape,
        lambda v: v.shape[0],
        lambda v: v.size,
        lambda v: v.ndim,
        lambda v: v.T,
        lambda v: v.real,
        lambda v: v.imag,
        lambda v: v.dtype == np.float64,
        lambda v: v.sum(),
        lambda v: v.max(axis=0),
        lambda v: v.reshape((2, 2)).T,
        lambda v: v.reshape(2, -1),
        lambda v: v.mean(keepdims=True),
        lambda v: v.dot(v),
        lambda v: v.clip(0.0, 1.0),
        lambda v: v.copy(),
        lambda v: v.astype(np.float32),
        lambda v: v.argmax(),
        lambda v: v.cumsum()[1:],
        lambda v: v.flatten(),
        lambda v: POINT(v[0], y=v[1]).y,
        lambda v: v[0].real,
        lambda v: v[0].item(),
        lambda v: v.tolist(),
        lambda v: v.__add__(1.0),
        lambda v: np.pi * math.tau * v[0],
        lambda v: v[0].dtype.type(2),
    ],
)
def test_attributes_and_methods(fn):
    check(fn, V)


def test_conjugate_of_a_python_complex():
    check(lambda z: z.conjugate(), 0.3 + 0.4j)


def test_an_attribute_that_there_is_not():
    assert type(raised(lambda v: v.nothing, V)) is AttributeError


def test_a_choice_of_new_arrays_is_writeable():
    def f(v):
        made = v * 2.0 if v[0] > 0.0 else np.exp(v)
        if not made.flags.writeable:
            made = eval("made")
        made[0] = 0.0
        return made

    check(f, V)
    assert getattr not in ops(f, V)


def test_a_read_only_array_is_asked_at_run_time():
    def f(v):
        wide = np.broadcast_to(v, (2, 4))
        return wide * (1.0 if wide.flags.writeable else 2.0)

    check(f, V)


def test_attributes_that_compiled_code_keeps_are_no_methods():
    check(lambda v, n: v * (2.0 if n.numerator else 3.0), V, 0)
    check(lambda v: v * v.nbytes + v.itemsize, V)
    assert "no attribute `strides` that s2sad knows" in refused(lambda v: v * (2.0 if v.strides else 3.0), V).message
    assert "no attribute `base` that s2sad knows" in refused(lambda v: v * (2.0 if v.base is None else 3.0), V).message


def test_what_the_metaclass_has_is_no_attribute():
    check(lambda v: v * (2.0 if hasattr(v, "mro") or hasattr(v, "__subclasses__") else 3.0), V)
