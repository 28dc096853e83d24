"""Places on Earth and in the sky: pymap3d, sgp4, skyfield."""

from __future__ import annotations

import numpy as np
import pymap3d
from pymap3d import vincenty, lox, haversine, los
from sgp4 import propagation
import sgp4.functions
import sgp4.earth_gravity
from sgp4.io import twoline2rv
from skyfield.functions import mxv, from_spherical
from skyfield import (
    functions as sf,
    earthlib,
    keplerlib,
    precessionlib,
    nutationlib,
    relativity,
    timelib,
    geometry,
    trigonometry,
)

from .case import Corpus

corpus = Corpus()
add = corpus.add


PM = "pymap3d"
add(PM, "geodetic2ecef", lambda a, b, h: pymap3d.geodetic2ecef(a, b, h), 42.0, -82.0, 200.0)
add(PM, "ecef2geodetic", lambda x, y, z: pymap3d.ecef2geodetic(x, y, z), 660675.2518247, -4700948.68316, 4245737.66222)
add(PM, "geodetic2enu", lambda a, b, h: pymap3d.geodetic2enu(a, b, h, 42.0, -82.0, 200.0), 42.01, -82.1, 1000.0)
add(PM, "geodetic2aer", lambda a, b, h: pymap3d.geodetic2aer(a, b, h, 42.0, -82.0, 200.0), 42.01, -82.1, 1000.0)
add(PM, "aer2geodetic", lambda a, e, r: pymap3d.aer2geodetic(a, e, r, 42.0, -82.0, 200.0), 33.0, 70.0, 1000.0)
add(
    PM,
    "enu2ecef",
    lambda e, n, u: pymap3d.enu2ecef(e, n, u, 42.0, -82.0, 200.0),
    np.array([186.3, 5.0]),
    np.array([286.8, 7.0]),
    np.array([939.7, 30.0]),
)
add(PM, "geodetic2isometric", lambda a: pymap3d.geodetic2isometric(a), 40.0)
add(PM, "vdist", lambda a, b, c, d: vincenty.vdist(a, b, c, d), 10.0, 20.0, 10.1, 21.0)
add(PM, "vreckon", lambda a, b, r, z: vincenty.vreckon(a, b, r, z), 10.0, 20.0, 3e3, 38.0)
add(PM, "loxodrome_inverse", lambda a, b, c, d: lox.loxodrome_inverse(a, b, c, d), 10.0, 20.0, 10.1, 21.0)
add(PM, "anglesep", lambda a, b, c, d: haversine.anglesep(a, b, c, d), 35.0, 23.0, 84.0, 20.0)
add(PM, "lookAtSpheroid", lambda a, b, h, z, t: los.lookAtSpheroid(a, b, h, z, t), 42.0, -82.0, 200.0, 125.0, 30.0)


SG = "sgp4"
L1 = "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991"
L2 = "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482"
SAT = twoline2rv(L1, L2, sgp4.earth_gravity.wgs72)
add(SG, "sgp4", lambda t, sat: propagation.sgp4(sat, t), 30.0, SAT, tolerance=1e-4)
add(SG, "jday", lambda s: sgp4.functions.jday(2019, 12, 9, 20, 42, s), 12.5)
add(SG, "gstime", lambda d: propagation.gstime(2453101.75 + d), 0.125, tolerance=1e-4)

SK = "skyfield"
add(SK, "to_spherical", lambda v: sf.to_spherical(v), np.array([1.0, 2.0, 3.0]))
add(SK, "angle_between", lambda u, v: sf.angle_between(u, v), np.array([1.0, 2.0, 3.0]), np.array([2.0, -1.0, 0.5]))
add(SK, "rot_x", lambda t: sf.rot_x(t), 0.3)
add(SK, "refraction", lambda a, t, p: earthlib.refraction(a, t, p), 12.0, 10.0, 1010.0)
add(
    SK,
    "propagate",
    lambda p, v: keplerlib.propagate(p, v, 0.0, np.array([10.0, 30.0]), 2.9591220828559093e-4),
    np.array([0.9, 0.2, 0.05]),
    np.array([-0.003, 0.016, 0.001]),
)
add(SK, "compute_precession", lambda d: precessionlib.compute_precession(2458000.5 + d), 100.0, tolerance=1e-5)
add(SK, "mean_obliquity", lambda d: nutationlib.mean_obliquity(2458000.5 + d), 100.0, tolerance=1e-5)
add(
    SK,
    "add_aberration",
    lambda p, o: relativity.add_aberration(p, o, np.array([1e-4])),
    np.array([[1.0], [2.0], [3.0]]),
    np.array([[0.01], [0.02], [0.03]]),
)
add(
    SK,
    "line_and_ellipsoid_intersection",
    lambda v: geometry.line_and_ellipsoid_intersection(np.array([0.0, 0.0, 10.0]), v, np.array([3.0, 3.0, 2.5])),
    np.array([0.01, 0.02, -0.99]),
)


add(PM, "ecef2enu", lambda x, y, z: pymap3d.ecef2enu(x, y, z, 42.0, -82.0, 200.0), 660930.2, -4701424.0, 4246579.6)
add(PM, "rcurve.transverse", lambda l: pymap3d.rcurve.transverse(l), 40.0)
add(PM, "geodetic2rectifying", lambda a: pymap3d.latitude.geodetic2rectifying(a), 40.0)
add(PM, "uvw2enu", lambda u, v, w: pymap3d.uvw2enu(u, v, w, 42.0, -82.0), 10.0, 20.0, 30.0)
add(SK, "from_spherical", lambda r, t, p: from_spherical(r, t, p), 1.5, 0.4, 2.0)
add(SK, "mxv", lambda m, v: mxv(m, v), np.arange(9.0).reshape(3, 3), np.array([1.0, 2.0, 0.5]))
add(SK, "reverse_terra", lambda x: earthlib.reverse_terra(x, 0.3), np.array([2e-5, 3e-5, 2.5e-5]), tolerance=1e-5)
