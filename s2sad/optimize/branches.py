"""What follows a branch and has nothing to do on one side of it moves into the other side.

    if c:                          if c:
        a_bar = 0.0                    x_bar = p
        x_bar = p                  else:
    else:                 ->           a_bar = g
        a_bar = g                      x_bar = a_bar * s
        x_bar = 0.0
    x_bar = x_bar + a_bar * s

Only the zeros that stand for "nothing was added" count, so a product with them may be left out whatever its other
factor is.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..analysis import effects
from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import NOTHING, Assign, Block, Function, If, Note, Op, Phi, Store, Var
from ..ir.uses import use_counts


def sink_into_branches(function: Function) -> Function:
    """Move sums and products of adjoints into the branches that feed them; changed in place."""
    uses = use_counts(function)
    _block(function.body, uses)
    return function


def _block(block: Block, uses: Counter[Var]) -> None:
    for i, stmt in enumerate(block.stmts):
        if isinstance(stmt, If) and not stmt.then.diverges and not stmt.orelse.diverges:
            _sink(block, i, stmt, uses)
    for stmt in block:
        for inner in ir.blocks_of(stmt):
            _block(inner, uses)


def _sink(block: Block, i: int, branch: If, uses: Counter[Var]) -> None:
    """Move statements behind position `i` into `branch`, as long as what is stepped over allows it."""
    skipped: list[Any] = []
    j = i + 1
    while j < len(block.stmts):
        stmt = block.stmts[j]
        if isinstance(stmt, Note) and not stmt.barrier:
            j += 1
            continue
        feeders = _feeders(stmt, skipped, uses)
        if feeders is not None and (_sink_sum(stmt, branch, feeders) or _sink_store(stmt, branch, skipped, uses)):
            gone = [stmt, *feeders]
            block.stmts[:] = [s for s in block.stmts if s not in gone]
            skipped = [s for s in skipped if s not in feeders]
            j -= len(feeders)
            continue
        if not isinstance(stmt, Assign) or not effects.is_pure(stmt.op):
            return
        skipped.append(stmt)
        j += 1


def _feeders(stmt: Any, skipped: list[Any], uses: Counter[Var]) -> list[Any] | None:
    """The skipped statements that have to move with `stmt`, None if another statement needs one of them."""
    defined = {s.target: s for s in skipped}
    found: list[Any] = []
    todo = [stmt]
    while todo:
        for a in ir.uses_of(todo.pop()):
            feeder = defined.get(a) if isinstance(a, Var) else None
            if feeder is None:
                continue
            if uses[feeder.target] != 1 or not isinstance(stmt, Assign):
                return None
            found.append(feeder)
            todo.append(feeder)
    return [s for s in skipped if s in found]


def _sink_sum(stmt: Any, branch: If, feeders: list[Any]) -> bool:
    if not isinstance(stmt, Assign) or not isinstance(stmt.target.type, Num) or stmt.op.kind not in ir.ARITHMETIC:
        return False
    phis = {p.var: p for p in branch.phis}
    if not any(isinstance(a, Var) and a in phis for a in stmt.op.args):
        return False
    sides = []
    for pick in ("then", "orelse"):
        args = tuple(getattr(phis[a], pick) if isinstance(a, Var) and a in phis else a for a in stmt.op.args)
        if any(a is ir.UNDEF for a in args):
            return False
        sides.append(_reduced(stmt.op.kind, args))
    moved = [s.target for s in feeders]
    if feeders and any(side is None for side in sides) and any(side in moved for side in sides if isinstance(side, Var)):
        return False  # one side would be the very value that moves into the other
    if all(side is None for side in sides) or any(a in phis for s in feeders for a in ir.uses_of(s) if isinstance(a, Var)):
        return False
    values = []
    for pick, side in (("then", sides[0]), ("orelse", sides[1])):
        if side is None:
            inner: Block = getattr(branch, pick)
            args = tuple(getattr(phis[a], pick) if isinstance(a, Var) and a in phis else a for a in stmt.op.args)
            side = Var(stmt.target.hint, stmt.target.type)
            inner.stmts += feeders
            inner.stmts.append(Assign(side, Op(stmt.op.kind, args), stmt.span))
        values.append(side)
    branch.phis.append(Phi(stmt.target, values[0], values[1]))
    return True


def _reduced(kind: str, args: tuple[Any, ...]) -> Any:
    """The atom that an operation on nothing comes to, or None."""
    if kind == "add":
        if args[0] is NOTHING:
            return args[1]
        return args[0] if args[1] is NOTHING else None
    if kind == "sub":
        return args[0] if args[1] is NOTHING else None
    if kind == "mul":
        return NOTHING if any(a is NOTHING for a in args) else None
    if kind in ("truediv", "neg"):
        return NOTHING if args[0] is NOTHING else None
    return None


def _sink_store(stmt: Any, branch: If, skipped: list[Any], uses: Counter[Var]) -> bool:
    """An adjoint that is added to memory on one side only."""
    if not isinstance(stmt, Store) or stmt.role != "accumulate" or stmt.aug != "add" or not isinstance(stmt.base, Var):
        return False
    phi = next((p for p in branch.phis if p.var is stmt.value), None)
    if phi is None or uses[phi.var] != 1 or stmt.base is phi.var or (phi.then is NOTHING) == (phi.orelse is NOTHING):
        return False
    region = effects.region_of(stmt.base)
    if region is None or any(region in effects.reads_contents(s.op) for s in skipped):
        return False
    pick = "orelse" if phi.then is NOTHING else "then"
    value = getattr(phi, pick)
    index = next((getattr(p, pick) for p in branch.phis if p.var is stmt.index), stmt.index)
    if value is ir.UNDEF or index is ir.UNDEF or any(p.var is stmt.base for p in branch.phis):
        return False
    getattr(branch, pick).stmts.append(Store(stmt.base, index, value, stmt.aug, stmt.span, stmt.role))
    branch.phis.remove(phi)
    return True
