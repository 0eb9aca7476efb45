"""What to differentiate where only types are known: from annotations or a signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from .analysis.signatures import Dims, annotated_type, parse_signature
from .analysis.types import UNKNOWN, Symbols, Type
from .errors import IntegerInputError, Span, UnsupportedSyntaxError
from .frontend.lowerer import Request, parameter_names
from .reading import check_receiver
from .targets import Target, Wrt


def parameter_types(node: Any, signature: str | None) -> dict[str, Type]:
    """The types of a function's parameters that annotations and a signature text give."""
    symbols = Symbols()
    for _ in range(64):
        symbols.fresh()  # the lowerer starts its own count; keep clear of it
    dims = Dims(symbols)
    found: dict[str, Type] = {}
    for p in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if p.annotation is not None:
            t = annotated_type(gast.gast_to_ast(p.annotation), dims)
            if t is not None:
                found[p.id] = t
    if signature:
        found.update(parse_signature(signature, symbols, [n for n, _ in parameter_names(node)], dims))
    return found


def first_differentiable(node: Any, signature: str | None = None, bound: bool = False) -> Wrt:
    """The first parameter that may hold floats; of a method that is `bound`, the object does not count."""
    types_ = parameter_types(node, signature)
    names = [n for n, _ in parameter_names(node)][1 if bound else 0 :]
    return next((n for n in names if types_.get(n, UNKNOWN).floating), names[0] if names else 0)


def default_wrt(f: Callable[..., Any], signature: str | None = None) -> Wrt:
    """What `f` is differentiated with respect to where nothing is said."""
    target = Target(f)
    return first_differentiable(target.node, signature, bool(target.prefix) or target.cls is not None and target.names[:1] == ["self"])


def typed_request(request: Request, signature: str | None) -> Request:
    """Fill in the types that annotations and a signature text give."""
    found = parameter_types(request.node, signature)

    def span(node: Any) -> Span | None:
        return Span.of_node(node, request.filename, request.lines) if hasattr(node, "lineno") else None

    for p, kind in [(request.node.args.vararg, "*"), (request.node.args.kwarg, "**")]:
        if p is not None:
            raise UnsupportedSyntaxError(
                f"the number of arguments in {kind}{p.id} is not known", span(p), construct="parameter",
                hint="write the parameters out, or call the gradient from Python")  # fmt: skip
    if request.cls is not None:
        check_receiver(request.node, span)
    for name, _ in parameter_names(request.node):
        found.setdefault(name, UNKNOWN)
    for name in request.wrt:
        if not found[name].floating:
            raise IntegerInputError(
                f"the parameter {name!r} of {request.name}() holds no floats, so there is no derivative with respect to it",
                span(request.node), construct="function", hint="choose another parameter with wrt, or give it the type float")  # fmt: skip
    request.types = found
    return request


__all__ = ["default_wrt", "first_differentiable", "parameter_types", "typed_request"]
