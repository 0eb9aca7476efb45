"""Tapes that are read from end to end are iterated over.

    for _ in range(n):                 for x in reversed(x_tape):
        x = x_tape.pop()        ->         ...
        ...

A tape is written by one loop and read by its mirror. Where both run at most once after the tape is made, every entry is read
exactly once, in reverse order. Tapes of checkpointed functions are popped, so that not all of them are there at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import TapeT
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Loop, Pop, Push, Range, Taped, Var
from ..ir.uses import all_blocks

MOST = 3  # tapes in the head of one loop


@dataclass
class _Accesses:
    """The pushes or pops of one tape: the loop that directly holds each, None where it is another statement."""

    loops: list[Any] = field(default_factory=list)

    @property
    def single(self) -> Loop | None:
        return self.loops[0] if len(self.loops) == 1 else None


def iterate_tapes(function: Function) -> Function:
    """Turn pops at the start of a loop's iterations into the loop's head; changed in place."""
    for block in all_blocks(function):
        tapes = {s.target for s in block if isinstance(s, Assign) and isinstance(s.target.type, TapeT)}
        if tapes:
            _block(block, tapes)
    return function


def _block(block: Block, tapes: set[Var]) -> None:
    """Iterate over tapes that are made in a block."""
    pushes: dict[Var, _Accesses] = {}
    pops: dict[Var, _Accesses] = {}
    loops: list[Loop] = []
    _collect(block, None, False, pushes, pops, loops)
    for loop in loops:
        if not isinstance(loop.iter, Range) or loop.go is not None:
            continue
        popped = [s for s in loop.body if isinstance(s, Pop) and s.tape in tapes and not getattr(s.tape.type, "shrinks", False)]
        wanted = [s for s in popped if pops[s.tape].single is loop and _filled(pushes.get(s.tape))]
        if not wanted:
            continue
        used = loop.index is not None and any(a is loop.index for s in ir.walk(loop.body) for a in ir.uses_of(s))
        used = used or any(c.next is loop.index for c in loop.carries)
        if len(wanted) > MOST:  # a long head is hard to read; one tape still counts the iterations
            wanted = [] if used else wanted[:1]
            if not wanted:
                continue
        loop.iter = Taped(tuple(p.tape for p in wanted), tuple(p.target for p in wanted), loop.iter if used else None)
        loop.body.stmts[:] = [s for s in loop.body if s not in wanted]


def _filled(accesses: _Accesses | None) -> bool:
    return accesses is not None and accesses.single is not None


def _collect(
    block: Block, holder: Loop | None, nested: bool, pushes: dict[Var, _Accesses], pops: dict[Var, _Accesses], loops: list[Loop]
) -> None:
    """`holder`: the loop whose body `block` is, if that loop runs at most once."""
    for stmt in block:
        if isinstance(stmt, (Push, Pop)):
            table = pushes if isinstance(stmt, Push) else pops
            table.setdefault(stmt.tape, _Accesses()).loops.append(holder)
        for inner in ir.blocks_of(stmt):
            once = isinstance(stmt, Loop) and inner is stmt.body and not nested
            _collect(inner, stmt if once else None, nested or isinstance(stmt, Loop), pushes, pops, loops)
        if isinstance(stmt, Loop) and not nested:
            loops.append(stmt)


__all__: list[Any] = ["iterate_tapes"]
