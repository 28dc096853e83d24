"""Dicts: with keys that are known, and with keys that are computed.

A dict of known keys is a ``Table`` and dissolves. The first key that is computed makes of it an instance of
``stand_ins.RunTimeDict``, under the same identity; so does the other path, or the end of a loop, where one did.

Before: ``d = {}`` and ``d[k] = x * k`` in a loop.  After: a list of values, and a dict of their places.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.facts.arguments import fact_of
from s2sad.frontend.sets import is_mapping
from s2sad.frontend.stand_ins import RunTimeDict
from s2sad.frontend.values import NONE, Buffer, Default, Fields, Items, Ref, Table, Tup, Value, static
from s2sad.ir import Const, Fact, Pack
from s2sad.ir.facts import UNSET


class Dicts:
    """The part of the lowerer for dicts whose keys are computed."""

    heap: dict[int, Any]
    unrollable: bool

    def is_computed(self, key: Value) -> bool:
        """Whether a key is known only at run time."""
        if isinstance(key, Tup):
            return any(map(self.is_computed, key.items))
        return static(key) is UNSET and (self.fact(key).is_scalar or self.fact(key).kind in ("str", "unknown"))

    def is_run_time_dict(self, cell: Any) -> bool:
        return isinstance(cell, Fields) and cell.cls is RunTimeDict

    def placed_table(self, cell: Table, heap: dict[int, Any]) -> Fields:
        """A dict of known keys as one whose keys are computed; its parts are new cells of ``heap``."""
        places = Pack("dict", tuple(Const(k) for k in range(len(cell.keys))), cell.keys)
        refs: list[Ref] = []
        for part in (Buffer(places, fact_of(places)), Items(cell.values)):
            self.next_cell += 1
            heap[self.next_cell] = part
            refs.append(Ref(self.next_cell, (), Fact("dict") if not refs else Fact()))
        missing = cell.cls.factory if isinstance(cell.cls, Default) else NONE
        return Fields(RunTimeDict, ("places", "slots", "missing"), (*refs, missing))

    def run_time_dict(self, base: Ref, cell: Table, same: bool = False) -> Ref:
        """A dict of known keys as one whose keys are computed: the same object (``same``), or one to read from."""
        if self.unrollable:
            raise self.unsupported("a dict key that is computed in a loop", "loop over known keys", code="S2S010")
        if base.cell in self.fields_of:
            raise self.unsupported("a field of an object whose name is computed", "use a dict", code="S2S010")
        made = self.placed_table(cell, self.heap)
        places = made.values[0].cell
        state = self.heap[places]
        self.heap[places] = replace(state, arg=self.emit_arg(dict, state.arg, hint="places"))
        if not same and not isinstance(cell.cls, Default):
            return self.new_ref(made)
        self.heap[base.cell] = made
        return base

    def placed_like(self, ca: Any, cb: Any, ha: dict[int, Any], hb: dict[int, Any]) -> tuple[Any, Any]:
        """Two cells that are joined: if keys of one dict are computed, the other one is made alike."""
        if is_mapping(ca) and self.is_run_time_dict(cb):
            return self.placed_table(ca, ha), cb
        if is_mapping(cb) and self.is_run_time_dict(ca):
            return ca, self.placed_table(cb, hb)
        return ca, cb
