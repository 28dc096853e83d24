"""The corpus: ordinary functions with sample arguments, one module per subject."""

from tests.programs import (  # noqa: F401
    aliasing,
    branches,
    builtins_,
    calls,
    captured,
    checkpoints,
    classes,
    collections_,
    containers,
    dtypes,
    exits,
    generators,
    items,
    kernels,
    language,
    library,
    loops,
    models,
    mutation,
    objects,
    outputs,
    protocols,
    random_numbers,
    refusals,
    regressions,
    scatter,
    sets,
    stencils,
    straight,
    trees,
    views,
    whiles,
)
from tests.programs.registry import PROGRAMS, REFUSED, Program, Refused

__all__ = ["PROGRAMS", "REFUSED", "Program", "Refused"]
