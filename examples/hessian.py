"""Second derivatives: Newton's method beside gradient descent, and the spectrum of a network's Hessian.

    pip install "s2sad[examples]"
    python examples/hessian.py --picture newton.png

Rosenbrock's valley in n dimensions, written with a loop, is descended by gradients and by Newton's method. The latter
solves for its step by conjugate gradients, which need the Hessian only as products with vectors: ``s2sad.hvp`` gives
one for the price of a few gradients (B. A. Pearlmutter, 1994). The same Newton's method then trains a small network on
scikit-learn's digits, and ``s2sad.hessian`` shows in which directions its loss is curved before and after.
"""
import numpy as np
from _common import needs, parser, picture, progress, show

import s2sad


def rosenbrock(x):
    """The valley along a parabola, coordinate by coordinate; its minimum is 0 at (1, …, 1), and from four dimensions on
    there is a second one near (−1, 1, …, 1)."""
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2
        total += (1.0 - x[i]) ** 2
    return total


class Network:
    """Layers of tanh and a softmax, with all parameters in one vector; the loss is cross-entropy and weight decay."""

    def __init__(self, sizes, images, digits, decay=0.01):
        self.sizes, self.decay = sizes, decay
        self.images, self.digits = images, digits
        self.length = sum((m + 1) * n for m, n in zip(sizes[:-1], sizes[1:]))

    def logits(self, w, images):
        position, h = 0, images
        for layer, (m, n) in enumerate(zip(self.sizes[:-1], self.sizes[1:])):
            W = w[position:position + m * n].reshape(m, n)
            b = w[position + m * n:position + (m + 1) * n]
            position += (m + 1) * n
            h = h @ W + b
            if layer < len(self.sizes) - 2:
                h = np.tanh(h)
        return h

    def loss(self, w):
        z = self.logits(w, self.images)
        z = z - np.max(z, axis=1, keepdims=True)
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.mean(log_p[np.arange(len(z)), self.digits]) + 0.5 * self.decay * np.sum(w ** 2)

    def accuracy(self, w):
        return float(np.mean(np.argmax(self.logits(w, self.images), axis=1) == self.digits))


class Counted:
    """A function, its gradient and products with its Hessian; notes the lowest value after so many evaluations."""

    def __init__(self, f):
        self.f, self.both, self.product = f, s2sad.value_and_grad(f), s2sad.hvp(f)
        self.evaluations, self.history = 0, []

    def value(self, x):
        self.evaluations += 1
        return float(self.f(x))

    def gradient(self, x):
        self.evaluations += 1
        value, gradient = self.both(x)
        self.history.append((self.evaluations, float(value), float(np.max(np.abs(gradient)))))
        return float(value), gradient

    def hvp(self, x, v):
        self.evaluations += 1
        return self.product(x, v)


def backtrack(f, x, value, gradient, step, length=1.0):
    """Armijo's rule: the first of length, length / 2, … with which the step pays; 0 if there is none."""
    slope = gradient @ step
    while length > 1e-14 and not f.value(x + length * step) <= value + 1e-4 * length * slope:
        length *= 0.5
    return length if length > 1e-14 else 0.0


def gradient_descent(f, x, tolerance, most, advance):
    """Steepest descent; a step may be twice as long as the one before."""
    length = 1e-3
    for _ in range(most):
        value, gradient = f.gradient(x)
        advance(f"{value:.2e}")
        if np.max(np.abs(gradient)) < tolerance:
            break
        length = backtrack(f, x, value, gradient, -gradient, 2.0 * length)
        if length == 0.0:
            break
        x = x - length * gradient
    return x


def newton_direction(f, x, gradient):
    """Solve H d = −g by conjugate gradients, as exactly as pays, and no further than the curvature is positive
    (J. Nocedal and S. J. Wright, "Numerical optimization", 2006, algorithm 7.1)."""
    norm = np.linalg.norm(gradient)
    enough = min(0.5, np.sqrt(norm)) * norm
    d, residual = np.zeros_like(x), gradient.copy()
    p = -residual
    for k in range(2 * len(x)):
        curved = f.hvp(x, p)
        curvature = p @ curved
        if curvature <= 0.0:
            return p if k == 0 else d
        square = residual @ residual
        d = d + square / curvature * p
        residual = residual + square / curvature * curved
        if np.linalg.norm(residual) < enough:
            break
        p = residual @ residual / square * p - residual
    return d


def newton_cg(f, x, tolerance, most, advance):
    """Newton's method with conjugate gradients and a line search."""
    for _ in range(most):
        value, gradient = f.gradient(x)
        advance(f"{value:.2e}")
        if np.max(np.abs(gradient)) < tolerance:
            break
        step = newton_direction(f, x, gradient)
        length = backtrack(f, x, value, gradient, step)
        if length == 0.0:
            break
        x = x + length * step
    return x


def descend(method, f, x, tolerance, most):
    """Run a method with a progress bar: the point it ends at, and what was counted."""
    counted = Counted(f)
    with progress(method.__name__.replace("_", " "), most) as advance:
        return method(counted, x, tolerance, most, advance), counted


def load(count):
    from sklearn.datasets import load_digits
    data = load_digits()
    return data.data[:count] / 16.0, data.target[:count]


def draw(path, histories, before, after):
    """The slopes on the way down, and the curvatures of the network's loss."""
    with picture(path, 1, 2, size=(11.0, 4.4)) as (_, (left, right)):
        for (label, history), colour in zip(histories.items(), ("0.5", "C0")):
            n, _, slope = np.array(history).T
            left.loglog(n, slope, color=colour, marker="." if len(n) < 100 else "", label=label)
        left.set(xlabel="evaluations of f, ∇f and H v", ylabel="largest slope  max |∂f/∂xᵢ|")
        left.legend(frameon=False)
        for values, colour, label in ((before, "0.5", "random weights"), (after, "C0", "trained")):
            right.plot(np.arange(1, len(values) + 1), values[::-1], ".", ms=3, color=colour, label=label)
        right.set(xscale="log", xlabel="rank", ylabel="eigenvalue of the network's Hessian")
        right.set_yscale("symlog", linthresh=1e-2)
        right.set_ylim(2.0 * min(before[0], after[0]), 2.0 * max(before[-1], after[-1]))
        right.axhline(0.0, color="0.85", lw=1.0, zorder=0)
        right.legend(frameon=False)


def main(argv=None):
    """Descend as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--dimension", type=int, default=30, help="of Rosenbrock's valley (default 30)")
    options.add_argument("--descents", type=int, default=20000, help="steps of gradient descent (default 20000)")
    options.add_argument("--hidden", type=int, default=8, help="size of the network's hidden layer (default 8)")
    options.add_argument("--images", type=int, default=500, help="of digits (default 500)")
    options = options.parse_args(argv)
    start = np.where(np.arange(options.dimension) % 2 == 0, -1.2, 1.0)
    if options.source:
        return show(s2sad.hessian(rosenbrock).source_for(start))
    needs("scipy", "to compare with")
    needs("sklearn", "for its data")
    from scipy.optimize import rosen_hess

    by_formula = float(np.max(np.abs(s2sad.hessian(rosenbrock)(start) - rosen_hess(start))))
    steep, plain = descend(gradient_descent, rosenbrock, start, 1e-8, options.descents)
    found, newton = descend(newton_cg, rosenbrock, start, 1e-8, 1000)
    print(f"Rosenbrock's valley in {options.dimension} dimensions:")
    for name, x, counted in (("gradient descent", steep, plain), ("Newton-CG", found, newton)):
        print(f"  {name:16s} {len(counted.history):6d} steps, {counted.evaluations:6d} evaluations, "
              f"f = {rosenbrock(x):.1e}, distance to (1, …, 1) {np.max(np.abs(x - 1.0)):.1e}")

    network = Network((64, options.hidden, 10), *load(options.images))
    first = np.random.default_rng(0).normal(0.0, 0.3, network.length)
    trained, counted = descend(newton_cg, network.loss, first, 1e-6, 200)
    before, after = (s2sad.hessian(network.loss)(w) for w in (first, trained))
    asymmetry = float(np.max(np.abs(after - after.T)))
    probe = np.random.default_rng(1).normal(size=network.length)
    by_product = float(np.max(np.abs(after @ probe - s2sad.hvp(network.loss)(trained, probe))))
    spectra = [np.linalg.eigvalsh(0.5 * (H + H.T)) for H in (before, after)]
    print(f"network with {network.length} parameters: loss {network.loss(first):.3f} → {network.loss(trained):.3f} in "
          f"{len(counted.history)} steps of Newton-CG, {counted.evaluations} evaluations; "
          f"{100.0 * network.accuracy(trained):.1f} % of its digits")
    for name, values in zip(("random ", "trained"), spectra):
        print(f"  {name} eigenvalues {values[0]:8.4f} … {values[-1]:.3f}, {np.sum(values < 0.0)} negative, "
              f"{np.sum(values > 0.1 * values[-1])} above a tenth of the largest")
    print(f"check: Hessian against the formula {by_formula:.1e}, asymmetry {asymmetry:.1e}, "
          f"H v against hvp {by_product:.1e}")
    if options.picture:
        draw(options.picture, {"gradient descent": plain.history, "Newton-CG": newton.history}, *spectra)
    return {"found": found, "steep": steep, "plain": plain, "newton": newton, "spectra": spectra, "network": network,
            "slope": counted.history[-1][2], "by_formula": by_formula, "asymmetry": asymmetry, "by_product": by_product}


if __name__ == "__main__":
    main()
