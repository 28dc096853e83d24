"""LeNet on a batch of images: the loss with ``s2sad.nn``, and its gradient as an expert writes it with NumPy alone."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from s2sad.nn import conv2d, cross_entropy, flatten, max_pool2d, relu

BATCH = 32


def lenet(K1, k1, K2, k2, W1, b1, W2, b2, W3, b3, x, labels):
    x = max_pool2d(relu(conv2d(x, K1, k1, padding=2)), 2)
    x = max_pool2d(relu(conv2d(x, K2, k2)), 2)
    x = flatten(x)
    x = relu(x @ W1.T + b1)
    x = relu(x @ W2.T + b2)
    return cross_entropy(x @ W3.T + b3, labels)


def columns(x, k):
    windows = sliding_window_view(x, (k, k), axis=(2, 3))
    n, c, rows, cols = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * k * k, rows * cols)


def images(columns, c, size, k):
    out = size - k + 1
    parts = columns.reshape(len(columns), c, k, k, out, out)
    x = np.zeros((len(columns), c, size, size))
    for i in range(k):
        for j in range(k):
            x[:, :, i : i + out, j : j + out] += parts[:, :, i, j]
    return x


def quarters(x):
    return x[:, :, ::2, ::2], x[:, :, ::2, 1::2], x[:, :, 1::2, ::2], x[:, :, 1::2, 1::2]


def pooled(x):
    a, b, c, d = quarters(x)
    return np.maximum(np.maximum(a, b), np.maximum(c, d))


def unpooled(g, x, y):
    out = np.empty_like(x)
    left = np.ones(y.shape, dtype=bool)
    for part, target in zip(quarters(x), quarters(out)):
        first = part == y
        first &= left
        left ^= first
        np.multiply(g, first, out=target)
    return out


def lenet_hand(K1, k1, K2, k2, W1, b1, W2, b2, W3, b3, x, labels):
    n = len(x)
    M1, M2 = K1.reshape(len(K1), -1), K2.reshape(len(K2), -1)
    c1 = columns(np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2))), 5)
    z = M1 @ c1
    z += k1[:, None]
    r1 = np.maximum(z, 0.0, out=z).reshape(n, -1, 28, 28)
    p1 = pooled(r1)
    c2 = columns(p1, 5)
    z = M2 @ c2
    z += k2[:, None]
    r2 = np.maximum(z, 0.0, out=z).reshape(n, -1, 10, 10)
    p2 = pooled(r2)
    h0 = p2.reshape(n, -1)
    h1 = np.maximum(h0 @ W1.T + b1, 0.0)
    h2 = np.maximum(h1 @ W2.T + b2, 0.0)
    z = h2 @ W3.T + b3
    e = np.exp(z - z.max(axis=1, keepdims=True))
    g3 = e / e.sum(axis=1, keepdims=True)
    g3[np.arange(n), labels] -= 1.0
    g3 /= n
    g2 = g3 @ W3
    g2 *= h2 > 0.0
    g1 = g2 @ W2
    g1 *= h1 > 0.0
    g = unpooled((g1 @ W1).reshape(p2.shape), r2, p2)
    g *= r2 > 0.0
    gc2 = g.reshape(n, len(K2), -1)
    K2_bar = (gc2 @ c2.transpose(0, 2, 1)).sum(axis=0).reshape(K2.shape)
    g = unpooled(images(M2.T @ gc2, len(K1), 14, 5), r1, p1)
    g *= r1 > 0.0
    gc1 = g.reshape(n, len(K1), -1)
    K1_bar = (gc1 @ c1.transpose(0, 2, 1)).sum(axis=0).reshape(K1.shape)
    return (K1_bar, gc1.sum(axis=(0, 2)), K2_bar, gc2.sum(axis=(0, 2)), g1.T @ h0, g1.sum(axis=0), g2.T @ h1,
            g2.sum(axis=0), g3.T @ h2, g3.sum(axis=0))


def lenet_args():
    rng = np.random.default_rng(0)
    shapes = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))
    weights = []
    for shape in shapes:
        weights += [rng.normal(size=shape) / np.sqrt(np.prod(shape[1:])), np.zeros(shape[0])]
    return (*weights, rng.normal(size=(BATCH, 1, 28, 28)), rng.integers(0, 10, BATCH))
