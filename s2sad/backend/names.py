"""Names for variables: versions of one source variable share its name wherever their lifetimes allow.

Liveness is computed backwards over the structured program; two variables interfere if one is live where the other is
defined. Variables tied together by branches and loops are merged into one class when they do not interfere; a class
takes its author's name, with a number behind it if that name is taken by a class it interferes with.
"""

from __future__ import annotations

import builtins
import keyword
from collections import defaultdict
from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Function, If, Loop, Op, Pop, Try, Var, With
from .fold import Folding

_AVOID = frozenset(keyword.kwlist) | frozenset(dir(builtins))


class Names:
    """Name of each variable that is printed."""

    def __init__(self, function: Function, folding: Folding, reserved: set[str]) -> None:
        self.folding = folding
        self.interferes: dict[Var, set[Var]] = defaultdict(set)
        self.parent: dict[Var, Var] = {}
        self.members: dict[Var, list[Var]] = {}
        self.order: list[Var] = []
        self.reserved = reserved
        self._collect(function)
        live: set[Var] = set()
        for a in ir.result_atoms(function.result):
            self._use(a, live)
        live = self._block(function.body, live)
        params = [p.var for p in function.params]
        for p in params:
            self._define(p, live | set(params))
        self.params = set(params)
        self._coalesce(function.body)
        self.names = self._assign(params)

    def __getitem__(self, var: Var) -> str:
        return self.names[self.find(var)]

    def __contains__(self, var: Var) -> bool:
        return var in self.parent

    # --- classes -----------------------------------------------------------------------------------------------------

    def _add(self, var: Var) -> None:
        if var not in self.parent:
            self.parent[var] = var
            self.members[var] = [var]
            self.order.append(var)

    def find(self, var: Var) -> Var:
        self._add(var)
        while self.parent[var] is not var:
            self.parent[var] = self.parent[self.parent[var]]
            var = self.parent[var]
        return var

    def union(self, a: Any, b: Any) -> bool:
        if not isinstance(a, Var) or not isinstance(b, Var) or a in self.folding.ops or b in self.folding.ops:
            return False
        ra, rb = self.find(a), self.find(b)
        if ra is rb:
            return True
        mb = set(self.members[rb])
        if any(self.interferes[m] & mb for m in self.members[ra]):
            return False
        for one, other in ((ra, rb), (rb, ra)):
            if one in self.params and not any(m.hint == one.hint for m in self.members[other]):
                return False
        if len(self.members[ra]) < len(self.members[rb]):
            ra, rb = rb, ra
        self.parent[rb] = ra
        self.members[ra] += self.members.pop(rb)
        if rb in self.params:
            self.params.add(ra)
        return True

    # --- liveness ----------------------------------------------------------------------------------------------------

    def _collect(self, function: Function) -> None:
        for p in function.params:
            self._add(p.var)
        for stmt in ir.walk(function.body):
            for v in (*ir.inner_defs_of(stmt), *ir.defs_of(stmt)):
                if v not in self.folding.ops:
                    self._add(v)

    def _use(self, atom: Any, live: set[Var]) -> None:
        if not isinstance(atom, Var):
            return
        op = self.folding.ops.get(atom)
        if op is not None:
            for a in op.atoms():
                self._use(a, live)
        else:
            live.add(atom)

    def _define(self, var: Var, live: set[Var], copy_of: Any = None) -> None:
        live.discard(var)
        others = live - {copy_of}
        self.interferes[var] |= others
        for other in others:
            self.interferes[other].add(var)

    def _define_first(self, var: Var, op: Op) -> None:
        """Note that `var = x; var += y` reads `y` when `var` has its value already."""
        read: set[Var] = set()
        self._use(op.args[1], read)
        self._define(var, read - {op.args[0], var})

    def _block(self, block: Block, live: set[Var]) -> set[Var]:
        for stmt in reversed(block.stmts):
            live = self._stmt(stmt, live)
        return live

    def _stmt(self, stmt: Any, live: set[Var]) -> set[Var]:
        if isinstance(stmt, If):
            return self._if(stmt, live)
        if isinstance(stmt, Loop):
            return self._loop(stmt, live)
        if isinstance(stmt, Try):
            return self._try(stmt, live)
        if isinstance(stmt, With):
            live = self._block(stmt.body, set(live))
            if stmt.target is not None:
                self._define(stmt.target, live)
            self._use(stmt.context, live)
            return live
        if isinstance(stmt, Assign) and stmt.target in self.folding.ops:
            return live
        live = set(live)
        copy_of = stmt.op.args[0] if isinstance(stmt, Assign) and stmt.op.kind == "atom" else None
        made = list(ir.defs_of(stmt))
        live |= set(made)  # the results of a call come all at once
        for v in made:
            self._define(v, live - {v}, copy_of)
        if isinstance(stmt, Assign) and stmt.op.kind == "inplace":
            self._define_first(stmt.target, stmt.op)
        live -= set(made)
        for a in ir.uses_of(stmt):
            self._use(a, live)
        return live

    def _if(self, stmt: If, live: set[Var]) -> set[Var]:
        if stmt.phis and stmt.phis[0].var in self.folding.ops:
            return live
        live = set(live)
        phis = [p for p in stmt.phis if p.var in live]
        for p in phis:
            self._define(p.var, set(live))
        out = live - {p.var for p in stmt.phis}
        ins: set[Var] = set()
        for block, pick in ((stmt.then, "then"), (stmt.orelse, "orelse")):
            if block.diverges:
                inner: set[Var] = set()
            else:
                inner = set(out)
                for p in phis:
                    self._use(getattr(p, pick), inner)
            ins |= self._block(block, inner)
        self._use(stmt.test, ins)
        return ins

    def _loop(self, stmt: Loop, live: set[Var]) -> set[Var]:
        carries = list(stmt.carries)
        live = set(live)
        for c in carries:
            if c.result in live:
                self._define(c.result, set(live))
        after = live - {c.result for c in carries}
        phis = {c.phi for c in carries}
        # what the loop reads from outside stays live through all of it
        through = set(after)
        while True:
            end = set(through)
            for c in carries:
                self._use(c.next, end)
            self._use(stmt.go, end)
            start = self._block(stmt.body, end)
            heads = [*([stmt.index] if stmt.index is not None else []), *_targets(stmt)]
            for v in heads:
                self._define(v, start | set(heads))
            start -= set(heads)
            self._use(stmt.test, start)
            head = self._block(stmt.test_block, start)
            outer = head - phis
            if outer <= through:
                break
            through |= outer
        # the head is evaluated when the carried values have got their first values
        head_reads: set[Var] = set()
        for a in stmt.iter.atoms() if stmt.iter is not None else ():
            self._use(a, head_reads)
        for c in carries:
            self._define(c.phi, through | phis | head_reads - {c.init})
        # whether to go on is read after the carried values have got their new values
        go: set[Var] = set()
        self._use(stmt.go, go)
        for c in carries:
            for v in go - {c.next, c.phi}:
                self.interferes[c.phi].add(v)
                self.interferes[v].add(c.phi)
        result = set(through)
        for c in carries:
            self._use(c.init, result)
        return result | head_reads

    def _try(self, stmt: Try, live: set[Var]) -> set[Var]:
        live = set(live)
        final = self._block(stmt.final, live)
        for m in stmt.phis:
            self._define(m.var, set(final))
        out = final - {m.var for m in stmt.phis}
        ends = []
        for i in range(len(stmt.handlers) + 1):
            inner = set(out)
            for m in stmt.phis:
                if m.values[i] is not UNDEF:
                    self._use(m.values[i], inner)
            ends.append(inner)
        handlers: set[Var] = set()
        for h, end in zip(stmt.handlers, ends[1:]):
            start = self._block(h.body, set() if h.body.diverges else end)
            if h.name is not None:
                self._define(h.name, start)
            self._use(h.type, start)
            handlers |= start
        # a handler may start after any statement of the body: what it reads is live all through it
        body_end = (set() if stmt.body.diverges else ends[0]) | handlers
        for inner_stmt in ir.walk(stmt.body):
            for v in ir.defs_of(inner_stmt):
                for other in handlers:
                    if other is not v:
                        self.interferes[v].add(other)
                        self.interferes[other].add(v)
        return self._block(stmt.body, body_end) | handlers

    # --- merging -------------------------------------------------------------------------------------------------------

    def _coalesce(self, block: Block) -> None:
        for stmt in block:
            if isinstance(stmt, Loop):
                for c in stmt.carries:
                    self.union(c.phi, c.result)
                    self.union(c.phi, c.next)
                    self.union(c.phi, c.init)
            elif isinstance(stmt, If):
                for p in stmt.phis:
                    if p.var in self.folding.ops:
                        continue
                    self.union(p.var, p.then)
                    self.union(p.var, p.orelse)
            elif isinstance(stmt, Try):
                for m in stmt.phis:
                    for v in m.values:
                        self.union(m.var, v)
            for inner in ir.blocks_of(stmt):
                self._coalesce(inner)
        for stmt in block:
            if isinstance(stmt, Assign) and stmt.op.kind == "atom" and isinstance(stmt.op.args[0], Var):
                self.union(stmt.target, stmt.op.args[0])

    def _assign(self, params: list[Var]) -> dict[Var, str]:
        names: dict[Var, str] = {}
        users: dict[str, list[Var]] = defaultdict(list)
        for p in params:
            root = self.find(p)
            names[root] = p.hint
            users[p.hint].append(root)
        roots = list(dict.fromkeys(self.find(v) for v in self.order))
        roots.sort(key=lambda r: 0 if any(m.named for m in self.members[r]) else 1)
        taken_by_params = {p.hint for p in params}
        for root in roots:
            if root in names:
                continue
            base = self._base(root)
            for name in _candidates(base):
                if name in self.reserved or (name in _AVOID and not self._named(root, name)):
                    continue
                if name in taken_by_params and any(self._clash(root, o) for o in users[name]):
                    continue
                if not any(self._clash(root, other) for other in users[name]):
                    names[root] = name
                    users[name].append(root)
                    break
        return names

    def _named(self, root: Var, name: str) -> bool:
        return name not in keyword.kwlist and any(m.named and m.hint == name for m in self.members[root])

    def _base(self, root: Var) -> str:
        members = self.members[root]
        for m in members:
            if m.named:
                return m.hint
        return members[0].hint

    def _clash(self, a: Var, b: Var) -> bool:
        mb = set(self.members[b])
        return any(self.interferes[m] & mb for m in self.members[a])


def _targets(loop: Loop) -> tuple[Var, ...]:
    return loop.iter.targets if isinstance(loop.iter, ir.Taped) else ()


def _candidates(base: str) -> Any:
    base = base if base.isidentifier() else "value"
    yield base
    stem = base
    if base in _AVOID:
        yield base + "_"
    i = 1
    while True:
        yield f"{stem}{'_' if stem[-1].isdigit() else ''}{i}"
        i += 1


__all__ = ["Names", "Op", "Pop"]
