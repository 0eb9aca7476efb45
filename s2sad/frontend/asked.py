"""What control flow and views ask memory that is stored to: the answer is kept, as another one would be given later.

    if flag: flag[0] = 0.0              test = bool(flag)
    v = y[k:]                   ->      if test: flag[0] = 0.0
    k += 1                              start = int(k)
                                        v = y[start:]
                                        k += 1

Here `flag` and `k` are arrays. The reverse sweep tests again, and makes the same view of the adjoint of `y`, after `k` has changed.
"""

from __future__ import annotations

from typing import Any

from .. import runtime
from ..analysis import effects
from ..analysis.types import BOOL, INT, Arr, ListT, is_mutable
from ..ir.nodes import Assign, Block, If, Loop, Op, Range, Ref, Region, Var, blocks_of
from ..rules import registry


def keep_what_is_asked(block: Block) -> None:
    """Have tests, ranges, slices and views read values of their own where they would read memory that changes; done in place."""
    out: list[Any] = []
    for stmt in block:
        for inner in blocks_of(stmt):
            keep_what_is_asked(inner)
        if isinstance(stmt, If) and changes(stmt.test):
            test = Var("test", BOOL)
            out.append(Assign(test, Op("call", (stmt.test,), fn=Ref(bool, "bool", bool, "builtins")), stmt.span))
            stmt.test = test
        elif isinstance(stmt, Loop) and isinstance(stmt.iter, Range):
            start, stop, step = (number(a, out, stmt) for a in stmt.iter.atoms())
            stmt.iter = Range(start, stop, step, stmt.iter.reverse)
        elif isinstance(stmt, Assign) and stmt.op.kind == "slice":
            stmt.op = Op("slice", tuple(number(a, out, stmt) for a in stmt.op.args))
        elif isinstance(stmt, Assign) and stmt.target.stored and effects.is_view(stmt.op, stmt.target):
            op = stmt.op
            own = {a for a in op.atoms() if shows(a, op, stmt.target)}
            args = tuple(a if a in own else kept(a, out, stmt) for a in op.args)
            kwargs = tuple((k, a if a in own else kept(a, out, stmt)) for k, a in op.kwargs)
            stmt.op = Op(op.kind, args, kwargs, op.fn, op.name, op.data)
        out.append(stmt)
    block.stmts[:] = out


def changes(atom: Any) -> bool:
    """Whether an atom may be an array or a list that is stored to."""
    return isinstance(atom, Var) and atom.stored and is_mutable(atom.type)


def shows(atom: Any, op: Op, view: Var) -> bool:
    """Whether a view may show the memory of an operand: of the first one, or of any if nothing more is known."""
    rule = registry.adjoint_rule(op.fn.obj) if op.kind == "call" and isinstance(op.fn, Ref) else None
    first = op.kind == "getitem" or rule is not None and all(p.kind != "variadic" for p in rule.parameters)
    return atom is op.args[0] if first else effects.region_of(atom) is effects.region_of(view)


def number(atom: Any, out: list[Any], stmt: Any) -> Any:
    """The atom, or the integer that it holds now if it is an array that changes."""
    if changes(atom) and isinstance(atom.type, Arr) and atom.type.dtype is not None and atom.type.dtype.kind in "iu":
        now = Var(atom.hint, INT)
        out.append(Assign(now, Op("call", (atom,), fn=Ref(int, "int", int, "builtins")), stmt.span))
        return now
    return kept(atom, out, stmt)


def kept(atom: Any, out: list[Any], stmt: Any) -> Any:
    """The atom, or a copy of it, made by a statement that is appended to `out`, if it is memory that changes."""
    if not changes(atom):
        return atom
    copy = Var(atom.hint, atom.type, False, region=Region())
    fn = Ref(runtime.kept, "kept", runtime.kept, "s2sad.runtime")
    kind = "copy" if isinstance(atom.type, Arr) else "deepcopy"
    op = Op(kind, (atom,)) if isinstance(atom.type, (Arr, ListT)) else Op("call", (atom,), fn=fn)
    out.append(Assign(copy, op, stmt.span))
    return copy


__all__ = ["keep_what_is_asked"]
