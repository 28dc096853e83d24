"""The package: what it offers is documented, and a network of one's own is differentiated."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from s2sad import grad, nn


class Network:
    def __init__(self, rng):
        self.conv = nn.Conv2d(1, 4, 3, rng)
        self.out = nn.Linear(4 * 3 * 3, 10, rng)

    def __call__(self, images):
        return self.out(nn.flatten(nn.max_pool2d(nn.relu(self.conv(images)), 2)))


@pytest.mark.parametrize("name", nn.__all__)
def test_everything_public_shows_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(nn, name))


def test_a_network_of_ones_own():
    network, images, labels = Network(np.random.default_rng(0)), np.ones((2, 1, 8, 8)), np.array([3, 7])
    loss = lambda network: nn.cross_entropy(network(images), labels)  # noqa: E731
    bar = grad(loss)(network).out.bias
    eps = 1e-6
    network.out.bias[3] += eps
    up = loss(network)
    network.out.bias[3] -= 2.0 * eps
    assert (up - loss(network)) / (2.0 * eps) == pytest.approx(bar[3], rel=1e-6)
