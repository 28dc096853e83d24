"""Parameters walked as trees inside the function: penalties, updates, one vector of all."""

import numpy as np

from s2sad import tree
from tests.programs.registry import program

PARAMS = {"w": np.array([[1.0, -2.0], [0.5, 3.0]]), "layers": [0.5, (np.array([3.0, 4.0]), "name")], "n": 3}
START, unflatten = tree.flatten(PARAMS)


class Layer:
    def __init__(self, w, b):
        self.w, self.b, self.width = w, b, 2


@program(PARAMS, argnums=(0,), tags="second")
def penalty_of_every_leaf(params):
    return np.sum(np.tanh(params["w"])) + 0.1 * sum(np.sum(p**3) for p in tree.leaves(params))


@program(PARAMS, 0.3, argnums=(0, 1))
def a_step_of_descent(params, rate):
    moved = tree.map(lambda p, q: p - rate * q * np.abs(p), params, params)
    return np.sum(moved["w"]) * moved["layers"][0] + moved["layers"][1][0] ** moved["n"]


@program(START, tags="second")
def a_vector_of_parameters(v):
    params = unflatten(v)
    return np.sum(params["w"] @ params["layers"][1][0]) * params["layers"][0] ** params["n"]


@program(PARAMS, argnums=(0,))
def one_vector_of_all(params):
    vector, back = tree.flatten(params)
    return np.sum(np.sin(vector) ** 2) + back(vector * vector)["layers"][0]


@program(Layer(np.ones((2, 2)), np.array([0.3, 0.7])))
def leaves_of_an_object(layer):
    doubled = tree.map(lambda p: 2.0 * p, layer)
    return np.sum(doubled.w @ doubled.b) * len(tree.leaves(layer)) * doubled.width


@program(1.4)
def nothing_in_the_tree(x):
    return x * sum(tree.leaves(("a", 1, [], {}))) + x * len(tree.map(lambda p: p, [1, ()]))
