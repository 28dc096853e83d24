"""The stand-ins of the library's containers do what the library's do."""

from __future__ import annotations

import collections

import pytest

from s2sad.frontend import stand_ins
from tests.frontend.helper import check


@pytest.mark.parametrize("maxlen", [None, 0, 2, 4])
def test_deque(maxlen):
    made = [stand_ins.Deque([1, 2, 3], maxlen), collections.deque([1, 2, 3], maxlen)]
    for q in made:
        q.append(4)
        q.appendleft(0)
        q.rotate(1)
        q.extend([5, 6])
        q.extendleft([7])
        q += [8]
        q.rotate(-3)
        q.reverse()
    assert list(made[0]) == list(made[1]) and len(made[0]) == len(made[1]) and (2 in made[0]) == (2 in made[1])


def test_taking_off_both_ends():
    ours, theirs = stand_ins.Deque("abcde"), collections.deque("abcde")
    assert [ours.pop(), ours.popleft(), ours[0], ours.index("c"), ours.count("b")] == [
        theirs.pop(), theirs.popleft(), theirs[0], theirs.index("c"), theirs.count("b")]  # fmt: skip
    ours.insert(1, "x")
    theirs.insert(1, "x")
    ours.remove("b")
    theirs.remove("b")
    ours[0] = theirs[0] = "y"
    assert list(ours.copy()) == list(theirs)
    ours.clear()
    assert len(ours) == 0


def test_chain_map():
    maps = {"a": 1, "c": 3}, {"a": 5, "b": 2}
    ours, theirs = stand_ins.Chained(*maps), collections.ChainMap(*maps)
    assert list(ours.items()) == list(theirs.items()) and list(ours.values()) == list(theirs.values())
    assert ours.get("z", 9) == theirs.get("z", 9) and "b" in ours and len(ours) == len(theirs) and ours["a"] == 1
    assert dict(ours.new_child({"a": 7}).items()) == dict(theirs.new_child({"a": 7}))
    assert dict(ours.parents.items()) == dict(theirs.parents) and list(ours) == list(theirs)
    with pytest.raises(KeyError):
        ours["z"]


def test_sequence_iterator():
    assert list(stand_ins.SequenceIterator([1, 2])) == [1, 2] and list(stand_ins.SequenceIterator([])) == []


def test_lowered_like_a_users():
    def f(x, n):
        q = collections.deque([x], maxlen=3)
        for k in range(n):
            q.append(x * k)
        c = collections.ChainMap({"a": x}, {"b": q[0]})
        return list(q), c["a"], c["b"], len(q), isinstance(q, collections.deque)

    check(f, 0.5, 2)
    check(f, 0.5, 5)
