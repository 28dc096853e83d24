"""From a function object to its syntax tree and the true place of every node in the user's file.

    >>> def double(x):
    ...     return 2 * x
    >>> find(double).node.name
    'double'
"""
from __future__ import annotations
import __future__

import ast
import dis
import inspect
import linecache
import operator
import sys
import types
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import gast

from s2sad.errors import Loc, SourceNotFound
from s2sad.ir.inert import MISSING, resolve

_TRANSFORMS = str(Path(__file__).parents[1] / "api")


@dataclass(frozen=True, eq=False)
class FunctionSource:
    """``node`` is a gast FunctionDef or Lambda whose positions are those of the file."""

    node: Any
    file: str
    lines: dict[int, str]

    @property
    def ours(self) -> bool:
        """Whether it is the definition of a transform of this package: its statements have the place of its call."""
        return self.file.startswith(_TRANSFORMS)

    def loc(self, node: Any) -> Loc:
        """Where a node stands in the user's file; ``text`` is its source on one line."""
        line, end = node.lineno, node.end_lineno or node.lineno
        if isinstance(node, (gast.If, gast.For, gast.While, gast.With, gast.FunctionDef, gast.AsyncFunctionDef,
                             gast.Try)):
            text = self.lines.get(line, "")[node.col_offset:].rstrip("\n")
        elif line == end:
            text = _cut(self.lines.get(line, ""), node.col_offset, node.end_col_offset)
        else:
            parts = [_cut(self.lines.get(line, ""), node.col_offset, None),
                     *(self.lines.get(k, "") for k in range(line + 1, end)),
                     _cut(self.lines.get(end, ""), 0, node.end_col_offset)]
            text = " ".join(" ".join(parts).split())
        return Loc(self.file, line, node.col_offset, end, node.end_col_offset or 0, text.strip())


def _cut(line: str, start: int, end: int | None) -> str:
    """Columns of a syntax tree count UTF-8 bytes."""
    return line.encode()[start:end].decode(errors="replace").rstrip("\n")


def find(fn: Callable) -> FunctionSource:
    """The source of a Python function.

    Parameters
    ----------
    fn : function
        A ``def``, lambda, nested function or method (its function).

    Raises
    ------
    SourceNotFound
        If there is no source: built-in functions, functions typed at the plain ``>>>`` prompt, ``exec``.
    """
    if not isinstance(fn, types.FunctionType):
        raise SourceNotFound("S2S002", f"{fn!r} is not a Python function, so it has no source",
                             hint="differentiate a Python function that calls it")
    return _find(fn.__code__)


@lru_cache(maxsize=4096)
def _find(code: types.CodeType) -> FunctionSource:
    file = _file_of(code)
    if code.co_name == "<lambda>":
        return _find_lambda(code, file)
    block, start = _lines_of(code)
    indented = block[0][:1].isspace()
    text = ("if 1:\n" if indented else "") + "".join(block)
    try:
        tree = gast.parse(text)
    except SyntaxError as e:
        raise _missing(code) from e
    gast.increment_lineno(tree, start - 1 - indented)
    cls = _class_around(code.co_qualname)
    if cls:
        _mangle(tree, cls)
    for node in gast.walk(tree):
        if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)) and node.name == code.co_name:
            if not _is_current(code, text, node):
                where = f"{code.co_name} ({file}:{code.co_firstlineno})"
                changed = (f"the source of {where} is not that of the function: it has changed since the function "
                           "was made")
                raise SourceNotFound("S2S002", changed, hint="reload the module, or define the function again")
            return FunctionSource(node, file, {start + k: line for k, line in enumerate(block)})
    raise _missing(code)


def _lines_of(code: types.CodeType) -> tuple[list[str], int]:
    """The lines of a function and the number of the first. ``inspect`` looks through all modules for the file, which
    takes longer than everything else here, and is asked only about files that are not in plain sight."""
    file = _file_of(code)
    linecache.checkcache(file)
    lines = linecache.getlines(file)[code.co_firstlineno - 1:]
    try:
        return (inspect.getblock(lines), code.co_firstlineno) if lines else inspect.getsourcelines(code)
    except (OSError, TypeError, IndexError) as e:
        raise _missing(code) from e


def _file_of(code: types.CodeType) -> str:
    """The file that a function stands in; also of those modules of Python that its executable holds."""
    name = code.co_filename
    module = sys.modules.get(name[len("<frozen "):-1]) if name.startswith("<frozen ") else None
    return getattr(module, "__file__", None) or name


def _class_around(qualname: str) -> str:
    """The class in whose body a function is written, by its qualified name; "" if there is none.

        >>> _class_around("f.<locals>.C.method.<locals>.inner")
        'C'
    """
    parts = qualname.split(".")[:-1]
    while parts and parts[-1] == "<locals>":
        parts = parts[:-2]
    return parts[-1] if parts else ""


def _mangle(tree: Any, cls: str) -> None:
    """Give private names (``self.__x``) the form that they have in the body of a class."""
    prefix = f"_{cls.lstrip('_')}"
    for node in gast.walk(tree):
        for key in ("attr", "id"):
            name = getattr(node, key, None)
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__") and cls.strip("_"):
                setattr(node, key, prefix + name)


FUTURE = reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))
"""The flags of ``from __future__ import …``, which a function has from its module."""


def _is_current(code: types.CodeType, text: str, node: Any) -> bool:
    """Whether a source text is still the one that a function was compiled from: a file may have been edited since, and
    code that was put together at run time may name a line that it does not stand on."""
    parameters = code.co_varnames[:code.co_argcount]
    if tuple(p.id for p in (*node.args.posonlyargs, *node.args.args)) != parameters:
        return False
    if any(isinstance(n, (gast.Assert, gast.ClassDef)) for n in gast.walk(node)):
        return True  # test runners rewrite assertions, and the code of a class holds its line: not that of the text
    try:
        module = compile(text, "<s2sad>", "exec", code.co_flags & FUTURE, dont_inherit=True)
    except SyntaxError:  # out of its class or function, such as ``nonlocal``
        return True
    twins = [c for c in _inside(module)
             if c.co_name == code.co_name and c.co_varnames[:c.co_argcount] == parameters]
    return not twins or any(_constants(c) == _constants(code) and (
        _instructions(c) == _instructions(code) or _operators(c) == _operators(code)) for c in twins)


def _inside(code: types.CodeType) -> list[types.CodeType]:
    """The code objects inside a code object, at any depth."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return inner + [d for c in inner for d in _inside(c)]


def _instructions(code: types.CodeType) -> list[bytes]:
    return [part.co_code for part in (code, *_inside(code))]


def _constants(code: types.CodeType) -> Counter:
    """The constants of a function."""
    return Counter(repr(sorted(map(repr, c)) if isinstance(c, frozenset) else c) for part in (code, *_inside(code))
                   for c in part.co_consts if not isinstance(c, types.CodeType))


def _operators(code: types.CodeType) -> list[str]:
    """The operators of a function, in a form that does not depend on the scope it is compiled in."""
    return [i.argrepr or i.opname for part in (code, *_inside(code)) for i in dis.get_instructions(part)
            if i.opname in ("BINARY_OP", "COMPARE_OP", "UNARY_NEGATIVE", "UNARY_INVERT")]


def _find_lambda(code: types.CodeType, file: str) -> FunctionSource:
    text = "".join(linecache.getlines(file))
    try:
        tree = ast.parse(text)
    except SyntaxError as e:
        raise _missing(code) from e
    spans: list[Any] = [p for p in code.co_positions() if None not in p]
    spans = [p for p in spans if p[0] >= code.co_firstlineno]
    inside = [p for p in spans if p[0] != p[1] or p[2] != p[3]]
    first = min(((p[0], p[2]) for p in inside), default=(code.co_firstlineno, 0))
    last = max(((p[1], p[3]) for p in inside), default=first)
    lambdas = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda)
               and n.lineno <= code.co_firstlineno <= (n.end_lineno or 0)
               and [a.arg for a in n.args.args] == list(code.co_varnames[:len(n.args.args)])]
    found = None
    for node in lambdas:
        body = node.body
        begins, ends = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
        if begins <= first and last <= ends and (found is None or (
                found.body.lineno, found.body.col_offset) <= begins):
            found = node
    if found is None and not inside:  # from 3.12 on, the code of a constant has no place
        constants = [(type(c), c) for c in code.co_consts]
        found = next((n for n in lambdas if _constant_of(n.body) in constants), None)
    if found is None:
        raise _missing(code)
    segment = ast.get_source_segment(text, found) or ""
    node = gast.parse(f"({segment})", mode="eval").body
    for child in gast.walk(node):
        if hasattr(child, "lineno"):
            for attr, col in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
                if getattr(child, attr) == 1:
                    setattr(child, col, getattr(child, col) + found.col_offset - 1)
                setattr(child, attr, getattr(child, attr) + found.lineno - 1)
    lines = dict(enumerate(text.splitlines(keepends=True), 1))
    return FunctionSource(node, file, lines)


def _constant_of(body: ast.expr) -> Any:
    """Type and value of an expression of constants alone; None for others."""
    try:
        value = eval(compile(ast.Expression(body), "<s2sad>", "eval"), {"__builtins__": {}})
    except Exception:  # it has names
        return None
    return type(value), value


def _missing(code: types.CodeType) -> SourceNotFound:
    return SourceNotFound("S2S002",
                          f"the source of {code.co_name} ({code.co_filename}:{code.co_firstlineno}) cannot be "
                          "read", hint="define it in a file or a notebook cell, not at the `>>>` prompt or in exec()")


def code_of(fn: Any) -> tuple[types.FunctionType, tuple]:
    """The plain function behind methods and decorators that keep ``__wrapped__`` or numba's ``py_func``, and the
    bound first arguments."""
    bound: tuple = ()
    while True:
        if isinstance(fn, types.MethodType):
            bound = (fn.__self__, *bound)
            fn = fn.__func__
        elif not isinstance(fn, types.FunctionType) and resolve(fn, "py_func") is not MISSING:
            fn = fn.py_func
        else:
            return fn, bound
