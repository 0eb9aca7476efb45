"""Tapes as arrays: what one loop nest writes in order, and another reads from the end."""

from __future__ import annotations

import math
from typing import Any

from ..analysis import effects
from ..analysis.types import INT, Arr, Num
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Lit, Loop, Op, Pop, Push, Range, Ref, Region, Store, Taped, Var
from . import scalars
from .arrays import new_array
from .nodes import ROOM, Advance, Count, Grow, NotCompiled, Row, Start, Tape
from .outside import last_index
from .parts import LEN, MAX
from .statements import Statements
from .views import Ended, Pending, Place, Run, Size, Unit, View


class Tapes(Statements):
    """The part of the translator that knows tapes."""

    def tape(self, outer: Var, written: bool) -> Tape:
        """The tape as an array inside."""
        if outer not in self.tapes:
            row = self.program.rows.get(outer)
            if row is None:
                raise NotCompiled(f"{outer.hint}, which code that is not compiled writes")
            self.tapes[outer] = self._new_tape(outer, row, written)
        tape = self.tapes[outer]
        if tape.written != written and not (tape.inner and tape.made and tape.path <= self.path):
            raise NotCompiled(f"{outer.hint}, which is both written and read")
        return tape

    def _new_tape(self, outer: Var, row: Row, written: bool) -> Tape:
        dims = tuple((-1, -2 - k, -3, -4) if s is None else s for k, s in enumerate((None, *row.sizes)))
        var = Var(self.unused_name(outer.hint), Arr(row.type.dtype, dims), named=True, region=Region())
        inner = self.only_here(outer)
        if self.around and not inner:
            raise NotCompiled(f"{outer.hint}, which a loop under a condition {'writes' if written else 'reads'}")
        return Tape(outer, var, written, row, inner=inner, path=self.entry_path, place=self.top)

    def _take(self, tape: Tape, target: Var, position: Any) -> None:
        """Take the last entry off a tape; `position`: an index that says which it is."""
        if position is None:
            if not tape.started:
                tape.started = True
                self.entry.stmts.append(Start(tape.var, tape.filled))
            self.out.stmts.append(Advance(tape.var, -1))
            position = Count(tape.var)
            if tape.row.ndim:
                position = self.emit("atom", (position,), INT)
        if not tape.row.ndim:
            load = Op("getitem", (tape.var, position))
            var = self.inner(target)
            var.named = True  # it stays where it is: the position moves on
            self.out.stmts.append(Assign(var, load))
            self.made[var] = load
            if isinstance(var.type, Num) and var.type.dtype == scalars.INT:
                self.integers.known[var] = self.program.saved_integers.get(tape.outer, ROOM)
            return
        if not isinstance(target.type, Arr) or target.type.ndim != tape.row.ndim:
            raise NotCompiled(f"{target.hint}, which is not what was saved")
        runs = tuple(Run(Place(), None if s is None else Ended(), Size(tape.var, k + 1)) for k, s in enumerate(tape.row.sizes))
        view = View(tape.var, (position, *runs), tuple(range(1, tape.row.ndim + 1)), effects.region_of(target))
        self.env[target] = view.typed(target.type.shape)

    def stmt_Pop(self, stmt: Pop) -> None:
        if not self.loops:
            raise NotCompiled("a value that is taken from a tape outside a loop")
        tape = self.tape(stmt.tape, False)
        by_index = not tape.started if tape.inner else stmt.tape in self.program.by_index
        direct = by_index and len(self.loops) == 1 and self.conditional == self.around
        self._take(tape, stmt.target, self.position if direct else None)

    def stmt_Push(self, stmt: Push) -> None:
        v = self.value(stmt.value)
        if not self.loops:
            raise NotCompiled("a value that is saved outside a loop")
        if isinstance(v, (View, Pending)):
            return self._push_array(stmt, v)
        v = self.number(stmt.value)
        t = scalars.number(scalars.type_of(v))
        tape = self._written(stmt.tape, Row(t))
        if t.dtype == scalars.INT:
            self.program.saved_integers[stmt.tape] = max(self.integers.largest(v), self.program.saved_integers.get(stmt.tape, 0))
        position, done = self._position(tape)
        self.out.stmts.append(Store(tape.var, position, v))
        done()
        return None

    def _push_array(self, stmt: Push, v: Any, late: bool = False) -> None:
        runs = self.known_runs(v)
        if len(runs) > 3:
            raise NotCompiled("a tape of arrays of more than three axes")
        region = effects.region_of(stmt.value)
        if region is None:
            raise NotCompiled("a tape of arrays that may change after they were saved")
        if region in self.program.stored and not late:
            saved = self.program.saved(self.loops[0], region)
            if not saved.fits or len(self.loops) != 1 or self.conditional != self.around:
                raise NotCompiled("a tape of arrays that change after they were saved")
            if stmt.value in saved.own:
                self.late.append(stmt)
                return
        t: Any = primal_type(stmt.value)
        sizes, shape = [], []
        for r, dim in zip(runs, t.shape):
            origin = self.origin(r.size) or self.equal_size(r.sample())
            if origin is None:
                raise NotCompiled("a tape of arrays whose size is not known before the loop")
            whole = r.start.root is None and isinstance(r.stop, Ended)
            if not whole and (equal := self.equal_size(r.sample())) is not None:
                sizes.append((equal, 0, 1))
                shape.append(dim)
                continue
            if not whole and len(runs) > 1:
                raise NotCompiled("a tape of matrices that differ in size")
            sizes.append((origin, r.start.offset + r.stop.before if whole else 0, r.step if whole else 1))
            shape.append(dim if whole else None)
        tape = self._written(stmt.tape, Row(Num(t.dtype, False), tuple(shape)))
        if tape.row.sizes != tuple(shape):
            raise NotCompiled("a tape of arrays that differ in size")
        tape.shapes = [(self.outer(o.array), o, less, step) for o, less, step in sizes]
        tape.inside |= any(array is None and not isinstance(o, Unit) for array, o, *_ in tape.shapes)
        position, done = self._position(tape)
        if isinstance(position, Count):
            position = self.emit("atom", (position,), INT)
        own = tuple(Run(Place(), Ended(), Size(tape.var, k + 1)) for k in range(len(runs)))
        self.assign(View(tape.var, (position, *own), tuple(range(1, len(runs) + 1)), None), v, None if None not in shape else runs)
        done()

    def push_late(self) -> None:
        """Save the arrays that were to be complete."""
        for stmt in self.late:
            self._push_array(stmt, self.present(stmt.value), late=True)
        self.late = []

    def _written(self, outer: Var, row: Row) -> Tape:
        if outer not in self.tapes:
            self.tapes[outer] = tape = self._new_tape(outer, row, True)
            tape.room, tape.entries = self._room(), math.prod(map(estimated, self.trips))
            tape.counted = not (
                len(self.loops) == 1 and self.conditional == self.around and self.pushes[outer] == 1 and tape.room is not None
                and self._from_zero(self.loops[0])
            )  # fmt: skip
            tape.exact = self.conditional == self.around and self.pushes[outer] == 1 and tape.room is not None
            if self.pushes[outer] > 1:
                tape.room = None
            elif tape.room is None and len(self.loops) == 1 and self.conditional == self.around and not self.testing:
                self._join(tape)
        tape = self.tapes[outer]
        if not tape.written:
            raise NotCompiled(f"{outer.hint}, which is both written and read")
        if tape.row.type.dtype != row.type.dtype or tape.row.ndim != row.ndim:
            raise NotCompiled(f"{outer.hint}, whose entries differ in type")
        return tape

    def make_room(self, body: Block) -> None:
        """Make the arrays of the tapes that an outermost loop writes, where that is done inside; their positions begin."""
        counted = {s.tape for s in ir.walk(body) if isinstance(s, Advance)}
        for tape in self.tapes.values():
            if not tape.written or tape.made:
                continue
            given = tape.room is not None and all(a in self.params for t in tape.room for a in t.atoms() if isinstance(a, Var))
            tape.inside |= tape.inner or not given
            if tape.inside:
                self.out.stmts.append(Assign(tape.var, self._new_array(tape)))
            if tape.var in counted:
                self.out.stmts.append(Start(tape.var, Lit(0)))

    def close_tapes(self) -> None:
        """Note what an outermost loop has written: the same function may read it from now on."""
        for tape in self.tapes.values():
            if not tape.written or tape.made:
                continue
            tape.made = True
            if tape.leader is not None:
                tape.filled = self.emit("atom", (Count(tape.leader),), INT, hint="entries")
                tape.filled.named = True  # the position may move on
                self.entries.add(tape.filled)
            else:
                tape.filled = Count(tape.var) if tape.counted and not tape.exact else None
            tape.started = tape.counted

    def _new_array(self, tape: Tape) -> Op:
        """An array with room for all entries, or for a few, to be doubled where it is not enough."""
        total: Any = None
        for trip in tape.room or []:
            start, stop, step = map(self.number, trip.atoms())
            from_zero = isinstance(start, Lit) and isinstance(step, Lit) and (start.value, step.value) == (0, 1)
            count = stop if from_zero and self.not_negative(stop) else count_of(Range(start, stop, step), self.emit)
            total = count if total is None else self.emit("mul", (total, count), INT)
        sizes = [total if total is not None else Lit(16 if tape.shapes else 64)]
        for _, origin, less, step in tape.shapes:
            n = self.size(origin)
            if step != 1:
                n, less = self.emit("floordiv", (self.emit("add", (n, Lit(step - 1 - less)), INT), Lit(step)), INT), less or 1
            elif less:
                n = self.emit("sub", (n, Lit(less)), INT)
            sizes.append(self.emit("call", (n, Lit(0)), INT, fn=MAX) if less else n)
        return new_array(sizes, tape.row.type.dtype, self.emit)

    def _join(self, tape: Tape) -> None:
        """Let a tape that gets one entry in each iteration share the position of the first such tape."""
        tape.counted = False
        if self.together is None:
            self.together = Grow(tape.var)
        else:
            self.together.others.append(tape.var)
        tape.leader = self.together.tape

    def grow_together(self, body: Block) -> None:
        """Count the iterations of the outermost loop, and make room for what each of them saves."""
        if self.together is not None:
            body.stmts.insert(0, self.together)
            at = next((i for i, s in enumerate(body.stmts) if s is self.last_entry), len(body.stmts) - 1)
            body.stmts.insert(at + 1, Advance(self.together.tape, 1))

    def _note_entry(self) -> None:
        """The last entry of this iteration, as far as is known, was saved just now."""
        self.last_entry = self.out.stmts[-1]

    def _from_zero(self, loop: Loop, reverse: bool = False) -> bool:
        it = loop.iter
        return (
            isinstance(it, Range) and isinstance(it.start, Lit) and it.start.value == 0 and isinstance(it.step, Lit)
            and it.step.value == 1 and it.reverse is reverse
        )  # fmt: skip

    def _room(self) -> list[Any] | None:
        """The trip counts whose product is the number of entries, if all are known before the loop."""
        return list(self.trips) if all(t is not None for t in self.trips) else None

    def _position(self, tape: Tape) -> tuple[Any, Any]:
        if tape.leader is not None:
            return Count(tape.leader), self._note_entry
        if not tape.counted:
            return self._counter(), lambda: None
        if tape.room is None:
            self.out.stmts.append(Grow(tape.var))
        return Count(tape.var), lambda: self.out.stmts.append(Advance(tape.var, 1))

    def _taped_head(self, stmt: Loop, it: Taped, new: Loop) -> Any:
        tapes = [self.tape(t, False) for t in it.tapes]
        first = tapes[0]
        r = it.range
        plain = r is not None and isinstance(r.start, Lit) and r.start.value == 0 and isinstance(r.step, Lit) and r.step.value == 1
        self.trips.append(None)
        self.counts[id(stmt)] = self.program.entries.get(it.tapes[0], 10)
        if r is None or plain and r.reverse:
            n = first.filled if first.filled is not None else self.emit("call", (first.var,), INT, fn=LEN)
            new.iter = Range(Lit(0), n, Lit(1), True)
            self._index(stmt, new, new.iter)
            if r is not None:  # the index that the author's loop had, with its own bounds
                self.ranges[new.index] = Range(Lit(0), self.number(r.stop), Lit(1), True)  # type: ignore[index]
            position: Any = self._named_index(new.index)
            self.position = position
        else:
            new.iter = Range(self.number(r.start), self.number(r.stop), self.number(r.step), r.reverse)
            self._index(stmt, new, new.iter)
            position = None

        def start() -> None:
            for t, target in zip(tapes, it.targets):
                self._take(t, target, position)

        return start

    def _counter(self) -> Any:
        """The index of the outermost loop."""
        return self._named_index(self.env[self.loops[0].index])

    def _named_index(self, index: Any) -> Any:
        """An index that is read, so that `_` is no name for it."""
        if index.hint == "_":
            index.hint = "k"
        return index

    def _index(self, stmt: Loop, new: Loop, r: Range) -> None:
        new.index = self.inner(stmt.index) if stmt.index is not None else Var("_", INT)
        self.ranges[new.index] = r
        start, stop, step = map(self.integers.largest, r.atoms())
        self.integers.known[new.index] = last_index(start, stop, step)


def count_of(trip: Range, emit: Any) -> Any:
    """How often a loop over a range runs."""
    start, stop, step = trip.atoms()
    if isinstance(step, Lit) and step.value == 1:
        if isinstance(start, Lit) and start.value == 0:
            return stop if isinstance(stop, Lit) and stop.value >= 0 else emit("call", (stop, Lit(0)), INT, fn=MAX)
        return emit("call", (emit("sub", (stop, start), INT), Lit(0)), INT, fn=MAX)
    r = emit("call", (start, stop, step), Arr(), fn=Ref(range, "range", range, "builtins"))
    return emit("call", (r,), INT, fn=LEN)


def estimated(trip: Any) -> int:
    """How often a loop runs in the call that is compiled for; 10 where nothing is known."""
    if trip is None:
        return 10
    ends = [a.value if isinstance(a, Lit) else (getattr(primal_type(a), "ints", None) or (0, 0, 0, 10))[-1] for a in trip.atoms()]
    try:
        return max(len(range(*(int(e) for e in ends))), 1)
    except (ValueError, TypeError):
        return 10
