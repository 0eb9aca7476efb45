"""Names that some path leaves unassigned, where the emitted text would read them.

A merge of paths may take a value that one of them never assigned, since nothing reads it there. Where such a merge has to be
written as a copy between two names, or an adjoint asks for the shape of the value, the name has to be there: it is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.unassigned import doubtful, merges
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Function, Lit, Var

# helpers of adjoints that look at a value's shape only
_SHAPES = frozenset({"unbroadcast", "zeros_like", "full_like", "like", "buffer_like"})


def define_where_read(function: Function, same_name: Callable[[Var, Any], bool]) -> bool:
    """Give None to the names that would be read without having been assigned; whether there were any."""
    makers: dict[Var, tuple[Any, Any]] = {}
    for stmt in ir.walk(function.body):
        for merge, var, _ in merges(stmt):
            makers[var] = (stmt, merge)
    unassigned = doubtful(function)
    wanted = {
        a for stmt in ir.walk(function.body) for _, var, values in merges(stmt) for a in values
        if isinstance(a, Var) and a in unassigned and not same_name(var, a)
    }  # fmt: skip
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Assign) and stmt.op.kind == "call" and getattr(getattr(stmt.op.fn, "obj", None), "__name__", "") in _SHAPES:
            wanted.update(a for a in stmt.op.args if isinstance(a, Var) and a in unassigned)
    changed = False
    todo, seen = list(wanted), set(wanted)
    while todo:
        _, merge = makers[todo.pop()]
        for field, value in _operands(merge):
            if value is UNDEF:
                _set(merge, field, Lit(None))
                changed = True
            elif isinstance(value, Var) and value in unassigned and value not in seen:
                seen.add(value)
                todo.append(value)
    return changed


def lift_inner_values(function: Function) -> None:
    """Let a merge take values of its branches only: one that an inner branch assigns is merged with nothing there first.

    The content of an object that one path makes is such a value: behind the paths it is what the object has.
    """
    homes: dict[Var, ir.Block] = {}
    owners: dict[int, tuple[Any, ir.Block]] = {}  # id(block) -> its statement, and the block around

    def visit(block: ir.Block) -> None:
        for stmt in block:
            for v in ir.defs_of(stmt):
                homes[v] = block
            for inner in ir.blocks_of(stmt):
                owners[id(inner)] = stmt, block
                visit(inner)

    visit(function.body)
    lifted: dict[tuple[Var, int], Var] = {}
    for stmt in list(ir.walk(function.body)):
        if isinstance(stmt, ir.If):
            for p in stmt.phis:
                p.then = _lift(p.then, stmt.then, homes, owners, lifted)
                p.orelse = _lift(p.orelse, stmt.orelse, homes, owners, lifted)
        elif isinstance(stmt, ir.Try):
            blocks = [stmt.body, *(h.body for h in stmt.handlers)]
            for m in stmt.phis:
                m.values = [_lift(v, b, homes, owners, lifted) for v, b in zip(m.values, blocks)]


def _lift(value: Any, branch: ir.Block, homes: dict[Var, ir.Block], owners: dict[int, tuple[Any, ir.Block]],
          lifted: dict[tuple[Var, int], Var]) -> Any:  # fmt: skip
    """A value as it is at the end of a branch; itself if it is not assigned in a branch within this one."""
    steps: list[tuple[ir.If, ir.Block]] = []
    block = homes.get(value) if isinstance(value, Var) else None
    while block is not None and block is not branch:
        stmt, outer = owners.get(id(block), (None, None))
        if not isinstance(stmt, ir.If):
            return value
        steps.append((stmt, block))
        block = outer
    if block is None:
        return value
    for stmt, inner in steps:
        if (stmt.orelse if inner is stmt.then else stmt.then).diverges:
            continue
        key = (value, id(stmt))
        if key not in lifted:
            new = Var(value.hint, value.type, value._varied, value.named, value.region)
            stmt.phis.append(ir.Phi(new, value, UNDEF) if inner is stmt.then else ir.Phi(new, UNDEF, value))
            lifted[key] = new
        value = lifted[key]
    return value


def _operands(merge: Any) -> list[tuple[Any, Any]]:
    if isinstance(merge, ir.Phi):
        return [("then", merge.then), ("orelse", merge.orelse)]
    if isinstance(merge, ir.MultiPhi):
        return list(enumerate(merge.values))
    return [("init", merge.init), ("next", merge.next)]


def _set(merge: Any, field: Any, value: Any) -> None:
    if isinstance(merge, ir.MultiPhi):
        merge.values[field] = value
    else:
        setattr(merge, field, value)
