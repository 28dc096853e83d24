"""The road: every stage is well formed, computes the same, and can be printed."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad.derive import MODES, Request, build, stages
from s2sad.derive.road import derived, travel
from s2sad.ir.interpret import interpret
from s2sad.ir.text import parse
from s2sad.ir.verify import verify

V = np.array([0.3, 0.7, 1.2])


def f(p, n):
    s = p["b"]
    for x in p["a"]:
        s = s * x + n
    return s


ARGS = ({"a": V, "b": 0.5}, 2)


@pytest.mark.parametrize("mode", ["grad", "value_and_grad", "vjp", "jvp"])
def test_every_stage_is_well_formed_and_computes_the_same(mode):
    request = Request(MODES[mode], (0,), True)
    extra = {"vjp": (1.0,), "jvp": ({"a": V, "b": 1.0},)}.get(mode, ())
    expected = interpret(verify(derived(f, ARGS, {}, request)), *ARGS, *extra)
    for _, way in travel(f, ARGS, {}, request):
        if way.derived is not None:
            np.testing.assert_equal(interpret(verify(way.program), *ARGS, *extra), expected)
    made = build(f, ARGS, {}, request).function(*ARGS, *extra)
    np.testing.assert_equal(made, expected)


def test_stages_are_printed_in_order_and_parse_back():
    made = stages(f, ARGS, {}, Request(MODES["grad"], (0,), True))
    titles = [title for title, _ in made]
    assert titles[:4] == ["source", "trace", "specialised", "adjoint"] and titles[-1] == "generated source"
    assert titles[4] == "after simplify" and titles[-2] == "after linear"
    assert made[0][1].startswith("def f(p, n):")
    for _, text in made[1:-1]:
        parse(text)
    compile(made[-1][1], "made", "exec")


def test_a_stage_that_does_not_apply_is_left_out():
    titles = [title for title, _ in stages(np.sin, (V,), {}, Request(MODES["rows"], (0,), True))]
    assert "after own_gradients" not in titles and titles[0] == "trace", "np.sin has no source to show"
