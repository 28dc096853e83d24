"""What is tried and taken back, and arms of branches in installed packages."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedSyntax
from s2sad.frontend import attempts
from s2sad.frontend.attempts import installed
from tests.frontend.helper import V


@pytest.fixture
def as_package(monkeypatch):
    """Let this file count as one of an installed package."""
    monkeypatch.setattr(attempts, "installed", lambda file: Path("package/module.py") if file == __file__ else None)


def guarded(x):
    total = np.sum(x)
    if total > 10.0:
        total = eval("total") * 2.0
    return total * total


def chosen(x):
    return x * x if x < 2.0 else eval("x")


def outside_a_branch(x):
    y = eval("x")
    return y if x > 0.0 else -y


def rest_of_the_function(x):
    if x < 0.0:
        raise ValueError("negative")
    return eval("x")


def in_a_loop(x, n):
    s = x
    for _ in range(n):
        if s > 100.0:
            s = eval("s")
        s = s * x
    return s


def nested(x):
    if x > 0.0:
        if x > 5.0:
            return eval("x")
        return x * x
    return -x


def test_files_of_packages():
    assert installed(str(Path(sysconfig.get_path("purelib")) / "package" / "a.py")) == Path("package/a.py")
    assert installed(__file__) is None and installed(attempts.__file__) is None


def test_an_arm_of_a_package_raises_where_it_is_taken(as_package):
    df = s2sad.grad(guarded)
    assert np.array_equal(df(V), np.full(4, 2.0 * np.sum(V)))
    with pytest.raises(NotImplementedError, match=r"S2S\d+: this path is not differentiated: .*package/module.py:"):
        df(V + 10.0)
    with pytest.raises(NotImplementedError, match="this path"):
        s2sad.jvp(guarded, (V + 10.0,), (V,))


@pytest.mark.parametrize(
    "f, x, slope, there", [(chosen, 1.5, 3.0, 3.0), (nested, 2.0, 4.0, 6.0), (nested, -2.0, -1.0, 6.0)]
)
def test_either_arm(as_package, f, x, slope, there):
    df = s2sad.grad(f)
    assert df(x) == slope
    with pytest.raises(NotImplementedError, match="this path"):
        df(there)
    assert s2sad.grad(lambda x: df(x))(x) == s2sad.grad(s2sad.grad(f))(x)


def test_in_a_loop(as_package):
    assert s2sad.grad(in_a_loop)(2.0, 3) == 32.0
    assert s2sad.grad(in_a_loop)(2.0, 0) == 1.0
    with pytest.raises(NotImplementedError, match="this path"):
        s2sad.grad(in_a_loop)(20.0, 3)


@pytest.mark.parametrize("f", [outside_a_branch, rest_of_the_function])
def test_what_every_path_needs_is_refused(as_package, f):
    with pytest.raises(UnsupportedSyntax, match="eval"):
        s2sad.grad(f)(1.0)


@pytest.mark.parametrize("f, x", [(guarded, V), (chosen, 1.0), (nested, 1.0)])
def test_own_code_is_refused_at_once(f, x):
    with pytest.raises(UnsupportedSyntax, match="eval"):
        s2sad.grad(f)(x)


def test_the_report_leaves_out_arms_of_packages(monkeypatch):
    monkeypatch.setattr(attempts, "installed", lambda file: Path("a.py") if file == __file__ else None)

    def f(x):
        return outside_a_branch(x) + nested(x)

    with pytest.raises(UnsupportedSyntax) as caught:
        s2sad.grad(f)(1.0)
    assert {e.loc.line for e in caught.value.problems} == {outside_a_branch.__code__.co_firstlineno + 1}


class Plain:
    def __init__(self, x):
        self.x = x

    @property
    def broken(self):
        return eval("1")

    @property
    def missing(self):
        return self.y


def test_a_default_is_taken_only_where_the_attribute_is_missing():
    def f(x):
        return Plain(x).x * getattr(Plain(x), "missing", 3.0) * getattr((x, x), "mask", 2.0) * getattr(x, "mask", 2.0)

    def g(x):
        return x * getattr(Plain(x), "broken", 3.0)

    assert s2sad.grad(f)(2.0) == 12.0
    with pytest.raises(UnsupportedSyntax, match="eval"):
        s2sad.grad(g)(2.0)


def test_an_attribute_of_something_of_unknown_kind():
    def f(x, clock):
        return x * getattr(clock(), "tm_year", 3.0)

    assert s2sad.grad(f)(2.0, time.time) == 3.0
    assert s2sad.grad(f)(2.0, time.gmtime) == time.gmtime().tm_year
