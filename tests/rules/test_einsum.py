"""The rule of einsum: explicit and implicit results, ellipses, repeated labels, broadcasting, many operands."""
from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import rules
from s2sad.testing import check_rule

CALLS = [
    "ij,jk->ik 23 34", "ij,jk 23 34", "ij, jk -> ik 23 34", "ij->ji 23", "ji 23", "ij-> 23", "ij->i 23", "i->i 3",
    "ii->i 33", "ii 33", "iii->i 222", "iji->j 232", "iij,j->i 332 2", "ii,jj->ij 22 33", "ii,i->i 33 3",
    "i,i-> 3 3", "i,j->ij 3 2", "i,j->ji 3 2", "ij,ij->ij 23 23", "ij,i->ji 23 2", ",-> . .", "i,->i 3 .",
    "nki,nkj->kij 423 425", "bij,bjk->bik 234 245", "bhqd,bhkd->bhqk 2345 2365", "bhqk,bhkd->bqhd 2346 2365",
    "abx,aby->xby 234 235", "abcd,cdae->be 2323 2324", "zabcd,zcdae->zbe 22323 22324", "ij,kl->il 23 45",
    "...ij,...jk->...ik 234 245", "...ij,jk 234 45", "ij...,jk...->ik... 3426 4526", "...i,...i 23 3", "i...->... 32",
    "ij,jk,kl->il 23 34 42", "ij,j,j->i 23 3 3", "ab,cd,ab->cd 23 45 23", "abcd,abef,cde->f 2323 2324 232",
    "i,ij,j-> 2 23 3", "ij,jk->ik 21 34", "ij,jk->ik 23 14", "ij,ij->ij 13 23", "...,... 21 13", "iij,j->i 331 2",
    "ij,jk,kl->il 21 34 42", "ij,jk->ik 03 32",
]


def parts(call, kind):
    """The subscripts and random operands of the shapes that the digits spell."""
    rng = np.random.default_rng(10)
    words = call.split(" ")
    at = next(i for i, word in enumerate(words) if i > 0 and (word == "." or word.isdigit()))
    shapes = [() if word == "." else tuple(map(int, word)) for word in words[at:]]
    arrays = [rng.normal(size=s) + (1j * rng.normal(size=s) if kind is complex else 0.0) for s in shapes]
    return " ".join(words[:at]), [x if np.ndim(x) else kind(x) for x in arrays]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [float, complex])
def test_rule(call, kind):
    subscripts, operands = parts(call, kind)
    check_rule(np.einsum, subscripts, *operands)


def test_options():
    subscripts, operands = parts("ij,jk,kl->il 23 34 42", float)
    check_rule(np.einsum, subscripts, *operands, optimize=True)


def test_single_precision():
    subscripts, operands = parts("nki,nkj->kij 423 425", float)
    check_rule(np.einsum, subscripts, *[x.astype(np.float32) for x in operands])


@pytest.mark.parametrize("call", ["ij,jk->ik 23 34", "nki,nkj->kij 423 425", "abcd,cdae->be 2323 2324"])
def test_two_factors_need_no_einsum(call, monkeypatch):
    subscripts, operands = parts(call, float)
    y = np.einsum(subscripts, *operands)
    monkeypatch.setattr(np, "einsum", None)
    rule = next(entry for op, entry in rules.RULES.items() if getattr(op, "__name__", "") == "einsum")
    assert [g.shape for g in rule.vjp(subscripts, *operands, y_bar=y)] == [x.shape for x in operands]


def test_lists_of_axes_are_spelled_as_letters():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    made = s2sad.grad(lambda a: np.sum(np.einsum(a, [0, 30], b, [30, 51]) ** 2))
    assert "'Ae,ez'" in made.source_for(a)
    np.testing.assert_allclose(made(a), 2.0 * (a @ b) @ b.T)
