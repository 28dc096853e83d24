"""Calls: which are operations, which are inlined, and what builtins and container methods mean here.

Before: ``helper(a, k=2)`` with ``def helper(b, k): b[0] *= k``.  After: the body of ``helper`` in place, writing to
``a``.
"""
from __future__ import annotations

import collections
import copy
import dataclasses
import enum
import functools
import inspect
import itertools
import math
import operator
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from s2sad import rules, runtime
from s2sad.errors import S2SADError, SourceNotFound
from s2sad.frontend import known
from s2sad.frontend.expressions import FORWARDS
from s2sad.frontend.liveness import analyse
from s2sad.frontend.places import DEFINITE_VIEWS
from s2sad.frontend.source import code_of, find
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Atom,
    Bound,
    Buffer,
    Choice,
    Closure,
    Default,
    Fields,
    Frame,
    Items,
    Iteration,
    Method,
    Ref,
    Slice,
    Super,
    Table,
    Tup,
    Unbound,
    Value,
    const,
    static,
)
from s2sad.ir import Arg, Const, Fact, Var
from s2sad.ir.effects import VIEWS
from s2sad.ir.facts import UNSET
from s2sad.specialize.infer import infer
from s2sad.specialize.resolve import METHODS, METHODS_IN_PLACE, MUTATES

ITERATORS = {iter, map, filter, zip, enumerate, reversed}
MAX_DEPTH, MAX_CALLS = 60, 2000
TAKES_LISTS = {
    np.array,
    np.asarray,
    np.asanyarray,
    np.ascontiguousarray,
    np.stack,
    np.concatenate,
    np.vstack,
    np.hstack,
    np.column_stack,
    np.dstack,
    np.block,
    np.select,
    np.choose,
    np.piecewise,
    np.linalg.multi_dot,
    np.shape,
    np.meshgrid,
    np.r_,
    np.c_,
    np.einsum,
    np.pad,
    np.full,
    np.tile,
}
IDENTITIES = {np.asarray, np.asanyarray, np.ascontiguousarray}
OPAQUE = ("warnings", "logging", "os", "sys", "re", "io", "time", "random", "json", "datetime", "pathlib", "inspect",
          "traceback", "threading", "copy", "locale", "string", "textwrap")
TRUSTED = (
    *OPAQUE,
    "numpy",
    "scipy",
    "math",
    "cmath",
    "operator",
    "builtins",
    "_operator",
    "itertools",
    "random",
    "time",
)
Kwargs = tuple[tuple[str, Value], ...]


class RunTimeRecursion(Exception):
    """A function calls itself to a depth that is not known now: it is lowered again with its own calls as
    operations."""

    def __init__(self, node: Any) -> None:
        super().__init__(getattr(node, "name", "<lambda>"))
        self.node = node


class Calls:
    """The part of the lowerer for calls."""

    frames: list[Frame]
    heap: dict[int, Any]

    def call_node(self, node: Any, hint: str) -> Value:
        fn = self.expr(node.func)
        self.pending.append(fn)
        mark = len(self.pending)
        args = self.elements(node.args)
        self.pending.extend(args)
        kwargs: list[tuple[str, Value]] = []
        for k in node.keywords:
            value = self.expr(k.value)
            if k.arg is not None:
                kwargs.append((k.arg, value))
                continue
            table = self.heap[value.cell] if isinstance(value, Ref) else None
            if not isinstance(table, Table):
                raise self.unsupported("`**` of something that is not a dict of known keys", node=node, code="S2S010")
            kwargs.extend(zip(table.keys, table.values))
        del self.pending[mark - 1:]
        loc = self.loc
        if static(fn) is super and not args:
            return self.super_of()
        result = self.call(fn, args, tuple(kwargs), hint)
        self.loc = loc
        return result

    def call(self, fn: Value, args: tuple[Value, ...], kwargs: Kwargs, hint: str = "") -> Value:
        """``fn(*args, **kwargs)``."""
        match fn:
            case Closure():
                return self.inline(fn, args, kwargs)
            case Bound():
                return self.call(fn.function, (*fn.args, *args), (*fn.kwargs, *kwargs), hint)
            case Method():
                return self.call_method(fn, args, kwargs, hint)
            case Choice():
                mark = len(self.pending)
                self.pending.extend((*args, *(v for _, v in kwargs)))
                result = self.choose(fn.test, lambda: self.call(fn.then, args, kwargs, hint),
                                     lambda: self.call(fn.orelse, args, kwargs, hint), hint)
                del self.pending[mark:]
                return result
            case Ref() if isinstance(self.heap[fn.cell], Fields):
                return self.call_special(fn, "__call__", args, kwargs)
            case Atom() if fn.is_static:
                return self.call_object(fn.value, args, kwargs, hint)
        raise self.unsupported(f"a call of {self.describe(fn)}: which function it is is not known now",
                               "choose between functions with `if`, calling each in its branch", code="S2S011")

    def call_object(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A call of a Python object that is known now."""
        lower = getattr(fn, "__s2sad_lower__", None)
        if lower is not None and not isinstance(fn, type):
            return lower(self, args, kwargs)
        special = _SPECIAL.get(fn) if _hashable(fn) else None
        if _hashable(fn) and fn in _REFUSED:
            raise self.unsupported(f"`{fn.__name__}` runs or reads code that cannot be seen", "write the code out")
        if args and _hashable(fn) and fn in PROTOCOL and self.is_object(args[0]):
            found = self.find_special(args[0], PROTOCOL[fn])
            if found is not None:
                return self.call(found, args[1:], kwargs, hint)
        if len(args) == 2 and _hashable(fn) and fn in FORWARDS and any(map(self.is_object, args)):
            return self.binary(fn, *args)
        if special is not None:
            result = special(self, args, dict(kwargs), hint)
            if result is not NotImplemented:
                made = fn in ITERATORS or getattr(fn, "__module__", None) == "itertools"
                return self.mark_one_shot(result, args) if made else result
        constant = known.evaluate(self, fn, args, kwargs)
        if constant is not None:
            return constant
        owner = getattr(fn, "__self__", None)
        if isinstance(owner, type) and issubclass(owner, tuple) and fn.__name__ == "_make":
            return Tup(self.static_items(args[0]) or (), owner)
        if isinstance(owner, np.ufunc) and fn.__name__ == "outer" and rules.lookup(fn) is None:
            return self.ufunc_outer(owner, *args)
        if isinstance(fn, (operator.itemgetter, operator.attrgetter, operator.methodcaller)):
            return self.call_getter(fn, args[0])
        if isinstance(fn, np.vectorize):
            if fn.signature is not None or fn.excluded or fn.otypes is not None:
                raise self.unsupported("`np.vectorize` with options", "write the loop")
            return self.call_vectorized(self.capture(fn.pyfunc, None), args, kwargs)
        if isinstance(fn, functools.partial):
            given = tuple(self.capture(a, None) for a in fn.args)
            named = tuple((k, self.capture(v, k)) for k, v in fn.keywords.items())
            return self.call_object(fn.func, (*given, *args), (*named, *kwargs), hint)
        if isinstance(fn, functools._lru_cache_wrapper):
            return self.call_object(fn.__wrapped__, args, kwargs, hint)
        if self.is_operation(fn):
            return self.call_op(fn, args, kwargs, hint)
        if isinstance(fn, type):
            return self.construct(fn, args, kwargs, hint)
        written = known.dispatched(fn)
        if written is not None:
            return self.call_written(written, fn, args, kwargs, hint)
        plain, bound = code_of(fn)
        if isinstance(plain, types.FunctionType):
            return self.call_function(plain, (*(self.capture(b, None) for b in bound), *args), kwargs, hint)
        if not isinstance(fn, (types.BuiltinFunctionType, np.ufunc)) and isinstance(
                method := getattr(type(fn), "__call__", None), types.FunctionType):  # noqa: B004
            return self.call_function(method, (self.capture(fn, None), *args), kwargs, hint)
        return self.call_opaque(fn, args, kwargs, hint)

    def call_getter(self, fn: Any, owner: Value) -> Value:
        """A call of what ``operator.itemgetter`` and its like return."""
        made, given = fn.__reduce__()[:2]
        if isinstance(fn, operator.methodcaller):
            name, *rest = given if made is operator.methodcaller else made.args
            named = {} if made is operator.methodcaller else made.keywords
            return self.call(self.attribute(owner, name), tuple(self.capture(a, None) for a in rest),
                             tuple((k, self.capture(v, k)) for k, v in named.items()))
        found = []
        for key in given:
            if isinstance(fn, operator.itemgetter):
                found.append(self.get(owner, self.capture(key, None)))
            else:
                found.append(functools.reduce(self.attribute, key.split("."), owner))
        return found[0] if len(found) == 1 else Tup(tuple(found))

    def call_vectorized(self, fn: Value, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """A call of ``np.vectorize(fn)``: ``fn`` at every element."""
        if kwargs:
            raise self.unsupported("a function made by `np.vectorize` called with keywords", "pass them by position")
        made = self.call_function(known.vectorized, (fn, *args), (), "")
        fact = self.fact(made)
        if fact.dtype is None or fact.dtype.kind not in "fc":
            raise self.unsupported("`np.vectorize` of a function that may return integers: NumPy takes the kind of the first",  # noqa: E501
                                   "return floats on every path", code="S2S011")
        return made

    def ufunc_outer(self, fn: np.ufunc, a: Value, b: Value) -> Value:
        """``np.add.outer(a, b)``: the operation after adding axes to ``a``."""
        ndim = self.fact(b).ndim
        if ndim is None:
            raise self.unsupported(f"`np.{fn.__name__}.outer` of an array whose number of dimensions is not known")
        if ndim and not self.fact(a).is_scalar:
            a = self.get(a, Tup((const(Ellipsis), *(NONE,) * ndim)))
        return self.call_op(fn, (a, b), ())

    def is_operation(self, fn: Any) -> bool:
        """Whether a callable is a primitive: it has a rule, or is known to have no derivative."""
        if not _hashable(fn):
            return False
        if rules.lookup(fn) is not None or rules.has_no_gradient(fn):
            return True
        return isinstance(fn, (np.ufunc, runtime.Recursive)) or fn in MUTATES or getattr(fn, "__module__",
                                                                                         None) in ("math", "_operator")

    def call_function(self, fn: types.FunctionType, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A Python function: inlined, or an opaque operation where its source is not ours to read."""
        if fn in rules.STATIC:
            return self.capture(fn(*(self.constant_of(a) for a in args)), None)
        module = getattr(fn, "__module__", None) or ""
        if module.split(".")[0] == "numpy":
            return self.call_written(fn, fn, args, kwargs, hint)
        if module.split(".")[0] in OPAQUE:
            return self.call_opaque(fn, args, kwargs, hint)
        return self.call_source(fn, args, kwargs, hint)

    def call_written(self, fn: types.FunctionType, public: Callable, args: tuple[Value, ...], kwargs: Kwargs,
                     hint: str) -> Value:
        """A NumPy function without rule that is written in Python: inlined if that succeeds and an argument is a number
        or an array that is not known now, else called as it is."""
        if any(isinstance(v, Ref) and isinstance(self.heap.get(v.cell), Fields) for v in args):
            return self.call_source(fn, args, kwargs, hint)
        if not any(self.may_vary(v) for v in (*args, *(v for _, v in kwargs))):
            return self.call_opaque(public, args, kwargs, hint)
        before, frames, pending = self.snapshot(), len(self.frames), len(self.pending)
        mark, depth, loc = len(self.stmts), self.depth, self.loc
        try:
            return self.call_source(fn, args, kwargs, hint)
        except S2SADError:
            self.restore(before)
            del self.stmts[mark:], self.frames[frames:], self.pending[pending:]
            self.depth, self.loc = depth, loc
            return self.call_opaque(public, args, kwargs, hint)

    def may_vary(self, value: Value) -> bool:
        """Whether a value may be, or hold, something that is differentiated."""
        items = self.literal_items(value)
        if items is not None:
            return any(self.may_vary(v) for v in items)
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], (Fields, Table)):
            return any(self.may_vary(v) for v in self.heap[value.cell].values)
        return static(value) is UNSET and isinstance(value, (Atom, Ref)) and not self.fact(value).is_discrete

    def call_source(self, fn: types.FunctionType, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A Python function, inlined if there is source."""
        try:
            source = find(fn)
        except SourceNotFound:
            return self.call_opaque(fn, args, kwargs, hint)
        analyse(source.node)
        if source.node in self.recursive and any(f.source is not None and f.source.node is source.node
                                                 for f in self.frames):
            return self.call_recursive(fn, source.node, args, kwargs, hint)
        closure = dict(zip(fn.__code__.co_freevars, fn.__closure__ or ()))
        defaults = tuple(self.capture_outside(d, None, "a default argument") for d in fn.__defaults__ or ())
        names = [a.id for a in source.node.args.kwonlyargs]
        given = fn.__kwdefaults__ or {}
        kw_defaults = tuple(self.capture_outside(given[n], n, n) if n in given else None for n in names)
        frame = Frame({}, source, fn.__globals__, closure)
        return self.inline(Closure(source.node, source, frame, defaults, kw_defaults), args, kwargs)

    def call_recursive(self, fn: types.FunctionType, node: Any, args: tuple[Value, ...], kwargs: Kwargs,
                       hint: str) -> Value:
        """A call of a function by itself, to a depth that is known only at run time: one operation."""
        parameters = list(inspect.signature(fn).parameters.values())
        named = dict(kwargs)
        given = list(args)
        for p in parameters[len(args):]:
            if p.name in named:
                given.append(named.pop(p.name))
            elif p.default is not p.empty:
                given.append(self.capture(p.default, None))
        names = {p.name for p in parameters}
        writes = any(isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Store) and isinstance(n.value, gast.Name)
                     and n.value.id in names for n in gast.walk(node))
        plain = all(isinstance(v, Atom) or (isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer))
                    for v in given)
        if writes or named or not plain or any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
            raise self.unsupported(
                f"`{fn.__name__}` calls itself to a depth known only at run time, with arguments other than "
                                   "numbers and arrays, or writing to them", "write it as a loop", code="S2S012")
        key = self.operations.setdefault(fn, runtime.Recursive(fn))
        return self.call_op(key, tuple(given), (), hint)

    def constant_of(self, value: Value) -> Any:
        """The compile-time constant that a value is, containers included."""
        items = self.literal_items(value)
        if items is not None:
            return (tuple if isinstance(value, Tup) else list)(self.constant_of(v) for v in items)
        known = static(value)
        if known is UNSET:
            raise self.unsupported(f"{self.describe(value)} must be known before the function runs", code="S2S011")
        return known

    def call_opaque(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A function without rule and without source. An active argument is found out later, with an error."""
        module = (getattr(fn, "__module__", None) or type(fn).__module__ or "").split(".")[0]
        if module not in TRUSTED and not callable(fn):
            raise self.unsupported(f"{fn!r} is called but is not callable", code="S2S011")
        if module not in TRUSTED and any(isinstance(a, Ref) for a in args):
            name = getattr(fn, "__qualname__", repr(fn))
            raise self.unsupported(f"`{name}` has no source, no rule, and might write to its arguments",
                                   f"register it: `@s2sad.rule({name})`, or s2sad.no_gradient({name})", code="S2S003")
        return self.call_op(fn, args, kwargs, hint)

    # ---- operations ------------------------------------------------------------------------------------------------

    def call_op(self, fn: Callable, args: tuple[Value, ...], kwargs: Kwargs, hint: str = "") -> Value:
        """A primitive operation."""
        named = dict(kwargs)
        if fn is np.copyto and len(args) == 2 and not set(named) - {"where"}:
            source = args[1]
            if "where" in named:
                source = self.call_op(np.where, (named["where"], source, args[0]), ())
            self.put(args[0], const(Ellipsis), source)
            return NONE
        if _hashable(fn) and fn in MUTATES:
            raise self.unsupported(f"`{fn.__name__}` writes to its argument", MUTATES[fn], code="S2S001")
        out = named.pop("out", None)
        if isinstance(fn, np.ufunc) and len(args) > fn.nin:
            args, out = args[:fn.nin], args[fn.nin]
        if isinstance(out, Tup) and len(out.items) == 1:
            out = out.items[0]
        if fn in IDENTITIES and len(args) == 1 and self.fact(args[0]).is_array:
            dtype = static(named["dtype"]) if "dtype" in named else None
            if not named or (set(named) == {"dtype"} and _same_dtype(dtype, self.fact(args[0]).dtype)):
                return args[0]
        definite = fn in DEFINITE_VIEWS or (fn in (np.reshape, np.ravel) and self.is_contiguous(args, named))
        if definite and args and isinstance(args[0], Ref) and self.fact(args[0]).is_array and out is None:
            rest = tuple(self.reify(a) for a in args[1:])
            named_args = tuple((k, self.reify(v)) for k, v in named.items())
            return self.view_of(args[0], fn, rest, named_args, hint)
        if fn not in TAKES_LISTS and (isinstance(fn, np.ufunc) or (getattr(fn, "__module__", None)
                                                                   or "").startswith("numpy")):
            args, named = self.lists_as_arrays(fn, args, named)
        value = self.emit(fn, tuple(self.reify(a) for a in args), tuple((k, self.reify(v)) for k, v in named.items()),
                          hint)
        if fn in VIEWS and args and isinstance(args[0], Ref):
            for v in (value, *(value.items if isinstance(value, Tup) else ()), *(self.literal_items(value) or ())):
                if isinstance(v, Ref) and isinstance(self.heap[v.cell], Buffer):
                    self.may_share(v, args[0])
        if out is None or static(out) is None:
            return value
        if not isinstance(out, Ref):
            raise self.unsupported("`out=` of something that is not an array", code="S2S011")
        self.put(out, const(Ellipsis), value)
        return out

    def is_contiguous(self, args: tuple[Value, ...], named: dict[str, Value]) -> bool:
        """Whether the first argument is certainly an array in C order, and no other order is asked for."""
        if not args or not isinstance(args[0], Ref) or args[0].path or set(named) - {"shape",
                                                                                     "newshape"} or len(args) > 2:
            return False
        cell = self.heap[args[0].cell]
        return isinstance(cell, Buffer) and cell.contiguous

    def lists_as_arrays(self, fn: Callable, args: tuple[Value, ...], named: dict[str, Value]) -> tuple[tuple[Value,
            ...], dict]:
        """Lists given where NumPy wants arrays, as arrays: rules are written for arrays."""
        entry = rules.lookup(fn)
        if entry is None:
            return (tuple(self.as_array(a) for a in args) if isinstance(fn, np.ufunc) else args), named
        names = [p.name for p in entry.params]
        given = tuple(self.as_array(a) if k < len(names) and names[k] in entry.wrt else a for k, a in enumerate(args))
        return given, {k: self.as_array(v) if k in entry.wrt else v for k, v in named.items()}

    # ---- user functions --------------------------------------------------------------------------------------------

    def inline(self, fn: Closure, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """The body of a function in place of its call."""
        node = fn.node
        name = getattr(node, "name", "<lambda>")
        self.inlined += 1
        if self.depth >= MAX_DEPTH or self.inlined > MAX_CALLS:
            if not self.adjoint and node not in self.recursive and sum(f.source is not None and f.source.node is node
                                                  for f in self.frames) > 1:
                raise RunTimeRecursion(node)
            raise self.unsupported(
                f"`{name}` is called {MAX_DEPTH} levels deep or more than {MAX_CALLS} times: recursion whose "
                                   "depth depends on run-time values", "write it as a loop", code="S2S012")
        if isinstance(node, gast.AsyncFunctionDef):
            self.loc = fn.source.loc(node)
            raise self.unsupported(f"`{name}` is an async function", "make it a plain function")
        if node.scope.generates:
            self.loc = fn.source.loc(node)
            raise self.unsupported(f"`{name}` is a generator (it has `yield`)", "return a list instead of `yield`")
        env = self.bind(fn, name, args, kwargs)
        local = frozenset(env) if isinstance(node, gast.Lambda) else frozenset((*env, *node.scope.stored))
        shared = node.scope.shared
        unlocal = local - shared - node.scope.outside
        parent = fn.frame
        globals_, closure = (parent.globals, parent.closure)
        frame = Frame(env, fn.source, globals_, closure, parent, unlocal, shared, node.always_live, name,
                      outside=node.scope.outside)
        frame.env.update({"$skip": FALSE, "$stop": FALSE, "$ret": FALSE, "$val": Unbound()})
        loc = self.loc
        caller = self.frames[-1] if self.frames else None
        self.frames.append(frame)
        self.depth += 1
        try:
            if isinstance(node, gast.Lambda):
                if not self.adjoint:
                    self.loc = self.at(node.body)
                frame.env["$val"] = self.expr(node.body)
            else:
                self.body(node.body, frozenset())
                self.fall_off()
        finally:
            self.depth -= 1
            self.frames.pop()
            self.loc = loc
        if caller is not None and static(frame.env.get("$dead", FALSE)) is True:
            caller.env["$dead"] = caller.env["$skip"] = TRUE
        return frame.env["$val"]

    def fall_off(self) -> None:
        """The end of a function without ``return``: the result is None."""
        env = self.frames[-1].env
        returned = env["$ret"]

        def none() -> None:
            self.frames[-1].env["$val"] = NONE
        if static(env.get("$dead", FALSE)) is True:
            none()
        elif static(returned) is UNSET:
            self.branch(returned, lambda: None, none, frozenset())
        elif static(returned) is False:
            none()

    def bind(self, fn: Closure, name: str, args: tuple[Value, ...], kwargs: Kwargs) -> dict[str, Value]:
        """Parameters bound to arguments, as Python does it."""
        a = fn.node.args
        positional = [*a.posonlyargs, *a.args]
        env: dict[str, Value] = {p.id: v for p, v in zip(positional, args)}
        if len(args) > len(positional):
            if a.vararg is None:
                raise self.unsupported(
                    f"`{name}` takes {len(positional)} positional arguments but {len(args)} are given")
        if a.vararg is not None:
            env[a.vararg.id] = Tup(tuple(args[len(positional):]))
        allowed = {p.id for p in (*a.args, *a.kwonlyargs)}
        extra: list[tuple[str, Value]] = []
        for k, v in kwargs:
            if k in allowed:
                if k in env:
                    raise self.unsupported(f"`{name}` gets the argument `{k}` twice")
                env[k] = v
            elif a.kwarg is not None:
                extra.append((k, v))
            else:
                self.certain_error(TypeError, f"{name}() got an unexpected keyword argument '{k}'")
                raise self.unsupported(f"`{name}` has no parameter `{k}`")
        if a.kwarg is not None:
            env[a.kwarg.id] = self.new_ref(Table(tuple(k for k, _ in extra), tuple(v for _, v in extra)))
        for p, d in zip(positional[len(positional) - len(fn.defaults):], fn.defaults):
            env.setdefault(p.id, d)
        for p, d in zip(a.kwonlyargs, fn.kw_defaults):
            if d is not None:
                env.setdefault(p.id, d)
        missing = [p.id for p in (*positional, *a.kwonlyargs) if p.id not in env]
        if missing:
            raise self.unsupported(f"`{name}` is called without the argument `{missing[0]}`")
        for parameter, value in env.items():
            if self.is_one_shot(value):
                self.check_read_once(parameter, fn.node, (0, 0), None)
        if any(map(self.is_one_shot, args[len(positional):])) or any(self.is_one_shot(v) for _, v in extra):
            raise self.kept_iterator(None)
        return env

    # ---- methods ---------------------------------------------------------------------------------------------------

    def call_method(self, fn: Method, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        owner, name = fn.owner, fn.name
        if isinstance(owner, Ref) and not owner.path:
            cell = self.heap[owner.cell]
            if isinstance(cell, Items) or (isinstance(cell, Buffer) and cell.fact.kind == "list"):
                return self.list_method(owner, cell, name, args, dict(kwargs))
            if isinstance(cell, Table):
                return self.dict_method(owner, cell, name, args, dict(kwargs))
        if isinstance(owner, Ref) and self.fact(owner).kind == "list":
            raise self.unsupported(f"`.{name}` of a list inside a list of run-time length", code="S2S010")
        if isinstance(owner, Tup) and name in ("index", "count"):
            items = [static(v) for v in owner.items]
            return const(getattr(items, name)(static(args[0])))
        if isinstance(owner, Tup) and name == "_replace":
            fields = owner.cls._fields
            given = dict(kwargs)
            return Tup(tuple(given.get(f, v) for f, v in zip(fields, owner.items)), owner.cls)
        if isinstance(owner, Tup) and name == "_asdict":
            return self.new_ref(Table(owner.cls._fields, owner.items))
        if isinstance(owner, Atom) and owner.fact.kind == "str":
            return self.string_method(owner, name, args, kwargs)
        if name in METHODS_IN_PLACE:
            return self.array_in_place(owner, name, args, dict(kwargs))
        if name in ("conjugate", "conj") and self.fact(owner).kind in ("float", "int", "complex"):
            return self.conjugate(owner)
        if name in METHODS:
            return self.array_method(owner, name, args, kwargs, hint)
        if isinstance(owner, Atom) and owner.is_static and not kwargs and all(static(a) is not UNSET for a in args):
            return self.capture(getattr(owner.value, name)(*(static(a) for a in args)), None)
        raise self.unsupported(f"the method `.{name}` of {self.describe(owner)}", code="S2S011")

    def conjugate(self, owner: Value) -> Value:
        """``z.conjugate()`` of a Python number, which stays one."""
        if self.fact(owner).kind != "complex":
            return owner
        real, imag = self.attribute(owner, "real"), self.attribute(owner, "imag")
        return self.call_object(complex, (real, self.unary(operator.neg, imag)), (), "")

    def array_method(self, owner: Value, name: str, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        fact = self.fact(owner)
        if fact.kind == "unknown":
            if name not in ("sum", "mean", "reshape", "copy", "dot", "max", "min", "prod", "std", "var", "ravel",
                            "flatten",
                            "transpose", "astype", "item", "cumsum", "T", "any", "all"):
                raise self.unsupported(f"the method `.{name}` of a value whose kind is not known",
                                       f"call np.{name}", code="S2S011")
        if name in ("reshape", "transpose") and len(args) > 1:
            args = (Tup(args),)
        if name == "flatten":
            flat = self.call_op(np.ravel, (owner, *args), kwargs, hint)
            return self.call_op(np.copy, (flat,), (), hint)
        if name == "copy" and not args and not kwargs and fact.is_array:
            return self.emit(runtime.copy, (self.reify(owner),), hint=hint)
        if name == "astype":
            kwargs = tuple((k, v) for k, v in kwargs if k != "copy" or static(v) is not True)
            if fact.is_scalar:
                dtype = static(args[0])
                return self.call_object(np.dtype(dtype).type, (owner,), (), hint)
        if name == "item" and not args and fact.kind == "scalar" and fact.dtype is not None:
            return self.call_object(float if fact.dtype.kind == "f" else complex if fact.dtype.kind == "c" else int,
                                    (owner,),
                                    (), hint)
        return self.call_op(METHODS[name], (owner, *args), kwargs, hint)

    def array_in_place(self, owner: Value, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        if not isinstance(owner, Ref):
            raise self.unsupported(f"`.{name}` of {self.describe(owner)}", code="S2S011")
        if name == "fill":
            self.put(owner, const(Ellipsis), args[0])
        elif name == "sort":
            self.put(owner, const(Ellipsis), self.call_op(np.sort, (owner, *args), tuple(kwargs.items())))
        else:
            raise self.unsupported(f"`.{name}` changes an array in a way that is not followed", "make a new array")
        return NONE

    def list_method(self, owner: Ref, cell: Any, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        if name == "append":
            self.list_append(owner, args[0])
            return NONE
        if name == "pop":
            return self.list_pop(owner, args[0] if args else None)
        if name == "extend":
            self.list_extend(owner, args[0])
            return NONE
        if name == "copy":
            if isinstance(cell, Items):
                return self.new_list(cell.values)
            return self.call_object(list, (owner,), (), "")
        if isinstance(cell, Items):
            if name in ("insert", "reverse", "clear"):
                self.check_change(owner.cell)
            if name == "insert" and static(args[0]) is not UNSET:
                values = list(cell.values)
                values.insert(static(args[0]), args[1])
                self.heap[owner.cell] = Items(tuple(values))
                return NONE
            if name in ("reverse", "clear"):
                self.heap[owner.cell] = Items(cell.values[::-1] if name == "reverse" else ())
                return NONE
            if name in ("index", "count") and all(static(v) is not UNSET for v in (*cell.values, args[0])):
                return const(getattr([static(v) for v in cell.values], name)(static(args[0])))
        raise self.unsupported(f"the method `.{name}` of a list", "build a new list", code="S2S010")

    def dict_method(self, owner: Ref, cell: Table, name: str, args: tuple[Value, ...], kwargs: dict[str,
                                                                                                    Value]) -> Value:
        pairs = list(zip(cell.keys, cell.values))
        if name == "items":
            return Iteration("static", (), tuple(Tup((self.capture(k, None), v)) for k, v in pairs))
        if name == "keys":
            return Iteration("static", (), tuple(self.capture(k, None) for k in cell.keys))
        if name == "values":
            return Iteration("static", (), cell.values)
        if name == "get" and args and not isinstance(args[0], Tup) and static(args[0]) is UNSET and all(
                static(v) is not UNSET for v in cell.values):
            table = dict(zip(cell.keys, map(static, cell.values), strict=True))
            return self.emit(dict.get, (Const(table), *(self.reify(a) for a in args)))
        if name in ("get", "setdefault", "pop") and args:
            key = self.static_key(args[0])
            if key in cell.keys:
                value = cell.values[cell.keys.index(key)]
                if name == "pop":
                    self.delete_item(owner, args[0])
                return value
            value = args[1] if len(args) > 1 else NONE
            if name == "setdefault":
                self.put(owner, args[0], value)
            if name == "pop" and len(args) == 1:
                raise self.unsupported(f"the key {key!r} is not in the dict here", code="S2S010")
            return value
        if name in ("update", "clear"):
            self.check_change(owner.cell)
        if name == "update":
            new = self.heap[args[0].cell] if args and isinstance(args[0], Ref) else Table((), ())
            for k, v in (*zip(new.keys, new.values), *kwargs.items()):
                self.put(owner, const(k), v)
            return NONE
        if name == "copy":
            return self.new_ref(cell)
        if name == "clear" and owner.cell in self.fields_of:
            raise self.unsupported("all fields of an object are deleted", code="S2S010")
        if name == "clear":
            self.heap[owner.cell] = Table((), (), cell.cls)
            return NONE
        raise self.unsupported(f"the method `.{name}` of a dict", code="S2S010")

    def string_method(self, owner: Atom, name: str, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        values = [static(a) for a in args]
        named = {k: static(v) for k, v in kwargs}
        items = self.static_items(args[0]) if name == "join" and args else None
        if items is not None and all(static(v) is not UNSET for v in items):
            values = [[static(v) for v in items]]
        if owner.is_static and UNSET not in values and UNSET not in named.values():
            return self.capture(getattr(owner.value, name)(*values, **named), None)
        return self.emit(getattr(str, name), (owner.arg, *(self.reify(a) for a in args)),
                         tuple((k, self.reify(v)) for k, v in kwargs))

    # ---- what builtins need ----------------------------------------------------------------------------------------

    def class_of(self, value: Value) -> type | None:
        """The Python class of a value, None if it is not known."""
        match value:
            case Tup():
                return value.cls
            case Ref() if not value.path and isinstance(self.heap[value.cell], Fields):
                return self.heap[value.cell].cls
            case Ref() if not value.path and isinstance(self.heap[value.cell], Table):
                kind = self.heap[value.cell].cls
                return collections.defaultdict if isinstance(kind, Default) else kind
            case Slice():
                return slice
            case Closure():
                return types.FunctionType
            case Bound():
                return types.MethodType
            case Iteration(kind="range"):
                return range
        if static(value) is not UNSET:
            return type(static(value))
        fact = self.fact(value)
        if fact.kind == "scalar" and fact.dtype is not None:
            return fact.dtype.type
        return {"float": float, "int": int, "bool": bool, "complex": complex, "array": np.ndarray, "list": list,
                "dict": dict,
                "str": str, "none": type(None), "range": range, "tuple": tuple}.get(fact.kind)

    def python_value(self, value: Value) -> Any:
        """A value as the Python object that it is; an error if it is known only at run time."""
        if isinstance(value, Tup):
            return tuple(self.python_value(v) for v in value.items)
        items = self.literal_items(value)
        if items is not None:
            return [self.python_value(v) for v in items]
        known = static(value)
        if known is UNSET:
            raise self.unsupported("an option that is known only at run time")
        return known

    def copied(self, value: Value, deep: bool, memo: dict[int, Value]) -> Value:
        """A copy of a value, of all that it refers to if ``deep``."""
        if isinstance(value, Tup):
            return Tup(tuple(self.copied(v, deep, memo) for v in value.items), value.cls) if deep else value
        if not isinstance(value, Ref):
            return value
        if value.cell in memo and not value.path:
            return memo[value.cell]
        cell = self.heap[value.cell]
        if value.path or isinstance(cell, Buffer):
            made = self.emit(runtime.copy, (self.reify(value),))
        else:
            made = self.new_ref(cell)
            memo[value.cell] = made
            if deep:
                self.heap[made.cell] = replace(cell, values=tuple(self.copied(v, deep, memo) for v in cell.values))
        if not value.path:
            memo[value.cell] = made
        return made

    def hold(self, value: Value, *sources: Value) -> None:
        """Note that a run-time list holds things of other values."""
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Buffer):
            cell = self.heap[value.cell]
            held = frozenset().union(*(self.roots(v) for v in sources))
            self.heap[value.cell] = replace(cell, holds=cell.holds | held)

    def items_up_to(self, it: Iteration, others: list[Iteration]) -> tuple[Value, ...] | None:
        """The first items of a run-time sequence that is walked beside known ones."""
        count = min(len(o.static) for o in others if o.static is not None)
        if it.kind == "range" and static(self.length(it)) is not UNSET:
            count = min(count, static(self.length(it)))
        elif it.kind != "seq":
            return None
        else:
            dims = self.fact(it.parts[0]).dims
            if not dims or not isinstance(dims[0], int):
                return None
            count = min(count, dims[0])
        return tuple(self.position_item(it, const(k)) for k in range(count))

    def collect_items(self, value: Value, hint: str, fn: Callable[[Value], Value] | None = None) -> Value:
        """A list of the items of something of run-time length, by a loop."""
        it = self.iterate(value)
        frame = Frame({}, self.frames[-1].source, parent=self.frames[-1], always_live=frozenset(("$list",)))
        frame.env["$list"] = result = self.new_list(())
        self.frames.append(frame)
        walked, name, item_of = self.positions(it, None)

        def body(item: Arg) -> None:
            got = item_of(Atom(item, Fact("int")))
            self.list_append(frame.env["$list"], got if fn is None else fn(got))
        try:
            self.scan(walked, name, None, body, frozenset(("$list",)), frozenset(("$list",)), [], [])
        finally:
            self.frames.pop()
        return result

    # ---- objects (instances of user classes) -----------------------------------------------------------------------

    def is_object(self, value: Value) -> bool:
        """Whether a value is an instance of a user class."""
        return isinstance(value, Ref) and not value.path and isinstance(self.heap[value.cell], Fields)

    def equal_objects(self, left: Value, right: Value) -> Value:
        """``left == right`` where one is an object whose class does not define it in source that can be read."""
        if not (self.is_object(left) and self.is_object(right)):
            return FALSE
        a, b = self.heap[left.cell], self.heap[right.cell]
        made = getattr(a.cls, "__dataclass_params__", None)
        if made is not None and made.eq and a.cls is b.cls:
            names = [n for n, f in a.cls.__dataclass_fields__.items() if f.compare]
            return self.equal_items(operator.eq, *(tuple(self.attribute(v, n) for n in names) for v in (left, right)))
        same = self.same_object(left, right)
        if same is None:
            raise self.unsupported("a comparison of objects that may or may not be the same", code="S2S011")
        return const(same)

    def find_special(self, owner: Value, name: str) -> Value | None:
        """The bound special method of an object, None if its class has none."""
        cell = self.heap[owner.cell]
        fn = inspect.getattr_static(cell.cls, name, None)
        self.guard_class(cell.cls, name)
        if fn is None or not isinstance(fn, types.FunctionType):
            return None
        return Bound(const(fn), (owner,))

    def call_special(self, owner: Value, name: str, args: tuple[Value, ...], kwargs: Kwargs = ()) -> Value:
        found = self.find_special(owner, name)
        if found is None:
            raise self.unsupported(f"an object of class `{self.heap[owner.cell].cls.__name__}` has no `{name}`",
                                   code="S2S011")
        return self.call(found, args, kwargs)

    def object_attribute(self, owner: Ref, cell: Fields, name: str) -> Value:
        if self.find_special(owner, "__getattribute__") is not None:
            raise self.unsupported(f"an attribute of `{cell.cls.__name__}`, which defines `__getattribute__`",
                                   "define `__getattr__` or a property instead", code="S2S011")
        found = inspect.getattr_static(cell.cls, name, None)
        self.guard_class(cell.cls, name)
        if isinstance(found, property) and found.fget is not None:
            return self.call_object(found.fget, (owner,), (), "")
        if name in cell.names:
            value = cell.values[cell.names.index(name)]
            if isinstance(value, Unbound):
                raise self.unbound(value, name)
            return value
        if name == "__class__":
            return const(cell.cls)
        if name == "__dict__":
            ref = self.new_ref(Table(cell.names, cell.values))
            self.fields_of[ref.cell] = owner
            return ref
        return self.class_attribute(owner, cell.cls, name)

    def guard_class(self, cls: type, name: str) -> None:
        """Generated code stays valid only while the class has the attribute that it has now, or none."""
        def now() -> Any:
            for base in cls.__mro__:
                if name in base.__dict__:
                    return base.__dict__[name]
            return None
        self.guard(("class", cls, name), now, now())

    def class_attribute(self, owner: Value, cls: type, name: str) -> Value:
        """An attribute found on the class: a method is bound to the object."""
        found = inspect.getattr_static(cls, name, UNSET)
        if found is UNSET:
            getter = self.find_special(owner, "__getattr__") if self.is_object(owner) else None
            if getter is not None:
                return self.call(getter, (const(name),), ())
            self.certain_error(AttributeError, f"'{cls.__name__}' object has no attribute '{name}'")
            raise self.unsupported(f"an object of class `{cls.__name__}` has no attribute `{name}`", code="S2S011")
        self.guard_class(cls, name)
        if isinstance(found, staticmethod):
            return self.capture(found.__func__, None)
        if isinstance(found, classmethod):
            return Bound(const(found.__func__), (const(cls),))
        if isinstance(found, property):
            return self.call_object(found.fget, (owner,), (), "")
        if isinstance(found, functools.cached_property):
            value = self.call_object(found.func, (owner,), (), "")
            self.set_field(owner, name, value)
            return value
        if isinstance(found, types.FunctionType) or hasattr(found, "py_func"):
            return Bound(const(found), (owner,))
        if isinstance(getattr(type(found), "__get__", None), types.FunctionType):
            return self.call_function(type(found).__get__, (self.capture(found, name), owner, const(cls)), (), "")
        return self.capture_outside(getattr(cls, name), name, f"{cls.__name__}.{name}")

    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        cell = self.heap[owner.cell] if isinstance(owner, Ref) and not owner.path else None
        if name == "shape" and isinstance(cell, Buffer) and cell.fact.is_array:
            return self.set_shape(owner, cell, value)
        if isinstance(owner, Ref) and isinstance(cell, Buffer) and name in ("shape", "real", "imag", "flat"):
            raise self.unsupported(f"assignment to `.{name}` of an array", "use reshape, or build the array anew")
        if not isinstance(cell, Fields):
            cls = self.class_of(owner)
            if cls is not None and not hasattr(cls, name) and (cls is np.ndarray or cls.__module__ in ("numpy",
                                                                                                       "builtins")):
                self.certain_error(AttributeError, f"'{cls.__name__}' object has no attribute '{name}'")
            raise self.unsupported(
                f"an attribute of {self.describe(owner)} is set; a derivative call changes nothing outside",
                                   "pass the object as an argument", code="S2S009")
        found = inspect.getattr_static(cell.cls, name, None)
        self.guard_class(cell.cls, name)
        if isinstance(found, property):
            if found.fset is None:
                raise self.unsupported(f"the property `{name}` cannot be set")
            self.call_object(found.fset, (owner, value), (), "")
            return
        if isinstance(getattr(type(found), "__set__", None), types.FunctionType):
            self.call_function(type(found).__set__, (self.capture(found, name), owner, value), (), "")
            return
        setter = self.find_special(owner, "__setattr__")
        if setter is None:
            self.set_field(owner, name, value)
        elif getattr(getattr(cell.cls, "__dataclass_params__", None), "frozen", False):
            self.certain_error(dataclasses.FrozenInstanceError, f"cannot assign to field {name!r}")
            raise self.unsupported(f"the field `{name}` of the frozen class `{cell.cls.__name__}` is set",
                                   "make a new object: `dataclasses.replace(obj, field=value)`", code="S2S009")
        else:
            self.call(setter, (const(name), value), ())

    def set_field(self, owner: Ref, name: str, value: Value) -> None:
        """Set a field of an object, whatever its class defines."""
        cell = self.heap[owner.cell]
        self.check_change(owner.cell)
        if name in cell.names:
            values = tuple(value if n == name else v for n, v in zip(cell.names, cell.values))
            self.heap[owner.cell] = Fields(cell.cls, cell.names, values)
        else:
            self.heap[owner.cell] = Fields(cell.cls, (*cell.names, name), (*cell.values, value))
        for table, ref in self.fields_of.items():
            if ref.cell == owner.cell and table in self.heap:
                self.heap[table] = Table(self.heap[owner.cell].names, self.heap[owner.cell].values)

    def has_view(self, value: Value, cell: int) -> bool:
        """Whether a value is, or holds, a view of a cell."""
        if isinstance(value, Ref) and value.path:
            return value.cell == cell
        if isinstance(value, (Closure, Iteration)):
            return cell in self.cells_of(value)
        held = self.heap.get(value.cell) if isinstance(value, Ref) else value
        parts = getattr(held, "values", ()) or getattr(held, "items", ()) or getattr(held, "args", ())
        return any(self.has_view(v, cell) for v in parts)

    def set_shape(self, owner: Ref, cell: Buffer, shape: Value) -> None:
        """``a.shape = shape``: from now on every name for the array sees it reshaped."""
        if any(self.has_view(value, owner.cell) for value in self.live_values()):
            raise self.alias_error("this changes the shape of an array of which another name is a view",
                                   "make a new array: `b = a.reshape(shape)`")
        args = (cell.arg, self.reify(shape))
        fact = infer(np.reshape, args, ()).facts[0]
        new = self.emit_call(np.reshape, args, (), Var(getattr(cell.arg, "name", None) or "t", fact))
        self.heap[owner.cell] = replace(cell, arg=new, fact=fact)

    def augment_object(self, value: Ref, op: Callable, operand: Value) -> Value:
        found = self.find_special(value, f"__i{op.__name__.strip('_')}__")
        if found is not None:
            return self.call(found, (operand,), ())
        return self.binary(op, value, operand)

    def construct(self, cls: type, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """An instance of a class, made inside the differentiated function."""
        if issubclass(cls, BaseException):
            arg = self.emit_arg(cls, *(self.reify(a) for a in args))
            self.exceptions[arg] = cls
            return Atom(arg)
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            given = {**dict(zip(cls._fields, args)), **dict(kwargs)}
            defaults = getattr(cls, "_field_defaults", {})
            return Tup(tuple(given[f] if f in given else self.capture(defaults[f], f) for f in cls._fields), cls)
        written = isinstance(vars(cls).get("__init__"), types.FunctionType) and not hasattr(cls, "__exit__")
        if issubclass(cls, np.generic) or cls.__module__ == "builtins" or (cls.__module__ == "numpy" and not written):
            return self.call_opaque(cls, args, kwargs, hint)
        if type(cls).__call__ is not type.__call__ and not issubclass(type(cls), enum.EnumMeta):
            raise self.unsupported(f"an instance of `{cls.__name__}`, whose metaclass makes it in its own way",
                                   "make it outside and pass it", code="S2S011")
        if cls in (collections.OrderedDict, collections.defaultdict):
            return self.construct_dict(cls, args, kwargs)
        if issubclass(cls, (dict, list, collections.deque)) and not all(static(a) is not UNSET for a in args):
            raise self.unsupported(f"a `{cls.__name__}` of values computed here", "use a list or a dict", code="S2S010")
        if cls.__module__.split(".")[0] in sys.stdlib_module_names and cls.__module__ not in ("types", "__main__"):
            return Atom(self.emit_arg(cls, *(self.reify(a) for a in args), **{k: self.reify(v) for k, v in kwargs}))
        if cls is types.SimpleNamespace:
            return self.new_ref(Fields(cls, tuple(k for k, _ in kwargs), tuple(v for _, v in kwargs)))
        if cls.__new__ is not object.__new__ or _has_c_base(cls):
            return self.call_opaque(cls, args, kwargs, hint)
        ref = self.new_ref(Fields(cls, (), ()))
        maker = next(c for c in cls.__mro__ if "__init__" in vars(c))
        fields, init = getattr(maker, "__dataclass_fields__", None), vars(maker)["__init__"]
        if fields is not None and isinstance(init, types.FunctionType) and not _has_source(init):
            self.construct_dataclass(ref, cls, fields, args, kwargs)
        elif isinstance(init, types.FunctionType):
            self.call_function(init, (ref, *args), kwargs, "")
        return ref

    def construct_dict(self, cls: type, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """``OrderedDict(…)`` and ``defaultdict(factory, …)``."""
        kind: Any = cls
        if cls is collections.defaultdict:
            kind = Default(args[0]) if args and static(args[0]) is not None else cls
            args = args[1:]
        made = _dict(self, args, dict(kwargs), "")
        self.heap[made.cell] = replace(self.heap[made.cell], cls=kind)
        return made

    def construct_dataclass(self, ref: Ref, cls: type, fields: dict, args: tuple[Value, ...], kwargs: Kwargs) -> None:
        names = [n for n, f in fields.items() if f.init and f._field_type is not dataclasses._FIELD_CLASSVAR]
        given = {**dict(zip(names, args)), **dict(kwargs)}
        values = []
        for n in names:
            f = fields[n]
            if n in given:
                values.append(given[n])
            elif f.default is not dataclasses.MISSING:
                values.append(self.capture(f.default, n))
            elif f.default_factory is not dataclasses.MISSING:
                values.append(self.call_object(f.default_factory, (), (), n))
            else:
                raise self.unsupported(f"`{cls.__name__}` is made without its field `{n}`")
        self.heap[ref.cell] = Fields(cls, tuple(names), tuple(values))
        if hasattr(cls, "__post_init__"):
            self.call_special(ref, "__post_init__", ())

    def reify_object(self, cell: Fields) -> Arg:
        raise self.unsupported(
            f"an object of class `{cell.cls.__name__}` handed to code that is not inlined, or returned",
                               "return its arrays", code="S2S011")

    def super_of(self) -> Value:
        """``super()``: the object, seen as an instance of the classes after the one whose method this is."""
        frame = self.frames[-1]
        cell = frame.closure.get("__class__")
        parameters = getattr(getattr(frame.source, "node", None), "args", None)
        if cell is None or parameters is None or not parameters.args:
            raise self.unsupported("`super()` here", "call the base class's method by name: `Base.method(self, …)`")
        return Super(frame.env[parameters.args[0].id], cell.cell_contents)

    def super_attribute(self, value: Super, name: str) -> Value:
        """``super().name``."""
        own = self.class_of(value.owner)
        if own is None:
            raise self.unsupported("`super()` of a value whose class is not known", code="S2S011")
        order = own.__mro__
        for base in order[order.index(value.cls) + 1:]:
            found = vars(base).get(name)
            self.guard(("own", base, name), lambda base=base: vars(base).get(name), found)
            if isinstance(found, property):
                return self.call_object(found.fget, (value.owner,), (), "")
            if isinstance(found, staticmethod):
                return const(found.__func__)
            if isinstance(found, classmethod):
                return Bound(const(found.__func__), (const(own),))
            if isinstance(found, types.FunctionType):
                return Bound(const(found), (value.owner,))
            if base is object and name == "__init__":
                return const(_init_nothing)
            if base is object and name == "__setattr__":
                return Bound(const(object.__setattr__), (value.owner,))
            if found is not None:
                return self.capture(found, name)
        raise self.unsupported(f"`super()` has no attribute `{name}`", code="S2S011")


def _init_nothing(*args: Any, **kwargs: Any) -> None:
    """``object.__init__``."""


# ---- builtins -------------------------------------------------------------------------------------------------------

def _len(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    (x,) = args
    if isinstance(x, Ref) and isinstance(self.heap[x.cell], Fields):
        return self.call_special(x, "__len__", ())
    if isinstance(x, Ref) and isinstance(self.heap[x.cell], Table) and not x.path:
        return const(len(self.heap[x.cell].keys))
    if isinstance(x, Ref) and not x.path and isinstance(self.heap[x.cell], Items):
        return const(len(self.heap[x.cell].values))
    if isinstance(x, Tup):
        return const(len(x.items))
    if isinstance(x, Iteration):
        return self.length(x)
    if static(x) is not UNSET:
        return const(len(static(x)))
    return self.emit(len, (self.reify(x),), hint=hint or "n")


def _range(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    bounds = args if len(args) > 1 else (const(0), *args)
    parts = (*bounds, const(1)) if len(bounds) == 2 else bounds
    made = self.emit(range, tuple(self.reify(a) for a in args), hint="positions")
    return Iteration("range", tuple(parts), None, made)


def _enumerate(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", const(0))
    inner = self.iterate(args[0])
    if inner.static is not None and static(start) is not UNSET:
        first = static(start)
        items = tuple(Tup((const(k), v)) for k, v in enumerate(inner.static, first))

        def item(k: int) -> Any:
            v = self.item_now(inner, k)
            return None if v is None else Tup((const(first + k), v))
        return Iteration("static", (), items, item)
    return Iteration("enumerate", (start, *inner.parts), None, inner)


def _zip(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    inner = [self.iterate(a) for a in args]
    if "strict" in kwargs and static(kwargs["strict"]) is not False:
        raise self.unsupported("`zip(strict=True)`", "check the lengths before")
    if any(i.static is not None for i in inner) or not inner:
        known = [i.static if i.static is not None else self.items_up_to(i, inner) for i in inner]
        if all(k is not None for k in known):
            def item(k: int) -> Any:
                parts = [self.item_now(i, k) if i.static is not None else row[k] if k < len(row) else None
                         for i, row in zip(inner, known)]
                return None if any(p is None for p in parts) or not parts else Tup(tuple(parts))
            return Iteration("static", (), tuple(Tup(t) for t in zip(*known)), item)
    return Iteration("zip", tuple(p for i in inner for p in i.parts), None, inner)


def _reversed(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    inner = self.iterate(args[0])
    if inner.static is not None:
        n = len(inner.static)
        return Iteration("static", (), inner.static[::-1], lambda k: self.item_now(inner, n - 1 - k) if k < n else None)
    return Iteration("reversed", inner.parts, None, inner)


def _iter(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return self.iterate(args[0]) if len(args) == 1 else NotImplemented


def _list(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    if not args:
        return self.new_list(())
    items = self.static_items(args[0])
    if items is not None:
        return self.new_list(items)
    if isinstance(args[0], Ref) and self.fact(args[0]).kind == "list":
        value = self.emit(list, (self.reify(args[0]),), hint=hint)
        self.hold(value, args[0])
        return value
    return self.collect_items(args[0], hint)


def _tuple(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0]) if args else ()
    return Tup(items) if items is not None else _list(self, args, kwargs, hint)


def _dict(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    result = self.new_ref(Table((), ()))
    if args:
        if isinstance(args[0], Ref) and isinstance(self.heap[args[0].cell], Table):
            self.heap[result.cell] = self.heap[args[0].cell]
        else:
            for pair in self.static_items(args[0]) or ():
                k, v = self.static_items(pair)
                self.put(result, k, v)
    for k, v in kwargs.items():
        self.put(result, const(k), v)
    return result


def _isinstance(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    value, classes = args
    kinds = static(classes)
    if kinds is UNSET and isinstance(classes, Tup):
        kinds = tuple(static(c) for c in classes.items)
    cls = self.class_of(value)
    if kinds is not UNSET and self.fact(value).kind == "number":
        answers = {isinstance(v, kinds) for v in _some_numbers(self.fact(value).dtype)}
        if len(answers) == 1:
            return const(answers.pop())
    if cls is None or kinds is UNSET or UNSET in (kinds if isinstance(kinds, tuple) else ()):
        return self.emit(isinstance, (self.reify(value), Const(kinds)), hint=hint)
    return const(issubclass(cls, kinds))


def _some_numbers(dtype: Any) -> tuple[Any, ...]:
    """One value of each type that some number may have."""
    double = (1.0, np.float64(1.0))
    return double if dtype == np.float64 else (*double, 1, 1j, True, *(np.dtype(c).type(1)
                                                                       for c in "bBhHiIlLqQefgdFDG?"))


def _type(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    cls = self.class_of(args[0])
    if cls is None:
        raise self.unsupported("the type of a value whose kind is not known", code="S2S011")
    return const(cls)


def _map(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fn, *seqs = args
    zipped = _zip(self, tuple(seqs), {}, "")
    if zipped.static is not None:
        return self.new_list(tuple(self.call(fn, t.items, ()) for t in zipped.static))
    return self.collect_items(zipped, hint, lambda item: self.call(fn, item.items, ()))


def _filter(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[1])
    kept: Any = [] if items is not None else None
    for v in items or ():
        truth = self.truth(v if static(args[0]) is None else self.call(args[0], (v,), ()))
        if truth is None:
            kept = None
            break
        if truth:
            kept.append(v)
    if kept is None:
        raise self.unsupported("`filter` by a test at run time", "use a comprehension with `if`", code="S2S010")
    return self.new_list(tuple(kept))


def _sorted(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0])
    keys = None if items is None else [static(v if "key" not in kwargs or static(kwargs["key"]) is None else self.call(
        kwargs["key"], (v,), ())) for v in items]
    if keys is None or UNSET in keys:
        raise self.unsupported("`sorted` of values at run time", "use np.sort or np.argsort", code="S2S010")
    order = sorted(range(len(items)), key=keys.__getitem__,
                   reverse=bool(static(kwargs.get("reverse", const(False)))))
    return self.new_list(tuple(items[k] for k in order))


def _any_all(every: bool) -> Callable:
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        items = self.static_items(args[0])
        if items is None:
            return NotImplemented
        result: Value = const(every)
        for v in reversed(items):
            if every:
                result = self.choose(v, lambda result=result: result, lambda: FALSE)
            else:
                result = self.choose(v, lambda: TRUE, lambda result=result: result)
        return result
    return lower


def _sum(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0])
    start = args[1] if len(args) > 1 else kwargs.get("start", const(0))
    if items is None:
        return NotImplemented
    if all(self.fact(v).is_scalar for v in items) and self.fact(start).is_scalar:
        first = () if static(start) == 0 else (self.reify(start),)
        return self.emit(sum, (self.reify(self.new_list(tuple(items))), *first), hint=hint)
    for v in items:
        start = self.binary(operator.add, start, v)
    return start


def _set_field(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    """``object.__setattr__(obj, name, value)``."""
    name = static(args[1])
    if name is UNSET or not self.is_object(args[0]):
        return NotImplemented
    self.set_field(args[0], name, args[2])
    return NONE


def _setattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    name = static(args[1])
    if name is UNSET:
        raise self.unsupported("an attribute whose name is known only at run time", code="S2S011")
    self.set_attribute(args[0], name, args[2])
    return NONE


def _getattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    name = static(args[1])
    if name is UNSET:
        raise self.unsupported("an attribute whose name is known only at run time", code="S2S011")
    if len(args) > 2:
        try:
            return self.attribute(args[0], name, hint)
        except S2SADError:
            return args[2]
    return self.attribute(args[0], name, hint)


def _hasattr(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    cls = self.class_of(args[0])
    name = static(args[1])
    value = args[0]
    if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
        return const(name in self.heap[value.cell].names or hasattr(cls, name))
    if static(value) is not UNSET:
        return const(hasattr(static(value), name))
    if cls is None:
        raise self.unsupported("`hasattr` of a value whose kind is not known", code="S2S011")
    return const(hasattr(cls, name))


def _callable(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    value = args[0]
    if isinstance(value, (Closure, Bound, Method)):
        return TRUE
    if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
        return const(self.find_special(value, "__call__") is not None)
    return const(static(value) is not UNSET and callable(static(value)))


def _extreme(better: Callable) -> Callable:
    """``max`` and ``min`` with ``key``."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        key = kwargs.get("key")
        if key is None or static(key) is None:
            if "default" not in kwargs:
                return NotImplemented
            items = self.static_items(args[0])
            if items is None:
                raise self.unsupported("`default=` over something of run-time length", "test its length", code="S2S010")
            return kwargs["default"] if not items else self.call_op(max if better is operator.gt else min, args, ())
        items = args if len(args) > 1 else self.static_items(args[0])
        if not items and "default" in kwargs:
            return kwargs["default"]
        if not items:
            raise self.unsupported("`key=` over something of run-time length", "use np.argmax", code="S2S010")
        best, best_key = items[0], self.call(key, (items[0],), ())
        for item in items[1:]:
            item_key = self.call(key, (item,), ())
            test = self.binary(better, item_key, best_key)
            best = self.choose(test, lambda item=item: item, lambda best=best: best)
            best_key = self.choose(test, lambda k=item_key: k, lambda k=best_key: k)
        return best
    return lower


def _copied(deep: bool) -> Callable:
    """``copy.copy`` and ``copy.deepcopy``."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        return self.copied(args[0], deep, {})
    return lower


def _slice(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    parts = (NONE, *args) if len(args) == 1 else args
    return Slice((*parts, *(NONE,) * (3 - len(parts))))


def _partial(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return Bound(args[0], args[1:], tuple(kwargs.items()))


class _Vectorized:
    """What ``np.vectorize(fn)`` returns while a function is lowered; its first argument is ``fn``."""

    def __s2sad_lower__(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        return lowerer.call_vectorized(args[0], args[1:], kwargs)


def _vectorize(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    if kwargs or len(args) != 1:
        raise self.unsupported("`np.vectorize` with options", "write the loop")
    return Bound(const(_Vectorized()), args)


def _wrapper(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return args[0]


def _reduce(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fn, seq, *start = args
    items = self.static_items(seq)
    if items is None:
        raise self.unsupported("`reduce` over something of run-time length", "write the loop", code="S2S010")
    items = (*start, *items)
    total = items[0]
    for v in items[1:]:
        total = self.call(fn, (total, v), ())
    return total


def _print(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    shown = tuple(self.reify(a) for a in args if not isinstance(a, (Closure, Bound, Method)))
    self.emit(print, shown, tuple((k, self.reify(v)) for k, v in kwargs.items()))
    return NONE


def _ufunc_at(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    target, index, value = args
    if not isinstance(target, Ref):
        raise self.unsupported("`np.add.at` of something that is not an array", code="S2S011")
    if target.path:
        raise self.unsupported("`np.add.at` through a view", "index the whole array", code="S2S004")
    state = self.heap[target.cell]
    self.check_write(target.cell)
    new = self.emit_call(runtime.add_at, (state.arg, self.reify(index), self.reify(value)), (), self.version(state))
    self.heap[target.cell] = replace(state, arg=new)
    return NONE


def _repeatable(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = [_known_items(self, a) for a in args]
    return _listed(Tup(t) for t in itertools.product(*items, repeat=self.constant_of(kwargs.get("repeat", const(1)))))


def _known_items(self: Any, value: Any) -> tuple:
    items = self.static_items(value)
    if items is None:
        raise self.unsupported("itertools over something of run-time length", "write the loop", code="S2S010")
    return items


def _listed(items: Any) -> Iteration:
    return Iteration("static", (), tuple(items))


def _chain(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return _listed(v for a in args for v in _known_items(self, a))


def _chain_all(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return _chain(self, _known_items(self, args[0]), kwargs, hint)


def _choices(choose: Callable) -> Callable:
    """``itertools.combinations`` and its like."""
    def lower(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
        counts = [self.constant_of(a) for a in (*args[1:], *kwargs.values())]
        return _listed(Tup(t) for t in choose(_known_items(self, args[0]), *counts))
    return lower


def _repeated(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    times = args[1] if len(args) > 1 else kwargs.get("times")
    if times is None:
        raise self.unsupported("`itertools.repeat` without end", "give it a number of times")
    return _listed((args[0],) * self.constant_of(times))


def _islice(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    items = self.static_items(args[0])
    if items is not None:
        return _listed(itertools.islice(items, *(self.constant_of(a) for a in args[1:])))
    return self.iterate(self.get(args[0], _slice(self, args[1:], {}, "")))


def _accumulate(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    fn = args[1] if len(args) > 1 else kwargs.get("func", NONE)
    items = _known_items(self, args[0])
    if "initial" in kwargs and static(kwargs["initial"]) is not None:
        items = (kwargs["initial"], *items)
    return _listed(itertools.accumulate(items, lambda a, b: self.binary(operator.add, a, b) if static(fn) is None else
                                        self.call(fn, (a, b), ())))


def _zip_longest(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    rows = itertools.zip_longest(*(_known_items(self, a) for a in args), fillvalue=kwargs.get("fillvalue", NONE))
    return _listed(Tup(t) for t in rows)


def _starmap(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return _listed([self.call(args[0], _known_items(self, v), ()) for v in _known_items(self, args[1])])


def _np_shape(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return self.shape_of(args[0]) if isinstance(args[0], (Atom, Ref)) else NotImplemented


def _np_real(self: Any, args: tuple, kwargs: dict, hint: str) -> Any:
    return args[0] if self.fact(args[0]).is_complex is False else NotImplemented


_SPECIAL: dict[Any, Callable] = {
    len: _len,
    range: _range,
    enumerate: _enumerate,
    zip: _zip,
    reversed: _reversed,
    iter: _iter,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    isinstance: _isinstance,
    type: _type,
    map: _map,
    filter: _filter,
    sorted: _sorted,
    any: _any_all(False),
    all: _any_all(True),
    sum: _sum,
    getattr: _getattr,
    hasattr: _hasattr,
    callable: _callable,
    slice: _slice,
    print: _print,
    max: _extreme(operator.gt),
    min: _extreme(operator.lt),
    copy.copy: _copied(False),
    copy.deepcopy: _copied(True),
    functools.partial: _partial,
    np.vectorize: _vectorize,
    functools.update_wrapper: _wrapper,
    functools.reduce: _reduce,
    itertools.product: _repeatable,
    itertools.chain: _chain,
    itertools.chain.from_iterable: _chain_all,
    itertools.combinations: _choices(itertools.combinations),
    itertools.combinations_with_replacement: _choices(itertools.combinations_with_replacement),
    itertools.permutations: _choices(itertools.permutations),
    itertools.pairwise: _choices(itertools.pairwise),
    itertools.repeat: _repeated,
    itertools.islice: _islice,
    itertools.accumulate: _accumulate,
    itertools.zip_longest: _zip_longest,
    itertools.starmap: _starmap,
    np.shape: _np_shape,
    np.real: _np_real,
    np.add.at: _ufunc_at,
    object.__setattr__: _set_field,
    setattr: _setattr,
}


PROTOCOL = {abs: "__abs__", float: "__float__", int: "__int__", complex: "__complex__", bool: "__bool__",
            round: "__round__",
            iter: "__iter__", operator.neg: "__neg__", operator.pos: "__pos__", operator.invert: "__invert__",
            divmod: "__divmod__", math.floor: "__floor__", math.ceil: "__ceil__"}


_REFUSED = {exec, eval, compile, globals, locals, __import__}


def _hashable(fn: Any) -> bool:
    try:
        hash(fn)
    except TypeError:
        return False
    return True


def _same_dtype(dtype: Any, known: Any) -> bool:
    try:
        return dtype is None or (known is not None and np.dtype(dtype) == known)
    except TypeError:
        return False


def _has_c_base(cls: type) -> bool:
    return any(b.__module__ == "builtins" and b is not object for b in cls.__mro__)


def _has_source(fn: Any) -> bool:
    try:
        find(fn)
    except (SourceNotFound, S2SADError):
        return False
    return True
