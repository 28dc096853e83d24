"""Finding the source of a function object, and places in it."""
from __future__ import annotations

import collections.abc
import functools
import inspect
import linecache
import math
import types

import gast
import pytest

from s2sad.errors import SourceNotFound
from s2sad.frontend.source import code_of, find


def plain(x):
    """A docstring."""
    y = (x
         + 1)
    return y


class Holder:
    def method(self, x):
        return x

    @staticmethod
    def static(x):
        return x

    @classmethod
    def of_class(cls, x):
        return x


def decorate(fn):
    @functools.wraps(fn)
    def inner(x):
        return fn(x)
    return inner


@decorate
def decorated(x):
    return x * 3


def line_of(fragment):
    return 1 + [fragment in line for line in linecache.getlines(__file__)].index(True)


def test_a_def():
    found = find(plain)
    assert isinstance(found.node, gast.FunctionDef) and found.node.name == "plain"
    assert found.file == __file__ and found.node.lineno == line_of("def plain(x):")


def test_positions_and_texts_are_those_of_the_file():
    found = find(plain)
    _, assign, ret = found.node.body
    loc = found.loc(assign)
    assert (loc.line, loc.col, loc.end_line) == (line_of("    y = (x"), 4, line_of("    y = (x") + 1)
    assert loc.text == "y = (x + 1)"
    assert found.loc(ret).text == "return y"
    assert found.loc(found.node).text == "def plain(x):"


def test_columns_count_bytes_in_the_tree_but_texts_are_text():
    def f(x):
        é = "ü" if x else "ß"; return é  # noqa: E702
    found = find(f)
    assert [found.loc(s).text for s in found.node.body] == ['é = "ü" if x else "ß"', "return é"]


def test_a_nested_function_and_a_method():
    def nested(x):
        return x
    assert find(nested).node.name == "nested" and find(nested).node.col_offset == 4
    assert find(Holder.method).node.name == "method"


LAMBDAS = [lambda x: x + 1, lambda x: x + 2, lambda y: y + 3]; NESTED = lambda x: (lambda x: x * 2)  # noqa: E702, E731


@pytest.mark.parametrize("fn", [*LAMBDAS, NESTED, NESTED(0), lambda x: x, lambda: 1, lambda x, y=(lambda z: z): y(x)])
def test_a_lambda_among_others_on_its_line(fn):
    found = find(fn)
    assert isinstance(found.node, gast.Lambda)
    namespace: dict = {}
    exec(compile(f"made = {found.loc(found.node).text}", "made", "exec"), namespace)
    same = [[code.co_code, code.co_varnames, [c for c in code.co_consts if not isinstance(c, types.CodeType)]]
            for code in (namespace["made"].__code__, fn.__code__)]
    assert same[0] == same[1]


def test_a_lambda_over_several_lines():
    (fn,) = (lambda x:
          x + 1
          if x
          else 2),
    found = find(fn)
    assert found.loc(found.node.body).text == "x + 1 if x else 2"
    assert found.node.body.lineno == line_of("          x + 1") and found.node.body.col_offset == 10


def test_the_same_lambda_text_twice_on_a_line_has_its_own_place():
    first, second = (lambda x: x), (lambda x: x)
    assert find(first).node.col_offset < find(second).node.col_offset


@pytest.mark.parametrize("fn", [math.sin, len, int, functools.partial(plain), Holder().method])
def test_what_has_no_source_is_an_error(fn):
    with pytest.raises(SourceNotFound, match="S2S002"):
        find(fn)


def test_exec_has_no_source_until_linecache_knows_it():
    text = "def made(x):\n    return x * 2\n"
    exec(compile(text, "<unknown>", "exec"), scope := {})
    with pytest.raises(SourceNotFound, match="made"):
        find(scope["made"])
    exec(compile(text, "<known cell>", "exec"), scope)
    linecache.cache["<known cell>"] = (len(text), None, text.splitlines(True), "<known cell>")
    assert find(scope["made"]).node.name == "made"


def test_code_of_unwraps_methods_and_numba_but_not_wraps():
    holder = Holder()
    assert code_of(holder.method) == (Holder.method, (holder,))
    assert code_of(Holder.static) == (Holder.static, ())
    assert code_of(Holder.of_class)[1] == (Holder,)
    assert code_of(decorated) == (decorated, ())

    class Compiled:
        py_func = staticmethod(plain)
    assert code_of(Compiled()) == (plain, ())


def test_found_once():
    assert find(plain) is find(plain)
    assert inspect.getsource(plain).startswith("def plain")


def test_annotations_that_are_not_evaluated_do_not_make_a_source_look_old():
    text = ("from __future__ import annotations\n\n\ndef outer(x: Array, n: int = 2) -> Array:\n"
            "    def inner(y: Array) -> Array:\n        return y * n\n    return inner(x)\n")
    file = "<annotated cell>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec", dont_inherit=True), scope := {})
    assert find(scope["outer"]).node.name == "outer"
    linecache.cache[file] = (len(text), None, text.replace("y * n", "y - n").splitlines(True), file)
    exec(compile(text, file, "exec", dont_inherit=True), again := {})
    assert again["outer"].__code__ == scope["outer"].__code__  # found before: its source is remembered
    exec(compile(text.replace("y * n", "y / n"), file, "exec", dont_inherit=True), other := {})
    with pytest.raises(SourceNotFound, match="has changed"):
        find(other["outer"])


def test_code_put_together_at_run_time_that_names_a_line_it_does_not_stand_on():
    code = compile("\n" * (line_of("def plain(x):") - 1) + "def plain(x, more): return x", __file__, "exec")
    scope = {}
    exec(code, scope)
    with pytest.raises(SourceNotFound, match="not that of the function"):
        find(scope["plain"])


def test_modules_that_the_executable_holds():
    found = find(collections.abc.Mapping.get)
    assert found.node.name == "get" and found.file.endswith("_collections_abc.py")
