"""What every example can do: help, generated source, a picture; and a word on what is missing."""
import sys

import numpy as np
import pytest

import s2sad

PROGRAMS = ("heat_equation", "hessian", "hmc", "kalman", "logistic_regression", "orbit")
SMALL = {
    "heat_equation": ["--digits", "1", "--scale", "1", "--steps", "3", "--iterations", "5"],
    "hessian": ["--dimension", "3", "--descents", "20", "--hidden", "2", "--images", "40"],
    "hmc": ["--draws", "60", "--warmup", "40", "--chains", "1"],
    "kalman": ["--years", "30"],
    "logistic_regression": ["--penalty", "100"],
    "orbit": ["--steps", "30"],
}


@pytest.fixture(params=PROGRAMS)
def program(request, example):
    pytest.importorskip("scipy")
    pytest.importorskip("sklearn")
    return request.param, example(request.param)


def test_help(program, capsys):
    name, module = program
    with pytest.raises(SystemExit) as exit:
        module.main(["--help"])
    out = capsys.readouterr().out
    assert exit.value.code == 0
    assert f"python examples/{name}.py --picture" in out and "--source" in out
    assert all(option in out for option in SMALL[name] if option.startswith("--"))


def test_source_is_printed_and_compiles(program, capsys):
    _, module = program
    assert module.main(["--source"]) is None
    out = capsys.readouterr().out
    compile(out, "printed", "exec")
    assert out.startswith("def ") and "_bar" in out


def test_picture_and_check_are_written(program, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    name, module = program
    path = tmp_path / "result.png"
    module.main([*SMALL[name], "--picture", str(path)])
    data, out = path.read_bytes(), capsys.readouterr().out
    assert data.startswith(b"\x89PNG") and 10_000 < len(data) < 150_000
    assert "check: " in out and f"picture written to {path}" in out


def test_slope_error_tells_a_right_gradient_from_a_wrong_one(example):
    slope_error = example("_common").slope_error
    x, direction = np.array([0.3, -1.2]), np.array([1.0, 2.0])
    gradient = np.array([np.cos(0.3), 3.0 * 1.2 ** 2])

    def f(x):
        return np.sin(x[0]) + x[1] ** 3
    assert slope_error(f, x, gradient, direction) < 1e-10
    assert slope_error(f, x, gradient + [0.0, 1e-5], direction) > 1e-7
    assert slope_error(f, x, s2sad.grad(f)(x), direction) < 1e-10


def test_progress_counts_with_rich_and_without(example, monkeypatch):
    progress = example("_common").progress
    for hidden in (False, True):
        if hidden:
            monkeypatch.setitem(sys.modules, "rich.progress", None)
        with progress("working", 3) as advance:
            for _ in range(3):
                assert advance("note") is None


def test_what_is_missing_is_named(example, monkeypatch):
    common = example("_common")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(SystemExit, match=r'needs sklearn for its data: pip install "s2sad\[examples\]"'):
        common.needs("sklearn", "for its data")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(SystemExit, match="--picture needs matplotlib"), common.picture("x.png", size=(1.0, 1.0)):
        pass
