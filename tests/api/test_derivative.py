"""The object that ``grad`` returns."""

from __future__ import annotations

import copy
import functools
import math
import pickle
import threading
import types

import numpy as np
import pytest

import s2sad
from s2sad import (
    grad,
    jacfwd,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from tests.differences import check_gradients, same, slope

V = np.array([0.3, -0.7, 1.2, 0.9])
A = np.array([[0.6, -1.3, 2.2], [1.7, 0.4, -0.9]])


def product(x, y, z=2.0):
    return np.sin(x) * y * z


def test_the_same_call_with_keywords():
    expected = grad(product)(0.4, 1.3, 0.7)
    df = grad(product)
    assert df(0.4, 1.3, z=0.7) == df(0.4, z=0.7, y=1.3) == df(x=0.4, y=1.3, z=0.7) == expected
    assert df(0.4, 1.3) == df(0.4, 1.3, 2.0)


def test_star_arguments():
    def f(*xs, **named):
        return xs[0] * xs[1] + named["k"] * xs[0]

    assert grad(f, (0, 1))(0.4, 1.3, k=3.0) == pytest.approx((4.3, 0.4))
    assert grad(f, argnames="k")(0.4, 1.3, k=3.0) == pytest.approx(0.4)


def test_decorator_forms():
    @grad
    def plain(x, y):
        return x * y

    @grad(argnums=(0, 1))
    def with_options(x, y):
        return x * y

    @value_and_grad(argnums=1)
    def both(x, y):
        return x * y

    assert plain(0.4, 1.3) == 1.3
    assert with_options(0.4, 1.3) == (1.3, 0.4)
    assert both(0.4, 1.3) == (0.4 * 1.3, 0.4)


def test_a_lambda_and_two_on_a_line():
    first, second = grad(lambda x: x * x * x), grad(lambda x: math.sin(x))
    assert first(0.5) == pytest.approx(slope(lambda x: x * x * x, (0.5,)))
    assert second(0.5) == pytest.approx(slope(math.sin, (0.5,)))


def test_builtins_and_ufuncs():
    assert grad(math.sin)(0.5) == pytest.approx(slope(math.sin, (0.5,)))
    assert grad(np.tanh)(0.5) == pytest.approx(slope(np.tanh, (0.5,)))


def test_partial():
    assert grad(functools.partial(product, 0.4))(1.3) == pytest.approx(slope(lambda y: product(0.4, y), (1.3,)))


class Model:
    """A class with methods to differentiate."""

    def __init__(self, weight):
        self.weight = weight

    def loss(self, x):
        return self.weight * x * x

    @grad
    def decorated(self, x):
        return self.weight * x * x

    @functools.partial(grad, argnums=0)
    def by_itself(self, x):
        return self.weight * x * x

    @functools.partial(grad, argnums=1)
    def decorated_by_x(self, x):
        return self.weight * x * x

    def __call__(self, x):
        return self.loss(x) + x


def test_a_bound_method():
    assert grad(Model(1.5).loss)(0.4) == pytest.approx(1.2)


def test_a_callable_object():
    assert grad(Model(1.5))(0.4) == pytest.approx(2.2)


def test_a_decorated_method():
    model = Model(1.5)
    assert model.decorated_by_x(0.4) == pytest.approx(1.2)
    assert model.decorated(0.4) == pytest.approx(1.2)
    assert model.by_itself(0.4).weight == pytest.approx(0.16)
    assert isinstance(Model.decorated, s2sad.api.Derivative)


def energy(x, y):
    return x * y * y


def test_a_function_that_is_kept_in_a_class_stays_what_it_is():
    kept = grad(energy)

    class Holder:
        gradient = kept

    assert kept(2.0, 3.0) == 9.0 and Holder.gradient(2.0, 3.0) == 9.0


def test_it_looks_like_the_function():
    def documented(x):
        """What it does."""
        return x * x

    df = grad(documented)
    assert df.__name__ == "documented" and df.__doc__ == "What it does." and df.__wrapped__ is documented
    assert df.__module__ == __name__
    assert "documented" in repr(df) and "grad" in repr(df)


@pytest.mark.parametrize(
    "transform",
    [
        grad,
        value_and_grad,
        functools.partial(grad, argnums=(0, 1)),
        functools.partial(grad, argnames="y"),
        jacobian,
        jacfwd,
    ],
)
def test_pickling(transform):
    df = transform(product)
    again = pickle.loads(pickle.dumps(df))
    assert same(again(0.4, 1.3), df(0.4, 1.3))
    assert same(copy.deepcopy(df)(0.4, 1.3), df(0.4, 1.3))


def test_source_before_and_after_a_call(tmp_path):
    df = grad(product)
    assert df.source.startswith("# for x: float; y: float\ndef product_grad(x, y")
    assert "math.cos" in df.source
    df(np.float32(0.4), 1.3)
    assert df.source != df.source_for(0.4, 1.3) and "math.cos" in df.source_for(0.4, 1.3)
    df.save(tmp_path / "made.py")
    assert (tmp_path / "made.py").read_text() == df.exported()


def test_stages_and_trace_can_be_printed():
    titles = [title for title, _ in grad(product).stages(0.4, 1.3)]
    assert titles[:4] == ["source", "trace", "specialised", "adjoint"] and titles[-1] == "generated source"
    assert "sin" in str(grad(product).trace(0.4, 1.3))


def test_check():
    grad(product).check(0.4, 1.3)


def test_print_happens_once(capsys):
    def f(x):
        print("x is", x)
        return x * x

    assert grad(f)(0.5) == 1.0
    assert capsys.readouterr().out == "x is 0.5\n"
    assert jvp(f, (0.5,), (1.0,)) == (0.25, 1.0)
    assert capsys.readouterr().out == "x is 0.5\n"


@pytest.mark.parametrize(
    "f, x, error",
    [
        (lambda x: math.log(x), -1.0, ValueError),
        (lambda x: 1.0 / x, 0.0, ZeroDivisionError),
        (lambda x: math.exp(x), 1e6, OverflowError),
        (lambda x: [x][int(x)], 3.0, IndexError),
    ],
)
def test_exceptions_of_the_program_come_through(f, x, error):
    with pytest.raises(error) as expected:
        f(x)
    for derivative_call in (value_and_grad(f), lambda x: jvp(f, (x,), (1.0,)), lambda x: vjp(f, x)):
        with pytest.raises(error) as caught:
            derivative_call(x)
        assert type(caught.value) is type(expected.value)


def test_a_raise_statement_comes_through():
    def f(x):
        if x < 0.0:
            raise LookupError(f"negative: {x}")
        return x * x

    assert grad(f)(0.5) == 1.0
    with pytest.raises(LookupError, match="negative: -0.5"):
        grad(f)(-0.5)


def test_a_failing_assertion_comes_through():
    def f(x):
        assert x > 0.0, "must be positive"
        return x * x

    assert grad(f)(0.5) == 1.0
    with pytest.raises(AssertionError, match="must be positive"):
        grad(f)(-0.5)


def test_two_threads_make_the_first_call():
    for _ in range(3):
        df = grad(lambda x: np.sum(np.sin(x) * x))
        barrier, results, wrong = threading.Barrier(4), [], []

        def work(x, df=df, barrier=barrier, results=results, wrong=wrong):
            try:
                barrier.wait()
                results.append((x, df(x)))
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(x,)) for x in (0.5, V, V[:2], 0.7)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not wrong and len(results) == 4
        for x, g in results:
            check_gradients(lambda x: np.sum(np.sin(x) * x), (g,), (x,), (0,))


def test_one_object_many_signatures():
    df = grad(lambda x: np.sum(x * x * x))
    for x in (0.5, np.float32(0.5), V, A, V.astype(np.float32), np.array(0.5), A[:, :1], 0.25):
        g = df(x)
        assert np.shape(g) == np.shape(x)
        np.testing.assert_allclose(g, 3.0 * np.square(x), rtol=1e-6)


def test_not_callable():
    with pytest.raises(s2sad.errors.ArgumentError, match="not callable"):
        grad(3.0)
    assert isinstance(grad(types.SimpleNamespace.__init__), s2sad.api.Derivative)


def sum_of_squares(xs):
    s = 0.0
    for x in xs:
        s = s + x * x
    return s


@pytest.mark.parametrize("first, second", [(1, 100), (100, 1)])
def test_a_long_list_after_a_short_one(first, second):
    df = grad(sum_of_squares)
    for n in (first, second):
        assert df([1.5] * n) == [3.0] * n


def test_a_rule_that_is_corrected_is_seen_by_the_next_call():
    def cube(x):
        return float(x) ** 3

    def wrong(x):
        return 2.0 * x

    def right(x):
        return 3.0 * x * x

    s2sad.elementwise(cube)(wrong)
    df = s2sad.grad(lambda x: cube(x) * 1.0)
    assert df(2.0) == 4.0 and df(2.0) == 4.0
    s2sad.elementwise(cube)(right)
    assert df(2.0) == 12.0


@pytest.mark.parametrize("z", [1.5j + 1.0, np.complex128(1.5j + 1.0), np.array(1.5j + 1.0)])
def test_the_gradient_by_a_complex_number_is_complex(z):
    for f in (lambda z: z.real, lambda z: np.real(2.0 * z), lambda z: np.sum(np.real(z)), lambda z: 3.0, abs):
        assert np.iscomplexobj(grad(f)(z)) and type(grad(f)(z)) in (complex, type(z), np.complex128)
    assert grad(lambda z: z.real)(z) == 1.0


def test_a_cotangent_in_integers_takes_the_dtype_of_the_result():
    _, pullback = vjp(lambda x: x * np.ones(2), np.array([1.0, 2.0]))
    assert pullback([1, 2])[0].dtype == float


def test_the_dtype_of_a_gradient_where_that_of_a_step_is_not_known():
    a = np.array([[1.0, 2.0], [-3.0, 0.5]])
    assert grad(lambda a: np.sum(np.abs(np.linalg.eig(a)[0])))(a).dtype == float
