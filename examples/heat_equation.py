"""What was on the plate? Recover a temperature field from what is left of it after it has spread.

    pip install "s2sad[examples]"
    python examples/heat_equation.py --picture plate.png

Three handwritten digits (scikit-learn's) are heated into a plate whose edge lies in ice. Heat spreads by an explicit
stencil that updates the field in place, ``u[1:-1, 1:-1] += …``; at the end a noisy camera looks at it. The initial
field is found by descending the gradient of a misfit plus total variation (L. I. Rudin, S. Osher and E. Fatemi, 1992);
s2sad runs the stencil loop backwards.
"""
import numpy as np
from _common import needs, parser, picture, progress, show, slope_error

import s2sad

STEP = 0.2  # diffusivity × time step / cell size²; stable up to 0.25


class Plate:
    """A plate whose outermost cells keep their temperature."""

    def __init__(self, temperature):
        self.u = temperature.copy()

    def step(self, r=STEP):
        u = self.u
        u[1:-1, 1:-1] += r * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1])

    def run(self, steps, r=STEP):
        for _ in range(steps):
            self.step(r=r)
        return self.u


def total_variation(u, width=0.5):
    """The sum of |∇u|, rounded off where it is less than ``width``: edges are cheap, noise is not."""
    down, right = u[1:, :-1] - u[:-1, :-1], u[:-1, 1:] - u[:-1, :-1]
    return np.sum(np.sqrt(down ** 2 + right ** 2 + width ** 2) - width)


def objective(field, seen, steps, weight):
    """The squared misfit of what the camera sees plus ``weight`` times the total variation."""
    misfit = Plate(field).run(steps) - seen
    return 0.5 * np.sum(misfit ** 2) + weight * total_variation(field)


def misfit_gradient_by_hand(field, seen, steps):
    """The adjoint of the stencil, written by hand: of the misfit alone, to compare with."""
    bar = Plate(field).run(steps) - seen
    for _ in range(steps):
        g = STEP * bar[1:-1, 1:-1]
        bar[1:-1, 1:-1] -= 4.0 * g
        bar[:-2, 1:-1] += g
        bar[2:, 1:-1] += g
        bar[1:-1, :-2] += g
        bar[1:-1, 2:] += g
    return bar


def load(digits, scale, margin=4):
    """Digits side by side, a pixel of scikit-learn's images ``scale`` × ``scale`` cells; 0 to 100 degrees."""
    from sklearn.datasets import load_digits
    data = load_digits()
    images = [data.images[np.flatnonzero(data.target == int(d))[0]] for d in digits]
    stamp = np.kron(np.hstack(images), np.ones((scale, scale))) * (100.0 / 16.0)
    return np.pad(stamp, margin)


def recover(seen, steps, weight, iterations):
    """The field without negative temperatures that has the lowest objective, and the optimiser's report."""
    from scipy.optimize import minimize
    value_and_grad = s2sad.value_and_grad(objective)

    def flat(x):
        value, gradient = value_and_grad(x.reshape(seen.shape), seen, steps, weight)
        return value, gradient.ravel()

    with progress("cooling, backwards", iterations) as advance:
        report = minimize(flat, np.maximum(seen, 0.0).ravel(), jac=True, method="L-BFGS-B",
                          bounds=[(0.0, None)] * seen.size,
                          callback=lambda intermediate_result: advance(f"{intermediate_result.fun:.1f}"),
                          options={"maxiter": iterations, "maxfun": 2 * iterations, "ftol": 1e-10})
    return report.x.reshape(seen.shape), report


def draw(path, truth, seen, found):
    """The field at the start, at the end, and what was recovered."""
    titles = "heated at the start", "seen at the end", "recovered"
    with picture(path, 3, 1, size=(6.6, 6.6)) as (figure, axes):
        for ax, field, title in zip(axes, (truth, seen, found), titles):
            shades = ax.imshow(field, cmap="inferno", vmin=0.0, vmax=100.0)
            ax.set_title(title, fontsize=11)
            ax.set_axis_off()
        figure.colorbar(shades, ax=axes, label="temperature / °C", shrink=0.6)


def main(argv=None):
    """Heat, cool and recover as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--digits", default="314", help="what is heated into the plate (default 314)")
    options.add_argument("--scale", type=int, default=3, help="cells for a pixel (default 3)")
    options.add_argument("--steps", type=int, default=40, help="time steps (default 40)")
    options.add_argument("--noise", type=float, default=0.5, help="of the camera, in degrees (default 0.5)")
    options.add_argument("--weight", type=float, default=0.01, help="of the total variation (default 0.01)")
    options.add_argument("--iterations", type=int, default=600, help="at most (default 600)")
    options = options.parse_args(argv)
    needs("scipy", "to optimise")
    needs("sklearn", "for its data")
    truth = load(options.digits, options.scale)
    rng = np.random.default_rng(0)
    seen = Plate(truth).run(options.steps) + rng.normal(0.0, options.noise, truth.shape)
    gradient = s2sad.grad(objective)
    if options.source:
        return show(gradient.source_for(truth, seen, options.steps, options.weight))

    direction = rng.normal(size=truth.shape)
    rest = seen, options.steps, options.weight
    by_differences = slope_error(lambda x: objective(x.reshape(truth.shape), *rest), truth.ravel(),
                                 gradient(truth, *rest).ravel(), direction.ravel())
    by_hand = float(np.max(np.abs(gradient(truth, seen, options.steps, 0.0)
                                  - misfit_gradient_by_hand(truth, seen, options.steps))))
    found, report = recover(seen, options.steps, options.weight, options.iterations)
    blurred, left = (float(np.linalg.norm(field - truth) / np.linalg.norm(truth)) for field in (seen, found))
    fit = float(np.std(Plate(found).run(options.steps) - seen))
    print(f"{truth.size} cells, {options.steps} time steps, {report.nit} iterations: objective {report.fun:.1f}")
    print(f"error against the true field: {100.0 * blurred:.1f} % as seen → {100.0 * left:.1f} % recovered")
    print(f"the recovered field explains the picture to {fit:.2f} degrees; the camera's noise is {options.noise:.2f}")
    print(f"check: gradient against finite differences {by_differences:.1e} (relative), "
          f"against an adjoint by hand {by_hand:.1e}")
    if options.picture:
        draw(options.picture, truth, seen, found)
    return {"blurred": blurred, "left": left, "fit": fit, "by_hand": by_hand, "by_differences": by_differences}


if __name__ == "__main__":
    main()
