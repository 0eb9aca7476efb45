"""Which variables some path leaves unassigned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Function, If, Loop, Try, Var


def merges(stmt: Any) -> Iterator[tuple[Any, Var, list[Any]]]:
    """The merges of a statement: each with its variable and the values that it takes."""
    if isinstance(stmt, If):
        for p in stmt.phis:
            values = [v for v, b in ((p.then, stmt.then), (p.orelse, stmt.orelse)) if not b.diverges]
            yield p, p.var, values
    elif isinstance(stmt, Try):
        blocks = [stmt.body, *(h.body for h in stmt.handlers)]
        for m in stmt.phis:
            yield m, m.var, [v for v, b in zip(m.values, blocks) if not b.diverges]
    elif isinstance(stmt, Loop):
        for c in stmt.carries:
            yield c, c.phi, [c.init, c.next]
            yield c, c.result, [c.init, c.next]


def doubtful(function: Function) -> set[Var]:
    """The variables that some path leaves unassigned."""
    found: set[Var] = set()
    while True:
        before = len(found)
        for stmt in ir.walk(function.body):
            for _, var, values in merges(stmt):
                if any(v is UNDEF or isinstance(v, Var) and v in found for v in values):
                    found.add(var)
        if len(found) == before:
            return found
