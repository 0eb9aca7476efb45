"""Stores of a part of an array to a line of the same array that runs in another direction.

NumPy copies the value of a store first where it sees that both share memory, but not if the target is a vector: then the
result can depend on the strides, as it does for `A[1, 1:] = A[:, -1]` in row-major memory. What the program stores is what
NumPy stores, so that such an array keeps its layout wherever it is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import Assign, Lit, Op, Region, Store, Var
from .effects import region_of
from .types import Arr, Num


@dataclass(frozen=True)
class _Line:
    """The vector along one axis of an array; `step` is that of the slice."""

    root: Var
    axis: int
    step: Any


def overlapping_stores(block: ir.Block) -> set[Region]:
    """The memory of which some vector is stored to another one that may run in another direction."""
    defs = {s.target: s.op for s in ir.walk(block) if isinstance(s, Assign)}
    found = set()
    for stmt in ir.walk(block):
        if isinstance(stmt, Store) and stmt.aug is None and isinstance(stmt.value, Var) and stmt.value.view:
            region = region_of(stmt.base)
            if region is not None and region_of(stmt.value) is region and not _safe(stmt, defs):
                found.add(region)
    return found


def _safe(stmt: Store, defs: dict[Var, Op]) -> bool:
    """Whether the target is certainly no vector, or both vectors have one direction and one step."""
    value = stmt.value.type
    if not isinstance(value, Arr) or value.ndim == 0 or (value.ndim or 0) > 1:
        return isinstance(value, (Arr, Num))
    target = _selected(stmt.base, stmt.index, defs) if stmt.index is not None else _line(stmt.base, defs)
    if isinstance(target, int):
        return target != 1
    source = _line(stmt.value, defs)
    if not isinstance(target, _Line) or not isinstance(source, _Line) or target.root is not source.root:
        return False
    alone = isinstance(target.root.type, Arr) and target.root.type.ndim == 1
    return alone or (target.axis, target.step) == (source.axis, source.step)


def _line(atom: Any, defs: dict[Var, Op]) -> _Line | int | None:
    """The vector that a view is; how many axes it has if it is none; None if that is not known."""
    if not isinstance(atom, Var) or not isinstance(atom.type, Arr):
        return None
    op = defs.get(atom)
    if op is not None and op.kind == "atom":
        return _line(op.args[0], defs)
    if op is not None and atom.view:
        return _selected(op.args[0], op.args[1], defs) if op.kind == "getitem" else None
    return _Line(atom, 0, None) if atom.type.ndim == 1 else atom.type.ndim


def _selected(base: Any, index: Any, defs: dict[Var, Op]) -> _Line | int | None:
    """What an index selects from an array, as `_line` gives it."""
    within = _line(base, defs)
    if within is None or not isinstance(base, Var):
        return None
    op = defs.get(index) if isinstance(index, Var) else None
    parts = op.args if op is not None and op.kind == "tuple" else (index,)
    steps: list[Any] = []  # of the slices, by axis; False for an axis that a number takes away
    for part in parts:
        made = defs.get(part) if isinstance(part, Var) else None
        if made is not None and made.kind == "slice":
            steps.append(made.args[2].value if isinstance(made.args[2], Lit) else made.args[2])
        elif isinstance(part, Lit) and type(part.value) is int or isinstance(part, Var) and isinstance(part.type, Num) and part.type.dtype != "bool":
            steps.append(False)
        else:
            return None
    if isinstance(within, _Line):
        if len(steps) != 1 or steps[0] is False:
            return len(steps) - steps.count(False)
        return within if steps[0] in (None, 1) else _Line(within.root, within.axis, (within.step, steps[0]))
    steps += [None] * (within - len(steps))
    left = [axis for axis, step in enumerate(steps) if step is not False]
    return _Line(base, left[0], None if steps[left[0]] == 1 else steps[left[0]]) if len(left) == 1 else len(left)


__all__ = ["overlapping_stores"]
