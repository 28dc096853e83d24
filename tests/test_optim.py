"""Optimisers against their formulas written as loops; any structure of parameters, and states in files."""

from __future__ import annotations

import inspect
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from s2sad import grad, nn, optim

OPTIMISERS = {
    "sgd": optim.sgd(0.1),
    "decay": optim.sgd(0.1, weight_decay=0.02),
    "momentum": optim.sgd(0.1, momentum=0.9, weight_decay=0.02),
    "nesterov": optim.sgd(lambda step: 0.1 / (1 + step), momentum=0.9, nesterov=True),
    "adam": optim.adam(0.1),
    "adamw": optim.adam(lambda step: 0.1 * 0.9**step, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
}
Pair = namedtuple("Pair", "first second")


@dataclass(frozen=True)
class Settings:
    weight: Any
    name: str
    size: int


class Slotted:
    __slots__ = ("bias",)

    def __init__(self, bias):
        self.bias = bias


def structure(dtype=float):
    rng = np.random.default_rng(0)
    x = lambda *shape: rng.normal(size=shape).astype(dtype)  # noqa: E731
    norm = nn.BatchNorm(2, dtype=dtype)
    return {"layers": [nn.Linear(3, 2, rng, dtype=dtype), nn.Linear(2, 2, rng, bias=False, dtype=dtype), norm],
            "pair": Pair(x(2), 1.5), "settings": Settings(x(), "relu", 3), "slots": Slotted((x(2, 1), [])),
            "scalar": np.dtype(dtype).type(0.5), "number": 7, "nothing": None}


def loss(p, x):
    h = p["layers"][2](p["layers"][1](p["layers"][0](x)))
    return np.sum(h**2 * p["pair"].first * p["settings"].weight) + p["pair"].second * p["scalar"] + np.sum(
        p["slots"].bias[0]) * p["scalar"]


def every_value(p):
    """All values by name; the test's own walk over the structure above."""
    first, second, norm = p["layers"]
    return {"layers.0.weight": first.weight, "layers.0.bias": first.bias, "layers.1.weight": second.weight,
            "layers.2.weight": norm.weight, "layers.2.bias": norm.bias, "pair.0": p["pair"].first,
            "pair.1": p["pair"].second, "settings.weight": p["settings"].weight,
            "slots.bias.0": p["slots"].bias[0], "scalar": p["scalar"]}


def by_hand(name, params, gradients):
    """The last of the parameters (an array of numbers) after steps with these gradients, number by number."""
    out = []
    for p, *gs in zip(params, *gradients):
        v = m = s = 0.0
        for k, g in enumerate(gs):
            t = k + 1
            if name in ("sgd", "decay"):
                p = p - 0.1 * (g + (0.02 * p if name == "decay" else 0.0))
            elif name == "momentum":
                v = 0.9 * v + g + 0.02 * p
                p = p - 0.1 * v
            elif name == "nesterov":
                v = 0.9 * v + g
                p = p - 0.1 / t * (g + 0.9 * v)
            else:
                rate, b1, b2, eps, decay = (0.1, 0.9, 0.999, 1e-8, 0.0) if name == "adam" else (
                    0.1 * 0.9**k, 0.8, 0.95, 1e-6, 0.1)
                m = b1 * m + (1 - b1) * g
                s = b2 * s + (1 - b2) * g**2
                p = p - rate * (m / (1 - b1**t) / ((s / (1 - b2**t)) ** 0.5 + eps) + decay * p)
        out.append(p)
    return np.array(out)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_formulas(name):
    rng = np.random.default_rng(1)
    start, gradients = rng.normal(size=6), rng.normal(size=(5, 6))
    params = {"a": start[:4].reshape(2, 2), "b": (float(start[4]), start[5])}
    state = OPTIMISERS[name].init(params)
    for g in gradients:
        params, state = OPTIMISERS[name].step(params, {"a": g[:4].reshape(2, 2), "b": (g[4], g[5])}, state)
    got = [*params["a"].ravel(), *params["b"]]
    np.testing.assert_allclose(got, by_hand(name, start, gradients), rtol=1e-13)
    assert type(params["b"][0]) is float and type(params["b"][1]) is np.float64 and state["step"] == 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_any_structure(name, dtype):
    params, x = structure(dtype), np.random.default_rng(2).normal(size=(4, 3)).astype(dtype)
    gradient, state = grad(loss)(params, x), OPTIMISERS[name].init(params)
    assert {k.partition(".")[2] for k in state} - {""} in (set(), set(every_value(params)))
    new, after = OPTIMISERS[name].step(params, gradient, state)
    for (key, p), q in zip(every_value(params).items(), every_value(new).values()):
        assert type(p) is type(q) and np.asarray(p).dtype == np.asarray(q).dtype, key
        assert np.all(p != q), key
    for a, b in ((params, new), (params["layers"][0], new["layers"][0]), (params["slots"], new["slots"])):
        assert type(a) is type(b) and a is not b
    assert new["slots"].bias[1] is not params["slots"].bias[1]
    assert type(new["pair"]) is Pair and new["settings"].name == "relu" and new["settings"].size == 3
    assert new["number"] == 7 and new["nothing"] is None
    norm = new["layers"][2]
    assert not norm.running_mean.any() and norm.running_var.all() and norm.eps == 1e-5 and norm.momentum == 0.1
    assert all(v.dtype == np.asarray(every_value(params)[k.partition(".")[2]]).dtype
               for k, v in after.items() if k != "step" and "count" not in k)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_nothing_is_changed(name):
    def numbers(p):
        return [np.array(v) for v in every_value(p).values()]
    params, x = structure(), np.ones((4, 3))
    gradient, state = grad(loss)(params, x), OPTIMISERS[name].init(params)
    _, state = OPTIMISERS[name].step(params, gradient, state)
    before = numbers(params), [g.copy() for g in vars(gradient["layers"][0]).values()]
    kept = {k: v.copy() for k, v in state.items()}
    once, after = OPTIMISERS[name].step(params, gradient, state)
    again, _ = OPTIMISERS[name].step(params, gradient, state)
    assert all(map(np.array_equal, numbers(params), before[0]))
    assert all(map(np.array_equal, numbers(once), numbers(again)))
    assert all(map(np.array_equal, vars(gradient["layers"][0]).values(), before[1]))
    assert all(np.array_equal(state[k], kept[k]) and not np.shares_memory(state[k], after[k]) for k in kept)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_checkpoint_goes_on_bitwise(name, tmp_path):
    rng, optimiser = np.random.default_rng(0), OPTIMISERS[name]
    gradients = [{"w": rng.normal(size=(2, 2)).astype(np.float32), "b": rng.normal()} for _ in range(6)]
    params = {"w": np.ones((2, 2), np.float32), "b": 2.0}
    state = optimiser.init(params)
    for k, g in enumerate(gradients):
        if k == 3:
            np.savez(tmp_path / "state.npz", **state)
            restored = params, dict(np.load(tmp_path / "state.npz"))
        params, state = optimiser.step(params, g, state)
    for g in gradients[3:]:
        restored = optimiser.step(restored[0], g, restored[1])
    assert params["w"].tobytes() == restored[0]["w"].tobytes() and params["b"] == restored[0]["b"]
    assert state.keys() == restored[1].keys()
    assert all(state[k].dtype == restored[1][k].dtype and np.array_equal(state[k], restored[1][k]) for k in state)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_what_has_no_gradient_stays_and_counts_its_own_steps(name):
    optimiser, g = OPTIMISERS[name], np.array([1.0, -2.0])
    if callable(optimiser.rate):
        optimiser = optim.Optimiser(0.1, optimiser.moments, optimiser.update)
    params = {"a": np.ones(2), "b": [np.ones(2), {"c": 3.0}]}
    state = optimiser.init(params)
    new, state = optimiser.step(params, {"a": g, "b": None}, state)
    assert new["b"][0] is params["b"][0] and new["b"] is not params["b"] and np.all(new["a"] != 1.0)
    new, state = optimiser.step(params, {"a": None, "b": [g, {"c": None}]}, state)
    alone = optimiser.step(np.ones(2), g, optimiser.init(np.ones(2)))[0]
    assert np.array_equal(new["b"][0], alone) and np.array_equal(new["a"], [1.0, 1.0]) and new["b"][1] == {"c": 3.0}


def test_frozen_can_be_set_on_one_object():
    layer, optimiser = nn.Linear(2, 2, np.random.default_rng(0)), optim.adam(0.1)
    layer.frozen = ("weight",)
    gradient = grad(lambda layer: np.sum(layer(np.ones((1, 2)))))(layer)
    new, _ = optimiser.step(layer, gradient, optimiser.init(layer))
    assert new.weight is layer.weight and np.all(new.bias != layer.bias)
    assert "mean.bias" in optimiser.init(layer) and "mean.weight" not in optimiser.init(layer)


class Tied:
    def __init__(self, first, second):
        self.first, self.second = first, second

    def __call__(self, x):
        return self.second(self.first(x))


def test_an_object_in_two_places_stays_one_and_moves_once():
    layer, optimiser, x = nn.Linear(2, 2, np.random.default_rng(0)), optim.sgd(0.1), np.ones((1, 2))
    gradient = grad(lambda net: np.sum(net(x)))(Tied(layer, layer))
    new, _ = optimiser.step(Tied(layer, layer), gradient, optimiser.init(Tied(layer, layer)))
    assert new.first is new.second and new.first is not layer
    eps = 1e-6
    for k in range(2):
        slope = []
        for sign in (1.0, -1.0):
            moved = nn.Linear(2, 2, np.random.default_rng(0))
            moved.bias[k] += sign * eps
            slope.append(np.sum(Tied(moved, moved)(x)))
        assert layer.bias[k] - new.first.bias[k] == pytest.approx(0.1 * (slope[0] - slope[1]) / (2.0 * eps))


def test_complex_parameters_descend():
    target, optimiser = np.array([1.0 + 2.0j, -3.0j]), optim.adam(lambda step: 0.3 * 0.98**step)
    f = lambda z: np.sum(np.abs(z - target) ** 2)  # noqa: E731
    z, state = np.zeros(2, complex), optimiser.init(np.zeros(2, complex))
    assert state["square"].dtype == float and state["mean"].dtype == complex
    for _ in range(400):
        z, state = optimiser.step(z, grad(f)(z), state)
    np.testing.assert_allclose(z, target, atol=1e-3)


def test_half_precision_keeps_its_means_in_single():
    params, optimiser = np.ones(2, np.float16), optim.adam(0.1)
    state = optimiser.init(params)
    new, state = optimiser.step(params, np.array([1e-6, 0.0], np.float16), state)
    assert state["mean"].dtype == state["square"].dtype == np.float32 and new.dtype == np.float16
    np.testing.assert_allclose(new, [0.9, 1.0], rtol=2e-3)


def test_results_do_not_alias_the_state_before():
    params, optimiser = np.array(1.0), optim.sgd(0.1, momentum=0.5)
    new, state = optimiser.step(params, 1.0, optimiser.init(params))
    assert isinstance(new, np.ndarray) and new.shape == () and all(type(x) is np.ndarray for x in state.values())


class Named:
    def __init__(self, frozen):
        self.w, self.frozen = 1.0, frozen


@pytest.mark.parametrize("frozen, error, text", [
    (True, TypeError, "`frozen` of a Named names the fields that stay, as a tuple of strings; it is True"),
    ("w", TypeError, "it is 'w'"),
    (("v",), ValueError, "`frozen` of a Named names 'v', which is not a field of it"),
])
def test_frozen_is_checked(frozen, error, text):
    with pytest.raises(error, match=text):
        optim.sgd(0.1).init(Named(frozen))


@pytest.mark.parametrize("params, gradient, error, text", [
    ({"a": 1.0}, {}, ValueError, "the gradient of the parameters does not have the structure of a dict: it lacks 'a'"),
    ([{"a": 1.0}], [{"a": 1.0, "b": 2.0}], ValueError, "the gradient of 0 .* it has 'b'"),
    (nn.LayerNorm(2), SimpleNamespace(weight=np.ones(2)), ValueError, "structure of a LayerNorm: it lacks"),
    ({"a": np.ones(2)}, {"a": 1.0}, ValueError, r"the gradient of a has shape \(\), the parameter \(2,\)"),
    (1.0, 1j, TypeError, "the gradient of the parameter is of dtype complex128, the parameter of dtype float64"),
    ({"a": 1.0}, {"a": "x"}, TypeError, "the gradient of a is of dtype"),
])
def test_gradients_that_do_not_fit(params, gradient, error, text):
    optimiser = optim.sgd(0.1)
    with pytest.raises(error, match=text):
        optimiser.step(params, gradient, optimiser.init(params))


def test_states_that_do_not_fit():
    params = {"a": np.ones(2)}
    state = optim.adam(0.1).init(params)
    for wrong, text in ((optim.sgd(0.1, 0.5).init(params), "the state (lacks|has)"), ({}, "the state lacks"),
                        ({**state, "mean.b": np.zeros(2)}, "the state has 'mean.b': it is that of another"),
                        ({**state, "mean.a": np.zeros(3)}, r"'mean.a' of the state has shape \(3,\), not \(2,\)")):
        with pytest.raises(ValueError, match=text):
            optim.adam(0.1).step(params, params, wrong)


def test_structures_that_do_not_fit():
    w, layer, cycle = np.ones(2), nn.LayerNorm(2), [1.0]
    cycle.append(cycle)
    half = Tied(layer, layer)
    half.frozen = ("first",)
    for params, text in (([w, {"v": w}], "parameters '0' and '1.v' are the same array; let one object"),
                         ({"a.b": 1.0, "a": {"b": 1.0}}, "two parameters have the name 'a.b'"),
                         (cycle, "a list contains itself"),
                         (half, "the LayerNorm at 'second' moves in one place and stays in another")):
        with pytest.raises(ValueError, match=text):
            optim.adam(0.1).init(params)


@pytest.mark.parametrize("make, text", [
    (lambda: optim.sgd(0.1, momentum=1.0), "momentum 1.0 is not between 0 and 1"),
    (lambda: optim.sgd(0.1, nesterov=True), "nesterov needs momentum"),
    (lambda: optim.adam(0.1, betas=(0.9, 1.0)), r"betas \(0.9, 1.0\) are not between 0 and 1"),
])
def test_settings_that_do_not_work(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_a_class_variable_is_what_layers_use():
    class Shift:
        frozen: ClassVar[tuple[str, ...]] = ("scale",)

        def __init__(self):
            self.shift, self.scale = np.zeros(1), 2.0
    assert list(optim.sgd(0.1, 0.5).init(Shift())) == ["step", "velocity.shift"]


@pytest.mark.parametrize("name", optim.__all__)
def test_everything_public_shows_an_example(name):
    found = getattr(optim, name)
    assert any(">>> " in inspect.getdoc(x) for x in (found, getattr(found, "step", found)))
