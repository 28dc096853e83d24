"""The functions of ``s2sad.nn`` as loops over single numbers: slow, and easy to believe."""

from __future__ import annotations

import itertools

import numpy as np

from s2sad.nn.windows import pair


def places(size, kernel, stride, padding, dilation):
    """For each window, its row and column, and the items (row in it, column in it, row and column of the image)."""
    (h, w), (m, n), (s, t), (p, q), (d, e) = map(pair, (size, kernel, stride, padding, dilation))
    rows, columns = (h + 2 * p - d * (m - 1) - 1) // s + 1, (w + 2 * q - e * (n - 1) - 1) // t + 1
    for i, j in itertools.product(range(rows), range(columns)):
        inside = []
        for k, c in itertools.product(range(m), range(n)):
            row, column = i * s + k * d - p, j * t + c * e - q
            if 0 <= row < h and 0 <= column < w:
                inside.append((k, c, row, column))
        yield i, j, inside


def shape_of(x, kernel, stride, padding, dilation=1):
    at = [(i, j) for i, j, _ in places(x.shape[2:], kernel, stride, padding, dilation)]
    return at[-1][0] + 1, at[-1][1] + 1


def conv2d(x, weight, bias, stride=1, padding=0, dilation=1, groups=1):
    n, o, share = len(x), len(weight), weight.shape[1]
    y = np.zeros((n, o, *shape_of(x, weight.shape[2:], stride, padding, dilation)))
    for i, j, items in places(x.shape[2:], weight.shape[2:], stride, padding, dilation):
        for b, u in itertools.product(range(n), range(o)):
            first = u // (o // groups) * share
            y[b, u, i, j] = bias[u] + sum(
                weight[u, c, k, m] * x[b, first + c, row, column] for c in range(share) for k, m, row, column in items
            )
    return y


def pool(x, kernel, stride, padding, largest):
    """Maximum of the items inside the image, or mean of all with zeros outside."""
    y = np.zeros((*x.shape[:2], *shape_of(x, kernel, stride, padding)))
    for i, j, items in places(x.shape[2:], kernel, stride, padding, 1):
        seen = np.array([x[:, :, row, column] for _, _, row, column in items])
        y[:, :, i, j] = seen.max(axis=0) if largest else seen.sum(axis=0) / np.prod(pair(kernel))
    return y


def max_pool_bar(x, g, kernel, stride, padding):
    """The cotangent of the input of a max pooling: to the first maximum of each window, row by row."""
    x_bar = np.zeros_like(x)
    for i, j, items in places(x.shape[2:], kernel, stride, padding, 1):
        for b, c in itertools.product(range(len(x)), range(x.shape[1])):
            values = [x[b, c, row, column] for _, _, row, column in items]
            _, _, row, column = items[values.index(max(values))]
            x_bar[b, c, row, column] += g[b, c, i, j]
    return x_bar
