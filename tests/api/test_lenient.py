"""Generated code with NumPy's arithmetic instead of that of Python floats."""

from __future__ import annotations

import math

import numpy as np
import pytest

from s2sad import grad
from s2sad.api.lenient import NUMPY_FORM, lift, lower_floats, numpy_function


def test_floats_become_numpy_scalars_and_come_back():
    lifted = lift((1.0, [2.0, {"k": 3.0}], "s", 4))
    assert type(lifted[0]) is type(lifted[1][0]) is type(lifted[1][1]["k"]) is np.float64
    back = lower_floats(lifted)
    assert back == (1.0, [2.0, {"k": 3.0}], "s", 4) and type(back[0]) is float


@pytest.mark.parametrize("fast, fn", NUMPY_FORM.items(), ids=lambda f: getattr(f, "__name__", str(f)))
def test_both_forms_are_the_same_function(fast, fn):
    x = (0.3,) * (2 if fast in (math.atan2, math.hypot, math.fmod, math.copysign, math.pow) else 1)
    assert float(fn(*x)) == pytest.approx(fast(*x), rel=1e-15)


def test_where_python_raises_numpy_has_an_answer():
    df = grad(lambda x: math.sqrt(x))
    df(1.0)
    function = numpy_function(df.latest)
    with np.errstate(all="ignore"):
        assert function(np.float64(0.0)) == math.inf
    assert numpy_function(df.latest) is function
    assert df(0.0) == math.inf


def test_code_without_math_is_as_it_was():
    df = grad(lambda x: x * x)
    df(1.0)
    assert numpy_function(df.latest) is df.latest.function
