"""Steps with the statement and the control flow around them."""
import numpy as np

from s2sad.frontend import lower
from s2sad.ir import Call, For, If
from s2sad.ir.kinds import kinds_of
from s2sad.show.graph.track import Tracker
from s2sad.show.record import Node, nodes, plain


def tracked(fn, *args):
    lowered = lower(fn, kinds_of(args)).function
    tracker = Tracker(lowered)
    return tracker.function(lowered, [Node(x, False, given=True) for x in args]), tracker


def marched(x, n):
    for _ in range(n):
        if x > 0.5:
            x = np.sin(x)
    return x


def test_context_of_steps():
    result, tracker = tracked(marched, 2.0, 4)
    sines = [tracker.where[step] for step in tracker.steps if step.op is np.sin]
    assert plain(result) == marched(2.0, 4) and len(sines) == 4
    stmt, context = sines[0]
    assert isinstance(stmt, Call) and all(found == sines[0] for found in sines)
    assert [(type(outer), taken) for outer, taken in context] == [(For, None), (If, True)]
    assert tracker.context == () and set(tracker.steps) == set(tracker.where)


def test_both_sides_of_a_branch_are_counted():
    _, tracker = tracked(lambda x: marched(x * 0.26, 3), 2.0)
    assert sorted(tracker.entered.values()) == [1, 2]


def test_items_of_arrays_belong_to_the_trip_that_uses_them():
    def f(xs):
        s = 0.0
        for x in xs:
            s = s + x * x
        return s
    _, tracker = tracked(f, np.arange(1.0, 4.0))
    squares = [step for step in tracker.steps if step.outs[0].value in (1.0, 4.0, 9.0) and len(step.args) == 2
               and step.args[0] is step.args[1]]
    assert len(squares) == 3
    for k, step in enumerate(squares):
        assert step.trips[0][1] == k
        origin = step.args[0].origin
        assert origin is None or origin.trips[0][1] == k


def test_copies_of_structures_keep_their_values():
    def f(x, n):
        kept = [x, x * 2.0]
        for _ in range(n):
            more = kept.copy()
            more[0] = more[1] * 3.0
            kept = more
        return kept[0]
    result, tracker = tracked(f, 1.5, 2)
    made = {out for step in tracker.steps for out in step.outs}
    assert plain(result) == f(1.5, 2) and set(nodes(result)) <= made


def test_names_of_the_user():
    _, tracker = tracked(lambda x: helper(x), 2.0)
    assert "inner" in tracker.hints.values()


def helper(z):
    inner = np.sin(z)
    return inner * inner
