"""The workloads under pytest-benchmark: ``python -m pytest tests/benchmarks``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad
from tests.benchmarks.__main__ import growth
from tests.benchmarks.cases import CASES, Case

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
