"""What the functions of other tools are called here: asked for one of them, s2sad names its own.

    >>> import s2sad
    >>> s2sad.make_vjp
    Traceback (most recent call last):
    ...
    AttributeError: s2sad has no `make_vjp`: write s2sad.vjp(f, *args), which returns (value, pullback)
"""
from __future__ import annotations

from typing import Any

_RULE = "decorate its derivative with @s2sad.rule(f), @s2sad.elementwise(f) or @s2sad.linear(f, name)"
_NOTHING = "nothing is needed: a derivative is compiled on its first call"
_LOOP = "write the loop, or let the function take arrays"

EQUIVALENTS = {
    "make_vjp": "s2sad.vjp(f, *args), which returns (value, pullback)",
    "make_jvp": "s2sad.jvp(f, args, tangents), or s2sad.linearize(f, *args)",
    "deriv": "s2sad.jvp(f, (x,), (1.0,))[1], or s2sad.elementwise_grad(f)",
    "grad_and_aux": "s2sad.grad(f, has_aux=True)",
    "grad_named": "s2sad.grad(f, argnames=name)",
    "multigrad_dict": "s2sad.grad(f, argnames=(…)), with a tuple of names",
    "holomorphic_grad": "s2sad.grad(lambda z: np.real(f(z))), which is the derivative of a holomorphic f",
    "make_hvp": "s2sad.hvp(f)(*args, v)",
    "hessian_vector_product": "s2sad.hvp(f)(*args, v)",
    "hessian_tensor_product": "s2sad.hvp(f)(*args, v)",
    "vector_jacobian_product": "s2sad.vjp(f, *args)[1](v)",
    "tensor_jacobian_product": "s2sad.vjp(f, *args)[1](v)",
    "make_ggnvp": "s2sad.jvp, s2sad.hvp of the loss, and s2sad.vjp, one after the other",
    "value_and_jacobian": "s2sad.jacobian(lambda x: (f(x), f(x)), has_aux=True)",
    "primitive": _RULE, "defvjp": _RULE, "defjvp": _RULE, "custom_vjp": _RULE, "custom_jvp": _RULE,
    "custom_gradient": _RULE,
    "jit": _NOTHING, "make_jaxpr": "s2sad.grad(f).stages(*args)",
    "vmap": _LOOP, "pmap": _LOOP,
    "numpy": "import numpy as np: functions of NumPy are differentiated as they are",
    "scipy": "import scipy: functions of SciPy are differentiated as they are",
    "tree_map": "s2sad.tree.map", "tree_util": "s2sad.tree", "tree_leaves": "s2sad.tree.leaves",
    "tree_flatten": "s2sad.tree.flatten", "ravel_pytree": "s2sad.tree.flatten", "flatten": "s2sad.tree.flatten",
    "random": "numpy.random: draws are counted as constant",
    "remat": "s2sad.checkpoint(f)", "gradient": "s2sad.grad(f)", "autodiff": "s2sad.grad(f)",
    "test_util": "s2sad.check_grads(f, args)", "check_grad": "s2sad.check_grads(f, args)",
}


def __getattr__(name: str) -> Any:
    """The error for a name that s2sad does not have."""
    if name in EQUIVALENTS:
        instead = EQUIVALENTS[name]
        raise AttributeError(f"s2sad has no `{name}`: {'write ' if instead.startswith('s2sad.') else ''}{instead}")
    raise AttributeError(f"module 's2sad' has no attribute {name!r}")
