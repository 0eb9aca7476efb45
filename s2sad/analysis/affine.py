"""Indices that are a variable plus a constant: whether two of them are certainly different, and which comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..ir.nodes import Lit, Op, Range, Var
from .types import dtype_of

Definition = Callable[[Var], Op | None]
Iterated = Callable[[Var], Range | None]


@dataclass(frozen=True)
class Affine:
    """`root + offset`; a number if `root` is None."""

    root: Var | None
    offset: int


def affine(atom: Any, definition: Definition) -> Affine | None:
    """An index as a variable plus a constant, None if it is something else."""
    offset = 0
    while isinstance(atom, Var):
        op = definition(atom)
        if op is None or op.kind not in ("add", "sub") or len(op.args) != 2:
            return Affine(atom, offset)
        a, b = op.args
        if isinstance(a, Lit) and op.kind == "add":
            a, b = b, a
        if not isinstance(b, Lit) or type(b.value) is not int:
            return Affine(atom, offset)
        offset += b.value if op.kind == "add" else -b.value
        atom = a
    return Affine(None, atom.value + offset) if isinstance(atom, Lit) and type(atom.value) is int else None


def components(index: Any, definition: Definition) -> tuple[Any, ...]:
    """The parts of an index, one for each axis that it selects from."""
    op = definition(index) if isinstance(index, Var) else None
    return op.args if op is not None and op.kind == "tuple" else (index,)


def smallest(part: Affine, iterated: Iterated) -> int | None:
    """A lower bound of an index; None if there is none to be seen."""
    if part.root is None:
        return part.offset
    steps = iterated(part.root)
    if steps is None or not isinstance(steps.step, Lit) or type(steps.step.value) is not int or steps.step.value == 0:
        return None
    first, extra = (steps.start, 0) if steps.step.value > 0 else (steps.stop, 1)
    return first.value + extra + part.offset if isinstance(first, Lit) and type(first.value) is int else None


def takes_one_axis(part: Any, definition: Definition) -> bool:
    """Whether a part of an index certainly selects from one axis: None, Ellipsis and masks do not."""
    if isinstance(part, Lit):
        return type(part.value) is int
    if not isinstance(part, Var):
        return False
    op = definition(part)
    dtype = dtype_of(part.type)
    return op is not None and op.kind == "slice" or dtype is not None and dtype.kind in "iu"


def distinct(a: Any, b: Any, definition: Definition, iterated: Iterated) -> bool:
    """Whether two indices, of the same iteration, certainly select different elements.

    Negative indices count from the end, so that `i` and `i - 1` may be the same: both have to be known not to be negative.
    """
    parts_a, parts_b = components(a, definition), components(b, definition)
    if len(parts_a) != len(parts_b):
        return False
    for p, q in zip(parts_a, parts_b):
        if not takes_one_axis(p, definition) or not takes_one_axis(q, definition):
            return False  # from here on, the parts of the two select from different axes
        x, y = affine(p, definition), affine(q, definition)
        if x is None or y is None or x.root is not y.root or x.offset == y.offset:
            continue
        low = [bound for bound in (smallest(x, iterated), smallest(y, iterated)) if bound is not None]
        if len(low) == 2 and min(low) >= 0:
            return True
    return False
