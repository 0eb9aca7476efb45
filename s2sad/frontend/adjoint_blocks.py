"""`with adjoint_of(h) as h_bar`: the block is lowered where it stands, and put away for the reverse sweep.

The elementary form has one operation for it, which returns `h` as it is and is what the name `h` stands for from there on. Its
operands are `h` and what the block reads; its data is the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gast

from ..analysis.types import UNKNOWN, Arr, Num, float_like, is_mutable, shape_of
from ..errors import AmbiguousMemoryError, DifferentiationError
from ..ir import nodes as ir
from ..ir.clone import read_from_outside
from ..ir.nodes import AdjointBlock, Block, Lit, Op, Ref, Region, Var
from .facts import assigned_names
from .leaving import escapes
from .lower import Core, type_of
from .values import AdjointVal, Poison, is_atom


class AdjointBlocks(Core):
    """The part of the lowerer that knows blocks of the reverse sweep."""

    in_adjoint_block = False
    adjoint_blocks = 0  # how many were met

    def varied(self, atom: Any) -> bool:
        return not self.in_adjoint_block and super().varied(atom)

    def varied_value(self, value: Any, seen: frozenset[int] = frozenset()) -> bool:
        return not self.in_adjoint_block and super().varied_value(value, seen)  # type: ignore[misc]

    def call_adjoint_of(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        if len(args) + len(kwargs) != 1 or not kwargs.keys() <= {"value"}:
            raise self.unsupported("adjoint_of takes one variable", node, "write with adjoint_of(h) as h_bar")
        given = node.args[0] if node.args else node.keywords[0].value
        if not isinstance(given, gast.Name):
            raise self.unsupported("adjoint_of takes a plain variable", node, "assign the value to a variable of its own first")
        frame = self.frame
        if given.id not in frame.locals or given.id in frame.nonlocals or given.id in frame.globals:
            raise self.unsupported(f"adjoint_of({given.id}) is not about a variable of this function", node,
                                   f"assign it to a variable of {frame.name}() first")  # fmt: skip
        return AdjointVal(given.id, args[0] if args else kwargs["value"], node)

    def adjoint_block(self, head: AdjointVal, stmt: Any) -> None:
        """Lower a `with adjoint_of(...)` statement."""
        self.check_adjoint_block(head, stmt)
        self.adjoint_blocks += 1
        target = stmt.items[0].optional_vars
        assigned = [*([] if target is None else [target.id]), *assigned_names(stmt.body)]
        value = head.value
        if self.varied_value(value):
            t = type_of(value) if is_atom(value) else None
            if not isinstance(value, Var) or not (isinstance(t, (Num, Arr)) or t is UNKNOWN):
                raise self.unsupported(f"{head.name!r} is no number and no array, and adjoint_of takes nothing else", stmt,
                                       "assign the part that you mean to a variable of its own")  # fmt: skip
            block = self.lowered_block(head, value, target, stmt)
            reads = read_from_outside(block.body, (block.result,), (block.bar,))
            self.check_changes(block, reads, stmt)
            block.reads = reads
            same = self.emit(Op("surgery", (value, *reads), data=block), value.type, head.name, varied=True, view_of=(value,))
            same.named = True
            self.stops.append((same, self.error(
                AmbiguousMemoryError, f"the array {head.name!r} of an adjoint_of block is stored to, or put in a list", stmt,
                f"take a copy for that: {head.name} = {head.name}.copy() behind the block, or in front of it if that comes first",
            )))  # fmt: skip
            self.assign_name(head.name, same)
        for name in assigned:
            reason = f"{name!r} is assigned in an adjoint_of block, which runs in the reverse sweep only: it has no value here"
            self.cells[(self.owner(name).id, name)] = Poison(reason)

    def check_adjoint_block(self, head: AdjointVal, stmt: Any) -> None:
        """Raise an error if the statement cannot be a block of the reverse sweep."""
        target = stmt.items[0].optional_vars
        if stmt.items[0].context_expr is not head.node:
            raise self.unsupported("adjoint_of is for the head of a with statement", stmt, "write with adjoint_of(h) as h_bar")
        if len(stmt.items) > 1:
            raise self.unsupported("adjoint_of beside another context manager is not supported", stmt, "write a with statement for each")
        if self.in_adjoint_block:
            raise self.unsupported("adjoint_of within an adjoint_of block is not supported", stmt, "write the blocks one after the other")
        if target is not None and not isinstance(target, gast.Name):
            raise self.unsupported("the adjoint has to be bound to a plain variable", stmt, f"write as {head.name}_bar")
        if any(map(escapes, stmt.body)):
            raise self.unsupported("return, break and continue cannot leave an adjoint_of block", stmt, "use if in the block")
        assigned = {*assigned_names(stmt.body), *([] if target is None else [target.id])}
        if head.name in assigned:
            raise self.unsupported(f"the adjoint_of block of {head.name!r} assigns {head.name!r}", stmt, f"assign {head.name}_bar")
        outer = sorted(assigned - self.frame.locals)
        if outer:
            raise self.unsupported(f"an adjoint_of block assigns {outer[0]!r}, which is not a variable of this function", stmt,
                                   "use a name of its own")  # fmt: skip

    def lowered_block(self, head: AdjointVal, value: Var, target: Any, stmt: Any) -> AdjointBlock:
        """The body, lowered apart, with nothing in it differentiated; names and contents are as they were before it."""
        name = f"{head.name}_bar" if target is None else target.id
        bar = Var(name, float_like(value.type), False, True, Region() if is_mutable(value.type) else None)
        before, body = self.cells, Block()
        self.cells = dict(before)
        self.in_adjoint_block = True
        try:
            with self.into(body):
                for flag in ("$skip", "$ret"):  # the block runs on paths only that have reached it
                    self.set_flag(flag, False)  # type: ignore[attr-defined]
                if target is not None:
                    self.assign(target, bar)  # type: ignore[attr-defined]
                self.body(stmt.body)  # type: ignore[attr-defined]
            after = self.cells
            result = bar if target is None else after.get((self.frame.id, name))
        finally:
            self.in_adjoint_block = False
            self.cells = before
        if body.diverges:
            raise self.unsupported("an adjoint_of block always raises", stmt, "raise under a condition")
        own = {(self.frame.id, n) for n in (name, *assigned_names(stmt.body))}
        for key, old in before.items():
            if key not in own and after.get(key) is not old and not str(key[1]).startswith("$"):
                what = repr(key[1]) if key[1] != "items" else "a list or dict"
                raise self.changes_forward(what, stmt)
        self.check_new_adjoint(result, value, name, stmt)
        return AdjointBlock(bar, [], body, result, self.span(stmt))

    def check_new_adjoint(self, result: Any, value: Var, name: str, stmt: Any) -> None:
        """Raise an error if what goes on certainly is no adjoint of the variable."""
        t, expected = (type_of(result) if is_atom(result) else None), value.type
        wrong = ""
        if not (isinstance(t, (Num, Arr)) or t is UNKNOWN):
            wrong = "is no number and no array"
        elif isinstance(t, (Num, Arr)) and isinstance(expected, (Num, Arr)):
            shape, needed = self.shape_now(t), self.shape_now(expected)
            if t.dtype is not None and expected.dtype is not None and t.dtype.kind == "c" and expected.dtype.kind != "c":
                wrong = "is complex, and the variable is real"
            elif shape and needed is not None and len(shape) != len(needed):
                wrong = f"has {len(shape)} dimension{'' if len(shape) == 1 else 's'}, and the variable has {len(needed)}"
        if wrong:
            raise self.unsupported(f"the adjoint {name!r} {wrong} at the end of its adjoint_of block", stmt,
                                   "assign an array of the shape of the variable, or a number for all elements")  # fmt: skip

    def shape_now(self, t: Any) -> Any:
        return shape_of(self.symbols.canonical(t))

    def check_changes(self, block: AdjointBlock, reads: list[Var], stmt: Any) -> None:
        """Raise an error if the block changes memory of the forward sweep; note what it does to that of the adjoint."""
        from ..analysis import effects  # needs the lowerer

        around = {v.region.find(): v for v in reads if v.region is not None}
        held = {*around}
        for inner in ir.walk(block.body):
            for region in effects.writes(inner) or ():
                if region in around:
                    raise self.changes_forward(repr(around[region].hint), stmt)
                block.changes = block.changes or region is effects.region_of(block.bar)
            held.update(r for a in given_away(inner) if (r := effects.region_of(a)) is not None)
        block.given_away = effects.region_of(block.result) in held or not isinstance(block.result, (Var, Lit))

    def changes_forward(self, what: str, stmt: Any) -> DifferentiationError:
        return self.unsupported(f"an adjoint_of block changes {what} of the forward sweep, or gives it to a function that may", stmt,
                                "change copies, and collect what you want to keep in a list outside the function")  # fmt: skip

    # provided by the other parts
    stops: list[tuple[Var, DifferentiationError]]
    owner: Callable[..., Any]
    assign_name: Callable[..., None]


def given_away(stmt: Any) -> Iterable[Any]:
    """What a statement gives to something that may keep it: calls of unknown code, and stores to objects from outside."""
    from ..analysis import effects  # needs the lowerer

    if isinstance(stmt, ir.Store):
        return () if isinstance(stmt.base, Var) and isinstance(stmt.base.type, Arr) else (stmt.value,)
    if not isinstance(stmt, (ir.Assign, ir.Effect)) or effects.is_pure(stmt.op) or stmt.op.kind == "inplace" or stmt.op.data == ir.SAFE:
        return ()
    return () if isinstance(stmt.op.fn, Ref) and stmt.op.fn.obj is print else stmt.op.atoms()


__all__ = ["AdjointBlocks"]
