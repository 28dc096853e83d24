"""What a derivative returns: gradients, a pullback or a pushforward, in the structure of the arguments.

Before: ``f`` as IR, and ``argnums=(0, 1)``.  After: the reverse sweep of ``f``, with the result ``(x_bar, y_bar)``.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import ops, runtime
from s2sad.ad.common import Emitter
from s2sad.derive.leaves import differentiable, structured
from s2sad.derive.request import Primal, Request
from s2sad.derive.sweeps import forward, reverse
from s2sad.errors import ArgumentError
from s2sad.facts.cotangents import cotangent
from s2sad.facts.infer import infer
from s2sad.frontend import Rebuild, branches_of, leaves_of
from s2sad.ir import Arg, Block, Call, Const, Fact, For, Function, Pack, Stmt, Var, While
from s2sad.ir.inert import is_a
from s2sad.ir.walk import statements
from s2sad.memory.alias import Memory, has_foreign, touches


def gradients(trees: list[Any], single: bool, bars: dict[Var, Arg | None], out: list[Stmt], emitter: Emitter) -> Arg:
    """The cotangents in the structure of the arguments; zeros where there are none."""
    def leaf(v: Var) -> Arg:
        if not differentiable(v):
            return Const(None)
        g = bars.get(v)
        if g is None:
            g = emitter.zeros(out, v, f"{v.name}_bar")
            if type(g) is Const and v.fact.kind == "scalar" and v.fact.dtype is not None:
                g = Const(np.dtype(v.fact.dtype).type(0))
        if v.fact.kind in ("float", "complex") and type(g) is Var and g.fact.is_scalar and not g.fact.is_float:
            return emitter.call(out, runtime.astype_of, g, v, hint=f"{v.name}_bar")
        return g
    parts = tuple(structured(t, leaf) for t in trees)
    return parts[0] if single else Pack("tuple", parts)


def owned(fn: Function, at: int | None, names: tuple[str, ...]) -> Function:
    """The function with a copy of each gradient that the caller might share with an argument, with another gradient, or
    with another result. The gradients are the result, or its item ``at``; ``names`` are those of the copies."""
    memory = Memory(fn)
    grads = fn.result if at is None else fn.result.items[at]  # type: ignore[union-attr]
    items = () if at is None else fn.result.items  # type: ignore[union-attr]
    seen = [memory.reach(a) for a in items if a is not grads]
    made = buffers(fn)
    used: set[Var] = set()
    out: list[Stmt] = []

    def own(a: Arg, name: str) -> Arg:
        if type(a) is Pack:
            return replace(a, items=tuple(own(i, name) for i in a.items))
        if (type(a) is Var and a.fact.is_scalar) or (type(a) is Const and not is_a(a.value, np.ndarray)):
            return a
        reach = memory.reach(a)
        first = made.get(a) if type(a) is Var else None
        if first is not None and first not in used:  # written in place, so it is a buffer of our own
            used.add(first)
            return a
        if has_foreign(reach) or any(touches(reach, other) for other in seen):
            fact = a.fact if type(a) is Var else Fact()
            out.append(Call((copied := Var(name, fact),), runtime.copy, (a,), (), None, True))
            return copied
        seen.append(reach)
        return a
    if len(names) > 1 and type(grads) is Pack:
        mine: Arg = replace(grads, items=tuple(map(own, grads.items, names)))
    else:
        mine = own(grads, names[0])
    result = mine if at is None else Pack("tuple", tuple(mine if a is grads else a for a in items))
    return replace(fn, body=Block(fn.params, (*fn.body.stmts, *out), (result,)))


def buffers(fn: Function) -> dict[Var, Var]:
    """For each array whose last version is an update (and so, after ``linear``, a buffer of our own that nobody else
    sees): the variable that its chain of updates starts from."""
    before: dict[Var, Arg] = {}
    updated: set[Var] = set()
    for s in fn.body.stmts:
        if isinstance(s, Call) and ops.of(s.op).updates and s.outs[0].fact.is_array:
            before[s.outs[0]] = s.args[0]
            updated.add(s.outs[0])
        elif isinstance(s, (For, While)):
            inner = {c.outs[0]: c.args[0] for c in s.stmts if isinstance(c, Call) and ops.of(c.op).updates}
            for part in s.carried:
                v: Arg = part.result
                while type(v) is Var and v in inner:
                    v = inner[v]
                if v is part.param and part.result is not part.param and part.out.fact.is_array:
                    before[part.out] = part.init
                    updated.add(part.out)
    found = {}
    for v in updated:
        first: Arg = v
        while type(first) is Var and first in before:
            first = before[first]
        if type(first) is Var and first not in fn.params:
            found[v] = first
    return found


def gradient_function(of: Primal, request: Request, given: tuple[Arg, ...] | None = None) -> Function:
    """``(args…) → gradients``, or ``→ (value, gradients)``; the result of the function is one real number."""
    primal, (value, aux) = of.function, of.parts(request.has_aux)
    fact = value.fact if type(value) is Var else Fact()
    seed: list[Stmt] = []
    if type(value) is Pack:
        return refused(of, request, "a container")
    if type(value) is Const and not isinstance(value.value, (float, np.floating)):
        plain = value.value is None or type(value.value) in (bool, int, complex)
        return refused(of, request, f"{value.value!r}" if plain else f"a value of type {type(value.value).__name__}")
    one: Arg = Const(1.0)
    if type(value) is Var and not (fact.is_float or fact.kind == "real"):
        if fact.kind in ("int", "bool", "str", "none") or fact.is_discrete:
            what = f"a value of kind {fact.kind}" + (f" and dtype {fact.dtype}" if fact.dtype else "")
            return refused(of, request, what)
        if fact.is_complex:
            return refused(of, request, "a complex number",
                           "take np.real of it; for a holomorphic function that gives its derivative")
        one = Var("y_bar", infer(runtime.seed, (value,), ()).facts[0])
        seed.append(Call((one,), runtime.seed, (value,), (), None, True))
    with_seed = replace(primal, body=Block(primal.params, (*primal.body.stmts, *seed), primal.body.results))

    def result(bars: dict[Var, Arg | None], out: list[Stmt], emitter: Emitter) -> Arg:
        grads = gradients(of.trees, request.single, bars, out, emitter)
        if not request.mode.valued:
            return grads if aux is None else Pack("tuple", (grads, aux))
        shown = value if aux is None else Pack("tuple", (value, aux))
        return Pack("tuple", (shown, grads))
    return reverse(with_seed, tuple(of.wrt), ((value, one),), primal.params, result)


def ended(primal: Function, request: Request, trees: list[Any]) -> Function:
    """The derivative of a function that always raises an exception: it does what the function does."""
    names = {"cotangent": ["y_bar"], "tangents": [f"{t.name if isinstance(t, Var) else f'x{k}'}_dot"
                                                  for k, t in enumerate(trees)]}
    late = [Var(name) for name in names.get(request.mode.late, ())]
    none = Const(None)
    result = none if request.at is None else Pack("tuple", (none, none))
    body = Block((*primal.params, *late), primal.body.stmts, (result,))
    return replace(primal, name=f"{primal.name}_{request.mode.name if late else 'grad'}", body=body)


def refused(of: Primal, request: Request, what: str, *remedy: str) -> Function:
    """What becomes of a function without a derivative for its result. If it may raise an exception of its own, it is
    run first."""
    called = (ops.of(s.op).raises for s in statements(of.function.body) if isinstance(s, Call))
    if not of.fn or all(when is ops.Raises.NEVER for when in called):
        raise non_scalar(of.fn, what, *remedy)
    error = Pack(runtime.NotScalar, tuple(map(Const, (what, *remedy))))
    last = Call((Var("never"),), runtime.raise_, (error,), (), None, True)
    body = replace(of.function.body, stmts=(*of.function.body.stmts, last))
    return ended(replace(of.function, body=body), request, of.trees)


def non_scalar(fn: Callable, what: str, remedy: str = "") -> ArgumentError:
    name = getattr(fn, "__name__", "the function")
    usual = {"None": "is there a `return`?", "a container":
             "of a value with something beside it take `has_aux=True`; of several results s2sad.jacobian or s2sad.vjp"}
    return ArgumentError("S2S007", f"`{name}` returns {what}; grad needs one real number",
                         hint=remedy or usual.get(what, "sum the result, or use s2sad.jacobian or s2sad.vjp"))


def step_to(pack: Pack, k: int) -> tuple[Callable, Any]:
    """How part number ``k`` of a container or object is reached: an operation and its second argument."""
    if isinstance(pack.kind, Rebuild):
        if issubclass(pack.kind.cls, tuple):
            return operator.getitem, k
        return operator.getitem if issubclass(pack.kind.cls, dict) else getattr, pack.kind.names[k]
    return operator.getitem, pack.keys[k] if pack.kind == "dict" else k


def pullback_function(of: Primal, request: Request, given: tuple[Arg, ...] | None = None) -> Function:
    """``(args…, y_bar) → (y, gradients)``; ``y_bar`` has the structure of ``y``. With ``given`` it is no parameter."""
    primal, (value, aux) = of.function, of.parts(request.has_aux)
    y_bar = Var("y_bar")
    stmts, pairs = cotangents(value, y_bar if given is None else given[0])
    prepared = replace(primal, body=Block(primal.params, (*primal.body.stmts, *stmts), primal.body.results))

    def result(bars: dict[Var, Arg | None], out: list[Stmt], emitter: Emitter) -> Arg:
        shown = value if aux is None else Pack("tuple", (value, aux))
        return Pack("tuple", (shown, gradients(of.trees, request.single, bars, out, emitter)))
    made = reverse(prepared, tuple(of.wrt), pairs, (*primal.params, y_bar) if given is None else primal.params, result)
    return replace(made, name=f"{primal.name}_vjp")


def cotangents(value: Arg, y_bar: Arg) -> tuple[list[Stmt], tuple[tuple[Arg, Arg], ...]]:
    """The statements that take a cotangent apart, and each smooth leaf of the result with its cotangent."""
    stmts: list[Stmt] = []
    pairs: list[tuple[Arg, Arg]] = []

    def unpack(y: Arg, g: Arg) -> None:
        if type(y) is Pack:
            for k, item in enumerate(y.items):
                if type(g) is Pack:
                    unpack(item, g.items[k])
                    continue
                part = Var("part_bar")
                step, key = step_to(y, k)
                stmts.append(Call((part,), step, (g, Const(key)), (), None, True))
                unpack(item, part)
        elif type(y) is Var and not y.fact.is_discrete:
            if y.fact.is_array or y.fact.is_scalar:
                checked = Var("y_bar", cotangent(y.fact))
                stmts.append(Call((checked,), runtime.cotangent_of, (g, y), (), None, True))
                g = checked
            pairs.append((y, g))
    unpack(value, y_bar)
    return stmts, tuple(pairs)


def tangent_of(x: Var) -> Var:
    """A variable for the tangent of an input."""
    return Var(f"{x.name}_dot", cotangent(x.fact))


def tangent_function(of: Primal, request: Request, given: tuple[Arg, ...] | None = None) -> Function:
    """``(args…, tangents…) → (y, y_dot)``; each tangent has the structure of its argument. With ``given`` they are no
    parameters."""
    primal = of.function
    stmts: list[Stmt] = []
    tangents: dict[Var, Arg] = {}
    params: list[Var] = []

    def unpack(tree: Any, dot: Arg) -> None:
        if isinstance(tree, Var):
            if differentiable(tree):
                checked = tangent_of(tree)
                stmts.append(Call((checked,), runtime.cotangent_of, (dot, tree), (), None, True))
                tangents[tree] = checked
            return
        for at, (op, k, t) in enumerate(branches_of(tree)):
            if leaves_of(t) and type(dot) is Pack:
                unpack(t, dot.items[dot.keys.index(k) if dot.kind == "dict" else at])
            elif leaves_of(t):
                part = Var("part_dot")
                stmts.append(Call((part,), op, (dot, Const(k)), (), None, True))
                unpack(t, part)
    for k, tree in enumerate(of.trees):
        if given is not None:
            unpack(tree, given[k])
            continue
        name = tree.name if isinstance(tree, Var) else f"x{k}"
        params.append(Var(f"{name}_dot"))
        unpack(tree, params[-1])
    head = [s for s in primal.body.stmts if s.outs and s.outs[0] in primal.inputs]
    split = max((primal.body.stmts.index(s) + 1 for s in head), default=0)
    body = Block(primal.params, (*primal.body.stmts[:split], *stmts, *primal.body.stmts[split:]), primal.body.results)
    prepared = replace(primal, body=body)

    def result(dot: Callable[[Arg], Arg], out: list[Stmt]) -> Arg:
        return Pack("tuple", (primal.result, dot(primal.result)))
    return forward(prepared, tangents, (*primal.params, *params), result)
