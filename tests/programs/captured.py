"""Arrays, options and index tricks from outside: their sizes are known, those of the arguments are not."""

import numpy as np

from tests.programs.registry import program

RNG = np.random.default_rng(11)
WIDE = RNG.normal(size=(3, 130))
TALL = RNG.normal(size=(130, 4))
BLOCK = RNG.normal(size=(5, 6, 4))
STACK = RNG.normal(size=(2, 3, 5))
AXES = [(0, 1), (1, 2)]
M = RNG.normal(size=(2, 3))
V = RNG.normal(size=3)


@program(RNG.normal(size=(2, 130)), tags="second")
def through_two_tables(x):
    return np.sum(np.tanh(x @ TALL) @ TALL.T @ WIDE.T)


@program(RNG.normal(size=(4, 6, 4)), tags="second")
def joined_to_a_block(x):
    return np.sum(np.concatenate((BLOCK, x)) ** 3)


@program(RNG.normal(size=(5, 2, 4)))
def joined_between_blocks(x):
    return np.sum(np.concatenate([BLOCK, x, BLOCK[:, :2]], axis=1), axis=(0, 2))


@program(RNG.normal(size=(3, 7)))
def beside_a_table(x):
    return np.hstack([x[:, 1:], WIDE]) @ np.vstack([x.T[:6], TALL[:, :3]])


@program(RNG.normal(size=(2, 3)), RNG.normal(size=(1, 2, 3)), tags="second")
def contracted_along_listed_axes(a, b):
    return np.sum(np.tensordot(a, b, axes=AXES) ** 2)


@program(M, RNG.normal(size=(3, 4)), tags="second")
def einsum_with_lists_of_axes(a, b):
    return np.sum(np.einsum(a, [0, 1], b, (1, 2), [2, 0]) ** 2)


@program(RNG.normal(size=(3, 3)))
def einsum_with_an_implied_result(a):
    return np.einsum(a, [1, 1]) + np.einsum(STACK, (..., 30, 2), a, [30, 7])


@program(V, 0.4, tags="second")
def a_row_of_pieces(v, x):
    return np.sum(np.r_[v, x, 1:3, v[::-1] ** 2, 0.0:x:3j] ** 3)


@program(V, RNG.normal(size=(3, 2)))
def columns_of_pieces(v, m):
    return np.c_[v, m, v**2] @ np.c_[1.0:5.0, m[:1].T.repeat(2, 0)]


@program(V)
def pieces_along_a_new_axis(v):
    return np.r_["0,2", v, np.exp(v), [[1.0, 2.0, 3.0]]]


@program(RNG.normal(size=(4, 4)), tags="second")
def spectrum_of_any_matrix(a):
    """Real or complex: the dtype is known only when it runs."""
    return np.sum(np.abs(np.linalg.eig(a)[0][:2] ** 2))


@program(RNG.normal(size=(4, 4)))
def vectors_of_any_matrix(a):
    values, vectors = np.linalg.eig(a)
    return np.sum(np.abs(values)) + np.sum(np.abs(vectors @ np.diag(values))[0])


@program(V, tags="second")
def one_item_beside_all_of_a_complex_array(v):
    shifted = v + 1.0j
    total = v + shifted + (shifted[0] + 1.5)
    return np.sum(np.sin(np.real(total)))


@program(A := RNG.normal(size=(3, 4)), 2, argnums=(0,))
def index_expressions(a, n):
    block = a[np.s_[:n, 1]]
    weights = np.mgrid[0:n, 0:2][1]
    return block * a[np.index_exp[0]][n] + a[tuple(np.ogrid[0:2, 0:3])].sum() + np.sum(weights * a[:n, :2])
