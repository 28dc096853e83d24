"""Dicts: with keys that are known, and with keys that are computed."""

from __future__ import annotations

import pytest

from s2sad.ir import Call
from tests.frontend.helper import V, check, lower, refused


def grown(v, n):
    d = {}
    for k in range(n):
        d[k] = v * k
    return d[1], len(d), 2 in d, list(d)


def known(v):
    d = {}
    for k in range(3):
        d[k] = v * k
    return d


def test_a_dict_that_grows_at_run_time():
    check(grown, 0.5, 3)
    check(grown, V, 5)


def test_known_keys_stay_known():
    check(known, 0.5)
    assert all(isinstance(s, Call) for s in lower(known, 0.5).body.stmts)


@pytest.mark.parametrize("n", [0, 2])
def test_one_path_only(n):
    def f(x, n):
        d = {"a": x}
        if n > 1:
            d["b" * n] = 2.0 * x
        else:
            d["c"] = x
        return d["a"], len(d), sum(d.values())

    check(f, 0.5, n)


def test_a_key_that_is_not_there_raises():
    with pytest.raises(KeyError):
        check(lambda x, n: {"a": x}["b" * n], 0.5, 1)


def test_refusals():
    def returned(x, n):
        d = {}
        d["b" * n] = x
        return d

    assert "a dict whose keys are computed" in refused(returned, 0.5, 2).message
    assert "computed at run time" in refused(lambda x, n: {"a": x}.pop("a" * n), 0.5, 1).message
