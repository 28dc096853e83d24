"""Values and gradients against torch, in double precision (extra ``peers``)."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from s2sad import grad, nn, optim, value_and_grad

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


class Given:
    """A generator whose numbers are known: what is at least the rate of dropout is kept."""

    def __init__(self, numbers):
        self.numbers = numbers

    def random(self, shape):
        return np.reshape(self.numbers, shape)


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9])
def test_dropout_with_one_mask(rate):
    def theirs(t):
        torch.manual_seed(3)
        return F.dropout(t, rate)

    kept = theirs(torch.ones(X.shape, dtype=torch.float64)).numpy() != 0.0
    assert rate == 0.0 or 0.0 < kept.mean() < 1.0
    given = Given(np.where(kept, 0.999, 0.0 if rate else 0.5))
    compare(lambda x: nn.dropout(x, rate, given), theirs, X)
    layer = nn.Dropout(rate)
    compare(lambda x: layer(x, given), theirs, X)
    compare(lambda x: layer(x), lambda t: F.dropout(t, rate, training=False), X)


def test_at_kinks_and_ties():
    flat = np.array([[-1.0, 0.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0], [3.0, 3.0, -2.0, 3.0], [1.0, 3.0, 3.0, 0.0]])
    compare(lambda x: nn.relu(x), F.relu, flat)
    compare(lambda x: nn.max_pool2d(x, 2), lambda t: F.max_pool2d(t, 2), flat[None, None])
    compare(lambda x: nn.max_pool2d(x, 3, 1, 1), lambda t: F.max_pool2d(t, 3, 1, 1), flat[None, None] - 5.0)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e3])
def test_losses_far_out(scale):
    labels = torch.tensor(LABELS)
    compare(lambda x: nn.cross_entropy(x * scale, LABELS), lambda t: F.cross_entropy(t * scale, labels), ROWS)
    compare(lambda x: nn.softmax(x * scale), lambda t: F.softmax(t * scale, -1), ROWS)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_softmax_along_other_axes(axis):
    compare(lambda x: nn.softmax(x, axis=axis), lambda t: F.softmax(t, axis), X)
    compare(lambda x: nn.log_softmax(x, axis=axis), lambda t: F.log_softmax(t, axis), X)


def check_layer(layer, module, x, fields=("weight", "bias")):
    """A layer and a module of torch with the same weights: values, gradients of the weights and of the argument."""
    for field in fields:
        setattr(layer, field, getattr(module, field).detach().numpy().copy())
    t = torch.tensor(x, requires_grad=True)
    expected = module(t)
    (expected**2).sum().backward()

    def loss(layer, x):
        return np.sum(layer(x) ** 2)

    np.testing.assert_allclose(layer(x), expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    layer_bar, x_bar = grad(loss, argnums=(0, 1))(layer, x)
    np.testing.assert_allclose(x_bar, t.grad.numpy(), rtol=1e-10, atol=1e-10)
    for field in fields:
        g = getattr(module, field).grad.numpy()
        np.testing.assert_allclose(getattr(layer_bar, field), g, rtol=1e-10, atol=1e-10)


def test_layers():
    double = {"dtype": torch.float64}
    check_layer(nn.Linear(6, 7, RNG), torch.nn.Linear(6, 7, **double), ROWS)
    check_layer(nn.Linear(6, 7, RNG, bias=False), torch.nn.Linear(6, 7, bias=False, **double), ROWS, ("weight",))
    check_layer(nn.LayerNorm(6), torch.nn.LayerNorm(6, **double), ROWS)
    check_layer(nn.Conv2d(4, 8, 3, RNG, stride=2, padding=1, groups=2),
                torch.nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2, **double), X)
    np.testing.assert_array_equal(nn.flatten(X), torch.flatten(torch.tensor(X), 1).numpy())


def test_batch_norm_remembers_what_torch_remembers():
    ours, theirs = nn.BatchNorm(4), torch.nn.BatchNorm2d(4, dtype=torch.float64)
    for k in range(3):
        batch = X * (1.0 + k) + k
        found = ours(batch, training=True)
        np.testing.assert_allclose(found, theirs(torch.tensor(batch)).detach().numpy(), rtol=1e-10, atol=1e-10)
    for field in ("running_mean", "running_var"):
        np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field).numpy(), rtol=1e-10)
    theirs.eval()
    check_layer(ours, theirs, X)


@pytest.mark.parametrize("shape", [(120, 400), (16, 6, 5, 5)])
def test_initialisers_have_the_spread_of_torchs(shape):
    tensor, rng = torch.empty(shape, dtype=torch.float64), np.random.default_rng(0)
    for ours, theirs in ((nn.he_normal, torch.nn.init.kaiming_normal_), (nn.he_uniform, torch.nn.init.kaiming_uniform_),
                         (nn.glorot_normal, torch.nn.init.xavier_normal_),
                         (nn.glorot_uniform, torch.nn.init.xavier_uniform_)):
        torch.manual_seed(0)
        found, expected = ours(shape, rng), theirs(tensor, **{"nonlinearity": "relu"} if "he_" in ours.__name__ else {})
        np.testing.assert_allclose(found.std(), expected.std().item(), rtol=0.06)
        if "uniform" in ours.__name__:
            np.testing.assert_allclose(np.abs(found).max(), expected.abs().max().item(), rtol=0.01)


def test_a_whole_network():
    """LeNet: the loss and the gradients of all ten arrays."""
    layers = {"conv1": nn.Conv2d(1, 6, 5, RNG, padding=2), "conv2": nn.Conv2d(6, 16, 5, RNG),
              "fc1": nn.Linear(400, 120, RNG), "fc2": nn.Linear(120, 84, RNG), "fc3": nn.Linear(84, 10, RNG)}
    images, labels = RNG.normal(size=(8, 1, 28, 28)), RNG.integers(0, 10, size=8)

    def loss(layers, images, labels):
        x = nn.max_pool2d(nn.relu(layers["conv1"](images)), 2)
        x = nn.max_pool2d(nn.relu(layers["conv2"](x)), 2)
        x = nn.relu(layers["fc2"](nn.relu(layers["fc1"](nn.flatten(x)))))
        return nn.cross_entropy(layers["fc3"](x), labels)

    given = {name: [torch.tensor(a, requires_grad=True) for a in (layer.weight, layer.bias)]
             for name, layer in layers.items()}
    x = F.max_pool2d(F.relu(F.conv2d(torch.tensor(images), *given["conv1"], padding=2)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, *given["conv2"])), 2)
    x = F.relu(F.linear(F.relu(F.linear(torch.flatten(x, 1), *given["fc1"])), *given["fc2"]))
    expected = F.cross_entropy(F.linear(x, *given["fc3"]), torch.tensor(labels))
    expected.backward()
    value, gradient = value_and_grad(loss)(layers, images, labels)
    np.testing.assert_allclose(value, expected.item(), rtol=1e-10)
    for name, (weight, bias) in given.items():
        np.testing.assert_allclose(gradient[name].weight, weight.grad.numpy(), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(gradient[name].bias, bias.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("options", [
    {}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.1},
    {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1},
])
def test_sgd(options):
    check_steps(optim.sgd(0.05, **options), lambda p: torch.optim.SGD(p, 0.05, **options))


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
def test_adam(weight_decay):
    check_steps(
        optim.adam(0.05, weight_decay=weight_decay), lambda p: torch.optim.AdamW(p, 0.05, weight_decay=weight_decay)
    )


def test_adam_with_other_constants():
    options = {"betas": (0.8, 0.95), "eps": 1e-4}
    check_steps(optim.adam(0.05, **options), lambda p: torch.optim.Adam(p, 0.05, **options))


@pytest.mark.parametrize("ours, theirs", [(optim.sgd, torch.optim.SGD), (optim.adam, torch.optim.Adam)])
def test_rates_that_change(ours, theirs):
    def rate(step):
        return 0.9**step

    def scheduled(params):
        made = theirs(params, 0.05)
        plan = torch.optim.lr_scheduler.LambdaLR(made, rate)
        return SimpleNamespace(zero_grad=made.zero_grad, step=lambda: (made.step(), plan.step()))

    check_steps(ours(lambda step: 0.05 * rate(step)), scheduled)


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
