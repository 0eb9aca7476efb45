"""What is checked, and made certain, when a whole function is lowered: by then it is known which memory is stored to."""

from __future__ import annotations

from typing import Any

from ..analysis.types import BOOL, NOTHING, Arr, ListT, Obj, is_mutable
from ..errors import AmbiguousMemoryError, DifferentiationError, UnsupportedSyntaxError
from ..ir.nodes import Assign, Block, Effect, If, Op, Store, Var, blocks_of, result_atoms, uses_of, walk
from .iterators import CHANGING
from .lower import Restart
from .objects import AS_GIVEN


def bodies(low: Any) -> list[Block]:
    """The blocks of a program: its own, and those of recursive functions."""
    return [low.block, *(fn.body for fn in low.outlined.values() if fn.body is not None)]


def hidden_memory(low: Any) -> list[DifferentiationError]:
    """Objects that may show memory of an array which is stored to: masked arrays, matrices, iterators over the elements."""
    found: list[DifferentiationError] = []
    for block in bodies(low):
        for stmt in walk(block):
            if not isinstance(stmt, Assign) or stmt.op.kind not in ("call", "method") or not isinstance(stmt.target.type, Obj):
                continue
            r = stmt.target.region
            if is_mutable(stmt.target.type) and r is not None and r.stored and r.varied:
                name = getattr(stmt.op.fn, "name", None) or stmt.op.name
                found.append(AmbiguousMemoryError(
                    f"the result of {name} may show memory of an array that is stored to", stmt.span, construct="call",
                    hint="copy the array first"))  # fmt: skip
    return found


def used_closed_parts(low: Any, result: Any) -> list[DifferentiationError]:
    """Parts of what is differentiated by that are used as they stand, as the items of an `OrderedDict` are: they would count as constants."""
    if not low.closed_parts:
        return []
    used = {a for block in bodies(low) for s in walk(block) for a in uses_of(s)} | set(result_atoms(result))
    return [error for var, error in low.closed_parts if var in used]


def read_too_early(low: Any) -> list[DifferentiationError]:
    """Items read from a list that had none when its type was found, and that is filled elsewhere: under another name, or later."""
    found: list[DifferentiationError] = []
    for stmt in (s for block in bodies(low) for s in walk(block)):
        base = stmt.op.args[0] if isinstance(stmt, Assign) and stmt.target.type == NOTHING and stmt.op.args else None
        if isinstance(base, Var) and base.type == ListT(NOTHING) and base.region is not None and base.region.find().stored:
            found.append(AmbiguousMemoryError(
                "it is not known what the items of this list are: it is filled later, or under another name", stmt.span,
                construct="subscript", hint="fill it by its own name, before its items are read"))  # fmt: skip
    return found


def test_at_once(low: Any) -> None:
    """The truth of a list, array or set that changes is taken where it is tested: the reverse sweep tests the same again."""
    for block in [b for top in bodies(low) for b in (top, *(i for s in walk(top) for i in blocks_of(s)))]:
        stmts = []
        for stmt in block.stmts:
            test = stmt.test if isinstance(stmt, If) else None
            if isinstance(test, Var) and is_mutable(test.type) and test.region is not None and test.region.find().stored:
                stmt.test = Var("test", BOOL, False)
                stmts.append(Assign(stmt.test, Op("call", (test,), fn=low.builtin("bool")), stmt.span))
            stmts.append(stmt)
        block.stmts[:] = stmts


def changed_copies(low: Any) -> list[DifferentiationError]:
    """Stores to dicts that were made where the run needs a dict of known contents: the other one does not see them."""
    regions = {v.region.find() for v in low.copied_dicts if v.region is not None}
    found: list[DifferentiationError] = []
    for stmt in (s for block in bodies(low) for s in walk(block)) if regions else ():
        changing = isinstance(stmt, (Assign, Effect)) and stmt.op.kind == "method" and stmt.op.name in CHANGING
        base = stmt.base if isinstance(stmt, Store) else stmt.op.args[0] if changing else None
        if isinstance(base, Var) and not isinstance(base.type, (Arr, ListT)) and base.region is not None and base.region.find() in regions:
            found.append(UnsupportedSyntaxError(
                "this may change a dict that is in a list, or that an index chose", stmt.span, construct="assignment",
                hint="change it by its own name, or use arrays"))  # fmt: skip
    return found


def check_containers(low: Any, copies: dict[Var, Var], result: Any) -> None:
    """Start again if a list or dict of the caller is used as a whole, and it or an array in it is stored to: it is not the copy."""
    from ..analysis import effects  # needs the lowerer

    given = {v.region.find() for v in low.given if v.region is not None}
    if any(r in given for stmt in walk(low.block) for r in effects.writes(stmt) or ()):
        raise Restart(AS_GIVEN)
    entry, reads = set(map(id, low.entry)), {s.target: s for s in low.entry}
    used = {a for s in walk(low.block) if id(s) not in entry for a in uses_of(s)} | set(result_atoms(result))
    for var in copies:
        while var in reads:
            [var] = [a for a in reads[var].op.args if isinstance(a, Var)]
            if var in used:
                if AS_GIVEN in low.dynamic_sites:
                    raise low.unsupported("an object is used as a whole that holds an array which is stored to", None, "copy the array first")
                raise Restart(AS_GIVEN)


__all__ = ["bodies", "changed_copies", "check_containers", "hidden_memory", "test_at_once", "used_closed_parts"]
