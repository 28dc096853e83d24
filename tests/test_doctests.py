"""Public things are documented: each has a docstring, and functions that users call show a runnable example.

The examples themselves are run by pytest (``--doctest-modules`` in pyproject.toml).
"""
import inspect

import pytest

import s2sad

PUBLIC = [name for name in s2sad.__all__ if callable(getattr(s2sad, name))]
FUNCTIONS = [name for name in PUBLIC if not inspect.isclass(getattr(s2sad, name))]


@pytest.mark.parametrize("name", PUBLIC)
def test_has_a_docstring(name):
    assert inspect.getdoc(getattr(s2sad, name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_shows_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(s2sad, name))
