"""Machine-learning models as a user of NumPy writes them."""

import numpy as np

from tests.programs.registry import program

RNG = np.random.default_rng(3)
X = RNG.normal(size=(5, 4))
LABELS = np.array([0, 2, 1, 1, 0])
PARAMS = {
    "W1": RNG.normal(size=(4, 3)),
    "b1": RNG.normal(size=3),
    "W2": RNG.normal(size=(3, 3)),
    "b2": RNG.normal(size=3),
}
LAYERS = [(RNG.normal(size=(4, 3)), RNG.normal(size=3)), (RNG.normal(size=(3, 2)), RNG.normal(size=2))]
CELL = {"W": RNG.normal(size=(5, 12)) * 0.5, "b": RNG.normal(size=12) * 0.1}
SEQUENCE = RNG.normal(size=(4, 2))
IMAGE = RNG.normal(size=(1, 5, 5, 2))
FILTER = RNG.normal(size=(3, 3, 2, 2))


def sigmoid(u):
    return 1.0 / (1.0 + np.exp(-u))


def relu(u):
    return np.maximum(u, 0.0)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


@program(X)
def softmax(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


@program(PARAMS, X, LABELS, argnums=(0,))
def mlp_loss(params, x, labels):
    h = np.tanh(x @ params["W1"] + params["b1"])
    logits = h @ params["W2"] + params["b2"]
    return -np.mean(log_softmax(logits)[np.arange(len(labels)), labels])


@program(LAYERS, X)
def mlp_layers(layers, x):
    for W, b in layers[:-1]:
        x = relu(x @ W + b)
    W, b = layers[-1]
    return x @ W + b


@program(CELL, SEQUENCE, argnums=(0, 1))
def lstm(cell, xs):
    h = np.zeros(3)
    c = np.zeros(3)
    for x in xs:
        z = np.concatenate([x, h]) @ cell["W"] + cell["b"]
        i, f, o, g = np.split(z, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return np.sum(h * h)


@program(CELL, SEQUENCE, argnums=(0, 1))
def lstm_collects_outputs(cell, xs):
    h, c = np.zeros(3), np.zeros(3)
    outputs = []
    for t in range(len(xs)):
        z = np.concatenate([xs[t], h]) @ cell["W"] + cell["b"]
        gates = sigmoid(z[:9])
        c = gates[3:6] * c + gates[:3] * np.tanh(z[9:])
        h = gates[6:] * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs)


@program(IMAGE, FILTER)
def conv2d(image, weights):
    n, height, width, _ = image.shape
    k = weights.shape[0]
    out = np.empty((n, height - k + 1, width - k + 1, weights.shape[3]))
    for i in range(height - k + 1):
        for j in range(width - k + 1):
            out[:, i, j, :] = np.sum(image[:, i : i + k, j : j + k, :, None] * weights[None], axis=(1, 2, 3))
    return out


@program(IMAGE)
def max_pool(x):
    out = np.empty((x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]))
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            out[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return out * out


@program(IMAGE[0, :, :, 0], FILTER[:, :, 0, 0])
def conv2d_scalar_loops(x, w):
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            s = 0.0
            for p in range(3):
                for q in range(3):
                    s += x[i + p, j + q] * w[p, q]
            out[i, j] = max(s, 0.0)
    return np.sum(out * out)


@program(X, RNG.normal(size=(4, 4)), RNG.normal(size=(4, 4)))
def attention(x, wq, wk):
    scores = (x @ wq) @ (x @ wk).T / np.sqrt(x.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ x


@program(np.array([0.3, -0.2, 0.5, 0.1]), X, LABELS, argnums=(0,), tags="second")
def logistic_regression(w, x, labels):
    p = sigmoid(x @ w)
    y = (labels == 1) * 1.0
    return -np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)) + 0.5 * 0.1 * w @ w


@program(X)
def batch_norm_written(x):
    x -= x.mean(axis=0)
    x /= np.sqrt(np.mean(x * x, axis=0) + 1e-5)
    return x * np.arange(1.0, 5.0)


@program(np.array([0.5, -1.0, 2.0]), np.array([0.1, 0.2, 0.4, 0.8]))
def rnn_with_gate_branch(w, xs):
    h = 0.0
    for x in xs:
        h = np.tanh(w[0] * h + w[1] * x + w[2])
        if h > 0.9:
            h = h * 0.5
    return h


@program(PARAMS["W1"], X)
def residual_blocks(w, x):
    h = x @ w
    for _ in range(3):
        skip = h
        h = relu(h * 0.5 + 0.13)
        h += skip
    return h


@program(X, LABELS, argnums=(0,))
def hinge_loss(scores, labels):
    total = 0.0
    for i in range(len(labels)):
        correct = scores[i, labels[i]]
        for j in range(scores.shape[1]):
            if j == labels[i]:
                continue
            margin = scores[i, j] - correct + 1.0
            if margin > 0.0:
                total += margin
    return total / len(labels)


@program(X[:, :2], np.array([0.5, 0.2]), argnums=(0, 1))
def embedding_lookup(table, w):
    tokens = [0, 3, 3, 1]
    rows = table[tokens]
    return np.sum(np.tanh(rows @ w))


@program(X)
def dropout_mask_and_where(x):
    mask = np.array([[True, False, True, True]] * 5)
    h = np.where(mask, x / 0.75, 0.0)
    h[~mask] = 0.1
    return h * h
