"""The road from a function and the arguments of a call to a compiled derivative, stage by stage.

Before: ``f`` and arguments ``(2.0, 5.0)``.  After: an ``Entry`` with the Python function that holds the primal and the
adjoint code for this signature, its source, and every stage in between as text.
"""
from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from s2sad.arguments import Item, describe
from s2sad.backend.emit import Source
from s2sad.backend.load import load
from s2sad.derive.halves import Halves, in_halves
from s2sad.derive.leaves import leaf_path
from s2sad.derive.modes import MODES
from s2sad.derive.request import Request
from s2sad.derive.road import integer_argument, stages, travel, tree_of
from s2sad.frontend import Lowered, deep_recursion
from s2sad.ir import Function

__all__ = ["Entry", "MODES", "Request", "build", "integer_argument", "stages", "tree_of"]


@dataclass
class Entry:
    """A compiled derivative for one signature. ``built``: the seconds that building it took; ``looked``: it has been
    checked after its first call, or will not be."""

    function: Callable
    source: Source
    lowered: Lowered
    adjoint: Function
    guards: tuple[Callable[[], bool], ...]
    watched: tuple[tuple[Any, ...], ...] = ()
    arguments: tuple[Item, ...] = ()
    request: Request = Request(MODES["grad"], (0,), True)
    lenient: Callable | None = None
    whole: Function | None = None
    built: float = 0.0
    looked: bool = False

    @cached_property
    def halves(self) -> Halves:
        """The derivative in two functions: of the arguments, and of what comes later."""
        assert self.whole is not None
        with deep_recursion(), older_objects_left_alone():
            return in_halves(self.whole, len(self.lowered.leaves), self.request.copies(self.whole))

    def valid(self) -> bool:
        """Whether everything captured is still what it was."""
        for guard in self.guards:
            if not guard():
                return False
        return True


def build(fn: Callable, args: tuple, kwargs: dict[str, Any], request: Request) -> Entry:
    """Lower, differentiate, optimise, emit and load.

    Raises
    ------
    S2SADError
        If the function or the arguments cannot be differentiated; it says where and why.
    """
    start = time.perf_counter()
    with deep_recursion(), older_objects_left_alone():
        ((_, way),) = deque(travel(fn, args, kwargs, request), maxlen=1)
    lowered, source = way.lowered, way.source
    watched = (*(leaf_path(lowered.leaves, v) for v in lowered.written), *lowered.changed)
    kinds = describe([p.name for p in lowered.function.params], way.args)
    function = load(source.text, source.namespace, source.name)
    return Entry(function, source, lowered, way.program, lowered.guards, watched, kinds, request,
                 whole=way.derived if request.mode.late else None, built=time.perf_counter() - start)


@contextmanager
def older_objects_left_alone() -> Iterator[None]:
    """While a derivative is built, the garbage collector does not look through everything that existed before: that
    takes a quarter of the time, and none of it has become garbage."""
    if gc.get_freeze_count():  # somebody else freezes objects: theirs must stay so
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
