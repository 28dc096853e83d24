"""What raises where the user's function raises."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import runtime


@pytest.mark.parametrize(
    "xs, count, more",
    [([1.0], 2, False), ([1.0, 2.0, 3.0], 2, False), ([], 1, True), (np.ones((3, 2)), 2, False), ((), 1, False)],
)
def test_unpacking_raises_what_python_raises(xs, count, more):
    names = ", ".join(f"a{k}" for k in range(count)) + ("," if count == 1 or more else "") + (" *rest" if more else "")
    with pytest.raises(ValueError) as expected:
        exec(f"{names} = xs", {"xs": xs})
    with pytest.raises(ValueError) as found:
        runtime.check_items(xs, count, more)
    assert str(found.value) == str(expected.value)


def test_what_fits_is_let_through():
    runtime.check_items([1.0, 2.0], 2)
    runtime.check_items([1.0, 2.0, 3.0], 2, True)
    runtime.check_items(np.ones((4, 3)), 3, axis=1)
    runtime.check_zip(2, 2, 2)
    runtime.check_length([1.0, 2.0, 3.0], slice(0, 2), [4.0, 5.0])
    runtime.check_plain(np.ones(2))


def test_lengths():
    with pytest.raises(ValueError, match="argument 2 is shorter than argument 1"):
        runtime.check_zip(2, 1)
    with pytest.raises(runtime.LengthChanges):
        runtime.check_length([1.0, 2.0, 3.0], slice(0, 2), [4.0])


def test_operators_of_their_own():
    with pytest.raises(runtime.NotPlain):
        runtime.check_plain(np.matrix(np.eye(2)))
