"""In a real notebook kernel: what a cell shows, and that a change in a later cell is seen by the next call."""
from __future__ import annotations

import os

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

SETUP = """\
import numpy as np
import s2sad
from s2sad import grad

scale = 2.0

def helper(x):
    return np.sin(x)

class Model:
    rate = 3.0
    def act(self, x):
        return x * x

model = Model()

def f(x):
    return scale * helper(x) + model.act(x) + Model.rate * x

df = grad(f)
def agree(x=0.5, h=1e-6):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    assert abs(df(x) - slope) < 1e-6, (df(x), slope)
    return round(float(df(x)), 6)
agree()
"""
CHANGES = {
    "a helper is redefined": "def helper(x):\n    return np.cos(x) * x\n",
    "a global gets another value": "scale = -1.5\n",
    "a method is monkeypatched": "Model.act = lambda self, x: np.exp(x)\n",
    "a class attribute gets another value": "Model.rate = 10.0\n",
    "an instance gets a method of its own": "model.act = lambda x: x ** 3\n",
    "the object is another":
        "class Other:\n    rate = 1.0\n    def act(self, x):\n        return 7.0 * x\nmodel = Other()\n",
}
DISPLAY = """\
def g(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)

dg = grad(g, argnums=(0, 1))
dg"""


def run(cells: list[str]) -> list:
    """The cells of a notebook after a kernel has run them, with their outputs."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env=environment)
    return notebook.cells


GUARDS = [SETUP, *(part for change in CHANGES.values() for part in (change, "agree()"))]
VIEWS = ["import numpy as np\nfrom s2sad import grad", DISPLAY, "dg(2.0, 5.0)", "dg", "%load_ext s2sad",
         "%%grad --args 0.5\ndef h(t):\n    return np.exp(np.sin(t))", "%%grad --args 1.0\ndef bad(x):\n    yield x",
         "dg.stages(2.0, 5.0)", "dg.profile(2.0, 5.0, repeat=2)"]


@pytest.fixture(scope="module")
def cells():
    return run([*GUARDS, *VIEWS])


@pytest.fixture
def guards(cells):
    return cells[:len(GUARDS)]


@pytest.fixture
def display(cells):
    return cells[len(GUARDS):]


def result(cell) -> str:
    return next(o["data"]["text/plain"] for o in cell.outputs if o.output_type == "execute_result")


@pytest.mark.parametrize("k, name", list(enumerate(CHANGES)), ids=list(CHANGES))
def test_the_next_call_sees(guards, k, name):
    before, after = guards[2 * k], guards[2 * k + 2]
    assert result(before) != result(after)


def output(cell, kind: str = "text/html") -> str:
    return "".join(o["data"].get(kind, "") for o in cell.outputs if "data" in o)


def test_a_derivative_shows_itself_before_and_after_a_call(display):
    assert "not called yet" in output(display[1]) and "this notebook" in output(display[1])
    html = output(display[3])
    assert "gradient of <" not in html and "gradient of g with respect to x1, x2" in html
    assert "x2_bar" in html and ":hover" in html
    assert "x2_bar = x1 - math.cos(x2)" in output(display[3], "text/plain")


def test_the_magic_shows_derivative_and_trace(display):
    streams = "".join(o.get("text", "") for o in display[5].outputs)
    assert streams.startswith("h_grad(0.5) = ")
    shown = [o["data"]["text/html"] for o in display[5].outputs if o.output_type == "display_data"]
    assert len(shown) == 2 and "gradient of h" in shown[0] and "sin" in shown[1]


def test_reports_stay_readable(display):
    outputs = display[6].outputs
    text = "".join(o.get("text", "") for o in outputs if o.output_type == "stream" and o.name == "stderr")
    assert "S2S001" in text and "yield" in text
    assert "Traceback" not in text and not any(o.output_type == "error" for o in outputs)


def test_stages_and_profile_show_themselves(display):
    assert "<details" in output(display[7]) and "Profile of g_grad" in output(display[8])
