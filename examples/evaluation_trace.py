"""The functions with which automatic differentiation is usually explained.

    python -m s2sad trace examples/evaluation_trace.py:f 2 5
    python -m s2sad trace examples/evaluation_trace.py:L 1.0

``f`` is the running example of Baydin, Pearlmutter, Radul and Siskind, "Automatic differentiation in machine
learning: a survey" (2018), tables 2 and 3. ``L`` shares sub-expressions: written out, its derivative is much longer
than itself.
"""
import numpy as np


def f(x1, x2):
    """y = ln x1 + x1 x2 - sin x2"""
    return np.log(x1) + x1 * x2 - np.sin(x2)


def L(x):
    """exp(exp x + (exp x)²) + sin(exp x + (exp x)²)"""
    return np.exp(np.exp(x) + np.exp(x) ** 2) + np.sin(np.exp(x) + np.exp(x) ** 2)
