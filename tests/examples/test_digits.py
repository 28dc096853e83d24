"""The digits example: it learns, the same way every time, and it helps."""
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[2] / "examples" / "digits.py"


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    spec = importlib.util.spec_from_file_location("digits", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_small_network_learns(digits):
    right, params, losses = digits.train(epochs=8, hidden=8, rate=0.01)
    assert losses[-1] < 0.5 * losses[0] and right > 0.6
    assert params["W1"].shape == (64, 8)


def test_the_same_seed_gives_the_same_network(digits):
    (first, a, _), (second, b, _) = (digits.train(epochs=1, hidden=4, seed=3) for _ in range(2))
    assert first == second and all(np.array_equal(a[name], b[name]) for name in a)


def test_default_accuracy(digits, capsys):
    digits.main([])
    assert float(capsys.readouterr().out.split("test accuracy ")[1].split()[0]) >= 96.0


def test_help():
    out = subprocess.run([sys.executable, PATH, "--help"], capture_output=True, text=True, check=True)
    assert "--epochs" in out.stdout and "--seed" in out.stdout


def test_without_scikit_learn(digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(SystemExit, match="needs scikit-learn"):
        digits.load(np.random.default_rng(0))
