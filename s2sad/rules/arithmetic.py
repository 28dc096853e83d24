"""Arithmetic: `+ - * / // % **`, `abs`, maximum and minimum, clip and where, rounding, casts, comparisons."""
from __future__ import annotations

import builtins
import math
import operator

import numpy as np

from s2sad import runtime
from s2sad.rules import elementwise, linear, no_gradient, rule

no_gradient(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, operator.not_, operator.is_,
            operator.is_not, operator.contains, operator.truth, operator.and_, operator.or_, operator.xor,
            operator.invert, operator.lshift, operator.rshift, operator.iand, operator.ior, operator.ixor,
            operator.ilshift, operator.irshift, operator.index)
no_gradient(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and,
    np.logical_or,
            np.logical_xor, np.logical_not, np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift,
            np.right_shift, np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf, np.signbit, np.isclose,
            np.allclose, np.array_equal, np.array_equiv, np.isreal, np.iscomplex, np.isscalar)
no_gradient(np.floor_divide, np.heaviside, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix,
            np.spacing, np.gcd, np.lcm)
no_gradient(math.floor, math.ceil, math.trunc, math.isnan, math.isinf, math.isfinite, math.isclose, math.ulp,
    math.gcd,
            math.lcm, math.comb, math.perm, math.factorial, math.isqrt)
no_gradient(builtins.int, builtins.bool, builtins.round, builtins.len, builtins.isinstance, builtins.range,
            builtins.str, builtins.repr, builtins.format, builtins.print, builtins.type, builtins.id, builtins.hash,
            builtins.hasattr, builtins.callable, builtins.any, builtins.all, builtins.str.format, builtins.format)


@elementwise(np.nextafter)
def nextafter(x1, x2):
    """The neighbour moves as the number does, but for jumps of the last digit."""
    return 1.0, None


@elementwise(np.add)
def add(a, b):
    return 1.0, 1.0


@elementwise(np.subtract)
def subtract(a, b):
    return 1.0, -1.0


@elementwise(np.multiply)
def multiply(a, b):
    return b, a


@elementwise(np.divide)
def divide(a, b, *, y):
    """y = a / b  ⟹  ∂y/∂a = 1/b,  ∂y/∂b = −y/b"""
    return 1.0 / b, -y / b


@elementwise(np.negative)
def negative(x):
    return -1.0


@elementwise(np.positive)
def positive(x):
    return 1.0


@elementwise(np.remainder)
def remainder(a, b):
    """y = a − b ⌊a/b⌋"""
    return 1.0, -(a // b)


@elementwise(np.fmod)
def fmod(a, b):
    """y = a − b trunc(a/b)"""
    return 1.0, -np.trunc(a / b)


@elementwise(math.remainder)
def ieee_remainder(a, b, *, y):
    """y = a − b n,  n the integer nearest to a/b"""
    return 1.0, -np.rint((a - y) / b)


@elementwise(np.power)
def power(a, b, *, y):
    """y = aᵇ  ⟹  ∂y/∂a = b aᵇ⁻¹ (0 where b = 0),  ∂y/∂b = y log a (0 where a = 0 and b > 0)"""
    return _power_base(a, b), y * _power_log(a, y)


@elementwise(np.float_power)
def float_power(a, b, *, y):
    return _power_base(a, b), y * _power_log(a, y)


def _power_log(a, y):
    """log a; 0 where aᵇ is 0 for a = 0, as it is for every exponent near. At 0⁰ = 1 there is a jump: −inf."""
    return np.log(np.where(np.logical_and(a == 0, y == 0), 1.0, a))


def _power_base(a, b):
    """∂/∂a aᵇ. At b = 0 the formula would be 0 · a⁻¹."""
    if np.ndim(b) == 0:
        return 0.0 if b == 0 else b * a ** (b - 1)
    return np.where(b == 0, 0.0, b * a ** np.where(b == 0, 1.0, b - 1.0))


@elementwise(np.square)
def square(x):
    return 2.0 * x


@elementwise(np.reciprocal)
def reciprocal(x, *, y):
    return -y * y


@rule(np.absolute)
def absolute(x, *, y, y_bar):
    """|x|' = sign x (0 at 0);  for complex z = u + iv: (u − iv) / |z|"""
    if np.iscomplexobj(x):
        return y_bar * runtime.ratio(np.conj(x), y)
    return y_bar * runtime.slope(x)


@absolute.jvp
def absolute_jvp(x, *, y, x_dot):
    if np.iscomplexobj(x):
        return runtime.ratio(np.real(np.conj(x) * x_dot), y)
    return x_dot * runtime.slope(x)


@elementwise(runtime.slope)
def slope(x):
    """The slope of |x| is constant but where it jumps, and has no derivative there"""
    return runtime.jump(x)


@elementwise(runtime.jump)
def jump(x):
    return runtime.jump(x)


@elementwise(runtime.ratio, wrt=("a", "b"))
def ratio(a, b, zero=None, *, y):
    """y = a / b, and by convention 0 where b = 0: that convention has no derivative"""
    inverse = 1.0 / np.where(b == 0 if zero is None else zero, np.nan, b)
    return inverse, -y * inverse


@rule(np.sign)
def sign(x, *, y_bar):
    """Zero for real x. Complex z / |z| moves along the unit circle: ẏ = (ż − z Re(z̄ ż) / |z|²) / |z|"""
    if np.iscomplexobj(x):
        size = np.where(x == 0, np.inf, np.absolute(x))
        return (y_bar - np.real(y_bar * x) * np.conj(x) / (size * size)) / size
    return None


@sign.jvp
def sign_jvp(x, *, x_dot):
    if np.iscomplexobj(x):
        size = np.where(x == 0, np.inf, np.absolute(x))
        return (x_dot - np.real(np.conj(x) * x_dot) * x / (size * size)) / size
    return None


@elementwise(np.copysign)
def copysign(a, b):
    """y = |a| with the sign of b"""
    return np.sign(a) * np.copysign(1.0, b), None


@rule(np.modf)
def modf(x, *, y_bar):
    """(fraction, whole): the whole part is locally constant"""
    return y_bar[0]


@modf.jvp
def modf_jvp(x, *, x_dot):
    return x_dot, None


@rule(np.frexp)
def frexp(x, *, y, y_bar):
    """x = m 2ᵉ"""
    return None if y_bar[0] is None else np.ldexp(y_bar[0], -y[1])


@frexp.jvp
def frexp_jvp(x, *, y, x_dot):
    return np.ldexp(x_dot, -y[1]), None


@linear(np.ldexp, "x")
def ldexp(x, i, *, y_bar):
    return runtime.unbroadcast(np.ldexp(y_bar, i), x)


@rule(np.divmod)
def divmod(a, b, *, y, y_bar):
    """a = q b + r with q locally constant: ṙ = ȧ − q ḃ"""
    if y_bar[1] is None:
        return None, None
    return runtime.unbroadcast(y_bar[1], a), runtime.unbroadcast(-y[0] * y_bar[1], b)


@divmod.jvp
def divmod_jvp(a, b, *, y, a_dot, b_dot):
    if b_dot is None:
        return None, a_dot + runtime.zeros_like(y[1])
    if a_dot is None:
        return None, -y[0] * b_dot
    return None, a_dot - y[0] * b_dot


# Where two arguments are equal, each gets half.

@elementwise(np.maximum)
def maximum(a, b):
    return np.where(a == b, 0.5, a > b), np.where(a == b, 0.5, b > a)


@elementwise(np.minimum)
def minimum(a, b):
    return np.where(a == b, 0.5, a < b), np.where(a == b, 0.5, b < a)


@elementwise(np.fmax)
def fmax(a, b):
    """Like maximum, but a number wins over nan."""
    return np.where(a == b, 0.5, (a > b) | (b != b)), np.where(a == b, 0.5, (b > a) | ((a != a) & (b == b)))


@elementwise(np.fmin)
def fmin(a, b):
    """Like minimum, but a number wins over nan."""
    return np.where(a == b, 0.5, (a < b) | (b != b)), np.where(a == b, 0.5, (b < a) | ((a != a) & (b == b)))


@rule(builtins.max, wrt=("xs",))
def max(*xs, y, y_bar):
    """The largest of several numbers, or of the items of one array or list."""
    if len(xs) == 1:
        return (_share_items(xs[0], y, y_bar),)
    if len(xs) == 2:
        return _divide_up(xs[0], xs[1], xs[0] > xs[1], y_bar, y_bar)
    return _share(xs, y, y_bar)


@max.jvp
def max_jvp(*xs, y, xs_dot):
    if len(xs) == 1:
        return _shared_items_dot(xs[0], y, xs_dot[0])
    return _shared_dot(xs, y, xs_dot)


@rule(builtins.min, wrt=("xs",))
def min(*xs, y, y_bar):
    """The smallest of several numbers, or of the items of one array or list."""
    if len(xs) == 1:
        return (_share_items(xs[0], y, y_bar),)
    if len(xs) == 2:
        return _divide_up(xs[0], xs[1], xs[0] < xs[1], y_bar, y_bar)
    return _share(xs, y, y_bar)


@min.jvp
def min_jvp(*xs, y, xs_dot):
    if len(xs) == 1:
        return _shared_items_dot(xs[0], y, xs_dot[0])
    return _shared_dot(xs, y, xs_dot)


def _divide_up(a, b, first, a_bar, b_bar):
    """What each of two numbers gets: everything or nothing, and half if they are equal."""
    return (0.5 * a_bar if a == b else a_bar if first else 0.0), (0.5 * b_bar if a == b else 0.0 if first else b_bar)


def _share(xs, y, y_bar):
    """The cotangent of each scalar of xs: y_bar, shared between those that are equal to y."""
    count = builtins.sum([x == y for x in xs])
    return tuple([np.where(x == y, y_bar / count, 0.0) for x in xs])


def _shared_dot(xs, y, xs_dot):
    count = builtins.sum([x == y for x in xs])
    return builtins.sum([np.where(x == y, x_dot, 0.0) for x, x_dot in zip(xs, xs_dot) if x_dot is not None]) / count


def _share_items(x, y, y_bar):
    if isinstance(x, np.ndarray):
        return np.where(x == y, y_bar / np.sum(x == y), 0.0)
    count = builtins.sum([v == y for v in x])
    return [np.where(v == y, y_bar / count, 0.0) for v in x]


def _shared_items_dot(x, y, x_dot):
    if isinstance(x, np.ndarray):
        return np.sum(np.where(x == y, x_dot, 0.0)) / np.sum(x == y)
    count = builtins.sum([v == y for v in x])
    return builtins.sum([np.where(v == y, v_dot, 0.0) for v, v_dot in zip(x, x_dot)]) / count


@rule(np.clip, wrt=("a", "a_min", "a_max", "min", "max"))
def clip(a, a_min=None, a_max=None, out=None, min=None, max=None, *, y_bar):
    """y = minimum(maximum(a, lo), hi); a value at a bound passes its cotangent"""
    a_bar, lo_bar, hi_bar = _clip_vjp(a, a_min if min is None else min, a_max if max is None else max, y_bar)
    return (a_bar, lo_bar if min is None else None, hi_bar if max is None else None,
            None if min is None else lo_bar, None if max is None else hi_bar)


@clip.jvp
def clip_jvp(a, a_min=None, a_max=None, out=None, min=None, max=None, *, y, a_dot, a_min_dot, a_max_dot, min_dot,
             max_dot):
    inside, below, above = _clip_masks(a, a_min if min is None else min, a_max if max is None else max)
    lo_dot = a_min_dot if min is None else min_dot
    hi_dot = a_max_dot if max is None else max_dot
    y_dot = runtime.zeros_like(y)
    if a_dot is not None:
        y_dot = np.where(inside, a_dot, y_dot)
    if lo_dot is not None:
        y_dot = np.where(below, lo_dot, y_dot)
    if hi_dot is not None:
        y_dot = np.where(above, hi_dot, y_dot)
    return y_dot


def _clip_vjp(a, lo, hi, y_bar):
    inside, below, above = _clip_masks(a, lo, hi)
    return (runtime.unbroadcast(np.where(inside, y_bar, 0.0), a),
            None if lo is None else runtime.unbroadcast(np.where(below, y_bar, 0.0), lo),
            None if hi is None else runtime.unbroadcast(np.where(above, y_bar, 0.0), hi))


def _clip_masks(a, lo, hi):
    """Where the result is a, the lower bound, the upper bound. The upper bound wins if the two cross."""
    if lo is None and hi is None:
        return a == a, None, None
    if lo is None:
        return a <= hi, None, a > hi
    if hi is None:
        return a >= lo, a < lo, None
    return (a >= lo) & (a <= hi), (a < lo) & (lo <= hi), (a > hi) | (lo > hi)


@linear(np.where, "a", "b")
def where(condition, a, b, *, y_bar):
    """The branch not taken gets an exact zero, whatever y_bar is."""
    return (runtime.unbroadcast(np.where(condition, y_bar, 0.0), a),
            runtime.unbroadcast(np.where(condition, 0.0, y_bar), b))


@elementwise(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.isfinite(x)


# Complex parts: the gradient of a real result is ∂/∂u − i ∂/∂v,
# so ȳ ẏ has the real part of x̄ ẋ.

@linear(np.real, "val")
def real(val, *, y_bar):
    return y_bar


@linear(np.imag, "val")
def imag(val, *, y_bar):
    return -1j * y_bar if np.iscomplexobj(val) else None


@linear(np.conjugate, "x")
def conjugate(x, *, y_bar):
    return np.conj(y_bar)


@rule(np.angle)
def angle(z, deg=False, *, y_bar):
    """θ̇ = Im(ż / z); locally constant for real z"""
    if not np.iscomplexobj(z):
        return None
    return (-1j * 180.0 / np.pi if deg else -1j) * y_bar / z


@angle.jvp
def angle_jvp(z, deg=False, *, z_dot):
    if not np.iscomplexobj(z):
        return None
    return np.imag(z_dot / z) * (180.0 / np.pi if deg else 1.0)


@rule(np.real_if_close)
def real_if_close(a, tol=100, *, y_bar):
    return y_bar


@real_if_close.jvp
def real_if_close_jvp(a, tol=100, *, y, a_dot):
    return a_dot if np.iscomplexobj(y) else np.real(a_dot)


# Casts are linear

@linear(builtins.float, "x")
def float(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)


@linear(builtins.complex, "real", "imag")
def complex(real, imag=0, *, y_bar):
    """y = a + i b  ⟹  Re(ȳ ẏ) = Re(ȳ ȧ) + Re(i ȳ ḃ)"""
    return runtime.unbroadcast(y_bar, real), runtime.unbroadcast(1j * y_bar, imag)


@linear(np.float64, "x")
def float64(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)


@linear(np.float32, "x")
def float32(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)


@linear(np.longdouble, "x")
def longdouble(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)


@linear(np.complex128, "x")
def complex128(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)


@linear(np.complex64, "x")
def complex64(x, *, y_bar):
    return runtime.unbroadcast(y_bar, x)
