"""s2sad's own primitives: functional updates, lists, cotangents, checks.

    >>> from s2sad.ops import of
    >>> of(runtime.setitem).updates, of(runtime.check_length).effect.name
    (True, 'ERROR')
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.ops import arithmetic  # noqa: F401  (records the sum)
from s2sad.ops.record import Effect, Memory, Raises, Zeros
from s2sad.ops.registry import record, spell

_UPDATE = {"memory": Memory.UPDATE, "effect": Effect.NONE}
_LIST = {"memory": Memory.HOLDS, "effect": Effect.NONE, "zeros": Zeros.KEEPS, "bounded": True}
_AS_IT_IS = {"memory": Memory.MAYBE, "effect": Effect.NONE, "zeros": Zeros.KEEPS, "bounded": True}

record(runtime.setitem, runtime.setview, **_UPDATE, zeros=Zeros.KEEPS, bounded=True, raises=Raises.RANGE)
record(runtime.add_at, runtime.add_view, **_UPDATE, zeros=Zeros.KEEPS, bounded=True, raises=Raises.RANGE)
record(runtime.append, runtime.pop, **_UPDATE, zeros=Zeros.KEEPS, bounded=True)
record(runtime.append, raises=Raises.NEVER)
record(runtime.view, **_AS_IT_IS, raises=Raises.RANGE)
record(runtime.join_lists, runtime.repeat_list, runtime.picked, runtime.placed, **_LIST, raises=Raises.RANGE)
record(runtime.fold_list, **_LIST | {"memory": Memory.ANY})
record(runtime.order, memory=Memory.FRESH, effect=Effect.NONE, bounded=True)
record(runtime.place_of, memory=Memory.NONE, effect=Effect.NONE, bounded=True)
record(runtime.keys_of, memory=Memory.FRESH, effect=Effect.NONE, bounded=True)

record(runtime.same, runtime.stop_gradient, **_AS_IT_IS, raises=Raises.NEVER)
record(runtime.matrix_function, runtime.singular_function, **_AS_IT_IS, raises=Raises.NEVER)
record(runtime.unbroadcast, runtime.astype_of, runtime.broadcast_like, runtime.cotangent_of, runtime.fitted,
       **_AS_IT_IS, shapes_of=(1,))
record(runtime.or_zeros, **_AS_IT_IS, shapes_of=(1,))
record(runtime.broadcast_like, read_only="sometimes")
record(runtime.unbroadcast_to, **_AS_IT_IS)
record(runtime.copy, memory=Memory.FRESH, distinct=True, effect=Effect.NONE, raises=Raises.NEVER, zeros=Zeros.KEEPS,
       bounded=True)
record(runtime.copy_together, memory=Memory.FRESH, distinct=True, effect=Effect.NONE)
record(runtime.zeros_like, runtime.zero_of, zeros=Zeros.MAKES, bounded=True)
record(runtime.zeros_like, memory=Memory.FRESH, distinct=True, effect=Effect.NONE, raises=Raises.NEVER, shapes_of=(0,))
record(runtime.zero_of, memory=Memory.FRESH, distinct=True, effect=Effect.NONE)
record(runtime.seed, memory=Memory.FRESH, effect=Effect.NONE)
spell(np.add, runtime.add, memory=Memory.JOINS)
record(runtime.tamed, memory=Memory.FRESH, effect=Effect.NONE, raises=Raises.SHAPES)
record(runtime.softplus, memory=Memory.FRESH, effect=Effect.NONE)
record(runtime.logistic, memory=Memory.FRESH, effect=Effect.NONE, bounded=True)
record(runtime.sech_squared, memory=Memory.FRESH, effect=Effect.NONE, bounded=True)
record(runtime.slope, runtime.jump, memory=Memory.FRESH, effect=Effect.NONE, raises=Raises.NEVER)
record(runtime.ratio, memory=Memory.FRESH, effect=Effect.NONE, raises=Raises.SHAPES)
record(runtime.masked_contraction, memory=Memory.FRESH, effect=Effect.NONE, zeros=Zeros.KEEPS)
record(runtime.masked_product, memory=Memory.FRESH, effect=Effect.NONE, zeros=Zeros.MAKES, raises=Raises.SHAPES)
record(runtime.divided_differences, runtime.divided_sums, runtime.is_slope, runtime.coincide, runtime.pairs,
       memory=Memory.FRESH, effect=Effect.NONE, raises=Raises.SHAPES)
record(runtime.recurrence, runtime.cofactors, runtime.cofactors_along, memory=Memory.FRESH, effect=Effect.NONE)
record(runtime.recurrence, runtime.cofactors_along, zeros=Zeros.KEEPS)
record(runtime.selected, memory=Memory.FRESH, effect=Effect.NONE)
record(runtime.recursive_call)
record(runtime.pulled_back, runtime.pushed_forward, memory=Memory.ANY, effect=Effect.NONE)
record(runtime.recursive_sweep, runtime.recursive_tangent, memory=Memory.NONE, effect=Effect.NONE)
record(runtime.recursive_back, memory=Memory.ANY, effect=Effect.NONE)

record(runtime.raise_, runtime.check_order, runtime.check_first, runtime.check_length, runtime.check_items,
       runtime.check_arguments, runtime.check_zip, runtime.check_bound, runtime.check_plain, memory=Memory.NONE,
       effect=Effect.ERROR)
record(runtime.check_items, runtime.check_bound, shapes_of=(0,))
record(tuple.index, tuple.count, memory=Memory.NONE, effect=Effect.NONE)
record(runtime.drawn, runtime.shuffled, memory=Memory.FRESH, effect=Effect.DRAWS)
record(runtime.enter, runtime.leave, runtime.called, runtime.applied, runtime.attribute, runtime.items_of,
       effect=Effect.WORLD)
record(runtime.selected, masks=True)
