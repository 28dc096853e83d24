"""Running saved modules in a Python that has no s2sad: the arguments go there and the results come back as plain data.

    python -m tests.exported          exports the whole corpus, runs it, and says what cannot be exported and why
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np

import s2sad
from s2sad.api.derivative import Derivative
from s2sad.api.products import Products
from s2sad.errors import ExportError
from s2sad.tree import parts
from tests.programs import PROGRAMS, Program

RUNNER = """
import builtins, collections, pickle, sys, types
import numpy as np

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("s2sad", "gast", "astor", "tests"):
            raise ImportError(name + " is not here")

sys.meta_path.insert(0, Refuse())
decode, encode = {}, {}
exec(sys.argv[1], decode)
jobs, results = pickle.load(sys.stdin.buffer), []
for text, name, args in jobs:
    scope = {"__name__": "exported"}
    try:
        with np.errstate(all="ignore"):
            exec(compile(text, "exported.py", "exec", dont_inherit=True), scope)
            results.append(("value", decode["encoded"](scope[name](*decode["decoded"](args)))))
    except Exception as error:
        results.append((type(error).__name__, str(error)))
assert not any(m.split(".")[0] == "s2sad" for m in sys.modules)
sys.stdout.buffer.write(pickle.dumps(results))
"""

CODEC = '''
import builtins, collections, math, types
import numpy as np

def parts(x):
    fields = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                fields[name] = getattr(x, name)
    return fields

def encoded(x):
    """Plain data that tells two values apart down to the bits, and from which the value can be made again."""
    if type(x) in (list, tuple):
        return type(x).__name__, [encoded(v) for v in x]
    if isinstance(x, dict):  # a saved module has none of the methods of a class of the user's
        return "dict", [(k, encoded(v)) for k, v in x.items()]
    if isinstance(x, tuple):
        return "named", type(x).__name__, x._fields, [encoded(v) for v in x]
    if isinstance(x, float) and type(x) is float:
        return "float", x.hex() if x == x else "nan"
    if isinstance(x, (np.ndarray, np.generic)):
        x = np.where(x == x, x, np.nan).astype(x.dtype)[()] if x.dtype.kind == "f" and isinstance(x, np.generic) else x
        return "numpy", x
    if x is None or type(x) in (int, bool, complex, str, bytes, range):
        return "plain", x
    if getattr(x, "__module__", None) in ("numpy", "math", "builtins") or isinstance(x, np.ufunc):
        return "named function", (getattr(x, "__module__", None) or "numpy"), x.__name__
    if callable(x) and not parts(x):
        return "function", getattr(x, "__name__", "?")
    return "object", type(x).__name__, [(k, encoded(v)) for k, v in parts(x).items()]

classes = {}

def decoded(data):
    kind, *rest = data
    if kind in ("list", "tuple"):
        return getattr(builtins, kind)([decoded(v) for v in rest[0]])
    if kind == "dict":
        return {k: decoded(v) for k, v in rest[0]}
    if kind == "named":
        cls = classes.setdefault(rest[0], collections.namedtuple(rest[0], rest[1]))
        return cls(*[decoded(v) for v in rest[2]])
    if kind == "float":
        return float.fromhex(rest[0])
    if kind == "named function":
        return getattr({"numpy": np, "math": math, "builtins": builtins}[rest[0]], rest[1])
    if kind == "function":
        return types.SimpleNamespace(__qualname__=rest[0])
    if kind == "object":
        cls = classes.setdefault(rest[0], type(rest[0], (), {}))
        made = object.__new__(cls)
        for name, v in rest[1]:
            setattr(made, name, decoded(v))
        return made
    return rest[0]
'''
_codec: dict[str, Any] = {}
exec(CODEC, _codec)
encoded = _codec["encoded"]


def alike(a: Any, b: Any) -> bool:
    """Whether two encoded values are the same: classes, dtypes, shapes and bits (NaN equals NaN)."""
    if isinstance(a, (np.ndarray, np.generic)):
        kind = isinstance(a, np.ndarray) is isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape
        return kind and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") and np.array_equal(
            np.signbit(np.real(a)), np.signbit(np.real(b))) if a.dtype.kind in "fc" else kind and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and a == b


def run(jobs: list[tuple[str, str, tuple[Any, ...]]]) -> list[tuple[str, Any]]:
    """Call functions of module texts where s2sad cannot be imported.

    A job is a text, the name of a function in it, and its arguments. A result is ``("value", encoded result)``, or the
    class and message of an exception.
    """
    data = pickle.dumps([(text, name, encoded(args)) for text, name, args in jobs])
    done = subprocess.run([sys.executable, "-I", "-c", RUNNER, CODEC], input=data, capture_output=True)
    assert not done.stderr, done.stderr.decode()
    return pickle.loads(done.stdout)


def derivative_of(program: Program) -> tuple[Derivative, tuple[Any, ...]]:
    """A derivative of a program of the corpus, and the arguments to call its generated function with."""
    value = program.fn(*program.fresh())
    if isinstance(value, (float, np.floating, np.ndarray)) and np.size(value) == 1 and np.isrealobj(value):
        return s2sad.value_and_grad(program.fn, program.argnums), program.fresh()
    return Products(program.fn, "vjp", program.argnums), (*program.fresh(), one_like(value))


def one_like(x: Any) -> Any:
    """A cotangent of ones with the structure of a result."""
    if isinstance(x, np.ndarray):
        return np.ones_like(x) if x.dtype.kind in "fc" else None
    if isinstance(x, np.generic):
        return type(x)(1.0) if x.dtype.kind in "fc" else None
    if type(x) in (float, complex):
        return type(x)(1.0)
    items = parts(x)
    if isinstance(x, dict):
        return {k: one_like(v) for k, v in items.items()}
    if isinstance(x, (list, tuple)):
        made = [one_like(v) for v in x]
        return type(x)(*made) if hasattr(x, "_fields") else type(x)(made)
    return type("Ones", (), {k: one_like(v) for k, v in items.items()})() if items else None


def job(program: Program) -> tuple[tuple[str, str, tuple[Any, ...]], Any]:
    """What ``run`` needs for a program, and the encoded result of the generated function here."""
    derivative, args = derivative_of(program)
    entry = derivative.entry(program.fresh(), {})
    text = derivative.exported(*program.fresh())
    with np.errstate(all="ignore"):
        here = encoded(entry.function(*args))
    _, args = derivative_of(program)
    return (text, entry.source.name, args), here


def main() -> None:
    """The whole corpus."""
    jobs, expected, refused = [], {}, {}
    for name, program in PROGRAMS.items():
        try:
            made, expected[name] = job(program)
            jobs.append(made)
        except ExportError as error:
            refused[name] = error.message
    results = dict(zip(expected, run(jobs)))
    wrong = {n: r for n, r in results.items() if r[0] != "value" or not alike(r[1], expected[n])}
    for name, why in refused.items():
        print(f"refused {name}: {why}")
    for name, result in wrong.items():
        print(f"wrong   {name}: {result if result[0] != 'value' else 'other numbers'}")
    print(Counter({"exported": len(jobs), "identical": len(jobs) - len(wrong), "refused": len(refused)}))


if __name__ == "__main__":
    main()
