"""The workloads under pytest-benchmark: ``python -m pytest tests/benchmarks``."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.benchmarks.__main__ import growth
from tests.benchmarks.cases import CASES, Case
from tests.benchmarks.registry import KERNELS, Kernel

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_by_hand(case: Case, benchmark: Any) -> None:
    benchmark.group = case.name
    benchmark(case.hand, *case.make())


@each_case
def test_generated(case: Case, benchmark: Any) -> None:
    args = case.make()
    gradient = s2sad.grad(case.fn, case.argnums)
    for g, h in zip(gradient(*args), case.hand(*args)):
        np.testing.assert_allclose(g, h, rtol=1e-7, atol=1e-9 * float(np.max(np.abs(h)) + 1.0))
    benchmark.group = case.name
    benchmark(gradient, *args)


def test_cost_of_element_writes_is_linear() -> None:
    (n, once), _, (m, four) = growth()
    assert m == 4 * n
    assert four < 6.0 * once


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_gradient_of_kernel(kernel: Kernel) -> None:
    args = kernel.make()
    gradient = s2sad.grad(kernel.fn, kernel.argnums)(*args)
    rng = np.random.default_rng(3)
    directions = {k: rng.normal(size=np.shape(args[k])) for k in kernel.argnums}

    def along(step: float) -> float:
        moved = [np.copy(x) + step * directions[k] if k in directions else copy.deepcopy(x) for k, x in enumerate(args)]
        return float(kernel.fn(*moved))

    found = sum(float(np.sum(g * directions[k])) for g, k in zip(gradient, kernel.argnums))
    steps = (1e-4, 1e-5, 1e-6, 1e-7)
    errors = [abs((along(h) - along(-h)) / (2 * h) - found) for h in steps]
    assert min(errors) <= 1e-5 * max(1.0, abs(found))
