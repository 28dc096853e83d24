"""Loss functions.

    >>> import numpy as np
    >>> cross_entropy(np.zeros((2, 4)), np.array([0, 3])) == np.log(4.0)
    np.True_
"""
from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.nn.activations import log_softmax
from s2sad.rules import no_gradient


def cross_entropy(logits: Any, labels: Any, label_smoothing: float = 0.0) -> Any:
    """The mean of −ln p(label), where p is the softmax of the scores of each row.

    Parameters
    ----------
    logits : array, shape (N, K)
        Scores of K classes.
    labels : array of ints, shape (N,)
        The right classes, 0 … K − 1.
    label_smoothing : float
        The share of the target that is spread evenly over all classes.

    Returns
    -------
    float
        In the dtype of ``logits``; as ``torch.nn.functional.cross_entropy``.

    Raises
    ------
    ValueError
        If a label is not one of the classes, or the shapes do not fit.

    Examples
    --------
    The gradient is softmax minus target, over N:

    >>> from s2sad import grad
    >>> grad(cross_entropy)(np.zeros((1, 4)), np.array([1]))
    array([[ 0.25, -0.75,  0.25,  0.25]])
    """
    log_p = log_softmax(logits)
    right = log_p[np.arange(len(labels)), classes(labels, np.shape(logits))]
    if label_smoothing == 0.0:
        return -np.mean(right)
    return -np.mean((1.0 - label_smoothing) * right + label_smoothing * np.mean(log_p, axis=1))


def classes(labels: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Labels that are certainly classes of scores of a shape (a negative index would count from the end).

    >>> classes([0, 2], (2, 3))
    array([0, 2])
    """
    found = np.asarray(labels)
    if len(shape) != 2 or found.shape != shape[:1] or found.dtype.kind not in "iu":
        raise ValueError(f"scores of shape {shape} need integer labels of shape {shape[:1]}, "
                         f"not {found.dtype} of shape {found.shape}")
    if found.size and (found.min() < 0 or found.max() >= shape[1]):
        raise ValueError(f"labels {found.min()} to {found.max()} for {shape[1]} classes")
    return found


no_gradient(classes, pure=True)
