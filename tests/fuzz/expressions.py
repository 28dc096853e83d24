"""Random expressions of a given type over the names in scope. All are finite and smooth at almost every point."""

from __future__ import annotations

from tests.fuzz.scope import Array, Chance, Dict, Float, Function, Int, List, Object, Scope, Tuple, Type

CONSTANTS = ("0.5", "1.5", "-0.7", "2.0", "0.3", "-1.2", "0.9", "1", "3")
BOUNDED = ("np.sin", "np.cos", "np.tanh", "np.arctan")
MATHS = ("math.sin", "math.cos", "math.tanh", "math.atan")


class Expressions:
    """Draws expressions as text. ``depth`` bounds their nesting."""

    def __init__(self, chance: Chance, themes: frozenset[str] = frozenset()) -> None:
        self.chance = chance
        self.themes = themes

    def on(self, theme: str, weight: int) -> int:
        """The weight of a form that belongs to a theme."""
        return weight if theme in self.themes else 0

    def value(self, scope: Scope, t: Type, depth: int = 2) -> str:
        """An expression of type ``t``."""
        if isinstance(t, Float):
            return self.scalar(scope, depth)
        if isinstance(t, Array):
            return self.array(scope, t.shape, depth)
        if isinstance(t, Tuple):
            return f"({', '.join(self.value(scope, item, depth) for item in t.items)},)"
        if isinstance(t, List):
            return f"[{', '.join(self.value(scope, t.item, depth) for _ in range(max(1, t.least)))}]"
        if isinstance(t, Dict):
            return "{" + ", ".join(f'"{k}": {self.value(scope, item, depth)}' for k, item in t.items) + "}"
        if isinstance(t, Object):
            return f"{t.cls}({', '.join(self.value(scope, item, depth - 1) for _, item in t.fields)})"
        assert isinstance(t, Int)
        return str(t.low + self.chance.below(t.high - t.low + 1))

    # --- integers ---------------------------------------------------------------------------------------------------

    def index(self, scope: Scope, n: int) -> str:
        """An index into an axis of ``n`` items: a constant, a loop variable, or one shifted."""
        options = [name for name, t in scope.names.items() if isinstance(t, Int) and -n <= t.low and t.high < n]
        options += [
            f"{name} - 1" for name, t in scope.names.items() if isinstance(t, Int) and 1 - n <= t.low and t.high <= n
        ]
        options += [
            f"{name} + 1" for name, t in scope.names.items() if isinstance(t, Int) and -n <= t.low and t.high + 1 < n
        ]
        if options and self.chance.flip(0.75):
            return self.chance.one(options)
        n = max(n, 1)
        return str(self.chance.below(2 * n) - n if self.chance.flip(0.2) else self.chance.below(n))

    def condition(self, scope: Scope, depth: int = 1) -> str:
        """A test: mostly on values, sometimes on integers."""
        ints = scope.of(Int)
        kind = self.chance.below(10)
        if kind < 4 or depth == 0:
            return f"{self.scalar(scope, depth)} {self.chance.one(('>', '<', '>=', '<='))} {self.chance.one(CONSTANTS)}"
        if kind < 6:
            return f"{self.scalar(scope, 1)} > {self.scalar(scope, 1)}"
        if kind == 6:
            return f"-0.8 < {self.scalar(scope, 1)} < 0.9"
        if kind == 7 and ints:
            return self.chance.one(
                (f"{self.chance.one(ints)} % 2 == 0", f"{self.chance.one(ints)} == 1", f"{self.chance.one(ints)} > 0")
            )
        if kind == 8:
            left, right = self.condition(scope, 0), self.condition(scope, 0)
            return self.chance.one((f"{left} and {right}", f"{left} or {right}", f"not {left}"))
        arrays = scope.arrays()
        if arrays:
            name, _ = self.chance.one(arrays)
            return self.chance.one((f"np.any({name} > 0.9)", f"np.sum({name}) > 0.2", f"np.all({name} < 1.3)"))
        return self.condition(scope, 0)

    # --- scalars ----------------------------------------------------------------------------------------------------

    def scalar_leaf(self, scope: Scope) -> str:
        options = [e for e, t in scope.values() if isinstance(t, Float)]
        for name, shape in scope.arrays():
            if shape and all(shape):
                options.append(name)
        options = options or ["0.4"]
        chosen = self.chance.one(options)
        shape = dict(scope.arrays()).get(chosen)
        if shape:
            return self.element(scope, chosen, shape)
        lists = [(name, t) for name, t in scope.names.items() if isinstance(t, List) and isinstance(t.item, Float)]
        if lists and self.chance.flip(0.15):
            name, t = self.chance.one(lists)
            if t.least:
                return f"{name}[{self.index(scope, t.least)}]"
        return chosen

    def element(self, scope: Scope, name: str, shape: tuple[int, ...]) -> str:
        indices = [self.index(scope, n) for n in shape]
        return f"{name}[{']['.join(indices) if self.chance.flip(0.15) else ', '.join(indices)}]"

    def scalar(self, scope: Scope, depth: int = 2) -> str:
        """A scalar expression."""
        if depth <= 0 or self.chance.flip(0.15):
            return self.chance.one(CONSTANTS) if self.chance.flip(0.15) else self.scalar_leaf(scope)
        form = self.chance.weighted(
            [
                (4, "leaf"),
                (5, "unary"),
                (10, "binary"),
                (5, "reduce"),
                (2, "ternary"),
                (3, "call"),
                (1, "bool"),
                (1, "builtin"),
                (1, "list"),
                (1, "comprehension"),
                (1, "lambda"),
                (3, "method"),
                (self.on("effects", 3), "effect"),
                (self.on("masked", 5), "masked"),
                (self.on("sizes", 3), "empty"),
            ]
        )
        return getattr(self, f"scalar_{form}")(scope, depth - 1) if form != "leaf" else self.scalar_leaf(scope)

    def scalar_unary(self, scope: Scope, depth: int) -> str:
        u = self.scalar(scope, depth)
        return self.chance.one(
            [
                f"{self.chance.one(BOUNDED)}({u})",
                f"{self.chance.one(MATHS)}({u})",
                f"-({u})",
                f"np.exp(-({u}) ** 2)",
                f"np.sqrt(1.5 + ({u}) ** 2)",
                f"np.log(1.2 + ({u}) ** 2)",
                f"abs({u})",
                f"({u}) ** 2",
                f"float({u})",
                f"np.square({u})",
                f"(1.1 + ({u}) ** 2) ** 0.5",
            ]
        )

    def scalar_binary(self, scope: Scope, depth: int) -> str:
        u, w = self.scalar(scope, depth), self.scalar(scope, depth)
        return self.chance.one(
            [
                f"({u} + {w})",
                f"({u} - ({w}))",
                f"({u} * {w})",
                f"{u} / (1.3 + ({w}) ** 2)",
                f"np.multiply({u}, {w})",
                f"({u} * {w})",
                f"np.hypot({u}, 1.0 + {w} * {w})",
                f"(1.1 + ({u}) ** 2) ** np.tanh({w})",
            ]
        )

    def scalar_reduce(self, scope: Scope, depth: int) -> str:
        arrays = scope.arrays()
        if not arrays:
            return self.scalar_binary(scope, depth)
        name, shape = self.chance.one(arrays)
        vectors = scope.arrays(shape) if len(shape) == 1 else []
        options = [
            f"np.sum({name})",
            f"{name}.sum()",
            f"np.sum({name} * {name})",
            f"np.sum({self.array(scope, shape, depth)})",
        ]
        if all(shape):
            options += [f"np.mean({name})", f"{name}.max()", f"np.min({name})", f"np.prod({name})"]
        if vectors:
            options += [f"{name} @ {self.chance.one(vectors)[0]}", f"np.dot({name}, {self.chance.one(vectors)[0]})"] * 2
        return self.chance.one(options)

    def scalar_ternary(self, scope: Scope, depth: int) -> str:
        return f"({self.scalar(scope, depth)} if {self.condition(scope, 0)} else {self.scalar(scope, depth)})"

    def scalar_bool(self, scope: Scope, depth: int) -> str:
        return f"({self.scalar_leaf(scope)} {self.chance.one(('or', 'and'))} {self.scalar(scope, depth)})"

    def scalar_builtin(self, scope: Scope, depth: int) -> str:
        return f"{self.chance.one(('max', 'min'))}({self.scalar(scope, depth)}, {self.scalar(scope, depth)})"

    def scalar_list(self, scope: Scope, depth: int) -> str:
        lists = [name for name, t in scope.names.items() if isinstance(t, List) and isinstance(t.item, Float)]
        if not lists:
            return self.scalar_reduce(scope, depth)
        name = self.chance.one(lists)
        return self.chance.one([f"sum({name})", f"0.1 * len({name})", f"sum([0.5 * e * e for e in {name}])"])

    def scalar_comprehension(self, scope: Scope, depth: int) -> str:
        inner = Scope({**scope.names, "q": Float()}, scope.result, scope.loops)
        vectors = [name for name, shape in scope.arrays() if len(shape) == 1]
        test = f" if {self.condition(inner, 0)}" if self.chance.flip(0.25) else ""
        if vectors and self.chance.flip(0.7):
            return f"sum([{self.scalar(inner, depth)} for q in {self.chance.one(vectors)}{test}])"
        inner.names["q"] = Int(0, 2)
        return f"sum([{self.scalar(inner, depth)} for q in range(3)])"

    def scalar_lambda(self, scope: Scope, depth: int) -> str:
        inner = Scope({**scope.names, "q": Float()}, scope.result, scope.loops)
        return f"(lambda q: {self.scalar(inner, depth)})({self.scalar(scope, depth)})"

    def scalar_method(self, scope: Scope, depth: int) -> str:
        """A call of a method, a property, or an operator of an object."""
        names = scope.of(Object)
        if not names:
            return self.scalar_unary(scope, depth)
        name, u = self.chance.one(names), self.scalar(scope, depth)
        same = [n for n in names if scope.names[n] == scope.names[name]]
        return self.chance.one([f"{name}.read({u})", f"{name}({u})", f"{name}.size", f"{name}.step({u})",
                                f"({name} + {self.chance.one(same)}).s", f"({name} * {u}).s"])

    def scalar_call(self, scope: Scope, depth: int) -> str:
        return self.call(scope, Float(), depth) or self.scalar_unary(scope, depth)

    def call(self, scope: Scope, result: Type | None, depth: int) -> str | None:
        """A call of a function in scope that gives ``result``, or None when there is none."""
        functions = [(n, t) for n, t in scope.names.items() if isinstance(t, Function) and t.result == result]
        if not functions:
            return None
        name, t = self.chance.one(functions)
        values = []
        for p in t.params:
            named = [
                e for e, u in scope.values() if isinstance(u, Array) and isinstance(p, Array) and u.shape == p.shape
            ]
            values.append(
                self.chance.one(named)
                if named and (result is None or self.chance.flip(0.7))
                else self.value(scope, p, depth)
            )
        if self.chance.flip(0.25) and len(values) > 1:
            values[-1] = f"{t.names[-1]}={values[-1]}"
        return f"{name}({', '.join(values)})"

    # --- arrays -----------------------------------------------------------------------------------------------------

    def array_leaf(self, scope: Scope, shape: tuple[int, ...]) -> str:
        """A named array of this shape, or a view of a larger one, or a new one."""
        options = [name for name, _ in scope.arrays(shape)] * 2
        for name, s in scope.arrays():
            if len(s) == 2 and len(shape) == 1:
                options += [f"{name}[{self.index(scope, s[0])}]"] * (s[1] == shape[0] and s[0] > 0)
                options += [f"{name}[:, {self.index(scope, s[1])}]"] * (s[0] == shape[0] and s[1] > 0)
            elif len(s) == 2 and s == shape[::-1]:
                options.append(f"{name}.T")
            elif len(s) == len(shape) == 1 and s[0] == shape[0] + 1:
                options += [f"{name}[1:]", f"{name}[:-1]"]
        if options and self.chance.flip(0.9):
            return self.chance.one(options)
        return self.chance.one(
            [f"np.full({shape}, {self.scalar_leaf(scope)})", f"np.zeros({shape})", f"np.ones({shape})"]
        )

    def array(self, scope: Scope, shape: tuple[int, ...], depth: int = 2) -> str:
        """An array expression; at depth 0 possibly a name, that is, an alias."""
        if depth <= 0 or self.chance.flip(0.1):
            return self.array_leaf(scope, shape)
        form = self.chance.weighted(
            [
                (4, "unary"),
                (8, "binary"),
                (3, "scaled"),
                (2, "broadcast"),
                (2, "where"),
                (2, "copied"),
                (4, "shaped"),
                (1, "called"),
                (1, "like"),
                (self.on("masked", 6), "masked"),
                (self.on("sizes", 4), "neutral"),
            ]
        )
        return getattr(self, f"array_{form}")(scope, shape, depth - 1)

    def array_unary(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u = self.array(scope, shape, depth)
        return self.chance.one(
            [
                f"{self.chance.one(BOUNDED)}({u})",
                f"np.exp(-({u}) ** 2)",
                f"np.sqrt(1.5 + ({u}) ** 2)",
                f"-({u})",
                f"({u}) ** 2",
                f"np.abs({u})",
                f"np.maximum({u}, 0.2)",
                f"np.clip({u}, -0.9, 1.1)",
            ]
        )

    def array_binary(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u, w = self.array(scope, shape, depth), self.array(scope, shape, depth)
        return self.chance.one(
            [
                f"({u} + {w})",
                f"({u} - {w})",
                f"({u} * {w})",
                f"{u} / (1.3 + ({w}) ** 2)",
                f"np.minimum({u}, {w})",
                f"np.add({u}, {w})",
                f"np.abs({u} + 1j * {w})",
                f"(np.exp(1j * {u}) * {w}).{self.chance.one(('real', 'imag'))}",
            ]
        )

    def array_scaled(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u, s = self.array(scope, shape, depth), self.scalar(scope, depth)
        return self.chance.one([f"({u} * {s})", f"({s} - {u})", f"({u} + {s})", f"{u} / (1.3 + ({s}) ** 2)"])

    def array_broadcast(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        if len(shape) != 2:
            return self.array_scaled(scope, shape, depth)
        u = self.array(scope, shape, depth)
        if self.chance.flip(0.5):
            return f"({u} * {self.array(scope, shape[1:], depth)})"
        return f"({u} + ({self.array(scope, shape[:1], depth)})[:, None])"

    def array_where(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u = self.array_leaf(scope, shape)
        return f"np.where({u} > 0.25, {self.array(scope, shape, depth)}, {self.array(scope, shape, depth)})"

    def array_copied(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u = self.array_leaf(scope, shape)
        return self.chance.one([f"{u}.copy()", f"np.array({u})", f"({u} + 0.0)", f"(1.0 * {u})"])

    def array_like(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        u = self.array_leaf(scope, shape)
        return self.chance.one(
            [f"np.zeros_like({u})", f"np.full_like({u}, {self.scalar(scope, depth)})", f"np.ones_like({u})"]
        )

    def array_called(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        return self.call(scope, Array(shape), depth) or self.array_unary(scope, shape, depth)

    def array_shaped(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        if len(shape) == 1:
            return self.vector(scope, shape[0], depth)
        if len(shape) == 2:
            return self.matrix(scope, shape, depth)
        return self.array_unary(scope, shape, depth)

    def vector(self, scope: Scope, n: int, depth: int) -> str:
        u = self.array_leaf(scope, (n,))
        options = [f"{u}[::-1]", f"np.cumsum({u})", f"np.roll({u}, 1)"]
        if n:
            picks = ", ".join(str(self.chance.below(n)) for _ in range(n))
            items = ", ".join(self.scalar(scope, min(depth, 1)) for _ in range(n))
            options += [
                f"{u}[[{picks}]]",
                f"np.array([{items}])",
                f"np.concatenate([{u}[1:], {u}[:1]])",
                f"np.array([{self.chance.one(BOUNDED)}(e) for e in {u}])",
            ]
        for name, s in scope.arrays():
            if len(s) == 2 and s[0] == n:
                options += [f"{name} @ {self.array_leaf(scope, s[1:])}", f"{name}.sum(axis=1)"]
            elif len(s) == 2 and s[1] == n:
                options += [f"np.sum({name}, axis=0)", f"{self.array_leaf(scope, s[:1])} @ {name}"]
        return self.chance.one(options)

    def matrix(self, scope: Scope, shape: tuple[int, int], depth: int) -> str:
        m, n = shape
        options = [f"np.outer({self.array_leaf(scope, (m,))}, {self.array_leaf(scope, (n,))})"]
        if m:
            options.append(f"np.stack([{', '.join(self.array(scope, (n,), depth) for _ in range(m))}])")
        for name, s in scope.arrays():
            if len(s) == 2 and s == (n, m):
                options.append(f"{name}.T")
            if len(s) == 2 and s[0] == m:
                options.append(f"{name} @ {self.array_leaf(scope, (s[1], n))}")
            if len(s) == 1 and s[0] == m * n:
                options.append(f"{name}.reshape({m}, {n})")
        return self.chance.one(options)
