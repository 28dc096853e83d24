"""Values and gradients against torch, in double precision (extra ``peers``)."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, nn, optim

torch = pytest.importorskip("torch")
F = torch.nn.functional

RNG = np.random.default_rng(7)
X = RNG.normal(size=(3, 4, 9, 8))
ROWS = RNG.normal(size=(5, 6))
LABELS = np.array([0, 5, 2, 2, 1])


def compare(ours, theirs, *arrays):
    """The values, and the gradients of a weighted sum of them by every array, to 1e-10."""
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = theirs(*tensors)
    found = ours(*arrays)
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    weights = np.cos(np.arange(np.size(found), dtype=float)).reshape(np.shape(found))
    (expected * torch.tensor(weights)).sum().backward()

    def weighted(*xs):
        return np.sum(ours(*xs) * weights)

    for g, t in zip(grad(weighted, tuple(range(len(arrays))))(*arrays), tensors):
        np.testing.assert_allclose(g, t.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "stride, padding, dilation, groups",
    [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), ((2, 3), (1, 0), (1, 2), 1), (1, 1, 1, 2), (2, 1, 1, 4), (3, 0, 2, 2)],
)
def test_conv2d(stride, padding, dilation, groups):
    weight, bias = RNG.normal(size=(8, 4 // groups, 3, 3)), RNG.normal(size=8)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    compare(
        lambda x, w, b: nn.conv2d(x, w, b, **options), lambda x, w, b: F.conv2d(x, w, b, **options), X, weight, bias
    )


@pytest.mark.parametrize("size, stride, padding", [(2, None, 0), (3, 2, 1), (2, 3, 0), ((3, 2), (2, 1), (1, 0))])
def test_pooling(size, stride, padding):
    compare(lambda x: nn.max_pool2d(x, size, stride, padding), lambda x: F.max_pool2d(x, size, stride, padding), X)
    compare(lambda x: nn.avg_pool2d(x, size, stride, padding), lambda x: F.avg_pool2d(x, size, stride, padding), X)


@pytest.mark.parametrize("name", ["relu", "gelu", "softmax", "log_softmax"])
def test_activations(name):
    ours = getattr(nn, name)
    theirs = getattr(F, name) if "softmax" not in name else lambda t: getattr(F, name)(t, dim=-1)
    compare(lambda x: ours(x), theirs, ROWS)


def test_gelu_by_tanh():
    compare(lambda x: nn.gelu(x, approximate="tanh"), lambda t: F.gelu(t, approximate="tanh"), ROWS)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy(smoothing):
    labels = torch.tensor(LABELS)
    compare(
        lambda x: nn.cross_entropy(x, LABELS, label_smoothing=smoothing),
        lambda t: F.cross_entropy(t, labels, label_smoothing=smoothing),
        ROWS,
    )


def test_layer_norm():
    weight, bias = RNG.normal(size=6), RNG.normal(size=6)
    compare(
        lambda x, w, b: nn.layer_norm(x, w, b),
        lambda x, w, b: F.layer_norm(x, (6,), w, b),
        ROWS, weight, bias,
    )


def test_batch_norm():
    weight, bias = RNG.normal(size=4), RNG.normal(size=4)
    mean, variance = RNG.normal(size=4), RNG.uniform(0.5, 2.0, size=4)
    compare(
        lambda x, w, b: nn.batch_norm(x, w, b),
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        X, weight, bias,
    )
    compare(
        lambda x, w, b: nn.batch_norm(x, w, b, mean, variance),
        lambda x, w, b: F.batch_norm(x, torch.tensor(mean), torch.tensor(variance), w, b, training=False),
        X, weight, bias,
    )


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.1}])
def test_sgd(options):
    check_steps(optim.sgd(0.05, **options), lambda p: torch.optim.SGD(p, 0.05, **options))


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
def test_adam(weight_decay):
    check_steps(
        optim.adam(0.05, weight_decay=weight_decay), lambda p: torch.optim.AdamW(p, 0.05, weight_decay=weight_decay)
    )


def check_steps(ours, theirs):
    """Twenty steps on one loss."""
    params = {"w": ROWS.copy(), "b": np.linspace(-1.0, 1.0, 6)}
    state = ours.init(params)
    w, b = (torch.tensor(params[k], requires_grad=True) for k in ("w", "b"))
    their = theirs([w, b])

    def loss(p):
        return np.sum(np.tanh(p["w"] * p["b"]) ** 2) + np.sum(p["b"] ** 2)

    for _ in range(20):
        params, state = ours.step(params, grad(loss)(params), state)
        their.zero_grad()
        ((torch.tanh(w * b) ** 2).sum() + (b**2).sum()).backward()
        their.step()
    np.testing.assert_allclose(params["w"], w.detach().numpy(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(params["b"], b.detach().numpy(), rtol=1e-10, atol=1e-10)
