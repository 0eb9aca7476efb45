"""Stores to parts of one array, made together: one pass over it, in which each element gets all that is stored to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..analysis.types import INT as INTEGER
from ..analysis.types import Num
from ..ir.nodes import Block, If, Lit, Loop, Phi, Range, Store, Var
from . import scalars
from .arrays import Arrays, Coordinates
from .parts import MAX, MIN
from .views import Ended, Place, Run, View


@dataclass(eq=False)
class Update:
    """`view[...] op= value`, held back."""

    view: View
    value: Any
    aug: str | None
    span: Any
    fits: bool


class Gather(Arrays):
    """The part of the translator that makes stores together."""

    def gather(self, updates: list[Update], axis: int, prefix: Coordinates, down: bool = False, apart: bool = True) -> None:
        """Make stores to an array, together along `axis` and those behind; `prefix` are the coordinates of the axes before."""
        if len(updates) == 1:
            self._single(updates[0], axis, prefix)
            return
        u0 = updates[0].view
        size = u0.axes[axis].size
        ends = [ends_of(u.view.axes[axis]) for u in updates]
        first, last = min(s for s, _ in ends), min(e for _, e in ends)  # type: ignore[misc]
        inner_first, inner_last = max(s for s, _ in ends), max(e for _, e in ends)  # type: ignore[misc]
        same = inner_first == first and inner_last == last
        if axis < u0.ndim - 2 or axis == u0.ndim - 2 and same:
            self._rows(updates, axis, prefix, Lit(first), self._less(size, last), (first, last), apart)
            return

        def part(start: Any, stop: Any, reached: list[Update], edge: tuple[int, int] | None) -> None:
            if axis < u0.ndim - 1:
                self._rows(reached, axis, prefix, start, stop, edge, apart)
            else:
                self._pass(reached, axis, prefix, start, stop, down, edge, apart)

        def left() -> None:
            if inner_first > first:
                stop = self.emit("call", (Lit(inner_first), self._less(size, last)), INTEGER, fn=MIN, hint="stop")
                part(Lit(first), stop, [u for u, (s, _) in zip(updates, ends) if s < inner_first], (first, last))  # type: ignore[misc]

        def core() -> None:
            part(Lit(inner_first), self._less(size, inner_last), updates, None)

        def right() -> None:
            if inner_last > last:
                start = self.emit("call", (Lit(inner_first), self._less(size, inner_last)), INTEGER, fn=MAX, hint="start")
                reached = [u for u, (_, e) in zip(updates, ends) if e < inner_last]  # type: ignore[misc]
                part(start, self._less(size, last), reached, (inner_first, last))

        for run in (right, core, left) if down else (left, core, right):
            run()

    def _less(self, size: Any, k: int) -> Any:
        n = self.size(size)
        return self.emit("sub", (n, Lit(k)), INTEGER, hint="stop") if k else n

    def _single(self, u: Update, axis: int, prefix: Coordinates) -> None:
        runs = [u.view.axes[k] for k in range(axis, u.view.ndim)]

        def body(at: Coordinates) -> None:
            where = [*self._starts(u.view, prefix), *at]
            element = self.element(u.value, where)
            if u.aug is not None:
                element = self.weak(element, u.view.array)
            self.out.stmts.append(Store(u.view.array, self.index(u.view, where), element, u.aug))
            self.work += 1

        self.over(runs, body, letter=axis)

    def _starts(self, view: View, prefix: Coordinates) -> Coordinates:
        """The coordinates of a view's first axes, whose variables are indices of the array."""
        return [(var, view.axes[k].start) for k, (var, _) in enumerate(prefix)]

    def _rows(
        self, updates: list[Update], axis: int, prefix: Coordinates, start: Any, stop: Any, edge: tuple[int, int] | None, apart: bool
    ) -> None:  # fmt: skip
        """A loop over an axis that others follow: in each row, the stores that reach it; at an `edge`, not all of them do."""
        size = updates[0].view.axes[axis].size
        groups: list[tuple[Any, list[Update]]] = []
        for u in updates:
            e = ends_of(u.view.axes[axis])
            if groups and (groups[-1][0] == e or edge is None):
                groups[-1][1].append(u)
            else:
                groups.append((e, [u]))
        var = Var("ijklmn"[axis % 6], INTEGER)
        where: Coordinates = [*prefix, (var, Place())]

        def body() -> None:
            for (begin, end), group in groups:
                if edge is None:
                    self.gather(group, axis + 1, where, False, apart)
                    continue
                test = self._within_ends(var, begin, end, *edge, size)
                outer, self.out = self.out, Block()
                for u in group:
                    self._single(u, axis + 1, where)
                inside, self.out = self.out, outer
                self.out.stmts += inside.stmts if test is None else [If(test, inside, Block(), [])]

        self._loop(var, start, stop, False, body, self._trips(list(updates[0].view.axes)), apart and not prefix and edge is None)

    def _loop(self, var: Var, start: Any, stop: Any, down: bool, body: Callable[[], None], count: int, independent: bool) -> None:
        """A loop whose body is made by `body`, which runs `count` times in all."""
        before, outer, self.out = self.work, self.out, Block()
        body()
        inside, self.out = self.out, outer
        self.work = before + max(1, self.work - before) * count
        loop = Loop(Range(start, stop, Lit(1), down), var, [], inside)
        self.out.stmts.append(loop)
        if independent:
            self.independent[id(loop)] = count
            self.kept.append(loop)

    def _within_ends(self, var: Var, start: int, end: int, first: int, last: int, size: Any) -> Any:
        """The condition that an index is in a range; None if it certainly is."""
        tests = []
        if start > first:
            tests.append(self.emit("ge", (var, Lit(start)), Num(scalars.BOOL), hint="test"))
        if end > last:
            stop = self.emit("sub", (self.size(size), Lit(end)), INTEGER)
            tests.append(self.emit("lt", (var, stop), Num(scalars.BOOL), hint="test"))
        if len(tests) == 2:
            return self.emit("and_", tuple(tests), Num(scalars.BOOL), hint="test")
        return tests[0] if tests else None

    def _pass(
        self, updates: list[Update], axis: int, prefix: Coordinates, start: Any, stop: Any, down: bool,
        edge: tuple[int, int] | None, apart: bool = False,
    ) -> None:  # fmt: skip
        """A loop over elements, each of which gets all that is stored to it; at an `edge`, not all stores reach all elements."""
        array = updates[0].view.array
        kind = Num(array.type.dtype, False)  # type: ignore[attr-defined]
        size = updates[0].view.axes[axis].size
        var = Var("ijklmn"[axis % 6], INTEGER)

        def body() -> None:
            whole: Coordinates = [*prefix, (var, Place())]
            own = View(array, tuple(Run(Place(), Ended(), r.size) for r in updates[0].view.axes), updates[0].view.order, None)
            index = self.index(own, whole)
            total: Any = None
            begin, end = ends_of(updates[0].view.axes[axis])  # type: ignore[misc]
            everywhere = edge is None or begin <= edge[0] and end <= edge[1]
            if updates[0].aug is not None or not everywhere:
                total = self.emit("getitem", (array, index), kind, hint=array.hint)
            for u in updates:
                where = [*self._starts(u.view, prefix), (var, u.view.axes[axis].start)]
                begin, end = ends_of(u.view.axes[axis])  # type: ignore[misc]
                test = None if edge is None else self._within_ends(var, begin, end, *edge, size)
                if test is None:
                    total = self._with(u, total, where, array)
                    continue
                inside, self.out = self.out, Block()
                added = self._with(u, total, where, array)
                then, self.out = self.out, inside
                merged = Var(array.hint, kind)
                self.out.stmts.append(If(test, then, Block(), [Phi(merged, added, total)]))
                total = merged
            self.out.stmts.append(Store(array, index, total))

        count = 2 if edge is not None else self._trips([updates[0].view.axes[axis]])
        self._loop(var, start, stop, down, body, count, apart and edge is None and not prefix)

    def _with(self, u: Update, total: Any, where: Coordinates, array: Var) -> Any:
        element = self.element(u.value, where)
        if u.aug is None:
            return self.weak(element, array)
        kind = Num(array.type.dtype, False)  # type: ignore[attr-defined]
        return self.emit(u.aug, (total, self.weak(element, array)), kind, hint=array.hint)


def ends_of(run: Any) -> tuple[int, int] | None:
    """How many elements of an axis are before and behind a run; None where that is no constant."""
    if not isinstance(run, Run) or run.step != 1 or run.start.root is not None or not isinstance(run.stop, Ended):
        return None
    return run.start.offset, run.stop.before


__all__ = ["Gather", "Update", "ends_of"]
