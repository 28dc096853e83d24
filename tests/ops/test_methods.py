"""Methods and attributes are the operations that they are named for."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import ops
from s2sad.ops.methods import ATTRIBUTES, METHODS, METHODS_IN_PLACE
from tests.differences import same

A = np.array([[3.0, -1.0], [2.0, 0.5]])
ARGS = {
    "clip": (0.0, 1.0),
    "reshape": (4,),
    "swapaxes": (0, 1),
    "repeat": (2,),
    "take": ([0, 1],),
    "dot": (A,),
    "astype": (np.float32,),
    "__add__": (1.0,),
    "__sub__": (A,),
    "__mul__": (A,),
    "__truediv__": (A,),
    "__pow__": (2,),
    "__matmul__": (A,),
    "__getitem__": (0,),
    "searchsorted": (0.5,),
    "item": (0,),
}


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"choose", "ptp"}))
def test_a_method_is_its_operation(name):
    a = np.arange(2.0) if name == "searchsorted" else A
    args = ARGS.get(name, ())
    assert same(METHODS[name](a, *args), getattr(a, name)(*args))


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_is_its_operation(name):
    if hasattr(A, name):
        assert same(ATTRIBUTES[name](A), getattr(A, name))


@pytest.mark.parametrize("name", sorted(METHODS_IN_PLACE - {"itemset", "setflags", "setfield", "resize"}))
def test_methods_in_place_write(name):
    a = A.copy()
    getattr(a, name)(
        *{"fill": (1.0,), "partition": (0,), "put": (0, 9.0), "sort": (0,)}.get(name, ()),
        **({"inplace": True} if name == "byteswap" else {}),
    )
    assert not same(a, A)


@pytest.mark.parametrize("fn", [op for op, known in ops.RECORDS.items() if known.writes], ids=lambda f: f.__name__)
def test_functions_that_write_have_a_remedy(fn):
    assert ops.of(fn).writes.startswith("write `")
    assert fn not in METHODS.values()
