"""Line shapes, solar energy, astronomy: lmfit, pvlib, astropy."""

from __future__ import annotations

import numpy as np
import lmfit.lineshapes as shapes
import pvlib
from astropy.modeling import functional_models as fm, powerlaws, physical_models
from astropy.coordinates import angular_separation
import astropy.stats
from astropy.cosmology import FlatLambdaCDM

from .case import Corpus

corpus = Corpus()
add = corpus.add

RES = np.random.default_rng(0).normal(size=40)
X = np.linspace(-3.0, 4.0, 15) + 0.03

X = np.linspace(-3.0, 4.0, 15) + 0.03
LM = "lmfit"
add(LM, "gaussian", lambda a, c, s: shapes.gaussian(X, a, c, s), 1.3, 0.2, 0.8)
add(LM, "lorentzian", lambda x, a, c, s: shapes.lorentzian(x, amplitude=a, center=c, sigma=s), X, 1.3, 0.2, 0.8)
add(LM, "split_lorentzian", lambda a, c, s, r: shapes.split_lorentzian(X, a, c, s, r), 1.3, 0.2, 0.8, 1.1)
add(LM, "voigt", lambda a, c, s, g: shapes.voigt(X, a, c, s, g), 1.3, 0.2, 0.8, 0.4)
add(LM, "pvoigt", lambda a, c, s, f: shapes.pvoigt(X, a, c, s, f), 1.3, 0.2, 0.8, 0.4)
add(LM, "moffat", lambda a, c, s, b: shapes.moffat(X, a, c, s, b), 1.3, 0.2, 0.8, 1.4)
add(LM, "pearson4", lambda a, c, s, e, k: shapes.pearson4(X, a, c, s, e, k), 1.3, 0.2, 0.8, 1.4, 0.3)
add(LM, "breit_wigner", lambda a, c, s, q: shapes.breit_wigner(X, a, c, s, q), 1.3, 0.2, 0.8, 0.5)
add(LM, "dho", lambda a, c, s, g: shapes.dho(X, a, c, s, g), 1.3, 0.7, 0.8, 0.4)
add(LM, "expgaussian", lambda a, c, s, g: shapes.expgaussian(X, a, c, s, g), 1.3, 0.2, 0.8, 0.4)
add(LM, "doniach", lambda a, c, s, g: shapes.doniach(X, a, c, s, g), 1.3, 0.2, 0.8, 0.1)
add(LM, "skewed_voigt", lambda a, c, s, k: shapes.skewed_voigt(X, a, c, s, skew=k), 1.3, 0.2, 0.8, 0.4)
add(LM, "thermal_distribution", lambda a, c, kt: shapes.thermal_distribution(X, a, c, kt, form="fermi"), 1.3, 0.2, 0.8)
add(LM, "step", lambda a, c, s: shapes.step(X, a, c, s, form="erf"), 1.3, 0.2, 0.8)
add(LM, "rectangle", lambda a, c, s, d, t: shapes.rectangle(X, a, c, s, d, t, form="logistic"), 1.3, 0.2, 0.8, 1.7, 0.6)
add(LM, "lognormal", lambda a, c, s: shapes.lognormal(X + 4.0, a, c, s), 1.3, 0.2, 0.8)


PV = "pvlib"
Z = np.array([20.0, 45.0, 70.0])
add(
    PV,
    "aoi_projection",
    lambda t, a, z, s: pvlib.irradiance.aoi_projection(t, a, z, s),
    30.0,
    180.0,
    Z,
    np.array([170.0, 200.0, 240.0]),
)
add(
    PV,
    "get_total_irradiance",
    lambda t, d, g, h: pvlib.irradiance.get_total_irradiance(t, 180.0, 40.0, 160.0, d, g, h)["poa_global"],
    30.0,
    800.0,
    700.0,
    90.0,
)
add(
    PV,
    "haydavies",
    lambda t, d, n: pvlib.irradiance.haydavies(t, 180.0, d, n, 1400.0, Z, np.array([170.0, 190.0, 230.0])),
    30.0,
    np.array([100.0, 110.0, 80.0]),
    np.array([800.0, 700.0, 400.0]),
)
add(
    PV,
    "perez",
    lambda t, d, n: pvlib.irradiance.perez(
        t, 180.0, d, n, 1400.0, Z, np.array([170.0, 190.0, 230.0]), np.array([1.06, 1.41, 2.9])
    ),
    30.0,
    np.array([100.0, 110.0, 80.0]),
    np.array([800.0, 700.0, 400.0]),
)
add(PV, "erbs", lambda g, z: pvlib.irradiance.erbs(g, z, 180)["dni"], np.array([500.0, 300.0]), np.array([30.0, 50.0]))
add(PV, "get_relative_airmass", lambda z: pvlib.atmosphere.get_relative_airmass(z), Z)
add(PV, "alt2pres", lambda a: pvlib.atmosphere.alt2pres(a), 1500.0)
add(PV, "gueymard94_pw", lambda t, r: pvlib.atmosphere.gueymard94_pw(t, r), 20.0, 60.0)
add(PV, "kasten96_lt", lambda a, w, b: pvlib.atmosphere.kasten96_lt(a, w, b), 1.5, 2.0, 0.1)
add(
    PV,
    "sapm_cell",
    lambda p, t, w: pvlib.temperature.sapm_cell(p, t, w, -3.47, -0.0594, 3.0),
    np.array([500.0, 800.0]),
    25.0,
    3.0,
)
add(PV, "faiman", lambda p, t, w, a, b: pvlib.temperature.faiman(p, t, w, a, b), 600.0, 20.0, 2.0, 25.0, 6.84)
add(PV, "iam.physical", lambda a, n, k: pvlib.iam.physical(a, n, k), Z, 1.526, 4.0)
add(PV, "iam.martin_ruiz", lambda a, r: pvlib.iam.martin_ruiz(a, r), Z, 0.16)
add(
    PV,
    "bishop88",
    lambda v, i, s: pvlib.singlediode.bishop88(v, i, s, 0.5, 300.0, 1.5),
    np.array([10.0, 20.0]),
    6.0,
    1e-9,
)
add(
    PV,
    "calcparams_desoto",
    lambda g, t: pvlib.pvsystem.calcparams_desoto(g, t, 0.0045, 1.5, 8.2, 1e-9, 300.0, 0.4),
    900.0,
    35.0,
)
add(
    PV,
    "i_from_v",
    lambda v, i, s: pvlib.pvsystem.i_from_v(v, i, s, 0.5, 300.0, 1.5, method="lambertw"),
    20.0,
    6.0,
    1e-9,
)
add(PV, "simplified_solis", lambda z: pvlib.clearsky.simplified_solis(z, 0.1, 1.0), Z)


AP = "astropy"
add(AP, "Gaussian1D.evaluate", lambda a, m, s: fm.Gaussian1D.evaluate(X, a, m, s), 1.2, 0.3, 0.8)
add(
    AP,
    "Gaussian2D.evaluate",
    lambda a, s, t: fm.Gaussian2D.evaluate(X, X[::-1].copy(), a, 0.1, 0.2, s, 0.9, t),
    1.2,
    0.7,
    0.3,
)
add(AP, "Sersic1D.evaluate", lambda a, r, n: fm.Sersic1D.evaluate(X + 4, a, r, n), 1.2, 0.7, 3.0)
add(AP, "Lorentz1D", lambda a, l, g: fm.Lorentz1D(amplitude=a, x_0=l, fwhm=g)(X), 1.2, 0.3, 0.7)
add(
    AP,
    "BrokenPowerLaw1D",
    lambda a, b, c, d: powerlaws.BrokenPowerLaw1D.evaluate(X + 4, a, b, c, d),
    1.2,
    3.0,
    1.0,
    2.0,
)
add(
    AP,
    "SmoothlyBrokenPowerLaw1D",
    lambda a, b, c, d, e: powerlaws.SmoothlyBrokenPowerLaw1D.evaluate(X + 4, a, b, c, d, e),
    1.2,
    3.0,
    1.0,
    2.0,
    0.5,
)
add(AP, "angular_separation", lambda a, b, c, d: angular_separation(a, b, c, d), 0.1, 0.2, 0.5, -0.3)
add(AP, "circmean", lambda x: astropy.stats.circmean(x), RES)
COSMO = FlatLambdaCDM(70.0, 0.3)
add(AP, "FlatLambdaCDM.efunc", lambda z: COSMO.efunc(z), np.array([0.1, 0.5, 1.2]))


add(PV, "perez", lambda z, a, d: pvlib.irradiance.perez(40.0, 180.0, d, 800.0, 1300.0, z, a, 1.5), 50.0, 170.0, 120.0)
add(PV, "orgill_hollands", lambda g, z: pvlib.irradiance.orgill_hollands(g, z, 180)["dni"], 500.0, 40.0)
add(PV, "sapm_cell", lambda p, t, w: pvlib.temperature.sapm_cell(p, t, w, -3.47, -0.0594, 3.0), 1000.0, 20.0, 3.0)
add(
    PV,
    "singlediode lambertw",
    lambda i, s: pvlib.pvsystem.singlediode(i, 1e-10, s, 300.0, 1.5, method="lambertw")["i_sc"],
    7.0,
    0.3,
)
add(PV, "pvwatts_dc", lambda g, t: pvlib.pvsystem.pvwatts_dc(g, t, 100.0, -0.003), 900.0, 30.0)
add(PV, "bishop88", lambda v, i: pvlib.singlediode.bishop88(v, i, 1e-9, 0.3, 300.0, 1.5), 30.0, 7.0)
add(
    AP,
    "Moffat2D.evaluate",
    lambda a, g: fm.Moffat2D.evaluate(np.array([0.5, 1.0]), np.array([0.2, 0.3]), a, 0.1, 0.2, g, 2.0),
    1.5,
    0.8,
)
add(
    AP,
    "Voigt1D.evaluate",
    lambda a, l, g: fm.Voigt1D(x_0=0.1, amplitude_L=1.0, fwhm_L=0.5, fwhm_G=0.4).evaluate(
        np.array([0.5, 1.0]), 0.1, a, l, g
    ),
    1.5,
    0.8,
    0.3,
)
add(
    AP,
    "BrokenPowerLaw1D.evaluate",
    lambda a, x, b: powerlaws.BrokenPowerLaw1D.evaluate(np.array([0.5, 2.0]), a, x, 1.2, b),
    1.5,
    1.0,
    2.2,
)
add(
    AP,
    "Drude1D.evaluate",
    lambda a, x, f: physical_models.Drude1D.evaluate(np.array([0.5, 2.0]), a, x, f),
    1.5,
    1.0,
    0.2,
)
