"""A transform is a definition; everything else follows from it."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from s2sad import elementwise, grad, hessian, jacobian, jvp, tree
from s2sad.api import transform
from s2sad.errors import S2SADError

X = np.array([0.3, -0.7, 1.2])


@transform("gradient norm")
def gradient_norm(f, argnums=0):
    slope = grad(f, argnums)

    def norm(*args):
        return np.sqrt(sum(np.sum(g * g) for g in tree.leaves(slope(*args))))
    return norm


def cubic(x, p):
    return p["scale"] * np.sum(x ** 3) + x[0] * x[1]


ARGS = (X, {"scale": 2.0})


def expected(x, scale):
    g = 3.0 * scale * x ** 2 + np.array([x[1], x[0], 0.0])
    return np.sqrt(g @ g)


def slopes(fn, x, step=1e-5):
    return np.array([(fn(x + step * e) - fn(x - step * e)) / (2.0 * step) for e in np.eye(len(x))])


def test_it_is_a_function_of_the_same_arguments():
    norm = gradient_norm(cubic)
    assert norm(*ARGS) == pytest.approx(expected(X, 2.0)) and norm(X, p={"scale": 2.0}) == norm(*ARGS)
    assert gradient_norm(cubic, 1)(*ARGS) == pytest.approx(abs(np.sum(X ** 3)))
    assert gradient_norm(cubic, argnums=(0, 1))(*ARGS) == pytest.approx(np.hypot(norm(*ARGS), np.sum(X ** 3)))
    assert repr(norm) == "<gradient_norm of cubic, argnums=0>"
    assert norm.made.title == "gradient norm of cubic with respect to x"


def test_its_source_and_stages_are_its_own():
    norm = gradient_norm(cubic)
    source = norm.source_for(*ARGS)
    assert source.startswith("def cubic_gradient_norm(x, p):") and "np.sqrt(" in source.splitlines()[-2]
    scope = {"np": np}
    exec(source, scope)
    assert scope["cubic_gradient_norm"](*ARGS) == norm(*ARGS) and norm.source == source
    stages = norm.stages(*ARGS)
    assert stages["generated source"] == source and "adjoint" not in [title for title, _ in stages]
    assert norm.trace(*ARGS).value == norm(*ARGS) and len(norm.graph(*ARGS).nodes) > 3
    assert not norm.debug(*ARGS) and norm.profile(*ARGS, repeat=1).rows
    assert norm.diff(lambda x, p: expected(x, p["scale"]), *ARGS, repeat=1)
    assert "s2sad" not in "".join(line for line in norm.exported(*ARGS).splitlines() if "import" in line)


def test_it_nests():
    norm = gradient_norm(cubic)
    by_x = slopes(lambda x: expected(x, 2.0), X)
    np.testing.assert_allclose(grad(norm)(*ARGS), by_x, rtol=1e-7)
    np.testing.assert_allclose(jvp(norm, ARGS, (X, None))[1], by_x @ X, rtol=1e-7)
    H = hessian(norm)(*ARGS)
    np.testing.assert_allclose(H, jacobian(grad(norm))(*ARGS), rtol=1e-10)
    np.testing.assert_allclose(H, np.array([slopes(lambda x, k=k: grad(norm)(x, ARGS[1])[k], X) for k in range(3)]),
                               rtol=1e-6)
    assert grad(norm).source_for(*ARGS).startswith("def cubic_gradient_norm_grad(x, p):")
    twice = gradient_norm(gradient_norm(cubic))
    assert twice(*ARGS) == pytest.approx(np.linalg.norm(by_x))


@grad
def penalty(x, a):
    return a * gradient_norm(lambda y: np.sum(y ** 3) * a)(x) + gradient_norm(cubic)(x, {"scale": a})


def test_it_may_be_made_inside_a_decorated_function():
    plain = slopes(lambda x: 4.0 * 3.0 * np.sqrt(np.sum(x ** 4)) + expected(x, 2.0), X)
    np.testing.assert_allclose(penalty(X, 2.0), plain, rtol=1e-7)


def test_it_pickles():
    norm = pickle.loads(pickle.dumps(gradient_norm(cubic, argnums=(0, 1))))
    assert norm.argnums == (0, 1) and norm(*ARGS) == gradient_norm(cubic, argnums=(0, 1))(*ARGS)


def square(x):
    return x * x


@elementwise(square)
def wrong_rule(x):
    return 3.0 * x


def test_its_check_finds_a_wrong_rule_and_passes_a_right_one():
    gradient_norm(cubic).check(*ARGS)
    with pytest.raises(AssertionError, match="finite differences"):
        gradient_norm(lambda x: np.sum(square(x))).check(X)


def test_errors_are_those_of_the_derivatives_in_it():
    with pytest.raises(S2SADError, match="S2S007.*needs one real number"):
        gradient_norm(square)(X)
    with pytest.raises(S2SADError, match="S2S006"):
        gradient_norm(cubic)(np.arange(3), {"scale": 1.0})


def test_a_method_can_be_transformed():
    class Model:
        weight = 3.0

        @gradient_norm
        def at(self, x):
            return x.weight * x.w ** 2

    box = SimpleNamespace(w=2.0, weight=3.0)
    assert gradient_norm(lambda b: b.weight * b.w ** 2)(box) == pytest.approx(np.hypot(12.0, 4.0))
    assert callable(Model().at)


def test_a_captured_value_that_changes_is_seen():
    scale = SimpleNamespace(value=2.0)

    def f(x):
        return scale.value * np.sum(x ** 2)
    norm = gradient_norm(f)
    first = norm(X)
    scale.value = 4.0
    assert norm(X) == pytest.approx(2.0 * first)


def test_public_transforms_are_pickled_by_what_made_them():
    made = pickle.loads(pickle.dumps(s2sad.hvp(cubic, argnums=0)))
    np.testing.assert_allclose(made(X, ARGS[1], X), hessian(cubic)(*ARGS) @ X)


@transform("itself")
def unchanged(f):
    return f


@transform("gradient again")
def another_grad(f):
    return grad(f)


def test_a_definition_may_return_what_there_is_already():
    made = unchanged(cubic)
    assert made(*ARGS) == cubic(*ARGS) and not hasattr(cubic, "__wrapped__") and made(*ARGS) == made(X, p=ARGS[1])
    np.testing.assert_array_equal(another_grad(cubic)(*ARGS), grad(cubic)(*ARGS))
    np.testing.assert_allclose(jacobian(another_grad(cubic))(*ARGS), hessian(cubic)(*ARGS))
