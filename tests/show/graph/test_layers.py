"""Layered drawings of flat graphs: nothing overlaps, every edge goes down."""
import random

import numpy as np
import pytest

from s2sad.show.graph.layers import Item, Link, crossings, isotonic, place, rank


def random_graph(seed, n=25):
    rng = random.Random(seed)
    items = [Item(rng.uniform(10, 150), rng.uniform(10, 90)) for _ in range(n)]
    links = [Link(items[k], items[rng.randrange(k + 1, min(n, k + 9))], label=rng.choice((0.0, 40.0)))
             for k in range(n - 1) for _ in range(rng.randrange(1, 3))]
    return items, links


def boxes(items, links, placed):
    found = [(i.x, i.y, i.x + i.width, i.y + i.height) for i in items]
    for link in links:
        if link.label:
            half = link.label / 2
            found.append((link.at.x - half, link.at.top, link.at.x + half, link.at.bottom))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_nothing_overlaps_and_edges_go_down(seed):
    items, links = random_graph(seed)
    placed = place(items, links)
    found = boxes(items, links, placed)
    for k, a in enumerate(found):
        assert a[0] >= -1e-6 and a[1] >= -1e-6 and a[2] <= placed.width + 1e-6 and a[3] <= placed.height + 1e-6
        for b in found[:k]:
            assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    assert all(link.source.y + link.source.height <= link.target.y for link in links)


def test_lines_never_cross_an_item():
    items, links = random_graph(3)
    placed = place(items, links)
    for s in placed.segments:
        for x, vertex in ((s.start, s.upper), (s.end, s.lower)):
            for item in items:
                layer = item.y < placed.bottoms[vertex.layer] and item.y + item.height > placed.tops[vertex.layer]
                assert not (layer and item.x < x < item.x + item.width) or vertex.item is item


def test_links_of_one_source_share_a_trunk():
    a, b, c, d = (Item(40.0, 20.0) for _ in range(4))
    placed = place([a, b, c, d], [Link(a, b), Link(b, c), Link(c, d), Link(a, c), Link(a, d)])
    assert max(len(s.links) for s in placed.segments) == 3 - 1
    assert sum(s.upper.item is a for s in placed.segments) == 2


def test_pins():
    top, a, b, bottom = Item(2.0, 0.0, "top"), Item(40.0, 20.0), Item(40.0, 20.0), Item(2.0, 0.0, "bottom")
    place([a, b, bottom, top], [Link(a, b), Link(top, b), Link(a, bottom)])
    assert top.y < a.y < b.y < bottom.y


def test_inputs_stand_above_their_users():
    a, b, c, late = (Item(40.0, 20.0) for _ in range(4))
    rank([a, b, c, late], [Link(a, b), Link(b, c), Link(late, c)])
    assert [i.rank for i in (a, b, c, late)] == [0, 1, 2, 1]


def test_cycles_are_refused():
    a, b = Item(1.0, 1.0), Item(1.0, 1.0)
    with pytest.raises(ValueError, match="cycle"):
        place([a, b], [Link(a, b), Link(b, a)])


def test_the_empty_graph():
    assert place([], []).width == 0.0


def test_crossings_are_counted():
    rng = np.random.default_rng(0)
    lines = [(float(a), float(b)) for a, b in rng.integers(0, 6, (30, 2))]
    every = sum((a - c) * (b - d) < 0 for k, (a, b) in enumerate(lines) for c, d in lines[:k])
    assert crossings(list(lines)) == every


def test_orders_without_crossings_are_found():
    upper, lower = [Item(30.0, 20.0) for _ in range(6)], [Item(30.0, 20.0) for _ in range(6)]
    place([*upper, *lower], [Link(a, b) for a, b in zip(upper, reversed(lower))])
    assert sorted(range(6), key=lambda k: upper[k].x) == sorted(range(6), key=lambda k: lower[5 - k].x)


def test_isotonic_is_the_nearest_increasing_sequence():
    rng = np.random.default_rng(1)
    wanted, weights = rng.normal(size=12), rng.uniform(0.5, 2.0, 12)
    found = isotonic(wanted, weights)
    assert np.all(np.diff(found) >= 0)
    cost = np.sum(weights * (found - wanted) ** 2)
    for _ in range(300):
        other = np.sort(found + rng.normal(scale=0.05, size=12))
        assert np.sum(weights * (other - wanted) ** 2) >= cost - 1e-12
