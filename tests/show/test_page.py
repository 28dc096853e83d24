"""Highlighting, escaping and differences in HTML."""
from __future__ import annotations

import builtins
import re

import pytest

from s2sad.show import page

HOSTILE = "x = '</pre><script>alert(1)</script>' # <b> & \"quotes\"\ny = 1"


def text_of(html: str) -> str:
    """What a browser shows of some HTML without styles."""
    import html as module
    return module.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<style>.*?</style>", "", html, flags=re.S)))


@pytest.fixture(params=[True, False], ids=["pygments", "plain"])
def pygments(request, monkeypatch):
    """With Pygments and without it."""
    if not request.param:
        real = builtins.__import__

        def missing(name, *args, **kwargs):
            if name.startswith("pygments"):
                raise ImportError(name)
            return real(name, *args, **kwargs)
        monkeypatch.setattr(builtins, "__import__", missing)
    else:
        pytest.importorskip("pygments")
    return request.param


@pytest.mark.parametrize("text", [HOSTILE, "def f(x):\n\n    return '''a\nb'''", "λ = 'ü'", "", "x = (", "\tif"])
def test_code_shows_the_text_and_nothing_else(pygments, text):
    lines = page.code_lines(text)
    assert "\n".join(map(text_of, lines)) == text
    assert not re.search(r"<(?!/?span)", "".join(lines))
    for line in lines:
        assert line.count("<span") == line.count("</span>")


def test_keywords_have_a_colour():
    pytest.importorskip("pygments")
    assert '<span class="k">return</span>' in page.code_lines("return x")[0]


def test_names_are_marked_by_line():
    marks = []

    def mark(line, name):
        marks.append((line, name))
        return "hot" if (line, name) == (2, "x") else ""

    first, second = page.code_lines("x = 1\nx", mark)
    assert "hot" not in first and 'class="hot">x<' in second
    assert (1, "x") in marks


def test_differences_are_coloured_and_escaped():
    made = page.coloured(page.unified("a\n<b>\nc", "a\nc\nd"))
    assert '<span class="l del">-&lt;b&gt;</span>' in made and '<span class="l add">+d</span>' in made
    assert page.unified("a", "a") == ""


def test_both_themes_define_the_same_colours():
    colours = [set(re.findall(r"--(\w+):", theme)) for theme in (page.LIGHT, page.DARK)]
    assert colours[0] == colours[1] >= set(re.findall(r"var\(--(\w+)\)", page.STYLE))
    for rule in ("prefers-color-scheme:dark", '[data-jp-theme-light="true"]', '[data-jp-theme-light="false"]'):
        assert rule in page.STYLE


def test_nothing_comes_from_the_network_and_nothing_is_a_script():
    made = page.frame(page.code(HOSTILE))
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img|onclick", made)


def test_tables():
    made = page.table([("n", True), ("text", False)], [("1", "<code>x</code>")])
    assert made.count("<tr>") == 2
    assert '<td class="num">1</td><td style="text-align:left"><code>x</code></td>' in made


def test_words_stand_apart_where_a_page_drops_the_styles():
    assert text_of(page.head("gradient of <b>", "x: float")) == "gradient of <b> x: float"
    assert text_of(f"a{page.SEPARATOR}b") == "a · b" and ".sep{display:none}" in page.STYLE


def test_strings_are_not_marked(pygments):
    line = page.code_lines("W = p['W']", lambda line, name: "act")[0]
    assert line.count('"act"') == (2 if pygments else 0)
