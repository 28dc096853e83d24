"""SciPy's functions do what their records say. Compiled code is not called on arguments found by trying: they are
written down here."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.spatial.distance
import scipy.special
import scipy.stats

from s2sad import ops
from s2sad.ops import scientific
from tests.ops.checker import check, given, members, name_of
from tests.ops.samples import attempt

A = np.array([0.5, -1.25, 2.0, 0.75])
M = np.array([[2.0, 0.5], [0.5, 1.0]])
N = np.arange(12.0).reshape(3, 4)
LU = scipy.linalg.lu_factor(M)
CHO = scipy.linalg.cho_factor(M)
SPECIAL = {
    "polygamma": [given(1, A + 3.0)],
    "comb": [given(5, 2), given(np.array([5, 6]), 2), given(5, 2, exact=True)],
    "perm": [given(5, 2)],
    "factorial": [given(5), given(np.array([2, 3]))],
    "factorial2": [given(5)],
    "zeta": [given(2.0), given(2.0, 1.5)],
    "multigammaln": [given(4.0, 2)],
    "bernoulli": [given(3)],
    "euler": [given(3)],
    "roots_jacobi": [given(3, 0.5, 0.5)],
    "lambertw": [given(A + 3.0), given(1.0)],
}
LINALG = {
    "cho_factor": [given(M), given(M, True)],
    "cho_solve": [given(CHO, A[:2])],
    "lu_solve": [given(LU, A[:2])],
    "solve_banded": [given((0, 0), np.ones((1, 3)), A[:3])],
    "solve_sylvester": [given(M, M, M)],
    "solve_continuous_lyapunov": [given(M, M)],
    "solve_lyapunov": [given(M, M)],
    "solve_discrete_lyapunov": [given(M / 4.0, M)],
    "eigh_tridiagonal": [given(A, A[:3])],
    "block_diag": [given(M, M), given(M), given()],
    "toeplitz": [given(A), given(A, A), given(A[:1])],
    "hankel": [given(A)],
    "circulant": [given(A)],
    "hilbert": [given(3)],
    "lstsq": [given(M, A[:2])],
}
FFT = (
    "fft2",
    "ifft2",
    "fftn",
    "ifftn",
    "rfft2",
    "irfft2",
    "rfftn",
    "irfftn",
    "dctn",
    "idctn",
    "dstn",
    "idstn",
    "fftshift",
    "ifftshift",
)
SIGNAL = {
    "lfilter": [given([1.0], [1.0, 0.5], A), given([1.0], [1.0], A)],
    "detrend": [given(A), given(A, type="constant")],
    **dict.fromkeys(("convolve2d", "correlate2d"), [given(M, M), given(M, np.ones((1, 1)))]),
}
NDIMAGE = {"gaussian_filter": [given(N, 1.0), given(N, 0.0)], "gaussian_filter1d": [given(N, 1.0)]}
DISTANCE = {
    "cdist": [given(N, N), given(N, N, "cityblock")],
    "pdist": [given(N)],
    "squareform": [given(A[:3]), given(np.ones((3, 3)) - np.eye(3), checks=False)],
}


def explicit(module: str, name: str) -> list:
    if module == "scipy.special":
        return SPECIAL.get(
            name, [given(3)] if name.startswith("roots") else [given(A + 3.0), given(1.5), given(N, axis=0), given(N)]
        )
    if module == "scipy.ndimage":
        return NDIMAGE.get(name, [given(N, 3), given(N, 1), given(N, np.ones((1, 1))), given(A, [1.0, 2.0, 1.0])])
    if module == "scipy.fft":
        if name in ("fftfreq", "rfftfreq", "next_fast_len"):
            return [given(4), given(5)]
        options = (
            [given(N, axes=()), given(N, axes=(0,)), given(N + 0j, axes=())] if name in FFT else [given(N, axis=0)]
        )
        return [
            given(A),
            given(N),
            given(A + 0j),
            given(A.astype(np.float32)),
            *options,
            given(A, n=2),
            given(A, norm="ortho"),
            given(A.tolist()),
        ]
    if module == "scipy.signal":
        return SIGNAL.get(
            name, [given(A, A[:2]), given(A, A[:1]), given(A, A, mode="same"), given(A, np.ones(1), mode="valid")]
        )
    if module == "scipy.spatial.distance":
        return DISTANCE.get(name, [given(A, A * 2.0)])
    return [given(A), given(N, axis=0), given(A, A * 2.0), given(A[:1])]


NAMED = [
    (module, name)
    for module, names in scientific.FUNCTIONS.items()
    for name in names
    if hasattr(__import__(module, fromlist=["x"]), name)
]


@pytest.mark.parametrize("module, name", NAMED, ids=lambda x: x)
def test_a_named_function(module, name):
    op = getattr(__import__(module, fromlist=["x"]), name)
    assert ops.of(op).is_pure
    check(op, explicit(module, name), generic=False)


@pytest.mark.parametrize("name", (*scientific.LINALG, *scientific.SAME_LINALG))
def test_linear_algebra(name):
    op = getattr(scipy.linalg, name)
    assert ops.of(op).is_pure
    check(
        op,
        LINALG.get(
            name, [given(M), given(np.asfortranarray(M)), given(M[:1, :1] * 1.0), given(M, A[:2]), given(np.eye(2))]
        ),
        generic=False,
    )


UFUNCS = [op for name in dir(scipy.special) if isinstance(op := getattr(scipy.special, name), np.ufunc)]


@pytest.mark.parametrize("op", UFUNCS, ids=name_of)
def test_a_ufunc(op):
    numbers = (
        0.5,
        np.array(0.25),
        A + 2.0,
        (A + 2.0)[::2],
        np.float32(0.5),
        np.array([]),
        np.array([1, 2]),
        (A + 2.0) * (1 + 1j),
        2,
    )
    check(
        op, [given(*[x] * op.nin) for x in numbers], generic=False, apart=("raises", "of_values")
    )  # some search for ages at 1e300
    for x in (np.nan, 0.0, -1.0) if not op.types[0].startswith("l") else ():
        attempt(op, (np.array([x]),) * op.nin, {})


@pytest.mark.parametrize(
    "op", [op for op in members("scientific") if op not in UFUNCS and name_of(op).startswith("math")], ids=name_of
)
def test_a_function_of_math(op):
    check(op)


DISTRIBUTIONS = (
    scipy.stats.norm,
    scipy.stats.gamma,
    scipy.stats.binom,
    scipy.stats.norm(A, 2.0),
    scipy.stats.multivariate_normal,
)


@pytest.mark.parametrize("name", scientific.METHODS)
def test_a_method_of_a_distribution(name):
    tried = 0
    for d in DISTRIBUTIONS:
        op = getattr(d, name, None)
        if op is not None and not (name == "interval" and d is not scipy.stats.norm):
            found = [
                given(A),
                given(0.5),
                given(),
                given(A, 2.0),
                given(A + 2.0, A + 3.0),
                given(2, 5, 0.5),
                given(1),
                given(M[0], M[1], M),
            ]
            if name == "entropy" and isinstance(d, scipy.stats.rv_discrete):  # SciPy sums as many terms as there are
                found = [given(2, 5, 0.5), given(5, 0.5), given(1)]
            check(op, found if name != "interval" else [given(0.5), given(0.5, 1.0)], generic=False)
            tried += 1
    assert tried


def test_a_draw_is_no_function():
    assert not ops.of(scipy.stats.norm.rvs).is_pure
