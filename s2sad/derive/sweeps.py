"""Reverse and forward mode with the templates that the frontend makes of rules.

Before: ``ad.reverse.reverse(fn, wrt, outputs, params, result, templates)``.  After: the same without ``templates``.
"""
from __future__ import annotations

import functools

from s2sad.ad import forward as _forward
from s2sad.ad import reverse as _reverse
from s2sad.frontend import rule_template

reverse = functools.partial(_reverse.reverse, templates=rule_template)
sweeps = functools.partial(_reverse.sweeps, templates=rule_template)
forward = functools.partial(_forward.forward, templates=rule_template)
