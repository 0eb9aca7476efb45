"""Parts of arrays as slices and indices select them, and the sizes of arrays."""

from __future__ import annotations

import builtins
from typing import Any

from ..analysis import multiples
from ..analysis.types import INT as INTEGER
from ..analysis.types import TupleT
from ..ir.nodes import Lit, Ref, Var
from . import checked, scalars
from .integers import Integers
from .nodes import NotCompiled
from .views import Ended, Multiple, Place, Run, Size, SliceParts, Unit, View

LEN = Ref(len, "len", len, "builtins")
MAX = Ref(builtins.max, "max", builtins.max, "builtins")
MIN = Ref(builtins.min, "min", builtins.min, "builtins")
_ALL = SliceParts()


class Parts(Integers):
    """The part of the translator that knows places, sizes and slices."""

    # --- places and sizes ------------------------------------------------------------------------------------------------

    def place(self, p: Place) -> Any:
        """The atom of a place."""
        if p.root is None:
            return Lit(p.offset)
        if p.offset == 0:
            return p.root
        kind = "add" if p.offset > 0 else "sub"
        return self.emit(kind, (p.root, Lit(abs(p.offset))), INTEGER)

    def size(self, s: Size) -> Any:
        """The atom of a size."""
        if isinstance(s, Unit):
            return Lit(1)
        if isinstance(s, Multiple):
            return self.emit("mul", (Lit(s.factor), self.size(Size(s.array, s.axis))), INTEGER, hint="n")
        if s.array.type.ndim == 1 or s.axis == 0:  # type: ignore[attr-defined]
            return self.emit("call", (s.array,), INTEGER, fn=LEN, hint="n")
        shape = self.emit("getattr", (s.array,), TupleT(()), name="shape", hint="shape")
        return self.emit("getitem", (shape, Lit(s.axis)), INTEGER, hint="n")

    def stop(self, run: Run) -> Any:
        """The atom behind the last index of a run."""
        if run.stop is None:
            raise NotCompiled("an array whose size is not known")
        if isinstance(run.stop, Place):
            return self.place(run.stop)
        n = self.size(run.size)
        return self.emit("sub", (n, Lit(run.stop.before)), INTEGER, hint="stop") if run.stop.before else n

    # --- views -----------------------------------------------------------------------------------------------------------

    def part(self, view: View, index: Any) -> View:
        """`view[index]` for an index of integers, slices, new axes and an ellipsis."""
        items = list(index) if isinstance(index, tuple) else [index]
        real = sum(not (isinstance(i, Lit) and i.value is None or self._is_ellipsis(i)) for i in items)
        if any(self._is_ellipsis(i) for i in items):
            at = next(k for k, i in enumerate(items) if self._is_ellipsis(i))
            items[at : at + 1] = [_ALL] * (view.ndim - real)
        else:
            items += [_ALL] * (view.ndim - real)
        axes = list(view.axes)
        order: list[int | None] = []
        left = list(view.order)
        for item in items:
            if isinstance(item, Lit) and item.value is None:
                order.append(None)
                continue
            axis = left.pop(0)
            if axis is None:
                raise NotCompiled("an index into a new axis")
            run = axes[axis]
            if isinstance(item, SliceParts):
                axes[axis] = self._sliced(run, item)
                order.append(axis)
            elif isinstance(item, (Var, Lit)) and scalars.is_int(item):
                axes[axis] = self._shifted(run, item)
            else:
                raise NotCompiled("an index that is an array")
        return View(view.array, tuple(axes), tuple(order), view.region)

    def _is_ellipsis(self, item: Any) -> bool:
        return isinstance(item, Lit) and item.value is Ellipsis

    def _shifted(self, run: Run, item: Any) -> Any:
        if run.whole:
            return self._within_bounds(item, run.size)
        sample = run.sample()
        known = sample is not None and isinstance(item, Lit) and -min(sample) <= item.value < min(sample)
        if known and run.step == 1 and run.start.root is None:
            if item.value >= 0:
                return Lit(item.value + run.start.offset)
            if isinstance(run.stop, Ended):
                return Lit(item.value - run.stop.before)
        raise NotCompiled("an element of a part of an array")

    def _within_bounds(self, item: Any, size: Size) -> Any:
        """An index that is certainly that of an element; no variable is negative."""
        if self.in_range(item, size):
            return item
        key = (*self.affine(item), size.sample() or (size.array, size.axis))
        if key not in self.indices:
            self.indices[key] = self.emit("call", (item, self.size(size)), INTEGER, fn=checked.ref(checked.in_bounds), hint="k")
        return self.indices[key]

    def _sliced(self, run: Run, s: SliceParts) -> Run:
        """The part of a run that a slice selects."""
        full = run.whole
        if s.step is not None:
            return self._stepped(run, s)
        if run.step != 1 and not (s.start is None and s.stop is None):
            raise NotCompiled("a part of a part of an array")
        if not full and not (s.start is None and s.stop is None):
            if run.start.root is None and isinstance(run.stop, Ended) and _literal(s.start) and _literal(s.stop):
                start, stop = _value(s.start) or 0, _value(s.stop)
                if start >= 0 and (stop is None or stop < 0):
                    return Run(run.start.plus(start), Ended(run.stop.before - (stop or 0)), run.size)
            raise NotCompiled("a part of a part of an array")
        if not full:
            return run
        sample = run.size.sample()
        length = None if sample is None else multiples.slice_size(sample, s.start, s.stop)
        if length is not None and sample is not None and (s.start is None or multiples.within(s.start, sample)):
            begin = Place() if s.start is None else Place(*self.affine(s.start))
            return Run(begin, Place(*self.affine(s.stop)) if multiples.within(s.stop, sample) else Ended(), run.size, length)
        return Run(self._slice_start(s.start, run.size), self._slice_stop(s.stop, run.size), run.size, length)

    def _stepped(self, run: Run, s: SliceParts) -> Run:
        step: Any = s.step.value if isinstance(s.step, Lit) else None
        known = run.whole and type(step) is int and step > 0 and _literal(s.start) and _literal(s.stop)
        start, stop = (_value(s.start) or 0, _value(s.stop)) if known else (0, None)
        if not known or start < 0 or stop is not None and stop >= 0:
            raise NotCompiled("a slice with a step")
        return Run(Place(None, start), Ended(-(stop or 0)), run.size, None, step)

    def _slice_start(self, start: Any, size: Size) -> Place:
        if start is None:
            return Place()
        if isinstance(start, Lit):
            if start.value >= 0:
                return Place(None, start.value)
            return Place(self.emit("call", (self.emit("add", (self.size(size), start), INTEGER), Lit(0)), INTEGER, fn=MAX))
        root, offset = self.affine(start)
        if self.not_negative(start):
            return Place(root, offset)
        return Place(self._within(start, size))

    def _slice_stop(self, stop: Any, size: Size) -> Any:
        if stop is None:
            return Ended()
        if isinstance(stop, Lit) and stop.value < 0:
            return Ended(-stop.value)
        if isinstance(stop, Lit):
            sample = size.sample()
            if sample is not None and len(set(sample)) == 1 and sample[0] >= stop.value:
                return Place(None, stop.value)
        elif self.not_negative(stop):
            if self.at_most(stop, size):
                return Place(*self.affine(stop))
        else:
            return Place(self._within(stop, size))
        return Place(self.emit("call", (stop, self.size(size)), INTEGER, fn=MIN))

    def _within(self, index: Any, size: Size) -> Var:
        """The end of a slice as an index from 0 to the size, as Python reads it."""
        return self.emit("call", (index, self.size(size)), INTEGER, fn=checked.ref(checked.slice_end))


def _literal(a: Any) -> bool:
    return a is None or isinstance(a, Lit)


def _value(a: Any) -> int | None:
    return None if a is None else a.value


__all__ = ["LEN", "MAX", "MIN", "Parts"]
