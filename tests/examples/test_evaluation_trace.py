"""The lecture's functions and their derivatives."""
import importlib.util
from pathlib import Path

import numpy as np
import pytest

import s2sad

PATH = Path(__file__).parents[2] / "examples" / "evaluation_trace.py"


@pytest.fixture(scope="module")
def lecture():
    spec = importlib.util.spec_from_file_location("evaluation_trace", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_f(lecture):
    df = s2sad.grad(lecture.f, argnums=(0, 1))
    assert lecture.f(2.0, 5.0) == pytest.approx(11.652, abs=1e-3)
    assert df(2.0, 5.0) == pytest.approx((5.5, 1.716), abs=1e-3)
    assert df.trace(2.0, 5.0).gradient == pytest.approx(df(2.0, 5.0))


def test_shared_subexpressions(lecture):
    dL, h = s2sad.grad(lecture.L), 1e-6
    assert dL(0.3) == pytest.approx((lecture.L(0.3 + h) - lecture.L(0.3 - h)) / (2 * h), rel=1e-7)
    assert dL.trace(0.3).gradient == pytest.approx(dL(0.3))
    assert np.isfinite(s2sad.grad(dL)(0.3))
