"""Rules of Fourier transforms: lengths that cut and pad, axes, scalings, real and complex."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad.testing import check_rule
from tests.rules import sample

RNG = np.random.default_rng(11)
NORMS = [None, "ortho", "forward", "backward"]
LENGTHS = [None, 3, 4, 9]
R5 = RNG.normal(size=5)
C = RNG.normal(size=(3, 4)) + 1j * RNG.normal(size=(3, 4))
T = RNG.normal(size=(2, 3, 4)) + 1j * RNG.normal(size=(2, 3, 4))
SEVERAL = [{}, {"axes": (0, 2)}, {"axes": (2, 0)}, {"s": (4, 2), "axes": (1, 0)}, {"s": (2, 2, 7), "axes": (0, 1, 2)},
           {"axes": (1,)}]
fft = np.fft

SAMPLES = [
    *[sample(f, x, n, norm=norm) for f in [fft.fft, fft.ifft, fft.irfft, fft.hfft] for x in [R5, C] for n in LENGTHS
      for norm in NORMS],
    *[sample(f, x, n, norm=norm) for f in [fft.rfft, fft.ihfft] for x in [R5, C.real] for n in LENGTHS
      for norm in NORMS],
    *[sample(f, x, axis=0, norm="ortho") for f in [fft.fft, fft.irfft] for x in [C, T]],
    sample(fft.rfft, C.real, 5, axis=0), sample(fft.rfft, T.real, axis=1),
    *[sample(f, T, norm=norm, **kw) for f in [fft.fftn, fft.ifftn, fft.irfftn] for kw in SEVERAL for norm in NORMS[:3]],
    *[sample(fft.rfftn, T.real, norm=norm, **kw) for kw in SEVERAL for norm in NORMS[:3]],
    *[sample(f, T, s=s) for f in [fft.fft2, fft.ifft2, fft.irfft2] for s in [None, (2, 7)]],
    *[sample(fft.rfft2, T.real, s=s) for s in [None, (4, 3)]],
    sample(fft.fft, R5.astype(np.float32)), sample(fft.rfft, R5.astype(np.float32)),
    sample(fft.irfft, C.astype(np.complex64)),
    sample(fft.fftshift, T), sample(fft.ifftshift, T, axes=(0, 1)), sample(fft.fftshift, T, axes=1),
    sample(fft.fftfreq, 5, 0.3), sample(fft.rfftfreq, 5, 0.3),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)
