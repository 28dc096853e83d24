"""The workloads: a program as a user writes it, and its gradient as an expert writes it by hand."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import erf

from tests.benchmarks.lenet import lenet, lenet_args, lenet_hand


@dataclass(frozen=True)
class Case:
    """``hand(*make())`` is the gradient of ``fn`` in the arguments ``argnums``."""

    name: str
    fn: Callable[..., Any]
    hand: Callable[..., Any]
    make: Callable[[], tuple[Any, ...]]
    argnums: tuple[int, ...]


def lecture(x1, x2):
    return math.log(x1) + x1 * x2 - math.sin(x2)


def lecture_hand(x1, x2):
    return 1.0 / x1 + x2, x1 - math.cos(x2)


def scalar_loop(x, n):
    y = x
    for _ in range(n):
        y = math.sin(y) * x + 0.5
    return y


def scalar_loop_hand(x, n):
    y = x
    ys = []
    sines = []
    for _ in range(n):
        ys.append(y)
        s = math.sin(y)
        sines.append(s)
        y = s * x + 0.5
    x_bar = 0.0
    y_bar = 1.0
    for y, s in zip(reversed(ys), reversed(sines)):
        x_bar += y_bar * s
        y_bar = y_bar * x * math.cos(y)
    return (x_bar + y_bar,)


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def newton_hand(a):
    x = a
    xs = []
    while abs(x * x - a) > 1e-12:
        xs.append(x)
        x = 0.5 * (x + a / x)
    x_bar = 1.0
    a_bar = 0.0
    for x in reversed(xs):
        t = 0.5 * x_bar
        a_bar += t / x
        x_bar = t - t * a / (x * x)
    return (a_bar + x_bar,)


def mlp(W1, b1, W2, b2, W3, b3, x, labels):
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    z = h2 @ W3 + b3
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


def mlp_hand(W1, b1, W2, b2, W3, b3, x, labels):
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    z = h2 @ W3 + b3
    e = np.exp(z - z.max(axis=1, keepdims=True))
    g = e / e.sum(axis=1, keepdims=True)
    n = len(labels)
    g[np.arange(n), labels] -= 1.0
    g /= n
    g2 = g @ W3.T
    g2 *= 1.0 - h2 * h2
    g1 = g2 @ W2.T
    g1 *= 1.0 - h1 * h1
    return x.T @ g1, g1.sum(axis=0), h1.T @ g2, g2.sum(axis=0), h2.T @ g, g.sum(axis=0)


def mlp_args():
    rng = np.random.default_rng(0)
    sizes = (784, 256, 128, 10)
    weights: list[Any] = []
    for n, m in zip(sizes, sizes[1:]):
        weights += [rng.normal(size=(n, m)) / np.sqrt(n), np.zeros(m)]
    return (*weights, rng.normal(size=(128, 784)), rng.integers(0, 10, 128))


def black_scholes(s, k, t, r, sigma):
    root = np.sqrt(t)
    d1 = (np.log(s / k) + (r + 0.5 * sigma * sigma) * t) / (sigma * root)
    d2 = d1 - sigma * root
    price = s * (0.5 + 0.5 * erf(d1 / math.sqrt(2.0))) - k * np.exp(-r * t) * (0.5 + 0.5 * erf(d2 / math.sqrt(2.0)))
    return np.sum(price)


def black_scholes_hand(s, k, t, r, sigma):
    root = np.sqrt(t)
    d1 = (np.log(s / k) + (r + 0.5 * sigma * sigma) * t) / (sigma * root)
    d2 = d1 - sigma * root
    cdf1 = 0.5 + 0.5 * erf(d1 / math.sqrt(2.0))
    discounted = np.exp(-r * t) * (0.5 + 0.5 * erf(d2 / math.sqrt(2.0)))
    pdf1 = np.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi)
    held = k * discounted
    return cdf1, -discounted, s * pdf1 * sigma / (2.0 * root) + r * held, np.sum(t * held), np.sum(s * pdf1 * root)


def black_scholes_args():
    rng = np.random.default_rng(0)
    n = 1_000_000
    return rng.uniform(80, 120, n), rng.uniform(80, 120, n), rng.uniform(0.2, 2.0, n), 0.03, 0.25


def sigmoid(u):
    return 1.0 / (1.0 + np.exp(-u))


def lstm(W, U, b, xs):
    n, batch, _ = xs.shape
    hidden = U.shape[0]
    h = np.zeros((batch, hidden))
    c = np.zeros((batch, hidden))
    for t in range(n):
        z = xs[t] @ W + h @ U + b
        i = sigmoid(z[:, :hidden])
        f = sigmoid(z[:, hidden:2 * hidden])
        o = sigmoid(z[:, 2 * hidden:3 * hidden])
        g = np.tanh(z[:, 3 * hidden:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h * h)


def lstm_hand(W, U, b, xs):
    n, batch, _ = xs.shape
    m = U.shape[0]
    h = np.zeros((batch, m))
    c = np.zeros((batch, m))
    saved = []
    for t in range(n):
        z = xs[t] @ W + h @ U + b
        gates = sigmoid(z[:, :3 * m])
        g = np.tanh(z[:, 3 * m:])
        c_old, h_old = c, h
        c = gates[:, m:2 * m] * c + gates[:, :m] * g
        tc = np.tanh(c)
        h = gates[:, 2 * m:] * tc
        saved.append((h_old, c_old, gates, g, tc))
    W_bar, U_bar, b_bar = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    h_bar = 2.0 * h
    c_bar = np.zeros_like(c)
    z_bar = np.empty((batch, 4 * m))
    for t in range(n - 1, -1, -1):
        h_old, c_old, gates, g, tc = saved[t]
        i, f, o = gates[:, :m], gates[:, m:2 * m], gates[:, 2 * m:]
        c_bar = c_bar + h_bar * o * (1.0 - tc * tc)
        z_bar[:, :m] = c_bar * g * i * (1.0 - i)
        z_bar[:, m:2 * m] = c_bar * c_old * f * (1.0 - f)
        z_bar[:, 2 * m:3 * m] = h_bar * tc * o * (1.0 - o)
        z_bar[:, 3 * m:] = c_bar * i * (1.0 - g * g)
        W_bar += xs[t].T @ z_bar
        U_bar += h_old.T @ z_bar
        b_bar += z_bar.sum(axis=0)
        h_bar = z_bar @ U.T
        c_bar = c_bar * f
    return W_bar, U_bar, b_bar


def lstm_args():
    rng = np.random.default_rng(0)
    m = 64
    W, U = rng.normal(size=(m, 4 * m)) / 8.0, rng.normal(size=(m, 4 * m)) / 8.0
    return W, U, np.zeros(4 * m), rng.normal(size=(100, 16, m))


def jacobi_2d(a, b, steps):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
    return np.sum(a * a)


def jacobi_2d_hand(a, b, steps):
    a, b = a.copy(), b.copy()
    jacobi_2d(a, b, steps)
    a_bar = 2.0 * a
    b_bar = np.zeros_like(b)
    for _ in range(steps):
        for written, read in ((a_bar, b_bar), (b_bar, a_bar)):
            g = 0.2 * written[1:-1, 1:-1]
            written[1:-1, 1:-1] = 0.0
            read[1:-1, 1:-1] += g
            read[1:-1, :-2] += g
            read[1:-1, 2:] += g
            read[2:, 1:-1] += g
            read[:-2, 1:-1] += g
    return a_bar, b_bar


def jacobi_2d_args():
    rng = np.random.default_rng(0)
    return rng.uniform(size=(250, 250)), rng.uniform(size=(250, 250)), 50


def gmm(alphas, means, log_scales, x):
    """Mixture of Gaussians with diagonal covariances, the quadratic form as matrix products."""
    p = np.exp(-2.0 * log_scales)
    quad = (x * x) @ p.T - 2.0 * (x @ (means * p).T) + np.sum(means * means * p, axis=1)
    comp = alphas - np.sum(log_scales, axis=1) - 0.5 * quad
    top = np.max(comp, axis=1, keepdims=True)
    lse = top[:, 0] + np.log(np.sum(np.exp(comp - top), axis=1))
    return np.sum(lse) - len(x) * np.log(np.sum(np.exp(alphas)))


def gmm_hand(alphas, means, log_scales, x):
    p = np.exp(-2.0 * log_scales)
    mp = means * p
    xx = x * x
    comp = alphas - np.sum(log_scales, axis=1) - 0.5 * (xx @ p.T - 2.0 * (x @ mp.T) + np.sum(means * mp, axis=1))
    e = np.exp(comp - comp.max(axis=1, keepdims=True))
    w = e / e.sum(axis=1, keepdims=True)
    total = w.sum(axis=0)
    wx = w.T @ x
    ea = np.exp(alphas)
    p_bar = wx * means - 0.5 * (w.T @ xx) - 0.5 * total[:, None] * means * means
    return (total - len(x) * ea / ea.sum(), (wx - total[:, None] * means) * p, -2.0 * p * p_bar - total[:, None])


def gmm_args():
    rng = np.random.default_rng(0)
    d, k, n = 10, 25, 1000
    return rng.normal(size=k), rng.normal(size=(k, d)), 0.1 * rng.normal(size=(k, d)), rng.normal(size=(n, d))


def march(x, n):
    """Writes one element a step: the cost of its adjoint must be proportional to n."""
    a = np.zeros(n)
    a[0] = x
    for i in range(1, n):
        a[i] = math.sin(a[i - 1]) + x
    return a[n - 1]


CASES = (
    Case("lecture", lecture, lecture_hand, lambda: (2.0, 5.0), (0, 1)),
    Case("scalar loop, 1000 steps", scalar_loop, scalar_loop_hand, lambda: (0.7, 1000), (0,)),
    Case("Newton while", newton, newton_hand, lambda: (2.0,), (0,)),
    Case("MLP 784-256-128-10, batch 128", mlp, mlp_hand, mlp_args, (0, 1, 2, 3, 4, 5)),
    Case("Black-Scholes, 1e6", black_scholes, black_scholes_hand, black_scholes_args, (0, 1, 2, 3, 4)),
    Case("LSTM 100 steps, 64, batch 16", lstm, lstm_hand, lstm_args, (0, 1, 2)),
    Case("jacobi_2d, 50 x 250^2", jacobi_2d, jacobi_2d_hand, jacobi_2d_args, (0, 1)),
    Case("GMM d 10, K 25, n 1000", gmm, gmm_hand, gmm_args, (0, 1, 2)),
    Case("LeNet, batch 32", lenet, lenet_hand, lenet_args, tuple(range(10))),
)
