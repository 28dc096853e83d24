"""Settings of the whole suite: one BLAS thread, derivatives that check themselves, hypothesis profiles, options."""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("S2SAD_CHECK", "always")

import hypothesis  # noqa: E402  (the thread count must be set before numpy is imported)
import pytest  # noqa: E402

SHARED = {"deadline": None, "suppress_health_check": list(hypothesis.HealthCheck), "print_blob": True}
hypothesis.settings.register_profile("suite", max_examples=100, derandomize=True, **SHARED)
hypothesis.settings.register_profile("ci", max_examples=500, **SHARED)
hypothesis.settings.register_profile("long", max_examples=10_000, **SHARED)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files with what the code gives now"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))
