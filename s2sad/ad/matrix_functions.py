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
from s2sad.errors import S2SADError
from s2sad.facts.arguments import fact_of
from s2sad.facts.dims import dims_of
from s2sad.ir import Arg, Call, Const, Function, Pack, Stmt, Var
from s2sad.ir.interpret import evaluate
from s2sad.ir.templates import TemplateSource
from s2sad.ir.walk import blocks, call_args, rewrite_calls, statements, variables, with_body
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
    return with_body(fn, rewrite_calls(_Products(fn, templates).rewrite, fn.body))


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
    """``forms``: what is known of variables as vectors; ``made``: the calls seen so far, by result; ``inner``: what
    branches and loops define."""

    def __init__(self, fn: Function, templates: TemplateSource) -> None:
        self.templates = templates
        self.forms: dict[Arg, Vectors] = {}
        self.made: dict[Arg, Call] = {}
        self.inner = {v for s in statements(fn.body) if not isinstance(s, Call)
                      for v in (*s.outs, *(p for b in blocks(s) for p in b.params))}
        self.emit = Emitter(lambda arg: arg)

    def rewrite(self, out: list[Stmt], s: Call) -> None:
        if not self.product(out, s):
            out.append(s)
        self.made.update(dict.fromkeys(s.outs, s))
        self.follow(out, s)

    # ---- what is a decomposition's vectors -------------------------------------------------------------------------

    def follow(self, out: list[Stmt], s: Call) -> None:
        """Learn what a call makes of vectors."""
        op = ops.canonical(s.op)
        if op in DECOMPOSITIONS and len(s.outs) > 1 and _ndim(s.args[0]) is not None:
            if op in EIGENVECTORS and len(s.outs) == 2:
                options = {k for k, _ in s.kwargs} - {"UPLO", "lower", "check_finite", "driver"}
                if not options and (op is np.linalg.eigh or len(s.args) == 1) and _reads_lower(s) is not None:
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
            if op is np.dot and _ndim(form.call.args[0]) != 2:
                return None
            if op in PRODUCTS:
                if form.with_ is None and k == 0 and form.is_last(_is_real(form.call.outs[-1])):
                    if other not in self.forms and self.diagonal(other) is None and _fits(other, form.call.args[0]):
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
            if any(k is not None and k is not ... and not _is_whole(k) for k in index) or index.count(None) != 1:
                return None
            last = index[-1] is None if on_rows else index[-2] is None and _is_whole(index[-1])
            return call.args[0] if last and (... in index or len(index) == n + 1) else None
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

    def product(self, out: list[Stmt], s: Call) -> bool:
        """Append a call as an operation on the matrix that was decomposed, with what it needs, if it is one."""
        first, middle, last = self.ends(s)
        if first is None or last is None or first.call is not last.call or not first.is_first():
            return False
        a, values = first.call.args[0], first.values
        if first.part != last.part or not last.is_last(_is_real(first.call.outs[-1])):
            return False
        if ops.canonical(s.op) is np.dot and _ndim(a) != 2 or first.part is not None and not _is_paired(first):
            return False
        new: list[Stmt] = []
        numbers = [x for x in (first.scale, middle, last.scale) if x is not None]
        f = reduce(lambda a, b: self.joined(new, a, b, s), numbers) if numbers else ONE
        if not _is_real(f) and (first.part is not None or not first.is_eigh):
            return False
        slope = self.slope(new, f, values, first.part, s)
        if slope is None:
            return False
        if first.part is not None:
            f, slope = (self.filled(new, x, values, first.part, s) for x in (f, slope))
        made = Var("product", s.outs[0].fact)
        known = (first.call.outs[1], f, slope, Const(_reads_lower(first.call))) if first.is_eigh else (
            first.call.outs[0], first.call.outs[2], f, slope)
        args = (made, a, values, *known, *([] if last.with_ is None else [last.with_]))
        op = runtime.matrix_function if first.is_eigh else runtime.singular_function
        out += [replace(s, outs=(made,)), *(replace(x, adjoint=False) for x in new),  # type: ignore[call-arg]
                Call(s.outs, op, args, (), s.loc)]
        return True

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
        path = _Path(self.made, self.inner, values, part)
        if not path.follow(f):
            return None
        if f is values:
            return ONE
        if not path.calls:
            return Const(0.0)
        active = {values, *path.calls}
        sweep = Forward(active, active, self.templates)
        whole = not any(c.op is operator.getitem for c in path.calls.values())
        sweep.dots[values] = ONE if whole else self.emit.call(out, np.ones_like, values, hint="ones", loc=s.loc)
        order = [c for v, c in self.made.items() if v in path.calls]
        known = set(map(id, order))
        try:
            out += [x for x in sweep.block(tuple(order)) if id(x) not in known]
        except S2SADError:  # without a derivative; nobody may ask for it
            return None
        return sweep.dots.get(f, Const(0.0)) if type(f) is Var else Const(0.0)


class _Path:
    """The elementwise calls that lead from the values, or a part of them, to a function of them."""

    def __init__(self, made: dict[Arg, Call], inner: set[Var], values: Var, part: slice | None) -> None:
        self.made, self.inner, self.values, self.part = made, inner, values, part
        self.calls: dict[Var, Call] = {}
        self.seen: set[Var] = set()

    def follow(self, x: Arg) -> bool:
        """Gather the calls that lead to ``x``; False if there are others than elementwise ones."""
        return all(map(self.reach, variables(x)))

    def reach(self, v: Var) -> bool:
        if v is self.values or v in self.seen:
            return True
        self.seen.add(v)
        if _ndim(v) == 0 or v.fact.is_discrete:
            return True  # a number is the same for all, and where a mask parts equal values ``f`` is seen to jump
        call = self.made.get(v)
        if call is None:
            return v not in self.inner
        if not self.follow(Pack("tuple", call_args(call))):
            return False
        if not any(w is self.values or w in self.calls for a in call_args(call) for w in variables(a)):
            return True
        self.calls[v] = call
        return len(call.outs) == 1 and (_is_elementwise(call, self.values) or self.part is not None and (
            _takes(call) == self.part))


def _is_elementwise(call: Call, values: Var) -> bool:
    """Whether an operation computes each element from that of the values at its place."""
    entry, op = rules.lookup(call.op), ops.canonical(call.op)
    by_rule = entry is not None and entry.kind == "elementwise"
    alike = by_rule or isinstance(op, np.ufunc) and op.signature is None or op in (np.where, runtime.copy)
    return alike and _ndim(call.outs[0]) == _ndim(values)


def _is_paired(form: Vectors) -> bool:
    """Whether a slice takes the same columns of U and rows of Vᴴ: counted from the end, there may be more of one."""
    part = form.part
    return form.is_eigh or part is None or all(k is None or k >= 0 for k in (part.start, part.stop, part.step))


def _fits(b: Arg, a: Arg) -> bool:
    """Whether the vectors of a matrix, or of each of a stack, are multiplied with ``b`` as it is, not with its
    repetitions."""
    ours, theirs = dims_of(fact_of(a)), dims_of(fact_of(b))
    if ours is None or theirs is None:
        return False
    return len(ours) == 2 and len(theirs) == 1 or len(ours) == len(theirs) and ours[:-2] == theirs[:-2]


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
        return taken if _is_whole(kept) else None
    return None


def _constant(x: Arg) -> Any:
    """The value of an argument without variables; None if it has any."""
    return None if variables(x) else evaluate(x, {})


def _is_whole(index: Any) -> bool:
    return type(index) is slice and index == slice(None)


def _reads_lower(call: Call) -> bool | None:
    """Whether ``eigh`` reads the lower triangle of its argument; None if that is known only at run time."""
    given = [*call.args[1:], *(a for k, a in call.kwargs if k in ("UPLO", "lower"))]
    if any(type(a) is not Const for a in given):
        return None
    return all(a.value in ("L", "l", True) for a in given if type(a) is Const)


def _ndim(x: Arg) -> int | None:
    dims = dims_of(fact_of(x))
    return None if dims is None else len(dims)


def _is_real(x: Arg) -> bool:
    fact = fact_of(x)
    return fact.is_real or fact.dtype is not None and np.dtype(fact.dtype).kind in "fiub"
