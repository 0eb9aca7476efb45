"""The same element loaded twice before its place is overwritten: one load.

    a = y[0]                   a = y[0]
    b = y[0]             ->    y[0] = a * a
    y[0] = a * b

Loads that can be written into the expression that uses them stay as they are.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Op, Var
from ..ir.uses import all_blocks, definitions, replace_variables
from .order import reads_any, written
from .stores import same_atom


def share_loads(function: Function) -> Function:
    """Replace a load by an equal one that has to keep its name anyway; changed in place."""
    defs = definitions(function)
    replaced: dict[Any, Var] = {}
    for block in all_blocks(function):
        _block(block, defs, replaced)
    if not replaced:
        return function
    replace_variables(function, replaced)
    return function


def _block(block: Block, defs: dict[Var, Op], replaced: dict[Any, Var]) -> None:
    loads: list[tuple[int, Assign]] = []
    for i, stmt in enumerate(block.stmts):
        if isinstance(stmt, ir.Note) and stmt.barrier:
            loads.clear()
        if not isinstance(stmt, Assign) or stmt.op.kind != "getitem" or not isinstance(stmt.target.type, Num):
            continue
        if not effects.is_pure(stmt.op) or stmt.op.data is not None:
            continue
        same = next((s for j, s in loads if _equal(s.op, stmt.op, defs) and not reads_any(s.op, written(block.stmts[j:i]))), None)
        if same is not None and not stmt.target.named and same.target.type == stmt.target.type:
            replaced[stmt.target] = same.target
        elif stmt.target.named or _pinned(block, i, stmt):
            loads.append((i, stmt))
    block.stmts[:] = [s for s in block.stmts if not (isinstance(s, Assign) and s.target in replaced)]


def _equal(a: Op, b: Op, defs: dict[Var, Op]) -> bool:
    return all(same_atom(x, y, defs) for x, y in zip(a.args, b.args))


def _pinned(block: Block, i: int, stmt: Assign) -> bool:
    """Whether the place is overwritten before the value is used for the last time."""
    last = i
    for j in range(i + 1, len(block.stmts)):
        s = block.stmts[j]
        if any(a is stmt.target for x in ir.within(s) for a in ir.uses_of(x)):
            last = j
    return reads_any(stmt.op, written(block.stmts[i + 1 : last]))
