"""The corpus: functions of published packages as their users call them."""
from __future__ import annotations
import warnings
warnings.filterwarnings("ignore")
import numpy as np

from .case import Corpus

corpus = Corpus()
add = corpus.add

import lmfit.lineshapes as shapes
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

import pymap3d
PM = "pymap3d"
add(PM, "geodetic2ecef", lambda a, b, h: pymap3d.geodetic2ecef(a, b, h), 42.0, -82.0, 200.0)
add(PM, "ecef2geodetic", lambda x, y, z: pymap3d.ecef2geodetic(x, y, z), 660675.2518247, -4700948.68316, 4245737.66222)
add(PM, "geodetic2enu", lambda a, b, h: pymap3d.geodetic2enu(a, b, h, 42.0, -82.0, 200.0), 42.01, -82.1, 1000.0)
add(PM, "geodetic2aer", lambda a, b, h: pymap3d.geodetic2aer(a, b, h, 42.0, -82.0, 200.0), 42.01, -82.1, 1000.0)
add(PM, "aer2geodetic", lambda a, e, r: pymap3d.aer2geodetic(a, e, r, 42.0, -82.0, 200.0), 33.0, 70.0, 1000.0)
add(PM, "enu2ecef", lambda e, n, u: pymap3d.enu2ecef(e, n, u, 42.0, -82.0, 200.0), np.array([186.3, 5.0]), np.array([286.8, 7.0]), np.array([939.7, 30.0]))
add(PM, "geodetic2isometric", lambda a: pymap3d.geodetic2isometric(a), 40.0)
from pymap3d import vincenty, lox, haversine, los
add(PM, "vdist", lambda a, b, c, d: vincenty.vdist(a, b, c, d), 10.0, 20.0, 10.1, 21.0)
add(PM, "vreckon", lambda a, b, r, z: vincenty.vreckon(a, b, r, z), 10.0, 20.0, 3e3, 38.0)
add(PM, "loxodrome_inverse", lambda a, b, c, d: lox.loxodrome_inverse(a, b, c, d), 10.0, 20.0, 10.1, 21.0)
add(PM, "anglesep", lambda a, b, c, d: haversine.anglesep(a, b, c, d), 35.0, 23.0, 84.0, 20.0)
add(PM, "lookAtSpheroid", lambda a, b, h, z, t: los.lookAtSpheroid(a, b, h, z, t), 42.0, -82.0, 200.0, 125.0, 30.0)

import colour
CO = "colour-science"
XYZ = np.array([0.20654008, 0.12197225, 0.05136952])
XYZS = np.array([[0.20654008, 0.12197225, 0.05136952], [0.14222010, 0.23042768, 0.10495772]])
add(CO, "XYZ_to_Lab", lambda v: colour.XYZ_to_Lab(v), XYZ)
add(CO, "Lab_to_XYZ", lambda v: colour.Lab_to_XYZ(v), np.array([41.52787529, 52.63858304, 26.92317922]))
add(CO, "XYZ_to_Luv", lambda v: colour.XYZ_to_Luv(v), XYZS)
add(CO, "XYZ_to_sRGB", lambda v: colour.XYZ_to_sRGB(v), XYZ)
add(CO, "sRGB_to_XYZ", lambda v: colour.sRGB_to_XYZ(v), np.array([0.70573936, 0.19248266, 0.22354169]))
add(CO, "XYZ_to_xyY", lambda v: colour.XYZ_to_xyY(v), XYZS)
add(CO, "delta_E_CIE2000", lambda a, b: colour.difference.delta_E_CIE2000(a, b), np.array([100.0, 21.57210357, 272.22819350]), np.array([100.0, 426.67945353, 72.39590835]))
add(CO, "delta_E_CMC", lambda a, b: colour.difference.delta_E_CMC(a, b), np.array([100.0, 21.57210357, 272.22819350]), np.array([100.0, 426.67945353, 72.39590835]))
add(CO, "RGB_to_HSV", lambda v: colour.RGB_to_HSV(v), np.array([0.45620519, 0.03081071, 0.04091952]))
add(CO, "XYZ_to_Oklab", lambda v: colour.XYZ_to_Oklab(v), XYZ)
add(CO, "XYZ_to_IPT", lambda v: colour.XYZ_to_IPT(v), XYZ)
add(CO, "planck_law", lambda w, t: colour.colorimetry.planck_law(w, t), 500e-9, 5500.0)
add(CO, "chromatic_adaptation", lambda v: colour.adaptation.chromatic_adaptation_VonKries(v, np.array([0.95045593, 1.0, 1.08905775]), np.array([0.96429568, 1.0, 0.82510460])), XYZ)
add(CO, "eotf_ST2084", lambda v: colour.models.eotf_ST2084(v), 0.508078421517399)
add(CO, "CCT_McCamy", lambda v: colour.temperature.xy_to_CCT_McCamy1992(v), np.array([0.31270, 0.32900]))
add(CO, "lightness_CIE1976", lambda v: colour.colorimetry.lightness_CIE1976(v), 12.19722535)

from chemicals import (vapor_pressure, volume, viscosity, rachford_rice, virial, heat_capacity, iapws, thermal_conductivity, interface, phase_change)
CH = "chemicals"
add(CH, "Wagner", lambda t: vapor_pressure.Wagner(t, 190.53, 4596420.0, a=-6.00435, b=1.1885, c=-0.834082, d=-1.22833), 100.0)
add(CH, "Lee_Kesler", lambda t, tc, pc, w: vapor_pressure.Lee_Kesler(t, tc, pc, w), 347.2, 617.1, 36e5, 0.299)
add(CH, "Antoine", lambda t, a, b, c: vapor_pressure.Antoine(t, a, b, c), 100.0, 8.95894, 510.595, -15.95)
add(CH, "TRC_Antoine_extended", lambda t: vapor_pressure.TRC_Antoine_extended(t, 561.0, 290.0, 8.95894, 510.595, -15.95, 2.49, -30.0, 2.0), 320.0)
add(CH, "COSTALD", lambda t, tc, v, w: volume.COSTALD(t, tc, v, w), 272.03889, 369.83333, 0.20008161e-3, 0.1532)
add(CH, "Rackett", lambda t, tc, pc, zc: volume.Rackett(t, tc, pc, zc), 272.03889, 369.83, 4248000.0, 0.2763)
add(CH, "Letsou_Stiel", lambda t, m, tc, pc, w: viscosity.Letsou_Stiel(t, m, tc, pc, w), 400.0, 46.07, 516.25, 6.383e6, 0.6371)
add(CH, "Herning_Zipperer", lambda z, m, w: viscosity.Herning_Zipperer(z, m, w), [0.5, 0.25, 0.25], [1.78e-05, 1.12e-05, 9.35e-06], [28.0134, 16.043, 30.07])
add(CH, "Rachford_Rice", lambda z, k: rachford_rice.flash_inner_loop(z, k), [0.5, 0.3, 0.2], [1.685, 0.742, 0.532], tolerance=1e-5)
add(CH, "BVirial_Pitzer_Curl", lambda t, tc, pc, w: virial.BVirial_Pitzer_Curl(t, tc, pc, w), 510.0, 425.2, 38e5, 0.193)
add(CH, "Zabransky_quasi_polynomial", lambda t: heat_capacity.Zabransky_quasi_polynomial(t, 591.79, -3.12743, 0.0857315, 13.7282, 1.28971, 6.42297, 4.10989), 330.0)
add(CH, "iapws97_rho", lambda t, p: iapws.iapws97_rho(t, p), 330.0, 8e5)
add(CH, "iapws95_A0", lambda t, d: iapws.iapws95_A0(t, d), 1.2, 0.6)
add(CH, "REFPROP_sigma", lambda t: interface.REFPROP_sigma(t, 647.096, -0.1306, 2.471, 0.2151, 1.233), 298.15)
add(CH, "Sato_Riedel", lambda t, m, tb, tc: thermal_conductivity.Sato_Riedel(t, m, tb, tc), 300.0, 47.0, 390.0, 520.0)
add(CH, "Pitzer_Hvap", lambda t, tc, w: phase_change.Pitzer(t, tc, w), 452.0, 645.6, 0.35017)

import fluids
FL = "fluids"
add(FL, "friction_factor", lambda re, e: fluids.friction_factor(re, e), 1e5, 1e-4)
add(FL, "Colebrook", lambda re, e: fluids.friction.Colebrook(re, e), 1e5, 1e-4)
add(FL, "drag_sphere", lambda re: fluids.drag_sphere(re), 200.0)
add(FL, "v_terminal", lambda d, r: fluids.v_terminal(D=d, rhop=r, rho=1000.0, mu=1e-3), 70e-6, 2600.0, tolerance=1e-5)
add(FL, "dP_packed_bed", lambda d, v, s: fluids.dP_packed_bed(dp=d, voidage=v, vs=s, rho=1e3, mu=1e-3, L=1.0), 8e-4, 0.4, 1e-3)
add(FL, "Lockhart_Martinelli", lambda m, x, d: fluids.two_phase.Lockhart_Martinelli(m=m, x=x, rhol=915.0, rhog=2.67, mul=180e-6, mug=14e-6, D=d, L=1.0), 0.6, 0.1, 0.05)
add(FL, "contraction_beveled", lambda a, b, l: fluids.contraction_beveled(Di1=a, Di2=b, l=l, angle=30.0), 0.5, 0.1, 0.07)
add(FL, "entrance_rounded", lambda d, r: fluids.entrance_rounded(Di=d, rc=r), 0.1, 0.0235)
add(FL, "isothermal_gas", lambda p, d, l: fluids.isothermal_gas(rho=11.3, fd=0.00185, P1=p, P2=9e5, L=l, D=d), 1e6, 0.5, 1000.0)
add(FL, "ATMOSPHERE_1976", lambda z: fluids.ATMOSPHERE_1976(z).rho, 5000.0)
add(FL, "C_Reader_Harris_Gallagher", lambda d, o, m: fluids.flow_meter.C_Reader_Harris_Gallagher(D=d, Do=o, rho=1.165, mu=0.0000185, m=m, taps="flange"), 0.07366, 0.05, 0.12)
add(FL, "size_control_valve_l", lambda p, q: fluids.control_valve.size_control_valve_l(rho=965.4, Psat=70.1e3, Pc=22120e3, mu=3.1472e-4, P1=p, P2=220e3, Q=q, D1=0.15, D2=0.15, d=0.15, FL=0.9, Fd=0.46), 680e3, 0.1)
add(FL, "Chisholm_voidage", lambda x: fluids.two_phase_voidage.Chisholm_voidage(x, 800.0, 2.5), 0.4)
add(FL, "V_horiz_torispherical", lambda d, l, h: fluids.geometry.V_horiz_torispherical(d, l, 1.0, 0.06, h), 2.7432, 5.0, 0.9)

from thermo import activity, nrtl, wilson, uniquac, eos
TH = "thermo"
add(TH, "PR pressure", lambda t, v: eos.PR(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, V=v).P, 299.0, 0.00013)
add(TH, "PR fugacity", lambda t, p: eos.PR(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, P=p).phi_l, 299.0, 1e6)
add(TH, "SRK volume", lambda t, p: eos.SRK(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, P=p).V_l, 299.0, 1e6)
add(TH, "NRTL_gammas", lambda x, tau, a: nrtl.NRTL_gammas(x, tau, a), [0.252, 0.748], [[0.0, -0.178], [1.963, 0.0]], [[0.0, 0.2974], [0.2974, 0.0]])
add(TH, "Wilson_gammas", lambda x, p: wilson.Wilson_gammas(x, p), [0.252, 0.748], [[1.0, 0.154], [0.888, 1.0]])
add(TH, "UNIQUAC_gammas", lambda x, r, q, t: uniquac.UNIQUAC_gammas(x, r, q, t), [0.252, 0.748], [2.1055, 0.9200], [1.972, 1.400], [[1.0, 1.0919744384510301], [0.37452902779205477, 1.0]])
add(TH, "NRTL GE", lambda t, a: nrtl.NRTL(T=t, xs=[0.7, 0.2, 0.1], tau_as=a, alpha_cs=[[0.0, 0.3, 0.3], [0.3, 0.0, 0.3], [0.3, 0.3, 0.0]]).GE(), 301.15, [[0.0, 1.1, 0.8], [0.4, 0.0, 0.2], [0.3, 0.6, 0.0]])

import pvlib
PV = "pvlib"
Z = np.array([20.0, 45.0, 70.0])
add(PV, "aoi_projection", lambda t, a, z, s: pvlib.irradiance.aoi_projection(t, a, z, s), 30.0, 180.0, Z, np.array([170.0, 200.0, 240.0]))
add(PV, "get_total_irradiance", lambda t, d, g, h: pvlib.irradiance.get_total_irradiance(t, 180.0, 40.0, 160.0, d, g, h)["poa_global"], 30.0, 800.0, 700.0, 90.0)
add(PV, "haydavies", lambda t, d, n: pvlib.irradiance.haydavies(t, 180.0, d, n, 1400.0, Z, np.array([170.0, 190.0, 230.0])), 30.0, np.array([100.0, 110.0, 80.0]), np.array([800.0, 700.0, 400.0]))
add(PV, "perez", lambda t, d, n: pvlib.irradiance.perez(t, 180.0, d, n, 1400.0, Z, np.array([170.0, 190.0, 230.0]), np.array([1.06, 1.41, 2.9])), 30.0, np.array([100.0, 110.0, 80.0]), np.array([800.0, 700.0, 400.0]))
add(PV, "erbs", lambda g, z: pvlib.irradiance.erbs(g, z, 180)["dni"], np.array([500.0, 300.0]), np.array([30.0, 50.0]))
add(PV, "get_relative_airmass", lambda z: pvlib.atmosphere.get_relative_airmass(z), Z)
add(PV, "alt2pres", lambda a: pvlib.atmosphere.alt2pres(a), 1500.0)
add(PV, "gueymard94_pw", lambda t, r: pvlib.atmosphere.gueymard94_pw(t, r), 20.0, 60.0)
add(PV, "kasten96_lt", lambda a, w, b: pvlib.atmosphere.kasten96_lt(a, w, b), 1.5, 2.0, 0.1)
add(PV, "sapm_cell", lambda p, t, w: pvlib.temperature.sapm_cell(p, t, w, -3.47, -0.0594, 3.0), np.array([500.0, 800.0]), 25.0, 3.0)
add(PV, "faiman", lambda p, t, w, a, b: pvlib.temperature.faiman(p, t, w, a, b), 600.0, 20.0, 2.0, 25.0, 6.84)
add(PV, "iam.physical", lambda a, n, k: pvlib.iam.physical(a, n, k), Z, 1.526, 4.0)
add(PV, "iam.martin_ruiz", lambda a, r: pvlib.iam.martin_ruiz(a, r), Z, 0.16)
add(PV, "bishop88", lambda v, i, s: pvlib.singlediode.bishop88(v, i, s, 0.5, 300.0, 1.5), np.array([10.0, 20.0]), 6.0, 1e-9)
add(PV, "calcparams_desoto", lambda g, t: pvlib.pvsystem.calcparams_desoto(g, t, 0.0045, 1.5, 8.2, 1e-9, 300.0, 0.4), 900.0, 35.0)
add(PV, "i_from_v", lambda v, i, s: pvlib.pvsystem.i_from_v(v, i, s, 0.5, 300.0, 1.5, method="lambertw"), 20.0, 6.0, 1e-9)
add(PV, "simplified_solis", lambda z: pvlib.clearsky.simplified_solis(z, 0.1, 1.0), Z)

from sgp4 import propagation
import sgp4.functions
import sgp4.earth_gravity
from sgp4.io import twoline2rv
SG = "sgp4"
L1 = "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991"
L2 = "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482"
SAT = twoline2rv(L1, L2, sgp4.earth_gravity.wgs72)
add(SG, "sgp4", lambda t, sat: propagation.sgp4(sat, t), 30.0, SAT, tolerance=1e-4)
add(SG, "jday", lambda s: sgp4.functions.jday(2019, 12, 9, 20, 42, s), 12.5)
add(SG, "gstime", lambda d: propagation.gstime(2453101.75 + d), 0.125)
from skyfield import functions as sf, earthlib, keplerlib, precessionlib, nutationlib, relativity, timelib, geometry, trigonometry
SK = "skyfield"
add(SK, "to_spherical", lambda v: sf.to_spherical(v), np.array([1.0, 2.0, 3.0]))
add(SK, "angle_between", lambda u, v: sf.angle_between(u, v), np.array([1.0, 2.0, 3.0]), np.array([2.0, -1.0, 0.5]))
add(SK, "rot_x", lambda t: sf.rot_x(t), 0.3)
add(SK, "refraction", lambda a, t, p: earthlib.refraction(a, t, p), 12.0, 10.0, 1010.0)
add(SK, "propagate", lambda p, v: keplerlib.propagate(p, v, 0.0, np.array([10.0, 30.0]), 2.9591220828559093e-4), np.array([0.9, 0.2, 0.05]), np.array([-0.003, 0.016, 0.001]), tolerance=1e-5)
add(SK, "compute_precession", lambda d: precessionlib.compute_precession(2458000.5 + d), 100.0, tolerance=1e-5)
add(SK, "mean_obliquity", lambda d: nutationlib.mean_obliquity(2458000.5 + d), 100.0, tolerance=1e-5)
add(SK, "add_aberration", lambda p, o: relativity.add_aberration(p, o, np.array([1e-4])), np.array([[1.0], [2.0], [3.0]]), np.array([[0.01], [0.02], [0.03]]))
add(SK, "line_and_ellipsoid_intersection", lambda v: geometry.line_and_ellipsoid_intersection(np.array([0.0, 0.0, 10.0]), v, np.array([3.0, 3.0, 2.5])), np.array([0.01, 0.02, -0.99]))

import arch.univariate as au
AR = "arch"
RES = np.random.default_rng(0).normal(size=40)
S2 = RES ** 2 + 0.1
from arch.univariate import Normal, StudentsT, SkewStudent, GeneralizedError, GARCH, EGARCH, HARCH, ConstantVariance, ARX
add(AR, "Normal.loglikelihood", lambda s: Normal().loglikelihood(np.array([]), RES, s), S2)
add(AR, "StudentsT.loglikelihood", lambda p, s: StudentsT().loglikelihood(p, RES, s), np.array([5.0]), S2)
add(AR, "SkewStudent.loglikelihood", lambda p, s: SkewStudent().loglikelihood(p, RES, s), np.array([5.0, 0.2]), S2)
add(AR, "GeneralizedError.loglikelihood", lambda p, s: GeneralizedError().loglikelihood(p, RES, s), np.array([1.5]), S2)
from arch.univariate import recursions_python as rp
BC = np.full(40, 0.25)
VB = np.column_stack([np.full(40, 1e-6), np.full(40, 1e6)])
add(AR, "garch_recursion", lambda p, f: rp.garch_recursion(p, f, np.sign(RES), np.zeros(40), 1, 0, 1, 40, 0.5, VB), np.array([0.1, 0.1, 0.8]), S2)
add(AR, "egarch_recursion", lambda p, r: rp.egarch_recursion(p, r, np.zeros(40), 1, 1, 1, 40, 0.1, VB, np.zeros(40), np.zeros(40), np.zeros(40)), np.array([0.01, 0.1, -0.05, 0.9]), RES)
add(AR, "harch_recursion", lambda p, r: rp.harch_recursion(p, r, np.zeros(40), np.array([1, 5], dtype=np.int32), 40, 0.4, VB), np.array([0.1, 0.2, 0.3]), RES)
add(AR, "figarch_weights", lambda p: rp.figarch_weights(p, 1, 1, 20), np.array([0.2, 0.4, 0.3]))

import statsmodels.api as sm
from statsmodels.tsa import arima_process
SM = "statsmodels"
norms = sm.robust.norms
add(SM, "HuberT.rho", lambda z: norms.HuberT(1.345).rho(z), RES * 2)
add(SM, "HuberT.weights", lambda z: norms.HuberT().weights(z), RES * 2)
add(SM, "TukeyBiweight.psi", lambda z: norms.TukeyBiweight().psi(z), RES * 2)
add(SM, "Hampel.rho", lambda z: norms.Hampel().rho(z), RES * 4)
add(SM, "AndrewWave.rho", lambda z: norms.AndrewWave().rho(z), RES)
links = sm.families.links
add(SM, "Logit link", lambda p: links.Logit()(p), np.linspace(0.1, 0.9, 7))
add(SM, "CLogLog inverse", lambda z: links.CLogLog().inverse(z), np.linspace(-1.0, 0.9, 7))
add(SM, "Poisson.deviance", lambda m: sm.families.Poisson().deviance(np.arange(1.0, 6.0), m), np.linspace(1.0, 4.0, 5))
add(SM, "Gamma.loglike", lambda m, s: sm.families.Gamma().loglike(np.arange(1.0, 6.0), m, scale=s), np.linspace(1.0, 4.0, 5), 0.7)
EX = sm.add_constant(np.random.default_rng(1).normal(size=(30, 2)))
YB = (np.random.default_rng(2).uniform(size=30) < 0.5).astype(float)
LOGIT, POISSON = sm.Logit(YB, EX), sm.Poisson(YB, EX)
add(SM, "Logit.loglike", lambda b: LOGIT.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "Poisson.loglike", lambda b: POISSON.loglike(b), np.array([0.1, -0.4, 0.3]))
MODEL = sm.Probit(YB, EX)
add(SM, "Probit.loglike", lambda b: MODEL.loglike(b), np.array([0.1, -0.4, 0.3]))
add(SM, "rmse", lambda a, b: sm.tools.eval_measures.rmse(a, b), RES[:10], RES[10:20])
from statsmodels.stats.stattools import durbin_watson, jarque_bera
add(SM, "durbin_watson", lambda r: durbin_watson(r), RES)
add(SM, "arma2ma", lambda a: arima_process.arma2ma(a, np.array([1.0, 0.4]), lags=8), np.array([1.0, -0.5]))
from statsmodels.regression.linear_model import yule_walker
add(SM, "yule_walker", lambda x: yule_walker(x, order=2), RES)

import sklearn.metrics as skm
import sklearn.gaussian_process.kernels as gpk
SKL = "scikit-learn"
add(SKL, "mean_squared_error", lambda p: skm.mean_squared_error(np.arange(5.0), p), RES[:5])
add(SKL, "r2_score", lambda p: skm.r2_score(np.arange(5.0), p), RES[:5])
add(SKL, "RBF kernel", lambda l, x: gpk.RBF(l)(x), 1.3, np.random.default_rng(3).normal(size=(5, 2)))
add(SKL, "rbf_kernel", lambda x: skm.pairwise.rbf_kernel(x), np.random.default_rng(3).normal(size=(5, 2)))

from skimage import metrics, transform, filters
import skimage.color
SI = "scikit-image"
IM = np.random.default_rng(4).uniform(size=(12, 12))
add(SI, "mean_squared_error", lambda a: metrics.mean_squared_error(IM, a), IM[::-1].copy())
add(SI, "peak_signal_noise_ratio", lambda a: metrics.peak_signal_noise_ratio(IM, a, data_range=1.0), IM[::-1].copy())
add(SI, "structural_similarity", lambda a: metrics.structural_similarity(IM, a, data_range=1.0), IM[::-1].copy())
add(SI, "rgb2lab", lambda a: skimage.color.rgb2lab(a), np.random.default_rng(4).uniform(0.1, 0.9, size=(2, 2, 3)))
add(SI, "rgb2hsv", lambda a: skimage.color.rgb2hsv(a), np.random.default_rng(4).uniform(0.1, 0.9, size=(2, 2, 3)))

COV = np.array([[0.1, 0.02, 0.01], [0.02, 0.2, 0.03], [0.01, 0.03, 0.15]])
W = np.array([0.2, 0.5, 0.3])

import scipy.optimize, scipy.integrate, scipy.interpolate, scipy.signal, scipy.stats, scipy.spatial.transform, scipy.linalg
SC = "scipy"
add(SC, "optimize.rosen", lambda x: scipy.optimize.rosen(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "optimize.rosen_der", lambda x: scipy.optimize.rosen_der(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "optimize.rosen_hess", lambda x: scipy.optimize.rosen_hess(x), np.array([0.1, 0.5, 1.2, -0.4]))
add(SC, "integrate.simpson", lambda y: scipy.integrate.simpson(y, dx=0.1), RES[:9])
add(SC, "integrate.cumulative_trapezoid", lambda y, x: scipy.integrate.cumulative_trapezoid(y, x), RES[:9], np.linspace(0.0, 1.0, 9) ** 2)
add(SC, "integrate.romb", lambda y: scipy.integrate.romb(y, dx=0.1), RES[:9])
add(SC, "integrate.fixed_quad", lambda a: scipy.integrate.fixed_quad(lambda x: np.sin(a * x), 0.0, 1.0, n=5)[0], 1.3)
def _rk45(y0, k):
    solver = scipy.integrate.RK45(lambda t, y: np.array([y[1], -k * y[0]]), 0.0, y0, 1.0, first_step=0.1, max_step=0.1)
    solver.step()
    solver.step()
    return solver.y
add(SC, "integrate.RK45 steps", _rk45, np.array([1.0, 0.2]), 1.7)
add(SC, "integrate.solve_ivp", lambda y0, k: scipy.integrate.solve_ivp(lambda t, y: np.array([y[1], -k * y[0]]), (0.0, 1.0), y0, max_step=0.1).y[:, -1], np.array([1.0, 0.2]), 1.7)
add(SC, "interpolate.lagrange", lambda y: scipy.interpolate.lagrange([0.0, 1.0, 2.0], y)(1.5), np.array([0.3, 1.0, -0.4]))
add(SC, "interpolate.BarycentricInterpolator", lambda y: scipy.interpolate.BarycentricInterpolator(np.arange(4.0), y)(1.5), np.array([0.3, 1.0, -0.4, 2.0]))
add(SC, "interpolate.KroghInterpolator", lambda y: scipy.interpolate.KroghInterpolator(np.arange(4.0), y)(1.5), np.array([0.3, 1.0, -0.4, 2.0]))
add(SC, "interpolate.pade", lambda a: scipy.interpolate.pade(a, 2)[0](0.5), np.array([1.0, 1.0, 0.5, 0.17, 0.04]))
add(SC, "signal.chirp", lambda f: scipy.signal.chirp(np.linspace(0.0, 1.0, 9), f, 1.0, 6.0), 2.0)
add(SC, "signal.gausspulse", lambda f: scipy.signal.gausspulse(np.linspace(0.0, 1.0, 9), fc=f), 2.0)
add(SC, "signal.windows.kaiser", lambda b: scipy.signal.windows.kaiser(9, b), 4.0)
add(SC, "signal.bilinear", lambda b, a: scipy.signal.bilinear(b, a, 10.0), np.array([1.0, 0.5]), np.array([1.0, 2.0, 0.3]))
add(SC, "signal.freqs", lambda b: np.abs(scipy.signal.freqs(b, [1.0, 2.0, 0.3], worN=np.array([0.1, 1.0]))[1]), np.array([1.0, 0.5]))
add(SC, "spatial.Rotation", lambda v: scipy.spatial.transform.Rotation.from_rotvec(v).as_matrix(), np.array([0.1, 0.2, 0.3]))
add(SC, "stats.gmean", lambda x: scipy.stats.gmean(x), S2)
add(SC, "stats.skew", lambda x: scipy.stats.skew(x), RES)
add(SC, "stats.pearsonr", lambda x: scipy.stats.pearsonr(x, S2)[0], RES)
add(SC, "stats.norm.logpdf", lambda x, m, s: scipy.stats.norm.logpdf(x, m, s), RES[:5], 0.3, 1.2)
add(SC, "stats.gamma.logpdf", lambda x, a: scipy.stats.gamma.logpdf(x, a), S2[:5], 2.3)
add(SC, "stats.multivariate_normal", lambda m: scipy.stats.multivariate_normal.logpdf(RES[:3], m, COV), W)
add(SC, "distance.cosine", lambda u, v: scipy.spatial.distance.cosine(u, v), RES[:4], RES[4:8])
add(SC, "distance.mahalanobis", lambda u, v: scipy.spatial.distance.mahalanobis(u, v, COV), RES[:3], RES[4:7])
add(SC, "distance.correlation", lambda u, v: scipy.spatial.distance.correlation(u, v), RES[:4], RES[4:8])
add(SC, "distance.braycurtis", lambda u, v: scipy.spatial.distance.braycurtis(u, v), RES[:4], RES[4:8])

NP = "numpy"
add(NP, "polyval", lambda p, x: np.polyval(p, x), np.array([1.0, 2.0, 0.5]), RES[:5])
add(NP, "trapezoid", lambda y: np.trapezoid(y, dx=0.2), RES)
add(NP, "cross", lambda a, b: np.cross(a, b), RES[:3], RES[3:6])
add(NP, "chebval", lambda x, c: np.polynomial.chebyshev.chebval(x, c), RES[:5], np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "legval", lambda x, c: np.polynomial.legendre.legval(x, c), RES[:5], np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "hermder", lambda c: np.polynomial.hermite.hermder(c), np.array([1.0, 2.0, 0.5, 0.3]))
add(NP, "polymul", lambda a, b: np.polymul(a, b), np.array([1.0, 2.0, 0.5]), np.array([0.5, 0.3]))
add(NP, "Polynomial", lambda c, x: np.polynomial.Polynomial(c)(x), np.array([1.0, 2.0, 0.5, 0.3]), 0.7)
add(NP, "unwrap", lambda p: np.unwrap(p), np.array([0.1, 3.0, 6.2, 1.0, 9.0]))
add(NP, "cov", lambda x: np.cov(x), RES.reshape(4, 10))
add(NP, "vander", lambda x: np.vander(x, 4), RES[:4])
add(NP, "gradient", lambda x: np.gradient(x, 0.5), RES[:6])
add(NP, "nanvar", lambda x: np.nanvar(x), RES[:6])
add(NP, "average", lambda x, w: np.average(x, weights=w), RES[:6], S2[:6])

import numdifftools as nd
ND = "numdifftools"
add(ND, "Derivative", lambda a: nd.Derivative(lambda x: np.sin(a * x), step=1e-2, method="central", order=2)(0.7), 1.3)
from numdifftools.extrapolation import dea3
add(ND, "dea3", lambda a, b, c: dea3(a, b, c)[0], 1.0, 1.5, 1.7)

from astropy.modeling import functional_models as fm, powerlaws, physical_models
from astropy.coordinates import angular_separation
import astropy.stats
AP = "astropy"
add(AP, "Gaussian1D.evaluate", lambda a, m, s: fm.Gaussian1D.evaluate(X, a, m, s), 1.2, 0.3, 0.8)
add(AP, "Gaussian2D.evaluate", lambda a, s, t: fm.Gaussian2D.evaluate(X, X[::-1].copy(), a, 0.1, 0.2, s, 0.9, t), 1.2, 0.7, 0.3)
add(AP, "Sersic1D.evaluate", lambda a, r, n: fm.Sersic1D.evaluate(X + 4, a, r, n), 1.2, 0.7, 3.0)
add(AP, "Lorentz1D", lambda a, l, g: fm.Lorentz1D(amplitude=a, x_0=l, fwhm=g)(X), 1.2, 0.3, 0.7)
add(AP, "BrokenPowerLaw1D", lambda a, b, c, d: powerlaws.BrokenPowerLaw1D.evaluate(X + 4, a, b, c, d), 1.2, 3.0, 1.0, 2.0)
add(AP, "SmoothlyBrokenPowerLaw1D", lambda a, b, c, d, e: powerlaws.SmoothlyBrokenPowerLaw1D.evaluate(X + 4, a, b, c, d, e), 1.2, 3.0, 1.0, 2.0, 0.5)
add(AP, "angular_separation", lambda a, b, c, d: angular_separation(a, b, c, d), 0.1, 0.2, 0.5, -0.3)
from astropy.cosmology import FlatLambdaCDM
add(AP, "circmean", lambda x: astropy.stats.circmean(x), RES)
COSMO = FlatLambdaCDM(70.0, 0.3)
add(AP, "FlatLambdaCDM.efunc", lambda z: COSMO.efunc(z), np.array([0.1, 0.5, 1.2]))
