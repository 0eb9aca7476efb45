"""Array statements held back until they can be done in one pass: operations that are used more than once, and stores to parts
of one array that follow each other, such as the adjoints of a stencil.

What is held back reads memory as it was. So before anything changes that memory, the operations are done into buffers and the
stores made. Stores to an array that were held back are made element by element: each element gets its value, or the sum of
all that is added to it, in the order of the statements (`gather`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import Assign, If, Loop, Op, Push, Ref, Region, Store, Var
from . import scalars
from .arrays import ELEMENTWISE, elementwise
from .gather import Gather, Update, ends_of
from .nodes import NotCompiled
from .views import Pending, View
from .widths import is_weak

WORTH = 8  # operations, on each element, that are rather repeated than kept in a buffer
SAVED = 2  # the same of what goes to memory anyway, as it is saved
DEEP = 50  # operations that are done one on the other before the result is kept
_SLOW = frozenset({"truediv", "pow", "call", "where"})
_READERS = ELEMENTWISE | {"matmul", "copy"}


@dataclass
class Held:
    """An operation held back: the index of the last statement that uses it."""

    target: Var
    value: Pending
    last: int


class Updates(Gather):
    """The part of the translator that holds array statements back."""

    held: list[Held]
    queues: dict[Var, list[Update]]
    now: int  # the index of the statement at hand in its block

    # --- operations ------------------------------------------------------------------------------------------------------

    def hold(self, target: Var, made: Pending, stmts: list[Any], k: int) -> None:
        """Let an array be an operation that is done where it is used, or do it now, into memory of its own."""
        uses = [j for j in range(k + 1, len(stmts)) for a in ir.uses_of(stmts[j]) if a is target]
        direct = len(uses) == self.program.uses[target] and all(self._reads(stmts[j], target) for j in uses)
        again = self.cost(made) * (len(uses) - 1)
        worth = SAVED if any(isinstance(stmts[j], Push) for j in uses) else WORTH
        if uses and direct and made.depth < DEEP and (len(uses) == 1 or again <= (worth if self.loops else 0)):
            self.env[target] = made
            self.held.append(Held(target, made, uses[-1]))
        else:
            self.env[target] = made
            self.do(target, made)

    def _reads(self, stmt: Any, target: Var) -> bool:
        """Whether a statement takes the elements of an operation where it stands."""
        if isinstance(stmt, Store):
            return stmt.value is target and stmt.base is not target
        if isinstance(stmt, Push):
            return True
        if not isinstance(stmt, Assign):
            return False
        if stmt.op.kind in _READERS:
            return True
        if stmt.op.kind == "call" and isinstance(stmt.op.fn, Ref) and stmt.op.fn.obj in (np.sum, np.mean):
            return True
        try:
            return stmt.op.kind == "call" and (elementwise(stmt.op) is not None or isinstance(stmt.target.type, Num))
        except NotCompiled:
            return True  # it is refused when it is reached

    def cost(self, value: Any) -> int:
        """How many operations an element takes."""
        if not isinstance(value, Pending) or value in self.done:
            return 0
        own = 0 if value.op.kind in ("atom", "spread") else 4 if value.op.kind in _SLOW else 1
        return own + sum(map(self.cost, value.op.args))

    def do(self, target: Var, made: Pending) -> View:
        """Do an operation into memory of its own."""
        escapes = self._escapes(target)
        view = self.materialised(made, hoist=not escapes)
        view.array.region = effects.region_of(target) or Region()
        view = View(view.array, view.axes, view.order, view.array.region)
        self.done[made] = view
        self.env[target] = view
        return view

    def present(self, a: Any) -> Any:
        """The value of an atom, done if it was held back."""
        v = self.value(a)
        if isinstance(v, Pending):
            if v in self.done:
                return self.done[v]
            found = next((h for h in self.held if h.value is v), None)
            if found is not None and isinstance(a, Var):
                return self.do(a, v)
        return v

    def _escapes(self, target: Var) -> bool:  # pragma: no cover
        raise NotImplementedError

    # --- before something is read or changed -----------------------------------------------------------------------------

    def before(self, stmt: Any, k: int) -> None:
        """Do what must not wait any longer when a statement is reached."""
        self.now = k
        self.held = [h for h in self.held if h.last >= k]
        if isinstance(stmt, (If, Loop)):
            self.settle()
            return
        if isinstance(stmt, Assign) and stmt.op.kind in ("getitem", "getattr", "atom") and not isinstance(stmt.target.type, Num):
            return  # a view reads nothing
        base = stmt.base if isinstance(stmt, Store) else None
        for a in ir.uses_of(stmt):
            if isinstance(a, Var) and a is not base and (a in self.env or isinstance(a.type, Arr)):
                v = self.value(a)
                if isinstance(v, View):
                    self.flush_targets(v)
        if isinstance(stmt, Store) and isinstance(stmt.value, Var) and isinstance(stmt.base, Var):
            v = self.env.get(stmt.base)
            value = self.env.get(stmt.value)
            if isinstance(v, View) and isinstance(value, View) and value.array is v.array:
                self.flush_targets(v)

    def settle(self) -> None:
        """Do all that is held back."""
        for array in list(self.queues):
            self.flush(array)
        for h in self.held:
            if h.last >= self.now and h.value not in self.done:
                self.do(h.target, h.value)
        self.held = []

    def flush_targets(self, view: View) -> None:
        """Make the stores to memory that is read."""
        for array in [a for a, q in self.queues.items() if self.shares(q[0].view, view)]:
            self.flush(array)

    def before_store(self, view: View) -> None:
        """Make ready for a store: what reads the old elements is done."""
        self.flush_targets(view)
        for array, queue in list(self.queues.items()):
            if array in self.queues and any(self.shares(leaf, view) for u in queue for leaf in self.leaves(u.value)):
                self.flush(array)
        self._do_readers(view, self.now + 1)

    def _do_readers(self, view: View, since: int) -> None:
        for h in self.held:
            if h.last >= since and h.value not in self.done and any(self.shares(leaf, view) for leaf in self.leaves(h.value)):
                self.do(h.target, h.value)

    # --- stores ----------------------------------------------------------------------------------------------------------

    def update(self, stmt: Store, view: View, value: Callable[[], Any]) -> None:
        """A store to a part of an array: held back, if another one may join it."""
        simple = (
            stmt.aug in (None, "add", "sub") and self._same_kind(stmt, view.array)
            and view.order == tuple(range(view.ndim)) and all(ends_of(r) is not None for r in view.axes) and view.region is not None
        )  # fmt: skip
        if not simple:
            self.before_store(view)
            self.store(view, value(), stmt.aug, stmt.span, stmt.role == "restore")
            return
        for array, queue in list(self.queues.items()):
            other = queue[0].view
            if array is not view.array and array in self.queues and (
                self.shares(other, view) or any(self.shares(leaf, view) for u in queue for leaf in self.leaves(u.value))
            ):  # fmt: skip
                self.flush(array)
        v = value()
        for leaf in self.leaves(v):
            for array, queue in list(self.queues.items()):
                if array is not view.array and array in self.queues and self.shares(queue[0].view, leaf):
                    self.flush(array)
        v = value()
        fits = stmt.role == "restore"
        self.check_store(view, v, stmt.span, fits)
        self.queues.setdefault(view.array, []).append(Update(view, v, stmt.aug, stmt.span, fits))

    def _same_kind(self, stmt: Store, array: Var) -> bool:
        """Whether what is stored has the type of the elements, so that it makes no difference when it is converted."""
        dtype = array.type.dtype  # type: ignore[attr-defined]
        return dtype in scalars.FLOATING and (getattr(primal_type(stmt.value), "dtype", None) == dtype or is_weak(stmt.value))

    def flush(self, array: Var) -> None:
        """Make the stores to an array that were held back."""
        updates = self.queues.pop(array)
        self._do_readers(updates[0].view, self.now)
        if len(updates) == 1:
            self._one_by_one(updates)
            return
        down = self._direction(updates)
        if down is None:
            self._do_values(updates)
            down = False
        apart = not any(self.shares(leaf, u.view) for u in updates for leaf in self.leaves(u.value))
        if not apart and array.type.ndim > 1:  # type: ignore[attr-defined]
            self._do_values(updates)
            apart = True
        self.gather(updates, 0, [], down, apart)

    def _one_by_one(self, updates: list[Update]) -> None:
        for u in updates:
            self.store(u.view, u.value, u.aug, u.span, True)

    def _do_values(self, updates: list[Update]) -> None:
        """Into buffers with what reads the array that is stored to."""
        target = updates[0].view
        for v in [v for u in updates for v in self._parts(u.value)]:  # inner operations come first
            if self._shared(v, updates) and any(self.shares(leaf, target) for leaf in self.leaves(v)):
                self.done[v] = self.materialised(v, True)
        for u in updates:
            if any(self.shares(leaf, u.view) for leaf in self.leaves(u.value)):
                value = u.value
                if isinstance(value, View):
                    value = Pending(Op("atom", (value,)), Var("part", value.array.type), value.ndim)
                u.value = self.materialised(value, True)

    def _shared(self, value: Pending, updates: list[Update]) -> bool:
        """Whether several stores are made of an operation that is not done yet."""
        return sum(value in self._parts(u.value) for u in updates) > 1

    def _parts(self, value: Any) -> list[Pending]:
        """The operations that a value is made of, inner ones first."""
        if not isinstance(value, Pending) or value in self.done:
            return []
        return [*(p for a in value.op.args for p in self._parts(a)), value]

    def _direction(self, updates: list[Update]) -> bool | None:
        """Whether the elements are to be stored downwards, so that none is read after it was stored to; None if neither way does."""
        signs = set()
        for u in updates:
            for leaf in self.leaves(u.value):
                if not self.shares(leaf, u.view):
                    continue
                if leaf.array is not u.view.array or leaf.ndim != 1 or leaf.order != (0,) or len(leaf.axes) != 1 or ends_of(leaf.axes[0]) is None:
                    return None
                d = leaf.axes[0].start.offset - u.view.axes[0].start.offset
                signs.add((d > 0) - (d < 0))
        if {1, -1} <= signs:
            return None
        return -1 in signs


__all__ = ["Updates"]
