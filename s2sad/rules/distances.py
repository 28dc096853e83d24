"""Distances between the rows of matrices: ``pdist``, ``cdist`` and ``squareform`` of ``scipy.spatial.distance``.

    ∂d / ∂p = −∂d / ∂q = 2 (p − q)  (squared Euclidean),    (p − q) / d  (Euclidean),    sign(p − q)  (city block)

Where two points coincide, the derivative of their Euclidean distance is taken to be zero.
"""
from __future__ import annotations

import numpy as np
import scipy.spatial.distance as dist

from s2sad import runtime
from s2sad.rules import linear, rule


def _slopes(difference, metric, y):
    """The derivatives of distances by the first of their points; ``difference`` has the coordinates last."""
    if metric == "sqeuclidean":
        return 2.0 * difference
    if metric == "euclidean":
        return difference / np.expand_dims(np.where(y > 0.0, y, 1.0), -1)
    return np.sign(difference)


def _is_known(metric):
    return metric == "sqeuclidean" or metric == "euclidean" or metric == "cityblock"


@rule(dist.cdist, wrt=("XA", "XB"))
def cdist(XA, XB, metric="euclidean", *, out=None, y, y_bar):
    if not _is_known(metric):
        return NotImplemented, NotImplemented
    difference = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    share = np.expand_dims(y_bar, -1) * _slopes(difference, metric, y)
    return np.sum(share, axis=1), -np.sum(share, axis=0)


@cdist.jvp
def cdist_jvp(XA, XB, metric="euclidean", *, out=None, y, XA_dot, XB_dot):
    if not _is_known(metric):
        return NotImplemented
    slopes = _slopes(np.expand_dims(XA, 1) - np.expand_dims(XB, 0), metric, y)
    first = 0.0 if XA_dot is None else np.expand_dims(XA_dot, 1)
    second = 0.0 if XB_dot is None else np.expand_dims(XB_dot, 0)
    return np.sum(slopes * (first - second), axis=-1)


@rule(dist.pdist, wrt=("X",))
def pdist(X, metric="euclidean", *, out=None, y, y_bar):
    if not _is_known(metric):
        return NotImplemented
    first, second = np.triu_indices(X.shape[0], 1)
    share = np.expand_dims(y_bar, -1) * _slopes(X[first] - X[second], metric, y)
    return runtime.add_at(runtime.add_at(np.zeros_like(X), first, share), second, -share)


@pdist.jvp
def pdist_jvp(X, metric="euclidean", *, out=None, y, X_dot):
    if not _is_known(metric):
        return NotImplemented
    first, second = np.triu_indices(X.shape[0], 1)
    return np.sum(_slopes(X[first] - X[second], metric, y) * (X_dot[first] - X_dot[second]), axis=-1)


@linear(dist.squareform, "X")
def squareform(X, force="no", checks=True, *, y_bar):
    """A vector goes to both triangles of a matrix; of a matrix the upper triangle is taken."""
    if np.ndim(X) == 1:
        first, second = np.triu_indices(y_bar.shape[0], 1)
        return y_bar[first, second] + y_bar[second, first]
    return runtime.setitem(np.zeros_like(X), np.triu_indices(X.shape[0], 1), y_bar)
