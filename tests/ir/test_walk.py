from s2sad.ir import Call, Const, For, Pack, Var
from s2sad.ir.interpret import interpret
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.ir.walk import (
    blocks,
    call_args,
    clone,
    free,
    leaves,
    map_arg,
    map_blocks,
    operands,
    reads,
    statements,
    substitute,
    variables,
    with_body,
)

TEXT = """
def f(x, y, n):
    a = if n:
        b = x * 2.0
        yield b
    else:
        yield y
    s, ps = for i in range(n) carry t = a collect p:
        p = t * x
        u = p + i
        yield u
    w = while c carry v1 = s:
        c = v1 > y
    do v2:
        v3 = v2 / 2.0
        yield v3
    return w, ps
"""


def program():
    return parse(TEXT)


def names(vs):
    return [v.name for v in vs]


def test_leaves_and_variables():
    a, b, c = Var("a"), Var("b"), Const(1)
    pack = Pack("tuple", (a, Pack("list", (c, b)), a))
    assert list(leaves(pack)) == [a, c, b, a]
    assert list(variables(pack, b)) == [a, b, a, b]


def test_map_arg_shares_what_does_not_change():
    a, b, c = Var("a"), Var("b"), Var("c")
    pack = Pack("dict", (a, b), ("k", "l"))
    assert map_arg(lambda x: x, pack) is pack
    new = map_arg(lambda x: c if x is b else x, pack)
    assert new.items == (a, c) and new.keys == ("k", "l") and new.kind == "dict"


def test_call_args_and_operands():
    a, b = Var("a"), Var("b")
    call = Call((Var("y"),), max, (a,), (("key", b),))
    assert call_args(call) == operands(call) == (a, b)
    branch, _, loop, again = program().body.stmts
    assert names(operands(branch)) == ["n"]
    assert isinstance(loop, For) and names(operands(loop))[1:] == ["a"]
    assert names(operands(again)) == ["s"]


def test_statements_outer_before_inner():
    kinds = [names(s.outs)[0] for s in statements(program().body)]
    assert kinds == ["a", "b", "t", "s", "p", "u", "w", "c", "v3"]


def test_reads_and_free():
    branch, _, loop, again = program().body.stmts
    assert names(reads(branch)) == ["n", "x", "y"]
    assert names(reads(loop))[1:] == ["a", "x"]
    assert names(reads(again)) == ["s", "y"]
    assert free(program().body) == []
    assert names(free(loop.body)) == ["x"]
    assert [len(blocks(s)) for s in (branch, loop, again)] == [2, 1, 2]


def test_substitute_replaces_free_variables_everywhere():
    fn = program()
    x, y, n = fn.params
    body = substitute({x: Const(3.0), y: n}, fn.body)
    text = format(verify(with_body(fn, body)))
    assert "b = 3.0 * 2.0" in text and "p = t * 3.0" in text and "c = v1 > n" in text and "yield n" in text
    assert substitute({}, fn.body) is fn.body


def test_clone_is_fresh_and_equal():
    fn = program()
    copy = with_body(fn, clone(fn.body))
    assert format(verify(copy)) == format(fn)
    assert not {v for s in statements(fn.body) for v in s.outs} & {v for s in statements(copy.body) for v in s.outs}
    assert interpret(copy, 1.5, 0.5, 3) == interpret(fn, 1.5, 0.5, 3)


def test_clone_with_parameters_bound():
    fn = program()
    body = clone(fn.body, {fn.params[2]: Const(2)})
    assert names(body.params) == ["x", "y"]
    assert interpret(verify(with_body(fn, body)), 1.5, 0.5) == interpret(fn, 1.5, 0.5, 2)


def test_map_blocks():
    branch, call, *_ = program().body.stmts
    seen = []
    assert map_blocks(lambda b: seen.append(b) or b, branch).then is branch.then
    assert seen == [branch.then, branch.orelse]
    assert map_blocks(lambda b: None, call) is call
