"""What the self-check finds and what it leaves alone: faults built into s2sad on purpose, and right programs."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest

import s2sad
from s2sad import ops, rules, runtime
from s2sad.ad import activity
from s2sad.ad.forward import Forward
from s2sad.ad.reverse import Reverse
from s2sad.api.selfcheck import CheckWarning
from s2sad.errors import InternalError
from s2sad.frontend import joins
from s2sad.frontend.lower import Lowerer
from s2sad.frontend.operators import MIRRORED
from s2sad.ir import Call, Var
from s2sad.memory import alias
from s2sad.memory.alias import NONE
from s2sad.passes.laws import BY_OP
from s2sad.passes.match import Law
from s2sad.passes.simplify import _Simplifier
from tests.faults import forget, wrong_sign

V = np.array([0.3, -0.7, 1.2])

# ---- faults built in on purpose: each in another room, each met by a program that an ordinary user would write


def _no_conflicts(patch):
    """A pass that forgets to copy what is still needed."""
    patch.setattr(sys.modules["s2sad.passes.linear"], "conflicts", lambda memory: [])


def _believes_a_false_law(patch):
    """A pass with a law that does not hold."""
    law = Law("g * np.cos(x) -> g")
    patch.setitem(BY_OP, law.left.op, [law])


def _merges_what_differs(patch):
    """A pass that takes calls with other constants for the same."""
    patch.setattr(
        sys.modules["s2sad.passes.cse"],
        "_call_key",
        lambda call: (call.op, *(a if isinstance(a, Var) else None for a in call.args)),
    )


def _loses_a_write(patch):
    """A pass that takes an array that was written to for the array before."""
    kept = _Simplifier.stmt

    def stmt(self, s):
        if isinstance(s, Call) and s.op is runtime.setitem:
            self.known[s.outs[0]] = s.args[0]
        else:
            kept(self, s)

    patch.setattr(_Simplifier, "stmt", stmt)


def _forgets_an_alias(patch):
    """A view that is taken for memory of its own."""
    patch.setattr(alias.Memory, "item", lambda self, call: (self.fresh(), NONE))
    patch.setattr(
        alias.Memory,
        "shared",
        lambda self, call, known, kind: [self.define(out, self.fresh(), NONE) for out in call.outs],
    )


def _forgets_a_derivative(patch):
    """An operation that is taken for one without a derivative."""
    patch.setattr(activity, "has_derivative", lambda call: ops.canonical(call.op) is not np.exp)


def _overwrites_contributions(patch):
    """A reverse sweep that keeps the last contribution instead of their sum."""
    kept = Reverse.accumulate

    def accumulate(self, out, x, g, loc):
        if isinstance(x, Var):
            self.bars.pop(x, None)
        kept(self, out, x, g, loc)

    patch.setattr(Reverse, "accumulate", accumulate)


def _walks_the_same_way(patch):
    """A reverse sweep of a loop that walks it forwards."""
    kept = Reverse.loop
    patch.setattr(Reverse, "loop", lambda self, out, s: kept(self, out, replace(s, reverse=not s.reverse)))


def _takes_the_other_arm(patch):
    """A reverse sweep whose branches are exchanged."""
    kept = Reverse.branch

    def branch(self, out, s):
        new = kept(self, out, s)
        out[-1] = replace(out[-1], then=out[-1].orelse, orelse=out[-1].then)
        return new

    patch.setattr(Reverse, "branch", branch)


def _starts_a_loop_at_zero(patch):
    """Forward mode that carries no tangent into a loop."""
    patch.setattr(Forward, "init_dot", lambda self, out, c, loc: self.emit.zeros(out, c.init, "s_dot", loc))


def _joins_by_the_first(patch):
    """A frontend that takes the value of one path for that of both."""
    patch.setattr(joins, "same_value", lambda a, b: True)


def _compares_the_other_way(patch):
    """A frontend that mirrors a comparison without exchanging its sides."""
    kept = Lowerer.binary
    patch.setattr(Lowerer, "binary", lambda self, op, *args, **kw: kept(self, MIRRORED.get(op, op), *args, **kw))


# ---- the programs that meet them


def overwritten(x):
    y = np.sin(x)
    z = y * y
    y[0] = 0.5
    return np.sum(z * y)


def shared(x):
    y = x * 2.0
    z = y + x
    return np.sum(z * y * x)


def powers(x):
    return np.sum(x**2 * np.sin(x) + x**5 * np.cos(x))


def written(x):
    y = np.sin(x)
    y[1] = x[0] * x[2]
    return np.sum(y * y)


def through_a_view(x):
    y = np.sin(x)
    first = y[:2]
    z = first * x[:2]
    y[0] = x[1]
    return np.sum(z * first) + np.sum(y)


def decaying(x):
    return np.sum(np.exp(-x) * x)


def twice(x):
    y = np.sin(x)
    return np.sum(y * x)


def recurrence(x):
    s = 0.0
    for v in x:
        s = np.tanh(s * v + v)
    return s


def filtered(x):
    s = x[0] * x[1]
    for v in x:
        s = np.tanh(s + v)
    return s


def branches(x):
    y = x[0] * x[1] if x[2] > 0 else x[2]
    return y * y


def product(x):
    return np.sum(x * np.sin(x) + x / (2.0 + x * x))


def chosen(x):
    k = 2.0 if x[0] > 1.0 else 3.0
    return k * x[1]


FAULTS = [
    (wrong_sign, twice),
    (_no_conflicts, overwritten),
    (_believes_a_false_law, product),
    (_merges_what_differs, powers),
    (_loses_a_write, written),
    (_forgets_an_alias, through_a_view),
    (_forgets_a_derivative, decaying),
    (_overwrites_contributions, twice),
    (_walks_the_same_way, recurrence),
    (_takes_the_other_arm, branches),
    (_compares_the_other_way, chosen),
    (_joins_by_the_first, chosen),
]
FORWARD = [
    (wrong_sign, twice),
    (_starts_a_loop_at_zero, filtered),
    (_loses_a_write, written),
    (_forgets_a_derivative, decaying),
    (_joins_by_the_first, chosen),
]


@pytest.fixture
def built_in(request, monkeypatch):
    """s2sad with a fault; what was made of rules before is forgotten before and after."""
    monkeypatch.setattr(rules, "RULES", dict(rules.RULES))
    request.param(monkeypatch)
    forget()
    yield
    monkeypatch.undo()
    forget()


def named(value):
    return getattr(value, "__name__", "").strip("_")


@pytest.mark.parametrize("built_in, fn", FAULTS, indirect=["built_in"], ids=named)
def test_a_fault_is_caught_at_the_first_call(built_in, fn):
    with pytest.raises((InternalError, CheckWarning)):
        s2sad.grad(fn, check="always")(V)


@pytest.mark.parametrize(
    "built_in, fn", [f for f in FAULTS if f[0] is not _merges_what_differs], indirect=["built_in"], ids=named
)  # in two functions nothing is merged
def test_a_fault_is_caught_at_the_first_call_of_a_pullback(built_in, fn):
    _, pullback = s2sad.vjp(fn, V)
    with s2sad.checking("always"), pytest.raises((InternalError, CheckWarning)):
        pullback(1.0)


@pytest.mark.parametrize("built_in, fn", FORWARD, indirect=["built_in"], ids=named)
def test_a_fault_of_forward_mode_is_caught_at_the_first_call(built_in, fn):
    with s2sad.checking("always"), pytest.raises((InternalError, CheckWarning)):
        s2sad.jvp(fn, (V,), (V + 1.0,))


@pytest.mark.parametrize("fn", sorted({fn for _, fn in FAULTS + FORWARD}, key=named), ids=named)
def test_without_a_fault_there_is_nothing_to_find(fn):
    with s2sad.checking("always"):
        s2sad.grad(fn)(V)
        s2sad.jvp(fn, (V,), (V + 1.0,))


# ---- right programs where differences are hard to read: kinks, jumps, noise, float32, what the user says himself


def rounded(x):
    return np.round(4.0 * x) / 4.0


@s2sad.elementwise(rounded)
def straight_through(x):
    return 1.0


def kinks(x):
    return np.sum(np.abs(x)) + np.max(x) - np.min(np.abs(x - 0.1))


def clipped(x):
    return np.sum(np.clip(3.0 * x, -1.0, 1.0) * x)


def jumps(x):
    return np.sum(np.floor(5.0 * x) * x + np.sign(x))


def stairs(x):
    return float(np.sum(np.round(3.0 * x))) + x[0]


def relu(x):
    return np.sum(np.maximum(0.0, np.outer(x, x) - 0.2) @ x)


def sorted_sum(x):
    return np.sum(np.sort(x) * np.arange(3.0)) + np.median(x)


def half(x):
    return np.sum(np.tanh(x.astype(np.float32) * np.float32(3.0)) ** 2)


def noisy(x):
    return np.sum(x * x) + 1e-7 * np.sin(1e9 * np.sum(x))


def cancelling(x):
    return (np.sum(x) + 1e10) - 1e10


def steep(x):
    return np.exp(20.0 * x[0]) + 1e-8 * x[1]


def through(x):
    return np.sum(rounded(x) ** 2)


def stopped(x):
    return np.sum(x * s2sad.stop_gradient(np.exp(x)))


def branch(x):
    return x[0] ** 2 if x[1] > x[2] else -x[0]


def loops(x):
    s = x[0]
    n = 0
    while abs(s) < 4.0 and n < 20:
        s = 1.5 * s + 0.1
        n += 1
    return s * x[1]


def integers(x):
    return x[int(np.argmax(x))] * len(x) + x[0] * int(10.0 * x[1])


def poles(x):
    return np.sum(1.0 / (x - 0.25)) + np.log(abs(x[0]))


def roots(x):
    return np.sum(np.abs(x) ** 1.5) + np.cbrt(x[0] * x[1])


def wraps(x):
    return np.sum((x * 7.0) % 1.0) + math.fmod(x[0] * 3.0, 0.7)


def tables(x):
    return np.interp(x[0], [-1.0, 0.0, 0.5, 1.0], [0.0, 1.0, -1.0, 3.0]) + np.histogram(x, 3)[0][0] * x[1]


def huge(x):
    return np.sum(x * 1e200) + np.sum(x) * 1e-200


def masks(x):
    y = x.copy()
    y[x > 0.0] *= 2.0
    return np.sum(np.where(x > 0.5, y, -y))


RIGHT = (
    kinks,
    clipped,
    jumps,
    stairs,
    relu,
    sorted_sum,
    half,
    noisy,
    cancelling,
    steep,
    through,
    stopped,
    branch,
    loops,
    integers,
    poles,
    roots,
    wraps,
    tables,
    huge,
    masks,
)


@pytest.mark.parametrize("fn", RIGHT, ids=named)
def test_right_programs_give_no_warning(fn):
    rng = np.random.default_rng(0)
    df = s2sad.grad(fn, check="always")
    points = [rng.normal(size=3) for _ in range(7)] + [np.round(rng.normal(size=3), 1) for _ in range(7)]
    for x in (*points, np.full(3, 0.5), np.array([0.0, 0.1, 0.25]), np.array([1.0, -1.0, 0.0])):
        with np.errstate(all="ignore"):
            df(x)
