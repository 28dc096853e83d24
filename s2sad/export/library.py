"""What a saved module carries so that it needs nothing of ours: imports, captured values, copies of helpers.

    >>> import numpy as np
    >>> from s2sad import runtime
    >>> library = Library("f")
    >>> library.adopt("def f(x):\\n    return astype_of(x, scale)\\n",
    ...               {"astype_of": runtime.astype_of, "scale": np.float32(2.0)}).splitlines()[0]
    'def f(x):'
    >>> library.constants, [text.splitlines()[0] for text in library.definitions]
    (['scale = np.float32(2.0)'], ['def zeros_like(x: Any) -> Any:', 'def astype_of(g: Any, x: Any) -> Any:'])

A helper is copied as text, with the helpers that it calls in turn; so are functions of the user that are called.  A
name of the generated function that stands for something else than a helper of that name is changed.
"""
from __future__ import annotations

import ast
import builtins
import dataclasses
import dis
import functools
import importlib
import inspect
import pkgutil
import sys
import textwrap
import types
from collections.abc import Collection, Iterator
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import ExportError, SourceNotFound
from s2sad.export.literals import NoLiteral, literal
from s2sad.frontend import Rebuild, find
from s2sad.ir.opnames import global_name

OUTSIDE = ("numpy", "scipy")
"""Packages that a saved module may import besides the standard library."""


class Library:
    """Collects what a module needs; ``own`` is the name of the function that it is about.

    ``constants`` and ``definitions`` are texts, ``captured`` the names of the user's values, ``classes`` those of
    classes of which only the fields are kept.
    """

    def __init__(self, own: str) -> None:
        self.own = own
        self.modules: dict[str, tuple[Any, set[str]]] = {}
        self.from_: dict[str, str] = {}
        self.constants: list[str] = []
        self.definitions: list[str] = []
        self.captured: list[str] = []
        self.classes: list[str] = []
        self.names: dict[str, Any] = {}

    @property
    def taken(self) -> set[str]:
        """The names of the module."""
        return {*self.names, self.own, *vars(builtins)}

    def adopt(self, text: str, namespace: dict[str, Any]) -> str:
        """Take in all that a generated function needs. The result is its text, with other names where they collide."""
        helpers = {name: value for name, value in namespace.items() if _helper(value) is not None}
        for value in helpers.values():
            self.helper(str(_helper(value)))
        used = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
        local = {*used, *(n.arg for n in ast.walk(ast.parse(text)) if isinstance(n, ast.arg))} - set(namespace)
        changed: dict[str, str] = {}
        for name, value in namespace.items():
            if name not in used:
                continue
            new = _helper(value) or name
            if new in local or self.names.get(new, value) is not value or new == self.own or hasattr(builtins, new):
                new = fresh(name, self.taken | used | local | set(namespace))
            if new != name:
                changed[name] = new
            self.define(new, value)
        text = renamed(text, changed)
        self.submodules(text)
        return text

    def define(self, name: str, value: Any) -> None:
        """Give a value a name in the module."""
        if name in self.names:
            return
        self.names[name] = value
        helper = _helper(value)
        if helper is not None:
            self.helper(helper)
            if helper != name:
                self.definitions.append(f"{name} = {helper}")
        elif isinstance(value, types.ModuleType):
            self.module(name, value)
        elif isinstance(value, Rebuild):
            self.rebuild(name, value)
        elif isinstance(value, runtime.Recursive):
            self.function(name, value.fn)
        elif callable(value) and not self.imported(name, value):
            self.function(name, value) if not isinstance(value, type) else self.fields(name, value)
        elif not callable(value):
            self.constant(name, value)

    # Imports

    def imports(self) -> Iterator[str]:
        """The lines that import modules, in a fixed order."""
        lines = set(self.from_.values())
        for name, (module, parts) in self.modules.items():
            lines.add(f"import {module.__name__}" + (f" as {name}" if name != module.__name__ else ""))
            lines |= {f"import {part}" for part in parts}
        own = {line for line in lines if line.split()[1].split(".")[0] not in OUTSIDE}
        if any("-> " in text for text in self.definitions):
            yield from ("from __future__ import annotations", "")
        yield from sorted(own)
        if own and lines - own:
            yield ""
        yield from sorted(lines - own)

    def requirements(self) -> str:
        """The packages that are imported, as words."""
        found = {line.split()[1].split(".")[0] for line in self.imports() if line}
        return " and ".join(p for p in OUTSIDE if p in found) or "the standard library"

    def module(self, name: str, module: types.ModuleType) -> None:
        if not _is_public(module.__name__):
            raise self.refusal(name, f"the module {module.__name__}",
                               "a saved module imports numpy, scipy and the standard library only")
        self.modules[name] = (module, set())

    def submodules(self, text: str) -> None:
        """The modules inside modules that a text refers to: ``scipy.special``."""
        for node in ast.walk(ast.parse(text)):
            dotted = _dotted(node)
            if dotted is None or dotted[0] not in self.modules:
                continue
            found, parts = self.modules[dotted[0]]
            for part in dotted[1:]:
                found = getattr(found, part, None)
                if not isinstance(found, types.ModuleType):
                    break
                if found.__name__.startswith(self.modules[dotted[0]][0].__name__ + ".") and "scipy" in found.__name__:
                    parts.add(found.__name__)

    def need_numpy(self, text: str) -> None:
        """Import numpy if a text, or the text of a constant, names it."""
        text = "\n".join([text, *self.constants])
        for word, name in (("np.", "np"), ("base64.", "base64")):
            if word in text and name not in self.modules:
                self.modules[name] = (sys.modules["numpy" if name == "np" else name], set())

    def imported(self, name: str, value: Any) -> bool:
        """Import a function or class from a library; whether that is possible."""
        dotted = global_name(value)
        if dotted is not None and "." in dotted:
            home, _, last = dotted.replace("np.", "numpy.", 1).rpartition(".") if dotted.startswith(
                "np.") else dotted.rpartition(".")
        else:
            home, last = getattr(value, "__module__", None) or "", getattr(value, "__qualname__", "")
        found = getattr(sys.modules.get(home), last, None)
        if not _is_public(home) or found is not value or not last.isidentifier():
            return False
        if home == "builtins":
            self.definitions.append(f"{name} = {last}") if name != last else None
            return True
        self.from_[name] = f"from {home} import {last}" + (f" as {name}" if last != name else "")
        return True

    # Values

    def constant(self, name: str, value: Any) -> None:
        try:
            text = literal(value)
        except (NoLiteral, RecursionError) as error:
            what = str(error) if isinstance(error, NoLiteral) else "a structure that contains itself"
            raise self.refusal(name, what, "pass what the function needs of it as an argument") from None
        self.constants.append(f"{name} = {text}")
        self.captured.append(name)

    def rebuild(self, name: str, value: Rebuild) -> None:
        """A function that makes an object of its fields."""
        self.need("types")
        if issubclass(value.cls, dict):
            body = f"    return dict({', '.join(f'{n}={n}' for n in value.names)})"
        elif issubclass(value.cls, tuple) and not hasattr(value.cls, "_fields"):
            body = f"    return ({', '.join(value.names)},)"
        elif issubclass(value.cls, tuple):
            self.need("collections")
            body = (f"    return collections.namedtuple({value.cls.__name__!r}, {value.names!r})"
                    f"({', '.join(value.names)})")
        elif value.cls is types.SimpleNamespace:
            body = f"    return types.SimpleNamespace({', '.join(f'{n}={n}' for n in value.names)})"
        else:
            cls = fresh(value.cls.__name__, self.taken | {name} | set(value.names))
            known = next((n for n, v in self.names.items() if v is value.cls and n.endswith(value.cls.__name__)), None)
            if known is None:
                self.names[cls] = value.cls
                self.fields(cls, value.cls)
            cls = known or cls
            lines = [f"    made = object.__new__({cls})"]
            lines += [f"    object.__setattr__(made, {n!r}, {n})" for n in value.names]
            body = "\n".join([*lines, "    return made"])
        self.definitions.append(f"def {name}({', '.join(value.names)}):\n{body}")

    def fields(self, name: str, cls: type) -> None:
        """A class with the fields of a user's class."""
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            self.need("collections")
            self.definitions.append(f"{name} = collections.namedtuple({cls.__name__!r}, {cls._fields!r})")
        elif dataclasses.is_dataclass(cls):
            self.need("dataclasses")
            names = [f.name for f in dataclasses.fields(cls)]
            self.definitions.append(f"{name} = dataclasses.make_dataclass({cls.__name__!r}, {names!r})")
        else:
            self.definitions.append(f"class {name}:\n    \"\"\"The fields of the user's class of this name.\"\"\"")
        self.classes.append(cls.__name__)

    def need(self, module: str) -> None:
        """Import a module of the standard library under its own name."""
        if self.names.setdefault(module, sys.modules[module]) is not sys.modules[module]:
            raise self.refusal(module, f"a value with the name of the module {module}", "give it another name")
        self.modules[module] = (sys.modules[module], set())

    # Functions

    def helper(self, name: str) -> None:
        """A function of ``runtime``, after those that it calls."""
        if self.names.get(name) is _runtime_values()[name] and name in self.helpers_done():
            return
        if name.startswith("recursive_") or name in ("pulled_back", "pushed_forward"):
            what, hint = ("the derivative of a function that calls itself to a depth known only at run time",
                          "write the recursion as a loop")
            if not name.startswith("recursive_"):
                what, hint = ("a rule that is followed when it runs, as nothing is known of an argument before",
                              "say what the result of your function is like: `@s2sad.rule(f, like=…)`")
            raise ExportError("S2S015", f"`{self.own}` cannot be exported: it uses {what}", hint=hint)
        self.names[name] = _runtime_values()[name]
        text, needs = _helpers()[name]
        for need in needs:
            self.helper(need) if need in _helpers() else self.import_line(need)
        self.definitions.append(text)

    def helpers_done(self) -> set[str]:
        return {name for name in self.names if name in _helpers() and _helpers()[name][0] in self.definitions}

    def import_line(self, name: str) -> None:
        """An import of the module ``runtime``."""
        line, value = _runtime_imports()[name]
        self.names[name] = value
        self.from_[name] = line

    def function(self, name: str, fn: Any) -> None:
        """A function of the user, as text, with what it needs."""
        plain = inspect.unwrap(fn) if callable(fn) else fn
        if not isinstance(plain, types.FunctionType):
            what = f"`{name}`, a {type(fn).__name__} of the package {(type(fn).__module__ or '').split('.')[0]}"
            raise self.refusal(name, what, "write what it does in Python, or pass its result as an argument")
        if (plain.__module__ or "").split(".")[0] == "s2sad":
            raise self.refusal(name, f"the function {plain.__module__}.{plain.__qualname__}", "call it outside")
        text = _text_of(plain, name, self)
        values = {**plain.__globals__, **inspect.getclosurevars(plain).nonlocals}
        for needed in sorted(_globals_of(plain, text)):
            if needed == name or (hasattr(builtins, needed) and needed not in values):
                continue
            if needed not in values:
                raise self.refusal(name, f"`{name}`, which uses the name `{needed}` that has no value", "define it")
            value, new = values[needed], needed
            if self.names.get(needed, value) is not value or needed == self.own or hasattr(builtins, needed):
                if needed in _bound(text):
                    raise self.refusal(name, f"`{name}`, which uses `{needed}` in two meanings",
                                       f"give one `{needed}` another name")
                new = fresh(needed, self.taken | _bound(text))
                text = renamed(text, {needed: new})
            self.define(new, value)
        self.submodules(text)
        self.definitions.append(text)

    def refusal(self, name: str, what: str, hint: str) -> ExportError:
        return ExportError("S2S015", f"`{self.own}` cannot be exported: it uses {what}"
                           + ("" if f"`{name}`" in what or name in what.split() else f" (`{name}`)"), hint=hint)


# ---- names -----------------------------------------------------------------------------------------------------------

def fresh(name: str, taken: Collection[str]) -> str:
    """A name that is not taken.

    >>> fresh("a", {"a", "a_1"})
    'a_2'
    """
    found, suffix = name, 0
    while found in taken:
        suffix += 1
        found = f"{name}_{suffix}"
    return found


def renamed(text: str, changed: dict[str, str]) -> str:
    """A text with other names for some variables.

    >>> renamed("y = np.sin(x)  # np", {"np": "np_1"})
    'y = np_1.sin(x)  # np'
    """
    lines = [line.encode() for line in text.split("\n")]
    found = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and n.id in changed]
    for node in sorted(found, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[:node.col_offset] + changed[node.id].encode() + line[node.end_col_offset:]
    return "\n".join(line.decode() for line in lines)


def _bound(text: str) -> set[str]:
    """The names that are bound somewhere in a text."""
    nodes = list(ast.walk(ast.parse(text)))
    return {n.arg for n in nodes if isinstance(n, ast.arg)} | {
        n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _dotted(node: ast.AST) -> list[str] | None:
    """The names of ``a.b.c``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) and parts else None


def _is_public(module: str) -> bool:
    root = module.split(".")[0]
    return root in OUTSIDE or root in sys.stdlib_module_names


# ---- texts -----------------------------------------------------------------------------------------------------------

def _helper(value: Any) -> str | None:
    """The name of a helper of ``runtime``."""
    if value is runtime.NOTHING:
        return "NOTHING"
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) and name in _helpers() and _runtime_values()[name] is value else None


@functools.cache
def _helpers() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Text and needs of each definition of ``runtime``."""
    found: dict[str, tuple[str, Any]] = {}
    for text, node in _runtime_statements():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = text, node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            target: Any = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[target.id] = text, node
    known = {*found, *_runtime_imports()}
    return {name: (ast.get_source_segment(text, node) or "", tuple(sorted(
        {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & known - {name})))
            for name, (text, node) in found.items()}


@functools.cache
def _runtime_modules() -> tuple[types.ModuleType, ...]:
    """The modules of ``runtime``."""
    names = [info.name for info in pkgutil.iter_modules(runtime.__path__)]
    return tuple(importlib.import_module(f"{runtime.__name__}.{name}") for name in names)


@functools.cache
def _runtime_values() -> dict[str, Any]:
    """What the modules of ``runtime`` define, by name."""
    return {name: value for module in _runtime_modules() for name, value in vars(module).items()}


def _runtime_statements() -> Iterator[tuple[str, ast.stmt]]:
    """The statements of the modules of ``runtime``, each with the text of its module."""
    for module in _runtime_modules():
        text = inspect.getsource(module)
        for node in ast.parse(text).body:
            yield text, node


@functools.cache
def _runtime_imports() -> dict[str, tuple[str, Any]]:
    """The imports of ``runtime`` by the name that they bind."""
    found = {}
    for _, node in _runtime_statements():
        own = str(getattr(node, "module", "")).startswith(("s2sad.", "__future__"))
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not own:
            for alias in node.names:
                module = importlib.import_module(getattr(node, "module", None) or alias.name)
                value = getattr(module, alias.name) if isinstance(node, ast.ImportFrom) else module
                found[alias.asname or alias.name] = (ast.unparse(node), value)
    return found


def _text_of(fn: types.FunctionType, name: str, library: Library) -> str:
    """The text of a user's function under a name, without our decorators."""
    try:
        source = find(fn)
    except SourceNotFound:
        raise library.refusal(name, f"`{name}`, whose source cannot be read", "define it in a file") from None
    if fn.__name__ == "<lambda>":
        return f"{name} = {ast.unparse(gast.gast_to_ast(source.node))}"
    text = textwrap.dedent("".join(line for _, line in sorted(source.lines.items()))).rstrip()
    node: Any = ast.parse(text).body[0]
    lines = text.split("\n")
    for decorator in node.decorator_list:
        dotted = _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        root = dotted[0] if dotted else getattr(getattr(decorator, "func", decorator), "id", "")
        value = fn.__globals__.get(root)
        home = getattr(value, "__module__", None) or getattr(value, "__name__", None) or ""
        if home.split(".")[0] == "s2sad":
            for k in range(decorator.lineno - 1, decorator.end_lineno):
                lines[k] = ""
    text = "\n".join(line for k, line in enumerate(lines) if line or k >= node.lineno - 1)
    if node.name == name:
        return text
    head, _, rest = text.partition(f"def {node.name}")
    text = f"{head}def {name}{rest}"
    return text if node.name in _bound(text) else renamed(text, {node.name: name})


def _globals_of(fn: types.FunctionType, text: str) -> set[str]:
    """The names that a function takes from outside, its decorators and defaults too."""
    found: set[str] = set()
    waiting = [compile(text, "<export>", "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        waiting += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        found |= {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return found
