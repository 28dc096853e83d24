"""Rules in place of the operations they belong to: copies of templates.

Before: ``z = np.sin(x)`` with cotangent ``z_bar``.  After: ``t = math.cos(x)``, ``x_bar = z_bar * t``: the body of the
rule with its parameters replaced.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from s2sad.errors import S2SADError
from s2sad.facts.arguments import fact_of
from s2sad.ir import Arg, Call, Const, If, Stmt, Var
from s2sad.ir.templates import RuleKinds, Template, TemplateSource


class RuleBodies:
    """The bodies of rules for one derivative, whose templates come from ``templates``.

    ``meta`` gives, for a variable, one with the same shape and dtype that is known wherever the derivative code runs.
    """

    def __init__(self, meta: Callable[[Arg], Arg], templates: TemplateSource) -> None:
        self.meta = meta
        self.templates = templates
        self.here: dict[Hashable, tuple[Template, RuleKinds]] = {}
        self.maybe_none: set[Var] = set()

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
        try:
            template = self.template(fn, kinds)
        except S2SADError as error:
            raise error.at(call.loc) from None
        stmts, result = template.copy(kinds, call.loc, call.op)
        self.note_none(stmts)
        return stmts, result

    def note_none(self, stmts: Iterable[Stmt]) -> None:
        """Note what is None on one path of a test that the rule makes at run time."""
        for s in stmts:
            if type(s) is If:
                self.note_none((*s.then.stmts, *s.orelse.stmts))
                self.maybe_none.update(out for out, a, b in zip(s.outs, s.then.results, s.orelse.results)
                                       if self.is_maybe_none(a) or self.is_maybe_none(b))

    def is_maybe_none(self, arg: Any) -> bool:
        """Whether a part of the result of a rule may be None when it runs."""
        return arg in self.maybe_none if type(arg) is Var else type(arg) is Const and arg.value is None

    def template(self, fn: Callable, kinds: RuleKinds) -> Template:
        """The template of a rule. One that is named by the identity of a constant serves this derivative, which keeps
        the constant alive."""
        if kinds.lasting or kinds.key is None:
            return self.templates(fn, kinds)
        known = self.here.get((fn, kinds.key))
        if known is None:
            known = self.here[fn, kinds.key] = self.templates(fn, kinds), kinds
        return known[0]
