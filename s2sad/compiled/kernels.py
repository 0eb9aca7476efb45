"""Which loops of a function are compiled: the outermost ones that can be, with the tapes between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import INT, Arr, Num, Obj, TupleT
from ..autodiff.reverse import REVERSE
from ..errors import Span
from ..ir import nodes as ir
from ..ir.nodes import (
    Assign,
    Block,
    Function,
    Invoke,
    Lit,
    Loop,
    Note,
    Op,
    Param,
    Pop,
    Push,
    Range,
    Ref,
    Struct,
    Taped,
    Var,
)
from .arrays import NP
from .nodes import Count, Kernel, NotCompiled, Tape
from .parts import LEN
from .state import Program
from .translate import Translator
from .views import Multiple, Unit
from .widths import dtype_argument

_MAX = Ref(max, "max", max, "builtins")
DEFECTS: tuple[type[Exception], ...] = (AttributeError, KeyError, TypeError, ValueError, IndexError)  # none for tests
MANY = 2000  # elementary operations from which a loop is worth compiling


@dataclass
class Entry:
    """One line of the report: a loop, the function it became, or why it did not."""

    span: Span | None
    name: str = ""
    reason: str = ""
    at: Span | None = None  # of the construct that is the reason
    reverse: bool = False
    parallel: bool = False
    choice: bool = False  # it could be compiled, but would not be faster


@dataclass
class Report:
    """What was compiled and what was not."""

    entries: list[Entry] = field(default_factory=list)

    def refused(self) -> Entry | None:
        """The first loop that cannot be compiled."""
        return next((e for e in self.entries if not e.name and not e.choice), None)

    def text(self) -> str:
        """One line for each loop."""
        lines = []
        for e in self.entries:
            where = f"line {e.span.line}" if e.span is not None else "a loop"
            sweep = ", reverse sweep" if e.reverse else ""
            if e.name:
                lines.append(f"{where}{sweep}: compiled, {e.name}(){', in parallel' if e.parallel else ''}")
            else:
                at = f" (line {e.at.line})" if e.at is not None and (e.span is None or e.at.line != e.span.line) else ""
                lines.append(f"{where}{sweep}: not compiled: {e.reason}{at}")
        return "\n".join(lines) if lines else "no loops"


@dataclass
class _Found:
    """A loop to be compiled, and where it is."""

    loop: Loop
    block: Block
    depth: tuple[int, int]  # how many loops and other statements are around it; none: it runs once
    reverse: bool
    done: Translator


class Outliner:
    """Takes the loops of one function out of it. `worthwhile`: only those that take long enough in the call at hand."""

    def __init__(self, function: Function, stem: str, taken: set[str], worthwhile: bool = False) -> None:
        self.function, self.stem, self.taken, self.worthwhile = function, stem, taken, worthwhile
        self.refused: dict[int, NotCompiled] = {}
        self.report = Report()

    def run(self) -> list[Kernel]:
        """The compiled functions; the function is changed in place to call them."""
        while True:
            self.program = Program(self.function)
            self.report.entries.clear()
            found = list(self._candidates(self.function.body, (0, 0), False))
            again = self._broken_tape(found)
            if again is None:
                break
            self.refused[id(again[0])] = again[1]
        return [self._outline(f, found) for f in found]

    # --- choosing --------------------------------------------------------------------------------------------------------

    def _candidates(self, block: Block, depth: tuple[int, int], reverse: bool) -> Iterator[_Found]:
        for stmt in block.stmts:
            if isinstance(stmt, Note) and stmt.text == REVERSE:
                reverse = True
            if isinstance(stmt, Loop):
                try:
                    if id(stmt) in self.refused:
                        raise self.refused[id(stmt)]
                    yield self._translated(stmt, block, depth, reverse)
                    continue
                except NotCompiled as why:
                    self.refused[id(stmt)] = why  # the next round would find what follows from it
                    self.report.entries.append(Entry(stmt.span, reason=why.reason, at=why.span, reverse=reverse, choice=why.choice))
            inside = (depth[0] + isinstance(stmt, Loop), depth[1] + (not isinstance(stmt, Loop)))
            for inner in ir.blocks_of(stmt):
                yield from self._candidates(inner, inside, reverse)

    def _translated(self, loop: Loop, block: Block, depth: tuple[int, int], reverse: bool) -> _Found:
        try:
            done = Translator(self.program, loop)
            if done.divisions.raising and done.divisions.silent:
                done = Translator(self.program, loop, mixed=True)
        except DEFECTS as err:  # nothing is lost: the loop stays what it was
            raise NotCompiled(f"a construct that is not expected here ({type(err).__name__}: {err})") from err
        if self.worthwhile and done.work < MANY:
            raise NotCompiled(f"about {done.work} operations, which is too little to be worth it", choice=True)
        found = _Found(loop, block, depth, reverse, done)
        for outer, tape in done.tapes.items():
            if tape.written:
                self.program.rows[outer] = tape.row
                self.program.entries[outer] = tape.entries
                if not tape.counted:
                    self.program.by_index.add(outer)
        self.report.entries.append(Entry(loop.span, name="?", reverse=reverse))
        return found

    def _broken_tape(self, found: list[_Found]) -> tuple[Loop, NotCompiled] | None:
        """A loop that must not be compiled, since a tape of its is used elsewhere, too."""
        inside: dict[Var, list[_Found]] = {}
        for f in found:
            for outer in f.done.tapes:
                inside.setdefault(outer, []).append(f)
        for outer, users in inside.items():
            writers = [f for f in users if f.done.tapes[outer].written]
            readers = [f for f in users if not f.done.tapes[outer].written]
            held = {id(s) for f in users for s in ir.walk(Block([f.loop]))}
            others = [s for s in ir.walk(self.function.body) if id(s) not in held and any(a is outer for a in ir.uses_of(s))]
            others += [a for a in ir.result_atoms(self.function.result) if a is outer]
            if len(writers) == 1 and len(readers) == 1 and not others:
                one, two = writers[0], readers[0]
                if one.depth == two.depth:
                    continue
                # what an inner loop saves, an inner loop takes back
                outermost = one if one.depth < two.depth else two
                verb = "reads" if outermost is one else "writes"
                return outermost.loop, NotCompiled(f"{outer.hint}, which a loop that is compiled by itself {verb}")
            blamed = (readers or writers)[-1] if len(users) > 1 else users[0]
            return blamed.loop, NotCompiled(f"{outer.hint}, which code that is not compiled {'writes' if not writers else 'reads'}")
        return None

    # --- taking out ------------------------------------------------------------------------------------------------------

    def _outline(self, f: _Found, found: list[_Found]) -> Kernel:
        kernel = self._kernel(f)
        for e in self.report.entries:
            if e.name == "?":
                e.name, e.parallel = kernel.function.name, bool(kernel.independent)
                break
        before, after = self._around(f, found, kernel)
        kernel.results, typed = _as_numpy(kernel.results, self._kept(f))
        call = Invoke(kernel.results, kernel, kernel.args, f.loop.span, writes=kernel.writes)
        at = next(k for k, s in enumerate(f.block.stmts) if s is f.loop)
        f.block.stmts[at : at + 1] = [*before, call, *typed, *after]
        return kernel

    def _kept(self, f: _Found) -> set[Var]:
        """The results whose type matters: those that do not only go into other compiled functions or arrays."""
        return {c.result for c in f.loop.carries}

    def _name(self, reverse: bool) -> str:
        stem = f"{self.stem}_reverse_sweep" if reverse else f"{self.stem}_sweep"
        name, k = stem, 1
        while name in self.taken:
            k += 1
            name = f"{stem}_{k}"
        self.taken.add(name)
        return name

    def _kernel(self, f: _Found) -> Kernel:
        t, loop = f.done, f.loop
        results = [c.result for c in loop.carries if self.program.uses[c.result]]
        inner: list[Any] = [t._merged(r, t.out) for r in results]
        packed = {v: Var(v.hint, v.type, named=True) for v in t.packed}
        t.body.stmts[:0] = [Assign(v, Op("call", (p,), fn=NP["ascontiguousarray"])) for v, p in packed.items()]
        args, params = list(t.params), [Param(packed.get(v, v)) for v in t.params.values()]
        kernel = Kernel(Function(self._name(f.reverse), params, t.body, Lit(None)), args, results, list(t.tapes.values()), list(t.writes))
        kernel.packed = packed
        kernel.error_model = t.divisions.error_model
        kernel.boundscheck = t.checked
        kernel.work = t.work
        kernel.independent = t.independent
        kernel.function.result = inner[0] if len(inner) == 1 else Struct("tuple", tuple(inner)) if inner else Lit(None)
        kernel.names["forward"] = kernel.function.name
        kernel.function.doc = ""
        _drop_unused(kernel)
        return kernel

    def _around(self, f: _Found, found: list[_Found], kernel: Kernel) -> tuple[list[Any], list[Any]]:
        """What makes room for the tapes before a call, and what puts them away after it."""
        before: list[Any] = []
        after: list[Any] = []
        for tape in kernel.tapes:
            direct = all(g.depth == (0, 0) for g in found if tape.outer in g.done.tapes)
            array = Var(tape.outer.hint, tape.var.type, named=True)
            if direct:
                array = self._array_of(tape)
            if not tape.written:
                if not direct:
                    before.append(Pop(array, tape.outer, f.loop.span))
                kernel.args.append(array)
                kernel.function.params.append(Param(tape.var))
                continue
            if tape.room is not None:
                before += self._room(tape, array)
                kernel.args.append(array)
                kernel.function.params.append(Param(tape.var))
            if tape.room is None or not tape.exact:
                result = kernel.function.result
                items = () if isinstance(result, Lit) and result.value is None else result.items if isinstance(result, Struct) else (result,)
                filled = Var(tape.var.hint, tape.var.type)
                part = Var("part", Obj(slice))
                kernel.function.body.stmts += [
                    Assign(part, Op("slice", (Lit(None), Count(tape.leader or tape.var), Lit(None)))),
                    Assign(filled, Op("getitem", (tape.var, part))),
                ]
                kernel.function.result = Struct("tuple", (*items, filled)) if items else filled
                target = array
                if tape.room is not None:
                    target = Var(tape.outer.hint, tape.var.type, named=True)
                    if direct:
                        self._arrays[tape.outer] = target
                kernel.results = [*kernel.results, target]
                array = target
            if not direct:
                after.append(Push(tape.outer, array, f.loop.span))
        return before, after

    _arrays: dict[Var, Var]

    def _array_of(self, tape: Tape) -> Var:
        """The array that stands for a tape that is written and read once; the list is no longer made."""
        if tape.outer not in self.__dict__.setdefault("_arrays", {}):
            self._arrays[tape.outer] = Var(tape.outer.hint, tape.var.type, named=True)
            for block in [self.function.body]:
                block.stmts[:] = [s for s in block.stmts if not (isinstance(s, Assign) and s.target is tape.outer)]
        return self._arrays[tape.outer]

    def _room(self, tape: Tape, array: Var) -> list[Any]:
        """`x_tape = np.empty(...)` before the call."""
        out: list[Any] = []

        def emit(kind: str, args: tuple[Any, ...], fn: Any = None, type_: Any = INT, name: str = "") -> Var:
            target = Var("n", type_)
            out.append(Assign(target, Op(kind, args, fn=fn, name=name)))
            return target

        total: Any = None
        for trip in tape.room or []:
            count = _count(trip, emit)
            total = count if total is None else emit("mul", (total, count))
        sizes = [total]
        for outer, origin, less, step in tape.shapes:
            if isinstance(origin, Unit):
                n: Any = Lit(1)
            elif outer.type.ndim == 1 or origin.axis == 0:
                n = emit("call", (outer,), LEN)
            else:
                n = emit("getitem", (emit("getattr", (outer,), None, TupleT(()), "shape"), Lit(origin.axis)))
            if isinstance(origin, Multiple):
                n = emit("mul", (Lit(origin.factor), n))
            if step != 1:
                n, less = emit("floordiv", (emit("add", (n, Lit(step - 1 - less))), Lit(step))), less or 1
            elif less:
                n = emit("sub", (n, Lit(less)))
            sizes.append(emit("call", (n, Lit(0)), _MAX) if less else n)
        shape = sizes[0] if len(sizes) == 1 else emit("tuple", tuple(sizes), None, TupleT(()))
        out.append(Assign(array, Op("call", (shape, *dtype_argument(tape.row.type.dtype)), fn=NP["empty"])))
        return out


def _drop_unused(kernel: Kernel) -> None:
    """Leave out the parameters that nothing reads, such as the count of a loop that runs over a tape."""
    read: set[Any] = {o.array for t in kernel.tapes for _, o, *_ in t.shapes}
    read.update(a for a in ir.result_atoms(kernel.function.result) if isinstance(a, Var))
    for s in ir.walk(kernel.function.body):
        read.update(a for a in ir.uses_of(s) if isinstance(a, Var))
    kept = [(a, p) for a, p in zip(kernel.args, kernel.function.params) if p.var in read]
    kernel.args, kernel.function.params = [a for a, _ in kept], [p for _, p in kept]


def _as_numpy(results: list[Var], kept: set[Var]) -> tuple[list[Var], list[Any]]:
    """Results as compiled code returns them, and statements that make NumPy's numbers of Python's where the program has those."""
    out, after = [], []
    for r in results:
        if isinstance(r.type, Num) and not r.type.py and r in kept:
            raw = Var(r.hint, Num(r.type.dtype), named=r.named)
            after.append(Assign(r, Op("call", (raw,), fn=_TYPES[r.type.dtype])))
            out.append(raw)
        else:
            out.append(r)
    return out, after


_TYPES = {np.dtype(t): Ref(t, f"np.{t.__name__}", np) for t in (np.float64, np.int64, np.bool_, np.float32, np.complex128)}


def _count(trip: Range, emit: Any) -> Any:
    """How often a loop over a range runs."""
    start, stop, step = trip.atoms()
    if isinstance(step, Lit) and step.value == 1:
        if isinstance(start, Lit) and start.value == 0:
            return stop if _is_size(stop) else emit("call", (stop, Lit(0)), _MAX)
        return emit("call", (emit("sub", (stop, start)), Lit(0)), _MAX)
    r = emit("call", (start, stop, step), Ref(range, "range", range, "builtins"), Arr())
    return emit("call", (r,), LEN)


def _is_size(a: Any) -> bool:
    return isinstance(a, Lit) and a.value >= 0


def split_name(name: str) -> str:
    """The name that functions compiled for `name` start with."""
    return name if name.isidentifier() else "f"


__all__ = ["Num", "Outliner", "Report", "Taped", "effects", "np", "split_name"]
