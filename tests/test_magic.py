"""``%load_ext s2sad`` and ``%%grad`` in an IPython shell."""
from __future__ import annotations

import pytest

from s2sad.magic import last_function, options_of

F = "import numpy as np\ndef f(x1, x2):\n    return np.log(x1) + x1 * x2 - np.sin(x2)\n"


@pytest.fixture(scope="module")
def ipython():
    interactiveshell = pytest.importorskip("IPython.core.interactiveshell")
    made = interactiveshell.InteractiveShell.instance()
    made.run_line_magic("load_ext", "s2sad")
    yield made
    interactiveshell.InteractiveShell.clear_instance()


@pytest.fixture
def shell(ipython):
    ipython.reset(new_session=False)
    return ipython


@pytest.fixture
def shown(monkeypatch):
    """What is displayed."""
    import IPython.display
    found: list = []
    monkeypatch.setattr(IPython.display, "display", found.append)
    return found


def test_the_derivative_is_bound_and_shown(shell, shown, capsys):
    assert shell.run_cell(f"%%grad\n{F}").success
    made = shell.user_ns["f_grad"]
    assert capsys.readouterr().out == "f_grad = <grad of f, argnums=(0,)>\n"
    assert shown == [made] and made(2.0, 5.0) == 5.5
    assert shell.user_ns["f"](2.0, 0.0) == pytest.approx(0.6931471805599453)


def test_with_arguments_it_is_called_and_traced(shell, shown, capsys):
    shell.run_cell(f'%%grad 0 1 --args "2.0, 5.0" --name df\n{F}')
    made = shell.user_ns["df"]
    assert capsys.readouterr().out == "df(2.0, 5.0) = (5.5, 1.7163378145367738)\n"
    assert shown[0] is made and made.latest is not None and "v₋₁" in str(shown[1]) and "f_grad" not in shell.user_ns


def test_arguments_are_those_of_the_notebook(shell, shown, capsys):
    shell.run_cell("x = 3.0")
    shell.run_cell("%%grad --value --args x\ndef square(t):\n    return t * t")
    assert capsys.readouterr().out == "square_grad(x) = (9.0, 6.0)\n"


def test_errors_are_reports_without_traceback(shell, shown, capsys):
    shell.run_cell("%%grad --args 2.0\ndef g(x):\n    yield x")
    caught = capsys.readouterr()
    assert "S2S001" in caught.err and "try:" in caught.err and "Traceback" not in caught.err + caught.out
    shell.run_cell("%%grad --args 0.0 --debug-nans\nimport numpy as np\ndef root(x):\n    return np.sqrt(x)")
    assert "S2S016" in capsys.readouterr().err and not shown


@pytest.mark.parametrize("line, message", [
    ("zero", "%%grad: 'zero' are no numbers of arguments"), ("--nme", "%%grad: unrecognized arguments: --nme"),
    ("--name 2", "%%grad: '2' is not a name"), ("--args", "%%grad: argument --args: expected one argument"),
    ('--args "2', "%%grad: No closing quotation")])
def test_options_that_are_not_understood(shell, capsys, line, message):
    shell.run_cell(f"%%grad {line}\n{F}")
    assert capsys.readouterr().err.splitlines() == [
        message, 'usage: %%grad [ARGNUM ...] [--args "2.0, 5.0"] [--name NAME] [--value] [--debug-nans]']
    assert "f" not in shell.user_ns


def test_a_cell_without_function(shell, capsys):
    shell.run_cell("%%grad\ny = 1")
    assert capsys.readouterr().err == "%%grad: the cell defines no function to differentiate\n"
    assert shell.user_ns["y"] == 1


def test_a_cell_that_fails_is_the_users(shell, capsys):
    shell.run_cell("%%grad\ndef h(x):\n    return x\n1 / 0")
    assert "ZeroDivisionError" in capsys.readouterr().out and "h_grad" not in shell.user_ns
    shell.run_cell("%%grad\ndef h(x:\n    return x")
    assert "SyntaxError" in "".join(capsys.readouterr()) and "h_grad" not in shell.user_ns


def test_magics_inside_the_cell(shell, shown):
    shell.run_cell("%%grad\n%time z = 1\ncube = lambda x: x ** 3")
    assert shell.user_ns["cube_grad"](2.0) == 12.0


@pytest.mark.parametrize("line, argnums", [("", ()), ("0", (0,)), ("0 1", (0, 1)), ("0,2", (0, 2)), ("-1", (-1,))])
def test_argnums(line, argnums):
    assert options_of(line).argnums == argnums


def test_last_function():
    assert last_function("def f(x): pass\ng = lambda y: y\nclass A:\n    def h(self): pass\n") == "g"
    assert last_function("x = 1") is None
