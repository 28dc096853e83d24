"""Gradients against hand-written ones: ``python -m tests.benchmarks`` or ``python -m pytest tests/benchmarks``."""
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
