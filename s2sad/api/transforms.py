"""Transforms of functions, each written once: a Python function over other transforms.

``transform`` makes a public function of a definition. What is said of its result follows from that: called, it runs
what was generated for the definition; its source, stages, trace, … are those; ``check`` holds it against the
definition, and every derivative in that against finite differences; inside a function that is being differentiated the
definition is inlined; it is pickled as the transform and what it was called with.

    >>> import numpy as np
    >>> from s2sad import grad
    >>> @transform("gradient norm")
    ... def gradient_norm(f, argnums=0):
    ...     slope = grad(f, argnums)
    ...     def norm(*args):
    ...         return np.sqrt(np.sum(slope(*args) ** 2))
    ...     return norm
    >>> norm = gradient_norm(lambda x: np.sum(x ** 2))
    >>> float(norm(np.array([3.0, 4.0]))), grad(norm)(np.array([3.0, 4.0]))
    (10.0, array([1.2, 1.6]))
"""
from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime, tree
from s2sad.api.derivative import Derivative, watched
from s2sad.api.edges import at_an_edge
from s2sad.api.showing import Showing
from s2sad.derive.jacobians import Structured
from s2sad.errors import ArgumentError


def transform(title: str, shows: str = "", check: Callable | None = None, parts: Callable | None = None) -> Callable:
    """Decorator for a definition: a function ``(fn, *options) → function of the arguments``.

    Parameters
    ----------
    title : str
        What the result is, as in "gradient norm of f with respect to x".
    shows : str, optional
        The variable of the definition that holds the derivative whose program is shown and which does the work, if the
        function only puts together what it returns. By default the function is compiled as a whole.
    check : callable, optional
        ``check(made, args, rtol, atol, seed)`` in place of the comparison above.
    parts : callable, optional
        ``parts(made, args, kwargs)`` in place of it where the function that is transformed returns a structure.
    """
    def decorate(definition: Callable) -> Callable:
        @functools.wraps(definition)
        def made(fn: Callable, *options: Any, **named: Any) -> Transformed:
            return Transformed(made, fn, options, named)
        found: Any = made
        found.__s2sad_inside__, found.title = definition, title
        found.shows, found.check, found.parts = shows, check, parts
        return made
    return decorate


def _again(kind: Callable, fn: Callable, options: tuple, named: dict[str, Any]) -> Any:
    return kind(fn, *options, **named)


def _takes_keywords(function: Any) -> bool:
    return not isinstance(function, types.FunctionType) or bool(function.__code__.co_flags & 0x08)


def _named(function: Any, fn: Callable, name: str) -> Any:
    """The function that a definition returned, with the parameters of ``fn`` and a name for generated code."""
    if not isinstance(function, types.FunctionType):
        return function
    made: Any = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__,
                                   function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    made.generated_name = name
    return functools.update_wrapper(made, fn, updated=())


class Transformed(Showing):
    """What a transform returns: a function, with the views of a ``Derivative``."""

    __name__: str
    inner: Derivative
    made: Derivative

    def __init__(self, kind: Any, fn: Callable, options: tuple, named: dict[str, Any]) -> None:
        self.kind, self.fn, self.request = kind, fn, (options, named)
        self.parts: dict[tuple, Transformed] = {}
        self.function = kind.__s2sad_inside__(fn, *options, **named)
        functools.update_wrapper(self, fn, updated=())
        if kind.shows:
            cells = zip(self.function.__code__.co_freevars, self.function.__closure__)
            made = next(cell.cell_contents for name, cell in cells if name == kind.shows)
        else:
            self.function = _named(self.function, fn, self.generated_name)
            made = Derivative(self.function, "value", self.argnums)
        self.inner = self.made = made
        if made.kind.each:
            self.inner = type(made)(made.fn, made.kind.each, made.argnums, made.has_aux)
        self.inner.label = made.label = kind.title

    def __repr__(self) -> str:
        return f"<{self.kind.__name__} of {getattr(self.fn, '__qualname__', self.fn)!s}, argnums={self.argnums}>"

    @property
    def generated_name(self) -> str:
        """What it is called where it is compiled or differentiated itself."""
        return f"{getattr(self.fn, 'generated_name', None) or self.__name__}_{self.kind.__name__}"

    @property
    def argnums(self) -> Any:
        """The positions that it was asked for."""
        given = inspect.signature(self.kind).bind(self.fn, *self.request[0], **self.request[1])
        given.apply_defaults()
        named = given.arguments
        return named.get("argnums") if named.get("argnum") is None else named["argnum"]

    def __reduce__(self) -> tuple:
        return _again, (self.kind, self.fn, *self.request)

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    @property
    def __s2sad_inside__(self) -> Callable:
        return self.function

    @at_an_edge
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args, kwargs = self.placed(args, kwargs)
        self._at(args)
        try:
            return self.function(*args, **kwargs) if self.kind.shows else self.made(*args, **kwargs)
        except Structured:
            return self.kind.parts(self, args, kwargs)
        except ArgumentError as error:
            raise error.of(self.kind.__name__) from None

    def placed(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """The arguments of a call by position, and those that have none; what comes late stays last."""
        late = len(args) - self.late
        first, rest = self.made.positional(args[:late], kwargs)
        if rest and not _takes_keywords(self.function):
            raise ArgumentError("S2S008", f"`{', '.join(rest)}` cannot be passed here: it has no position",
                                hint="bind it first: `functools.partial(f, …)`")
        return (*first, *args[late:]), rest

    @property
    def late(self) -> int:
        """How many of the last arguments are tangents."""
        return len(self.made.argnums) if self.made.kind.late == "tangents" else 0

    def _at(self, args: tuple) -> tuple[tuple, tuple | None]:
        late = self.late
        if late and len(args) < late + 1 + max(self.made.argnums[0], 0):
            raise ArgumentError("S2S008", f"{self.kind.__name__} takes the arguments of `{self.__name__}` and then a "
                                f"vector; it got {len(args)} argument{'s' * (len(args) != 1)}")
        return (args[:-late], args[-late:]) if late else (args, None)

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare with finite differences: the product that it shows; else every derivative in its definition, and what
        is generated with the definition.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        if self.kind.check is not None:
            self.kind.check(self, args, rtol, atol, seed)
        elif self.kind.shows:
            super().check(*args, rtol=rtol, atol=atol, seed=seed)
        else:
            found, calls = watched(self.function, runtime.copy_together(args))
            for made, given in calls:
                made.check(*given, rtol=rtol, atol=atol, seed=seed)
            result = self(*runtime.copy_together(args))
            for a, b in zip(tree.leaves(result), tree.leaves(found), strict=True):
                np.testing.assert_allclose(a, b, rtol, atol, err_msg=f"{self.made.title} and its definition")


