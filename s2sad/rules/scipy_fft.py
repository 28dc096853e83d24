"""The transforms of ``scipy.fft``: those of ``numpy.fft`` with more options; cosine and sine transforms.

A cosine transform is not symmetric, but those of type 2 and type 3 are each other's transpose, but for the scaling of
one coefficient:

    y = dct(x, 2)        x_bar = dct(y_bar, 3) + y_bar[0]
"""
from __future__ import annotations

import numpy as np
import scipy.fft as sf

from s2sad.rules import along, linear
from s2sad.rules import fft as plain


@linear(sf.fft, "x")
def fft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.fft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.ifft, "x")
def ifft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.ifft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.rfft, "x")
def rfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.rfft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.irfft, "x")
def irfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.irfft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.hfft, "x")
def hfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.hfft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.ihfft, "x")
def ihfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.ihfft.vjp(x, n, axis, norm, y_bar=y_bar)


@linear(sf.fftn, "x")
def fftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.fftn.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.ifftn, "x")
def ifftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.ifftn.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.rfftn, "x")
def rfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.rfftn.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.irfftn, "x")
def irfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.irfftn.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.fft2, "x")
def fft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.fft2.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.ifft2, "x")
def ifft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.ifft2.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.rfft2, "x")
def rfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.rfft2.vjp(x, s, axes, norm, y_bar=y_bar)


@linear(sf.irfft2, "x")
def irfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, y_bar):
    return plain.irfft2.vjp(x, s, axes, norm, y_bar=y_bar)


# Cosine and sine transforms: those with norm="ortho" are orthogonal


@linear(sf.dct, "x")
def dct(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None, *, y_bar):
    if n is not None or orthogonalize is not None:
        return NotImplemented
    if norm == "ortho":
        return sf.idct(y_bar, type, axis=axis, norm="ortho")
    if norm is not None or type not in (2, 3):
        return NotImplemented
    first = y_bar[along(axis, np.ndim(y_bar), slice(0, 1))]
    if type == 2:
        return sf.dct(y_bar, 3, axis=axis) + first
    rest = sf.dct(y_bar, 2, axis=axis)
    return rest - _first_only(0.5 * rest, axis)


def _first_only(g, axis):
    """``g`` with zeros everywhere but at the first place along an axis."""
    n = np.shape(g)[axis]
    return np.moveaxis(np.moveaxis(g, axis, -1) * (np.arange(n) == 0), -1, axis)


@linear(sf.idct, "x")
def idct(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None, *, y_bar):
    if norm != "ortho" or n is not None or orthogonalize is not None:
        return NotImplemented
    return sf.dct(y_bar, type, axis=axis, norm="ortho")


@linear(sf.dst, "x")
def dst(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None, *, y_bar):
    if norm != "ortho" or n is not None or orthogonalize is not None:
        return NotImplemented
    return sf.idst(y_bar, type, axis=axis, norm="ortho")


@linear(sf.idst, "x")
def idst(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None, *, y_bar):
    if norm != "ortho" or n is not None or orthogonalize is not None:
        return NotImplemented
    return sf.dst(y_bar, type, axis=axis, norm="ortho")
