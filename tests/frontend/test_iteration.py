"""What can be iterated over."""

from __future__ import annotations

import numpy as np
import pytest

from tests.frontend.helper import V, check, raised, refused


@pytest.mark.parametrize(
    "fn",
    [
        lambda v: [x * 2.0 for x in v],
        lambda v: [i * x for i, x in enumerate(v, 1)],
        lambda v: [x * y for x, y in zip(v, v[::-1])],
        lambda v: [x for x in reversed(v)],
        lambda v: [x + y for x, y in np.outer(v, v)[:, :2]],
        lambda v: [k for k in {"a": 1, "b": 2}],
        lambda v: [x * y for x, y in {1.0: v[0], 2.0: v[1]}.items()],
        lambda v: list(map(lambda x: x * 2.0, v)),
        lambda v: [a * b + c for (a, b), c in zip(zip(v, v), v)],
        lambda v: [r.sum() for r in np.outer(v, v)],
        lambda v: [i for i in np.arange(3)],
        lambda v: [c for c in "ab"],
    ],
)
def test_iterables(fn):
    check(fn, V)
    check(fn, V[:2])


def test_an_iterator_is_read_once():
    def f(v):
        it = zip([v[0], v[1]], [1.0, 2.0])
        return sum(a for a, b in it) + sum(b for a, b in it)

    assert "iterator" in refused(f, V).message


def test_what_cannot_be_iterated():
    assert type(raised(lambda v: [x for x in 3], V)) is TypeError
