"""The command line: ``python -m s2sad trace examples/evaluation_trace.py:f 2 5``."""
from __future__ import annotations

import argparse
import ast
import difflib
import importlib.util
import inspect
import io
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import s2sad
from s2sad import runtime
from s2sad.errors import ArgumentError, S2SADError
from s2sad.explain import EXPLANATIONS, explain

DESCRIPTION = """\
Differentiate a Python function by rewriting its source, and look at every step.

  python -m s2sad trace  examples/evaluation_trace.py:f 2 5     the evaluation trace and the generated source
  python -m s2sad graph  examples/evaluation_trace.py:f 2 5     the computation graph: text, SVG, DOT or Mermaid
  python -m s2sad source examples/evaluation_trace.py:f         the generated source alone
  python -m s2sad stages examples/evaluation_trace.py:f 2 5     every stage on the way, after every pass
  python -m s2sad export examples/evaluation_trace.py:f -o grad.py   a module that works without s2sad
  python -m s2sad explain S2S004                                what an error means, and what to write instead
"""
ARGUMENTS = """\
FILE:FUNC is a file and the name of a function in it. ARGS are Python expressions; np, math and the names of the file
can be used: 2.0 'np.ones(3)' '{"w": np.eye(2)}'. Floats and arrays of floats are differentiated, integers are
constants; if all arguments are integers, they are taken as floats. Write -- before an argument that begins with a
minus sign and is not a number.
"""


class Complaint(Exception):
    """Something wrong with the command line: one line for the user."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 1 (the function cannot be differentiated) or 2 (bad command line)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    options = parser().parse_args(argv)
    try:
        with np.errstate(all="ignore"):
            print(options.run(options))
    except (Complaint, ArgumentError) as error:
        print(f"s2sad: {one_line(error)}", file=sys.stderr)
        return 2
    except S2SADError as error:
        print(error, file=sys.stderr)
        if error.code == "S2S011" and not getattr(options, "args", True):
            print("s2sad: without ARGS all parameters are taken to be floats; give arguments of the right kinds",
                  file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser("python -m s2sad", description=DESCRIPTION,
                                  formatter_class=argparse.RawTextHelpFormatter)
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable, summary: str, **more: Any) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".", **more)
        sub.set_defaults(run=run)
        return sub

    for name, run, args, summary in (
            ("trace", run_trace, "+", "print the evaluation trace, forwards and backwards, then the generated source"),
            ("source", run_source, "*", "print the generated source of the derivative"),
            ("stages", run_stages, "+", "print every stage from the function to its derivative"),
            ("graph", run_graph, "+", "print or draw the computation graph, or that of the derivative"),
            ("export", run_export, "*", "write a module with the derivative, which needs numpy but not s2sad")):
        sub = command(name, run, summary, epilog=ARGUMENTS)
        sub.add_argument("function", metavar="FILE:FUNC", help="the function to differentiate")
        sub.add_argument("args", metavar="ARG", nargs=args, help="its arguments, as Python expressions")
        sub.add_argument("--argnums", metavar="N[,N]", help="the arguments to differentiate, counted from 0")
        sub.add_argument("--mode", choices=("reverse", "forward"), default="reverse",
                         help="adjoint or tangent " + ("trace" if name == "trace" else "program"))
        if name == "trace":
            sub.add_argument("--tangents", action="store_true",
                             help="show the tangent trace too; the first number moves at rate 1")
            sub.add_argument("--format", choices=("text", "markdown", "html"), default="text",
                             help="markdown and html are of the trace alone")
        if name == "graph":
            sub.add_argument("--of", choices=("function", "derivative"), default="function",
                             help="the graph of the function with its adjoints, or of the generated derivative")
            sub.add_argument("--format", choices=("text", "svg", "dot", "mermaid"),
                             help="by default what the ending of FILE says, else text")
            sub.add_argument("--unfold", action="store_true", help="every trip of a loop, not its body once")
        if name in ("export", "graph"):
            sub.add_argument("-o", "--output", metavar="FILE", help="the file to write; by default the text is printed")
    sub = command("explain", run_explain, "explain an error code")
    sub.add_argument("code", metavar="CODE", nargs="?", help="such as S2S004; without it, all codes are listed")
    return top


def run_trace(options: argparse.Namespace) -> str:
    """The traces, then the source of the gradient."""
    derivative, args = differentiate(options)
    table = derivative.trace(*args, tangents=True if options.tangents else None)
    if options.format != "text":
        return table.markdown() if options.format == "markdown" else table.html()
    table.show()
    return f"\nGenerated source\n\n{derivative.source_for(*args).rstrip()}"


def run_graph(options: argparse.Namespace) -> str:
    """The computation graph in the wanted form, or a word on the file that it was written to."""
    derivative, args = differentiate(options)
    graph = derivative.graph(*args, of=options.of, fold=not options.unfold)
    ending = Path(options.output or "").suffix.lower()
    form = options.format or {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}.get(ending, "text")
    text = str(graph) if form == "text" else getattr(graph, form)()
    return text if options.output is None else written(text + "\n", options.output)


def written(text: str, path: str) -> str:
    """Write a file, and say so."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Complaint(f"{path!r} cannot be written: {error.strerror}") from None
    return f"wrote {path}"


def run_source(options: argparse.Namespace) -> str:
    """The source of the derivative, for the kinds of the arguments if there are any."""
    derivative, args = differentiate(options)
    return (derivative.source_for(*args) if args else derivative.source).rstrip()


def run_stages(options: argparse.Namespace) -> str:
    """Every stage with its title."""
    derivative, args = differentiate(options)
    return "\n\n".join(f"# {title}\n\n{text.rstrip()}" for title, text in derivative.stages(*args))


def run_export(options: argparse.Namespace) -> str:
    """The module with the derivative, or a word on the file that it was written to."""
    derivative, args = differentiate(options)
    text = getattr(derivative, "inner", derivative).exported(*args)
    return text.rstrip() if options.output is None else written(text, options.output)


def run_explain(options: argparse.Namespace) -> str:
    """The long form of a code, or the list of all."""
    if options.code is None:
        return "\n".join(f"{code}  {entry.title}" for code, entry in EXPLANATIONS.items())
    try:
        return explain(options.code)
    except KeyError:
        raise Complaint(f"no error has the code {options.code!r}; `explain` alone lists them") from None


def differentiate(options: argparse.Namespace) -> tuple[Any, tuple]:
    """The derivative that the options ask for, and the arguments to call it with."""
    function, module = load(options.function)
    args = tuple(evaluate(text, module) for text in options.args)
    argnums = parse_argnums(options.argnums)
    if args:
        argnums = argnums or differentiable(args)
        args = tuple(float(x) if k in argnums and type(x) is int else x for k, x in enumerate(args))
        check_call(function, args)
    argnums = argnums or all_parameters(function)
    wanted: Any = argnums if len(argnums) > 1 else argnums[0]
    forward = getattr(options, "mode", "reverse") == "forward"
    return s2sad.jacfwd(function, wanted).inner if forward else s2sad.grad(function, wanted), args


def load(spec: str) -> tuple[Callable, ModuleType]:
    """The function that ``FILE:FUNC`` means, and the module it is in."""
    file, colon, name = spec.rpartition(":")
    if not colon or not file or not name:
        raise Complaint(f"{spec!r} is not of the form FILE:FUNC, for example examples/evaluation_trace.py:f")
    module: Any = load_module(Path(file))
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            close = difflib.get_close_matches(part, [n for n, v in vars(found).items() if callable(v)], 1)
            raise Complaint(f"{file} has no function {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
        found = getattr(found, part)
    if not callable(found):
        raise Complaint(f"{name!r} in {file} is an object of type {type(found).__name__}, not a function")
    return found, module


def load_module(path: Path) -> ModuleType:
    """Import a file under its own name."""
    if not path.is_file():
        raise Complaint(f"there is no file {str(path)!r}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Complaint(f"{str(path)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Complaint(f"{path} cannot be imported: {type(error).__name__}: {one_line(error)}") from error
    return module


def evaluate(text: str, module: ModuleType) -> Any:
    """The value of one argument of the command line."""
    try:
        return eval(text, {"np": np, "numpy": np, "math": math} | vars(module))
    except Exception as error:
        reason = f"{type(error).__name__}: {one_line(error)}"
        raise Complaint(f"the argument {text!r} cannot be evaluated: {reason}") from None


def one_line(error: BaseException) -> str:
    """The message of an exception, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def check_call(function: Callable, args: tuple) -> None:
    """Complain if the function itself cannot be called with these arguments."""
    name = getattr(function, "__name__", "the function")
    try:
        function(*runtime.copy(args))
    except Exception as error:
        call = f"{name}({', '.join(map(repr, args))})"
        raise Complaint(f"{call} raises {type(error).__name__}: {one_line(error)}") from None


def differentiable(args: tuple) -> tuple[int, ...]:
    """The positions of the arguments that hold floats; of all integers if none does."""
    found = tuple(k for k, x in enumerate(args) if holds_floats(x))
    found = found or tuple(k for k, x in enumerate(args) if type(x) is int)
    if not found:
        raise Complaint("none of the arguments is a float or an array of floats: there is nothing to differentiate")
    return found


def holds_floats(x: Any) -> bool:
    """Whether there is a float, or an array of floats, in a structure."""
    if isinstance(x, dict):
        return any(map(holds_floats, x.values()))
    if isinstance(x, (list, tuple)):
        return any(map(holds_floats, x))
    return isinstance(x, (float, complex)) or getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")


def all_parameters(function: Callable) -> tuple[int, ...]:
    """The positions of the parameters without default."""
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    found = tuple(k for k, p in enumerate(positional) if p.default is p.empty) or tuple(range(len(positional)))
    if not found:
        raise Complaint("the function has no positional parameters: say which arguments to differentiate")
    return found


def parse_argnums(text: str | None) -> tuple[int, ...] | None:
    """``"0,2"`` as (0, 2)."""
    if text is None:
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = None
    numbers = (value,) if isinstance(value, int) else value
    if not isinstance(numbers, tuple) or not numbers or not all(type(n) is int and n >= 0 for n in numbers):
        raise Complaint(f"--argnums {text!r} is not a number or a list such as 0,2")
    return numbers


if __name__ == "__main__":
    sys.exit(main())
