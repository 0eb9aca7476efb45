"""What a recursive function returns may be memory that it was given.

The adjoint of such a result is a buffer of its own, which the function's reverse part adds to that of the argument. That
is right as long as the memory keeps its contents from the call on. A store after the call would reach the value under
both names but the adjoint under one of them, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..analysis import effects
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import Block, Function, Invoke, Loop, Region

Refuse = Callable[[Any, AmbiguousMemoryError], Exception]


def check_returned(function: Function, refuse: Refuse) -> None:
    """Refuse stores to memory that a recursive function has handed on, after that or in the next iteration."""
    calls = [(stmt, loop) for stmt, loop in calls_in(function.body, None) if handed_on(stmt)]
    if not calls:
        return
    order = list(ir.walk(function.body))
    places = {id(stmt): k for k, stmt in enumerate(order)}
    for call, loop in calls:
        later = order[places[id(call)] + 1 :] if loop is None else [*ir.walk(loop.body), *order[places[id(loop)] :]]
        for stmt in later:
            found = handed_on(call) & set(effects.writes(stmt) or ()) if stmt is not call else set()
            if found:
                raise refuse(next(iter(found)), AmbiguousMemoryError(
                    f"{call.fn.name}() may return an array that it was given, and this array is stored to later",
                    getattr(stmt, "span", None) or call.span, construct="store", hint="copy what the function returns"))  # fmt: skip


def calls_in(block: Block, loop: Loop | None) -> Iterator[tuple[Invoke, Loop | None]]:
    """The calls of recursive functions, each with the outermost loop around it."""
    for stmt in block.stmts:
        if isinstance(stmt, Invoke):
            yield stmt, loop
        inside = loop or (stmt if isinstance(stmt, Loop) else None)
        for inner in ir.blocks_of(stmt):
            yield from calls_in(inner, inside)


def handed_on(call: Invoke) -> set[Region]:
    """The memory that a result may share with an argument, where it holds differentiated values."""
    given = {r for a in call.args if (r := effects.region_of(a)) is not None}
    return {r for v in call.results if (r := effects.region_of(v)) is not None and r in given and v.varied}
