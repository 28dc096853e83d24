"""``match``: patterns as tests and bindings.

Before: ``match p: case (a, 0.0): ...``.  After: ``if p[1] == 0.0`` with ``a`` bound to ``p[0]``.
"""
from __future__ import annotations

import operator
from typing import Any

from s2sad.frontend.sets import is_mapping
from s2sad.frontend.values import FALSE, TRUE, Ref, Table, Value, const, static


class Matching:
    """The part of the lowerer for ``match``."""

    heap: dict[int, Any]

    def stmt_Match(self, node: Any) -> None:
        subject = self.expr(node.subject)

        def case(k: int) -> None:
            if k == len(node.cases):
                return
            c = node.cases[k]
            test, bound = self.pattern(c.pattern, subject)

            def guarded() -> Value:
                for name, value in bound.items():
                    self.bind_name(name, value)
                return TRUE if c.guard is None else self.expr(c.guard)
            if test is not FALSE and c.guard is not None:
                test = self.choose(test, guarded, lambda: FALSE)

            def run() -> None:
                for name, value in bound.items():
                    self.bind_name(name, value)
                self.body(c.body, node.live_after)
            self.branch(test, run, lambda: case(k + 1), node.live_after)
        case(0)

    def pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        """Whether a pattern matches, and the names it binds."""
        kind = type(p).__name__
        if kind == "MatchAs":
            test, bound = (TRUE, {}) if p.pattern is None else self.pattern(p.pattern, subject)
            return test, {**bound, p.name: subject} if p.name is not None else bound
        if kind == "MatchValue":
            return self.binary(operator.eq, subject, self.expr(p.value)), {}
        if kind == "MatchSingleton":
            same = self.same_object(subject, const(p.value))
            return (const(same) if same is not None else self.binary(operator.is_, subject, const(p.value))), {}
        if kind == "MatchOr":
            parts = [self.pattern(q, subject)[0] for q in p.patterns]
            result = parts[-1]
            for part in reversed(parts[:-1]):
                result = self.choose(part, lambda: TRUE, lambda result=result: result)
            return result, {}
        if kind == "MatchSequence":
            return self.sequence_pattern(p, subject)
        if kind == "MatchClass":
            return self.class_pattern(p, subject)
        if kind == "MatchMapping":
            return self.mapping_pattern(p, subject)
        raise self.unsupported(f"`{kind}` patterns", "use `if`", node=p)

    def sequence_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        items = self.literal_items(subject)
        if items is None and self.fact(subject).kind in ("list", "tuple", "unknown"):
            raise self.unsupported("a sequence pattern on something whose length is known only at run time",
                                   "test its length with `if`", node=p, code="S2S010")
        star = next((k for k, q in enumerate(p.patterns) if type(q).__name__ == "MatchStar"), None)
        if items is None:
            return FALSE, {}
        if star is None:
            return self.all_patterns(p.patterns, items) if len(items) == len(p.patterns) else (FALSE, {})
        after = len(p.patterns) - star - 1
        if len(items) < star + after:
            return FALSE, {}
        test, bound = self.all_patterns([*p.patterns[:star], *p.patterns[star + 1:]],
                                        (*items[:star], *items[len(items) - after:]))
        if p.patterns[star].name is not None:
            bound[p.patterns[star].name] = self.new_list(items[star:len(items) - after])
        return test, bound

    def mapping_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        table = self.heap[subject.cell] if isinstance(subject, Ref) and not subject.path else None
        if not is_mapping(table):
            if self.fact(subject).kind in ("dict", "unknown"):
                raise self.unsupported("a mapping pattern on something that is not a dict of known keys", "use `if`",
                                       node=p, code="S2S010")
            return FALSE, {}
        keys = [self.static_key(self.expr(k)) for k in p.keys]
        if any(k not in table.keys for k in keys):
            return FALSE, {}
        test, bound = self.all_patterns(p.patterns, tuple(table.values[table.keys.index(k)] for k in keys))
        if p.rest is not None:
            rest = [(k, v) for k, v in zip(table.keys, table.values) if k not in keys]
            bound[p.rest] = self.new_ref(Table(tuple(k for k, _ in rest), tuple(v for _, v in rest)))
        return test, bound

    def class_pattern(self, p: Any, subject: Value) -> tuple[Value, dict[str, Value]]:
        cls, own = static(self.expr(p.cls)), self.class_of(subject)
        if own is None:
            raise self.unsupported("a class pattern on a value whose kind is not known", node=p)
        if not (isinstance(cls, type) and issubclass(own, cls)):
            return FALSE, {}
        if p.patterns and cls in (int, float, str, bool, list, tuple, dict):
            return self.pattern(p.patterns[0], subject)
        names = [*getattr(cls, "__match_args__", ())[:len(p.patterns)], *p.kwd_attrs]
        return self.all_patterns([*p.patterns, *p.kwd_patterns], tuple(self.attribute(subject, n) for n in names))

    def all_patterns(self, patterns: list[Any], items: tuple[Value, ...]) -> tuple[Value, dict[str, Value]]:
        result: Value = TRUE
        bound: dict[str, Value] = {}
        for q, item in zip(patterns, items):
            test, more = self.pattern(q, item)
            bound.update(more)
            result = test if result is TRUE else self.choose(result, lambda test=test: test, lambda: FALSE)
        return result, bound
