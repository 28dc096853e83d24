import numpy as np

from s2sad.ir.interpret import interpret
from s2sad.ir.text import format, parse
from s2sad.ir.verify import verify
from s2sad.passes.dce import dce


def after(*body: str, head: str = "def f(x, y, n):", namespace=None) -> str:
    return format(verify(dce(parse("\n    ".join([head, *body]), namespace))))


def lines(*body: str) -> str:
    return "\n    ".join(["def f(x, y, n):", *body])


def test_docstring_example():
    assert after(
        "s, a, ps = for i in range(n) carry s1 = 0.0, a1 = x collect p:",
        "    p := np.sin(a1)",
        "    s2 := s1 + p",
        "    a2 = a1 * 2.0",
        "    yield s2, a2",
        "return a",
    ) == lines("a = for i in range(n) carry a1 = x:", "    a2 = a1 * 2.0", "    yield a2", "return a")


def test_unused_statements_go():
    assert after("a := np.sin(x)", "b := a * 2.0", "c = y * y", "return c") == lines("c = y * y", "return c")


def test_a_call_with_one_live_out_stays_whole():
    body = ["a, b = np.linalg.eigh(x)", "return b"]
    assert after(*body) == lines(*body)


def test_effects_stay_and_keep_what_is_around_them():
    body = [
        "if n:",
        "    a = x * 2.0",
        "    print(a)",
        "for i in range(n):",
        "    print(i)",
        "c = np.random.rand(3)",
        "return y",
    ]
    assert after(*body) == lines(*body)


def test_draws_of_a_generator_stay():
    rng = np.random.default_rng(0)
    assert "normal" in after("a = draw(x)", "return y", namespace={"draw": rng.normal})


def test_outs_of_branches():
    assert after(
        "a, b = if n:",
        "    c := np.sin(x)",
        "    d = np.cos(x)",
        "    yield c, d",
        "else:",
        "    yield x, y",
        "return b",
    ) == lines("b = if n:", "    d = np.cos(x)", "    yield d", "else:", "    yield y", "return b")
    assert after("a = if n:", "    c := np.sin(x)", "    yield c", "else:", "    yield x", "return y") == lines(
        "return y"
    )


def test_loops_without_readers_go():
    assert after(
        "a, ps = for i in range(3) carry b = x collect b:", "    c := b * 2.0", "    yield c", "return y"
    ) == lines("return y")
    assert after(
        "a = while c carry b = x:", "    c := b > 1.0", "do d:", "    e := d / 2.0", "    yield e", "return y"
    ) == lines("return y")


def test_values_that_only_feed_each_other_are_dead():
    assert after(
        "a, b, c = for i in range(n) carry a1 = x, b1 = y, c1 = x:",
        "    a2 := b1 + 1.0",
        "    b2 := a1 + 1.0",
        "    c2 = c1 * 2.0",
        "    yield a2, b2, c2",
        "return c",
    ) == lines("c = for i in range(n) carry c1 = x:", "    c2 = c1 * 2.0", "    yield c2", "return c")


def test_a_carried_value_that_decides_the_trips_is_alive():
    body = [
        "a, k = while c carry a1 = x, k1 = 0:",
        "    c = k1 < n",
        "do a2, k2:",
        "    a3 = a2 * 2.0",
        "    k3 = k2 + 1",
        "    yield a3, k3",
        "return a",
    ]
    assert after(*body) == lines(*body)


def test_a_stop_flag_is_alive():
    body = [
        "a, stopped = for i in range(n) carry a1 = x stop s:",
        "    s = a1 > 1.0",
        "    a2 = a1 * 2.0",
        "    yield a2",
        "return a",
    ]
    assert after(*body) == lines(*body)


def test_a_loop_keeps_one_sequence_to_count_its_trips():
    assert after(
        "qs := list(y)",
        "a = for q, i in zip(qs, range(n)) carry a1 = x:",
        "    a2 = a1 * 2.0",
        "    yield a2",
        "return a",
    ) == lines("a = for i in range(n) carry a1 = x:", "    a2 = a1 * 2.0", "    yield a2", "return a")
    assert after(
        "qs := list(y)",
        "ps = list(x)",
        "a = for q, p in zip(qs, ps) carry a1 = x:",
        "    a2 = a1 * 2.0",
        "    yield a2",
        "return a, ps",
    ) == lines("ps = list(x)", "a = for p in ps carry a1 = x:", "    a2 = a1 * 2.0", "    yield a2", "return a, ps")


def test_unused_sequences_go():
    assert after(
        "qs := list(y)",
        "a = for q, i in reversed(zip(qs, range(n))) carry a1 = x:",
        "    a2 = a1 * i",
        "    yield a2",
        "return a",
    ) == lines("a = for i in reversed(range(n)) carry a1 = x:", "    a2 = a1 * i", "    yield a2", "return a")


def test_carried_values_that_never_change():
    assert after(
        "a, b = for i in range(n) carry a1 = x, b1 = y:", "    a2 = a1 * b1", "    yield a2, b1", "return a, b"
    ) == lines("a = for i in range(n) carry a1 = x:", "    a2 = a1 * y", "    yield a2", "return a, y")
    assert after(
        "a, b = while c carry a1 = x, b1 = y:",
        "    c = a1 > b1",
        "do a2, b2:",
        "    a3 = a2 * b2",
        "    yield a3, b2",
        "return a, b",
    ) == lines(
        "a = while c carry a1 = x:", "    c = a1 > y", "do a2:", "    a3 = a2 * y", "    yield a3", "return a, y"
    )


def test_invariance_is_found_from_the_inside_out():
    assert after(
        "a, b = for i in range(n) carry a1 = x, b1 = y:",
        "    a3, b3 = for j in range(n) carry a2 = a1, b2 = b1:",
        "        a4 = a2 * b2",
        "        yield a4, b2",
        "    yield a3, b3",
        "return a, b",
    ) == lines(
        "a = for i in range(n) carry a1 = x:",
        "    a3 = for j in range(n) carry a2 = a1:",
        "        a4 = a2 * y",
        "        yield a4",
        "    yield a3",
        "return a, y",
    )


def test_zero_trips():
    fn = parse(
        lines("a, b = for i in range(n) carry a1 = x, b1 = y:", "    a2 = a1 * b1", "    yield a2, b1", "return a, b")
    )
    assert interpret(dce(fn), 2.0, 3.0, 0) == interpret(fn, 2.0, 3.0, 0) == (2.0, 3.0)


def test_inputs_stay():
    text = "def f(p) wrt a, b:\n    a = p[0]\n    b = p[1]\n    return a"
    assert format(dce(parse(text))) == text


def test_collected_of_a_stopping_loop():
    assert after(
        "a, ps, qs, s = for i in range(n) carry a1 = x collect p, a1 stop c:",
        "    p := a1 + 1.0",
        "    c = a1 > 3.0",
        "    a2 = a1 * 2.0",
        "    yield a2",
        "return a, qs",
    ) == lines(
        "a, qs, s = for i in range(n) carry a1 = x collect a1 stop c:",
        "    c = a1 > 3.0",
        "    a2 = a1 * 2.0",
        "    yield a2",
        "return a, qs",
    )


def test_what_may_raise_stays():
    """Of the parameters nothing is known, so no operation on them is sure to succeed."""
    body = ["a = np.sin(x)", "for i in range(n):", "    b = y / i", "return y"]
    assert after(*body) == lines(*body)


def test_what_is_known_to_succeed_goes():
    assert after("a = np.sin(1.0)", "b = np.zeros(3)", "c = max(1.0, 2.0)", "return y") == lines("return y")
