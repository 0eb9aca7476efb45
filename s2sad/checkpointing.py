"""Marks for loops and functions whose values reverse mode computes again instead of keeping them."""

from __future__ import annotations

import types
import weakref
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .runtime_checkpoints import bytes_of

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

CHECKPOINTED: weakref.WeakSet[Any] = weakref.WeakSet()


def checkpoint(function: F) -> F:
    """The function itself, marked: reverse mode keeps nothing from inside it and runs it again in the reverse sweep.

    What a call computes from differentiated arguments is not taped; the arguments are kept, and copies of the arrays among
    what it can reach that it stores to. In exchange the call runs twice. Without differentiation nothing changes.
    Functions that do something else when they run again (that draw random numbers, print, or change lists outside) are
    refused with an error when a gradient is compiled. Functions with a rule of your own are taken to repeat themselves.

    Raises a TypeError if what is given is not a function written in Python.

    >>> import numpy as np, s2sad
    >>> @s2sad.checkpoint
    ... def smooth(u):
    ...     for _ in range(3):
    ...         u = np.sin(u) + 0.5 * u
    ...     return u
    >>> s2sad.grad(lambda u: np.sum(smooth(u) ** 2))(np.array([0.0, 1.0]))
    array([0.        , 1.17382867])
    """
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"checkpoint marks functions written in Python, not {function!r}")
    CHECKPOINTED.add(function)
    return function


def checkpointed(steps: Iterable[T], slots: int | None = None, memory: int | str | None = None, disk: int = 0) -> Iterable[T]:
    """The range itself, marked: `for t in checkpointed(range(n), slots=k)` is differentiated with k snapshots of its state.

    The state of the loop is what it carries from one iteration to the next: variables that hold numbers and arrays, and the
    arrays that it stores to. Reverse mode copies the state before `slots` of the iterations at a time, and runs iterations
    again from the nearest copy; nothing else is kept from one iteration to the next, and one more state is worked on. The
    schedule runs as few steps again as there can be: with k snapshots, n <= C(k + r, k) iterations run at most r times before
    each of them runs once more for its adjoints.

    slots: snapshots in memory. By default as many as are needed for r = 2, about sqrt(2 n).
    memory: bytes, or a text such as "1GB" or "64 MiB", for all snapshots in memory: their number is this divided by the size
    of the state when the loop starts. The smaller number counts if `slots` is given, too.
    disk: snapshots in temporary files, beside those in memory; this needs the library checkpoint-schedules.

    Returns `steps` as they are; without differentiation nothing changes. Raises a ValueError if the numbers make no sense.
    Loops with `break` or `return`, over something that is no range or array, or whose state is not numbers and arrays (lists
    that grow) are refused with an error when a gradient is compiled. In a loop around it, each of its iterations holds
    snapshots of its own.

    >>> import s2sad
    >>> def decay(x, n):
    ...     for _ in s2sad.checkpointed(range(n), slots=3):
    ...         x = x - 0.01 * x**2
    ...     return x
    >>> round(float(s2sad.grad(decay)(1.0, 100)), 6)
    0.247
    """
    for name, value in (("slots", slots), ("disk", disk)):
        if value is not None and (isinstance(value, bool) or int(value) != value or value < 0):
            raise ValueError(f"{name}={value!r} is not a number of snapshots")
    if slots == 0 and not disk:
        raise ValueError("slots=0 and disk=0: a checkpointed loop needs at least one snapshot")
    if memory is not None and bytes_of(memory) <= 0:
        raise ValueError(f"memory={memory!r} is no memory at all")
    return steps


def replayed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A call of a function that was marked while it was compiled: what `checkpoint(f)` in a function stands for."""
    return function(*args, **kwargs)


__all__ = ["CHECKPOINTED", "checkpoint", "checkpointed", "replayed"]
