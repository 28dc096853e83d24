"""Scientific kernels: integrators, bodies, chains, statistics, finance."""

import math

import numpy as np

from tests.programs.registry import program

RNG = np.random.default_rng(11)
POS = RNG.normal(size=(3, 3))
VEL = RNG.normal(size=(3, 3)) * 0.1
MASS = np.array([1.0, 0.5, 0.8])
DATA = RNG.normal(size=(6, 2))


@program([1.0, 0.0], 0.3, 5)
def rk4_list_of_states(y, omega, n):
    def rhs(s):
        return [s[1], -omega * s[0] - 0.1 * s[1]]

    def axpy(a, p, q):
        return [qi + a * pi for pi, qi in zip(p, q)]

    h = 0.2
    states = [y]
    for _ in range(n):
        s = states[-1]
        k1 = rhs(s)
        k2 = rhs(axpy(h / 2.0, k1, s))
        k3 = rhs(axpy(h / 2.0, k2, s))
        k4 = rhs(axpy(h, k3, s))
        states.append([si + h / 6.0 * (a + 2.0 * b + 2.0 * c + d) for si, a, b, c, d in zip(s, k1, k2, k3, k4)])
    return sum([s[0] * s[0] for s in states])


@program(np.array([1.0, 0.0]), 0.3, 5)
def rk4_arrays(y, omega, n):
    def rhs(s):
        return np.array([s[1], -omega * s[0]])

    h = 0.2
    trajectory = [y]
    for _ in range(n):
        k1 = rhs(y)
        k2 = rhs(y + 0.5 * h * k1)
        k3 = rhs(y + 0.5 * h * k2)
        k4 = rhs(y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        trajectory.append(y)
    return np.sum(np.array(trajectory)[:, 0] ** 2)


@program(np.array([1.0, 0.5, -0.2]), 4)
def lorenz_euler(s, n):
    out = np.zeros((n + 1, 3))
    out[0] = s
    for t in range(n):
        x, y, z = out[t]
        out[t + 1, 0] = x + 0.01 * 10.0 * (y - x)
        out[t + 1, 1] = y + 0.01 * (x * (28.0 - z) - y)
        out[t + 1, 2] = z + 0.01 * (x * y - 8.0 / 3.0 * z)
    return np.sum(out[-1] ** 2)


@program(POS, VEL, MASS, 2)
def nbody_vectorised(pos, vel, mass, n):
    for _ in range(n):
        d = pos[None, :, :] - pos[:, None, :]
        inv = (np.sum(d * d, axis=-1) + 0.1) ** -1.5
        acc = np.einsum("ijk,ij,j->ik", d, inv, mass)
        vel = vel + 0.05 * acc
        pos = pos + 0.05 * vel
    return 0.5 * np.sum(mass[:, None] * vel**2)


@program(POS, VEL, MASS, 2)
def nbody_loops(pos, vel, mass, n):
    for _ in range(n):
        for i in range(len(mass)):
            for j in range(len(mass)):
                if i == j:
                    continue
                d = pos[j] - pos[i]
                r2 = d @ d + 0.1
                vel[i] += 0.05 * mass[j] * d / (r2 * np.sqrt(r2))
        for i in range(len(mass)):
            pos[i] += 0.05 * vel[i]
    return np.sum(pos * pos)


def normal_cdf(t):
    return 0.5 * (1.0 + math.erf(t / math.sqrt(2.0)))


@program(100.0, 105.0, 0.02, 0.3, 1.5, tags="second")
def black_scholes(s, k, r, sigma, t):
    d1 = (math.log(s / k) + (r + 0.5 * sigma * sigma) * t) / (sigma * math.sqrt(t))
    d2 = d1 - sigma * math.sqrt(t)
    return s * normal_cdf(d1) - k * math.exp(-r * t) * normal_cdf(d2)


@program(np.array([90.0, 100.0, 120.0]), 105.0, 0.02, 0.3, 1.5)
def black_scholes_arrays(s, k, r, sigma, t):
    def cdf(u):
        """Abramowitz and Stegun 26.2.17."""
        a = np.abs(u)
        q = 1.0 / (1.0 + 0.2316419 * a)
        poly = q * (0.319381530 + q * (-0.356563782 + q * (1.781477937 + q * (-1.821255978 + q * 1.330274429))))
        tail = np.exp(-0.5 * a * a) / np.sqrt(2.0 * np.pi) * poly
        return np.where(u > 0.0, 1.0 - tail, tail)

    d1 = (np.log(s / k) + (r + 0.5 * sigma**2) * t) / (sigma * np.sqrt(t))
    d2 = d1 - sigma * np.sqrt(t)
    return s * cdf(d1) - k * np.exp(-r * t) * cdf(d2)


@program(1.0, 0.05, 0.2, 4)
def binomial_tree(s, r, sigma, n):
    dt = 1.0 / n
    up = np.exp(sigma * np.sqrt(dt))
    p = (np.exp(r * dt) - 1.0 / up) / (up - 1.0 / up)
    values = np.zeros(n + 1)
    for i in range(n + 1):
        values[i] = max(s * up ** (2 * i - n) - 0.95, 0.0)
    for k in range(n, 0, -1):
        for i in range(k):
            values[i] = np.exp(-r * dt) * (p * values[i + 1] + (1.0 - p) * values[i])
    return values[0]


@program(
    np.array([0.2, -0.3]),
    np.array([[0.1, 0.4], [-0.6, 0.2]]),
    np.array([[1.1, 0.8], [0.9, 1.2]]),
    DATA,
    argnums=(0, 1, 2),
)
def gmm_log_likelihood(alphas, means, scales, data):
    diff = (data[:, None, :] - means[None, :, :]) / scales
    comp = alphas - np.sum(np.log(scales), axis=1) - 0.5 * np.sum(diff * diff, axis=-1)
    top = comp.max(axis=1, keepdims=True)
    lse = top[:, 0] + np.log(np.sum(np.exp(comp - top), axis=1))
    norm = np.log(np.sum(np.exp(alphas)))
    return np.sum(lse) - len(data) * norm


@program(np.array([[0.1, 0.4], [-0.6, 0.2], [1.0, -1.0]]), DATA, argnums=(0,))
def kmeans_objective(centres, points):
    total = 0.0
    for p in points:
        best = np.inf
        for c in centres:
            d = np.sum((p - c) ** 2)
            if d < best:
                best = d
        total += best
    return total


@program(np.array([[0.1, 0.4], [-0.6, 0.2], [1.0, -1.0]]), DATA)
def kmeans_vectorised(centres, points):
    d = np.sum((points[:, None] - centres[None]) ** 2, axis=-1)
    return np.sum(np.min(d, axis=1))


@program([POS, VEL, POS * 0.5])
def matrix_chain(ms):
    out = np.eye(3)
    for m in ms:
        out = out @ m
    return np.trace(out)


@program(
    np.array([0.4, 0.3, 0.3]),
    np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]),
    [0, 2, 1, 1],
    argnums=(0, 1),
)
def hidden_markov_forward(start, trans, observed):
    emit = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])
    alpha = start * emit[:, observed[0]]
    log_p = 0.0
    for o in observed[1:]:
        z = np.sum(alpha)
        log_p += np.log(z)
        alpha = (alpha / z) @ trans * emit[:, o]
    return log_p + np.log(np.sum(alpha))


@program(np.array([0.5, 1.0, 0.2]), np.array([0.3, 0.8, 0.5, 0.1]))
def dynamic_time_warping(a, b):
    n, m = len(a), len(b)
    d = np.full((n + 1, m + 1), np.inf)
    d[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            d[i, j] = cost + min(d[i - 1, j], d[i, j - 1], d[i - 1, j - 1])
    return d[n, m]


@program(np.array([0.5, -0.4]), np.array([1.0, 0.3]))
def kalman_filter(state, zs):
    p = np.eye(2)
    f = np.array([[1.0, 0.1], [0.0, 1.0]])
    h = np.array([1.0, 0.0])
    ll = 0.0
    for z in zs:
        state = f @ state
        p = f @ p @ f.T + 0.01 * np.eye(2)
        s = h @ p @ h + 0.1
        k = p @ h / s
        r = z - h @ state
        state = state + k * r
        p = p - np.outer(k, h @ p)
        ll -= 0.5 * (r * r / s + np.log(s))
    return ll


@program(0.5, 0.8)
def kepler_newton(mean_anomaly, e):
    big = mean_anomaly
    while True:
        step = (big - e * np.sin(big) - mean_anomaly) / (1.0 - e * np.cos(big))
        big = big - step
        if abs(step) < 1e-14:
            break
    return big


@program(0.2, 1.5, 1e-13, argnums=(0, 1))
def fixed_point(x, a, tolerance):
    for k in range(200):
        new = np.cos(a * x) * 0.5
        if abs(new - x) < tolerance:
            return new
        x = new
    return x


@program(np.array([1.0, -0.5, 0.25, 2.0]), 0.3)
def clenshaw(c, x):
    b1 = b2 = 0.0
    for k in range(len(c) - 1, 0, -1):
        b1, b2 = c[k] + 2.0 * x * b1 - b2, b1
    return c[0] + x * b1 - b2


@program(0.4, 1.1)
def adaptive_simpson(a, b):
    def g(t):
        return np.exp(-t * t)

    def simpson(lo, hi, depth):
        mid = 0.5 * (lo + hi)
        whole = (hi - lo) / 6.0 * (g(lo) + 4.0 * g(mid) + g(hi))
        if depth == 0:
            return whole
        return simpson(lo, mid, depth - 1) + simpson(mid, hi, depth - 1)

    return simpson(a, b, 2)


@program(np.array([3.0, 1.0, 2.0]), tags="second")
def insertion_sort(v):
    a = v.copy()
    for i in range(1, len(a)):
        key = a[i]
        j = i - 1
        while j >= 0 and a[j] > key:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = key
    return np.sum(a * np.array([1.0, 10.0, 100.0]) * a)


@program(POS[0], 6)
def gradient_descent_inner(x, n):
    H = np.diag([1.0, 2.0, 0.5])
    momentum = np.zeros(3)
    for _ in range(n):
        momentum = 0.9 * momentum - 0.05 * (H @ x + x**3)
        x = x + momentum
    return 0.5 * x @ H @ x


@program(np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]]), np.array([1.0, 2.0, 3.0]))
def conjugate_gradient(a, b):
    x = np.zeros_like(b)
    r = b - a @ x
    p = r.copy()
    rs = r @ r
    for _ in range(2):
        ap = a @ p
        alpha = rs / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        rs_new = r @ r
        p = r + rs_new / rs * p
        rs = rs_new
    return np.sum(x * x)


@program(0.3, 0.5)
def mandelbrot_like(cr, ci):
    zr = zi = 0.0
    for _ in range(6):
        if zr * zr + zi * zi > 4.0:
            break
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
    return zr * zr + zi * zi
