"""Random values that are infinite or NaN in some places, and what takes those places away again.

What is left is smooth, so its derivative is finite: a zero that means "not selected" stays zero through every partial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.fuzz.expressions import CONSTANTS
from tests.fuzz.faults import Faults
from tests.fuzz.scope import Array, Float, Scope
from tests.fuzz.statements import Lines, indented

HEADER = ['np.seterr(all="ignore")', ""]
HELPERS = ["def root(u):", "    return np.sqrt(u)", "", "def ratio(u, w):", "    return u / w", "",
           "def kept(u, m):", "    return np.where(m, u, 0.0)", ""]


@dataclass(frozen=True)
class Singular:
    """An array expression, a mask of the places where it and its partials are finite, what it is elsewhere (``nan``,
    ``wild`` for any that is not finite, ``inf``, ``-inf``, ``zero``, with infinite partials, or ``finite``: then only
    the mask tells), and the places that are finite for certain."""

    text: str
    mask: str
    dead: str
    alive: tuple[int, ...] = ()


class Masked(Faults):
    """Draws expressions and statements over singular values."""

    def singular(self, scope: Scope, shape: tuple[int, ...]) -> Singular:
        """A singular value, with up to two operations over it."""
        u, w = self.array_leaf(scope, shape), self.array_leaf(scope, shape)
        found = self.divided(u, shape[0]) if len(shape) == 1 and self.chance.flip(0.4) else self.partial(u, w)
        for _ in range(self.chance.weighted([(6, 0), (3, 1), (1, 2)])):
            s = found.text
            kept = "finite" if found.dead in ("zero", "finite") else "nan" if found.dead == "nan" else "wild"
            text, dead = self.chance.one([
                (f"np.sin({s})", kept), (f"({s} * {self.scalar_leaf(scope)})", kept), (f"({s} * {w})", kept),
                (f"({s} + {u})", kept), (f"(-{s})", kept), (f"np.exp({s})", "finite"), (f"({s} ** 2)", kept),
                (f"np.array({s})", kept), (f"({s}).copy()", kept), (f"({s}).reshape({shape})", kept),
                (f"({w} / (1.3 + {s} ** 2))", "finite"), (f"np.tanh({s})", "finite"), (f"np.multiply({s}, {w})", kept),
            ])
            found = replace(found, dead=dead, text=text)
        return found

    def divided(self, u: str, n: int) -> Singular:
        """A quotient by constants of which some are zero."""
        values = [self.chance.one(("0.0", "1.5", "-2.0", "0.5")) for _ in range(n - 1)]
        values.insert(self.chance.below(n), "0.0")
        d = f"np.array([{', '.join(values)}])"
        text = self.chance.one((f"({u} / {d})", f"np.divide({u}, {d})", f"ratio({u}, {d})",
                                f"np.log({d} * {d} * (1.5 + {u} ** 2))", f"({d} / ({d} * (1.5 + {u} ** 2)))",
                                f"np.sqrt({d} ** 2 * (1.5 + {u} ** 2))"))
        dead = "-inf" if "log" in text else "finite" if "sqrt" in text else "wild"
        return Singular(text, f"{d} != 0.0", dead, tuple(k for k, value in enumerate(values) if value != "0.0"))

    def partial(self, u: str, w: str) -> Singular:
        """A function outside of its domain, or at its edge. What is cut off there is not at the edge itself, even where
        it is zero: a factor that happens to be zero is none that was not selected."""
        p = self.chance.one((f"np.maximum({w} - 0.013, 0.0)", f"np.clip({w} - 0.013, 0.0, None)",
                             f"np.where({w} > 0.013, {w}, 0.0)"))
        text, dead = self.chance.one([
            (f"np.sqrt({w})", "nan"), (f"np.log({w})", "nan"), (f"{w} ** 0.5", "nan"), (f"np.power({w}, 1.5)", "nan"),
            (f"np.arccosh(1.0 + {w})", "nan"), (f"root({w})", "nan"), (f"np.log1p({w} - 1.0)", "nan"),
            (f"np.sqrt({p})", "zero"), (f"root({p})", "zero"), (f"{p} ** 0.5", "zero"), (f"np.cbrt({p})", "zero"),
            (f"np.log({p})", "-inf"), (f"-(1.0 / {p})", "-inf"), (f"1.0 / {p}", "inf"), (f"{p} ** -0.5", "inf"),
            (f"np.reciprocal({p})", "inf"), (f"{u} / {p}", "wild"), (f"ratio({u}, {p})", "wild"), (f"{p} / {p}", "nan"),
            (f"np.divide({u}, {p})", "wild"),
        ])
        return Singular(f"({text})", f"{w} > 0.07", dead)

    def array_masked(self, scope: Scope, shape: tuple[int, ...], depth: int) -> str:
        """An array of which the singular places are replaced."""
        if not shape or not all(shape):
            return self.array_unary(scope, shape, depth)
        s = self.singular(scope, shape)
        other = self.chance.one(("0.0", "0.0", "0.5", self.array(scope, shape, depth)))
        full = other if "(" in other or other in scope.names else f"np.full({shape}, {other})"
        options = [f"np.where({s.mask}, {s.text}, {other})"] * 3 + [
            f"np.where(~({s.mask}), {other}, {s.text})",
            f"np.select([{s.mask}], [{s.text}], 0.0)",
            f"np.select([{s.mask}, ~({s.mask})], [{s.text}, {full}])",
            f"np.choose(({s.mask}).astype(int), [{full}, {s.text}])",
            f"kept({s.text}, {s.mask})",
            f"np.where({s.mask}, {s.text}, np.nan_to_num({other}))",
        ]
        t = s.text
        if s.dead not in ("zero", "finite"):
            options.append(f"np.nan_to_num({t}, nan=0.0, posinf=0.0, neginf=0.0)")
        options += {
            "nan": [f"np.fmax(np.fmin({t}, 2.0), -2.0)"],
            "wild": [f"np.fmax(np.fmin({t}, 2.0), -2.0)"],
            "finite": [],
            "inf": [f"np.minimum({t}, 3.0)", f"np.clip({t}, -2.0, 2.0)", f"np.fmin({t}, 3.0)"] * 2,
            "-inf": [f"np.maximum({t}, -2.0)", f"np.clip({t}, -2.0, 2.0)", f"np.fmax({t}, -3.0)"] * 2,
            "zero": [t, f"np.maximum({t}, 0.3)", f"np.clip({t}, 0.1, 1.2)", f"np.fmax({t}, 0.3)"] * 2,
        }[s.dead]
        return self.chance.one(options)

    def scalar_masked(self, scope: Scope, depth: int) -> str:
        """A number taken from a singular array: by an index, a mask, an order, a part of a concatenation."""
        shapes = [s for _, s in scope.arrays() if s and all(s)]
        if not shapes:
            return self.scalar_unary(scope, depth)
        shape = self.chance.one(shapes)
        s, u = self.singular(scope, shape), self.array_leaf(scope, shape)
        last = ", ".join(["-1"] * len(shape))
        options = [
            f"np.sum(({s.text})[{s.mask}])", f"np.sum({s.text}, where={s.mask})",
            f"np.extract({s.mask}, {s.text}).sum()", f"({s.text})[np.nonzero({s.mask})].sum()",
            f"np.sum(np.where({s.mask}, {s.text}, 0.0))",
            f"np.concatenate([{s.text}, {u}])[{last}]", f"np.concatenate([{u}, {s.text}])[{last.replace('-1', '0')}]",
            f"np.stack([{s.text}, {u}])[1, {last}]", f"[{s.text}, {u}][1][{last}]", f"np.append({s.text}, {u})[-1]",
            f"np.nansum({s.text})" if s.dead == "nan" else f"np.sum(({s.text})[{s.mask}])",
            f"np.mean({s.text}, where=({s.mask}) | ({u} > 99.0))" if s.alive else f"np.vstack([{s.text}, {u}])[-1, -1]",
        ]
        if s.dead in ("-inf", "zero"):
            options += [f"np.max({s.text})", f"np.sort({s.text}, axis=None)[-1]", f"({s.text}).max()",
                        f"np.partition({s.text}, -1, axis=None)[-1]", f"max(0.2, np.max({s.text}))"] * 2
        if s.dead == "inf":
            options += [f"np.min({s.text})", f"np.sort({s.text}, axis=None)[0]", f"np.amin({s.text})"] * 2
        if s.alive:
            k = self.chance.one(s.alive)
            alive = [j in s.alive for j in range(shape[0])]
            dead = [j for j in range(shape[0]) if j not in s.alive]
            options += [f"({s.text})[{k}]", f"({s.text})[[{k}]].sum()", f"np.take({s.text}, {k})",
                        f"list({s.text})[{k}]", f"({s.text})[{k}:{k + 1}].sum()",
                        f"np.roll({s.text}, 1)[{k + 1 - shape[0]}]", f"({s.text})[::-1][{-1 - k}]",
                        f"({s.text})[np.array({alive})].sum()", f"np.delete({s.text}, {dead}).sum()"] * 2
        return self.chance.one(options)

    def masked_statement(self, scope: Scope) -> Lines:
        """A singular array that is overwritten, unpacked, read in a loop or written somewhere through a mask."""
        shapes = [s for _, s in scope.arrays() if s and all(s)]
        if not shapes:
            return self.assign_array(scope)
        shape = self.chance.one(shapes)
        s, y, m = self.singular(scope, shape), self.fresh("y"), self.fresh("m")
        value, start = self.chance.one(("0.0", self.scalar(scope, 1))), self.array_leaf(scope, shape)
        kind = self.chance.weighted([(5, "over"), (3, "copied"), (2, "loop"), (3 if s.alive else 0, "items")])
        if kind == "loop":
            lines = [f"{m}, {y} = {s.mask}, {s.text}", *self.masked_loop(scope, y, m, shape)]
        elif kind == "items":
            lines = self.masked_items(scope, s, shape[0], y)
        elif kind == "over":
            lines = [f"{m} = ~({s.mask})", f"{y} = {s.text}", self.chance.one([
                f"{y}[{m}] = {value}", f"{y}[{m}] = {value}", f"np.putmask({y}, {m}, {value})",
                f"np.copyto({y}, {start}, where={m})", f"np.copyto({y}, {value}, where={m})"])]
        else:
            lines = [f"{m} = {s.mask}", f"{y} = 1.0 * {start}", self.chance.one([
                f"np.copyto({y}, {s.text}, where={m})", f"{y}[{m}] = ({s.text})[{m}]", f"{y}[{m}] += ({s.text})[{m}]",
                f"np.divide({y}, 0.0 * {start}, out={y}, where={start} > 99.0)",
                f"np.multiply({s.text}, {start}, out={y}, where={m})"])]
        scope.names[y] = Array(shape)
        return lines

    def masked_loop(self, scope: Scope, y: str, m: str, shape: tuple[int, ...]) -> Lines:
        """Add up what is finite, then make ``y`` finite."""
        k, total = self.fresh("k"), self.fresh("s")
        scope.names[total] = Float()
        at = f"[{k}]{'[0]' * (len(shape) - 1)}"
        if self.chance.flip(0.3):
            value = self.scalar(scope, 1)
            return [f"{total} = 0.5", "for _ in range(2):", f"    {y} = np.where({m}, {y} * {value}, 0.5)"]
        body = self.chance.one(([f"if {m}{at}:", f"    {total} += {y}{at}"],
                                [f"{total} = {total} + ({y}{at} if {m}{at} else 0.0)"],
                                [f"{total} += np.where({m}{at}, {y}{at}, {self.chance.one(CONSTANTS)})"]))
        return [f"{total} = 0.0", f"for {k} in range({shape[0]}):", *indented(body), f"{y} = np.where({m}, {y}, 0.0)"]

    def masked_items(self, scope: Scope, s: Singular, n: int, y: str) -> Lines:
        """Items by unpacking, or with the others overwritten one by one."""
        dead = [k for k in range(n) if k not in s.alive]
        if self.chance.flip(0.5):
            return [f"{y} = {s.text}", *[f"{y}[{k}] = {self.scalar(scope, 1)}" for k in dead]]
        names = [self.fresh("p") for _ in range(n)]
        scope.names.update({names[k]: Float() for k in s.alive})
        items = [names[k] if k in s.alive else "0.5" for k in range(n)]
        return [f"{', '.join(names)} = {s.text}", f"{y} = np.array([{', '.join(items)}])"]
