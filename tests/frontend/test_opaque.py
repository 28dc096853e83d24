"""Values that are used as they stand."""

from __future__ import annotations

import collections.abc
import heapq
import io
import json
import logging
import re
import time

import numpy as np
import pytest
import scipy.interpolate
import scipy.signal
import scipy.sparse
from scipy.linalg import blas, lapack

import s2sad
from s2sad.errors import NotDifferentiable, UnsupportedSyntax

OUT = io.StringIO()
SECTIONS = scipy.signal.butter(2, 0.2, output="sos")


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


def scaled_by_compiled_code(x):
    y = np.ones(3)
    blas.daxpy(x, y)
    return y[0]


def heap_of_numbers(x):
    heap = [3.0, 1.0, 2.0]
    heapq.heapify(heap)
    return heap[0] * x[0]


def walked_and_written(x):
    y = np.zeros(3)
    for a, b in np.nditer([x, y], op_flags=[["readonly"], ["writeonly"]]):
        b[...] = a * 2.0
    return y[0]


@pytest.mark.parametrize(
    "f",
    [
        scaled_by_compiled_code,
        heap_of_numbers,
        walked_and_written,
        lambda x: lapack.dgetrf(np.outer(x, x) + np.eye(3))[0][0, 0],
        lambda x: scipy.signal.sosfilt(SECTIONS, x)[1],
        lambda x: heapq.heappush([1.0, 2.0], x[0]) or x[0],
    ],
)
def test_what_compiled_code_may_have_written_to_is_refused_in_both_modes(f):
    x = np.array([0.3, 0.7, -0.2])
    for derive in (lambda: s2sad.grad(f)(x), lambda: s2sad.jvp(f, (x,), (x,))):
        with pytest.raises(s2sad.S2SADError):
            derive()


def test_compiled_code_on_what_nothing_varied_enters():
    def f(x):
        return scipy.signal.sosfilt(SECTIONS, np.ones(3))[1] * x[0] + blas.ddot(np.ones(3), np.ones(3)) * x[1]

    x = np.array([0.3, 0.7, -0.2])
    np.testing.assert_allclose(s2sad.grad(f)(x), [f(np.eye(3)[0]), f(np.eye(3)[1]), 0.0])


def test_a_loop_over_what_nothing_is_known_of_asks_it_for_an_iterator():
    def f(x):
        table, total = json.loads('{"0": 2.0, "1": 3.0}'), 0.0
        for key in table:
            total = total + table[key] * x
        for key, value in table.items():
            total = total + value * x * len(key)
        return total

    assert s2sad.value_and_grad(f)(2.0) == (20.0, 10.0)


def test_an_iterator_that_the_function_has_not_made_is_not_walked():
    def f(x):
        for match in re.finditer("a", "banana"):
            x = x * match.start()
            break
        return x

    with pytest.raises(NotImplementedError, match="S2S011: a loop over an iterator, callable_iterator"):
        s2sad.grad(f)(2.0)


class Lookup(collections.abc.Mapping):
    def __init__(self, **items):
        self.held = items

    def __getitem__(self, key):
        return self.held[key]

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


LOOKUP = Lookup(a=2.0, b=3.0)


def test_methods_that_python_adds_to_a_mapping_are_read():
    def f(x):
        total = sum(LOOKUP[key] * x for key in LOOKUP.keys())
        for key, value in zip((str(k).upper() for k in LOOKUP), LOOKUP.values(), strict=True):
            total += value * x * (key == "A")
        return total * LOOKUP.get("c", 1.0)

    assert s2sad.value_and_grad(f)(2.0) == (14.0, 7.0)
    assert "keys" not in s2sad.grad(f).source_for(2.0)
