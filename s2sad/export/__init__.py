"""A generated function as a module of its own, which needs numpy (and scipy, if it is used) and nothing of ours.

Before: the source of a derivative, and the objects that its global names stand for.  After: the text of a module with
the imports, the captured values as literals, the helpers that are called (copied from ``s2sad.runtime``, or from the
user's file), a check of the arguments, and the function::

    text = standalone(entry, fn)

The same derivative gives the same bytes: the text has no dates and no paths.
"""
from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from s2sad.derive import Entry, Request
from s2sad.errors import ExportError
from s2sad.export.library import Library, fresh
from s2sad.version import __version__

WIDTH = 110


def standalone(entry: Entry, fn: Callable) -> str:
    """The text of a module that holds a compiled derivative.

    Parameters
    ----------
    entry : Entry
        The derivative for one signature.
    fn : callable
        The user's function, for its name.

    Raises
    ------
    ExportError
        If the derivative uses something that cannot be written into a module: an object that is neither a number nor
        an array, a function without source or of another package than numpy and scipy. The error names it.
    """
    library = Library(entry.source.name)
    text = library.adopt(entry.source.text, entry.source.namespace)
    checks = _checks(entry)
    expect, check = (fresh(n, library.taken | {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)})
                     for n in ("expect", "check_arguments"))
    parameters = [p.name for p in entry.lowered.function.params]
    library.need_numpy(" ".join(code for code, _ in checks))
    parts = [
        f'"""{_module_doc(entry, fn, library)}"""',
        "\n".join(library.imports()),
        "\n".join(library.constants),
        *library.definitions,
        _expect(expect),
        _check(check, expect, parameters, checks),
        _documented(text, entry, fn, f"{check}({', '.join(parameters)})"),
    ]
    module = _joined(parts)
    compile(module, "<export>", "exec", dont_inherit=True)
    return module


def _joined(parts: list[str]) -> str:
    """Blocks with two empty lines before functions and classes, one elsewhere."""
    out = ""
    for part in filter(None, (p.strip("\n") for p in parts)):
        gap = "\n\n\n" if part.startswith(("def ", "class ", "@")) else "\n\n"
        out += (gap if out else "") + part
    return out + "\n"


# ---- text for people -------------------------------------------------------------------------------------------------

def wanted(request: Request, names: list[str]) -> tuple[str, str]:
    """What a derivative is, and what it returns, in words."""
    by = ", ".join(f"`{names[k]}`" for k in request.argnums)
    shape = f"the structure, shape and dtype of {by}" if request.single else f"a tuple, one entry for each of {by}"
    aux = request.has_aux
    mode, named = request.mode, {"by": by, "shape": shape, "value": "(value, aux)" if aux else "value",
                                 "gradient": "(gradient, aux);" if aux else "The gradient:"}
    return mode.words.format(**named), mode.returns.format(**named)


def _title(entry: Entry, fn: Callable) -> tuple[str, str]:
    what, returns = wanted(entry.request, [p.name for p in entry.lowered.function.params])
    return f"{what} of `{getattr(fn, '__qualname__', type(fn).__name__)}`", returns


def _module_doc(entry: Entry, fn: Callable, library: Library) -> str:
    title, _ = _title(entry, fn)
    origin = getattr(fn, "__module__", None)
    where = f" of the module `{origin}`" if origin and origin != "__main__" else ""
    needs = library.requirements()
    sizes = " and of sizes above 1" if any(item.kind == "array" for item in entry.arguments) else ""
    lines = [f"{title}{where}.", "", f"Written by s2sad {__version__}; it needs {needs} and not s2sad.",
             f"It is right for arguments of these kinds, of any value{sizes}, and raises TypeError for others:", ""]
    lines += [f"    {item.text}" for item in entry.arguments]
    notes = ["Where Python's float arithmetic raises (division by zero, logarithm of zero, overflow), so does this "
             "module."]
    if library.captured:
        notes.append(f"The values of {', '.join(library.captured)} are those at the time of writing.")
    if library.classes:
        notes.append(f"Results of the classes {', '.join(library.classes)} have the fields of the user's classes, not "
                     "their methods.")
    for note in notes:
        lines += ["", *textwrap.wrap(note, WIDTH)]
    return _quotable("\n".join(lines)) + "\n"


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _documented(text: str, entry: Entry, fn: Callable, check: str) -> str:
    """The function with a docstring and a check of its arguments."""
    title, returns = _title(entry, fn)
    definition: Any = ast.parse(text).body[0]
    names = [a.arg for a in definition.args.args]
    n = len(entry.lowered.function.params)
    lines = [f'"""{title}.', "", "Parameters", "----------"]
    for name in names[:n]:
        lines += [item.text.replace(": ", " : ", 1) for item in entry.arguments if item.place == name]
    for name in names[n:]:
        what = "Cotangent of the result" if entry.request.mode.late == "cotangent" else "Tangent of the argument"
        lines += [name, f"    {what}."]
    lines += ["", "Returns", "-------", *textwrap.wrap(returns, WIDTH), '"""']
    body = definition.body
    if ast.get_docstring(definition) is not None:
        body = body[1:]
    old = text.rstrip("\n").split("\n")
    head = _header_end(text)
    skip = definition.body[0].end_lineno if body is not definition.body else head
    added = [f"    {_quotable(line) if 0 < k < len(lines) - 1 else line}".rstrip() for k, line in enumerate(lines)]
    return "\n".join([*old[:head], *added, f"    {check}", *old[skip:]]) + "\n"


def _header_end(text: str) -> int:
    """The number of lines of ``def f(…):``."""
    depth = 0
    for k, line in enumerate(text.split("\n"), 1):
        depth += line.count("(") - line.count(")")
        if depth == 0:
            return k
    raise AssertionError("a function has a header")


# ---- the check of arguments ------------------------------------------------------------------------------------------

def _checks(entry: Entry) -> list[tuple[str, str]]:
    """Expressions that are true for the right arguments, and what to say if one is not."""
    found = [(item.test, item.text) for item in entry.arguments]
    for item in entry.arguments:
        try:
            ast.parse(item.test, mode="eval")
        except SyntaxError:
            raise ExportError("S2S015", f"`{item.place}` cannot be exported: a key or field that cannot be written",
                              hint="use strings or numbers as keys") from None
    watched = [_place(path, [p.name for p in entry.lowered.function.params]) for path in entry.watched]
    kinds = {item.place: item.kind for item in entry.arguments}
    for at, place in enumerate(watched):
        for other in (o for o, kind in kinds.items() if kind == kinds.get(place) and o != place):
            if other in watched[:at]:
                continue
            apart = f"{place} is not {other}"
            if kinds[place] == "array":
                apart = f"not np.may_share_memory({place}, {other})"
            found.append((apart, f"{place} is written to, so it shares no memory with {other}"))
    return found


def _place(path: tuple[Any, ...], names: list[str]) -> str:
    """The expression of a path of steps from the arguments."""
    (_, first), *rest = path
    return names[first] + "".join(f".{key}" if op is getattr else f"[{key!r}]" for op, key in rest)


def _expect(name: str) -> str:
    return (f"def {name}(true, what):\n    if not true:\n"
            "        raise TypeError(f\"this derivative is made for other arguments; expected {what}\")")


def _check(name: str, expect: str, parameters: list[str], checks: list[tuple[str, str]]) -> str:
    lines = [f"def {name}({', '.join(parameters)}):",
             '    """Raise TypeError unless the arguments are of the kinds that the derivative is made for."""']
    return "\n".join([*lines, *_calls(expect, checks)])


def _calls(expect: str, checks: list[tuple[str, str]]) -> Iterator[str]:
    for code, what in checks:
        line = f"    {expect}({code}, {what!r})"
        if len(line) <= WIDTH:
            yield line
            continue
        indent = " " * len(f"    {expect}(")
        parts, lines = [*code.replace(" and ", "\0and ").split("\0"), f"{what!r})"], [f"    {expect}("]
        for k, part in enumerate(parts):
            part += "," if k == len(parts) - 2 else ""
            if k and len(lines[-1]) + len(part) >= WIDTH:
                lines.append(indent + part)
            else:
                lines[-1] += part if not k else f" {part}"
        broken = "\n".join(lines)
        yield broken if _same(broken, line) else line


def _same(a: str, b: str) -> bool:
    """Whether two texts are the same program."""
    try:
        return ast.dump(ast.parse(textwrap.dedent(a))) == ast.dump(ast.parse(textwrap.dedent(b)))
    except SyntaxError:
        return False
