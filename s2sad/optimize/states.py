"""Parts of the state of a checkpointed loop that nobody needs: not kept, and not computed.

    s, u, checkpoints = run_checkpointed(f_step, range(n), state=(s, u))        u, checkpoints = run_checkpointed(f_step, ...
    ...                                                                    ->   ...
        s, u = checkpoints.before(t)                                                u = checkpoints.before(t)

A carried value is needed if it is read behind the loop, in the iterations of the reverse sweep, or by an iteration for the
next value of one that is needed.
"""

from __future__ import annotations

from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import Function, Invoke, Lit, Param, Stepped, Struct, Var
from .dead import copied, drop_dead


def drop_states(function: Function) -> Function:
    """The function whose checkpointed loops carry only what is needed; changed in place, with the functions of their steps."""
    calls: dict[int, list[Invoke]] = {}
    read = {a for s in ir.walk(function.body) for a in ir.uses_of(s)} | set(ir.result_atoms(function.result))
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Invoke) and isinstance(stmt.fn, Stepped):
            calls.setdefault(id(stmt.fn), []).append(stmt)
    for found in calls.values():
        _shorten(found, read)
    return function


def _shorten(calls: list[Invoke], read: set[Any]) -> None:
    runs = [c for c in calls if c.part == "run"]
    if len(runs) != 1:
        return
    run = runs[0]
    fn: Stepped = run.fn
    wanted = {i for i in range(fn.carried) if any(c.results[i] in read for c in calls) or run.args[3 + i] in run.writes}
    while True:
        used = _read_by(fn.step, _values(fn.step, fn.carried), wanted)
        more = {i for i in range(fn.carried) if fn.step.params[1 + i].var in used} | wanted
        if more == wanted:
            break
        wanted = more
    values = _values(fn.step, fn.carried)
    first = fn.carried + fn.stored
    gone = {i for i in range(fn.carried) if i not in wanted}
    gone |= {first + i for i in range(fn.constants) if fn.step.params[1 + first + i].var not in used}
    run.args = [*run.args[:3], *(a for i, a in enumerate(run.args[3:]) if i not in gone)]
    fn.step.params = [p for i, p in enumerate(fn.step.params) if i - 1 not in gone]
    fn.step.result = _result([v for i, v in enumerate(values) if i in wanted])
    for c in calls:
        c.results = [r for i, r in enumerate(c.results) if i >= fn.carried or i in wanted]
    fn.constants -= len(gone) - (fn.carried - len(wanted))
    fn.carried = len(wanted)


def _values(step: Function, carried: int) -> list[Any]:
    return list(step.result.items) if carried > 1 else [step.result] * carried


def _result(values: list[Any]) -> Any:
    return Struct("tuple", tuple(values)) if len(values) > 1 else values[0] if values else Lit(None)


def _read_by(step: Function, values: list[Any], wanted: set[int]) -> set[Any]:
    """The variables that a step reads to compute some of its values, and for what it stores."""
    result = _result([v for i, v in enumerate(values) if i in wanted])
    alone = Function(step.name, [Param(p.var) for p in step.params], copied(step.body), result)
    drop_dead(alone)
    found = {a for s in ir.walk(alone.body) for a in ir.uses_of(s) if isinstance(a, Var)}
    return found | {a for a in ir.result_atoms(result) if isinstance(a, Var)}
