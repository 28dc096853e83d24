"""What the reverse sweep runs again, and what it does not: random numbers, output, calls of unknown functions."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import s2sad
from s2sad.ad.recompute import copied, separate
from s2sad.frontend import lower
from s2sad.ir import Block, Call, For, If
from s2sad.ir.kinds import kinds_of
from s2sad.ir.regions import is_region
from s2sad.ir.walk import free, statements

RNG = np.random.default_rng()
V = np.array([0.3, -0.7, 1.2, 0.9])


def seeded(fn, *args):
    """The result of a call that starts from the same random state each time."""
    RNG.bit_generator.state = np.random.default_rng(11).bit_generator.state
    result = fn(*args)
    return result, RNG.uniform()


def by_differences(fn, x, h=1e-6):
    grad = np.zeros_like(x)
    for k in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[k] += h
        down.flat[k] -= h
        grad.flat[k] = (seeded(fn, up)[0] - seeded(fn, down)[0]) / (2 * h)
    return grad


def drawn_in_nested_blocks(y):
    mask = RNG.uniform(size=4) < 0.6
    y = np.where(mask, y * y, np.sin(y))
    for k in range(3):
        if y[k] > 0.0:
            y = y + 0.1 * RNG.normal(size=4) * y
        else:
            y = y * RNG.uniform()
    return y


def drawn_in_while(y):
    n = 0
    while RNG.uniform() < 0.7 and n < 9:
        y = np.sin(y) + 0.2 * y
        n += 1
    while n < 5:
        y = y * (1.0 + 0.1 * RNG.uniform())
        n += 1
    return y


def drawn_before_break(y):
    for k in range(6):
        step = RNG.uniform()
        y = np.sin(y) + step * y * k
        if step > 0.8:
            break
    return y


def drawn_in_loops_of_loops(y):
    for i in range(2):
        for j in range(i + 2):
            y = y + 0.1 * np.sin(y * RNG.normal()) * j
    return y


@pytest.mark.parametrize("fn", [drawn_in_nested_blocks, drawn_in_while, drawn_before_break, drawn_in_loops_of_loops])
def test_random_numbers_are_drawn_once(fn):
    def plain(x):
        for _ in range(3):
            x = fn(x)
        return np.sum(x * x)

    def checkpointed(x):
        for _ in range(3):
            x = s2sad.checkpoint(fn)(x)
        return np.sum(x * x)

    gradient, following = seeded(s2sad.grad(checkpointed), V)
    assert following == seeded(plain, V)[1]
    np.testing.assert_allclose(gradient, by_differences(plain, V), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(gradient, seeded(s2sad.grad(plain), V)[0], rtol=1e-12)
    tangent, following = seeded(lambda: s2sad.jvp(checkpointed, (V,), (np.ones(4),)))
    assert following == seeded(plain, V)[1]
    assert tangent[1] == pytest.approx(gradient.sum(), rel=1e-12)
    second = seeded(s2sad.hvp(checkpointed), V, np.ones(4))[0]
    np.testing.assert_allclose(second, seeded(s2sad.hvp(plain), V, np.ones(4))[0], rtol=1e-10)


def test_output_is_written_once(capsys):
    def block(x):
        print("block at", float(x))
        for k in range(2):
            if k:
                print("half")
            x = np.sin(x) * x
        return x

    def f(x):
        for _ in range(2):
            x = s2sad.checkpoint(block)(x)
        return x

    f(0.5)
    expected = capsys.readouterr().out
    s2sad.grad(f)(0.5)
    assert capsys.readouterr().out == expected
    s2sad.grad(s2sad.grad(f))(0.5)
    assert capsys.readouterr().out == expected


def test_what_cannot_be_called_twice_and_is_active_is_refused():
    def f(x):
        return s2sad.checkpoint(lambda y: y * RNG.normal(y))(x)

    with pytest.raises(s2sad.S2SADError, match="normal") as found:
        s2sad.grad(f)(0.5)
    assert found.value.code == "S2S003"


def test_exceptions_come_through():
    def block(x):
        if x > 1.0:
            raise ValueError("too large")
        return x * x

    df = s2sad.grad(lambda x: s2sad.checkpoint(block)(x) * x)
    assert df(0.5) == 0.75
    with pytest.raises(ValueError, match="too large"):
        df(2.0)


def chain(block, W, x, n):
    for _ in range(n):
        x = block(W, x)
    return np.sum(x * x)


def block(W, x):
    a = np.tanh(W * x)
    b = np.sin(a) + np.cos(x)
    c = np.exp(-b * b) * a
    return np.tanh(c + b) * x


def peak(fn, *args):
    fn(*args)
    tracemalloc.start()
    try:
        fn(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_of_a_chain():
    x = np.linspace(0.1, 1.0, 20_000)
    plain = s2sad.grad(lambda W, x, n: chain(block, W, x, n))
    checkpointed = s2sad.grad(lambda W, x, n: chain(s2sad.checkpoint(block), W, x, n))
    np.testing.assert_allclose(plain(x, x, 5), checkpointed(x, x, 5), rtol=1e-13)
    few, many = (peak(checkpointed, x, x, n) / x.nbytes for n in (10, 50))
    assert many - few == pytest.approx(40, abs=1)  # one array a block
    assert peak(plain, x, x, 50) / x.nbytes > 4 * many


def test_source_says_what_is_run_again():
    df = s2sad.grad(lambda W, x, n: chain(s2sad.checkpoint(block), W, x, n))
    source = df.source_for(V, V, 3)
    assert source.count(".append(") == 1
    assert "# again: x = block(W, x)" in source
    forwards, backwards = source.split("# reverse sweep")
    assert "np.tanh(W * x)" in forwards and "np.tanh(W * x)" in backwards



def test_separate():
    def f(x):
        return s2sad.checkpoint(drawn_in_nested_blocks)(x)

    found = next(s for s in statements(lower(f, kinds_of((V,))).function.body) if is_region(s))
    first, again = separate(found.then, set())
    assert not any(isinstance(s, Call) and s.op in (RNG.uniform, RNG.normal) for s in statements(again))
    loop = next(s for s in first.stmts if isinstance(s, For))
    handed = [s.outs for s in loop.body.stmts if isinstance(s, If)][0]
    assert len(loop.collected) == 2 and len(handed) >= 2


def test_copied_is_the_same_block_with_variables_of_its_own():
    def f(x):
        return s2sad.checkpoint(drawn_before_break)(x)

    found = next(s for s in statements(lower(f, kinds_of((V,))).function.body) if is_region(s))
    new, originals = copied(found.then)
    assert isinstance(new, Block) and set(free(new)) == set(free(found.then))
    assert not set(originals) & set(originals.values())
