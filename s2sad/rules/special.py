"""Special functions of ``scipy.special`` (where SciPy is installed), and those of ``math`` that need it.

A partial ``NotImplemented`` belongs to a parameter in which the derivative has no closed form (the order of a Bessel
function): such a parameter must not be active.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.rules import elementwise, no_gradient, rule

try:
    import scipy.special as sp
except ImportError:
    sp = None


def _installed(*names: str) -> tuple[Callable, ...]:
    return tuple(getattr(sp, name) for name in names if hasattr(sp, name))


def _elementwise(*names: str) -> Callable[[Callable], Any]:
    """``elementwise`` for those of the functions of scipy.special that are installed."""
    found = _installed(*names)
    return elementwise(*found) if found else lambda fn: fn


no_gradient(*_installed("gammasgn"))


# Error function and normal distribution

@elementwise(math.erf, *_installed("erf"))
def erf(x):
    return 2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@elementwise(math.erfc, *_installed("erfc"))
def erfc(x):
    return -2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@_elementwise("erfcx")
def erfcx(x, *, y):
    """2xy − 2/√π, which cancels for large x; there the asymptotic series (DLMF 7.12.1), differentiated"""
    if np.iscomplexobj(x):
        return 2.0 * x * y - 2.0 / math.sqrt(math.pi)
    far = x > 50.0
    r = 1.0 / np.where(far, x, 50.0)
    s = 0.5 * r * r
    series = -r * r * (1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s))) / math.sqrt(math.pi)
    return np.where(far, series, 2.0 * np.where(far, 0.0, x) * y - 2.0 / math.sqrt(math.pi))


@_elementwise("erfi")
def erfi(x):
    return 2.0 / math.sqrt(math.pi) * np.exp(x * x)


@_elementwise("wofz")
def wofz(z, *, y):
    """w(z) = exp(−z²) erfc(−iz)  ⟹  w' = 2i/√π − 2 z w"""
    return 2.0j / math.sqrt(math.pi) - 2.0 * z * y


@_elementwise("dawsn")
def dawsn(x, *, y):
    """1 − 2xy, which cancels for large |x|; there the asymptotic series (DLMF 7.12.1), differentiated"""
    if np.iscomplexobj(x):
        return 1.0 - 2.0 * x * y
    far = np.absolute(x) > 50.0
    r = 1.0 / np.where(far, x, 50.0)
    s = 0.5 * r * r
    return np.where(far, -s * (1.0 + 3.0 * s * (1.0 + 5.0 * s * (1.0 + 7.0 * s))), 1.0 - 2.0 * x * y)


@_elementwise("erfinv")
def erfinv(x, *, y):
    return math.sqrt(math.pi) / 2.0 * np.exp(y * y)


@_elementwise("erfcinv")
def erfcinv(x, *, y):
    return -math.sqrt(math.pi) / 2.0 * np.exp(y * y)


@_elementwise("ndtr")
def ndtr(x):
    return np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


@_elementwise("log_ndtr")
def log_ndtr(x):
    """φ(x)/Φ(x), which erfcx gives without dividing two small numbers"""
    return math.sqrt(2.0 / math.pi) / sp.erfcx(-math.sqrt(0.5) * x)


@_elementwise("ndtri")
def ndtri(x, *, y):
    return math.sqrt(2.0 * math.pi) * np.exp(0.5 * y * y)


# Logistic functions

@_elementwise("expit")
def expit(x):
    """σ(x) σ(−x): does not cancel where σ(x) is nearly 1"""
    return sp.expit(x) * sp.expit(-x)


@_elementwise("log_expit")
def log_expit(x):
    return sp.expit(-x)


@_elementwise("logit")
def logit(x):
    return 1.0 / (x * (1.0 - x))


@_elementwise("exp10")
def exp10(x, *, y):
    return math.log(10.0) * y


# Gamma and beta

@_elementwise("gamma")
def gamma(x, *, y):
    return y * sp.psi(x)


@_elementwise("gammaln", "loggamma")
def gammaln(x):
    return sp.psi(x)


@_elementwise("rgamma")
def rgamma(x, *, y):
    return -y * sp.psi(x)


@_elementwise("psi")
def psi(x):
    return sp.polygamma(1, x)


@_elementwise("polygamma")
def polygamma(n, x):
    return NotImplemented, sp.polygamma(n + 1, x)


@_elementwise("zeta")
def zeta(x, q):
    """Hurwitz: ζ(x, q) = Σ (k + q)⁻ˣ"""
    return NotImplemented, -x * sp.zeta(x + 1.0, q)


@_elementwise("beta")
def beta(a, b, *, y):
    return y * _psi_difference(a, b), y * _psi_difference(b, a)


@_elementwise("betaln")
def betaln(a, b):
    return _psi_difference(a, b), _psi_difference(b, a)


def _psi_difference(a, b):
    """ψ(a) − ψ(a + b); for b much less than a by the slope in the middle"""
    small = np.absolute(b) < 1e-5 * np.absolute(a)
    return np.where(small, -b * sp.polygamma(1, a + 0.5 * b), sp.psi(a) - sp.psi(a + b))


# Bessel functions

@_elementwise("j0")
def j0(x):
    return -sp.j1(x)


@_elementwise("j1")
def j1(x):
    return 0.5 * (sp.j0(x) - sp.jv(2, x))


@_elementwise("y0")
def y0(x):
    return -sp.y1(x)


@_elementwise("y1")
def y1(x):
    return 0.5 * (sp.y0(x) - sp.yn(2, x))


@_elementwise("jv")
def jv(v, x):
    return NotImplemented, 0.5 * (sp.jv(v - 1, x) - sp.jv(v + 1, x))


@_elementwise("yv")
def yv(v, x):
    return NotImplemented, 0.5 * (sp.yv(v - 1, x) - sp.yv(v + 1, x))


@_elementwise("yn")
def yn(n, x):
    return NotImplemented, 0.5 * (sp.yn(n - 1, x) - sp.yn(n + 1, x))


@_elementwise("iv")
def iv(v, x):
    return NotImplemented, 0.5 * (sp.iv(v - 1, x) + sp.iv(v + 1, x))


@_elementwise("kv")
def kv(v, x):
    return NotImplemented, -0.5 * (sp.kv(v - 1, x) + sp.kv(v + 1, x))


@_elementwise("kn")
def kn(n, x):
    return NotImplemented, -0.5 * (sp.kv(n - 1, x) + sp.kv(n + 1, x))


@_elementwise("ive")
def ive(v, x, *, y):
    """e^{−|x|} I_v(x), for real x"""
    return NotImplemented, _far(-1.0, v, x, 0.5 * (sp.ive(v - 1, x) + sp.ive(v + 1, x)) - np.sign(x) * y,
                                np.sign(x) ** (v + 1) / math.sqrt(2.0 * math.pi))


@_elementwise("kve")
def kve(v, x, *, y):
    """eˣ K_v(x)"""
    return NotImplemented, _far(1.0, v, x, y - 0.5 * (sp.kve(v - 1, x) + sp.kve(v + 1, x)), math.sqrt(0.5 * math.pi))


def _far(sign, v, x, near, scale):
    """``near``, which cancels for large x, and there the derivative of scale · x^{−1/2} (1 + a₁/x + a₂/x² + …), the
    expansions of DLMF 10.40.1 and 10.40.2; ``sign`` is that of a₁"""
    m, far = 4.0 * v * v, np.absolute(x) > 1e4 * (1.0 + v * v)
    r = 1.0 / np.where(far, np.absolute(x), 1e4)
    a1, a2 = sign * (m - 1.0) / 8.0, (m - 1.0) * (m - 9.0) / 128.0
    return np.where(far, -0.5 * scale * r * np.sqrt(r) * (1.0 + r * (3.0 * a1 + r * 5.0 * a2)), near)


if sp is not None:
    @elementwise(sp.i0, np.i0)
    def i0(x):
        return sp.i1(x)


@_elementwise("i1")
def i1(x):
    return 0.5 * (sp.i0(x) + sp.iv(2, x))


@_elementwise("i0e")
def i0e(x, *, y):
    return _far(-1.0, 0.0, x, sp.i1e(x) - np.sign(x) * y, np.sign(x) / math.sqrt(2.0 * math.pi))


@_elementwise("i1e")
def i1e(x, *, y):
    return _far(-1.0, 1.0, x, 0.5 * (sp.i0e(x) + sp.ive(2, x)) - np.sign(x) * y, 1.0 / math.sqrt(2.0 * math.pi))


@_elementwise("k0")
def k0(x):
    return -sp.k1(x)


@_elementwise("k1")
def k1(x):
    return -0.5 * (sp.k0(x) + sp.kv(2, x))


@_elementwise("k0e")
def k0e(x, *, y):
    return _far(1.0, 0.0, x, y - sp.k1e(x), math.sqrt(0.5 * math.pi))


@_elementwise("k1e")
def k1e(x, *, y):
    return _far(1.0, 1.0, x, y - 0.5 * (sp.k0e(x) + sp.kve(2, x)), math.sqrt(0.5 * math.pi))


# Exponential integrals and entropies

@_elementwise("exp1")
def exp1(x):
    return -np.exp(-x) / x


@_elementwise("expi")
def expi(x):
    return np.exp(x) / x


@_elementwise("expn")
def expn(n, x):
    return NotImplemented, np.where(n == 0, -np.exp(-x) * (1.0 + 1.0 / x) / x, -sp.expn(np.maximum(n - 1, 0), x))


@_elementwise("lambertw")
def lambertw(z, k=0, tol=1e-8, *, y):
    return 1.0 / (np.exp(y) * (1.0 + y))


@_elementwise("xlogy")
def xlogy(x, z):
    """x log z, and 0 where x = 0: there it stays 0 whatever z is"""
    return np.log(z), runtime.masked_product(x, np.divide(1.0, z))


@_elementwise("xlog1py")
def xlog1py(x, z):
    return np.log1p(z), runtime.masked_product(x, np.divide(1.0, 1.0 + z))


@_elementwise("entr")
def entr(x):
    """−x log x"""
    return -np.log(x) - 1.0


@_elementwise("rel_entr")
def rel_entr(x, z):
    """x log(x / z)"""
    return np.log(x / z) + 1.0, -x / z


@_elementwise("kl_div")
def kl_div(x, z):
    """x log(x / z) − x + z"""
    return np.log(x / z), 1.0 - x / z


@_elementwise("boxcox")
def boxcox(x, lmbda):
    """(x^λ − 1) / λ"""
    return x ** (lmbda - 1.0), NotImplemented


@_elementwise("huber")
def huber(delta, r):
    """r²/2 for |r| ≤ δ, else δ (|r| − δ/2)"""
    return np.where(np.absolute(r) <= delta, 0.0, np.absolute(r) - delta), np.clip(r, -delta, delta)


# Functions along an axis

def _shifted_exp(a, y):
    """e^{a − y}, and 0 where the sum of exponentials y is empty (−∞)."""
    return np.exp(a - np.where(y == -np.inf, 0.0, y))


def _centered(y, g, axis):
    """g minus its mean with weights y, whose sum is 1. The second mean is what rounding has left of the first, all
    there is where one weight is nearly 1."""
    d = g - np.sum(y * g, axis=axis, keepdims=True)
    return d - np.sum(y * d, axis=axis, keepdims=True)


def _kept(g, axis, keepdims):
    return g if axis is None or keepdims else np.expand_dims(g, axis)


if sp is not None:
    @rule(sp.logsumexp, wrt=("a", "b"))
    def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False, *, y, y_bar):
        """y = log Σ b eᵃ  ⟹  ā = ȳ b e^{a−y},  b̄ = ȳ e^{a−y}"""
        if return_sign:
            return NotImplemented
        share = _kept(y_bar, axis, keepdims) * _shifted_exp(a, _kept(y, axis, keepdims))
        if b is None:
            return share, None
        return runtime.unbroadcast(b * share, a), runtime.unbroadcast(share, b)

    @logsumexp.jvp
    def logsumexp_jvp(a, axis=None, b=None, keepdims=False, return_sign=False, *, y, a_dot, b_dot):
        if return_sign:
            return NotImplemented
        share = _shifted_exp(a, _kept(y, axis, keepdims))
        change = 0.0
        if a_dot is not None:
            change = change + (a_dot if b is None else b * a_dot)
        if b_dot is not None:
            change = change + b_dot
        return np.sum(share * change, axis=axis, keepdims=keepdims)

    @rule(sp.softmax)
    def softmax(x, axis=None, *, y, y_bar):
        """x̄ = y (ȳ − Σ y ȳ)"""
        return y * _centered(y, y_bar, axis)

    @softmax.jvp
    def softmax_jvp(x, axis=None, *, y, x_dot):
        return y * _centered(y, x_dot, axis)

    @rule(sp.log_softmax)
    def log_softmax(x, axis=None, *, y, y_bar):
        """x̄ = ȳ − eʸ Σ ȳ"""
        return y_bar - np.exp(y) * np.sum(y_bar, axis=axis, keepdims=True)

    @log_softmax.jvp
    def log_softmax_jvp(x, axis=None, *, y, x_dot):
        return x_dot - np.sum(np.exp(y) * x_dot, axis=axis, keepdims=True)

    @rule(sp.multigammaln, wrt=("a",))
    def multigammaln(a, d, *, y_bar):
        """log Γ_d(a) = const + Σⱼ log Γ(a − j/2), j = 0 … d−1"""
        return y_bar * _multi_psi(a, d)

    @multigammaln.jvp
    def multigammaln_jvp(a, d, *, a_dot):
        return a_dot * _multi_psi(a, d)


def _multi_psi(a, d):
    return np.sum(sp.psi(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)
