"""Nothing of the user's program runs while a derivative is built.

Each program is built under two watchers: an audit hook, which Python calls for every file, process, socket and
interpreter-wide event, and a profile function, which Python calls for every function that is entered. A function of
this module that is entered, or a compiled function of the world's, fails the test.
"""

# ruff: noqa: UP030, UP031, UP032, C416, B007
from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import logging
import os
import queue
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.interpolate
import scipy.signal
import scipy.spatial

import s2sad

EVENTS = (
    "open",
    "os.",
    "shutil.",
    "subprocess.",
    "socket.",
    "sqlite3.",
    "tempfile.",
    "ctypes.",
    "signal.",
    "pty.",
    "import",
    "exec",
    "compile",
    "cpython.",
    "time.sleep",
    "glob.",
    "webbrowser.",
    "urllib.",
    "ftplib.",
)
HARMLESS = ("os.listdir", "os.scandir", "os.putenv")
READS = (".py", ".pyc", ".so", "<unknown>")
"""What Python itself opens to read a source; the last for the line of a text that is no syntax."""
RAN: list[str] = []
_watching = False


def _heard(event: str, args: tuple) -> None:
    if not _watching or not event.startswith(EVENTS) or event in HARMLESS:
        return
    if event in ("compile", "exec", "import") or (event == "open" and str(args[0]).endswith(READS)):
        return
    RAN.append(f"{event}{args!r}")


sys.addaudithook(_heard)
OF_THE_WORLD = (
    "posix",
    "_io",
    "_socket",
    "_sqlite3",
    "_thread",
    "_queue",
    "_ctypes",
    "_signal",
    "atexit",
    "time",
    "_random",
    "_posixsubprocess",
)
CLOCKS = (
    "perf_counter",
    "monotonic",
    "time",
    "stat",
    "fspath",
    "lstat",
    "getcwd",
    "get_ident",
    "RLock",
    "allocate_lock",
    "acquire",
    "release",
    "__enter__",
    "__exit__",
    "_at_fork_reinit",
    "listdir",
    "open_code",
    "readline",
    "read",
    "readlines",
    "close",
    "readall",
    "seek",
    "tell",
    "fstat",
    "isatty",
    "TextIOWrapper",
    "open",
    "readable",
    "seekable",
    "lock",
    "_path_normpath",
    "_path_splitroot_ex",
    "urandom",
)


def _entered(frame: types.FrameType, event: str, arg: Any) -> None:
    if event == "call" and frame.f_code.co_filename == __file__ and frame.f_code.co_name not in ("watched", "_heard"):
        RAN.append(f"the function {frame.f_code.co_qualname}")
    if (
        event == "c_call"
        and (getattr(arg, "__module__", None) or type(getattr(arg, "__self__", None)).__module__) in (OF_THE_WORLD)
        and arg.__name__ not in CLOCKS
    ):
        RAN.append(f"the compiled function {arg.__qualname__}")


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """What runs in here is noted in ``RAN``; that a derivative checks itself is no part of building it."""
    global _watching
    RAN.clear()
    profile = sys.getprofile()
    with s2sad.checking("never"):
        _watching = True
        sys.setprofile(_entered)
        try:
            yield
        finally:
            sys.setprofile(profile)
            _watching = False


class Loud:
    """An object all of whose special methods have an effect."""

    kept = 2.0

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.calls = 0

    def _shout(self) -> None:
        os.remove("/nonexistent/loud")

    @property
    def loud(self) -> float:
        self._shout()
        return 1.0

    @functools.cached_property
    def once(self) -> float:
        self._shout()
        return 1.0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        os.remove("/nonexistent/attribute")
        return 1.0

    def __eq__(self, other: object) -> bool:
        self._shout()
        return True

    def __hash__(self) -> int:
        self._shout()
        return 1

    def __bool__(self) -> bool:
        self._shout()
        return False

    def __len__(self) -> int:
        self._shout()
        return 3

    def __iter__(self) -> Iterator[float]:
        self._shout()
        return iter((1.0, 2.0))

    def __contains__(self, item: object) -> bool:
        self._shout()
        return True

    def __getitem__(self, index: Any) -> float:
        self._shout()
        return 1.0

    def __repr__(self) -> str:
        self._shout()
        return "Loud"

    def __format__(self, spec: str) -> str:
        self._shout()
        return "Loud"

    def __call__(self, x: float) -> float:
        self._shout()
        return x

    def __float__(self) -> float:
        self._shout()
        return 1.0

    def __index__(self) -> int:
        self._shout()
        return 1

    def __add__(self, other: float) -> float:
        self._shout()
        return other

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        self._shout()
        return np.ones(3)

    def __enter__(self) -> Loud:
        self._shout()
        return self

    def __exit__(self, *what: object) -> None:
        self._shout()


class Everything(Loud):
    def __getattribute__(self, name: str) -> Any:
        os.remove("/nonexistent/getattribute")
        return object.__getattribute__(self, name)


class Descriptor:
    def __get__(self, owner: Any, cls: Any) -> float:
        os.remove("/nonexistent/descriptor")
        return 1.0


class Described:
    loud = Descriptor()


class Meta(type):
    @property
    def loud(cls) -> float:
        os.remove("/nonexistent/meta")
        return 1.0

    def __instancecheck__(cls, instance: object) -> bool:
        os.remove("/nonexistent/instancecheck")
        return True


class Made(metaclass=Meta):
    pass


class Built:
    def __init__(self, x: float) -> None:
        if x < 0.0:
            os.mkdir("/nonexistent/built")
        self.x = x


@dataclass(frozen=True)
class Noted:
    x: float

    def __post_init__(self) -> None:
        if self.x < 0.0:
            os.mkdir("/nonexistent/noted")


LOUD, DESCRIBED = Loud(), Described()
KEYS = {"a": 1.0}
FILE = tempfile.NamedTemporaryFile("w")
BASE = sqlite3.connect(":memory:")
LOCK = threading.Lock()
QUEUE: queue.Queue = queue.Queue()
RNG = np.random.default_rng(0)
LOG = logging.getLogger("harm")
LOG.addHandler(logging.NullHandler())
LIBC = ctypes.CDLL(None)


def shouted(x: float) -> float:
    os.remove("/nonexistent/shouted")
    return x


@functools.lru_cache
def cached(n: int) -> int:
    os.remove("/nonexistent/cached")
    return n


@functools.singledispatch
def dispatched(x: Any) -> Any:
    os.remove("/nonexistent/dispatched")
    return x


@contextlib.contextmanager
def managed() -> Iterator[float]:
    os.remove("/nonexistent/managed")
    yield 1.0


def generated(x: float) -> Iterator[float]:
    os.remove("/nonexistent/generated")
    yield x


VECTORIZED = np.vectorize(shouted)
UFUNC = np.frompyfunc(shouted, 1, 1)
SET = {1.0, Noted(1.0)}

NEVER: list[Callable] = [
    lambda x: os.remove("/nonexistent"),
    lambda x: os.mkdir("/nonexistent/a"),
    lambda x: os.makedirs("/nonexistent/a"),
    lambda x: shutil.rmtree("/nonexistent"),
    lambda x: shutil.copy("/nonexistent", "/nonexistent/b"),
    lambda x: subprocess.run(["false"]),
    lambda x: subprocess.check_output("false"),
    lambda x: os.system("false"),
    lambda x: sqlite3.connect(":memory:"),
    lambda x: BASE.execute("drop table t"),
    lambda x: BASE.cursor().fetchall(),
    lambda x: socket.socket(),
    lambda x: socket.create_connection(("localhost", 1)),
    lambda x: LOCK.acquire(),
    lambda x: threading.Thread(target=shouted, args=(1.0,)).start(),
    lambda x: QUEUE.get(),
    lambda x: QUEUE.put(1),
    lambda x: tempfile.mkdtemp(),
    lambda x: tempfile.TemporaryFile(),
    lambda x: open("/nonexistent", "w"),
    lambda x: FILE.write("text"),
    lambda x: FILE.file.flush(),
    lambda x: FILE.write(f"{x}"),
    lambda x: print(x, file=FILE),
    lambda x: os._exit(1),
    lambda x: sys.exit(1),
    lambda x: os.kill(os.getpid(), 9),
    lambda x: os.abort(),
    lambda x: exit(),
    lambda x: quit(),
    lambda x: os.chdir("/"),
    lambda x: os.environ.update(A="1"),
    lambda x: os.putenv("A", "1"),
    lambda x: LIBC.abort(),
    lambda x: ctypes.string_at(0),
    lambda x: ctypes.c_int(1),
    lambda x: signal.signal(signal.SIGTERM, shouted),
    lambda x: signal.alarm(1),
    lambda x: atexit.register(shouted),
    lambda x: LOG.warning("never %s", x),
    lambda x: logging.getLogger("never").error("never"),
    lambda x: logging.basicConfig(filename="/nonexistent/log"),
    lambda x: warnings.warn("never", stacklevel=1),
    lambda x: time.sleep(10),
    lambda x: np.savetxt("/nonexistent/a", np.ones(2)),
    lambda x: np.save("/nonexistent/a", x),
    lambda x: np.random.seed(1),
    lambda x: random.seed(1),
    lambda x: np.random.normal(),
    lambda x: random.random(),
    lambda x: RNG.normal(),
    lambda x: RNG.integers(3),
    lambda x: np.load("/nonexistent"),
    lambda x: np.loadtxt("/no"),
    lambda x: np.memmap("/nonexistent", mode="w+", shape=(3,)),
    lambda x: sys.setrecursionlimit(1),
    lambda x: sys.stdout.write("never"),
    lambda x: sys.settrace(None),
    lambda x: shouted(1.0),
    lambda x: cached(3),
    lambda x: dispatched(1),
    lambda x: VECTORIZED(np.ones(2)),
    lambda x: UFUNC(1.0),
    lambda x: managed().__enter__(),
    lambda x: np.multiply.outer(x, 1.0) if UFUNC(x, out=np.zeros(2, int)) else x,
    lambda x: {1, 2} | SET,
    lambda x: LOUD in SET,
    lambda x: list(generated(1.0)),
    lambda x: LOUD.loud,
    lambda x: LOUD.once,
    lambda x: LOUD.anything,
    lambda x: getattr(LOUD, "anything", None),
    lambda x: hasattr(LOUD, "anything"),
    lambda x: LOUD == x,
    lambda x: LOUD == LOUD,
    lambda x: 1 if LOUD else 2,
    lambda x: not LOUD,
    lambda x: len(LOUD),
    lambda x: list(LOUD),
    lambda x: x in LOUD,
    lambda x: 1 in LOUD,
    lambda x: LOUD[0],
    lambda x: LOUD[x],
    lambda x: repr(LOUD),
    lambda x: f"{LOUD}",
    lambda x: f"{LOUD!r} {x}",
    lambda x: "{}".format(LOUD),
    lambda x: "%s" % LOUD,
    lambda x: str(LOUD),
    lambda x: hash(LOUD),
    lambda x: LOUD(1.0),
    lambda x: float(LOUD),
    lambda x: LOUD + 1.0,
    lambda x: np.asarray(LOUD),
    lambda x: np.sum(LOUD),
    lambda x: {LOUD: 1},
    lambda x: {LOUD},
    lambda x: KEYS[LOUD],
    lambda x: LOUD in KEYS,
    lambda x: [1.0, LOUD].index(LOUD),
    lambda x: (LOUD, 1) == (1, LOUD),
    lambda x: sorted([LOUD, LOUD]),
    lambda x: max(LOUD, LOUD),
    lambda x: range(3)[LOUD],
    lambda x: isinstance(x, Made),
    lambda x: Made.loud,
    lambda x: DESCRIBED.loud,
    lambda x: isinstance(LOUD, float),
    lambda x: Built(-1.0),
    lambda x: Noted(-1.0),
    lambda x: Loud().loud,
    lambda x: bool(LOUD),
    lambda x: iter(LOUD),
    lambda x: [v for v in LOUD],
    lambda x: sum(LOUD),
    lambda x: any(LOUD),
    lambda x: zip(LOUD, LOUD),
    lambda x: functools.reduce(shouted, [1.0]),
    lambda x: np.apply_along_axis(shouted, 0, np.ones(3)),
    lambda x: np.fromfunction(shouted, (3,)),
    lambda x: sorted([1, 2], key=shouted),
    lambda x: map(shouted, [1.0]),
    lambda x: __import__("antigravity"),
    lambda x: eval("shouted(1.0)"),
    lambda x: compile("1", "", "eval"),
]


def in_a_branch(x, never):
    if x < 0.0:
        never(x)
    return x * x


def in_a_loop(x, never):
    total = x
    for k in range(0 if x > 0.0 else 3):
        never(x)
        total = total * x
    return total * x


def in_a_helper(x, never):
    def helper(y):
        while y < 0.0:
            never(y)
            y = y + 1.0
        return y

    return helper(x) * x


def in_an_expression(x, never):
    return x * x if x > 0.0 or never(x) else x


def in_a_try(x, never):
    try:
        if x < 0.0:
            never(x)
    except (OSError, ValueError):
        x = -x
    return x * x


PLACES = (in_a_branch, in_a_loop, in_a_helper, in_an_expression, in_a_try)


def text_of(never: Callable) -> str:
    """Where a program is: line and column."""
    places = [p for p in never.__code__.co_positions() if p[2] is not None]
    return f"{places[0][0]}-{min(p[2] for p in places)}"


def of_an_object_that_asks_python_for_all() -> list[Callable]:
    """Programs with an object that the test runner must not see."""
    EVERYTHING = Everything()
    return [
        lambda x: EVERYTHING.scale,
        lambda x: EVERYTHING.anything,
        lambda x: isinstance(EVERYTHING, Made),
        lambda x: callable(EVERYTHING),
    ]


NEVER += of_an_object_that_asks_python_for_all()
CASES = [(place, never) for k, never in enumerate(NEVER) for place in (in_a_branch, PLACES[1 + k % 4])]


@pytest.mark.parametrize("place, never", CASES, ids=[f"{text_of(never)}-{place.__name__}" for place, never in CASES])
def test_nothing_runs_while_a_derivative_is_built(place, never):
    def program(x):
        return place(x, never)

    with watched(), contextlib.suppress(s2sad.S2SADError):
        s2sad.grad(program).source_for(2.0)
    assert RAN == []


def test_the_watchers_see_what_runs():
    def program(x):
        shouted(x)
        return x * x

    with watched(), contextlib.suppress(FileNotFoundError):
        program(2.0)
    assert len(RAN) >= 3


@pytest.mark.parametrize("never", NEVER[::3], ids=text_of)
def test_a_branch_that_is_not_taken_does_nothing(never):
    def program(x):
        return in_a_branch(x, never)

    with watched(), contextlib.suppress(s2sad.S2SADError):
        assert s2sad.grad(program)(2.0) == 4.0
    assert RAN == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: scipy.interpolate.RegularGridInterpolator((np.arange(3.0),) * 2, np.ones((3, 3)))(np.ones(2)),
        lambda: scipy.spatial.KDTree(np.ones((3, 2))).query(np.ones(2))[0],
        lambda: scipy.interpolate.make_interp_spline(np.arange(5.0), np.ones(5), k=3)(0.25),
        lambda: scipy.signal.upfirdn(np.ones(3), np.ones(4))[2],
    ],
)
def test_compiled_code_is_called_as_it_stands(make):
    def program(x):
        return x * float(np.sum(make()))

    assert s2sad.grad(program)(2.0) == program(1.0)
