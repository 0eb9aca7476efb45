"""What statements do to memory, and which operations have no effect besides their result."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..frontend.primitives import ADDING, _pure_call
from ..ir import nodes as ir
from ..ir.nodes import Assign, Effect, Op, Ref, Region, Store, Var
from ..rules import registry
from .types import Arr, ListT, Num, Obj

_PURE_KINDS = frozenset({*ir.OPERATORS, "getitem", "getattr", "tuple", "list", "dict", "set", "slice", "fstring", "atom", "copy",
                         "deepcopy", "ifexp", "surgery"}) - {"in_", "not_in"}  # fmt: skip
# operations that look at a value's shape or type only, never at its contents
SHAPE_ONLY = frozenset({np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.shape, np.ndim, np.size, len})
_VIEW_METHODS = frozenset({"T", "reshape", "ravel", "transpose", "squeeze", "swapaxes", "diagonal", "view"})


def is_pure(op: Op) -> bool:
    """Whether an operation can be dropped if its result is not used."""
    if op.kind in _PURE_KINDS or op.kind in ("in_", "not_in"):
        return True
    if op.kind == "call":
        return _pure_call(op)
    return False


def of_library(obj: Any) -> bool:
    """Whether a function of NumPy, SciPy, `math` or our run time computes something from its operands: no author's code is run.

    What only looks at shapes takes no time, and a type makes a new object.
    """
    module = getattr(obj, "__module__", None) or type(obj).__module__
    if isinstance(obj, type) or obj in SHAPE_ONLY:
        return False
    return module.split(".")[0] in ("numpy", "math", "cmath", "scipy") or module.startswith("s2sad.runtime")


def is_volatile(op: Op) -> bool:
    """Whether the result depends on when the operation runs, so that it stays where it is."""
    return op.data == ir.NOW


def changes_globals(stmt: Any) -> bool:
    """Whether a statement (nested blocks not included) may run code that rebinds globals."""
    return isinstance(stmt, ir.With) or isinstance(stmt, (Assign, Effect)) and not is_pure(stmt.op) and stmt.op.kind in ("call", "method")


def region_of(atom: Any) -> Region | None:
    return atom.region.find() if isinstance(atom, Var) and atom.region is not None else None


def reads_contents(op: Op) -> list[Region]:
    """The memory that an operation reads; a view or the shape of an array does not read, the length of a list does."""
    if op.kind in ("atom", "slice", "tuple", "list"):
        return []
    if op.kind == "getattr" and op.name in ("shape", "size", "ndim", "dtype") and _is_array(op.args[0]):
        return []
    if op.kind == "call" and isinstance(op.fn, Ref):
        if op.fn.obj is np.may_share_memory or getattr(op.fn.obj, "__name__", "") in ("require_apart", "require_view", "require_floats"):
            return []
        try:
            if op.fn.obj is np.full_like:
                return [r for a in op.args[not op.args or _is_array(op.args[0]) :] if (r := region_of(a)) is not None]
            if op.fn.obj is isinstance or op.fn.obj in SHAPE_ONLY and all(map(_is_array, op.args[:1])):
                return []
        except TypeError:
            pass
    return [r for a in op.atoms() if (r := region_of(a)) is not None]


def _is_array(atom: Any) -> bool:
    return isinstance(atom, Var) and isinstance(atom.type, (Arr, Num))


def is_view(op: Op, target: Var) -> bool:
    """Whether the result shares memory with an operand, so that nothing was read yet."""
    if target.region is None or not target.view:
        return False
    root = target.region.find()
    return op.kind in ("getitem", "getattr", "call", "atom") and any(region_of(a) is root for a in op.atoms())


def may_copy(op: Op) -> bool:
    """Whether an operation that may give a view makes a copy where the strides ask for it: then it reads when it runs."""
    if op.kind != "call" or not isinstance(op.fn, Ref):
        return False
    rule = registry.adjoint_rule(op.fn.obj)
    return rule is None or rule.memory == "maybe_view"


def reads_now(op: Op, target: Var) -> list[Region]:
    """The memory that an operation reads when it runs: a view reads nothing of what it shows, but its indices."""
    if not is_view(op, target):
        return reads_contents(op)
    shown = region_of(target)
    return [r for r in reads_contents(op) if r is not shown]


def writes(stmt: Any) -> list[Region] | None:
    """The memory a statement changes itself (nested blocks not included); None if it may change anything."""
    kind = type(stmt)
    if kind is Assign or kind is Effect:
        op = stmt.op
        if op.kind in _PURE_KINDS or is_pure(op):
            return []
        adding = op.kind == "call" and isinstance(op.fn, Ref) and op.fn.module == "s2sad.runtime" and op.fn.obj in ADDING
        if op.kind == "inplace" or adding or op.kind == "method" and op.name in ("append", "pop", "extend", "insert"):
            r = region_of(op.args[0])
            return [] if r is None else [r]
        if op.kind == "call" and (op.data == ir.SAFE or isinstance(op.fn, Ref) and op.fn.obj is print):
            return []
        return [r for a in op.atoms() if (r := region_of(a)) is not None]
    if kind is Store:
        r = region_of(stmt.base)
        return [] if r is None else [r]
    if kind is ir.Invoke:
        return [r for a in stmt.writes if (r := region_of(a)) is not None]
    return []


def changes_objects(stmt: Any) -> list[Region]:
    """The memory of objects that are neither arrays nor lists, and may be changed by a statement."""
    if isinstance(stmt, Store):
        found = region_of(stmt.base) if isinstance(stmt.base, Var) and isinstance(stmt.base.type, Obj) else None
        return [] if found is None else [found]
    if not isinstance(stmt, (Assign, Effect)) or is_pure(stmt.op):
        return []
    changed = writes(stmt) or []
    atoms = [a for a in stmt.op.atoms() if isinstance(a, Var) and not isinstance(a.type, (Arr, ListT))]
    return [r for a in atoms if (r := region_of(a)) is not None and r in changed]


def restructures(stmt: Any) -> list[Region] | None:
    """The lists that a statement makes hold other objects, as `writes` gives them; a store to an array in a list does not."""
    if isinstance(stmt, Store) and isinstance(stmt.base, Var) and isinstance(stmt.base.type, Arr):
        return []
    return writes(stmt)


def layout_matters(block: ir.Block, stored: bool = True) -> set[Region]:
    """The memory that some operation makes a view or a copy of, depending on strides; only what is `stored` to, too.

    What a recursive function makes of the memory that it is given is not looked at: see `layouts.sensitive`.
    """
    found = set()
    for stmt in ir.walk(block):
        if isinstance(stmt, Assign) and stmt.op.kind == "call" and isinstance(stmt.op.fn, Ref) and (r := region_of(stmt.target)) is not None:
            rule = registry.adjoint_rule(stmt.op.fn.obj)
            strided = stmt.op.fn.obj is as_strided
            if (r.stored or not stored) and rule is not None and (strided or rule.memory == "maybe_view"):
                found.add(r)
    return found


def strides_matter(block: ir.Block) -> set[Region]:
    """The memory of which some operation may look at the strides, or a recursive function, whose own operations are not looked at."""
    found = layout_matters(block, stored=False)
    for stmt in ir.walk(block):
        if isinstance(stmt, ir.Invoke):
            found |= {r for a in stmt.args if (r := region_of(a)) is not None}
    return found


def contiguous(atom: Any, made: Any) -> bool:
    """Whether an array, the target of the statement `made`, is certainly C-contiguous: made by the program in one piece."""
    if not isinstance(made, Assign) or atom.view:
        return False
    op = made.op
    if isinstance(atom.type, Arr) and atom.type.ndim == 1 and (op.kind in ir.ARITHMETIC or op.kind == "copy"):
        return True
    if op.kind == "call" and isinstance(op.fn, Ref) and not any(k == "order" for k, _ in op.kwargs):
        return op.fn.obj in (np.zeros, np.ones, np.empty, np.full, np.arange, np.linspace, np.eye)
    return False
