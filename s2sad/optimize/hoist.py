"""What is the same in every iteration of a loop is computed once, in front of it, and is on no tape.

    for _ in range(n):                              exp = np.exp(b)
        exp = np.exp(b)                             for _ in range(n):
        exp_tape.append(exp)                  ->        x_tape.append(x)
        x_tape.append(x)                                x = x * exp
        x = x * exp                                 for x in reversed(x_tape):
    for exp, x in zip(...):                             ... exp ...

An operation moves if its operands come from outside the loop and the loop does not store to what it reads. The loop may run no
iteration, so the operation must be one that raises no error: sums and products of floats, NumPy's elementwise functions. In a
loop that certainly runs, any other moves as well, if nothing that can be seen comes before it. What may not move, such as
`math.exp(-k)`, still need not be on a tape: the reverse sweep reads the value of the last iteration.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..analysis.unassigned import doubtful
from ..frontend.lower import type_of
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Carry, Function, Lit, Loop, Op, Pop, Push, Range, Ref, Var
from ..ir.uses import all_blocks
from .order import written
from .places import Places

_ENOUGH = 3  # operations on numbers that are worth a name
_RAISE_NOTHING: frozenset[Any] = frozenset({
    np.sum, np.dot, np.outer, np.transpose, math.tanh, math.atan, math.atan2, math.fabs, math.copysign, math.erf, math.erfc, math.asinh,
})  # fmt: skip
_COMPUTING = frozenset({"add", "sub", "mul", "truediv", "pow", "neg", "matmul", *ir.COMPARE}) - {"in_", "not_in", "is_", "is_not"}


def hoist_invariants(function: Function) -> Function:
    """Move computations out of loops, and off the tapes; changed in place. Exact."""
    if any(type(s) is Loop for s in ir.walk(function.body)):
        _Hoist(function).run()
    return function


def hoist_from_primal(function: Function) -> Function:
    """Move computations out of the loops of a program that is to be differentiated; changed in place.

    The adjoint of what moves is added up in the loop and goes on from there once: sums have another order. Where a loop may run
    no iteration, only linear operations move: the adjoint of others, a zero, might be multiplied by infinity.
    """
    if any(type(s) is Loop for s in ir.walk(function.body)):
        _Hoist(function, linear=True).block(function.body, False)
    return function


class _Hoist:
    def __init__(self, function: Function, linear: bool = False) -> None:
        self.function = function
        self.linear = linear  # only linear operations move out of loops that may run no iteration
        self.look()

    def look(self) -> None:
        stmts = ir.walk(self.function.body)
        self.uses: dict[Var, list[Any]] = {}
        for s in stmts:
            for a in ir.uses_of(s):
                if type(a) is Var:
                    self.uses.setdefault(a, []).append(s)
        self.stored = {r.find() for s in stmts for r in (effects.writes(s) or ())}
        self.returned = set(ir.result_atoms(self.function.result))
        self.doubtful = doubtful(self.function)  # where there was no iteration or another path, these have no value

    def run(self) -> None:
        self.block(self.function.body, False)
        if self.untape():  # what was read from a tape is known to be the same now
            self.look()
            self.block(self.function.body, False)

    # --- out of loops ----------------------------------------------------------------------------------------------------

    def block(self, block: Block, attempt: bool) -> None:
        """`attempt`: within a `try` or `with` statement, where it matters which error comes first."""
        i = 0
        while i < len(block.stmts):
            stmt = block.stmts[i]
            for inner in ir.blocks_of(stmt):
                self.block(inner, attempt or isinstance(stmt, (ir.Try, ir.With)))
            if type(stmt) is Loop and stmt.checkpoint is None:
                moved = self.invariants(stmt, attempt)
                block.stmts[i:i] = moved
                i += len(moved)
            i += 1

    def invariants(self, loop: Loop, attempt: bool) -> list[Assign]:
        """The statements to move in front of a loop, which are taken out of its body."""
        defined = set(_defined(loop))
        changed = written([loop])
        if changed is None:
            return []
        runs = not attempt and _runs(loop)
        found: dict[Var, Assign] = {}
        for stmt in loop.body.stmts:
            if type(stmt) is Assign and self.same(stmt, defined, changed) and (runs or self.always(stmt.op)):
                found[stmt.target] = stmt
                defined.discard(stmt.target)
            runs = runs and type(stmt) in (Assign, Push) and (type(stmt) is Push or effects.is_pure(stmt.op))
        wanted: dict[Var, None] = {}
        for v, stmt in found.items():
            users = self.uses.get(v, [])
            if any(not (type(s) is Assign and s.target in found) for s in users) and self.worth(stmt, found):
                self.take(v, found, wanted)
        moved = [s for v, s in found.items() if v in wanted]
        if moved:
            loop.body.stmts[:] = [s for s in loop.body.stmts if not (type(s) is Assign and s.target in wanted)]
        return moved

    def always(self, op: Op) -> bool:
        return _raises_nothing(op) and (not self.linear or _linear(op))

    def take(self, v: Any, found: dict[Var, Assign], wanted: dict[Var, None]) -> None:
        if v in found and v not in wanted:
            wanted[v] = None
            for a in found[v].op.atoms():
                self.take(a, found, wanted)

    def same(self, stmt: Assign, defined: set[Any], changed: set[Any]) -> bool:
        """Whether a statement gives the same in every iteration, in new memory that nothing but arithmetic looks at."""
        op, target = stmt.op, stmt.target
        if op.kind not in _COMPUTING and op.kind != "call" or op.data not in (None, ir.SAFE):
            return False
        if op.kind == "call" and not (isinstance(op.fn, Ref) and effects.is_pure(op) and effects.of_library(op.fn.obj)):
            return False
        if op.kind == "call" and op.fn.obj in _CREATING:
            return False
        if any(a in defined or a in self.doubtful for a in op.atoms() if type(a) is Var) or any(isinstance(a, ir.Star) for a in op.args):
            return False
        if any(r in changed for r in effects.reads_contents(op)):
            return False
        return target not in self.returned and (target.region is None or self.only_read(target))

    def only_read(self, v: Var) -> bool:
        if v.region is None or v.region.find() in self.stored or v.stored or not isinstance(v.type, (Arr, Num)):
            return False
        return all(type(s) is Push or type(s) is Assign and (_makes_new(s) or self.looked_at(s)) for s in self.uses.get(v, []))

    def looked_at(self, stmt: Assign) -> bool:
        return effects.is_view(stmt.op, stmt.target) and self.only_read(stmt.target)

    def worth(self, stmt: Assign, found: dict[Var, Assign]) -> bool:
        """Whether an expression takes long enough to get a name, or has one."""
        if stmt.target.named:
            return True
        heavy, size = self.weigh(stmt, found)
        return heavy or size >= _ENOUGH

    def weigh(self, stmt: Assign, found: dict[Var, Assign]) -> tuple[bool, int]:
        op, t = stmt.op, stmt.target.type
        heavy = op.kind in ("call", "matmul", "pow") or isinstance(t, Arr) and bool(t.ndim)
        parts = [self.weigh(found[a], found) for a in op.args if a in found]
        looks = stmt.target.view
        return heavy and not looks or any(h for h, _ in parts), (not looks) + sum(n for _, n in parts)

    # --- off the tapes ---------------------------------------------------------------------------------------------------

    def untape(self) -> bool:
        """Read what is the same in every iteration where it is, and not from a tape; whether there was any."""
        pushes: dict[Var, list[Any]] = {}
        pops: dict[Var, list[Pop]] = {}
        for s in ir.walk(self.function.body):
            if type(s) is Pop:
                pops.setdefault(s.tape, []).append(s)
            elif type(s) in (Push, ir.Mark, ir.Cut):
                pushes.setdefault(s.tape, []).append(s)
        single = {t: found[0] for t, found in pushes.items() if t in pops and len(found) == 1 and type(found[0]) is Push}
        if not single:
            return False
        places = Places(self.function)
        gone: set[int] = set()
        values: dict[Var, Any] = {}
        for tape, push in single.items():
            value = self.readable(push, pops[tape], places)
            if value is not None:
                values.update((p.target, value) for p in pops[tape])
                gone |= {id(push), *map(id, pops[tape])}
        if not gone:
            return False
        for block in all_blocks(self.function):
            block.stmts[:] = [s for s in block.stmts if id(s) not in gone]

        def resolve(atom: Any) -> Any:
            while isinstance(atom, Var) and atom in values:
                atom = values[atom]
            return atom

        for stmt in ir.walk(self.function.body):
            ir.substitute(stmt, resolve)
        self.function.result = ir.substitute_result(self.function.result, resolve)
        return True

    def readable(self, push: Push, pops: list[Pop], places: Places) -> Any:
        """What has the value of all entries of a tape where they are taken off, or None."""
        loop, value = places.owner(push), push.value
        if type(loop) is not Loop or loop.checkpoint is not None:
            return None
        if not isinstance(value, Var):
            return value if isinstance(value, (Lit, Ref)) else None
        if places.sees(value, loop) and all(places.sees(value, p) for p in pops):
            return value
        changed = written([loop])
        made = next((s for s in loop.body.stmts if type(s) is Assign and s.target is value), None)
        if made is None or changed is None or not self.same(made, self.varying(loop, changed), changed):
            return None
        if not all(places.behind(loop, p) for p in pops):
            return None
        last = Var(value.hint, value.type, value._varied, value.named, value.region)
        loop.carries.append(Carry(Var(value.hint, value.type, value._varied, value.named, value.region), UNDEF, value, last))
        return last

    def varying(self, loop: Loop, changed: set[Any]) -> set[Any]:
        """The variables of a loop that may be something else in another iteration."""
        defined = set(_defined(loop))
        for stmt in loop.body.stmts:
            if type(stmt) is Assign and self.same(stmt, defined, changed):
                defined.discard(stmt.target)
        return defined


def _defined(loop: Loop) -> Iterator[Var]:
    for s in ir.within(loop):
        yield from ir.defs_of(s)
        yield from ir.inner_defs_of(s)


def _runs(loop: Loop) -> bool:
    """Whether a loop certainly runs an iteration."""
    if loop.iter is None:
        return loop.test is None
    if not isinstance(loop.iter, Range):
        return False
    values = [a.value if isinstance(a, Lit) else None for a in loop.iter.atoms()]
    return all(type(v) is int for v in values) and values[2] != 0 and len(range(*values)) > 0  # type: ignore[arg-type]


def _raises_nothing(op: Op) -> bool:
    """Whether an operation gives a result whatever its operands are."""
    types: list[Any] = [type_of(a) for a in op.args]
    arrays = any(isinstance(t, Arr) for t in types)
    if not all(isinstance(t, (Num, Arr)) and t.dtype is not None and (isinstance(t, Num) or t.shape is not None) for t in types):
        return False
    if op.kind == "call" and all(isinstance(a, Lit) for a in op.args) and not op.kwargs:
        return _works(op)
    if not all(t.dtype.kind in "fc" or isinstance(a, Lit) for t, a in zip(types, op.args)):
        return False
    if op.kind == "call":
        return isinstance(op.fn.obj, np.ufunc) or op.fn.obj in _RAISE_NOTHING
    if op.kind == "truediv":
        literal = isinstance(op.args[1], Lit) and bool(op.args[1].value)
        return literal or arrays or any(isinstance(t, Num) and not t.py for t in types)
    if op.kind == "pow":
        return arrays or any(isinstance(t, Num) and not t.py for t in types)
    return True


def _linear(op: Op) -> bool:
    """Whether the adjoints of an operation's operands are zero if its own is, even next to infinities."""
    if op.kind == "call":
        return op.fn.obj in (np.sum, np.transpose, np.add, np.subtract, np.negative) or all(isinstance(a, Lit) for a in op.args)
    constant = any(isinstance(a, Lit) for a in op.args)
    return op.kind in ("add", "sub", "neg") or op.kind == "mul" and constant or op.kind == "truediv" and isinstance(op.args[1], Lit)


def _works(op: Op) -> bool:
    """Whether a call on constants gives a result."""
    try:
        op.fn.obj(*(a.value for a in op.args))
    except Exception:
        return False
    return True


_CREATING: frozenset[Any] = frozenset({np.zeros, np.ones, np.empty, np.full, np.arange, np.linspace, np.eye, np.array, np.asarray})


def _makes_new(stmt: Assign) -> bool:
    op = stmt.op
    if op.kind in _COMPUTING:
        return True
    return not stmt.target.view and (op.kind == "call" and effects.is_pure(op) and isinstance(op.fn, Ref) and isinstance(op.fn.obj, np.ufunc)
                                     or op.kind == "getitem" and isinstance(stmt.target.type, Num))  # fmt: skip
