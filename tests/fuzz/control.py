"""Random blocks: branches and loops with exits, over simple statements."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.expressions import CONSTANTS
from tests.fuzz.scope import Array, Chance, Float, Int, List, Scope
from tests.fuzz.sizes import Sizes
from tests.fuzz.statements import Lines, indented


class Blocks(Sizes):
    """Draws blocks of at most ``budget`` statements. One that leaves the block for certain is followed by nothing."""

    def __init__(self, chance: Chance, budget: int, themes: frozenset[str] = frozenset()) -> None:
        super().__init__(chance, themes)
        self.budget = budget

    def block(self, scope: Scope, depth: int, most: int) -> tuple[Lines, bool]:
        """Up to ``most`` statements; the second value tells that the last of them leaves."""
        lines: Lines = []
        for _ in range(1 + self.chance.below(most)):
            if self.budget <= 0:
                break
            self.budget -= 1
            new, left = self.statement(scope, depth)
            lines += new
            if left:
                return lines, True
            if scope.loops and self.chance.flip(0.15):
                lines += self.guarded_exit(scope)
        return lines, False

    def guarded_exit(self, scope: Scope) -> Lines:
        """``if test: …; break`` and the like."""
        test, inner = self.condition(scope), scope.child()
        before = self.write_array(inner) if self.chance.flip(0.3) else []
        return [f"if {test}:", *indented(before + self.exit(inner))]

    def statement(self, scope: Scope, depth: int) -> tuple[Lines, bool]:
        compound: list[tuple[int, Callable[[Scope, int], tuple[Lines, bool]]]] = [
            (7, self.branch),
            (7, self.for_loop),
            (2, self.while_loop),
            (1, self.with_block),
        ]
        simple: list[tuple[int, Callable[[Scope], Lines]]] = [
            (6, self.assign_scalar),
            (5, self.assign_array),
            (9, self.write_array),
            (4, self.alias),
            (4, self.augment_name),
            (3, self.make_list),
            (6, self.use_list),
            (1, self.make_tuple),
            (1, self.make_dict),
            (2, self.use_dict),
            (2, self.unpack),
            (2, self.call_statement),
            (1, self.nested_function),
            (1, self.out_argument),
            (1, self.irrelevant),
            (2, self.swap),
            (2, self.masked_result),
            (1, self.result_at),
            (2, self.swap_items),
            (2, self.overlap),
            (2, self.by_places),
            (2, self.through_loop),
            (1, self.iterator),
            (2, self.attempt),
            (2, self.late_view),
            (3 if self.classes else 0, self.make_object),
            (6 if self.classes else 0, self.use_object),
            (self.on("effects", 14), self.effect),
            (self.on("errors", 12), self.fault),
            (self.on("masked", 12), self.masked_statement),
            (self.on("sizes", 10), self.zero_statement),
        ]
        if depth > 0 and self.chance.flip(0.33):
            return self.chance.weighted(compound)(scope, depth)
        return self.chance.weighted(simple)(scope), False

    def exit(self, scope: Scope) -> Lines:
        """break or continue in a loop, else return."""
        if scope.loops and self.chance.flip(0.75):
            return [self.chance.one(("break", "continue"))]
        return self.leave(scope)

    def leave(self, scope: Scope) -> Lines:
        if scope.result is None:
            return ["return"]
        return [f"return {self.value(scope, scope.result, 1)}"]

    def branch(self, scope: Scope, depth: int) -> tuple[Lines, bool]:
        test = self.condition(scope)
        if self.chance.flip(0.1):
            name = self.fresh("w")
            test = f"({name} := {self.scalar(scope, 2)}) > {self.chance.one(CONSTANTS)}"
            scope.names[name] = Float()
        ends: list[Scope] = []
        lines: Lines = []
        heads = [f"if {test}:"] + [f"elif {self.condition(scope)}:" for _ in range(self.chance.below(3) // 2)]
        otherwise = self.chance.flip(0.5)
        for head in [*heads, "else:"] if otherwise else heads:
            inner = scope.child()
            body, left = self.block(inner, depth - 1, 3)
            if not left and self.chance.flip(0.3 if scope.loops else 0.12):
                body, left = body + self.exit(inner), True
            lines += [head, *indented(body)]
            if not left:
                ends.append(inner)
        if not otherwise:
            ends.append(scope.child())
        if not ends:
            return lines, True
        scope.join(*ends)
        return lines, False

    def for_loop(self, scope: Scope, depth: int) -> tuple[Lines, bool]:
        before = scope.child()
        inner = scope.child(loop=True)
        head, trips = self.loop_head(scope, inner)
        inner.frozen = inner.frozen | (inner.names.keys() - scope.names.keys())
        body, left = self.block(inner, depth - 1, 4)
        if left and not body:
            body = ["pass"]
        lines = [head, *indented(body)]
        if self.chance.flip(0.12):
            orelse = scope.child()
            tail, _ = self.block(orelse, 0, 2)
            if self.chance.flip(0.2):
                tail += self.leave(orelse)
            lines += ["else:", *indented(tail)]
        if trips and not left and self.chance.flip(0.5):
            scope.join(inner)
        scope.join(before)
        return lines, False

    def loop_head(self, scope: Scope, inner: Scope) -> tuple[str, bool]:
        """The ``for`` line; declares its variables; the second value tells that there is at least one trip."""
        i = self.fresh("i")
        kind = self.chance.weighted(
            [
                (6, "range"),
                (2, "bounds"),
                (1, "down"),
                (1, "zero"),
                (1, "argument"),
                (4, "array"),
                (2, "enumerate"),
                (1, "zip"),
                (1, "reversed"),
                (2, "list"),
            ]
        )
        vectors = [(e, s) for e, s in scope.arrays() if s and s[0]]
        if kind in ("array", "enumerate", "zip", "reversed") and vectors:
            return self.array_head(scope, inner, kind, i, vectors), True
        lists = [(n, t) for n, t in scope.names.items() if isinstance(t, List)]
        if kind == "list" and lists:
            name, t = self.chance.one(lists)
            p = self.fresh("p")
            inner.names[p] = t.item
            inner.names.pop(name)
            return f"for {p} in {name}:", bool(t.least)
        if kind == "bounds" and vectors:
            e, s = self.chance.one(vectors)
            inner.names[i] = Int(1, max(1, s[0] - 1))
            return f"for {i} in range(1, {self.chance.one((f'len({e})', f'{e}.shape[0]'))}):", s[0] > 1
        if kind == "down":
            inner.names[i] = Int(0, 2)
            return f"for {i} in range(2, -1, -1):", True
        if kind == "zero":
            inner.names[i] = Int(0, 0)
            return f"for {i} in range(0):", False
        if kind == "argument" and "n" in scope.names:
            inner.names[i] = Int(0, 2)
            return f"for {i} in range(n):", False
        trips = 1 + self.chance.below(4)
        inner.names[i] = Int(0, trips - 1)
        return f"for {i} in range({trips}):", True

    def array_head(
        self, scope: Scope, inner: Scope, kind: str, i: str, vectors: list[tuple[str, tuple[int, ...]]]
    ) -> str:
        e, s = self.chance.one(vectors)
        p = self.fresh("p")
        inner.names[p] = Float() if len(s) == 1 else Array(s[1:])
        if kind == "enumerate":
            inner.names[i] = Int(0, s[0] - 1)
            return f"for {i}, {p} in enumerate({e}):"
        if kind == "zip":
            other, r = self.chance.one(vectors)
            q = self.fresh("q")
            inner.names[q] = Float() if len(r) == 1 else Array(r[1:])
            return f"for {p}, {q} in zip({e}, {other}):"
        return f"for {p} in reversed({e}):" if kind == "reversed" else f"for {p} in {e}:"

    def while_loop(self, scope: Scope, depth: int) -> tuple[Lines, bool]:
        k = self.fresh("k")
        inner = scope.child(loop=True)
        inner.names[k] = Int(1, 4)
        inner.frozen = inner.frozen | {k}
        test = f"{k} < {1 + self.chance.below(4)}"
        if self.chance.flip(0.6):
            test = (
                f"{self.condition(scope, 0)} and {test}"
                if self.chance.flip(0.5)
                else f"{test} and {self.condition(scope, 0)}"
            )
        body, left = self.block(inner, depth - 1, 3)
        lines = [f"{k} = 0", f"while {test}:", *indented([f"{k} += 1", *body])]
        if self.chance.flip(0.12):
            tail, _ = self.block(scope.child(), 0, 2)
            lines += ["else:", *indented(tail)]
        scope.join(scope.child())
        return lines, False

    def with_block(self, scope: Scope, depth: int) -> tuple[Lines, bool]:
        body, left = self.block(scope, depth - 1, 3)
        return ['with np.errstate(under="ignore"):', *indented(body)], left
