"""A copy of a generated text that reports while it runs: before and after every line, or every expression.

    before   x_bar = t * np.cos(x)
    after    t_1 = start(); x_bar = t * np.cos(x); stop(4, t_1)                        # timed
             x_bar = see(4, 2, see(4, 0, t) * see(4, 1, np.cos(…)))                    # observed

The copy computes the same, in the same order.
"""
from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.backend.emit import Source

START, STOP, ITEMS, SEE = "s2sad__start", "s2sad__stop", "s2sad__items", "s2sad__see"
CLOCK, VALUE = "s2sad__clock", "s2sad__value"


def timed(source: Source, start: Callable[[], Any], stop: Callable[[int, Any], None],
          namespace: Mapping[str, Any] | None = None) -> Callable:
    """The function with ``stop(line, start())`` around each of its lines; of a loop or a branch, around what its first
    line computes."""
    def items(line: int, sequence: Any) -> Iterator[Any]:
        begun = start()
        iterator = iter(sequence)
        while True:
            try:
                item = next(iterator)
            except StopIteration:
                stop(line, begun)
                return
            stop(line, begun)
            yield item
            begun = start()

    tree = ast.parse(source.text)
    definition: Any = tree.body[0]
    definition.body = _timed_block(definition.body)
    return _made(tree, source, namespace, {START: start, STOP: stop, ITEMS: items})


def _timed_block(body: list[Any]) -> list[Any]:
    out: list[Any] = []
    for node in body:
        if isinstance(node, (ast.Break, ast.Continue, ast.Pass)) or _is_text(node):
            out.append(node)
        elif isinstance(node, ast.If):
            out += _measured(node.lineno, [_assign(VALUE, node.test)])
            out.append(ast.If(_name(VALUE), _timed_block(node.body), _timed_block(node.orelse)))
        elif isinstance(node, ast.While):
            leave = ast.If(ast.UnaryOp(ast.Not(), _name(VALUE)), [ast.Break()], [])
            test = [*_measured(node.lineno, [_assign(VALUE, node.test)]), leave]
            out.append(ast.While(ast.Constant(True), [*test, *_timed_block(node.body)], []))
        elif isinstance(node, ast.For):
            sequence = _call(ITEMS, ast.Constant(node.lineno), node.iter)
            out.append(ast.For(node.target, sequence, _timed_block(node.body), []))
        elif isinstance(node, ast.With):
            out.append(ast.With(node.items, _timed_block(node.body)))
        elif isinstance(node, ast.Return) and node.value is not None:
            out += [*_measured(node.lineno, [_assign(VALUE, node.value)]), ast.Return(_name(VALUE))]
        else:
            out += _measured(node.lineno, [node])
    return out


def _measured(line: int, body: list[Any]) -> list[Any]:
    return [_assign(CLOCK, _call(START)), *body, ast.Expr(_call(STOP, ast.Constant(line), _name(CLOCK)))]


@dataclass(frozen=True)
class Place:
    """An expression of a generated text: its line, its text, the numbers of the places of its operands, and whether it
    is just a name."""

    line: int
    text: str
    operands: tuple[int, ...] = ()
    is_name: bool = False


def observed(source: Source, see: Callable[[int, Any], None], namespace: Mapping[str, Any] | None = None
             ) -> tuple[Callable, list[Place]]:
    """The function with ``see(k, value)`` after each expression; ``places[k]`` says which that is. What a line has
    written is an expression too, once it is written."""
    tree = ast.parse(source.text)
    definition: Any = tree.body[0]
    numbers = {k for k, v in (source.namespace if namespace is None else namespace).items()
               if isinstance(v, (float, complex, np.generic, np.ndarray))}
    observer = _Observer({n.id for n in ast.walk(definition) if isinstance(n, ast.Name)
                          and isinstance(n.ctx, ast.Store)} | {a.arg for a in definition.args.args} | numbers)
    definition.body = [part for node in definition.body for part in observer.statement(node)]

    def value(k: int, x: Any) -> Any:
        see(k, x)
        return x

    return _made(tree, source, namespace, {SEE: value}), observer.places


class _Observer(ast.NodeTransformer):
    """Wraps what is computed, and the names of ``variables`` and numbers; functions stay as they are."""

    COMPUTED = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript)

    def __init__(self, variables: set[str]) -> None:
        self.variables = variables
        self.places: list[Place] = []

    def statement(self, node: Any) -> list[Any]:
        """A statement, and what looks at the places it writes before and after."""
        if isinstance(node, (ast.If, ast.For, ast.While, ast.With)):
            for part in ("body", "orelse"):
                if getattr(node, part, None):
                    setattr(node, part, [x for s in getattr(node, part) for x in self.statement(s)])
        before: list[Any] = []
        written: list[Any] = []
        text = "" if hasattr(node, "body") else ast.unparse(node)
        if isinstance(node, ast.AugAssign):
            written = [_load(node.target)]
            before = [self.visit(_load(node.target))]
        elif isinstance(node, ast.Assign):
            written = [_load(x) for x in node.targets if isinstance(x, ast.Subscript)]
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and name != "target":
                setattr(node, name, self.visit(value))
        operands = self.operands([*before, *([node.value] if written else [])])
        after = [self.see(node.lineno, text, operands, x) for x in written]
        return [*map(ast.Expr, before), node, *map(ast.Expr, after)]

    def visit(self, node: Any) -> Any:
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            known = node.id in self.variables and isinstance(node.ctx, ast.Load)
            return self.see(line, node.id, (), node, True) if known else node
        if isinstance(node, ast.Attribute) and node.attr in ("inf", "nan"):
            return self.see(line, ast.unparse(node), (), node, True)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)):
            return node
        computed = isinstance(node, self.COMPUTED)
        text = ast.unparse(node) if computed else ""
        node = self.generic_visit(node)
        if not computed:
            return node
        return self.see(line, text, self.operands(list(ast.iter_child_nodes(node))), node)

    def operands(self, parts: list[Any]) -> tuple[int, ...]:
        """The places among some operands."""
        found: list[int] = []
        for part in parts:
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == SEE:
                found.append(part.args[0].value)  # type: ignore[attr-defined]
            else:
                found += self.operands(list(ast.iter_child_nodes(part)))
        return tuple(dict.fromkeys(found))

    def see(self, line: int, text: str, operands: tuple[int, ...], node: Any, is_name: bool = False) -> Any:
        self.places.append(Place(line, text, operands, is_name))
        return _call(SEE, ast.Constant(len(self.places) - 1), node)


def _load(target: Any) -> Any:
    """What a target of an assignment holds."""
    copied = copy.deepcopy(target)
    copied.ctx = ast.Load()
    return copied


def _made(tree: ast.Module, source: Source, namespace: Mapping[str, Any] | None, tools: dict[str, Any]) -> Callable:
    code = compile(ast.fix_missing_locations(tree), f"<s2sad {source.name}, observed>", "exec", dont_inherit=True)
    scope = {"__name__": "s2sad.generated", **(source.namespace if namespace is None else namespace), **tools}
    exec(code, scope)
    return scope[source.name]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(_name(name), list(args), [])
