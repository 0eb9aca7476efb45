"""Regular parts of arrays: which element of the array an element of the part is."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

from ..ir.nodes import Lit, Region, Var


@dataclass(frozen=True)
class Place:
    """`root + offset`: an index that is known as an atom and a constant. `root` None: the constant alone."""

    root: Any = None
    offset: int = 0

    def plus(self, k: int) -> Place:
        return Place(self.root, self.offset + k)


@dataclass(frozen=True)
class Origin(Place):
    """Where an axis starts whose indices a loop runs through, and by which step."""

    step: int = 1


@dataclass(frozen=True, eq=False)
class Size:
    """The size of an axis of an array that has memory of its own."""

    array: Var
    axis: int

    def same(self, other: Size) -> bool:
        """Whether two sizes are certainly equal."""
        if isinstance(other, Multiple):
            return other.same(self)
        if self.array is other.array and self.axis == other.axis and type(self) is type(other):
            return True
        a, b = self.sample(), other.sample()
        return a is not None and a == b

    def sample(self) -> Any:
        """What the type says of it."""
        shape = getattr(self.array.type, "shape", None)
        return None if shape is None or min(shape[self.axis]) < 0 else shape[self.axis]


class Unit(Size):
    """The size of a new axis, which is 1."""

    def sample(self) -> Any:
        return (1, 1, 1, 1)


@dataclass(frozen=True, eq=False)
class Multiple(Size):
    """So many times the size of an axis."""

    factor: int = 1

    def same(self, other: Size) -> bool:
        a = self.sample()
        return a is not None and a == other.sample()

    def sample(self) -> Any:
        sample = super().sample()
        return None if sample is None else tuple(self.factor * n for n in sample)


@dataclass(frozen=True, eq=False)
class Run:
    """The elements from `start` up to `stop` of an axis, by `step`. `stop` None: up to its end."""

    start: Place
    stop: Any  # Place, or Ended: so many elements before the end; or None where nobody knows
    size: Size
    length: Any = None  # what the type of the part says of its length
    step: int = 1

    @property
    def whole(self) -> bool:
        """Whether it is all of the axis."""
        return self.start == Place() and self.stop == Ended() and self.step == 1

    def sample(self) -> Any:
        """Its length in the calls that types are made for; None where it is not known."""
        if self.length is not None and min(self.length) >= 0:
            return self.length
        sizes = self.size.sample()
        if sizes is None or self.start.root is not None or not isinstance(self.stop, Ended):
            return None
        return tuple(len(range(self.start.offset, n - self.stop.before, self.step)) for n in sizes)

    def same_length(self, other: Run) -> bool:
        """Whether both certainly have as many elements."""
        one, two = self.sample(), other.sample()
        if one is not None and one == two:
            return True
        if self.stop is None or other.stop is None or self.step != other.step:
            return False
        if isinstance(self.stop, Ended) and isinstance(other.stop, Ended):
            if not self.size.same(other.size) or self.start.root is not other.start.root:
                return False
            # both empty, or both counted from the same end
            return self.stop.before + self.start.offset == other.stop.before + other.start.offset
        if isinstance(self.stop, Place) and isinstance(other.stop, Place):
            if self.start == other.start and self.stop == other.stop and self.size.same(other.size):
                return True
            return (
                self.start.root is other.start.root and self.stop.root is other.stop.root
                and self.stop.offset - self.start.offset == other.stop.offset - other.start.offset
                and self.start.offset == other.start.offset
            )  # fmt: skip
        return False


@dataclass(frozen=True)
class Ended:
    """So many elements before the end of an axis."""

    before: int = 0


@dataclass(frozen=True, eq=False)
class View:
    """A part of `array`: for each of its axes a Run or an index (an atom); `order`: its axes as those of the array, None for a new one."""

    array: Var
    axes: tuple[Any, ...]
    order: tuple[int | None, ...]
    region: Region | None

    @property
    def ndim(self) -> int:
        return len(self.order)

    def run(self, k: int) -> Run | None:
        """The run of its axis `k`; None for a new axis of one element."""
        axis = self.order[k]
        return None if axis is None else self.axes[axis]

    def typed(self, shape: Any) -> View:
        """The view with the lengths that a type tells."""
        axes = list(self.axes)
        for k, axis in enumerate(self.order):
            if axis is not None and shape is not None:
                axes[axis] = replace(axes[axis], length=shape[k])
        return View(self.array, tuple(axes), self.order, self.region)

    def transposed(self) -> View:
        return View(self.array, self.axes, tuple(reversed(self.order)), self.region)

    def same_elements(self, other: View) -> bool:
        """Whether equal positions are the same elements."""
        if self.array is not other.array or self.order != other.order:
            return False
        for a, b in zip(self.axes, other.axes):
            if isinstance(a, Run) and isinstance(b, Run):
                if a.start != b.start or a.step != b.step:
                    return False
            elif isinstance(a, Run) or isinstance(b, Run) or not same_atom(a, b):
                return False
        return True


def same_atom(a: Any, b: Any) -> bool:
    """Whether two atoms are the same value."""
    if isinstance(a, Lit) and isinstance(b, Lit):
        return bool(a.value == b.value)
    return a is b


@dataclass(frozen=True, eq=False)
class Pending:
    """An array that is not there yet: an elementwise operation on values, computed where its elements are used."""

    op: Any  # Op on values
    var: Var  # of the original program: its name and type
    ndim: int

    @functools.cached_property
    def depth(self) -> int:
        """How many operations are done one on the other."""
        return 1 + max((a.depth for a in self.op.args if isinstance(a, Pending)), default=0)


class SliceParts:
    """A slice of an index: its ends as atoms, None for those left out."""

    def __init__(self, start: Any = None, stop: Any = None, step: Any = None) -> None:
        self.start, self.stop, self.step = (None if isinstance(a, Lit) and a.value is None else a for a in (start, stop, step))
        if isinstance(self.step, Lit) and self.step.value == 1:
            self.step = None
