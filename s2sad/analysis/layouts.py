"""Memory whose layout decides what a program does, so that a copy of it needs the same strides."""

from __future__ import annotations

from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Invoke, Lit, Outlined, Region, Var
from .effects import layout_matters, region_of
from .overlaps import overlapping_stores


def sensitive(block: ir.Block) -> set[Region]:
    """The memory that is stored to and that a block, or a recursive function it calls, looks at by way of its strides.

    All memory is, where elements are asked for in their order in memory, or for the strides themselves: that of other arrays is made
    after it.
    """
    functions = _called(block)
    if any(_asks_for_layout(stmt) for b in (block, *(fn.body for fn in functions)) for stmt in ir.walk(b)):
        return _all(block)
    found = _within(block)
    inner = {fn: _within(fn.body) for fn in functions}
    grown = True
    while grown:  # what a recursive function hands to another one, until nothing is new
        before = sum(map(len, inner.values()))
        for fn in functions:
            inner[fn] |= _handed(fn.body, inner)
        grown = sum(map(len, inner.values())) > before
    return found | _handed(block, inner)


def _within(block: ir.Block) -> set[Region]:
    return layout_matters(block) | overlapping_stores(block)


def _asks_for_layout(stmt: Any) -> bool:
    """Whether a statement reads the layout of an array, or its elements in the order of the layout."""
    if not isinstance(stmt, (Assign, Effect)):
        return False
    op = stmt.op
    if op.kind == "getattr":
        return op.name in ("strides", "flags")
    named = [a for name, a in op.kwargs if name == "order"]
    return any(not isinstance(a, Lit) for a in named) or any(isinstance(a, Lit) and a.value in ("K", "A") for a in (*named, *op.args))


def _all(block: ir.Block) -> set[Region]:
    """The memory that a block stores to."""
    atoms = [a for stmt in ir.walk(block) for a in (*ir.uses_of(stmt), *ir.defs_of(stmt), *ir.inner_defs_of(stmt))]
    return {a.region.find() for a in atoms if isinstance(a, Var) and a.region is not None and a.stored}


def _called(block: ir.Block, known: dict[Outlined, None] | None = None) -> dict[Outlined, None]:
    """The recursive functions that a block calls, and those that these call."""
    known = {} if known is None else known
    for stmt in ir.walk(block):
        if isinstance(stmt, Invoke) and isinstance(stmt.fn, Outlined) and stmt.fn not in known:
            known[stmt.fn] = None
            _called(stmt.fn.body, known)
    return known


def _handed(block: ir.Block, inner: dict[Outlined, set[Region]]) -> set[Region]:
    """The memory of a block that it gives to functions of which the memory in `inner` is sensitive."""
    found = set()
    for stmt in ir.walk(block):
        if isinstance(stmt, Invoke) and isinstance(stmt.fn, Outlined):
            for param, a in zip([*stmt.fn.params, *stmt.fn.captured], stmt.args):
                region = region_of(a)
                if region is not None and region_of(param) in inner[stmt.fn]:
                    found.add(region)
    return found


__all__ = ["sensitive"]
