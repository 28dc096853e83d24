"""The kinds of derivatives."""

from __future__ import annotations

import pytest

from s2sad.derive.modes import MODES


@pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
def test_a_mode_says_what_it_is(mode):
    named = {"by": "`x`", "shape": "as `x`", "value": "value", "gradient": "The gradient:"}
    assert "`x`" in mode.words.format(**named) and mode.returns.format(**named).endswith(".")
    assert mode.complete in ("", *MODES) and mode.stage in ("adjoint", "tangent")
