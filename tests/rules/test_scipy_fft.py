"""Transforms of scipy.fft: cut, padded, along any axes, in every scaling."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.testing import check_rule
from tests.rules import sample

sf = pytest.importorskip("scipy.fft")
RNG = np.random.default_rng(31)
X = RNG.normal(size=(3, 6))
Z = X + 1j * RNG.normal(size=(3, 6))

LINES = [{}, {"n": 8}, {"n": 4, "axis": 0}, {"norm": "ortho"}, {"norm": "forward"}]
PLANES = [{}, {"s": (4, 5)}, {"axes": (0, 1)}, {"norm": "ortho"}]
SAMPLES = [
    *[sample(op, X, **k) for op in [sf.fft, sf.ifft, sf.rfft, sf.irfft, sf.hfft, sf.ihfft] for k in LINES],
    *[sample(op, Z) for op in [sf.fft, sf.ifft, sf.irfft, sf.hfft, sf.fftn, sf.ifftn, sf.irfftn, sf.irfft2]],
    *[sample(op, X, **k) for op in [sf.fftn, sf.ifftn, sf.rfftn, sf.irfftn, sf.fft2, sf.ifft2, sf.rfft2, sf.irfft2]
      for k in PLANES],
    *[sample(op, X, kind, norm="ortho", axis=axis) for op in [sf.dct, sf.idct, sf.dst, sf.idst] for kind in (1, 2, 3, 4)
      for axis in (0, -1)],
    *[sample(sf.dct, X, kind, axis=axis) for kind in (2, 3) for axis in (0, 1)],
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("f", [lambda x: sf.dct(x, n=4), lambda x: sf.idct(x), lambda x: sf.dct(x, 1),
                               lambda x: sf.dst(x), lambda x: sf.idst(x, norm="ortho", n=3)])
def test_refused(f):
    with pytest.raises(s2sad.S2SADError, match="S2S003"):
        s2sad.vjp(f, X)
