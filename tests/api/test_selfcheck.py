"""A derivative checks itself once."""

from __future__ import annotations

import pickle
import time
import warnings

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.api.selfcheck import CheckWarning, checking, is_cheap, measure, policy
from s2sad.errors import ArgumentError, InternalError
from s2sad.frontend import joins
from s2sad.ops import registry
from tests.faults import forget, wrong_sign

V = np.array([0.3, -0.7, 1.2])


def product(x):
    return np.sum(np.sin(x) * x)


@pytest.fixture(autouse=True)
def first(monkeypatch):
    monkeypatch.setenv("S2SAD_CHECK", "first")
    monkeypatch.setattr(rules, "RULES", dict(rules.RULES))
    monkeypatch.setattr(rules, "NO_GRADIENT", set(rules.NO_GRADIENT))
    monkeypatch.setattr(registry, "RECORDS", dict(registry.RECORDS))


@pytest.fixture
def wrong_sine(monkeypatch):
    """The derivative of the sine with a wrong sign."""
    wrong_sign(monkeypatch)
    forget()
    yield
    monkeypatch.undo()
    forget()


def test_a_wrong_rule_is_noticed_at_the_first_call(wrong_sine):
    df = s2sad.grad(product)
    with pytest.warns(CheckWarning, match=r"the gradient of `product` is .* along a fixed direction, and differences"):
        df(V)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        df(V + 1.0)  # once


def test_the_warning_points_to_the_line_of_the_user(wrong_sine):
    with pytest.warns(CheckWarning) as found:
        s2sad.grad(product, check="always")(V)
    assert found[0].filename == __file__


def test_always_and_never(wrong_sine):
    always, never = (s2sad.grad(product, check=when) for when in ("always", "never"))
    for _ in range(3):
        with pytest.warns(CheckWarning):
            always(V)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            never(V)
    assert pickle.loads(pickle.dumps(always)).check_when == "always"


@pytest.mark.parametrize("make", [s2sad.grad, s2sad.value_and_grad])
@pytest.mark.parametrize("has_aux", [False, True])
def test_which_derivatives(wrong_sine, make, has_aux):
    def f(a, b, *, c):
        y = np.sum(np.sin(a["x"])) * b + c
        return (y, "aux") if has_aux else y

    with pytest.warns(CheckWarning):
        make(f, argnums=(0, 1), has_aux=has_aux, check="always")({"x": V}, 2.0, c=1.0)


@pytest.mark.parametrize(
    "fn, args",
    [
        (lambda x: np.sum(np.abs(x)), (np.array([0.0, 1.0]),)),
        (lambda x: np.sum(np.floor(x) * x), (np.array([1.0, 2.5]),)),
        (lambda x: np.sum(np.maximum(x, 0.3)), (np.array([0.3, 1.0]),)),
        (lambda x: float(x > 0.5) * x, (0.5,)),
        (lambda x: np.sqrt(x), (0.0,)),
        (lambda x: np.sum(x * s2sad.stop_gradient(x)), (V,)),
        (lambda x: np.sum(x ** 3, dtype=np.float32), (V.astype(np.float32),)),
        (lambda x: np.sum(np.sin(1e6 * x)), (V,)),
        (lambda x: np.real(np.sum(x * np.conj(x) * (2 + 1j))), (V + 1j,)),
        (lambda x: 0.0 * x, (1.0,)),
        (lambda x: 1e300 * x, (1.0,)),
        (lambda x: np.sum(x), (np.zeros(0),)),
    ],
)
def test_what_is_right_gives_no_warning(fn, args):
    with warnings.catch_warnings():
        warnings.simplefilter("error", CheckWarning)
        with np.errstate(all="ignore"):
            s2sad.grad(fn, check="always")(*args)


def test_rules_of_the_user_are_the_users_own():
    def half(x):
        return 0.5 * x

    with checking("always"), warnings.catch_warnings():
        warnings.simplefilter("error")
        s2sad.rule(half)(lambda x, *, y_bar: -y_bar)
        assert s2sad.grad(lambda x: half(x) * x)(2.0) == -2.0 + 1.0
        s2sad.no_gradient(half)
        assert s2sad.grad(lambda x: half(x) * x)(2.0) == 1.0


def test_effects_happen_once(capsys):
    def f(x):
        print("here")
        return x * x

    s2sad.grad(f, check="always")(2.0)
    assert capsys.readouterr().out == "here\n"


def test_a_trace_that_does_not_compute_the_function(monkeypatch):
    """A frontend that takes the value of one path for that of both."""
    monkeypatch.setattr(joins, "same_value", lambda a, b: True)

    def f(x):
        k = 2.0 if x > 1.0 else 3.0
        return k * x

    with pytest.raises(InternalError, match=r"S2S904: what was built of `f` does not compute it: it gives 4\.0, and "
                       r"the function 6\.0|it gives 1\.0, and the function 1\.5"):
        s2sad.grad(f, check="always")(0.5)
    assert s2sad.grad(f, check="never")(2.0) == 2.0


def test_a_write_that_is_dropped(monkeypatch):
    from s2sad.frontend.lower import Lowerer
    kept = Lowerer.put_buffer
    monkeypatch.setattr(Lowerer, "put_buffer", lambda self, *args: None)

    def f(x):
        y = x * 2.0
        y[0] = 1.0
        return np.sum(y * x)

    with pytest.raises(InternalError, match="does not compute it"):
        s2sad.grad(f, check="always")(V)
    monkeypatch.setattr(Lowerer, "put_buffer", kept)
    s2sad.grad(f, check="always")(V)


def test_generated_code_that_raises_where_the_function_does_not(monkeypatch):
    from s2sad import derive

    scope = {}
    exec(compile("def run(*args): return [].pop()", "<s2sad broken>", "exec"), scope)
    monkeypatch.setattr(derive, "load", lambda text, namespace, name: scope["run"])
    with pytest.raises(InternalError, match="S2S905: the derivative of `product` raises IndexError: pop from empty "
                       "list, and the function gives a value here"):
        s2sad.grad(product)(V)
    with pytest.raises(IndexError):
        s2sad.grad(product, check="never")(V)


def test_exceptions_of_the_function_and_of_its_rules_are_as_they_were():
    def f(x):
        return x[5]

    with pytest.raises(IndexError):
        s2sad.grad(f)(V)

    def half(x):
        return 0.5 * x

    table = {}

    @s2sad.no_gradient
    def looked_up(y_bar):
        return table[float(y_bar)]

    @s2sad.rule(half)
    def _(x, *, y_bar):
        return y_bar * looked_up(y_bar)

    with pytest.raises(KeyError, match=r"1\.0"):
        s2sad.grad(half)(2.0)


def test_where_the_policy_comes_from(monkeypatch):
    monkeypatch.setenv("S2SAD_CHECK", "never")
    assert policy() == "never"
    with checking("always"):
        assert policy() == "always"
        with checking("first"):
            assert policy() == "first"
    monkeypatch.delenv("S2SAD_CHECK")
    assert policy() == "first"
    with pytest.raises(ArgumentError, match="`often` is no way to check derivatives"), checking("often"):
        pass
    with pytest.raises(ArgumentError):
        s2sad.grad(product, check="sometimes")


def test_only_what_is_cheap_is_looked_at(monkeypatch):
    assert is_cheap(1.0, 0.001) and not is_cheap(1.0, 0.1)
    looked = []
    monkeypatch.setattr("s2sad.api.derivative.look", lambda *args: looked.append(args))
    monkeypatch.setenv("S2SAD_CHECK", "first")
    quick, slow = s2sad.grad(product), s2sad.grad(lambda x: np.sum(np.sin(x)))
    quick(V)
    assert len(looked) == 1
    slow.entry((V,), {}).built = 0.0
    slow(V)
    assert len(looked) == 1


@pytest.mark.parametrize(
    "fn, slope",
    [(np.sin, 1.0), (lambda h: 3.0, 0.0), (lambda h: 1e8 + 2.0 * h, 2.0), (lambda h: np.exp(20.0 * h), 20.0)],
)
def test_slopes(fn, slope):
    found, error = measure(fn, 2.2e-16)
    assert abs(found - slope) <= error + 1e-5 * abs(slope)


@pytest.mark.parametrize("fn", [abs, np.sign, lambda h: np.cbrt(h), lambda h: np.nan, lambda h: max(h, 0.0),
                                lambda h: np.floor(1e9 * h), lambda h: h if h > 1e-4 else 2.0 * h])
def test_no_verdict(fn):
    with np.errstate(all="ignore"):
        assert measure(fn, 2.2e-16) is None


def test_it_takes_no_time_later():
    df = s2sad.grad(product)
    df(V)
    df(V)
    entry = df.latest
    assert entry.looked and entry.built > 0.0
    start = time.perf_counter()
    df(V)
    assert time.perf_counter() - start < entry.built
