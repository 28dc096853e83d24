"""Convolution: its values against loops, its derivatives against finite differences and each other."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, check_rule, grad, jacfwd, jacrev, vjp
from s2sad.nn import convolution
from s2sad.nn.convolution import conv2d, conv2d_input, conv2d_weight
from tests.nn import loops

RNG = np.random.default_rng(0)
CASES = [
    # N, C, H, W, O, kernel, options
    (2, 1, 6, 6, 2, (3, 3), {}),
    (1, 2, 5, 7, 3, (2, 3), {"stride": 2, "padding": 1}),
    (2, 4, 7, 6, 6, (3, 2), {"stride": (1, 3), "padding": (2, 0), "dilation": (2, 1), "groups": 2}),
    (2, 3, 7, 7, 3, (2, 2), {"stride": 3, "groups": 3}),
    (1, 2, 5, 5, 4, (1, 1), {"stride": 2, "groups": 2}),
    (3, 2, 4, 4, 2, (4, 4), {}),
    (2, 2, 4, 4, 2, (5, 5), {"padding": 2}),
]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def arrays(case, dtype=float):
    n, c, h, w, o, kernel, options = case
    shapes = (n, c, h, w), (o, c // options.get("groups", 1), *kernel), (o,)
    return [RNG.normal(size=shape).astype(dtype) for shape in shapes], options


@each_case
def test_values(case):
    args, options = arrays(case)
    np.testing.assert_allclose(conv2d(*args, **options), loops.conv2d(*args, **options), rtol=1e-12, atol=1e-12)


@each_case
def test_rules(case):
    (x, weight, bias), options = arrays(case)
    g = RNG.normal(size=conv2d(x, weight, **options).shape)
    check_rule(conv2d, x, weight, bias, **options)
    check_rule(conv2d, x, weight, **options)
    check_rule(conv2d_input, x, weight, g, **options)
    check_rule(conv2d_weight, x, weight, g, **options)


@each_case
def test_generated_code_and_second_derivatives(case):
    args, options = arrays(case)
    check_grads(lambda x, weight, bias: np.sum(conv2d(x, weight, bias, **options) ** 2), args)


@pytest.mark.parametrize("block", [1, 200, 10**9])
def test_the_size_of_blocks_does_not_matter(block, monkeypatch):
    args, options = arrays((5, 2, 6, 6, 3, (3, 3), {"padding": 1}))
    f = lambda x, w, b: np.sum(conv2d(x, w, b, **options) ** 2)  # noqa: E731
    monkeypatch.setattr(convolution, "BLOCK", block)
    assert f(*args) == pytest.approx(np.sum(loops.conv2d(*args, **options) ** 2))
    x_bar, weight_bar, _ = grad(f, (0, 1, 2))(*args)
    g = 2.0 * loops.conv2d(*args, **options)
    seen = np.pad(args[0], ((0, 0), (0, 0), (1, 1), (1, 1)))[:, 0, 2:8, 1:7]
    assert weight_bar[1, 0, 2, 1] == pytest.approx(np.sum(g[:, 1] * seen))
    assert x_bar.shape == args[0].shape


@each_case
def test_single_precision_stays(case):
    args, options = arrays(case, np.float32)
    y, pullback = vjp(lambda *args: conv2d(*args, **options), *args)
    assert y.dtype == np.float32 and {g.dtype for g in pullback(y)} == {np.dtype(np.float32)}


def test_no_images():
    y, pullback = vjp(conv2d, np.zeros((0, 2, 5, 5)), np.ones((3, 2, 3, 3)), np.ones(3))
    assert y.shape == (0, 3, 3, 3)
    x_bar, weight_bar, bias_bar = pullback(y)
    assert x_bar.shape == (0, 2, 5, 5) and not weight_bar.any() and not bias_bar.any()


def test_both_modes_agree_on_single_arguments():
    (x, weight, bias), options = arrays(CASES[2])
    for f, at in (
        (lambda v: conv2d(v, weight, bias, **options), x),
        (lambda v: conv2d(x, v, bias, **options), weight),
        (lambda v: conv2d(x, weight, v, **options), bias),
    ):
        np.testing.assert_allclose(jacfwd(f)(at), jacrev(f)(at), atol=1e-12)


@pytest.mark.parametrize(
    "x, weight, options, message",
    [
        ((2, 3, 8, 8), (6, 2, 3, 3), {}, "do not fit with 1 groups"),
        ((2, 4, 8, 8), (3, 2, 3, 3), {"groups": 2}, "do not fit with 2 groups"),
        ((4, 8, 8), (3, 4, 3, 3), {}, "four axes"),
        ((2, 3, 8, 8), (6, 3, 9, 9), {}, "does not fit into an image"),
    ],
)
def test_shapes_that_do_not_fit(x, weight, options, message):
    with pytest.raises(ValueError, match=message):
        conv2d(np.ones(x), np.ones(weight), None, **options)


def test_wrong_bias_and_cotangents():
    x, weight = np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3))
    with pytest.raises(ValueError, match="2 output channels"):
        conv2d(x, weight, np.ones(3))
    with pytest.raises(ValueError, match="for a result of shape"):
        conv2d_input(x, weight, np.ones((1, 2, 4, 4)))
    with pytest.raises(ValueError, match="for a result of shape"):
        conv2d_weight(x, weight, np.ones((2, 2, 2, 2)))
