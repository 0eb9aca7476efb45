"""Array statements as loops over elements.

Parts of arrays stay descriptions (`View`), elementwise operations stay expressions (`Pending`) until their elements are
wanted: by a store, a tape, a sum, or a buffer for what is used more than once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import INT as INTEGER
from ..analysis.types import Arr, Num, Obj, TupleT
from ..frontend.lower import type_of as primal_type
from ..ir.nodes import COMPARE, Assign, Block, Carry, Lit, Loop, Op, Range, Ref, Region, Store, Var
from . import scalars, widths
from .nodes import NotCompiled
from .parts import MAX, Parts
from .scalars import CHEAP
from .views import Ended, Origin, Pending, Place, Run, Size, SliceParts, Unit, View, same_atom

_NAMES = ("empty", "empty_like", "zeros", "zeros_like", "bool_", "int64", "ascontiguousarray")
NP = {name: Ref(getattr(np, name), f"np.{name}", np) for name in _NAMES}
ELEMENTWISE = frozenset({"add", "sub", "mul", "truediv", "neg", "pos", "pow", *COMPARE}) - {"is_", "is_not", "in_", "not_in"}
_LETTERS = "ijklmn"
LARGE = 2**17  # elements from which a loop runs in parallel
MUCH = 2**22  # operations from which it does, with fewer elements
Coordinates = list[tuple[Var, Place]]  # for each axis: the loop's variable, and where the axis starts in its numbering


class Arrays(Parts):
    """The part of the translator that knows arrays."""

    # --- elements --------------------------------------------------------------------------------------------------------

    def element(self, value: Any, at: Coordinates) -> Any:
        """The atom of the element of `value` at the coordinates."""
        if isinstance(value, Pending) and value in self.done:
            value = self.done[value]
        if isinstance(value, View):
            return self.load(value, at)
        if isinstance(value, Pending):
            return self._computed(value, at)
        return value  # a number, the same everywhere

    def load(self, view: View, at: Coordinates) -> Var:
        dtype = view.array.type.dtype  # type: ignore[attr-defined]
        return self.emit("getitem", (view.array, self.index(view, at)), Num(dtype, False), hint=f"{view.array.hint}_item")

    def index(self, view: View, at: Coordinates) -> Any:
        """The index of an element of a view in its array."""
        at = at[len(at) - view.ndim :] if view.ndim else []
        parts: list[Any] = list(view.axes)
        for (var, origin), axis in zip(at, view.order):
            if axis is None:
                continue
            run = view.axes[axis]
            one = run.size.sample() is not None and set(run.size.sample()) == {1} and not isinstance(run.stop, Place)
            parts[axis] = self.place(run.start) if one else self._moved(var, origin, run)
        if any(isinstance(p, Run) for p in parts):
            raise NotCompiled("an array where a number is needed")
        return parts[0] if len(parts) == 1 else self.emit("tuple", tuple(parts), TupleT(()))

    def _moved(self, var: Var, origin: Place, run: Run) -> Any:
        """`var - origin + start`, or where the steps differ, `(var - origin) // step * step + start`."""
        start, step = run.start, getattr(origin, "step", 1)
        if step != run.step:
            p = self._moved(var, Place(origin.root, origin.offset), Run(Place(), Ended(), run.size))
            p = p if step == 1 else self.emit("floordiv", (p, Lit(step)), INTEGER)
            p = p if run.step == 1 else self.emit("mul", (p, Lit(run.step)), INTEGER)
            return self.place(Place(p, start.offset)) if start.root is None else self.emit("add", (p, self.place(start)), INTEGER)
        if same_atom(origin.root, start.root) if origin.root is not None or start.root is not None else True:
            return self.place(Place(var, start.offset - origin.offset))
        if origin.root is not None:
            var = self.emit("sub", (var, self.place(origin)), INTEGER)
            return var if start == Place() else self.emit("add", (var, self.place(start)), INTEGER)
        moved = self.place(Place(var, start.offset - origin.offset))
        return self.emit("add", (moved, start.root), INTEGER)

    def _computed(self, value: Pending, at: Coordinates) -> Any:
        op, var = value.op, value.var
        dtype = var.type.dtype  # type: ignore[attr-defined]
        if op.kind == "outer":
            a, b = op.args
            op = Op("mul", (self.element(a, at[-2:-1]), self.element(b, at[-1:])))
        elif op.kind == "spread":
            own = [_ONE if p is None else c for p, c in zip(op.data[0], at[-value.ndim :]) if p is not False]
            return self.element(op.args[0], own)
        elif op.kind == "atom":
            return self.element(op.args[0], at)
        else:
            op = Op(op.kind, tuple(self.element(a, at) for a in op.args), fn=op.fn)
        target = Var(var.hint, Num(dtype, False))
        if op.kind == "where":
            op = Op("ifexp", op.args)
        try:
            done = scalars.compiled_op(widths.fitted(op, target, self.emit_op), target, self.divisions, self.mixed)
        except NotCompiled as refused:
            refused.origin = refused.origin or var
            raise
        return self.emit_to(target, done)

    def emit_to(self, target: Var, op: Op) -> Var:
        self.out.stmts.append(Assign(target, op))
        return target

    # --- loops over elements ---------------------------------------------------------------------------------------------

    def over(
        self, runs: list[Run], body: Callable[[Coordinates], None], descending: bool = False, carries: Any = None,
        independent: bool = False, letter: int = 0,
    ) -> None:  # fmt: skip
        """Run `body` for all elements of the runs; `independent`: in any order. `letter`: of the first index."""
        outer = self.out
        coordinates: Coordinates = [
            (Var(_LETTERS[(k + letter) % 6], INTEGER), Origin(r.start.root, r.start.offset, r.step)) for k, r in enumerate(runs)
        ]
        holders = [Block() for _ in runs]
        ends = []
        for k, r in enumerate(runs):
            self.out = holders[k - 1] if k else outer
            ends.append((self.place(r.start), self.stop(r)))
        self.out = holders[-1]
        before = self.work
        body(coordinates)
        self.work = before + max(1, self.work - before) * self._trips(runs)
        for k in range(len(runs) - 1, -1, -1):
            start, stop = ends[k]
            loop = Loop(Range(start, stop, Lit(runs[k].step), descending), coordinates[k][0], carries(k) if carries else [], holders[k])
            (holders[k - 1] if k else outer).stmts.append(loop)
            if independent and k == 0:
                self.independent[id(loop)] = self._trips(runs)
                self.kept.append(loop)
        self.out = outer

    def _trips(self, runs: list[Run]) -> int:
        """The number of elements in the call that is compiled for, by estimate."""
        total = 1
        for r in runs:
            sample = r.size.sample()
            total *= sample[-1] if sample is not None else 1
        return max(int(total), 1)

    def pending(self, stmt: Assign, op: Op, values: list[Any]) -> Pending:
        """An elementwise operation on values, their sizes checked."""
        ndim = stmt.target.type.ndim  # type: ignore[attr-defined]
        made = Pending(Op(op.kind, tuple(values), fn=op.fn), stmt.target, ndim)
        if op.kind == "outer" and not all(isinstance(v, (View, Pending)) and v.ndim == 1 for v in values):
            raise NotCompiled("an outer product of something other than vectors")
        if op.kind != "outer":
            self.check_sizes([self.runs(v) for v in values if isinstance(v, (View, Pending))])
        return made

    def check_sizes(self, shapes: list[list[Run | None]]) -> None:
        """Raise NotCompiled unless arrays certainly have equal sizes, axis by axis from the last, or one element there."""
        for k in range(1, max(map(len, shapes), default=0) + 1):
            runs = [s[-k] for s in shapes if len(s) >= k]
            real = [r for r in runs if r is not None and not _is_one(r)]
            for r in real[1:]:
                if not real[0].same_length(r):
                    raise NotCompiled("arrays that may differ in size")

    def leaves(self, value: Any) -> list[View]:
        """The parts of arrays that a value is made of."""
        if isinstance(value, Pending):
            if value in self.done:
                return [self.done[value]]
            return [leaf for a in value.op.args for leaf in self.leaves(a)]
        return [value] if isinstance(value, View) else []

    def shares(self, a: View, b: View) -> bool:
        """Whether two views may share memory."""
        if a.array is b.array:
            return True
        if a.region is None or b.region is None or a.region.find() is not b.region.find():
            return False
        return not (self._apart(a.array, b.array) or self._apart(b.array, a.array))

    def may_share(self, a: Var, b: Var) -> bool:
        """Whether two arrays may share memory."""
        return self.shares(self.whole(a, a.region), self.whole(b, b.region))

    def _apart(self, a: Var, b: Var) -> bool:
        """Whether an array has memory of its own, which another one that is there does not have."""
        if a in self.hoisted or any(t.var is a for t in self.tapes.values()):
            return True
        return a in self.fresh and (b in self.fresh or self.births.get(b, 0) < self.births[a])

    def runs(self, value: Any) -> list[Run | None]:
        """The runs of the axes of an array: of those that tell, where several values have the axis."""
        if isinstance(value, View):
            return [value.run(k) for k in range(value.ndim)]
        if value.op.kind == "outer":
            a, b = value.op.args
            return [*self.runs(a), *self.runs(b)]
        if value.op.kind == "spread":
            return list(value.op.data[1])
        shapes = [self.runs(v) for v in value.op.args if isinstance(v, (View, Pending))]
        out: list[Run | None] = []
        for k in range(max(map(len, shapes)), 0, -1):
            found = [r for s in shapes if len(s) >= k and (r := s[-k]) is not None]
            found.sort(key=lambda r: (_is_one(r), r.stop is None))
            out.append(found[0] if found else None)
        return out

    def known_runs(self, value: Any) -> list[Run]:
        runs = self.runs(value)
        found = [r if r is not None else Run(Place(), Ended(), Unit(_NO_ARRAY, 0)) for r in runs]
        if any(r.stop is None for r in found):
            raise NotCompiled("an array whose size is not known")
        return found

    def buffer(self, runs: list[Run], dtype: Any, hint: str, hoist: bool) -> View:
        """A new array with room for the elements of the runs; with `hoist`, made once before the loop, if that is possible."""
        origins = [self.origin(r.size) for r in runs]
        hoist = hoist and bool(self.loops) and all(o is not None for o in origins)
        exact = hoist or all(r.whole for r in runs)
        sizes = [o if o is not None else r.size for o, r in zip(origins, runs)]
        samples = [r.size.sample() for r in runs]
        unknown = not exact or any(s is None for s in samples)
        shape = tuple((-1, -2 - k, -3, -4) for k in range(len(runs))) if unknown else tuple(samples)
        array = Var(hint, Arr(dtype, shape), named=True, region=Region())
        outer, self.out = self.out, self.entry if hoist else self.out
        like: Any = sizes[0].array
        whole = all(type(s) is Size and s.array is like and s.axis == k for k, s in enumerate(sizes)) and like.type.ndim == len(runs)
        if whole and exact and like.type.dtype == dtype:
            op = Op("call", (like,), fn=NP["empty_like"])
        else:
            op = new_array([self.size(s) if exact else self._length(r) for s, r in zip(sizes, runs)], dtype, self.emit)
        self.out.stmts.append(Assign(array, op))
        self.out = outer
        self.born(array)
        (self.hoisted if hoist else self.fresh).add(array)
        if exact:
            self.origins[array] = list(sizes)
        ends = [(r.start, r.stop) if exact else (Place(), Ended()) for r in runs]
        own = tuple(Run(start, stop, Size(array, k), r.length, r.step if exact else 1) for k, ((start, stop), r) in enumerate(zip(ends, runs)))
        return View(array, own, tuple(range(len(runs))), array.region)

    def _length(self, run: Run) -> Any:
        stop, start = self.stop(run), self.place(run.start)
        if run.whole:
            return stop
        gap = stop if run.start == Place() else self.emit("sub", (stop, start), INTEGER)
        if run.step != 1:
            gap = self.emit("floordiv", (self.emit("add", (gap, Lit(run.step - 1)), INTEGER), Lit(run.step)), INTEGER)
        return self.emit("call", (gap, Lit(0)), INTEGER, fn=MAX)

    def materialised(self, value: Pending, hoist: bool, hint: str | None = None) -> View:
        """The array of a pending operation in memory of its own."""
        runs = self.known_runs(value)
        if len(runs) > 3:
            raise NotCompiled("an array of more than three axes")
        dtype = value.var.type.dtype  # type: ignore[attr-defined]
        if any(r.start.root is not None or isinstance(r.stop, Place) for r in runs) and all(self.before_loop(r) is not None for r in runs):
            view = self.compact(runs, dtype, hint or value.var.hint, hoist)
            self.assign(view, value)
            return view
        view = self.buffer(runs, dtype, hint or value.var.hint, hoist)
        self.assign(view, value, runs)
        return view

    def before_loop(self, run: Run) -> Size | None:  # pragma: no cover
        raise NotImplementedError

    def compact(self, runs: list[Run], dtype: Any, hint: str, hoist: bool) -> View:  # pragma: no cover
        raise NotImplementedError

    def assign(
        self, view: View, value: Any, runs: list[Run] | None = None, aug: str | None = None, descending: bool = False,
        independent: bool = True,
    ) -> None:  # fmt: skip
        """`view[...] = value`, element by element; `independent`: no element is read that another iteration stores to."""
        found = runs if runs is not None else [r for k in range(view.ndim) if (r := view.run(k)) is not None]

        def body(at: Coordinates) -> None:
            left = iter(at)
            at = [_ONE if runs is None and view.run(k) is None else next(left) for k in range(view.ndim)]
            element = self.element(value, at)
            if aug is not None:
                element = self.weak(element, view.array)
            self.out.stmts.append(Store(view.array, self.index(view, at), element, aug))
            self.work += 1

        self.over(found, body, descending, independent=independent)

    def check_store(self, view: View, value: Any, span: Any, fits: bool = False) -> None:
        """Raise NotCompiled unless a value certainly has the size of what it is stored to; `fits`: it has."""
        if isinstance(value, (View, Pending)):
            target = [view.run(k) for k in range(view.ndim)]
            shape = self.runs(value)
            if len(shape) > len(target):
                raise NotCompiled("a store of an array with more axes", span)
            for t, r in zip(reversed(target), reversed(shape)):
                if r is None or _is_one(r) or fits:
                    continue
                if t is None or not t.same_length(r):
                    raise NotCompiled("a store of an array that may differ in size", span)

    def store(self, view: View, value: Any, aug: str | None, span: Any, fits: bool = False) -> None:
        """`view[...] op= value`; as NumPy does it, as if the value were computed before anything is stored. `fits`: it certainly has the size."""
        self.check_store(view, value, span, fits)
        conflicts = [v for v in self.leaves(value) if self.shares(v, view) and not v.same_elements(view)]
        order = self._order(view, conflicts)
        if order is None:
            if isinstance(value, View):
                value = Pending(Op("atom", (value,)), Var("part", view.array.type), value.ndim)
            value, conflicts = self.materialised(value, True), []
        self.assign(view, value, None, aug, order == "down", not conflicts)

    def _order(self, target: View, conflicts: list[View]) -> str | None:
        """In which order elements may be stored so that none is read after it was overwritten; None if there is none."""
        directions = set()
        for v in conflicts:
            if _disjoint(v, target):
                continue
            signs = _offsets(v, target)
            if signs is None:
                return None
            lead = next((s for s in signs if s), 0)
            directions.add("up" if lead > 0 else "down")
        return None if len(directions) > 1 else directions.pop() if directions else "up"

    def reduced(self, value: Any, op: str, target: Var, some: list[Run] | None = None, prefix: Coordinates | None = None) -> Var:
        """The sum of all elements; with `some`, of those of these runs behind the coordinates `prefix`."""
        runs = self.known_runs(value) if some is None else some
        first = prefix or []
        narrow = target.type.dtype == scalars.FLOAT32  # type: ignore[attr-defined]
        kind = Num(scalars.FLOAT, False) if narrow else target.type
        phis = [Var(target.hint, kind, named=target.named) for _ in runs]
        results = [Var(target.hint, kind, named=target.named) for _ in runs]
        last = Var(target.hint, kind, named=target.named)

        def body(at: Coordinates) -> None:
            element = self.element(value, [*first, *at])
            self.out.stmts.append(Assign(last, Op("add", (phis[-1], element))))

        def carries(k: int) -> list[Carry]:
            init = phis[k - 1] if k else Lit(0j) if kind.dtype == scalars.COMPLEX else Lit(0.0)  # type: ignore[attr-defined]
            return [Carry(phis[k], init, last if k == len(runs) - 1 else results[k + 1], results[k])]

        self.over(runs, body, carries=carries, independent=not first, letter=len(first))
        return widths.single(results[0], self.emit_op) if narrow else results[0]


_NO_ARRAY = Var("none")
_ONE: Any = (Lit(0), Place())  # the coordinate of an axis of one element


def new_array(sizes: list[Any], dtype: Any, emit: Callable[..., Var]) -> Op:
    """`np.empty((n, m))`."""
    shape = sizes[0] if len(sizes) == 1 else emit("tuple", tuple(sizes), TupleT(()))
    return Op("call", (shape, *widths.dtype_argument(dtype)), fn=NP["empty"])


def elementwise(op: Op) -> Op | None:
    """The operation as one on elements; None if it is no such operation. Raises NotCompiled for those that NumPy does faster."""
    if op.kind in ELEMENTWISE:
        power = op.args[-1]
        if op.kind == "pow" and not (isinstance(power, Lit) and power.value in (1, 2, 3, 4, -1, -2, 1.0, 2.0, 0.5)):
            raise NotCompiled("powers of arrays, which are faster in NumPy")
        return op
    if op.kind == "copy":
        return Op("atom", op.args[:1])
    if op.kind == "call" and isinstance(op.fn, Ref) and not op.kwargs:
        f = op.fn.obj
        if f is np.copy or op.name == "copy" and len(op.args) == 1:  # the method, which keeps the layout
            return Op("atom", op.args[:1])
        if f is np.outer:
            return Op("outer", op.args)
        if f is np.where and len(op.args) == 3:
            return Op("where", op.args)
        if f is np.negative:
            return Op("neg", op.args)
        try:
            if f in CHEAP:
                return Op("call", op.args, fn=op.fn)
            if f in scalars.NUMPY:
                raise NotCompiled(f"{op.fn.name}() of arrays, which is faster in NumPy")
        except TypeError:
            pass
    return None


def _is_one(run: Run) -> bool:
    """Whether an axis has one element, which is repeated."""
    sample = run.size.sample()
    return sample is not None and set(sample) == {1} and run.whole


def _disjoint(view: View, target: View) -> bool:
    """Whether two parts of one array have no element in common, since their steps pass each other by."""
    if view.array is not target.array:
        return False
    pairs = [(a, b) for a, b in zip(view.axes, target.axes) if isinstance(a, Run) and isinstance(b, Run)]
    return any(
        a.step == b.step > 1 and same_atom(a.start.root, b.start.root) and (a.start.offset - b.start.offset) % a.step for a, b in pairs
    )


def _offsets(view: View, target: View) -> list[int] | None:
    """How far ahead of an element of `target` that of `view` at the same position is, axis by axis; None if that is not known."""
    if view.array is not target.array or view.order != target.order or None in view.order:
        return None
    out = []
    for a, b in zip(view.axes, target.axes):
        if isinstance(a, Run) and isinstance(b, Run):
            if not same_atom(a.start.root, b.start.root) or a.step != b.step:
                return None
            out.append(a.start.offset - b.start.offset)
        elif isinstance(a, Run) or isinstance(b, Run) or not same_atom(a, b):
            return None
    order = [k for k in target.order if k is not None]
    return out if order == sorted(order) else None


__all__ = ["Arrays", "Obj", "SliceParts", "effects", "elementwise", "new_array", "primal_type"]
