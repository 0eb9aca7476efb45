"""Copies of parts of a program, with variables of their own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from . import nodes as ir
from .nodes import REPLAYED, Block, Carry, Each, Handler, Loop, MultiPhi, Phi, Range, Region, Var, With


class Clone:
    """Copies statements. `variables` has the copy of each variable that they define, and of those it is given."""

    def __init__(self, variables: dict[Var, Any] | None = None, fresh: Callable[[Region], bool] = lambda region: True) -> None:
        """`fresh(region)`: whether the copies of what lives there live in memory of their own."""
        self.variables: dict[Var, Any] = dict(variables or {})
        self.fresh = fresh
        self.regions: dict[Region, Region] = {}

    def region(self, region: Region | None) -> Region | None:
        """The region of a copy."""
        if region is None or not self.fresh(region.find()):
            return region
        known = region.find()
        if known not in self.regions:
            new = self.regions[known] = Region()
            new.stored, new.varied = known.stored, known.varied
        return self.regions[known]

    def define(self, v: Var) -> Var:
        """The copy of a variable."""
        new = Var(v.hint, v.type, v._varied, v.named, self.region(v.region))
        new.view = v.view
        self.variables[v] = new
        return new

    def sub(self, atom: Any) -> Any:
        return self.variables.get(atom, atom) if isinstance(atom, Var) else atom

    def define_all(self, block: Block) -> None:
        """Make the copies of what a block defines."""
        for stmt in ir.walk(block):
            for v in (*ir.inner_defs_of(stmt), *ir.defs_of(stmt)):
                self.define(v)

    def loop(self, loop: Loop) -> Loop:
        """A copy of a loop whose carried values start from and end in the variables of the loop itself."""
        if loop.index is not None:
            index = self.define(loop.index)
            if index.hint == "_":  # it is read now
                index.hint, index.named = "i", False
        for c in loop.carries:
            self.define(c.phi)
        self.define_all(loop.body)
        carries = [Carry(self.variables[c.phi], c.init, self.sub(c.next), c.result) for c in loop.carries]
        return Loop(loop.iter, self.sub(loop.index), carries, self.copied(loop.body), span=loop.span, header=loop.header)

    def block(self, block: Block) -> Block:
        """A copy of a block."""
        self.define_all(block)
        return self.copied(block)

    def copied(self, block: Block) -> Block:
        return Block([self.stmt(s) for s in block.stmts], block.diverges)

    def stmt(self, stmt: Any) -> Any:
        new: Any = copy.copy(stmt)
        if isinstance(stmt, (ir.Assign, ir.Pop, ir.Mark)):
            new.target = self.sub(stmt.target)
        elif isinstance(stmt, ir.If):
            new.then, new.orelse = self.copied(stmt.then), self.copied(stmt.orelse)
            new.phis = [Phi(self.sub(p.var), p.then, p.orelse) for p in stmt.phis]
        elif isinstance(stmt, Loop):
            new.index = self.sub(stmt.index)
            new.body, new.test_block = self.copied(stmt.body), self.copied(stmt.test_block)
            new.carries = [Carry(self.sub(c.phi), c.init, c.next, self.sub(c.result)) for c in stmt.carries]
            if isinstance(stmt.iter, (Range, Each)):
                new.iter = copy.copy(stmt.iter)
        elif isinstance(stmt, ir.Try):
            new.body, new.orelse, new.final = (self.copied(b) for b in (stmt.body, stmt.orelse, stmt.final))
            new.handlers = [Handler(h.type, self.sub(h.name), self.copied(h.body)) for h in stmt.handlers]
            new.phis = [MultiPhi(self.sub(m.var), list(m.values)) for m in stmt.phis]
        elif isinstance(stmt, With):
            new.target, new.body = self.sub(stmt.target), self.copied(stmt.body)
        elif isinstance(stmt, ir.Invoke):
            new.results = [self.sub(r) for r in stmt.results]
            new.args, new.reads, new.writes = list(stmt.args), list(stmt.reads), list(stmt.writes)
        ir.substitute(new, self.sub)
        return new


def read_from_outside(block: Block, also: Iterable[Any] = (), given: Iterable[Any] = ()) -> list[Var]:
    """The variables that a block reads, or that are among `also`, and that neither it defines nor are `given`."""
    defined = set(given)
    for stmt in ir.walk(block):
        defined.update(ir.defs_of(stmt))
        defined.update(ir.inner_defs_of(stmt))
    atoms = [a for s in ir.walk(block) for a in ir.uses_of(s)]
    return list(dict.fromkeys(a for a in (*atoms, *also) if isinstance(a, Var) and a not in defined))


def unmark(block: Block) -> None:
    """Make checkpointed loops and functions like others; changed in place."""
    flatten(block)
    for stmt in ir.walk(block):
        if isinstance(stmt, Loop):
            stmt.checkpoint = None


def flatten(block: Block) -> None:
    """Take the bodies of checkpointed functions out of the statements that mark them; changed in place."""
    found: list[Any] = []
    for stmt in block.stmts:
        for inner in ir.blocks_of(stmt):
            flatten(inner)
        found += stmt.body.stmts if isinstance(stmt, With) and stmt.context is REPLAYED else [stmt]
    block.stmts[:] = found
