"""Random statements that raise: shapes that do not fit, wrong counts, indices out of range, domains, ``raise``.

Where one is reached the derivative has to raise what the function raises; where it is not, it must do no harm.
"""

from __future__ import annotations

import numpy as np

from tests.fuzz.effects import Effects
from tests.fuzz.scope import Array, Dict, Float, Function, List, Scope
from tests.fuzz.statements import AUGMENT, Lines, indented

RAISED = ("ValueError", "TypeError", "RuntimeError", "KeyError", "ArithmeticError", "NotImplementedError",
          "ZeroDivisionError", "IndexError", "Exception")


def fits(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True


class Faults(Effects):
    """Draws statements that raise wherever they are reached."""

    def misfits(self, scope: Scope) -> tuple[str, str, tuple[int, ...]]:
        """Two arrays whose shapes do not fit, and the shape of the first."""
        arrays = scope.arrays()
        pairs = [(a, b, s) for a, s in arrays for b, r in arrays if not fits(s, r)]
        if pairs and self.chance.flip(0.7):
            return self.chance.one(pairs)
        name, shape = self.chance.one([(a, s) for a, s in arrays if s and s[-1] > 1] or [("np.ones(3)", (3,))])
        longer = shape[-1] + 1 + self.chance.below(2)
        return name, self.chance.one((f"np.ones({longer})", f"np.append({name}, [1.0] * {longer + 9})")), shape

    def fault_expression(self, scope: Scope) -> str:
        """An expression whose value cannot be computed."""
        kinds = [(6, "shapes"), (4, "indices"), (3, "domain"), (3, "other"), (2, "arrays")]
        if any(isinstance(t, Function) for t in scope.names.values()):
            kinds.append((2, "calls"))
        return self.chance.one(getattr(self, f"fault_{self.chance.weighted(kinds)}")(scope))

    def fault_shapes(self, scope: Scope) -> list[str]:
        a, b, _ = self.misfits(scope)
        return [f"{a} + {b}", f"{a} * {b}", f"{a} / (1.3 + {b} ** 2)", f"np.add({a}, {b})", f"np.maximum({a}, {b})",
                f"np.where({a} > 0.2, {a}, {b})", f"np.sin({a}) - {b}", f"np.hypot({a}, {b})", f"{a} > {b}",
                f"np.stack([{a}, {b}])", f"np.einsum('...,...->...', {a}, {b})", f"np.where({b} > 0.2, {a}, 0.5)",
                f"{a} @ np.ones(17)", f"np.dot({a}, np.ones(17))", f"np.clip({a}, {b}, 5.0)"]

    def fault_arrays(self, scope: Scope) -> list[str]:
        name, shape = self.chance.one([(a, s) for a, s in scope.arrays() if s] or [("np.ones(3)", (3,))])
        return [f"{name}.reshape(7, 5)", f"np.broadcast_to({name}, (7, 5))", f"np.concatenate([{name}, {name}[None]])",
                f"np.sum({name}, axis={len(shape)})", f"{name}.sum(axis={len(shape)})", f"np.split({name}, 7)",
                f"np.transpose({name}, (0,) * 5)", f"np.linalg.inv({name})", "np.linalg.inv(np.zeros((2, 2)))",
                f"np.linalg.cholesky(-np.eye(2) * {self.scalar_leaf(scope)} ** 2)", "np.zeros(-1)", "np.max([])",
                f"np.squeeze({name}, axis=0)" if shape[0] > 1 else f"np.diff({name}, n=-1)", f"np.diff({name}, n=-1)",
                f"np.repeat({name}, -1)", f"np.array([{name}, {name}[None], 0.5])", f"np.moveaxis({name}, 0, 5)"]

    def fault_indices(self, scope: Scope) -> list[str]:
        name, shape = self.chance.one([(a, s) for a, s in scope.arrays() if s] or [("np.ones(3)", (3,))])
        options = [f"{name}[9]", f"{name}[{shape[0]}]", f"{name}[-{shape[0] + 1}]", f"{name}[[0, 9]]", f"{name}[0.5]",
                   f"{name}{'[0]' * (len(shape) + 1)}", f"{name}[{', '.join('0' * (len(shape) + 1))}]",
                   f"np.take({name}, 9)", f"{name}[{self.scalar_leaf(scope)}]", f"{name}[np.ones(9) > 0.5]",
                   f'{name}["u"]']
        options += [f"{n}[9]" for n in scope.of(List)] + [f'{n}["none"]' for n in scope.of(Dict)] * 3
        return options

    def fault_domain(self, scope: Scope) -> list[str]:
        u = self.scalar(scope, 1)
        return [f"math.log(-1.0 - ({u}) ** 2)", f"math.sqrt(-0.5 - abs({u}))", f"math.acos(1.5 + ({u}) ** 2)",
                f"math.exp(1000.0 + ({u}) ** 2)", f"{u} / float(0.0 * {u})", f"math.pow(-1.0 - abs({u}), 0.5)",
                f"math.log(0.0 * {u})", f"math.fmod({u}, 0.0)", f"float({u}) % 0.0", f"0.0 ** -abs(float({u}) + 5.0)"]

    def fault_other(self, scope: Scope) -> list[str]:
        u = self.scalar_leaf(scope)
        return ['int("two")', f'float("two") * {u}', "max([])", "[].pop()", "next(iter([]))", f"({u}).nothing",
                f"None + {u}", f"({u})()", f"len(float({u}))", f'"a" + {u}', f"[1.0, {u}].index(77.0)", "range(3)[5]",
                '{"u": 1.0}["w"]', f"math.sin({u}, {u})", "np.ones(3).nothing", f"sum([{u}, None])", "missing + 1.0",
                f"[0.5, {u}][2]", f"({u}, 0.5)[2]", "np.nothing", f"({u})[0][0][0]", "math.sin(np.ones(3))"]

    def fault_calls(self, scope: Scope) -> list[str]:
        """A helper that is called in a wrong way, or that raises."""
        names = scope.of(Function)
        name = "fail" if "fail" in names and self.chance.flip(0.6) else self.chance.one(names)
        if name == "fail":
            return [f"fail({self.scalar(scope, 1)})"]
        return [f"{name}()", f"{name}(*range(9))", f"{name}(nothing=0.5)"]

    def fault(self, scope: Scope) -> Lines:
        """A statement that raises, alone, in a branch, in a loop, or where the exception is caught."""
        where = self.chance.weighted([(10, "here"), (6, "branch"), (1, "loop"), (1, "caught")])
        lines = self.fault_statement(scope if where == "here" else scope.child())
        if self.chance.flip(0.2) and "effects" in self.themes:
            lines = [*self.effect(scope.child()), *lines]
        if where == "branch":
            test = self.condition(scope, 0) if self.chance.flip(0.5) else f"{self.scalar_leaf(scope)} > 50.0"
            return [f"if {test}:", *indented(lines)]
        if where == "loop":
            return [f"for {self.fresh('k')} in range({self.chance.below(3)}):", *indented(lines)]
        if where == "caught":
            return ["try:", *indented(lines), f"except {self.chance.one(('Exception', 'ValueError', 'KeyError'))}:",
                    *indented(self.write_array(scope.child()))]
        return lines

    def fault_statement(self, scope: Scope) -> Lines:
        kind = self.chance.weighted(
            [(4, "unneeded"), (4, "needed"), (3, "unpacking"), (4, "write"), (4, "raise"), (2, "lines")])
        return getattr(self, f"fault_{kind}")(scope)

    def fault_unneeded(self, scope: Scope) -> Lines:
        e = self.fault_expression(scope)
        return [self.chance.one((f"_ = {e}", e, f"_ = [{e}]", f"{self.fresh('p')} = {e}"))]

    def fault_unpacking(self, scope: Scope) -> Lines:
        p, q, u = self.fresh("p"), self.fresh("p"), self.scalar_leaf(scope)
        vectors = [e for e, s in scope.arrays() if len(s) == 1 and s[0] > 2] or ["np.ones(3)"]
        source = self.chance.one([*vectors, f"({u}, 0.5, {u})", f"[{u}]", f"{u}, ", f"np.ones(1) * {u}"])
        scope.names.update({p: Float(), q: Float()})
        return [self.chance.one((f"{p}, {q} = {source}", f"for {p}, {q} in [{source}]: pass",
                                 f"{p}, {q}, *_ = np.ones(1) * {u}"))]

    def fault_write(self, scope: Scope) -> Lines:
        a, b, _ = self.misfits(scope)
        u, op = self.scalar_leaf(scope), self.chance.one(AUGMENT)
        name = a if a in scope.names or "[" in a else self.fresh("a")
        made = [] if name == a else [f"{name} = {a}"]
        return [*made, self.chance.one([
            f"{name}[:] = {b}", f"{name}[9] = {u}", f"{name} {op} {b}", f"np.add({name}, {b}, out={name})",
            f"{name}[0] = np.ones((7, 5))", f"{name}[{name} > -99.0] = np.ones(17)", f"np.copyto({name}, {b})",
            f"{name}.shape = (7, 5)", f"del {name}[0]", f"{name}.sort(axis=7)"])]

    def fault_raise(self, scope: Scope) -> Lines:
        error, u = self.chance.one(RAISED), self.scalar_leaf(scope)
        return [self.chance.one((f'raise {error}("no")', f"raise {error}", f"raise {error}(f'no {{{u}}}')",
                                 f'assert {u} > 1e9, "small"', f"assert {u} > 1e9"))]

    def fault_lines(self, scope: Scope) -> Lines:
        g, z, u = self.fresh("g"), self.fresh("z"), self.scalar_leaf(scope)
        return self.chance.one([
            [f"{g} = iter([{u}])", f"next({g})", f"next({g})"],
            [f"if {u} > 1e9:", f"    {z} = {u}", f"_ = {z} + 1.0"],
            [f"{g} = [{u}]", f"{g}.remove(77.0)"],
            [f"{g} = [{u}]", f"{g}.pop(9)"],
            [f'{g} = {{"u": {u}}}', f'del {g}["w"]'],
            [f"{g} = ({u}, 0.5)", f"{g}[0] = {u}"],
            [f"import nothing_{g}"],
        ])

    def fault_needed(self, scope: Scope) -> Lines:
        """A fault whose result is used below: what follows is never reached, but it is lowered."""
        e = self.fault_expression(scope)
        if self.chance.flip(0.5):
            name = self.target(scope, "s", Float())
            scope.names[name] = Float()
            return [f"{name} = {self.chance.one((f'np.sum({e})', e, f'{self.scalar(scope, 1)} * np.sum({e})'))}"]
        shape = self.shape(scope)
        name = self.target(scope, "a", Array(shape))
        scope.names[name] = Array(shape)
        return [f"{name} = {self.chance.one((e, f'np.sin({e})'))}"]
