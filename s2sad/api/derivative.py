"""The object that ``grad`` returns: a derivative of a function, compiled for each signature on first use.

A call looks up the generated function for the kinds of its arguments and runs it (``dispatch`` has the short way). An
exception in generated code is the user's own, or Python's arithmetic giving up where NumPy's goes on.

    >>> square = Derivative(lambda x: x * x, "grad", 0)
    >>> square(3.0)
    6.0
"""
from __future__ import annotations

import functools
import inspect
import threading
import time
import types
import weakref
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from s2sad import rules, runtime
from s2sad.api.checks import (
    check_distinct,
    check_memory,
    check_signature,
    is_single,
    names_of,
    positions,
    takes_more_than_self,
)
from s2sad.api.dispatch import PLAIN, fits_like
from s2sad.api.edges import EDGE
from s2sad.api.inspection import Inspection
from s2sad.api.lenient import lift, lower_floats, numpy_function
from s2sad.api.raised import has_effects, is_added, is_followed, place, place_of_rule, placed
from s2sad.api.selfcheck import Checked, check_raised, is_cheap, look, policy, valid_policy
from s2sad.derive import MODES, Entry, Request, build
from s2sad.derive.nested import nested
from s2sad.derive.results import non_scalar
from s2sad.errors import AliasError, ArgumentError, NotDifferentiable, UnsupportedSyntax
from s2sad.frontend import Nested
from s2sad.ir.kinds import is_like_an_array, kinds_of

Argnums = int | Sequence[int]
NUMBER_ERRORS = (ZeroDivisionError, OverflowError, ValueError)


_ALL: weakref.WeakSet[Derivative] = weakref.WeakSet()


def _forget() -> None:
    """A rule has changed: every derivative is compiled anew at its next call."""
    for made in list(_ALL):
        for kept in (made.quick, made.seen, made.entries):
            kept.clear()


def _forget_quick() -> None:
    """The next call of every derivative goes the long way."""
    for made in list(_ALL):
        made.quick.clear()


rules.WATCHERS.append(_forget)


_WATCHING: ContextVar[list[tuple[Derivative, tuple]] | None] = ContextVar("_WATCHING", default=None)


def watched(fn: Callable, args: tuple) -> tuple[Any, list[tuple[Derivative, tuple]]]:
    """What a function returns, and the derivatives that it calls, each with the arguments of the function that it is
    of."""
    _forget_quick()
    seen: list[tuple[Derivative, tuple]] = []
    before = _WATCHING.set(seen)
    try:
        return fn(*args), seen
    finally:
        _WATCHING.reset(before)


MOST_TESTS = 32
"""So often a short way is made for arguments of the same classes."""


class Derivative(Inspection):
    """A derivative of a Python function, compiled for each signature on first use.

    It is called like the function. ``source`` is the generated source (``source_for(*args)`` for certain arguments),
    ``stages(*args)`` every stage on the way, ``trace(*args)`` the evaluation trace with values, ``check(*args)`` a
    comparison with finite differences, ``profile(*args)`` what each line costs, ``debug(*args)`` where a NaN was born,
    ``diff(handwritten, *args)`` a comparison with a gradient of yours, ``save(path)`` writes the source.
    """

    __name__: str

    def __init__(self, fn: Callable, mode: str, argnums: Argnums | None = None,
                 argnames: str | Sequence[str] | None = None,
                 has_aux: bool = False, check: str | None = None) -> None:
        if not callable(fn):
            raise ArgumentError("S2S008", f"{fn!r} is not callable, so it has no derivative")
        self.fn = fn
        self.mode, self.kind = mode, MODES[mode]
        self.has_aux = has_aux
        self.check_when = None if check is None else valid_policy(check)
        self.request_args = (argnums, argnames)
        self.names = names_of(argnames)
        self.argnums = positions(fn, argnums, argnames)
        self.single = is_single(argnums, argnames)
        self.needed = 1 + max((k for k in self.argnums if isinstance(k, int)), default=-1) if self.names else 0
        self.quick: dict[tuple[type, ...], tuple[Callable[..., bool] | None, Entry]] = {}
        self.seen: dict[tuple[type, ...], int] = {}
        self.entries: dict[Any, Entry] = {}
        self.parameters: inspect.Signature | None = None
        self.lock = threading.RLock()
        self.latest: Entry | None = None
        _ALL.add(self)
        functools.update_wrapper(self, fn, updated=())
        if not hasattr(self, "__name__"):  # an object that can be called, or a partial function
            self.__name__ = getattr(getattr(fn, "func", None), "__name__", type(fn).__name__)

    @property
    def generated_name(self) -> str:
        """What the derivative is called where it is differentiated itself: ``f_grad``."""
        return f"{getattr(self.fn, 'generated_name', None) or self.__name__}_{self.mode}"

    def __repr__(self) -> str:
        return f"<{self.mode} of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.argnums}>"

    def __reduce__(self) -> tuple:
        return type(self), (self.fn, self.mode, *self.request_args, self.has_aux, self.check_when)

    def __set_name__(self, owner: type, name: str) -> None:
        """A method is differentiated by its first argument after ``self``, if it does not say otherwise. A function
        from elsewhere that is kept in a class stays what it is."""
        inside, _, _ = getattr(self.fn, "__qualname__", "").rpartition(".")
        if self.request_args == (None, None) and inside == owner.__qualname__ and takes_more_than_self(self.fn):
            self.request_args = 1, None
            self.argnums = (1,)

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    # ---- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if not kwargs and len(args) >= self.needed:
            kinds = tuple(map(type, args))
            known = self.quick.get(kinds)
            if known is not None:
                fits, entry = known
                if (fits is None or fits(*args)) and (not entry.guards or entry.valid()):
                    self.latest = entry
                    if entry.watched:
                        check_memory(entry, args)
                    try:
                        return entry.function(*args)
                    except Exception as error:
                        with EDGE:
                            return self.recover(entry, args, (), (), error)
            with EDGE:
                entry = self.entry(args, {})
            self.remember(kinds, args, entry)
        else:
            args, kwargs = self.positional(args, kwargs)
            with EDGE:
                entry = self.entry(args, kwargs)
            args = (*args, *kwargs.values())
        self.latest = entry
        with EDGE:
            return self.run(entry, args, tuple(kwargs))

    def remember(self, kinds: tuple[type, ...], args: tuple, entry: Entry) -> None:
        """Make the short way for calls like this one, the second time that it is needed; not for ever new sizes."""
        if not entry.looked and (self.check_when or policy()) == "always":
            return
        if all(k in PLAIN or issubclass(k, np.generic) for k in kinds):
            self.quick[kinds] = None, entry
            return
        self.seen[kinds] = seen = self.seen.get(kinds, 0) + 1
        fits = fits_like(args) if 1 < seen <= MOST_TESTS else None
        if fits is not None:
            self.quick[kinds] = fits, entry

    def run(self, entry: Entry, args: tuple, names: tuple[str, ...] = ()) -> Any:
        """Call the compiled function; the last arguments are those of the keywords ``names``."""
        if entry.watched:
            check_memory(entry, args)
        start = 0.0 if entry.looked else time.perf_counter()
        try:
            result = entry.function(*args)
        except Exception as error:
            return self.recover(entry, args, names, (), error)
        if not entry.looked:
            self.look(entry, args, names, result, time.perf_counter() - start)
        return result

    def look(self, entry: Entry, args: tuple, names: tuple[str, ...], result: Any, took: float,
             late: tuple = ()) -> None:
        """Check what the first call for these kinds gave, if that is wanted and cheap."""
        when = self.check_when or policy()
        entry.looked = when != "always"
        if when == "always" or (when == "first" and is_cheap(entry.built, took)):
            look(Checked(self.fn, self.__name__, entry, names), args, result, when == "always", late)

    def recover(self, entry: Entry, args: tuple, names: tuple[str, ...], extra: tuple, error: Exception) -> Any:
        """What to do about an exception in generated code: it is the user's, or Python's arithmetic gave up where
        NumPy's goes on, or the user's function catches it, which generated code does not."""
        if isinstance(error, runtime.NotScalar):
            raise non_scalar(self.fn, *error.args) from None
        if isinstance(error, runtime.NotPlain):
            raise NotDifferentiable("S2S003", f"`{self.__name__}` computes with {error}, whose operators are not those "
                                    "of arrays", hint="make it an array: `np.asarray(…)`") from None
        if isinstance(error, runtime.WrongRule):
            raise NotDifferentiable("S2S003", f"a rule of your own does not fit: {error}", place_of_rule(entry, error),
                                    hint="sum over what was broadcast") from None
        if isinstance(error, runtime.OrderMatters):
            raise AliasError("S2S004", f"`{self.__name__}`: {error}: what NumPy assigns depends on the order in memory",
                             hint="assign a copy: `A[:, j] = A[i].copy()`") from None
        if isinstance(error, runtime.LengthChanges):
            raise UnsupportedSyntax("S2S010", f"`{self.__name__}`: {error}", hint="build a new list") from None
        if isinstance(error, NotImplementedError) and str(error).startswith("S2S003: ") and is_added(entry, error):
            raise NotDifferentiable("S2S003", str(error)[len("S2S003: "):], place(entry, error)) from None
        if entry.lowered.catches and not is_followed(entry, error):
            raise UnsupportedSyntax("S2S001",
                                    f"`{self.__name__}` raises {type(error).__name__} here; a `try` that catches it "
                                    "at run time is not followed", hint="test the condition with `if`") from error
        if not isinstance(error, NUMBER_ERRORS):
            self.look_at_error(entry, args, names, error)
            raise placed(entry, error)
        if not has_effects(entry.lowered.function):
            return self.run_with_numpy(entry, args, names, extra, error)
        if not is_added(entry, error):
            raise placed(entry, error)
        raise ArgumentError("S2S008", f"the derivative of `{self.__name__}` at these arguments is infinite or not "
                            f"defined ({type(error).__name__}: {error}), and the function has effects, so it is not "
                            "run again with NumPy's arithmetic", hint="pass NumPy numbers: `np.float64(x)`") from error

    def look_at_error(self, entry: Entry, args: tuple, names: tuple[str, ...], error: Exception) -> None:
        if (self.check_when or policy()) != "never":
            check_raised(Checked(self.fn, self.__name__, entry, names), args, error)

    def run_with_numpy(self, first: Entry, args: tuple, names: tuple[str, ...], extra: tuple, error: Exception) -> Any:
        """Python's float arithmetic raised. If the user's function raises too, that is the answer; if not, the
        derivative is taken with NumPy's arithmetic, which has inf and nan."""
        n, latest = len(args) - len(names), self.latest
        self.fn(*runtime.copy(args[:n]), **runtime.copy(dict(zip(names, args[n:]))))
        try:
            with np.errstate(all="ignore"):
                lifted = tuple(lift(x) for x in args)
                entry = self.entry(lifted[:n], dict(zip(names, lifted[n:])))
                return lower_floats(numpy_function(entry)(*lifted, *extra))
        except NUMBER_ERRORS:
            self.look_at_error(first, args, names, error)
            raise error from None
        finally:
            self.latest = latest

    def positional(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Keyword arguments that name positional parameters, in their place."""
        try:
            if self.parameters is None:
                self.parameters = inspect.signature(self.fn)
            bound = self.parameters.bind(*args, **kwargs)
        except (TypeError, ValueError):
            return args, kwargs
        bound.apply_defaults() if self.names else None
        return bound.args, bound.kwargs

    def entry(self, args: tuple, kwargs: dict[str, Any]) -> Entry:
        """The compiled derivative for these arguments."""
        seen = _WATCHING.get()
        if seen is not None:
            seen.append((self, runtime.copy_together(args)))
        key = kinds_of(args, kwargs)
        entry = self.entries.get(key)
        if entry is None or not entry.valid():
            with self.lock:
                entry = self.entries.get(key)
                if entry is None or not entry.valid():
                    request = self.request(len(args), kwargs)
                    check_distinct((*args, *kwargs.values()), request.argnums)
                    with EDGE:
                        entry = self.build(args, kwargs, request)
                    self.entries[key] = entry
                    self.quick.clear()
                    self.seen.clear()
        self.latest = entry
        return entry

    def build(self, args: tuple, kwargs: dict[str, Any], request: Request) -> Entry:
        """The compiled derivative; where an array of another package was in the way, that is said."""
        try:
            return build(self.fn, args, kwargs, request)
        except (UnsupportedSyntax, NotDifferentiable) as error:
            found = next((k for k, x in enumerate((*args, *kwargs.values())) if is_like_an_array(x)), None)
            if found is None:
                raise
            kind = type((*args, *kwargs.values())[found])
            name = f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
            said = f"argument {found} of `{self.__name__}` is a `{name}`, whose code is not followed ({error.message})"
            raise ArgumentError("S2S006", said, hint="pass an array of NumPy: `np.asarray(x)`") from None

    def request(self, n: int, kwargs: dict[str, Any]) -> Request:
        argnums = []
        for k in self.argnums:
            if isinstance(k, str):
                if k not in kwargs:
                    raise ArgumentError("S2S008", f"argnames names `{k}`, which the call does not pass")
                k = n + list(kwargs).index(k)
            elif not -n <= k < n + len(kwargs):
                check_signature(self.fn, n, kwargs)
                raise ArgumentError("S2S008", f"argnums names argument {k}, but the call has {n} positional arguments",
                                    hint="argnums counts from 0; use argnames for keyword arguments")
            argnums.append(k % n if k < 0 else k)
        return Request(self.kind, tuple(argnums), self.single, self.has_aux)

    @property
    def __s2sad_inside__(self) -> Nested:
        example = Request(self.kind, self.argnums, self.single, self.has_aux)
        return nested(self.fn, lambda n: self.request(n, {}), example)
