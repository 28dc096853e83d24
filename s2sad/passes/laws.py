"""The table of algebraic laws that ``simplify`` applies to the code of a derivative; ``match`` explains the notation.

A law must not change NaN, inf, the sign of zero, shape or dtype: ``x * 0 -> 0`` is not a law, and ``x * 1.0 -> x``
needs to know that ``x`` is a real floating-point number. Where rounding or the sign of zero may differ, the law stands
in ``ROUNDED``. The first law that fits wins. Every law is tested by evaluating both sides.

    >>> [law.text for law in LAWS if law.text.startswith("-(-x)")]
    ['-(-x) -> x if numeric(x)']
"""
from __future__ import annotations

from s2sad.passes.match import Law

EXACT = """
x * 1.0 -> x if real(x)
1.0 * x -> x if real(x)
x * 1 -> x if real(x)
1 * x -> x if real(x)
x / 1.0 -> x if real(x)
x / 1 -> x if real(x)
x - 0.0 -> x if real(x)
x - 0 -> x if real(x)
x * -1.0 -> -x if real(x)
-1.0 * x -> -x if real(x)
x * -1 -> -x if real(x)
-1 * x -> -x if real(x)
x / -1.0 -> -x if real(x)

-(-x) -> x if numeric(x)
x + -y -> x - y if numeric(x) and numeric(y)
-x + y -> y - x if numeric(x) and numeric(y)
x - -y -> x + y if numeric(x) and numeric(y)
-x * -y -> x * y if real(x) and real(y)
-x / -y -> x / y if real(x) and real(y)
-x * c -> x * -c if real(x) and known(c)
c * -x -> -c * x if real(x) and known(c)
-(x * c) -> x * -c if real(x) and known(c)
-(c * x) -> -c * x if real(x) and known(c)

-(-x * y) -> x * y if real(x) and real(y)
-(x * -y) -> x * y if real(x) and real(y)
-(-x / y) -> x / y if real(x) and real(y)
-(x / -y) -> x / y if real(x) and real(y)
a + -x * y -> a - x * y if numeric(a) and real(x) and real(y)
a + x * -y -> a - x * y if numeric(a) and real(x) and real(y)
a + -x / y -> a - x / y if numeric(a) and real(x) and real(y)
a + x / -y -> a - x / y if numeric(a) and real(x) and real(y)
a - -x * y -> a + x * y if numeric(a) and real(x) and real(y)
a - x * -y -> a + x * y if numeric(a) and real(x) and real(y)
a - -x / y -> a + x / y if numeric(a) and real(x) and real(y)
a - x / -y -> a + x / y if numeric(a) and real(x) and real(y)
-x * y + a -> a - x * y if numeric(a) and real(x) and real(y)
x * -y + a -> a - x * y if numeric(a) and real(x) and real(y)
-x / y + a -> a - x / y if numeric(a) and real(x) and real(y)
x / -y + a -> a - x / y if numeric(a) and real(x) and real(y)

-x * y -> -(x * y) if real(x) and real(y) and same_shape(x, result)
x * -y -> -(x * y) if real(x) and real(y) and same_shape(y, result)
-x / y -> -(x / y) if real(x) and real(y) and same_shape(x, result)
x / -y -> -(x / y) if real(x) and real(y) and same_shape(y, result)

x ** 1 -> x if real(x)
x ** 1.0 -> x if real(x)
x ** 0 -> 1.0 if python_float(x)
x ** 0.0 -> 1.0 if python_float(x)

slope(x) -> np.sign(x) if array(x)
same(g) -> g
matrix_function(x, a, w, v, f, d, lower) -> x
matrix_function(x, a, w, v, f, d, lower, b) -> x
singular_function(x, a, s, u, vh, f, d) -> x
singular_function(x, a, s, u, vh, f, d, b) -> x
unbroadcast(g, x) -> g if same_shape(g, x) and same_dtype(g, x)
unbroadcast(g, x) -> astype_of(g, x) if same_shape(g, x)
astype_of(g, x) -> g if same_dtype(g, x)
cotangent_of(g, x) -> g if array(g) and real(x) and same_shape(g, x) and same_dtype(g, x)
fitted(g, x) -> g if python_float(g) and python_float(x)
fitted(g, x) -> g if array(g) and real(x) and same_shape(g, x) and same_dtype(g, x)
np.broadcast_to(g, s) -> g if array(g) and same_shape(g, result)
np.broadcast_to(g, np.shape(x)) -> g if array(g) and same_shape(g, x)
np.broadcast_to(g, np.shape(x)) -> g if scalar(g) and real(g) and same_shape(g, x)
np.broadcast_to(g, ()) -> g if scalar(g) and real(g)
np.broadcast_to(g, s) * x -> g * x if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
x * np.broadcast_to(g, s) -> x * g if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
np.broadcast_to(g, s) / x -> g / x if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
np.broadcast_to(g, s) + x -> g + x if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
x + np.broadcast_to(g, s) -> x + g if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
np.broadcast_to(g, s) - x -> g - x if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
x - np.broadcast_to(g, s) -> x - g if double(g) and array(x) and same_shape(x, result) and same_dtype(result, x)
np.broadcast_to(g, s) * x -> np.broadcast_to(g * x, s) if double(g) and double(x)
x * np.broadcast_to(g, s) -> np.broadcast_to(x * g, s) if double(g) and double(x)
-np.broadcast_to(g, s) -> np.broadcast_to(-g, s) if double(g)
np.reshape(x, s) -> x if array(x) and same_shape(x, result)
np.reshape(x, np.shape(y)) -> x if array(x) and same_shape(x, y)
np.reshape(np.reshape(x, s), t) -> np.reshape(x, t) if array(x)
np.transpose(np.transpose(x)) -> x if array(x)
np.swapaxes(np.swapaxes(x, i, j), i, j) -> x if array(x)
np.conjugate(x) -> x if real(x)
np.real(x) -> x if real(x)
np.shape(x) -> () if scalar(x)
runtime.add(g, h) -> g + h if array(g) or scalar(g)
zeros_like(x) -> 0.0 if python_float(x)
zeros_like(x) -> np.zeros_like(x) if array(x)
view(x, ()) -> x
copy(x) -> x if scalar(x)
float(x) -> x if python_float(x)
"""

# The same value up to rounding and the sign of zero.
ROUNDED = """
np.sum(x) -> x if scalar(x) and real(x)
np.sum(-x) -> -np.sum(x) if real(x) and array(x)
np.sum(-x, axis=n) -> -np.sum(x, axis=n) if real(x) and array(x)
np.sum(-x, axis=n, keepdims=k) -> -np.sum(x, axis=n, keepdims=k) if real(x) and array(x)
np.sum(np.expand_dims(x, n), axis=n) -> x if real(x) and array(x)
unbroadcast(-g, x) -> -unbroadcast(g, x) if real(g)
x ** 2 -> x * x if real(x)
x ** 2.0 -> x * x if real(x)
x ** 3 -> x * x * x if real(x)
x ** 3.0 -> x * x * x if real(x)
np.transpose(np.transpose(x) @ y) -> np.transpose(y) @ x if matrix(x) and matrix(y)
np.transpose(x @ np.transpose(y)) -> y @ np.transpose(x) if matrix(x) and matrix(y)
x ** -1 -> 1.0 / x if real(x)
x ** -1.0 -> 1.0 / x if real(x)
"""

LAWS = tuple(Law(line) for line in (EXACT + ROUNDED).splitlines() if line)
BY_OP: dict[object, list[Law]] = {}
for _law in LAWS:
    BY_OP.setdefault(_law.left.op, []).append(_law)
