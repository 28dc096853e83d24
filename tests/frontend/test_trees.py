"""Trees inside a differentiated function."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad, tree

PARAMS = {"w": np.array([[1.0, 2.0]]), "b": [0.5, (np.array([3.0]), "name", 4)], "empty": {}}


def test_nothing_is_left_of_the_walk():
    made = grad(lambda p: sum(np.sum(v * v) for v in tree.leaves(p)))
    found = made(PARAMS)
    assert found["w"].tolist() == [[2.0, 4.0]] and found["b"][0] == 1.0 and found["b"][1][0].tolist() == [6.0]
    assert not any("tree" in line.partition("#")[0] for line in made.source.splitlines())


def test_structure_and_kinds_are_those_of_the_function_outside():
    def f(x):
        doubled = tree.map(lambda p: p * x, PARAMS)
        vector, back = tree.flatten(doubled)
        return vector[0] + vector[-1], tree.map(lambda p, q: p + q, doubled, back(vector))

    (value, made), gradient = s2sad.value_and_grad(f, has_aux=True)(2.0)
    assert gradient == 4.0 and value == f(2.0)[0]
    assert str(made) == str(f(2.0)[1])


@pytest.mark.parametrize("others, text", [(PARAMS["b"], "structure"), (PARAMS["w"], "structure")])
def test_trees_of_other_forms_are_refused(others, text):
    with pytest.raises(ValueError, match=text):
        grad(lambda p: np.sum(tree.map(lambda a, b: a, p, others)["w"]))(PARAMS)


def test_a_list_of_run_time_length_is_refused():
    with pytest.raises(s2sad.S2SADError, match="run-time length"):
        grad(lambda xs: sum(tree.leaves([xs])))([0.5] * 100)
