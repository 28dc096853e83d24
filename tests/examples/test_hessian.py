"""Second derivatives: Newton-CG gets there, the Hessians agree with SciPy's formula and with their products."""
import numpy as np
import pytest

import s2sad

optimize = pytest.importorskip("scipy.optimize")
pytest.importorskip("sklearn")


@pytest.fixture
def module(example):
    return example("hessian")


def test_newton_finds_the_minimum_of_both(module):
    result = module.main(["--dimension", "3", "--descents", "300", "--hidden", "3", "--images", "80"])
    np.testing.assert_allclose(result["found"], np.ones(3), atol=1e-7)
    assert module.rosenbrock(result["found"]) < 1e-4 * module.rosenbrock(result["steep"])
    assert result["newton"].evaluations < result["plain"].evaluations
    assert result["slope"] < 1e-6
    before, after = result["spectra"]
    assert before[0] < 0.0 < after[0]
    assert result["by_formula"] < 1e-9 and result["asymmetry"] < 1e-12 and result["by_product"] < 1e-10


def test_rosenbrock_is_that_of_scipy(module):
    x, v = np.random.default_rng(0).normal(size=(2, 5))
    assert module.rosenbrock(x) == pytest.approx(optimize.rosen(x), rel=1e-13)
    np.testing.assert_allclose(s2sad.grad(module.rosenbrock)(x), optimize.rosen_der(x), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(s2sad.hvp(module.rosenbrock)(x, v), optimize.rosen_hess_prod(x, v), rtol=1e-10,
                               atol=1e-10)


def test_conjugate_gradients_stop_where_the_curvature_is_negative(module):
    saddle = module.Counted(lambda x: x[0] ** 2 - x[1] ** 2)
    x = np.array([1e-3, 1.0])
    _, gradient = saddle.gradient(x)
    assert np.allclose(module.newton_direction(saddle, x, gradient), -gradient)
    bowl = module.Counted(lambda x: x[0] ** 2 + 5.0 * x[1] ** 2 + 1e-3 * x[0] * x[1])
    _, gradient = bowl.gradient(x)
    step = module.newton_direction(bowl, x, gradient)
    assert np.linalg.norm(bowl.gradient(x + step)[1]) < 0.5 * np.linalg.norm(gradient)


def test_derivatives_of_the_network(module):
    network = module.Network((64, 2, 10), *module.load(12))
    s2sad.check_grads(network.loss, [np.random.default_rng(0).normal(size=network.length)])
