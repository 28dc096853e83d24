"""Looking at a derivative: what the object that ``grad`` returns can show of itself.

``Views`` has one short method for each view; the work is done in ``s2sad.show``, which gets IR, source and values.

    >>> from s2sad import grad
    >>> print(grad(lambda x: 3.0 * x).source_for(1.0).splitlines()[-1].strip())
    return 3.0
"""
from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import numeric, runtime
from s2sad.derive import Entry, Request, leaves_of, stages
from s2sad.frontend.signature import lower_function
from s2sad.show.trace import Trace, trace


class Views:
    """The views of a derivative; ``Derivative`` says what it is the derivative of."""

    fn: Callable
    mode: str
    argnums: tuple[Any, ...]
    single: bool
    has_aux: bool
    latest: Entry | None
    lock: threading.RLock

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def entry(self, args: tuple, kwargs: dict[str, Any]) -> Entry:
        """The compiled derivative for these arguments."""
        raise NotImplementedError

    def request(self, n: int, kwargs: dict[str, Any]) -> Request:
        """What is asked for in a call with ``n`` positional arguments."""
        raise NotImplementedError

    @property
    def source(self) -> str:
        """The generated source: of the latest call; before any call, for float arguments."""
        if self.latest is not None:
            return self.latest.source.text
        count = len([p for p in inspect.signature(self.fn).parameters.values()
                     if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)])
        try:
            count = max(count, 1 + max(k for k in self.argnums if isinstance(k, int)))
            return self.entry((1.0,) * count, {}).source.text
        finally:
            self.latest = None

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """The generated source for the kinds of these arguments."""
        return self.entry(args, kwargs).source.text

    def stages(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Every stage from the function to its derivative: pairs of title and text."""
        return stages(self.fn, args, kwargs, self.request(len(args), kwargs))

    def trace(self, *args: Any) -> Trace:
        """The evaluation trace with values: the forward primal trace and the reverse adjoint trace."""
        lowered = lower_function(self.fn, args, {})
        inputs = tuple(v for k in self.request(len(args), {}).argnums for v in leaves_of(lowered.leaves[k]))
        return trace(dataclasses.replace(lowered.function, inputs=inputs), args)

    def check(self, *args: Any, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0) -> None:
        """Compare the gradient at these arguments with finite differences along a random direction.

        Raises
        ------
        AssertionError
            Where they disagree.
        """
        rng = np.random.default_rng(seed)
        argnums = self.request(len(args), {}).argnums
        directions = [numeric.random_like(rng, x) if k in argnums else None for k, x in enumerate(args)]
        result = self(*runtime.copy(args))
        grads = result[1] if self.mode == "value_and_grad" else result[0] if self.has_aux else result
        pairs = zip(argnums, (grads,) if self.single else grads)
        slope = sum(numeric.dot(g, directions[k], args[k]) for k, g in pairs)

        def value(*given: Any) -> Any:
            y = self.fn(*runtime.copy(given))
            return y[0] if self.has_aux else y
        numeric.compare(value, args, directions, np.array([slope]), rtol, atol, numeric.STEPS, "gradient")

    def save(self, path: Any) -> None:
        """Write the generated source to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.source)
