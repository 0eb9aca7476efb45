"""From the functions of a gradient to text in which their hot loops are compiled functions."""

from __future__ import annotations

import ast

from ..backend.bindings import Bindings
from ..backend.emit import Emitter
from ..ir.nodes import Function
from ..optimize.bundles import bundle_tapes
from .emit import KernelEmitter, helpers
from .kernels import Outliner, Report
from .nodes import Kernel


def definitions(functions: list[Function], stem: str, bindings: Bindings, auto: bool) -> tuple[list[ast.stmt], Report]:
    """The definitions of compiled functions, and of `functions` that call them; what was compiled and what was not.

    With `auto`, only loops that take long enough in the call that is compiled for.
    """
    taken = {f.name for f in functions} | {p.var.hint for f in functions for p in f.params}
    report = Report()
    kernels: list[Kernel] = []
    for f in functions:
        outliner = Outliner(f, stem if stem.isidentifier() else "f", taken, auto, f is functions[-1])
        kernels += outliner.run()
        report.entries += outliner.report.entries
        bundle_tapes(f)
    bindings.reserved |= {k.function.name for k in kernels}
    checked = helpers([k.function for k in kernels], bindings)
    bindings.reserved |= {d.name for d in checked if isinstance(d, ast.FunctionDef)}
    compiled: list[ast.stmt] = [KernelEmitter(k, bindings).definition() for k in kernels]
    return [*checked, *compiled, *(Emitter(f, bindings).definition() for f in functions)], report
