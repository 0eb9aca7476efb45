"""Where statements are in nests of loops and branches, and which elements of arrays they select there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, If, Lit, Loop, Op, Range, Var
from .affine import Affine, affine, components, takes_one_axis
from .bounds import Bounds, Fact
from .types import Num


class Step(NamedTuple):
    """One step on the way to a statement: the number of the block and the position in it, of the statement that holds it."""

    block: int
    at: int
    stmt: Any


Path = tuple[Step, ...]


class Indices:
    """What indices select, by the ranges of loops and the tests of branches."""

    def __init__(self, function: Function) -> None:
        self.defs: dict[Var, Op] = {}
        self.ranges: dict[Var, Range] = {}
        for s in ir.walk(function.body):
            if isinstance(s, Assign):
                self.defs[s.target] = s.op
            elif isinstance(s, Loop) and s.index is not None and isinstance(s.iter, Range):
                self.ranges[s.index] = s.iter
        self.sizes: dict[Any, Var] = {}  # the variables that hold sizes
        for steps in self.ranges.values():
            for bound in (affine(atom, self.defs.get) for atom in steps.atoms()):
                if bound is not None and bound.root is not None and isinstance(bound.root.type, Num) and bound.root.type.ints is not None:
                    self.sizes.setdefault(bound.root.type.ints, bound.root)

    def offsets(self, index: Any, loops: tuple[Loop, ...], bounds: Bounds) -> list[list[tuple[int, int]]] | None:
        """For each loop around, the axes that its variable selects from and what is added to it.

        None if not every loop has an axis: then two iterations may select the same element.
        """
        found: dict[Var, list[tuple[int, int]]] = {loop.index: [] for loop in loops if loop.index is not None}
        for axis, part in enumerate(components(index, self.defs.get)):
            if not takes_one_axis(part, self.defs.get):
                break  # from here on, the same place in two indices may be two axes
            a = bounds.number(part)
            if a is not None and a.root in found and natural(a, bounds):  # not from the end
                found[a.root].append((axis, a.offset))
        return list(found.values()) if all(found.values()) else None

    def interval(self, part: Any, bounds: Bounds, size: Any = None) -> tuple[Affine | None, Affine | None]:
        """The first and the last index that a part of an index selects; None if that is not known. `size` is that of the axis."""
        if isinstance(part, Lit) and type(part.value) is int and part.value < 0 and size in self.sizes:
            element = Affine(self.sizes[size], part.value)
            bounds.at_most(Affine(None, 0), element, 0)  # there is such an element, or the program ends here
            return element, element
        op = self.defs.get(part) if isinstance(part, Var) else None
        if op is None or op.kind != "slice":
            only = bounds.number(part)
            return only, only
        start, stop, step = op.args
        if not _literal(step, None, 1):
            return None, None
        first = Affine(None, 0) if _literal(start, None) else bounds.number(start)
        end = None if _literal(stop, None) else bounds.number(stop)
        if end is None or not natural(end, bounds):
            return first, None
        return first, Affine(end.root, end.offset - 1)

    def apart(self, a: Any, b: Any, bounds: Bounds) -> bool:
        """Whether two indices certainly select different elements."""
        parts, others = components(a, self.defs.get), components(b, self.defs.get)
        for p, q in zip(parts, others):
            if not takes_one_axis(p, self.defs.get) or not takes_one_axis(q, self.defs.get):
                return False  # from here on, the parts of the two select from different axes
            x, y = bounds.number(p), bounds.number(q)
            if x is None or y is None or not natural(x, bounds) or not natural(y, bounds):
                continue
            more, less = bounds.most(x, y), bounds.most(y, x)
            if more is not None and more < 0 or less is not None and less < 0:
                return True
        return False

    def bounds(self, path: Path) -> Bounds:
        """What is known where a statement is."""
        facts: list[Fact] = []
        for step in path:
            if isinstance(step.stmt, If) and isinstance(step.stmt.test, Var):
                op, holds = self.defs.get(step.stmt.test), step.block == 0
                while op is not None and op.kind == "not_" and isinstance(op.args[0], Var):
                    op, holds = self.defs.get(op.args[0]), not holds
                if op is not None:
                    facts.append((op, holds))
        found = Bounds(self.defs.get, self.ranges.get, facts)
        for step in path:
            if isinstance(step.stmt, Loop) and step.stmt.index in self.ranges:
                found.learn(step.stmt.index)  # its range is not empty here
        return found


def placed(block: Iterable[Any], number: int = 0) -> Iterable[tuple[Path, Any]]:
    """The statements of a block at the top, and those within them, each with the way to it; `number` tells such blocks apart."""
    for at, stmt in enumerate(block):
        here = (Step(number, at, None),)
        yield here, stmt
        yield from statements(stmt, here)


def statements(stmt: Any, path: Path) -> Iterable[tuple[Path, Any]]:
    """The statements within one, each with the way to it."""
    for n, block in enumerate(ir.blocks_of(stmt)):
        for at, s in enumerate(block):
            here = (*path, Step(n, at, stmt))
            yield here, s
            yield from statements(s, here)


def counts(stmt: Any) -> bool:
    """Whether a statement is a loop over a range that is not left early."""
    return isinstance(stmt, Loop) and isinstance(stmt.iter, Range) and stmt.index is not None and isinstance(stmt.iter.step, Lit) and stmt.go is None


def earlier(a: Path, b: Path) -> bool:
    """Whether a statement comes before another one in an iteration of all loops around both."""
    return [s[:2] for s in a] < [s[:2] for s in b]


def exclude(a: Path, b: Path) -> bool:
    """Whether two statements are in the two branches of one statement."""
    for x, y in zip(a, b):
        if x.stmt is not y.stmt:
            return False
        if x.block != y.block:
            return isinstance(x.stmt, If)
    return False


def natural(a: Affine, bounds: Bounds) -> bool:
    """Whether a number is certainly not negative."""
    least = bounds.least(a)
    return least is not None and least >= 0


def _literal(atom: Any, *values: Any) -> bool:
    return atom is None and None in values or isinstance(atom, Lit) and any(type(atom.value) is type(v) and atom.value == v for v in values)
