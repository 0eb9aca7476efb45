"""Sums and means over some axes of an array, and what repeats a value along axes that were summed over."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis.types import INT as INTEGER
from ..analysis.types import Num
from ..ir.nodes import Assign, Lit, Op, Ref, Store, Var
from . import scalars, widths
from .arrays import Coordinates
from .nodes import NotCompiled
from .updates import Updates
from .views import Pending, Run, View

_NAMES = ("axis", "keepdims")


class Reductions(Updates):
    """The part of the translator that knows axes."""

    def is_reduction(self, op: Op) -> bool:
        return op.kind == "call" and isinstance(op.fn, Ref) and (op.fn.obj is np.sum or op.fn.obj is np.mean)

    def over_axes(self, target: Var, op: Op) -> None:
        """`np.sum(x, axis=...)` or `np.mean(x, axis=...)` with an array as its result."""
        value = self._value(op.args[0])
        axes, keepdims = self._axes(op.args[1:], op.kwargs, len(self.runs(value)))
        runs = self.known_runs(value)
        dtype = target.type.dtype  # type: ignore[attr-defined]
        if dtype not in scalars.FLOATING or self._kind(value) != dtype:
            raise NotCompiled("a sum in another type")
        kept = [k for k in range(len(runs)) if k not in axes]
        if not kept:
            raise NotCompiled("a sum over all axes with an array as its result")
        view = self.own(self.buffer([runs[k] for k in kept], dtype, target.hint, hoist=not self._escapes(target)), target)
        if kept == list(range(len(kept))):
            self._rows_summed(view, value, runs, len(kept))
        else:
            self._added_up(view, value, runs, kept)
        if op.fn.obj is np.mean:
            count = self._count([runs[k] for k in axes])
            self.divisions.silent = True
            self.assign(view, Pending(Op("truediv", (view, count)), Var(target.hint, target.type), view.ndim))
        order = list(range(len(kept)))
        if keepdims:
            order = [kept.index(k) if k in kept else None for k in range(len(runs))]  # type: ignore[misc]
        self.env[target] = View(view.array, view.axes, tuple(order), view.region).typed(target.type.shape)  # type: ignore[attr-defined]

    def _rows_summed(self, view: View, value: Any, runs: list[Run], kept: int) -> None:
        """The sums over the last axes, each in a variable."""
        kind = Num(view.array.type.dtype, False)  # type: ignore[attr-defined]
        target = Var(view.array.hint, kind)

        def body(at: Coordinates) -> None:
            total = self.reduced(value, "add", target, runs[kept:], at)
            self.out.stmts.append(Store(view.array, self.index(view, at), total))

        self.over(runs[:kept], body, independent=True)

    def _added_up(self, view: View, value: Any, runs: list[Run], kept: list[int]) -> None:
        """The sums over other axes: row after row."""
        self.assign(view, Lit(0.0))

        def body(at: Coordinates) -> None:
            element = self.element(value, at)
            self.out.stmts.append(Store(view.array, self.index(view, [at[k] for k in kept]), element, "add"))
            self.work += 1

        self.over(runs, body)

    def mean_of_all(self, target: Var, op: Op) -> None:
        """`np.mean(x)`, a number."""
        value = self._value(op.args[0])
        total = Var(target.hint, scalars.number(target.type), named=target.named)
        if total.type.dtype not in scalars.FLOATING or self._kind(value) != total.type.dtype:  # type: ignore[attr-defined]
            raise NotCompiled("a mean in another type")
        runs = self.known_runs(value)
        found = self.reduced(value, "add", Var("total", total.type))
        self.divisions.silent = True
        done = widths.fitted(Op("truediv", (found, self._count(runs))), total, self.emit_op)
        self.out.stmts.append(Assign(total, done))
        self.made[total] = done
        self.env[target] = total

    def spread(self, target: Var, op: Op) -> Pending:
        """The value of `restore_axes`: a value repeated along axes."""
        g, like = self._operand(op.args[0]), self._value(op.args[1])
        if target.view and target.region is not None and target.region.find() in self.program.stored:
            raise NotCompiled("a view that is repeated along axes, of an array that changes")
        sizes = self.known_runs(like)
        axes, keepdims = self._axes(op.args[2:], op.kwargs, len(sizes))
        own = iter(self.runs(g) if isinstance(g, (View, Pending)) else ())
        places: list[Any] = []  # for each axis of the result, whether it is one of the value
        for k in range(len(sizes)):
            places.append(k not in axes if not keepdims else True if k not in axes else None)
            run = next(own, None) if places[-1] is not False else None
            if places[-1] and (run is None or not run.same_length(sizes[k])):
                raise NotCompiled("a value that is repeated along axes, of another size")
        if not isinstance(g, (View, Pending)) and True in places:
            raise NotCompiled("a number that is repeated along axes")
        return Pending(Op("spread", (g,), data=(tuple(places), tuple(sizes))), target, len(sizes))

    def count_along(self, target: Var, op: Op) -> None:
        runs = self.known_runs(self._value(op.args[0]))
        axes, _ = self._axes(op.args[1:], op.kwargs, len(runs))
        self.env[target] = self._count([runs[k] for k in axes])

    def _count(self, runs: list[Run]) -> Any:
        total: Any = None
        for r in runs:
            n = self._length(r)
            total = n if total is None else self.emit("mul", (total, n), INTEGER, hint="n")
        return total

    def _axes(self, args: tuple[Any, ...], kwargs: Any, ndim: int) -> tuple[list[int], bool]:
        """The axes and whether they stay, of literal arguments."""
        given = dict(zip(_NAMES, args)) | dict(kwargs)
        if not given.keys() <= set(_NAMES) or not all(isinstance(a, Lit) for a in given.values()):
            raise NotCompiled("a sum over axes with arguments of this form")
        axis, keepdims = (given[n].value if n in given else None for n in _NAMES)
        if keepdims not in (None, True, False) or not all(type(k) is int and -ndim <= k < ndim for k in _listed(axis)):
            raise NotCompiled("a sum over axes with arguments of this form")
        return sorted(k % ndim for k in (range(ndim) if axis is None else _listed(axis))), bool(keepdims)

    def _value(self, a: Any) -> Any:
        value = self._operand(a)
        if not isinstance(value, (View, Pending)):
            raise NotCompiled("a sum of something other than an array")
        return value

    def _kind(self, value: Any) -> Any:
        t: Any = value.array.type if isinstance(value, View) else value.var.type
        return t.dtype

    def _operand(self, a: Any) -> Any:  # pragma: no cover
        raise NotImplementedError

    def own(self, view: View, target: Var) -> View:  # pragma: no cover
        raise NotImplementedError


def _listed(axis: Any) -> tuple[Any, ...]:
    return axis if isinstance(axis, tuple) else () if axis is None else (axis,)


__all__ = ["Reductions"]
