"""Matrices that are made element by element: of zeros and ones, triangles, diagonals; and arrays that take no more room than they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..ir.nodes import Assign, Lit, Op, Ref, Region, Store, Var
from . import scalars
from .arrays import NP, Coordinates, new_array
from .nodes import NotCompiled
from .reductions import Reductions
from .views import Ended, Place, Run, Size, View

_TRIANGLES: dict[Any, str] = {np.tril: "le", np.triu: "ge"}
_DIAGONALS = frozenset({"trace_bar", "place_diagonal"})
_ZERO = Lit(0.0)


class Matrices(Reductions):
    """The part of the translator that makes matrices."""

    def compact(self, runs: list[Run], dtype: Any, hint: str, hoist: bool) -> View:
        """A new array with room for the elements of the runs, and no more; with `hoist`, made once before the loop, if that is possible."""
        sizes = [self.before_loop(r) for r in runs]
        hoist = hoist and bool(self.loops) and None not in sizes
        outer, self.out = self.out, self.entry if hoist else self.out
        like: Any = getattr(sizes[0], "array", None)
        square = len({id(s.array) for s in sizes if type(s) is Size}) == 1 and all(type(s) is Size for s in sizes)
        if square and like in self.packed and [s.axis for s in sizes if s is not None] == list(range(like.type.ndim)) and like.type.dtype == dtype:
            op = Op("call", (like,), fn=NP["empty_like"])
        else:
            op = new_array([self.size(s) if s is not None else self._length(r) for s, r in zip(sizes, runs)], dtype, self.emit)
        samples = [r.sample() for r in runs]
        shape = tuple((-1, -2 - k, -3, -4) if s is None else s for k, s in enumerate(samples))
        array = Var(hint, Arr(dtype, shape), named=True, region=Region())
        self.out.stmts.append(Assign(array, op))
        self.out = outer
        self.born(array)
        (self.hoisted if hoist else self.fresh).add(array)
        if None not in sizes:
            self.origins[array] = [s for s in sizes if s is not None]
        return View(array, tuple(Run(Place(), Ended(), Size(array, k), r.length) for k, r in enumerate(runs)), tuple(range(len(runs))), array.region)

    def before_loop(self, run: Run) -> Size | None:
        """The size of an array that is there before the loop and as long as a run; None if there is none."""
        found = self.origin(run.size) if run.whole else self.equal_size(run.sample())
        if found is None and run.whole and any(t.var is run.size.array and not t.written for t in self.tapes.values()):
            return run.size
        return found

    def result(self, target: Var, runs: list[Any]) -> View:
        """A new array with room for the elements of the runs, for a variable of the program."""
        if any(r is None or r.stop is None for r in runs):
            raise NotCompiled("an array whose size is not known")
        made = self.compact(runs, target.type.dtype, target.hint, not self._escapes(target))  # type: ignore[attr-defined]
        made.array.region = effects.region_of(target) or Region()
        self.env[target] = View(made.array, made.axes, made.order, made.array.region).typed(target.type.shape)  # type: ignore[attr-defined]
        return made

    def made_array(self, target: Var, sizes: tuple[Any, ...]) -> View:
        """`np.empty(sizes)`: an array of its own in each iteration."""
        if not all(isinstance(n, (Var, Lit)) and scalars.is_int(n) for n in sizes):
            raise NotCompiled("an array whose size is not an integer")
        array = Var(target.hint, target.type, named=True, region=effects.region_of(target) or Region())
        self.out.stmts.append(Assign(array, new_array(list(sizes), scalars.FLOAT, self.emit)))
        self.born(array)
        self.fresh.add(array)
        self.env[target] = view = self.whole(array, array.region)
        return view

    def unit_matrix(self, target: Var, op: Op) -> None:
        """`np.eye(n)`."""
        if len(op.args) != 1 or op.kwargs or target.type.dtype != scalars.FLOAT:  # type: ignore[attr-defined]
            raise NotCompiled(f"a call of {op.fn.name}() with arguments of this form")
        view = self.made_array(target, (self.number(op.args[0]),) * 2)
        self._fill(view, lambda at: self._where("eq", at, Lit(1.0), scalars.FLOAT))

    def is_made(self, op: Op) -> bool:
        """Whether an operation makes a matrix of a triangle or a diagonal."""
        if op.kind != "call" or not isinstance(op.fn, Ref):
            return False
        f = op.fn.obj
        ours = str(getattr(f, "__module__", "")).startswith("s2sad.runtime") and f.__name__ in _DIAGONALS
        return ours or f is np.tril or f is np.triu or f is np.diag or f is np.diagonal

    def made_matrix(self, target: Var, op: Op) -> None:
        """`np.tril(a)`, `np.triu(a)`, diagonals, and the adjoints of a trace and of a diagonal."""
        value, ours = self._operand(op.args[0]), op.fn.obj not in (np.tril, np.triu, np.diag, np.diagonal)
        dtype = target.type.dtype  # type: ignore[attr-defined]
        if op.kwargs or dtype not in scalars.FLOATING:
            raise NotCompiled(f"a call of {op.fn.name}() with arguments of this form")
        if op.fn.obj in _TRIANGLES:
            offset = self._offset(op, 1)
            if value.ndim != 2 or self._kind(value) != dtype:
                raise NotCompiled(f"{op.fn.name}() of something other than a matrix")
            self._fill(self.result(target, self.known_runs(value)), self._triangle(value, _TRIANGLES[op.fn.obj], offset, dtype))
            return
        if any(not isinstance(a, Lit) or a.value not in ((0, 1) if ours else (0,)) for a in op.args[1 + ours :]):
            raise NotCompiled(f"{op.fn.name}() of another diagonal")
        runs = self.known_runs(self._value(op.args[1] if ours else op.args[0]))
        if len(runs) == 2 and not ours:
            if target.region is not None and target.region.find() in self.program.stored:
                raise NotCompiled("a diagonal of a matrix that changes")
            if not runs[0].same_length(runs[1]) or self._kind(value) != dtype:
                raise NotCompiled(f"{op.fn.name}() of something other than a square matrix")
            self._fill(self.result(target, runs[:1]), lambda at: self.element(value, [at[0], at[0]]))
            return
        runs = runs if ours else runs * 2
        if len(runs) != 2 or ours and op.args[2:] and [a.value for a in op.args[2:]] != [0, 0, 1] or not runs[0].same_length(runs[1]):
            raise NotCompiled(f"{op.fn.name}() of something other than a square matrix")
        self._fill(self.result(target, runs), self._diagonal(value, dtype))

    def _offset(self, op: Op, at: int) -> int:
        offset = op.args[at] if len(op.args) > at else Lit(0)
        if not isinstance(offset, Lit) or type(offset.value) is not int:
            raise NotCompiled(f"{op.fn.name}() with an offset that is not known")
        return offset.value

    def _triangle(self, value: Any, kind: str, offset: int, dtype: Any) -> Callable[[Coordinates], Any]:
        return lambda at: self._where(kind, at, self.element(value, at), dtype, offset)

    def _diagonal(self, value: Any, dtype: Any) -> Callable[[Coordinates], Any]:
        return lambda at: self._where("eq", at, self.element(value, at[:1]), dtype)

    def _where(self, kind: str, at: Coordinates, element: Any, dtype: Any, offset: int = 0) -> Any:
        """An element where its column compares with its row, zero elsewhere."""
        row = at[0][0] if offset == 0 else self.place(Place(at[0][0], offset))
        test = self.emit(kind, (at[1][0], row), Num(scalars.BOOL), hint="test")
        return self.emit("ifexp", (test, element, _ZERO), Num(dtype, False), hint="item")

    def _fill(self, view: View, element: Callable[[Coordinates], Any]) -> None:
        """Give every element of a new array its value."""

        def body(at: Coordinates) -> None:
            value = self.weak(element(at), view.array)
            self.out.stmts.append(Store(view.array, self.index(view, at), value))

        self.over([r for k in range(view.ndim) if (r := view.run(k)) is not None], body)

    def _escapes(self, target: Var) -> bool:  # pragma: no cover
        raise NotImplementedError


__all__ = ["Matrices"]
