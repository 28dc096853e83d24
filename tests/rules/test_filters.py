"""Rules of filters, against finite differences and in both modes."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.errors import S2SADError
from s2sad.testing import check_rule
from tests.rules import sample

nd = pytest.importorskip("scipy.ndimage")
ss = pytest.importorskip("scipy.signal")
RNG = np.random.default_rng(29)
B, A = np.array([0.5, -0.2, 0.3]), np.array([1.3, 0.4])

SAMPLES = [
    *[sample(ss.lfilter, B, A, RNG.normal(size=s), axis=k)
      for s, k in [((7,), -1), ((4, 5), 0), ((4, 5), 1), ((2, 3, 4), 1)]],
    sample(ss.lfilter, A, B, RNG.normal(size=6)), sample(ss.lfilter, B, np.array([2.0]), RNG.normal(size=2)),
    *[sample(nd.uniform_filter1d, RNG.normal(size=(5, 6)), n, axis=k, mode=m, origin=o, cval=2.0)
      for n, k, o in [(3, 0, 0), (4, 1, 1), (1, -1, 0)] for m in ("reflect", "constant", "nearest", "mirror", "wrap")],
    *[sample(nd.uniform_filter, RNG.normal(size=(5, 6)), n, mode=m)
      for n in [3, (4, 1)] for m in ["reflect", ("wrap", "nearest")]],
    *[sample(op, RNG.normal(size=a), RNG.normal(size=b), mode=m) for op in [ss.convolve, ss.fftconvolve, ss.correlate]
      for a, b in [((6,), (3,)), ((3,), (6,)), ((4, 5), (2, 3)), ((4,), (4,))] for m in ("full", "same", "valid")],
    *[sample(op, A + 2j * A, B[:2] * 1j, mode=m) for op in [ss.convolve, ss.correlate] for m in ("full", "valid")],
    sample(nd.uniform_filter, RNG.normal(size=(3, 4, 5)), 2, origin=(0, -1, 0), mode="constant", cval=1.0),
]


@pytest.mark.parametrize("op, args, kwargs", SAMPLES)
def test_rule(op, args, kwargs):
    check_rule(op, *args, **kwargs)


@pytest.mark.parametrize("f", [
    lambda x: ss.lfilter(B, A, x, zi=np.zeros(2))[0],
    lambda x: nd.uniform_filter(x, 3, axes=(0,)),
    lambda x: ss.fftconvolve(x, x, axes=0),
])
def test_refused(f):
    with pytest.raises(S2SADError):
        s2sad.vjp(f, np.ones(4))


def written(x):
    out = np.zeros(4)
    nd.uniform_filter1d(x, 3, -1, out)
    smooth = np.zeros(4)
    nd.uniform_filter(x * x, 3, output=smooth)
    return out[1] * x[0] + smooth[2]


def test_output():
    x = np.array([0.3, 1.2, -0.4, 0.9])
    s2sad.check_grads(written, (x,))
    assert s2sad.grad(written)(x)[2] != 0.0


def test_compiled_code_that_writes_is_refused():
    def f(x):
        out = np.zeros(4)
        nd.gaussian_filter1d(x, 1.0, output=out)
        return out[1]

    with pytest.raises(S2SADError):
        s2sad.grad(f)(np.ones(4))
