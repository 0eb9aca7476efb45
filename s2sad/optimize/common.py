"""The same expression computed twice: once.

    b_bar = -q_bar * q / b - div_bar * (a / b) / b        b_bar = -q_bar * q / b - div_bar * q / b

where `q` is `a / b` already. What is shared is equal bit for bit: the same operation on the same operands, with no store in
between to memory that it reads, at a place that the first one always comes before. Operations that take no time to speak of
(a sign, a sum of two numbers) get no name of their own for it, but use one that is there.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Function, Lit, Loop, Op, Ref, Var
from ..ir.uses import use_counts

_OPERATORS = frozenset({"add", "sub", "mul", "truediv", "pow", "neg", "matmul", "mod", "floordiv", *ir.COMPARE}) - {"in_", "not_in"}
_ENOUGH = 3  # operations on numbers that are worth a name


def share_expressions(function: Function) -> Function:
    """Replace what is computed a second time by the first result; changed in place.

    Exact in a gradient. Before differentiation, the adjoint of a shared value is one sum, which goes on from there once: sums
    have another order.
    """
    return _shared(function, _Shared(function))


def share_before_differentiation(function: Function) -> Function:
    """`share_expressions` where what is differentiated and what is constant to it stay apart, though they are equal."""
    return _shared(function, _Shared(function, apart=True))


def _shared(function: Function, found: _Shared) -> Function:
    found.block(function.body, {})
    if not found.pairs:
        return function
    replaced = found.worthwhile()
    if not replaced:
        return function

    def resolve(atom: Any) -> Any:
        return replaced.get(atom, atom) if isinstance(atom, Var) else atom

    for stmt in ir.walk(function.body):
        ir.substitute(stmt, resolve)
    function.result = ir.substitute_result(function.result, resolve)
    _remove(function.body, replaced)
    return function


def equal_variables(function: Function) -> dict[Var, Var]:
    """For variables that are certainly equal to one that is there before them, the first such."""
    found = _Shared(function)
    found.block(function.body, {})
    return {v: _last(v, found.leader) for v in found.leader}


class _Shared:
    """One walk in the order of execution; `pairs` are variables and the earlier ones that are equal to them."""

    def __init__(self, function: Function, apart: bool = False) -> None:
        self.function = function
        self.apart = apart  # varied and constant results
        self.leader: dict[Var, Var] = {}  # what a variable is equal to
        self.pairs: list[tuple[Assign, Assign]] = []
        self.made: dict[Var, Op] = {}
        self.changes: dict[Any, int] = {}  # how often a region has been stored to so far
        self.everything = 0  # and how often memory that is not known
        self.written: set[Any] = set()
        for stmt in ir.walk(function.body):
            self.written.update(effects.writes(stmt) or ())
        self.written = {r.find() for r in self.written}

    # --- finding ---------------------------------------------------------------------------------------------------------

    def block(self, block: Block, known: dict[Any, tuple[Assign, Any]]) -> None:
        """`known`: the expressions that have been computed before, and what their memory was then."""
        for stmt in block.stmts:
            if type(stmt) is Assign:
                self.assign(stmt, known)
            elif isinstance(stmt, ir.Note):
                if stmt.barrier:
                    known.clear()
                continue
            inner = ir.blocks_of(stmt)
            if isinstance(stmt, (Loop, ir.Try)):  # what comes later in them may have run before
                self.changed(stmt)
            for b in inner:
                if not isinstance(stmt, Loop) or b is stmt.body:
                    # under a context manager, NumPy may raise what it does not raise elsewhere
                    self.block(b, {} if isinstance(stmt, ir.With) else dict(known))
            self.changed(stmt)

    def changed(self, stmt: Any) -> None:
        for s in ir.within(stmt):
            regions = effects.writes(s)
            if regions is None:
                self.everything += 1
            for r in regions or ():
                self.changes[r.find()] = self.changes.get(r.find(), 0) + 1

    def assign(self, stmt: Assign, known: dict[Any, tuple[Assign, Any]]) -> None:
        op = stmt.op
        if not _same_each_time(op, stmt.target):
            return
        self.made[stmt.target] = op
        key = (op.kind, op.name, op.data, *map(self.key, op.args), *((k, self.key(a)) for k, a in op.kwargs), self.key(op.fn))
        try:
            first = known.get(key)
        except TypeError:  # a constant that has no hash
            return
        view = op.kind != "tuple" and effects.is_view(op, stmt.target)
        memory = [] if view and not effects.may_copy(op) else self.memory(op)
        other = first is not None and self.apart and first[0].target.varied != stmt.target.varied
        if first is None or other or first[1] != memory or first[0].target.type != stmt.target.type:
            known[key] = (stmt, memory)
            return
        one = op.kind not in ("tuple", "slice") and self.one_object(first[0].target, stmt.target)
        if one:
            self.pairs.append((first[0], stmt))
        if one or view or op.kind in ("tuple", "slice"):  # parts of expressions
            self.leader[stmt.target] = first[0].target

    def key(self, atom: Any) -> Any:
        if isinstance(atom, Var):
            return self.leader.get(atom, atom)
        if isinstance(atom, Lit):
            v = atom.value
            return (type(v), v, str(v)) if isinstance(v, float) else (type(v), v)  # 0.0 is not -0.0
        return ("ref", id(atom.obj)) if isinstance(atom, Ref) else atom

    def memory(self, op: Op) -> Any:
        """How often what an operation reads has been stored to."""
        regions = effects.reads_contents(op)
        return [self.everything if regions else 0, *(self.changes.get(r, 0) for r in regions)]

    def one_object(self, a: Var, b: Var) -> bool:
        """Whether two variables may be one object: nothing stores to it, and it is not returned twice."""
        if a.region is None and b.region is None:
            return True
        if a.region is None or b.region is None:
            return False
        x, y = a.region.find(), b.region.find()
        if x in self.written or y in self.written or x.stored or y.stored:
            return False
        returned = {effects.region_of(v) for v in ir.result_atoms(self.function.result)}
        return not (x in returned and y in returned)

    # --- choosing --------------------------------------------------------------------------------------------------------

    def worthwhile(self) -> dict[Var, Var]:
        """The variables to replace, last first: operands of what is replaced are no longer there to be shared."""
        uses = use_counts(self.function)
        chosen: dict[Var, Var] = {}
        for first, second in reversed(self.pairs):
            if not uses[second.target] or not self.worth(first, second, uses):
                continue
            a, b = first.target, second.target
            chosen[b] = a
            uses[a] += uses[b]
            if b.named and not a.named:
                a.hint, a.named = b.hint, True
            if a.region is not None and b.region is not None:
                a.region.union(b.region)
            self.gone(second.op, uses)
        return {b: _last(b, chosen) for b in chosen}

    def gone(self, op: Op, uses: Counter[Var]) -> None:
        """Count the uses of an operation's operands no longer, and those of temporaries that nothing else uses."""
        for a in op.atoms():
            if isinstance(a, Var):
                uses[a] -= 1
                if not uses[a] and a in self.made:
                    self.gone(self.made[a], uses)

    def worth(self, first: Assign, second: Assign, uses: Counter[Var]) -> bool:
        """Whether an expression has a name already, or takes long enough for one."""
        a, b, op = first.target, second.target, first.op
        if op.kind in ("call", "matmul", "truediv") or op.kind == "pow" and not (isinstance(op.args[1], Lit) and op.args[1].value == 2):
            return True
        if a.named and b.named and a.hint != b.hint:  # the author's names say more
            return False
        if a.named or uses[a] > 1:
            return True
        if op.kind in ("neg", "getitem") or op.kind in ir.COMPARE:
            return False
        if isinstance(a.type, Arr) and a.type.ndim:
            return all(isinstance(type_of(x), Arr) for x in op.args) or self.size(a, uses) > 1
        return self.size(a, uses) >= _ENOUGH

    def size(self, atom: Any, uses: Counter[Var]) -> int:
        op = self.made.get(atom) if isinstance(atom, Var) else None
        return 0 if op is None else 1 + sum(self.size(a, uses) for a in op.args if uses[a] == 1)


def _same_each_time(op: Op, target: Var) -> bool:
    """Whether an operation gives the same whenever it runs."""
    if op.kind in _OPERATORS or op.kind in ("tuple", "slice"):
        return op.data is None
    if op.kind == "getitem":
        array = isinstance(type_of(op.args[0]), Arr) and (isinstance(target.type, Num) or effects.is_view(op, target))
        return op.data is None and array
    if op.kind != "call" or not isinstance(op.fn, Ref) or not effects.is_pure(op) or effects.is_volatile(op):
        return False
    if any(isinstance(a, ir.Star) for a in op.args) or op.data not in (None, ir.SAFE):
        return False
    return effects.of_library(op.fn.obj) and op.fn.obj is not np.empty


def _last(v: Var, chosen: dict[Var, Var]) -> Var:
    while v in chosen:
        v = chosen[v]
    return v


def _remove(block: Block, replaced: dict[Var, Var]) -> None:
    block.stmts[:] = [s for s in block.stmts if not (type(s) is Assign and s.target in replaced)]
    for stmt in block.stmts:
        for inner in ir.blocks_of(stmt):
            _remove(inner, replaced)
