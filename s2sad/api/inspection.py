"""What a derivative says about itself when it is measured or displayed: profile, debug, diff, the notebook view.

``Inspection`` has one short method for each; the work is done in ``s2sad.show``.

    >>> import numpy as np
    >>> from s2sad import grad
    >>> print(grad(lambda x: np.sum(np.sqrt(x))).debug(np.array([4.0, 0.0])).first.expression)
    0.5 / t
"""
from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.ad.activity import useful, varied
from s2sad.api.edges import EDGE
from s2sad.api.lenient import lift, numpy_function
from s2sad.api.views import Views
from s2sad.backend.emit import Source
from s2sad.derive import MODES, Entry, build, stages
from s2sad.derive.leaves import differentiable
from s2sad.errors import S2SADError
from s2sad.frontend import code_of, find, leaves_of
from s2sad.ir import Var
from s2sad.ir.walk import variables
from s2sad.show import html
from s2sad.show.compare import Comparison, compare
from s2sad.show.debug import Diagnosis, diagnose
from s2sad.show.profile import Profile, profile
from s2sad.show.stages import Stages

NUMBER_ERRORS = (ZeroDivisionError, OverflowError, ValueError)


class Inspection(Views):
    """Measuring and displaying a derivative; ``Derivative`` says what it is the derivative of."""

    measured: tuple[Source, Profile] | None = None
    label = ""

    def stages(self, *args: Any, **kwargs: Any) -> Stages:
        """Every stage from the function to its derivative: what you wrote, the trace, the adjoint, the program after
        each pass, the generated source.

        Returns
        -------
        Stages
            Pairs of title and text. Prints as a whole, shows itself in a notebook; ``.diff("cse")`` is what a pass
            changed.

        Examples
        --------
        >>> from s2sad import grad
        >>> def f(x):
        ...     return np.sin(x) * np.sin(x)
        >>> print(grad(f).stages(2.0).diff("inplace"))
        after inplace: no change
        """
        return Stages(stages(self.fn, args, kwargs, self.request(len(args), kwargs)))

    def profile(self, *args: Any, repeat: int = 5, extra: tuple | None = None, **kwargs: Any) -> Profile:
        """Time and memory of each line of the generated function, and summed on the lines of the function itself.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function.
        repeat : int
            How often it runs; of each line the fastest run counts.
        extra : tuple, optional
            What the derivative takes beside the arguments of the function: of ``vjp`` the cotangent, of ``jvp`` the
            tangents, by default ones.

        Returns
        -------
        Profile
            Prints as a table, shows itself in a notebook; ``.rows`` (seconds, bytes) has the data. Afterwards the view
            of the derivative has the costs beside the lines.

        Examples
        --------
        >>> from s2sad import grad
        >>> made = grad(lambda x: np.sum(np.tanh(x) ** 2)).profile(np.ones(1000), repeat=2)
        >>> made.rows[0].sweep, made.rows[0].hits, made.rows[0].peak >= 8000
        ('forward', 1, True)
        """
        args, kwargs = self._placed(args, kwargs)
        entry = self.entry(args, kwargs)
        given = (*args, *kwargs.values(), *(self.beside(args, kwargs) if extra is None else extra))

        def call(function: Callable) -> Any:
            return function(*runtime.copy(given))

        made = profile(entry.source, entry.function, call, repeat)
        self.measured = entry.source, made
        return made

    def debug(self, *args: Any, extra: tuple | None = None, **kwargs: Any) -> Diagnosis:
        """Find the first NaN or infinity, in the values of the forward sweep or the adjoints of the reverse sweep.
        ``extra`` as in ``profile``.

        Returns
        -------
        Diagnosis
            Prints as a report. ``.first`` is where it was born: ``.first.loc`` the place in your source,
            ``.first.expression`` of the generated code, its ``.operands``. False if everything is finite.

        Examples
        --------
        >>> from s2sad import grad
        >>> def f(x):
        ...     return x * np.log(x)
        >>> grad(f).debug(0.0).first.sweep
        'forward'
        """
        args, kwargs = self._placed(args, kwargs)
        request = self.request(len(args), kwargs)
        if request.mode.complete:  # so that the forward sweep is, too
            request = dataclasses.replace(request, mode=MODES[request.mode.complete])
        given = self.beside(args, kwargs) if extra is None else extra

        def run(args: tuple, kwargs: dict[str, Any], numpy: bool) -> Diagnosis:
            with EDGE:
                entry = build(self.fn, args, kwargs, request)
            names = [p.name for p in entry.lowered.function.params]
            values = (*args, *kwargs.values(), *given)
            scope = numpy_function(entry).__globals__ if numpy else None
            return diagnose(self.title, entry.source, lambda function: function(*runtime.copy(values)),
                            dict(zip(names, values)), scope)
        try:
            return run(args, kwargs, False)
        except NUMBER_ERRORS:
            with np.errstate(all="ignore"):
                self.fn(*runtime.copy(args), **runtime.copy(kwargs))  # if this raises, it is the user's
            return run(tuple(map(lift, args)), {k: lift(v) for k, v in kwargs.items()}, True)

    def diff(self, handwritten: Callable, *args: Any, repeat: int = 5, rtol: float = 1e-6, atol: float = 1e-8
             ) -> Comparison:
        """Compare the generated gradient with a handwritten one: numbers, source, time.

        Parameters
        ----------
        handwritten : callable
            Takes the arguments of the function and returns what the derivative returns.
        *args
            Where to compare.
        repeat : int
            How often each is timed.
        rtol, atol : float
            Numbers agree where ``|a − b| <= atol + rtol |b|``.

        Returns
        -------
        Comparison
            Prints as a report; true if the two agree.

        Examples
        --------
        >>> from s2sad import grad
        >>> def f(x):
        ...     return x ** 3
        >>> bool(grad(f).diff(lambda x: 3.0 * x * x, 2.0)), bool(grad(f).diff(lambda x: 2.0 * x, 2.0))
        (True, False)
        """
        entry = self.entry(args, {})
        names = [f"∂{p.name}" for p in (entry.lowered.function.params[k] for k in entry.request.argnums)]
        single = self.single
        if entry.request.at is not None:
            gradient = names[0] if self.single else "gradient"
            names, single = (["value", gradient] if self.kind.valued else [gradient, "aux"]), False
        return compare(self.title, self, handwritten, args, names, single, entry.source.text,
                       written_source(handwritten, args), repeat, rtol, atol)

    # ---- in a notebook -----------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What it is the derivative of, by what."""
        name = getattr(self.fn, "__name__", "function").replace("<lambda>", "λ")
        return f"{self.label or self.kind.title} of {name} with respect to {', '.join(self._wrt())}"

    def _wrt(self) -> list[str]:
        try:
            names = list(inspect.signature(self.fn).parameters)
        except (TypeError, ValueError):
            names = []
        return [str(k) if isinstance(k, str) else names[k] if -len(names) <= k < len(names) else f"argument {k}"
                for k in self.argnums]

    def _repr_html_(self) -> str:
        listings = _listings(self.fn)
        entry = self.latest
        if entry is None:
            try:
                parameters = ", ".join(inspect.signature(self.fn).parameters)
            except (TypeError, ValueError):
                parameters = "…"
            note = "profile(…) adds what each line costs, debug(…) finds NaNs, trace(…) shows the numbers."
            return html.uncalled(self.title, listings, f"df({parameters})", note)
        kinds = ", ".join(item.text for item in entry.arguments)
        measured = self.measured[1] if self.measured and self.measured[0] is entry.source else None
        sweep = "tangents" if self.kind.forward else "reverse sweep"
        return html.called(html.Called(self.title, kinds, listings, entry.source, entry.adjoint,
                                       entry.lowered.function, _active(entry), sweep, measured))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """HTML for notebooks, and the generated source as text for everything else."""
        return {"text/plain": self.plain(repr(self)), "text/html": self._repr_html_()}

    def plain(self, name: str) -> str:
        """The view as text, under a name: the generated source of the latest call."""
        return name if self.latest is None else f"{name}\n\n{self.latest.source.text.rstrip()}"

    def _placed(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        return self.positional(args, kwargs) if kwargs else (args, kwargs)


def _active(entry: Entry) -> frozenset[Var]:
    """The variables of the function that carry a derivative."""
    fn = entry.lowered.function
    inputs = [v for k in entry.request.argnums for v in leaves_of(entry.lowered.leaves[k]) if differentiable(v)]
    outputs = list(variables(fn.result))
    return frozenset(varied(fn, inputs) & useful(fn, outputs))


def _listings(fn: Callable) -> tuple[html.Listing, ...]:
    """The source of the function, if it has one."""
    plain, _ = code_of(fn)
    if not isinstance(plain, types.FunctionType):
        return ()
    try:
        found = find(plain)
    except S2SADError:
        return ()
    first, last = found.node.lineno, found.node.end_lineno or found.node.lineno
    decorators = [d.lineno for d in getattr(found.node, "decorator_list", [])]
    lines = {k: found.lines[k] for k in range(min([first, *decorators]), last + 1) if k in found.lines}
    return (html.Listing(found.file, plain.__name__.replace("<lambda>", "λ"), lines),)


def written_source(fn: Any, args: tuple) -> str:
    """The source of a function, of a derivative what was generated for these arguments; '' if it has none that can be
    read."""
    if isinstance(fn, Inspection):
        return fn.entry(args, {}).source.text
    return "".join("".join(listing.lines.values()) for listing in _listings(fn)) if callable(fn) else ""
