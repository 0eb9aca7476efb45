"""Lists of arrays that are stored to: an array must not be reached both through the list and under a name of its own.

The adjoint of a list is a list of buffers, one for each item; that of an array with a name is a buffer of its own. If
one array had both, a store through the one would miss what was collected in the other. Such memory gets companions, or the
program is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.effects import reads_contents, region_of
from ..analysis.types import Arr, ListT, TupleT, is_mutable
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Function, Invoke, Lit, Ref, Region, Store, Var
from .scopes import Structure

Refuse = Callable[[Any, AmbiguousMemoryError], Exception]


def check_lists(function: Function, structure: Structure, followed: set[Region], refuse: Refuse) -> None:
    """Refuse an array in a run-time list that may be stored to under another name, unless its memory is `followed`."""
    opened: set[Region | None] = set()  # memory of lists whose items are taken out as arrays, or read all at once
    written = set()  # memory of arrays, or of lists of numbers, that are stored to
    for stmt in ir.walk(function.body):
        for base in stmt.writes if isinstance(stmt, Invoke) else (_changed(stmt),):
            if isinstance(base, Var) and base.region is not None and not (isinstance(base.type, ListT) and is_mutable(base.type.elem)):
                written.add(base.region.find())
        if isinstance(stmt, Assign) and _takes_item(stmt):
            assert stmt.target.region is not None
            opened.add(stmt.target.region.find())
        elif isinstance(stmt, Assign) and stmt.op.kind == "call" and not isinstance(stmt.target.type, ListT):
            opened.update(r for a in stmt.op.atoms() if _of_arrays(a) and (r := region_of(a)) in reads_contents(stmt.op))
    opened.update(region_of(a) for a in ir.result_atoms(function.result) if _of_arrays(a))
    restructured = {r for stmt in ir.walk(function.body) if (r := _restructures(stmt)) is not None}
    grown = {r for stmt in ir.walk(function.body) if (r := _restructures(stmt, True)) is not None}
    for stmt in ir.walk(function.body):
        r = _restructures(stmt)
        if r is not None and r.varied and r not in followed and isinstance(stmt, Store) and isinstance(stmt.value, Var) and (
            isinstance(stmt.value.type, ListT) and stmt.value.type == stmt.base.type
        ):
            raise refuse(r, AmbiguousMemoryError(
                "the arrays in a list are rearranged", stmt.span, construct="list", hint="make a new list"))  # fmt: skip
    for stmt in ir.walk(function.body):
        region = stmt.target.region.find() if isinstance(stmt, Assign) and stmt.target.region is not None else None
        if region in (restructured | grown) - followed and _takes_item(stmt) and stmt.target.varied:
            if _outlives(stmt, function, structure):
                raise refuse(region, AmbiguousMemoryError(
                    f"{stmt.target.hint!r} is taken from a list that gets other arrays later", stmt.span, construct="list",
                    hint="take a copy"))  # fmt: skip
    for stmt in ir.walk(function.body):
        copied = isinstance(stmt, Assign) and stmt.op.kind == "deepcopy" and stmt.op.name and stmt.target.region
        if copied and copied.find() in written and copied.find() in opened:
            raise AmbiguousMemoryError(
                "arrays in a deep copy of a list are stored to, and two of them may be one", stmt.span, construct="list",
                hint="copy them one by one: [a.copy() for a in ...]")  # fmt: skip
    shared = {r for r in written if r in opened and r.varied} - followed
    if not shared:
        return
    for stmt in ir.walk(function.body):
        for v in put_in(stmt):
            if v.region is not None and v.region.find() in shared and not _given_away(v, stmt, structure):
                raise refuse(v.region, AmbiguousMemoryError(
                    f"{v.hint!r} is in a list and has a name of its own, and it is stored to", getattr(stmt, "span", None),
                    construct="list", hint="put a copy into the list, or use the list's item only"))  # fmt: skip
        if isinstance(stmt, Assign) and isinstance(stmt.target.type, ListT) and _copies_items(stmt) and (
            stmt.target.region is not None and stmt.target.region.find() in shared
        ):
            raise refuse(stmt.target.region, AmbiguousMemoryError(
                "a list shares its arrays with another one or with an array, and these are stored to", stmt.span,
                construct="list", hint="copy the arrays"))  # fmt: skip


def _takes_item(stmt: Assign) -> bool:
    op, v = stmt.op, stmt.target
    if op.kind not in ("getitem", "method") or v.region is None or not op.args or not isinstance(op.args[0], Var):
        return False
    return isinstance(op.args[0].type, (ListT, TupleT)) and is_mutable(v.type)


def _of_arrays(atom: Any) -> bool:
    return isinstance(atom, Var) and isinstance(atom.type, ListT) and is_mutable(atom.type.elem)


def _changed(stmt: Any) -> Any:
    """The array or list that a statement changes."""
    if isinstance(stmt, Store):
        return stmt.base
    changes = isinstance(stmt, (Assign, Effect)) and stmt.op.kind == "method" and stmt.op.name in ("append", "pop", "insert")
    changes = changes or isinstance(stmt, (Assign, Effect)) and stmt.op.kind == "inplace"
    return stmt.op.args[0] if changes and stmt.op.args else None


def _restructures(stmt: Any, growing: bool = False) -> Region | None:
    """The memory of a list of arrays in which a statement replaces or removes one or, if `growing` counts, adds one."""
    base = _changed(stmt)
    if not growing and isinstance(stmt, Effect) and stmt.op.name == "append":
        return None
    if not isinstance(base, Var) or not isinstance(base.type, ListT) or base.region is None:
        return None
    return base.region.find() if is_mutable(base.type.elem) else None


def _outlives(stmt: Assign, function: Function, structure: Structure) -> bool:
    """Whether an array that was taken from a list is used behind a change of the list."""
    v, block = stmt.target, structure.block_of(stmt)
    owner = structure.owner[id(block)][0]
    if v.region is not None and not any(_restructures(s) is v.region.find() for s in ir.walk(function.body)) and not any(
        _restructures(x, True) is v.region.find() for s in block.stmts for x in ir.within(s)
    ):
        return False  # it only grows, and elsewhere
    if owner is not None and any(a is v for a in ir.uses_of(owner)) or any(a is v for a in ir.result_atoms(function.result)):
        return True
    at = next(i for i, s in enumerate(block.stmts) if s is stmt)
    index = stmt.op.args[1] if len(stmt.op.args) > 1 else None
    from_start = isinstance(index, Lit) and isinstance(index.value, int) and index.value >= 0  # one more at the end does not matter
    changed = False
    for s in block.stmts[at + 1 :]:
        inside = ir.within(s)
        changes = any(_restructures(x, not from_start) is v.region.find() for x in inside)  # type: ignore[union-attr]
        if any(a is v for x in inside for a in ir.uses_of(x)) and (changed or changes and not isinstance(s, (Store, Effect))):
            return True
        changed = changed or changes
    return False


def put_in(stmt: Any) -> list[Var]:
    """The arrays that a statement puts into a container."""
    found: tuple[Any, ...] = ()
    if isinstance(stmt, Effect) and stmt.op.kind == "method" and stmt.op.name in ("append", "insert", "extend"):
        found = stmt.op.args[1:]
    elif isinstance(stmt, Store) and isinstance(stmt.base, Var) and isinstance(stmt.base.type, ListT):
        found = (stmt.value,)
    elif isinstance(stmt, Assign) and stmt.op.kind in ("list", "tuple"):
        found = stmt.op.args
    return [a for a in found if isinstance(a, Var) and is_mutable(a.type) and (isinstance(a.type, Arr) or a.region is not None)]


def _copies_items(stmt: Assign) -> bool:
    """Whether a list is made of the items of another one, or of the parts of an array."""
    if stmt.op.kind == "list":
        return False
    parts = isinstance(stmt.op.fn, Ref) and stmt.op.fn.obj is list
    return any(isinstance(a, Var) and (isinstance(a.type, ListT) or parts and getattr(a.type, "ndim", None) != 1) for a in stmt.op.atoms())


def _given_away(v: Var, stmt: Any, structure: Structure) -> bool:
    """Whether `v` is new memory that nothing refers to once it is in the container."""
    place = structure.places.get(v)
    if place is None or v.view or place.parameter:
        return False
    stmts = place.block.stmts
    at = next((i for i, s in enumerate(stmts) if s is stmt), None)
    if at is None:
        return False
    if sum(a is v for a in ir.uses_of(stmt)) > 1:
        return False
    after = stmts[at + 1 :]
    if any(a is v for s in after for x in ir.within(s) for a in ir.uses_of(x)):
        return False
    if place.owner is not None and any(a is v for a in ir.uses_of(place.owner)):
        return False
    # views of it made before would be other names, too
    return not any(
        isinstance(s, Assign) and s.target.view and any(a is v for a in s.op.atoms()) and s is not stmt for s in stmts[:at]
    )
