"""Kinds and dtypes: float32, integers mixed in, complex, NumPy scalars, booleans."""
import numpy as np

from tests.programs.registry import program

V = np.array([0.3, -0.7, 1.2, 0.9])
V32 = V.astype(np.float32)
Z = np.array([0.3 + 0.4j, -0.7 + 0.2j])
N = np.array([1, 2, 3, 4])


@program(V32, tags="float32")
def float32_array(v):
    return np.sum(np.sin(v) * v)


@program(V32, 0.5, tags="float32")
@program(V32, np.float32(0.5), tags="float32")
def float32_with_scalar(v, x):
    return v * x + x


@program(V32, V, tags="float32")
def float32_with_float64(v, w):
    return v * w + w[0]


@program(np.float32(0.7), tags="float32")
def float32_scalar(x):
    return x * x + np.sin(x)


@program(V32, tags="float32")
def float32_written(v):
    a = v.copy()
    a[1] = a[0] * 2.0
    a *= 1.5
    return a * a


@program(V32, tags="float32")
def float32_loop(v):
    s = np.float32(0.0)
    for p in v:
        s = s * p + p
    return s


@program(V, tags="float32")
def narrowed(v):
    w = v.astype(np.float32)
    return np.sum((w * w).astype(np.float64))


@program(V, tags="float32")
def stored_in_float32(v):
    a = np.zeros(4, dtype=np.float32)
    a[:] = v * v
    a[0] += v[1]
    return a


@program(V, N, argnums=(0,))
def integer_array(v, n):
    return v * n + n ** 2 / 2 + n[0] * v[1]


@program(0.6)
def integer_array_made_inside(x):
    k = np.arange(4)
    return np.sum(x ** k * k)


@program(V)
def integer_cast(v):
    a = np.array([1, 2, 3, 4]).astype(float)
    a[1] = v[0]
    return a * v.astype(float)


@program(V, np.array([True, False, True, True]), argnums=(0,))
def boolean_mask_argument(v, mask):
    return v[mask] * 2.0 + np.sum(v * mask)


@program(V)
def counting(v):
    count = np.sum(v > 0.0)
    return np.sum(v) / count


@program(Z)
def complex_abs(z):
    return np.sum(np.abs(z) ** 2)


@program(Z)
def complex_real_imag(z):
    return np.sum(np.real(z) * np.imag(z) ** 2) + z.real[0] * z.imag[1]


@program(Z)
def complex_product(z):
    return np.real(np.sum(z * z * np.conj(z) + np.exp(1j * z)))


@program(Z)
def complex_result(z):
    return z * z + np.sin(z)


@program(0.3 + 0.4j)
def complex_scalar(z):
    return abs(z * z + 1.0)


@program(V)
def real_to_complex(v):
    z = v * (1.0 + 2.0j)
    w = np.exp(1j * v)
    return np.sum(np.abs(z + w) ** 2)


@program(V)
def complex_buffer(v):
    z = np.zeros(4, dtype=complex)
    z[:2] = v[:2] * 1j
    z[2:] = v[2:]
    z *= z
    return np.real(z) + np.imag(z)


@program(V, Z[0])
def real_times_complex(v, z):
    return np.sum(np.real(v * z))


@program(np.float64(0.7))
def numpy_scalar(x):
    return np.sin(x) * x + x.item()


@program(V)
def scalar_kinds_mixed(v):
    a = v[0]
    b = float(v[1])
    c = v.item(2)
    return a * b + c * np.float64(2.0) + int(2.7) * a


@program(np.array([0.7]))
def size_one_result(v):
    return v * v


@program(np.array([[0.7]]))
def size_one_matrix_result(m):
    return m @ m


@program(V)
def keepdims_broadcast(v):
    m = v.reshape(4, 1)
    return np.sum(m * m.sum(axis=0, keepdims=True) + v.mean(keepdims=True))


@program(np.asfortranarray(np.arange(1.0, 7.0).reshape(2, 3)))
def fortran_order(m):
    a = m.copy()
    a[0] *= a[1]
    return a


@program(np.arange(10.0)[::2])
def strided_argument(v):
    v[1] = v[0] * v[2] + v[3]
    return v * v


@program(V)
def big_and_small_constants(v):
    return v * 1e-7 + v * -1e7 + (-2.0) ** 2 * v + 0.1 * v ** -2


@program(0.5)
def non_finite_constants(x):
    best = np.inf
    worst = -float("inf")
    for k in range(3):
        best = min(best, x * (k - 1.5))
        worst = max(worst, x * k)
    return best * worst


@program(True, 0.5)
def boolean_argument(flag, x):
    return x * flag + (x if flag else 0.0)


@program(np.array([0.5, 1.5, -0.7], np.float32), 0.3, tags="float32")
def float_among_single_precision(v, x):
    """The gradient of a Python float is one, although it is computed in single precision."""
    a = v * x
    b = v[0] * x
    c = np.array([x, b], dtype=np.float32)
    a[0] = x
    return a.sum() + c.sum() * b
