"""The reverse sweep's scopes: how values of the forward sweep reach it, and where adjoints are kept.

Every block of the forward program has a mirror in the reverse sweep. A value of the forward sweep that a mirrored block
reads is still in scope, exported through branches, recomputed, or pushed on a tape where it is defined and popped in
the mirror of that place: pushes and pops match because the reverse sweep takes the same path backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.affine import distinct
from ..analysis.types import Arr, ListT, Num, TapeT
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Carry,
    Cut,
    If,
    Lit,
    Loop,
    Mark,
    MultiPhi,
    Op,
    Phi,
    Pop,
    Push,
    Try,
    Var,
    With,
)
from .companions import UNCAUGHT, catches_all

RECOMPUTED = ir.ARITHMETIC | frozenset({"getitem", "getattr", "tuple", "slice", "lt", "le", "gt", "ge", "eq", "ne", "is_",
                                        "is_not", "not_", "mod", "floordiv", "atom", "and_", "or_", "invert", "list"})  # fmt: skip
MAX_RECOMPUTE = 12


@dataclass(eq=False)
class Scope:
    """The mirror of one forward block."""

    fwd: Block
    out: Block
    parent: Scope | None
    kind: str  # top | if | loop | inline
    stmt: Any = None
    current: Any = None  # the forward statement whose adjoint is being made
    cache: dict[Var, Any] = field(default_factory=dict)
    bars: dict[Var, Any] = field(default_factory=dict)
    touched: dict[Var, None] = field(default_factory=dict)  # outer adjoints this scope changed
    carries: dict[Var, Carry] = field(default_factory=dict)
    popped: dict[Var, Var] = field(default_factory=dict)


@dataclass(eq=False)
class Place:
    """Where a forward variable is defined."""

    block: Block
    stmt: Any  # the defining statement, None for block parameters (loop variables, carried values)
    owner: Any = None  # the statement that holds `block`
    parameter: bool = False


class Structure:
    """Positions of definitions and nesting of blocks in the forward program."""

    def __init__(self, function: ir.Function) -> None:
        self.places: dict[Var, Place] = {}
        self.owner: dict[int, tuple[Any, Block | None]] = {}  # id(block) -> (statement, enclosing block)
        self.keep: list[Block] = []
        self.homes: dict[int, Block] = {}  # id(statement) -> its block
        for p in function.params:
            self.places[p.var] = Place(function.body, None, None, True)
        self.visit(function.body, None, None)

    def visit(self, block: Block, stmt: Any, outer: Block | None) -> None:
        """Note what a block defines; `outer` is the block around the statement that it is in."""
        self.owner[id(block)] = (stmt, outer)
        self.keep.append(block)
        for s in block:
            self.homes[id(s)] = block
            for v in ir.defs_of(s):
                self.places[v] = Place(block, s, stmt)
            for inner in ir.blocks_of(s):
                self.visit(inner, s, block)
            for v in ir.inner_defs_of(s):
                target = s.body if isinstance(s, (Loop, With)) else next(
                    (h.body for h in s.handlers if h.name is v), s.body)  # fmt: skip
                self.places[v] = Place(target, None, s, True)

    def block_of(self, stmt: Any) -> Block:
        """The block that holds a statement of the forward program."""
        block = self.homes.get(id(stmt))
        if block is None or not any(s is stmt for s in block.stmts):
            block = next(b for b in self.keep if any(s is stmt for s in b.stmts))
        return block

    def chain(self, block: Block) -> Iterator[tuple[Block, Any]]:
        """The blocks around a block, from the inside out, with the statement that holds each."""
        current: Block | None = block
        while current is not None:
            stmt, outer = self.owner[id(current)]
            yield current, stmt
            current = outer


class Transport:
    """Brings values of the forward sweep into the reverse sweep."""

    scope: Scope

    def __init__(self, function: ir.Function) -> None:
        self.function = function
        self.structure = Structure(function)
        self.tapes: dict[Var, Var] = {}
        self.tape_inits: list[Any] = []
        self.saves: set[Var] = set()  # what a store overwrites: gone once it has run
        self.own: set[Var] = set()  # variables of the reverse sweep
        self.index_of: dict[Var, Var] = {}  # forward loop variable -> reverse loop variable
        self.exported: dict[Any, Any] = {}
        self._unrestored: set[ir.Region] | None = None
        self.restoring = False  # the store whose adjoint is being made is not undone yet

    # --- reading -------------------------------------------------------------------------------------------------------

    def need(self, atom: Any) -> Any:
        """The atom that holds, here in the reverse sweep, the value `atom` had in the forward sweep."""
        if not isinstance(atom, Var) or atom not in self.structure.places:
            return atom
        place = self.structure.places[atom]
        original = self.before_blocks(atom, place)
        if original is not None:
            return self.need(original)
        chain = list(self.structure.chain(place.block))
        if all(stmt is None or isinstance(stmt, With) for _, stmt in chain):
            return atom
        if not any(isinstance(stmt, Loop) for _, stmt in chain):
            return self.export(atom, place, chain)
        mirror = self.mirror(place.block)
        if mirror is None:
            return self.need_behind(atom, chain)
        return self.need_in(atom, mirror)

    def before_blocks(self, var: Var, place: Place) -> Any:
        """The atom that `var` is another name for since an `adjoint_of` block, in each iteration of a loop for a carried one."""
        if isinstance(place.stmt, Assign):
            return place.stmt.op.args[0] if place.stmt.op.kind == "surgery" else None
        loop = place.stmt if place.stmt is not None else place.owner
        carry = next((c for c in loop.carries if var in (c.phi, c.result)), None) if isinstance(loop, Loop) else None
        if carry is None or carry.init is UNDEF or carry.next is carry.phi:
            return None
        last = carry.next
        while isinstance(op := self.definition_op(last), Op) and op.kind == "surgery":
            last = op.args[0]
        return carry.init if last is carry.phi else None

    def need_behind(self, atom: Var, chain: list[tuple[Block, Any]]) -> Any:
        """A value of one iteration that is read behind the branch or `with` block that defines it."""
        current = atom
        for (block, stmt), (outer, _) in zip(chain, chain[1:]):
            if isinstance(stmt, Loop):
                break
            if not isinstance(stmt, With):
                current = self.lifted(current, block, stmt, Lit(None))
            mirror = self.mirror(outer)
            if mirror is not None:
                return self.need_in(current, mirror)
        return self.leaked(atom)

    def leaked(self, atom: Var) -> Any:
        raise AssertionError(f"{atom!r} is not visible here")

    def mirror(self, block: Block) -> Scope | None:
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.fwd is block:
                return scope
            scope = scope.parent
        return None

    def export(self, var: Var, place: Place, chain: list[tuple[Block, Any]]) -> Any:
        """Make a value that is defined in a branch visible behind it."""
        current: Any = var
        for block, stmt in chain:
            if stmt is None or isinstance(stmt, With):
                continue
            current = self.lifted(current, block, stmt, UNDEF)
        return current

    def lifted(self, current: Var, block: Block, stmt: If | Try, missing: Any) -> Var:
        """A variable that holds `current`, defined in a block of `stmt`, behind `stmt`; `missing` on other paths."""
        key = (current, id(stmt))
        if key not in self.exported:
            new = Var(current.hint, current.type, current._varied, current.named, current.region)
            if isinstance(stmt, If):
                first = block is stmt.then
                stmt.phis.append(Phi(new, current if first else missing, missing if first else current))
            else:
                if block in (stmt.final, stmt.orelse):
                    return current
                blocks = [stmt.body, *(h.body for h in stmt.handlers)]
                stmt.phis.append(MultiPhi(new, [current if b is block else missing for b in blocks]))
            outer = self.structure.owner[id(block)][1]
            assert outer is not None
            self.structure.places[new] = Place(outer, stmt, self.structure.owner[id(outer)][0])
            self.exported[key] = new
        found: Var = self.exported[key]
        return found

    def need_in(self, var: Var, mirror: Scope) -> Any:
        if var in mirror.cache:
            return mirror.cache[var]
        if var in self.index_of:
            return self.index_of[var]
        here = self.structure.places[var].block is mirror.fwd
        if here and self.recomputation(var, mirror) is not None:
            value = self.recompute(var, mirror)
        else:
            value = self.pop(var, mirror)
        mirror.cache[var] = value
        return value

    # --- recomputation ---------------------------------------------------------------------------------------------------

    def recomputation(self, var: Var, mirror: Scope) -> int | None:
        """How many values have to come from tapes to recompute `var` in `mirror`; None if it is better taped."""
        taped: set[Var] = set()
        size = self._plan(var, mirror, taped, 0)
        if size is None or size > MAX_RECOMPUTE:
            return None
        new = {v for v in taped if v not in self.tapes}
        return len(new) if len(new) <= 1 else None

    def _plan(self, var: Any, mirror: Scope, taped: set[Var], depth: int) -> int | None:
        """Size of the recomputation, None if it is not possible. Fills `taped` with what has to be on a tape."""
        if not isinstance(var, Var):
            return 0
        place = self.structure.places.get(var)
        if place is None or place.block is not mirror.fwd:
            return 0
        if var in mirror.cache or var in self.index_of:
            return 0
        if depth and var in self.tapes:
            taped.add(var)
            return 0
        stmt = place.stmt
        if not self._recomputable(stmt, mirror, depth):
            if depth == 0:
                return None
            taped.add(var)
            return 0
        total = 1
        for a in stmt.op.atoms():
            size = self._plan(a, mirror, taped, depth + 1)
            if size is None:
                return None
            total += size
        return total

    def _recomputable(self, stmt: Any, mirror: Scope, depth: int) -> bool:
        if not isinstance(stmt, Assign) or stmt.target in self.saves:
            return False
        op = stmt.op
        if effects.is_volatile(op):
            return False
        cheap = op.kind in RECOMPUTED or (op.kind == "call" and isinstance(op.fn, ir.Ref) and op.fn.obj in (len, abs, range, np.transpose))
        if not cheap or depth > 8:
            return False
        if op.kind == "list" and stmt.target.region is not None and stmt.target.region.stored:
            return False
        if op.kind == "pow" and not isinstance(op.args[1], Lit):
            return False
        if stmt.target.region is not None and not effects.is_view(op, stmt.target) and stmt.target.region.stored:
            return False  # an object that is stored to has an identity
        view = effects.is_view(op, stmt.target)
        item = view and isinstance(op.args[0].type, ListT)
        regions = {r for r in (effects.reads_contents(op) if item else effects.reads_now(op, stmt.target)) if r.stored}
        if not self.unrestored.isdisjoint(effects.reads_contents(op)):
            return False
        if not regions:
            return True
        written = effects.restructures if item else effects.writes
        # memory it reads must not have changed between its definition and the point reached in reverse
        stmts = mirror.fwd.stmts
        start = next((i for i, s in enumerate(stmts) if s is stmt), None)
        if start is None:
            return False
        stop = next((i for i, s in enumerate(stmts) if s is mirror.current), len(stmts) - 1)
        for s in stmts[start + 1 : stop + 1]:
            for inner in ir.within(s):
                if s is mirror.current and inner is s and isinstance(s, ir.Store) and not self.restoring:
                    continue  # restored already when its adjoint runs
                if inner is s and self.stores_elsewhere(s, op):
                    continue
                changed = written(inner)
                if changed is None or any(r in regions for r in changed):
                    return False
        return True

    @property
    def unrestored(self) -> set[ir.Region]:
        """Memory of objects other than arrays and lists (dicts, sets, queues) that change: nothing puts back what they held."""
        if self._unrestored is None:
            self._unrestored = {r for s in ir.walk(self.function.body) for r in effects.changes_objects(s)}
        return self._unrestored

    def stores_elsewhere(self, stmt: Any, load: Op) -> bool:
        """Whether a statement stores to another element of the array than the one that was loaded."""
        if not isinstance(stmt, ir.Store) or load.kind != "getitem" or stmt.base is not load.args[0] or not isinstance(stmt.base.type, Arr):
            return False
        return stmt.index is not None and distinct(load.args[1], stmt.index, self.definition_op, self.iterated)

    def definition_op(self, var: Any) -> Op | None:
        place = self.structure.places.get(var) if isinstance(var, Var) else None
        return place.stmt.op if place is not None and isinstance(place.stmt, Assign) else None

    def iterated(self, var: Var) -> ir.Range | None:
        """The range that a loop variable runs over."""
        place = self.structure.places.get(var)
        owner = place.owner if place is not None else None
        return owner.iter if isinstance(owner, Loop) and owner.index is var and isinstance(owner.iter, ir.Range) else None

    def recompute(self, var: Var, mirror: Scope) -> Var:
        stmt = self.structure.places[var].stmt
        here, self.scope = self.scope, mirror
        try:
            op = ir.substitute_op(stmt.op, self.need)
        finally:
            self.scope = here
        new = Var(var.hint, var.type, False, var.named, var.region)
        new.view = var.view
        self.own.add(new)
        mirror.out.stmts.append(Assign(new, op, stmt.span))
        mirror.cache[var] = new
        return new

    # --- tapes -----------------------------------------------------------------------------------------------------------

    def pop(self, var: Var, mirror: Scope) -> Var:
        """Push `var` where it is defined and pop it in the mirror of that block."""
        place = self.structure.places[var]
        if var not in self.tapes:
            *_, (outermost, _) = self.structure.chain(place.block)
            tape = Var(f"{var.hint}_tape", TapeT(outermost is not self.function.body), False, False)
            self.tapes[var] = tape
            self.tape_inits.append(Assign(tape, Op("list", ())))
            self.define(var, set())
            push = Push(tape, var)
            self.insert_after(place, push)
        new = Var(var.hint, var.type, False, var.named, var.region)
        self.own.add(new)
        mirror.out.stmts.append(Pop(new, self.tapes[var]))
        return new

    def define(self, atom: Any, seen: set[Any]) -> Any:
        """Give a variable that goes on a tape a value, None, on the paths that assign it nothing."""
        if atom is UNDEF:
            return Lit(None)
        if not isinstance(atom, Var) or atom in seen or atom not in self.structure.places:
            return atom
        seen.add(atom)
        place = self.structure.places[atom]
        stmt = place.stmt if place.stmt is not None else place.owner
        if isinstance(stmt, If):
            for p in stmt.phis:
                if p.var is atom:
                    p.then, p.orelse = self.define(p.then, seen), self.define(p.orelse, seen)
        elif isinstance(stmt, Try):
            blocks = [stmt.body, *(h.body for h in stmt.handlers)]
            for m in stmt.phis:
                if m.var is atom:
                    m.values = [v if b.diverges else self.define(v, seen) for v, b in zip(m.values, blocks)]
        elif isinstance(stmt, Loop):
            for c in stmt.carries:
                if c.phi is atom or c.result is atom:
                    c.init, c.next = self.define(c.init, seen), self.define(c.next, seen)
        return atom

    def insert_after(self, place: Place, new: Any) -> None:
        """Insert a statement right behind a definition; in the body of a `try`, at its end."""
        for block, stmt in self.structure.chain(place.block):
            if not isinstance(stmt, Try) or block is not stmt.body:
                continue
            if not isinstance(new, Push):
                refuse_catching_all(stmt)
                new.op = Op("call", (*new.op.args[:2], UNCAUGHT), fn=new.op.fn, data=new.op.data)
            elif block is place.block:
                block.stmts.append(new)
                return
            else:
                self.cut_behind(stmt, new.tape)
        stmts = place.block.stmts
        if place.parameter or place.stmt is None:
            i = 0
            while i < len(stmts) and isinstance(stmts[i], Push):
                i += 1
            stmts.insert(i, new)
            return
        i = next(i for i, s in enumerate(stmts) if s is place.stmt) + 1
        while i < len(stmts) and isinstance(stmts[i], Push):
            i += 1
        stmts.insert(i, new)

    def checked_in_try(self, args: tuple[Any, ...], block: Block) -> tuple[Any, ...]:
        """The arguments of a check in `block`: what it raises is no error that the author catches."""
        around = [stmt for inner, stmt in self.structure.chain(block) if isinstance(stmt, Try) and inner is stmt.body]
        for stmt in around:
            refuse_catching_all(stmt)
        return (*args, UNCAUGHT) if around else args

    def cut_behind(self, stmt: Try, tape: Var) -> None:
        """Have the handlers of a `try` statement take off a tape what its body has pushed."""
        alive = [h.body for h in stmt.handlers if not h.body.diverges]
        if not alive or (stmt, tape) in self.exported:
            return
        mark = Var("length", Num(np.dtype(int)))
        self.exported[(stmt, tape)] = mark
        self.insert_before(self.structure.block_of(stmt), stmt, Mark(mark, tape))
        for block in alive:
            block.stmts.insert(0, Cut(tape, mark))

    def insert_before(self, block: Block, stmt: Any, new: Any) -> None:
        i = next(i for i, s in enumerate(block.stmts) if s is stmt)
        block.stmts.insert(i, new)
        for v in ir.defs_of(new):
            self.structure.places[v] = Place(block, new, self.structure.owner[id(block)][0])


def refuse_catching_all(stmt: Try) -> None:
    """Refuse a `try` statement whose handlers would catch what a check of ours raises."""
    if catches_all(stmt):
        raise AmbiguousMemoryError(
            "an array in a try block that may be a view or a copy, or of integers", stmt.span, construct="try statement",
            hint="name the exceptions, or copy the array before you store")  # fmt: skip


__all__ = ["Arr", "Num", "Place", "Scope", "Structure", "Transport"]
