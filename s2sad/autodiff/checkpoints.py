"""Checkpointed loops and functions in reverse mode.

Nothing from inside them is taped. What runs again in the reverse sweep is a copy of the body, with the adjoints of its
statements behind it; their values are still in scope there, as in a program without a loop.

A checkpointed loop keeps copies of its state before a few of its iterations: of what it carries, and of the arrays that it
stores to. The body becomes a function, so that states between them can be computed again.

    for t in checkpointed(range(n), slots=9):    u, checkpoints = run_checkpointed(f_step, range(n), (u,), slots=9)
        u = u + dt * u**2                        ...
                                                 for t in reversed(range(n)):
                                                     u = checkpoints.before(t)
                                                     u_bar += 2.0 * dt * u_bar * u

The body of a checkpointed function stays where it is; the arrays that it stores to are copied before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..analysis.types import TapeT
from ..ir import nodes as ir
from ..ir.clone import Clone, read_from_outside
from ..ir.nodes import (
    REPLAYED,
    UNDEF,
    Assign,
    Block,
    Function,
    Invoke,
    Lit,
    Loop,
    Op,
    Param,
    Range,
    Region,
    Stepped,
    Store,
    Struct,
    Try,
    Var,
    With,
)
from .repeatable import check_array, check_not_tried, check_repeatable, memory_of, names_of
from .scopes import Place, Scope
from .statements import Adjoints

LOOP, FUNCTION = "a checkpointed loop", "a checkpointed function"


class Checkpoints(Adjoints):
    """The part of `Reverse` that knows checkpoints."""

    def find_replayed(self, function: Function) -> bool:
        """Note the memory that appears where there are checkpoints, which gets no companions; whether there are any."""
        self.replayed: list[Region] = []
        self.bodies: dict[int, tuple[Any, Block, Clone]] = {}  # id of a marker -> the marker, and a copy of its body as it was
        self.heads: dict[int, tuple[Loop, Invoke, dict[Var, Var]]] = {}  # id of a copied loop -> what its iterations start with
        marked = [s for s in ir.walk(function.body) if is_checkpointed(s)]
        for stmt in marked:
            inner = list(ir.walk(stmt.body))
            found = {v for s in (stmt, *inner) for v in (*ir.defs_of(s), *ir.inner_defs_of(s), *ir.uses_of(s)) if isinstance(v, Var)}
            self.replayed += {v.region.find() for v in found if v.region is not None}
        return bool(marked)

    def prepare(self, block: Block) -> None:
        """Turn the checkpointed loops of a block into calls, and keep copies of the bodies of checkpointed functions."""
        for i, stmt in enumerate(block.stmts):
            if isinstance(stmt, Loop) and stmt.checkpoint is not None:
                block.stmts[i] = self.stepped(stmt)
                continue
            if is_checkpointed(stmt):
                clone = Clone(fresh=lambda region: False)
                self.bodies[id(stmt)] = stmt, clone.block(stmt.body), clone
                self.inherit(clone)
            if isinstance(stmt, Try) and stmt.handlers:
                check_not_tried(stmt.body)
            for inner in ir.blocks_of(stmt):
                self.prepare(inner)

    def inherit(self, clone: Clone) -> None:
        """What is known of variables holds for their copies."""
        for old, v in clone.variables.items():
            self.facts[v] = self.facts[old]
            if old in self.buffered:
                self.buffered.add(v)

    def register(self, block: Block, params: list[Var]) -> None:
        """Make a copied block known as one whose values are in scope in the reverse sweep."""
        self.prepare(block)
        self.structure.visit(block, None, None)
        for v in params:
            self.structure.places[v] = Place(block, None, None, True)

    # --- loops ----------------------------------------------------------------------------------------------------------

    def stepped(self, loop: Loop) -> Invoke:
        """A checkpointed loop as a call that runs it."""
        assert loop.checkpoint is not None and isinstance(loop.iter, Range)
        stored, constants = names_of(loop)
        outside = {v.region.find() for v in (*stored, *constants, *(c.phi for c in loop.carries)) if v.region is not None}
        local = set(memory_of(loop.body)) - outside
        check_repeatable(loop.body, LOOP, self.program.lowerer.repeatable, local)
        inits = [Lit(None) if c.init is UNDEF else c.init for c in loop.carries]
        changed = [*stored, *(c.init for c in loop.carries if written_in(loop, c.phi) and isinstance(c.init, Var))]
        raises = any(isinstance(s, (ir.Raise, ir.Assert)) for s in ir.walk(loop.body))
        fn = Stepped(loop, step_of(loop, stored, constants, self.function.name), len(inits), len(stored), len(constants), raises)
        args = [*loop.iter.atoms(), *inits, *stored, *constants, *loop.checkpoint.atoms()]
        snapshots = Var("checkpoints", TapeT(), False, True)
        return Invoke([*(c.result for c in loop.carries), snapshots], fn, args, loop.span, "run", writes=changed)

    def adjoint_stepped(self, stmt: Invoke) -> None:
        """Run the iterations again, each in front of its adjoints."""
        fn: Stepped = stmt.fn
        loop = fn.loop
        stored, constants = names_of(loop)
        if not any(self.peek(r) is not None for r in stmt.results) and not any(map(self.active, stored)):
            self.restore_changed(stmt)
            return
        kept = {v.region.find() for v in constants if v.region is not None}
        clone = Clone(fresh=lambda region: region not in kept)
        places = [clone.define(a) for a in stored]
        again = clone.loop(loop)
        self.inherit(clone)
        state = [*(c.phi for c in again.carries), *places]
        assert again.index is not None
        self.register(again.body, [again.index, *state])
        private = [v for v in state if v.region is not None and v.region.find() not in kept]
        before = Invoke(list(state), fn, [self.need(stmt.results[-1]), again.index], loop.span, "before", writes=private)
        for a in stored:
            if self.active(a):
                self.buffer(a)
        self.heads[id(again)] = again, before, dict(zip(stored, places))
        checks = [(a, self.keep_for_check(a, stmt)) for a in dict.fromkeys(stmt.writes)]
        self.adjoint_Loop(again)
        self.restore_changed(stmt)
        for a, copy in checks:
            self.check_restored(a, copy, stmt)

    def start_iteration(self, loop: Loop, scope: Scope) -> None:
        """Start the mirror of a copied loop's body with the state and with the body itself."""
        if id(loop) not in self.heads:
            return
        _, before, places = self.heads[id(loop)]
        scope.out.stmts += [before, With(REPLAYED, None, loop.body)]
        for a, place in places.items():
            if self.active(a):  # both are the same memory, and have the same adjoint
                self.scope = scope
                scope.bars[place] = self.buffer(a)

    def finish_body(self, loop: Loop) -> None:
        """Have a copied body read what is around it as the reverse sweep has it here."""
        if id(loop) in self.heads:
            given = [loop.index, *self.heads[id(loop)][1].results]
            replace(loop.body, {a: self.need(a) for a in read_from_outside(loop.body, (), given)})

    # --- functions ------------------------------------------------------------------------------------------------------

    def adjoint_replayed(self, stmt: With) -> None:
        """Run the body of a checkpointed function again, in front of its adjoints."""
        _, original, middle = self.bodies[id(stmt)]
        free = read_from_outside(original)
        around = {v.region.find() for v in free if v.region is not None}
        written = set(memory_of(original))
        check_repeatable(original, FUNCTION, self.program.lowerer.repeatable, written - around)
        arrays = [v for v in free if v.region is not None and v.region.find() in written]
        for a in arrays:
            check_array(a, stmt.span)
            self.put_back(a, stmt)
        bars = self.scope.bars
        given = [(old, copy) for old, copy in middle.variables.items() if old in bars]
        if not given and not any(map(self.active, arrays)):
            return
        clone = Clone(fresh=lambda region: region not in around)
        body = clone.block(original)
        self.inherit(clone)
        self.register(body, [])
        for old, copy in given:
            bars[clone.variables[copy]] = bars.pop(old)
        outer = self.scope
        scope = self.nested(body, "inline", stmt)
        scope.out, scope.bars, scope.touched, scope.carries, scope.cache = outer.out, outer.bars, outer.touched, outer.carries, outer.cache
        outside = {a: self.need(a) for a in read_from_outside(body)}
        scope.out.stmts.append(With(REPLAYED, None, body))
        self.scope = scope
        self.block(body)
        self.scope = outer
        replace(body, outside)

    def put_back(self, a: Var, stmt: Any) -> None:
        """Save an array before a statement, and put it back here."""
        saved = Var(f"{a.hint}_saved", a.type, False, region=Region())
        self.insert_before(self.structure.block_of(stmt), stmt, Assign(saved, Op("copy", (a,)), stmt.span))
        self.saves.add(saved)
        self.append(Store(self.need(a), Lit(Ellipsis), self.need(saved), None, stmt.span, role="restore"))


    # provided by the other parts
    adjoint_Loop: Callable[..., None]
    restore_changed: Callable[..., None]
    nested: Callable[..., Scope]
    block: Callable[..., None]


def is_checkpointed(stmt: Any) -> bool:
    return isinstance(stmt, Loop) and stmt.checkpoint is not None or isinstance(stmt, With) and stmt.context is REPLAYED


def replace(block: Block, found: dict[Any, Any]) -> None:
    """Read other atoms in place of variables; changed in place."""
    for s in ir.walk(block):
        ir.substitute(s, lambda atom: found.get(atom, atom) if isinstance(atom, Var) else atom)


def written_in(loop: Loop, v: Var) -> bool:
    """Whether a loop stores to the memory of a value that it carries."""
    return v.region is not None and v.region.find() in set(memory_of(loop.body))


def step_of(loop: Loop, stored: list[Var], constants: list[Var], name: str) -> Function:
    """One iteration of a loop as a function."""
    clone = Clone()
    params = [clone.define(v) for v in (*stored, *constants)]
    again = clone.loop(loop)
    assert again.index is not None
    params = [again.index, *(c.phi for c in again.carries), *params]
    for p in params:
        if p.region is not None:
            p.region.union(Region(caller=True))
    values = tuple(Lit(None) if c.next is UNDEF else c.next for c in again.carries)
    result: Any = Struct("tuple", values) if len(values) > 1 else values[0] if values else Lit(None)
    line = f" in line {loop.span.line}" if loop.span is not None else ""
    stem = name if name.isidentifier() else "loop"
    return Function(f"{stem}_step", [Param(p) for p in params], again.body, result, f"One iteration of the loop{line}.", loop.span)


def steps_of(function: Function) -> Iterator[Stepped]:
    """The checkpointed loops that a program runs."""
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Invoke) and isinstance(stmt.fn, Stepped) and stmt.part == "run":
            yield stmt.fn


__all__ = ["Checkpoints", "steps_of"]
