"""Linear algebra, stencils and scans as they are written with NumPy and loops, many of them in place."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.registry import kernel, uniform


@kernel(lambda: (uniform(400, 300), uniform(300)), (0, 1))
def atax(M, x):
    return np.sum((M @ x) @ M)


@kernel(lambda: (uniform(400, 300), uniform(300), uniform(400)), (0, 1, 2))
def bicg(M, p, r):
    return np.sum(r @ M) + np.sum((M @ p) ** 2)


@kernel(lambda: (uniform(300), uniform(300), uniform(300), uniform(300), uniform(300, 300)), (0, 1, 2, 3, 4))
def mvt(x1, x2, y1, y2, M):
    x1 += M @ y1
    x2 += y2 @ M
    return x1 @ x2


@kernel(lambda: (10, uniform(24, 24, 24), uniform(24, 24, 24)), (1, 2))
def heat_3d(n, a, b):
    for _ in range(n):
        b[1:-1, 1:-1, 1:-1] = (
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, 1:-1, :-2])
            + a[1:-1, 1:-1, 1:-1]
        )
        a[1:-1, 1:-1, 1:-1] = (
            0.125 * (b[2:, 1:-1, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[:-2, 1:-1, 1:-1])
            + 0.125 * (b[1:-1, 2:, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, :-2, 1:-1])
            + 0.125 * (b[1:-1, 1:-1, 2:] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, 1:-1, :-2])
            + b[1:-1, 1:-1, 1:-1]
        )
    return np.sum(a * a)


@kernel(lambda: (30, uniform(80, 90), uniform(80, 90), uniform(80, 90), uniform(30)), (1, 2, 3, 4))
def fdtd_2d(n, ex, ey, hz, f):
    for t in range(n):
        ey[0, :] = f[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz * hz)


@kernel(lambda: (5, uniform(40, 40)), (1,))
def adi(steps, u):
    n = u.shape[0]
    v = np.empty_like(u)
    p = np.empty_like(u)
    q = np.empty_like(u)
    a = -0.4
    b = 1.8
    c = -0.4
    for _ in range(steps):
        v[0, 1:-1] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = v[0, 1:-1]
        for j in range(1, n - 1):
            p[1:-1, j] = -c / (a * p[1:-1, j - 1] + b)
            q[1:-1, j] = (0.3 * u[j, :-2] + 0.4 * u[j, 1:-1] + 0.3 * u[j, 2:] - a * q[1:-1, j - 1]) / (
                a * p[1:-1, j - 1] + b
            )
        v[n - 1, 1:-1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]
        u[1:-1, 0] = 1.0
        u[1:-1, n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:-1, j] = 0.5 * v[1:-1, j] + 0.5 * u[1:-1, j + 1]
    return np.sum(u * u)


@kernel(lambda: (uniform(120) * 0.01,), (0,))
def durbin(r):
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return np.sum(y)


@kernel(lambda: (uniform(60, 40),), (0,))
def gramschmidt(M):
    Q = np.zeros_like(M)
    Rm = np.zeros((M.shape[1], M.shape[1]))
    for k in range(M.shape[1]):
        Rm[k, k] = np.sqrt(np.dot(M[:, k], M[:, k]))
        Q[:, k] = M[:, k] / Rm[k, k]
        for j in range(k + 1, M.shape[1]):
            Rm[k, j] = np.dot(Q[:, k], M[:, j])
            M[:, j] -= Q[:, k] * Rm[k, j]
    return np.sum(Q * Q[::-1]) + np.sum(Rm)


@kernel(lambda: (uniform(60),), (0,))
def base_pairing(s):
    n = s.shape[0]
    t = np.zeros((n, n))
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            t[i, j] = max(t[i, j], t[i, j - 1])
            if i + 1 < n:
                t[i, j] = max(t[i, j], t[i + 1, j])
            if i < j - 1:
                t[i, j] = max(t[i, j], t[i + 1, j - 1] + s[i] * s[j])
    return t[0, n - 1]


@kernel(lambda: (uniform(200, 100),), (0,))
def correlation(data):
    mean = np.mean(data, axis=0)
    std = np.std(data, axis=0)
    d = (data - mean) / (np.sqrt(float(data.shape[0])) * std)
    c = np.eye(data.shape[1])
    for i in range(data.shape[1] - 1):
        c[i + 1 :, i] = c[i, i + 1 :] = d[:, i] @ d[:, i + 1 :]
    return np.sum(c * c)


@kernel(lambda: (uniform(200, 100),), (0,))
def covariance(data):
    data -= np.mean(data, axis=0)
    c = np.zeros((data.shape[1], data.shape[1]))
    for i in range(data.shape[1]):
        c[i:, i] = c[i, i:] = data[:, i] @ data[:, i:] / (data.shape[0] - 1.0)
    return np.sum(c * c)


@kernel(lambda: (uniform(30, 30), uniform(30, 30), uniform(30, 30) * 0.1), (0, 1, 2))
def cavity_flow(u, v, p):
    dx = dy = 1 / 15
    dt = 0.001
    rho = 1.0
    nu = 0.1
    b = np.zeros((30, 30))
    for _n in range(10):
        un = u.copy()
        vn = v.copy()
        b[1:-1, 1:-1] = rho * (
            1 / dt * ((u[1:-1, 2:] - u[1:-1, :-2]) / (2 * dx) + (v[2:, 1:-1] - v[:-2, 1:-1]) / (2 * dy))
            - ((u[1:-1, 2:] - u[1:-1, :-2]) / (2 * dx)) ** 2
            - 2 * ((u[2:, 1:-1] - u[:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, :-2]) / (2 * dx))
            - ((v[2:, 1:-1] - v[:-2, 1:-1]) / (2 * dy)) ** 2
        )
        for _q in range(5):
            pn = p.copy()
            p[1:-1, 1:-1] = ((pn[1:-1, 2:] + pn[1:-1, :-2]) * dy**2 + (pn[2:, 1:-1] + pn[:-2, 1:-1]) * dx**2) / (
                2 * (dx**2 + dy**2)
            ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
            p[:, -1] = p[:, -2]
            p[0, :] = p[1, :]
            p[:, 0] = p[:, 1]
            p[-1, :] = 0
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
            + nu
            * (
                dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, :-2])
                + dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[:-2, 1:-1])
            )
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[:-2, 1:-1])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
            + nu
            * (
                dt / dx**2 * (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, :-2])
                + dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[:-2, 1:-1])
            )
        )
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = 1
        v[0, :] = 0
        v[-1, :] = 0
        v[:, 0] = 0
        v[:, -1] = 0
    return np.sum(u * u) + np.sum(v * v) + np.sum(p)


@kernel(lambda: (uniform(200, 200), uniform(200, 200), 3.0, 2.0, 5.0), (0, 1, 2))
def clip_and_scale(a1, a2, a, b, c):
    return np.sum(np.clip(a1, 0.2, 0.8) * a + a2 * b + c)


@kernel(lambda: (uniform(200, 200),), (0,))
def trace_of_tanh(a):
    t = 0.0
    for i in range(a.shape[0]):
        t += np.tanh(a[i, i])
    return np.sum(a + t)


@kernel(lambda: (uniform(68, 68, 20), uniform(64, 64, 20)), (0, 1))
def horizontal_diffusion(f, coeff):
    m, n = coeff.shape[0], coeff.shape[1]
    lap = 4.0 * f[1 : m + 3, 1 : n + 3, :] - (
        f[2 : m + 4, 1 : n + 3, :]
        + f[0 : m + 2, 1 : n + 3, :]
        + f[1 : m + 3, 2 : n + 4, :]
        + f[1 : m + 3, 0 : n + 2, :]
    )
    r = lap[1:, 1 : n + 1, :] - lap[:-1, 1 : n + 1, :]
    fx = np.where(r * (f[2 : m + 3, 2 : n + 2, :] - f[1 : m + 2, 2 : n + 2, :]) > 0, 0, r)
    r = lap[1 : m + 1, 1:, :] - lap[1 : m + 1, :-1, :]
    fy = np.where(r * (f[2 : m + 2, 2 : n + 3, :] - f[2 : m + 2, 1 : n + 2, :]) > 0, 0, r)
    out = f[2 : m + 2, 2 : n + 2, :] - coeff * (fx[1:, :, :] - fx[:-1, :, :] + fy[:, 1:, :] - fy[:, :-1, :])
    return np.sum(out * out)


@kernel(
    lambda: (
        uniform(40, 40, 30),
        uniform(41, 40, 30),
        uniform(40, 40, 30),
        uniform(40, 40, 30),
        uniform(40, 40, 30),
        3.0,
    ),
    (0, 1, 2, 3, 4),
)
def vertical_advection(us, wcon, up, ut, uts, dtr):
    rows, cols, levels = us.shape
    ccol = np.empty((rows, cols, levels))
    dcol = np.empty((rows, cols, levels))
    data = np.empty((rows, cols))
    out = uts.copy()
    for k in range(1):
        gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        cs = gcv * 0.5
        ccol[:, :, k] = gcv * 0.5
        bcol = dtr - ccol[:, :, k]
        corr = -cs * (us[:, :, k + 1] - us[:, :, k])
        dcol[:, :, k] = dtr * up[:, :, k] + ut[:, :, k] + uts[:, :, k] + corr
        div = 1.0 / bcol
        ccol[:, :, k] = ccol[:, :, k] * div
        dcol[:, :, k] = dcol[:, :, k] * div
    for k in range(1, levels - 1):
        gav = -0.25 * (wcon[1:, :, k] + wcon[:-1, :, k])
        gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        a_s = gav * 0.5
        cs = gcv * 0.5
        acol = gav * 0.5
        ccol[:, :, k] = gcv * 0.5
        bcol = dtr - acol - ccol[:, :, k] + 1.0
        corr = -a_s * (us[:, :, k - 1] - us[:, :, k]) - cs * (us[:, :, k + 1] - us[:, :, k])
        dcol[:, :, k] = dtr * up[:, :, k] + ut[:, :, k] + uts[:, :, k] + corr
        div = 1.0 / (bcol - ccol[:, :, k - 1] * acol)
        ccol[:, :, k] = ccol[:, :, k] * div
        dcol[:, :, k] = (dcol[:, :, k] - dcol[:, :, k - 1] * acol) * div
    for k in range(levels - 2, -1, -1):
        if k == levels - 2:
            dat = dcol[:, :, k]
        else:
            dat = dcol[:, :, k] - ccol[:, :, k] * data
        data[:] = dat
        out[:, :, k] = dtr * (dat - up[:, :, k])
    return np.sum(out * out)


@kernel(lambda: (uniform(100) * 10, uniform(101, 50)), (0, 1))
def seidel_rows(b, M):
    for _ in range(3):
        for i in range(1, 100):
            M[i, 1:-1] = (M[i - 1, 1:-1] + M[i, :-2] + M[i, 2:] + M[i + 1, 1:-1] + b[i]) / 5.0
    return np.sum(M * M)


@kernel(lambda: (uniform(40, 40) + 40 * np.eye(40),), (0,))
def lu(M):
    n = M.shape[0]
    for i in range(n):
        for j in range(i):
            M[i, j] -= M[i, :j] @ M[:j, j]
            M[i, j] /= M[j, j]
        for j in range(i, n):
            M[i, j] -= M[i, :i] @ M[:i, j]
    return np.sum(np.log(np.abs(np.diag(M))))


@kernel(lambda: ((lambda B: B @ B.T + 40 * np.eye(40))(uniform(40, 40)),), (0,))
def cholesky(M):
    n = M.shape[0]
    M[0, 0] = np.sqrt(M[0, 0])
    for i in range(1, n):
        for j in range(i):
            M[i, j] -= np.dot(M[i, :j], M[j, :j])
            M[i, j] /= M[j, j]
        M[i, i] -= np.dot(M[i, :i], M[i, :i])
        M[i, i] = np.sqrt(M[i, i])
    return np.sum(np.log(np.diag(M)))


@kernel(lambda: (uniform(64, 64) + 64 * np.eye(64), uniform(64)), (0, 1))
def trisolv(L, b):
    x = np.zeros_like(b)
    for i in range(b.size):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return np.sum(x * x)


@kernel(lambda: (uniform(60, 60),), (0,))
def recursive_filter(img):
    W, H = img.shape
    k = 0.25
    a1, a2, b1, b2 = 0.3, 0.2, 0.5, -0.1
    y1 = np.empty_like(img)
    y2 = np.empty_like(img)
    y1[:, 0] = a1 * img[:, 0]
    y1[:, 1] = a1 * img[:, 1] + a2 * img[:, 0] + b1 * y1[:, 0]
    for j in range(2, H):
        y1[:, j] = a1 * img[:, j] + a2 * img[:, j - 1] + b1 * y1[:, j - 1] + b2 * y1[:, j - 2]
    y2[:, -1] = 0.0
    y2[:, -2] = a1 * img[:, -1]
    for j in range(H - 3, -1, -1):
        y2[:, j] = a1 * img[:, j + 1] + a2 * img[:, j + 2] + b1 * y2[:, j + 1] + b2 * y2[:, j + 2]
    o = k * (y1 + y2)
    return np.sum(o * o)


@kernel(lambda: (uniform(50, 50),), (0,))
def shortest_paths(p):
    for k in range(p.shape[0]):
        p[:] = np.minimum(p[:], np.add.outer(p[:, k], p[k, :]))
    return np.sum(p)
