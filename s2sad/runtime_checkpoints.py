"""Checkpointing at run time: loops whose states are recomputed from snapshots instead of kept.

A checkpointed loop of n steps runs forward once and keeps copies of its state before a few steps. The reverse sweep asks
for the state before each step, the last one first; what was not kept is computed again from the nearest snapshot before it.
A schedule says where to take and where to drop snapshots. Its actions are

    ("keep", i, place)    the state before step i, which is the current one, is a snapshot from now on
    ("advance", i, k)     run steps i to k - 1
    ("turn", i)           the current state is the one before step i: the reverse sweep of step i is next
    ("restart", i, last)  go back to the latest snapshot, which is the state before step i; `last`: it is not needed again
"""

from __future__ import annotations

import itertools
import os
import pickle
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

__all__ = ["Checkpoints", "run_checkpointed"]

# --- schedules ----------------------------------------------------------------------------------------------


def checkpoint_actions(n: int, slots: int, disk: int = 0) -> Iterator[tuple[Any, ...]]:
    """The actions of a schedule for `n` steps with `slots` snapshots in memory and `disk` more in files, one at a time.

    The schedules of the library checkpoint-schedules are used where it is installed, and for files only those.
    """
    try:
        from checkpoint_schedules import (
            EndReverse,
            Forward,
            Move,
            MultistageCheckpointSchedule,
            Reverse,
            StorageType,
        )
    except ImportError:
        if disk:
            raise ImportError("checkpoints on disk need the library checkpoint-schedules: pip install 's2sad[checkpoint]'") from None
        yield from binomial_actions(n, slots)
        return
    for action in MultistageCheckpointSchedule(n, slots, disk):
        kind = type(action)
        if kind is Forward:
            start, stop, kept, turn, place = action.args
            if kept:
                yield ("keep", start, "disk" if place is StorageType.DISK else "memory")
            yield ("turn", start) if turn else ("advance", start, stop)
        elif kind is EndReverse:
            return
        elif kind is not Reverse and len(action.args) == 3:  # Copy and Move; the end of the first sweep has no arguments
            yield ("restart", action.args[0], kind is Move)


def binomial_actions(n: int, slots: int) -> Iterator[tuple[Any, ...]]:
    """The actions of a binomial schedule, which runs no more steps again than it must.

    Source: A. Griewank, A. Walther, "Algorithm 799: revolve", ACM Trans. Math. Softw. 26 (2000), proposition 1.
    """
    kept: list[int] = []
    at = 0
    for i in reversed(range(n)):
        if i < n - 1:
            at = kept[-1]
            yield ("restart", at, at == i)
            if at == i:
                kept.pop()
        while at < i:
            if not kept or kept[-1] != at:
                kept.append(at)
                yield ("keep", at, "memory")
            stop = at + binomial_advance(i + 1 - at, slots - len(kept) + 1)
            yield ("advance", at, stop)
            at = stop
        yield ("turn", i)


def binomial_advance(n: int, slots: int) -> int:
    """How many of `n` steps to run from a snapshot to the next, if `slots` snapshots are free, this one included.

    With s slots and each step run at most r times, C(s + r, s) steps can be reversed. Both parts, the steps before the next
    snapshot, with s slots and r - 1 runs, and those behind it, with s - 1 slots and r runs, have to be neither too long nor
    shorter than what one run fewer would do.
    """
    if slots < 1:
        raise ValueError("a checkpointed loop needs at least one snapshot")
    runs, most, fewer, least = 1, slots + 1, 1, 0  # C(s + r, s), C(s + r - 1, s), C(s + r - 2, s)
    while most < n:
        runs += 1
        least, fewer, most = fewer, most, most * (slots + runs) // runs
    rest = fewer - least  # C(s + r - 2, s - 1)
    return max(min(fewer, n - rest), 1)


def default_slots(n: int) -> int:
    """The fewest snapshots with which no step of `n` runs more than twice before its reverse sweep: n <= C(s + 2, 2)."""
    slots = max(int((2 * n) ** 0.5) - 2, 1)
    while (slots + 1) * (slots + 2) < 2 * n:
        slots += 1
    return slots


def bytes_of(memory: Any) -> int:
    """An amount of memory in bytes: a number, or a text such as "1GB", "500 MB" or "64KiB"."""
    if isinstance(memory, (int, np.integer)) and not isinstance(memory, bool):
        return int(memory)
    text = str(memory).strip().upper() if isinstance(memory, str) else ""
    number = text.rstrip("BIKMGT ")
    powers = {"B": 1, "": 1}
    powers.update({f"{letter}{tail}": base**k for k, letter in enumerate("KMGT", 1) for tail, base in (("B", 1000), ("IB", 1024))})
    try:
        return int(float(number) * powers[text[len(number) :].strip()])
    except (KeyError, ValueError):
        raise ValueError(f"{memory!r} is not an amount of memory such as '1GB', '500MB' or '64KiB'") from None


# --- states -------------------------------------------------------------------------------------------------


def copy_state(state: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of the arrays of a state, each with the strides of its array; numbers as they are."""
    return tuple([x if type(x) is float else _copied(x) for x in state])


def _copied(x: Any) -> Any:
    if not isinstance(x, np.ndarray):
        if x is None or isinstance(x, (bool, int, float, complex, str, np.generic)):
            return x
        raise TypeError(f"the state of a checkpointed loop holds a {type(x).__name__}: only numbers and arrays can be kept")
    if x.dtype.hasobject:
        raise TypeError("the state of a checkpointed loop holds an array of objects, which cannot be kept")
    if x.flags.c_contiguous or x.flags.f_contiguous:
        return np.array(x, order="K")
    return _laid_out(x, x.strides)


def _laid_out(x: Any, strides: tuple[int, ...]) -> Any:
    """A copy of an array with the given strides."""
    low = sum((n - 1) * s for n, s in zip(x.shape, strides) if s < 0)
    high = sum((n - 1) * s for n, s in zip(x.shape, strides) if s > 0) + x.itemsize
    if not x.size or 0 in (s for n, s in zip(x.shape, strides) if n > 1):  # elements that share memory stay what they are
        return np.array(x)
    y: Any = np.ndarray(x.shape, x.dtype, bytearray(high - low), -low, strides)
    y[...] = x
    return y


def state_size(state: tuple[Any, ...]) -> int:
    """Bytes that a snapshot of a state takes."""
    return 64 + sum(x.nbytes + 120 if isinstance(x, np.ndarray) else 40 for x in state)


class Checkpoints:
    """The snapshots of one run of a checkpointed loop, and the state before each of its steps, the last one first.

    >>> def double(i, x):
    ...     return 2.0 * x
    >>> value, checkpoints = run_checkpointed(double, range(5), (1.0,), slots=2)
    >>> value
    32.0
    >>> [checkpoints.before(i) for i in reversed(range(5))]
    [16.0, 8.0, 4.0, 2.0, 1.0]
    """

    def __init__(
        self, step: Callable[..., Any], steps: Sequence[Any], state: tuple[Any, ...], stored: tuple[Any, ...],
        constants: tuple[Any, ...], slots: Any, memory: Any, disk: Any,
    ) -> None:  # fmt: skip
        self.step, self.steps, self.constants = step, steps, constants
        self.carried = len(state)
        self.state = (*state, *stored)
        self.limit: int | None = None
        self.snapshots: list[Any] = []
        self.folder = ""
        self.files = itertools.count()
        self.actions: Iterator[tuple[Any, ...]] = iter(())
        self.ready = len(steps)  # the states before this step and those behind it were given
        if steps:
            self.actions = checkpoint_actions(len(steps), self.chosen_slots(slots, memory, disk), int(disk))

    def chosen_slots(self, slots: Any, memory: Any, disk: Any) -> int:
        """The number of snapshots in memory."""
        if memory is not None:
            size = state_size(self.state)
            count = bytes_of(memory) // size - 1  # the state that is worked on is one, too
            if count < 1:
                raise ValueError(f"{memory} hold fewer than two states of the loop, of {size} bytes each: give more memory")
            self.limit = size
            slots = count if slots is None else min(int(slots), count)
        slots = default_slots(len(self.steps)) if slots is None else int(slots)
        if slots < 0 or int(disk) < 0 or slots + int(disk) < 1:
            raise ValueError(f"a checkpointed loop needs at least one snapshot: slots={slots}, disk={disk}")
        return slots

    def advance(self, start: int, stop: int) -> None:
        """Run steps on the current state. The arrays that they store to change in place."""
        carried, stored = self.state[: self.carried], self.state[self.carried :]
        for i in range(start, stop):
            found = self.step(self.steps[i], *carried, *stored, *self.constants)
            carried = found if self.carried > 1 else (found,)[: self.carried]
        self.state = (*carried, *stored)

    def keep(self, place: str) -> None:
        """Take a snapshot of the current state."""
        if self.limit is not None and state_size(self.state) > self.limit:
            raise ValueError(
                f"the state of a checkpointed loop has grown to {state_size(self.state)} bytes, and memory= was divided by "
                f"its size at the start of the loop, {self.limit} bytes: give slots= instead")  # fmt: skip
        copied = copy_state(self.state)
        self.snapshots.append(self.written(copied) if place == "disk" else copied)

    def restart(self, last: bool) -> None:
        """Go back to the latest snapshot."""
        snapshot = self.snapshots.pop() if last else self.snapshots[-1]
        if isinstance(snapshot, str):
            self.state = self.read(snapshot)
            if last:
                os.remove(snapshot)
        else:
            self.state = snapshot if last else copy_state(snapshot)

    def written(self, state: tuple[Any, ...]) -> str:
        """The name of a file that holds a state. The files are in a folder that goes with the snapshots."""
        if not self.folder:
            self.folder = tempfile.mkdtemp(prefix="checkpoints-")
            self.clean = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        name = os.path.join(self.folder, str(next(self.files)))
        with open(name, "wb") as file:
            pickle.dump((state, [getattr(x, "strides", None) for x in state]), file, pickle.HIGHEST_PROTOCOL)
        return name

    def read(self, name: str) -> tuple[Any, ...]:
        """A state that was written to a file."""
        with open(name, "rb") as file:  # written by this object, in a folder of its own
            state, layouts = pickle.load(file)
        return tuple(_laid_out(x, s) if isinstance(x, np.ndarray) and x.strides != s else x for x, s in zip(state, layouts))

    def follow(self) -> int:
        """Follow the schedule to the next step that is reversed."""
        for kind, i, *rest in self.actions:
            if kind == "advance":
                self.advance(i, rest[0])
            elif kind == "keep":
                self.keep(rest[0])
            elif kind == "restart":
                self.restart(rest[0])
            else:
                return int(i)
        return -1

    def run(self) -> tuple[Any, ...]:
        """Run the whole loop; the carried values at its end."""
        last = self.follow()
        before = copy_state(self.state)
        if last >= 0:
            self.advance(last, last + 1)
        end, self.state = self.state[: self.carried], before
        return end

    def before(self, index: Any) -> Any:
        """The state before the step of this index. Has to be asked for once for each step, the last one first."""
        if self.ready < len(self.steps):
            self.follow()
        self.ready -= 1
        if self.ready < 0 or self.steps[self.ready] != index:
            raise RuntimeError("the states of a checkpointed loop are asked for out of order")
        state, self.state = self.state, ()
        if not self.ready and self.folder:
            self.clean()
        return state if len(state) != 1 else state[0]


def run_checkpointed(
    step: Callable[..., Any], steps: Sequence[Any], state: tuple[Any, ...] = (), stored: tuple[Any, ...] = (),
    constants: tuple[Any, ...] = (), slots: Any = None, memory: Any = None, disk: Any = 0,
) -> Any:  # fmt: skip
    """Run `state = step(i, *state, *stored, *constants)` for the i of `steps`, and keep snapshots.

    `stored` are arrays that the steps change in place. Returns the values of `state` at the end and, last, the `Checkpoints`.

    >>> run_checkpointed(lambda i, x: x + i, range(4), (10,), slots=1)[0]
    16
    """
    checkpoints = Checkpoints(step, steps, state, stored, constants, slots, memory, disk)
    values = checkpoints.run()
    return (*values, checkpoints) if values else checkpoints
