"""Bracketing searches: loops whose result depends on the inputs only by the decisions on the way.

Bisection halves an interval until it is as small as wanted. The program that runs is a chain of averages of the two
first ends, and its derivative is the same average of *their* derivatives, whatever the equation is: a number that has
nothing to do with the derivative of the root. No differentiation of the executed program can give that, so it is an
error, not a number::

    while hi - lo > 1e-12:                     refused: `lo` and `hi` are combinations of `lo` and `hi`,
        mid = 0.5 * (lo + hi)                  chosen by tests on values that depend on `c`
        if mid * mid < c:
            lo = mid
        else:
            hi = mid

What is looked for: two carried values that are replaced, under a test that depends on an input, by linear combinations
of such values and of nothing else. Newton's method, the secant method, adaptive steps and swaps are none of that.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.ad.activity import useful
from s2sad.errors import NotDifferentiable
from s2sad.ir import Arg, Block, Call, Carried, Const, For, Function, If, Var, While
from s2sad.ir.flow import closure, sources, users
from s2sad.ir.walk import blocks, ends, statements, variables

HINT = ("stop the search from being differentiated and take one Newton step after it: run it on "
        "s2sad.stop_gradient(…) of the parameters, then x = x - f(x) / s2sad.stop_gradient(df(x)); "
        "or give the function a rule with s2sad.rule")


def check_searches(fn: Function, wrt: set[Var], outputs: set[Var]) -> None:
    """Refuse a function whose result is found by a bracketing search that depends on ``wrt``.

    Parameters
    ----------
    fn : Function
        The primal.
    wrt : set of Var
        The inputs that are differentiated.
    outputs : set of Var
        The results that have a derivative.

    Raises
    ------
    NotDifferentiable
        S2S017, at the loop.
    """
    loops = [s for s in statements(fn.body) if isinstance(s, (For, While)) and len(s.carried) > 1]
    for loop in loops:
        search = _Search(loop)
        if not search.bracket(None):
            continue
        needed, ends = useful(fn, outputs), search.bracket(dependent(fn, wrt))
        if any(c.param in needed or c.out in needed for c in ends):
            names = " and ".join(f"`{c.param.name.strip('<>')}`" for c in ends)
            raise NotDifferentiable(
                "S2S017", f"this loop searches for {names} by tests; the derivative of what is found is not that of "
                "the program that runs", loop.loc,
                "the tests depend on an input that is differentiated, the values that they choose from do not carry "
                "that dependence", HINT)


def dependent(fn: Function, wrt: set[Var]) -> set[Var]:
    """The variables whose values depend on ``wrt`` in any way but by branches: integers and truth values too."""
    flow = users(sources(fn.body, lambda call: call.op is not runtime.stop_gradient
                         and not ops.of(call.op).reads_shape))
    return closure(wrt, lambda v: flow.get(v, ()))


def _is_same(op: Any) -> bool:
    """Whether an operation hands on its first argument, up to its sign, shape or place."""
    known = ops.of(op)
    return known.may_view or known.canonical in (np.negative, np.positive) or op in (
        runtime.copy, np.ndarray.copy, np.copy, np.array, float, np.float64)


@dataclass(frozen=True)
class Combination:
    """A linear combination of carried values: which ones, what tests choose it, and whether it mixes two of them."""

    of: frozenset[Var]
    tests: frozenset[Var] = frozenset()
    mixed: bool = False

    def __or__(self, other: Combination) -> Combination:
        return Combination(self.of | other.of, self.tests | other.tests, self.mixed or other.mixed)


@dataclass
class _Search:
    """The update of each value that a loop carries, as far as it is a linear combination of carried values.

    ``inside``: for each variable of the body its statement, or for an out of a branch the test and the two results."""

    loop: For | While
    inside: dict[Var, Any] = field(default_factory=dict)
    carried: set[Var] = field(default_factory=set)
    known: dict[Var, Combination | None] = field(default_factory=dict)

    def bracket(self, depends: set[Var] | None) -> tuple[Carried, ...]:
        """The ends of an interval that is searched by tests on ``depends`` (None: by any tests), or nothing."""
        carried = {c.param: c for c in self.loop.carried if not c.param.fact.is_discrete}
        self.carried = set(carried)
        self.index(self.loop.body)
        found = {}
        for p, c in carried.items():
            update = self.combination(c.result) if c.result is not p else None
            if update is not None:
                found[p] = update
        reach = {p: self.reach(p, found) for p in found}
        chosen = {p for p, update in found.items() if (update.tests if depends is None else update.tests & depends)}
        ends = [p for p in found if p in chosen and any(
            q is not p and q in reach[p] and p in reach[q] for q in chosen)]
        if not any(found[q].mixed for p in ends for q in reach[p] & found.keys()):
            return ()
        return tuple(carried[p] for p in ends)

    def index(self, block: Block) -> None:
        for s in block.stmts:
            self.inside.update((o, s) for o in s.outs)
            if isinstance(s, If):
                self.inside.update((o, (s.test, a, b)) for o, a, b in ends(s))
            for inner in blocks(s):
                self.inside.update((p, None) for p in inner.params)
                self.index(inner)

    def reach(self, start: Var, found: dict[Var, Combination]) -> set[Var]:
        """The carried values that a carried value is made of, in one trip or in several."""
        return closure(found[start].of, lambda p: found[p].of if p in found else ())

    def combination(self, arg: Arg) -> Combination | None:
        """``arg`` as a linear combination of carried values, None if it is anything else."""
        if not isinstance(arg, Var):
            return None
        if arg in self.carried:
            return Combination(frozenset((arg,)))
        if arg not in self.known:
            made = self.inside.get(arg)
            if isinstance(made, tuple):
                self.known[arg] = self.choice(*made)
            else:
                self.known[arg] = self.call(made) if isinstance(made, Call) else None
        return self.known[arg]

    def call(self, call: Call) -> Combination | None:
        args = call.args
        op = ops.canonical(call.op)
        if op in (np.add, np.subtract) and len(args) == 2:
            a, b = map(self.combination, args)
            if a is None or b is None:
                return None
            return a | b | Combination(frozenset(), mixed=a.of != b.of)
        if op is np.multiply and len(args) == 2:
            scale, other = args if self.is_scale(args[0]) else args[::-1]
            return self.combination(other) if self.is_scale(scale) else None
        if op is np.divide and len(args) == 2:
            return self.combination(args[0]) if self.is_scale(args[1]) else None
        if op is np.where and len(args) == 3:
            return self.choice(*args)
        if call.op is runtime.setitem:
            return self.choice(args[1], args[0], args[2])
        return self.combination(args[0]) if args and _is_same(call.op) else None

    def choice(self, test: Arg, a: Arg, b: Arg) -> Combination | None:
        """One of two values, or items of both."""
        first, second = self.combination(a), self.combination(b)
        if first is None or second is None:
            return None
        return first | second | Combination(frozenset(), frozenset(variables(test)))

    def is_scale(self, arg: Arg) -> bool:
        """Whether a factor is the same in every trip."""
        return isinstance(arg, Const) or isinstance(arg, Var) and arg not in self.inside and arg not in self.carried
