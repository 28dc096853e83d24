"""Operations on NumPy's numbers in the form for Python's: the same result for true floats, in a tenth of the time.

    >>> ON_FLOATS[np.sin]
    <built-in function sin>
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

ON_FLOATS: dict[Any, Callable] = {
    np.sin: math.sin, np.cos: math.cos, np.tan: math.tan, np.exp: math.exp, np.log: math.log, np.sqrt: math.sqrt,
    np.sinh: math.sinh, np.cosh: math.cosh, np.tanh: math.tanh, np.arctan: math.atan, np.arcsin: math.asin,
    np.arccos: math.acos, np.log1p: math.log1p, np.expm1: math.expm1, np.absolute: abs, np.arcsinh: math.asinh,
    np.multiply: operator.mul, np.add: operator.add, np.subtract: operator.sub, np.divide: operator.truediv,
    np.negative: operator.neg, np.power: operator.pow, np.less: operator.lt, np.greater: operator.gt,
    np.equal: operator.eq, np.less_equal: operator.le, np.greater_equal: operator.ge}
