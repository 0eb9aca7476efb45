"""Two branches on the same test become one.

The forward sweep's branch often survives only to compute what the reverse sweep's branch on the same test reads.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, If, Note, Var


def merge_branches(function: Function) -> Function:
    """Join an `If` with a later one on the same variable, if what lies between may run before both."""
    _block(function.body)
    return function


def _block(block: Block) -> None:
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        if isinstance(stmt, If) and isinstance(stmt.test, Var) and not stmt.then.diverges and not stmt.orelse.diverges:
            j = _partner(block, i)
            if j is not None:
                _merge(block, i, j)
                continue
        i += 1
    for stmt in block:
        for inner in ir.blocks_of(stmt):
            _block(inner)


def _partner(block: Block, i: int) -> int | None:
    first = block.stmts[i]
    moved: set[Any] = {p.var for p in first.phis}
    written = {r for b in ir.blocks_of(first) for s in ir.walk(b) for r in (effects.writes(s) or ())}
    for j in range(i + 1, len(block.stmts)):
        stmt = block.stmts[j]
        if isinstance(stmt, If) and stmt.test is first.test:
            return j if not stmt.then.diverges and not stmt.orelse.diverges else None
        if isinstance(stmt, Note):
            if stmt.barrier:
                return None
            continue
        # what lies between runs before the merged branch
        if not isinstance(stmt, Assign) or not effects.is_pure(stmt.op) or effects.is_volatile(stmt.op):
            return None
        if any(a in moved for a in ir.uses_of(stmt) if isinstance(a, Var)):
            return None
        if any(r in written for r in effects.reads_contents(stmt.op)):
            return None
    return None


def _merge(block: Block, i: int, j: int) -> None:
    a, b = block.stmts[i], block.stmts[j]
    for pick in ("then", "orelse"):
        chosen = {p.var: getattr(p, pick) for p in a.phis}

        def sub(atom: Any, chosen: dict[Any, Any] = chosen) -> Any:
            return chosen.get(atom, atom) if isinstance(atom, Var) and chosen.get(atom) is not ir.UNDEF else atom

        inner = getattr(b, pick)
        for s in ir.walk(inner):
            ir.substitute(s, sub)
        for p in b.phis:
            setattr(p, pick, sub(getattr(p, pick)))
        getattr(a, pick).stmts += inner.stmts
    a.phis += b.phis
    a.expr = False
    between = block.stmts[i + 1 : j]
    block.stmts[i : j + 1] = [*(s for s in between if not isinstance(s, Note)), a]
    if any(isinstance(s, Note) for s in between):  # the sweeps run into each other
        block.stmts[:] = [s for s in block.stmts if not isinstance(s, Note)]
