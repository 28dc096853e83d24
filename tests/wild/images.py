"""Colour and images: colour-science, scikit-image."""

from __future__ import annotations

import numpy as np
import colour
from skimage import metrics, transform, filters, exposure, measure
import skimage.color

from .case import Corpus

corpus = Corpus()
add = corpus.add


CO = "colour-science"
XYZ = np.array([0.20654008, 0.12197225, 0.05136952])
XYZS = np.array([[0.20654008, 0.12197225, 0.05136952], [0.14222010, 0.23042768, 0.10495772]])
add(CO, "XYZ_to_Lab", lambda v: colour.XYZ_to_Lab(v), XYZ)
add(CO, "Lab_to_XYZ", lambda v: colour.Lab_to_XYZ(v), np.array([41.52787529, 52.63858304, 26.92317922]))
add(CO, "XYZ_to_Luv", lambda v: colour.XYZ_to_Luv(v), XYZS)
add(CO, "XYZ_to_sRGB", lambda v: colour.XYZ_to_sRGB(v), XYZ)
add(CO, "sRGB_to_XYZ", lambda v: colour.sRGB_to_XYZ(v), np.array([0.70573936, 0.19248266, 0.22354169]))
add(CO, "XYZ_to_xyY", lambda v: colour.XYZ_to_xyY(v), XYZS)
add(
    CO,
    "delta_E_CIE2000",
    lambda a, b: colour.difference.delta_E_CIE2000(a, b),
    np.array([100.0, 21.57210357, 272.22819350]),
    np.array([100.0, 426.67945353, 72.39590835]),
)
add(
    CO,
    "delta_E_CMC",
    lambda a, b: colour.difference.delta_E_CMC(a, b),
    np.array([100.0, 21.57210357, 272.22819350]),
    np.array([100.0, 426.67945353, 72.39590835]),
)
add(CO, "RGB_to_HSV", lambda v: colour.RGB_to_HSV(v), np.array([0.45620519, 0.03081071, 0.04091952]))
add(CO, "XYZ_to_Oklab", lambda v: colour.XYZ_to_Oklab(v), XYZ)
add(CO, "XYZ_to_IPT", lambda v: colour.XYZ_to_IPT(v), XYZ)
add(CO, "planck_law", lambda w, t: colour.colorimetry.planck_law(w, t), 500e-9, 5500.0)
add(
    CO,
    "chromatic_adaptation",
    lambda v: colour.adaptation.chromatic_adaptation_VonKries(
        v, np.array([0.95045593, 1.0, 1.08905775]), np.array([0.96429568, 1.0, 0.82510460])
    ),
    XYZ,
)
add(CO, "eotf_ST2084", lambda v: colour.models.eotf_ST2084(v), 0.508078421517399)
add(CO, "CCT_McCamy", lambda v: colour.temperature.xy_to_CCT_McCamy1992(v), np.array([0.31270, 0.32900]))
add(CO, "lightness_CIE1976", lambda v: colour.colorimetry.lightness_CIE1976(v), 12.19722535)


SI = "scikit-image"
IM = np.random.default_rng(4).uniform(size=(12, 12))
add(SI, "mean_squared_error", lambda a: metrics.mean_squared_error(IM, a), IM[::-1].copy())
add(SI, "peak_signal_noise_ratio", lambda a: metrics.peak_signal_noise_ratio(IM, a, data_range=1.0), IM[::-1].copy())
add(SI, "structural_similarity", lambda a: metrics.structural_similarity(IM, a, data_range=1.0), IM[::-1].copy())
add(SI, "rgb2lab", lambda a: skimage.color.rgb2lab(a), np.random.default_rng(4).uniform(0.1, 0.9, size=(2, 2, 3)))
add(SI, "rgb2hsv", lambda a: skimage.color.rgb2hsv(a), np.random.default_rng(4).uniform(0.1, 0.9, size=(2, 2, 3)))


add(
    CO,
    "XYZ_to_CIECAM02 J",
    lambda x: colour.XYZ_to_CIECAM02(x, np.array([95.05, 100.0, 108.88]), 318.31, 20.0).J,
    np.array([19.01, 20.0, 21.78]),
)
add(
    CO,
    "delta_E_CIE2000",
    lambda a, b: colour.difference.delta_E_CIE2000(a, b),
    np.array([48.99, -0.106, 400.66]),
    np.array([50.65, -0.116, 402.83]),
)
add(
    CO,
    "chromatic_adaptation_VonKries",
    lambda x: colour.adaptation.chromatic_adaptation_VonKries(
        x, np.array([0.95, 1.0, 1.09]), np.array([1.1, 1.0, 0.35])
    ),
    np.array([0.2, 0.12, 0.05]),
)
add(CO, "HSL_to_RGB", lambda x: colour.HSL_to_RGB(x), np.array([0.996, 0.74, 0.23]))
add(CO, "XYZ_to_JzAzBz", lambda x: colour.XYZ_to_Jzazbz(x), np.array([0.2, 0.12, 0.05]))
add(CO, "cctf_encoding sRGB", lambda x: colour.cctf_encoding(x), np.array([0.18, 0.5, 0.001]))
add(SI, "rgb2gray", lambda i: skimage.color.rgb2gray(i), np.linspace(0.1, 0.9, 27).reshape(3, 3, 3))
add(SI, "adjust_gamma", lambda i: exposure.adjust_gamma(i, 1.7), np.linspace(0.1, 0.9, 9).reshape(3, 3))
add(SI, "adjust_sigmoid", lambda i: exposure.adjust_sigmoid(i), np.linspace(0.1, 0.9, 9).reshape(3, 3))
add(SI, "lab2xyz", lambda i: skimage.color.lab2xyz(i), np.array([[[40.0, 10.0, 20.0], [60.0, -5.0, 3.0]]]))
add(
    SI,
    "normalized_root_mse",
    lambda a, b: metrics.normalized_root_mse(a, b),
    np.linspace(0.1, 0.9, 9).reshape(3, 3),
    np.linspace(0.2, 0.8, 9).reshape(3, 3) ** 2,
)
add(SI, "centroid", lambda i: measure.centroid(i), np.linspace(0.1, 0.9, 9).reshape(3, 3))
