"""Generators of random numbers that exist when the function runs: made in it, or handed to it.

Before: ``rng = np.random.default_rng(0); z = rng.normal(size=3)``.  After: ``z = drawn(rng, "normal", size=3)``, an
operation with an effect: it is neither left out nor merged with its like nor moved past another draw. It prints as
``rng.normal(size=3)``. What it returns does not depend on what is differentiated.
"""
from __future__ import annotations

from s2sad import runtime
from s2sad.frontend.values import Atom, Bound, const
from s2sad.ir.facts import RANDOM

SHUFFLES = ("shuffle", "permuted")
"""Methods of random number generators that may write to their argument."""


class Draws:
    """The part of the lowerer for methods of generators."""

    def drawing(self, generator: Atom, name: str) -> Bound:
        """A method of a random number generator that exists when the function runs."""
        cls = RANDOM[generator.fact.kind]
        if not hasattr(cls, name):
            raise self.lacks_attribute(cls, name)
        if name in SHUFFLES or not callable(getattr(cls, name)):
            raise self.unsupported(f"`{name}` of a random number generator",
                                   "draw indices with `permutation(n)` and write `x = x[indices]`")
        return Bound(const(runtime.drawn), (generator, const(name)))
