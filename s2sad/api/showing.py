"""Looking at what is made of products with a Jacobian: a pullback, a tangent map, a Hessian-vector product, a matrix.

``Showing`` has the methods of a ``Derivative`` that look at the generated code. They show the product behind the
object, with the cotangent (or the tangents) that they are given, or else with ones.

    >>> import numpy as np
    >>> from s2sad import vjp
    >>> _, pullback = vjp(lambda x: 3.0 * x, 2.0)
    >>> print(pullback.source.splitlines()[-1].strip())
    return t, (x_bar,)
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.api.inspection import Inspection, written_source
from s2sad.show.compare import Comparison, compare
from s2sad.show.debug import Diagnosis
from s2sad.show.graph import Graph
from s2sad.show.profile import Profile
from s2sad.show.stages import Stages
from s2sad.show.trace import Trace


class Showing:
    """The views of an object that is not a ``Derivative`` itself. ``inner`` is the product, ``made`` the derivative
    whose program is shown (most often the same)."""

    inner: Inspection
    made: Inspection

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _at(self, args: tuple) -> tuple[tuple, tuple | None]:
        """The arguments of the function, and the cotangent or tangents in a tuple (None: ones)."""
        return args, None

    @property
    def source(self) -> str:
        """The generated source behind it, of the latest call."""
        return self.made.source

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """The generated source for the kinds of these arguments."""
        return self.made.source_for(*self._at(args)[0], **kwargs)

    def stages(self, *args: Any, **kwargs: Any) -> Stages:
        """Every stage from the function to the generated source."""
        return self.made.stages(*self._at(args)[0], **kwargs)

    def trace(self, *args: Any, **kwargs: Any) -> Trace:
        """The evaluation trace of one product, forwards in forward mode; ``tangents`` and ``cotangent`` choose it."""
        args, extra = self._at(args)
        if extra is not None and self.inner.kind.late == "cotangent":
            kwargs.setdefault("cotangent", extra[0])
        elif extra is not None:
            given = iter(extra)
            moving = self.inner.request(len(args), {}).argnums
            kwargs.setdefault("tangents", tuple(next(given) if k in moving else None for k in range(len(args))))
        return self.inner.trace(*args, **kwargs)

    def graph(self, *args: Any, **kwargs: Any) -> Graph:
        """The computation graph, with the adjoints for a cotangent of ones."""
        return self.inner.graph(*self._at(args)[0], **kwargs)

    def profile(self, *args: Any, repeat: int = 5, **kwargs: Any) -> Profile:
        """Time and memory of each line of the generated function."""
        args, extra = self._at(args)
        return self.made.profile(*args, repeat=repeat, extra=extra, **kwargs)

    def debug(self, *args: Any, **kwargs: Any) -> Diagnosis:
        """Find the first NaN or infinity."""
        args, extra = self._at(args)
        return self.made.debug(*args, extra=extra, **kwargs)

    def diff(self, handwritten: Callable, *args: Any, repeat: int = 5, rtol: float = 1e-6, atol: float = 1e-8
             ) -> Comparison:
        """Compare with a function of yours that takes and returns the same: numbers, source, time."""
        point = self._at(args)[0]
        source = self.made.entry(point, {}).source.text
        result = self(*args)
        single = not isinstance(result, tuple)
        names = ["result"] if single else [f"result[{k}]" for k in range(len(result))]
        return compare(self.made.title, self, handwritten, args, names, single, source,
                       written_source(handwritten, args), repeat, rtol, atol)

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare the product behind it with finite differences along a random direction.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        self.inner.check(*self._at(args)[0], rtol=rtol, atol=atol, seed=seed)

    def save(self, path: Any, *args: Any, **kwargs: Any) -> None:
        """Write a module that holds the generated function and does not need s2sad; as ``save`` of ``grad``."""
        self.made.save(path, *self._at(args)[0], **kwargs)

    def exported(self, *args: Any, **kwargs: Any) -> str:
        """The text of the module that ``save`` writes."""
        return self.made.exported(*self._at(args)[0], **kwargs)

    def _repr_html_(self) -> str:
        return self.made._repr_html_()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.made.plain(repr(self)), "text/html": self._repr_html_()}
