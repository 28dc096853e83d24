"""What moves the elements of an array, or looks at it in another shape, and questions about shapes."""
from __future__ import annotations

import numpy as np

from s2sad.ops.record import Cost, Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

_MOVES = {"effect": Effect.NONE, "zeros": Zeros.KEEPS, "bounded": True}

record(np.shape, np.ndim, np.size, memory=Memory.NONE, effect=Effect.NONE, raises=Raises.NEVER, cost=Cost.FREE,
       shapes_of=(0,))
record(np.size, raises=Raises.SHAPES)
record(np.shape, attribute="shape")
record(np.ndim, attribute="ndim")
record(np.size, attribute="size")
record(np.iscomplexobj, np.isrealobj, memory=Memory.NONE, effect=Effect.NONE, raises=Raises.NEVER, shapes_of=(0,))
record(np.result_type, memory=Memory.NONE, effect=Effect.NONE, shapes_of=(0,), kinds_only=True)
record(np.promote_types, np.can_cast, np.issubdtype, np.finfo, np.iinfo, np.dtype, np.common_type, np.iterable,
       memory=Memory.NONE, effect=Effect.NONE, kinds_only=True)
if hasattr(np, "isdtype"):
    record(np.isdtype, memory=Memory.NONE, effect=Effect.NONE, kinds_only=True)
record(np.min_scalar_type, memory=Memory.NONE, effect=Effect.NONE, of_values=True)
record(np.mintypecode, np.typename, np.isfortran, np.datetime_data, memory=Memory.NONE, effect=Effect.NONE)
record(np.broadcast_shapes, memory=Memory.NONE, effect=Effect.NONE)

record(np.transpose, np.swapaxes, np.moveaxis, np.rollaxis, np.expand_dims, np.squeeze, np.flip, np.fliplr, np.flipud,
       np.rot90, np.matrix_transpose, **_MOVES, memory=Memory.VIEW)
spell(np.matrix_transpose, np.linalg.matrix_transpose)
if hasattr(np, "permute_dims"):
    spell(np.transpose, np.permute_dims)
record(np.transpose, np.swapaxes, cost=Cost.FREE)
record(np.transpose, attribute="T", same_on_floats=True, method="transpose")
record(np.matrix_transpose, attribute="mT")
record(np.swapaxes, method="swapaxes")
record(np.squeeze, same_on_floats=True, of_values=True, method="squeeze")
record(np.reshape, np.ravel, **_MOVES, memory=Memory.MAYBE)
record(np.reshape, method="reshape")
record(np.ravel, method="ravel")
record(np.ndarray.flatten, **_MOVES, memory=Memory.FRESH, method="flatten")
record(np.broadcast_to, **_MOVES, memory=Memory.VIEW, read_only="always")
record(np.broadcast_arrays, **_MOVES, memory=Memory.ANY, read_only="sometimes")
record(np.atleast_1d, np.atleast_2d, np.atleast_3d, **_MOVES, memory=Memory.ANY)
record(np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, **_MOVES, memory=Memory.MAYBE)
if hasattr(np, "unstack"):
    record(np.unstack, **_MOVES, memory=Memory.MAYBE)
record(np.diagonal, np.diag, **_MOVES, memory=Memory.MAYBE, read_only="sometimes")
spell(np.diagonal, np.linalg.diagonal, canonical=np.linalg.diagonal)
record(np.diagonal, method="diagonal")
record(np.lib.stride_tricks.sliding_window_view, **_MOVES, memory=Memory.MAYBE, read_only="sometimes")
record(np.lib.stride_tricks.as_strided, memory=Memory.MAYBE)  # of memory that nobody has checked
record(np.trim_zeros, effect=Effect.NONE, memory=Memory.ANY, of_values=True)
record(np.diagflat, np.roll, np.repeat, np.tile, np.resize, np.pad, np.triu, np.tril, **_MOVES, memory=Memory.FRESH)
record(np.triu, np.tril, np.diag, np.diagflat, np.pad, np.resize, zeros=Zeros.MAKES)
record(np.tile, np.pad, takes_lists=True)
record(np.repeat, method="repeat")
record(np.trace, effect=Effect.NONE, memory=Memory.FRESH, zeros=Zeros.KEEPS, bounded=True, method="trace")
spell(np.trace, np.linalg.trace, canonical=np.linalg.trace)
