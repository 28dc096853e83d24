"""How many floating-point operations a function, its forward mode and its reverse mode execute: counted, not timed.

    >>> import numpy as np
    >>> print(counts(lambda x: np.sum(x * x), np.ones(1000)))
    <lambda>: 1000 inputs, 1 output              runs  operations of one      total  × primal
    the function                                    1               1999       1999       1.0
    forward mode: a run for each input           1000               4998    4998000    2500.3
    reverse mode: a run for each output             1               2999       2999       1.5
    differences: a run for each input, and 1     1001               1999    2000999    1001.0

This is why frameworks use reverse mode: a loss has one output and as many inputs as the network has parameters. With
few inputs and many outputs forward mode wins; ``counts`` says where. The programs are those that ``grad`` and ``jvp``
generate; they are executed in the reference interpreter, call by call.

What counts as how many operations (of scalars of any precision, complex ones too):

* a function of elements (``+``, ``/``, ``**``, ``exp``, ``maximum``, …) 1 for each element of its result;
* ``sum``, ``prod``, ``max``, ``min``: elements − results; ``mean``: elements; ``var``: 4 × elements, and ``std`` 1 more
  for each result; ``cumsum``, ``cumprod``: elements − lanes; adding into a part of an array: the elements of the part;
* ``matmul`` of m × k and k × n: 2 m n k; ``dot``, ``inner``, ``tensordot`` likewise; ``vdot``, ``norm``: 2 × elements;
  ``outer``, ``kron``: elements of the result; ``convolve``: 2 m n; ``einsum``: the product of all sizes × the number of
  operands (less 1 if nothing is summed); ``arange``, ``linspace``: 2 × elements; Python's ``sum``: elements (0 is added
  to the first);
* moving, choosing and comparing numbers: 0, and so what computes integers and truth values.

Anything else (factorisations, transforms) is an error, and ``formulas=`` the remedy.
"""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from s2sad import numeric, ops, runtime, tree
from s2sad.derive import MODES, Request, build
from s2sad.frontend import lower
from s2sad.ir import Block, Call, Function
from s2sad.ir.interpret import interpret
from s2sad.ir.kinds import kinds_of
from s2sad.ir.opnames import op_name
from s2sad.ir.regions import opened
from s2sad.ir.symbols import AUGMENTED
from s2sad.ir.walk import map_blocks
from s2sad.ops import canonical
from s2sad.rules import lookup

__all__ = ["Counts", "counts", "executed"]

MOVING = {"shapes", "joining", "indexing", "creation", "containers"}
"""Files of rules about operations that move numbers; the linear ones among them compute none."""


# ---- the table of formulas ------------------------------------------------------------------------------------------

def _reduced(y: Any, a: Any, *rest: Any, **options: Any) -> int:
    return np.size(a) - np.size(y)


def _summed(y: Any, xs: Any, *start: Any) -> int:
    return sum(map(np.size, xs))


def _scanned(y: Any, a: Any, axis: Any = None, **options: Any) -> int:
    return np.size(y) - np.size(y) // max(np.size(a) if axis is None else np.shape(a)[axis], 1)


def _dot(y: Any, a: Any, b: Any, **options: Any) -> int:
    return np.size(y) * (2 * np.shape(a)[-1] if np.ndim(a) and np.ndim(b) else 1)


def _tensordot(y: Any, a: Any, b: Any, axes: Any = 2) -> int:
    return 2 * math.isqrt(np.size(y) * np.size(a) * np.size(b))


def _einsum(y: Any, subscripts: Any, *operands: Any, **options: Any) -> int:
    if not isinstance(subscripts, str) or "..." in subscripts:
        raise TypeError("counts has no formula for an einsum with `...` or with lists of axes")
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    sizes = {label: n for term, x in zip(inputs.split(","), operands) for label, n in zip(term, np.shape(x))}
    kept = set(output) if arrow else {label for label in sizes if inputs.count(label) == 1}
    return math.prod(sizes.values()) * (len(operands) - (kept == set(sizes)))


def _is_still(op: Any) -> bool:
    """Whether an operation only makes, views, updates or holds."""
    known = ops.of(op)
    return known.distinct or known.updates or known.may_view or known.memory is ops.Memory.HOLDS or op in (
        runtime.seed, np.pad)


Formulas = Mapping[Callable, Callable[..., int]]

FORMULAS: Formulas = {
    np.sum: _reduced, np.prod: _reduced, np.max: _reduced, np.min: _reduced, runtime.unbroadcast: _reduced,
    runtime.unbroadcast_to: _reduced, np.trace: lambda y, a: min(np.shape(a)) - 1,
    np.mean: lambda y, a, *rest, **options: np.size(a), np.var: lambda y, a, *rest, **options: 4 * np.size(a),
    np.std: lambda y, a, *rest, **options: 4 * np.size(a) + np.size(y), np.cumsum: _scanned, np.cumprod: _scanned,
    sum: _summed, math.fsum: _summed, round: lambda y, *rest: 1,
    max: lambda y, *xs: len(xs) - 1 or len(xs[0]) - 1, min: lambda y, *xs: len(xs) - 1 or len(xs[0]) - 1,
    np.matmul: _dot, np.dot: _dot, np.inner: _dot, np.vdot: lambda y, a, b: 2 * np.size(a), np.tensordot: _tensordot,
    np.outer: lambda y, a, b: np.size(y), np.kron: lambda y, a, b: np.size(y), np.einsum: _einsum,
    np.convolve: lambda y, a, b, *mode, **options: 2 * np.size(a) * np.size(b),
    np.linalg.norm: lambda y, a, *rest, **options: 2 * np.size(a), np.diff: lambda y, *rest, **options: np.size(y),
    np.clip: lambda y, *rest, **options: np.size(y), runtime.masked_product: lambda y, *rest: np.size(y),
    runtime.sech_squared: lambda y, *rest: 2 * np.size(y), runtime.ratio: lambda y, *rest: np.size(y),
    runtime.jump: lambda y, *rest: np.size(y), runtime.slope: lambda y, *rest: np.size(y),
    np.arange: lambda y, *rest, **options: 2 * np.size(y), np.linspace: lambda y, *rest, **options: 2 * np.size(y),
    np.where: lambda y, *rest: 0, np.sort: lambda y, *rest, **options: 0, runtime.add: lambda y, *rest: _floats(y),
    runtime.add_at: lambda y, a, index, value: np.size(a[index]),
    runtime.add_view: lambda y, a, path, index, value: np.size(runtime.view(a, path)[index])}
"""Operations of one call, from its result and its arguments."""


def _floats(y: Any) -> int:
    """The floating-point numbers in a result."""
    return sum(map(np.size, numeric.leaves(y)))


def cost(call: Call, args: tuple, kwargs: dict[str, Any], y: Any, formulas: Formulas) -> int:
    """The operations of one executed call.

    Raises
    ------
    TypeError
        If no formula is known.
    """
    op = canonical(call.op)
    for table in (formulas, FORMULAS):
        if found := table.get(call.op) or table.get(op):
            return found(y, *args, **kwargs) if _floats(y) else 0
    known = lookup(op)
    scalar = getattr(op, "__module__", "") in ("math", "cmath") and not any(isinstance(x, (list, tuple)) for x in args)
    if isinstance(op, np.ufunc) or scalar or (known is not None and known.kind == "elementwise"):
        return _floats(y)
    moves = known is not None and known.kind == "linear" and known.vjp.__module__.rpartition(".")[2] in MOVING
    if isinstance(op, type) or _is_still(op) or (moves and op is not runtime.fold_list) or not _floats(y):
        return 0
    place = f"{call.loc}: " if call.loc else ""
    raise TypeError(f"{place}counts has no formula for `{op_name(call.op)}`: pass formulas={{{op_name(call.op)}: "
                    "lambda y, *args: …}, the operations from the result and the arguments")


# ---- execution ------------------------------------------------------------------------------------------------------

def rewired(fn: Function, wire: Callable[[Call], Callable]) -> Function:
    """The function with another operation in each call: ``wire(call)``. Functions that are called are rewired too."""
    def block(b: Block) -> Block:
        return replace(b, stmts=tuple(map(stmt, b.stmts)))

    def stmt(s: Any) -> Any:
        if not isinstance(s, Call):
            return map_blocks(block, s)
        return replace(s, op=rewired(s.op, wire) if isinstance(s.op, Function) else wire(s))

    return replace(fn, body=block(fn.body))


def executed(fn: Function, *args: Any, formulas: Formulas | None = None) -> tuple[Any, Counter[str]]:
    """Run a program in the reference interpreter and count.

    Parameters
    ----------
    fn : Function
        The IR of a function or of a derivative.
    *args
        One value for each parameter.
    formulas : dict, optional
        Operations of calls that have no formula here, from the result and the arguments.

    Returns
    -------
    result
    Counter
        Operations by the name of what was called; ``.total()`` is all of them.
    """
    tally: Counter[str] = Counter()

    def wire(call: Call) -> Callable:
        def counted(*xs: Any, **named: Any) -> Any:
            if call.op in AUGMENTED:
                xs = (runtime.copy(xs[0]), *xs[1:])
            y = call.op(*xs, **named)
            if n := cost(call, xs, named, y, formulas or {}):
                tally[op_name(call.op)] += n
            return y

        return counted

    with np.errstate(all="ignore"):
        return interpret(rewired(fn, wire), *args), tally


@dataclass(frozen=True)
class Counts:
    """Executed operations. ``inputs`` and ``outputs`` are the sizes of the Jacobian; ``primal``, ``forward_pass``,
    ``reverse_pass`` count one run each of the function, its JVP (with the value) and its VJP (with the value);
    ``by_operation`` has the primal's operations by name."""

    name: str
    inputs: int
    outputs: int
    primal: int
    forward_pass: int
    reverse_pass: int
    by_operation: Counter[str]

    @property
    def forward(self) -> int:
        """The full Jacobian by forward mode."""
        return self.inputs * self.forward_pass

    @property
    def reverse(self) -> int:
        """The full Jacobian by reverse mode."""
        return self.outputs * self.reverse_pass

    @property
    def finite_differences(self) -> int:
        """One-sided difference quotients; the quotients themselves are not counted."""
        return (self.inputs + 1) * self.primal

    @property
    def rows(self) -> list[tuple[str, int, int, int]]:
        """Method, runs, operations of one run, operations of all."""
        return [("the function", 1, self.primal, self.primal),
                ("forward mode: a run for each input", self.inputs, self.forward_pass, self.forward),
                ("reverse mode: a run for each output", self.outputs, self.reverse_pass, self.reverse),
                ("differences: a run for each input, and 1", self.inputs + 1, self.primal, self.finite_differences)]

    def __str__(self) -> str:
        title = f"{self.name}: {_many(self.inputs, 'input')}, {_many(self.outputs, 'output')}"
        lines = [f"{title:42} {'runs':>6} {'operations of one':>18} {'total':>10}  × primal"]
        lines += [f"{what:42} {runs:6} {one:18} {total:10} {total / max(self.primal, 1):9.1f}"
                  for what, runs, one, total in self.rows]
        return "\n".join(lines)


def _many(n: int, what: str) -> str:
    return f"{n} {what}" + "s" * (n != 1)


def counts(f: Callable, *args: Any, argnums: tuple[int, ...] | None = None, formulas: Formulas | None = None
           ) -> Counts:
    """Operations of a function, and of its full Jacobian by forward mode, reverse mode and finite differences.

    Parameters
    ----------
    f : callable
        A function that s2sad differentiates; its result may be any tree of numbers and arrays.
    *args
        Where it is called: control flow and sizes decide what is executed. Real.
    argnums : tuple of int, optional
        The arguments to differentiate by; by default all with floats.
    formulas : dict, optional
        Operations of one call of what has no formula here: ``{np.linalg.inv: lambda y, a: 2 * len(a) ** 3}``.

    Returns
    -------
    Counts

    Raises
    ------
    S2SADError
        If the function cannot be differentiated.
    TypeError
        If a call has no formula, or an argument is complex.

    Notes
    -----
    A. Griewank and A. Walther, Evaluating Derivatives (2008), section 4.6: a gradient costs at most a small multiple
    of the function, whatever the number of inputs.

    Examples
    --------
    >>> def f(x, y):
    ...     return x * y + np.sin(x)
    >>> made = counts(f, 2.0, 3.0)
    >>> made.primal, dict(made.by_operation)
    (3, {'mul': 1, 'np.sin': 1, 'add': 1})
    """
    if argnums is None:
        argnums = tuple(k for k, x in enumerate(args) if numeric.leaves(x))
    wrt = [args[k] for k in argnums]
    if any(map(np.iscomplexobj, numeric.leaves(wrt))):
        raise TypeError("counts is for real arguments")
    rng = np.random.default_rng(0)
    value, primal = executed(opened(lower(f, kinds_of(args)).function), *args, formulas=formulas)
    tangents = [numeric.random_like(rng, x) for x in wrt]
    jvp = build(f, args, {}, Request(MODES["jvp"], argnums, False)).adjoint
    scalar = tree.is_leaf(value) and np.ndim(value) == 0
    vjp = build(f, args, {}, Request(MODES["value_and_grad" if scalar else "vjp"], argnums, False)).adjoint
    cotangent = () if scalar else (numeric.random_like(rng, value),)
    forward, reverse = (executed(fn, *args, *more, formulas=formulas)[1].total()
                        for fn, more in ((jvp, tangents), (vjp, cotangent)))
    name = getattr(f, "__name__", type(f).__name__)
    return Counts(name, _floats(wrt), _floats(value), primal.total(), forward, reverse, primal)
