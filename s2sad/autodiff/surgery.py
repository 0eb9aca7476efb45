"""The adjoints of `with adjoint_of(h) as h_bar`: the block itself, on the adjoint as it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.types import UNKNOWN, Arr, Num, Type, float_like, shape_of
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.clone import Clone
from ..ir.nodes import AdjointBlock, Assign, Function, Invoke, Lit, Op, Outlined, Region, Stepped, Var
from .shapes import Shapes


class Surgery(Shapes):
    """The part of `Reverse` that splices blocks of the author's into the reverse sweep."""

    def adjoint_surgery(self, stmt: Assign, bar: Any) -> None:
        """Run the block on the adjoint of a variable, and pass on what it makes of it."""
        op, y = stmt.op, stmt.target
        block: AdjointBlock = op.data
        bar = self.given(self.bar_atom(bar), y, block)
        reads = [self.need(a) for a in op.args[1:]]
        clone = Clone({block.bar: bar, **dict(zip(block.reads, reads))}, self.is_own_region(block))
        if block.bar.region is not None and isinstance(bar, Var) and bar.region is not None:
            clone.regions[block.bar.region.find()] = bar.region
        body = clone.block(block.body)
        self.own |= {v for s in ir.walk(body) for v in (*ir.defs_of(s), *ir.inner_defs_of(s))}
        self.scope.out.stmts += body.stmts
        self.contribute(op.args[0], self.taken_back(clone.sub(block.result), y, block))

    def is_own_region(self, block: AdjointBlock) -> Callable[[Region], bool]:
        """Whether memory is made in the block: its copy then is memory of its own."""
        around = {v.region.find() for v in block.reads if v.region is not None}
        return lambda region: region not in around

    def given(self, bar: Any, y: Var, block: AdjointBlock) -> Any:
        """The adjoint as the block gets it: in full, under the author's name, in memory of its own if the block changes it."""
        t, hint = y.type, block.bar.hint
        if t is UNKNOWN or isinstance(t, Arr) and (t.shape is None or t.dtype is None):
            bar = self.call("like", (self.need(y), bar), float_like(t), hint)
        elif isinstance(t, Arr):
            bar = self.exact(bar, y)
            if block.changes and (not t.ndim or not self.is_fresh(bar)):
                copied = Op("copy", (bar,)) if t.ndim else Op("call", (bar,), fn=self.numpy_ref("array"))
                bar = self.emit(copied, float_like(t), hint)
        if isinstance(bar, Lit):
            bar = self.emit(Op("atom", (bar,)), float_like(t), hint)
        if isinstance(bar, Var) and not bar.named:
            bar.hint, bar.named = hint, True
        return bar

    def taken_back(self, result: Any, y: Var, block: AdjointBlock) -> Any:
        """What the block leaves, as an adjoint that nothing else holds."""
        if isinstance(result, Lit):
            return Lit(result.value * 1.0)
        t, hint = type_of(result), block.bar.hint
        if not self.fits(t, y.type):
            made = self.call("as_adjoint", (result, self.need(y)), float_like(y.type), hint)
            if isinstance(y.type, Arr):
                self.shadow_vars.add(made)
            return made
        if block.given_away and isinstance(t, Arr):
            return self.emit(Op("copy", (result,)), t, hint)
        return result

    def fits(self, t: Type, expected: Type) -> bool:
        """Whether a number or an array certainly is an adjoint of a variable, up to the precision."""
        t, expected = self.splicer.symbols.canonical(t), self.splicer.symbols.canonical(expected)
        if not isinstance(t, (Num, Arr)) or not isinstance(expected, (Num, Arr)) or t.dtype is None or expected.dtype is None:
            return False
        shape = shape_of(t)
        return t.dtype.kind in "fc" and shape is not None and shape in ((), shape_of(expected))

    # provided by the other parts
    bar_atom: Callable[..., Any]


def without_blocks(function: Function | Outlined, followed: bool = True, seen: set[int] | None = None) -> None:
    """Take the blocks of the reverse sweep out of a program, and of recursive functions if they are `followed`."""
    seen = set() if seen is None else seen
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Assign) and stmt.op.kind == "surgery":
            stmt.op = Op("atom", stmt.op.args[:1])
        elif isinstance(stmt, Invoke) and id(stmt.fn) not in seen and (followed or isinstance(stmt.fn, Stepped)):
            seen.add(id(stmt.fn))
            without_blocks(stmt.fn.step if isinstance(stmt.fn, Stepped) else stmt.fn, followed, seen)


__all__ = ["Surgery", "without_blocks"]
