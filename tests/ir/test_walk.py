from dataclasses import replace

from s2sad.ir import Call, Const, For, Pack, Var
from s2sad.ir.interpret import interpret
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.ir.walk import (
    blocks,
    call_args,
    clone,
    ends,
    free,
    leaves,
    map_arg,
    map_blocks,
    map_operands,
    map_outs,
    operands,
    reads,
    replacing,
    statements,
    substitute,
    variables,
    with_body,
    with_ends,
    with_test,
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


def test_map_operands_changes_what_a_statement_reads_itself():
    branch, numbers, loop, again = program().body.stmts
    new = Var("new")
    for s, read in ((branch, ["n"]), (numbers, ["n"]), (loop, ["t1", "a"]), (again, ["s"])):
        changed = map_operands(lambda arg: new, s)
        assert len(operands(changed)) == len(operands(s)) == len(read) and set(operands(changed)) == {new}
        assert changed.outs == s.outs and blocks_of(changed) == blocks_of(s)
    call = Call((Var("y"),), max, (new,), (("key", new),), adjoint=True)
    changed = map_operands(lambda arg: numbers, call)
    assert call_args(changed) == (numbers, numbers) and changed.kwargs[0][0] == "key" and changed.adjoint


def blocks_of(stmt):
    return [(b.params, b.stmts, b.results) for b in blocks(stmt)]


def test_map_outs_changes_what_a_statement_defines():
    for s in program().body.stmts:
        made = {}
        changed = map_outs(lambda v, made=made: made.setdefault(v, Var(v.name)), s)
        assert tuple(made) == s.outs and changed.outs == tuple(made.values())
        assert operands(changed) == operands(s) and blocks_of(changed) == blocks_of(s)


def test_replacing_sees_what_is_added_later():
    a, b, c = Var("a"), Var("b"), Var("c")
    known = {}
    new = replacing(known)
    assert new(a) is a
    known[a] = b
    assert new(a) is b and new(Pack("tuple", (a, c))).items == (b, c)


def test_the_blocks_of_a_loop_are_exchanged():
    *_, loop, again = program().body.stmts
    for s in (loop, again):
        copied = map_blocks(clone, s)
        assert copied.outs == s.outs and operands(copied) == operands(s)
        assert [len(b.params) for b in blocks(copied)] == [len(b.params) for b in blocks(s)]
        assert not set(copied.body.params) & set(s.body.params)
        assert with_body(s, s.body) is s
    assert with_test(again, again.test) is again
    fn = program()
    stmts = tuple(map_blocks(clone, s) for s in fn.body.stmts)
    assert format(verify(with_body(fn, replace(fn.body, stmts=stmts)))) == format(fn)


def test_the_ends_of_a_branch_are_exchanged():
    branch = program().body.stmts[0]
    (end,) = ends(branch)
    assert [x.name for x in end] == ["a", "b", "y"]
    more = with_ends(branch, [end, (Var("z"), Const(1), Const(2))])
    assert names(more.outs) == ["a", "z"] and more.then.stmts == branch.then.stmts
    none = with_ends(branch, [])
    assert (none.outs, none.then.results, none.orelse.results) == ((), (), ())


def test_map_blocks():
    branch, call, *_ = program().body.stmts
    seen = []
    assert map_blocks(lambda b: seen.append(b) or b, branch).then is branch.then
    assert seen == [branch.then, branch.orelse]
    assert map_blocks(lambda b: None, call) is call
