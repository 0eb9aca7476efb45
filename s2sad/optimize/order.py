"""The order of statements that lets versions of a value share one name and temporaries vanish.

The new version of a value comes after the last use of the old one:

    s_bar1 = s_bar * v             v_bar = s_bar * s
    v_bar = s_bar * s         ->   s_bar = s_bar * v
    s_bar = s_bar1

and a number that is loaded before its place is overwritten is used right there:

    g = b[i]                       h = b[i] / 3.0
    b[i] = 0.0                ->   b[i] = 0.0
    h = g / 3.0
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..analysis import effects
from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, If, Loop, Var


def reorder(function: Function) -> Function:
    """Move single statements down or up within their block; changed in place."""
    uses: Counter[Var] = Counter()
    for stmt in ir.walk(function.body):
        uses.update(a for a in ir.uses_of(stmt) if isinstance(a, Var))
    uses.update(a for a in ir.result_atoms(function.result) if isinstance(a, Var))
    for block, ends in _blocks(function):
        _last(block, ends, uses)
        _early(block, uses)
    return function


def _blocks(function: Function) -> list[tuple[Block, set[Any]]]:
    """Every block, with the variables that leave it at its end."""
    found: list[tuple[Block, set[Any]]] = [(function.body, set())]
    for stmt in ir.walk(function.body):
        for inner in ir.blocks_of(stmt):
            ends: set[Any] = set()
            if isinstance(stmt, Loop) and inner is stmt.body and stmt.go is None:
                ends = {c.next for c in stmt.carries}
            elif isinstance(stmt, If):
                ends = {p.then if inner is stmt.then else p.orelse for p in stmt.phis}
            found.append((inner, ends))
    return found


def written(stmts: list[Any]) -> set[Any] | None:
    """The memory that statements change, nested ones included; None if it may be any."""
    regions: set[Any] = set()
    for stmt in stmts:
        for s in (stmt, *(x for b in ir.blocks_of(stmt) for x in ir.walk(b))):
            changed = effects.writes(s)
            if changed is None:
                return None
            regions.update(changed)
    return regions


def reads_any(op: ir.Op, regions: set[Any] | None) -> bool:
    return regions is None or any(r in regions for a in op.atoms() if (r := effects.region_of(a)) is not None)


def _reads(stmt: Any) -> set[Any]:
    """Every variable that a statement and what is nested in it read."""
    return {a for s in (stmt, *(x for b in ir.blocks_of(stmt) for x in ir.walk(b))) for a in ir.uses_of(s)}


def _last(block: Block, ends: set[Any], uses: Counter[Var]) -> None:
    moved = []
    for i, stmt in enumerate(block.stmts):
        if not isinstance(stmt, Assign) or stmt.target not in ends or uses[stmt.target] != 1:
            continue
        if stmt.op.kind not in ir.ARITHMETIC:
            continue
        rest = block.stmts[i + 1 :]
        operands = {a for a in stmt.op.atoms() if isinstance(a, Var)}
        if not any(operands & _reads(s) for s in rest if s not in moved) or reads_any(stmt.op, written(rest)):
            continue
        moved.append(stmt)
    if moved:
        block.stmts[:] = [s for s in block.stmts if s not in moved] + moved


def _early(block: Block, uses: Counter[Var]) -> None:
    i = 0
    while i < len(block.stmts):
        stmt = block.stmts[i]
        i += 1
        if not isinstance(stmt, Assign) or stmt.op.kind != "getitem" or not isinstance(stmt.target.type, Num):
            continue
        if uses[stmt.target] != 1 or stmt.target.named:
            continue
        j = next((k for k in range(i, len(block.stmts)) if stmt.target in ir.uses_of(block.stmts[k])), None)
        if j is None:
            continue
        user = block.stmts[j]
        between = block.stmts[i:j]
        changed = written(between)
        if not isinstance(user, Assign) or user.op.kind not in ir.ARITHMETIC or not reads_any(stmt.op, changed):
            continue
        defined = {v for s in between for v in ir.defs_of(s)}
        if any(a in defined for a in user.op.atoms()) or reads_any(user.op, changed):
            continue
        del block.stmts[j]
        block.stmts.insert(i, user)
