"""Print time of the generated gradient over that of the hand-written one, measured in this run on one thread; with
``kernels`` over that of the program, for programs without a hand-written gradient."""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import s2sad
from tests.benchmarks import kernels as _kernels  # noqa: F401
from tests.benchmarks import workloads as _workloads  # noqa: F401
from tests.benchmarks.cases import CASES, Case, march
from tests.benchmarks.registry import KERNELS, Kernel

SECONDS = 0.4
ROUNDS = 5


def clock(fn: Callable[[], Any], number: int) -> float:
    """Seconds for one of ``number`` calls."""
    begin = time.perf_counter()
    for _ in range(number):
        fn()
    return (time.perf_counter() - begin) / number


def best(*fns: Callable[[], Any]) -> list[float]:
    """The best time of each function, rounds interleaved so that a slow phase of the machine hits all alike."""
    numbers = [max(1, int(SECONDS / ROUNDS / max(clock(fn, 1), 1e-7))) for fn in fns]
    rounds = [[clock(fn, number) for fn, number in zip(fns, numbers)] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*rounds)]


def measure(case: Case) -> str:
    """One row of the table; the two gradients must agree."""
    args = case.make()
    gradient = s2sad.grad(case.fn, case.argnums)
    begin = time.perf_counter()
    ours = gradient(*args)
    first = time.perf_counter() - begin
    for g, h in zip(ours, case.hand(*args)):
        np.testing.assert_allclose(g, h, rtol=1e-7, atol=1e-9 * float(np.max(np.abs(h)) + 1.0))
    primal_args = case.make()
    primal, hand, generated = best(lambda: case.fn(*primal_args), lambda: case.hand(*args), lambda: gradient(*args))
    return (
        f"{case.name:32}{primal * 1e6:12.2f}{hand * 1e6:12.2f}{generated * 1e6:12.2f}"
        f"{generated / hand:8.2f}{generated / primal:9.2f}{first * 1e3:11.1f}"
    )


def growth(n: int = 4000) -> list[tuple[int, float]]:
    """Time of the gradient of a loop that writes one element per step, for n, 2n and 4n steps."""
    gradient = s2sad.grad(march)
    gradient(0.3, n)
    return [(k, best(lambda k=k: gradient(0.3, k))[0]) for k in (n, 2 * n, 4 * n)]


def measure_kernel(k: Kernel) -> str:
    """One row of the table of kernels. The program may write to its arguments, so it gets copies."""
    args = k.make()
    gradient = s2sad.grad(k.fn, k.argnums)
    begin = time.perf_counter()
    gradient(*args)
    first = time.perf_counter() - begin
    copies, primal, generated = best(lambda: copy.deepcopy(args), lambda: k.fn(*copy.deepcopy(args)),
                                     lambda: gradient(*args))
    primal -= copies
    return f"{k.name:32}{primal * 1e6:12.2f}{generated * 1e6:12.2f}{generated / primal:9.2f}{first * 1e3:11.1f}"


def kernels(names: list[str]) -> int:
    """The table of kernels, or of some of them."""
    print(f"{'':32}{'primal us':>12}{'s2sad us':>12}{'/primal':>9}{'first ms':>11}")
    for k in KERNELS:
        if not names or k.name in names:
            print(measure_kernel(k), flush=True)
    return 0


def main() -> int:
    if sys.argv[1:2] == ["kernels"]:
        return kernels(sys.argv[2:])
    print(f"{'':32}{'primal us':>12}{'hand us':>12}{'s2sad us':>12}{'/hand':>8}{'/primal':>9}{'first ms':>11}")
    failed = 0
    for case in CASES:
        try:
            print(measure(case), flush=True)
        except Exception as e:
            failed += 1
            print(f"{case.name:32}{type(e).__name__}: {str(e).splitlines()[0]}", flush=True)
    print("\none element written per step:", ", ".join(f"n = {n}: {t * 1e3:.2f} ms" for n, t in growth()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
