"""Random operations that do nothing: orders, shifts, repetitions and axes of zero, and arrays without an element.

What such a call returns may be its argument, a view of it or a copy; writes to both follow.
"""

from __future__ import annotations

from tests.fuzz.masked import Masked
from tests.fuzz.scope import Array, Float, Int, Scope
from tests.fuzz.statements import AUGMENT, Lines, indented


class Sizes(Masked):
    """Draws zero-valued options and empty arrays."""

    def neutral(self, name: str, shape: tuple[int, ...]) -> list[str]:
        """Calls that give the array ``name`` again."""
        last, n = len(shape) - 1, shape[-1]
        options = [
            f"np.diff({name}, n=0)", f"np.diff({name}, 0)", f"np.roll({name}, 0)", f"np.roll({name}, {n}, axis={last})",
            f"np.concatenate([{name}, {name}[:0]])", f"np.concatenate([{name}[:0], {name}])",
            f"np.repeat({name}, 1, axis=0)", f"np.tile({name}, 1)", f"np.sum({name}, axis=())",
            f"np.max({name}, axis=())", f"np.prod({name}, axis=())",
            f"np.flip({name}, axis=())", f"np.squeeze({name}, axis=())", f"np.expand_dims({name}, ())",
            f"np.pad({name}, 0)", f"np.delete({name}, [], axis=0)", f"np.append({name}, {name}[:0], axis=0)",
            f"np.insert({name}, [], 0.0, axis=0)", f"np.split({name}, 1)[0]", f"np.split({name}, [0])[1]",
            f"np.array_split({name}, 1)[0]", f"np.moveaxis({name}, 0, 0)", f"np.swapaxes({name}, 0, 0)",
            f"np.broadcast_to({name}, {shape})", f"{name}[...]", f"{name}[0:]", f"{name}[:{shape[0]}]", f"{name}[()]",
            f"np.mean({name}, axis=())", f"np.reshape({name}, {shape})",
            f"np.transpose({name}, {tuple(range(last + 1))})",
            f"np.array({name}, copy=False)", f"np.asarray({name})", f"np.atleast_1d({name})",
            f"np.where(np.ones({shape}) > 0.0, {name}, 0.0)", f"np.ascontiguousarray({name})",
            f"np.squeeze({name}[None], axis=0)",
            f"np.take({name}, range({shape[0]}), axis=0)", f"np.clip({name}, None, 99.0)", f"np.real({name})",
            f"np.add.reduce({name}, axis=())", f"np.atleast_2d({name})[0]" if last == 0 else f"np.rot90({name}, 0)",
        ]
        if last == 1:
            options += [f"np.rot90({name}, 4)", f"np.hsplit({name}, 1)[0]", f"np.tril({name}, {n})",
                        f"np.triu({name}, -9)"]
        if last == 1 and shape[0] == n:
            options += [f"np.linalg.matrix_power({name}, 1)", f"({name} @ np.linalg.matrix_power({name}, 0))"]
        return options

    def array_neutral(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        if not shape or not all(shape):
            return self.array_unary(scope, shape, depth)
        return self.chance.one(self.neutral(self.array_leaf(scope, shape), shape))

    def scalar_empty(self, scope: Scope, depth: int) -> str:
        """A number made of no elements, or with nothing added."""
        u = self.scalar(scope, depth)
        vectors = [(e, s[0]) for e, s in scope.arrays() if len(s) == 1] or [("np.ones(3)", 3)]
        name, n = self.chance.one(vectors)
        options = [f"np.sum({name}[:0])", f"np.prod({name}[{n}:])", f"{name}[:0].sum()", f"sum({name}[:0])",
                   f"np.sum(np.repeat({name}, 0))", f"np.sum(np.tile({name}, 0))", f"np.dot({name}[:0], {name}[:0])",
                   f"np.sum(np.linspace({u}, 1.0, 0))", f"np.sum(np.linspace({u}, 1.0, 1))",
                   f"np.linalg.norm({name}[:0])",
                   f"np.sum(np.outer({name}[:0], {name}))", f"np.sum(np.concatenate([{name}[:0], {name}[:0]]))",
                   f"np.sum(np.sort({name}[:0]))", f"np.sum(np.cumsum({name}[:0]))", f"np.max({name}[:0], initial={u})",
                   f"np.sum({name}[:0], initial={u})", "math.prod([])", f"sum([], {u})", f"math.prod({name}[:0])",
                   f"sum([q * {u} for q in {name}[:0]])", f"max([*{name}[:0], {u}])", f"np.sum(np.diff({name}, n={n}))",
                   f"np.sum(np.split({name}, [0])[0])", f"np.sum({u} * np.ones(0))", f"np.sum({name}, axis=()).sum()",
                   f"np.sum({name}[[]])", f"np.sum({name}[{name} > 99.0])", f"np.sum(np.zeros((0, {n})) @ {name})",
                   f"np.sum(np.full((0, 2), {u}))", f"np.sum(np.array([]) * {u})", f"({u}) ** 0",
                   f"np.vdot({name}[:0], [])",
                   f"np.einsum('i,i->', {name}[:0], {name}[:0])", f"np.sum(np.stack([{name}[:0], {name}[:0]]))"]
        e = self.chance.one(options)
        return self.chance.one((e, f"({e} + {u})", f"({u} * (1.0 + {e}))"))

    def zero_statement(self, scope: Scope) -> Lines:
        """The result of an operation that does nothing and then a write to it or to the argument; a loop without a
        trip; an array without an element."""
        kind = self.chance.weighted([(6, "write"), (2, "loop"), (3, "empty")])
        return getattr(self, f"zero_{kind}")(scope)

    def zero_write(self, scope: Scope) -> Lines:
        arrays = [(e, s) for e, s in self.whole(scope) if "." not in e]
        if not arrays:
            return self.assign_array(scope)
        name, shape = self.chance.one(arrays)
        lines = []
        if self.chance.flip(0.6):
            own = self.fresh("a")
            lines, name = [f"{own} = {self.chance.one((f'{name} * 1.5', f'np.sin({name})', f'{name}.copy()'))}"], own
            scope.names[own] = Array(shape)
        new = self.fresh("v")
        lines.append(f"{new} = {self.chance.one(self.neutral(name, shape))}")
        scope.names[new] = Array(shape, loose=self.chance.flip(0.3))
        changed = new if self.chance.flip(0.6) else name
        value = self.scalar(scope, 1)
        lines.append(self.chance.one([
            f"{changed}[{self.index(scope, shape[0])}] {self.chance.one(('=', '=', *AUGMENT))} {value}",
            f"{changed} {self.chance.one(AUGMENT)} {value}", f"{changed}[...] = {value}", f"{changed}[:0] = {value}",
            f"{changed}[:] = {self.array(scope, shape, 1)}", f"np.sin({changed}, out={changed})",
        ]))
        return lines

    def zero_loop(self, scope: Scope) -> Lines:
        """A loop without a trip, whose body would change everything."""
        vectors = [e for e, s in scope.arrays() if len(s) == 1] or ["np.ones(3)"]
        name, k = self.chance.one(vectors), self.fresh("k")
        head = self.chance.one([f"range({self.chance.one(('0', '3, 3', '2, 1', f'len({name}[:0])'))})", f"{name}[:0]",
                                f"zip({name}, [])", f"enumerate({name}[:0])", "[]", "()", f"reversed({name}[:0])",
                                "np.zeros((0, 2))", f"zip({name}[:0], {name})"])
        inner = scope.child()
        body = [*self.write_array(inner), *self.augment_name(inner)]
        tail = ["else:", *indented(self.augment_name(scope.child()))] if self.chance.flip(0.2) else []
        return [f"for {k} in {head}:", *indented(body), *tail]

    def zero_empty(self, scope: Scope) -> Lines:
        """A named array without an element, written to and put beside another."""
        arrays = [(e, s) for e, s in scope.arrays() if s and all(s)]
        if not arrays:
            return self.assign_array(scope)
        name, shape = self.chance.one(arrays)
        z, new = self.fresh("z"), self.fresh("a")
        rows = (0, *shape[1:])
        options = [(f"{name}[:0]", rows), (f"np.repeat({name}, 0, axis=0)", rows), (f"{name}[[]]", rows),
                   (f"np.split({name}, [0])[0]", rows), (f"np.zeros({rows})", rows),
                   (f"{name}[{shape[0]}:] * 2.0", rows),
                   (f"{name}[..., :0]", (*shape[:-1], 0)), (f"np.tile({name}, 0)", (*shape[:-1], 0))]
        text, empty = self.chance.one(options)
        scope.names[z] = Array(empty, loose=True)
        value = self.scalar(scope, 1)
        use = self.chance.one([f"{new} = np.concatenate([{z}, {name}], axis={0 if empty == rows else -1})",
                               f"{new} = {name} + np.sum({z})", f"{new} = {name} * np.prod(np.sin({z}))",
                               f"{new} = np.append({name}, {z}, axis={0 if empty == rows else -1})"])
        scope.names[new] = Array(shape)
        return [f"{z} = {text}", self.chance.one((f"{z}[...] = {value}", f"{z} *= {value}", f"{z} = {z} * {value}",
                                                   f"{z} = np.sin({z})")), use]

    def empty_parameters(self, n: int) -> dict[str, Array | Float | Int]:
        """Parameters with an axis of size 0, and an integer that is 0."""
        options: list[tuple[float, str, Array | Float | Int]] = [
            (0.3, "e", Array((0,))), (0.3, "Z", Array((0, n))), (0.2, "Y", Array((n, 0))), (0.3, "n", Int(0, 0))]
        return {name: t for probability, name, t in options if self.chance.flip(probability)}
