"""Tests of s2sad/backend/load.py: code that can be debugged."""
from __future__ import annotations

import inspect
import linecache
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from s2sad.backend.load import load

TEXT = "def f(x):\n    y = x + one\n    return 1 / y\n"


def test_source_and_traceback() -> None:
    f = load(TEXT, {"one": 1}, "f")
    linecache.checkcache()
    assert inspect.getsource(f) == TEXT
    with pytest.raises(ZeroDivisionError) as caught:
        f(-1)
    assert "return 1 / y" in "".join(traceback.format_tb(caught.value.__traceback__))


def test_every_function_has_a_file_of_its_own() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda k: load(TEXT, {"one": k}, "f"), range(50)))
    assert len({f.__code__.co_filename for f in made}) == 50
    assert [f(1) for f in made] == [1 / (1 + k) for k in range(50)]
