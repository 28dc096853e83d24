"""Rules in place of the operations they belong to: copies of templates.

Before: ``z = np.sin(x)`` with cotangent ``z_bar``.  After: ``t = math.cos(x)``, ``x_bar = z_bar * t``: the body of the
rule with its parameters replaced.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Call, Stmt
from s2sad.ir.templates import RuleKinds, Template, TemplateSource


class RuleBodies:
    """The bodies of rules for one derivative, whose templates come from ``templates``.

    ``meta`` gives, for a variable, one with the same shape and dtype that is known wherever the derivative code runs.
    """

    def __init__(self, meta: Callable[[Arg], Arg], templates: TemplateSource) -> None:
        self.meta = meta
        self.templates = templates
        self.here: dict[Hashable, tuple[Template, RuleKinds]] = {}

    def inline(self, fn: Callable, bound: dict[str, Any], call: Call) -> tuple[list[Stmt], Any]:
        """The body of a rule in place of its call.

        Parameters
        ----------
        fn : function
            The rule's function.
        bound : dict
            Its arguments by name: IR arguments, None, or (for a ``*args`` parameter) tuples of them.
        call : Call
            What is differentiated.

        Returns
        -------
        stmts, result
            The statements, and the result as a tree: an IR argument, None, NotImplemented, or a tuple or list of trees.
        """
        kinds = RuleKinds(bound, self.meta, fact_of)
        return self.template(fn, kinds).copy(kinds, call.loc, call.op)

    def template(self, fn: Callable, kinds: RuleKinds) -> Template:
        """The template of a rule. One that is named by the identity of a constant serves this derivative, which keeps
        the constant alive."""
        if kinds.lasting or kinds.key is None:
            return self.templates(fn, kinds)
        known = self.here.get((fn, kinds.key))
        if known is None:
            known = self.here[fn, kinds.key] = self.templates(fn, kinds), kinds
        return known[0]
