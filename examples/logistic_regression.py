"""Tell benign from malignant tumours by logistic regression, and say how sure each weight is.

    pip install "s2sad[examples]"
    python examples/logistic_regression.py --picture weights.png

The data are the 569 breast tumours with 30 measurements each that scikit-learn ships (W. H. Wolberg, W. N. Street and
O. L. Mangasarian, 1995). The loss is plain NumPy; ``s2sad.value_and_grad`` feeds SciPy's L-BFGS, ``s2sad.hessian``
gives the standard errors: near its maximum the posterior is normal with the inverse Hessian as covariance (Laplace).
"""
from dataclasses import dataclass

import numpy as np
from _common import needs, parser, picture, progress, show, slope_error

import s2sad


@dataclass
class LogisticRegression:
    """A linear classifier with a normal prior of variance 1 / penalty on the weights, none on the bias."""

    penalty: float = 1.0

    def scores(self, w, X):
        return X @ w[1:] + w[0]

    def loss(self, w, X, y):
        """The negative log posterior, up to a constant; ``y`` holds zeros and ones."""
        z = self.scores(w, X)
        total = np.sum(np.logaddexp(0.0, z) - y * z)
        if self.penalty > 0.0:
            total += 0.5 * self.penalty * np.sum(w[1:] ** 2)
        return total

    def fit(self, X, y, callback=None):
        """Minimise the loss; keeps the weights, their standard errors and what the optimiser said."""
        from scipy.optimize import minimize
        start = np.zeros(X.shape[1] + 1)
        self.report = minimize(s2sad.value_and_grad(self.loss), start, args=(X, y), jac=True, method="L-BFGS-B",
                               callback=callback, options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-8})
        self.weights = self.report.x
        self.hessian = s2sad.hessian(self.loss)(self.weights, X, y)
        self.covariance = np.linalg.inv(self.hessian)
        self.errors = np.sqrt(np.diag(self.covariance))
        return self

    def spread(self, X):
        """The standard errors of the scores."""
        X = np.column_stack([np.ones(len(X)), X])
        return np.sqrt(np.sum((X @ self.covariance) * X, axis=1))

    def accuracy(self, X, y):
        return float(np.mean((self.scores(self.weights, X) > 0.0) == y))


def load(seed, test_fraction=0.25):
    """Names of the measurements; standardised measurements and labels (1 = malignant), for training and for testing."""
    from sklearn.datasets import load_breast_cancer
    data = load_breast_cancer()
    order = np.random.default_rng(seed).permutation(len(data.data))
    X, y = data.data[order], 1.0 - data.target[order]
    cut = round(len(X) * test_fraction)
    mean, std = X[cut:].mean(axis=0), X[cut:].std(axis=0)
    X = (X - mean) / std
    return list(data.feature_names), (X[cut:], y[cut:]), (X[:cut], y[:cut])


def gradient_by_hand(model, w, X, y):
    """The textbook's Xᵀ(σ(z) − y) + λw, to compare with."""
    difference = 0.5 + 0.5 * np.tanh(0.5 * model.scores(w, X)) - y
    return np.concatenate([[np.sum(difference)], difference @ X + model.penalty * w[1:]])


def draw(path, names, model, X, y):
    """The weights, the largest first, and how certain the model is of each tumour of the test."""
    order = np.argsort(np.abs(model.weights[1:]))
    w, e = model.weights[1:][order], model.errors[1:][order]
    rows = np.arange(len(w))
    with picture(path, 1, 2, size=(12.0, 5.8)) as (_, (left, right)):
        left.axvspan(-2.0 / np.sqrt(model.penalty), 2.0 / np.sqrt(model.penalty), color="0.92", label="prior alone")
        left.axvline(0.0, color="0.7", lw=1.0)
        left.errorbar(w, rows, xerr=2.0 * e, fmt="o", ms=4, lw=1.2, color="C0", label="with the data")
        left.set_yticks(rows, [names[k] for k in order], fontsize=8)
        left.set_ylim(-3.6, len(w) - 0.3)
        left.set_xlabel("weight of the standardised measurement, ± 2 standard errors")
        left.legend(loc="lower right")
        score, spread = model.scores(model.weights, X), model.spread(X)
        place = np.argsort(np.argsort(score))
        for kind, colour, label in ((0.0, "C0", "benign"), (1.0, "C3", "malignant")):
            pick = y == kind
            right.errorbar(place[pick], score[pick], yerr=2.0 * spread[pick], fmt=".", lw=0.8, color=colour,
                           label=label)
        wrong = (score > 0.0) != y
        right.plot(place[wrong], score[wrong], "o", ms=11, mfc="none", color="k", label="taken for the other")
        right.axhline(0.0, color="0.7", lw=1.0)
        right.set_xlabel("tumours of the test, by score")
        right.set_ylabel("score = log odds of being malignant, ± 2 standard errors")
        right.legend(frameon=False)


def main(argv=None):
    """Train as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--penalty", type=float, default=1.0, help="inverse prior variance of the weights (default 1)")
    options.add_argument("--seed", type=int, default=0, help="which tumours are kept for the test (default 0)")
    options = options.parse_args(argv)
    needs("scipy", "to optimise")
    needs("sklearn", "for its data")
    names, (X, y), (test_X, test_y) = load(options.seed)
    model = LogisticRegression(penalty=options.penalty)
    rng = np.random.default_rng(options.seed)
    probe, direction = rng.normal(size=(2, X.shape[1] + 1))
    gradient = s2sad.grad(model.loss)
    if options.source:
        return show(gradient.source_for(probe, X, y))

    by_hand = float(np.max(np.abs(gradient(probe, X, y) - gradient_by_hand(model, probe, X, y))))
    by_differences = slope_error(lambda w: model.loss(w, X, y), probe, gradient(probe, X, y), direction)
    with progress("training", 300) as advance:
        model.fit(X, y, callback=lambda w: advance())
    accuracy = model.accuracy(test_X, test_y)
    slope = float(np.max(np.abs(gradient(model.weights, X, y))))
    print(f"loss {model.loss(np.zeros_like(probe), X, y):.2f} → {model.report.fun:.4f} "
          f"in {model.report.nit} iterations, largest slope left {slope:.1e}")
    print(f"test accuracy {100.0 * accuracy:.2f} %, of {len(test_y)} tumours")
    for k in np.argsort(-np.abs(model.weights[1:] / model.errors[1:]))[:5]:
        print(f"  {names[k]:24s} {model.weights[k + 1]:6.2f} ± {model.errors[k + 1]:.2f}")
    print(f"check: gradient against finite differences {by_differences:.1e} (relative), "
          f"against Xᵀ(σ − y) + λw {by_hand:.1e}")
    if options.picture:
        draw(options.picture, names, model, test_X, test_y)
    return {"model": model, "accuracy": accuracy, "slope": slope, "by_hand": by_hand, "by_differences": by_differences,
            "train": (X, y)}


if __name__ == "__main__":
    main()
