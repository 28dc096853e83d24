"""What is known of operations stands in ``s2sad.ops``: outside, tables of operations are dispatch and nothing else.

A new table fails here. Ask the record instead, or add a field to it; what sends each operation to code of its own is
dispatch, and is added to the list.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import s2sad
from tests.ops.tables import named, tables

PACKAGE = Path(s2sad.__file__).parent
DISPATCH = {
    "ad/chosen.py Chosen.exact": 1,
    "ad/matrix_functions.py PRODUCTS": 1,
    "ad/matrix_functions.py _is_elementwise": 1,
    "ad/recompute.py _runs_again": 1,
    "ad/searches.py _Search.call": 1,
    "ad/zeros.py Selections.call": 1,
    "ad/zeros.py Selections.gives": 1,
    "ad/zeros.py _scales": 1,
    "backend/express.py Expressions.__init__": 1,
    "backend/express.py Expressions.call": 1,
    "backend/plan.py _Folding.block": 1,
    "backend/plan.py _Folding.line": 1,
    "backend/plan.py _Folding.withs": 1,
    "counts.py FORMULAS": 1,
    "facts/by_hand.py BY_HAND": 1,
    "facts/dims.py _DIMS": 1,
    "facts/dims.py _refine_int": 1,
    "facts/dims.py refine": 1,
    "facts/infer.py _folded": 1,
    "facts/raising.py BY_OPERATION": 1,
    "facts/raising.py Spans._call": 1,
    "facts/raising.py _augmented": 1,
    "facts/raising.py _fits": 1,
    "facts/raising.py _moved": 1,
    "facts/raising.py _takes": 1,
    "facts/raising.py _whole": 1,
    "facts/ranges.py BY_OPERATION": 1,
    "facts/ranges.py _tested": 2,
    "frontend/builtins.py BUILTINS": 1,
    "frontend/calls.py PROTOCOL": 1,
    "frontend/calls.py _REFUSED": 1,
    "frontend/generators.py CONSUMERS": 1,
    "frontend/generators.py Generators.read_arguments": 2,
    "frontend/library.py LIBRARY": 1,
    "frontend/operations.py Operations.call_op": 1,
    "frontend/operators.py MIRRORED": 1,
    "frontend/operators.py Operators.binary": 1,
    "frontend/operators.py Operators.unary": 1,
    "frontend/outputs.py Outputs.ufunc_at": 1,
    "frontend/sets.py IN_PLACE": 1,
    "frontend/sets.py OPERATORS": 1,
    "frontend/templates.py RuleLowerer.emit": 1,
    "frontend/written.py WRITTEN": 1,
    "ir/text.py _SYMBOLS": 1,
    "memory/alias.py Memory.update": 1,
    "memory/alias.py Memory.written": 1,
    "passes/covered.py _READS": 1,
    "passes/covered.py _VISITS": 1,
    "passes/linear.py _filled.made": 1,
    "show/graph/track.py Tracker.call": 1,
    "show/marks.py active_names": 1,
    "show/notation.py INFIX": 1,
    "show/notation.py NAMES": 1,
    "show/notation.py apply": 3,
    "show/record.py Recorder.call": 1,
    "show/record.py _takes_apart": 1,
    "symbolic.py ARITHMETIC": 1,
    "symbolic.py OTHER_NAME": 1,
}
"""Code that differs from operation to operation: how it is lowered, printed, counted, drawn; and pairs of primitives
that are treated alike in one place. The number is that of literals."""
FACTS_OF_OPERATIONS = {
    "ad/chosen.py SAME": 1,
    "ad/saving.py META_ARG": 1,
    "ad/searches.py _is_same": 2,
    "counts.py _is_still": 1,
    "facts/dims.py _SAME": 1,
    "facts/infer.py _BY_CONDITION": 1,
    "facts/infer.py _FOLDABLE": 1,
    "facts/infer.py _TO_SCALARS": 1,
    "frontend/known.py FOLDED": 1,
    "frontend/known.py OF_CONSTANTS": 1,
    "frontend/known.py OF_KINDS": 1,
    "frontend/opaque.py CONVERTING": 1,
    "frontend/operations.py IDENTITIES": 1,
    "show/notation.py TRANSPARENT": 1,
    "show/record.py ARRANGE": 1,
    "symbolic.py HANDING": 1,
}
"""What a record could say. Nothing may be added; what goes is taken out."""
NUMBERS = {
    "ad": 12,
    "backend": 5,
    "counts": 2,
    "facts": 19,
    "frontend": 21,
    "ir": 1,
    "memory": 2,
    "passes": 3,
    "show": 11,
    "symbolic": 3,
}


def test_no_table_of_operations_outside_their_room():
    found = Counter(f"{t.path} {t.place}".strip() for t in tables(PACKAGE))
    expected = Counter(DISPATCH) + Counter(FACTS_OF_OPERATIONS)
    assert not found - expected, "a new table of operations: ask the record, or add a field to it"
    assert not expected - found, "these tables are gone: take them out of the list"


def test_numbers_by_layer():
    assert Counter(t.layer for t in tables(PACKAGE)) == NUMBERS


def test_a_table_is_a_literal_that_names_functions():
    def names(text: str) -> list[str]:
        return list(named(ast.parse(text, mode="eval").body))

    assert names("{np.sum, np.mean}") == ["np.sum", "np.mean"]
    assert names("{np.sum: 1, 2: len}") == ["np.sum", "len"]
    assert names("dict.fromkeys((np.sum, operator.add))") == ["np.sum", "operator.add"]
    assert names("[*(np.sin, np.cos)]") == ["np.sin", "np.cos"]
    assert names("(np.ndarray, np.generic, float, str)") == [] and names("('np.sum', x.sum)") == []
