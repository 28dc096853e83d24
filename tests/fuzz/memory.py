"""Random statements about memory: ``out=`` and ``where=``, masks, swaps, overlaps, arrays changed through containers,
iterators, exceptions."""

from __future__ import annotations

from tests.fuzz.expressions import BOUNDED, CONSTANTS
from tests.fuzz.scope import Array, Dict, Float, Scope
from tests.fuzz.statements import AUGMENT, Lines, Statements, indented


class Memory(Statements):
    """Draws statements that are several lines long, or that write in a roundabout way."""

    def whole(self, scope: Scope) -> list[tuple[str, tuple[int, ...]]]:
        """Arrays that have a name of their own and an element."""
        return [(e, s) for e, s in self.writable(scope) if "[" not in e and s and all(s)]

    def masked_result(self, scope: Scope) -> Lines:
        arrays = self.whole(scope)
        if not arrays:
            return self.assign_array(scope)
        name, shape = self.chance.one(arrays)
        u, w, m = (self.array_leaf(scope, shape) for _ in range(3))
        mask = f"{m} > {self.chance.one(CONSTANTS)}"
        return [self.chance.one([
            f"np.multiply({u}, {w}, out={name}, where={mask})",
            f"np.add({u}, {self.scalar(scope, 1)}, out={name}, where={mask})",
            f"np.divide({u}, {m}, out={name}, where=np.abs({m}) > 0.3)",
            f"np.sqrt({m}, out={name}, where={m} > 0.2)",
            f"{self.chance.one(BOUNDED)}({u}, out={name}, where={mask})",
            f"np.clip({u}, -0.8, 1.2, out={name})",
            f"np.copyto({name}, {u}, where={mask})",
        ])]

    def result_at(self, scope: Scope) -> Lines:
        """``ufunc.at``."""
        arrays = [(e, s) for e, s in self.whole(scope) if len(s) == 1 and not e.startswith("v")]
        if not arrays:
            return self.masked_result(scope)
        name, (n,) = self.chance.one(arrays)
        picks = ", ".join(str(self.chance.below(n)) for _ in range(2))
        return [self.chance.one([
            f"np.add.at({name}, [{picks}], {self.scalar(scope, 1)})",
            f"np.subtract.at({name}, [{picks}], {self.scalar(scope, 1)})",
            f"np.multiply.at({name}, slice(0, {n - 1}), {self.scalar(scope, 1)})",
            f"np.multiply.at({name}, {self.array_leaf(scope, (n,))} > 0.3, {self.scalar(scope, 1)})",
        ])]

    def swap_items(self, scope: Scope) -> Lines:
        arrays = self.whole(scope)
        if not arrays:
            return self.swap(scope)
        name, shape = self.chance.one(arrays)
        i, j = self.index(scope, shape[0]), self.index(scope, shape[0])
        if len(shape) == 1:
            return [f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]"]
        a, b = self.chance.below(shape[0]), self.chance.below(shape[0])
        return [self.chance.one([
            f"{name}[{i}], {name}[{j}] = {name}[{j}].copy(), {name}[{i}].copy()",
            f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]",
            f"{name}[[{a}, {b}]] = {name}[[{b}, {a}]]",
        ])]

    def overlap(self, scope: Scope) -> Lines:
        """A write whose value is a view of the same array."""
        arrays = [(e, s) for e, s in self.whole(scope) if s[0] > 1]
        if not arrays:
            return self.swap_items(scope)
        name, shape = self.chance.one(arrays)
        op = self.chance.one(("=", "=", *AUGMENT))
        options = [f"{name}[1:] {op} {name}[:-1]", f"{name}[:-1] {op} {name}[1:]", f"{name}[:] {op} {name}[::-1]",
                   f"{name}[::-1] {op} {name}"]
        if len(shape) == 2:
            options += [f"{name}[:, 0] {op} {name}[:, -1]", f"{name}[0] {op} {name}[{shape[0] - 1}]"]
            if shape[0] == shape[1]:
                k = self.index(scope, shape[0])
                options += [f"{name}[:] {op} {name}.T", f"{name}[:, {k}] {op} {name}[{k}]"]
        return [self.chance.one(options)]

    def by_places(self, scope: Scope) -> Lines:
        """A mask or the places it has, read and written."""
        arrays = [(e, s) for e, s in self.whole(scope) if len(s) == 1]
        if not arrays:
            return self.overlap(scope)
        name, _ = self.chance.one(arrays)
        new, value = self.fresh("m"), self.scalar(scope, 1)
        return self.chance.one([
            [f"{new} = {name} > {self.chance.one(CONSTANTS)}", f"{name}[{new}] = {name}[{new}] * {value}",
             f"{name}[~{new}] += {value}"],
            [f"{new} = np.nonzero({name} > {self.chance.one(CONSTANTS)})[0]", f"{name}[{new}] *= {value}"],
            [f"{new} = np.argsort({name})", f"{name}[:] = {name}[{new}]"],
            [f"{name}.sort()"],
            [f"{name}.fill({value})"],
            [f"{new} = {name}[::-1].copy()", f"{new} *= {value}", f"{name} += {new}"],
        ])

    def through_loop(self, scope: Scope) -> Lines:
        """Arrays that are changed through the variable of a loop over a container."""
        arrays = self.whole(scope)
        dicts = [n for n in scope.of(Dict) if n not in scope.frozen]
        r, value = self.fresh("r"), self.scalar(scope, 1)
        if dicts and self.chance.flip(0.5):
            name = self.chance.one(dicts)
            k = self.fresh("k")
            return [f"for {k}, {r} in {name}.items():", f"    {name}[{k}] = {r} * {value}"]
        if not arrays:
            return self.make_list(scope)
        names = [self.chance.one(arrays)[0] for _ in range(2)]
        bracket = "[{}]" if self.chance.flip(0.5) else "({})"
        return [f"for {r} in {bracket.format(', '.join(names))}:",
                self.chance.one([f"    {r} *= {value}", f"    {r}[0] += {value}", f"    {r}[...] = {r} + {value}"])]

    def iterator(self, scope: Scope) -> Lines:
        """A generator that is read in part, or closures made in a loop."""
        vectors = [(e, s) for e, s in scope.arrays() if len(s) == 1 and s[0] > 1]
        g, new = self.fresh("g"), self.fresh("s")
        inner = Scope({**scope.names, "q": Float()}, scope.result, scope.loops)
        body = self.scalar(inner, 1)
        scope.names[new] = Float()
        if vectors and self.chance.flip(0.6):
            name, _ = self.chance.one(vectors)
            return [f"{g} = (q * {body} for q in {name})", f"{new} = next({g})", f"{new} = {new} * 0.5 + sum({g})"]
        i = self.fresh("i")
        late = "q" if self.chance.flip(0.5) else f"q, {i}={i}"
        return [f"{g} = []", f"for {i} in range(3):", f"    {g}.append(lambda {late}: {body} + 0.1 * {i})",
                f"{new} = sum([h({self.scalar_leaf(scope)}) for h in {g}])"]

    def attempt(self, scope: Scope) -> Lines:
        """``try``, with an error that is raised certainly, on a test or never."""
        inner = scope.child()
        first = self.write_array(inner) if self.chance.flip(0.5) else self.augment_name(inner)
        last = self.write_array(scope.child())
        kind = self.chance.below(4)
        if kind == 0:
            return ["try:", *indented([*first, "[0.5][1]"]), "except IndexError:", *indented(last)]
        if kind == 1:
            return ["try:", *indented([*first, f"if {self.condition(scope, 0)}:", '    raise ValueError("no")']),
                    "except ValueError:", *indented(last)]
        if kind == 2:
            return ["try:", *indented(first), "finally:", *indented(last)]
        return ["try:", *indented(first), "except KeyError:", *indented(last), "else:",
                *indented(self.augment_name(scope.child()))]

    def late_view(self, scope: Scope) -> Lines:
        """A view made by a function, written through."""
        arrays = self.whole(scope)
        if not arrays:
            return self.assign_array(scope)
        name, shape = self.chance.one(arrays)
        view, made = self.chance.one([(f"np.flip({name})", shape), (f"{name}.transpose()", shape[::-1]),
                                      (f"np.swapaxes({name}[None], 0, 1)", (shape[0], 1, *shape[1:])),
                                      (f"np.squeeze({name}[None], axis=0)", shape), (f"np.asarray({name})", shape)])
        new = self.fresh("v")
        scope.names[new] = Array(made)
        return [f"{new} = {view}", *self.write_array(Scope({**scope.names}, scope.result, scope.loops, scope.frozen))]
