"""Values that only one branch makes, and that are only read where the same test has led to the same branch; values of loops.

The reverse sweep reads what a branch of the forward sweep has made in a branch with the same test, and what each iteration of
a loop makes anew in a loop over the same range, or over what that loop has saved. Such a value needs no assignment in the
other branch, or in front of the loop. A name of the author's that may be unassigned where it is read is no such value.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..analysis.types import Num
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Block, Carry, Function, If, Lit, Loop, Phi, Push, Range, Taped, Var

# the tests of the branches around, and whether they were true; the ranges and tapes of the loops around
Path = frozenset[tuple[Any, Any]]


class Guards:
    """Where the variables of a function are read."""

    def __init__(self, function: Function) -> None:
        self.reads: dict[Any, list[Path]] = {}
        self.handed: dict[Any, list[tuple[Phi, Path]]] = {}  # to merges, along these paths
        self.values: dict[Any, Any] = {}  # of merges with a value on one side only
        self.pushes: Counter[Any] = Counter(s.tape for s in ir.walk(function.body) if isinstance(s, Push))
        self._block(function.body, frozenset())
        for a in ir.result_atoms(function.result):
            self._read(a, frozenset())

    def covers(self, p: Phi, test: Any) -> bool:
        """Whether a merge without value on one side is only read where `test` was decided for the other."""
        if (p.then is UNDEF) is (p.orelse is UNDEF) or not isinstance(test, Var):
            return False
        return self._only(p.var, (self.test(test), p.orelse is UNDEF))

    def made_anew(self, c: Carry, loop: Loop) -> bool:
        """Whether what a loop hands on is nothing at first, is not read by its iterations, and later only where there were some."""
        if c.init is not UNDEF or loop.test is not None or c.phi in self.reads or c.phi in self.handed or c.result in self.handed:
            return False
        inside = Counter(s.tape for s in ir.walk(loop.body) if isinstance(s, Push))
        known = {("tape", t) for t, n in inside.items() if n == self.pushes[t]}
        known |= _iterated(loop) if isinstance(loop.iter, Range) else set()
        return all(known & path for path in self.reads.get(c.result, ()))

    def test(self, a: Any) -> Any:
        """The test that a variable stands for where it is assigned."""
        while a in self.values:
            a = self.values[a]
        return a

    def _only(self, v: Var, branch: tuple[Any, bool]) -> bool:
        """Whether a variable is only read in such branches."""
        if any(branch not in path for path in self.reads.get(v, ())):
            return False
        handed = [p for p, path in self.handed.get(v, ()) if branch not in path]
        return not handed or isinstance(v.type, Num) and all(self._only(p.var, branch) for p in handed)

    def _read(self, a: Any, path: Path) -> None:
        if isinstance(a, Var):
            self.reads.setdefault(a, []).append(path)

    def _block(self, block: Block, path: Path) -> None:
        for s in block.stmts:
            if isinstance(s, If):
                self._read(s.test, path)
                for inner, side in ((s.then, True), (s.orelse, False)):
                    within = path | {(self.test(s.test), side)}
                    self._block(inner, within)
                    for p in s.phis:
                        a = p.then if side else p.orelse
                        if isinstance(a, Var):
                            self.handed.setdefault(a, []).append((p, within))
                            if UNDEF in (p.then, p.orelse):
                                self.values[p.var] = a
                continue
            for a in ir.uses_of(s):
                self._read(a, path)
            within = path | _iterated(s) if isinstance(s, Loop) else path
            for inner in ir.blocks_of(s):
                self._block(inner, within)


def _iterated(loop: Loop) -> set[tuple[Any, Any]]:
    """What has elements if a loop has iterations: its range, and its tapes."""
    found = {("tape", t) for t in loop.iter.tapes} if isinstance(loop.iter, Taped) else set()
    r = loop.iter.range if isinstance(loop.iter, Taped) else loop.iter
    if isinstance(r, Range):
        found.add(("range", tuple(a.value if isinstance(a, Lit) else a for a in r.atoms())))
    return found


__all__ = ["Guards"]
