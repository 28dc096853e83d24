"""Holds a record of ``s2sad.ops`` against what its operation does on samples.

``violations(ops.of(np.diff), samples(np.diff))`` is a list of texts, one for each claim that a sample refutes:
``"memory: FRESH, shares with [0] at (array([0.5]), n=0)"``.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from s2sad import ops
from s2sad.ir.opnames import op_name
from s2sad.ops import Effect, Memory, Operation, Raises, Zeros, registry
from tests.ops import arithmetic_claims, claims
from tests.ops.samples import Sample, samples
from tests.ops.trial import Trial

RUNS = (Effect.NONE, Effect.STATE, Effect.ERROR)
"""What may be tried: all other operations write to the world."""
FAMILIES = (
    "arithmetic",
    "builtin",
    "containers",
    "creation",
    "elementary",
    "indexing",
    "joining",
    "linalg",
    "products",
    "reductions",
    "scientific",
    "shapes",
    "statistics",
    "world",
)
UNSAID = (iter, vars, id, globals, locals)
"""They hand out what is neither an argument nor new."""
Claim = Callable[[Operation, Trial], "str | None"]
CLAIMS: tuple[Claim, ...] = (
    claims.memory,
    claims.idle,
    claims.read_only,
    claims.order_c,
    claims.cost,
    claims.arguments_unchanged,
    claims.effect,
    claims.raises,
    claims.shapes,
    claims.shapes_of,
    claims.kinds_only,
    claims.of_values,
    arithmetic_claims.commutes,
    arithmetic_claims.same_on_floats,
    arithmetic_claims.on_floats,
    arithmetic_claims.bounded,
    arithmetic_claims.canonical,
    arithmetic_claims.symbol,
    arithmetic_claims.in_place,
    arithmetic_claims.method,
)


def violations(known: Operation, found: Iterable[Sample], apart: tuple[str, ...] = ()) -> list[str]:
    """The claims of a record that a sample refutes, the first sample for each."""
    told: dict[str, str] = {}
    for number, sample in enumerate(found):
        t = Trial(known, sample, number)
        for claim in CLAIMS:
            if claim.__name__ not in told and claim.__name__ not in apart:
                text = claim(known, t)
                if text is not None:
                    told[claim.__name__] = f"{claim.__name__}: {text} at {sample!r}"
    return list(told.values())


@functools.cache
def families() -> dict[str, list[Callable]]:
    """The operations that each family file records; what several record is listed with the first."""
    records, providers, record, spell = dict(ops.RECORDS), list(ops.PROVIDERS), registry.record, registry.spell
    found: dict[str, list[Callable]] = {}
    noted: list[Callable] = []
    registry.record = lambda *given, **fields: (noted.extend(given), record(*given, **fields))
    registry.spell = lambda op, *given, **fields: (noted.extend(given), spell(op, *given, **fields))
    try:
        for family in FAMILIES:
            path = importlib.import_module(f"s2sad.ops.{family}").__file__ or ""
            exec(compile(Path(path).read_text(), path, "exec"), {"__name__": f"s2sad.ops.{family}"})
            listed = {op for others in found.values() for op in others}
            found[family] = [op for op in dict.fromkeys(noted) if op not in listed]
            noted.clear()
    finally:
        registry.record, registry.spell = record, spell
        ops.RECORDS.clear()
        ops.RECORDS.update(records)
        ops.PROVIDERS[:] = providers
    return found


def members(family: str) -> list[Any]:
    return families()[family]


def name_of(op: Any) -> str:
    return op_name(op) if hasattr(op, "__name__") else repr(op)


def check(op: Callable, explicit: Iterable[Sample] = (), generic: bool = True, apart: tuple[str, ...] = ()) -> None:
    """Fail if a claim of the record is refuted, or if nothing could be tried; claims ``apart`` are not asked."""
    known = ops.of(op)
    if known.effect not in RUNS:
        assert is_cautious(known), "nothing is claimed of what cannot be tried"
        return
    found = samples(op, tuple(explicit), generic)
    assert found, "no sample succeeds"
    assert known.memory is not Memory.UNKNOWN or op in UNSAID, "pure, and what it shares is not said"
    if known.takes_lists:
        assert any(isinstance(a, (list, tuple)) for s in found for a in s.args), "no sample with a list succeeds"
    refuted = violations(known, found, apart)
    assert not refuted, "\n".join(refuted)


def is_cautious(known: Operation) -> bool:
    """Whether a record claims nothing but what the operation does to the world."""
    return (
        known.raises is Raises.ANYTHING
        and known.zeros is Zeros.LOSES
        and not (known.bounded or known.commutes or known.shapes_of or known.kinds_only or known.may_merge)
    )


def given(*args: Any, **kwargs: Any) -> Sample:
    """A sample written down."""
    return Sample(args, kwargs)
