"""Arguments to try operations on: a pool for what has no name that tells, and values for names that do.

``samples(np.roll)`` tries the product of the pool for ``a`` and the values of ``shift``, keeps what does not raise, and
adds to some of these one option at a time (``axis=0``, ``axis=-1``, …).
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import runtime

BASES, OPTIONED = 40, 24
"""How many samples are kept without and with options."""


def copied(x: Any) -> Any:
    """A copy of arguments that leaves arrays in their layout."""
    if isinstance(x, np.ndarray):
        made = runtime.copy(x)
        made.flags.writeable = x.flags.writeable
        return made
    if type(x) in (list, tuple):
        return type(x)(map(copied, x))
    if type(x) is dict:
        return {k: copied(v) for k, v in x.items()}
    return x.copy() if type(x) in (set, bytearray) else x


@dataclass(frozen=True, eq=False)
class Sample:
    """Arguments with which an operation does not raise."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def make(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, new each time."""
        return tuple(map(copied, self.args)), {k: copied(v) for k, v in self.kwargs.items()}

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.kwargs.items())]
        return "(" + ", ".join(" ".join(g.split()) for g in given) + ")"


_A = np.array([0.5, -1.25, 2.0])
_M = np.array([[2.0, -0.5, 0.25], [0.75, 1.5, -1.0], [0.125, 0.5, 3.0]])
NUMBERS: list[Any] = [
    0,
    1,
    2,
    -3,
    0.0,
    0.5,
    -1.25,
    True,
    1.5 - 2.0j,
    np.float64(0.5),
    np.float32(0.25),
    np.int64(2),
    np.complex128(2.0j),
]
VECTORS: list[Any] = [
    _A,
    np.array([0, 1, 2]),
    _A.astype(np.float32),
    np.array([True, False, True]),
    _A * (1 + 2j),
    np.array([]),
    np.array([3.0]),
    np.arange(6.0)[::2],
    _A[::-1],
    np.array([2, 0, 1], np.uint8),
]
POINTS: list[Any] = [np.array(0.5), np.array(2), np.array(1j)]
MATRICES: list[Any] = [
    _M,
    np.asfortranarray(_M),
    _M[:, :2] * 1.0,
    _M[:2].astype(np.float32),
    np.arange(9).reshape(3, 3),
    _M[:1] * 1.0,
    np.ones((1, 1)),
    np.zeros((0, 3)),
    np.arange(24.0).reshape(4, 6)[:3, ::2],
    _M * (1 - 1j),
    np.eye(3) + 0.25 * (_M @ _M.T),
    _M > 0.4,
]
TENSORS: list[Any] = [np.arange(12.0).reshape(2, 3, 2), np.arange(8.0).reshape(2, 2, 2).transpose(2, 0, 1)]
LISTS: list[Any] = [
    [0.5, 1.5, -2.0],
    [[1.0, 2.0], [3.0, 4.0]],
    [_A, _A + 1.0],
    (_A, _A * 2.0),
    [_M, _M + 1.0],
    (2, 3),
    [1],
    [],
    (),
    [True, False, True],
    [_A],
    (_M,),
    [3, 1, 2],
]
OTHERS: list[Any] = [
    "abc",
    "ij->ij",
    None,
    {"a": _A, "b": 2.0},
    {1, 2},
    slice(0, 2),
    b"ab",
    float,
    np.dtype(np.float32),
    Ellipsis,
    range(3),
    abs,
]
POOL = [*VECTORS, *MATRICES, *NUMBERS, *POINTS, *TENSORS, *LISTS, *OTHERS]
FIRST = [
    _A,
    VECTORS[1],
    VECTORS[2],
    VECTORS[3],
    VECTORS[4],
    VECTORS[5],
    VECTORS[6],
    VECTORS[7],
    _M,
    MATRICES[1],
    MATRICES[4],
    MATRICES[5],
    MATRICES[8],
    MATRICES[9],
    MATRICES[10],
    TENSORS[0],
    0.5,
    2,
    True,
    1.5 - 2.0j,
    NUMBERS[9],
    POINTS[0],
    POINTS[1],
    LISTS[0],
    LISTS[1],
    LISTS[3],
    LISTS[4],
    "abc",
    {"a": _A, "b": 2.0},
    None,
    float,
]
SECOND = [
    _A + 1.0,
    _M.T,
    VECTORS[1],
    VECTORS[3],
    VECTORS[6],
    0,
    1,
    -1,
    2,
    0.5,
    -2.0,
    True,
    2.0j,
    NUMBERS[9],
    POINTS[0],
    _A[:, None] * 1.0,
    (3, 1),
    (0,),
    [1, 0, 2],
    [0.5, 0.25, 1.0],
    "b",
    "a",
    None,
    float,
    np.float32,
    slice(1, None),
    ...,
    (slice(None), 0),
    int,
    np.dtype(float),
    TENSORS[0] + 1.0,
    [_A, _A],
    np.eye(3, dtype=complex),
]
LATER = [_A * 0.5, _M * 2.0, 0, 1, 0.5, 3, "a", (0, 1), VECTORS[1], [0.5, 1.0, 2.0]]
OPTIONS: dict[str, list[Any]] = {
    "axis": [0, -1, None, 1, (0,), (), (0, 1)],
    "axes": [(), (0,), None, (1, 0), (-1,), (0, 1), 1],
    "axis1": [0, 1],
    "axis2": [0, 1],
    "axisa": [0],
    "n": [0, 1, 2, 5, None],
    "k": [0, 1, -1],
    "N": [0, 1, 3],
    "M": [None, 2],
    "m": [2, 1],
    "shift": [0, 1, (1,)],
    "reps": [1, 2, (1, 1), ()],
    "repeats": [1, 2, [1, 0, 2], 0],
    "decimals": [0, 1, -1],
    "ndim": [2],
    "copy": [False, None, True],
    "dtype": [float, np.float32, None, complex, int],
    "order": ["C", "F", "K", "A"],
    "keepdims": [True, False],
    "ndmin": [0, 1, 3],
    "ddof": [0, 1],
    "offset": [0, 1, -1],
    "shape": [(3,), (1, 3), (3, 3), -1, (), (0,), 3, (9,), (2, 3, 3)],
    "new_shape": [(3,), 3, (2, 3), ()],
    "source": [0, -1],
    "destination": [0, 1],
    "start": [0, 1],
    "subok": [True],
    "indices_or_sections": [1, 3, [1], [], (0,)],
    "indices": [0, [0, 1], (), [1, -1]],
    "obj": [0, 1, [0], [], slice(0), slice(0, 0)],
    "kth": [0, 1],
    "q": [0.5, [0.25, 0.5], 0, 1, 100],
    "mode": [
        "full",
        "same",
        "valid",
        "constant",
        "edge",
        "wrap",
        "reflect",
        "complete",
        "raise",
        "clip",
        "r",
        "economic",
    ],
    "pad_width": [0, 1, (1, 0), ()],
    "trim": ["fb", "f", "b"],
    "norm": [None, "ortho"],
    "ord": [None, 1, 2, "fro"],
    "full_matrices": [False],
    "compute_uv": [False],
    "UPLO": ["L", "U"],
    "lower": [True, False],
    "return_index": [True],
    "return_inverse": [True],
    "return_counts": [True],
    "sparse": [True, False],
    "indexing": ["xy", "ij"],
    "prepend": [0.0],
    "append": [0.0],
    "period": [None, 3.0],
    "discont": [None],
    "to_begin": [0.0],
    "nan": [0.0],
    "weights": [None, _A],
    "bins": [3, [0.0, 1.0, 2.0]],
    "range": [(0.0, 2.0)],
    "density": [True],
    "rowvar": [False],
    "deg": [1, 0],
    "window_shape": [1, 2, (2,), (1, 1)],
    "requirements": [None, "C", ["W"], "O", "A", "F"],
    "fill_value": [0, 0.5, [1.0, 2.0, 3.0]],
    "num": [0, 1, 3],
    "dimensions": [(2, 3), (), (0,)],
    "ndmax": [0, 3],
    "k_": [0],
    "returned": [True],
    "full": [True],
    "equal_nan": [True],
    "assume_unique": [True],
    "invert": [True],
    "kind": [None, "stable"],
    "side": ["left", "right"],
    "sorter": [None],
    "optimize": [True, False],
    "subscripts": ["ij->ij", "ij->ji", "i->i", "ii->i", "ij", "ii", "i,i", "ij,jk->ik"],
    "shapes": [(3,)],
    "stable": [True],
    "type": [2],
    "increasing": [True],
    "right": [True],
    "left": [0.0],
    "tol": [1e-9],
    "hermitian": [True],
    "rcond": [None, 1e-9],
    "include_initial": [True],
    "where": [True],
    "initial": [1.0],
    "x": [_A * 1.0],
    "dx": [0.5],
    "edge_order": [1],
    "newshape": [(3,), -1],
    "writeable": [True],
    "endpoint": [False],
    "retstep": [True],
    "axisb": [0],
    "axisc": [0],
    "base": [2.0],
    "check_finite": [False],
    "strict": [True],
    "keepdim": [True],
    "beta": [0.5, 0.0],
    "ufunc": [],
    "num_": [],
    "ndmin_": [],
    "s": [None, (3,)],
    "ind": [1],
    "lengths": [],
    "size": [3],
    "zero_phase": [True],
}
"""Values by the name of a parameter. What is required and stands here is not taken from the pool as well."""
ONLY = {
    "shape",
    "reps",
    "repeats",
    "decimals",
    "subscripts",
    "pad_width",
    "new_shape",
    "shift",
    "q",
    "kth",
    "N",
    "indices_or_sections",
    "window_shape",
    "requirements",
    "dimensions",
    "source",
    "destination",
    "axis1",
    "axis2",
    "mode",
    "deg",
    "num",
    "axis",
    "ord",
    "dtype",
    "order",
    "n",
    "k",
    "axes",
    "shapes",
    "copy",
}
UNWRITTEN = ("irfft", "hfft", "vecmat")
"""Where NumPy 2.4 returns memory that nobody has written: of empty arrays, of ``order="F"``."""
NEVER_GIVEN = {"out", "like", "casting", "signature", "device", "order_"}


def parameters(op: Callable) -> list[inspect.Parameter] | None:
    """The parameters of an operation, if they can be known."""
    try:
        return list(inspect.signature(op).parameters.values())
    except (TypeError, ValueError):
        return None


def _pools(op: Callable) -> Iterator[list[list[Any]]]:
    """For each number of positional arguments that may be given, the values of each."""
    known = parameters(op)
    if known is None:
        names: list[list[str]] = [[""] * n for n in (0, 1, 2, 3)]
    else:
        required = [
            p.name for p in known if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        star = any(p.kind is p.VAR_POSITIONAL for p in known)
        names = [required + [""] * n for n in ((0, 1, 2) if star else (0,))]
        optional = [p.name for p in known if p.default is not p.empty and p.kind is not p.KEYWORD_ONLY]
        if len(required) < 2 and optional and not star and optional[0] not in NEVER_GIVEN:
            names.append([*required, optional[0]])
    for chosen in names:
        general = {1: [POOL], 2: [FIRST, SECOND]}.get(
            len(chosen), [FIRST[:16:2] + LISTS[:3], SECOND[:20:2], LATER, LATER[:4], LATER[:2], LATER[:2]]
        )
        if len(chosen) <= len(general):
            yield [OPTIONS[n] if n in ONLY else pool for n, pool in zip(chosen, general)]


def attempt(op: Callable, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result, without warnings and without what it prints."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return op(*args, **kwargs)


def _is_strange(op: Callable, sample: Sample) -> bool:
    """Whether NumPy would make an array of one object of an argument, or leaves results unwritten."""
    module = getattr(op, "__module__", None) or ("numpy" if type(getattr(op, "__self__", op)) is np.ufunc else "")
    if not module.startswith(("numpy", "scipy")) or not sample.args:
        return False
    first = sample.args[0]
    if getattr(op, "__name__", "") in UNWRITTEN and ("order" in sample.kwargs or np.size(first) == 0):
        return True
    objects = any(isinstance(a, (dict, set, bytes)) for a in sample.args)
    return objects and op is not np.frombuffer or first is None or (type(first) is str and first == "abc")


def succeeds(op: Callable, sample: Sample) -> bool:
    if _is_strange(op, sample):
        return False
    args, kwargs = sample.make()
    try:
        attempt(op, args, kwargs)
    except Exception:  # this sample does not fit
        return False
    return True


def _spread(found: list[Sample], most: int) -> list[Sample]:
    """At most so many of them, evenly."""
    step = max(1, math.ceil(len(found) / most))
    return found[::step]


def samples(op: Callable, explicit: tuple[Sample, ...] = (), generic: bool = True) -> list[Sample]:
    """Samples with which the operation does not raise: those given, and some of those found."""
    bases: list[Sample] = []
    for pools in _pools(op) if generic else ():
        found = [s for s in (Sample(args, {}) for args in itertools.product(*pools)) if succeeds(op, s)]
        bases += _spread(found, BASES // 2)
    bases = [*(s for s in explicit if succeeds(op, s)), *bases]
    known = parameters(op)
    named = [
        p
        for p in known or ()
        if p.default is not p.empty
        and p.name in OPTIONS
        and p.name not in NEVER_GIVEN
        and p.kind is not p.POSITIONAL_ONLY
    ]
    if known is None:  # it may take these all the same
        named = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in ("axis", "copy", "dtype", "order")]
    count = len(known or ())
    optioned = (
        [
            Sample(b.args, {**b.kwargs, p.name: value})
            for b in _spread(bases, 12)
            for p in named
            if p.name not in b.kwargs and (known is None or known.index(p) >= len(b.args) or count == 0)
            for value in OPTIONS[p.name]
        ]
        if generic
        else []
    )
    return bases + _spread([s for s in optioned if succeeds(op, s)], OPTIONED)
