"""Random statements and expressions with effects: printing, files, logging, warnings, sleeping, random draws.

They stand where any statement may, in expressions whose value nobody needs, and before an exception. ``note`` is given
what is not differentiated, as it is compiled; what prints may be given anything.
"""

from __future__ import annotations

from tests.fuzz.expressions import CONSTANTS
from tests.fuzz.memory import Memory
from tests.fuzz.scope import Array, Float, Int, List, Scope
from tests.fuzz.statements import Lines, indented

HEADER = ["import copy", "import random", "import time", "import warnings", "",
          "from tests.fuzz.log import FILE, LOGGER, RNG, note, remark", ""]


class Effects(Memory):
    """Draws statements that leave a trace in the log."""

    def said(self, scope: Scope) -> str:
        """A value to print, of any kind."""
        arrays = scope.arrays()
        return self.chance.one([
            self.scalar(scope, 1), self.scalar_leaf(scope), self.constant(scope), f"{self.scalar_leaf(scope)} > 0.3",
            self.chance.one(arrays)[0] if arrays else "0.5", f"[{self.scalar_leaf(scope)}, 1]",
        ])

    def constant(self, scope: Scope) -> str:
        """A value that is not differentiated."""
        arrays = [f"len({e})" for e, s in scope.arrays() if s] + [f"{e}.shape" for e, _ in scope.arrays()]
        return self.chance.one([*scope.of(Int), *scope.of(Int), *arrays[:3], '"here"', self.chance.one(CONSTANTS)])

    def entry(self, scope: Scope) -> str:
        """A call for its effect; within an f-string stand names and items only, as quotes do not nest."""
        u, c = self.said(scope), self.constant(scope)
        e = self.chance.one((self.scalar_leaf(scope), self.constant(scope)))
        return self.chance.weighted([
            (4, f"print({u})"),
            (2, f'print("at", {c}, {u})'),
            (1, f"print(f'{{{self.scalar_leaf(scope)}:.3f}}', end='; ')"),
            (1, f"print({u}, file=FILE)"),
            (3, f"FILE.write(f'{{{e}}}\\n')"),
            (1, f"FILE.writelines(['a\\n', f'{{{c}}}\\n'])"),
            (2, f'LOGGER.info("at %s", {u})'),
            (1, f"LOGGER.warning(f'{{{e}}}')"),
            (2, f"warnings.warn(f'{{{e}}}')"),
            (1, 'warnings.warn("often", stacklevel=2)'),
            (4, f"note([{c}, {self.constant(scope)}])"),
            (2, f"remark({u})"),
            (2, f"time.sleep({self.chance.one(('0.01', '0.25', '1'))})"),
            (2, f"np.random.seed({self.chance.below(5)})"),
            (1, f"random.seed({self.chance.below(5)})"),
            (1, "np.random.random()"),
            (1, "random.random()"),
            (1, "RNG.normal(size=2)"),
        ])

    def drawn(self, scope: Scope) -> str:
        """A random number."""
        return self.chance.one([
            "np.random.standard_normal()", "np.random.random()", "np.random.uniform(0.2, 1.3)", "random.random()",
            "random.uniform(0.2, 1.3)", "random.gauss(0.0, 0.5)", "RNG.normal()", "RNG.random()",
            "float(RNG.integers(3))",
            "float(np.random.randint(0, 3))", "0.5 * random.randrange(3)", "random.choice([0.5, 1.5, -0.7])",
            f"random.choice([{self.scalar_leaf(scope)}, 0.4])", "np.random.default_rng(3).normal()",
            "np.random.RandomState(3).rand()", "copy.deepcopy(RNG).normal()",
        ])

    def effect(self, scope: Scope) -> Lines:
        kind = self.chance.weighted([
            (9, "entry"), (5, "draw"), (3, "unneeded"), (2, "shuffle"), (1, "generator"), (1, "attempt"), (2, "guarded")
        ])
        return getattr(self, f"effect_{kind}")(scope)

    def effect_entry(self, scope: Scope) -> Lines:
        return [self.entry(scope)]

    def effect_draw(self, scope: Scope) -> Lines:
        """A draw that is assigned: a number or an array."""
        shapes = [s for _, s in scope.arrays() if s]
        if shapes and self.chance.flip(0.4):
            shape = self.chance.one(shapes)
            name = self.target(scope, "a", Array(shape))
            scope.names[name] = Array(shape)
            options = [f"np.random.normal(size={shape})", f"RNG.random({shape})",
                       f"np.random.uniform(-1.0, 1.0, {shape})",
                       f"np.random.permutation({self.array_leaf(scope, shape)})"]
            return [f"{name} = {self.chance.one(options)}"]
        text, name = self.drawn(scope), self.target(scope, "s", Float())
        scope.names[name] = Float()
        return [f"{name} = {self.chance.one((text, f'{text} * {self.scalar(scope, 1)}'))}"]

    def effect_unneeded(self, scope: Scope) -> Lines:
        """An effect within an expression whose value is not needed."""
        e, u = self.entry(scope), self.scalar(scope, 1)
        vectors = [name for name, s in scope.arrays() if len(s) == 1] or ["[0.5, 1.5]"]
        return [self.chance.one([
            f"_ = {e}",
            f"({e}, {u})[1]",
            f"_ = ({u}, {e})[0] * {u}",
            f"[print(q) for q in {self.chance.one(vectors)}]",
            "[note([q]) for q in range(2)]",
            f"{u} > 0.3 and {e}",
            f"{e} if {self.condition(scope, 0)} else None",
            f"_ = np.sin({self.drawn(scope)})",
            f"_ = 0.0 * {self.drawn(scope)} * {u}",
            f"_ = {self.call(scope, Float(), 1) or e}",
            f"(lambda q: {e})({u})",
            f"_ = {{0: {e}}}",
            f"f'{{{self.scalar_leaf(scope)}}} {{np.random.random()}}'",
        ])]

    def effect_shuffle(self, scope: Scope) -> Lines:
        """A local list or array in random order."""
        lists = [n for n, t in scope.names.items() if isinstance(t, List) and isinstance(t.item, Float)]
        if lists and self.chance.flip(0.5):
            return [f"random.shuffle({self.chance.one(lists)})"]
        name = self.fresh("xs")
        shuffle = self.chance.one(("random.shuffle", "np.random.shuffle", "RNG.shuffle"))
        if self.chance.flip(0.4):
            return [f"{name} = [0, 1, 2]", f"{shuffle}({name})", f"print({name})"]
        scope.names[name] = List(Float(), 2)
        return [f"{name} = [{self.scalar(scope, 1)}, {self.scalar(scope, 1)}]", f"{shuffle}({name})"]

    def effect_generator(self, scope: Scope) -> Lines:
        """A source of random numbers of the function's own, which is read twice."""
        made = self.chance.one(("np.random.default_rng(3)", "np.random.RandomState(3)", "copy.deepcopy(RNG)", "RNG"))
        name, first, second = self.fresh("rng"), self.fresh("s"), self.fresh("s")
        scope.names.update({first: Float(), second: Float()})
        value = self.scalar(scope, 1)
        return [f"{name} = {made}", f"{first} = {name}.normal()", f"{second} = {name}.normal() * {value}"]

    def effect_attempt(self, scope: Scope) -> Lines:
        """Effects on both sides of an exception."""
        body, tail = [self.entry(scope)], [self.entry(scope)]
        raised = self.chance.one(('raise ValueError("no")', '_ = int("two")', '_ = [0.5][1]', "pass"))
        lines = ["try:", *indented([*body, raised]), "except (ValueError, IndexError):", *indented(tail)]
        return lines + (["finally:", *indented([self.entry(scope)])] if self.chance.flip(0.3) else [])

    def effect_guarded(self, scope: Scope) -> Lines:
        """An effect in a branch, mostly one that is not taken, or in a loop."""
        test = self.chance.one((self.condition(scope, 0), f"{self.scalar_leaf(scope)} > 50.0", "len(ARGS) > 99"))
        body = [self.entry(scope) for _ in range(1 + self.chance.below(2))]
        if self.chance.flip(0.3):
            k = self.fresh("k")
            return [f"for {k} in range({self.chance.below(3)}):", *indented([f"print({k})", *body])]
        return [f"if {test}:", *indented(body)]

    def scalar_effect(self, scope: Scope, depth: int) -> str:
        """A number that is drawn, or one whose evaluation leaves a trace."""
        u = self.scalar(scope, depth)
        vectors = [name for name, s in scope.arrays() if len(s) == 1] or ["[0.5, 1.5]"]
        return self.chance.one([
            self.drawn(scope), self.drawn(scope), self.drawn(scope),
            f"(print({self.said(scope)}) or {u})",
            f"({u}, {self.entry(scope)})[0]",
            f"(note([{self.constant(scope)}]) and {u})",
            f'({u} * FILE.write("{"x" * (1 + self.chance.below(2))}\\n"))',
            f"(remark({self.said(scope)}) or {u})",
            f"sum([print(q) or q for q in {self.chance.one(vectors)}])",
        ])
