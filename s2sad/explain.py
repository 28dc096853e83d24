"""The long form of every error code: what ``python -m s2sad explain S2S004`` prints.

    >>> print(explain("S2S007").splitlines()[0])
    S2S007  The function does not return one number
"""
from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """What an error means: a title, a text, a program that raises it and one that does not."""

    title: str
    text: str
    bad: str
    good: str


EXPLANATIONS: dict[str, Explanation] = {
    "S2S001": Explanation(
        "Python that s2sad does not differentiate",
        """s2sad rewrites the source of a function, so it has to know the meaning of every statement in it.
        `async`, `eval` and `exec`, `del` of an attribute and exceptions that are raised and caught depending on
        run-time values have no derivative program. A generator runs where it is read: in a `for`, in `sum`, `list`,
        `zip` and their like (`match`, `with`, `try` around code that does not raise work too); the differentiated
        function itself cannot be one. The caret points at the construct; all constructs of a function are reported
        together.""",
        """
        def f(x):
            yield np.sin(x)
        """,
        """
        def f(x):
            return [np.sin(x)]
        """),
    "S2S002": Explanation(
        "The source of the function cannot be read",
        """s2sad works on source text. Functions written in C, functions made by `exec`, and functions typed into the
        plain Python prompt before version 3.13 have none. Put the function into a file, or work in IPython or a
        notebook. If it is a function of a library, give it a rule with `s2sad.rule`.""",
        """
        exec("def f(x): return x * x")
        s2sad.grad(f)
        """,
        """
        def f(x):
            return x * x
        s2sad.grad(f)
        """),
    "S2S003": Explanation(
        "A function without derivative rule gets a value that is differentiated",
        """The call depends on an argument of the gradient, the function has no source that could be followed, and no
        rule says what its derivative is. The error shows a rule to paste and complete. If the result carries no
        derivative, say so with `s2sad.no_gradient(function)`; if the argument shall count as a constant, wrap it in
        `s2sad.stop_gradient`.""",
        """
        def f(x):
            return scipy.special.some_function(x)
        """,
        """
        @s2sad.elementwise(scipy.special.some_function)
        def some_function(x):
            return derivative_of_some_function(x)
        """),
    "S2S004": Explanation(
        "A write through something that may or may not be a view",
        """`np.reshape`, `np.ravel`, `np.asarray` and a few others return a view of their argument or a copy,
        depending on the memory layout. Writing through the result changes the argument in one case and not in the
        other, while another name still sees it. Reading is always fine. Make a copy, or write to the original.""",
        """
        def f(x):
            b = x.reshape(-1)
            b[0] = 0.0
            return np.sum(x)
        """,
        """
        def f(x):
            b = x.reshape(-1).copy()
            b[0] = 0.0
            return np.sum(x)
        """),
    "S2S005": Explanation(
        "Two arguments share memory and one of them is written to",
        """The function writes to an array that another argument also sees. Its derivative with respect to the one
        cannot be told from that with respect to the other. Pass a copy.""",
        """
        def f(a, b):
            a[0] = 1.0
            return np.sum(a * b)
        s2sad.grad(f)(x, x)
        """,
        """
        s2sad.grad(f)(x, x.copy())
        """),
    "S2S006": Explanation(
        "An integer argument cannot be differentiated",
        """A derivative is a limit of small changes, which an integer (or a bool, or an integer array) does not have;
        and in Python and NumPy, integers mean other things, such as sizes and indices. Pass a float, convert the
        array with `.astype(float)`, or leave the argument out of `argnums`.""",
        """
        s2sad.grad(f)(2)
        """,
        """
        s2sad.grad(f)(2.0)
        """),
    "S2S007": Explanation(
        "The function does not return one number",
        """`grad` is the derivative of one number: a float or an array of size 1. For a function that returns an array
        there is `s2sad.jacobian`, for the product with a cotangent `s2sad.vjp`, for functions that work element by
        element `s2sad.elementwise_grad`. If the function returns further results, use `has_aux=True`.""",
        """
        s2sad.grad(lambda x: np.sin(x))(np.ones(3))
        """,
        """
        s2sad.grad(lambda x: np.sum(np.sin(x)))(np.ones(3))
        """),
    "S2S008": Explanation(
        "argnums or argnames does not fit the function",
        """`argnums` counts the positional arguments from 0 and is an int or a tuple of ints; `argnames` names them.
        Each must exist, and none may occur twice.""",
        """
        def f(x, y):
            return x * y
        s2sad.grad(f, argnums=2)
        """,
        """
        s2sad.grad(f, argnums=1)
        """),
    "S2S009": Explanation(
        "A write to a global or nonlocal variable",
        """A gradient is a pure function: calling it changes nothing but what it returns. `global` and `nonlocal`
        assignments, and writes into arrays or objects that live outside the function, would happen at other times and
        another number of times than in the function itself. Return the value instead; `has_aux=True` passes it
        through.""",
        """
        def f(x):
            global last
            last = np.sin(x)
            return last * x
        """,
        """
        def f(x):
            last = np.sin(x)
            return last * x, last
        s2sad.grad(f, has_aux=True)
        """),
    "S2S010": Explanation(
        "A structure that differs, or is known only at run time",
        """Tuples, lists and dicts are followed while the derivative is written: their lengths and keys have to be
        known then. So after an `if`, and at the head of a loop, a variable has to be the same kind of thing whichever
        way was taken: a tuple of the same length, a dict with the same keys, a number or an array, but not one of
        each. Only a list that is filled with `append` may have a length that the run decides.""",
        """
        def f(x, flag):
            if flag:
                state = (x, x)
            else:
                state = (x,)
            return state[0]
        """,
        """
        def f(x, flag):
            if flag:
                state = (x, x)
            else:
                state = (x, 0.0)
            return state[0]
        """),
    "S2S011": Explanation(
        "It is not known what a method or attribute belongs to",
        """To differentiate `v.method()` s2sad has to know what `v` is. It follows the kinds of the arguments through
        the program; here the trail is lost, usually because a value comes out of a function that s2sad cannot see
        into. Calling the NumPy function instead of the method helps.""",
        """
        def f(x):
            return lookup(x).sum()
        """,
        """
        def f(x):
            return np.sum(lookup(x))
        """),
    "S2S012": Explanation(
        "Recursion or unrolling goes too deep",
        """The function calls itself, or is unrolled over a structure, more often than s2sad follows. This happens
        when the recursion does not end for the kinds of arguments given, or when its depth depends on values. Write
        it as a loop.""",
        """
        def f(x, n):
            return x if n == 0 else np.sin(f(x, n - 1))
        """,
        """
        def f(x, n):
            for _ in range(n):
                x = np.sin(x)
            return x
        """),
    "S2S013": Explanation(
        "A rule does not cover these arguments",
        """The function has a derivative rule, but not for this combination of arguments: an option without
        derivative, or one that the rule does not implement. The message says which. Often another option or function
        does the same.""",
        """
        np.linalg.norm(A, ord="nuc")
        """,
        """
        np.sum(np.linalg.svd(A, compute_uv=False))
        """),
    "S2S014": Explanation(
        "A variable may not have been assigned",
        """On one way through the function the variable is assigned, on another it is not, and it is read afterwards.
        Python would raise UnboundLocalError there. Assign it on every way.""",
        """
        def f(x):
            for i in range(3):
                last = x * i
            return last
        """,
        """
        def f(x):
            last = 0.0
            for i in range(3):
                last = x * i
            return last
        """),
    "S2S015": Explanation(
        "A derivative that cannot be a module of its own",
        """`save` and `python -m s2sad export` write a module that needs numpy, and scipy if it is used, but not s2sad.
        So everything that the derivative refers to has to be written into it: numbers, strings, arrays, tuples, lists
        and dicts as literals; functions of your own as text. Other objects, functions without source, modules of other
        packages, and the derivative of a function that calls itself to a depth known only at run time cannot be
        written. Pass what is needed as an argument.""",
        """
        log = logging.getLogger()
        def f(x):
            log.info("called")
            return np.sin(x)
        s2sad.grad(f).save("grad.py", 1.0)
        """,
        """
        def f(x):
            return np.sin(x)
        s2sad.grad(f).save("grad.py", 1.0)
        """),
    "S2S016": Explanation(
        "A value or a gradient is not finite",
        """With `debug_nans=True` a derivative that contains NaN or infinity is an error. It names the first expression
        whose operands are finite and whose result is not, in the forward or in the reverse sweep, with the values of
        its operands. Common births: the derivative of `sqrt` or of a power below 1 at 0, `log(0)`, a division by 0,
        `exp` of a large number. Keep the argument away from the singular point, or give the function a rule whose
        derivative is finite there.""",
        """
        def f(x):
            return np.sum(np.sqrt(x))
        s2sad.grad(f, debug_nans=True)(np.zeros(2))
        """,
        """
        def f(x):
            return np.sum(np.sqrt(x + 1e-12))
        s2sad.grad(f, debug_nans=True)(np.zeros(2))
        """),
    "S2S017": Explanation(
        "A search by bisection on what is differentiated",
        """Bisection and other bracketing searches find a root (or a minimum) by decisions alone: each end of the
        interval is a combination of the first two ends. The derivative of the program that runs is the same combination
        of their derivatives, usually zero, and not that of the root. Keep the search out of the derivative with
        `s2sad.stop_gradient` and take one Newton step after it, which has the derivative of the root (implicit function
        theorem); or give the function a rule of its own.""",
        """
        def f(c):
            lo, hi = 0.0, 10.0
            for _ in range(60):
                mid = 0.5 * (lo + hi)
                if mid * mid < c:
                    lo = mid
                else:
                    hi = mid
            return lo
        s2sad.grad(f)(2.0)
        """,
        """
        def f(c):
            fixed, lo, hi = s2sad.stop_gradient(c), 0.0, 10.0
            for _ in range(60):
                mid = 0.5 * (lo + hi)
                if mid * mid < fixed:
                    lo = mid
                else:
                    hi = mid
            return lo - (lo * lo - c) / (2.0 * lo)
        s2sad.grad(f)(2.0)
        """),
    "S2S900": Explanation(
        "s2sad has made a mistake: a trace that is not well formed",
        """This is a bug in s2sad, not in your function, and it was noticed before a number was computed. Please
        report it with the function and the kinds of its arguments.""",
        "", ""),
    "S2S901": Explanation(
        "s2sad has made a mistake: an array is written that something else still reads",
        """This is a bug in s2sad, not in your function, and it was noticed before a number was computed. Please
        report it with the function and the kinds of its arguments. Copying the array before it is written to usually
        avoids it.""",
        "", ""),
    "S2S902": Explanation(
        "s2sad has made a mistake: a program that cannot be written as Python",
        """This is a bug in s2sad, not in your function, and it was noticed before a number was computed. Please
        report it with the function and the kinds of its arguments.""",
        "", ""),
    "S2S904": Explanation(
        "s2sad has made a mistake: what was built does not compute the function",
        """After the first call for arguments of some kinds, where that costs little, s2sad runs the function itself
        beside what it has built. The two gave different values: this is a bug in s2sad, not in your function. Please
        report it with the function and its arguments. `S2SAD_CHECK=never` leaves the check out.""",
        "", ""),
    "S2S905": Explanation(
        "s2sad has made a mistake: the derivative raises where the function gives a value",
        """The function was run at the same arguments, and gave a value. This is a bug in s2sad, not in your function.
        Please report it with the function and its arguments; the line that is shown is the one of your function that
        the generated code was at.""",
        "", ""),
    "S2S903": Explanation(
        "s2sad has made a mistake: generated text that does not say what it should",
        """This is a bug in s2sad, not in your function, and it was noticed before a number was computed. Please
        report it with the function and the kinds of its arguments.""",
        "", ""),
}


def explain(code: str) -> str:
    """The long form of an error code.

    Parameters
    ----------
    code : str
        Such as ``"S2S004"``; ``"4"`` and ``"s2s4"`` mean the same.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        If there is no such code.

    Examples
    --------
    >>> print(explain("S2S006").splitlines()[0])
    S2S006  An integer argument cannot be differentiated
    """
    digits = code.upper().removeprefix("S2S").lstrip("0")
    entry = EXPLANATIONS[known := f"S2S{digits:0>3}"]
    lines = [f"{known}  {entry.title}", "", textwrap.fill(" ".join(entry.text.split()), 100)]
    for title, program in (("Raises it:", entry.bad), ("Works:", entry.good)) if entry.bad else ():
        lines += ["", title, "", textwrap.indent(textwrap.dedent(program).strip(), "    ")]
    return "\n".join(lines)
