"""Expressions: what each node of Python's expression syntax becomes.

Before: ``x.sum() * (a if c else b)``.  After: ``t = np.sum(x)``, an ``If`` with one out, ``t2 = mul(t, t1)``.
"""
from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from s2sad import runtime
from s2sad.frontend.values import (
    FALSE,
    NONE,
    TRUE,
    Atom,
    Bound,
    Buffer,
    Closure,
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
from s2sad.ir import Const, Fact
from s2sad.ir.facts import UNSET
from s2sad.specialize.infer import fact_of
from s2sad.specialize.resolve import ATTRIBUTES, METHODS, METHODS_IN_PLACE

BINARY: dict[type, Callable] = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul, gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv, gast.Mod: operator.mod, gast.Pow: operator.pow, gast.MatMult: operator.matmul,
    gast.BitAnd: operator.and_, gast.BitOr: operator.or_, gast.BitXor: operator.xor, gast.LShift: operator.lshift,
    gast.RShift: operator.rshift}
UNARY: dict[type, Callable] = {gast.USub: operator.neg, gast.UAdd: operator.pos, gast.Not: operator.not_,
                               gast.Invert: operator.invert}
COMPARE: dict[type, Callable] = {
    gast.Eq: operator.eq, gast.NotEq: operator.ne, gast.Lt: operator.lt, gast.LtE: operator.le, gast.Gt: operator.gt,
    gast.GtE: operator.ge, gast.Is: operator.is_, gast.IsNot: operator.is_not}
FIXED_MODULES = ("numpy", "scipy", "math", "cmath", "operator", "itertools", "functools", "builtins")
LITERALS = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))
FORWARDS = {operator.add: "__add__", operator.sub: "__sub__", operator.mul: "__mul__", operator.truediv: "__truediv__",
            operator.floordiv: "__floordiv__", operator.mod: "__mod__", operator.pow: "__pow__",
            operator.matmul: "__matmul__", operator.lt: "__lt__", operator.le: "__le__", operator.gt: "__gt__",
            operator.ge: "__ge__", operator.eq: "__eq__", operator.ne: "__ne__", operator.and_: "__and__",
            operator.or_: "__or__", operator.xor: "__xor__"}
BACKWARDS = {op: f"__r{name[2:]}" for op, name in FORWARDS.items() if op not in (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)} | {
    operator.lt: "__gt__", operator.le: "__ge__", operator.gt: "__lt__", operator.ge: "__le__",
    operator.eq: "__eq__", operator.ne: "__ne__"}


class Expressions:
    """The part of the lowerer for expressions."""

    frames: list[Frame]
    heap: dict[int, Any]

    def expr(self, node: Any, hint: str = "") -> Value:
        """Lower an expression."""
        method = getattr(self, f"expr_{type(node).__name__}", None)
        if method is None:
            raise self.unsupported(f"`{type(node).__name__}` expressions are not differentiated", node=node)
        return method(node, hint)

    def expr_Constant(self, node: Any, hint: str) -> Value:
        return const(node.value)

    def expr_Name(self, node: Any, hint: str) -> Value:
        value = self.lookup(node.id)
        if isinstance(value, Unbound):
            self.loc = self.at(node)
            raise self.unbound(value, node.id)
        return value

    def lookup(self, name: str) -> Value:
        """The value of a name: local, of an enclosing function, captured, global or builtin."""
        frame: Frame | None = self.frames[-1]
        while frame is not None:
            if name in frame.env:
                return frame.env[name]
            if name in frame.local_names:
                return Unbound(f"`{name}` has no value on this path")
            if name in frame.closure:
                cell = frame.closure[name]
                return self.capture_cell(cell, name)
            if frame.parent is None:
                break
            frame = frame.parent
        scope = frame.globals if frame is not None else {}
        module = self.modules.get(id(scope))
        if module is not None and name in module.env:
            return module.env[name]
        if name in scope:
            value = scope[name]
            self.guard(("global", id(scope), name), lambda: scope.get(name, UNSET), value)
            return self.capture_outside(value, name, name)
        if hasattr(builtins, name):
            return const(getattr(builtins, name))
        return Unbound(f"the name `{name}` is not defined")

    def capture_cell(self, cell: Any, name: str) -> Value:
        try:
            value = cell.cell_contents
        except ValueError:
            return Unbound(f"the closure variable `{name}` has no value yet")

        def now() -> Any:
            return cell.cell_contents
        self.guard(("cell", id(cell)), now, value)
        return self.capture_outside(value, name, name)

    def guard(self, key: Any, now: Callable[[], Any], value: Any) -> None:
        """Generated code stays valid only while ``now()`` is ``value``."""
        if key in self.guarded:
            return
        self.guarded.add(key)
        if isinstance(value, types.ModuleType):
            return
        if type(value) in (list, tuple, dict):
            seen = _freeze(value)
            self.guards.append(lambda: _freeze(now()) == seen)
        elif type(value) in (float, int, str, bool, complex):
            self.guards.append(lambda: (v := now()) is value or (type(v) is type(value) and v == value))
        else:
            self.guards.append(lambda: now() is value)

    def capture_outside(self, value: Any, name: str | None, label: str) -> Value:
        """A captured object that must not be changed: a derivative call changes nothing outside."""
        captured = self.capture(value, name)
        for cell in self.cells_of(captured):
            self.outside.setdefault(cell, label)
        return captured

    def capture(self, value: Any, name: str | None) -> Value:
        """A Python object from outside the function as an abstract value."""
        if isinstance(value, np.ndarray):
            if id(value) not in self.captured:
                arg = Const(value, name or "captured")
                self.captured[id(value)] = self.outer_ref(Buffer(arg, fact_of(arg)))
                self.keep.append(value)
            return self.captured[id(value)]
        if type(value) in (list, dict) or (isinstance(value, tuple) and not isinstance(value, type)):
            return self.capture_container(value, name)
        if isinstance(value, slice):
            return Slice(tuple(const(p) for p in (value.start, value.stop, value.step)))
        if isinstance(value, np.generic) or type(value) in (float, int, complex, bool):
            return const(value, name)
        if value is None or isinstance(value, (str, bool)):
            return const(value)
        if isinstance(value, range):
            parts = tuple(const(p) for p in (value.start, value.stop, value.step))
            return Iteration("range", parts, None, const(value, name))
        return const(value, name)

    def capture_container(self, value: Any, name: str | None) -> Value:
        if id(value) in self.captured:
            return self.captured[id(value)]
        self.keep.append(value)
        if type(value) in (list, tuple) and len(value) > 32 and all(type(v) in (float, int) for v in value):
            made: Value = const(value, name)
            if type(value) is list:
                fact = Fact("list", item=Fact("float") if all(type(v) is float for v in value) else Fact("number"))
                made = self.outer_ref(Buffer(Const(value, name), fact))
            return made
        label = name or "captured"
        if type(value) is dict:
            values = tuple(self.capture(v, f"{label}_{k}" if str(k).isidentifier() else label) for k,
                           v in value.items())
            made = self.outer_ref(Table(tuple(value), values))
        else:
            values = tuple(self.capture(v, None if isinstance(v, LITERALS) else f"{label}_{k}")
                           for k, v in enumerate(value))
            made = self.outer_ref(Items(values)) if type(value) is list else Tup(values, type(value))
        self.captured[id(value)] = made
        return made

    # ---- attributes and subscripts ---------------------------------------------------------------------------------

    def expr_Attribute(self, node: Any, hint: str) -> Value:
        return self.attribute(self.expr(node.value), node.attr, hint)

    def attribute(self, owner: Value, name: str, hint: str = "") -> Value:
        """``owner.name``."""
        match owner:
            case Atom() if owner.is_static and not isinstance(owner.value, (float, int, complex, str, np.generic)):
                return self.static_attribute(owner, name)
            case Tup():
                if owner.cls is not tuple and name in getattr(owner.cls, "_fields", ()):
                    return owner.items[owner.cls._fields.index(name)]
                if owner.cls is not tuple and hasattr(owner.cls, name) and name not in (
                        "count", "index", "_replace", "_asdict"):
                    return self.class_attribute(owner, owner.cls, name)
                return Method(owner, name)
            case Ref():
                cell = self.heap[owner.cell]
                if isinstance(cell, Fields) and not owner.path:
                    return self.object_attribute(owner, cell, name)
                if not isinstance(cell, Buffer) or self.fact(owner).kind in ("list", "dict"):
                    return Method(owner, name)
                return self.array_attribute(owner, name, hint)
            case Unbound():
                raise self.unbound(owner)
            case Super():
                return self.super_attribute(owner, name)
            case Closure() if name in ("__name__", "__doc__"):
                return const(getattr(owner.node, "name", "<lambda>") if name == "__name__" else None)
            case Iteration() | Slice():
                if isinstance(owner, Slice) and name in ("start", "stop", "step"):
                    return owner.parts[("start", "stop", "step").index(name)]
                return Method(owner, name)
        if isinstance(owner, Atom) and owner.fact.kind == "str":
            return Method(owner, name)
        return self.array_attribute(owner, name, hint)

    def static_attribute(self, owner: Atom, name: str) -> Value:
        obj = owner.value
        module = self.modules.get(id(getattr(obj, "__dict__", None)))
        if module is not None and name in module.env:
            return module.env[name]
        try:
            value = getattr(obj, name)
        except AttributeError as error:
            self.certain_error(AttributeError, str(error))
            raise self.unsupported(f"{self.describe(owner)} has no attribute `{name}`", code="S2S011") from None
        if isinstance(value, property):
            raise self.unsupported(f"`{name}` is a property of a class", code="S2S011")
        label = None
        if isinstance(obj, types.ModuleType):
            if obj.__name__.split(".")[0] not in FIXED_MODULES:
                self.guard(("attr", id(obj), name), lambda: getattr(obj, name, UNSET), value)
            label = name
            if isinstance(value, float) and obj.__name__ in ("numpy", "math"):
                return const(value, f"{'np' if obj is np else 'math'}.{name}")
        elif type(obj).__module__ == "numpy" or isinstance(obj, np.dtype):
            pass
        elif not isinstance(obj, type) and not callable(value):
            self.guard(("attr", id(obj), name), lambda: getattr(obj, name, UNSET), value)
            label = name
        elif isinstance(value, types.MethodType):
            self.guard(("attr", id(obj), name), lambda: getattr(getattr(obj, name, UNSET), "__func__", UNSET),
                       value.__func__)
        else:
            self.guard(("attr", id(obj), name), lambda: getattr(obj, name, UNSET), value)
        self.keep.append(obj)
        return self.capture_outside(value, label, f"{getattr(obj, '__name__', type(obj).__name__)}.{name}")

    def array_attribute(self, owner: Value, name: str, hint: str) -> Value:
        fact = self.fact(owner)
        if name == "dtype":
            if fact.dtype is not None:
                return const(np.dtype(fact.dtype))
            raise self.unsupported("the dtype of a value whose kind is not known", code="S2S011")
        if name == "shape":
            return self.shape_of(owner)
        if name in ("T", "mT") and isinstance(owner, Ref):
            if fact.ndim in (0, 1):
                return owner
            return self.view_of(owner, ATTRIBUTES[name], (), hint=hint)
        if name == "real" and fact.is_complex is False:
            return owner
        if name in ATTRIBUTES:
            return self.call_op(ATTRIBUTES[name], (owner,), (), hint)
        if name == "flags":
            flags = self.emit(getattr, (self.reify(owner), Const("flags")), hint="flags")
            self.flags.add(flags.arg)
            return flags
        if isinstance(owner, Atom) and owner.arg in self.flags:
            return self.emit(getattr, (owner.arg, Const(name)), hint=name)
        if name == "flat":
            return self.call_op(np.ravel, (owner,), (), hint)
        if name == "at":
            return Method(owner, name)
        if name in METHODS or name in METHODS_IN_PLACE or hasattr(np.ndarray, name) or hasattr(float, name) or (
                hasattr(int, name)):
            return Method(owner, name)
        cls = self.class_of(owner)
        if cls is not None and not hasattr(cls, name):
            self.certain_error(AttributeError, f"'{cls.__name__}' object has no attribute '{name}'")
        raise self.unsupported(f"{self.describe(owner)} has no attribute `{name}` that s2sad knows", code="S2S011")

    def shape_of(self, owner: Value) -> Value:
        """``owner.shape`` as a tuple, whose items are known one by one if the number of dimensions is."""
        fact = self.fact(owner)
        if fact.is_scalar:
            return Tup(())
        whole = self.emit(np.shape, (self.reify(owner),), hint="shape")
        if fact.ndim is None or not isinstance(whole, Atom):
            return whole
        items = tuple(self.emit(operator.getitem, (whole.arg, Const(k)), hint="n") for k in range(fact.ndim))
        self.shapes[tuple(id(v.arg) for v in items)] = whole.arg
        self.keep.append(items)
        return Tup(items)

    def expr_Subscript(self, node: Any, hint: str) -> Value:
        base = self.expr(node.value)
        index = self.expr(node.slice)
        self.loc = self.at(node) if self.loc is None else self.loc
        return self.get(base, index, hint)

    def expr_Slice(self, node: Any, hint: str) -> Value:
        return Slice(tuple(NONE if p is None else self.expr(p) for p in (node.lower, node.upper, node.step)))

    # ---- operators -------------------------------------------------------------------------------------------------

    def expr_BinOp(self, node: Any, hint: str) -> Value:
        left = self.expr(node.left)
        self.pending.append(left)
        right = self.expr(node.right)
        self.pending.pop()
        return self.binary(BINARY[type(node.op)], left, right, hint)

    def binary(self, op: Callable, left: Value, right: Value, hint: str = "") -> Value:
        """``left op right`` for arrays, numbers, tuples, lists, strings and objects."""
        for a, b, names in ((left, right, FORWARDS), (right, left, BACKWARDS)):
            if isinstance(a, Ref) and isinstance(self.heap[a.cell], Fields) and op in names:
                found = self.find_special(a, names[op])
                if found is not None and not self.is_generated(a, names[op]):
                    result = self.call(found, (b,), (), hint)
                    if static(result) is not NotImplemented:
                        return result
        if op is operator.ne and (self.is_object(left) or self.is_object(right)):
            return self.unary(operator.not_, self.binary(operator.eq, left, right))
        if op is operator.eq and (self.is_object(left) or self.is_object(right)):
            return self.equal_objects(left, right)
        seqs = [self.literal_items(v) for v in (left, right)]
        if op is operator.add and seqs[0] is not None and seqs[1] is not None:
            both = (*seqs[0], *seqs[1])
            return Tup(both) if isinstance(left, Tup) else self.new_list(both)
        if op is operator.mul and (seqs[0] is None) != (seqs[1] is None):
            items, count = (seqs[0], right) if seqs[0] is not None else (seqs[1], left)
            if self.fact(count).kind == "int":
                return self.repeat_items(items, count, isinstance(left if seqs[0] is not None else right, Tup))
        if op in (operator.eq, operator.ne) and seqs[0] is not None and seqs[1] is not None:
            return self.equal_items(op, seqs[0], seqs[1])
        if isinstance(left, Atom) and isinstance(right, Atom) and left.is_static and right.is_static and not (
                isinstance(left.arg, Const) and left.arg.name) and isinstance(left.value, (str, type,
                    types.FunctionType, np.dtype)):
            return self.capture(op(left.value, right.value), None)
        kinds = [self.fact(v).kind for v in (left, right)]
        if "list" in kinds and any(k in ("array", "scalar") for k in kinds):
            left, right = (self.as_array(v) for v in (left, right))
        elif "list" in kinds and op not in (operator.eq, operator.ne):
            return self.list_arithmetic(op, left, right)
        return self.emit(op, (self.reify(left), self.reify(right)), hint=hint)

    def is_generated(self, owner: Value, name: str) -> bool:
        """Whether a special method of an object is one that ``dataclass`` made."""
        cls = self.heap[owner.cell].cls
        maker = next((c for c in cls.__mro__ if name in vars(c)), cls)
        return name == "__eq__" and "__dataclass_params__" in vars(maker) and maker.__dataclass_params__.eq and (
            vars(maker)[name].__code__.co_filename == "<string>")

    def list_arithmetic(self, op: Callable, left: Value, right: Value) -> Value:
        """``xs + ys`` and ``xs * n`` of lists whose length is known only at run time."""
        facts = [self.fact(v) for v in (left, right)]
        if op is operator.mul and {"list", "int"} == {f.kind for f in facts}:
            xs, n = (left, right) if facts[0].kind == "list" else (right, left)
            value = self.emit(runtime.repeat_list, (self.reify(xs), self.reify(n)))
        elif op is operator.add and all(f.kind == "list" for f in facts):
            value = self.emit(runtime.join_lists, (self.reify(left), self.reify(right)))
        else:
            raise self.unsupported(f"`{op.__name__}` of a list of run-time length", "convert it with np.array",
                                   code="S2S011")
        self.hold(value, left, right)
        return value

    def as_array(self, value: Value) -> Value:
        """A list of numbers, or an object that converts itself, as an array; other values as they are."""
        if isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
            convert = self.find_special(value, "__array__")
            return value if convert is None else self.call(convert, (), ())
        if self.fact(value).kind == "list" or (isinstance(value, Tup) and any(
                self.fact(v).kind != "int" for v in value.items)):
            return self.emit(np.array, (self.reify(value),))
        return value

    def literal_items(self, value: Value) -> tuple[Value, ...] | None:
        """The items of a tuple or list of known structure."""
        if isinstance(value, Tup):
            return value.items
        if isinstance(value, Ref) and not value.path and isinstance(self.heap[value.cell], Items):
            return self.heap[value.cell].values
        return None

    def repeat_items(self, items: tuple[Value, ...], count: Value, as_tuple: bool) -> Value:
        n = static(count)
        if n is UNSET or n * len(items) > 256:
            if as_tuple:
                raise self.unsupported("a tuple repeated a run-time number of times", "use a list", code="S2S010")
            made = self.dynamic_list(items)
            value = self.emit(runtime.repeat_list, (self.reify(made), self.reify(count)))
            self.hold(value, made)
            return value
        return Tup(items * n) if as_tuple else self.new_list(items * n)

    def equal_items(self, op: Callable, a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
        if len(a) != len(b):
            return FALSE if op is operator.eq else TRUE
        result: Value = TRUE
        for x, y in zip(a, b):
            same = self.binary(operator.eq, x, y)
            result = self.choose(same, lambda same=same: same, lambda: FALSE) if result is TRUE else self.choose(
                result, lambda same=same: same, lambda: FALSE)
        return result if op is operator.eq else self.unary(operator.not_, result)

    def expr_UnaryOp(self, node: Any, hint: str) -> Value:
        return self.unary(UNARY[type(node.op)], self.expr(node.operand), hint)

    def unary(self, op: Callable, value: Value, hint: str = "") -> Value:
        if op is operator.not_:
            truth = self.truth(value)
            if truth is not None:
                return const(not truth)
        if isinstance(value, Atom) and isinstance(value.arg, Const) and value.arg.name is None and value.is_static and (
                isinstance(value.value, (int, float, complex))):
            return const(op(value.value))
        if op is operator.not_:
            return self.emit(op, (self.test_arg(value),), hint=hint)
        special = {operator.neg: "__neg__", operator.pos: "__pos__", operator.invert: "__invert__"}.get(op)
        if special is not None and isinstance(value, Ref) and isinstance(self.heap[value.cell], Fields):
            found = self.find_special(value, special)
            if found is not None:
                return self.call(found, (), (), hint)
        return self.emit(op, (self.reify(value),), hint=hint)

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true, if that is known now."""
        match value:
            case Atom():
                if not value.is_static:
                    return None
                try:
                    return bool(value.value)
                except Exception:
                    return None
            case Tup():
                return bool(value.items)
            case Ref() if not value.path:
                cell = self.heap[value.cell]
                if isinstance(cell, Items):
                    return bool(cell.values)
                if isinstance(cell, Table):
                    return bool(cell.keys)
                if isinstance(cell, Fields):
                    return True if self.find_special(value, "__bool__") is None and self.find_special(
                        value, "__len__") is None else None
                return None
            case Closure() | Bound() | Method():
                return True
        return None

    def expr_BoolOp(self, node: Any, hint: str) -> Value:
        def rest(k: int) -> Value:
            value = self.expr(node.values[k])
            if k == len(node.values) - 1:
                return value
            if isinstance(node.op, gast.And):
                return self.choose(value, lambda: rest(k + 1), lambda: value, hint)
            return self.choose(value, lambda: value, lambda: rest(k + 1), hint)
        return rest(0)

    def expr_IfExp(self, node: Any, hint: str) -> Value:
        return self.choose(self.expr(node.test), lambda: self.expr(node.body), lambda: self.expr(node.orelse), hint)

    def expr_Compare(self, node: Any, hint: str) -> Value:
        def rest(left: Value, k: int) -> Value:
            right = self.expr(node.comparators[k])
            result = self.compare(node.ops[k], left, right, hint)
            if k == len(node.ops) - 1:
                return result
            return self.choose(result, lambda: rest(right, k + 1), lambda: result, hint)
        return rest(self.expr(node.left), 0)

    def compare(self, op: Any, left: Value, right: Value, hint: str) -> Value:
        if isinstance(op, (gast.In, gast.NotIn)):
            found = self.contains(right, left)
            return self.unary(operator.not_, found) if isinstance(op, gast.NotIn) else found
        if isinstance(op, (gast.Is, gast.IsNot)):
            same = self.same_object(left, right)
            if same is not None:
                return const(same is isinstance(op, gast.Is))
        return self.binary(COMPARE[type(op)], left, right, hint)

    def same_object(self, left: Value, right: Value) -> bool | None:
        """``left is right`` if that is known now."""
        if isinstance(left, Ref) and isinstance(right, Ref) and left == right and not left.path:
            return True
        a, b = static(left), static(right)
        if a is not UNSET and b is not UNSET:
            return a is b
        cells = [self.heap.get(v.cell) if isinstance(v, Ref) and not v.path else None for v in (left, right)]
        if all(isinstance(c, (Items, Table, Fields)) for c in cells) and not (
                self.shared_with(left.cell, self.heap) & self.shared_with(right.cell, self.heap)):
            return False
        for x, y in ((left, right), (right, left)):
            if static(x) is None or isinstance(static(x), bool):
                kind = self.fact(y).kind
                if kind != "unknown" and not (isinstance(static(x), bool) and kind == "bool"):
                    return False
        return None

    def contains(self, container: Value, item: Value) -> Value:
        if isinstance(container, Ref) and isinstance(self.heap[container.cell], Table):
            return const(self.static_key(item) in self.heap[container.cell].keys)
        if isinstance(container, Ref) and isinstance(self.heap[container.cell], Fields):
            return self.call_special(container, "__contains__", (item,))
        items = self.literal_items(container)
        if items is None:
            if static(container) is not UNSET and static(item) is not UNSET:
                return const(static(item) in static(container))
            return self.emit(operator.contains, (self.reify(container), self.reify(item)))
        result: Value = FALSE
        for x in reversed(items):
            same = self.binary(operator.eq, x, item)
            result = self.choose(same, lambda: TRUE, lambda result=result: result)
        return result

    # ---- containers ------------------------------------------------------------------------------------------------

    def expr_Tuple(self, node: Any, hint: str) -> Value:
        return Tup(self.displayed(node))

    def expr_List(self, node: Any, hint: str) -> Value:
        return self.new_list(self.displayed(node))

    def displayed(self, node: Any) -> tuple[Value, ...]:
        """The items of a tuple or list display: no iterators, which the container would let be read twice."""
        values = self.elements(node.elts)
        if any(map(self.is_one_shot, values)):
            raise self.kept_iterator(node)
        return values

    def expr_Set(self, node: Any, hint: str) -> Value:
        values = [static(v) for v in self.elements(node.elts)]
        if UNSET in values:
            raise self.unsupported("a set of values computed at run time", "use a list", node=node)
        return const(frozenset(values))

    def expr_Dict(self, node: Any, hint: str) -> Value:
        keys: list[Any] = []
        values: list[Value] = []
        for k, v in zip(node.keys, node.values):
            value = self.expr(v)
            if k is None:
                table = self.heap[value.cell] if isinstance(value, Ref) else None
                if not isinstance(table, Table):
                    raise self.unsupported("`**` of something that is not a dict of known keys", node=node,
                                           code="S2S010")
                pairs = list(zip(table.keys, table.values))
            else:
                pairs = [(self.static_key(self.expr(k)), value)]
            for key, item in pairs:
                if key in keys:
                    values[keys.index(key)] = item
                else:
                    keys.append(key)
                    values.append(item)
        return self.new_ref(Table(tuple(keys), tuple(values)))

    def elements(self, nodes: list[Any]) -> tuple[Value, ...]:
        values: list[Value] = []
        mark = len(self.pending)
        for e in nodes:
            if isinstance(e, gast.Starred):
                got = self.expr(e.value)
                items = self.static_items(got)
                if items is None:
                    raise self.unsupported("`*` of something whose length is known only at run time", node=e,
                                           code="S2S010")
                values.extend(items)
            else:
                values.append(self.expr(e))
            self.pending.append(values[-1] if values else NONE)
        del self.pending[mark:]
        return tuple(values)

    def expr_ListComp(self, node: Any, hint: str) -> Value:
        return self.comprehension(node, node.elt, hint)

    def expr_GeneratorExp(self, node: Any, hint: str) -> Value:
        return self.mark_one_shot(self.comprehension(node, node.elt, hint))

    def expr_SetComp(self, node: Any, hint: str) -> Value:
        items = self.static_items(self.comprehension(node, node.elt, hint, known=True))
        values = [static(v) for v in items] if items is not None else [UNSET]
        if UNSET in values:
            raise self.unsupported("a set of values computed at run time", "use a list", node=node)
        return const(frozenset(values))

    def expr_DictComp(self, node: Any, hint: str) -> Value:
        pair = gast.Tuple(elts=[node.key, node.value], ctx=gast.Load())
        gast.copy_location(pair, node.key)
        pairs = self.static_items(self.comprehension(node, pair, hint, known=True))
        if pairs is None:
            raise self.unsupported("a dict with keys that are known only at run time", "use lists", node=node,
                                   code="S2S010")
        result = self.new_ref(Table((), ()))
        for p in pairs:
            self.put(result, p.items[0], p.items[1])
        return result

    def expr_NamedExpr(self, node: Any, hint: str) -> Value:
        value = self.expr(node.value, node.target.id)
        frame = self.frames[-1]
        while frame.name == "<comprehension>" and frame.parent is not None:
            frame = frame.parent
        frame.env[node.target.id] = value
        frame.always_live |= {node.target.id}
        return value

    def expr_Lambda(self, node: Any, hint: str) -> Value:
        return self.closure(node)

    def expr_JoinedStr(self, node: Any, hint: str) -> Value:
        template, args = [], []
        for part in node.values:
            if isinstance(part, gast.Constant):
                template.append(str(part.value).replace("{", "{{").replace("}", "}}"))
            else:
                args.append(self.reify(self.expr(part.value)))
                conv = {-1: "", 115: "!s", 114: "!r", 97: "!a"}[part.conversion]
                spec = ""
                if part.format_spec is not None:
                    spec = ":" + "".join(str(v.value) for v in part.format_spec.values if isinstance(v, gast.Constant))
                template.append("{" + conv + spec + "}")
        if not args:
            return const("".join(template).replace("{{", "{").replace("}}", "}"))
        if all(fact_of(a).value is not UNSET for a in args):
            return const("".join(template).format(*(fact_of(a).value for a in args)))
        return self.emit(str.format, (Const("".join(template)), *args), hint=hint)

    def expr_Starred(self, node: Any, hint: str) -> Value:
        raise self.unsupported("`*` is not allowed here", node=node)

    def expr_Call(self, node: Any, hint: str) -> Value:
        return self.call_node(node, hint)


def _freeze(value: Any) -> Any:
    """A value that is equal later exactly if the container has the same contents."""
    if type(value) in (list, tuple):
        return (type(value), *(_freeze(v) for v in value))
    if type(value) is dict:
        return (dict, *((k, _freeze(v)) for k, v in value.items()))
    return (type(value), value) if type(value) in (float, int, str, bool, complex) else id(value)
