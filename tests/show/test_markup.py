"""HTML and Markdown of the trace."""
from html.parser import HTMLParser

import numpy as np
import pytest

from s2sad import grad
from s2sad.show.layout import Row
from s2sad.show.markup import escaped, html, markdown


class Parser(HTMLParser):
    """The texts and the tags of a piece of HTML, which must be balanced."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(source)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] != "style":
            self.texts.append(data)


def hostile(x, name):
    return x * x if name else x


EVIL = "<script>alert('1')</script>\n</td>|*_`\x1b[31m"


def test_hostile_strings_are_escaped():
    table = grad(hostile).trace(2.0, EVIL)
    parsed = Parser(table.html())
    assert "script" not in parsed.tags and "\x1b" not in table.html()
    assert any("<script>" in text for text in parsed.texts)
    assert not any(name.startswith("on") for name, _ in parsed.attributes)
    assert "\n" not in table.title and "\x1b" not in table.text()


def test_hostile_names_are_escaped():
    row = Row("primal", "<b>", "a < b & c", '"', 1.0, "1", 0)
    parsed = Parser(html("<i>", {"primal": [row]}, []))
    assert "b" not in parsed.tags and "i" not in parsed.tags and "= a < b & c" in parsed.texts


def test_html_is_one_table_with_the_columns_side_by_side():
    parsed = Parser(grad(lambda x: np.sin(x) * x).trace(2.0, tangents=True).html())
    assert parsed.tags.count("table") == 1
    heads = [text for text in parsed.texts if text.endswith((" ↓", " ↑"))]
    assert heads == ["Forward primal trace ↓", "Forward tangent trace ↓", "Reverse adjoint trace ↑"]


def test_html_has_both_themes_and_needs_no_network():
    source = grad(lambda x: x * x).trace(2.0).html()
    assert "prefers-color-scheme: dark" in source and "data-jp-theme-light" in source
    assert not any(word in source for word in ("http:", "https:", "<script", "src=", "@import", "url("))


def test_every_style_is_of_the_trace_alone():
    style = grad(lambda x: x * x).trace(2.0).html().split("<style>")[1].split("</style>")[0]
    rules = [rule for rule in style.replace("@media (prefers-color-scheme: dark) {", "").split("}") if "{" in rule]
    assert len(rules) > 10
    for rule in rules:
        assert all(".s2sad-trace" in selector for selector in rule.split("{")[0].split(","))


def test_styles_outweigh_those_of_notebooks():
    """JupyterLab says ``:not(.a).b td``, which counts two classes, and ``.a tbody tr:nth-child(even)``."""
    style = grad(lambda x: x * x).trace(2.0).html().split("<style>")[1].split("</style>")[0]
    assert ".s2sad-trace.s2sad-trace.s2sad-trace td" in style and "&" not in style


def test_an_array_is_shown_in_full_where_the_pointer_rests():
    parsed = Parser(grad(lambda x: np.sum(x * x)).trace(np.arange(6.0)).html())
    assert any(name == "title" and value.startswith("6 float64\n[0. 1. 2. 3. 4. 5.]")
               for name, value in parsed.attributes)


def test_the_users_line_stands_in_the_table():
    texts = Parser(grad(hostile).trace(2.0, "a").html()).texts
    assert "return x * x if name else x" in texts


def test_markdown_is_a_table():
    lines = grad(lambda x: np.log(x)).trace(2.0).markdown().splitlines()
    assert "| v₁ | ln v₀ | ln 2 | 0.693 |" in lines
    tables = [line for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in tables[:5]}) == 1


@pytest.mark.parametrize("text", ["a|b", "a*b*", "_a_", "<b>", "`c`", "a\\b", "$x$", "~~a~~"])
def test_markdown_escapes(text):
    assert escaped(text).replace("\\", "") == text.replace("\\", "") and escaped(text) != text


def test_markdown_has_no_line_breaks_in_cells():
    row = Row("primal", "v", "a\nb", "", 1.0, "1", 0)
    assert "| v | a b | 1 |" in markdown("t", {"primal": [row]}, [])
