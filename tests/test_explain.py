"""Every code that the package raises is explained."""
import ast
import re
import textwrap
from pathlib import Path

import pytest

from s2sad import errors
from s2sad.explain import EXPLANATIONS, explain

SOURCE = Path(errors.__file__).parent


def codes_in_source() -> dict[str, str]:
    """The codes that stand as strings of their own in the source, with a file each."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"S2S\d{3}", node.value):
                found[node.value] = str(path)
    return found


def test_every_code_is_explained():
    unknown = {code: path for code, path in codes_in_source().items() if code not in EXPLANATIONS}
    assert not unknown


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_explanation(code):
    text = explain(code)
    assert text.startswith(f"{code}  {EXPLANATIONS[code].title}\n")
    assert max(map(len, text.splitlines())) <= 100
    assert ("Raises it:" in text) == ("Works:" in text) == (code < "S2S900")
    for program in (EXPLANATIONS[code].bad, EXPLANATIONS[code].good):
        ast.parse(textwrap.dedent(program))


def test_a_code_may_be_abbreviated():
    assert explain("4") == explain("s2s4") == explain("S2S004")


def test_an_unknown_code_is_a_key_error():
    with pytest.raises(KeyError):
        explain("S2S999")
