"""Does coaching help? Hamiltonian Monte Carlo on the eight schools.

    pip install "s2sad[examples]"
    python examples/hmc.py --picture schools.png

Eight schools measured what coaching does to test scores, each with a standard error (D. B. Rubin, "Estimation in
parallel randomized experiments", 1981). The effects θ_j are normal around μ with spread τ; both are unknown. The
sampler follows the gradient of the log density, which s2sad writes, by the leapfrog method; its step size adapts by
dual averaging (M. D. Hoffman and A. Gelman, "The No-U-Turn sampler", 2014, section 3.2). Given τ this posterior is
normal, so one integral over τ gives the exact means to compare with.
"""
import numpy as np
from _common import parser, picture, progress, show, slope_error

import s2sad

EFFECTS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])


class EightSchools:
    """The posterior of q = (μ / 5, log τ, z), where θ = μ + τ z; μ ~ N(0, 5²), τ ~ half-Cauchy(5), z ~ N(0, 1).

    The variables are all of order one, so the sampler needs no mass matrix.
    """

    def __init__(self, effects=EFFECTS, errors=ERRORS):
        self.effects, self.errors = effects, errors

    def unpack(self, q):
        mu, tau = 5.0 * q[0], np.exp(q[1])
        return mu, tau, mu + tau * q[2:]

    def log_density(self, q):
        """The log posterior density of q, up to a constant."""
        mu, tau, theta = self.unpack(q)
        log_p = -0.5 * np.sum(((self.effects - theta) / self.errors) ** 2)
        log_p -= 0.5 * np.sum(q[2:] ** 2) + 0.5 * q[0] ** 2
        log_p += q[1] - np.log1p((tau / 5.0) ** 2)
        return log_p

    def exact(self, points=4001):
        """The posterior means of μ, τ and θ, by integrating over log τ what is normal given τ."""
        x = np.linspace(-12.0, 7.0, points)
        tau = np.exp(x)[:, None]
        weight = 1.0 / (self.errors ** 2 + tau ** 2)
        precision = 1.0 / 25.0 + weight.sum(axis=1)
        mu = (weight * self.effects).sum(axis=1) / precision
        log_p = (0.5 * np.log(weight).sum(axis=1) - 0.5 * np.log(precision) + 0.5 * mu ** 2 * precision
                 - 0.5 * (weight * self.effects ** 2).sum(axis=1) + x - np.log1p((tau[:, 0] / 5.0) ** 2))
        p = np.exp(log_p - log_p.max())
        theta = (self.effects * tau ** 2 + mu[:, None] * self.errors ** 2) * weight
        return np.concatenate([[p @ mu, p @ tau[:, 0]], p @ theta]) / p.sum()


class StepSize:
    """Dual averaging: a step size with which the average acceptance is ``target``."""

    def __init__(self, first, target=0.8):
        self.log_step, self.centre, self.target = np.log(first), np.log(10.0 * first), target
        self.error, self.mean, self.count = 0.0, 0.0, 0

    def update(self, acceptance):
        self.count += 1
        self.error += (self.target - acceptance - self.error) / (self.count + 10.0)
        self.log_step = self.centre - np.sqrt(self.count) / 0.05 * self.error
        self.mean += self.count ** -0.75 * (self.log_step - self.mean)


def leapfrog(log_density_and_grad, q, p, gradient, step, count):
    """``count`` steps of Hamilton's equations; also returns the log density and its gradient at the end."""
    p = p + 0.5 * step * gradient
    for k in range(count):
        q = q + step * p
        value, gradient = log_density_and_grad(q)
        p = p + (step if k < count - 1 else 0.5 * step) * gradient
    return q, p, value, gradient


def sample(model, draws, warmup, rng, length=1.5, advance=lambda: None):
    """One chain: the draws of q after the warm-up, the rate of acceptance and the step size."""
    log_density_and_grad = s2sad.value_and_grad(model.log_density)
    q = rng.normal(size=2 + len(model.effects))
    value, gradient = log_density_and_grad(q)
    adapted, kept, accepted = StepSize(0.1), [], 0.0
    for k in range(warmup + draws):
        step = np.exp(adapted.log_step if k < warmup else adapted.mean)
        p = rng.normal(size=len(q))
        count = max(1, round(rng.uniform(0.5, 1.5) * length / step))
        new = leapfrog(log_density_and_grad, q, p, gradient, step, min(count, 200))
        gain = (new[2] - 0.5 * new[1] @ new[1]) - (value - 0.5 * p @ p)
        chance = np.exp(min(0.0, gain)) if np.isfinite(gain) else 0.0
        if rng.random() < chance:
            q, _, value, gradient = new
        if k < warmup:
            adapted.update(chance)
        else:
            kept.append(q)
            accepted += chance
        advance()
    return np.array(kept), accepted / max(draws, 1), step


def effective_size(chains):
    """How many independent draws an average over chains (chain, draw) is worth: A. Gelman et al., "Bayesian data
    analysis" (3rd edition, 2013), section 11.5, with C. J. Geyer's initial positive sequence (1992)."""
    m, n = chains.shape
    centred = chains - chains.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * n, axis=1)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n].mean(axis=0) / n
    within = covariance[0] * n / (n - 1.0)
    between = chains.mean(axis=1).var(ddof=1) if m > 1 else 0.0
    total = covariance[0] + between
    correlation = 1.0 - (within - covariance) / total
    correlation[0] = 1.0
    pairs = correlation[:n // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0.0)
    last = negative[0] if len(negative) else len(pairs)
    return m * n / max(2.0 * pairs[:last].sum() - 1.0, 1e-3)


def split_r(chains):
    """Gelman and Rubin's R of the halves of the chains: near 1 if all have seen the same distribution."""
    n = chains.shape[1] // 2
    halves = np.concatenate([chains[:, :n], chains[:, n:2 * n]])
    within = halves.var(axis=1, ddof=1).mean()
    return float(np.sqrt((n - 1.0) / n + halves.mean(axis=1).var(ddof=1) / within))


def draw(path, model, kept, quantities, exact):
    """The funnel that the sampler had to find its way through, and how the schools are pulled together."""
    q = kept.reshape(-1, kept.shape[-1])
    flat = quantities.reshape(-1, quantities.shape[-1])
    rows = np.arange(len(model.effects))[::-1]
    with picture(path, 1, 2, size=(11.0, 4.6)) as (_, (left, right)):
        left.plot(flat[:, 2], q[:, 1], ".", ms=2, alpha=0.35, color="C0", rasterized=True)
        left.set(xlabel="effect in school A, θ₁ / points", ylabel="log τ", xlim=(-25, 45), ylim=(-5, 4.5))
        right.errorbar(model.effects, rows + 0.16, xerr=model.errors, fmt="o", color="0.65", label="measured ± error")
        right.errorbar(flat.mean(axis=0)[2:], rows - 0.16, xerr=flat.std(axis=0)[2:], fmt="o", color="C0",
                       label="posterior mean ± deviation")
        right.plot(exact[2:], rows - 0.16, "|", ms=15, color="C3", label="exact mean")
        right.axvline(0.0, color="0.85", lw=1.0, zorder=0)
        right.set_yticks(rows, [f"school {c}" for c in "ABCDEFGH"])
        right.set_xlabel("effect of coaching / points")
        right.legend(frameon=False, fontsize=9)


def main(argv=None):
    """Sample as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--draws", type=int, default=1000, help="of each chain, after the warm-up (default 1000)")
    options.add_argument("--warmup", type=int, default=500, help="draws that adapt the step size (default 500)")
    options.add_argument("--chains", type=int, default=4, help="default 4")
    options.add_argument("--seed", type=int, default=0, help="of the random numbers (default 0)")
    options = options.parse_args(argv)
    model = EightSchools()
    probe, direction = np.random.default_rng(1).normal(size=(2, 10))
    gradient = s2sad.grad(model.log_density)
    if options.source:
        return show(gradient.source_for(probe))

    by_differences = slope_error(model.log_density, probe, gradient(probe), direction)
    generators = np.random.default_rng(options.seed).spawn(options.chains)
    with progress("sampling", options.chains * (options.warmup + options.draws)) as advance:
        chains = [sample(model, options.draws, options.warmup, rng, advance=advance) for rng in generators]
    kept = np.array([chain[0] for chain in chains])
    acceptance = float(np.mean([chain[1] for chain in chains]))
    quantities = np.array([[np.concatenate([[mu, tau], theta]) for mu, tau, theta in map(model.unpack, chain)]
                           for chain in kept])
    means, exact = quantities.mean(axis=(0, 1)), model.exact()
    sizes = np.array([effective_size(quantities[:, :, k]) for k in range(len(means))])
    errors = quantities.std(axis=(0, 1)) / np.sqrt(sizes)
    worst_r = max(split_r(quantities[:, :, k]) for k in range(len(means)))
    print(f"acceptance {acceptance:.3f}, step sizes {', '.join(f'{chain[2]:.2f}' for chain in chains)}, "
          f"split R at most {worst_r:.3f}")
    print("         mean  ± error   exact   effective draws")
    for name, mean, error, known, size in zip(("μ", "τ", *(f"θ {c}" for c in "ABCDEFGH")), means, errors, exact, sizes):
        print(f"  {name:4s} {mean:6.2f}  ± {error:.2f}  {known:6.2f}   {size:6.0f}")
    print(f"check: gradient against finite differences {by_differences:.1e} (relative); "
          f"means off by at most {np.max(np.abs(means - exact) / errors):.1f} standard errors")
    if options.picture:
        draw(options.picture, model, kept, quantities, exact)
    return {"means": means, "exact": exact, "errors": errors, "sizes": sizes, "acceptance": acceptance, "r": worst_r,
            "by_differences": by_differences}


if __name__ == "__main__":
    main()
