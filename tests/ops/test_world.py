"""What writes to the world is recorded as such, and nothing is claimed of it."""

from __future__ import annotations

import pytest

from s2sad import ops
from tests.ops.checker import check, members, name_of


@pytest.mark.parametrize("op", members("world"), ids=name_of)
def test_nothing_is_claimed(op):
    assert ops.of(op).has_effect
    check(op)
