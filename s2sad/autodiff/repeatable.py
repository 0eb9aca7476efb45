"""What may run more than once: bodies of checkpointed loops and functions do, in the reverse sweep.

They may store to arrays, which are put back. Anything else that is not the same when it runs again is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, ListT, Num, Obj, TupleT
from ..errors import AmbiguousMemoryError, DifferentiationError, UnsupportedSyntaxError
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.clone import read_from_outside
from ..ir.nodes import Assign, Block, Each, Effect, Loop, Ref, Region, Var, With

_ITERATED = frozenset({range, list, tuple, str, dict})
_KEPT = frozenset({str, type(None), bool, int, float, complex})


def check_repeatable(block: Block, what: str, repeatable: set[Any], local: set[Region]) -> None:
    """Raise an error that names the first statement that cannot run again. `local` memory is made by the block itself."""
    for stmt in ir.walk(block):
        problem = _problem(stmt, repeatable, local)
        if problem is not None:
            raise UnsupportedSyntaxError(f"{problem} in {what}, which runs more than once", getattr(stmt, "span", None),
                                         construct="checkpoint", hint="do it outside, or leave the checkpoints out")  # fmt: skip


def _problem(stmt: Any, repeatable: set[Any], local: set[Region]) -> str | None:
    if isinstance(stmt, Loop) and isinstance(stmt.iter, Each):
        t = type_of(stmt.iter.seq)
        known = isinstance(t, (Arr, ListT, TupleT)) or isinstance(t, Obj) and t.cls in _ITERATED
        known = known or isinstance(stmt.iter.seq, Ref) and type(stmt.iter.seq.obj) in _ITERATED
        return None if known else "an iteration over something that may give its items only once"
    if isinstance(stmt, With) and stmt.context is not ir.REPLAYED:
        return None  # how it was made is looked at, too
    if not isinstance(stmt, (Assign, Effect)):
        return None
    op = stmt.op
    if effects.is_volatile(op):
        return "a global that functions assign is read"
    if op.kind in ("is_", "is_not") and all(isinstance(a, Var) and a.region is not None for a in op.args):
        return "the identity of arrays is compared"
    if isinstance(stmt, Effect) and op.kind == "call" and not (getattr(getattr(op.fn, "obj", None), "__module__", None) or "").startswith("s2sad"):
        return f"a call of {op.fn.name if isinstance(op.fn, Ref) else 'a function'} for what it does"
    if effects.is_pure(op) or op.kind == "inplace" or isinstance(stmt, Assign) and stmt.target in repeatable:
        return None
    if op.kind == "method" and op.name in ("append", "pop", "extend", "insert") and effects.region_of(op.args[0]) in local:
        return None
    if op.kind == "method" and op.name in ("append", "pop", "extend", "insert"):
        return f"the list {getattr(op.args[0], 'hint', '')!r} changes its length"
    if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is np.errstate:
        return None
    name = op.fn.name if isinstance(op.fn, Ref) else op.name or op.kind
    return f"a call of {name}, which may not do the same again,"


def memory_of(block: Block) -> Iterator[Region]:
    """The memory that a block changes."""
    for stmt in ir.walk(block):
        yield from effects.writes(stmt) or ()


def names_of(loop: Loop) -> tuple[list[Var], list[Var]]:
    """What the body of a checkpointed loop reads of what is around it: the arrays that it stores to, and the rest.

    Raises an error if the state of the loop is not numbers and arrays, each under one name where it is stored to.
    """
    inside: list[Any] = [c.phi for c in loop.carries]
    free = read_from_outside(loop.body, [c.next for c in loop.carries], [loop.index, *inside])
    for c in loop.carries:
        check_kept(c.phi, loop)
    stored: list[Var] = []
    for region in dict.fromkeys(memory_of(loop.body)):
        names = [v for v in (*inside, *free) if v.region is not None and v.region.find() is region]
        if len(names) > 1:
            raise ambiguous(names, loop)
        for v in names:
            check_array(v, loop.span)
            if v in free:
                stored.append(v)
    return stored, [v for v in free if v not in stored]


def check_kept(v: Var, loop: Loop) -> None:
    """Raise an error if a carried value certainly is no number and no array."""
    t = v.type
    if isinstance(t, (ListT, TupleT)) or isinstance(t, Obj) and t.cls not in _KEPT:
        kind = "a list" if isinstance(t, ListT) else "a tuple" if isinstance(t, TupleT) else f"of type {getattr(t.cls, '__name__', t.cls)}"
        raise UnsupportedSyntaxError(f"the state of a checkpointed loop holds {v.hint!r}, which is {kind}", loop.span, construct="for loop",
                                     hint="only numbers and arrays can be kept: use an array, or leave the checkpoints out")  # fmt: skip


def check_array(v: Var, span: Any) -> None:
    """Raise an error unless what is stored to is known to be an array."""
    if isinstance(v.type, ListT):
        raise UnsupportedSyntaxError(f"the list {v.hint!r} changes where there are checkpoints", span, construct="checkpoint",
                                     hint="only arrays can be kept and put back: use an array, or leave the checkpoints out")  # fmt: skip
    if not isinstance(v.type, Arr):
        raise UnsupportedSyntaxError(f"{v.hint!r} is stored to where there are checkpoints, and is not known to be an array", span,
                                     construct="checkpoint", hint="annotate it, or use an array in place of the container")  # fmt: skip


def check_not_tried(block: Block) -> None:
    """Raise an error if there is a checkpointed loop in the body of a `try`: a handler could not see how far it came."""
    for stmt in ir.walk(block):
        if isinstance(stmt, Loop) and stmt.checkpoint is not None:
            raise UnsupportedSyntaxError("a checkpointed loop in a try statement that catches exceptions", stmt.span, construct="for loop",
                                         hint="put the try statement into the loop or around the call, or leave checkpointed() out")  # fmt: skip


def ambiguous(names: list[Var], loop: Loop) -> DifferentiationError:
    both = " and ".join(dict.fromkeys(repr(v.hint) for v in names))
    return AmbiguousMemoryError(f"a checkpointed loop stores to memory that may have several names: {both}", loop.span,
                                construct="for loop", hint="copy arrays before the loop stores to them, and in place of swapping them")  # fmt: skip


__all__ = ["Num", "check_array", "check_not_tried", "check_repeatable", "memory_of", "names_of"]
