"""Recursive functions in the emitted program: each becomes a forward part, which saves, and a reverse part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from ..frontend.lowerer import Program
from ..ir import nodes as ir
from ..ir.nodes import (
    REVERSE,
    Assign,
    Block,
    Function,
    Invoke,
    Lit,
    Note,
    Op,
    Outlined,
    Param,
    Stepped,
    Struct,
    Var,
)
from .checkpoints import steps_of
from .reverse import OutlinedReverse


def invoked(function: Function) -> Iterator[Outlined]:
    """The recursive functions that a program calls, in order of appearance."""
    seen: set[int] = set()
    for stmt in ir.walk(function.body):
        if isinstance(stmt, Invoke) and id(stmt.fn) not in seen:
            seen.add(id(stmt.fn))
            if isinstance(stmt.fn, Stepped):
                yield from invoked(stmt.fn.step)
            else:
                yield stmt.fn


def parts_of(function: Function, program: Program, optimise: Callable[[Function], Function], taken: set[str]) -> list[Function]:
    """The forward and reverse parts of every recursive function that `function` calls, directly or not."""
    todo = list(invoked(function))
    done: list[Outlined] = []
    out: list[Function] = []
    while todo:
        fn = todo.pop(0)
        if any(fn is d for d in done):
            continue
        done.append(fn)
        for part in ("forward", "reverse"):
            name, i = f"{fn.name}_{part}", 1
            while name in taken:
                i += 1
                name = f"{fn.name}_{part}_{i}"
            taken.add(name)
            fn.names[part] = name
        joint, seeds = OutlinedReverse(fn, program).run_split()
        joint = optimise(joint)
        forward, reverse = split(fn, joint, seeds)
        out += [forward, reverse] if reverse is not None else [forward]
        todo += [f for g in (joint,) for f in invoked(g)]
    return out


def steps_in(functions: list[Function], optimise: Callable[[Function], Function], taken: set[str]) -> list[Function]:
    """The functions that do one step of the checkpointed loops in some functions."""
    out: list[Function] = []
    for loop in (loop for f in functions for loop in steps_of(f)):
        stem = loop.step.name
        name = next(n for i in count(1) if (n := f"{stem}_{i}" if i > 1 else stem) not in taken)
        taken.add(name)
        loop.step.name = loop.names["step"] = name
        distinct([p.var for p in loop.step.params])
        out.append(optimise(loop.step))
    return out


def split(fn: Outlined, joint: Function, seeds: list[Var]) -> tuple[Function, Function | None]:
    """Cut the joint body at the head of its reverse sweep; what crosses the cut is saved."""
    stmts = joint.body.stmts
    cut = next((i for i, s in enumerate(stmts) if isinstance(s, Note) and s.text == REVERSE), len(stmts))
    before, after = stmts[:cut], stmts[cut + 1 :]
    n = len(fn.results)
    results, bars = joint.result.items[:n], joint.result.items[n:]
    defined: set[Any] = set(seeds)
    for s in ir.walk(Block(after)):
        defined.update(ir.defs_of(s))
        defined.update(ir.inner_defs_of(s))
    crossing: dict[Var, None] = {}
    uses = [a for s in ir.walk(Block(after)) for a in ir.uses_of(s)]
    uses += [a for b in bars for a in ir.result_atoms(b)]
    for a in uses:
        if isinstance(a, Var) and a not in defined:
            crossing[a] = None
    later = [r for r in results if isinstance(r, Var) and r in defined]
    if later:
        raise AssertionError("a result of the forward part is computed in the reverse part")
    for s in ir.walk(Block(before)):
        # what only one path defines is saved on every path
        if isinstance(s, ir.If):
            for p in s.phis:
                p.then = Lit(None) if p.then is ir.UNDEF else p.then
                p.orelse = Lit(None) if p.orelse is ir.UNDEF else p.orelse
        elif isinstance(s, ir.Try):
            for m in s.phis:
                m.values = [Lit(None) if v is ir.UNDEF else v for v in m.values]
    distinct([*fn.params, *seeds])
    saved = Struct("tuple", tuple(crossing))
    doc = f"{fn.name} and what its reverse part needs."
    forward = Function(fn.names["forward"], [Param(p) for p in fn.params], Block(before), Struct("tuple", (*results, saved)), doc)
    var = Var("saved", named=True)
    loads: list[Any] = [Assign(v, Op("getitem", (var, Lit(i)))) for i, v in enumerate(crossing)]
    if not bars and not fn.changed() and not fn.shadowed():
        return forward, None
    result: Any = bars[0] if len(bars) == 1 else Struct("tuple", tuple(bars)) if bars else Lit(None)
    doc = f"Adjoints of the parameters of {fn.name} from that of its result."
    if fn.gathered():
        doc = f"Add to the adjoints of the parameters of {fn.name} what comes from that of its result."
    if fn.changed():
        doc = f"Undo the stores of {fn.name}, and pass on the adjoints of what it stored to."
    reverse = Function(fn.names["reverse"], [Param(var), *(Param(s) for s in seeds)], Block([*loads, *after]), result, doc)
    return forward, reverse


def distinct(params: list[Var]) -> None:
    """Give parameters names of their own."""
    seen: set[str] = set()
    for p in params:
        base, i = p.hint, 1
        while p.hint in seen:
            i += 1
            p.hint = f"{base}_{i}"
        seen.add(p.hint)
