"""Printable names of operations, and the operations of printed names.

    >>> import math, operator
    >>> import numpy as np
    >>> op_name(np.linalg.solve), op_name(math.sin), op_name(operator.add), op_name(float)
    ('np.linalg.solve', 'math.sin', 'add', 'float')
    >>> lookup_op("np.linalg.solve") is np.linalg.solve
    True
"""
from __future__ import annotations

import builtins
import cmath
import importlib
import keyword
import math
import operator
import sys
import types
from functools import cache
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.ir import Function
from s2sad.ir.inert import is_a, is_of_the_user

MODULES: dict[str, types.ModuleType] = {"np": np, "math": math, "cmath": cmath, "operator": operator,
                                        "runtime": runtime}
INSIDE = ("np", "np.linalg", "np.fft", "np.random", "np.lib.stride_tricks", "np.emath", "math", "cmath", "operator",
          "runtime")
SCIPY = ("special", "linalg", "fft", "signal", "stats", "integrate", "interpolate", "ndimage", "optimize", "sparse")


# Words of the printed form, which no variable is called.
WORDS = frozenset("carry collect stop reversed zip range slice do wrt nan inf UNDEFINED".split())
KEYWORDS = frozenset(keyword.kwlist)


def op_name(op: Any) -> str:
    """A dotted name for any operation, class or module: ``np.linalg.solve``, ``math.sin``, ``add`` (of ``operator``),
    ``setitem`` (of ``runtime``); the last part of the ``__qualname__`` for a user's function."""
    name = global_name(op)
    if name is not None:
        return name
    if isinstance(op, Function):
        return identifier(op.name)
    users = type(op) is not types.FunctionType and is_of_the_user(type(op)) and not isinstance(op, type)
    own = None if users else op.__name__ if isinstance(op, np.ufunc) else getattr(op, "__qualname__", None)
    return identifier((own or type(op).__name__).split(".")[-1])


def global_name(op: Any) -> str | None:
    """The name under which ``lookup_op`` finds ``op`` again, or None if it belongs to the user."""
    name = _table().get(id(op))
    if name is not None and find(name) is op:
        return name
    if type(op) is not types.FunctionType and is_of_the_user(type(op)) and not is_a(op, type):
        return None
    owner = getattr(op, "__self__", None)
    if is_a(owner, np.ufunc):
        return f"{op_name(owner)}.{op.__name__}"
    if type(owner).__module__.startswith("scipy.stats."):
        return _distribution(owner, op.__name__)
    return _method(op) or _scipy(op)


def lookup_op(name: str, namespace: dict[str, Any] | None = None) -> Any:
    """The operation that a printed name stands for; ``namespace`` is searched first.

    Raises
    ------
    LookupError
        If there is none.
    """
    head, *rest = name.split(".")
    if namespace and head in namespace:
        return _walk(namespace[head], rest, name)
    found = find(name)
    if found is None:
        raise LookupError(f"what is `{name}`? Pass it in the namespace")
    return found


def identifier(name: str) -> str:
    """A valid identifier close to ``name``: ``<lambda>`` becomes ``lambda_``."""
    text = "".join(c if c == "_" or c.isidentifier() or c.isdigit() else " " for c in name).strip().replace(" _",
        "_").replace(" ", "_")
    if not text or text[0].isdigit():
        text = "_" + text
    return text + "_" if text in KEYWORDS else text


def find(name: str) -> Any:
    """The object with a global printed name, or None."""
    head, *rest = name.split(".")
    if head in MODULES:
        return _walk(MODULES[head], rest, None)
    if head == "scipy":
        return _find_scipy(rest)
    found = vars(builtins).get(head, _bare().get(head))
    return _walk(found, rest, None) if found is not None else None


@cache
def _bare() -> dict[str, Any]:
    """What may be written without its module: ``operator`` and our own primitives. ``add`` is the operator."""
    primitives = {n: f for n in runtime.__all__ if callable(f := getattr(runtime, n))}
    operators = {n: f for n, f in vars(operator).items() if not n.startswith("_") and callable(f)}
    primitives.pop("add", None)
    return {n: f for n, f in (operators | primitives).items() if n not in vars(builtins)}


@cache
def _table() -> dict[int, str]:
    """Names by identity. The first name of a function wins, unless a later one is the function's own."""
    table: dict[int, str] = {id(module): name for name, module in MODULES.items()}
    for name, value in (vars(builtins) | _bare()).items():
        if callable(value) and not name.startswith("_"):
            table.setdefault(id(value), name)
    for path in INSIDE:
        for name, value in vars(find(path)).items():
            if name.startswith("_") or not callable(value):
                continue
            own = getattr(value, "__name__", None) == name
            known = table.get(id(value))
            if known is None or (own and known.rpartition(".")[0] == path):
                table[id(value)] = f"{path}.{name}"
    return table


def _method(op: Any) -> str | None:
    """``np.ndarray.astype``, ``str.upper``: functions of a class that is itself named."""
    owner = getattr(op, "__objclass__", None)
    name = _table().get(id(owner)) if owner is not None else None
    return f"{name}.{op.__name__}" if name else None


def _scipy(op: Any) -> str | None:
    """A public SciPy function; only packages that are already imported are searched."""
    name = getattr(op, "__name__", None)
    for package in SCIPY:
        module = sys.modules.get(f"scipy.{package}")
        if module is not None and name is not None and vars(module).get(name) is op:
            return f"scipy.{package}.{name}"
    return None


def _distribution(owner: Any, method: str) -> str | None:
    """A method of one of the objects in ``scipy.stats``."""
    module = sys.modules.get("scipy.stats")
    name = type(owner).__name__.removesuffix("_gen")
    return f"scipy.stats.{name}.{method}" if getattr(module, name, None) is owner else None


def _find_scipy(rest: list[str]) -> Any:
    if not rest or rest[0] not in SCIPY:
        return None
    try:
        return _walk(importlib.import_module(f"scipy.{rest[0]}"), rest[1:], None)
    except ImportError:
        return None


def _walk(value: Any, names: list[str], error: str | None) -> Any:
    for name in names:
        value = getattr(value, name, None)
    if value is None and error is not None:
        raise LookupError(f"what is `{error}`?")
    return value

