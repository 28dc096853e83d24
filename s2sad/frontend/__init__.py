"""From Python to IR, through one door.

    >>> from s2sad.ir.kinds import kinds_of
    >>> lower(lambda x: 2.0 * x, kinds_of((1.0,))).function.params
    (<x>,)

``lower`` makes IR of a function, for the kinds of the arguments of a call; ``rule_template`` of the function of a rule.
``find`` and ``code_of`` give the source of a function. ``Nested``, ``Factory``, … say what a derivative is inside a
function. Nothing else of this package is for others.
"""
from s2sad.frontend.attempts import installed
from s2sad.frontend.functions import Lowered, deep_recursion, lower
from s2sad.frontend.inputs import Record, branches_of, leaves_of
from s2sad.frontend.nested import Copies, Factory, Inner, Nested, Smooth, Started
from s2sad.frontend.rebuild import Rebuild, tuple_kind
from s2sad.frontend.source import code_of, find
from s2sad.frontend.templates import rule_template

__all__ = ["Copies", "Factory", "Inner", "Lowered", "Nested", "Rebuild", "Record", "Smooth", "Started", "branches_of",
           "code_of", "deep_recursion", "find", "installed", "leaves_of", "lower", "rule_template", "tuple_kind"]
