"""What is known of operations, in one room: a record each, in family files as rules are.

Before: ninety tables that each name some functions.  After: ``of(op)``, and what is not recorded is treated with
caution.

    >>> import numpy as np, operator
    >>> of(operator.add).canonical is np.add, of(np.transpose).memory.name, of(print).effect.name
    (True, 'VIEW', 'WORLD')
"""
from s2sad.ops.record import Cost, Effect, Memory, Operation, Raises, Zeros
from s2sad.ops.registry import (
    GENERATORS,
    PROVIDERS,
    RECORDS,
    canonical,
    is_recorded,
    may_be_looked_up,
    of,
    record,
    spell,
)

# Importing a family records its operations.
from s2sad.ops import (  # isort: skip
    arithmetic,
    builtin,
    containers,
    creation,
    elementary,
    indexing,
    joining,
    linalg,
    methods,
    products,
    reductions,
    scientific,
    shapes,
    statistics,
    world,
)

__all__ = ["Cost", "Effect", "GENERATORS", "Memory", "Operation", "PROVIDERS", "RECORDS", "Raises", "Zeros",
           "arithmetic", "builtin", "canonical", "containers", "creation", "elementary", "indexing", "is_recorded",
           "may_be_looked_up",
           "joining", "linalg", "methods", "of", "products", "record", "reductions", "scientific", "shapes", "spell",
           "statistics", "world"]
