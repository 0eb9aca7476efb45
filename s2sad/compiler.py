"""The pipeline on one screen: lower, differentiate, optimise, emit."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from .autodiff.reverse import Reverse
from .backend.emit import Bindings, Emitter
from .backend.printer import Comment, to_source
from .frontend.lowerer import Program, Request, lower
from .ir.nodes import Function
from .optimize.copies import elide_copies
from .optimize.dead import drop_dead
from .optimize.merge import merge_branches
from .optimize.simplify import propagate_copies


@dataclass
class Compiled:
    """An emitted function: its text, the names it needs, and what it was made from."""

    text: str
    name: str
    bindings: Bindings
    program: Program
    function: Function


def optimise(function: Function) -> Function:
    for _ in range(2):
        function = propagate_copies(function)
        function = drop_dead(function)
        function = merge_branches(function)
        function = elide_copies(function)
    return drop_dead(function)


def compile_gradient(request: Request, value: bool = False, seed: str = "scalar") -> Compiled:
    """Emit the gradient of the requested function."""
    program = lower(request)
    name = program.function.name
    function = Reverse(program).run(seed, value)
    stem = "f" if name == "<lambda>" else name
    function.name = f"{stem}_vjp" if seed != "scalar" else f"{stem}_value_and_grad" if value else f"{stem}_grad"
    function = optimise(function)
    return emit(function, program)


def emit(function: Function, program: Program, flat: bool = False) -> Compiled:
    bindings = Bindings()
    definition = Emitter(function, bindings, flat).definition()
    text = to_source(ast.Module([definition], []))
    return Compiled(text, function.name, bindings, program, function)


def elementary(request: Request) -> Compiled:
    program = lower(request)
    return emit(program.function, program, flat=True)


__all__ = ["Comment", "Compiled", "compile_gradient", "elementary", "optimise"]
