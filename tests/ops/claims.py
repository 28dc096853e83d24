"""What a record claims of memory, effects, exceptions and what is read: a function each, None where it holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad import ops
from s2sad.ops import Effect, Memory, Operation, Raises
from tests.ops.samples import attempt, copied
from tests.ops.sharing import arrays, changeable, shared, snapshot
from tests.ops.trial import Trial, is_numeric

EMPTY = (np.empty, np.empty_like)
"""Whose results have no content."""


# ---- memory --------------------------------------------------------------------------------------------------------
def memory_of(known: Operation, t: Trial) -> Memory:
    """What the record says for the options of this call."""
    uncopied = any(a is False or a is None for a in (*t.args[1:], t.kwargs.get("copy", True)))
    return known.uncopied if known.uncopied is not None and uncopied else known.memory


def memory(known: Operation, t: Trial) -> str | None:
    """What the results share with the arguments."""
    kind = memory_of(known, t)
    sharing = [k for k, a in t.given.items() if shared(t.result, a)]
    if kind is Memory.NONE and any(True for _ in changeable(t.result)):
        return f"a result can be changed: {t.result!r}"
    if kind is known.memory and sharing and not known.sources(t.args, tuple(t.kwargs.values())):
        return f"shares with {sharing}, which are no sources"
    allowed = {Memory.NONE: [], Memory.FRESH: [], Memory.VIEW: [known.viewed], Memory.MAYBE: [known.viewed]}.get(
        kind, list(t.given)
    )
    if [k for k in sharing if k not in allowed]:
        return f"{kind.name}, shares with {sharing}"
    if kind is Memory.VIEW and isinstance(t.given.get(known.viewed), np.ndarray):
        if any(a.size and not shared(a, t.args[known.viewed]) for a in arrays(t.result)):
            return "no view"
    if kind in (Memory.HOLDS, Memory.JOINS):
        return _new_container(kind, t)
    if kind is Memory.UPDATE and known.augmented and isinstance(t.args[0], np.ndarray) and t.result is not t.args[0]:
        return "no update"
    return None


def idle(known: Operation, t: Trial) -> str | None:
    """With an option of a certain value the result is the argument itself."""
    if known.idle is None or not isinstance(t.args[0], np.ndarray):
        return None
    name, position, value = known.idle
    if (t.args[position] if position < len(t.args) else t.kwargs.get(name)) == value and t.result is not t.args[0]:
        return "another array"
    return None


def _new_container(kind: Memory, t: Trial) -> str | None:
    if isinstance(t.result, np.ndarray):
        return "an array that is shared" if any(shared(t.result, a) for a in t.given.values()) else None
    own = next(iter(changeable(t.result)), None)
    if own is t.result and own is not None and any(own is a for v in t.given.values() for a in changeable(v)):
        return "the container is an argument"
    return None


def read_only(known: Operation, t: Trial) -> str | None:
    """Results that cannot be written to, of arguments that can."""
    locked = [not a.flags.writeable for a in arrays(t.result)]
    if not known.read_only and any(locked):
        return "a result cannot be written to"
    return "a result can be written to" if known.read_only == "always" and not all(locked) else None


def order_c(known: Operation, t: Trial) -> str | None:
    """Results in C order."""
    if not known.order_c or {"order", "axis"} & set(t.kwargs) or any(_is_order(a) for a in t.args):
        return None
    if known.order_c == "of numbers" and any(isinstance(a, np.ndarray) for a in t.given.values()):
        return None
    return "not in C order" if any(not a.flags.c_contiguous for a in arrays(t.result)) else None


def _is_order(a: Any) -> bool:
    return type(a) is str and a.upper() in ("F", "A", "K")


def cost(known: Operation, t: Trial) -> str | None:
    """What is free makes no arrays, if it is given some."""
    if (
        known.cost is ops.Cost.FREE
        and isinstance(t.args[0], np.ndarray)
        and any(a.size and not shared(a, t.args[0]) for a in arrays(t.result))
    ):
        return "it makes an array"
    return None


# ---- effects -------------------------------------------------------------------------------------------------------
def arguments_unchanged(known: Operation, t: Trial) -> str | None:
    """Only augmented assignments change an argument, the first one, and what is told not to copy may be one."""
    updates = known.augmented or (known.uncopied is Memory.UPDATE and memory_of(known, t) is Memory.UPDATE)
    if [k for k in t.changed if not (updates and k == 0)]:
        return f"the arguments {t.changed} are changed"
    return None


def effect(known: Operation, t: Trial) -> str | None:
    """Nothing is written, drawn or printed, and the same arguments give the same result."""
    if t.events:
        return f"{known.effect.name}: {t.events}"
    if known.effect is Effect.ERROR and t.result is not None:
        return "it returns something"
    if known.is_pure and known.op not in EMPTY:
        args, kwargs = t.sample.make()
        if snapshot(attempt(known.op, args, kwargs)) != snapshot(t.result):
            return "another result the second time"
    return None


# ---- exceptions ----------------------------------------------------------------------------------------------------
EDGES: dict[str, list[Any]] = {
    "f": [0.0, -1.0, np.nan, np.inf, -np.inf, 1e300, -0.0, 5e-324],
    "c": [0j, complex(np.nan, 1.0), complex(np.inf, -1.0)],
    "i": [0, -1, -(2**31), 2**31 - 1],
    "u": [0, 255],
    "b": [False, True],
}


def edged(x: Any, value: Any) -> Any:
    """``x`` with other numbers of its kind."""
    if isinstance(x, np.ndarray):
        with np.errstate(all="ignore"):
            made = np.full_like(x, value)
            if made.size > 1:
                made.flat[0] = x.flat[0]
            return made
    with np.errstate(all="ignore"):
        return x.dtype.type(value) if isinstance(x, np.generic) else type(x)(value)


def edge_values(x: Any) -> list[Any]:
    """Other values for an argument, of its kind, dtype and shape."""
    if not is_numeric(x):
        return []
    with np.errstate(all="ignore"):
        return [edged(x, v) for v in EDGES[np.asarray(x).dtype.kind]]


def raises(known: Operation, t: Trial) -> str | None:
    """No exception that depends on values, where the record says that there is none."""
    if known.raises is Raises.ANYTHING or not known.is_pure or not t.numeric:
        return None
    for k, a in enumerate(t.args):
        if type(a) in (int, bool) and not (isinstance(known.canonical, np.ufunc) and t.plain):  # a size, an axis
            continue
        if known.raises is Raises.RANGE and not (isinstance(a, np.ndarray) and a.ndim and a.dtype.kind == "f"):
            continue
        for value in edge_values(a):
            args = list(map(copied, t.args))
            args[k] = copied(value)
            if known.raises is Raises.ZERO and isinstance(args[-1], (int, float, complex)) and args[-1] == 0:
                continue
            try:
                t.again(*args)
            except Exception as error:
                return f"{known.raises.name}, raises {type(error).__name__}: {error} at {args!r}"
    return None


def shapes(known: Operation, t: Trial) -> str | None:
    """Shapes that do not fit are no reason for what never raises."""
    if (
        known.raises is not Raises.NEVER
        or len(t.args) != 2
        or not all(isinstance(a, np.ndarray) for a in t.args)
        or (known.memory is Memory.NONE)
    ):
        return None
    try:
        t.again(np.ones((2, 3)), np.ones(2))
    except Exception as error:
        return f"NEVER, raises {type(error).__name__}: {error}"
    return None


# ---- what is read --------------------------------------------------------------------------------------------------
def others(x: Any) -> list[Any]:
    """The same kind, dtype and shape with other values, in containers too."""
    if isinstance(x, (list, tuple)):
        made = [others(v) for v in x]
        return [
            type(x)([m[k] if k < len(m) else v for m, v in zip(made, x)]) for k in range(max(map(len, made), default=0))
        ]
    return edge_values(x)


def shapes_of(known: Operation, t: Trial) -> str | None:
    """The values of some arguments do not count."""
    for k in known.shapes_of:
        for value in others(t.args[k]) if k < len(t.args) else ():
            args = list(map(copied, t.args))
            args[k] = copied(value)
            if known.op not in EMPTY and snapshot(t.again(*args)) != snapshot(t.result):
                return f"argument {k} is read: {value!r}"
    return None


def kinds_only(known: Operation, t: Trial) -> str | None:
    """No values count."""
    for k, a in enumerate(t.args if known.kinds_only else ()):
        for value in others(a):
            args = list(map(copied, t.args))
            args[k] = value
            if snapshot(t.again(*args)) != snapshot(t.result):
                return f"argument {k} is read: {value!r}"
    return None


def form(x: Any) -> Any:
    """Class, dtype and number of dimensions."""
    if isinstance(x, np.ndarray):
        return "array", x.dtype, x.ndim
    if isinstance(x, (tuple, list)) and len(x) < 6:
        return type(x), tuple(map(form, x))
    return type(x)


def of_values(known: Operation, t: Trial) -> str | None:
    """The form of the result is that of the arguments' kinds."""
    if known.of_values or not known.is_pure or isinstance(t.result, list) or not all(map(is_numeric, t.args)):
        return None
    for k, a in enumerate(t.args):
        if isinstance(a, np.ndarray) and a.ndim or type(a) is float or isinstance(a, np.floating):
            for value in edge_values(a):
                if not np.all(np.isfinite(value)):
                    continue
                args = list(map(copied, t.args))
                args[k] = value
                try:
                    made = t.again(*args)
                except Exception:  # said by ``raises``
                    continue
                if form(made) != form(t.result) and type(made) is not complex:
                    return f"{form(made)} at {args!r}, {form(t.result)} else"
    return None
