"""Computation graphs of functions, with values and adjoints at a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..analysis.types import Num
from ..autodiff.calls import parts_of
from ..autodiff.companions import NeedsCompanions, NoCompanions, Plan
from ..autodiff.surgery import without_blocks
from ..backend.load import load
from ..by_types import first_differentiable, parameter_types, typed_request
from ..compiler import emit, name_parts
from ..directional import tangent_like
from ..errors import DifferentiationError, IntegerInputError, UnknownWrtError
from ..frontend.lowerer import Program, Request, lower, parameter_names
from ..ir.nodes import Function, Lit, Ref
from ..optimize.dead import drop_dead
from ..optimize.simplify import propagate_copies
from ..reading import defaults_of, is_bound_method, read_function
from ..targets import Target, Wrt
from ..variants import holds_floats
from .build import Graph, build
from .observe import Notes, ObservedForward, ObservedReverse, annotate, note_values


def graph(f: Callable[..., Any], *args: Any, wrt: Wrt | None = None, along: Mapping[str, Any] | None = None, **kwargs: Any) -> Graph:
    """The computation graph of `f`; with arguments, it shows every value and adjoint of a call with these.

    `wrt` says what is differentiated with respect to: without it, every argument that holds floats, or, without arguments,
    the first parameter that may. With tangents of some arguments in `along`, by name, tangents take the place of adjoints.
    The result has the methods `dot()`, `mermaid()` and `svg()`, and shows itself in a
    notebook. Raises a `DifferentiationError` if `f` cannot be differentiated, or does not return one real number.

    >>> print(graph(lambda x, y: x * y, 2.0, 3.0, wrt="x").mermaid().splitlines()[1])
      n0(["x<br/><span style='color:#1f5fa8'>2</span><br/><span style='color:#c2410c'>3</span>"])
    """
    target = Target(f)
    request = Request(target.node, target.name, target.scope, target.filename, target.lines, (), defaults=target.defaults(),
                      code=target.code, cls=target.cls)  # fmt: skip
    if not args and not kwargs:
        default = first_differentiable(target.node, None, bool(target.prefix))
        request.wrt = target.wrt_names(default if wrt is None else wrt)
        return _static(typed_request(request, None))
    bound = target.bind((*target.prefix, *args), kwargs)
    point = _as_floats(bound, parameter_types(target.node, None), None if wrt is None else target.wrt_names(wrt))
    return _at(request, point, along)


def graph_of_file(
    path: str | Path, func: str, wrt: Wrt | None = None, at: tuple[list[Any], Mapping[str, Any]] | None = None,
    along: Mapping[str, Any] | None = None, signature: str | None = None,
) -> Graph:  # fmt: skip
    """The computation graph of a function in a file, which is read and not run.

    With arguments in `at`, the function (and not the rest of the file) is run at that point, as emitted code.
    """
    found, scope = read_function(path, func, at is not None)
    target = Target.__new__(Target)
    target.f, target.name, target.prefix, target.names = None, found.name, (), [n for n, _ in parameter_names(found.node)]
    request = Request(found.node, found.name, scope, found.filename, found.lines, (), defaults=defaults_of(found, scope), code=found.node)
    if at is None:
        default = first_differentiable(found.node, signature, is_bound_method(found, scope))
        request.wrt = target.wrt_names(default if wrt is None else wrt)
        return _static(typed_request(request, signature))
    bound = _bind(request, *at)
    point = _as_floats(bound, parameter_types(found.node, signature), None if wrt is None else target.wrt_names(wrt))
    return _at(request, point, along)


def _bind(request: Request, args: list[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by parameter. Raises UnknownWrtError where they do not fit."""
    names = [n for n, _ in parameter_names(request.node)]
    if len(args) > len(names) or any(k not in names or k in names[: len(args)] for k in kwargs):
        raise UnknownWrtError(f"the point does not fit {request.name}({', '.join(names)})")
    given = {**dict(zip(names, args)), **kwargs}
    for name, default in request.defaults.items():
        if name not in given and isinstance(default, (Lit, Ref)):
            given[name] = default.value if isinstance(default, Lit) else default.obj
    missing = [n for n in names if n not in given]
    if missing:
        raise UnknownWrtError(f"the point gives no value for {', '.join(missing)}")
    return {n: given[n] for n in names}


def _as_floats(bound: dict[str, Any], types: dict[str, Any], wrt: tuple[str, ...] | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The arguments, integers made floats where a float is meant; and what to differentiate with respect to."""
    found = dict(bound)
    for name, v in bound.items():
        t = types.get(name)
        meant = isinstance(t, Num) and t.dtype.kind == "f" or wrt is not None and name in wrt
        if type(v) is int and meant:
            found[name] = float(v)
    names = wrt if wrt is not None else tuple(n for n, v in found.items() if holds_floats(v))
    wrong = [n for n in names if not holds_floats(found[n])]
    if wrong or not names:
        subject = f"the argument {wrong[0]!r} holds" if wrong else "the arguments hold"
        raise IntegerInputError(f"{subject} no floats, so there is nothing to differentiate with respect to", hint="write 2.0 for 2")
    return found, names


def _static(request: Request) -> Graph:
    request.checkpoints = False
    return build(_simplified(lower(request)))


def _simplified(program: Program) -> Function:
    """The elementary form without copies, without `adjoint_of` blocks, and without what reaches no result."""
    without_blocks(program.function)
    propagate_copies(program.function)
    drop_dead(program.function, keep=program.variables_at_entry())
    return program.function


def _at(request: Request, point: tuple[dict[str, Any], tuple[str, ...]], along: Mapping[str, Any] | None) -> Graph:
    """The graph with values and adjoints or, along tangents of the arguments, with tangents."""
    request.arguments, request.wrt = point
    dots: dict[str, Any] = {}
    if along is not None:
        unknown = [n for n in along if n not in request.wrt]
        if unknown:
            raise UnknownWrtError(f"a tangent is given for {unknown[0]!r}", hint=f"arguments that hold floats: {', '.join(request.wrt)}")
        dots = {n: tangent_like(along.get(n), request.arguments[n], f"the tangent of {n!r}") for n in request.wrt}
    program, function, notes, parts = _observed(request, along is not None)
    compiled = emit([*parts, function], program, flat=True)
    call = load(compiled.definition, compiled.name, compiled.bindings)
    given = [p.var.hint for p in function.params if p.kind == "kwonly"][-len(dots) :] if dots else []
    call(**request.arguments, **dict(zip(given, dots.values())))
    annotate(notes, "adjoint" if along is None else "tangent")
    return notes.graph


Observed = tuple[Program, Function, Notes, list[Function]]


def _observed(request: Request, forward: bool) -> Observed:
    """Lower for arguments of these kinds; where that is refused, for their very integers, then sizes, too."""
    refusal: DifferentiationError | None = None
    for request.static_ints, request.static_sizes in ((False, False), (True, False), (True, True)):
        try:
            return _forward(request) if forward else _reverse(request)
        except DifferentiationError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _reverse(request: Request) -> Observed:
    plan, last = Plan(), 0
    while True:
        program, notes = _noted(request)
        try:
            observed = ObservedReverse(program, plan)
            observed.notes = notes
            function = observed.run("scalar", False)
            break
        except NeedsCompanions as needs:
            plan, last = plan.after(needs), needs.number
        except NoCompanions:
            plan = plan.without(last)
    function.name = "observed"
    parts = parts_of(function, program, lambda f: f, {function.name, *(p.var.hint for p in function.params)})
    return program, function, notes, parts


def _forward(request: Request) -> Observed:
    program, notes = _noted(request)
    observed = ObservedForward(program)
    observed.notes = notes
    function = observed.run()
    function.name = "observed"
    return program, function, notes, name_parts(observed.parts, {function.name, *(p.var.hint for p in function.params)})


def _noted(request: Request) -> tuple[Program, Notes]:
    request.checkpoints = False
    program = lower(request)
    notes = Notes(build(_simplified(program)))
    note_values(program.function, notes)
    return program, notes


__all__ = ["Graph", "graph", "graph_of_file"]
