"""Train a two-layer network on the handwritten digits that scikit-learn ships (1797 images of 8 × 8 pixels).

    pip install "s2sad[examples]"
    python examples/digits.py
    python examples/digits.py --epochs 5 --hidden 32 --seed 1

The network is plain NumPy; ``s2sad.value_and_grad`` writes its gradient. Training takes a few
seconds; about 97 % of the test images are recognised.
"""
import argparse
import sys
import time

import numpy as np

import s2sad

NOISE = 0.2  # added to the pixels in training, so that the network does not learn images by heart


def logits(params, images):
    """The scores of the ten digits, one row for each image."""
    hidden = np.tanh(images @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"]


def loss(params, images, labels):
    """The mean cross-entropy; ``labels`` are one-hot rows."""
    z = logits(params, images)
    z = z - np.max(z, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(labels * log_p) / images.shape[0]


def accuracy(params, images, digits):
    """The fraction of images that are recognised."""
    return float(np.mean(np.argmax(logits(params, images), axis=1) == digits))


def initial(rng, hidden):
    """Small random weights (Glorot and Bengio, 2010), zero biases."""
    return {"W1": rng.normal(0.0, np.sqrt(2.0 / (64 + hidden)), (64, hidden)), "b1": np.zeros(hidden),
            "W2": rng.normal(0.0, np.sqrt(2.0 / (hidden + 10)), (hidden, 10)), "b2": np.zeros(10)}


def adam(params, gradient, mean, square, step, rate):
    """One step of Adam (Kingma and Ba, 2015); the three dicts of arrays are updated in place."""
    for name, g in gradient.items():
        mean[name] += 0.1 * (g - mean[name])
        square[name] += 0.001 * (g * g - square[name])
        unbiased = mean[name] / (1.0 - 0.9 ** step)
        params[name] -= rate * unbiased / (np.sqrt(square[name] / (1.0 - 0.999 ** step)) + 1e-8)


def load(rng, test_fraction=0.2):
    """Shuffled images, scaled to 0 … 1, and their digits: ((train images, digits), (test images, digits))."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        sys.exit('digits.py needs scikit-learn for its data: pip install "s2sad[examples]"')
    data = load_digits()
    order = rng.permutation(len(data.data))
    images, digits = data.data[order] / 16.0, data.target[order]
    cut = round(len(images) * test_fraction)
    return (images[cut:], digits[cut:]), (images[:cut], digits[:cut])


def progress(epochs):
    """The numbers of the epochs, with a progress bar if rich is installed and somebody is watching."""
    try:
        from rich.progress import track
    except ImportError:
        return range(1, epochs + 1)
    return track(range(1, epochs + 1), description="training", disable=not sys.stdout.isatty())


def train(epochs=60, hidden=64, batch=64, rate=0.003, seed=0):
    """Train, and return (accuracy on the test set, parameters, losses of the epochs)."""
    rng = np.random.default_rng(seed)
    (images, digits), (test_images, test_digits) = load(rng)
    labels, params = np.eye(10)[digits], initial(rng, hidden)
    mean, square = ({name: np.zeros_like(p) for name, p in params.items()} for _ in range(2))
    step, losses = 0, []
    loss_and_gradient = s2sad.value_and_grad(loss)
    for _ in progress(epochs):
        order, total = rng.permutation(len(images)), 0.0
        for start in range(0, len(images), batch):
            rows = order[start:start + batch]
            noisy = images[rows] + rng.normal(0.0, NOISE, (len(rows), 64))
            value, gradient = loss_and_gradient(params, noisy, labels[rows])
            step += 1
            adam(params, gradient, mean, square, step, rate)
            total += float(value) * len(rows)
        losses.append(total / len(images))
    return accuracy(params, test_images, test_digits), params, losses


def main(argv=None):
    """Train as the command line says and print the result."""
    parser = argparse.ArgumentParser(description="Train a two-layer network on scikit-learn's handwritten digits.",
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60, help="how often each image is seen")
    parser.add_argument("--hidden", type=int, default=64, help="size of the hidden layer")
    parser.add_argument("--batch", type=int, default=64, help="images in one step")
    parser.add_argument("--rate", type=float, default=0.003, help="step size of Adam")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random numbers")
    options = parser.parse_args(argv)
    begin = time.perf_counter()
    right, _, losses = train(options.epochs, options.hidden, options.batch, options.rate, options.seed)
    print(f"loss {losses[0]:.4f} → {losses[-1]:.4f} in {options.epochs} epochs, {time.perf_counter() - begin:.1f} s")
    print(f"test accuracy {100.0 * right:.2f} %")


if __name__ == "__main__":
    main()
