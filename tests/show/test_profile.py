"""Time and memory by line."""
from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

import s2sad
from s2sad import grad
from s2sad.show.profile import memory, seconds
from tests.show.test_page import text_of


def slow(x):
    time.sleep(0.02)
    return x


s2sad.no_gradient(slow)


def f(x):
    a = np.sin(x)
    b = slow(1.0)
    big = np.ones((200, 1000)) * x[0]
    return np.sum(a) * b + np.sum(big * big)


@pytest.fixture(scope="module")
def made():
    return grad(f).profile(np.ones(4), repeat=3)


def row(made, text):
    return next(r for r in made.user if text in r.text)


def test_the_slow_line_is_found(made):
    found = row(made, "slow(1.0)")
    assert 0.02 <= found.forward < 0.06 and found.reverse == 0.0
    assert found.share == max(r.share for r in made.user) and made.seconds >= 0.02


def test_the_big_array_is_found(made):
    assert row(made, "np.ones((200").peak >= 200 * 1000 * 8
    assert row(made, "np.sin").peak < 10_000
    assert made.peak >= 200 * 1000 * 8


def test_shares_and_sums(made):
    assert sum(r.share for r in made.rows) == pytest.approx(1.0)
    total = sum(r.seconds for r in made.rows)
    assert made.total("forward") + made.total("reverse") + made.total("return") == pytest.approx(total)
    by_user = sum(r.forward + r.reverse for r in made.user)
    assert by_user == pytest.approx(sum(r.seconds for r in made.rows if r.places))
    assert {r.sweep for r in made.rows} <= {"forward", "reverse", "return"}


def loop(x):
    for _ in range(50):
        x = np.sin(x)
    return x


def test_loops_accumulate():
    made = grad(loop).profile(0.3, repeat=2)
    assert max(r.hits for r in made.rows) >= 50
    found = row(made, "x = np.sin(x)")
    assert found.forward > 0 and found.reverse > 0


def test_text_and_html(made):
    text = str(made)
    assert text.startswith("f_grad: ") and "best of 3" in text and "b = slow(1.0)" in text
    head, rule, *rows = text.split("\n\n")[1].splitlines()
    assert len(rows) == len(made.user) and len(rule) == len(head)
    assert all(line[head.index("statement"):] == row.text for line, row in zip(rows, made.user))
    (line,) = [line for line in rows if "slow(1.0)" in line]
    assert line[head.index("forward") - 2:head.index("forward") + 7].strip() and not line[15:25].strip()
    shown = text_of(made._repr_html_())
    assert "b = slow(1.0)" in shown and seconds(made.seconds) in shown


def test_arguments_are_left_alone_and_tracing_is_switched_off():
    def write(x):
        x[0] = 2.0
        return np.sum(x)
    x = np.ones(3)
    grad(write).profile(x, repeat=2)
    assert x.tolist() == [1.0, 1.0, 1.0] and not tracemalloc.is_tracing()


@pytest.mark.parametrize("value, text", [(0.0, "0 ns"), (3e-8, "30 ns"), (1.234e-5, "12.3 µs"), (0.5, "500 ms"),
                                         (2.0, "2 s"), (9999.0, "9999 s")])
def test_seconds(value, text):
    assert seconds(value) == text


@pytest.mark.parametrize("value, text", [(0, "0 B"), (999, "999 B"), (8000, "8.0 kB"), (3_200_000, "3.2 MB"),
                                         (5_000_000_000, "5.0 GB"), (-2048, "-2.0 kB")])
def test_memory(value, text):
    assert memory(value) == text


def test_a_prompt_shows_the_table():
    made = grad(f).profile(np.ones(3), repeat=1)
    assert repr(made) == str(made) and "forward" in repr(made).splitlines()[2]
