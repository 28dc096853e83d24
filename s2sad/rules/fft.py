"""Fourier transforms. The matrix of a transform is symmetric, so its transpose is the same transform (not the inverse).

    y = np.fft.fft(x)        x_bar = np.fft.fft(y_bar)

Where ``n`` or ``s`` cuts or pads the input, the cotangent is padded or cut.
"""
from __future__ import annotations

import numpy as np

from s2sad import runtime
from s2sad.rules import along, linear, rule, static


def _fit(g, a, axis):
    """``g`` cut or padded with zeros along one axis to the shape of ``a``."""
    index = along(axis, np.ndim(a), slice(0, min(np.shape(a)[axis], np.shape(g)[axis])))
    shape = np.shape(g)[:axis % np.ndim(a)] + (np.shape(a)[axis],) + np.shape(g)[axis % np.ndim(a) + 1:]
    return runtime.setitem(np.zeros(shape, dtype=g.dtype), index, g[index])


def _fit_all(g, a, axes):
    for axis in axes:
        g = _fit(g, a, axis)
    return g


@static
def _axes(axes, s, ndim):
    """The axes that a transform of several dimensions goes over, counted from 0."""
    if axes is None:
        axes = range(ndim) if s is None else range(ndim - s, ndim)
    return tuple(ax % ndim for ax in axes)


def _over(a, s, axes):
    if s is None:
        return _axes(axes, None, np.ndim(a))
    return _axes(axes, len(s), np.ndim(a))


@static
def _other(norm):
    """The scaling of the opposite transform."""
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)


@linear(np.fft.fft, "a")
def fft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    g = np.fft.fft(y_bar, axis=axis, norm=norm)
    return g if n is None else _fit(g, a, axis)


@linear(np.fft.ifft, "a")
def ifft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    g = np.fft.ifft(y_bar, axis=axis, norm=norm)
    return g if n is None else _fit(g, a, axis)


@linear(np.fft.fftn, "a")
def fftn(a, s=None, axes=None, norm=None, out=None, *, y_bar):
    over = _over(a, s, axes)
    g = np.fft.fftn(y_bar, axes=over, norm=norm)
    return g if s is None else _fit_all(g, a, over)


@linear(np.fft.ifftn, "a")
def ifftn(a, s=None, axes=None, norm=None, out=None, *, y_bar):
    over = _over(a, s, axes)
    g = np.fft.ifftn(y_bar, axes=over, norm=norm)
    return g if s is None else _fit_all(g, a, over)


@linear(np.fft.fft2, "a")
def fft2(a, s=None, axes=(-2, -1), norm=None, out=None, *, y_bar):
    over = _over(a, s, axes)
    g = np.fft.fftn(y_bar, axes=over, norm=norm)
    return g if s is None else _fit_all(g, a, over)


@linear(np.fft.ifft2, "a")
def ifft2(a, s=None, axes=(-2, -1), norm=None, out=None, *, y_bar):
    over = _over(a, s, axes)
    g = np.fft.ifftn(y_bar, axes=over, norm=norm)
    return g if s is None else _fit_all(g, a, over)


@linear(np.fft.rfft, "a")
def rfft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    """The first half of fft: ȳ padded with zeros to the full length."""
    if n is None:
        return np.real(np.fft.fft(y_bar, np.shape(a)[axis], axis, norm))
    return _fit(np.real(np.fft.fft(y_bar, n, axis, norm)), a, axis)


@linear(np.fft.rfftn, "a")
def rfftn(a, s=None, axes=None, norm=None, out=None, *, y_bar):
    return _rfftn(a, s, axes, norm, y_bar)


@linear(np.fft.rfft2, "a")
def rfft2(a, s=None, axes=(-2, -1), norm=None, out=None, *, y_bar):
    return _rfftn(a, s, axes, norm, y_bar)


def _rfftn(a, s, axes, norm, y_bar):
    over = _over(a, s, axes)
    n = np.shape(a)[over[-1]] if s is None else s[-1]
    g = np.fft.fft(y_bar, n, over[-1], norm)
    if len(over) > 1:
        g = np.fft.fftn(g, axes=over[:-1], norm=norm)
    return np.real(g) if s is None else _fit_all(np.real(g), a, over)


@linear(np.fft.irfft, "a")
def irfft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    """yⱼ = Σ cₖ Re(aₖ e^…)/n with c = 1 at both ends of the spectrum, 2 between  ⟹  ā = c conj(rfft(ȳ))"""
    return _fit(_irfft_bar(y_bar, axis % np.ndim(a), norm), a, axis)


def _irfft_bar(y_bar, axis, norm):
    n, ndim = np.shape(y_bar)[axis], np.ndim(y_bar)
    g = 2.0 * np.conj(np.fft.rfft(y_bar, axis=axis, norm=_other(norm)))
    for end in (slice(0, 1), slice((n + 1) // 2, None)):
        g = runtime.setitem(g, along(axis, ndim, end), 0.5 * g[along(axis, ndim, end)])
    return g


@linear(np.fft.irfftn, "a")
def irfftn(a, s=None, axes=None, norm=None, out=None, *, y_bar):
    return _irfftn(a, s, axes, norm, y_bar)


@linear(np.fft.irfft2, "a")
def irfft2(a, s=None, axes=(-2, -1), norm=None, out=None, *, y_bar):
    return _irfftn(a, s, axes, norm, y_bar)


def _irfftn(a, s, axes, norm, y_bar):
    over = _over(a, s, axes)
    g = _irfft_bar(y_bar, over[-1], norm)
    if len(over) > 1:
        g = np.fft.ifftn(g, axes=over[:-1], norm=norm)
    return _fit(g, a, over[-1]) if s is None else _fit_all(g, a, over)


@linear(np.fft.hfft, "a")
def hfft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    """hfft(a) = irfft(conj(a)) with the opposite scaling."""
    return _fit(np.conj(_irfft_bar(y_bar, axis % np.ndim(a), _other(norm))), a, axis)


@linear(np.fft.ihfft, "a")
def ihfft(a, n=None, axis=-1, norm=None, out=None, *, y_bar):
    """ihfft(a) = conj(rfft(a)) with the opposite scaling."""
    length = np.shape(a)[axis] if n is None else n
    g = np.real(np.fft.fft(np.conj(y_bar), length, axis, _other(norm)))
    return g if n is None else _fit(g, a, axis)


@linear(np.fft.fftshift, "x")
def fftshift(x, axes=None, *, y_bar):
    return np.fft.ifftshift(y_bar, axes)


@linear(np.fft.ifftshift, "x")
def ifftshift(x, axes=None, *, y_bar):
    return np.fft.fftshift(y_bar, axes)


@rule(np.fft.fftfreq, wrt=("d",))
def fftfreq(n, d=1.0, device=None, *, y, y_bar):
    """y = k / (n d)"""
    return -np.dot(y_bar, y) / d


@fftfreq.jvp
def fftfreq_jvp(n, d=1.0, device=None, *, y, d_dot):
    return -y * (d_dot / d)


@rule(np.fft.rfftfreq, wrt=("d",))
def rfftfreq(n, d=1.0, device=None, *, y, y_bar):
    return -np.dot(y_bar, y) / d


@rfftfreq.jvp
def rfftfreq_jvp(n, d=1.0, device=None, *, y, d_dot):
    return -y * (d_dot / d)
