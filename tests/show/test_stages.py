"""The stages as a sequence, as text, as differences, as HTML."""
from __future__ import annotations

import numpy as np
import pytest

from s2sad import grad
from s2sad.show.stages import NOTES, Stage, Stages
from tests.show.test_page import text_of

PAIRS = [("source", "def f(x): return '<b>'"), ("trace", "a\nb\nb"), ("after cse", "a\nb"), ("after dce", "a\nb"),
         ("after cse", "a"), ("generated source", "return a")]


def f(x, w):
    return np.sum(np.tanh(w @ x))


@pytest.fixture(scope="module")
def made():
    return grad(f, argnums=(0, 1)).stages(np.ones(3), np.ones((2, 3)))


def test_a_sequence_of_pairs():
    stages = Stages(PAIRS)
    assert list(stages) == PAIRS and len(stages) == 6 and stages == PAIRS
    assert stages[1].text == "a\nb\nb" and stages[1:3] == [Stage(*p) for p in PAIRS[1:3]]
    assert stages["trace"] == "a\nb\nb" and stages["cse"] == "a"


def test_differences_of_a_pass_that_runs_twice():
    parts = Stages(PAIRS).diff("cse").split("\n\n")
    assert len(parts) == 2
    assert parts[0].splitlines() == ["--- trace", "+++ after cse", "@@ -1,3 +1,2 @@", " a", " b", "-b"]
    assert parts[1].splitlines()[-1] == "-b"


def test_a_pass_that_changes_nothing_says_so():
    stages = Stages(PAIRS)
    assert stages.diff("dce") == "after dce: no change"
    assert "# after dce: no change" in str(stages)


def test_unknown_stages_are_named():
    with pytest.raises(KeyError, match="no stage 'fold'; there are source, trace, after cse, after dce, generated"):
        Stages(PAIRS).diff("fold")


def test_text_has_every_stage_in_order(made):
    text = str(made)
    titles = "source", "trace", "specialised", "adjoint", "after simplify", "generated source"
    places = [text.index(f"# {title}") for title in titles]
    assert places == sorted(places)
    assert made["generated source"] in text + "\n" and "def f(x, w):" in made["source"]


def test_cse_of_a_real_function_removes_what_is_there_twice(made):
    before, after = made.stages[made.find("cse")[0] - 1].text, made["cse"]
    assert len(after.splitlines()) < len(before.splitlines())
    assert made.diff("cse").startswith("--- after simplify\n+++ after cse\n@@")


def test_every_stage_of_a_derivative_has_a_note(made):
    assert {stage.title for stage in made} <= set(NOTES)


def test_html_shows_every_text_escaped():
    made = Stages(PAIRS)._repr_html_()
    shown = text_of(made)
    assert "def f(x): return '<b>'" in shown and "no change" in shown and "<b>'" not in made
    assert made.count("<details") == made.count("</details>") and "<script" not in made
    assert '<span class="l del">-b</span>' in made


def test_a_derivative_of_a_builtin_has_no_source():
    assert grad(np.sin).stages(1.0)[0].title == "trace"


def test_the_specialised_program_has_the_facts_and_only_what_is_asked_for(made):
    assert "#" not in made["trace"] and made["trace"].splitlines()[0] == "def f(x, w) wrt x, w:"
    assert made["specialised"].splitlines()[0].endswith("# float64[n0], float64[n1, n0]")
    assert all(" # float64" in line for line in made["specialised"].splitlines()[1:-1])
    assert grad(f).stages(np.ones(3), np.ones((2, 3)))["trace"].startswith("def f(x, w) wrt x:")
    assert "wrt" not in made["adjoint"] and made.diff("specialised") == "specialised: no change"
    assert "+def f_grad(x, w):" in made.diff("adjoint") and "-def f(x, w) wrt x, w:" in made.diff("adjoint")


def test_what_is_computed_twice_is_one_value_of_the_specialised_program():
    twice = grad(lambda x: np.sin(x) + np.sin(x)).stages(2.0)
    assert "-    t2 = np.sin(x)" in twice.diff("specialised").splitlines()
    assert "# float" in twice["specialised"] and "# float" not in twice.diff("specialised")
