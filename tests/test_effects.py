"""Effects happen as in the function: as many, in the same order, with the same values, in every derivative."""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import logging
import math
import os
import random
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

FILE = io.StringIO()
NOTE = csv.writer(FILE).writerow
RNG = np.random.default_rng(0)
STATE = np.random.RandomState(3)
LOG = logging.getLogger("effects")
LOG.addHandler(logging.StreamHandler(FILE))
LOG.setLevel(logging.INFO)
LOG.propagate = False
FOLDER = tempfile.mkdtemp()


class Loud:
    def __repr__(self) -> str:
        FILE.write("asked ")
        return "Loud"


LOUD = Loud()


@s2sad.no_gradient
def remark(x):
    FILE.write(f"<{x}>")
    return 1.0


def helper(x):
    print("helper", x)
    return x * x


def written(x):
    FILE.write(f"{x}\n")
    return x * x


def noted_in_a_loop(x):
    for k in range(4):
        NOTE([1, k])
        NOTE(["same"])
    return x * x


def used_value_of_an_effect(x):
    x = x + FILE.write("ab")
    return x * FILE.write("x\n")


def logged(x):
    LOG.info("x is %s", x)
    for k in range(3):
        x = x * np.sin(x)
        LOG.info(f"{k}: {x:.3f}")
    return x


def remarked(x):
    if x > 0:
        remark(x)
    return x * remark(x)


def seeded(x):
    np.random.seed(3)
    a = np.random.normal(size=3)
    random.seed(2)
    b = random.random()
    print(a, b)
    return x * a[0] * b


def copied_generator(x):
    rng = copy.deepcopy(RNG)
    a, b = rng.normal(), RNG.normal()
    print(a, b)
    return x * a * b


def shuffled(x):
    items, places = [0, 1, 2, 3], np.arange(4)
    random.shuffle(items)
    RNG.shuffle(places)
    STATE.shuffle(items)
    print(items, places, STATE.permutation(4))
    rng = np.random.default_rng(1)
    rng.shuffle(items)
    return x * items[0] + x * places[1]


def shuffled_and_differentiated(x):
    items = [x, 2.0 * x, 3.0]
    random.shuffle(items)
    v = np.array(items)
    np.random.shuffle(v)
    return v[0] * items[1] + v[2]


def warned(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("never", stacklevel=1)
    warnings.warn(f"{x}", stacklevel=1)
    return x * x


def timed(x):
    start = time.perf_counter()
    time.sleep(0.0)
    return x * x + 0.0 * (time.perf_counter() - start)


def printed(x):
    v = np.array([x, 2.0 * x])
    print("v", v, x, None, "text", (1, x), [v[0]], {"a": x}, sep="|", end=";\n")
    FILE.write("%s" % v)  # noqa: UP031
    FILE.write("{:.2f}|{}|{!r}".format(x, v, "a"))  # noqa: UP032
    v[0] = 3.0
    FILE.write(str(v))
    FILE.write(f"{v} {x:>10.3e}")
    return v.sum() * x


def asked(x):
    print(LOUD)
    _ = repr(LOUD), f"{LOUD}", str(LOUD)
    return x * x


def looped(x):
    i = 0
    while i < 3:
        print(i, x)
        x = helper(x) if i == 1 else x + 1.0
        i += 1
    FILE.flush()
    return x


def folders(x):
    os.makedirs(FOLDER, exist_ok=True)
    name = os.path.join(FOLDER, "a.txt")
    np.savetxt(name, np.array([x, 2.0]))
    FILE.write(repr(os.path.getsize(name)))
    return x * float(np.loadtxt(name)[1])


def tried(x):
    try:
        print("try")
        y = x * 2
    finally:
        print("finally")
    return y


def around_a_division(x):
    print("before")
    y = 1.0 / x
    print("after", y)
    return y


def raises_after_a_line(x):
    FILE.write("once")
    if x > 0:
        raise ValueError("no")
    return x


def raises_in_an_operation(x):
    print("once")
    _ = math.log(-x)
    print("never")
    return x


PROGRAMS: list[Callable] = [
    written, noted_in_a_loop, used_value_of_an_effect, logged, remarked, seeded, copied_generator, shuffled,
    shuffled_and_differentiated, warned, timed, printed, asked, looped, folders, tried, around_a_division,
    raises_after_a_line, raises_in_an_operation,
]  # fmt: skip


def heard(run: Callable[[], Any]) -> tuple:
    """What a call writes, prints, warns and draws, and how it ends."""
    FILE.seek(0)
    FILE.truncate(0)
    np.random.seed(0)
    random.seed(0)
    RNG.bit_generator.state = np.random.default_rng(5).bit_generator.state
    STATE.seed(1)
    out, end = io.StringIO(), ""
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            run()
        except s2sad.S2SADError:
            raise
        except Exception as error:  # compared below
            end = type(error).__name__
    states = (
        np.random.get_state()[1].tolist(),
        random.getstate(),
        RNG.bit_generator.state,
        STATE.get_state()[1].tolist(),
    )
    return FILE.getvalue(), out.getvalue(), [str(w.message) for w in found], states, end


DERIVATIVES: dict[str, Callable] = {
    "grad": lambda f: s2sad.grad(f)(0.7),
    "value_and_grad": lambda f: s2sad.value_and_grad(f)(0.7),
    "vjp": lambda f: s2sad.vjp(f, 0.7)[1](1.0),
    "jvp": lambda f: s2sad.jvp(f, (0.7,), (1.0,)),
    "jacobian": lambda f: s2sad.jacobian(f)(0.7),
    "has_aux": lambda f: s2sad.grad(lambda x: (f(x), x), has_aux=True)(0.7),
    "second": lambda f: s2sad.grad(lambda x: f(x) * x)(0.7),
}


@pytest.mark.parametrize("derivative", DERIVATIVES)
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_effects_are_those_of_the_function(f, derivative):
    assert heard(lambda: DERIVATIVES[derivative](f)) == heard(lambda: f(0.7))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_building_has_none(f):
    assert heard(lambda: s2sad.grad(f).source_for(0.7)) == heard(lambda: None)


@pytest.mark.parametrize("f", [f for f in PROGRAMS if not f.__name__.startswith("raises")], ids=lambda f: f.__name__)
def test_the_value_is_that_of_the_function(f):
    values = []
    heard(lambda: values.append(f(0.7)))
    heard(lambda: values.append(s2sad.value_and_grad(f)(0.7)[0]))
    heard(lambda: values.append(s2sad.jvp(f, (0.7,), (1.0,))[0]))
    assert f is timed or values[0] == values[1] == values[2]


def test_what_raises_before_the_world_is_changed(capsys):
    def f(v, A):
        a = np.sin(A[-4])
        for x in v:
            print(x)
        return np.sum(a)

    args = [0.5, 1.5], np.ones((3, 4))
    for derivative in (s2sad.grad(f, argnums=1), s2sad.value_and_grad(f, argnums=1)):
        with pytest.raises(IndexError):
            derivative(*args)
        assert capsys.readouterr().out == ""
