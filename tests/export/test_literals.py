"""Values as text: the text gives the same value, bit by bit."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from s2sad.export.literals import LONG, NoLiteral, literal

RNG = np.random.default_rng(0)
VALUES = [
    None, True, 3, -2.5, -0.0, 0.1, float("inf"), float("nan"), 1.5 - 2j, complex(-0.0, float("inf")), "it's", b"\0",
    ..., (1,), (), [1.0, [2]], {"a": (1, None), 2: []}, {3, 1}, frozenset({"b", "a"}), slice(1, None, 2),
    range(3, 9, 2),
    np.float32(0.1), np.int8(-3), np.bool_(True), np.complex64(1j), np.dtype("float32"), np.dtype(">f4"),
    np.arange(3), np.float32([0.1, 3e-45]), np.array(2.0), np.array([True, False]), np.array([[1j, -0.0]]),
    np.zeros((0, 3)), np.array([np.nan, -np.inf, -0.0]), RNG.normal(size=(3, 4)), RNG.normal(size=LONG + 1),
    np.asfortranarray(RNG.normal(size=(3, 4))), np.asfortranarray(RNG.normal(size=(30, 40))),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_the_text_gives_the_value(value):
    made = eval(literal(value), {"np": np, "base64": base64})
    assert type(made) is type(value) and literal(made) == literal(value)
    if isinstance(value, (np.ndarray, np.generic)):
        assert made.dtype == value.dtype and made.shape == value.shape
        assert made.tobytes("A") == value.tobytes("A") and made.flags.f_contiguous == value.flags.f_contiguous
    elif not isinstance(value, (float, complex)):
        assert made == value


def test_arrays_are_writable_copies():
    made = eval(literal(np.ones(LONG + 1)), {"np": np, "base64": base64})
    made[0] = 2.0
    assert made[0] == 2.0


@pytest.mark.parametrize("value, what", [
    (object(), "an object of class object"), ([len], "an object of class builtin_function_or_method"),
    (np.array([None]), "an array of dtype object"), (np.longdouble(1), "class longdouble"),
    (np.ma.ones(2), "MaskedArray")])
def test_what_cannot_be_written_is_named(value, what):
    with pytest.raises(NoLiteral, match=what):
        literal(value)
