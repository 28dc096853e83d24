"""Calls: which function is called, and whether it is an operation, is inlined, or is called as it is.

Before: ``t = fn(x)`` where ``fn`` is ``np.sin`` on one path.  After: ``t = sin(x)``; for a user's function its body.
"""
from __future__ import annotations

import functools
import inspect
import math
import operator
import sys
import types
from collections.abc import Callable, MutableSet
from typing import Any

import gast
import numpy as np

from s2sad import ops, rules
from s2sad.errors import S2SADError
from s2sad.frontend import iterators, known
from s2sad.frontend.builtins import BUILTINS
from s2sad.frontend.failures import PathEnded, class_name, has_method
from s2sad.frontend.frozen import Frozen, is_distribution
from s2sad.frontend.generators import CONSUMERS, MAKERS, is_iterator
from s2sad.frontend.library import LIBRARY
from s2sad.frontend.opaque import UNDERSTOOD
from s2sad.frontend.operations import hashable
from s2sad.frontend.sets import CHANGES, is_mapping
from s2sad.frontend.source import code_of
from s2sad.frontend.values import (
    NONE,
    Atom,
    Bound,
    Broken,
    Buffer,
    Choice,
    Closure,
    Fields,
    Frame,
    Inside,
    Kwargs,
    Lazy,
    Method,
    Ref,
    Super,
    Table,
    Tup,
    Value,
    const,
    static,
)
from s2sad.ir.facts import RANDOM, UNSET
from s2sad.ir.inert import MISSING, callable_parts, is_a, is_of_a_named_tuple, is_of_the_user, look, written_method

KNOWN_MAPPINGS = (dict, types.MappingProxyType)
SPECIAL = {**BUILTINS, **LIBRARY}
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
PROTOCOL = {abs: "__abs__", float: "__float__", int: "__int__", complex: "__complex__", bool: "__bool__",
            round: "__round__",
            iter: "__iter__", operator.neg: "__neg__", operator.pos: "__pos__", operator.invert: "__invert__",
            divmod: "__divmod__", math.floor: "__floor__", math.ceil: "__ceil__"}
METHODS_OF = (np.ndarray, np.ufunc, list, dict, set, str, float, int, complex)
"""Classes whose methods may be called as functions, ``list.append(xs, x)``."""
NAMED = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc, type)
_REFUSED = {exec, eval, compile, globals, locals, __import__}


def module_of(fn: Any) -> str:
    """The top module of a callable; "" of one that some compiler made: its class tells nothing."""
    known = getattr(fn, "__module__", None) if is_a(fn, NAMED) else None
    made = type(fn).__module__.split(".")[0]
    if known is None and made == "builtins" and not is_a(fn, NAMED):
        return ""
    return (known or made).split(".")[0]


def is_used_as_it_stands(module: str) -> bool:
    """Whether functions and classes of a module are not looked into where nothing varied goes in."""
    top = module.partition(".")[0]
    return top == "scipy" or (top in sys.stdlib_module_names and top not in UNDERSTOOD and top != "__main__")


def is_compiled(fn: Any) -> bool:
    """Whether what a call runs first is not written in Python."""
    if is_a(fn, type):
        return written_method(fn, "__new__", "__init__") is None
    return not is_a(fn, (types.FunctionType, types.MethodType)) and callable_parts(fn) is None and (
        known.dispatched(fn) is None)


def _is_constant(value: Value) -> bool:
    """Whether a value is known now, with all its parts."""
    return all(map(_is_constant, value.items)) if isinstance(value, Tup) else static(value) is not UNSET


class Calls:
    """The part of the lowerer that finds out what is called."""

    specials = SPECIAL

    frames: list[Frame]
    heap: dict[int, Any]

    def call_node(self, node: Any, hint: str) -> Value:
        fn = self.callee(node.func)
        if static(fn) is zip and len(node.args) == 1 and isinstance(node.args[0], gast.Starred) and not node.keywords:
            return self.zip_of(self.expr(node.args[0].value))
        self.pending.append(fn)
        mark = len(self.pending)
        taken = frozenset().union(*(frame.local_names for frame in self.frames)) if node.args else frozenset()
        names = tuple("" if name in taken else name for name in self.parameters_of(fn)) if node.args else ()
        args = self.elements(node.args, names, lambda given: self.arguments_left(fn, given, node.keywords))
        self.pending.extend(args)
        kwargs: list[tuple[str, Value]] = []
        for k in node.keywords:
            value = self.expr(k.value)
            if k.arg is not None:
                kwargs.append((k.arg, value))
                continue
            table = self.heap[value.cell] if isinstance(value, Ref) else None
            if not is_mapping(table):
                raise self.unsupported("`**` of something that is not a dict of known keys", node=node, code="S2S010")
            kwargs.extend(zip(table.keys, table.values))
        del self.pending[mark - 1:]
        loc = self.loc
        if static(fn) is super and not args:
            return self.super_of()
        result = self.call(fn, args, tuple(kwargs), hint)
        self.loc = loc
        return result

    def parameters_of(self, fn: Value) -> tuple[str, ...]:
        """The positional parameters of a function that will be inlined: names for what is handed to them, unless the
        functions around the call have variables of that name."""
        if self.adjoint:
            return ()
        match fn:
            case Closure():
                return tuple(p.id for p in (*fn.node.args.posonlyargs, *fn.node.args.args))
            case Bound():
                return self.parameters_of(fn.function)[len(fn.args):]
            case Atom() if fn.is_static and not self.is_operation(fn.value):
                plain, bound = code_of(fn.value)
                if isinstance(plain, types.FunctionType):
                    return plain.__code__.co_varnames[len(bound):plain.__code__.co_argcount]
        return ()

    def arguments_left(self, fn: Value, given: int, keywords: list[Any]) -> tuple[int | None, Any]:
        """How many arguments a function needs by position after ``given`` ones, None if fewer or more will do; and the
        function: its name, its parameters, how many it has got."""
        named = {k.arg for k in keywords}
        while isinstance(fn, Bound):
            fn, given, named = fn.function, given + len(fn.args), named | {k for k, _ in fn.kwargs}
        if isinstance(fn, Closure):
            a = fn.node.args
            names, title = [p.id for p in (*a.posonlyargs, *a.args)], fn.qualname
            optional = set(names[len(names) - len(fn.defaults):]) if fn.defaults else set()
            more = a.vararg is not None
        elif isinstance(static(fn), types.FunctionType):
            params = inspect.signature(static(fn)).parameters.values()
            more = any(p.kind is p.VAR_POSITIONAL for p in params)
            names = [p.name for p in params if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
            title = static(fn).__qualname__
            optional = {p.name for p in params if p.default is not p.empty}
        else:
            return None, None
        left = [n for n in names[given:] if n not in named]
        taken = title, [n for n in names if n not in named], given
        return None if more or None in named or optional & set(left) else len(left), taken

    def zip_of(self, rows: Value) -> Value:
        """``zip(*rows)``."""
        items = self.static_items(rows)
        return self.call_source(iterators.transposed, (rows,), (), "") if items is None else Lazy(zip, items)

    def call(self, fn: Value, args: tuple[Value, ...], kwargs: Kwargs, hint: str = "") -> Value:
        """``fn(*args, **kwargs)``."""
        match fn:
            case Closure():
                return self.inline(fn, args, kwargs)
            case Bound():
                return self.call(fn.function, (*fn.args, *args), (*fn.kwargs, *kwargs), hint)
            case Method() if self.is_opaque(fn.owner):
                return self.opaque_method(fn, args, kwargs, hint)
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
        if self.is_opaque(fn):
            return self.opaque_call(fn, args, kwargs, hint)
        cls = self.class_of(fn)
        if cls is not None and not has_method(cls, "__call__"):
            raise self.failing(TypeError(f"'{class_name(cls)}' object is not callable"))
        raise self.unsupported(f"a call of {self.describe(fn)}: which function it is is not known now",
                               "choose between functions with `if`, calling each in its branch", code="S2S011")

    def call_object(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A call of a Python object that is known now."""
        if not is_a(fn, type) and look(fn, "__s2sad_inside__") is not MISSING:  # ours, so a property of it may run
            inside = fn.__s2sad_inside__
            return inside.lower(self, args, kwargs) if isinstance(inside, Inside) else (
                self.call_object(inside, args, kwargs, hint))
        if callable_parts(fn) is not None and is_of_the_user(type(fn)):
            return self.call_instance(fn, args, kwargs, hint)
        special = SPECIAL.get(fn) if hashable(fn) else None
        if hashable(fn) and fn in _REFUSED:
            raise self.unsupported(f"`{fn.__name__}` runs or reads code that cannot be seen", "write the code out")
        if args and hashable(fn) and fn in PROTOCOL and self.is_object(args[0]):
            found = self.find_special(args[0], PROTOCOL[fn])
            if found is not None:
                return self.call(found, args[1:], kwargs, hint)
        if fn is next:
            return self.next_item(args)
        if fn is super and len(args) == 2 and isinstance(static(args[0]), type):
            return Super(args[1], static(args[0]))
        if hashable(fn) and fn in MAKERS and not (fn is iter and len(args) > 1):
            return args[0] if fn is iter and is_iterator(args[0]) else Lazy(fn, args, kwargs)
        if hashable(fn) and fn in CONSUMERS:
            args = self.read_arguments(fn, args, hint)
        if special is not None:
            result = special(self, args, dict(kwargs), hint)
            if result is not NotImplemented:
                return result
        constant = known.evaluate(self, fn, args, kwargs)
        if constant is not None:
            return constant
        made = self.call_made(fn, args, kwargs, hint)
        if made is not None:
            return made
        if self.is_operation(fn):
            return self.call_op(fn, args, kwargs, hint)
        if isinstance(fn, type):
            return self.construct(fn, args, kwargs, hint)
        if isinstance(fn, (types.MethodDescriptorType, types.WrapperDescriptorType)) and args and (
                fn.__objclass__ in METHODS_OF):
            return self.call(self.attribute(args[0], fn.__name__), args[1:], kwargs, hint)
        written = known.dispatched(fn)
        if written is not None:
            return self.call_written(written, fn, args, kwargs, hint)
        plain, bound = code_of(fn)
        if isinstance(plain, types.FunctionType):
            return self.call_function(plain, (*(self.capture(b, None) for b in bound), *args), kwargs, hint)
        if not is_a(fn, type) and type(callable_parts(fn)) is types.FunctionType:
            return self.call_instance(fn, args, kwargs, hint)
        return self.call_opaque(fn, args, kwargs, hint)

    def call_instance(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A call of an object whose class says in Python what that means."""
        if hashable(fn) and rules.is_operation(fn):
            return self.call_op(fn, args, kwargs, hint)
        owner, written = self.capture(fn, None), callable_parts(fn)
        if type(written) is types.FunctionType:
            return self.call_function(written, (owner, *args), kwargs, hint)
        return self.call(self.static_attribute(owner, "__call__"), args, kwargs, hint)

    def call_made(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value | None:
        """A call of a callable that the standard library or NumPy made of something else; None if it is no such."""
        if is_distribution(fn):
            return self.construct(Frozen, (self.capture(fn, None), *args), kwargs, hint)
        owner = getattr(fn, "__self__", None) if is_a(fn, (types.BuiltinFunctionType, types.MethodType)) else None
        if is_a(owner, type) and issubclass(owner, tuple) and fn.__name__ == "_make":
            return Tup(self.static_items(args[0]) or (), owner)
        if is_of_a_named_tuple(fn, "__new__") and args:
            return self.construct_tuple(static(args[0]), args[1:], kwargs)
        if is_of_a_named_tuple(fn, "__init__") and args and self.is_object(args[0]):
            for name, value in kwargs:
                if name not in self.heap[args[0].cell].names:
                    self.set_field(args[0], name, value)
            return NONE
        if is_of_a_named_tuple(fn, "__setattr__") and len(args) == 3 and self.is_object(args[0]):
            self.set_field(args[0], static(args[1]), args[2])
            return NONE
        if owner is tuple and fn.__name__ == "__new__" and args:
            items = self.static_items(args[1]) if len(args) > 1 else ()
            return None if items is None else Tup(items, static(args[0]))
        if type(owner) in RANDOM.values() and fn.__name__ == "shuffle" and len(args) == 1 and not kwargs:
            return self.shuffle(const(fn), args[0])
        if isinstance(owner, np.ufunc) and fn.__name__ == "at":
            return self.ufunc_at(owner, args)
        if isinstance(owner, inspect.Signature) and fn.__name__ in ("bind", "bind_partial"):
            return self.bind_signature(fn, args, kwargs)
        if is_a(owner, KNOWN_MAPPINGS) and fn.__name__ in ("keys", "values", "items"):
            self.keep.append(owner)
            return const(fn())
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
        if type(fn) is types.FunctionType and type(vars(fn).get("registry")) is types.MappingProxyType and (
                "dispatch" in vars(fn)) and args:
            cls = self.class_of(args[0])
            if cls is None:
                raise self.unsupported(f"`{fn.__name__}` chooses by the class of a value whose kind is not known",
                                       code="S2S011")
            self.guard(("dispatch", fn, cls), lambda: fn.dispatch(cls), fn.dispatch(cls))
            return self.call_object(fn.dispatch(cls), args, kwargs, hint)
        if isinstance(fn, functools._lru_cache_wrapper):
            return self.call_cached(fn, args, kwargs, hint)
        return None

    def call_cached(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A function that keeps its results. What it does besides returning one happens at its first call only, so
        unless something of the arguments goes in, it is called as it stands."""
        given = (*args, *(v for _, v in kwargs))
        if not self.is_steady(*given):
            return self.call_object(fn.__wrapped__, args, kwargs, hint)
        state = self.mark()
        try:
            made = self.attempt(lambda: self.call_object(fn.__wrapped__, args, kwargs, hint))
            if not self.has_effects(state):
                return made
        except S2SADError:
            pass
        self.reset(state)
        return self.note_opaque(self.call_op(fn, args, kwargs, hint), True, *given)

    def bind_signature(self, bind: Callable, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        """``signature.bind(*args, **kwargs)``: an object whose ``arguments`` are a dict of known keys."""
        tokens = {object(): v for v in (*args, *(v for _, v in kwargs))}
        keys = list(tokens)
        try:
            bound = bind(*keys[:len(args)], **dict(zip((k for k, _ in kwargs), keys[len(args):])))
        except TypeError as error:
            raise self.failing(error, f"these arguments do not fit: {error}") from None

        def value_of(x: Any) -> Value:
            if isinstance(x, tuple):
                return Tup(tuple(tokens[t] for t in x))
            if isinstance(x, dict):
                return self.new_ref(Table(tuple(x), tuple(tokens[t] for t in x.values())))
            return tokens[x]
        table = Table(tuple(bound.arguments), tuple(value_of(x) for x in bound.arguments.values()))
        values = self.new_ref(table), const(bound.signature)
        return self.new_ref(Fields(type(bound), ("arguments", "_signature"), values))

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

    def call_function(self, fn: types.FunctionType, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A Python function: inlined, or an opaque operation where its source is not ours to read."""
        if fn in rules.STATIC:
            return self.capture(self.evaluated(fn, args), None)
        module = fn.__module__ or ""
        if module.split(".")[0] == "numpy":
            return self.call_written(fn, fn, args, kwargs, hint)
        if module.split(".")[0] in OPAQUE and not (args and self.is_object(args[0])):
            return self.call_opaque(fn, args, kwargs, hint)
        given = (*args, *(v for _, v in kwargs))
        if is_used_as_it_stands(module) and self.is_steady(*given):
            read = module.split(".")[0] == "scipy" or all(map(_is_constant, given))
            made = self.understood(fn, args, kwargs, hint) if read else None
            return self.call_opaque(fn, args, kwargs, hint) if made is None else made
        return self.call_source(fn, args, kwargs, hint)

    def understood(self, fn: types.FunctionType, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value | None:
        """What a function gives into which nothing varied goes, if it can be read and does nothing else: of what it
        gives more is known than of the result of a call. An object of SciPy is made as it stands, as most of its
        methods are compiled."""
        state = self.mark()
        try:
            made = self.attempt(lambda: self.call_source(fn, args, kwargs, hint))
            compiled = self.is_object(made) and self.heap[made.cell].cls.__module__.startswith("scipy.")
            if not self.has_effects(state) and not compiled:
                return made
        except (S2SADError, PathEnded):
            pass
        self.reset(state)
        return None

    def evaluated(self, fn: Callable, args: tuple[Value, ...]) -> Any:
        """What a function of constants returns; an error of ours that it raises has its place here."""
        try:
            return fn(*(self.constant_of(a) for a in args))
        except S2SADError as error:
            if error.loc is None and not self.adjoint:
                error.loc = self.loc
                error.add(())
            raise

    def call_written(self, fn: types.FunctionType, public: Callable, args: tuple[Value, ...], kwargs: Kwargs,
                     hint: str) -> Value:
        """A NumPy function without rule that is written in Python: inlined if that succeeds and an argument is a number
        or an array that is not known now, or if it gives a constant; else called as it is."""
        if any(isinstance(v, Ref) and isinstance(self.heap.get(v.cell), Fields) for v in args):
            return self.call_source(fn, args, kwargs, hint)
        given = (*args, *(v for _, v in kwargs))
        steady = self.is_steady(*given) and not ops.is_recorded(public) and not self.adjoint
        if any(static(v) is UNSET for v in given) and (steady or not any(map(self.may_vary, given))):
            made = self.understood(fn, args, kwargs, hint)
            return self.call_opaque(public, args, kwargs, hint) if made is None else made
        state = self.mark()
        try:
            made = self.attempt(lambda: self.call_source(fn, args, kwargs, hint))
            if static(made) is not UNSET or any(map(self.may_vary, given)):
                return made
        except (S2SADError, PathEnded):
            pass
        self.reset(state)
        return self.call_opaque(public, args, kwargs, hint)

    def call_opaque(self, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        """A function without rule and without source. An active argument is found out later, with an error."""
        module = module_of(fn)
        owner = getattr(fn, "__self__", None) if is_a(fn, (types.BuiltinFunctionType, types.MethodType)) else None
        if is_a(owner, MutableSet) and fn.__name__ in CHANGES:
            raise self.unsupported("a set from outside is changed; a derivative call changes nothing outside",
                                   "copy it first: `set(…)`", code="S2S009")
        if module not in TRUSTED and not callable(fn):
            raise self.failing(TypeError(f"'{class_name(type(fn))}' object is not callable"),
                               f"{self.describe(const(fn))} is called but is not callable")
        given = (*args, *(v for _, v in kwargs))
        if not hashable(fn):
            self.check_given("a function of C", False, given)
            return self.opaque_call(const(fn), args, kwargs, hint)
        known = ops.is_recorded(fn)
        if not known and any(isinstance(a, Ref) for a in given) and not self.is_steady(*given) and (
                module not in TRUSTED or (module in ("numpy", "scipy") and is_compiled(fn))):
            name = getattr(fn, "__qualname__", None) if is_a(fn, NAMED) else type(fn).__name__
            raise self.unsupported(f"`{name}` has no source, no rule, and might write to its arguments",
                                   f"register it: `@s2sad.rule({name})`, or s2sad.no_gradient({name})", code="S2S003")
        result = self.call_op(fn, args, kwargs, hint)
        if known:
            return result
        for v in given if module not in TRUSTED and is_compiled(fn) else ():
            if isinstance(v, Ref):
                if isinstance(self.heap[v.cell], Buffer):
                    self.check_write(v.cell)
                self.heap[v.cell] = Broken("an array or list that compiled code may have written to is read")
        return self.note_opaque(result, module in TRUSTED, *given)
