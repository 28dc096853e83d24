"""The Kalman filter on the Nile: the estimates of Durbin and Koopman, by differentiating the filter."""
import numpy as np
import pytest

import s2sad

pytest.importorskip("scipy")


def test_the_known_estimates_are_found(example, capsys):
    result = example("kalman").main([])
    assert result["variances"] == pytest.approx([15099.0, 1469.1], rel=2e-4)
    assert result["by_formula"] < 1e-9 and result["by_differences"] < 1e-8
    assert "15098.5" in capsys.readouterr().out


def test_the_covariance_is_the_inverse_of_the_curvature(example):
    module = example("kalman")
    result = module.main(["--years", "60"])
    best, flows, h = np.log(result["variances"]), module.NILE[:60], 1e-4
    gradient = s2sad.grad(module.negative_log_likelihood)
    curvature = [(gradient(best + h * e, flows) - gradient(best - h * e, flows)) / (2.0 * h) for e in np.eye(2)]
    np.testing.assert_allclose(result["covariance"] @ curvature, np.eye(2), atol=1e-5)


def test_derivatives_through_the_filter_with_more_states(example):
    """A level with a slope, seen in two ways: matrices that are not 1 × 1, all noise variances free."""
    module = example("kalman")
    seen = np.random.default_rng(0).normal(size=(6, 2))

    def loss(variances):
        river = module.KalmanFilter(F=np.array([[1.0, 1.0], [0.0, 1.0]]), H=np.array([[1.0, 0.0], [1.0, -1.0]]),
                                    Q=np.diag(variances[:2]), R=np.diag(variances[2:]),
                                    x=np.zeros(2), P=np.eye(2))
        total = 0.0
        for z in seen:
            river.predict()
            total += river.update(z)
        return total
    s2sad.check_grads(loss, [np.array([0.3, 0.1, 0.7, 0.5])])
