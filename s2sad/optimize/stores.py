"""Stores to adjoints that say in two statements what one can say.

    b[i] = 0.0                       b[i] += p                   b = 1.0 * y
    b[i] += g      ->  b[i] = g      b[i] += q  ->  b[i] += p + q    b += g   ->   b = 1.0 * y + g
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Carry, Function, Lit, Loop, Note, Op, Pop, Region, Store, Var
from ..ir.uses import all_blocks, definitions, innermost_loops, use_counts
from .order import reads_any, written

_NEW = frozenset({"add", "sub", "mul", "truediv", "neg"})


def join_stores(function: Function) -> Function:
    """Join stores to the same place that nothing reads in between; changed in place."""
    defs = definitions(function)
    for block in all_blocks(function):
        for stmt in block:
            _through_view(stmt, defs)
        _pairs(block, defs)
        _first(block)
    return function


def _through_view(stmt: Any, defs: dict[Var, Op]) -> None:
    """`v = b[1:]; v += g` adds to `b[1:]`."""
    if not isinstance(stmt, Store) or stmt.index is not None or not isinstance(stmt.base, Var):
        return
    op = defs.get(stmt.base)
    if op is None or op.kind != "getitem" or stmt.base.named or not isinstance(stmt.base.type, Arr):
        return
    if isinstance(op.args[0], Var) and isinstance(op.args[0].type, Arr) and effects.is_view(op, stmt.base):
        stmt.base, stmt.index = op.args


def _adds(stmt: Any) -> bool:
    return isinstance(stmt, Store) and stmt.role == "accumulate" and stmt.aug == "add" and isinstance(stmt.base, Var)


def _pairs(block: Block, defs: dict[Var, Op]) -> None:
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        i += 1
        zero = isinstance(stmt, Store) and stmt.role == "zero" and stmt.aug is None and isinstance(stmt.base, Var)
        given = isinstance(stmt, Store) and stmt.role == "set" and isinstance(stmt.base, Var)
        if not zero and not given and not _adds(stmt):
            continue
        j = _next_to(block, i, stmt, defs)
        if j is None:
            continue
        second = block.stmts[j]
        if effects.region_of(second.value) is effects.region_of(stmt.base):
            continue
        if zero:
            if not (isinstance(stmt.value, Lit) and stmt.value.value == 0.0):
                continue
            second.aug, second.role = None, "set"
        else:
            t = type_of(second.value)
            if not isinstance(t, (Num, Arr)) or t != type_of(stmt.value) or (isinstance(t, Arr) and t.shape is None):
                continue
            if effects.region_of(stmt.value) is not None and not _unchanged(stmt.value, block.stmts[i:j]):
                continue
            hint = second.value.hint if isinstance(second.value, Var) else "sum"
            total = Var(hint, t, region=Region() if isinstance(t, Arr) else None)
            block.stmts.insert(j, Assign(total, Op("add", (stmt.value, second.value)), second.span))
            second.value = total
            if given:
                second.aug, second.role = None, "set"
        i -= 1
        del block.stmts[i]


def _unchanged(atom: Any, between: list[Any]) -> bool:
    region = effects.region_of(atom)
    return not any(isinstance(s, Store) and effects.region_of(s.base) is region for s in between)


def _next_to(block: Block, start: int, first: Store, defs: dict[Var, Op]) -> int | None:
    """Position of an addition to the place that `first` stores to, if nothing before it has to do with that memory."""
    region = effects.region_of(first.base)
    for j in range(start, len(block.stmts)):
        stmt = block.stmts[j]
        if _adds(stmt) and stmt.base is first.base and same_atom(stmt.index, first.index, defs):
            return j
        if isinstance(stmt, Note) and not stmt.barrier:
            continue
        if isinstance(stmt, Pop) and not any(effects.region_of(v) is region for v in ir.defs_of(stmt)):
            continue
        if _adds(stmt) and stmt.base is first.base and _elsewhere(stmt.index, first.index) and isinstance(type_of(stmt.value), Num):
            continue
        if not isinstance(stmt, Assign) or not effects.is_pure(stmt.op):
            return None
        if any(effects.region_of(a) is region for a in stmt.op.atoms() if isinstance(a, Var)):
            return None
    return None


def _elsewhere(a: Any, b: Any) -> bool:
    """Whether two indices are different elements: constants counted from the same end."""
    known = isinstance(a, Lit) and isinstance(b, Lit) and type(a.value) is int and type(b.value) is int
    return known and a.value != b.value and (a.value < 0) == (b.value < 0)


def same_atom(a: Any, b: Any, defs: dict[Var, Op]) -> bool:
    """Whether two atoms are certainly equal: the same, or indices written the same way."""
    if isinstance(a, Lit) and isinstance(b, Lit):
        return type(a.value) is type(b.value) and bool(a.value == b.value)
    if isinstance(a, Var) and isinstance(b, Var) and a is not b:
        x, y = defs.get(a), defs.get(b)
        if x is None or y is None or x.kind != y.kind or x.kind not in ("slice", "tuple") or len(x.args) != len(y.args):
            return False
        return all(same_atom(p, q, defs) for p, q in zip(x.args, y.args))
    return a is b


def _first(block: Block) -> None:
    """`b = p * q; b += g` where `b` is made here, copied or filled with a number: one expression."""
    added_to = {s.base for s in block if _adds(s) and s.index is None}
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        i += 1
        filled = _filled(stmt.op) if isinstance(stmt, Assign) else None
        copied = filled is None and isinstance(stmt, Assign) and stmt.op.kind == "copy" and stmt.op.args[0].type == stmt.target.type
        if not isinstance(stmt, Assign) or stmt.target not in added_to or not isinstance(stmt.target.type, Arr):
            continue
        if stmt.op.kind not in _NEW and filled is None and not copied:
            continue
        var = stmt.target
        j = next((k for k in range(i, len(block.stmts)) if _touches(block.stmts[k], var)), None)
        if j is None or not _adds(block.stmts[j]) or block.stmts[j].index is not None or block.stmts[j].base is not var:
            continue
        store = block.stmts[j]
        if store.value is var or var.type.shape is None or type_of(store.value) != var.type:
            continue
        if copied and reads_any(stmt.op, written(block.stmts[i:j])):
            continue
        start: Any = stmt.op.args[0] if copied else filled
        if start is None:
            start = stmt.target = Var(var.hint, var.type, region=Region())
        else:
            del block.stmts[i - 1]
            j -= 1
        block.stmts[j] = Assign(var, Op("add", (start, store.value)), store.span)
        i -= 1


def _filled(op: Op) -> Any:
    """The number that an array is filled with, where arithmetic would take it in the dtype of the array."""
    if op.kind != "call" or not isinstance(op.fn, ir.Ref) or op.fn.obj is not np.full_like or len(op.args) != 2 or op.kwargs:
        return None
    t, like = type_of(op.args[1]), type_of(op.args[0])
    fits = isinstance(t, Num) and isinstance(like, Arr) and like.ndim and t.dtype.kind == "f" and not t.mixed and (t.py or t.dtype == like.dtype)
    return op.args[1] if fits else None


def _touches(stmt: Any, var: Var) -> bool:
    return any(a is var for s in ir.within(stmt) for a in ir.uses_of(s))


def accumulate_in_place(function: Function) -> Function:
    """`W_bar = W_bar + g` in a loop adds to one array made before the loop; changed in place.

        for ...:                         for ...:
            W_bar = W_bar + g    ->          W_bar += g
    """
    uses = use_counts(function)
    defs = {s.target: s for s in ir.walk(function.body) if isinstance(s, Assign)}
    loops = innermost_loops(function)
    sensitive = effects.strides_matter(function.body)  # a new array may have other strides than the old one
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Loop):
            for carry in stmt.carries:
                same = loops.get(carry.init) is loops[stmt]  # what is made outside a loop around is read again in its next iteration
                if same and effects.region_of(carry.phi) not in sensitive:
                    _in_place(stmt, carry, uses, defs)
    return function


def _in_place(loop: Loop, carry: Carry, uses: dict[Var, int], defs: dict[Var, Assign]) -> None:
    phi, init, nxt = carry.phi, carry.init, carry.next
    if not isinstance(phi.type, Arr) or phi.type.shape is None or phi.type.dtype is None:
        return
    if not isinstance(init, Var) or not isinstance(nxt, Var) or any(uses.get(v) != 1 for v in (init, phi, nxt)):
        return
    made, update = defs.get(init), defs.get(nxt)
    if made is None or not _makes_new(made.op) or update is None or update.op.kind != "add":
        return
    i = next((i for i, s in enumerate(loop.body.stmts) if s is update), None)
    if i is None or phi not in update.op.args:
        return
    g = update.op.args[1] if update.op.args[0] is phi else update.op.args[0]
    t = type_of(g)
    if not (t == phi.type or (isinstance(t, Num) and t.py)) or init.type != phi.type:
        return
    if phi.region is None or effects.region_of(g) in (phi.region.find(), effects.region_of(init)):
        return
    for v in (init, carry.result):  # one array from here on
        if v.region is not None:
            phi.region.union(v.region)
    loop.body.stmts[i] = Store(phi, None, g, "add", update.span, "accumulate")
    carry.next = phi


def _makes_new(op: Op) -> bool:
    if op.kind in _NEW or op.kind == "copy":
        return True
    return op.kind == "call" and isinstance(op.fn, ir.Ref) and op.fn.obj in (np.zeros_like, np.full_like, np.outer)
