"""The form for floats of operations on NumPy's numbers."""

from __future__ import annotations

import pytest

from s2sad.rules.floats import ON_FLOATS


@pytest.mark.parametrize("fn", ON_FLOATS, ids=lambda f: f.__name__)
def test_the_form_for_floats_is_the_same_function(fn):
    args = (0.4, 0.7)[: getattr(fn, "nin", 1)]
    assert float(ON_FLOATS[fn](*args)) == pytest.approx(float(fn(*args)), rel=1e-15)
