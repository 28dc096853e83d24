"""The corpus: ordinary functions with sample arguments, one module per subject."""

from tests.programs import (  # noqa: F401
    branches,
    calls,
    containers,
    dtypes,
    exits,
    kernels,
    library,
    loops,
    models,
    mutation,
    refusals,
    regressions,
    scatter,
    stencils,
    straight,
    views,
    whiles,
)
from tests.programs.registry import PROGRAMS, REFUSED, Program, Refused

__all__ = ["PROGRAMS", "REFUSED", "Program", "Refused"]
