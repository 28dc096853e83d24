"""The reference meaning of the IR: run a ``Function`` on values, one statement after the other.

Slow and plain on purpose.  Every stage of a derivative can be run this way, so that any two neighbours can be compared;
what ``backend`` emits has to give the same numbers.  Nothing is ever mutated: in-place operators work on a copy.

    >>> from s2sad.ir import Block, Call, Const, Function, Var
    >>> x, y = Var("x"), Var("y")
    >>> interpret(Function("double", Block((x,), (Call((y,), max, (x, Const(3.0))),), (y,))), 2.0)
    3.0
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from s2sad import runtime
from s2sad.ir import UNDEFINED, Arg, Block, Call, Const, For, Function, If, Stmt, Var, While
from s2sad.ir.symbols import AUGMENTED

BUILD: dict[str, Callable[..., Any]] = {"tuple": lambda *items: items, "list": lambda *items: list(items),
                                        "slice": slice}

Observer = Callable[[Var, Any], None]


class Env(dict[Var, Any]):
    """The values of variables; ``observe`` is told of each one that a variable gets."""

    def __init__(self, observe: Observer | None = None) -> None:
        super().__init__()
        self.observe = observe

    def bind(self, names: Sequence[Var], values: Sequence[Any]) -> None:
        self.update(zip(names, values, strict=True))
        if self.observe is not None:
            for var in names:
                self.observe(var, self[var])


def interpret(fn: Function, *args: Any, observe: Observer | None = None) -> Any:
    """The result of ``fn`` on concrete arguments.

    Parameters
    ----------
    fn : Function
    *args
        One value for each parameter. They are not changed.
    observe : callable, optional
        Is called with each variable and the value it gets, in order: in a loop at every trip, in a function that is
        called at every call. The value is ``UNDEFINED`` for a name that is not assigned on the path taken.

    Returns
    -------
    value
        Packs in the result become tuples, lists, dicts.

    Raises
    ------
    NameError
        If an operation, or the function itself, would use a name that was not assigned on the path taken.
    Exception
        Whatever an operation raises.
    """
    if len(args) != len(fn.params):
        raise TypeError(f"{fn.name} takes {len(fn.params)} arguments, {len(args)} given")
    env = Env(observe)
    (result,) = _block(fn.body, args, env)
    _used(fn.result, env)
    return result


def evaluate(arg: Arg, env: dict[Var, Any]) -> Any:
    """The value of an argument."""
    if isinstance(arg, Var):
        return env[arg]
    if isinstance(arg, Const):
        return arg.value
    items = [evaluate(item, env) for item in arg.items]
    if arg.kind == "dict":
        return dict(zip(arg.keys, items))
    return (BUILD.get(arg.kind) or arg.kind)(*items)


def _block(block: Block, args: Sequence[Any], env: Env) -> list[Any]:
    """The results of a block. Variables are unique, so blocks share one environment."""
    env.bind(block.params, args)
    for stmt in block.stmts:
        env.bind(stmt.outs, _statement(stmt, env))
    return [evaluate(result, env) for result in block.results]


def _statement(stmt: Stmt, env: Env) -> Sequence[Any]:
    match stmt:
        case Call():
            return _call(stmt, env)
        case If():
            return _block(stmt.then if evaluate(_used(stmt.test, env), env) else stmt.orelse, (), env)
        case For():
            return _for(stmt, env)
        case While():
            return _while(stmt, env)
    raise TypeError(f"not a statement: {stmt!r}")


def _call(call: Call, env: Env) -> Sequence[Any]:
    if call.op is runtime.check_bound and (evaluate(call.args[0], env) is UNDEFINED):
        error, text = (evaluate(a, env) for a in call.args[1:])
        raise error(text)
    args = [evaluate(_used(arg, env), env) for arg in call.args]
    kwargs = {name: evaluate(_used(arg, env), env) for name, arg in call.kwargs}
    op: Any = call.op
    if isinstance(op, Function):
        value = interpret(op, *args, **kwargs, observe=env.observe)
    elif getattr(op, "__hash__", None) is not None and op in AUGMENTED:
        value = op(runtime.copy(args[0]), *args[1:])
    else:
        value = op(*args, **kwargs)
    return (value,) if len(call.outs) == 1 else value if call.outs else ()


def _for(loop: For, env: Env) -> list[Any]:
    sequences = [evaluate(_used(w.sequence, env), env) for w in loop.walked]
    trips = len(sequences[0])
    if any(len(s) != trips for s in sequences):
        raise ValueError(f"the sequences of a loop have lengths {[len(s) for s in sequences]}")
    made = _Trips(loop, env)
    for k in reversed(range(trips)) if loop.reverse else range(trips):
        if made.stopped:
            break
        made.trip([s[k] for s in sequences])
    return made.outs()


def _while(loop: While, env: Env) -> list[Any]:
    made = _Trips(loop, env)
    while not made.stopped and _defined(_block(loop.test, made.carried, env)[0], loop.condition):
        made.trip([])
    return made.outs()


class _Trips:
    """The trips of a loop: what it carries now, and what it has collected."""

    def __init__(self, loop: For | While, env: Env) -> None:
        self.loop, self.env = loop, env
        self.carried = [evaluate(c.init, env) for c in loop.carried]
        self.collected: list[list[Any]] = [[] for _ in loop.collected]
        self.stopped = False

    def trip(self, items: list[Any]) -> None:
        results = iter(_block(self.loop.body, [*items, *self.carried], self.env))
        self.carried = [next(results) for _ in self.loop.carried]
        for values in self.collected:
            values.append(next(results))
        self.stopped = self.loop.stop is not None and bool(next(results))

    def outs(self) -> list[Any]:
        if self.loop.reverse:
            for values in self.collected:
                values.reverse()
        return [*self.carried, *self.collected, *([self.stopped] if self.loop.stop else [])]


def _used(arg: Arg, env: Env) -> Arg:
    """The argument, which is about to be used: it must not be an unassigned name."""
    if isinstance(arg, Var):
        _defined(env[arg], arg)
    elif isinstance(arg, Const):
        _defined(arg.value, arg)
    else:
        for item in arg.items:
            _used(item, env)
    return arg


def _defined(value: Any, arg: Arg) -> Any:
    if value is UNDEFINED:
        raise NameError(f"name {getattr(arg, 'name', None) or '?'!r} is not defined")
    return value
