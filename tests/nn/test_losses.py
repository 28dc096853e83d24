"""Cross entropy: values, derivatives, labels that are none."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, grad, hessian
from s2sad.nn.activations import softmax
from s2sad.nn.losses import classes, cross_entropy

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(5, 4))
LABELS = np.array([0, 3, 1, 1, 2])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_value_and_derivatives(smoothing):
    target = (1.0 - smoothing) * np.eye(4)[LABELS] + smoothing / 4.0
    assert cross_entropy(Z, LABELS, smoothing) == pytest.approx(-np.sum(target * np.log(softmax(Z))) / 5.0)
    np.testing.assert_allclose(grad(cross_entropy)(Z, LABELS, smoothing), (softmax(Z) - target) / 5.0, atol=1e-15)
    check_grads(lambda z: cross_entropy(z, LABELS, smoothing), (Z,))


def test_second_derivative_is_the_fisher_information():
    p = softmax(Z[0])
    H = hessian(lambda z: cross_entropy(np.reshape(z, (1, -1)), np.array([2])))(Z[0])
    np.testing.assert_allclose(H, np.diag(p) - np.outer(p, p), atol=1e-15)


def test_one_image_and_lists_of_labels():
    assert cross_entropy(Z[:1], [2]) == pytest.approx(-np.log(softmax(Z[0])[2]))


def test_certain_and_hopeless_scores():
    z = np.array([[0.0, 1e4]])
    assert cross_entropy(z, [1]) == 0.0 and cross_entropy(z, [0]) == 1e4
    assert grad(cross_entropy)(z, np.array([0])).tolist() == [[-1.0, 1.0]]


def test_single_precision_stays():
    z = Z.astype(np.float32)
    assert cross_entropy(z, LABELS).dtype == np.float32 and grad(cross_entropy)(z, LABELS).dtype == np.float32


@pytest.mark.parametrize("labels", [[0, 3, 1, 1, -1], [0, 3, 1, 1, 4]])
def test_labels_that_are_no_classes(labels):
    with pytest.raises(ValueError, match="for 4 classes"):
        grad(cross_entropy)(Z, np.array(labels))


@pytest.mark.parametrize("labels", [LABELS[:3], LABELS[:, None], LABELS * 1.0, np.eye(4)[LABELS]])
def test_labels_of_another_kind(labels):
    with pytest.raises(ValueError, match="integer labels of shape"):
        classes(labels, Z.shape)
