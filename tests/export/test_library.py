"""What a saved module carries: copies of helpers and of the user's functions, imports, names that do not collide."""

from __future__ import annotations

import builtins
import dis
import math
import operator
import types
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy
import scipy.special

from s2sad import runtime
from s2sad.errors import ExportError
from s2sad.export.library import Library, fresh, renamed
from s2sad.frontend import Rebuild

offset = 4.0
swap = operator.itemgetter(1)


@dataclass(frozen=True)
class Point:
    x: Any
    y: Any

    def norm(self) -> Any:
        return np.hypot(self.x, self.y)


def shifted(x):
    return x + offset


def twice(f):
    return lambda x: f(f(x))


doubled = twice(shifted)


def module_of(text: str, **namespace: Any) -> tuple[dict[str, Any], str]:
    """A module made of a function text and what its names stand for: its globals and its text."""
    library = Library("f")
    body = library.adopt(text, namespace)
    library.need_numpy("")
    parts = ["\n".join(library.imports()), "\n".join(library.constants), *library.definitions, body]
    made: dict[str, Any] = {"__name__": "made"}
    exec("\n\n".join(parts), made)
    return made, "\n\n".join(parts)


@pytest.mark.parametrize("name", [n for n, v in vars(runtime).items() if isinstance(v, types.FunctionType)
                                  and not n.startswith(("recursive_", "pulled_", "pushed_"))])
def test_every_helper_can_be_copied(name):
    made, text = module_of(f"def f(*args):\n    return {name}(*args)\n", **{name: getattr(runtime, name)})
    assert made[name] is not getattr(runtime, name) and made[name].__name__ == name
    loaded = {i.argval for i in dis.get_instructions(made[name]) if i.opname == "LOAD_GLOBAL"}
    missing = loaded - set(made) - set(vars(builtins))
    assert not missing and "s2sad" not in text


def test_helpers_that_need_helpers():
    made, _ = module_of("def f(g, x):\n    return unbroadcast(g, x)\n", unbroadcast=runtime.unbroadcast)
    assert made["f"](np.ones((3, 2)), np.zeros(2, np.float32)).tolist() == [3.0, 3.0]
    made, _ = module_of("def f(x):\n    return nothing, zero_of(x)\n", nothing=runtime.NOTHING, zero_of=runtime.zero_of)
    nothing, zero = made["f"](2.0)
    assert nothing is made["NOTHING"] and zero == 0.0 and made["zero_of"](nothing) is nothing


def test_functions_of_the_user_with_what_they_need():
    made, text = module_of("def f(x):\n    return shifted(x) * g(x)\n", shifted=shifted, g=lambda v: v * offset)
    assert made["f"](1.0) == 20.0 and "offset = 4.0" in text and text.count("offset = ") == 1


def test_a_closure():
    made, _ = module_of("def f(x):\n    return g(x)\n", g=doubled)
    assert made["f"](1.0) == 9.0


def test_modules_and_functions_of_libraries():
    made, text = module_of("def f(x):\n    return scipy.special.gamma(x) + math.sin(x) + log(x) + second((x, x))\n",
                           scipy=scipy, math=math, log=np.log, second=max)
    assert "import scipy.special" in text and "import math" in text
    assert made["f"](3.0) == 2.0 + math.sin(3.0) + np.log(3.0) + 3.0


def test_objects_have_the_fields():
    made, _ = module_of("def f(x):\n    return Point(x, 2.0), SimpleNamespace(x)\n",
                        Point=Rebuild(Point, ("x", "y")), SimpleNamespace=Rebuild(types.SimpleNamespace, ("a",)))
    point, space = made["f"](1.0)
    assert type(point).__name__ == "Point" and (point.x, point.y) == (1.0, 2.0) and space.a == 1.0
    assert not hasattr(point, "norm") and repr(point) == "Point(x=1.0, y=2.0)"


@pytest.mark.parametrize("value, what", [
    (np.frompyfunc(abs, 1, 1), "a ufunc"), (pytest, "the module pytest"), (object(), "an object of class object"),
    (swap, "itemgetter"), (runtime.recursive_sweep, "calls itself"),
    (runtime.pulled_back, "nothing is known"), (eval("lambda x: x"), "source cannot be read")])
def test_what_cannot_be_carried_is_named(value, what):
    with pytest.raises(ExportError, match=what) as caught:
        module_of("def f(x):\n    return thing(x)\n", thing=value)
    assert caught.value.code == "S2S015" and caught.value.hint


def other_shifted(x):
    return sum(offset for offset in (x,)) + offset


def test_two_meanings_of_one_name():
    other = types.FunctionType(shifted.__code__, {"offset": 5.0}, "other")
    made, _ = module_of("def f(x):\n    return a(x) * b(x)\n", a=shifted, b=other)
    assert made["f"](1.0) == 30.0


def test_two_meanings_of_one_name_in_one_function():
    other = types.FunctionType(other_shifted.__code__, {"offset": 5.0}, "other")
    with pytest.raises(ExportError, match="uses `offset` in two meanings"):
        module_of("def f(x):\n    return a(x) * b(x)\n", a=shifted, b=other)


def test_names():
    assert fresh("x", set()) == "x" and fresh("x", {"x"}) == "x_1"
    assert renamed("def f(a):\n    return 'é' + a.b(b)\n", {"b": "long_name"}) == (
        "def f(a):\n    return 'é' + a.b(long_name)\n")


def test_a_name_of_the_function_itself_is_not_taken_by_a_value():
    made, _ = module_of("def f(x):\n    return x * g\n", g=2.0)
    assert made["f"](2.0) == 4.0
    library = Library("f")
    assert "f_1" in library.adopt("def f(x):\n    return x * f\n", {"f": 2.0})
