"""The ``%%grad`` cell magic of IPython: differentiate the last function that a cell defines, and look at it.

After ``%load_ext s2sad``, the cell ::

    %%grad 0 1 --args "2.0, 5.0"
    def f(x1, x2):
        return np.log(x1) + x1 * x2 - np.sin(x2)

defines ``f``, binds ``f_grad = grad(f, argnums=(0, 1))`` and shows the generated source, the gradient at (2, 5) and the
evaluation trace.
"""
from __future__ import annotations

import argparse
import ast
import shlex
import sys
from typing import Any

from s2sad import api
from s2sad.errors import S2SADError

USAGE = "%%grad [ARGNUM ...] [--args \"2.0, 5.0\"] [--name NAME] [--value] [--debug-nans]"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise ValueError(message)


def options_of(line: str) -> argparse.Namespace:
    """The options of the magic's line.

    >>> options_of('0,1 --args "2.0, 5.0"').argnums
    (0, 1)

    Raises
    ------
    ValueError
        If the line is not understood.
    """
    parser = _Parser(prog="%%grad", add_help=False, allow_abbrev=False)
    parser.add_argument("argnums", nargs="*")
    parser.add_argument("--args", default=None)
    parser.add_argument("--name", default=None)
    parser.add_argument("--value", action="store_true")
    parser.add_argument("--debug-nans", action="store_true")
    found = parser.parse_args(shlex.split(line))
    numbers = " ".join(found.argnums).replace(",", " ").split()
    if not all(n.removeprefix("-").isdecimal() for n in numbers):
        raise ValueError(f"{' '.join(found.argnums)!r} are no numbers of arguments")
    found.argnums = tuple(map(int, numbers))
    if found.name is not None and not found.name.isidentifier():
        raise ValueError(f"{found.name!r} is not a name")
    return found


def last_function(cell: str) -> str | None:
    """The name of the last function that a cell defines at top level (``f = lambda x: …`` counts).

    >>> last_function("def f(x):\\n    return x\\ny = 1")
    'f'
    """
    found = None
    for node in ast.parse(cell).body:
        if isinstance(node, ast.FunctionDef):
            found = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and isinstance(
                node.targets[0], ast.Name):
            found = node.targets[0].id
    return found


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext s2sad`` calls: registers ``%%grad`` with an IPython shell."""
    def grad(line: str, cell: str) -> None:
        try:
            options = options_of(line)
        except ValueError as error:
            print(f"%%grad: {error}\nusage: {USAGE}", file=sys.stderr)
            return
        try:
            name = last_function(shell.transform_cell(cell))
        except SyntaxError:
            name = None  # the shell reports it
        done = shell.run_cell(cell)
        if not done.success:
            return
        if name is None:
            print("%%grad: the cell defines no function to differentiate", file=sys.stderr)
            return
        try:
            _show(shell, options, name)
        except S2SADError as error:
            print(error, file=sys.stderr)

    grad.__doc__ = f"Differentiate the last function of the cell.\n\n{USAGE}"
    shell.register_magic_function(grad, "cell", "grad")


def _show(shell: Any, options: argparse.Namespace, name: str) -> None:
    """Bind the derivative and display it."""
    from IPython.display import display
    transform = api.value_and_grad if options.value else api.grad
    made = transform(shell.user_ns[name], argnums=_bare(options.argnums),
                     debug_nans=options.debug_nans)
    bound = options.name or f"{name}_grad"
    shell.user_ns[bound] = made
    if options.args is None:
        print(f"{bound} = {made!r}")
        display(made)
        return
    args = shell.ev(f"({options.args},)") if options.args.strip() else ()
    result = made(*args)
    print(f"{bound}({options.args}) = {result!r}")
    display(made)
    display(made.trace(*args))


def _bare(argnums: tuple[int, ...]) -> int | tuple[int, ...]:
    """A tuple gives a tuple of gradients; one number, or none, a bare gradient."""
    return argnums if len(argnums) > 1 else (*argnums, 0)[0]
