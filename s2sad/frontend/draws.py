"""Generators of random numbers that exist when the function runs: made in it, or handed to it.

Before: ``rng = np.random.default_rng(0); z = rng.normal(size=3)``.  After: ``z = drawn(rng, "normal", size=3)``, an
operation with an effect: it is neither left out nor merged with its like nor moved past another draw. It prints as
``rng.normal(size=3)``. What it returns does not depend on what is differentiated.
"""
from __future__ import annotations

import random
from typing import Any

from s2sad import runtime
from s2sad.frontend.values import NONE, Atom, Bound, Inside, Kwargs, Ref, Value, const, static
from s2sad.ir import Const
from s2sad.ir.facts import RANDOM

SHUFFLES = ("shuffle", "permuted")
"""Methods of random number generators that may write to their argument."""


class _Shuffle(Inside):
    """The method ``shuffle`` of a generator, its first argument."""

    def lower(self, lowerer: Any, args: tuple[Value, ...], kwargs: Kwargs) -> Value:
        if len(args) != 2 or kwargs:
            raise lowerer.unsupported("`shuffle` along another axis", "draw indices with `permutation(n)` and write "
                                      "`x = np.take(x, indices, axis)`")
        return lowerer.shuffle(*args)


class Draws:
    """The part of the lowerer for methods of generators."""

    def drawing(self, generator: Atom, name: str) -> Bound:
        """A method of a random number generator that exists when the function runs."""
        cls = RANDOM[generator.fact.kind]
        if not hasattr(cls, name):
            raise self.lacks_attribute(cls, name)
        if name == "shuffle":
            return Bound(const(_Shuffle()), (generator,))
        if name in SHUFFLES or not callable(getattr(cls, name)):
            raise self.unsupported(f"`{name}` of a random number generator",
                                   "draw indices with `permutation(n)` and write `x = x[indices]`")
        return Bound(const(runtime.drawn), (generator, const(name)))

    def shuffle(self, generator: Value, items: Value) -> Value:
        """``generator.shuffle(items)``: the items in the order that places are drawn in."""
        fact = self.fact(items)
        is_list = fact.kind == "list" or self.literal_items(items) is not None
        swaps_rows = self.fact(generator).kind == random.Random.__name__ or type(
            getattr(static(generator), "__self__", None)) is random.Random
        if not isinstance(items, Ref) or not (is_list or (fact.is_array and fact.ndim and not (
                swaps_rows and fact.ndim > 1))):
            raise self.unsupported(f"`shuffle` of {self.describe(items)}",
                                   "draw indices with `permutation(n)` and write `x = x[indices]`")
        count = self.call_object(len, (items,), (), "n")
        order = self.emit(runtime.shuffled, (self.reify(generator), self.reify(count), Const(not is_list)),
                          hint="order")
        if is_list:
            def picked(whole: Ref) -> Value:
                made = self.emit(runtime.picked, (self.reify(whole), self.reify(order)))
                self.hold(made, whole)
                return made
            self.change_list(items, picked)
        else:
            self.put(items, const(Ellipsis), self.get(items, order))
        return NONE
