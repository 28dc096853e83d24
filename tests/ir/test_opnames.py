import builtins
import cmath
import math
import operator

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from s2sad import runtime
from s2sad.ir import Block, Function, Var
from s2sad.ir.opnames import global_name, identifier, lookup_op, op_name
from s2sad.ir.symbols import INFIX, PREFIX


def helper(x):
    return x


NAMES = {
    "np.sin": np.sin,
    "np.linalg.solve": np.linalg.solve,
    "np.fft.rfft": np.fft.rfft,
    "np.random.rand": np.random.rand,
    "np.float64": np.float64,
    "np.absolute": np.abs,
    "np.divide": np.true_divide,
    "np.add.at": np.add.at,
    "np.ndarray.astype": np.ndarray.astype,
    "math.sin": math.sin,
    "cmath.exp": cmath.exp,
    "abs": abs,
    "float": float,
    "getattr": getattr,
    "add": operator.add,
    "getitem": operator.getitem,
    "iadd": operator.iadd,
    "operator.pow": operator.pow,
    "operator.setitem": operator.setitem,
    "setitem": runtime.setitem,
    "add_at": runtime.add_at,
    "runtime.add": runtime.add,
    "unbroadcast": runtime.unbroadcast,
    "str.upper": str.upper,
    "np": np,
    "math": math,
    "scipy.special.erf": scipy.special.erf,
    "scipy.linalg.solve_triangular": scipy.linalg.solve_triangular,
}


@pytest.mark.parametrize("name", NAMES)
def test_names_and_back(name):
    assert op_name(NAMES[name]) == name
    assert lookup_op(name) == NAMES[name]


def test_every_operation_we_know_of_has_a_name_that_leads_back():
    public = [f for module in (operator, math) for name, f in vars(module).items() if not name.startswith("_")]
    for op in [*INFIX, *PREFIX, *filter(callable, public)]:
        assert lookup_op(op_name(op)) == op


def test_every_numpy_function_has_a_name_that_leads_back():
    for module in (np, np.linalg, np.fft):
        for name, op in vars(module).items():
            if callable(op) and not name.startswith("_"):
                assert lookup_op(op_name(op)) is op, name


def test_users_functions():
    assert op_name(helper) == "helper" and global_name(helper) is None
    assert op_name(lambda x: x) == "lambda_"
    assert op_name(Function("g", Block((v := Var("v"),), (), (v,)))) == "g"
    assert lookup_op("helper", {"helper": helper}) is helper
    assert lookup_op("m.sin", {"m": math}) is math.sin
    with pytest.raises(LookupError, match="what is `helper`"):
        lookup_op("helper")
    with pytest.raises(LookupError):
        lookup_op("np.no_such_function")


def test_methods_of_objects_are_the_users():
    rng = np.random.default_rng(0)
    assert global_name(rng.normal) is None and op_name(rng.normal) == "normal"


def test_namespace_comes_first():
    assert lookup_op("abs", {"abs": helper}) is helper


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("<lambda>", "lambda_"),
        ("x", "x"),
        ("2x", "_2x"),
        ("a.b", "a_b"),
        ("for", "for_"),
        ("", "_"),
        ("größe", "größe"),
        ("x_bar", "x_bar"),
    ],
)
def test_identifier(text, want):
    assert identifier(text) == want
    assert want.isidentifier()


def test_builtins_are_bare():
    assert all(op_name(getattr(builtins, n)) == n for n in ("max", "print", "range", "isinstance", "complex"))


def test_a_ufunc_made_of_a_function_is_called_after_it():
    def square(x):
        return x * x

    assert op_name(np.frompyfunc(square, 1, 1)) == "square__vectorized"
