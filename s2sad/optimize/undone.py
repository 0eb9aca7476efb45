"""Stores that are undone before anything reads what they stored.

Where an iteration is run again in front of its adjoints, its last stores are the first ones to be put back:

    saved = v[i]
    v[i] = g            ->    (nothing)
    v[i] = saved

The store is dropped if nothing reads that memory up to the restore, and then the restore if nothing changed since its save.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Effect, Function, Lit, Note, Op, Store, Var


def drop_undone(function: Function) -> Function:
    """The function without such stores; changed in place. What a `try` runs stays: its handlers may see it."""
    defs = {s.target: s for s in ir.walk(function.body) if isinstance(s, Assign)}
    _block(function.body, defs)
    return function


def _block(block: Block, defs: dict[Var, Assign]) -> None:
    for stmt in block.stmts:
        for inner in () if isinstance(stmt, ir.Try) else ir.blocks_of(stmt):
            _block(inner, defs)
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        if isinstance(stmt, Store) and stmt.role == "restore" and stmt.aug is None and _private(stmt):
            store = _undone(block.stmts, i)
            if store is not None:
                del block.stmts[store]
                i -= 1
            if _unchanged(block.stmts, i, defs):
                del block.stmts[i]
                continue
        i += 1


def _private(stmt: Store) -> bool:
    region = effects.region_of(stmt.base)
    return region is not None and not region.caller


def _undone(stmts: list[Any], at: int) -> int | None:
    """The position of the store that the restore at a position undoes, if nothing reads the memory between them."""
    restore = stmts[at]
    region = effects.region_of(restore.base)
    for k in range(at - 1, -1, -1):
        stmt = stmts[k]
        if isinstance(stmt, Store) and stmt.base is restore.base and _same_place(stmt.index, restore.index):
            return k if region not in {effects.region_of(a) for a in (stmt.index, stmt.value)} else None
        if not _blind(stmt, region):
            return None
    return None


def _blind(stmt: Any, region: Any) -> bool:
    """Whether a statement neither reads nor changes the contents of some memory."""
    if isinstance(stmt, Assign) and effects.is_pure(stmt.op):
        shows = effects.is_view(stmt.op, stmt.target) and not effects.may_copy(stmt.op)
        return shows or region not in effects.reads_contents(stmt.op)
    if isinstance(stmt, Note):
        return not stmt.barrier
    if not isinstance(stmt, (Assign, Effect, Store, ir.Pop, ir.Push)):
        return False
    return not any(effects.region_of(a) is region for a in ir.uses_of(stmt))


def _unchanged(stmts: list[Any], at: int, defs: dict[Var, Assign]) -> bool:
    """Whether the restore at a position stores what is there: nothing has changed since it was saved."""
    restore = stmts[at]
    region = effects.region_of(restore.base)
    load = _load(restore.value, defs)
    if load is None or not _loads(load.op, restore):
        return False
    for stmt in reversed(stmts[:at]):
        if stmt is load:
            return True
        for inner in (stmt, *(x for b in ir.blocks_of(stmt) for x in ir.walk(b))):
            changed = effects.writes(inner)
            if changed is None or region in changed:
                return False
    return False


def _load(saved: Any, defs: dict[Var, Assign]) -> Assign | None:
    """The statement that took what was saved out of memory, by way of a copy of it."""
    stmt = defs.get(saved) if isinstance(saved, Var) else None
    if stmt is not None and stmt.op.kind == "copy" and isinstance(stmt.op.args[0], Var):
        inner = defs.get(stmt.op.args[0])
        return inner if inner is not None and inner.op.kind == "getitem" and effects.is_view(inner.op, inner.target) else stmt
    return stmt


def _loads(op: Op, restore: Store) -> bool:
    if op.kind == "getitem":
        return op.args[0] is restore.base and _same_place(op.args[1], restore.index)
    return op.kind == "copy" and op.args[0] is restore.base and _same_place(None, restore.index)


def _same_place(a: Any, b: Any) -> bool:
    if _whole(a) or _whole(b):
        return _whole(a) and _whole(b)
    return a is b or isinstance(a, Lit) and isinstance(b, Lit) and type(a.value) is type(b.value) and a.value == b.value


def _whole(index: Any) -> bool:
    return index is None or isinstance(index, Lit) and index.value is Ellipsis
