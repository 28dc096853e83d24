"""``checkpoint`` as an object: called, decorated, bound, pickled, inspected."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import s2sad

V = np.array([0.3, -0.7, 1.2])


@s2sad.checkpoint
def block(x, k=2.0):
    """A block."""
    return np.sin(x) * k


def plain(x):
    return np.cos(x)


class Layer:
    def __init__(self, w):
        self.w = w

    @s2sad.checkpoint
    def forward(self, x):
        return np.tanh(self.w * x)

    def __call__(self, x):
        return np.exp(self.w * x)


def test_called_it_is_the_function():
    assert block(0.5) == np.sin(0.5) * 2.0 and block(0.5, k=3.0) == np.sin(0.5) * 3.0
    assert (block.__name__, block.__doc__, repr(block)) == ("block", "A block.", "<checkpoint of block>")
    assert Layer(2.0).forward(0.5) == np.tanh(1.0)
    assert Layer.forward(Layer(2.0), 0.5) == np.tanh(1.0)


def test_pickles():
    assert pickle.loads(pickle.dumps(block)) is block
    assert pickle.loads(pickle.dumps(s2sad.checkpoint(plain)))(0.5) == np.cos(0.5)
    assert copy.copy(s2sad.checkpoint(plain)).fn is plain


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="3 is not callable, so it cannot be checkpointed"):
        s2sad.checkpoint(3)


@pytest.mark.parametrize("made", [
    lambda x: block(x, k=x),
    lambda x: Layer(x).forward(x),
    lambda x: s2sad.checkpoint(Layer(x))(x),
    lambda x: s2sad.checkpoint(s2sad.checkpoint(plain))(x),
    lambda x: s2sad.checkpoint(lambda y: y * x)(x),
    lambda x: s2sad.checkpoint(fn=plain)(x),
    lambda x: sum(map(s2sad.checkpoint(plain), [x, x * x])),
])
def test_ways_to_call(made):
    s2sad.check_grads(lambda x: np.sum(made(x)), (V,))
    s2sad.check_grads(made, (0.7,))


def test_derivative_of_the_object_itself():
    df = s2sad.grad(block)
    assert df(0.5) == pytest.approx(2.0 * np.cos(0.5))
    assert s2sad.grad(s2sad.checkpoint(plain))(0.5) == pytest.approx(-np.sin(0.5))


def test_derivatives_of_checkpointed_functions_can_be_looked_at():
    df = s2sad.grad(lambda x: np.sum(block(x) ** 2))
    df(V)
    assert "sin" in df.trace(V).text()
    assert "sin" in str(df.graph(V))
    assert "if region:" in str(df.stages(V))
    assert df.profile(V).rows
    assert df._repr_mimebundle_()["text/html"]
    df.check(V)


def test_a_redefined_block_is_seen():
    class Holder:
        scale = 2.0

    def inner(x):
        return x * x * Holder.scale

    df = s2sad.grad(lambda x: s2sad.checkpoint(inner)(x))
    assert df(3.0) == 12.0
    Holder.scale = 5.0
    assert df(3.0) == 30.0


def test_saved_derivatives_work_alone(tmp_path):
    df = s2sad.grad(lambda x: np.sum(block(x) ** 2))
    path = tmp_path / "made.py"
    df.save(path, V)
    scope: dict = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    made = next(v for k, v in scope.items() if k.endswith("_grad"))
    np.testing.assert_array_equal(made(V), df(V))
