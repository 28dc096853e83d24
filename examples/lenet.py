"""Train LeNet-5 on the handwritten digits that scikit-learn ships, scaled to 28 × 28 pixels.

    pip install "s2sad[examples]"
    python examples/lenet.py --picture lenet.png
    python examples/lenet.py --checkpoint lenet.npz --epochs 60

The network (LeCun et al., 1998) is a class of its own with layers from ``s2sad.nn`` as fields; ``s2sad.value_and_grad``
writes its gradient, and ``s2sad.optim`` makes the steps. With ``--checkpoint`` the state of everything is kept after
each epoch: stop with Ctrl-C, and the same command goes on as if nothing had happened, to the last bit. A picture is two
files: the way of the loss (``lenet_loss.png``) and what was misread (``lenet_digits.png``).
"""
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from _common import needs, parser, picture, progress, show, slope_error

import s2sad
from s2sad import optim, tree
from s2sad.nn import Conv2d, Linear, cross_entropy, flatten, max_pool2d, relu, softmax

SHIFT, NOISE = 2, 0.1  # pixels and grey levels by which images are moved and disturbed in training
TEST = 0.25            # share of the images that training does not see
FALL = 0.93            # the rate of an epoch over that of the one before


class LeNet:
    """Two convolutions and three full layers; images are (N, 1, 28, 28), the result is (N, 10) scores."""

    def __init__(self, rng, dtype=np.float32):
        self.conv1 = Conv2d(1, 6, 5, rng, padding=2, dtype=dtype)
        self.conv2 = Conv2d(6, 16, 5, rng, dtype=dtype)
        self.fc1 = Linear(16 * 5 * 5, 120, rng, dtype=dtype)
        self.fc2 = Linear(120, 84, rng, dtype=dtype)
        self.fc3 = Linear(84, 10, rng, dtype=dtype)

    def forward(self, x):
        x = max_pool2d(relu(self.conv1(x)), 2)
        x = max_pool2d(relu(self.conv2(x)), 2)
        x = flatten(x)
        x = relu(self.fc1(x))
        x = relu(self.fc2(x))
        return self.fc3(x)


def loss(network, images, digits):
    """The mean cross-entropy."""
    return cross_entropy(network.forward(images), digits)


def load(seed):
    """Shuffled images, scaled to 28 × 28, and their digits: ((train images, digits), (test images, digits))."""
    needs("sklearn", "for its data")
    needs("scipy", "to scale images")
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.images))
    large = zoom(data.images[order] / 16.0, (1, 3, 3), order=1, grid_mode=True, mode="nearest")
    images = np.pad(large, ((0, 0), (2, 2), (2, 2)))[:, None].astype(np.float32)
    digits = data.target[order]
    cut = round(len(images) * TEST)
    return (images[cut:], digits[cut:]), (images[:cut], digits[:cut])


def disturbed(images, rng):
    """Images moved by up to two pixels (their border is empty) and with noise, so that none is seen twice."""
    rows, columns = (np.arange(28) - rng.integers(-SHIFT, SHIFT + 1, (len(images), 1)) for _ in range(2))
    moved = images[np.arange(len(images))[:, None, None], 0, rows[:, :, None] % 28, columns[:, None, :] % 28]
    return moved[:, None] + rng.normal(0.0, NOISE, images.shape).astype(images.dtype)


def batches(images, digits, size, rng):
    """All images in a random order, some at a time."""
    order = rng.permutation(len(images))
    for start in range(0, len(images), size):
        rows = order[start:start + size]
        yield disturbed(images[rows], rng), digits[rows]


def save(path, **arrays):
    """Write a checkpoint: under another name first, so that there is a whole one at any moment."""
    unfinished = f"{path}.part"
    with open(unfinished, "wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


class Training:
    """A training run: all that the next epoch depends on, and what happened so far."""

    def __init__(self, batch=32, rate=2e-3, seed=0):
        self.settings = {"batch": batch, "rate": rate, "seed": seed}
        self.train, self.test = load(seed)
        self.steps = -(-len(self.train[0]) // batch)
        self.rng = np.random.default_rng(seed)
        self.network = LeNet(self.rng)
        self.optimiser = optim.adam(lambda step: rate * FALL ** (step // self.steps))
        self.state = self.optimiser.init(self.network)
        self.losses, self.errors = [], []

    def epoch(self, advance):
        """See every image once. The epoch counts when it is over."""
        network, state, losses = self.network, self.state, []
        loss_and_gradient = s2sad.value_and_grad(loss)
        for images, digits in batches(*self.train, self.settings["batch"], self.rng):
            value, gradient = loss_and_gradient(network, images, digits)       # forward, backward
            network, state = self.optimiser.step(network, gradient, state)     # update
            losses.append(float(value))
            advance(f"loss {value:.4f}")
        self.network, self.state = network, state
        self.losses.append(losses)
        self.errors.append(float(np.mean(self.read()[0] != self.test[1])))

    def read(self):
        """What the network takes the test images for, and how sure it is."""
        p = softmax(self.network.forward(self.test[0]))
        return np.argmax(p, axis=1), np.max(p, axis=1)

    def write(self, path):
        """Keep the parameters, the optimiser, the random generator and the epochs in a file."""
        generator = json.dumps([self.settings, self.rng.bit_generator.state])
        save(path, network=tree.flatten(self.network)[0], generator=generator, losses=self.losses, errors=self.errors,
             **{f"optimiser.{name}": x for name, x in self.state.items()})

    def resume(self, path):
        """Go on from a file."""
        with np.load(path) as file:
            kept = dict(file)
        settings, generator = json.loads(str(kept["generator"]))
        if settings != self.settings:
            raise SystemExit(f"{path} belongs to a training with {settings}, not {self.settings}")
        self.network = tree.flatten(self.network)[1](kept["network"])
        self.state = {name: kept[f"optimiser.{name}"] for name in self.state}
        self.rng.bit_generator.state = generator
        self.losses, self.errors = kept["losses"].tolist(), kept["errors"].tolist()


def run(training, epochs, checkpoint=None):
    """Train until so many epochs are over."""
    if checkpoint and os.path.exists(checkpoint):
        training.resume(checkpoint)
        print(f"{checkpoint}: {len(training.errors)} epochs are done")
    with progress("training", max(0, epochs - len(training.errors)) * training.steps) as advance:
        while len(training.errors) < epochs:
            training.epoch(advance)
            if checkpoint:
                training.write(checkpoint)


def check(training):
    """How far the gradient of fresh weights in double precision is from finite differences, relative to the slope."""
    rng = np.random.default_rng(1)
    images, digits = training.train[0][:8].astype(float), training.train[1][:8]
    vector, unflatten = tree.flatten(LeNet(rng, float))
    gradient = tree.flatten(s2sad.grad(loss)(unflatten(vector), images, digits))[0]
    return slope_error(lambda w: loss(unflatten(w), images, digits), vector, gradient,
                       gradient / np.linalg.norm(gradient), step=1e-5)


def draw_loss(path, training):
    """The loss of every batch, and the errors on both sides of an epoch."""
    losses = np.array(training.losses)
    epochs = np.arange(1, len(losses) + 1)
    with picture(path, 1, 2, size=(10.0, 3.8)) as (_, (left, right)):
        left.semilogy((np.arange(losses.size) + 1) / losses.shape[1], losses.ravel(), color="0.75", lw=0.6,
                      label="batch")
        left.semilogy(epochs, losses.mean(axis=1), color="C0", lw=2.0, label="mean of an epoch")
        left.set(xlabel="epoch", ylabel="cross-entropy in training")
        left.legend(frameon=False)
        right.plot(epochs, 100.0 * np.array(training.errors), color="C3", marker="." if len(epochs) < 60 else "")
        right.axhline(2.5, color="0.6", lw=1.0, ls="--")
        right.annotate("2.5 %", (epochs[-1], 2.5), (0, 4), textcoords="offset points", ha="right", color="0.4")
        right.set(xlabel="epoch", ylabel="misread test images / %", ylim=(0.0, min(20.0, 110.0 * max(training.errors))))
        for ax in (left, right):
            ax.spines[["top", "right"]].set_visible(False)


def draw_digits(path, training, columns=8):
    """The test images that are misread, and then those that are read with least certainty."""
    read, certainty = training.read()
    images, digits = training.test
    wrong = read != digits
    order = np.lexsort((np.where(wrong, -certainty, certainty), ~wrong))
    rows = max(2, -(-int(np.sum(wrong)) // columns))
    with picture(path, rows, columns, size=(1.15 * columns, 1.7 * rows), squeeze=False) as (figure, axes):
        for ax, k in zip(axes.flat, order):
            ax.imshow(images[k, 0], cmap="gray_r", vmin=0.0, vmax=1.0)
            ax.set(xticks=[], yticks=[])
            ax.set_title(f"{digits[k]} read as {read[k]}" if wrong[k] else f"{digits[k]}", fontsize=9,
                         color="C3" if wrong[k] else "0.3")
            ax.set_xlabel(f"{100.0 * certainty[k]:.0f} % sure", fontsize=8, color="0.4", labelpad=3)
        figure.suptitle(f"{np.sum(wrong)} of {len(digits)} test images are misread; then the least certain",
                        fontsize=10)


def main(argv=None):
    """Train as the command line says; print and return the result."""
    options = parser(__doc__)
    options.add_argument("--epochs", type=int, default=30, help="how often each image is seen (default 30)")
    options.add_argument("--batch", type=int, default=32, help="images in one step (default 32)")
    options.add_argument("--rate", type=float, default=2e-3, help="first step size of Adam (default 0.002)")
    options.add_argument("--seed", type=int, default=0, help="seed of the random numbers (default 0)")
    options.add_argument("--checkpoint", metavar="FILE", help="keep the state there, and go on from it if it exists")
    options = options.parse_args(argv)
    if min(options.epochs, options.batch) < 1:
        raise SystemExit("--epochs and --batch must be at least 1")
    training = Training(options.batch, options.rate, options.seed)
    if options.source:
        return show(s2sad.grad(loss).source_for(training.network, training.train[0][:1], training.train[1][:1]))
    begin = time.perf_counter()
    try:
        run(training, options.epochs, options.checkpoint)
    except KeyboardInterrupt:
        print(f"\nstopped after {len(training.errors)} epochs"
              + ("; the same command goes on from there" if options.checkpoint else ""))
        sys.exit(130)
    seconds = time.perf_counter() - begin
    error = check(training)
    wrong = int(np.sum(training.read()[0] != training.test[1]))
    first, *_, last = np.mean([training.losses[0], *training.losses], axis=1)
    print(f"loss {first:.4f} → {last:.4f} in {len(training.losses)} epochs of {training.steps} steps, "
          f"{seconds:.1f} s; {len(tree.flatten(training.network)[0])} parameters")
    print(f"test accuracy {100.0 - 100.0 * training.errors[-1]:.2f} % ({wrong} of {len(training.test[1])} misread)")
    print(f"check: gradient against finite differences {error:.1e} (relative)")
    if options.picture:
        path = Path(options.picture)
        draw_loss(path.with_stem(f"{path.stem}_loss"), training)
        draw_digits(path.with_stem(f"{path.stem}_digits"), training)
    return {"training": training, "accuracy": 1.0 - training.errors[-1], "seconds": seconds, "by_differences": error}


if __name__ == "__main__":
    main()
