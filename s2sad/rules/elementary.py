"""Elementary functions of one or two variables: exponentials, logarithms, trigonometric and hyperbolic functions.

``cmath`` has rules of its own where a formula leaves the real axis (``cmath.acos(2.0)`` is complex,
    ``np.arccos(2.0)`` is nan).
"""
from __future__ import annotations

import cmath
import math

import numpy as np

from s2sad import runtime
from s2sad.rules import elementwise, rule


@elementwise(np.sqrt)
def sqrt(x, *, y):
    return 0.5 / y


@elementwise(np.cbrt)
def cbrt(x, *, y):
    return 1.0 / (3.0 * y * y)


@elementwise(np.exp)
def exp(x, *, y):
    return y


@elementwise(runtime.logistic, wrt=("v", "e"))
def logistic(v, e, c, *, y):
    """y = 1 / (c + eᵛ)  ⟹  y' = −y² eᵛ, which is 0 where eᵛ is infinite"""
    return -runtime.masked_product(y * y, e), None


@elementwise(runtime.softplus, wrt=("v", "e"))
def softplus(v, e, c):
    """y = log (c + eᵛ)  ⟹  y' = eᵛ / (c + eᵛ), which is 1 where eᵛ is infinite"""
    inverse = 1.0 / (c + e)
    return np.where(inverse == 0, 1.0, e * inverse), None


@elementwise(np.exp2)
def exp2(x, *, y):
    return math.log(2.0) * y


@elementwise(np.expm1)
def expm1(x):
    """y + 1 would cancel where y is nearly −1"""
    return np.exp(x)


@elementwise(np.log)
def log(x):
    return 1.0 / x


@elementwise(np.log2)
def log2(x):
    return 1.0 / (math.log(2.0) * x)


@elementwise(np.log10)
def log10(x):
    return 1.0 / (math.log(10.0) * x)


@elementwise(np.log1p)
def log1p(x):
    return 1.0 / (1.0 + x)


@rule(math.log, cmath.log, wrt=("x", "base"))
def log_base(x, base=None, *, y, y_bar):
    """y = log x / log b  ⟹  ∂y/∂x = 1 / (x log b),  ∂y/∂b = −y / (b log b)"""
    if base is None:
        return y_bar / x, None
    return y_bar / (x * np.log(base)), -y_bar * y / (base * np.log(base))


@log_base.jvp
def log_base_jvp(x, base=None, *, y, x_dot, base_dot):
    if base is None:
        return x_dot / x
    if base_dot is None:
        return x_dot / (x * np.log(base))
    if x_dot is None:
        return -y * base_dot / (base * np.log(base))
    return (x_dot / x - y * base_dot / base) / np.log(base)


@elementwise(np.logaddexp)
def logaddexp(a, b, *, y):
    """y = log(eᵃ + eᵇ); two zero probabilities (a = b = −∞) have no gradient"""
    top = np.where(y == -np.inf, 0.0, y)
    return np.exp(_excess(a, b, top)), np.exp(_excess(b, a, top))


@elementwise(np.logaddexp2)
def logaddexp2(a, b, *, y):
    top = np.where(y == -np.inf, 0.0, y)
    return np.exp2(_excess(a, b, top)), np.exp2(_excess(b, a, top))


def _excess(a, b, top):
    """a − top, and 0 where only a is infinite"""
    alone = (a == np.inf) & (b < a)
    return np.where(alone, 0.0, a) - np.where(alone, 0.0, top)


@elementwise(np.sin)
def sin(x):
    return np.cos(x)


@elementwise(np.cos)
def cos(x):
    return -np.sin(x)


@elementwise(np.tan)
def tan(x, *, y):
    return 1.0 + y * y


@elementwise(np.arcsin)
def arcsin(x):
    return 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@elementwise(np.arccos)
def arccos(x):
    return -1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@elementwise(np.arctan)
def arctan(x):
    return 1.0 / (1.0 + x * x)


@elementwise(np.sinh)
def sinh(x):
    return np.cosh(x)


@elementwise(np.cosh)
def cosh(x):
    return np.sinh(x)


@elementwise(np.tanh)
def tanh(x, *, y):
    """1 − y², which does not cancel where y is nearly 1"""
    return runtime.sech_squared(x, y)


@elementwise(runtime.sech_squared, wrt=("x", "h"))
def sech_squared(x, h, *, y):
    """As a function of x alone: (1 − h²)' = −2 h h' with h' = y"""
    return -2.0 * h * y, None


@elementwise(np.arcsinh)
def arcsinh(x):
    """Without x², which may be infinite"""
    if np.iscomplexobj(x):
        return 1.0 / np.sqrt(x * x + 1.0)
    return 1.0 / np.hypot(x, 1.0)


@elementwise(np.arccosh)
def arccosh(x):
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


@elementwise(np.arctanh)
def arctanh(x):
    return 1.0 / ((1.0 - x) * (1.0 + x))


@elementwise(cmath.asin)
def complex_arcsin(x, *, y):
    """In terms of y, which knows its side of the branch cut."""
    return 1.0 / np.cos(y)


@elementwise(cmath.acos)
def complex_arccos(x, *, y):
    return -1.0 / np.sin(y)


@elementwise(cmath.acosh)
def complex_arccosh(x, *, y):
    return 1.0 / np.sinh(y)


@rule(cmath.rect)
def rect(r, phi, *, y, y_bar):
    """y = r e^{iφ}"""
    return np.real(y_bar * np.exp(1j * phi)), np.real(1j * y_bar * y)


@rect.jvp
def rect_jvp(r, phi, *, y, r_dot, phi_dot):
    return (0.0 if r_dot is None else r_dot * np.exp(1j * phi)) + (0.0 if phi_dot is None else 1j * y * phi_dot)


@rule(cmath.polar)
def polar(z, *, y, y_bar):
    """(|z|, arg z)"""
    z_bar = 0j
    if y_bar[0] is not None:
        z_bar = z_bar + y_bar[0] * np.exp(-1j * y[1])
    if y_bar[1] is not None:
        z_bar = z_bar - 1j * y_bar[1] / z
    return z_bar


@polar.jvp
def polar_jvp(z, *, y, z_dot):
    return np.real(np.exp(-1j * y[1]) * z_dot), np.imag(z_dot / z)


@elementwise(np.arctan2)
def arctan2(a, b):
    """y = arg(b + ia)  ⟹  ∂y/∂a = b/r²,  ∂y/∂b = −a/r²  (0 at the origin)"""
    r = np.hypot(a, b)
    return runtime.ratio(runtime.ratio(b, r), r), -runtime.ratio(runtime.ratio(a, r), r)


@elementwise(np.hypot)
def hypot(a, b, *, y):
    return runtime.ratio(a, y), runtime.ratio(b, y)


@rule(math.hypot, wrt=("xs",))
def hypot_n(*xs, y, y_bar):
    """y = √Σx²  ⟹  x̄ = ȳ x / y  (0 at the origin)"""
    return tuple([y_bar * runtime.ratio(x, y) for x in xs])


@hypot_n.jvp
def hypot_n_jvp(*xs, y, xs_dot):
    return runtime.ratio(sum([x * x_dot for x, x_dot in zip(xs, xs_dot) if x_dot is not None]), y)


@elementwise(np.sinc)
def sinc(x, *, y):
    """y = sin(πx)/(πx)  ⟹  y' = (cos πx − y)/x; near 0, where that cancels, the series in t = πx"""
    t = np.pi * x
    near = np.absolute(t) < 0.05
    s = t * t
    series = -np.pi * t / 3.0 * (1.0 - s / 10.0 * (1.0 - s / 28.0 * (1.0 - s / 54.0)))
    return np.where(near, series, (np.cos(t) - y) / np.where(near, 1.0, x))


@elementwise(np.deg2rad)
def deg2rad(x):
    return np.pi / 180.0


@elementwise(np.rad2deg)
def rad2deg(x):
    return 180.0 / np.pi
