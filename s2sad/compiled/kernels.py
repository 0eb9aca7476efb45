"""Statements of a function that are compiled become functions of their own, with the tapes between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis.types import INT, Num, Obj, TupleT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Invoke, Lit, Op, Param, Pop, Push, Ref, Struct, Var
from .arrays import NP
from .fused import fuse, parallel
from .given import Given
from .nodes import Count, Kernel, NotCompiled, Tape
from .parts import LEN, MAX
from .report import Entry, Report
from .tapes import count_of
from .units import Found, Units, makes_tape
from .views import Multiple, Unit
from .widths import dtype_argument


class Outliner:
    """Takes what is compiled out of one function. `worthwhile` and `main` are those of `Units`."""

    def __init__(self, function: Function, stem: str, taken: set[str], worthwhile: bool = False, main: bool = True) -> None:
        self.function, self.stem, self.taken = function, stem, taken
        self.units = Units(function, worthwhile, main)

    @property
    def report(self) -> Report:
        return self.units.report

    def run(self) -> list[Kernel]:
        """The compiled functions; the function is changed in place to call them."""
        while True:
            found = self.units.find()
            again = self._broken_tape(found)
            if again is None:
                break
            self.units.refused[id(again[0])] = again[1]
        return [self._outline(f, found) for f in found]

    # --- tapes -----------------------------------------------------------------------------------------------------------

    def _broken_tape(self, found: list[Found]) -> tuple[Any, NotCompiled] | None:
        """A statement that must not be compiled, since a tape of its is used elsewhere, too."""
        inside: dict[Var, list[Found]] = {}
        for f in found:
            for outer, tape in f.done.tapes.items():
                if not tape.inner:
                    inside.setdefault(outer, []).append(f)
        for outer, users in inside.items():
            writers = [f for f in users if f.done.tapes[outer].written]
            readers = [f for f in users if not f.done.tapes[outer].written]
            held = {id(s) for f in users for s in ir.walk(Block(f.stmts))}
            others = [s for s in ir.walk(self.function.body) if id(s) not in held and any(a is outer for a in ir.uses_of(s))]
            others += [a for a in ir.result_atoms(self.function.result) if a is outer]
            if len(writers) == 1 and len(readers) == 1 and not others:
                one, two = writers[0], readers[0]
                if one.depth == two.depth:
                    continue
                # what an inner loop saves, an inner loop takes back
                outermost = one if one.depth < two.depth else two
                verb = "reads" if outermost is one else "writes"
                return outermost.done.tapes[outer].place, NotCompiled(f"{outer.hint}, which a loop that is compiled by itself {verb}")
            blamed = (readers or writers)[-1] if len(users) > 1 else users[0]
            verb = "writes" if not writers else "reads"
            return blamed.done.tapes[outer].place, NotCompiled(f"{outer.hint}, which code that is not compiled {verb}")
        return None

    # --- taking out ------------------------------------------------------------------------------------------------------

    def _outline(self, f: Found, found: list[Found]) -> Kernel:
        fuse(f.done)
        kernel, made = self._kernel(f)
        for e in f.entries:
            e.name, e.parallel = kernel.function.name, bool(kernel.independent)
        inner = {outer for outer, t in f.done.tapes.items() if t.inner}
        self._take_out(f, inner)
        before, after = self._around(f, found, kernel)
        before = [*made, *before]
        kernel.results, typed = _as_numpy(kernel.results, set(f.done.results))
        call = Invoke(kernel.results, kernel, kernel.args, f.span, writes=kernel.writes)
        at = next(k for k, s in enumerate(f.block.stmts) if s is f.stmts[0])
        f.block.stmts[at : at + 1] = [*before, call, *typed, *after, *f.done.again]
        return kernel

    def _take_out(self, f: Found, inner: set[Var]) -> None:
        """Leave of a unit only its first statement, where the call will be; lists for tapes of other units go before it."""
        held = {id(s) for s in f.stmts}
        at = next(k for k, s in enumerate(f.block.stmts) if s is f.stmts[0])
        lists = [s for s in f.stmts if makes_tape(s)]
        rest = [s for s in f.block.stmts[at:] if id(s) not in held]
        f.block.stmts[at:] = [*lists, f.stmts[0], *rest]
        body = self.function.body
        body.stmts[:] = [s for s in body.stmts if not (isinstance(s, Assign) and s.target in inner)]

    def _name(self, f: Found) -> str:
        stem = f"{self.stem}_sweeps" if f.both else f"{self.stem}_reverse_sweep" if f.reverse else f"{self.stem}_sweep"
        name, k = stem, 1
        while name in self.taken:
            k += 1
            name = f"{stem}_{k}"
        self.taken.add(name)
        return name

    def _kernel(self, f: Found) -> tuple[Kernel, list[Any]]:
        """The function, and what makes its results in front of the call."""
        t = f.done
        packed = {v: Var(v.hint, v.type, named=True) for v in t.packed}
        args, params = list(t.params), [Param(packed.get(v, v)) for v in t.params.values()]
        tapes = [tape for tape in t.tapes.values() if not tape.inner]
        kernel = Kernel(Function(self._name(f), params, t.body, Lit(None)), args, list(t.results), tapes, list(t.writes))
        made = Given(t).give(kernel)
        t.body.stmts[:0] = [Assign(v, Op("call", (p,), fn=NP["ascontiguousarray"])) for v, p in packed.items()]
        inner = list(t.results.values())
        kernel.error_model = t.divisions.error_model
        kernel.work = t.work
        kernel.independent = parallel(t)
        kernel.function.result = inner[0] if len(inner) == 1 else Struct("tuple", tuple(inner)) if inner else Lit(None)
        kernel.names["forward"] = kernel.function.name
        kernel.function.doc = ""
        _drop_unused(kernel)
        return kernel, made

    def _around(self, f: Found, found: list[Found], kernel: Kernel) -> tuple[list[Any], list[Any]]:
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
                    before.append(Pop(array, tape.outer, f.span))
                kernel.args.append(array)
                kernel.function.params.append(Param(tape.var))
                continue
            if not tape.inside:
                before += self._room(tape, array)
                kernel.args.append(array)
                kernel.function.params.append(Param(tape.var))
            if tape.inside or not tape.exact:
                result = kernel.function.result
                items = () if isinstance(result, Lit) and result.value is None else result.items if isinstance(result, Struct) else (result,)
                filled = tape.var
                if not tape.exact:
                    filled, part = Var(tape.var.hint, tape.var.type), Var("part", Obj(slice))
                    kernel.function.body.stmts += [
                        Assign(part, Op("slice", (Lit(None), Count(tape.leader or tape.var), Lit(None)))),
                        Assign(filled, Op("getitem", (tape.var, part))),
                    ]
                kernel.function.result = Struct("tuple", (*items, filled)) if items else filled
                target = array
                if not tape.inside:
                    target = Var(tape.outer.hint, tape.var.type, named=True)
                    if direct:
                        self._arrays[tape.outer] = target
                kernel.results = [*kernel.results, target]
                array = target
            if not direct:
                after.append(Push(tape.outer, array, f.span))
        return before, after

    _arrays: dict[Var, Var]

    def _array_of(self, tape: Tape) -> Var:
        """The array that stands for a tape that is written and read once; the list is no longer made."""
        if tape.outer not in self.__dict__.setdefault("_arrays", {}):
            self._arrays[tape.outer] = Var(tape.outer.hint, tape.var.type, named=True)
            body = self.function.body
            body.stmts[:] = [s for s in body.stmts if not (isinstance(s, Assign) and s.target is tape.outer)]
        return self._arrays[tape.outer]

    def _room(self, tape: Tape, array: Var) -> list[Any]:
        """`x_tape = np.empty(...)` before the call."""
        out: list[Any] = []

        def emit(kind: str, args: tuple[Any, ...], type_: Any = INT, fn: Any = None, name: str = "") -> Var:
            target = Var("n", type_)
            out.append(Assign(target, Op(kind, args, fn=fn, name=name)))
            return target

        total: Any = None
        for trip in tape.room or []:
            count = count_of(trip, emit)
            total = count if total is None else emit("mul", (total, count))
        sizes = [total]
        for outer, origin, less, step in tape.shapes:
            if isinstance(origin, Unit):
                n: Any = Lit(1)
            elif outer.type.ndim == 1 or origin.axis == 0:
                n = emit("call", (outer,), fn=LEN)
            else:
                n = emit("getitem", (emit("getattr", (outer,), TupleT(()), name="shape"), Lit(origin.axis)))
            if isinstance(origin, Multiple):
                n = emit("mul", (Lit(origin.factor), n))
            if step != 1:
                n, less = emit("floordiv", (emit("add", (n, Lit(step - 1 - less))), Lit(step))), less or 1
            elif less:
                n = emit("sub", (n, Lit(less)))
            sizes.append(emit("call", (n, Lit(0)), fn=MAX) if less else n)
        shape = sizes[0] if len(sizes) == 1 else emit("tuple", tuple(sizes), TupleT(()))
        out.append(Assign(array, Op("call", (shape, *dtype_argument(tape.row.type.dtype)), fn=NP["empty"])))
        return out


def _drop_unused(kernel: Kernel) -> None:
    """Leave out the parameters that nothing reads, such as the count of a loop that runs over a tape."""
    read: set[Any] = {a for a in ir.result_atoms(kernel.function.result) if isinstance(a, Var)}
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


def split_name(name: str) -> str:
    """The name that functions compiled for `name` start with."""
    return name if name.isidentifier() else "f"


__all__ = ["Entry", "Outliner", "Report", "split_name"]
