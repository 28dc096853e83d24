"""The package gives what the stages ask for, and its families are recorded by importing it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from s2sad import ops
from tests.ops.checker import FAMILIES


def test_all_public_names_are_there():
    assert all(hasattr(ops, name) for name in ops.__all__)


def test_every_family_file_is_imported_and_checked():
    files = {p.stem for p in Path(ops.__file__).parent.glob("*.py")}
    assert files == {*FAMILIES, "__init__", "record", "registry", "methods"}
    assert set(FAMILIES) <= set(ops.__all__)


def test_one_record_for_one_operation():
    assert ops.of(np.add) is ops.RECORDS[np.add] is ops.of(np.add)
