"""Copies of slices that are not needed: the copy is used once, by an operation that makes new memory anyway.

    g = b[1:].copy()          h = b[1:] / 3.0
    b[1:] = 0.0        ->     b[1:] = 0.0
    h = g / 3.0
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr
from ..ir import nodes as ir
from ..ir.nodes import ARITHMETIC, Assign, Block, Function, Op, Ref, Region, Store, Var
from ..ir.uses import definitions, innermost_loops, use_counts
from ..runtime import spread

_NEW = (np.zeros_like, np.full_like, np.outer, np.where, np.dot, np.cumsum, np.concatenate, np.array, np.sum)


def elide_copies(function: Function) -> Function:
    """Drop copies whose single use can run where the copy is made; changed in place."""
    uses, defs = use_counts(function), definitions(function)
    sensitive = effects.strides_matter(function.body)
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Assign) and effects.region_of(stmt.target) not in sensitive:
            _shape_source(stmt, defs, uses)
    _block(function.body, uses, sensitive)
    loops = innermost_loops(function)
    joins: dict[Var, list[tuple[Any, Any]]] = {}
    for stmt in ir.walk(function.body):
        if isinstance(stmt, ir.If):
            joins.update((p.var, [(p.then, loops[stmt]), (p.orelse, loops[stmt])]) for p in stmt.phis)
        elif isinstance(stmt, ir.Loop):
            joins.update((c.result, [(c.init, loops[stmt]), (c.next, stmt)]) for c in stmt.carries)

    def is_new(atom: Any, loop: Any) -> bool:
        """Whether a value is memory of its own that only one statement uses, in that loop: a copy of it is the value itself."""
        if not isinstance(atom, Var) or uses[atom] != 1 or loops.get(atom) is not loop:
            return False
        if atom in joins:
            return all(is_new(a, inner) for a, inner in joins[atom])
        return atom in defs and _makes_memory(atom, defs[atom])

    for i, stmt in enumerate(function.body):
        # memory that was only stored to, and is not touched again
        if isinstance(stmt, Assign) and stmt.op.kind == "copy" and isinstance(stmt.op.args[0], Var):
            source = stmt.op.args[0]
            stores = sum(isinstance(s, Store) and s.base is source for s in ir.walk(Block(function.body.stmts[:i])))
            if uses[source] == stores + 1:
                uses[source] = 1
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Assign) and stmt.op.kind in ("copy", "deepcopy") and is_new(stmt.op.args[0], loops[stmt]):
            if effects.region_of(stmt.target) in sensitive:  # a copy is in one piece
                continue
            source = stmt.op.args[0]
            if stmt.target.region is not None and source.region is not None:
                stmt.target.region.union(source.region)
            stmt.op = Op("atom", (source,))
    return function


def makes_array(op: Op) -> bool:
    """Whether an operation on arrays puts its result into new memory."""
    new = op.kind in ("copy", "deepcopy", "matmul") or _makes_new(op)
    return new or (op.kind == "call" and isinstance(op.fn, Ref) and any(op.fn.obj is f for f in _NEW))


def _makes_memory(target: Var, op: Op) -> bool:
    """Whether an operation's result is an array, or a list of arrays, that nothing else has."""
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is spread:
        return True
    return isinstance(target.type, Arr) and bool(target.type.ndim) and makes_array(op)


def copied(op: Op | None) -> Any:
    """What an operation copies, if it is a copy."""
    if op is None:
        return None
    if op.kind == "copy":
        return op.args[0]
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj in (np.copy, np.ndarray.copy) and len(op.args) == 1:
        return op.args[0]
    return None


def _shape_source(stmt: Assign, defs: dict[Var, Op], uses: Counter[Var]) -> None:
    """`np.zeros_like(x.copy())` needs only `x`, unless the layout matters: a copy may have another one.

    And `np.zeros_like(x + b)` does, where `x + b` serves nothing else.
    """
    op = stmt.op
    called = op.fn.obj if op.kind == "call" and isinstance(op.fn, Ref) else None
    read = op.kind == "getattr" and op.name in ("shape", "size", "ndim")
    if not op.args or not read and not any(called is fn for fn in effects.SHAPE_ONLY):
        return
    source = op.args[0]
    while isinstance(source, Var):
        inner = copied(defs.get(source)) or (_same_shape(source, defs, not read) if read or uses[source] == 1 else None)
        if inner is None:
            break
        source = inner
    if source is not op.args[0]:
        stmt.op = ir.Op(op.kind, (source, *op.args[1:]), op.kwargs, op.fn, op.name, op.data)


def _same_shape(array: Var, defs: dict[Var, Op], dtype: bool) -> Var | None:
    """An operand that has the shape of an array that arithmetic made, and its `dtype`: `(a * b).size` needs only `a`."""
    op, t = defs.get(array), array.type
    if op is None or op.kind not in ARITHMETIC or not isinstance(t, Arr) or not t.ndim or dtype and t.dtype is None:
        return None
    for a in op.args:
        if isinstance(a, Var) and isinstance(a.type, Arr) and a.type.shape == t.shape and (not dtype or a.type.dtype == t.dtype):
            return a
    return None


def _block(block: Block, uses: Counter[Var], sensitive: set[Region]) -> None:
    for stmt in block:
        for inner in ir.blocks_of(stmt):
            _block(inner, uses, sensitive)
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        if isinstance(stmt, Assign) and stmt.op.kind == "copy" and uses[stmt.target] == 1 and isinstance(stmt.op.args[0], Var):
            _elide(block, i, stmt, sensitive)
        i += 1


def _elide(block: Block, i: int, stmt: Assign, sensitive: set[Region]) -> None:
    source, target = stmt.op.args[0], stmt.target
    region = effects.region_of(source)
    defined: set[Var] = {target}
    dirty = False
    for j in range(i + 1, len(block.stmts)):
        s = block.stmts[j]
        if isinstance(s, ir.Note) and s.barrier:
            return
        if any(a is target for a in ir.uses_of(s)):
            if not isinstance(s, Assign) or not _makes_new(s.op):
                if isinstance(s, Store) and s.value is target and not dirty and s.aug in ("add", "sub"):
                    if effects.region_of(s.base) is not region:
                        s.value = source
                        del block.stmts[i]
                return
            if effects.region_of(s.target) in sensitive:
                return
            if dirty:
                if any(a in defined for a in s.op.atoms() if a is not target and isinstance(a, Var)):
                    return
                if any(r in _written(block.stmts[i + 1 : j]) for a in s.op.atoms() if a is not target
                       and (r := effects.region_of(a)) is not None):  # fmt: skip
                    return
                del block.stmts[j]
                block.stmts.insert(i + 1, s)
            s.op = ir.substitute_op(s.op, lambda a: source if a is target else a)
            del block.stmts[i]
            return
        for inner in ir.blocks_of(s):
            if any(a is target for x in ir.walk(inner) for a in ir.uses_of(x)):
                return
        for x in ir.within(s):
            changed = effects.writes(x)
            if changed is None or (region is not None and region in changed):
                dirty = True
        defined.update(ir.all_defs_of(s))


def _written(stmts: list[Any]) -> set[Any]:
    return {r for s in stmts for x in ir.within(s) for r in (effects.writes(x) or ())}


def _makes_new(op: Op) -> bool:
    return op.kind in ARITHMETIC or (op.kind == "call" and isinstance(op.fn, Ref) and isinstance(op.fn.obj, np.ufunc))
