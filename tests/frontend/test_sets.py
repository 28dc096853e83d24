"""Sets: what is asked of them is answered before the function runs."""

import pytest

import s2sad
from s2sad.errors import UnsupportedSyntax

OUTSIDE = {"a"}


def test_questions_leave_no_trace():
    def f(x):
        seen = {"a"}
        seen.add("b")
        return x * len(seen) if "b" in seen else x

    assert "set" not in s2sad.grad(f).source_for(2.0)
    assert s2sad.grad(f)(2.0) == 2.0


def test_set_from_outside_stays_as_it_is():
    def f(x):
        OUTSIDE.add("b")
        return x * len(OUTSIDE)

    with pytest.raises(UnsupportedSyntax, match="a set from outside is changed") as caught:
        s2sad.grad(f)(2.0)
    assert caught.value.code == "S2S009"
    assert OUTSIDE == {"a"}


def test_set_that_is_returned_is_a_set():
    def f(x):
        return x * x, {1, 2}

    assert s2sad.value_and_grad(lambda x: f(x)[0])(3.0) == (9.0, 6.0)
    value, _ = s2sad.vjp(f, 3.0)
    assert value == (9.0, {1, 2})
