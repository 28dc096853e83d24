"""Chemical engineering: chemicals, fluids, thermo."""

from __future__ import annotations

import numpy as np
from chemicals import (
    vapor_pressure,
    volume,
    viscosity,
    rachford_rice,
    virial,
    heat_capacity,
    iapws,
    thermal_conductivity,
    interface,
    phase_change,
    flash_basic,
)
import fluids
from fluids import two_phase, packed_bed, control_valve, flow_meter, fittings, compressible
from thermo import activity, nrtl, wilson, uniquac, eos
from thermo.regular_solution import RegularSolution

from .case import Corpus

corpus = Corpus()
add = corpus.add


CH = "chemicals"
add(
    CH,
    "Wagner",
    lambda t: vapor_pressure.Wagner(t, 190.53, 4596420.0, a=-6.00435, b=1.1885, c=-0.834082, d=-1.22833),
    100.0,
)
add(CH, "Lee_Kesler", lambda t, tc, pc, w: vapor_pressure.Lee_Kesler(t, tc, pc, w), 347.2, 617.1, 36e5, 0.299)
add(CH, "Antoine", lambda t, a, b, c: vapor_pressure.Antoine(t, a, b, c), 100.0, 8.95894, 510.595, -15.95)
add(
    CH,
    "TRC_Antoine_extended",
    lambda t: vapor_pressure.TRC_Antoine_extended(t, 561.0, 290.0, 8.95894, 510.595, -15.95, 2.49, -30.0, 2.0),
    320.0,
)
add(CH, "COSTALD", lambda t, tc, v, w: volume.COSTALD(t, tc, v, w), 272.03889, 369.83333, 0.20008161e-3, 0.1532)
add(CH, "Rackett", lambda t, tc, pc, zc: volume.Rackett(t, tc, pc, zc), 272.03889, 369.83, 4248000.0, 0.2763)
add(
    CH,
    "Letsou_Stiel",
    lambda t, m, tc, pc, w: viscosity.Letsou_Stiel(t, m, tc, pc, w),
    400.0,
    46.07,
    516.25,
    6.383e6,
    0.6371,
)
add(
    CH,
    "Herning_Zipperer",
    lambda z, m, w: viscosity.Herning_Zipperer(z, m, w),
    [0.5, 0.25, 0.25],
    [1.78e-05, 1.12e-05, 9.35e-06],
    [28.0134, 16.043, 30.07],
)
add(
    CH,
    "Rachford_Rice",
    lambda z, k: rachford_rice.flash_inner_loop(z, k),
    [0.5, 0.3, 0.2],
    [1.685, 0.742, 0.532],
    tolerance=1e-5,
)
add(CH, "BVirial_Pitzer_Curl", lambda t, tc, pc, w: virial.BVirial_Pitzer_Curl(t, tc, pc, w), 510.0, 425.2, 38e5, 0.193)
add(
    CH,
    "Zabransky_quasi_polynomial",
    lambda t: heat_capacity.Zabransky_quasi_polynomial(
        t, 591.79, -3.12743, 0.0857315, 13.7282, 1.28971, 6.42297, 4.10989
    ),
    330.0,
)
add(CH, "iapws97_rho", lambda t, p: iapws.iapws97_rho(t, p), 330.0, 8e5)
add(CH, "iapws95_A0", lambda t, d: iapws.iapws95_A0(t, d), 1.2, 0.6)
add(CH, "REFPROP_sigma", lambda t: interface.REFPROP_sigma(t, 647.096, -0.1306, 2.471, 0.2151, 1.233), 298.15)
add(CH, "Sato_Riedel", lambda t, m, tb, tc: thermal_conductivity.Sato_Riedel(t, m, tb, tc), 300.0, 47.0, 390.0, 520.0)
add(CH, "Pitzer_Hvap", lambda t, tc, w: phase_change.Pitzer(t, tc, w), 452.0, 645.6, 0.35017)


FL = "fluids"
add(FL, "friction_factor", lambda re, e: fluids.friction_factor(re, e), 1e5, 1e-4)
add(FL, "Colebrook", lambda re, e: fluids.friction.Colebrook(re, e), 1e5, 1e-4)
add(FL, "drag_sphere", lambda re: fluids.drag_sphere(re), 200.0)
add(FL, "v_terminal", lambda d, r: fluids.v_terminal(D=d, rhop=r, rho=1000.0, mu=1e-3), 70e-6, 2600.0, tolerance=1e-5)
add(
    FL,
    "dP_packed_bed",
    lambda d, v, s: fluids.dP_packed_bed(dp=d, voidage=v, vs=s, rho=1e3, mu=1e-3, L=1.0),
    8e-4,
    0.4,
    1e-3,
)
add(
    FL,
    "Lockhart_Martinelli",
    lambda m, x, d: fluids.two_phase.Lockhart_Martinelli(
        m=m, x=x, rhol=915.0, rhog=2.67, mul=180e-6, mug=14e-6, D=d, L=1.0
    ),
    0.6,
    0.1,
    0.05,
)
add(
    FL, "contraction_beveled", lambda a, b, l: fluids.contraction_beveled(Di1=a, Di2=b, l=l, angle=30.0), 0.5, 0.1, 0.07
)
add(FL, "entrance_rounded", lambda d, r: fluids.entrance_rounded(Di=d, rc=r), 0.1, 0.0235)
add(
    FL,
    "isothermal_gas",
    lambda p, d, l: fluids.isothermal_gas(rho=11.3, fd=0.00185, P1=p, P2=9e5, L=l, D=d),
    1e6,
    0.5,
    1000.0,
)
add(FL, "ATMOSPHERE_1976", lambda z: fluids.ATMOSPHERE_1976(z).rho, 5000.0)
add(
    FL,
    "C_Reader_Harris_Gallagher",
    lambda d, o, m: fluids.flow_meter.C_Reader_Harris_Gallagher(D=d, Do=o, rho=1.165, mu=0.0000185, m=m, taps="flange"),
    0.07366,
    0.05,
    0.12,
)
add(
    FL,
    "size_control_valve_l",
    lambda p, q: fluids.control_valve.size_control_valve_l(
        rho=965.4, Psat=70.1e3, Pc=22120e3, mu=3.1472e-4, P1=p, P2=220e3, Q=q, D1=0.15, D2=0.15, d=0.15, FL=0.9, Fd=0.46
    ),
    680e3,
    0.1,
)
add(FL, "Chisholm_voidage", lambda x: fluids.two_phase_voidage.Chisholm_voidage(x, 800.0, 2.5), 0.4)
add(
    FL,
    "V_horiz_torispherical",
    lambda d, l, h: fluids.geometry.V_horiz_torispherical(d, l, 1.0, 0.06, h),
    2.7432,
    5.0,
    0.9,
)


TH = "thermo"
add(TH, "PR pressure", lambda t, v: eos.PR(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, V=v).P, 299.0, 0.00013)
add(TH, "PR fugacity", lambda t, p: eos.PR(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, P=p).phi_l, 299.0, 1e6)
add(TH, "SRK volume", lambda t, p: eos.SRK(Tc=507.6, Pc=3025000.0, omega=0.2975, T=t, P=p).V_l, 299.0, 1e6)
add(
    TH,
    "NRTL_gammas",
    lambda x, tau, a: nrtl.NRTL_gammas(x, tau, a),
    [0.252, 0.748],
    [[0.0, -0.178], [1.963, 0.0]],
    [[0.0, 0.2974], [0.2974, 0.0]],
)
add(TH, "Wilson_gammas", lambda x, p: wilson.Wilson_gammas(x, p), [0.252, 0.748], [[1.0, 0.154], [0.888, 1.0]])
add(
    TH,
    "UNIQUAC_gammas",
    lambda x, r, q, t: uniquac.UNIQUAC_gammas(x, r, q, t),
    [0.252, 0.748],
    [2.1055, 0.9200],
    [1.972, 1.400],
    [[1.0, 1.0919744384510301], [0.37452902779205477, 1.0]],
)
add(
    TH,
    "NRTL GE",
    lambda t, a: nrtl.NRTL(
        T=t, xs=[0.7, 0.2, 0.1], tau_as=a, alpha_cs=[[0.0, 0.3, 0.3], [0.3, 0.0, 0.3], [0.3, 0.3, 0.0]]
    ).GE(),
    301.15,
    [[0.0, 1.1, 0.8], [0.4, 0.0, 0.2], [0.3, 0.6, 0.0]],
)


add(
    FL,
    "Friedel",
    lambda m, x, rl, rg, ml, mg, s, d: two_phase.Friedel(m, x, rl, rg, ml, mg, s, d, 0.0, 1.0),
    0.6,
    0.1,
    915.0,
    2.67,
    180e-6,
    14e-6,
    0.0487,
    0.05,
)
add(
    FL,
    "Lockhart_Martinelli",
    lambda m, x: two_phase.Lockhart_Martinelli(m, x, 915.0, 2.67, 180e-6, 14e-6, 0.05, 1.0),
    0.6,
    0.1,
)
add(FL, "Ergun", lambda dp, v, vs: packed_bed.Ergun(dp, v, vs, 1000.0, 0.001), 1e-4, 0.4, 1e-3)
add(FL, "KTA", lambda dp, v, vs: packed_bed.KTA(dp, v, vs, 1000.0, 0.001), 1e-4, 0.4, 1e-3)
add(
    FL,
    "size_control_valve_g",
    lambda p1, p2, q: control_valve.size_control_valve_g(
        T=433.0, MW=44.01, mu=1.4665e-4, gamma=1.30, Z=0.988, P1=p1, P2=p2, Q=q
    ),
    680e3,
    310e3,
    38 / 36.0,
)
add(
    FL,
    "C_Reader_Harris_Gallagher",
    lambda d, do, m: flow_meter.C_Reader_Harris_Gallagher(d, do, 1.165, 1.85e-5, m, "flange"),
    0.07391,
    0.0222,
    0.12,
)
add(
    FL,
    "orifice_expansibility",
    lambda d, do, p1, p2: flow_meter.orifice_expansibility(d, do, p1, p2, 1.4),
    0.0739,
    0.0222,
    1e5,
    9.9e4,
)
add(
    FL,
    "contraction_conical",
    lambda d1, d2, l: fittings.contraction_conical(Di1=d1, Di2=d2, l=l, fd=0.0185),
    0.1,
    0.04,
    0.04,
)
add(FL, "bend_rounded", lambda d, r: fittings.bend_rounded(Di=d, angle=30.0, fd=0.02, rc=r), 4.02, 5.0)
add(
    FL,
    "isothermal_gas",
    lambda p1, p2, l: compressible.isothermal_gas(rho=11.3, fd=0.00185, P1=p1, P2=p2, L=l, D=0.5),
    1e6,
    9e5,
    1000.0,
)
add(
    FL,
    "Panhandle_A",
    lambda d, l, p1: compressible.Panhandle_A(D=d, P1=p1, P2=20e5, L=l, SG=0.693, Tavg=277.15),
    0.34,
    160e3,
    90e5,
)
add(CH, "Brock_Bird", lambda t, tb, tc, pc: interface.Brock_Bird(t, tb, tc, pc), 293.15, 404.75, 633.0, 4530000.0)
add(CH, "Yoon_Thodos", lambda t, tc, pc: viscosity.Yoon_Thodos(t, tc, pc, 16.04e0), 300.0, 190.6, 4.6e6)
add(CH, "Lucas_gas", lambda t, tc, pc: viscosity.Lucas_gas(t, tc, pc, 0.282, 46.07, 1.7), 550.0, 512.6, 80.9e5)
add(CH, "Wilke", lambda y, m: viscosity.Wilke(y, m, [64.06, 46.07]), [0.05, 0.95], [1.34e-5, 9.5029e-6])
add(CH, "DIPPR9H", lambda w, k: thermal_conductivity.DIPPR9H(w, k), [0.258, 0.742], [0.1692, 0.1528])
add(CH, "Eucken_modified", lambda m, cv, mu: thermal_conductivity.Eucken_modified(m, cv, mu), 72.151, 135.9, 8.77e-6)
add(
    CH,
    "flash_wilson",
    lambda z, t: flash_basic.flash_wilson(
        z, Tcs=[305.322, 540.13], Pcs=[4872200.0, 2736000.0], omegas=[0.099, 0.349], T=t, P=5e5
    )[3],
    [0.4, 0.6],
    300.0,
)
add(
    TH,
    "RegularSolution GE",
    lambda t, x: RegularSolution(T=t, xs=x, Vs=[89e-6, 109e-6], SPs=[18818.0, 19570.0]).GE(),
    325.0,
    [0.5, 0.5],
)
add(CH, "K_value", lambda p, q: flash_basic.K_value(P=p, Psat=q), 101325.0, 3000.0)
