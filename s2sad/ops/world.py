"""What is done for what it does to the world. All that is not recorded counts as such; these are named to be sure."""
from __future__ import annotations

from s2sad.ops.record import Effect, Memory
from s2sad.ops.registry import record

record(print, memory=Memory.NONE, effect=Effect.WORLD)
record(input, open, exec, eval, compile, setattr, delattr, breakpoint, next, effect=Effect.WORLD)
