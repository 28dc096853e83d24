"""Random simple statements: assignments, in-place writes, aliases, containers, calls, closures."""

from __future__ import annotations

from tests.fuzz.expressions import BOUNDED, CONSTANTS, Expressions
from tests.fuzz.scope import Array, Chance, Dict, Float, Function, List, Object, Scope, Tuple, Type

AUGMENT = ("+=", "-=", "*=", "+=")
Lines = list[str]


def indented(lines: Lines) -> Lines:
    return ["    " + line for line in lines or ["pass"]]


class Statements(Expressions):
    """Draws simple statements as lists of lines."""

    def __init__(self, chance: Chance, themes: frozenset[str] = frozenset()) -> None:
        super().__init__(chance, themes)
        self.counter = 0
        self.classes: list[Object] = []

    def fresh(self, stem: str) -> str:
        self.counter += 1
        return f"{stem}{self.counter}"

    def target(self, scope: Scope, stem: str, t: Type) -> str:
        """A name to assign: an existing one of the same type, or a new one."""
        old = [n for n, u in scope.names.items() if u == t and n not in scope.frozen]
        return self.chance.one(old) if old and self.chance.flip(0.55) else self.fresh(stem)

    def shape(self, scope: Scope) -> tuple[int, ...]:
        shapes = [s for _, s in scope.arrays()] or [(3,)]
        return self.chance.one(shapes)

    def assign_scalar(self, scope: Scope) -> Lines:
        e = self.scalar(scope, 3)
        name = self.target(scope, "s", Float())
        scope.names[name] = Float()
        if self.chance.flip(0.08):
            other = self.target(scope, "s", Float())
            scope.names[other] = Float()
            return [f"{name} = {other} = {e}"]
        return [f"{name} = {e}"]

    def assign_array(self, scope: Scope) -> Lines:
        shape = self.shape(scope)
        e = self.array(scope, shape, 2)
        loose = ".reshape(" in e
        name = self.fresh("a") if loose else self.target(scope, "a", Array(shape))
        scope.names[name] = Array(shape, loose)
        return [f"{name} = {e}"]

    def alias(self, scope: Scope) -> Lines:
        arrays = scope.arrays()
        if not arrays:
            return self.assign_scalar(scope)
        name, shape = self.chance.one(arrays)
        options: list[tuple[str, Array]] = [(name, Array(shape)), (name, Array(shape))]
        if len(shape) == 1 and shape[0] > 1:
            n = shape[0]
            options += [
                (f"{name}[1:]", Array((n - 1,))),
                (f"{name}[:-1]", Array((n - 1,))),
                (f"{name}[::-1]", Array((n,))),
                (f"{name}[::2]", Array(((n + 1) // 2,))),
                (f"{name}[None, :]", Array((1, n))),
            ]
        if len(shape) == 2 and all(shape):
            options += [(f"{name}[{self.index(scope, shape[0])}]", Array(shape[1:]))] * 3
            options += [
                (f"{name}[:, {self.index(scope, shape[1])}]", Array(shape[:1])),
                (f"{name}.T", Array(shape[::-1])),
                (f"{name}[:, 1:]", Array((shape[0], shape[1] - 1))),
                (f"{name}.ravel()", Array((shape[0] * shape[1],), True)),
            ]
        e, t = self.chance.one(options)
        new = self.fresh("v") if t.loose or self.chance.flip(0.8) else self.target(scope, "v", t)
        scope.names[new] = t
        return [f"{new} = {e}"]

    def writable(self, scope: Scope) -> list[tuple[str, tuple[int, ...]]]:
        loose = {n for n, t in scope.names.items() if isinstance(t, Array) and t.loose and not self.chance.flip(0.05)}
        return [(e, s) for e, s in scope.arrays() if e not in loose]

    def write_array(self, scope: Scope) -> Lines:
        """``a[index] = value`` or ``a[index] op= value`` with an index of any kind."""
        arrays = self.writable(scope)
        if not arrays:
            return self.assign_array(scope)
        views = [(e, s) for e, s in arrays if e.startswith("v") and len(e) > 1]
        name, shape = self.chance.one(views if views and self.chance.flip(0.35) else arrays)
        index, part = self.region(scope, name, shape)
        op = "=" if self.chance.flip(0.55) else self.chance.one(AUGMENT)
        if part is None or self.chance.flip(0.3):
            value = self.scalar(scope, 2)
        elif part == ():
            value = self.scalar(scope, 2)
        else:
            value = self.array(scope, part, self.chance.below(3))
        return [f"{name}[{index}] {op} {value}"]

    def region(self, scope: Scope, name: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...] | None]:
        """An index and the shape of what it selects; None where that is not known (a mask)."""
        if not shape or not all(shape):
            return "...", shape
        n, rest = shape[0], shape[1:]
        element = ", ".join(self.index(scope, k) for k in shape)
        options: list[tuple[int, tuple[str, tuple[int, ...] | None]]] = [
            (8, (element, ())),
            (2, (":", shape)),
            (1, ("...", shape)),
            (2, (f"{name} > {self.chance.one(CONSTANTS)}", None)),
            (1, ("::-1", shape)),
            (1, ("::2", ((n + 1) // 2, *rest))),
        ]
        if n > 1:
            picks = ", ".join(str(self.chance.below(n)) for _ in range(3))
            options += [(3, ("1:", (n - 1, *rest))), (3, (":-1", (n - 1, *rest))), (3, (f"[{picks}]", (3, *rest)))]
        if rest:
            i, j = self.index(scope, n), self.index(scope, rest[0])
            options += [(4, (i, rest)), (3, (f":, {j}", (n,))), (1, (f"{i}, 1:", (rest[0] - 1,)))]
        return self.chance.weighted(options)

    def augment_name(self, scope: Scope) -> Lines:
        arrays = [(e, s) for e, s in self.writable(scope) if "[" not in e]
        if arrays and self.chance.flip(0.6):
            name, shape = self.chance.one(arrays)
            value = self.scalar(scope, 1) if self.chance.flip(0.4) else self.array(scope, shape, 1)
            return [f"{name} {self.chance.one(AUGMENT)} {value}"]
        scalars = [n for n in scope.of(Float) if n not in scope.frozen]
        if not scalars:
            return self.assign_scalar(scope)
        return [f"{self.chance.one(scalars)} {self.chance.one(AUGMENT)} {self.scalar(scope, 2)}"]

    def make_list(self, scope: Scope) -> Lines:
        item: Type = Float() if self.chance.flip(0.7) else Array(self.shape(scope))
        name, count = self.fresh("xs"), self.chance.below(3)
        items = ", ".join(self.value(scope, item, 1) for _ in range(count))
        scope.names[name] = List(item, count)
        return [f"{name} = [{items}]"]

    def use_list(self, scope: Scope) -> Lines:
        lists = scope.of(List)
        if not lists:
            return self.make_list(scope)
        name = self.chance.one(lists)
        t = scope.names[name]
        assert isinstance(t, List)
        if t.least and self.chance.flip(0.25):
            return [f"{name}[{self.index(scope, t.least)}] = {self.value(scope, t.item, 1)}"]
        if t.least > t.floor and self.chance.flip(0.4):
            scope.names[name] = List(t.item, t.least - 1, t.floor)
            new = self.target(scope, "p", t.item)
            if new in scope.frozen:
                return [f"{name}.pop()"]
            scope.names[new] = t.item
            return [f"{new} = {name}.pop()"]
        if isinstance(t.item, Float) and t.least and self.chance.flip(0.2):
            return [f"{name}[0] += {self.scalar(scope, 1)}"]
        scope.names[name] = List(t.item, t.least + 1, t.floor)
        return [f"{name}.append({self.value(scope, t.item, 2)})"]

    def make_tuple(self, scope: Scope) -> Lines:
        items: tuple[Type, ...] = (Float(), Float() if self.chance.flip(0.5) else Array(self.shape(scope)))
        name = self.target(scope, "t", Tuple(items))
        text = f"{name} = ({self.value(scope, items[0], 1)}, {self.value(scope, items[1], 1)})"
        scope.names[name] = Tuple(items)
        return [text]

    def make_dict(self, scope: Scope) -> Lines:
        t = Dict((("u", Float()), ("w", Array(self.shape(scope)))))
        name = self.target(scope, "d", t)
        text = f"{name} = {self.value(scope, t, 1)}"
        scope.names[name] = t
        return [text]

    def use_dict(self, scope: Scope) -> Lines:
        dicts = scope.of(Dict)
        if not dicts:
            return self.make_dict(scope)
        name = self.chance.one(dicts)
        t = scope.names[name]
        assert isinstance(t, Dict)
        key, item = self.chance.one(t.items)
        op = "=" if self.chance.flip(0.5) else "+="
        return [f'{name}["{key}"] {op} {self.value(scope, item, 1)}']

    def make_object(self, scope: Scope) -> Lines:
        """An instance, a second name of one, or one that shares the array of another."""
        known = [t for t in self.classes if any(s == dict(t.fields)["a"].shape for _, s in scope.arrays())]
        if not known:
            return self.assign_array(scope)
        t = self.chance.one(known)
        old = [n for n in scope.of(Object) if scope.names[n] == t]
        name = self.fresh("o")
        text = self.value(scope, t, 2)
        if old and self.chance.flip(0.3):
            text = self.chance.one(old)
        elif old and self.chance.flip(0.3):
            text = f"{t.cls}({self.scalar(scope, 1)}, {self.chance.one(old)}.a)"
        elif old and self.chance.flip(0.2):
            name = self.chance.one(old) if self.chance.one(old) not in scope.frozen else name
        scope.names[name] = t
        return [f"{name} = {text}"]

    def use_object(self, scope: Scope) -> Lines:
        """Write to a field, its array or the whole of it; call a method that writes; hand it to a helper."""
        names = scope.of(Object)
        if not names:
            return self.make_object(scope)
        name = self.chance.one(names)
        shape = dict(scope.names[name].fields)["a"].shape
        index, part = self.region(scope, f"{name}.a", shape)
        value = self.scalar(scope, 1) if part in (None, ()) or self.chance.flip(0.5) else self.array(scope, part, 1)
        return [self.chance.weighted([
            (3, f"{name}.s = {self.scalar(scope, 2)}"),
            (3, f"{name}.s {self.chance.one(AUGMENT)} {self.scalar(scope, 2)}"),
            (4, f"{name}.a[{index}] {self.chance.one(('=', '+=', '*='))} {value}"),
            (2, f"{name}.a {self.chance.one(AUGMENT)} {self.scalar(scope, 1)}"),
            (2, f"{name}.a = {self.array(scope, shape, 1)}"),
            (1, f"{name}.size = {self.scalar(scope, 1)}"),
            (3, f"{name}.step({self.scalar(scope, 1)})"),
            (1, f"{name} = {name} + {name}" if name not in scope.frozen else f"{name}.step(0.5)"),
            (2, f"touch({name}, {self.scalar(scope, 1)})"),
        ])]

    def unpack(self, scope: Scope) -> Lines:
        tuples = [n for n in scope.of(Tuple) if self.chance.flip(0.6)]
        if tuples:
            name = self.chance.one(tuples)
            t = scope.names[name]
            assert isinstance(t, Tuple)
            new = [self.fresh("p") for _ in t.items]
            scope.names.update(zip(new, t.items))
            return [f"{', '.join(new)} = {name}"]
        vectors = [(e, s) for e, s in scope.arrays() if len(s) == 1 and s[0] >= 2]
        if vectors and self.chance.flip(0.5):
            e, s = self.chance.one(vectors)
            first, last = self.fresh("p"), self.fresh("p")
            scope.names.update({first: Float(), last: Float()})
            middle = "" if s[0] == 2 else f"*{self.fresh('r')}, "
            return [f"{first}, {middle}{last} = {e}"]
        a, b = self.target(scope, "s", Float()), self.fresh("s")
        text = f"{a}, {b} = {self.scalar(scope, 2)}, {self.scalar(scope, 2)}"
        scope.names.update({a: Float(), b: Float()})
        return [text]

    def swap(self, scope: Scope) -> Lines:
        names = [n for n in scope.names if n not in scope.frozen]
        pairs = [
            (a, b)
            for a in names
            for b in names
            if a < b and scope.names[a] == scope.names[b] and isinstance(scope.names[a], (Float, Array))
        ]
        if not pairs:
            return self.assign_scalar(scope)
        a, b = self.chance.one(pairs)
        return [f"{a}, {b} = {b}, {a}"]

    def call_statement(self, scope: Scope) -> Lines:
        text = self.call(scope, None, 1)
        if text is not None:
            return [text]
        pair = Tuple((Float(), Float()))
        text = self.call(scope, pair, 1)
        if text is None:
            return self.write_array(scope)
        a, b = self.fresh("s"), self.fresh("s")
        scope.names.update({a: Float(), b: Float()})
        return [f"{a}, {b} = {text}"]

    def nested_function(self, scope: Scope) -> Lines:
        """A closure over what is in scope; some write to a captured array."""
        name = self.fresh("g")
        inner = Scope({**scope.names, "z": Float()}, Float(), 0, frozenset(scope.names))
        lines: Lines = []
        arrays = self.writable(scope)
        mine = [n for n in scope.of(Float) if n not in scope.frozen and not scope.loops]
        if mine and self.chance.flip(0.25):
            changed = self.chance.one(mine)
            lines += [f"nonlocal {changed}", f"{changed} {self.chance.one(AUGMENT)} {self.scalar(inner, 1)}"]
        elif arrays and self.chance.flip(0.3):
            lines += self.write_array(inner)
        elif self.chance.flip(0.5):
            lines += [f"y = {self.scalar(inner, 2)}"]
            inner.names["y"] = Float()
        lines.append(f"return {self.scalar(inner, 2)}")
        scope.names[name] = Function((Float(),), ("z",), Float())
        return [f"def {name}(z):", *indented(lines)]

    def out_argument(self, scope: Scope) -> Lines:
        arrays = [(e, s) for e, s in self.writable(scope) if "[" not in e]
        if not arrays:
            return self.assign_array(scope)
        name, shape = self.chance.one(arrays)
        u, w = self.array_leaf(scope, shape), self.array_leaf(scope, shape)
        return [
            self.chance.one(
                [
                    f"{self.chance.one(BOUNDED)}({u}, out={name})",
                    f"np.add({u}, {w}, out={name})",
                    f"np.multiply({u}, {w}, out={name})",
                ]
            )
        ]

    def irrelevant(self, scope: Scope) -> Lines:
        s = self.chance.one(scope.of(Float) or ["1.0"])
        return [self.chance.one(["pass", f'message = f"value {{{s}}}"', f"assert {s} < 1e9", '"a string"'])]
