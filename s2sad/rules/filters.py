"""Filters along an axis: recursive filters and moving averages.

With ``a ⋆ y = b ⋆ x`` and ``w`` the cotangent filtered backwards by ``1 / a``, every cotangent of ``lfilter`` is a
correlation with ``w``. SciPy's filters take long to import; ``s2sad.rules.lookup`` imports this module when it meets
one.

    >>> from scipy.ndimage import uniform_filter
    >>> import numpy as np, s2sad
    >>> s2sad.grad(lambda x: uniform_filter(x, 3)[1])(np.zeros(4))
    array([0.33333333, 0.33333333, 0.33333333, 0.        ])
"""
from __future__ import annotations

import numpy as np
import scipy.ndimage as sn
import scipy.signal as ss

from s2sad.rules import bilinear, rule
from s2sad.rules.matrices import conj


def _backwards(b, a, x, axis):
    """A filter that runs from the end to the start."""
    return np.flip(ss.lfilter(b, a, np.flip(x, axis), axis), axis)


def _lags(w, x, count, axis):
    """Σₙ wₙ xₙ₋ₖ for k < count."""
    w, x = np.moveaxis(w, axis, -1), np.moveaxis(x, axis, -1)
    n = np.shape(x)[-1]
    return np.array([np.sum(w[..., k:] * x[..., :max(n - k, 0)]) for k in range(count)])


def _margins(mode, n, m):
    """What a mode leaves out before and after, of the n + m − 1 places of a full convolution."""
    if mode == "full":
        return 0, 0
    kept = n if mode == "same" else max(n, m) - min(n, m) + 1
    before = (n + m - 1 - kept) // 2
    return before, n + m - 1 - kept - before


def _convolved_bars(in1, in2, mode, y_bar):
    """The cotangent in the places of a full convolution, correlated with each factor."""
    margins = [_margins(mode, n, m) for n, m in zip(np.shape(in1), np.shape(in2))]
    g = np.pad(y_bar, margins)
    return ss.correlate(g, conj(in2), "valid"), ss.correlate(g, conj(in1), "valid")


@bilinear(ss.convolve)
def convolve(in1, in2, mode="full", method="auto", *, y_bar):
    """yₙ = Σ aₖ bₙ₋ₖ  ⟹  āₖ = Σ ȳₙ bₙ₋ₖ,  b̄ₖ = Σ ȳₙ aₙ₋ₖ"""
    return _convolved_bars(in1, in2, mode, y_bar)


@bilinear(ss.fftconvolve)
def fftconvolve(in1, in2, mode="full", axes=None, *, y_bar):
    if axes is not None:
        return NotImplemented, NotImplemented
    return _convolved_bars(in1, in2, mode, y_bar)


@bilinear(ss.correlate)
def correlate(in1, in2, mode="full", method="auto", *, y_bar):
    """A convolution with the conjugate of the second factor, read from its end."""
    a_bar, b_bar = _convolved_bars(in1, conj(np.flip(in2)), mode, y_bar)
    return a_bar, conj(np.flip(b_bar))


def _averages(n, size, mode, origin):
    """The matrix of a moving average of n values; what lies outside counts as 0 in the mode ``constant``."""
    return sn.uniform_filter1d(np.eye(n), size, axis=0, mode=mode, origin=origin)


def _unaveraged(x_bar, size, mode, origin):
    """The transpose of a moving average along every axis."""
    for axis, n in enumerate(np.shape(x_bar)):
        m = _averages(n, size if np.ndim(size) == 0 else size[axis],
                      mode if isinstance(mode, str) else mode[axis], origin if np.ndim(origin) == 0 else origin[axis])
        x_bar = np.moveaxis(np.moveaxis(x_bar, axis, -1) @ m, -1, axis)
    return x_bar


@rule(ss.lfilter, wrt=("b", "a", "x"))
def lfilter(b, a, x, axis=-1, zi=None, *, y, y_bar):
    """w = flip(lfilter(1, a, flip(ȳ)))  ⟹  x̄ = b ⋆ w backwards, b̄ₖ = Σ wₙ xₙ₋ₖ, āₖ = −Σ wₙ yₙ₋ₖ"""
    if zi is not None or np.iscomplexobj(y):
        return NotImplemented
    w = _backwards(np.ones(1), a, y_bar, axis)
    b_bar = _lags(w, x, np.size(b), axis)
    a_bar = -_lags(w, y, np.size(a), axis)
    return (np.reshape(b_bar, np.shape(b)), np.reshape(a_bar, np.shape(a)), _backwards(b, np.ones(1), w, axis))


@lfilter.jvp
def lfilter_jvp(b, a, x, axis=-1, zi=None, *, y, b_dot, a_dot, x_dot):
    if zi is not None or np.iscomplexobj(y):
        return NotImplemented
    one = np.ones(1)
    driven = None
    if x_dot is not None:
        driven = ss.lfilter(b, one, x_dot, axis)
    if b_dot is not None:
        by_b = ss.lfilter(b_dot, one, x, axis)
        driven = by_b if driven is None else driven + by_b
    if a_dot is not None:
        by_a = -ss.lfilter(a_dot, one, y, axis)
        driven = by_a if driven is None else driven + by_a
    return ss.lfilter(one, a, driven, axis)


@rule(sn.uniform_filter1d, wrt=("input",))
def uniform_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, y_bar):
    """y = M x along the axis  ⟹  x̄ = Mᵀ ȳ"""
    if output is not None:
        return NotImplemented
    m = _averages(np.shape(input)[axis], size, mode, origin)
    return np.moveaxis(np.moveaxis(y_bar, axis, -1) @ m, -1, axis)


@uniform_filter1d.jvp
def uniform_filter1d_jvp(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, input_dot):
    if output is not None:
        return NotImplemented
    return sn.uniform_filter1d(input_dot, size, axis, None, mode, 0.0, origin)


@rule(sn.uniform_filter, wrt=("input",))
def uniform_filter(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None, y_bar):
    """Moving averages along the axes, one after the other."""
    if output is not None or axes is not None:
        return NotImplemented
    return _unaveraged(y_bar, size, mode, origin)


@uniform_filter.jvp
def uniform_filter_jvp(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None, input_dot):
    if output is not None or axes is not None:
        return NotImplemented
    return sn.uniform_filter(input_dot, size, None, mode, 0.0, origin)
