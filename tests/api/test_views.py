"""The views of a derivative object."""

from __future__ import annotations

import runpy

import numpy as np

import s2sad


def f(x, w):
    return np.sum(np.tanh(w @ x))


def test_source_is_that_of_the_latest_call():
    df = s2sad.grad(f)
    before = df.source
    df(np.ones(3), np.ones((2, 3)))
    assert df.source == df.source_for(np.ones(3), np.ones((2, 3)))
    assert df.latest is not None and before


def test_save_writes_a_module_for_the_latest_call(tmp_path):
    df = s2sad.grad(f)
    df(np.ones(3), np.ones((2, 3)))
    df.save(tmp_path / "grad.py")
    made = runpy.run_path(str(tmp_path / "grad.py"))
    assert made["f_grad"](np.full(3, 0.5), np.ones((2, 3))).tolist() == df(np.full(3, 0.5), np.ones((2, 3))).tolist()
    assert df.source.splitlines()[-1] in (tmp_path / "grad.py").read_text()


def test_check_passes_and_stages_begin_with_the_function():
    df = s2sad.grad(f)
    df.check(np.ones(3), np.full((2, 3), 0.3))
    assert "tanh" in df.stages(np.ones(3), np.ones((2, 3)))[0][1]
