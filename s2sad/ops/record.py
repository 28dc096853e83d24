"""What an operation *is*: one record each, asked by every stage.

Before: a pass that keeps a list of the functions it believes to be pure.  After: ``of(np.add).is_pure``.

The default of every field is the cautious answer. What is not recorded may do anything: write to the world and to its
arguments, return one of them, raise, and have unbounded derivatives.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Memory(Enum):
    """What the results of an operation share with its arguments."""

    UNKNOWN = "anything: they may be, view or hold any argument and what is outside"
    NONE = "nothing, and they cannot be written to: numbers, strings, shapes, None"
    FRESH = "nothing: they are new"
    VIEW = "they are views of one argument, whatever its layout"
    MAYBE = "they are one argument, views of it, or new"
    ANY = "they are one of the arguments or of the items of one, views of these, or new"
    UPDATE = "the first argument is consumed, the result may live in its buffer"
    HOLDS = "they are new containers that refer to the arguments"
    JOINS = "they are new; where they are lists, they refer to what the arguments refer to"


class Effect(Enum):
    """What a call does besides returning its results."""

    UNKNOWN = "anything"
    NONE = "nothing, and the same arguments give the same results"
    STATE = "nothing that is noticed, but two calls are two: iterators, identities, the clock"
    ERROR = "nothing but to raise an exception: that is what it is for"
    DRAWS = "moves a generator of random numbers on"
    WORLD = "writes to the world or to an object that is not an argument"


class Raises(Enum):
    """When an operation on arrays and numbers of the right kinds raises an exception."""

    NEVER = "never"
    SHAPES = "if the shapes of the arguments, or axes, do not fit together"
    ZERO = "if they do not fit, or if the last argument is the number 0 of Python, or a double 0 under a complex one"
    RANGE = "if they do not fit, or if a number is out of range that says a place, a size, an end, or goes to integers"
    ANYTHING = "that depends on values, or is not known"


class Cost(Enum):
    """What a call costs."""

    FREE = "nothing that depends on the sizes of its arguments: views, shapes"
    CHEAP = "one arithmetic operation for each number"
    FULL = "more"


class Zeros(Enum):
    """What an operation on cotangents does to zeros that are zero because an element was not selected."""

    LOSES = "nothing is known: what comes out counts as any number"
    KEEPS = "it is linear: of zeros come zeros"
    MAKES = "it is linear, or has no argument, and what comes out has zeros of its own"


@dataclass(frozen=True, eq=False)
class Operation:
    """The record of one operation in one spelling.

    It speaks of numbers and arrays of them, and of containers of these where it takes any, of Python's integers as far
    as they fit 64 bits, and not of the options ``out``, ``where`` and ``overwrite_…``, which the frontend gives a
    meaning of their own.

    Parameters
    ----------
    op : callable
        The spelling: what is printed and run.
    canonical : callable
        The operation itself; ``operator.add`` and ``np.add`` have one.
    symbol : str
        The operator of Python, ``"+"``; of an update that of the operation.
    memory, effect, raises, cost, zeros
        See there.
    viewed : int
        The position of the argument that ``VIEW`` and ``MAYBE`` speak of. If it is an option that is not given, as the
        start of a sum, the results are new, those of ``ANY`` too.
    idle : tuple of str, int and int, optional
        The name and position of an option, and its value with which the result is the first argument itself, if that
        is an array: of the difference of order 0.
    uncopied : Memory, optional
        What they share if the option ``copy`` is not True.
    distinct : bool
        The results are made to be filled: two of them are never one, even if they have the same values.
    read_only : "", "sometimes" or "always"
        Whether the results are views that must not be written to.
    masks : bool
        It chooses by a mask, which is there to keep out numbers that are none.
    shapes_of : tuple of int
        The positions of the arguments of which only shape, dtype and length are read.
    constant_in : tuple of str
        The names of the parameters in which it is locally constant, or counts as such: they may be active, and get no
        derivative.
    like : str
        The name of the parameter whose shape and dtype the result has.
    kinds_only : bool
        A function of the kinds and dtypes of its arguments alone.
    commutes : bool
        The two arguments may be exchanged, if they are real numbers or arrays of them, and no bit changes; not so a
        product of complex numbers, of which the processor may round one part less, nor the maximum of 0.0 and -0.0.
    bounded : bool
        The partial derivatives are finite wherever the arguments are, as long as their products are. It says where
        ``0 * partial`` may be NaN: if it is said and false, a number is wrong; if it is true and not said, a product is
        masked for nothing. So what can overflow, as the exponential, is not bounded.
    selects : bool
        A choice between elements: the partial derivatives are 0 for what was not chosen.
    in_place : callable, optional
        The update that puts the result where the first argument was, ``operator.iadd`` of addition.
    on_floats : callable, optional
        The function of ``math`` or ``operator`` that does the same on Python's floats, and faster. It may raise where
        NumPy gives inf or nan, or leave the real numbers.
    same_on_floats : bool
        Of one real number it is that number, but for the sign of zero: ``np.sum``, ``np.real``.
    of_values : bool
        The class, dtype or number of dimensions of the results depends on the values of the arguments: trying it on
        samples would lie. (That Python leaves the real numbers for a power of a negative float is not meant.)
    takes_lists : bool
        Lists of arrays may stay lists.
    order_c : str
        The result is in C order: ``"always"``, or ``"of numbers"`` and lists of them, where no argument is an array.
    method, attribute : str
        The name of the method or attribute of arrays that is this operation.
    writes : str
        Of a function that writes to its first argument: what to write instead.
    """

    op: Callable
    canonical: Callable
    symbol: str = ""
    memory: Memory = Memory.UNKNOWN
    effect: Effect = Effect.UNKNOWN
    raises: Raises = Raises.ANYTHING
    cost: Cost = Cost.FULL
    zeros: Zeros = Zeros.LOSES
    viewed: int = 0
    idle: tuple[str, int, int] | None = None
    uncopied: Memory | None = None
    distinct: bool = False
    read_only: str = ""
    masks: bool = False
    shapes_of: tuple[int, ...] = ()
    constant_in: tuple[str, ...] = ()
    like: str = ""
    kinds_only: bool = False
    commutes: bool = False
    bounded: bool = False
    selects: bool = False
    in_place: Callable | None = None
    on_floats: Callable | None = None
    same_on_floats: bool = False
    of_values: bool = False
    takes_lists: bool = False
    order_c: str = ""
    method: str = ""
    attribute: str = ""
    writes: str = ""

    @property
    def is_pure(self) -> bool:
        """Whether two calls with the same arguments are one call, which may be made earlier or later."""
        return self.effect is Effect.NONE

    @property
    def has_effect(self) -> bool:
        """Whether a call matters even if nobody reads its results."""
        return self.effect not in (Effect.NONE, Effect.STATE)

    @property
    def draws(self) -> bool:
        """Whether a call moves a generator of random numbers on."""
        return self.effect is Effect.DRAWS

    @property
    def updates(self) -> bool:
        """Whether the first argument is consumed."""
        return self.memory is Memory.UPDATE

    @property
    def augmented(self) -> bool:
        """Whether it is an augmented assignment of Python, ``operator.iadd``."""
        return self.updates and bool(self.symbol)

    @property
    def may_view(self) -> bool:
        """Whether the results may share memory with an argument, or be one."""
        return self.memory in (Memory.VIEW, Memory.MAYBE, Memory.ANY)

    @property
    def may_merge(self) -> bool:
        """Whether two equal calls may become one."""
        return self.is_pure and not self.distinct and not self.updates

    def sources(self, args: tuple[Any, ...], named: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """The arguments with which the results may share memory; ``named`` are those given by keyword."""
        if self.memory in (Memory.VIEW, Memory.MAYBE):
            return args[self.viewed:self.viewed + 1] or named
        optional = self.viewed >= len(args) and not named
        return () if optional or self.memory in (Memory.NONE, Memory.FRESH) else (*args, *named)

    @property
    def reads_shape(self) -> bool:
        """Whether of the first argument only shape, dtype and length are read."""
        return 0 in self.shapes_of
