"""A zero that has the value zero, and is not structural, hides nothing: the derivative is nan where there is none."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad

X = np.array([0.0, 0.0, 4.0])


def square_of_a_root_then_indexed(x):
    return np.sum((np.sqrt(x) ** 2)[1:])


def indexed_then_squared(x):
    return np.sum(np.sqrt(x)[1:] ** 2)


def chosen_by_a_mask(x):
    return np.sum(np.where(np.arange(3) > 0, np.sqrt(x) ** 2, 0.0))


def two_elements(x):
    y = np.sqrt(x)
    return y[1] ** 2 + y[2] ** 2


def one_side_of_a_branch(x):
    r = np.sqrt(x[1])
    if x[2] > 1.0:
        s = r * r
    else:
        s = 0.0
    return s


def other_side_of_a_branch(x):
    r = np.sqrt(x[1])
    if x[2] < 1.0:
        s = 0.0
    else:
        s = -(r * r)
    return s


@pytest.mark.parametrize("f", [square_of_a_root_then_indexed, indexed_then_squared, chosen_by_a_mask, two_elements,
                               one_side_of_a_branch, other_side_of_a_branch])
def test_a_zero_of_value_is_no_structural_zero(f):
    with np.errstate(all="ignore"):
        found = s2sad.grad(f)(X)
    assert found[0] == 0.0 and np.isnan(found[1])


def test_the_mask_is_made_only_where_something_may_be_zero():
    df = s2sad.grad(lambda x: np.sum(np.sqrt(x)[1:]))
    df(X + 1.0)
    assert "masked_product" in df.source and "chosen" not in df.source
    df = s2sad.grad(indexed_then_squared)
    df(X + 1.0)
    assert "chosen[1:] = True" in df.source
