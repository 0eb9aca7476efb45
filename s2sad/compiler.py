"""The pipeline on one screen: lower, differentiate, optimise, emit."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from .autodiff.reverse import Reverse
from .backend.emit import Bindings, Emitter
from .backend.load import helper_sources, imports
from .backend.printer import Comment, to_source
from .frontend.lowerer import Program, Request, lower
from .ir.nodes import Function
from .optimize.copies import elide_copies
from .optimize.dead import drop_dead
from .optimize.merge import merge_branches
from .optimize.simplify import propagate_copies


@dataclass
class Compiled:
    """An emitted function: its definition, the names it needs, and what it was made from."""

    definition: str
    name: str
    bindings: Bindings
    program: Program
    function: Function

    @property
    def text(self) -> str:
        """The definition behind the imports it needs."""
        header = to_source(ast.Module(imports(self.bindings), []))
        return f"{header}\n\n{self.definition}" if header else self.definition

    @property
    def standalone(self) -> str:
        """A module that needs only NumPy."""
        header = to_source(ast.Module(imports(self.bindings, standalone=True), []))
        helpers = helper_sources(self.bindings)
        if helpers and "import numpy as np" not in header:
            header = "import numpy as np\n" + header
        if any("Any" in h for h in helpers):
            header += "from typing import Any\n"
        return "\n\n".join([header, *helpers, self.definition])


def optimise(function: Function) -> Function:
    for _ in range(2):
        function = propagate_copies(function)
        function = drop_dead(function)
        function = merge_branches(function)
        function = elide_copies(function)
    return drop_dead(function)


def compile_gradient(request: Request, value: bool = False, seed: str = "scalar", optimised: bool = True) -> Compiled:
    """Emit the gradient of the requested function."""
    program = lower(request)
    name = program.function.name
    function = Reverse(program).run(seed, value)
    stem = name if name.isidentifier() else "f"
    function.name = f"{stem}_vjp" if seed != "scalar" else f"{stem}_value_and_grad" if value else f"{stem}_grad"
    if optimised:
        function = optimise(function)
    return emit(function, program, flat=not optimised)


def emit(function: Function, program: Program, flat: bool = False) -> Compiled:
    bindings = Bindings()
    definition = Emitter(function, bindings, flat).definition()
    return Compiled(to_source(ast.Module([definition], [])), function.name, bindings, program, function)


def elementary(request: Request) -> Compiled:
    program = lower(request)
    return emit(program.function, program, flat=True)


__all__ = ["Comment", "Compiled", "compile_gradient", "elementary", "optimise"]
