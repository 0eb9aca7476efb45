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
from ..ir.nodes import Assign, Block, Function, If, Loop, Note, Var
from ..ir.uses import use_counts


def reorder(function: Function) -> Function:
    """Move single statements down or up within their block; changed in place."""
    uses = use_counts(function)
    for block, old in _blocks(function):
        _last(block, old, uses)
        _early(block, uses)
    return function


def _blocks(function: Function) -> list[tuple[Block, dict[Any, Any]]]:
    """Every block, with the variables that leave it at its end and the older version that each replaces."""
    found: list[tuple[Block, dict[Any, Any]]] = [(function.body, {})]
    for stmt in ir.walk(function.body):
        for inner in ir.blocks_of(stmt):
            old: dict[Any, Any] = {}
            if isinstance(stmt, Loop) and inner is stmt.body and stmt.go is None:
                old = {c.next: c.phi for c in stmt.carries}
            elif isinstance(stmt, If):
                old = {p.then: p.orelse for p in stmt.phis} if inner is stmt.then else {p.orelse: p.then for p in stmt.phis}
            found.append((inner, old))
    return found


def written(stmts: list[Any]) -> set[Any] | None:
    """The memory that statements change, nested ones included; None if it may be any."""
    regions: set[Any] = set()
    for stmt in stmts:
        for s in ir.within(stmt):
            changed = effects.writes(s)
            if changed is None:
                return None
            regions.update(changed)
    return regions


def reads_any(op: ir.Op, regions: set[Any] | None) -> bool:
    return regions is None or any(r in regions for a in op.atoms() if (r := effects.region_of(a)) is not None)


def _leaves(atom: Any, defs: dict[Var, ir.Op], uses: Counter[Var]) -> set[Any]:
    """What an expression of temporaries is made of."""
    op = defs.get(atom) if isinstance(atom, Var) and uses[atom] == 1 else None
    return {atom} if op is None else {x for a in op.atoms() for x in _leaves(a, defs, uses)}


def _last(block: Block, old: dict[Any, Any], uses: Counter[Var]) -> None:
    """Move what leaves the block behind the other uses of its operands; what replaces an operand comes last."""
    defs = {s.target: s.op for s in block if isinstance(s, Assign)}
    shared: list[Any] = []
    newer: list[Any] = []
    reads: dict[int, set[Any]] = {}
    replaced: dict[int, set[Any]] = {}
    for i, stmt in enumerate(block.stmts):
        if not isinstance(stmt, Assign) or stmt.target not in old or uses[stmt.target] != 1:
            continue
        if stmt.op.kind not in ir.ARITHMETIC or reads_any(stmt.op, written(block.stmts[i + 1 :])):
            continue
        leaves = _leaves(stmt.target, defs, uses)
        reads[id(stmt)] = leaves
        replaced[id(stmt)] = {a for a in leaves if isinstance(a, Var) and (a is old[stmt.target] or a.hint == stmt.target.hint)}
        if replaced[id(stmt)]:
            newer.append(stmt)
        elif any(isinstance(a, Var) and uses[a] > 1 for a in leaves):
            shared.append(stmt)
    moved = shared
    while newer:  # first what replaces nothing that another one reads
        free = [s for s in newer if not any(replaced[id(s)] & reads[id(o)] for o in newer if o is not s)]
        moved.append(free[0] if free else newer[0])
        newer.remove(moved[-1])
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
        if any(isinstance(s, Note) and s.barrier for s in between):
            continue
        changed = written(between)
        if not isinstance(user, Assign) or user.op.kind not in ir.ARITHMETIC or not reads_any(stmt.op, changed):
            continue
        defined = {v for s in between for v in ir.all_defs_of(s)}
        if any(a in defined for a in user.op.atoms()) or reads_any(user.op, changed):
            continue
        del block.stmts[j]
        block.stmts.insert(i, user)
