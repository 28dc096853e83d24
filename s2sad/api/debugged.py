"""A derivative with ``debug_nans=True``: a NaN or an infinity in what it returns is an error that says where it began.

    >>> import numpy as np
    >>> from s2sad.errors import NotFiniteError
    >>> df = Debugged(lambda x: np.sum(np.sqrt(x)), "grad", 0)
    >>> df(np.array([4.0]))
    array([0.25])
    >>> try:
    ...     with np.errstate(divide="ignore"):
    ...         df(np.array([0.0]))
    ... except NotFiniteError as error:
    ...     print(error.code, "`0.5 / t` is [inf]" in str(error))
    S2S016 True
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.api.derivative import Argnums, Derivative
from s2sad.errors import NotFiniteError
from s2sad.show.debug import is_finite


class Debugged(Derivative):
    """A derivative that checks what it returns. The numbers are those of the derivative without it.

    ``grad`` does not compute the value of the function. Here it does, since a value that is not finite may have a
    gradient that is: it runs the derivative that returns both, and ``source`` is that of it.
    """

    def __init__(self, fn: Callable, mode: str, argnums: Argnums | None = None, argnames: Any = None,
                 has_aux: bool = False, check: str | None = None) -> None:
        super().__init__(fn, mode, argnums, argnames, has_aux, check)
        self.full = Derivative(fn, "value_and_grad", argnums, argnames, has_aux, check)

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.full.__set_name__(owner, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value, gradient = self.full(*args, **kwargs)
        self.latest = self.full.latest
        if not is_finite((value[0] if self.has_aux else value, gradient)):
            raise self.error(args, kwargs)
        if self.kind.valued:
            return value, gradient
        return (gradient, value[1]) if self.has_aux else gradient

    def error(self, args: tuple, kwargs: dict[str, Any]) -> NotFiniteError:
        """What to raise: where the first NaN or infinity was born."""
        found = self.debug(*args, **kwargs)
        message = f"NaN or infinity in the value or the gradient of `{self.__name__}`"
        first, why = found.first, [f"the argument `{name}` is not finite already: {x}" for name, x in found.arguments]
        if first is None:
            return NotFiniteError("S2S016", message, None, "; ".join(why or found.lines()))
        what = "value" if first.sweep == "forward" else "adjoint"
        message += f", first in the {first.sweep} sweep: the {what} `{first.expression}` is {first.value}"
        if first.operands:
            why.append("with " + ", ".join(f"{name} = {value}" for name, value in first.operands))
        why.append(f"generated line {first.line}: {first.code}")
        return NotFiniteError("S2S016", message, first.loc, "; ".join(why), "`.debug(…)` with these arguments prints "
                              "the whole report")
