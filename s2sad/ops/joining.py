"""What puts arrays together, or takes parts out."""
from __future__ import annotations

import numpy as np

from s2sad.ops.record import Effect, Memory, Zeros
from s2sad.ops.registry import record, spell

_JOIN = {"memory": Memory.FRESH, "effect": Effect.NONE, "zeros": Zeros.KEEPS, "bounded": True}

record(np.concatenate, np.stack, np.vstack, np.hstack, np.column_stack, np.dstack, np.block, **_JOIN, takes_lists=True)
record(np.append, np.insert, np.delete, **_JOIN)
record(np.sort, np.partition, np.sort_complex, **_JOIN)
if "row_stack" in vars(np):
    spell(np.vstack, np.row_stack)
