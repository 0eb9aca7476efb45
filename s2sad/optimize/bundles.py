"""Tapes that are written side by side and read side by side become one tape of tuples.

    x_tape.append(x)                               tape.append((x, u))
    u_tape.append(u)
    ...                                     ->     ...
    for u in reversed(u_tape):                     for x, u in reversed(tape):
        x = x_tape.pop()

Pushes of one block run equally often, and so do pops of one block, so that entries stay together. This is done last, behind
the choice of loops that Numba compiles: those have arrays as tapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import TapeT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Loop, Pop, Push, Taped, Var
from ..ir.uses import all_blocks


@dataclass
class _Tape:
    """Where one tape is made, written and read."""

    inits: list[tuple[Block, Assign]] = field(default_factory=list)
    pushes: list[tuple[Block, Push]] = field(default_factory=list)
    pops: list[tuple[Block, Any]] = field(default_factory=list)  # a pop, or the loop over the tape, whose body is the block
    uses: int = 0

    @property
    def plain(self) -> bool:
        """Whether it is made, written and read in one place each, and used for nothing else."""
        return len(self.inits) == len(self.pushes) == len(self.pops) == 1 and self.uses == 2


def bundle_tapes(function: Function) -> Function:
    """Join tapes whose pushes and pops stand in the same blocks; changed in place."""
    groups: dict[Any, list[Var]] = {}
    tapes = _collect(function)
    for var, tape in tapes.items():
        if tape.plain:
            shrinks = isinstance(var.type, TapeT) and var.type.shrinks
            key = (id(tape.inits[0][0]), id(tape.pushes[0][0]), id(tape.pops[0][0]), shrinks)
            groups.setdefault(key, []).append(var)
    same: dict[Any, Var] = {}
    indices = {stmt.index for stmt in ir.walk(function.body) if isinstance(stmt, Loop)}
    for group in groups.values():
        for bundle in _bundles(group, tapes, indices):
            _join(bundle, tapes, same)
    if same:
        for stmt in ir.walk(function.body):
            ir.substitute(stmt, lambda atom: same.get(atom, atom) if isinstance(atom, Var) else atom)
        function.result = ir.substitute_result(function.result, lambda atom: same.get(atom, atom) if isinstance(atom, Var) else atom)
    return function


def _collect(function: Function) -> dict[Var, _Tape]:
    found: dict[Var, _Tape] = {}
    for block in all_blocks(function):
        for stmt in block:
            if isinstance(stmt, Assign) and isinstance(stmt.target.type, TapeT) and stmt.op.kind == "list" and not stmt.op.args:
                found.setdefault(stmt.target, _Tape()).inits.append((block, stmt))
            elif isinstance(stmt, Push):
                found.setdefault(stmt.tape, _Tape()).pushes.append((block, stmt))
            elif isinstance(stmt, Pop):
                found.setdefault(stmt.tape, _Tape()).pops.append((block, stmt))
            elif isinstance(stmt, Loop) and isinstance(stmt.iter, Taped):
                for tape in stmt.iter.tapes:
                    found.setdefault(tape, _Tape()).pops.append((stmt.body, stmt))
            for atom in ir.uses_of(stmt):
                if isinstance(atom, Var) and isinstance(atom.type, TapeT):
                    found.setdefault(atom, _Tape()).uses += 1
    for atom in ir.result_atoms(function.result):
        if atom in found:
            found[atom].uses += 1
    return found


def _bundles(group: list[Var], tapes: dict[Var, _Tape], indices: set[Var | None]) -> list[list[Var]]:
    """The tapes of a group in the order of their pushes, cut where a name of the author has got a new value in between."""
    block = tapes[group[0]].pushes[0][0]
    of_push = {id(tapes[tape].pushes[0][1]): tape for tape in group}
    bundles: list[list[Var]] = []
    named: set[str] = set()
    for stmt in block:
        new = (var for inner in ir.within(stmt) for var in (*ir.defs_of(inner), *ir.inner_defs_of(inner)))
        if any((var.named or var in indices) and var.hint in named for var in new):
            named = set()
            bundles.append([])
        tape = of_push.get(id(stmt))
        if tape is None:
            continue
        if not bundles:
            bundles.append([])
        bundles[-1].append(tape)
        value = tapes[tape].pushes[0][1].value
        if isinstance(value, Var) and (value.named or value in indices):
            named.add(value.hint)
    return [bundle for bundle in bundles if len(bundle) > 1]


def _join(bundle: list[Var], tapes: dict[Var, _Tape], same: dict[Any, Var]) -> None:
    """One tape for those of `bundle`: made where the first was made, written where the last, read where the first was read.

    What is saved twice is saved once: `same` tells which variable then stands for the other.
    """
    tape = Var("tape", bundle[0].type, False, False)
    found = [tapes[var] for var in bundle]
    made = found[0].inits[0][0]
    position = min(made.stmts.index(t.inits[0][1]) for t in found)
    made.stmts[position] = Assign(tape, found[0].inits[0][1].op)
    _remove(made, [t.inits[0][1] for t in found])
    pushes = [t.pushes[0][1] for t in found]
    saved: dict[Any, tuple[Any, Var]] = {}
    for var, push, (_, stmt) in zip(bundle, pushes, [t.pops[0] for t in found]):
        target = _target(var, stmt)
        _, first = saved.setdefault(push.value if isinstance(push.value, Var) else push, (push.value, target))
        if first is not target:
            same[target] = first
    value, *more = (value for value, _ in saved.values())
    if not more:
        tape.hint = bundle[0].hint
    block = found[0].pushes[0][0]
    block.stmts[block.stmts.index(pushes[-1])] = Push(tape, value, pushes[-1].span, tuple(more))
    _remove(block, pushes)
    _join_pops(tape, bundle, [t.pops[0] for t in found], [target for _, target in saved.values()])


def _join_pops(tape: Var, bundle: list[Var], places: list[tuple[Block, Any]], targets: list[Var]) -> None:
    block = places[0][0]
    loop = next((stmt for _, stmt in places if isinstance(stmt, Loop)), None)
    pops = [stmt for _, stmt in places if isinstance(stmt, Pop)]
    if loop is None:
        position = min(block.stmts.index(pop) for pop in pops)
        block.stmts[position] = Pop(targets[0], tape, block.stmts[position].span, tuple(targets[1:]))
    else:
        parts = [(tape, tuple(targets)), *((t, v) for t, v in loop.iter.parts() if t not in bundle)]
        read = tuple(v for _, together in parts for v in together)
        loop.iter = Taped(tuple(t for t, _ in parts), read, loop.iter.range, tuple(len(together) for _, together in parts))
    _remove(block, pops)


def _target(tape: Var, stmt: Any) -> Var:
    if isinstance(stmt, Pop):
        return stmt.target
    (found,) = next(together for t, together in stmt.iter.parts() if t is tape)
    return found


def _remove(block: Block, gone: list[Any]) -> None:
    block.stmts[:] = [s for s in block.stmts if not any(s is g for g in gone)]
