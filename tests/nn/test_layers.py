"""Layers: they are plain objects, their gradients have their fields, statistics move, settings do not."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from s2sad import check_grads, grad, jvp, tree, value_and_grad
from s2sad.nn import layers
from s2sad.nn.activations import relu
from s2sad.nn.initialisers import he_normal, zeros
from s2sad.nn.layers import BatchNorm, Conv2d, Dropout, LayerNorm, Linear

RNG = np.random.default_rng(0)


def energy(layer, x, *options):
    return np.sum(layer(x, *options) ** 2)


@pytest.mark.parametrize(
    "layer, x",
    [
        (Linear(4, 3, RNG), RNG.normal(size=(5, 4))),
        (Linear(4, 3, RNG, bias=False), RNG.normal(size=(2, 5, 4))),
        (Conv2d(2, 4, 3, RNG, stride=2, padding=1, groups=2), RNG.normal(size=(2, 2, 5, 5))),
        (Conv2d(1, 2, (2, 1), RNG, bias=False), RNG.normal(size=(1, 1, 4, 3))),
        (LayerNorm(4), RNG.normal(size=(5, 4))),
        (LayerNorm((3, 4)), RNG.normal(size=(5, 3, 4))),
    ],
    ids=lambda x: type(x).__name__,
)
def test_gradients(layer, x):
    gradient, x_bar = grad(energy, (0, 1))(layer, x)
    assert isinstance(gradient, SimpleNamespace) and vars(gradient).keys() == vars(layer).keys()
    assert x_bar.shape == x.shape
    eps = 1e-6
    for name, p in vars(layer).items():
        if not isinstance(p, np.ndarray):
            continue
        d = RNG.normal(size=p.shape)
        up, down = (tree.rebuilt(layer, {name: p + s * d}) for s in (eps, -eps))
        slope = (energy(up, x) - energy(down, x)) / (2.0 * eps)
        assert slope == pytest.approx(np.vdot(getattr(gradient, name), d), rel=1e-6)


def test_a_network_of_layers_differentiates_twice_through_its_input():
    first, second = Linear(3, 8, RNG), Linear(8, 1, RNG)
    check_grads(lambda x: np.sum(second(relu(first(x)) ** 2)), (RNG.normal(size=(2, 3)),))


def test_linear_is_torchs_default():
    layer = Linear(100, 7, RNG)
    assert layer.weight.shape == (7, 100) and np.abs(layer.weight).max() <= 0.1 and np.abs(layer.bias).max() <= 0.1
    x = RNG.normal(size=(3, 100))
    np.testing.assert_allclose(layer(x), x @ layer.weight.T + layer.bias)


def test_initialisers_dtypes_and_options():
    conv = Conv2d(4, 8, (3, 2), RNG, groups=2, init=he_normal, dtype=np.float32)
    assert conv.weight.shape == (8, 2, 3, 2) and conv.weight.dtype == conv.bias.dtype == np.float32
    assert not Linear(3, 2, RNG, init=zeros).bias.any() and Linear(3, 2, RNG, bias=False).bias is None
    y = energy(conv, np.ones((1, 4, 5, 5), np.float32))
    assert y.dtype == np.float32
    with pytest.raises(ValueError, match="divided into 2 groups"):
        Conv2d(3, 4, 3, RNG, groups=2)


def test_batch_norm_in_training():
    norm, x = BatchNorm(3, momentum=0.2), RNG.normal(size=(6, 3, 2))

    def loss(norm, x):
        y = norm(x, training=True)
        return np.sum(y**3 + y), norm

    (value, moved), gradient = value_and_grad(loss, has_aux=True)(norm, x)
    assert not norm.running_mean.any() and type(moved) is BatchNorm
    np.testing.assert_allclose(moved.running_mean, 0.2 * x.mean(axis=(0, 2)))
    np.testing.assert_allclose(moved.running_var, 0.8 + 0.2 * x.var(axis=(0, 2), ddof=1))
    assert not gradient.running_mean.any() and gradient.eps == 0.0
    assert value == pytest.approx(loss(norm, x)[0])
    np.testing.assert_allclose(norm.running_mean, moved.running_mean)


def test_batch_norm_at_inference():
    norm, x = BatchNorm(3), RNG.normal(size=(6, 3))
    norm.running_mean, norm.running_var = RNG.normal(size=3), np.array([0.5, 1.0, 2.0])
    np.testing.assert_allclose(norm(x), (x - norm.running_mean) / np.sqrt(norm.running_var + 1e-5))
    gradient, x_bar = grad(energy, (0, 1))(norm, x)
    np.testing.assert_allclose(x_bar, 2.0 * norm(x) / np.sqrt(norm.running_var + 1e-5))
    assert not gradient.running_mean.any() and not gradient.running_var.any()


def test_training_may_be_decided_at_run_time():
    norm, x = BatchNorm(2), RNG.normal(size=(4, 2))
    f = grad(lambda norm, x, training: np.sum(norm(x, training) ** 3), 1)
    assert not np.allclose(f(norm, x, True), f(norm, x, False))


def test_dropout():
    layer, x = Dropout(0.4), RNG.normal(size=(30,))
    assert layer(x) is x
    value, gradient = value_and_grad(energy, 1)(layer, x, np.random.default_rng(3))
    y = layer(x, np.random.default_rng(3))
    assert value == np.sum(y**2) and 0 < np.count_nonzero(gradient) < 30
    np.testing.assert_allclose(gradient, 2.0 * y / 0.6 * (y != 0.0))


def test_forward_mode():
    layer, x = Linear(3, 2, RNG), RNG.normal(size=(4, 3))
    _, tangent = jvp(lambda x: layer(x), (x,), (x,))
    np.testing.assert_allclose(tangent, x @ layer.weight.T)


@pytest.mark.parametrize("layer", [Linear(3, 2, RNG), Conv2d(1, 2, 3, RNG), BatchNorm(2), LayerNorm(2), Dropout(0.5)],
                         ids=lambda x: type(x).__name__)
def test_layers_pickle_and_name_what_is_frozen(layer):
    again = pickle.loads(pickle.dumps(layer))
    assert vars(again).keys() == vars(layer).keys()
    assert set(getattr(layer, "frozen", ())) <= vars(layer).keys()
    floats = {k for k, v in vars(layer).items() if isinstance(v, float)}
    assert floats <= set(getattr(layer, "frozen", ())), "a setting that an optimiser would move"


def test_every_layer_is_documented():
    classes = [c for c in vars(layers).values() if isinstance(c, type) and c.__module__ == layers.__name__]
    assert len(classes) == 5 and all(">>> " in c.__doc__ for c in classes)
