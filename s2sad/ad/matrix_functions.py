"""Products that are functions of a matrix: ``(v * f(w)) @ v.T`` after ``w, v = eigh(a)``, and those after an SVD.

Where eigenvalues (singular values) are equal their vectors have no derivative, but such a product has where ``f`` is
smooth. So it is differentiated as one operation on ``a``, by divided differences of ``f``, of which the slope is made
here.

Before: ``w, v = eigh(a); f = exp(w); h = v * f; y = h @ v.T``.
After: ``…; product = h @ v.T; slope = exp(w); y = matrix_function(product, a, w, v, f, slope, True)``.
"""
from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from s2sad import ops, rules, runtime
from s2sad.ad.common import Emitter
from s2sad.ad.forward import Forward
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import dims_of
from s2sad.ir import Arg, Block, Call, Const, Function, Pack, Stmt, Var
from s2sad.ir.interpret import evaluate
from s2sad.ir.templates import TemplateSource
from s2sad.ir.walk import blocks, call_args, map_blocks, statements, variables, with_body
from s2sad.rules import scipy_spectral

EIGENVECTORS = (np.linalg.eigh, *([] if scipy_spectral.sl is None else [scipy_spectral.sl.eigh]))
DECOMPOSITIONS = (*EIGENVECTORS, np.linalg.svd)
TRANSPOSE = getattr(np, "matrix_transpose", None)  # NumPy 2
PRODUCTS = (np.matmul, np.dot)
ONE = Const(1.0)


def matrix_functions(fn: Function, templates: TemplateSource) -> Function:
    """The function with each product that is a function of a matrix as one operation on the matrix.

    Parameters
    ----------
    fn : Function
        The primal.
    templates : callable
        Makes the templates of rules.
    """
    if not any(isinstance(s, Call) and ops.canonical(s.op) in DECOMPOSITIONS for s in statements(fn.body)):
        return fn
    return with_body(fn, _Products(fn, templates).block(fn.body))


@dataclass(frozen=True)
class Vectors:
    """Vectors of a decomposition, each times a number: ``vectors[:, part] * scale``, or its transpose.

    ``call``: the decomposition. ``right``: the rows of what comes last in the product, ``vh``; ``turned``: transposed.
    ``scale``: the numbers, None if they are 1. ``part``: the slice that was taken, None for all. ``with_``: what the
    vectors have been multiplied with from the right.
    """

    call: Call
    right: bool = False
    turned: bool = False
    conjugate: bool = False
    scale: Arg | None = None
    part: slice | None = None
    with_: Arg | None = None

    @property
    def values(self) -> Var:
        """The eigenvalues or singular values."""
        return self.call.outs[0 if self.is_eigh else 1]

    @property
    def is_eigh(self) -> bool:
        return len(self.call.outs) == 2

    def is_first(self) -> bool:
        """Whether they stand as they do at the start of the product."""
        return not (self.right or self.turned or self.conjugate or self.with_ is not None)

    def is_last(self, real: bool) -> bool:
        """Whether they stand as they do at the end of the product."""
        if self.is_eigh:
            return self.turned and (self.conjugate or real)
        return self.right and not self.turned and not self.conjugate

    @property
    def on_rows(self) -> bool:
        """Whether each vector is a row."""
        return self.right != self.turned


class _Products:
    """``forms``: what is known of variables as vectors; ``made``: the calls; ``diagonals``: diagonal matrices."""

    def __init__(self, fn: Function, templates: TemplateSource) -> None:
        self.templates = templates
        self.forms: dict[Arg, Vectors] = {}
        self.made: dict[Arg, Call] = {}
        self.inner = {v for s in statements(fn.body) if not isinstance(s, Call)
                      for v in (*s.outs, *(p for b in blocks(s) for p in b.params))}
        self.emit = Emitter(lambda arg: arg)

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for s in block.stmts:
            if not isinstance(s, Call):
                out.append(map_blocks(self.block, s))
                continue
            new = self.product(out, s)
            if new is None:
                out.append(s)
            self.made.update(dict.fromkeys(s.outs, s))
            self.follow(out, s)
        return replace(block, stmts=tuple(out))

    # ---- what is a decomposition's vectors -------------------------------------------------------------------------

    def follow(self, out: list[Stmt], s: Call) -> None:
        """Learn what a call makes of vectors."""
        op = ops.canonical(s.op)
        if op in DECOMPOSITIONS and len(s.outs) > 1 and _ndim(s.args[0]) is not None:
            if op in EIGENVECTORS and len(s.outs) == 2:
                options = {k for k, _ in s.kwargs} - {"UPLO", "lower", "check_finite", "driver"}
                if not options and (op is np.linalg.eigh or len(s.args) == 1):
                    self.forms[s.outs[1]] = Vectors(s)
            elif len(s.outs) == 3 and not any(k == "hermitian" for k, _ in s.kwargs) and len(s.args) < 4:
                self.forms[s.outs[0]], self.forms[s.outs[2]] = Vectors(s), Vectors(s, right=True)
            return
        if len(s.outs) != 1:
            return
        form = self.forms.get(s.args[0]) if s.args else None
        found: Vectors | None = None
        if form is not None and form.with_ is None:
            found = self.moved(form, op, s)
        if found is None and not s.kwargs and len(s.args) == 2:
            found = self.scaled(out, op, s)
        if found is not None:
            self.forms[s.outs[0]] = found

    def moved(self, form: Vectors, op: object, s: Call) -> Vectors | None:
        """Transposes, conjugates and slices of vectors."""
        n = _ndim(s.args[0])
        if op is TRANSPOSE or op is np.transpose and len(s.args) == 1 and not s.kwargs and n == 2:
            return replace(form, turned=not form.turned)
        if op is np.swapaxes and n is not None and not s.kwargs:
            axes = {x % n for x in map(_constant, s.args[1:]) if type(x) is int}
            return replace(form, turned=not form.turned) if axes == {n - 1, n - 2} else None
        if op is np.conjugate and len(s.args) == 1 and (form.scale is None or _is_real(form.scale)):
            return replace(form, conjugate=not form.conjugate)
        if s.op is operator.getitem and form.part is None and form.scale is None and n == 2:
            part = _slice(s.args[1], form.on_rows)
            return None if part is None else replace(form, part=part)
        return None

    def scaled(self, out: list[Stmt], op: object, s: Call) -> Vectors | None:
        """Vectors times numbers: ``v * f``, ``v @ diag(f)``, ``f[:, None] * vh``, ``f * (vh @ b)``, ``v / f``."""
        for k in (0, 1):
            form, other = self.forms.get(s.args[k]), s.args[1 - k]
            if form is None:
                continue
            if op in PRODUCTS:
                if form.with_ is None and k == 0 and form.is_last(_is_real(form.call.outs[-1])):
                    n, of = _ndim(other), _ndim(form.call.args[0])
                    if s.args[1] not in self.forms and self.diagonal(other) is None and (n == of or n == 1 and of == 2):
                        return replace(form, with_=other)
                numbers = self.diagonal(other) if form.with_ is None and form.on_rows == (k == 1) else None
                if form.with_ is not None and k == 1:
                    numbers = self.diagonal(other)
            elif op is np.multiply or (op is np.divide and k == 0):
                numbers = self.numbers(form, other)
            else:
                return None
            if numbers is None:
                continue
            if form.scale is None and op is not np.divide:
                return replace(form, scale=numbers)
            scale = self.emit.call(out, operator.truediv if op is np.divide else operator.mul,
                                   ONE if form.scale is None else form.scale, numbers, hint="scale", loc=s.loc)
            out[-1] = replace(out[-1], adjoint=False)  # type: ignore[call-arg]
            self.made[scale] = out[-1]  # type: ignore[assignment]
            return replace(form, scale=scale)
        return None

    def numbers(self, form: Vectors, x: Arg) -> Arg | None:
        """The numbers, one for each vector, that vectors are multiplied with by broadcasting; a number for all."""
        if _ndim(x) == 0:
            return x
        if form.with_ is not None and _ndim(form.with_) == 1:
            return x if _ndim(x) == 1 else None
        on_rows = form.on_rows or form.with_ is not None
        if not on_rows and _ndim(x) == 1:
            return x
        call = self.made.get(x)
        n = _ndim(form.values)
        if call is None or n is None or _ndim(x) != n + 1 or _ndim(call.args[0]) != n:
            return None
        index = _constant(call.args[1]) if len(call.args) > 1 else None
        if call.op is operator.getitem and type(index) is tuple:
            rest = [k for k in index if k != slice(None) and k is not ...]
            last = index[-1] is None if on_rows else len(index) > 1 and index[-2] is None and index[-1] == slice(None)
            return call.args[0] if rest == [None] and last and (... in index or len(index) == n + 1) else None
        if call.op is np.expand_dims and type(index) is int:
            return call.args[0] if index % (n + 1) == (n if on_rows else n - 1) else None
        return None

    def diagonal(self, x: Arg) -> Arg | None:
        """The numbers on the diagonal of a matrix that is made of them."""
        call = self.made.get(x)
        if call is not None and ops.canonical(call.op) is np.diag and len(call.args) == 1 and not call.kwargs and (
                _ndim(call.args[0]) == 1):
            return call.args[0]
        return None

    # ---- products --------------------------------------------------------------------------------------------------

    def product(self, out: list[Stmt], s: Call) -> Call | None:
        """The call as an operation on the matrix that was decomposed, with what it needs; None if it is none."""
        first, middle, last = self.ends(s)
        if first is None or last is None or first.call is not last.call or not first.is_first():
            return None
        a, values = first.call.args[0], first.values
        real = _is_real(first.call.outs[-1])
        if first.part != last.part or not last.is_last(real):
            return None
        if ops.canonical(s.op) is np.dot and _ndim(a) != 2:
            return None
        new: list[Stmt] = []
        numbers = [x for x in (first.scale, middle, last.scale) if x is not None]
        f = reduce(lambda a, b: self.joined(new, a, b, s), numbers) if numbers else ONE
        slope = self.slope(new, f, values, first.part, s)
        if slope is None:
            return None
        if first.part is not None:
            f, slope = (self.filled(new, x, values, first.part, s) for x in (f, slope))
        made = Var("product", s.outs[0].fact)
        known = (first.call.outs[1], f, slope, Const(_reads_lower(first.call))) if first.is_eigh else (
            first.call.outs[0], first.call.outs[2], f, slope)
        args = (made, a, values, *known, *([] if last.with_ is None else [last.with_]))
        op = runtime.matrix_function if first.is_eigh else runtime.singular_function
        call = Call(s.outs, op, args, (), s.loc)
        out += [replace(s, outs=(made,)), *(replace(x, adjoint=False) for x in new), call]  # type: ignore[call-arg]
        return call

    def ends(self, s: Call) -> tuple[Vectors | None, Arg | None, Vectors | None]:
        """The vectors that a product starts and ends with, and the numbers between them."""
        op, args = ops.canonical(s.op), s.args
        if s.kwargs or not args:
            return None, None, None
        if op in PRODUCTS and len(args) == 2:
            return self.forms.get(args[0]), None, self.forms.get(args[1])
        if op is np.linalg.multi_dot and type(args[0]) is Pack and len(args[0].items) == 3:
            left, numbers, right = args[0].items
            found = self.diagonal(numbers)
            return (None, None, None) if found is None else (self.forms.get(left), found, self.forms.get(right))
        if op is np.einsum and len(args) == 4 and type(args[0]) is Const and type(args[0].value) is str:
            return self.contracted(args[0].value, args[1:])
        return None, None, None

    def contracted(self, spec: str, args: Sequence[Arg]) -> tuple[Vectors | None, Arg | None, Vectors | None]:
        """What ``einsum("ij,j,kj->ik", v, f, v)`` starts and ends with, in any order and with any letters."""
        ins, arrow, result = spec.replace(" ", "").partition("->")
        terms = dict(zip(ins.split(","), args))
        numbers = [t for t in terms if len(t) == 1]
        if not arrow or len(result) != 2 or "." in spec or len(numbers) != 1 or len(terms) > 3:
            return None, None, None
        k = numbers[0]
        pair = [(t, self.forms.get(x)) for t, x in zip(ins.split(","), args) if len(t) == 2]
        starts = {}
        for term, form in pair:
            if form is not None and term[0] == k:
                form = replace(form, turned=not form.turned)
            starts[term.replace(k, "", 1)] = form
        if len(pair) != 2 or set(starts) != set(result) or k in result or any(k not in t for t, _ in pair):
            return None, None, None
        first, last = starts[result[0]], starts[result[1]]
        return first, terms[k], None if last is None else replace(last, turned=not last.turned)

    def joined(self, out: list[Stmt], a: Arg, b: Arg, s: Call) -> Arg:
        """The product of numbers."""
        made = self.emit.call(out, operator.mul, a, b, hint="f", loc=s.loc)
        self.made[made] = out[-1]  # type: ignore[assignment]
        return made

    def filled(self, out: list[Stmt], x: Arg, values: Var, part: slice, s: Call) -> Arg:
        """``x`` for the part of the values that was taken, zeros for the others."""
        zeros = self.emit.call(out, np.zeros_like, values, hint="f", loc=s.loc)
        return self.emit.call(out, runtime.setitem, zeros, Const(part), x, hint="f", loc=s.loc)

    def slope(self, out: list[Stmt], f: Arg, values: Var, part: slice | None, s: Call) -> Arg | None:
        """The derivative of each number by its own value; None if it may depend on other values too, by its place."""
        path: dict[Var, Call] = {}
        if not self.trace(f, values, part, path):
            return None
        if f is values:
            return ONE
        if not path:
            return Const(0.0)
        active = {values, *path}
        sweep = Forward(active, active, self.templates)
        whole = not any(c.op is operator.getitem for c in path.values())
        sweep.dots[values] = ONE if whole else self.emit.call(out, np.ones_like, values, hint="ones", loc=s.loc)
        order = [c for v, c in self.made.items() if v in path]
        known = set(map(id, order))
        out += [x for x in sweep.block(tuple(order)) if id(x) not in known]
        return sweep.dots.get(f, Const(0.0)) if type(f) is Var else Const(0.0)

    def trace(self, x: Arg, values: Var, part: slice | None, path: dict[Var, Call]) -> bool:
        """Gather the elementwise calls that lead from this part of the values to ``x``; False if there are others."""
        ok = True
        for v in variables(x):
            if v is values or v in path or not v.fact.is_array or _ndim(v) == 0 or v.fact.is_discrete:
                continue  # a number is the same for all, and where a mask parts equal values ``f`` is seen to jump
            call = self.made.get(v)
            if call is None:
                ok = ok and v not in self.inner
                continue
            before = len(path)
            ok = ok and all(self.trace(a, values, part, path) for a in call_args(call))
            moves = any(w is values or w in path for a in call_args(call) for w in variables(a))
            if moves:
                ok = ok and len(call.outs) == 1 and (
                    _is_elementwise(call, values) or part is not None and _takes(call) == part)
                path[v] = call
            elif len(path) > before:
                ok = False
        return ok


def _is_elementwise(call: Call, values: Var) -> bool:
    """Whether an operation computes each element from that of the values at its place."""
    entry, op = rules.lookup(call.op), ops.canonical(call.op)
    by_rule = entry is not None and entry.kind == "elementwise"
    alike = by_rule or isinstance(op, np.ufunc) or op in (np.where, runtime.copy)
    return alike and _ndim(call.outs[0]) == _ndim(values)


def _takes(call: Call) -> slice | None:
    """The slice that an indexing takes of a vector."""
    return _slice(call.args[1], True) if call.op is operator.getitem else None


def _slice(index: Arg, on_rows: bool) -> slice | None:
    """The slice that an index takes along the axis of the vectors, all of the other."""
    value = _constant(index)
    if type(value) is slice:
        return value if on_rows else None
    if type(value) is tuple and len(value) == 2 and all(type(k) is slice for k in value):
        kept, taken = value if not on_rows else value[::-1]
        return taken if kept == slice(None) else None
    return None


def _constant(x: Arg) -> Any:
    """The value of an argument without variables; None if it has any."""
    return None if variables(x) else evaluate(x, {})


def _reads_lower(call: Call) -> bool:
    """Which triangle of its argument ``eigh`` reads."""
    given = [*call.args[1:], *(a for k, a in call.kwargs if k in ("UPLO", "lower"))]
    return all(type(a) is Const and a.value in ("L", "l", True) for a in given)


def _ndim(x: Arg) -> int | None:
    dims = dims_of(fact_of(x))
    return None if dims is None else len(dims)


def _is_real(x: Arg) -> bool:
    fact = fact_of(x)
    return fact.is_real or fact.dtype is not None and np.dtype(fact.dtype).kind == "f"
