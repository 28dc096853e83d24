"""Random programs, shrunk by hypothesis; the long run is ``python -m tests.fuzz``."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from tests.fuzz.campaign import source_of
from tests.fuzz.check import check, load
from tests.fuzz.generate import program
from tests.fuzz.shrink import shrink


@given(st.randoms(use_true_random=False))
def test_random_program(source: random.Random) -> None:
    text = program(source)
    note(text)
    outcome = check(text)
    assume(outcome.kind != "invalid")
    assert outcome.kind in ("ok", "refused"), f"{outcome.what}: {outcome.detail}"


def test_programs_are_reproducible() -> None:
    assert source_of(3, 14) == source_of(3, 14) != source_of(3, 15)


@pytest.mark.parametrize("number", range(30))
def test_generated_programs_compile(number: int) -> None:
    f, args = load(source_of(1, number))
    assert callable(f) and isinstance(args, tuple)


def test_shrink_keeps_the_failure_and_drops_the_rest() -> None:
    text = "def f(x):\n    y = x * 2\n    for i in range(3):\n        if y > 1:\n            z = bad(x + y)\n"
    assert shrink(text, lambda t: "def f" in t and "bad(" in t) == "def f(x):\n    z = bad(x)\n"
