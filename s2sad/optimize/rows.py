"""Copies of rows that stay as they are as long as the copy is used.

    g = y_bar[t + 1].copy()              g = y_bar[t + 1]
    y_bar[t] += W.T @ g           ->     y_bar[t] += W.T @ g
    W_bar += np.outer(g, h)              W_bar += np.outer(g, h)

Where all that is stored to the array until then goes to other rows. Of parts with several axes, a copy may lie otherwise in memory,
which decides in what order NumPy adds them up.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..analysis.nests import Indices, Path, placed
from ..analysis.types import Arr
from ..ir import nodes as ir
from ..ir.nodes import Assign, Function, Op, Store, Var
from ..ir.uses import use_counts
from .copies import makes_array


def look_at_rows(function: Function) -> Function:
    """Take the rows themselves for their copies; changed in place."""
    copies = [s for s in ir.walk(function.body) if isinstance(s, Assign) and s.op.kind == "copy"]
    if copies:
        found = _Rows(function)
        for path, s in placed(function.body):
            if isinstance(s, Assign) and s.op.kind == "copy" and found.stays(s, path):
                found.share(s)
    return function


class _Rows:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.uses = use_counts(function)
        self.indices = Indices(function)
        self.sensitive = effects.strides_matter(function.body)

    def row(self, copy: Assign) -> Op | None:
        """The load of the row that is copied."""
        source = copy.op.args[0]
        op = self.indices.defs.get(source) if isinstance(source, Var) else None
        if op is None or op.kind != "getitem" or not effects.is_view(op, source) or not isinstance(op.args[0].type, Arr):
            return None
        return op

    def stays(self, copy: Assign, path: Path) -> bool:
        """Whether nothing changes a row from where it is copied to where the copy is used for the last time."""
        row, target = self.row(copy), copy.target
        if row is None or not isinstance(target.type, Arr) or not target.type.ndim or effects.region_of(target) in self.sensitive:
            return False
        block = self.function.body if len(path) == 1 else ir.blocks_of(path[-1].stmt)[path[-1].block]
        behind = block.stmts[block.stmts.index(copy) + 1 :]
        users = [k for k, s in enumerate(behind) if any(a is target for x in ir.within(s) for a in ir.uses_of(x))]
        between = [x for s in behind[: users[-1] + 1] for x in ir.within(s)] if users else []
        if sum(a is target for s in between for a in ir.uses_of(s)) != self.uses[target]:
            return False  # used elsewhere
        base, bounds = row.args[0], self.indices.bounds(path)
        region, own = effects.region_of(base), effects.region_of(target)
        for s in between:
            changed = effects.writes(s)
            if changed is None or own in changed:
                return False
            if region in changed and not (isinstance(s, Store) and s.base is base and self.indices.apart(row.args[1], s.index, bounds)):
                return False
            if any(a is target for a in ir.uses_of(s)) and not self.reads(s, target):
                return False
        return True

    def reads(self, stmt: Any, target: Var) -> bool:
        """Whether a statement looks at the contents of an array, and keeps no reference to it."""
        if isinstance(stmt, Store):
            return stmt.value is target and isinstance(stmt.base, Var) and isinstance(stmt.base.type, Arr)
        if not isinstance(stmt, Assign):
            return False
        number = effects.is_pure(stmt.op) and not isinstance(stmt.target.type, Arr) and stmt.target.region is None
        return number or makes_array(stmt.op)

    def share(self, copy: Assign) -> None:
        source = copy.op.args[0]
        copy.target.region, copy.target.view = source.region, True
        copy.op = Op("atom", (source,))


__all__ = ["look_at_rows"]
