"""Samples: one call of an operation each, for ``check_rule``."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def sample(op: Any, *args: Any, **kwargs: Any) -> Any:
    """A parameter set ``(op, args, kwargs)`` for ``pytest.mark.parametrize``, with a readable name."""
    shapes = ",".join([_short(x) for x in args] + [f"{k}={_short(v)}" for k, v in kwargs.items()])
    return pytest.param(op, args, kwargs, id=f"{getattr(op, '__name__', op)}({shapes})")


def _short(x: Any) -> str:
    if isinstance(x, np.ndarray):
        return f"{x.dtype.char}{list(x.shape)}".replace(" ", "")
    if isinstance(x, tuple):
        return "(" + ",".join(map(_short, x)) + ")"
    return type(x).__name__ if isinstance(x, (list, dict)) else getattr(x, "__name__", str(x))
