"""Results that are written to what is there; programs that run are in the corpus (``tests/programs/outputs.py``)."""

import numpy as np
import pytest

import s2sad
from s2sad import runtime
from s2sad.frontend.outputs import _is_once, _place_of_output
from s2sad.ir import Const, Pack


@pytest.mark.parametrize(
    ("fn", "place"), [(np.sum, 3), (np.take, 3), (np.add.reduce, 3), (np.einsum, None), (np.sort, None), (len, None)]
)
def test_place_of_output(fn, place):
    assert _place_of_output(fn) == place


@pytest.mark.parametrize(
    ("index", "once"),
    [
        (Const(1), True),
        (Const(slice(0, 2)), True),
        (Const(np.array([True, False])), True),
        (Pack("tuple", (Const(1), Const(slice(None)))), True),
        (Const(np.array([1, 1])), False),
        (Pack("list", (Const(0), Const(0))), False),
        (Pack("tuple", (Const(0), Const(np.array([1, 1])))), False),
    ],
)
def test_indices_that_name_an_element_once(index, once):
    assert _is_once(index) is once


def test_selected_leaves_its_argument_alone():
    start = np.array([1.0, 2.0])
    out = runtime.selected(np.add, np.array([True, False]), start, start, 5.0)
    assert out.tolist() == [6.0, 2.0]
    assert start.tolist() == [1.0, 2.0]


def test_mask_is_said_in_the_source():
    def inverse(v, n):
        return np.sum(np.divide(v, n, out=np.zeros_like(v), where=n > 0))

    assert "selected(np.divide" in s2sad.value_and_grad(inverse).source_for(np.ones(2), np.ones(2))


def test_mask_without_output_is_refused():
    with pytest.raises(s2sad.S2SADError, match="`np.sin` has no derivative with these arguments") as caught:
        s2sad.grad(lambda v: np.sum(np.sin(v, where=v > 0)))(np.ones(2))
    assert caught.value.code == "S2S003"


def test_options_beside_a_mask_are_refused():
    with pytest.raises(s2sad.S2SADError, match="with `where=` and further options"):
        s2sad.grad(lambda v: np.sum(np.sin(v, where=v > 0, out=v, dtype=float)))(np.ones(2))
