"""What the passes ask of a whole function: its blocks, what defines each variable, how often each is used."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .nodes import (
    REVERSE,
    Assign,
    Block,
    Function,
    Loop,
    Note,
    Op,
    Var,
    blocks_of,
    defs_of,
    result_atoms,
    substitute,
    substitute_result,
    uses_of,
    walk,
)


def all_blocks(function: Function) -> list[Block]:
    """The body of the function and every block within it, from outside in."""
    return [function.body, *(b for s in walk(function.body) for b in blocks_of(s))]


def reverse_sweep(function: Function) -> Block:
    """The statements of the reverse sweep, where the function has one that it tells apart."""
    stmts = function.body.stmts
    start = next((k for k, s in enumerate(stmts) if isinstance(s, Note) and s.text == REVERSE), len(stmts))
    return Block(stmts[start:])


def definitions(function: Function) -> dict[Var, Op]:
    """The operations that variables are assigned."""
    return {s.target: s.op for s in walk(function.body) if type(s) is Assign}


def innermost_loops(function: Function) -> dict[Any, Any]:
    """The innermost loop around each statement and around where each variable is defined, None at the top.

    What is defined outside a loop and used once in it is used in each iteration: only where both have the same loop is it gone
    after its use.
    """
    found: dict[Any, Any] = {}

    def visit(block: Block, loop: Loop | None) -> None:
        for stmt in block:
            found[stmt] = loop
            found.update((v, loop) for v in defs_of(stmt))
            for inner in blocks_of(stmt):
                visit(inner, stmt if isinstance(stmt, Loop) else loop)

    visit(function.body, None)
    return found


def use_counts(function: Function) -> Counter[Var]:
    """How often statements and the result read each variable."""
    counts = Counter([a for s in walk(function.body) for a in uses_of(s) if type(a) is Var])
    counts.update([a for a in result_atoms(function.result) if type(a) is Var])
    return counts


def replace_variables(function: Function, replaced: dict[Var, Any]) -> None:
    """Write other atoms for variables, everywhere; what stands for a variable may be replaced itself."""

    def resolve(atom: Any) -> Any:
        while isinstance(atom, Var) and atom in replaced:
            atom = replaced[atom]
        return atom

    for stmt in walk(function.body):
        substitute(stmt, resolve)
    function.result = substitute_result(function.result, resolve)
