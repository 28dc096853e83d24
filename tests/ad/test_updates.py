"""``a[i] += v`` and its like: found in the trace, and the code of their adjoints."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.ad.updates import updates
from s2sad.frontend import lower
from s2sad.ir import For
from s2sad.ir.kinds import kinds_of
from s2sad.ir.walk import count_uses
from s2sad.passes.cse import cse

V = np.array([0.3, -0.7, 1.2, 0.9, -0.4])
MASK = np.array([True, False, True, True, False])
REPEATED = np.array([0, 1, 1, 3])


def found(fn, *args):
    function = cse(lower(fn, kinds_of(args)).function)
    body = next((s.body for s in function.body.stmts if isinstance(s, For)), function.body)
    return [u.change.op.__name__ for u in updates(body.stmts, count_uses(function)).values()]


def added(u, v):
    u = u * 1.0
    for k in range(1, 4):
        u[k] += v[k] * u[k - 1]
    return np.sum(u * u)


def scaled(u, v):
    u = u * 1.0
    u[1:] *= v[1:]
    u[:-1] /= 2.0 + v[1:]
    return np.sum(u * u)


def spelled_out(u, v):
    u = u * 1.0
    u[2:] = u[2:] + v[0]
    u[1:] = v[1:] - u[1:]
    u[0] = max(u[0], v[0])
    return np.sum(u * u)


def masked(u, v):
    u = u * 1.0
    u[MASK] -= v[MASK]
    u[MASK] *= v[MASK]
    return np.sum(u * u)


def repeated(u, v):
    u = u * 1.0
    u[REPEATED] += v[REPEATED]
    return np.sum(u * u)


def read_between(u, v):
    u = u * 1.0
    t = u[1:] * v[1:]
    u[1:] += u[:-1] * t
    u[:3] = u[:3] * u[1:4]
    return np.sum(u * u)


def of_a_constant(u, v):
    w = np.zeros(5)
    w[1:] += v[1:]
    u = u * 1.0
    u[1:] += 2.0
    return np.sum(w * u)


def broadcast_and_cast(u, v):
    u = (np.ones((3, 1)) * u).astype(np.float32)
    u[1:] -= v
    u[0] *= v[0]
    return np.sum((u * u).astype(float))


def read_twice(u, v):
    u = u * 1.0
    for _ in range(2):
        u[1:-1] *= np.sin(u[1:-1]) * v[1:-1]
        t = u[1:]
        u[1:] += t * v[1:]
        u[2] = t[0] * t[1] + u[2]
    return np.sum(u * u)


PROGRAMS = [read_twice, added, scaled, spelled_out, masked, repeated, read_between, of_a_constant]


@pytest.mark.parametrize("fn", PROGRAMS)
def test_gradients(fn):
    s2sad.check_grads(fn, (V, V[::-1] + 2.0))
    s2sad.check_grads(lambda u, v: np.sum(s2sad.grad(fn, 1)(u, v) ** 2), (V, V[::-1] + 2.0))


def test_gradient_in_lower_precision():
    u_bar, v_bar = s2sad.grad(broadcast_and_cast, (0, 1))(V, V + 2.0)
    rows = np.ones((3, 1)) * V
    rows[1:] -= V + 2.0
    rows[0] *= V[0] + 2.0
    np.testing.assert_allclose(u_bar, 2 * rows[0] * (V[0] + 2.0) + 2 * rows[1:].sum(axis=0), rtol=1e-5)
    expected = -2 * rows[1:].sum(axis=0)
    expected[0] += np.sum(2 * rows[0] * V)
    np.testing.assert_allclose(v_bar, expected, rtol=1e-5)


def test_what_is_found():
    assert found(added, V, V) == ["iadd"] or found(added, V, V) == ["add"]
    assert len(found(scaled, V, V)) == 2 and len(found(spelled_out, V, V)) == 3 and len(found(masked, V, V)) == 2
    assert found(repeated, V, V) == []  # of equal indices the last one stays
    assert len(found(read_between, V, V)) == 2

    def used_once_more(u):
        t = u[1:] * 2.0
        u[1:] = t
        return u * t[0]

    assert found(used_once_more, V) == []


def test_code():
    source = s2sad.grad(added, (0, 1)).source_for(V, V).split("# reverse sweep")[1]
    assert "= 0.0" not in source and ".copy()" not in source
    source = s2sad.grad(scaled).source_for(V, V)
    assert "u_bar[1:] = u_bar[1:] * v[1:]" in source or "= 0.0" not in source


def test_the_old_element_is_kept_once():
    def f(u, n):
        for _ in range(n):
            u[1:-1] *= np.sin(u[1:-1]) + 0.5
        return np.sum(u * u)

    source = s2sad.grad(f).source_for(V, 3)
    assert source.count(".append(") == 2 and "u[1:-1] *= " in source

    def g(u, v, n):
        for _ in range(n):
            u[1:] *= v
        return np.sum(u * u)

    source = s2sad.grad(g, (0, 1)).source_for(V, V[1:], 3)
    assert source.count(".append(") == 1 and "u[1:] *= v" in source
    s2sad.check_grads(f, (V, 3))
    s2sad.check_grads(g, (V, V[1:].copy(), 3))
