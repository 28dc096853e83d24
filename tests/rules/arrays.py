"""The arrays that the tests of reductions, extrema and scans share, and axes to reduce them along."""
from __future__ import annotations

import numpy as np

RNG = np.random.default_rng(3)
V = np.array([0.7, -1.6, 1.2, 0.3])
A = RNG.normal(size=(2, 3))
T = RNG.normal(size=(2, 3, 4))
Z = A + 1j * RNG.normal(size=(2, 3))
SINGLE = A.astype(np.float32)
MASK = np.array([[True, False, True], [True, True, False]])
NANS = np.where(MASK, A, np.nan)
ZEROS = np.array([[0.0, 1.5, -2.0], [0.0, 3.0, 0.0]])
SCALAR = np.array(1.4)

AXES = [(V, {}), (V, {"axis": 0}), (V, {"keepdims": True}), (A, {"axis": 1}), (A, {"axis": -1, "keepdims": True}),
        (A, {"axis": (0, 1)}), (T, {"axis": (0, -1)}), (T, {"axis": 1}), (T, {"axis": (2, 0), "keepdims": True}),
        (A, {"axis": ()}),
        (SINGLE, {"axis": 0}), (SCALAR, {})]
