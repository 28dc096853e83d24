"""Literals, displays, conditional expressions, f-strings."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import A, V, check, refused


def test_and_or_evaluate_what_they_need_only():
    def f(v):
        seen = []

        def tell(x):
            seen.append(x)
            return x

        tell(0) and tell(1)
        tell(2) or tell(3)
        tell(0.0) or tell(4) and tell(5)
        return seen

    check(f, V)


def test_matrices():
    check(lambda a: (a.T @ a)[0] + a[:, 1].sum() * a.shape[1], A)


def test_complex_and_strings():
    check(lambda z: (z.real, z.imag, np.conj(z), abs(z), z * 1j, -(z**2)), 0.3 + 0.4j)
    check(lambda x, mode: x if mode == "same" else x.missing, 0.3, "same")


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: v[0] if v[0] > 0 else v[1],
        lambda v: v[0] > 0 and v[1],
        lambda v: v[0] < 0 or v[1] * 2.0,
        lambda v: not v[0],
        lambda v: None or v[0],
        lambda v: [] or v[0],
        lambda v: (v, ()) and v[1],
        lambda v: (w := v[0] * 2.0) + w,
        lambda v: [*[v[1]], *(v[2], 1.0)],
        lambda v: {"a": v[0], **{"b": v[1]}},
        lambda v: (1, *[v[0]], 2),
        lambda v: f"{v[0]:.3f} and {v.shape!r}" and v[0],
        lambda v: {1, 2} and v[0],
        lambda v: ...,
    ],
)
def test_expressions(fn):
    check(fn, V)


@pytest.mark.parametrize(
    "fn, code",
    [
    ],
)
def test_refusals(fn, code):
    assert refused(fn, V).code == code
