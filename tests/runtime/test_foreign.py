"""Values of which nothing was known before the call."""

from __future__ import annotations

import pytest

from s2sad import runtime


def test_they_are_asked():
    assert runtime.called("a,b", "split", ",") == ["a", "b"] and runtime.applied(max, 1, 2) == 2
    assert runtime.attribute(2 + 3j, "imag") == 3.0 and runtime.attribute(1.0, "nothing", 7) == 7


def test_items():
    assert runtime.items_of({"a": 1.0, "b": 2.0}) == ["a", "b"] and runtime.items_of("ab") == ["a", "b"]
    with pytest.raises(NotImplementedError, match="an iterator, list_iterator"):
        runtime.items_of(iter([1.0]))
    with pytest.raises(TypeError):
        runtime.items_of(1.0)


def test_context_managers():
    seen = []

    class Manager:
        def __enter__(self):
            return seen.append("in") or "entered"

        def __exit__(self, *error):
            seen.append("out")

    manager = Manager()
    assert runtime.enter(manager) == "entered"
    runtime.leave(manager)
    assert seen == ["in", "out"]
