"""In-place kernels in the manner of NPBench and PolyBench, as a user writes them."""
import numpy as np

from tests.programs.registry import program

RNG = np.random.default_rng(7)
A5 = RNG.uniform(0.2, 1.0, (5, 5))
B5 = RNG.uniform(0.2, 1.0, (5, 5))
C4 = RNG.uniform(0.2, 1.0, (4, 4, 4))
V6 = RNG.uniform(0.2, 1.0, 6)
SPD = A5 @ A5.T + 4.0 * np.eye(5)


@program(3, V6, V6 * 0.5)
def jacobi_1d(steps, a, b):
    for t in range(1, steps):
        b[1:-1] = 0.33333 * (a[:-2] + a[1:-1] + a[2:])
        a[1:-1] = 0.33333 * (b[:-2] + b[1:-1] + b[2:])
    return np.sum(a * a)


@program(3, A5, B5)
def jacobi_2d(steps, a, b):
    for t in range(1, steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
    return a


@program(2, C4, C4 * 0.7)
def heat_3d(steps, a, b):
    for t in range(1, steps):
        b[1:-1, 1:-1, 1:-1] = (0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[:-2, 1:-1, 1:-1])
                               + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, :-2, 1:-1])
                               + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, 1:-1, 0:-2])
                               + a[1:-1, 1:-1, 1:-1])
        a[1:-1, 1:-1, 1:-1] = b[1:-1, 1:-1, 1:-1] * b[2:, 1:-1, 1:-1]
    return np.sum(a * a)


@program(2, A5)
def seidel_2d(steps, a):
    n = a.shape[0]
    for t in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = (a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1] + a[i, j - 1] + a[i, j] + a[i, j + 1]
                           + a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]) / 9.0
    return np.sum(a * a)


@program(2, A5, B5, A5 * B5)
def fdtd_2d(steps, ex, ey, hz):
    for t in range(steps):
        ey[0, :] = 0.1 * t
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz * hz)


@program(SPD)
def cholesky(a):
    n = a.shape[0]
    a[0, 0] = np.sqrt(a[0, 0])
    for i in range(1, n):
        for j in range(i):
            a[i, j] -= np.dot(a[i, :j], a[j, :j])
            a[i, j] /= a[j, j]
        a[i, i] -= np.dot(a[i, :i], a[i, :i])
        a[i, i] = np.sqrt(a[i, i])
    return np.sum(np.tril(a))


@program(SPD)
def cholesky_elements(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] = a[i, j] / a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = a[i, i] ** 0.5
    return np.sum(np.tril(a) ** 2 * 0.5)


@program(SPD)
def lu(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]
    return np.sum(a * a)


@program(SPD, V6[:5])
def ludcmp(a, b):
    n = a.shape[0]
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]
    for i in range(n):
        y[i] = b[i] - a[i, :i] @ y[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - a[i, i + 1:] @ x[i + 1:]) / a[i, i]
    return x


@program(SPD, V6[:5], np.zeros(5))
def trisolv(L, b, x):
    for i in range(x.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return x * x


@program(A5[:, :3] + np.eye(5, 3))
def gramschmidt(a):
    q = np.zeros_like(a)
    r = np.zeros((a.shape[1], a.shape[1]), dtype=a.dtype)
    for k in range(a.shape[1]):
        nrm = np.dot(a[:, k], a[:, k])
        r[k, k] = np.sqrt(nrm)
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return np.sum(q * a) + np.sum(r * r)


@program(V6 * 0.3)
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
    return y


@program(V6 * 0.3)
def durbin_elements(r):
    n = len(r)
    y = np.zeros(n)
    z = np.zeros(n)
    y[0] = -r[0]
    alpha = -r[0]
    beta = 1.0
    for k in range(1, n):
        beta = (1.0 - alpha * alpha) * beta
        s = 0.0
        for i in range(k):
            s += r[k - i - 1] * y[i]
        alpha = -(r[k] + s) / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha
    return np.sum(y)


@program(2, A5)
def adi(steps, u):
    n = u.shape[0]
    v = np.empty(u.shape, dtype=u.dtype)
    p = np.empty(u.shape, dtype=u.dtype)
    q = np.empty(u.shape, dtype=u.dtype)
    a, b, c = -0.2, 1.4, -0.2
    d, e, f = -0.3, 1.6, -0.3
    for t in range(1, steps + 1):
        v[0, 1:n - 1] = 1.0
        p[1:n - 1, 0] = 0.0
        q[1:n - 1, 0] = v[0, 1:n - 1]
        for j in range(1, n - 1):
            p[1:n - 1, j] = -c / (a * p[1:n - 1, j - 1] + b)
            q[1:n - 1, j] = ((-d * u[j, 0:n - 2] + (1.0 + 2.0 * d) * u[j, 1:n - 1] - f * u[j, 2:n]
                              - a * q[1:n - 1, j - 1]) / (a * p[1:n - 1, j - 1] + b))
        v[n - 1, 1:n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:n - 1] = p[1:n - 1, j] * v[j + 1, 1:n - 1] + q[1:n - 1, j]
        u[1:n - 1, 0] = 1.0
        p[1:n - 1, 0] = 0.0
        q[1:n - 1, 0] = u[1:n - 1, 0]
        for j in range(1, n - 1):
            p[1:n - 1, j] = -f / (d * p[1:n - 1, j - 1] + e)
            q[1:n - 1, j] = ((-a * v[0:n - 2, j] + (1.0 + 2.0 * a) * v[1:n - 1, j] - c * v[2:n, j]
                              - d * q[1:n - 1, j - 1]) / (d * p[1:n - 1, j - 1] + e))
        u[1:n - 1, n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:n - 1, j] = p[1:n - 1, j] * u[1:n - 1, j + 1] + q[1:n - 1, j]
    return np.sum(u * u)


@program(A5 * np.arange(1.0, 26.0).reshape(5, 5) ** 0.5)
def floyd_warshall(path):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))
    return path


@program(1.5, 1.2, A5, B5, A5 + B5)
def gemm(alpha, beta, c, a, b):
    c[:] = alpha * a @ b + beta * c
    return c


@program(1.5, 1.2, A5, B5)
def syrk(alpha, beta, c, a):
    for i in range(a.shape[0]):
        c[i, :i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, :i + 1] += alpha * a[i, k] * a[:i + 1, k]
    return np.sum(c * c)


@program(1.3, A5, B5)
def trmm(alpha, a, b):
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] += np.dot(a[i + 1:, i], b[i + 1:, j])
    b *= alpha
    return b


@program(A5, V6[:5], V6[1:])
def bicg(a, p, r):
    return r @ a, a @ p


@program(A5, V6[:5], V6[1:], V6[:5] * 2.0)
def gemver_like(a, u1, v1, y):
    a += np.outer(u1, v1)
    x = 1.2 * y @ a
    w = 0.8 * a @ x
    return w * x


@program(1.5, A5[:, :3])
def covariance(float_n, data):
    mean = np.mean(data, axis=0)
    data -= mean
    cov = np.zeros((3, 3), dtype=data.dtype)
    for i in range(3):
        cov[i:3, i] = cov[i, i:3] = data[:, i] @ data[:, i:3] / (float_n + 3.0)
    return cov * cov


@program(A5)
def deriche_like(img):
    y = np.empty_like(img)
    y[:, 0] = 0.5 * img[:, 0]
    y[:, 1] = 0.5 * img[:, 1] + 0.3 * img[:, 0] + 0.2 * y[:, 0]
    for j in range(2, img.shape[1]):
        y[:, j] = 0.5 * img[:, j] + 0.3 * img[:, j - 1] + 0.2 * y[:, j - 1] - 0.1 * y[:, j - 2]
    return np.sum(y * y)


@program(V6, 3)
def tridiagonal_thomas(d, n):
    a, b, c = -0.4, 2.0, -0.3
    m = len(d)
    cp = np.zeros(m)
    x = d.copy()
    for _ in range(n):
        cp[0] = c / b
        x[0] = x[0] / b
        for i in range(1, m):
            w = b - a * cp[i - 1]
            cp[i] = c / w
            x[i] = (x[i] - a * x[i - 1]) / w
        for i in range(m - 2, -1, -1):
            x[i] -= cp[i] * x[i + 1]
    return x


@program(A5)
def gauss_elimination_with_pivoting(m):
    a = m.copy()
    n = len(a)
    det = 1.0
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        if p != k:
            tmp = a[k].copy()
            a[k] = a[p]
            a[p] = tmp
            det = -det
        det *= a[k, k]
        for i in range(k + 1, n):
            a[i, k:] -= a[k, k:] * (a[i, k] / a[k, k])
    return det
