"""The view of a derivative in a notebook."""
from __future__ import annotations

import re

import numpy as np

from s2sad import grad, hessian, jacfwd, value_and_grad, vjp
from s2sad.show.html import Listing, extent, uncalled
from s2sad.show.page import STYLE
from tests.show.test_page import text_of


def act(x):
    return np.tanh(x)


def f(x, w):
    h = act(w @ x)
    s = 0.0
    for i in range(3):
        if h[i] > 0:
            s += h[i] * np.exp(
                h[i])
    return s * np.sum(h)


X, W = np.array([0.1, 0.5, 0.9]), np.full((3, 3), 0.3)


def shown(profile=False):
    df = grad(f, argnums=(0, 1))
    df(X, W)
    if profile:
        df.profile(X, W, repeat=1)
    return df, df._repr_html_()


def code_of(html: str) -> list[tuple[str, str]]:
    """Classes and content of every line of code."""
    return re.findall(r'<span class="(l link[^"]*)"[^>]*>(.*?)</span>(?:\n|</code>)', html)


def linked(html: str) -> dict[str, list[str]]:
    """The texts of the lines that carry each link."""
    found: dict[str, list[str]] = {}
    for classes, line in code_of(html):
        for name in re.findall(r"\bu\d+\b", classes):
            found.setdefault(name, []).append(text_of(line).strip())
    return found


def test_both_programs_are_there_line_by_line():
    df, html = shown()
    text = text_of(html)
    for line in (*df.source.splitlines(), "h = act(w @ x)", "def act(x):"):
        assert line.strip() in text
    assert "x: float64[n], w: float64[n, n]" in text


def test_lines_are_linked_with_those_they_come_from():
    _, html = shown()
    groups = list(linked(html).values())
    (power,) = [g for g in groups if any(line.startswith("s += h[i]") for line in g)]
    assert "h[i])" in power and any("t_bar = " in line for line in power)
    (helper,) = [g for g in groups if "return np.tanh(x)" in g]
    assert any("np.tanh(t_2)" in line for line in helper) and any("sech_squared(" in line for line in helper)
    (loop,) = [g for g in groups if "for i in range(3):" in g]
    assert sum(line.startswith("for i") for line in loop) == 3


def test_hovering_is_a_rule_for_each_link():
    _, html = shown()
    (name,) = set(re.findall(r"s2sad (s2-\w+)", html))
    for link in linked(html):
        assert f".{name}:has(.{link}:hover) .{link}{{background:var(--hot)}}" in html


def test_sweeps_and_marks():
    _, html = shown()
    lines = {text_of(line).partition("  #")[0].strip(): classes.split() for classes, line in code_of(html)}
    assert "fw" in lines["result = np.tanh(t_2)"] and "fw" in lines["ts = []"]
    assert "bw" in lines["x_bar = t_bar @ w"] and "bw" in lines["return x_bar, np.outer(t_bar, x)"]
    assert not {"fw", "bw"} & {*lines["def f_grad(x, w):"], *lines["h = act(w @ x)"]}
    assert '<span class="keep">result</span>' in html and '<span class="act">h</span>' in html
    assert '<span class="act">i</span>' not in html


def test_profile_puts_costs_beside_the_lines():
    assert 'class="cost"' not in shown()[1]
    df, html = shown(profile=True)
    assert html.count('<span class="cost"') == len(df.source.splitlines()) and "memory" in text_of(html)
    df(X.astype(np.float32), W.astype(np.float32))
    assert 'class="cost"' not in df._repr_html_()


def test_before_a_call_it_says_how_to_call():
    text = text_of(grad(f)._repr_html_())
    assert "not called yet" in text and "df(x, w)" in text and "h = act(w @ x)" in text and "f_grad" not in text
    assert "gradient of f with respect to x" in text


def test_mimebundle_has_text_too():
    df = grad(f)
    assert df._repr_mimebundle_()["text/plain"] == "<grad of f, argnums=(0,)>"
    df(X, W)
    assert df._repr_mimebundle_()["text/plain"] == f"<grad of f, argnums=(0,)>\n\n{df.source.rstrip()}"
    assert df._repr_mimebundle_()["text/html"] == df._repr_html_()


def hostile(x):
    text = "</pre><script>alert('x')</script>"  # <img src=x onerror=alert(1)>
    return np.sin(x) * len(text)


def test_hostile_text_is_escaped():
    df = grad(hostile)
    df(1.0)
    df.fn.__name__, name = "<b>f</b>", df.fn.__name__
    try:
        for html in (df._repr_html_(), grad(hostile)._repr_html_(), df.profile(1.0, repeat=1)._repr_html_(),
                     df.stages(1.0)._repr_html_(), df.diff(hostile, 1.0, repeat=1)._repr_html_()):
            assert not re.search(r"<(script|img|b>f)", html) and "<script" not in html
            assert "http" not in html.replace(STYLE, "")
    finally:
        df.fn.__name__ = name
    assert "</script>" in text_of(df._repr_html_())


def test_other_derivatives_show_themselves_too():
    def norm(x):
        return np.sum(x * x)
    full = value_and_grad(norm)
    full(X)
    assert "value and gradient of norm" in text_of(full._repr_html_())
    for transform, title in ((jacfwd, "Jacobian of norm"), (hessian, "Hessian of norm")):
        made = transform(norm)
        assert title in text_of(made._repr_mimebundle_()["text/html"])
        made(X)
        assert title in text_of(made._repr_mimebundle_()["text/html"])
    builtin = grad(np.sin)
    builtin(1.0)
    assert "math.cos" in text_of(builtin._repr_html_())
    assert vjp(norm, X)[0] == norm(X)


def test_lambdas_and_methods_show_their_lines():
    class Model:
        def __init__(self):
            self.w = 2.0

        def loss(self, x):
            return self.w * x ** 2
    for fn, line in ((lambda x: x ** 3, "lambda x: x ** 3"), (Model().loss, "return self.w * x ** 2")):
        df = grad(fn)
        df(2.0)
        assert line in text_of(df._repr_html_())


def test_the_same_derivative_gives_the_same_html():
    assert shown()[1] == shown()[1]


def test_extent_of_a_statement():
    from s2sad.ir import Loc
    assert extent(Loc("f.py", 3, 0, 5, 1, "y = np.sin( x)")) == range(3, 6)
    assert extent(Loc("f.py", 3, 0, 9, 1, "for i in range(3):")) == range(3, 4)
    assert extent(Loc("f.py", 3, 0)) == range(3, 4)


def test_a_cell_is_not_called_by_its_file():
    html = uncalled("g", (Listing("/x/ipykernel_12/3.py", "g", {1: "def g(x): pass\n"}),), "df(x)")
    assert "this notebook" in text_of(html) and "ipykernel" not in html
