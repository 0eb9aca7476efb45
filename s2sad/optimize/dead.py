"""Drop what nobody reads: values, stores, saved memory, tapes, branches and loops.

One backward walk keeps two sets: variables whose value is read later, and memory (regions) whose contents are read
later. A store to memory that nobody reads later is dead, and with it the save and the restore that belong to it; a
push is dead if its pop is. This is the to-be-recorded analysis: reverse mode saves everything, and this pass keeps
what some adjoint really reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ..analysis import effects
from ..analysis.types import Arr, ListT, is_mutable
from ..ir import nodes as ir
from ..ir.nodes import (
    Assert,
    Assign,
    Block,
    Cut,
    Effect,
    Function,
    If,
    Invoke,
    Loop,
    Mark,
    Pop,
    Push,
    Raise,
    Range,
    Region,
    Store,
    Taped,
    Try,
    Var,
    With,
)


def drop_dead(function: Function, keep: Iterable[Any] = ()) -> Function:
    """The function without statements that have no effect on its result or on `keep`; changed in place."""
    live: set[Any] = set(keep)
    for a in ir.result_atoms(function.result):
        _read(a, live, contents=True)
    _Walk().block(function.body, live)
    return function


def _takes_item(op: ir.Op) -> bool:
    """Whether an operation takes an item out of a list: it looks at the list, whatever it takes."""
    return isinstance(getattr(op.args[0], "type", None), ListT) if op.args else False


def _read(atom: Any, live: set[Any], contents: bool = False) -> None:
    if isinstance(atom, Var):
        live.add(atom)
        if contents and atom.region is not None and is_mutable(atom.type):
            live.add(atom.region.find())


class _Walk:
    """Liveness as one set of variables and regions."""

    def __init__(self) -> None:
        self.keep_all = 0

    def block(self, block: Block, live: set[Any]) -> None:
        kept = []
        if block.diverges:
            live.clear()
        for stmt in reversed(block.stmts):
            if self.stmt(stmt, live):
                kept.append(stmt)
        block.stmts[:] = kept[::-1]

    def stmt(self, stmt: Any, live: set[Any]) -> bool:
        """Update `live` to before the statement; False if the statement is dead."""
        return bool(_HANDLERS[type(stmt)](self, stmt, live))

    def uses(self, op: ir.Op, live: set[Any]) -> None:
        for a in op.atoms():
            if isinstance(a, Var):
                live.add(a)
        live.update(effects.reads_contents(op))

    def stmt_Assign(self, stmt: Assign, live: set[Any]) -> bool:
        op = stmt.op
        if not effects.is_pure(op):
            if op.kind == "method" and op.name == "pop" and stmt.target not in live and not self.keep_all:
                region = effects.region_of(op.args[0])
                if region is not None and region not in live and not region.caller:
                    return False
            live.discard(stmt.target)
            self.uses(op, live)
            return True
        if stmt.target not in live and not (self.keep_all and op.data != ir.DERIVED):
            return False
        live.discard(stmt.target)
        for a in op.atoms():
            if isinstance(a, Var):
                live.add(a)
        live.update(effects.reads_contents(op) if _takes_item(op) else effects.reads_now(op, stmt.target))
        return True

    def stmt_Store(self, stmt: Store, live: set[Any]) -> bool:
        region = effects.region_of(stmt.base)
        if region is not None and region not in live and not (self.keep_all and stmt.role != ir.DERIVED) and not region.caller:
            return False
        # whether a store to a list raises depends on the list's length
        length = bool(self.keep_all) and isinstance(stmt.base, Var) and not isinstance(stmt.base.type, Arr)
        for a in (stmt.base, stmt.index, stmt.value):
            _read(a, live, contents=a is not stmt.base or length)
        return True

    def stmt_Effect(self, stmt: Effect, live: set[Any]) -> bool:
        op = stmt.op
        if op.kind == "method" and op.name in ("append", "pop") and not self.keep_all:
            region = effects.region_of(op.args[0])
            if region is not None and region not in live and not region.caller:
                return False
            for a in op.atoms():
                _read(a, live, contents=a is not op.args[0])
            return True
        name = getattr(getattr(op.fn, "obj", None), "__name__", "")
        if op.kind == "call" and name == "index_add" and not self.keep_all:
            region = effects.region_of(op.args[0])
            if region is not None and region not in live:
                return False
        self.uses(op, live)
        return True

    def stmt_Push(self, stmt: Push, live: set[Any]) -> bool:
        if stmt.tape not in live:
            return False
        _read(stmt.value, live)
        return True

    def stmt_Pop(self, stmt: Pop, live: set[Any]) -> bool:
        if stmt.target not in live:
            return False
        live.discard(stmt.target)
        live.add(stmt.tape)
        return True

    def stmt_Mark(self, stmt: Mark, live: set[Any]) -> bool:
        found = stmt.target in live
        live.discard(stmt.target)
        return found

    def stmt_Cut(self, stmt: Cut, live: set[Any]) -> bool:
        if stmt.tape not in live:
            return False
        live.add(stmt.mark)
        return True

    def stmt_Raise(self, stmt: Raise, live: set[Any]) -> bool:
        for a in (stmt.exc, stmt.cause):
            _read(a, live, contents=True)
        return True

    def stmt_Assert(self, stmt: Assert, live: set[Any]) -> bool:
        for a in (stmt.test, stmt.message):
            _read(a, live, contents=True)
        return True

    def stmt_Note(self, stmt: Any, live: set[Any]) -> bool:
        return True

    def stmt_Invoke(self, stmt: Invoke, live: set[Any]) -> bool:
        needed = any(r in live for r in stmt.results) or any(r in live or r.caller for r in effects.writes(stmt) or ())
        optional = not stmt.fn.raises if isinstance(stmt.fn, ir.Stepped) else stmt.part == "reverse"
        if optional and not needed and not self.keep_all:
            return False
        for r in stmt.results:
            live.discard(r)
        if stmt.part == "before":  # all memory of this kind is made anew in each iteration
            live.difference_update(effects.writes(stmt) or ())
        for a in stmt.args:
            _read(a, live, contents=True)
        live.update(r.find() for r in stmt.reads)
        return True

    def stmt_With(self, stmt: With, live: set[Any]) -> bool:
        self.block(stmt.body, live)
        if not stmt.body.stmts:
            return False
        _read(stmt.context, live, contents=True)
        return True

    def stmt_If(self, stmt: If, live: set[Any]) -> bool:
        stmt.phis = [p for p in stmt.phis if p.var in live or self.keep_all]
        for p in stmt.phis:
            live.discard(p.var)
        then, orelse = set(live), set(live)
        for p in stmt.phis:
            _read(p.then, then)
            _read(p.orelse, orelse)
        self.block(stmt.then, then)
        self.block(stmt.orelse, orelse)
        if not stmt.phis and not stmt.then.stmts and not stmt.orelse.stmts:
            return False
        live.clear()
        live |= then | orelse
        _read(stmt.test, live, contents=True)
        return True

    def stmt_Loop(self, stmt: Loop, live: set[Any]) -> bool:
        after = set(live)
        at_head = set(after)
        for c in stmt.carries:
            at_head.discard(c.result)
        wanted = {c.phi for c in stmt.carries if c.result in after}
        while True:
            head = set(at_head)
            test_live = set(head)
            if stmt.test is not None:
                _read(stmt.test, test_live, contents=True)
            end = set(test_live)
            for c in stmt.carries:
                if c.phi in wanted:
                    _read(c.next, end)
            _read(stmt.go, end, contents=True)
            body = copied(stmt.body)
            self.block(body, end)
            test = copied(stmt.test_block)
            start = end | test_live
            self.block(test, start)
            new_wanted = wanted | {c.phi for c in stmt.carries if c.phi in start}
            phis = {c.phi for c in stmt.carries}
            if isinstance(stmt.iter, Taped):
                phis |= set(stmt.iter.targets)
            outer = {x for x in start if x not in phis and x is not stmt.index}
            if new_wanted == wanted and outer <= at_head:
                break
            wanted = new_wanted
            at_head |= outer
        nothing = not body.stmts and not any(c.result in after for c in stmt.carries)
        if nothing and not self.keep_all:
            return False
        stmt.body, stmt.test_block = body, test
        stmt.carries = [c for c in stmt.carries if c.phi in wanted]
        live.clear()
        live |= {x for x in at_head | start if x is not stmt.index} - phis - {c.result for c in stmt.carries}
        for c in stmt.carries:
            _read(c.init, live)
        if isinstance(stmt.iter, Taped):
            stmt.iter = _read_targets(stmt.iter, start)
        if stmt.iter is not None:
            index_or_count = stmt.iter.atoms()
            for a in index_or_count:
                _read(a, live, contents=True)
        for a in stmt.checkpoint.atoms() if stmt.checkpoint is not None else ():
            _read(a, live)
        return True

    def stmt_Try(self, stmt: Try, live: set[Any]) -> bool:
        self.block(stmt.final, live)
        stmt.phis = [m for m in stmt.phis if m.var in live or self.keep_all]
        for m in stmt.phis:
            live.discard(m.var)
        states = []
        for i, h in enumerate(stmt.handlers):
            s = set(live)
            for m in stmt.phis:
                _read(m.values[i + 1], s)
            self.block(h.body, s)
            _read(h.type, s)
            states.append(s)
        body = set(live)
        for m in stmt.phis:
            _read(m.values[0], body)
        for s in states:
            body |= s
        # which statement raises decides the path: the body stays as it is
        if stmt.handlers:
            self.keep_all += 1
        self.block(stmt.body, body)
        if stmt.handlers:
            self.keep_all -= 1
        live.clear()
        live |= body
        for s in states:
            live |= s
        return bool(stmt.body.stmts or stmt.final.stmts or stmt.phis)


_HANDLERS: dict[type, Callable[[_Walk, Any, set[Any]], bool]] = {
    Assign: _Walk.stmt_Assign, Store: _Walk.stmt_Store, Effect: _Walk.stmt_Effect, Push: _Walk.stmt_Push, Pop: _Walk.stmt_Pop,
    Mark: _Walk.stmt_Mark, Cut: _Walk.stmt_Cut, Raise: _Walk.stmt_Raise, Assert: _Walk.stmt_Assert, ir.Note: _Walk.stmt_Note,
    Invoke: _Walk.stmt_Invoke, With: _Walk.stmt_With, If: _Walk.stmt_If, Loop: _Walk.stmt_Loop, Try: _Walk.stmt_Try,
}  # fmt: skip


def _read_targets(taped: Taped, live: set[Any]) -> Taped | Range:
    """The iteration without tapes whose entries nobody reads; one stays, where only that tells the number of iterations."""
    pairs = [(tape, v) for tape, v in zip(taped.tapes, taped.targets) if v in live]
    if not pairs and taped.range is None:
        pairs = [(taped.tapes[0], taped.targets[0])]
    if not pairs and taped.range is not None:
        return taped.range
    return Taped(tuple(t for t, _ in pairs), tuple(v for _, v in pairs), taped.range)


def copied(block: Block) -> Block:
    """A copy that can be pruned without changing the block: nested statements are copied, leaves shared."""
    out: list[Any] = []
    for s in block.stmts:
        if isinstance(s, If):
            out.append(If(s.test, copied(s.then), copied(s.orelse), list(s.phis), s.span, s.expr))
        elif isinstance(s, Loop):
            out.append(replace(s, carries=list(s.carries), body=copied(s.body), test_block=copied(s.test_block)))
        elif isinstance(s, With):
            out.append(With(s.context, s.target, copied(s.body), s.span))
        elif isinstance(s, Try):
            handlers = [ir.Handler(h.type, h.name, copied(h.body)) for h in s.handlers]
            out.append(Try(copied(s.body), handlers, copied(s.orelse), copied(s.final), list(s.phis), s.span))
        else:
            out.append(s)
    return Block(out, block.diverges)


__all__ = ["Region", "drop_dead"]
