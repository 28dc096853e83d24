"""Random programs, shrunk by hypothesis; the long run is ``python -m tests.fuzz``."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import s2sad
from tests.fuzz.campaign import source_of
from tests.fuzz.check import check, load
from tests.fuzz.generate import THEMES, program
from tests.fuzz.log import difference
from tests.fuzz.outcome import FAILURES
from tests.fuzz.shrink import shrink


@settings(max_examples=settings().max_examples * 3 // 5)
@given(st.randoms(use_true_random=False))
def test_random_program(source: random.Random) -> None:
    text = program(source, ())
    note(text)
    outcome = check(text)
    assume(outcome.kind != "invalid" and "raise" not in outcome.what)  # those are the theme "errors"
    assert outcome.kind in ("ok", "raised", "refused"), f"{outcome.what}: {outcome.detail}"


@pytest.mark.parametrize("theme", THEMES)
def test_programs_of_a_theme(theme: str) -> None:
    for number in range(6):
        text = source_of(7, number, (theme,))
        outcome = check(text)
        assert outcome.kind not in FAILURES, f"{text}\n{outcome.what}: {outcome.detail}"


def test_programs_are_reproducible() -> None:
    assert source_of(3, 14) == source_of(3, 14) != source_of(3, 15)


@pytest.mark.parametrize("number", range(30))
def test_generated_programs_compile(number: int) -> None:
    f, args = load(source_of(1, number))
    assert callable(f) and isinstance(args, tuple)


@pytest.mark.parametrize("theme", THEMES)
def test_programs_of_each_theme_compile(theme: str) -> None:
    for number in range(30):
        load(source_of(1, number, (theme,)))


def test_shrink_keeps_the_failure_and_drops_the_rest() -> None:
    text = "def f(x):\n    y = x * 2\n    for i in range(3):\n        if y > 1:\n            z = bad(x + y)\n"
    assert shrink(text, lambda t: "def f" in t and "bad(" in t) == "def f(x):\n    z = bad(x)\n"


def test_shrink_drops_parameters_and_the_frame_of_a_try() -> None:
    text = "def f(x, v):\n    try:\n        return bad(v)\n    finally:\n        pass\nARGS = (0.7, 0.9)\n"
    assert shrink(text, lambda t: "bad(" in t and "ARGS = (" in t) == "def f():\n    return bad(v)\nARGS = ()\n"


RAISES = "def f(x, v):\n    if x > 0:\n        raise ValueError('no')\n    return x\nARGS = (0.7, 0.9)\n"


def test_a_program_that_raises_is_right_when_its_derivatives_do() -> None:
    assert check(RAISES).kind == "raised"


@pytest.mark.parametrize("name", ["grad", "value_and_grad", "vjp", "jvp"])
def test_a_derivative_that_does_not_raise_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = name in ("vjp", "jvp")
    monkeypatch.setattr(s2sad, name, lambda f, *_: print(0.7) if given else lambda *_: print(0.7))
    assert check(RAISES).what == f"{name} returns where ValueError is raised"


def test_an_effect_that_happens_twice_is_a_differing_log(monkeypatch: pytest.MonkeyPatch) -> None:
    make = s2sad.value_and_grad

    def twice(f, argnums):  # type: ignore[no-untyped-def]
        return lambda *args: [make(f, argnums)(*args) for _ in range(2)][0]

    monkeypatch.setattr(s2sad, "value_and_grad", twice)
    outcome = check("def f(x):\n    print(x)\n    return x * x\nARGS = (0.7,)\n")
    assert (outcome.kind, outcome.what) == ("differing log", "value_and_grad: additional entries of print")


@pytest.mark.parametrize(("found", "what"), [
    ([("print", "1\n"), ("file", "2\n")], ""),
    ([("file", "2\n"), ("print", "1\n")], "order"),
    ([("print", "1\n")], "missing entries of file"),
    ([("print", "1\n"), ("file", "2\n"), ("file", "2\n")], "additional entries of file"),
    ([("print", "1\n"), ("file", "3\n")], "values of file"),
])
def test_logs_are_compared_entry_by_entry(found: list[tuple[str, str]], what: str) -> None:
    state = [("random", "state 1")]
    assert difference([("print", "1\n"), ("file", "2\n"), *state], [*found, *state]) == what


def test_what_became_of_random_numbers_is_compared() -> None:
    assert difference([("random", "state 1")], [("random", "state 2")]) == "state of random"
