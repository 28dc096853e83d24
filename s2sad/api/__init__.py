"""The public functions: gradients and what is made from them, and the names of the other modules that users call.

    >>> import numpy as np
    >>> def f(x1, x2):
    ...     return np.log(x1) + x1 * x2 - np.sin(x2)
    >>> df = grad(f, argnums=(0, 1))
    >>> [round(float(g), 3) for g in df(2.0, 5.0)]
    [5.5, 1.716]
"""
from __future__ import annotations

from typing import Any

from s2sad import runtime
from s2sad.api.checkpointing import checkpoint
from s2sad.api.composed import elementwise_grad, hessian, hvp
from s2sad.api.derivative import Derivative
from s2sad.api.gradients import grad, value_and_grad
from s2sad.api.matrices import jacfwd, jacobian, jacrev
from s2sad.api.products import jvp, linearize, vjp
from s2sad.api.selfcheck import CheckWarning, checking
from s2sad.api.transforms import transform


def stop_gradient(x: Any) -> Any:
    """``x``, counted as a constant by derivatives.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return runtime.stop_gradient(x)


__all__ = ["CheckWarning", "Derivative", "checking", "checkpoint", "elementwise_grad", "grad", "hessian", "hvp",
           "jacfwd", "jacobian", "jacrev", "jvp", "linearize", "stop_gradient", "transform", "value_and_grad", "vjp"]
