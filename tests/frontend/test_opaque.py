"""Values that are used as they stand."""

from __future__ import annotations

import io
import logging
import time

import numpy as np
import pytest
import scipy.interpolate
import scipy.sparse

import s2sad
from s2sad.errors import NotDifferentiable, UnsupportedSyntax

OUT = io.StringIO()


def test_methods_attributes_and_calls_of_what_a_call_returns():
    def f(x):
        table = scipy.interpolate.make_interp_spline(np.arange(5.0), np.arange(5.0) ** 2, k=3)
        return x * float(table(2.5)) * table.k

    assert s2sad.grad(f)(2.0) == f(1.0)


def test_methods_of_captured_objects_of_the_library():
    def f(x):
        OUT.write(f"{x:.1f} ")
        logging.getLogger("opaque").debug("x is %s", x)
        return x * x

    OUT.truncate(0)
    OUT.seek(0)
    assert s2sad.grad(f)(2.0) == 4.0 and OUT.getvalue() == "2.0 "
    assert "OUT.write(" in s2sad.grad(f).source_for(2.0)


def test_a_matrix_from_code_that_is_not_understood_is_refused():
    def f(x):
        made = scipy.sparse.eye(3).todense()
        return np.sum(made * x)

    with pytest.raises(NotDifferentiable, match="matrix"):
        s2sad.grad(f)(np.ones((3, 3)))


def test_an_attribute_with_a_default():
    def f(x):
        return x * getattr(time.gmtime(), "tm_nothing", 3.0)

    assert s2sad.grad(f)(2.0) == 3.0


def test_a_varied_array_is_not_handed_to_unknown_code():
    def f(x):
        table = scipy.interpolate.make_interp_spline(np.arange(5.0), np.arange(5.0) ** 2, k=3)
        return np.sum(table(x))

    with pytest.raises((NotDifferentiable, UnsupportedSyntax)):
        s2sad.grad(f)(np.ones(2))
