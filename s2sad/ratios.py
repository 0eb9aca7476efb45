"""Functions compiled for arrays whose sizes are multiples of each other, as those of the weights of a recurrent network are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from .compiler import Compiled
from .errors import DifferentiationError
from .frontend.lowerer import Request
from .variants import sizes_of


def with_ratios(compiled: Compiled, request: Request, emit: Callable[[Request], Compiled]) -> Compiled:
    """What `emit` compiles for sizes that are multiples of each other as they are in the compiling call, if that makes a difference."""
    sizes = [] if request.arguments is None or request.any_sizes else sizes_of(request.arguments)
    ratios = tuple(r for r in compiled.program.lowerer.ratios.values() if r[0] in sizes and r[2] in sizes)
    if not ratios:
        return compiled
    try:
        again = emit(dataclasses.replace(request, ratios=ratios))
    except DifferentiationError:
        return compiled
    if again.definition == compiled.definition:
        return compiled
    again.ratios = tuple((sizes.index(n), factor, sizes.index(base)) for n, factor, base in ratios)
    return again


__all__ = ["with_ratios"]
