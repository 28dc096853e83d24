"""Where the package ends for somebody who reads a traceback.

A refusal tells where in the user's function it is; which of our functions it went through tells nothing. At an edge
those frames are cut off, unless the environment variable ``S2SAD_TRACEBACK`` is ``full``. Of an exception of the user's
program those stay that begin in generated code.

    >>> from s2sad import grad
    >>> import traceback
    >>> try:
    ...     grad(lambda x: eval("x"))(2.0)
    ... except Exception as error:
    ...     print(len(traceback.extract_tb(error.__traceback__)) <= 3)
    True
"""
from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from s2sad.errors import S2SADError

PACKAGE = str(Path(__file__).parents[1])
Function = TypeVar("Function", bound=Callable)


class _Edge:
    """``with EDGE:`` an exception that comes out forgets the way that it came through the package."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        if not isinstance(error, Exception) or os.environ.get("S2SAD_TRACEBACK") == "full":
            return
        while trace is not None and (isinstance(error, S2SADError) or is_ours(trace)):
            trace = trace.tb_next
        error.__traceback__ = trace
        if isinstance(error, S2SADError) and error.__cause__ is None:
            error.__suppress_context__ = True
        forget_what_was_caught(error)


def forget_what_was_caught(error: BaseException) -> None:
    """Take out of the history of an exception what was caught in the package before the function itself raised it."""
    while error.__context__ is not None:
        before = error.__context__
        trace = before.__traceback__
        if error.__cause__ is not before and trace is not None and is_ours(trace):
            error.__context__ = None
        else:
            error = before


def is_ours(trace: TracebackType) -> bool:
    """Whether an entry of a traceback is one of the package."""
    return trace.tb_frame.f_code.co_filename.startswith(PACKAGE)


EDGE = _Edge()


def at_an_edge(fn: Function) -> Function:
    """A public function whose errors do not tell of what is behind it."""
    @functools.wraps(fn)
    def public(*args: object, **kwargs: object) -> object:
        __tracebackhide__ = True
        with EDGE:
            return fn(*args, **kwargs)
    public.__s2sad_inside__ = fn  # type: ignore[attr-defined]
    return public  # type: ignore[return-value]
