"""Which temporaries are written into the expression that uses them.

A temporary is folded if it has no name of its own, is used exactly once, later in the same block, and nothing between
its definition and its use changes memory that it reads. In a `try` block nothing may be changed in between at all: what
is folded may raise, and the handler would see the change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..analysis import effects
from ..analysis.types import Arr, ListT, Num
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Effect, Function, If, Loop, Op, Pop, Push, Store, Try, Var, With

MAX_SIZE = 12  # operations
MAX_WIDTH = 92  # columns, by estimate: names may get a number behind them


@dataclass
class Folding:
    """`ops`: the expression of a folded variable; `exprs`: the `If` statements printed as expressions."""

    ops: dict[Var, Op] = field(default_factory=dict)
    exprs: dict[Var, If] = field(default_factory=dict)
    sizes: dict[Var, int] = field(default_factory=dict)
    widths: dict[Var, int] = field(default_factory=dict)
    joined: set[Any] = field(default_factory=set)  # what a branch or an iteration hands on
    guarded: int = 0  # `try` blocks with handlers around

    def width(self, atom: Any) -> int:
        """Columns that an atom takes, by estimate."""
        if isinstance(atom, Var):
            return self.widths.get(atom, len(atom.hint))
        if isinstance(atom, ir.Star):
            return 1 + self.width(atom.atom)
        return len(repr(atom))

    def op_width(self, op: Op) -> int:
        """Columns that an operation takes, by estimate."""
        args = [self.width(a) for a in op.args]
        total = sum(args) + 2 * max(len(args) - 1, 0)
        if op.kind in ir.BINARY or op.kind in ir.COMPARE:
            return total + 1 + 2 * sum(self.sizes.get(a, 0) > 1 and op.kind != "add" for a in op.args if isinstance(a, Var))
        if op.kind == "slice":
            return sum(0 if isinstance(a, ir.Lit) and a.value is None else self.width(a) for a in op.args) + 1
        if op.kind in ("getitem", "getattr", "neg", "not_"):
            return total + len(op.name)
        total += sum(len(k) + 3 + self.width(v) for k, v in op.kwargs) + 2 + len(op.name)
        return total if op.name or op.fn is None else total + self.width(op.fn)


def fold(function: Function, keep_named: bool = True) -> Folding:
    uses: Counter[Var] = Counter()
    for stmt in ir.walk(function.body):
        for a in ir.uses_of(stmt):
            if isinstance(a, Var):
                uses[a] += 1
    for a in ir.result_atoms(function.result):
        if isinstance(a, Var):
            uses[a] += 2 if a.named else 1
    folding = Folding()
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Loop):
            folding.joined.update(a for c in stmt.carries for a in (c.init, c.next))
        elif isinstance(stmt, If):
            folding.joined.update(a for p in stmt.phis for a in (p.then, p.orelse))
    _block(function.body, uses, folding, 4)
    return folding


def _block(block: Block, uses: Counter[Var], folding: Folding, indent: int) -> None:
    for stmt in block:
        for inner in ir.blocks_of(stmt):
            guards = isinstance(stmt, Try) and inner is stmt.body and bool(stmt.handlers)
            folding.guarded += guards
            _block(inner, uses, folding, indent + 4)
            folding.guarded -= guards
        if isinstance(stmt, Loop):
            _fold_go(stmt, uses, folding)
    # candidates in this block: var -> position
    where: dict[Var, int] = {}
    for i, stmt in enumerate(block):
        foldable_uses(stmt, i, where, block, folding, uses, indent)
        source = _popped_from(stmt)
        if source is not None and uses[stmt.target] == 1 and i + 1 < len(block) and _takes(block.stmts[i + 1], stmt.target, source):
            folding.ops[stmt.target] = Op("method", (source,), name="pop")
            folding.widths[stmt.target] = len(source.hint) + 6
        if isinstance(stmt, Assign) and _index_part(stmt, folding):
            folding.ops[stmt.target] = stmt.op
            folding.sizes[stmt.target] = 1
            folding.widths[stmt.target] = folding.op_width(stmt.op)
        elif isinstance(stmt, Assign) and uses[stmt.target] == 1 and not stmt.target.named and _foldable(stmt.op):
            where[stmt.target] = i
        elif isinstance(stmt, If) and stmt.expr and len(stmt.phis) == 1 and _as_expression(stmt, folding):
            folding.exprs[stmt.phis[0].var] = stmt
            var = stmt.phis[0].var
            if uses[var] == 1 and not var.named:
                where[var] = i


def _popped_from(stmt: Any) -> Var | None:
    """The tape or list whose last item a statement takes off."""
    if isinstance(stmt, Pop):
        return None if stmt.more else stmt.tape
    if isinstance(stmt, Assign) and stmt.op.kind == "method" and stmt.op.name == "pop" and len(stmt.op.args) == 1:
        source = stmt.op.args[0]
        return source if isinstance(source, Var) and not stmt.target.named else None
    return None


def _takes(stmt: Any, var: Var, source: Var) -> bool:
    """Whether a statement stores `var`, and does nothing with the list it comes from."""
    if not isinstance(stmt, Store) or stmt.value is not var or stmt.index is var:
        return False
    region = effects.region_of(source)
    return region is None or effects.region_of(stmt.base) is not region


def _fold_go(loop: Loop, uses: Counter[Var], folding: Folding) -> None:
    """`if x: break` for `go = not x; if not go: break`."""
    last = loop.body.stmts[-1] if loop.body.stmts else None
    if isinstance(last, Assign) and last.target is loop.go and uses[last.target] == 1 and last.op.kind in ("not_", *ir.COMPARE):
        # the test comes after the carried values have got their new values
        if not any(c.phi in last.op.atoms() for c in loop.carries) and not any(
            a in folding.ops for a in last.op.atoms() if isinstance(a, Var)
        ):
            folding.ops[last.target] = last.op


def _index_part(stmt: Assign, folding: Folding) -> bool:
    """Whether this is a slice or an index tuple of names and constants: written out wherever it is used."""
    op = stmt.op
    if op.kind == "slice":
        return True
    if op.kind in ("add", "sub") and not stmt.target.named and isinstance(stmt.target.type, Num):
        number, step = op.args
        integer = stmt.target.type.dtype.kind in "iu" and isinstance(step, ir.Lit) and type(step.value) is int
        return integer and isinstance(number, Var) and number not in folding.ops and stmt.target not in folding.joined
    return op.kind == "tuple" and not stmt.target.named and len(op.args) > 0 and all(
        not isinstance(a, Var) or a not in folding.ops or folding.ops[a].kind == "slice" for a in op.args
    ) and any(isinstance(a, Var) for a in op.args)


def _foldable(op: Op) -> bool:
    return effects.is_pure(op) and op.kind not in ("copy_late",)


def _as_expression(stmt: If, folding: Folding) -> bool:
    """Whether an `If` with one result can be written `a if test else b` (or with `and` / `or`)."""
    phi = stmt.phis[0]
    if not getattr(phi.var, "hint", "") or phi.var.named:
        return False
    for block, atom in ((stmt.then, phi.then), (stmt.orelse, phi.orelse)):
        if atom is ir.UNDEF or block.diverges:
            return False
        left = [s for s in block if not _gone(s, folding)]
        if not left:
            continue
        last = left[-1]
        if len(left) == 1 and isinstance(last, Assign) and last.target is atom and _foldable(last.op) and not last.target.named:
            continue
        if len(left) == 1 and isinstance(last, If) and len(last.phis) == 1 and last.phis[0].var is atom and last.phis[0].var in folding.exprs:
            continue
        return False
    for block, atom in ((stmt.then, phi.then), (stmt.orelse, phi.orelse)):
        for s in block:
            if isinstance(s, Assign) and s.target is atom:
                folding.ops[s.target] = s.op
                folding.sizes[s.target] = 1 + sum(folding.sizes.get(a, 0) for a in s.op.atoms() if isinstance(a, Var))
                folding.widths[s.target] = folding.op_width(s.op)
            elif isinstance(s, If) and s.phis and s.phis[0].var is atom:
                folding.ops[s.phis[0].var] = Op("ifexp", (s.test, s.phis[0].then, s.phis[0].orelse))
    return True


def _gone(stmt: Any, folding: Folding) -> bool:
    if isinstance(stmt, Assign):
        return stmt.target in folding.ops
    if isinstance(stmt, If):
        return bool(stmt.phis) and stmt.phis[0].var in folding.ops
    return False


def foldable_uses(
    stmt: Any, i: int, where: dict[Var, int], block: Block, folding: Folding, uses: Counter[Var], indent: int = 4
) -> None:
    """Fold what `stmt` (at position `i`) uses and may be folded."""
    budget = MAX_SIZE
    if isinstance(stmt, (Assign, Effect)):
        atoms = list(stmt.op.atoms())
        if stmt.op.kind in ("add", "sub"):  # where not both fit, the sum so far stays a statement: `x += ...`
            atoms.reverse()
    elif isinstance(stmt, Store):
        atoms = [stmt.base, stmt.index, stmt.value]
    elif isinstance(stmt, (Push,)):
        atoms = [stmt.value, *stmt.more]
    elif isinstance(stmt, If):
        atoms = [stmt.test]
    elif isinstance(stmt, Loop):
        atoms = list(stmt.iter.atoms()) if stmt.iter is not None else []
    elif isinstance(stmt, With):
        atoms = [stmt.context]
    elif isinstance(stmt, ir.Raise):
        atoms = [stmt.exc, stmt.cause]
    elif isinstance(stmt, ir.Assert):
        atoms = [stmt.test, stmt.message]
    elif isinstance(stmt, ir.Invoke):
        atoms = list(stmt.args)
    else:
        atoms = []
    total = 1
    columns = indent + _head(stmt, folding)
    for a in atoms:
        if not isinstance(a, Var) or a not in where:
            continue
        at = where[a]
        source = block.stmts[at]
        if isinstance(source, If):
            op = Op("ifexp", (source.test, source.phis[0].then, source.phis[0].orelse))
        else:
            op = source.op
        if isinstance(stmt, Store) and a is stmt.base and stmt.index is None and not _is_place(op):
            continue  # a call is no target, and `x.T += y` would also set the attribute
        size = 1 + sum(folding.sizes.get(x, 0) for x in op.atoms() if isinstance(x, Var))
        wider = folding.op_width(op) - folding.width(a)
        if (total + size > budget or columns + wider > MAX_WIDTH) and op.kind not in ("slice", "tuple", "list"):
            continue
        last = i
        if isinstance(stmt, Assign) and stmt.op.kind == "slice" and _tree_contents(op, folding):
            found = _written_at(block, i, uses)  # it is evaluated where the slice is written
            if found is None:
                continue
            last = found
        if _conflict(block, at, last, op, folding):
            continue
        total += size
        columns += wider
        folding.widths[a] = folding.op_width(op)
        folding.ops[a] = op
        folding.sizes[a] = size
        del where[a]


def _head(stmt: Any, folding: Folding) -> int:
    """Columns of a statement before anything is folded into it, by estimate."""
    if isinstance(stmt, Assign):
        return len(stmt.target.hint) + 3 + folding.op_width(stmt.op)
    if isinstance(stmt, Effect):
        return folding.op_width(stmt.op)
    if isinstance(stmt, Store):
        return 6 + sum(folding.width(a) for a in (stmt.base, stmt.index, stmt.value) if a is not None)
    if isinstance(stmt, Push):
        return 10 + folding.width(stmt.tape) + sum(folding.width(a) + 2 for a in (stmt.value, *stmt.more)) - 2
    return 10


def _tree_reads(op: Op, folding: Folding) -> set[Any]:
    regions = set()
    for a in op.atoms():
        r = effects.region_of(a)
        if r is not None:
            regions.add(r)
        if isinstance(a, Var) and a in folding.ops:
            regions |= _tree_reads(folding.ops[a], folding)
    return regions


def _tree_contents(op: Op, folding: Folding) -> set[Any]:
    """The memory whose contents an expression reads."""
    return set(effects.reads_contents(op)).union(*(_tree_contents(folding.ops[a], folding) for a in op.atoms() if a in folding.ops))


def _written_at(block: Block, i: int, uses: Counter[Var]) -> int | None:
    """The position of the only statement in which the slice or index at position `i` is written, None if there are several."""
    part = block.stmts[i].target
    if uses[part] != 1:
        return None
    for j in range(i + 1, len(block.stmts)):
        stmt = block.stmts[j]
        if any(a is part for a in ir.uses_of(stmt)):
            index = isinstance(stmt, Assign) and stmt.op.kind in ("slice", "tuple")
            return _written_at(block, j, uses) if index else j
    return None


def _tree_volatile(op: Op, folding: Folding) -> bool:
    return effects.is_volatile(op) or any(isinstance(a, Var) and a in folding.ops and _tree_volatile(folding.ops[a], folding) for a in op.atoms())


def _conflict(block: Block, start: int, stop: int, op: Op, folding: Folding) -> bool:
    """Whether a statement between changes memory that the expression reads."""
    between = block.stmts[start + 1 : stop]
    if not between:
        return False
    regions = _tree_reads(op, folding)
    volatile = _tree_volatile(op, folding)
    if folding.guarded and any(effects.writes(inner) != [] for s in between for inner in ir.within(s)):
        return True
    if not regions and not volatile:
        return False
    for s in between:
        if volatile and any(effects.changes_globals(x) for x in ir.within(s)):
            return True
        for inner in ir.within(s):
            changed = effects.writes(inner)
            if changed is None or any(r in regions for r in changed):
                return True
    return False


def test_is_expression(loop: Loop, folding: Folding) -> bool:
    """Whether the head of a `while` can be written as one expression."""
    left = [s for s in loop.test_block if not _gone(s, folding)]
    if not left:
        return True
    if len(left) == 1 and isinstance(left[0], Assign) and left[0].target is loop.test and _foldable(left[0].op):
        folding.ops[left[0].target] = left[0].op
        return True
    if len(left) == 1 and isinstance(left[0], If) and left[0].phis and left[0].phis[0].var is loop.test and loop.test in folding.exprs:
        s = left[0]
        folding.ops[loop.test] = Op("ifexp", (s.test, s.phis[0].then, s.phis[0].orelse))
        return True
    return False


__all__ = ["Folding", "Pop", "Try", "fold", "test_is_expression"]


def _is_place(op: Op) -> bool:
    """Whether an operation reads what may be assigned to: an item of an array or of a list, not of a tuple."""
    return op.kind == "getitem" and isinstance(getattr(op.args[0], "type", None), (Arr, ListT))
