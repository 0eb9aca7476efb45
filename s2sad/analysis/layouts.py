"""Memory whose layout decides what a program does, so that a copy of it needs the same strides."""

from __future__ import annotations

from ..ir import nodes as ir
from ..ir.nodes import Invoke, Outlined, Region
from .effects import layout_matters, region_of
from .overlaps import overlapping_stores


def sensitive(block: ir.Block) -> set[Region]:
    """The memory that is stored to and that a block, or a recursive function it calls, looks at by way of its strides."""
    found = _within(block)
    functions = _called(block)
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
