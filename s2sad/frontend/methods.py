"""Methods of arrays, lists, dicts, strings and named tuples.

Before: ``xs.append(v.sum())``.  After: ``t = sum(v)`` and one more item in the list that ``xs`` is known to be.
"""
from __future__ import annotations

import collections
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.facts.tried import is_plain
from s2sad.frontend.operators import FORWARDS
from s2sad.frontend.values import (
    NONE,
    Atom,
    Buffer,
    Items,
    Iteration,
    Kwargs,
    Method,
    Ref,
    Slice,
    Table,
    Tup,
    Value,
    const,
    static,
    unset_in,
)
from s2sad.ir import Const
from s2sad.ir.facts import PYTHON_SCALARS, UNSET
from s2sad.ir.symbols import IN_PLACE
from s2sad.ops.methods import METHODS, METHODS_IN_PLACE

AUGMENTED = {f"__i{name.strip('_')}__": op for op, name in FORWARDS.items() if op in IN_PLACE}


class Methods:
    """The part of the lowerer for methods of builtin types and arrays."""

    heap: dict[int, Any]

    def call_method(self, fn: Method, args: tuple[Value, ...], kwargs: Kwargs, hint: str) -> Value:
        owner, name = fn.owner, fn.name
        if name == "__setitem__" and len(args) == 2:
            self.put(owner, *args)
            return NONE
        if name in AUGMENTED and len(args) == 1:
            return self.augment(owner, AUGMENTED[name], args[0], hint)
        if isinstance(owner, Ref) and not owner.path:
            cell = self.heap[owner.cell]
            if isinstance(cell, Items) or (isinstance(cell, Buffer) and cell.fact.kind == "list"):
                return self.list_method(owner, cell, name, args, dict(kwargs))
            if isinstance(cell, Table) and cell.cls is set:
                return self.set_method(owner, cell, name, args)
            if isinstance(cell, Table):
                return self.dict_method(owner, cell, name, args, dict(kwargs))
        if isinstance(owner, Ref) and self.fact(owner).kind == "list" and name == "append":
            self.list_append(owner, args[0])
            return NONE
        if isinstance(owner, Ref) and self.fact(owner).kind == "list":
            raise self.unsupported(f"`.{name}` of a list inside a list of run-time length", code="S2S010")
        if isinstance(owner, Tup) and name in ("index", "count"):
            items, wanted = [static(v) for v in owner.items], static(args[0])
            if wanted is UNSET and all(map(is_plain, items)) and self.fact(args[0]).kind in PYTHON_SCALARS:
                return self.emit(getattr(tuple, name), (self.reify(owner), self.reify(args[0])), hint=name)
            if not all(map(is_plain, (*items, wanted))):
                raise self.unsupported(f"`.{name}` of a tuple of things that compare in their own way",
                                       "write the loop")
            return const(getattr(tuple(items), name)(wanted))
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
        if name == "compress" and self.fact(owner).is_array:
            return self.call_op(np.compress, (args[0], owner, *args[1:]), kwargs, hint)
        if name in METHODS:
            return self.array_method(owner, name, args, kwargs, hint)
        if isinstance(owner, Atom) and owner.is_static and not kwargs and is_plain(owner.value) and all(
                static(a) is not UNSET and is_plain(static(a)) for a in args):
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
                            "transpose", "astype", "item", "cumsum", "T", "any", "all", "squeeze"):
                raise self.unsupported(f"the method `.{name}` of a value whose kind is not known",
                                       f"call np.{name}", code="S2S011")
        if name in ("reshape", "transpose") and len(args) > 1:
            args = (Tup(args),)
        if name == "flatten":
            flat = self.call_op(np.ravel, (owner, *args), kwargs, hint)
            return self.call_op(np.copy, (flat,), (), hint)
        if name == "copy" and not args and not kwargs and fact.is_array:
            return self.emit(np.ndarray.copy, (self.reify(owner),), hint=hint)
        if name in ("conj", "conjugate") and fact.is_array and fact.is_complex is False:
            return owner
        if name == "astype":
            may_be_itself = any(k == "copy" and static(v) is not True for k, v in kwargs)
            kwargs = tuple((k, v) for k, v in kwargs if k != "copy")
            if may_be_itself and fact.is_array and args:
                return self.without_copy(owner, np.ndarray.astype, args, kwargs, args[0], hint)
            if fact.is_scalar:
                dtype = static(args[0])
                return self.call_object(np.dtype(dtype).type, (owner,), (), hint)
        if name == "item" and not args and fact.kind == "scalar" and fact.dtype is not None:
            return self.call_object(float if fact.dtype.kind == "f" else complex if fact.dtype.kind == "c" else int,
                                    (owner,),
                                    (), hint)
        return self.call_op(METHODS[name], (owner, *args), kwargs, hint)

    def without_copy(self, owner: Value, fn: Any, args: tuple[Value, ...], kwargs: Kwargs, dtype: Value,
                     hint: str) -> Value:
        """``a.astype(dtype, copy=False)`` and ``np.array(a, copy=None)``: ``a`` itself where nothing has to be
        changed."""
        have, want = self.fact(owner).dtype, static(dtype)
        if not kwargs and have is not None and want is not UNSET and (want is None or np.dtype(want) == have):
            return owner
        made = self.call_op(fn, (owner, *args), kwargs, hint)
        if isinstance(made, Ref) and isinstance(owner, Ref):
            self.may_share(made, owner)
        return made

    def array_in_place(self, owner: Value, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        if not isinstance(owner, Ref):
            raise self.unsupported(f"`.{name}` of {self.describe(owner)}", code="S2S011")
        if name == "fill" and (self.fact(args[0]).dims or (1,))[0] != 1:
            raise self.failing(ValueError("setting an array element with a sequence."))
        if name == "fill":
            self.put(owner, const(Ellipsis), args[0])
        elif name == "sort":
            self.put(owner, const(Ellipsis), self.call_op(np.sort, (owner, *args), tuple(kwargs.items())))
        elif name == "partition":
            self.put(owner, const(Ellipsis), self.call_op(np.partition, (owner, *args), tuple(kwargs.items())))
        elif name == "put" and len(args) == 2 and not kwargs:
            self.call_op(np.put, (owner, *args), ())
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
        if name == "insert":
            self.list_insert(owner, *args)
            return NONE
        if name == "sort":
            self.list_sort(owner, kwargs.get("key", NONE), kwargs.get("reverse", const(False)))
            return NONE
        if name in ("reverse", "clear"):
            if isinstance(cell, Items):
                self.check_change(owner.cell)
                self.heap[owner.cell] = Items(cell.values[::-1] if name == "reverse" else ())
            elif name == "clear":
                self.change_list(owner, lambda whole: self.dynamic_list(()))
            else:
                self.change_list(owner, lambda whole: self.get(whole, Slice((NONE, NONE, const(-1)))))
            return NONE
        if name in ("index", "count"):
            if isinstance(cell, Items) and all(static(v) is not UNSET and is_plain(static(v))
                                               for v in (*cell.values, args[0])):
                values = [static(v) for v in cell.values]
                if name == "index" and static(args[0]) not in values:
                    raise self.failing(ValueError(f"{static(args[0])!r} is not in list"))
                return const(getattr(values, name)(static(args[0])))
            return self.emit(getattr(list, name), tuple(self.reify(a) for a in (owner, *args)))
        if name == "remove":
            self.list_pop(owner, self.list_method(owner, cell, "index", args, {}))
            return NONE
        raise self.unsupported(f"the method `.{name}` of a list", "build a new list", code="S2S010")

    def dict_method(self, owner: Ref, cell: Table, name: str, args: tuple[Value, ...], kwargs: dict[str,
                                                                                                    Value]) -> Value:
        if name in ("items", "keys", "values"):
            return Iteration("view", (owner,), None, lambda: self.table_view(owner, name))
        if name == "get" and args and not isinstance(args[0], Tup) and static(args[0]) is UNSET and all(
                static(v) is not UNSET for v in cell.values):
            table = dict(zip(cell.keys, map(static, cell.values), strict=True))
            return self.emit(dict.get, (Const(table), *(self.reify(a) for a in args)))
        if name in ("get", "setdefault") and args and self.is_computed(args[0]):
            whole = self.run_time_dict(owner, cell, same=name == "setdefault")
            return self.call_special(whole, name, args, tuple(kwargs.items()))
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
                raise self.failing(KeyError(key), f"the key {key!r} is not in the dict here", code="S2S010")
            return value
        if name in ("update", "clear", "popitem", "move_to_end") or cell.cls is collections.Counter:
            if owner.cell in self.fields_of and name != "update":
                raise self.unsupported(f"`.{name}` of the fields of an object", code="S2S010")
            self.check_change(owner.cell)
        if cell.cls is collections.Counter and name not in ("copy", "clear"):
            return self.counter_method(cell, name, args)
        if name == "update":
            self.update_dict(owner, args, kwargs)
            return NONE
        if name == "popitem" and cell.keys:
            at = len(cell.keys) - 1 if static(args[0] if args else kwargs.get("last", const(True))) else 0
            self.heap[owner.cell] = replace(cell, keys=cell.keys[:at] + cell.keys[at + 1:],
                                            values=cell.values[:at] + cell.values[at + 1:])
            return Tup((self.capture(cell.keys[at], None), cell.values[at]))
        if name == "move_to_end" and self.static_key(args[0]) in cell.keys:
            at = cell.keys.index(self.static_key(args[0]))
            last = static(args[1] if len(args) > 1 else kwargs.get("last", const(True)))
            places = [k for k in range(len(cell.keys)) if k != at]
            places = [*places, at] if last else [at, *places]
            self.heap[owner.cell] = replace(cell, keys=tuple(cell.keys[k] for k in places),
                                            values=tuple(cell.values[k] for k in places))
            return NONE
        if name == "copy":
            return self.new_ref(cell)
        if name == "clear" and owner.cell in self.fields_of:
            raise self.unsupported("all fields of an object are deleted", code="S2S010")
        if name == "clear":
            self.heap[owner.cell] = Table((), (), cell.cls)
            return NONE
        raise self.unsupported(f"the method `.{name}` of a dict", code="S2S010")

    def update_dict(self, owner: Ref, args: tuple[Value, ...], kwargs: dict[str, Value]) -> None:
        """``d.update(other, key=value)``."""
        if args:
            new = self.call_object(dict, args, (), "")
            if self.is_run_time_dict(self.heap[new.cell]):
                self.run_time_dict(owner, self.heap[owner.cell], same=True)
                self.call_special(owner, "update", (new,))
            else:
                table = self.heap[new.cell]
                for k, v in zip(table.keys, table.values):
                    self.put(owner, self.capture(k, None), v)
        for name, v in kwargs.items():
            self.put(owner, const(name), v)

    def counter_method(self, cell: Table, name: str, args: tuple[Value, ...]) -> Value:
        """A method that ``Counter`` adds to those of ``dict``, of counts that are known now."""
        counts = dict(zip(cell.keys, map(static, cell.values)))
        if name not in ("most_common", "elements", "total") or unset_in(counts.values()):
            raise self.unsupported(f"the method `.{name}` of a `Counter` here", "count in a dict", code="S2S010")
        found = getattr(collections.Counter(counts), name)(*map(self.constant_of, args))
        return const(found) if name == "total" else self.new_list(tuple(self.capture(v, None) for v in found))

    def table_view(self, owner: Ref, name: str) -> Iteration:
        """What ``.keys()``, ``.values()`` or ``.items()`` of a dict goes through now."""
        cell = self.heap[owner.cell]
        if name == "values":
            return Iteration("static", (), cell.values)
        keys = tuple(self.capture(k, None) for k in cell.keys)
        return Iteration("static", (), keys if name == "keys" else tuple(map(Tup, zip(keys, cell.values))))

    def string_method(self, owner: Atom, name: str, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        values = [static(a) for a in args]
        named = {k: static(v) for k, v in kwargs}
        items = self.static_items(args[0]) if name == "join" and args else None
        if items is not None and all(static(v) is not UNSET for v in items):
            values = [[static(v) for v in items]]
        known = owner.is_static and not unset_in(named.values()) and not any(v is UNSET for v in values)
        if known and all(map(is_plain, (*values, *named.values()))):
            return self.capture(getattr(owner.value, name)(*values, **named), None)
        return self.emit(getattr(str, name), (owner.arg, *(self.reify(a) for a in args)),
                         tuple((k, self.reify(v)) for k, v in kwargs))
