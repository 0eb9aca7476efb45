"""The text of derivatives, made without running what is differentiated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import compiler
from .api import Gradient, checked_block
from .by_types import first_differentiable, typed_request
from .compiled.choice import BACKENDS
from .errors import UnsupportedSyntaxError
from .frontend.lowerer import Request, parameter_names
from .reading import check_receiver, defaults_of, is_bound_method, read_function
from .targets import Target, Wrt


def source(
    f: Callable[..., Any], wrt: Wrt = 0, signature: str | None = None, stage: str = "source", value: bool = False,
    standalone: bool = False, mode: str = "reverse", backend: str = "numpy", block: int | None = None,
    workers: int = 1,
) -> str:  # fmt: skip
    """The emitted text of a gradient or, with `mode="forward"`, of the function that returns value and tangent.

    `stage` is "elementary", "adjoint" ("tangent" in forward mode) or "source", `backend` "numpy" or "numba".
    """
    gradient = Gradient(f, wrt, "value_and_grad" if value else "grad")
    request = gradient._request()
    request.block = checked_block(block, workers)
    return _staged(request, signature, stage, value, standalone, mode, backend)


def _staged(request: Request, signature: str | None, stage: str, value: bool, standalone: bool, mode: str, backend: str) -> str:
    request = typed_request(request, signature)
    if backend not in BACKENDS:
        raise UnsupportedSyntaxError(f"the backend {backend!r} is not available", hint="use 'numpy' or 'numba'")
    if stage == "elementary":
        return compiler.elementary(request).text
    middle = {"reverse": "adjoint", "forward": "tangent"}.get(mode)
    if middle is None:
        raise ValueError(f"unknown mode {mode!r}: reverse or forward")
    if stage not in (middle, "source", "explain"):
        raise ValueError(f"unknown stage {stage!r}: elementary, {middle} or source")
    if mode == "forward":
        compiled = compiler.compile_tangent(request, optimised=stage != middle, backend=backend)
    else:
        compiled = compiler.compile_gradient(request, value, optimised=stage != middle, backend=backend)
    if stage == "explain":
        return compiled.report.text() if compiled.report is not None else "NumPy code: nothing is compiled"
    return compiled.standalone if standalone else compiled.text


def source_of_file(
    path: str | Path, func: str, wrt: Wrt | None = None, signature: str | None = None, value: bool = False, stage: str = "source",
    standalone: bool = False, mode: str = "reverse", backend: str = "numpy", block: int | None = None,
    workers: int = 1,
) -> str:  # fmt: skip
    """The emitted text of the gradient (or, in forward mode, of the tangent) of a function in a file, which is read and not run.

    Without `wrt`, the gradient is with respect to the first parameter that may hold floats, `self` and `cls` left out.
    """
    found, scope = read_function(path, func, standalone)
    if is_bound_method(found, scope):
        check_receiver(found.node, found.span)
    target = Target.__new__(Target)
    target.f, target.name, target.prefix, target.names = None, found.name, (), [n for n, _ in parameter_names(found.node)]
    wrt = first_differentiable(found.node, signature, is_bound_method(found, scope)) if wrt is None else wrt
    request = Request(
        found.node, found.name, scope, found.filename, found.lines, target.wrt_names(wrt), defaults=defaults_of(found, scope),
        code=found.node, as_tuple=isinstance(wrt, tuple), block=checked_block(block, workers))  # fmt: skip
    return _staged(request, signature, stage, value, standalone, mode, backend)


__all__ = ["source", "source_of_file"]
