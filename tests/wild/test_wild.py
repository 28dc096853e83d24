"""Every function of the corpus gets a right derivative, or is refused where ``REFUSED`` says so; never a wrong one.

``python -m tests.wild.test_wild`` prints the table of the README.
"""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest

PACKAGES = ("arch", "astropy", "chemicals", "colour", "fluids", "lmfit", "numdifftools", "pvlib", "pymap3d", "scipy", "sgp4",
            "skimage", "sklearn", "skyfield", "statsmodels", "thermo")  # fmt: skip
for _name in PACKAGES:
    pytest.importorskip(_name, reason=f"the extra `wild` is not installed: {_name} is missing")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from .case import Case, outcome
    from .engineering import corpus as engineering
    from .geodesy import corpus as geodesy
    from .images import corpus as images
    from .methods import corpus as methods
    from .numerics import corpus as numerics
    from .physics import corpus as physics
    from .samples import corpus as samples
    from .statistics import corpus as statistics

PARTS = (engineering, geodesy, images, methods, numerics, physics, samples, statistics)
CASES = [case for part in PARTS for case in part.cases]
REFUSED: dict[str, str] = {
    "astropy:Lorentz1D": "S2S003",
    "astropy:Sersic1D.evaluate": "S2S003",
    "astropy:Voigt1D.evaluate": "S2S009",
    "fluids:V_horiz_torispherical": "S2S010",
    "numdifftools:Derivative": "S2S003",
    "pymap3d:lookAtSpheroid": "S2S001",
    "scikit-learn:cosine_similarity": "S2S004",
    "scikit-learn:log_loss": "S2S010",
    "scipy:integrate.quad": "S2S011",
    "scipy:interpolate.CubicSpline": "S2S003",
    "scipy:interpolate.Pchip": "S2S003",
    "pvlib:singlediode lambertw": "S2S004",
    "scipy:signal.bilinear": "S2S011",
    "scipy:signal.detrend": "S2S010",
    "scipy:signal.freqz": "S2S010",
    "scipy:spatial.Rotation": "S2S003",
    "skyfield:propagate": "S2S017",
}
"""What is refused, and with which code: generators, what only compiled code sees, structure known at run time."""


def judged(case: Case) -> tuple[str, str]:
    """The outcome of a case, without the warnings of the package."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return outcome(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_derivatives_are_right_or_refused(case: Case) -> None:
    result, why = judged(case)
    if str(case) not in REFUSED:
        assert result == "right", why
        return
    assert result != "right", "this works now: delete it from REFUSED"
    assert result == "refused" and why.startswith(REFUSED[str(case)]), why


def test_corpus_is_wide_enough() -> None:
    right = Counter(case.package for case in CASES if str(case) not in REFUSED)
    assert sum(right.values()) >= 60 and len(right) >= 8


def _row(label: str, names: list[str]) -> str:
    refused = sum(name in REFUSED for name in names)
    right = len(names) - refused
    return f"| {label} | {len(names)} | {right} ({right / len(names):.0%}) | {refused} |"


def table() -> str:
    """Markdown: by package, how many functions are right and how many are refused."""
    lines = ["| package | functions | right | refused |", "| --- | --- | --- | --- |"]
    for package in dict.fromkeys(sorted(case.package for case in CASES)):
        names = [str(case) for case in CASES if case.package == package]
        lines.append(_row(package, names))
    lines.append(_row("all", [str(case) for case in CASES]))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
