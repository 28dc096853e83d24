"""The kinds of derivatives, one record each: everything else asks the record.

    >>> MODES["jvp"].title, MODES["jvp"].late
    ('Jacobian-vector product', 'tangents')
"""
from __future__ import annotations

from s2sad.derive.jacobians import columns_function, rows_function
from s2sad.derive.request import Mode
from s2sad.derive.results import gradient_function, pullback_function, tangent_function

_EACH = "a tuple, one entry for each of {by}"
MODES = {mode.name: mode for mode in (
    Mode("value", "value", None, "The value for {by}", "The value.", valued=False),
    Mode("grad", "gradient", gradient_function, "The gradient by {by}", "{gradient} {shape}.", valued=False,
         complete="value_and_grad", scalar=True),
    Mode("value_and_grad", "value and gradient", gradient_function, "Value and gradient by {by}",
         "({value}, gradient); {shape}.", scalar=True),
    Mode("vjp", "vector-Jacobian product", pullback_function, "Value and product of a cotangent with the Jacobian by "
         "{by}", f"({{value}}, cotangents); {_EACH}.", late="cotangent"),
    Mode("jvp", "Jacobian-vector product", tangent_function, "Value and product of the Jacobian by {by} with tangents",
         "(value, tangent of the value).", late="tangents", forward=True),
    Mode("rows", "Jacobian", rows_function, "Value and rows of the Jacobian by {by}", f"(value, rows); {_EACH}.",
         owned=False, each="vjp"),
    Mode("columns", "Jacobian", columns_function, "Value and columns of the Jacobian by {by}",
         f"(value, columns); {_EACH}.", owned=False, each="jvp"),
)}
