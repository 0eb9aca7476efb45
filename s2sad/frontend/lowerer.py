"""The lowerer as a whole: a function and its arguments' types in, the elementary form out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from .. import runtime
from ..analysis.types import STR, UNKNOWN, Arr, ListT, Num, Obj, Symbols, Type
from ..errors import (
    DifferentiationError,
    DifferentiationErrors,
    NonScalarOutputError,
    Span,
    UnsupportedSyntaxError,
    combine,
)
from ..ir.clone import unmark
from ..ir.nodes import (
    Assign,
    Block,
    Effect,
    Function,
    Lit,
    Op,
    Param,
    Ref,
    Region,
    Store,
    Struct,
    Var,
    blocks_of,
    defs_of,
    inner_defs_of,
    result_atoms,
    substitute_result,
    walk,
)
from ..rules import registry
from .adjoint_blocks import AdjointBlocks
from .afterwards import (
    bodies,
    changed_copies,
    check_containers,
    hidden_memory,
    read_too_early,
    test_at_once,
    used_closed_parts,
)
from .array_calls import ArrayCalls
from .asked import keep_what_is_asked
from .builtin_calls import BuiltinCalls
from .calls import Calls
from .expressions import Expressions
from .helper_calls import HelperCalls
from .iteration import Iteration
from .laziness import Laziness
from .library_calls import LibraryCalls
from .lower import Poisoned, Restart, Unreachable, type_of
from .objects import Objects, attribute_names
from .outline import Outline
from .run_time_lists import RunTimeLists
from .statements import Statements
from .values import ArrayMethod, Bound, DictVal, Frame, FuncVal, ListVal, ObjVal, Partial, TupleVal, is_atom


class Lowerer(
    AdjointBlocks, ArrayCalls, LibraryCalls, Statements, Expressions, Calls, BuiltinCalls, HelperCalls, Iteration, Laziness, Objects,
    RunTimeLists,
):
    """The parts of the frontend, each in its file, on top of `lower.Core`."""

    @property
    def apart(self) -> list[tuple[Effect, Var]]:
        """Checks that a value is not memory of a variable, which are needless unless that is stored to."""
        return self.__dict__.setdefault("_apart", [])


class Lowered(Function):
    """A lowered function with what the later stages need to know about it."""


@dataclass(eq=False)
class Program:
    """A lowered function.

    `inputs` maps each parameter to its value (with structure), `value` is the result (with structure), `cells` the
    contents of containers and objects at the end, `initial` those at the start.
    """

    function: Function
    inputs: dict[str, Any]
    value: Any
    wrt: tuple[str, ...]
    lowerer: Lowerer
    initial: dict[Any, Any] = field(default_factory=dict)
    as_tuple: bool = False  # whether the gradients come in a tuple

    def variables_at_entry(self) -> list[Var]:
        """The variables that hold arguments and parts of them."""
        found: list[Var] = []

        def look(v: Any) -> None:
            if isinstance(v, Var):
                found.append(v)
            elif isinstance(v, tuple):
                for i in v:
                    look(i)
            elif isinstance(v, TupleVal):
                look(v.items)

        look(tuple(self.initial.values()))
        found += [source for source, _ in self.lowerer.__dict__.get("entry_copies", {}).values()]
        return found

    def changes_containers(self) -> bool:
        """Whether the program changes a list, dict or object that it was given."""
        final = self.lowerer.cells
        return any(
            isinstance(k, tuple) and isinstance(k[0], int) and k in final and final[k] is not v and k[0] != self.lowerer.frames[0].id
            for k, v in self.initial.items()
        )


@dataclass(eq=False)
class Request:
    """What to lower: a function, where its names are looked up, and what is known of its arguments."""

    node: Any
    name: str
    scope: Any
    filename: str
    lines: tuple[str, ...]
    wrt: tuple[str, ...]
    arguments: dict[str, Any] | None = None  # live arguments by parameter name
    types: dict[str, Type] | None = None  # or types by parameter name
    defaults: dict[str, Any] = field(default_factory=dict)  # live defaults, for printing
    code: Any = None
    cls: Any = None
    symbols: Symbols | None = None
    static_ints: bool = False
    static_sizes: bool = False
    ratios: tuple[tuple[int, int, int], ...] = ()  # sizes of arrays that are multiples of others: the size, the factor, the other one
    any_sizes: bool = False  # whether nothing is to be taken for granted of sizes that are multiples of each other
    as_tuple: bool | None = None  # whether the gradients come in a tuple; by default if there are several
    checkpoints: bool = True  # without, marked loops and functions are like others
    block: tuple[int, int] | None = None  # elements for which a chain of elementwise operations runs at a time, and threads


def lower(request: Request) -> Program:
    """Lower a function; starts again when a container turns out to need a run-time representation."""
    registry.load()
    sites: set[Any] = set()
    recursive: set[Any] = set()
    for _ in range(60):
        try:
            program = _lower(request, sites, recursive)
            if not request.checkpoints:
                for block in (program.function.body, *(fn.body for fn in program.lowerer.outlined.values())):
                    unmark(block)
            return program
        except Outline as outline:
            recursive.update(outline.keys)
        except Unreachable:
            raise UnsupportedSyntaxError(
                f"{request.name}() calls a function that recurses without end",
                Span.of_node(request.node, request.filename, request.lines), construct="function") from None  # fmt: skip
        except Restart as restart:
            if restart.site in sites:
                raise UnsupportedSyntaxError(
                    "a container's structure changes in a way that is not supported",
                    Span.of_node(request.node, request.filename, request.lines)) from None  # fmt: skip
            sites.add(restart.site)
    raise UnsupportedSyntaxError("too many containers change their structure", Span.of_node(request.node, request.filename, request.lines))


def parameter_names(node: Any) -> list[tuple[str, str]]:
    a = node.args
    names = [(p.id, "posonly") for p in a.posonlyargs] + [(p.id, "plain") for p in a.args]
    if a.vararg is not None:
        names.append((a.vararg.id, "var"))
    names += [(p.id, "kwonly") for p in a.kwonlyargs]
    if a.kwarg is not None:
        names.append((a.kwarg.id, "kwvar"))
    return names


def _lower(request: Request, sites: set[Any], recursive: set[Any]) -> Program:
    low = Lowerer(sites, Symbols())
    low.static_ints = request.static_ints
    low.static_sizes = request.static_sizes
    low.outlined_codes.update(recursive)
    for size, factor, base in sorted(request.ratios):
        unit = low.dims.setdefault(base, low.symbols.fresh(base))
        low.dims.setdefault(size, tuple(factor * n for n in unit))
    node = request.node
    if isinstance(node, gast.AsyncFunctionDef):
        span = Span.of_node(node, request.filename, request.lines)
        raise UnsupportedSyntaxError("async functions are not supported", span, construct="async def", hint="make it a plain function")
    frame = low.new_frame_for(request) if hasattr(low, "new_frame_for") else _frame(low, request)
    frame.cls = request.cls
    low.frames.append(frame)
    low.node = node
    params: list[Param] = []
    inputs: dict[str, Any] = {}
    for name, kind in parameter_names(node):
        var = Var(name, UNKNOWN, False, True)
        wrt = name in request.wrt
        default = request.defaults.get(name)
        params.append(Param(var, default, kind))
        if request.arguments is not None:
            live = request.arguments[name]
            value = low.parameter_value(live, var, name, wrt)
        else:
            value = _typed_parameter(low, var, (request.types or {}).get(name, UNKNOWN), wrt)
        inputs[name] = value
        low.cells[(frame.id, name)] = value
    low.base_dims.update(low.dims.values())
    low.param_memo.clear()
    initial = dict(low.cells)
    low.set_flag("$skip", False)
    low.set_flag("$ret", False)
    errors: list[DifferentiationError] = low.errors
    try:
        low.check_iterators(frame, node)
        if isinstance(node, gast.Lambda):
            value = low.expr(node.body)
        else:
            low.body(node.body)
            returned = low.flag("$ret")
            if not isinstance(returned, Lit):
                def fall_off() -> None:
                    low.cells[(frame.id, "$value")] = Lit(None)

                low.branch(returned, lambda: None, fall_off)
            value = low.cells.get((frame.id, "$value"), Lit(None))
    except Poisoned:
        if not errors:
            raise
        value = Lit(None)
    except DifferentiationError as err:
        errors.append(err)
        value = Lit(None)
    errors = [e for e in errors if not isinstance(e, Poisoned)]
    errors += [error for var, error in low.stops if var.region is not None and var.region.find().stored]
    errors += [error for var, error in low.mixed if var.region is not None and var.region.stored and var.region.varied]
    errors += hidden_memory(low)
    errors += changed_copies(low)
    errors += read_too_early(low)
    if errors:
        raise combine(errors)
    _drop(low.block, {id(check) for check, a in low.apart if not a.stored})
    for block in (low.block, *(fn.body for fn in low.outlined.values() if fn.body is not None)):
        keep_what_is_asked(block)
    low.block.stmts[:0] = low.entry
    for (id_, _), v in list(low.cells.items()):
        del id_, v
    if isinstance(value, (FuncVal, Partial, Bound, ArrayMethod)):
        raise NonScalarOutputError(
            f"{request.name}() returns a function, not a number", low.span(node), construct="function",
            hint="differentiate the function that it returns")  # fmt: skip
    result = structure(low, value)
    closed = used_closed_parts(low, result)
    if closed:
        raise combine(closed)
    if any(a in low.texts and type_of(a) != STR for a in result_atoms(result) if isinstance(a, Var)):
        raise low.unsupported("a differentiated value passes through a string", node, "keep it a number")
    _write_sizes_alike(low, params)
    test_at_once(low)
    copies = _copy_stored_parameters(low, params, result)
    result = substitute_result(result, lambda a: copies.get(a, a) if isinstance(a, Var) else a)
    function = Function(request.name, params, low.block, result, span=low.span(node))
    as_tuple = len(request.wrt) > 1 if request.as_tuple is None else request.as_tuple
    return Program(function, inputs, value, request.wrt, low, initial, as_tuple)


def _drop(block: Block, checks: set[int]) -> None:
    """Leave out checks that turned out to be needless."""
    for inner in (block, *(b for s in walk(block) for b in blocks_of(s))) if checks else ():
        inner.stmts[:] = [s for s in inner.stmts if id(s) not in checks]


def _frame(low: Lowerer, request: Request) -> Frame:
    frame = low.new_frame(request.node, request.name, None, request.scope, request.filename, request.lines, request.code, request.node)
    frame.call_span = None
    return frame


def _typed_parameter(low: Lowerer, var: Var, t: Type, wrt: bool) -> Any:
    var.type = t
    var.varied = wrt and t.floating
    if isinstance(t, Obj) and t.cls is type(None):
        return Lit(None)
    if not isinstance(t, Num) and not (isinstance(t, Obj) and t.cls in (str, type(None))):
        var.region = Region(caller=False)
        low.param_vars.append(var)
    return var


def structure(low: Lowerer, value: Any) -> Any:
    """A result value as atoms, in `Struct`s where it is a tuple, list, dict or object."""
    if isinstance(value, TupleVal):
        return Struct("tuple" if value.cls is None else "named", tuple(structure(low, i) for i in value.items), cls=value.cls)
    if isinstance(value, ListVal):
        return Struct("list", tuple(structure(low, i) for i in low.items(value)))
    if isinstance(value, DictVal):
        return Struct("dict", tuple(structure(low, v) for _, v in low.items(value)), tuple(k for k, _ in low.items(value)))
    if isinstance(value, ObjVal):
        names = tuple(a for (i, a) in low.cells if i == value.id and not str(a).startswith("$"))
        return Struct("object", tuple(structure(low, low.cells[(value.id, n)]) for n in names), names, cls=value.cls, origin=value.origin)
    if is_atom(value):
        return value
    return low.atom(value)


def _write_sizes_alike(low: Lowerer, params: list[Param]) -> None:
    """Types were found one after the other; what was learned about sizes later holds for all."""
    if not low.symbols.same:
        return
    found = [p.var for p in params]
    for stmt in (s for b in bodies(low) for s in walk(b)):
        found += [*defs_of(stmt), *inner_defs_of(stmt)]
    for v in found:
        v.type = low.symbols.canonical(v.type)


def _copy_stored_parameters(low: Lowerer, params: list[Param], result: Any) -> dict[Var, Var]:
    """Memory of the caller that the program stores to is copied on entry; returns the copy of each such variable."""
    copies: dict[Var, Var] = {}
    for var in low.param_vars:
        if var.region is not None and var.region.stored:
            copy = Var(var.hint, var.type, var._varied, True, var.region)
            copies[var] = copy
    check_containers(low, copies, result)
    if not copies:
        return copies

    def sub(atom: Any) -> Any:
        return copies.get(atom, atom) if isinstance(atom, Var) else atom

    from ..ir.nodes import substitute

    entry_reads = {s.target: s for s in low.entry}
    from ..analysis.layouts import sensitive  # needs the lowerer
    in_layout = sensitive(low.block)
    for stmt in walk(low.block):
        substitute(stmt, sub)
    position = len(low.entry)
    new = []
    for var, copy in copies.items():
        new.append(Assign(copy, Op("deepcopy", (var,))))
        source = Var(var.hint, var.type, False, True, Region())
        source.varied = var.varied
        if var in entry_reads:
            entry_reads[var].target = source
        else:
            # the parameter itself keeps a region of its own: nothing is stored to it
            for p in params:
                if p.var is var:
                    p.var = source
        if isinstance(var.type, (Arr, ListT)) and var.region is not None and var.region.find() in in_layout:
            fn = Ref(runtime.copy_in_layout, "copy_in_layout", runtime.copy_in_layout, "s2sad.runtime")
            new[-1].op = Op("call", (source,), fn=fn)
        else:
            new[-1].op = Op("copy" if isinstance(var.type, Arr) else "deepcopy", (source,))
        copy.region = var.region
        copies[var] = copy
        low.__dict__.setdefault("entry_copies", {})[var] = (source, copy)
    low.block.stmts[position:position] = new
    return copies


__all__ = ["Arr", "Block", "DifferentiationErrors", "Lowered", "Lowerer", "Program", "Request", "Store", "attribute_names", "lower", "np"]
