"""The names of other tools' functions."""

from __future__ import annotations

import re

import pytest

import s2sad
from s2sad.elsewhere import EQUIVALENTS


@pytest.mark.parametrize("name", EQUIVALENTS)
def test_what_is_named_instead_exists(name):
    with pytest.raises(AttributeError, match=f"s2sad has no `{name}`"):
        getattr(s2sad, name)
    for path in re.findall(r"s2sad\.([a-z_.]+)", EQUIVALENTS[name]):
        found = s2sad
        for part in path.split("."):
            found = getattr(found, part)
        assert found is not None


def test_other_names_are_plain_errors():
    assert not hasattr(s2sad, "gard") and not hasattr(s2sad, "__wrapped__")
    with pytest.raises(ImportError):
        exec("from s2sad import nonsense")
