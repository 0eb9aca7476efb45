"""Arrays that a loop saves by reference while it stores to arrays of the same kind: whether copies of them do as well.

A list of Python's holds the very arrays: what is stored to one after it was saved is seen when it is taken back. An array that
stands for the list holds copies. These are as good if every array gets all its stores in the iteration that makes it, and is
copied when those are done: an array that the loop hands on is then complete when the next iteration saves it.

When the reverse sweep stores to an array that it took back, in order to restore what was there before, the other references to
that array are those of later iterations, which it has left behind.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..analysis import effects
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Loop, Op, Pop, Push, Ref, Region, Store, Taped, Var

MAKERS: frozenset[Any] = frozenset({
    np.zeros, np.ones, np.empty, np.full, np.zeros_like, np.ones_like, np.empty_like, np.full_like,
})  # fmt: skip


def allocates(op: Op) -> bool:
    """Whether the result is certainly an array that nothing else refers to."""
    if op.kind == "copy" or op.kind in ir.ARITHMETIC:
        return True
    if op.kind == "call" and op.name == "copy" and len(op.args) == 1:  # the method
        return True
    if op.kind != "call" or not isinstance(op.fn, Ref) or any(k == "out" for k, _ in op.kwargs):
        return False
    try:
        return op.fn.obj is np.copy or op.fn.obj in MAKERS or isinstance(op.fn.obj, np.ufunc)
    except TypeError:
        return False


class Saved:
    """What a loop of a function, which is not in another one, does with the arrays of one kind."""

    def __init__(self, function: Function, made: dict[Var, Op], loop: Loop, region: Region) -> None:
        self.made, self.loop, self.region = made, loop, region
        self.inside = {s.target for s in ir.walk(loop.body) if isinstance(s, Assign)}
        self.phis = {c.phi for c in loop.carries}
        self.popped = _popped(function)
        self.own: set[Var] = set()  # arrays that an iteration makes and saves
        self.fits = any(s is loop for s in function.body.stmts) and self._examined(function)

    def _examined(self, function: Function) -> bool:
        at = next(k for k, s in enumerate(function.body.stmts) if s is self.loop)
        direct = {id(s) for s in self.loop.body.stmts}
        pushed: Counter[Any] = Counter()
        tapes: dict[Var, Var] = {}
        statements = [(k, s) for k, top in enumerate(function.body.stmts) for s in ir.walk(Block([top]))]
        for k, s in statements:
            if isinstance(s, Push) and effects.region_of(s.value) is self.region:
                if k != at or id(s) not in direct or s.value not in self.phis and self._made_here(s.value) is not s.value:
                    return False
                pushed[s.value] += 1
                if s.value not in self.phis:
                    tapes[s.tape] = s.value
        self.own = set(tapes.values())
        if any(pushed[v] > 1 for v in self.own):
            return False
        return all(k < at or self._harmless(s, k == at, tapes) for k, s in statements)

    def _harmless(self, s: Any, forward: bool, tapes: dict[Var, Var]) -> bool:
        """Whether a statement of the loop (`forward`), or one behind it, leaves alone what is saved."""
        changed = effects.writes(s)
        if changed is None:
            return False
        if all(r.find() is not self.region for r in changed):
            return True
        if not isinstance(s, Store):
            return False
        if forward:
            return self._made_here(s.base) is not None
        root = self._root(s.base)
        return self.popped.get(root) in tapes or root not in self.popped and root in self.made and allocates(self.made[root])

    def _root(self, v: Any) -> Any:
        """The variable of the array that another one is a view of."""
        while isinstance(v, Var) and v in self.made and (v.view or self.made[v].kind == "atom"):
            v = self.made[v].args[0] if self.made[v].args else None
        return v

    def _made_here(self, v: Any) -> Any:
        """The variable of the array, if it is made in the iteration."""
        root = self._root(v)
        return root if root in self.inside and allocates(self.made[root]) else None


def _popped(function: Function) -> dict[Any, Var]:
    """The tapes that variables are taken from."""
    found: dict[Any, Var] = {}
    for s in ir.walk(function.body):
        if isinstance(s, Pop):
            found[s.target] = s.tape
        elif isinstance(s, Loop) and isinstance(s.iter, Taped):
            found.update(zip(s.iter.targets, s.iter.tapes))
    return found


__all__ = ["MAKERS", "Saved", "allocates"]
