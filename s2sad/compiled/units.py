"""Which statements of a function are compiled together.

At the top of a function, a unit is as long a run of statements as can be compiled: loops and what is around and between
them, at best both sweeps. In blocks within others, a unit is a loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import Arr, TapeT
from ..errors import Span
from ..ir import nodes as ir
from ..ir.nodes import REVERSE, Assign, Block, Function, Loop, Note, Ref
from . import estimate
from .nodes import NotCompiled
from .report import Entry, Report
from .saved import MAKERS
from .state import Program
from .translate import Translator

DEFECTS: tuple[type[Exception], ...] = (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError)  # none for tests
STRAIGHT = True  # whether other statements than loops are compiled
MANY = 2000  # elementary operations from which a loop is worth compiling


@dataclass
class Found:
    """Statements to be compiled together, and where they are."""

    stmts: list[Any]
    block: Block
    depth: tuple[int, int]  # how many loops and other statements are around it; none: it runs once
    reverse: bool
    both: bool  # it has statements of both sweeps
    done: Translator
    entries: list[Entry] = field(default_factory=list)  # what the report says of it

    @property
    def span(self) -> Span | None:
        return next((s.span for s in self.stmts if getattr(s, "span", None) is not None), None)


class Units:
    """Finds the units of a function. `worthwhile`: only those that take long enough in the call at hand; `main`: of the derivative itself."""

    program: Program

    def __init__(self, function: Function, worthwhile: bool, main: bool = True) -> None:
        self.function, self.worthwhile, self.main = function, worthwhile, main
        self.refused: dict[int, NotCompiled] = {}
        self.report = Report()

    def find(self) -> list[Found]:
        """The units, by what was refused so far."""
        self.program = Program(self.function, self.main)
        self.report.entries.clear()
        return list(self._candidates(self.function.body, (0, 0), False))

    def _candidates(self, block: Block, depth: tuple[int, int], reverse: bool) -> Iterator[Found]:
        k = 0
        while k < len(block.stmts):
            stmt = block.stmts[k]
            if STRAIGHT and block is self.function.body:
                unit, end = self._run(block, k, reverse)
                if unit is not None:
                    yield unit
                reverse |= any(map(_turns, block.stmts[k:end]))
                if end > k:
                    k = end
                    continue
            elif isinstance(stmt, Loop):
                unit = self._loop(stmt, block, depth, reverse)
                if unit is not None:
                    yield unit
                    k += 1
                    continue
            reverse |= _turns(stmt)
            if isinstance(stmt, Loop):
                why = self.refused[id(stmt)]
                self.report.entries.append(Entry(stmt.span, reason=why.reason, at=why.span, reverse=reverse, choice=why.choice))
            inside = (depth[0] + isinstance(stmt, Loop), depth[1] + (not isinstance(stmt, Loop)))
            for inner in ir.blocks_of(stmt):
                yield from self._candidates(inner, inside, reverse)
            k += 1

    def _loop(self, loop: Loop, block: Block, depth: tuple[int, int], reverse: bool) -> Found | None:
        """A loop by itself."""
        try:
            if id(loop) in self.refused:
                raise self.refused[id(loop)]
            done = self._translated([loop])
            done.alone = depth == (0, 0)
            if self.worthwhile and done.work < MANY:
                raise NotCompiled(f"about {done.work} operations, which is too little to be worth it", choice=True)
        except NotCompiled as why:
            self.refused[id(loop)] = why  # the next round would find what follows from it
            return None
        return self._noted(Found([loop], block, depth, reverse, False, done))

    def _run(self, block: Block, start: int, reverse: bool) -> tuple[Found | None, int]:
        """The unit that begins at a statement, and where it ends; where it begins if there is none."""
        stmts = block.stmts[start:]
        end = next((k for k, s in enumerate(stmts) if id(s) in self.refused), len(stmts))
        while (found := _trimmed(stmts[:end])) is not None:
            first, end = found
            try:
                done = self._translated(stmts[first:end])
            except NotCompiled as why:
                end = self._cut(stmts, first, end, why)
                continue
            turned = reverse or any(map(_turns, stmts[:first]))
            unit = Found(stmts[first:end], block, (0, 0), turned, any(map(_turns, stmts[first:end])), done)
            return self._judged(unit), start + end
        return None, start

    def _cut(self, stmts: list[Any], first: int, end: int, why: NotCompiled) -> int:
        """Where a run has to end that cannot be compiled as a whole."""
        at = next((k for k, s in enumerate(stmts[:end]) if s is why.at), end - 1)
        if why.origin is not None:
            at = min(at, next((k for k, s in enumerate(stmts[:end]) if why.origin in ir.all_defs_of(s)), at))
        if at <= first:
            self.refused[id(stmts[first])] = why
        return at

    def _judged(self, unit: Found) -> Found | None:
        """The unit, if it is worth compiling."""
        loops = [loop for s in unit.stmts for loop in _outermost(s)]
        nested = bool(loops)
        work = unit.done.work
        if nested and (not self.worthwhile or work >= MANY):
            return self._noted(unit)
        gain = estimate.gain(unit.stmts, unit.done)
        if not nested and gain.worthwhile(self.worthwhile):
            return self._noted(unit)
        gained = nested or gain.worthwhile(False)
        reason = f"about {work} operations, which is too little to be worth it" if gained else "it would not be faster"
        for loop in loops:
            self.report.entries.append(Entry(loop.span, reason=reason, reverse=unit.reverse, choice=True))
        if not loops and (nested or gain.operations > 1):
            self._enter(unit, reason)
        return None

    def _enter(self, unit: Found, reason: str) -> None:
        spans = [s.span for s in unit.stmts if getattr(s, "span", None) is not None]
        self.report.entries.append(Entry(
            min(spans, key=_line, default=None), "" if reason else "?", reason, reverse=unit.reverse, choice=True,
            last=max(spans, key=_line, default=None), both=unit.both, loop=False,
        ))  # fmt: skip

    def _noted(self, unit: Found) -> Found:
        """The unit, whose tapes other units may read."""
        for outer, tape in unit.done.tapes.items():
            if tape.written and not tape.inner:
                self.program.rows[outer] = tape.row
                self.program.entries[outer] = tape.entries
                if not tape.counted:
                    self.program.by_index.add(outer)
        reverse = unit.reverse
        before = len(self.report.entries)
        for s in unit.stmts:
            reverse |= _turns(s)
            self.report.entries += [Entry(loop.span, name="?", reverse=reverse) for loop in _outermost(s)]
        if len(self.report.entries) == before:
            self._enter(unit, "")
        unit.entries = self.report.entries[before:]
        return unit

    def _translated(self, stmts: list[Any]) -> Translator:
        try:
            done = Translator(self.program, stmts)
            if done.divisions.raising and done.divisions.silent:
                done = Translator(self.program, stmts, mixed=True)
        except DEFECTS as err:  # nothing is lost: the code stays what it was
            raise NotCompiled(f"a construct that is not expected here ({type(err).__name__}: {err})") from err
        return done


def _turns(stmt: Any) -> bool:
    """Whether the reverse sweep begins here."""
    return isinstance(stmt, Note) and stmt.text == REVERSE


def _outermost(stmt: Any) -> list[Loop]:
    """The loops in a statement that are in no other one, itself included."""
    return [stmt] if isinstance(stmt, Loop) else [loop for b in ir.blocks_of(stmt) for s in b for loop in _outermost(s)]


def _trimmed(stmts: list[Any]) -> tuple[int, int] | None:
    """Where a run begins and ends that leaves out comments and lists for tapes at its ends; None if nothing is left.

    So it does with views and new arrays at its end. The comment at the head of the first of two sweeps stays with them.
    """
    active = [k for k, s in enumerate(stmts) if not isinstance(s, Note) and not makes_tape(s)]
    while active and _only_makes(stmts[active[-1]]):
        active.pop()
    if not active:
        return None
    first, end = active[0], active[-1] + 1
    if any(map(_turns, stmts[first:end])):
        first = next((k for k in range(first - 1, -1, -1) if isinstance(stmts[k], Note)), first)
    return first, end


def makes_tape(stmt: Any) -> bool:
    """Whether a statement makes the list that a tape is."""
    return isinstance(stmt, Assign) and isinstance(stmt.target.type, TapeT) and stmt.op.kind == "list" and not stmt.op.args


def _only_makes(stmt: Any) -> bool:
    """Whether a statement makes a view or an array of equal elements."""
    if not isinstance(stmt, Assign) or not isinstance(stmt.target.type, Arr):
        return False
    f = stmt.op.fn.obj if stmt.op.kind == "call" and isinstance(stmt.op.fn, Ref) else None
    return stmt.target.view or any(f is made for made in MAKERS)


def _line(span: Span) -> int:
    return span.line


__all__ = ["Found", "Units", "makes_tape"]
