"""Fit the noise of a Kalman filter to the flow of the Nile by gradient.

    pip install "s2sad[examples]"
    python examples/kalman.py --picture nile.png

The level of the river drifts (variance var_level a year) and is measured with an error (variance var_flow). The filter
is a class whose state is updated in a loop, as one writes it; ``s2sad.value_and_grad`` differentiates the
log-likelihood of a hundred years through it. J. Durbin and S. J. Koopman, "Time Series Analysis by State Space Methods"
(2nd edition, 2012), section 2.10, find 15099 and 1469.1 by a derivation made for this model.
"""
import numpy as np
from _common import needs, parser, picture, progress, show, slope_error

import s2sad

FIRST_YEAR = 1871
# Annual flow at Aswan, 10⁸ m³, 1871 to 1970: G. W. Cobb, "The problem of the Nile", Biometrika 65 (1978), table 1.
NILE = np.array([
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740], float)


class KalmanFilter:
    """The state x moves to F x + noise (covariance Q); what is seen is H x + noise (covariance R)."""

    def __init__(self, F, H, Q, R, x, P):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x, self.P = x, P

    def predict(self):
        """One step in time."""
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        """Take in an observation; returns its log-likelihood given the earlier ones."""
        innovation = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        gain = np.linalg.solve(S, self.H @ self.P).T
        self.x += gain @ innovation
        self.P -= gain @ S @ gain.T
        mahalanobis = innovation @ np.linalg.solve(S, innovation)
        return -0.5 * (len(z) * np.log(2.0 * np.pi) + np.linalg.slogdet(S)[1] + mahalanobis)


def local_level(var_flow, var_level, first):
    """A level that drifts. Nothing is known of it before the first observation, so that is where it starts."""
    return KalmanFilter(F=np.eye(1), H=np.eye(1), Q=np.array([[var_level]]), R=np.array([[var_flow]]),
                        x=np.array([first]), P=np.array([[var_flow]]))


def negative_log_likelihood(log_variances, flows):
    """Of the flows after the first one, given the logarithms of var_flow and var_level."""
    var_flow, var_level = np.exp(log_variances)
    river = local_level(var_flow, var_level, first=flows[0])
    total = 0.0
    for flow in flows[1:]:
        river.predict()
        total += river.update(np.array([flow]))
    return -total


def closed_form(log_variances, flows):
    """The same number from one normal density: yearly differences have a tridiagonal covariance matrix."""
    from scipy.stats import multivariate_normal
    var_flow, var_level = np.exp(log_variances)
    n = len(flows) - 1
    covariance = (var_level + 2.0 * var_flow) * np.eye(n) - var_flow * (np.eye(n, k=1) + np.eye(n, k=-1))
    return -multivariate_normal.logpdf(np.diff(flows), cov=covariance)


def fit(flows):
    """The most likely logarithms of the variances, their covariance (the inverse Hessian), the optimiser's report."""
    from scipy.optimize import minimize
    start = np.full(2, np.log(0.5 * np.var(flows)))
    with progress("fitting", 100) as advance:
        report = minimize(s2sad.value_and_grad(negative_log_likelihood), start, args=(flows,), jac=True, method="BFGS",
                          callback=lambda intermediate_result: advance(f"{intermediate_result.fun:.3f}"),
                          options={"gtol": 1e-6})
    covariance = np.linalg.inv(s2sad.hessian(negative_log_likelihood)(report.x, flows))
    return report.x, covariance, report


def filtered(variances, flows):
    """The level after each year's observation, and its standard deviation."""
    river = local_level(*variances, first=flows[0])
    levels, spread = [river.x[0]], [np.sqrt(river.P[0, 0])]
    for flow in flows[1:]:
        river.predict()
        river.update(np.array([flow]))
        levels.append(river.x[0])
        spread.append(np.sqrt(river.P[0, 0]))
    return np.array(levels), np.array(spread)


def draw(path, flows, best, covariance):
    """The filtered level, and the likelihood around its maximum."""
    years = FIRST_YEAR + np.arange(len(flows))
    levels, spread = filtered(np.exp(best), flows)
    with picture(path, 1, 2, size=(11.0, 4.2), width_ratios=[1.6, 1.0]) as (_, (left, right)):
        left.plot(years, flows, ".", color="0.5", ms=5, label="measured")
        left.plot(years, levels, color="C0", label="filtered level")
        left.fill_between(years, levels - 1.645 * spread, levels + 1.645 * spread, color="C0", alpha=0.2, lw=0,
                          label="90 % interval")
        left.set_xlabel("year")
        left.set_ylabel("flow of the Nile at Aswan / 10⁸ m³")
        left.legend(frameon=False)
        reach = 2.6 * np.sqrt(np.diag(covariance))
        a, b = (np.linspace(best[k] - reach[k], best[k] + reach[k], 21) for k in range(2))
        grid = np.array([[negative_log_likelihood((x, y), flows) for x in a] for y in b])
        shades = right.contourf(np.exp(a), np.exp(b), negative_log_likelihood(best, flows) - grid,
                                levels=[-12, -8, -5, -3, -2, -1, -0.5, 0.0], cmap="Blues")
        right.plot(*np.exp(best), "o", color="C3", label="maximum")
        right.set(xscale="log", yscale="log", xlabel="var_flow", ylabel="var_level")
        right.set_xticks([10000, 15000, 20000], ["10 000", "15 000", "20 000"])
        right.set_xticks([], minor=True)
        right.legend(frameon=False)
        right.figure.colorbar(shades, ax=right, label="log-likelihood below its maximum")


def main(argv=None):
    """Fit as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--years", type=int, default=len(NILE), help="use the first years only (default: all 100)")
    options = options.parse_args(argv)
    flows = NILE[:options.years]
    probe = np.log([20000.0, 1000.0])
    if options.source:
        return show(s2sad.grad(negative_log_likelihood).source_for(probe, flows))
    needs("scipy", "to optimise")

    gradient = s2sad.grad(negative_log_likelihood)(probe, flows)
    by_differences = slope_error(lambda v: negative_log_likelihood(v, flows), probe, gradient, np.array([1.0, -0.5]))
    best, covariance, report = fit(flows)
    value = negative_log_likelihood(best, flows)
    by_formula = abs(value - closed_form(best, flows))
    print(f"log-likelihood {-negative_log_likelihood(probe, flows):.3f} → {-value:.3f} in {report.nit} iterations")
    for name, x, e in zip(("var_flow ", "var_level"), best, np.sqrt(np.diag(covariance))):
        print(f"{name} {np.exp(x):8.1f}  (68 % between {np.exp(x - e):.0f} and {np.exp(x + e):.0f})")
    print(f"check: gradient against finite differences {by_differences:.1e} (relative), "
          f"likelihood against its closed form {by_formula:.1e}")
    if options.picture:
        draw(options.picture, flows, best, covariance)
    return {"variances": np.exp(best), "covariance": covariance, "value": value, "by_formula": by_formula,
            "by_differences": by_differences, "iterations": report.nit}


if __name__ == "__main__":
    main()
