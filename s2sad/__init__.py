"""s2sad: source-to-source automatic differentiation of ordinary Python and NumPy code.

    >>> import numpy as np
    >>> from s2sad import grad
    >>> def f(x):
    ...     return np.sin(x) * x
    >>> round(float(grad(f)(2.0)), 6)
    0.077004
"""
from s2sad import numeric as numeric
from s2sad import tree
from s2sad.api import (
    CheckWarning,
    checking,
    checkpoint,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    stop_gradient,
    value_and_grad,
    vjp,
)
from s2sad.elsewhere import __getattr__ as __getattr__
from s2sad.errors import S2SADError
from s2sad.explain import explain
from s2sad.magic import load_ipython_extension as load_ipython_extension
from s2sad.rules import bilinear, elementwise, linear, no_gradient, opaque, rule
from s2sad.testing import check_grads, check_rule
from s2sad.version import __version__ as __version__

__all__ = ["CheckWarning", "S2SADError", "bilinear", "check_grads", "check_rule", "checking", "checkpoint",
           "elementwise", "elementwise_grad", "explain", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev",
           "jvp", "linear", "linearize", "no_gradient", "opaque", "rule", "stop_gradient", "tree", "value_and_grad",
           "vjp"]
