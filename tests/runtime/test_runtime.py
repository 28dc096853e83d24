"""What generated code may call."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pkgutil import iter_modules

from s2sad import runtime

MODULES = [import_module(f"s2sad.runtime.{info.name}") for info in iter_modules(runtime.__path__)]


def test_only_numpy_is_imported():
    names = {
        n.module if isinstance(n, ast.ImportFrom) else n.names[0].name
        for module in MODULES
        for n in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(n, (ast.Import, ast.ImportFrom))
    }
    own = {module.__name__ for module in MODULES}
    assert names - own <= {"numpy", "copy", "typing", "__future__", "math", "operator"}


def test_all_of_it_has_one_name():
    defined = [n for module in MODULES for n, v in vars(module).items()
               if getattr(v, "__module__", None) == module.__name__ and not n.startswith("_") and callable(v)]
    assert len(set(defined)) == len(defined) and set(defined) <= set(runtime.__all__)
