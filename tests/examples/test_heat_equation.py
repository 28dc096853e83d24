"""The heat equation backwards: the field comes back, and the adjoint is that written by hand."""
import numpy as np
import pytest

import s2sad

pytest.importorskip("scipy")
pytest.importorskip("sklearn")


def test_a_field_is_recovered(example):
    result = example("heat_equation").main(["--digits", "1", "--scale", "2", "--steps", "10", "--noise", "0.2",
                                            "--iterations", "150"])
    assert result["left"] < 0.6 * result["blurred"]
    assert result["fit"] < 0.3
    assert result["by_hand"] < 1e-12 and result["by_differences"] < 1e-7


def test_heat_is_what_the_heat_equation_says(example):
    """A product of sines decays by the factor of the stencil's eigenvalue at each step."""
    module = example("heat_equation")
    n, m, steps = 12, 17, 7
    a, b = np.pi / (n - 1), 2.0 * np.pi / (m - 1)
    mode = np.outer(np.sin(a * np.arange(n)), np.sin(b * np.arange(m)))
    factor = 1.0 - 2.0 * module.STEP * (2.0 - np.cos(a) - np.cos(b))
    np.testing.assert_allclose(module.Plate(mode).run(steps), factor ** steps * mode, atol=1e-12)


def test_derivatives_and_the_callers_field(example):
    module = example("heat_equation")
    rng = np.random.default_rng(0)
    field, seen = rng.normal(size=(2, 5, 6))
    before = field.copy()
    s2sad.grad(module.objective)(field, seen, 4, 0.1)
    assert np.array_equal(field, before)
    s2sad.check_grads(lambda u: module.objective(u, seen, 4, 0.1), [field])
