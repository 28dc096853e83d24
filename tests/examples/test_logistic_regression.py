"""Logistic regression: the optimum is scikit-learn's, the Hessian the textbook's."""
import numpy as np
import pytest

pytest.importorskip("scipy")
linear_model = pytest.importorskip("sklearn.linear_model")


@pytest.fixture
def result(example):
    return example("logistic_regression").main(["--penalty", "2", "--seed", "1"])


def test_the_optimum_is_that_of_scikit_learn(result):
    X, y = result["train"]
    known = linear_model.LogisticRegression(C=0.5, tol=1e-10, max_iter=10_000).fit(X, y)
    weights = result["model"].weights
    np.testing.assert_allclose(weights[1:], known.coef_[0], atol=1e-4)
    assert weights[0] == pytest.approx(known.intercept_[0], abs=1e-4)
    assert result["accuracy"] > 0.95 and result["slope"] < 1e-5


def test_gradient_is_that_of_the_textbook(result):
    assert result["by_hand"] < 1e-11 and result["by_differences"] < 1e-8


def test_hessian_is_that_of_the_textbook(result):
    X, _ = result["train"]
    model = result["model"]
    X = np.column_stack([np.ones(len(X)), X])
    p = 1.0 / (1.0 + np.exp(-X @ model.weights))
    prior = np.diag([0.0] + [2.0] * (X.shape[1] - 1))
    np.testing.assert_allclose(model.hessian, X.T @ (X * (p * (1.0 - p))[:, None]) + prior, atol=1e-10)
    np.testing.assert_allclose(model.spread(X[:, 1:]) ** 2, np.diag(X @ model.covariance @ X.T), rtol=1e-9)
