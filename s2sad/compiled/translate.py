"""Statements of the elementary form as the body of a function that can be compiled, or the reason why not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num, Obj, TapeT
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assert,
    Assign,
    Block,
    Carry,
    If,
    Lit,
    Loop,
    Note,
    Op,
    Phi,
    Raise,
    Range,
    Ref,
    Region,
    Taped,
    Var,
)
from . import scalars, widths
from .nodes import COUNT, NotCompiled
from .products import is_system
from .state import Program, a_noun
from .tapes import Tapes, estimated
from .views import Pending, Run, Size, View

_KINDS = {"Invoke": "a call of a recursive function", "Effect": "a call for its effect, such as append() or print()"}


class Translator(Tapes):
    """Translates a unit, statements that follow each other.

    `body` is what the function does, `params` what it is given, `results` the variables that are used behind the unit, with
    what stands for them inside, and `again` the statements that are done once more behind it: they make views of results.
    """

    def __init__(self, program: Program, stmts: list[Any], mixed: bool = False) -> None:
        super().__init__(program, stmts, mixed)
        self.results: dict[Var, Any] = {}
        self.again: list[Assign] = []
        self.body = self.block(self.unit)
        self.out = self.body
        self._hand_out()
        self.pack_joined()
        _drop_unused(self.body, set(self.results.values()))

    def _hand_out(self) -> None:
        """Find what is used behind the unit."""
        defined = [v for s in self.unit.stmts for v in ir.defs_of(s)]
        used = [v for s in self.unit.stmts for v in ir.all_defs_of(s) if not self.only_here(v) and not isinstance(v.type, TapeT)]
        nested = next((v for v in used if v not in defined), None)
        if nested is not None:
            refused = NotCompiled(f"{nested.hint}, which a branch or an iteration makes")
            refused.origin = nested
            raise refused
        todo = list(used)
        makers = {s.target: s for s in self.unit.stmts if isinstance(s, Assign)}
        again, wanted = set(), set(todo)
        while todo:
            v = todo.pop()
            try:
                self.results[v] = self._result(v)
            except NotCompiled as refused:
                made = makers.get(v)
                if made is None or not _selects(made.op):
                    refused.origin = refused.origin or v
                    raise
                again.add(v)
                todo += [a for a in made.op.atoms() if isinstance(a, Var) and a in defined and a not in wanted]
                wanted.update(todo)
        self.results = {v: self.results[v] for v in defined if v in self.results}
        self.again = [makers[v] for v in defined if v in again]

    def _result(self, v: Var) -> Any:
        """What stands for a result inside."""
        if v in self.program.doubtful:
            raise NotCompiled(f"{v.hint}, which some path leaves unassigned")
        value = self.present(v)
        if isinstance(value, View):
            if _is_part(value):
                raise NotCompiled("a part of an array that is handed on")
            return value.array
        return self.number(v)

    def block(self, block: Block) -> Block:
        """A block translated; what is pending at its end has been used."""
        outer, self.out = self.out, Block(diverges=block.diverges)
        outermost = self.top is None
        indices, self.indices = self.indices, dict(self.indices)
        around, self.held, self.queues, self.now = (self.held, self.queues, self.now), [], {}, 0
        for k, stmt in enumerate(block.stmts):
            if outermost:
                self.top = stmt
            try:
                self.before(stmt, k)
                method = getattr(self, "stmt_" + type(stmt).__name__, None)
                if method is None:
                    raise NotCompiled(_KINDS.get(type(stmt).__name__, f"a `{type(stmt).__name__.lower()}` statement"))
                if isinstance(stmt, Assign):
                    method(stmt, block.stmts, k)
                else:
                    method(stmt)
            except NotCompiled as refused:
                if refused.span is None:
                    refused.span = getattr(stmt, "span", None)
                if outermost:
                    refused.at = stmt
                raise
        self.now = len(block.stmts)
        self.settle()
        if self.loops and block is self.loops[0].body:
            self.push_late()
        self.held, self.queues, self.now = around
        self.indices = indices
        done, self.out = self.out, outer
        return done

    def stmt_Note(self, stmt: Note) -> None:
        self.out.stmts.append(Note(stmt.text, stmt.span))

    def stmt_Assign(self, stmt: Assign, stmts: list[Any], k: int) -> None:
        target, op = stmt.target, stmt.op
        if isinstance(target.type, TapeT) and op.kind == "list" and not op.args:
            return  # it is an array, made when it is known how large
        if op.kind in ("slice", "tuple") and not isinstance(target.type, (Num, Arr)):
            self.env[target] = self.index_parts(op)
        elif is_system(op):
            self.in_loop("a linear system")
            self.system(target, op)
        elif op.kind == "getattr":
            self._attribute(target, op)
        elif isinstance(target.type, Num):
            self._number(target, op)
        elif isinstance(target.type, Arr):
            self._array(stmt, stmts, k)
        elif isinstance(target.type, Obj) and issubclass(target.type.cls, BaseException) and op.kind == "call":
            self._exception(target, op)
        else:
            raise NotCompiled(f"{target.hint}, {a_noun(scalars.describe(target.type))}")

    def stmt_Raise(self, stmt: Raise) -> None:
        exc = self.value(stmt.exc) if stmt.exc is not None else None
        plain = isinstance(exc, Var) or isinstance(exc, Ref) and exc.module == "builtins"
        if not plain or stmt.cause is not None:
            raise NotCompiled("a `raise` statement of this form")
        self.out.stmts.append(Raise(exc, None, stmt.span))

    def stmt_Assert(self, stmt: Assert) -> None:
        if stmt.message is not None and not isinstance(stmt.message, Lit):
            raise NotCompiled("an assertion whose message is made when it fails")
        self.out.stmts.append(Assert(self.number(stmt.test), stmt.message, stmt.span))

    def stmt_If(self, stmt: If) -> None:
        test = self.number(stmt.test)
        self.conditional += 1
        before = self.work
        then = self._branch(stmt.then, stmt.test, True)
        free = {p for p in stmt.phis if UNDEF in (p.then, p.orelse) and self.program.guards.covers(p, stmt.test)}
        picked = [self._handed(p, p.then, then, free) for p in stmt.phis]
        orelse = self._branch(stmt.orelse, stmt.test, False)
        other = [self._handed(p, p.orelse, orelse, free) for p in stmt.phis]
        self.work = before + max(1, (self.work - before) // 2)
        self.conditional -= 1
        phis = []
        for p, a, b in zip(stmt.phis, picked, other):
            var = self._merge_target(p.var)
            if isinstance(var.type, Num) and var.type.dtype == scalars.INT:
                self.integers.known[var] = max(self.integers.largest(a), self.integers.largest(b))
            self._same_sizes(var, b if a is UNDEF else a)
            phis.append(Phi(var, a, b))
        self.out.stmts.append(If(test, then, orelse, phis, stmt.span, stmt.expr))

    def _branch(self, block: Block, test: Any, side: bool) -> Block:
        around, self.path = self.path, self.path | {(self.program.guards.test(test), side)}
        done = self.block(block)
        self.path = around
        return done

    def _handed(self, p: Phi, a: Any, block: Block, free: set[Phi]) -> Any:
        """What a branch hands on to a merge; UNDEF where it ends elsewhere, or where nobody reads it."""
        return UNDEF if block.diverges or a is UNDEF and p in free else self._merged(a, block)

    def _as_carried(self, a: Any, phi: Var) -> Any:
        """What a loop starts with, in the type that it goes on with."""
        if isinstance(phi.type, Num) and phi.type.dtype == scalars.FLOAT32 and a is not UNDEF:
            return widths.single(a, self.emit_op)
        return a

    def _merged(self, a: Any, block: Block) -> Any:
        """The atom that a branch or an iteration hands on."""
        v = self.present(a)
        if isinstance(v, View):
            part = _is_part(v)
            if part and (not self.linear or v.region is None or v.region.find() in self.program.stored):
                raise NotCompiled("a part of an array that is handed on")
            if part or v.array in self.hoisted:  # an array of its own: the next iteration overwrites the buffer
                return self._copied(v, block)
            if v.array in self.params.values():
                self.joined.append(v.array)
            return v.array
        if isinstance(v, Pending):
            raise NotCompiled("an array that is handed on before it is there")
        return self.number(a)

    def _copied(self, v: View, block: Block) -> Var:
        """A new array with the elements of a view, made at the end of a block."""
        outer, self.out = self.out, block
        copy = self.compact(self.known_runs(v), v.array.type.dtype, v.array.hint, False)  # type: ignore[attr-defined]
        self.assign(copy, v)
        self.out = outer
        return copy.array

    def _merge_target(self, p: Var) -> Var:
        if isinstance(p.type, Num):
            return self.inner(p)
        if not isinstance(p.type, Arr):
            raise NotCompiled(f"{p.hint}, {a_noun(scalars.describe(p.type))}")
        self._check_array(p.type, p.hint)
        var = Var(p.hint, p.type, named=p.named, region=effects.region_of(p) or Region())
        self.born(var)
        self.merged.add(var)
        self.env[p] = self.whole(var, var.region)
        return var

    def _same_sizes(self, var: Var, other: Any) -> None:
        """Note that an array that is merged has the sizes of another, where the types say so."""
        if isinstance(var.type, Arr) and isinstance(other, Var) and isinstance(other.type, Arr) and var.type.shape == other.type.shape:
            self.origins[var] = [Size(other, k) for k in range(var.type.ndim or 0)]

    def stmt_Loop(self, stmt: Loop) -> None:
        if isinstance(stmt.iter, ir.Each):
            raise NotCompiled("a loop over something other than a range or an array", stmt.span)
        if isinstance(stmt.iter, Taped) and self.loops:
            raise NotCompiled("a loop over a tape within another loop", stmt.span)
        if not self.loops:
            self._enter(stmt)
        inits = [self._initial(stmt, c) for c in stmt.carries]
        phis = [self._merge_target(c.phi) for c in stmt.carries]
        for phi, init in zip(phis, inits):
            self._same_sizes(phi, init)
            if isinstance(phi.type, Num) and phi.type.dtype == scalars.INT and phi.type.py:
                self.integers.known[phi] = COUNT
        new = Loop(None, None, [], Block(), span=stmt.span)
        before, self.work = self.work, 0
        start = self._head(stmt, new)
        self.loops.append(stmt)
        around, self.testing = self.testing, True
        head = self.block(stmt.test_block)
        self.testing = around
        test = None if stmt.test is None else self.number(stmt.test)
        outer, self.out = self.out, Block()
        start()
        first, self.out = self.out, outer
        body = self.block(stmt.body)
        body.stmts[:0] = first.stmts
        nexts = [self._merged(c.next, body) if not stmt.body.diverges else UNDEF for c in stmt.carries]
        go = None if stmt.go is None else self.number(stmt.go)
        if len(self.loops) == 1:
            self.grow_together(body)
            self.make_room(Block([*head.stmts, *body.stmts]))
        self.loops.pop()
        trip = self.trips.pop()
        self.work = before + max(1, self.work) * self.counts.get(id(stmt), estimated(trip))
        results = [self._merge_target(c.result) for c in stmt.carries]
        for phi, init, nxt in zip(phis, inits, nexts):
            self._check_count(phi, init, nxt, body)
        for phi, result in zip(phis, results):
            self._same_sizes(result, phi)
            if phi in self.integers.known:
                self.integers.known[result] = self.integers.known[phi]
        new.carries = [Carry(p, i, n, r) for p, i, n, r in zip(phis, inits, nexts, results)]
        new.body, new.test_block, new.test, new.go = body, head, test, go
        self.out.stmts.append(new)
        if not self.loops:
            self.close_tapes()

    def _initial(self, stmt: Loop, c: Carry) -> Any:
        """What a loop starts with; UNDEF for a number that nobody reads before it was made."""
        if isinstance(c.result.type, Num) and self.program.guards.made_anew(c, stmt):
            return UNDEF
        return self._as_carried(self._merged(c.init, self.out), c.phi)

    def _enter(self, stmt: Loop) -> None:
        """Begin an outermost loop."""
        self.entry = self.out
        self.within = {v for s in ir.walk(Block([stmt])) for v in (*ir.defs_of(s), *ir.inner_defs_of(s))}
        self.within -= {c.result for c in stmt.carries}
        self.together, self.last_entry, self.position = None, None, None
        self.slow = 0
        self.around, self.entry_path = self.conditional, self.path

    def _head(self, stmt: Loop, new: Loop) -> Any:
        """Give the new loop its head; what is returned makes the first statements of its body."""
        it = stmt.iter
        if it is None:
            self.trips.append(None)
            return lambda: None
        if isinstance(it, Taped):
            return self._taped_head(stmt, it, new)
        bounds = [self.number(a) for a in it.atoms()]
        if it.reverse and not (isinstance(it.step, Lit) and type(it.step.value) is int and it.step.value):
            raise NotCompiled("a range backwards whose step is not known")
        new.iter = Range(bounds[0], bounds[1], bounds[2], it.reverse)
        self._index(stmt, new, new.iter)
        if not self.loops and it.reverse and self._from_zero(stmt, True) and stmt.go is None:
            self.position = self._named_index(new.index)
        self.trips.append(self._trip(stmt, it))
        return lambda: None

    def _trip(self, stmt: Loop, it: Range) -> Any:
        """The trip count as a Range of atoms of the program, None if something inside the outermost loop decides it."""
        inside = any(isinstance(a, Var) and a in self.within for a in it.atoms()) or stmt.go is not None
        return None if inside else it


def _is_part(v: View) -> bool:
    return any(not isinstance(x, Run) or not x.whole for x in v.axes) or v.order != tuple(range(v.ndim))


def _selects(op: Op) -> bool:
    """Whether an operation only says which part of something is meant."""
    if op.kind == "call" and isinstance(op.fn, Ref):
        return op.fn.obj is np.transpose and len(op.args) == 1 and not op.kwargs
    return op.kind in ("slice", "tuple", "getitem", "atom") or op.kind == "getattr" and op.name in ("shape", "T")


def _drop_unused(body: Block, kept: set[Any]) -> None:
    """Leave out sums and products of integers that nothing reads, such as the end of a slice whose size is known."""
    blocks = [body]
    for block in blocks:
        blocks += [inner for s in block.stmts for inner in ir.blocks_of(s)]
    read = {a for s in ir.walk(body) for a in ir.uses_of(s) if isinstance(a, Var)} | kept

    def dead(s: Any) -> bool:
        plain = isinstance(s, Assign) and s.op.kind in ("add", "sub", "mul") and s.target not in read
        return plain and isinstance(s.target.type, Num) and s.target.type.dtype == scalars.INT

    for block in blocks:
        block.stmts[:] = [s for s in block.stmts if not dead(s)]


__all__ = ["Program", "Translator"]
