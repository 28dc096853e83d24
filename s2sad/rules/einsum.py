"""Einstein summation: every cotangent is the same sum with the result in the place of one operand.

    y = np.einsum("ij,jk->ik", a, b)        a_bar = einsum("ik,jk->ij", y_bar, b)

Sums of two factors become ``tensordot`` or ``matmul``, which are 5 to 10 times faster than ``np.einsum``.
"""
from __future__ import annotations

import string

import numpy as np

from s2sad import runtime
from s2sad.rules import range_along, rule, static


@rule(np.einsum, wrt=("operands",))
def einsum(subscripts, *operands, out=None, optimize=False, order="K", dtype=None, casting="safe", y_bar):
    terms, result = _parse(subscripts, tuple([np.ndim(x) for x in operands]))
    return tuple([_operand_bar(terms, result, operands, i, y_bar) for i, _ in enumerate(operands)])


@einsum.jvp
def einsum_jvp(subscripts, *operands, out=None, optimize=False, order="K", dtype=None, casting="safe", y, operands_dot):
    total = None
    for i, x_dot in enumerate(operands_dot):
        if x_dot is not None:
            factors = [x_dot if k == i else x for k, x in enumerate(operands)]
            term = np.einsum(subscripts, *factors, optimize=optimize)
            total = term if total is None else total + term
    return runtime.zeros_like(y) if total is None else total


@static
def _parse(subscripts, ndims):
    """The labels of each operand and of the result, with the ellipsis spelled out."""
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = sorted(set(inputs) - set(".,"))
        result = ("..." if "..." in inputs else "") + "".join(c for c in letters if inputs.count(c) == 1)
    sizes = [n - len(term.replace("...", "")) for term, n in zip(terms, ndims)]
    spare = [c for c in string.ascii_letters if c not in subscripts]
    dots = "".join(spare[:max(size if "..." in term else 0 for term, size in zip(terms, sizes))])
    spelled = tuple(term.replace("...", dots[len(dots) - size:]) for term, size in zip(terms, sizes))
    return spelled, result.replace("...", dots)


def _operand_bar(terms, result, operands, i, y_bar):
    """The cotangent of one operand: summed to its labels, spread over those that occur nowhere else."""
    x = operands[i]
    labels, unique, found, missing = _labels(terms, result, i)
    others = [other for k, other in enumerate(operands) if k != i]
    g = _contract(labels, [y_bar] + others, found)
    if missing:
        g = np.expand_dims(g, missing)
    if unique == terms[i]:
        return runtime.unbroadcast(g, x)
    g = runtime.unbroadcast(g, np.einsum(terms[i] + "->" + unique, x))
    index = tuple([range_along(n, place, len(unique)) for n, place in zip(np.shape(x), _places(terms[i], unique))])
    return runtime.setitem(runtime.zeros_like(x), index, g)


@static
def _labels(terms, result, i):
    """Labels of the cotangent and of the other operands; the unique labels of operand i; those of them that occur
    elsewhere; and the positions of those that do not."""
    labels = (result, *(term for k, term in enumerate(terms) if k != i))
    unique = "".join(dict.fromkeys(terms[i]))
    found = "".join(c for c in unique if any(c in term for term in labels))
    return labels, unique, found, tuple(k for k, c in enumerate(unique) if c not in found)


@static
def _places(term, unique):
    return tuple(unique.index(c) for c in term)


def _contract(labels, arrays, found):
    """The sum of products of the arrays, with the labels ``found``."""
    if len(arrays) == 1:
        return _ordered(arrays[0], _order(labels[0], found))
    if len(arrays) > 2 or _repeats(labels):
        return np.einsum(_spell(labels, found), *arrays, optimize=True)
    return _product(labels[0], labels[1], found, arrays[0], arrays[1])


@static
def _repeats(labels):
    return any(len(set(term)) < len(term) for term in labels)


@static
def _spell(labels, found):
    return ",".join(labels) + "->" + found


@static
def _order(labels, wanted):
    """The permutation from one order of labels to another, None if there is nothing to do."""
    return None if labels == wanted else tuple(labels.index(c) for c in wanted)


def _ordered(x, order):
    if order is None:
        return x
    return np.transpose(x, order)


def _product(la, lb, result, a, b):
    """Two factors: first sum what only the second one has, then multiply in the cheapest way."""
    alone, lb, batch, free_a, free_b, summed = _roles(la, lb, result)
    if alone:
        b = np.sum(b, axis=alone)
    if not summed:
        return _spread(a, la, result) * _spread(b, lb, result)
    if not batch:
        axes = _positions(la, lb, summed)
        return _ordered(np.tensordot(a, b, axes), _order(free_a + free_b, result))
    a = _ordered(a, _order(la, batch + free_a + summed))
    b = _ordered(b, _order(lb, batch + summed + free_b))
    stacked = _stacked(a, b, len(batch), len(free_a), len(free_b), len(summed))
    return _ordered(stacked, _order(batch + free_a + free_b, result))


@static
def _roles(la, lb, result):
    """Axes of b to sum first, the labels b then has, and which labels are in both and kept, in one only, summed."""
    alone = tuple(k for k, c in enumerate(lb) if c not in la and c not in result)
    lb = "".join(c for c in lb if c in la or c in result)
    batch = "".join(c for c in la if c in lb and c in result)
    free_a, free_b = "".join(c for c in la if c not in lb), "".join(c for c in lb if c not in la)
    return alone, lb, batch, free_a, free_b, "".join(c for c in la if c in lb and c not in result)


@static
def _positions(la, lb, summed):
    return tuple(la.index(c) for c in summed), tuple(lb.index(c) for c in summed)


@static
def _kept(labels, result):
    """``labels`` in the order of ``result``, and the positions in ``result`` of the labels it lacks."""
    return "".join(c for c in result if c in labels), tuple(k for k, c in enumerate(result) if c not in labels)


def _spread(x, labels, result):
    """``x`` with its axes in the order of ``result``, axes of length 1 where it has none."""
    kept, missing = _kept(labels, result)
    x = _ordered(x, _order(labels, kept))
    if missing:
        return np.expand_dims(x, missing)
    return x


def _stacked(a, b, batch, free_a, free_b, summed):
    """``matmul`` of stacks whose rows, columns and inner axis may be several axes each."""
    sa, sb = np.shape(a), np.shape(b)
    rows, columns = sa[batch:batch + free_a], sb[batch + summed:]
    if free_a != 1 or summed != 1:
        a = np.reshape(a, sa[:batch] + (_size(rows), _size(sa[batch + free_a:])))
    if free_b != 1 or summed != 1:
        b = np.reshape(b, sb[:batch] + (_size(sb[batch:batch + summed]), _size(columns)))
    y = a @ b
    if free_a == 1 and free_b == 1:
        return y
    return np.reshape(y, np.shape(y)[:batch] + rows + columns)


def _size(dims):
    n = 1
    for d in dims:
        n = n * d
    return n
