"""How values and formulas look in the evaluation trace: `ln v₋₁`, `v₁ × v₂`, `−0.959`, `v̄₄ · ∂v₄/∂v₁`.

An operation is shown as mathematics writes it if ``INFIX`` or ``NAMES`` knows a symbol for it, else by its name. The
local derivatives are not tabulated: ``partials`` reads them out of the source of the rule.

    >>> import numpy as np
    >>> from s2sad.rules import RULES
    >>> x = Text("v₋₁")
    >>> apply(np.log, [x]).text
    'ln v₋₁'
    >>> formula(partials(RULES[np.log])["x"], {"x": x}, RULES[np.log].vjp).text
    '1 / v₋₁'
"""
from __future__ import annotations

import ast
import functools
import inspect
import operator
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.ir.symbols import FUNCTION
from s2sad.ops import canonical
from s2sad.rules import Rule, shaped
from s2sad.rules.matrices import each

COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 7)

INFIX = {np.add: ("+", SUM), np.subtract: ("−", SUM), np.multiply: ("×", PRODUCT), np.divide: ("/", PRODUCT),
         runtime.ratio: ("/", PRODUCT),
         np.floor_divide: ("//", PRODUCT), np.remainder: ("mod", PRODUCT), np.matmul: ("@", PRODUCT),
         np.equal: ("=", COMPARE), np.not_equal: ("≠", COMPARE), np.less: ("<", COMPARE), np.less_equal: ("≤", COMPARE),
         np.greater: (">", COMPARE), np.greater_equal: ("≥", COMPARE)}
NAMES = {np.log: "ln", np.log10: "log₁₀", np.log2: "log₂", np.sqrt: "√", np.sum: "Σ", np.prod: "Π",
         runtime.slope: "sign"}
LONGEST_WORD = 40
TRANSPARENT = {shaped, each, np.broadcast_to, runtime.unbroadcast, runtime.astype_of}
"""What changes the shape or the type of its first argument; formulas do without it."""
SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Text:
    """A piece of a formula and how tightly it binds."""

    text: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """The text, in parentheses if it binds less tightly than its surroundings."""
        return self.text if self.binds >= binds else f"({self.text})"


def variable(number: int) -> str:
    """The name of the trace's variable with this number: ``v₀``, ``v₋₁``, ``v₁₂``."""
    return "v" + str(number).translate(SUBSCRIPTS)


def symbol(name: str) -> str:
    """The user's name with the digits at its end lowered: ``x₁`` for ``x1``."""
    stem = name.rstrip("0123456789")
    return stem + name[len(stem):].translate(SUBSCRIPTS) if stem and stem[-1] != "_" else name


def bar(name: str) -> str:
    """The adjoint of a name: ``v̄₁``, ``x̄``; ``weight_bar`` where a macron would sit on one letter of a word."""
    return _accented(name, "\N{COMBINING MACRON}", "_bar")


def dot(name: str) -> str:
    """The tangent of a name: ``v̇₁``, ``ẋ``, ``weight_dot``."""
    return _accented(name, "\N{COMBINING DOT ABOVE}", "_dot")


def _accented(name: str, accent: str, ending: str) -> str:
    stem = name.rstrip("₀₁₂₃₄₅₆₇₈₉₋")
    if len(stem) != 1:
        return name + ending
    return unicodedata.normalize("NFC", stem + accent) + name[len(stem):]


def width(text: str) -> int:
    """The number of columns a text takes on a terminal."""
    return sum(not unicodedata.combining(c) for c in text)


def number(x: Any) -> str:
    """A number with three decimals, trailing zeros dropped, and a real minus sign; ``3.05e−07`` if it is small."""
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    if isinstance(x, (complex, np.complexfloating)):
        sign = "−" if x.imag < 0 else "+"
        return f"({number(x.real)} {sign} {number(abs(x.imag))}i)"
    if isinstance(x, (int, np.integer)):
        text = str(int(x))
    elif x == 0 or not np.isfinite(x):
        text = "0" if x == 0 else str(float(x))
    elif 1e-3 <= abs(x) < 1e6:
        text = f"{float(x):.3f}".rstrip("0").rstrip(".")
    else:
        text = f"{float(x):.3g}"
    return text.replace("-", "−").replace("inf", "∞")


def value(x: Any) -> Text:
    """A value as it stands in a formula. Arrays of up to four numbers are written out, larger ones by their shape."""
    if isinstance(x, np.ndarray) and x.ndim == 0 and x.dtype.kind in "biufc":
        x = x[()]
    if isinstance(x, np.ndarray) and x.dtype.kind in "biufc":
        if x.ndim == 1 and x.size <= 4:
            return Text("[" + ", ".join(number(v) for v in x) + "]")
        return Text("⟨" + " × ".join(map(str, x.shape)) + "⟩")
    if isinstance(x, (int, float, complex, np.number, np.bool_)):
        text = number(x)
        return Text(text, SIGN if text.startswith("−") else ATOM)
    if isinstance(x, (list, tuple)) and len(x) <= 4:
        inner = ", ".join(value(v).text for v in x)
        return Text(f"[{inner}]" if isinstance(x, list) else f"({inner}{',' * (len(x) == 1)})")
    if isinstance(x, (list, tuple)):
        return Text(f"⟨{len(x)} items⟩")
    if isinstance(x, dict):
        return Text("{" + ", ".join([_word(k) for k in list(x)[:8]] + ["…"] * (len(x) > 8)) + "}")
    return Text(_word(x))


def _word(x: Any) -> str:
    """Anything that is not a number, in a few characters: strings as they are, functions by name, objects by class."""
    if isinstance(x, str):
        shown = x if x.isprintable() else repr(x)
    elif isinstance(getattr(x, "__name__", None), str):
        shown = x.__name__
    elif x is None or isinstance(x, (range, bytes)) or isinstance(x, type(Ellipsis)):
        shown = "…" if x is Ellipsis else repr(x)
    else:
        shown = number(x) if isinstance(x, (int, float)) else f"⟨{type(x).__name__}⟩"
    return shown if len(shown) <= LONGEST_WORD else shown[:LONGEST_WORD - 1] + "…"


def summary(x: Any) -> str:
    """A value as it stands at the end of a row: an array with its shape, its dtype if that is not float64, and the
    smallest and the largest number in it.

    >>> summary(np.arange(6.0).reshape(2, 3))
    '⟨2 × 3⟩ 0 … 5'
    """
    shown = value(x).text
    if not isinstance(x, np.ndarray) or x.ndim == 0 or x.dtype.kind not in "biufc":
        return shown
    kind = "" if x.dtype == np.float64 else f" {x.dtype}"
    if not shown.startswith("⟨") or x.size == 0:
        return shown + kind
    if x.dtype.kind == "c":
        return f"{shown}{kind} |·| {number(np.min(np.abs(x)))} … {number(np.max(np.abs(x)))}"
    low, high = number(np.min(x)), number(np.max(x))
    return f"{shown}{kind} " + (f"all {low}" if low == high else f"{low} … {high}")


def known_as(op: Callable) -> Callable:
    """The NumPy function that an operator or another spelling stands for."""
    return canonical(op)


def infix(left: Text, sign: str, right: Text, binds: int) -> Text:
    """``left sign right``; adding or subtracting a negative number is written as subtracting or adding."""
    if right.binds in (SIGN, PRODUCT) and sign in "+−" and right.text.startswith("−"):
        sign, right = "−" if sign == "+" else "+", Text(right.text[1:], max(right.binds, PRODUCT))
    tight = right.within(SIGN + 1 if right.text.startswith("−") else binds + (sign in "−/" or sign == "mod"))
    return Text(f"{left.within(binds)} {sign} {tight}", binds)


def apply(op: Callable, args: Sequence[Text], kwargs: Mapping[str, Text] | None = None) -> Text:
    """An operation on formulas, as a formula."""
    op, texts = known_as(op), [a.text for a in args]
    if op is np.power and len(args) == 2 and not kwargs:
        if texts[1].lstrip("−").isdigit():
            return Text(args[0].within(ATOM) + texts[1].replace("−", "-").translate(SUPERSCRIPTS), POWER)
        return Text(f"{args[0].within(ATOM)} ^ {args[1].within(ATOM)}", POWER)
    if op in INFIX and len(args) == 2 and not kwargs:
        return infix(args[0], INFIX[op][0], args[1], INFIX[op][1])
    if op is np.negative and len(args) == 1:
        return Text("−" + args[0].within(POWER), SIGN)
    if op is runtime.sech_squared:
        return infix(Text("1"), "−", infix(args[1], "×", args[1], PRODUCT), SUM)
    if op is np.absolute and len(args) == 1:
        return Text(f"|{texts[0]}|")
    if op is operator.getitem:
        return Text(f"{args[0].within(ATOM)}[{texts[1].removeprefix('(').removesuffix(')')}]")
    if op in (np.zeros_like, runtime.zeros_like):
        return Text("0")
    if op in (runtime.setitem, runtime.add_at):
        return Text(f"{args[0].within(ATOM)}[{texts[1]} {'←' if op is runtime.setitem else '←+'} {texts[2]}]")
    if op in (runtime.drawn, runtime.called):
        named = [f"{k}={v.text}" for k, v in (kwargs or {}).items()]
        return Text(f"{args[0].within(ATOM)}.{texts[1]}({', '.join([*texts[2:], *named])})")
    name = NAMES.get(op) or getattr(op, "__name__", repr(op))
    if len(args) == 1 and not kwargs and args[0].binds == ATOM and not texts[0].startswith(("(", "[", "⟨", "|")):
        return Text(f"{name} {texts[0]}" if name != "√" else f"√{texts[0]}", POWER)
    return Text(f"{name}({', '.join([*texts, *(f'{k}={v.text}' for k, v in (kwargs or {}).items())])})")


@functools.cache
def partials(entry: Rule) -> dict[str, ast.expr]:
    """What the source of a rule returns for each parameter, or {} if that is more than one expression can say."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(entry.vjp)))
    except (OSError, TypeError, SyntaxError):
        return {}
    definition = tree.body[0]
    local: dict[str, ast.expr] = {}
    for stmt in definition.body if isinstance(definition, ast.FunctionDef) else ():
        match stmt:
            case ast.Expr(ast.Constant()):
                continue
            case ast.Assign([ast.Name(name)], expr) if name not in local and name not in entry.signature.parameters:
                local[name] = _Inline(local).visit(expr)
            case ast.Return(expr) if expr is not None:
                expr = _Inline(local).visit(expr)
                parts = expr.elts if isinstance(expr, ast.Tuple) and len(entry.wrt) > 1 else [expr]
                return dict(zip(entry.wrt, parts)) if len(parts) == len(entry.wrt) else {}
            case _:
                return {}
    return {}


class _Inline(ast.NodeTransformer):
    """Replace local names by the expressions assigned to them."""

    def __init__(self, local: Mapping[str, ast.expr]) -> None:
        self.local = local

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.local.get(node.id, node)


@functools.cache
def body(helper: Callable) -> ast.expr:
    """What a helper of a rule returns first: its main path, that for numbers."""
    stmts = ast.parse(textwrap.dedent(inspect.getsource(helper))).body[0].body  # type: ignore[attr-defined]
    while stmts:
        match stmts[0]:
            case ast.Expr(ast.Constant()):
                stmts = stmts[1:]
            case ast.If(_, usual):
                stmts = usual
            case ast.Return(expr) if expr is not None:
                return expr
            case _:
                break
    raise LookupError(f"{helper.__name__} is not one expression")


def difference(left: Text, right: Text) -> Text:
    """``left − right``, computed if both are numbers."""
    try:
        return value(float(left.text.replace("−", "-")) - float(right.text.replace("−", "-")))
    except ValueError:
        return apply(np.subtract, [left, right])


def formula(expr: ast.expr, names: Mapping[str, Text], fn: Callable) -> Text:
    """A Python expression of the function ``fn`` as a formula; ``names`` gives the texts of its variables.

    Raises
    ------
    LookupError
        If the expression has no such form.
    """
    def walk(node: ast.expr) -> Text:
        match node:
            case ast.Name(name) if name in names:
                return names[name]
            case ast.Constant(bool() | str()):
                return Text(repr(node.value))
            case ast.Constant(int() | float() | complex()):
                return value(node.value)
            case ast.BinOp(base, ast.Pow(), ast.BinOp(left, ast.Sub(), right)):
                exponent = difference(walk(left), walk(right))
                return walk(base) if exponent.text == "1" else apply(np.power, [walk(base), exponent])
            case ast.BinOp(left, op, right) if type(op) in FUNCTION:
                return apply(canonical(FUNCTION[type(op)]), [walk(left), walk(right)])
            case ast.UnaryOp(ast.USub(), operand):
                return apply(np.negative, [walk(operand)])
            case ast.Compare(left, [op], [right]) if type(op) in FUNCTION:
                return apply(canonical(FUNCTION[type(op)]), [walk(left), walk(right)])
            case ast.Attribute(array, "T"):
                return Text(walk(array).within(ATOM) + "ᵀ")
            case ast.IfExp(_, _, usual):
                return walk(usual)
            case ast.Call(function, [ast.Compare(_, [ast.Eq()], _), _, usual]) if resolve(function) is np.where:
                return walk(usual)
            case ast.Call(function, [only, *_]) if resolve(function) in TRANSPARENT:
                return walk(only)
            case ast.Call(function, args, []) if inspect.isfunction(helper := resolve(function)) and (
                    helper.__module__ == fn.__module__):
                return formula(body(helper), dict(zip(inspect.signature(helper).parameters, map(walk, args))), helper)
            case ast.Call(function, args, keywords) if not any(k.arg is None for k in keywords):
                return apply(resolve(function), [walk(a) for a in args], {str(k.arg): walk(k.value) for k in keywords})
            case ast.Attribute() | ast.Name() if isinstance(found := resolve(node), (int, float)):
                return Text("π") if found == np.pi else value(found)
        raise LookupError(ast.dump(node))

    def resolve(node: ast.expr) -> Any:
        match node:
            case ast.Name(name) if name not in names:
                return inspect.unwrap(fn).__globals__[name]
            case ast.Attribute(owner, attr) if hasattr(module := resolve(owner), attr):
                return getattr(module, attr)
        raise LookupError(ast.dump(node))

    return walk(expr)
