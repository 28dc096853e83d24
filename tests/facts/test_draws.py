"""What is inferred of random calls holds of their results: sizes 0 and 1, no axes, keywords, all kinds of numbers."""

from __future__ import annotations

import pytest

from tests.facts.calls import CALLS
from tests.facts.draws import falsehood

DRAWS = 60


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_what_is_inferred_is_so(name: str) -> None:
    op, make = CALLS[name]
    for seed in range(DRAWS):
        wrong = falsehood(op, make, seed)
        assert wrong is None, f"seed {seed}: {wrong}"
