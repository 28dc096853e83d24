"""A whole random program: helpers, the function ``f``, and the arguments of one call, as the text of a module."""

from __future__ import annotations

import random

from tests.fuzz.control import Blocks
from tests.fuzz.scope import Array, Chance, Dict, Float, Function, Int, List, Scope, Tuple, Type
from tests.fuzz.statements import Lines, indented

HEADER = ["import math", "", "import numpy as np", ""]


def program(source: random.Random) -> str:
    """The text of a random module that defines ``f`` and ``ARGS``."""
    chance = Chance(source)
    n, m = chance.one(((3, 2), (4, 3), (3, 3), (2, 4)))
    params = parameters(chance, n, m)
    lines = list(HEADER)
    helpers: dict[str, Type] = {}
    for k in range(chance.below(3)):
        text, t = helper(chance, f"h{k}", n, m, helpers)
        helpers[f"h{k}"] = t
        lines += ["", *text, ""]
    result: Type = (
        Float() if chance.flip(0.7) else chance.one([Array((n,)), Array((m, n)), Tuple((Float(), Array((n,))))])
    )
    writer = Blocks(chance, budget=4 + chance.below(14))
    scope = Scope({**helpers, **params}, result, 0, frozenset(helpers) | {"n"})
    body, left = writer.block(scope, 3, 12)
    if not left:
        body += summary(writer, scope, result)
    lines += ["", f"def f({', '.join(params)}):", *indented(body), "", ""]
    lines.append(f"ARGS = ({', '.join(argument(chance, t) for t in params.values())},)")
    return "\n".join(lines) + "\n"


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


def helper(chance: Chance, name: str, n: int, m: int, known: dict[str, Type]) -> tuple[Lines, Function]:
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
    writer = Blocks(chance, budget=1 + chance.below(5))
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
        return f"np.array({nested(chance, t.shape)})"
    if isinstance(t, List):
        return f"[{', '.join(argument(chance, t.item) for _ in range(t.least))}]"
    if isinstance(t, Tuple):
        return f"({', '.join(argument(chance, item) for item in t.items)})"
    assert isinstance(t, Dict)
    return "{" + ", ".join(f'"{k}": {argument(chance, item)}' for k, item in t.items) + "}"


def nested(chance: Chance, shape: tuple[int, ...]) -> str:
    if not shape:
        return argument(chance, Float())
    return f"[{', '.join(nested(chance, shape[1:]) for _ in range(shape[0]))}]"
