"""What is made of products shows its program like a gradient does."""
from __future__ import annotations

import runpy

import numpy as np
import pytest

from s2sad import elementwise, elementwise_grad, grad, hessian, hvp, jacfwd, jacobian, linearize, value_and_grad, vjp
from s2sad.errors import ArgumentError

X, V = np.array([0.3, 0.4]), np.array([1.0, 0.5])


def total(x, n):
    for _ in range(n):
        x = np.sin(x) * x
    return np.sum(x ** 2)


def curve(x, c):
    return np.sin(x) * c


MADE = {
    "grad": (grad(total), (X, 2)),
    "value_and_grad": (value_and_grad(total), (X, 2)),
    "grad of grad": (grad(lambda x: np.sum(grad(total)(x, 2) ** 2)), (X,)),
    "jacobian": (jacobian(curve), (X, 2.0)),
    "jacfwd": (jacfwd(curve, (0, 1)), (X, 2.0)),
    "hessian": (hessian(total), (X, 2)),
    "hvp": (hvp(total), (X, 2, V)),
    "elementwise_grad": (elementwise_grad(curve), (X, 2.0)),
    "pullback": (vjp(curve, X, 2.0)[1], (V,)),
    "pullback of two": (vjp(lambda x: (x * x, np.sum(x)), X)[1], ((V, 2.0),)),
    "linearize": (linearize(curve, X, 2.0)[1], (V, None)),
    "debug_nans": (grad(total, debug_nans=True), (X, 2)),
}


@pytest.fixture(params=MADE)
def made(request):
    made, args = MADE[request.param]
    made(*args)
    return made, args


def test_the_program_is_shown(made):
    df, args = made
    assert df.source_for(*args) == df.source and df.source.startswith("def ")
    stages = df.stages(*args)
    assert stages["generated source"] == df.source and "specialised" in [title for title, _ in stages]


def test_values_are_shown(made):
    df, args = made
    assert df.trace(*args).rows and df.graph(*args).nodes
    assert len(df.graph(*args, of="derivative").nodes) > len(args)


def test_costs_and_nans_are_found(made):
    df, args = made
    assert all(row.hits > 0 for row in df.profile(*args, repeat=1).rows)
    assert not df.debug(*args)


def test_a_function_by_hand_is_compared(made):
    df, args = made
    assert df.diff(lambda *given: df(*given), *args, repeat=1).agree
    result = df(*args)
    several = isinstance(result, tuple)
    wrong = [r if r is None else 2.0 * np.asarray(r) for r in (result if several else (result,))]
    assert not df.diff(lambda *given: tuple(wrong) if several else wrong[0], *args, repeat=1).agree


def test_finite_differences_agree(made):
    df, args = made
    df.check(*args)


def test_a_module_is_saved(made, tmp_path):
    df, args = made
    df.save(tmp_path / "made.py", *args)
    module = runpy.run_path(str(tmp_path / "made.py"))
    assert any(name in df.source for name in module if name.startswith(("total_", "curve_", "lambda_")))
    assert "s2sad" not in "".join(line for line in df.exported(*args).splitlines() if "import" in line)


def test_a_notebook_shows_it(made):
    df, _ = made
    bundle = df._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<") and bundle["text/plain"].endswith(df.source.rstrip())
    assert " object at " not in bundle["text/plain"] and df.source.split("(")[0][4:] in bundle["text/html"]


def square(x):
    return x * x


@elementwise(square)
def wrong_rule(x):
    return 3.0 * x


def test_checks_can_fail():
    made = [(jacobian(square), (X,)), (jacfwd(square), (X,)), (vjp(square, X)[1], ()), (linearize(square, X)[1], ()),
            (hvp(lambda x: np.sum(square(x) * x)), (X, V)), (elementwise_grad(square), (X,))]
    for df, args in made:
        with pytest.raises(AssertionError, match="finite differences"):
            df.check(*args)
    with pytest.raises(AssertionError, match="elementwise derivative"):
        elementwise_grad(lambda x: np.cumsum(x) * x).check(X)


def test_the_cotangent_and_the_tangents_are_those_given():
    _, pullback = vjp(curve, X, 2.0)
    np.testing.assert_allclose(pullback.trace(V).gradient[0], pullback(V)[0])
    np.testing.assert_allclose(pullback.trace().gradient[0], pullback(np.ones(2))[0])
    _, push = linearize(curve, X, 2.0)
    np.testing.assert_allclose(push.trace(V, None).slope, push(V, None))
    with np.errstate(invalid="ignore"):
        assert pullback.debug(np.array([np.nan, 1.0])) and push.debug(np.array([np.inf, 1.0]), 0.0)


def test_wrong_numbers_of_cotangents_and_tangents():
    _, pullback = vjp(curve, X, 2.0)
    with pytest.raises(ArgumentError, match="S2S008: a pullback takes one cotangent, not 2"):
        pullback.profile(V, V)
    _, push = linearize(curve, X, 2.0)
    with pytest.raises(ArgumentError, match="S2S008: 2 primals but 1 tangents were given"):
        push.trace(V)


def test_titles():
    assert [MADE[k][0].made.title for k in ("jacobian", "hessian", "hvp", "elementwise_grad", "pullback")] == [
        "Jacobian of curve with respect to x", "Hessian of total with respect to x",
        "Hessian-vector product of total with respect to x", "elementwise derivative of curve with respect to x",
        "vector-Jacobian product of curve with respect to x, c"]
    assert [repr(MADE[k][0]) for k in ("jacfwd", "hvp", "elementwise_grad", "pullback", "linearize")] == [
        "<jacfwd of curve, argnums=(0, 1)>", "<hvp of total, argnums=0>", "<elementwise_grad of curve, argnums=0>",
        "<pullback of curve>", "<tangent map of curve>"]
