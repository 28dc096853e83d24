"""Every refusal: its class, code, text, place, caret and remedy; and the errors as objects."""

from __future__ import annotations

import array
import builtins
import decimal
import fractions
import inspect
import linecache
import pickle
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from s2sad.errors import (
    AliasError,
    ArgumentError,
    Loc,
    NotDifferentiable,
    S2SADError,
    SourceNotFound,
    UnsupportedSyntax,
)

V = np.array([0.3, 0.7, -0.2])
STATE = np.zeros(3)
RECORD: list[float] = []
TOTAL = 0.0
OPAQUE = np.frompyfunc(lambda t: t, 1, 1)


def caught(fn: Any, *args: Any, **options: Any) -> S2SADError:
    with pytest.raises(S2SADError) as info:
        s2sad.grad(fn, **options)(*args)
    return info.value


# ---- in the source: the line of the comment HERE ---------------------------------------------------------------------


def generator(x):  # HERE
    yield x * x


async def coroutine(x):  # HERE
    return x * x


def global_write(x):
    global TOTAL  # HERE
    TOTAL = x
    return x * x


def global_array(x):
    y = x * x
    STATE[0] = y  # HERE
    return y


def global_list(x):
    RECORD.append(x)  # HERE
    return x


def nonlocal_write():
    count = 0.0

    def inner(x):
        nonlocal count
        count = x  # HERE
        return count * x

    return inner


def deleted_item(x):
    values = [x, 1.0]
    values[0] = np.sin(x)
    for k in range(int(x * 3.0)):
        values.append(x)
    del values[::2]  # HERE
    return values[0] * x


def executes(x):
    exec("x = 2")  # HERE
    return x


def evaluates(x):
    y = x + 1.0
    return eval("y") * x  # HERE


def deletes_an_attribute(x):
    values = [x]
    del values.first  # HERE
    return x


def defines_a_class(x):
    class Local:  # HERE
        pass

    return x


def unknown_function(x):
    y = x + 1.0
    return np.sum(OPAQUE(y))  # HERE


def possible_view(x):
    b = x.reshape(-1)
    b[0] = 0.0  # HERE
    return np.sum(x)


def place_of_a_branch(x):
    a, b = x * 1.0, x * 2.0
    c = a if x[0] > 0.0 else b
    c[0] = 5.0  # HERE
    return np.sum(a * b)


def structure_of_a_branch(x):
    if x > 0.0:
        state = (x, x)
    else:
        state = (x,)
    return state[0]  # HERE


def helper(x, k=1):
    return x * k


def set_of_values(x):
    return sum({x, 2.0 * x})  # HERE


def runtime_key(x):
    table = {0: x, 1: x * x}
    return table.pop(int(x))  # HERE


IN_SOURCE = [
    (generator, 0.5, UnsupportedSyntax, "S2S001", "`generator` is a generator (it has `yield`)", "def generator(x):"),
    (coroutine, 0.5, UnsupportedSyntax, "S2S001", "`coroutine` is an async function", "async def coroutine(x):"),
    (
        global_write,
        0.5,
        UnsupportedSyntax,
        "S2S009",
        "`TOTAL` is a global that this function writes to",
        "global TOTAL",
    ),
    (global_array, 0.5, UnsupportedSyntax, "S2S009", "this changes the global `STATE`", "STATE[0] = y"),
    (global_list, 0.5, UnsupportedSyntax, "S2S009", "this changes the global `RECORD`", "RECORD.append(x)"),
    (nonlocal_write(), 0.5, UnsupportedSyntax, "S2S009", "`nonlocal count` of a function outside", "count = x"),
    (
        deleted_item,
        0.5,
        UnsupportedSyntax,
        "S2S010",
        "`del` of this slice of a list",
        "del values[::2]",
    ),
    (executes, 0.5, UnsupportedSyntax, "S2S001", "`exec` runs or reads code that cannot be seen", 'exec("x = 2")'),
    (evaluates, 0.5, UnsupportedSyntax, "S2S001", "`eval` runs or reads code that cannot be seen", "return eval"),
    (deletes_an_attribute, 0.5, UnsupportedSyntax, "S2S001", "`del` of an attribute", "del values.first"),
    (defines_a_class, 0.5, UnsupportedSyntax, "S2S001", "`class` is not differentiated", "class Local:"),
    (
        unknown_function,
        V,
        NotDifferentiable,
        "S2S003",
        "has no derivative rule and its argument is active",
        "return np.sum",
    ),
    (possible_view, V, AliasError, "S2S004", "another name may or may not share memory", "b[0] = 0.0"),
    (place_of_a_branch, V, AliasError, "S2S004", "another name may or may not share memory", "c[0] = 5.0"),
    (structure_of_a_branch, 0.5, UnsupportedSyntax, "S2S010", "different structure on two paths", "state"),
    (set_of_values, 0.5, UnsupportedSyntax, "S2S001", "a set of values computed at run time", "{x, 2.0 * x}"),
    (runtime_key, 0.5, UnsupportedSyntax, "S2S010", "a dict key that is computed at run time", "return table.pop"),
]


@pytest.mark.parametrize(
    "fn, arg, cls, code, text, marked", IN_SOURCE, ids=lambda v: getattr(v, "__name__", None) or ""
)
def test_refused_with_its_place(fn, arg, cls, code, text, marked):
    error = caught(fn, arg)
    lines, start = inspect.getsourcelines(fn)
    (line,) = [start + k for k, source in enumerate(lines) if "# HERE" in source]
    assert type(error) is cls and error.code == code
    assert text in error.message
    assert error.loc is not None and error.loc.file == __file__ and error.loc.line == line
    source = linecache.getline(__file__, line)
    assert source[error.loc.col :].startswith(marked)
    report = str(error).splitlines()
    assert report[0] == f"{__file__}:{line}:{error.loc.col + 1}: {code}: {error.message}"
    assert report[1].strip() == source.strip()
    assert report[2].index("^") - report[1].index(source.strip()) == error.loc.col - len(source) + len(source.lstrip())


@pytest.mark.parametrize(
    "fn, arg",
    [case[:2] for case in IN_SOURCE if case[0] is not deletes_an_attribute],
    ids=lambda v: getattr(v, "__name__", None) or "",
)
def test_refused_with_a_remedy(fn, arg):
    assert "\n  try: " in str(caught(fn, arg))


def test_an_unknown_function_is_told_with_its_cause_and_a_stub():
    error = caught(unknown_function, V)
    assert "`y` depends on an input that is differentiated" in error.why
    assert "@s2sad.rule(" in error.hint and "s2sad.no_gradient(" in error.hint


def test_an_error_in_a_helper_names_the_place_in_the_helper():
    def outer(x):
        return possible_view(x[1:])

    lines, start = inspect.getsourcelines(possible_view)
    assert caught(outer, V).loc.line == start + [k for k, s in enumerate(lines) if "# HERE" in s][0]


# ---- in the call -----------------------------------------------------------------------------------------------------


def shares(a, b):
    a[0] = b[1]
    return np.sum(a * b)


IN_CALL = [
    (lambda n: n * n, (3,), {}, "S2S006", "argument 0 of `<lambda>` is a value of type int", "pass a float"),
    (lambda b: b * 2.0, (True,), {}, "S2S006", "type bool", "pass a float"),
    (lambda v: np.sum(v), (np.arange(3),), {}, "S2S006", "an array of dtype int64", "x.astype(float)"),
    (lambda s: 1.0, ("text",), {}, "S2S006", "type str", "choose another argument with argnums"),
    (lambda x, n: x * n, (0.5, 3), {"argnums": 1}, "S2S006", "argument 1", "pass a float"),
    (lambda x: x * V, (0.5,), {}, "S2S007", "`<lambda>` returns shape (3,) and dtype float64", "s2sad.jacobian"),
    (lambda x: (x, x), (0.5,), {}, "S2S007", "`<lambda>` returns a container", "s2sad.vjp"),
    (lambda x: None, (0.5,), {}, "S2S007", "`<lambda>` returns None", "is there a `return`?"),
    (lambda x: int(x), (0.5,), {}, "S2S007", "kind int", "sum the result"),
    (lambda x: x + 1j, (0.5,), {}, "S2S007", "a complex number", "take np.real of it"),
    (lambda x: x, (decimal.Decimal(1),), {}, "S2S006", "type Decimal", "float(x)"),
    (lambda x: x, (fractions.Fraction(1, 2),), {}, "S2S006", "type Fraction", "float(x)"),
    (lambda x: x, (array.array("d", [1.0]),), {}, "S2S006", "type array", "np.asarray(x)"),
    (lambda x: x, (memoryview(bytearray(8)),), {}, "S2S006", "type memoryview", "np.asarray(x)"),
    (lambda x: x, (None,), {}, "S2S006", "type NoneType", "is there a `return`"),
    (lambda x: x, (0.5,), {"argnums": 3}, "S2S008", "argnums names argument 3", "argnums counts from 0"),
    (lambda x: x, (0.5,), {"argnums": -2}, "S2S008", "argnums names argument -2", "argnums counts from 0"),
    (lambda x: x, (0.5,), {"argnums": "x"}, "S2S008", "not 'x'", "argnames"),
    (lambda x: x, (0.5,), {"argnums": 1.5}, "S2S008", "not 1.5", "argnames"),
    (lambda x: x, (0.5,), {"argnums": True}, "S2S008", "not True", "argnames"),
    (lambda x: x, (0.5,), {"argnums": ()}, "S2S008", "argnums is empty", ""),
    (lambda x: x, (0.5,), {"argnums": (0, 0)}, "S2S008", "named twice", "once"),
    (lambda x: x, (0.5,), {"argnames": "y"}, "S2S008", "`<lambda>` has no parameter `y`", "its parameters are x"),
    (lambda x: x, (0.5,), {"has_aux": True}, "S2S007", "must return a pair (value, aux)", "second"),
]


@pytest.mark.parametrize(
    "fn, args, options, code, text, hint", IN_CALL, ids=lambda v: v if str(v).startswith("S2S") else ""
)
def test_refused_call(fn, args, options, code, text, hint):
    error = caught(fn, *args, **options)
    assert type(error) is ArgumentError and isinstance(error, TypeError)
    assert error.code == code and text in error.message and hint in error.hint


def test_arguments_that_share_memory():
    w = V.copy()
    error = caught(shares, w, w[::-1])
    assert type(error) is AliasError and error.code == "S2S005"
    assert "two arguments share memory and the function writes to one of them" in error.message and "copy" in error.hint
    s2sad.grad(shares)(w, w.copy())
    s2sad.grad(shares)(w[:2], w[1:].copy())
    np.testing.assert_array_equal(w, V)


def test_sharing_is_fine_where_nothing_is_written():
    assert s2sad.grad(lambda a, b: np.sum(a * b))(V, V).tolist() == V.tolist()


def test_no_source():
    exec("def hidden(x):\n    return x * x", scope := {})
    error = caught(scope["hidden"], 0.5)
    assert type(error) is SourceNotFound and isinstance(error, OSError) and error.code == "S2S002"
    assert "hidden (<string>:1)" in error.message and "notebook" in error.hint


@pytest.mark.parametrize(
    "primals, tangents, text",
    [
        ((0.5,), (1.0, 1.0), "1 primals but 2 tangents"),
        ((3,), (1.0,), "no argument that varies has a derivative"),
        ((0.5,), (None,), "no argument that varies has a derivative"),
    ],
)
def test_jvp_arguments(primals, tangents, text):
    with pytest.raises(ArgumentError, match=text):
        s2sad.jvp(lambda x: x * x, primals, tangents)


@pytest.mark.parametrize("cotangent", [np.ones(2), 1.0, np.ones((3, 1)), np.ones((1, 3))])
def test_a_cotangent_of_another_shape(cotangent):
    _, pullback = s2sad.vjp(lambda x: np.sin(x), V)
    with pytest.raises(ValueError, match=r"of shape .* was given for a value of shape \(3,\)"):
        pullback(cotangent)


def test_a_cotangent_of_another_shape_in_a_structure():
    _, pullback = s2sad.vjp(lambda x: (np.sin(x), x * 2.0), V)
    with pytest.raises(ValueError):
        pullback((np.ones(3), np.ones((2, 3))))


def test_a_tangent_of_another_shape():
    with pytest.raises(ValueError, match="of shape"):
        s2sad.jvp(lambda x: np.sin(x), (V,), (np.ones(2),))


def test_nothing_is_wrong_after_an_error():
    def f(x):
        return np.sum(x * x)

    df = s2sad.grad(f)
    for bad in (3, np.arange(3), None):
        with pytest.raises(ArgumentError):
            df(bad)
    assert df(0.5) == 1.0


# ---- the objects -----------------------------------------------------------------------------------------------------

BUILTINS = {
    UnsupportedSyntax: SyntaxError,
    SourceNotFound: OSError,
    NotDifferentiable: NotImplementedError,
    AliasError: NotImplementedError,
    ArgumentError: TypeError,
    errors.InternalError: RuntimeError,
}


@pytest.mark.parametrize("cls", BUILTINS)
def test_each_is_caught_as_a_builtin(cls):
    loc = Loc(__file__, 1, 0)
    error = cls("S2S001", "message", loc, "reason", "remedy")
    assert isinstance(error, BUILTINS[cls]) and isinstance(error, S2SADError)
    assert hasattr(builtins, BUILTINS[cls].__name__)
    for part in ("S2S001: message", f"{__file__}:1:1", "why: reason", "try: remedy"):
        assert part in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls and str(again) == str(error) and again.loc == loc


def test_one_problem_alone_is_no_list():
    error = caught(executes, 0.5)
    assert error.problems == (error,) and error.others == ()
    line = inspect.getsourcelines(executes)[1] + 1
    assert str(error) == (
        f"{__file__}:{line}:5: S2S001: `exec` runs or reads code that cannot be seen\n"
        '    exec("x = 2")  # HERE\n    ^^^^^^^^^^^^^\n'
        "  try: write the code out"
    )


def test_all_problems_of_a_function():
    def f(x):
        y = eval("x")
        z = np.sin(y)
        b = x.reshape(-1)
        b[0] = 0.0
        return np.sum(x * z)

    error = caught(f, np.ones((2, 2)))
    line = inspect.getsourcelines(f)[1]
    assert type(error) is UnsupportedSyntax and isinstance(error.others[0], AliasError)
    assert [(p.code, p.loc.line - line) for p in error.problems] == [("S2S001", 1), ("S2S004", 4)]
    assert str(error) == (
        f"{__file__}:{line + 1}:9: S2S001: `eval` runs or reads code that cannot be seen\n"
        '    y = eval("x")\n    ^^^^^^^^^^^^^\n'
        "  try: write the code out\n\n"
        f"{__file__}:{line + 4}:9: S2S004: this writes to an array that another name may or may not share memory with\n"
        "    b[0] = 0.0\n    ^^^^^^^^^^\n"
        "  try: write to a copy: `b = b.copy()` before the first write\n\n"
        "2 problems"
    )
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and [type(p) for p in again.problems] == [type(p) for p in error.problems]


def test_caret_under_a_span(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("def f(x):\n    return bad(x) + 1\n")
    assert Loc(str(file), 2, 11, 2, 17).caret() == "    return bad(x) + 1\n           ^^^^^^"
    assert Loc(str(file), 1, 0, 2, 17).caret() == "    def f(x):\n    ^"
    assert Loc(str(file), 9, 0).caret() == "" == Loc("nowhere.py", 1, 0).caret()


def test_without_a_place_there_is_no_caret():
    assert str(ArgumentError("S2S006", "message")) == "S2S006: message"
