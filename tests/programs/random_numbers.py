"""Random numbers from generators that are made in the function: every call draws the same."""

import random

import numpy as np

from tests.programs.registry import program

V = np.array([0.4, -0.3, 1.1])


@program(0.3 * np.eye(3) + 0.1, V, 7, tags="second")
def expected_payoff(L, mu, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(20, 3))
    x = np.exp(z @ L.T + mu)
    return np.mean(np.maximum(np.sum(x, axis=1) - 3.0, 0.0))


@program(0.3, 5, tags="second")
def draws_in_a_loop_and_its_branches(x, n):
    rng = np.random.default_rng(1)
    s = x
    for _ in range(n):
        if rng.random() > 0.4:
            s = s * np.sin(s + rng.normal())
        else:
            s = s + x * rng.integers(3)
    return s


@program(0.3, 0)
def no_draw_at_all(x, n):
    rng = np.random.default_rng(1)
    s = x * x
    for _ in range(n):
        s += rng.normal() * x
    return s


@program(V)
def draws_are_written_to(v):
    rng = np.random.RandomState(3)
    z = rng.randn(3)
    w = z
    z += 1.0
    z[0] = v[1]
    return np.sum(v[rng.permutation(len(v))] * w * rng.rand(3))


class Dropout:
    def __init__(self, rate, seed):
        self.rate, self.rng = rate, np.random.default_rng(seed)

    def __call__(self, x):
        return x * (self.rng.random(x.shape) > self.rate) / (1.0 - self.rate)


@program(V, 3)
def dropout_with_its_own_generator(v, n):
    drop = Dropout(0.3, 4)
    for _ in range(n):
        v = np.tanh(drop(v)) + v
    return np.sum(v * v)


def scaled(x, rng):
    return x * rng.standard_normal()


@program(0.5, 12)
def a_generator_is_handed_on(x, seed):
    rng = np.random.default_rng(seed)
    again = np.random.default_rng(rng)
    if isinstance(again, np.random.Generator):
        x = 2.0 * x
    return scaled(x, rng) + scaled(x, again)


@program(0.4)
def generator_of_the_standard_library(x):
    draw = random.Random(2)
    return x * draw.random() + x * x * draw.gauss(0.0, 1.0) + x * draw.choice([1.0, 2.0])


@program(0.4)
def unused_draws_move_the_generator_on(x):
    rng = np.random.Generator(np.random.PCG64(3))
    rng.normal(size=4)
    first = rng.uniform(1.0, 2.0)
    return x * first * rng.exponential()
