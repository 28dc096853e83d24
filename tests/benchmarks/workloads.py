"""Networks, physics, fitting, indexing and long elementwise programs."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.registry import RNG, kernel, uniform


@kernel(lambda: (uniform(8, 8, 64, 64),), (0,))
def softmax(x):
    m = np.max(x, axis=-1, keepdims=True)
    e = np.exp(x - m)
    p = e / np.sum(e, axis=-1, keepdims=True)
    return np.sum(p * p)


def conv2d(x, w):
    k = w.shape[0]
    n = x.shape[0]
    ho = x.shape[1] - k + 1
    wo = x.shape[2] - k + 1
    out = np.empty((n, ho, wo, w.shape[3]))
    for i in range(ho):
        for j in range(wo):
            out[:, i, j, :] = np.sum(
                x[:, i : i + k, j : j + k, :, np.newaxis] * w[np.newaxis, :, :, :, :], axis=(1, 2, 3)
            )
    return out


@kernel(lambda: (uniform(4, 20, 20, 3), uniform(3, 3, 3, 8), uniform(8)), (0, 1, 2))
def conv2d_bias(x, w, b):
    y = conv2d(x, w) + b
    return np.sum(y * y)


@kernel(lambda: (uniform(2, 14, 14, 16), uniform(1, 1, 16, 8), uniform(3, 3, 8, 8), uniform(1, 1, 8, 16)), (0, 1, 2, 3))
def resnet(x, w1, w2, w3):
    def relu(x):
        return np.maximum(x, 0)

    def bn(x):
        m = np.mean(x, axis=0, keepdims=True)
        s = np.std(x, axis=0, keepdims=True)
        return (x - m) / np.sqrt(s + 1e-5)

    p = np.zeros((x.shape[0], x.shape[1] + 2, x.shape[2] + 2, w1.shape[3]))
    p[:, 1:-1, 1:-1, :] = conv2d(x, w1)
    y = relu(bn(p))
    y = relu(bn(conv2d(y, w2)))
    y = bn(conv2d(y, w3))
    return np.sum(relu(y + x) ** 2)


@kernel(
    lambda: (
        uniform(64, 200),
        uniform(200, 100),
        uniform(100),
        uniform(100, 50),
        uniform(50),
        uniform(50, 10),
        uniform(10),
    ),
    (1, 2, 3, 4, 5, 6),
)
def mlp(x, w1, b1, w2, b2, w3, b3):
    h = np.maximum(x @ w1 * 0.01 + b1, 0.0)
    h = np.maximum(h @ w2 * 0.01 + b2, 0.0)
    z = h @ w3 + b3
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    return np.sum(p * p)


@kernel(lambda: (uniform(4, 20, 20) * 0.1, uniform(20, 4)), (0, 1))
def contour_integral(Ham, Y):
    P0 = np.zeros((20, 4), dtype=complex)
    P1 = np.zeros((20, 4), dtype=complex)
    for k in range(8):
        z = 2.0 * np.exp(2j * np.pi * (k + 0.5) / 8)
        T = np.zeros((20, 20), dtype=complex)
        for n in range(4):
            T = T + z ** (1 - n) * Ham[n]
        T = T + 3.0 * np.eye(20)
        X = np.linalg.solve(T, Y)
        P0 = P0 + X
        P1 = P1 + z * X
    return np.sum(np.abs(P0) ** 2) + np.sum(np.real(P1))


@kernel(lambda: (uniform(30), uniform(30, 3), uniform(30, 3)), (0, 1, 2))
def nbody(mass, pos, vel):
    def acc(pos):
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        z = pos[:, 2:3]
        dx = x.T - x
        dy = y.T - y
        dz = z.T - z
        inv = dx**2 + dy**2 + dz**2 + 0.01
        inv = inv ** (-1.5)
        return np.hstack(((dx * inv) @ mass[:, None], (dy * inv) @ mass[:, None], (dz * inv) @ mass[:, None]))

    a = acc(pos)
    for _i in range(20):
        vel += a * 0.005
        pos += vel * 0.01
        a = acc(pos)
        vel += a * 0.005
    return 0.5 * np.sum(mass[:, None] * vel**2) + np.sum(pos)


@kernel(lambda: (uniform(2, 3, 4, 6, 6), uniform(2, 3, 4, 6, 6), uniform(4, 3, 3, 6, 6)), (0, 1, 2))
def self_energies(G, D, dH):
    Sigma = np.zeros_like(G)
    for k in range(2):
        for E in range(3):
            for a in range(4):
                for i in range(3):
                    for j in range(3):
                        dHG = G[k, E, a] @ dH[a, i, j]
                        dHD = dH[a, j, i] * D[k, E, a]
                        Sigma[k, E, a] += dHG @ dHD
    return np.sum(Sigma * Sigma)


ROW = np.concatenate([[0], np.cumsum(RNG.integers(1, 6, 200))])
COL = RNG.integers(0, 200, ROW[-1])


@kernel(lambda: (uniform(ROW[-1]), uniform(200)), (0, 1))
def sparse_product(vals, x):
    y = np.empty(ROW.size - 1)
    for i in range(ROW.size - 1):
        cols = COL[ROW[i] : ROW[i + 1]]
        v = vals[ROW[i] : ROW[i + 1]]
        y[i] = v @ x[cols]
    return np.sum(y * y)


@kernel(lambda: (uniform(4, 4, 32, 8), uniform(4, 4, 32, 8)), (0, 1))
def attention(q, k):
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(8.0)
    s = np.where(np.tril(np.ones((32, 32))) > 0, s, -1e9)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return np.sum((p @ k) ** 2)


@kernel(lambda: (uniform(10), uniform(10, 5), uniform(10, 15), uniform(500, 5)), (0, 1, 2))
def gaussian_mixture(alphas, means, icf, x):
    d = 5
    K = 10
    n = x.shape[0]
    qd = np.exp(icf[:, :d])
    sumq = np.sum(icf[:, :d], axis=1)
    L = np.zeros((K, d, d))
    k = 0
    for i in range(d):
        for j in range(i + 1, d):
            L[:, j, i] = icf[:, d + k]
            k += 1
    xc = x[:, None, :] - means
    Lx = qd * xc + np.einsum("ijk,mik->mij", L, xc)
    sq = np.sum(Lx * Lx, axis=2)
    inner = alphas + sumq - 0.5 * sq
    m = np.max(inner, axis=1)
    lse = m + np.log(np.sum(np.exp(inner - m[:, None]), axis=1))
    return np.sum(lse) - n * np.log(np.sum(np.exp(alphas))) + 0.5 * np.sum(qd**2) + 0.5 * np.sum(icf[:, d:] ** 2)


def rodrigues(rot, X):
    sq = np.sum(rot**2)
    if sq != 0:
        th = np.sqrt(sq)
        c = np.cos(th)
        s = np.sin(th)
        w = rot / th
        cr = np.cross(w, X)
        tmp = np.dot(w, X) * (1.0 - c)
        return X * c + cr * s + w * tmp
    return X + np.cross(rot, X)


@kernel(
    lambda: (
        uniform(5, 11),
        uniform(30, 3) + 2,
        uniform(60),
        RNG.integers(0, 5, 60),
        RNG.integers(0, 30, 60),
        uniform(60, 2),
    ),
    (0, 1, 2),
)
def bundle_adjustment(cams, X, w, ci, pi, feats):
    e = 0.0
    for i in range(60):
        cam = cams[ci[i]]
        P = X[pi[i]]
        Xc = rodrigues(cam[:3], P - cam[3:6])
        xy = Xc[:2] / Xc[2]
        rad = np.sum(xy**2)
        L = 1.0 + cam[9] * rad + cam[10] * rad**2
        r = w[i] * (xy * L * cam[6] + cam[7:9] - feats[i])
        e += np.sum(r * r) + (1.0 - w[i] ** 2) ** 2
    return e


@kernel(lambda: (uniform(26) * 0.3, uniform(100, 3), uniform(22, 4, 4), uniform(100, 22), uniform(100, 3)), (0,))
def hand_tracking(theta, verts, base, weights, points):
    T = []
    for i in range(22):
        a = theta[(i % 25)]
        c, s = np.cos(a), np.sin(a)
        Rm = np.array([[c, -s, 0.0, 0.0], [s, c, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
        M = base[i] @ Rm
        T.append(M if i % 5 == 0 else T[-1] @ M * 0.3)
    h = np.hstack([verts, np.ones((100, 1))])
    out = np.zeros((100, 3))
    for i in range(22):
        out = out + weights[:, i : i + 1] * (h @ T[i].T)[:, :3]
    d = out - points
    return np.sum(d * d)


@kernel(lambda: (uniform(200000), uniform(200000), uniform(200000)), (0, 1, 2))
def long_chain(a, b, c):
    x = np.exp(-a * b) + np.log(c + 1.0)
    y = np.sqrt(x * x + a)
    z = np.tanh(y / (1.0 + b))
    w = np.sin(z) * c - np.cos(x) * y
    return np.sum(w * w / (1.0 + x * x))


@kernel(lambda: (uniform(2000), RNG.integers(0, 2000, 20000)), (0,))
def gather(x, idx):
    return np.sum(np.sin(x[idx]) * x[idx[::-1]])


@kernel(lambda: (uniform(2000, 8), RNG.integers(0, 2000, 5000)), (0,))
def embedding(E, idx):
    return np.sum(np.tanh(E[idx]) ** 2)


@kernel(lambda: (uniform(2000), RNG.integers(0, 2000, 20000)), (0,))
def take(x, idx):
    return np.sum(np.take(x, idx) ** 2)


@kernel(lambda: (uniform(100, 100),), (0,))
def sliding_windows(x):
    w = np.lib.stride_tricks.sliding_window_view(x, (3, 3))
    return np.sum(np.max(w, axis=(2, 3)) * np.mean(w, axis=(2, 3)))


@kernel(lambda: (uniform(2000), 50), (0,))
def update_in_place(u, n):
    for _ in range(n):
        u[1:-1] *= 0.5 * np.sin(u[1:-1]) + 0.7
    return np.sum(u * u)


@kernel(lambda: (uniform(500), uniform(40)), (0, 1))
def convolve(x, k):
    return np.sum(np.convolve(x, k, mode="same") ** 2)


@kernel(lambda: (uniform(300, 300), uniform(300, 300)), (0, 1))
def einsum_product(a, b):
    return np.sum(np.einsum("ij,kj->ik", a, b) ** 2)


@kernel(lambda: (uniform(50, 20, 20) + 5 * np.eye(20), uniform(50, 20)), (0, 1))
def batched_solve(M, b):
    return np.sum(np.linalg.solve(M, b[..., None]) ** 2) + np.sum(np.linalg.slogdet(M)[1])


@kernel(lambda: (uniform(3000),), (0,))
def sort_cumsum(x):
    s = np.sort(x)
    return np.sum(np.cumsum(s) * s)


@kernel(lambda: (uniform(1000),), (0,))
def logsumexp_loop(x):
    t = 0.0
    for v in x:
        t = np.logaddexp(t, v)
    return t


@kernel(lambda: (uniform(300, 3),), (0,))
def pair_energy(x):
    d = x[:, None, :] - x[None, :, :]
    r2 = np.sum(d * d, axis=-1) + np.eye(len(x))
    return np.sum(1.0 / r2**3 - 1.0 / r2**1.5)
