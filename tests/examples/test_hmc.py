"""The eight schools: the sampler finds the exact means, and its parts do what they say."""
import numpy as np
import pytest

import s2sad


def test_the_means_are_the_exact_ones(example):
    result = example("hmc").main(["--draws", "400", "--warmup", "300", "--chains", "2", "--seed", "3"])
    assert np.all(np.abs(result["means"] - result["exact"]) < 5.0 * result["errors"])
    assert np.all(result["errors"] < 0.6) and np.all(result["sizes"] > 100)
    assert 0.6 < result["acceptance"] < 0.97 and result["r"] < 1.1
    assert result["by_differences"] < 1e-8


def test_exact_means_by_another_integral(example):
    """Over μ and log τ on a grid, with θ integrated out of the likelihood only."""
    module = example("hmc")
    mu, x = np.linspace(-35.0, 45.0, 401)[:, None], np.linspace(-12.0, 7.0, 801)
    tau = np.exp(x)
    log_p = -0.5 * (mu / 5.0) ** 2 + x - np.log1p((tau / 5.0) ** 2)
    for y, s in zip(module.EFFECTS, module.ERRORS):
        log_p = log_p - 0.5 * (y - mu) ** 2 / (s ** 2 + tau ** 2) - 0.5 * np.log(s ** 2 + tau ** 2)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    means = [np.sum(p * mu), np.sum(p * tau)]
    means += [np.sum(p * (y * tau ** 2 + mu * s ** 2) / (s ** 2 + tau ** 2))
              for y, s in zip(module.EFFECTS, module.ERRORS)]
    np.testing.assert_allclose(module.EightSchools().exact(), means, atol=1e-4)


def test_leapfrog_is_reversible_and_nearly_keeps_the_energy(example):
    module = example("hmc")
    f = s2sad.value_and_grad(module.EightSchools().log_density)
    q0, p0 = np.random.default_rng(0).normal(size=(2, 10))
    value, gradient = f(q0)
    drift = []
    for step, count in ((0.1, 20), (0.05, 40)):
        q, p, end, end_gradient = module.leapfrog(f, q0, p0, gradient, step, count)
        drift.append(abs((end - 0.5 * p @ p) - (value - 0.5 * p0 @ p0)))
        back, p, *_ = module.leapfrog(f, q, -p, end_gradient, step, count)
        np.testing.assert_allclose(back, q0, atol=1e-12)
        np.testing.assert_allclose(p, -p0, atol=1e-12)
    assert drift[1] < 0.35 * drift[0]


def test_effective_size_and_r_of_chains_with_known_ones(example):
    module, rng = example("hmc"), np.random.default_rng(0)
    noise, correlation = rng.normal(size=(4, 20_000)), 0.8
    chains = noise.copy()
    for k in range(1, chains.shape[1]):
        chains[:, k] = correlation * chains[:, k - 1] + np.sqrt(1.0 - correlation ** 2) * noise[:, k]
    assert module.effective_size(noise) == pytest.approx(noise.size, rel=0.05)
    assert module.effective_size(chains) == pytest.approx(chains.size * 0.2 / 1.8, rel=0.1)
    assert module.split_r(noise) == pytest.approx(1.0, abs=1e-3)
    assert module.split_r(noise + np.arange(4.0)[:, None]) > 1.2


def test_derivatives_of_the_log_density(example):
    s2sad.check_grads(example("hmc").EightSchools().log_density, [np.random.default_rng(1).normal(size=10)])
