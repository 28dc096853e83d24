"""Checkpointed functions: what they compute is computed again in the reverse sweep."""

import warnings

import numpy as np

import s2sad
from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
M = np.array([[0.2, 1.1, -0.4, 0.1], [0.8, -0.6, 0.5, 0.3], [0.1, 0.3, -0.2, 0.4], [-0.5, 0.2, 0.6, 0.1]])


def wave(x):
    a = np.sin(x) * x
    b = np.tanh(a + x)
    return np.sin(np.cos(b) * a)


@s2sad.checkpoint
def layer(W, h, *, scale=1.0):
    z = W @ h
    return np.tanh(z) * scale + h


@program(V, tags="second")
def checkpoint_once(x):
    return np.sum(s2sad.checkpoint(wave)(x) ** 2)


@program(0.7, tags="second")
def checkpoint_scalar(x):
    return s2sad.checkpoint(lambda y, k: y * np.sin(y) ** k)(x, 2) * x


@program(V, 3, tags="second")
@program(V, 0)
def checkpoint_in_loop(x, n):
    for _ in range(n):
        x = s2sad.checkpoint(wave)(x)
    return np.sum(x**2)


@program(M, V)
def checkpoint_layers(W, x):
    h = x
    for k in range(5):
        h = layer(W, h, scale=0.5 + 0.1 * k)
    return np.sum(h * h)


@program({"W": M, "b": V}, V)
def checkpoint_of_dict(params, x):
    def block(p, h):
        return {"h": np.tanh(p["W"] @ h["h"] + p["b"]), "twice": 2.0 * h["h"]}

    h = {"h": x, "twice": x}
    for _ in range(3):
        h = s2sad.checkpoint(block)(params, h)
    return np.sum(h["h"] * h["twice"])


@program(V)
def checkpoint_in_branch(x):
    total = 0.0
    for k in range(4):
        if k % 2 == 0:
            x = s2sad.checkpoint(wave)(x)
        elif x[0] > 0.0:
            total += np.sum(s2sad.checkpoint(np.sin)(x))
    return total + x[1]


@program(V, tags="second")
def checkpoint_nested(x):
    inner = s2sad.checkpoint(wave)

    @s2sad.checkpoint
    def outer(y):
        for _ in range(2):
            y = inner(y) + 0.5 * y
        return inner(y * y)

    return np.sum(outer(outer(x)))


@program(V)
def checkpoint_with_branches_and_loops_inside(x):
    @s2sad.checkpoint
    def block(y):
        total = 0.0
        for k in range(4):
            if y[k] < 0.0:
                continue
            p = y[k] * y[k - 1]
            while p > 0.1:
                p = p * 0.5 * np.cos(p)
            total += np.exp(p)
            if total > 1.9:
                break
        return total * y

    return np.sum(block(block(x) * 0.7))


@program(V)
def checkpoint_writes_to_its_argument(x):
    def smooth(u, k):
        u[1:-1] += 0.25 * (u[:-2] - 2.0 * u[1:-1] + u[2:]) * u[k]
        u[0] = np.sin(u[0])

    u = x.copy()
    for k in range(3):
        s2sad.checkpoint(smooth)(u, k)
    return np.sum(u**3)


@program(V)
def checkpoint_reads_what_is_written_later(x):
    u = np.zeros(6)
    u[0] = x[0]
    step = s2sad.checkpoint(lambda w, i: np.sin(w[i - 1]) * w[i - 1] + x[1])
    for i in range(1, 6):
        u[i] = step(u, i)
    u *= u
    return np.sum(u)


@program(V)
def checkpoint_writes_to_closure(x):
    seen = []
    total = np.zeros(4)

    @s2sad.checkpoint
    def note(y, k):
        seen.append(np.sum(y * y))
        total[k] = y[k] * seen[-1]
        return np.cos(y)

    y = x
    for k in range(4):
        y = note(y, k)
    return np.sum(y) + seen[0] * seen[2] + np.sum(total)


@program(V)
def checkpoint_with_errstate(x):
    @s2sad.checkpoint
    def safe(y):
        with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
            z = np.where(y > 0.0, np.log(y), y)
        return z * z

    return np.sum(safe(safe(x)))


class Block:
    def __init__(self, W):
        self.W = W
        self.calls = 0

    @s2sad.checkpoint
    def forward(self, h):
        self.calls += 1
        return np.tanh(self.W @ h) * self.calls


@program(M, V)
def checkpoint_of_method(W, x):
    block = Block(W)
    h = x
    for _ in range(3):
        h = block.forward(h) + s2sad.checkpoint(block.forward)(h)
    return np.sum(h) * block.calls


@program(V)
def checkpoint_around_gradient(x):
    slope = s2sad.grad(lambda y: np.sum(s2sad.checkpoint(wave)(y) * x))
    return np.sum(s2sad.checkpoint(slope)(x * x) ** 2)


@program(V, V[::-1].copy())
def checkpoint_of_views(x, y):
    @s2sad.checkpoint
    def split(a, b):
        c = a * b
        return c[1:], c[:2], a

    p, q, r = split(x, y)
    r = r * 2.0
    return np.sum(p) * q[0] + np.sum(q * r[2:])


@program(V)
def checkpoint_early_return(x):
    @s2sad.checkpoint
    def f(y, k):
        if y[k] > 0.5:
            return np.sum(y * y * y)
        y = np.exp(y)
        return np.sum(y)

    return f(x, 0) * f(x, 2)
