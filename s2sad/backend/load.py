"""Compile generated text so that tracebacks, debuggers and ``inspect.getsource`` see it.

    >>> double = load("def double(x):\\n    return 2 * x\\n", {}, "double")
    >>> double(4)
    8
    >>> import inspect
    >>> print(inspect.getsource(double))
    def double(x):
        return 2 * x
    <BLANKLINE>
"""
from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Mapping
from typing import Any

_serial = itertools.count(1)


def load(text: str, namespace: Mapping[str, Any], name: str) -> Callable:
    """The function ``name`` that ``text`` defines, with the names of ``namespace`` as its globals.

    Each call makes a file name of its own, which stays in ``linecache``.
    """
    filename = f"<s2sad {name} {next(_serial)}>"
    code = compile(text, filename, "exec", dont_inherit=True)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope = {"__name__": "s2sad.generated", **namespace}
    exec(code, scope)
    return scope[name]
