"""What a record answers, and that its defaults are cautious."""

from __future__ import annotations

import dataclasses
import operator

import numpy as np
import pytest

from s2sad import ops
from s2sad.ops import Cost, Effect, Memory, Operation, Raises, Zeros


def unknown() -> Operation:
    return Operation(print, print)


def test_what_is_not_said_is_not_believed():
    known = unknown()
    assert known.memory is Memory.UNKNOWN and known.effect is Effect.UNKNOWN and known.raises is Raises.ANYTHING
    assert known.cost is Cost.FULL and known.zeros is Zeros.LOSES
    assert known.has_effect and not (known.is_pure or known.may_merge or known.bounded or known.commutes)
    assert not known.shapes_of and not known.reads_shape and known.uncopied is None and known.idle is None


def test_a_record_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        unknown().memory = Memory.NONE  # type: ignore[misc]


def test_every_field_is_described():
    described = Operation.__doc__ or ""
    for field in dataclasses.fields(Operation):
        assert field.name in described


@pytest.mark.parametrize("effect", Effect)
def test_an_effect_is_one_that_matters_or_not(effect):
    known = dataclasses.replace(unknown(), effect=effect)
    assert known.is_pure == (effect is Effect.NONE)
    assert known.has_effect == (effect not in (Effect.NONE, Effect.STATE))
    assert known.draws == (effect is Effect.DRAWS)
    assert known.may_merge == known.is_pure


@pytest.mark.parametrize(
    "memory, found",
    [
        (Memory.NONE, ()),
        (Memory.FRESH, ()),
        (Memory.VIEW, (2,)),
        (Memory.MAYBE, (2,)),
        (Memory.ANY, (1, 2, 3, 4)),
        (Memory.HOLDS, (1, 2, 3, 4)),
        (Memory.UNKNOWN, (1, 2, 3, 4)),
    ],
)
def test_what_results_may_share_memory_with(memory, found):
    known = dataclasses.replace(unknown(), memory=memory, viewed=1)
    assert known.sources((1, 2, 3), (4,)) == found
    if memory in (Memory.VIEW, Memory.MAYBE):
        assert known.sources((1,), (4,)) == (4,)


def test_updates_and_augmented_assignments():
    assert ops.of(operator.iadd).augmented and ops.of(operator.iadd).updates
    assert not ops.of(np.add).updates and not ops.of(np.add).augmented
    assert not ops.of(operator.iadd).may_merge
    assert not ops.of(np.zeros).may_merge and ops.of(np.zeros).is_pure


def test_of_shapes_only():
    assert ops.of(np.shape).reads_shape and not ops.of(np.sum).reads_shape
