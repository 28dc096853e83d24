"""A whole random program: helpers, the function ``f``, and the arguments of one call, as the text of a module."""

from __future__ import annotations

import random
from collections.abc import Iterable

from tests.fuzz import effects, masked
from tests.fuzz.control import Blocks
from tests.fuzz.scope import Array, Chance, Dict, Float, Function, Int, List, Object, Scope, Tuple, Type
from tests.fuzz.statements import Lines, indented

HEADER = ["import math", "", "import numpy as np", ""]
THEMES = {"effects": effects.HEADER, "errors": [], "masked": [*masked.HEADER, *masked.HELPERS], "sizes": []}
"""What the grammar may be widened by, and what the module begins with then."""


def program(source: random.Random, wanted: Iterable[str] | None = None) -> str:
    """The text of a random module that defines ``f`` and ``ARGS``; of the ``wanted`` themes, or of some by chance."""
    chance = Chance(source)
    n, m = chance.one(((3, 2), (4, 3), (3, 3), (2, 4)))
    params = parameters(chance, n, m)
    themes = frozenset([theme for theme in THEMES if chance.flip(0.2)] if wanted is None else wanted)
    lines = [f"# themes: {', '.join(sorted(themes)) or 'none'}", *HEADER]
    for theme in sorted(themes):
        lines += THEMES[theme]
    writer = Blocks(chance, 4 + chance.below(14), themes)
    if "sizes" in themes:
        params |= writer.empty_parameters(n)
    if chance.flip(0.5):
        text, kind = class_of_module(writer, n)
        writer.classes.append(kind)
        lines += text
        if chance.flip(0.3):
            params["obj"] = kind
    helpers: dict[str, Type] = {}
    for k in range(chance.below(3)):
        text, t = helper(chance, f"h{k}", n, m, helpers, themes)
        helpers[f"h{k}"] = t
        lines += ["", *text, ""]
    if "errors" in themes and chance.flip(0.4):
        lines += ["", "def fail(p):", *indented(failing(writer, {**helpers, "p": Float()})), ""]
        helpers["fail"] = Function((Float(),), ("p",), None)
    result: Type = (
        Float() if chance.flip(0.7) else chance.one([Array((n,)), Array((m, n)), Tuple((Float(), Array((n,))))])
    )
    scope = Scope({**helpers, **params}, result, 0, frozenset(helpers) | {"n"})
    body, left = writer.block(scope, 3, 12)
    if not left:
        body += summary(writer, scope, result)
    lines += ["", f"def f({', '.join(params)}):", *indented(body), "", ""]
    lines.append(f"ARGS = ({', '.join(argument(chance, t) for t in params.values())},)")
    return "\n".join(lines) + "\n"


def class_of_module(writer: Blocks, n: int) -> tuple[Lines, Object]:
    """A class with a number and an array, whose methods read and write them; and a helper that writes to instances."""
    fields: tuple[tuple[str, Type], ...] = (("s", Float()), ("a", Array((n,))))
    own: dict[str, Type] = {"t": Float(), "self.s": Float(), "self.a": Array((n,))}
    writer.budget += 4
    other: dict[str, Type] = {"t": Float(), "other.s": Float(), "other.a": Array((n,))}
    read = writer.scalar(Scope(dict(own), Float()), 2)
    stepped = [*writer.write_array(Scope({k: v for k, v in own.items() if k != "self.s"})),
               f"self.s = {writer.scalar(Scope(dict(own)), 2)}"]
    if writer.chance.flip(0.4):
        stepped = [f"if {writer.condition(Scope(dict(own)), 0)}:", *indented(stepped)]
    if writer.chance.flip(0.3):
        stepped = ["for k in range(2):", *indented([*stepped, f"if {writer.condition(Scope(dict(own)), 0)}:",
                                                    f"    {writer.chance.one(('break', 'continue', 'return self.s'))}"])]  # noqa: E501
    touched = writer.write_array(Scope({k: v for k, v in other.items() if k != "other.s"}))
    methods = [
        ("__init__(self, s, a)", ["self.s, self.a = s, a"]),
        ("read(self, t)", [f"return {read}"]),
        ("__call__(self, t)", [f"return self.read(t) * {writer.scalar(Scope(dict(own)), 1)}"]),
        ("step(self, t)", [*stepped, "return self.s"]),
        ("__add__(self, other)", ["return Thing(self.s + other.s, self.a * other.a)"]),
        ("__mul__(self, t)", [f"return Thing({writer.scalar(Scope(dict(own)), 1)}, self.a)"]),
    ]
    lines: Lines = ["", "class Thing:"]
    for head, body in methods:
        lines += indented([f"def {head}:", *indented(body), ""])
    lines += indented(["@property", "def size(self):", "    return np.sum(self.a) * 0.5 + self.s", ""])
    lines += indented(["@size.setter", "def size(self, value):", "    self.s = value - np.sum(self.a)", ""])
    lines += ["", "def touch(other, t):", *indented([*touched, f"other.s += {writer.scalar(Scope(dict(other)), 1)}"]), ""]  # noqa: E501
    return lines, Object("Thing", fields)


def summary(writer: Blocks, scope: Scope, result: Type) -> Lines:
    """The last return, which for a scalar mixes in what was computed so that most of the program is useful."""
    if not isinstance(result, Float):
        return writer.leave(scope)
    terms = [e for e, t in scope.values() if isinstance(t, Float)]
    terms += [f"np.sum({e})" for e, _ in scope.arrays()]
    terms = [t for t in terms if writer.chance.flip(0.5)] or [writer.scalar(scope, 2)]
    return [f"return {' + '.join(f'{c} * {t}' for c, t in zip((1.0, 0.7, 1.3, 0.4, 1.1) * 20, terms))}"]


def parameters(chance: Chance, n: int, m: int) -> dict[str, Type]:
    """Parameters of ``f``: a scalar and a vector, and some of a matrix, containers, an integer, an empty array."""
    params: dict[str, Type] = {"x": Float(), "v": Array((n,))}
    optional: list[tuple[float, str, Type]] = [
        (0.4, "y", Float()),
        (0.5, "A", Array((m, n))),
        (0.2, "u", Array((m,))),
        (0.15, "pair", Tuple((Float(), Array((n,))))),
        (0.12, "weights", Dict((("u", Float()), ("w", Array((n,)))))),
        (0.12, "terms", List(Float(), 2)),
        (0.06, "z", Array(())),
        (0.04, "e", Array((0,))),
        (0.3, "n", Int(0, 3)),
    ]
    for probability, name, t in optional:
        if chance.flip(probability):
            params[name] = t
    return params


def failing(writer: Blocks, names: dict[str, Type]) -> Lines:
    """The body of a function that always raises."""
    scope = Scope(names, None)
    before = writer.effect(scope) if "effects" in writer.themes and writer.chance.flip(0.5) else []
    return [*before, *writer.fault_statement(scope), 'raise RuntimeError(f"nothing for {p}")']


def helper(
    chance: Chance, name: str, n: int, m: int, known: dict[str, Type], themes: frozenset[str]
) -> tuple[Lines, Function]:
    """A function of the module: pure, writing to its array argument, or both."""
    params: dict[str, Type] = {"p": Float()}
    if chance.flip(0.6):
        params = {"b": Array((n,)) if chance.flip(0.7) else Array((m, n)), **params}
    if chance.flip(0.3):
        params["q"] = Float()
    writes = "b" in params and chance.flip(0.4)
    result: Type | None = (
        chance.one([None, None, Float(), Array(params["b"].shape)])
        if writes
        # type: ignore[union-attr]
        else (chance.one([Float(), Float(), Float(), Tuple((Float(), Float())), Array((n,))]))
    )
    writer = Blocks(chance, 1 + chance.below(5), themes)
    scope = Scope({**known, **params}, result, 0, frozenset(known) | (frozenset() if writes else frozenset(["b"])))
    body: Lines = []
    if writes:
        body += writer.write_array(Scope({"b": params["b"], "p": Float()}))
        rest, left = writer.block(scope, 2, 3)
    else:
        readable = Scope(dict(scope.names), result, 0, scope.frozen)
        rest, left = writer.block(readable, 2, 3)
        scope = readable
    body += rest
    if not left and result is not None:
        body += writer.leave(scope)
    default = "=0.6" if list(params)[-1] == "q" and chance.flip(0.4) else ""
    return [f"def {name}({', '.join(params)}{default}):", *indented(body)], Function(
        tuple(params.values()), tuple(params), result
    )


def argument(chance: Chance, t: Type) -> str:
    """The text of a sample argument."""
    if isinstance(t, Float):
        return f"{chance.below(3000) / 1000.0 - 1.5 + 0.00037:.5f}"
    if isinstance(t, Int):
        return str(t.low + chance.below(t.high - t.low + 1))
    if isinstance(t, Array):
        return f"np.array({nested(chance, t.shape)})" if all(t.shape) else f"np.zeros({t.shape})"
    if isinstance(t, List):
        return f"[{', '.join(argument(chance, t.item) for _ in range(t.least))}]"
    if isinstance(t, Tuple):
        return f"({', '.join(argument(chance, item) for item in t.items)})"
    if isinstance(t, Object):
        return f"{t.cls}({', '.join(argument(chance, item) for _, item in t.fields)})"
    assert isinstance(t, Dict)
    return "{" + ", ".join(f'"{k}": {argument(chance, item)}' for k, item in t.items) + "}"


def nested(chance: Chance, shape: tuple[int, ...]) -> str:
    if not shape:
        return argument(chance, Float())
    return f"[{', '.join(nested(chance, shape[1:]) for _ in range(shape[0]))}]"
