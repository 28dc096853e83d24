"""The command line: what it prints, and one clear line for what it cannot do."""
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import s2sad
from s2sad.__main__ import load, main

ROOT = Path(__file__).parent.parent
LECTURE = str(ROOT / "examples" / "evaluation_trace.py") + ":f"

PROGRAMS = '''
import numpy as np

data = np.array([1.0, 2.0, 3.0])


def march(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x


def dot(a, b):
    return np.sum(a * b)


def crash(x):
    return [x][1]


def generator(x):
    yield x


def network(params, x):
    return np.tanh(x @ params["A"]) @ params["B"] + params["b"]


constant = 3
'''


@pytest.fixture
def programs(tmp_path):
    path = tmp_path / "programs_of_the_test.py"
    path.write_text(PROGRAMS, encoding="utf-8")
    return str(path)


def complaint(capsys, *argv, status=2) -> str:
    """The one line that the command line prints on stderr."""
    assert main(argv) == status
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    return captured.err.strip()


def printed(capsys, *argv) -> str:
    """What the command line prints on stdout."""
    assert main(argv) == 0
    return capsys.readouterr().out


def test_trace_of_the_lecture(capsys):
    out = printed(capsys, "trace", LECTURE, "2", "5")
    cells = [" = ".join(cell.strip() for cell in part.split(" = "))
             for line in out.splitlines() for part in line.split("│")]
    assert "y = v₅ = 11.652" in cells and "x̄₁ = v̄₋₁ = 5.5" in cells and "x̄₂ = v̄₀ = 1.716" in cells
    assert "Generated source" in cells and any(cell.startswith("def f") for cell in cells)


def test_forms_of_the_trace(capsys):
    both = printed(capsys, "trace", LECTURE, "2", "5", "--tangents")
    assert "ẏ   = v̇₅" in both and "v̄₅  = ȳ" in both
    forwards = printed(capsys, "trace", LECTURE, "2", "5", "--mode", "forward")
    assert "ẋ₁" in forwards and "ȳ" not in forwards and "def f_jvp(" in forwards
    assert "| v₁ | ln v₋₁ | ln 2 | 0.693 |" in printed(capsys, "trace", LECTURE, "2", "5", "--format", "markdown")
    page = printed(capsys, "trace", LECTURE, "2", "5", "--format", "html")
    assert page.startswith("<div") and page.rstrip().endswith("</div>") and "Generated source" not in page


def test_the_first_command_of_the_readme():
    command = [sys.executable, "-m", "s2sad", "trace", "examples/evaluation_trace.py:f", "2", "5"]
    env = os.environ | {"PYTHONIOENCODING": "utf-8"}
    out = subprocess.run(command, cwd=ROOT, capture_output=True, env=env, check=True)
    assert "11.652" in out.stdout.decode() and out.stderr == b""


def test_graph(capsys, programs):
    assert main(["graph", LECTURE, "2", "5"]) == 0
    assert "v₃ = sin v₀      = −0.959  │ v̄₃ = v̄₅ × (−1)" in capsys.readouterr().out
    for form, start in (("svg", "<svg"), ("dot", "digraph"), ("mermaid", "---")):
        assert main(["graph", LECTURE, "2", "5", "--format", form]) == 0
        assert capsys.readouterr().out.startswith(start)
    assert main(["graph", f"{programs}:march", "0.5", "3", "--unfold", "--argnums", "0"]) == 0
    assert "    trip 3" in capsys.readouterr().out
    assert main(["graph", LECTURE, "2", "5", "--of", "derivative"]) == 0
    assert "⇒ x1_bar" in capsys.readouterr().out
    assert main(["graph", LECTURE, "2", "5", "--mode", "forward"]) == 0
    assert "v̄₃" in capsys.readouterr().out


def test_graph_to_a_file(capsys, tmp_path):
    assert main(["graph", LECTURE, "2", "5", "-o", str(tmp_path / "f.svg")]) == 0
    assert (tmp_path / "f.svg").read_text(encoding="utf-8").startswith("<svg") and "wrote" in capsys.readouterr().out
    assert main(["graph", LECTURE, "2", "5", "-o", str(tmp_path / "missing" / "f.svg")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_integers_beside_floats_are_constants(capsys, programs):
    assert "trip 3 of 3" in printed(capsys, "trace", programs + ":march", "0.5", "3")


def test_arguments_are_expressions(capsys, programs):
    out = printed(capsys, "trace", programs + ":dot", "data", "np.full(3, math.pi)")
    assert "[3.142, 3.142, 3.142]" in out


def test_argnums(capsys, programs):
    out = printed(capsys, "source", programs + ":dot", "data", "data + 1", "--argnums", "1")
    assert out == "def dot_grad(a, b):\n    b_bar = a.copy()\n    return b_bar\n"


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_source(capsys, programs, mode):
    for args in ((), ("0.5", "3")):
        text = printed(capsys, "source", programs + ":march", *args, "--mode", mode, "--argnums", "0")
        compile(text, "source", "exec")


def test_stages(capsys, programs):
    out = printed(capsys, "stages", programs + ":march", "0.5", "3")
    assert sum(line.startswith("# ") for line in out.splitlines()) >= 4


def test_explain(capsys):
    assert printed(capsys, "explain", "S2S004").startswith("S2S004  A write through")
    assert "S2S001  " in printed(capsys, "explain")


@pytest.mark.parametrize("argv, message", [
    (("trace", "nowhere.py:f", "1.0"), "s2sad: there is no file 'nowhere.py'"),
    (("trace", "nowhere", "1.0"),
     "s2sad: 'nowhere' is not of the form FILE:FUNC, for example examples/evaluation_trace.py:f"),
    (("explain", "S2S777"), "s2sad: no error has the code 'S2S777'; `explain` alone lists them"),
])
def test_bad_command_line(capsys, argv, message):
    assert complaint(capsys, *argv) == message


@pytest.mark.parametrize("function, args, message", [
    ("marhc", ("1.0", "2"), "has no function 'marhc'; did you mean 'march'?"),
    ("constant", ("1.0",), "is an object of type int, not a function"),
    ("march", ("1.0 +", "2"), "the argument '1.0 +' cannot be evaluated: SyntaxError: invalid syntax"),
    ("march", ("1.0",), "march(1.0) raises TypeError: march() missing 1 required positional argument: 'n'"),
    ("march", ("'a'", "'b'"), "none of the arguments is a float"),
    ("crash", ("1.0",), "crash(1.0) raises IndexError: list index out of range"),
    ("march", ("1.0", "2", "--argnums", "x"), "--argnums 'x' is not a number or a list such as 0,2"),
    ("march", ("1.0", "2", "--argnums", "7"), "S2S008"),
])
def test_bad_function_or_argument(capsys, programs, function, args, message):
    assert message in complaint(capsys, "trace", f"{programs}:{function}", *args)


def test_a_file_that_cannot_be_imported(capsys, tmp_path):
    path = tmp_path / "broken_program.py"
    path.write_text("def f(x:\n", encoding="utf-8")
    assert "cannot be imported: SyntaxError" in complaint(capsys, "trace", f"{path}:f", "1.0")


def test_a_function_that_is_refused(capsys, programs):
    assert main(["source", programs + ":generator"]) == 1
    assert "S2S001" in capsys.readouterr().err


def test_source_without_arguments_says_what_it_assumes(capsys, programs):
    assert main(["source", programs + ":network"]) == 1
    assert "without ARGS" in capsys.readouterr().err


def test_values_that_are_not_finite(capsys):
    assert "∞" in printed(capsys, "trace", LECTURE, "0.0", "5.0")


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["trace", "--help"])
    assert stop.value.code == 0
    assert "FILE:FUNC" in capsys.readouterr().out


def test_export_writes_a_module_that_runs(capsys, programs, tmp_path):
    path = tmp_path / "grad.py"
    assert printed(capsys, "export", f"{programs}:march", "0.5", "3", "-o", str(path)) == f"wrote {path}\n"
    scope = runpy.run_path(str(path))
    assert scope["march_grad"](0.5, 3) == s2sad.grad(march_of(programs))(0.5, 3)
    assert str(tmp_path) not in path.read_text()
    assert printed(capsys, "export", f"{programs}:march", "0.5", "3") == path.read_text()


def test_export_of_the_tangent_program(capsys, programs):
    ones = ["np.ones(2)", "np.ones(2)"]
    text = printed(capsys, "export", f"{programs}:dot", *ones, "--mode", "forward", "--argnums", "0")
    assert "def dot_jvp(a, b, a_dot):" in text and "tangent of the value" in text


def test_export_without_arguments_is_for_floats(capsys):
    assert "    x1: float\n    x2: float\n" in printed(capsys, "export", LECTURE)


def test_export_to_a_file_that_cannot_be_written(capsys, tmp_path):
    assert "cannot be written" in complaint(capsys, "export", LECTURE, "-o", str(tmp_path / "no" / "grad.py"))


def march_of(programs):
    return load(f"{programs}:march")[0]
