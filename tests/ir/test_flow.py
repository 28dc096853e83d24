"""From what each variable takes its value, and closures over that."""
from __future__ import annotations

from s2sad.ir import Block, Call, Var
from s2sad.ir.flow import choices, closure, edges, sources, users
from s2sad.ir.regions import region
from s2sad.ir.text import parse
from s2sad.ir.walk import variables

TEXT = """
def f(x, y, n):
    a = if n:
        b = x * 2.0
        yield b
    else:
        yield y
    r = range(n)
    s, ps, e = for i in r carry t = a collect p stop o:
        p = t * x
        u = p + i
        o = u > y
        yield u
    w = while c carry v1 = s:
        c = v1 > y
    do v2:
        v3 = v2 / 2.0
        yield v3
    return w, ps
"""


def named(found) -> dict[str, list[str]]:
    return {v.name: [a.name for a in variables(*args)] for v, args in found}


def test_edges_of_each_statement():
    branch, numbers, loop, again = parse(TEXT).body.stmts
    assert named(edges(branch)) == {"a": ["b", "y"]}
    assert named(edges(numbers)) == {"r": ["n"]}
    assert named(edges(loop)) == {"i": ["r"], "t": ["a", "u"], "s": ["a", "u"], "ps": ["p"], "e": ["o"]}
    assert named(edges(again)) == {v: ["s", "v3"] for v in ("v2", "w", "v1")}


def test_choices_are_values_as_they_are():
    branch, numbers, loop, again = parse(TEXT).body.stmts
    assert named(choices(branch)) == {"a": ["b", "y"]} and not named(choices(numbers))
    assert set(named(choices(loop))) == {"t", "s"} and set(named(choices(again))) == {"v1", "v2", "w"}


def test_a_region_is_always_taken():
    x, y, z = Var("x"), Var("y"), Var("z")
    s = region((z,), Block((), (Call((y,), abs, (x,)),), (y,)), None)
    assert list(edges(s)) == [(z, (y,))]


def test_sources_of_a_whole_function():
    fn = parse(TEXT)
    found = named(sources(fn.body).items())
    assert found["b"] == ["x"] and found["p"] == ["t", "x"] and found["c"] == ["v1", "y"] and found["v3"] == ["v2"]
    assert not set(found) & {"x", "y", "n"}


def test_sources_without_tests_and_through_some_calls():
    fn = parse(TEXT)
    assert "c" not in named(sources(fn.body, tests=False).items())
    assert not {"b", "p", "r", "c"} & set(named(sources(fn.body, through=lambda call: False).items()))
    assert "p" in named(sources(fn.body, through=lambda call: len(call.args) == 2).items())


def test_users_are_the_inverse():
    x, y, z = Var("x"), Var("y"), Var("z")
    assert users({y: (x, x), z: (x, y)}) == {x: [y, y, z], y: [z]}


def test_closures_in_both_directions():
    fn = parse(TEXT)
    x, y, n = fn.params
    flow = sources(fn.body)
    forward = users(flow)
    depends = {v.name for v in closure([y], lambda v: forward.get(v, ()))}
    assert depends == {"y", "a", "t", "p", "ps", "u", "s", "o", "e", "v1", "v2", "v3", "w", "c"}
    (w,) = (v for v in flow if v.name == "w")
    needed = {v.name for v in closure([w], lambda v: variables(*flow.get(v, ())))}
    assert needed == {"w", "s", "v3", "v2", "a", "u", "b", "x", "y", "p", "i", "t", "r", "n"}


def test_a_closure_goes_on_from_what_is_known():
    steps = {1: [2, 3], 2: [1], 3: [4], 4: [], 5: [3, 6], 6: []}
    found = closure([1], steps.__getitem__)
    assert found == {1, 2, 3, 4}
    asked = []
    assert closure([5, 1], lambda k: asked.append(k) or steps[k], found) is found
    assert found == {1, 2, 3, 4, 5, 6} and asked == [5, 6]


def test_a_long_chain_takes_one_step_each():
    n = 20_000
    chain = [Var("v") for _ in range(n)]
    body = Block((chain[0],), tuple(Call((b,), abs, (a,)) for a, b in zip(chain, chain[1:])), (chain[-1],))
    flow, asked = users(sources(body)), []
    assert len(closure([chain[0]], lambda v: asked.append(v) or flow.get(v, ()))) == len(asked) == n
