"""The methods of a derivative that measure and display it, as a user calls them."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad, value_and_grad
from s2sad.show.stages import Stages


def f(x, w, *, scale=1.0):
    return scale * np.sum(np.tanh(w * x))


X = np.array([0.1, 0.2])


def test_stages_are_those_of_the_request():
    made = grad(f).stages(X, 2.0)
    assert isinstance(made, Stages) and made[0].title == "source" and made[-1].text == grad(f).source_for(X, 2.0)


def test_keyword_arguments_everywhere():
    df = grad(f, argnums=1)
    assert df.profile(X, w=2.0, scale=3.0, repeat=1).rows
    assert not df.debug(X, w=2.0, scale=3.0)
    with np.errstate(all="ignore"):
        assert df.debug(X, w=np.inf, scale=3.0)


def test_a_profile_belongs_to_what_was_profiled():
    df = grad(f)
    assert df.measured is None
    made = df.profile(X, 2.0, repeat=1)
    assert df.measured == (df.latest.source, made)


def test_titles():
    assert grad(f).title == "gradient of f with respect to x"
    assert grad(f, argnums=(1, 0)).title == "gradient of f with respect to w, x"
    assert value_and_grad(f, argnames="scale").title == "value and gradient of f with respect to scale"
    assert grad(lambda x: x).title == "gradient of λ with respect to x"
    assert grad(np.sin).title.startswith("gradient of sin with respect to ")


@pytest.mark.parametrize("argnums, names", [(0, ["∂x"]), ((0, 1), ["∂x", "∂w"])])
def test_rows_of_diff_are_named_by_argument(argnums, names):
    df = grad(f, argnums=argnums)
    assert [row.name for row in df.diff(df, X, 2.0, repeat=1).rows] == names


def test_diff_with_aux():
    def g(x):
        return x * x, x
    df = grad(g, has_aux=True)
    made = df.diff(lambda x: (2.0 * x, x), 3.0, repeat=1)
    assert made.agree and [row.name for row in made.rows] == ["∂x", "aux"]
