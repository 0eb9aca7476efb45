"""The pipeline on one screen: lower, differentiate, optimise, emit."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from .autodiff.calls import distinct, invoked, parts_of, steps_in
from .autodiff.companions import NeedsCompanions, NoCompanions, Plan
from .autodiff.forward import Forward, Part
from .autodiff.reverse import Reverse
from .autodiff.surgery import without_blocks
from .autodiff.vector import Vectorised
from .backend.bindings import Bindings
from .backend.emit import Emitter
from .backend.generated import generated_definitions
from .backend.load import helper_sources, imports, written_out
from .backend.printer import Comment, to_source
from .compiled.kernels import Report
from .compiled.pipeline import definitions
from .frontend.lowerer import Program, Request, lower
from .ir.clone import flatten
from .ir.nodes import Function, Lit, Param, Struct
from .optimize.axes import broadcast_axes
from .optimize.blocks import strip_mine
from .optimize.branches import sink_into_branches
from .optimize.bundles import bundle_tapes
from .optimize.common import share_before_differentiation, share_expressions
from .optimize.copies import elide_copies
from .optimize.dead import drop_dead
from .optimize.factors import cancel_factors
from .optimize.firsts import store_first
from .optimize.fuse import fuse_sweeps
from .optimize.hoist import hoist_from_primal, hoist_invariants
from .optimize.kept import load_what_is_kept
from .optimize.merge import merge_branches
from .optimize.order import reorder
from .optimize.recompute import recompute_numbers
from .optimize.reductions import reduce_first
from .optimize.restores import drop_restores
from .optimize.rows import look_at_rows
from .optimize.saved import save_results
from .optimize.shapes import save_no_shapes
from .optimize.share import share_loads
from .optimize.simplify import propagate_copies
from .optimize.states import drop_states
from .optimize.stores import accumulate_in_place, join_stores
from .optimize.sums import tidy_sums
from .optimize.sunk import save_in_branches
from .optimize.tapes import iterate_tapes
from .optimize.undone import drop_undone

Pass = Callable[[Function], Function]


@dataclass
class Compiled:
    """An emitted function: its definition, the names it needs, and what it was made from."""

    definition: str
    name: str
    bindings: Bindings
    program: Program
    function: Function
    report: Report | None = None  # of the loops, where some may be compiled
    ratios: tuple[tuple[int, int, int], ...] = ()  # what it takes for granted of sizes (see `Request`)

    @property
    def text(self) -> str:
        """The definition behind the imports it needs."""
        header = to_source(ast.Module(imports(self.bindings), []))
        return f"{header}\n\n{self.definition}" if header else self.definition

    @property
    def standalone(self) -> str:
        """A module that needs only NumPy."""
        needed, helpers = helper_sources(self.bindings)
        lines = {*to_source(ast.Module(imports(self.bindings, standalone=True), [])).splitlines(), *needed}
        header = "\n".join(sorted(lines, key=lambda line: (line.startswith("from"), line)))
        constants = "\n".join(written_out(self.bindings))
        for name, obj in self.bindings.names.items():  # a helper under another name, as a parameter has its own
            if (self.bindings.modules.get(name) or "").startswith("s2sad.runtime") and obj.__name__ != name:
                helpers.append(f"{name} = {obj.__name__}\n")
        return "\n\n".join([*(f"{part}\n" for part in (header, constants) if part), *helpers, self.definition])


# Every pass can be left out: none of them decides what is right. Those of FIRST run before differentiation.
FIRST: dict[str, Pass] = {
    "repeats": share_before_differentiation,
    "invariants": hoist_from_primal,
}
ROUND: dict[str, Pass] = {
    "copies": propagate_copies,
    "restores": drop_restores,
    "undone": drop_undone,
    "dead": drop_dead,
    "merge": merge_branches,
    "branches": sink_into_branches,
    "elide": elide_copies,
    "share": share_loads,
    "axes": broadcast_axes,
    "reductions": reduce_first,
    "factors": cancel_factors,
    "sums": tidy_sums,
    "stores": join_stores,
    "order": reorder,
    "fuse": fuse_sweeps,
    "shapes": save_no_shapes,
}
LAST: dict[str, Pass] = {
    "kept": load_what_is_kept,
    "saved": save_results,
    "recompute": recompute_numbers,
    "sunk": save_in_branches,
    "hoist": hoist_invariants,
    "common": share_expressions,
    "in_place": accumulate_in_place,
    "firsts": store_first,
    "rows": look_at_rows,
    "copies": propagate_copies,
    "elide": elide_copies,
    "tapes": iterate_tapes,
    "states": drop_states,
    "dead": drop_dead,
}
PASSES = frozenset(FIRST) | frozenset(ROUND) | frozenset(LAST)


def optimise(function: Function, skip: frozenset[str] = frozenset()) -> Function:
    """The same program in fewer and plainer statements; `skip` names passes to leave out."""
    flatten(function.body)
    for name, run in [*ROUND.items(), *ROUND.items(), *LAST.items()]:
        if name not in skip:
            function = run(function)
    return function


def compile_gradient(
    request: Request, value: bool = False, seed: str = "scalar", optimised: bool = True, skip: frozenset[str] = frozenset(),
    careful: bool = False, check: bool = False, backend: str = "numpy",
) -> Compiled:  # fmt: skip
    """Emit the gradient of the requested function. `skip` names passes of `PASSES` to leave out.

    With the backend "numba", loops and what is around them are functions that Numba compiles; with "auto", only what takes long.

    With `careful`, the emitted code asks NumPy whether it made a view or a copy, where only strides tell; with `check`, it
    makes sure that the reverse sweep restores all memory.
    """
    plan = Plan(careful=careful, check=check)
    program, function = reversed_program(request, value, seed, optimised, skip, plan)
    name = program.function.name
    stem = name if name.isidentifier() else "f"
    function.name = f"{stem}_vjp" if seed != "scalar" else f"{stem}_value_and_grad" if value else f"{stem}_grad"
    function.doc = docstring(name, request.wrt, value, seed)

    def improve_parts(f: Function) -> Function:
        # the body is cut into two functions: nothing may move across the cut
        return optimise(f, skip | {"merge", "branches", "order", "fuse", "hoist"}) if optimised else f

    if optimised:
        function = optimise(function, skip)
    if optimised and request.block is not None:
        function = strip_mine(function, *request.block)
    taken = {function.name, *(p.var.hint for p in function.params)}
    parts = parts_of(function, program, improve_parts, taken)
    steps = steps_in([*parts, function], lambda f: optimise(f, skip) if optimised else f, taken)
    return emit([*parts, *steps, function], program, flat=not optimised, backend=backend)


def reversed_program(
    request: Request, value: bool, seed: str, optimised: bool, skip: frozenset[str], plan: Plan
) -> tuple[Program, Function]:
    """The lowered program and its gradient; again with companions for memory that turns out to need them."""
    last = 0
    while True:
        program = prepared(request, optimised, skip)
        try:
            return program, Reverse(program, plan).run(seed, value)
        except NeedsCompanions as needs:
            plan, last = plan.after(needs), needs.number
        except NoCompanions:
            plan = plan.without(last)


def compile_tangent(
    request: Request, optimised: bool = True, skip: frozenset[str] = frozenset(), batch: bool = False,
    backend: str = "numpy",
) -> Compiled:
    """Emit the function that returns value and tangent; the tangents of the parameters in `wrt` are keyword arguments.

    With `batch`, tangents have an axis of directions in front.
    """
    program = prepared(request, optimised, skip)
    without_blocks(program.function)
    name = program.function.name
    forward = Vectorised(program) if batch else Forward(program)
    function = forward.run()
    function.name = f"{name if name.isidentifier() else 'f'}_{'jvps' if batch else 'jvp'}"
    subject = name if name.isidentifier() else "the function"
    function.doc = f"Value of {subject} and its tangent{'s' if batch else ''} along those of {listed(request.wrt)}."
    functions = [*name_parts(forward.parts, {function.name, *(p.var.hint for p in function.params)}), function]
    if optimised:
        functions = [optimise(f, skip) for f in functions]
    return emit(functions, program, flat=not optimised, backend=backend)


def name_parts(parts: list[Part], taken: set[str]) -> list[Function]:
    """The tangent parts of recursive functions, under names that are not taken."""
    for fn, part in parts:
        fn.names["tangent"] = next(n for i in count() if (n := f"{fn.name}_jvp_{i}" if i else f"{fn.name}_jvp") not in taken)
        taken.add(fn.names["tangent"])
        part.name = fn.names["tangent"]
        distinct([p.var for p in part.params])
    return [part for _, part in parts]


def prepared(request: Request, optimised: bool, skip: frozenset[str]) -> Program:
    """The lowered program without what reaches no result."""
    program = lower(request)
    if optimised and "copies" not in skip:
        propagate_copies(program.function)
    if optimised and "dead" not in skip:
        # what reaches no result has no adjoint: not even one of zeros, which times infinity would be a NaN
        drop_dead(program.function, keep=program.variables_at_entry())
    for name, run in FIRST.items():
        if optimised and name not in skip:
            run(program.function)
    return program


def listed(wrt: tuple[str, ...]) -> str:
    return " and ".join([", ".join(wrt[:-1]), wrt[-1]] if len(wrt) > 1 else wrt)


def docstring(name: str, wrt: tuple[str, ...], value: bool, seed: str) -> str:
    """One line that says what the emitted function returns."""
    subject = name if name.isidentifier() else "the function"
    respect = listed(wrt)
    if seed != "scalar":
        what = f"Value of {subject} and its adjoint" if value else f"Adjoint of {subject}"
    else:
        what = f"Value of {subject} and its gradient" if value else f"Gradient of {subject}"
    return f"{what} with respect to {respect}."


def emit(functions: list[Function], program: Program, flat: bool = False, backend: str = "numpy") -> Compiled:
    """The text of some functions, the last of which is the one that is asked for."""
    for f in functions:
        flatten(f.body)
        if not flat and backend == "numpy":
            bundle_tapes(f)
    bindings = Bindings()
    bindings.reserved = {f.name for f in functions}
    main = functions[-1]
    report = None
    if backend == "numpy" or flat:
        body: list[ast.stmt] = [Emitter(f, bindings, flat).definition() for f in functions]
    else:
        body, report = definitions(functions, program.function.name, bindings, auto=backend == "auto")
    body = [*generated_definitions(bindings), *body]
    return Compiled(to_source(ast.Module(body, [])), main.name, bindings, program, main, report)


def elementary(request: Request) -> Compiled:
    """The elementary form of the requested function."""
    program = lower(request)
    without_blocks(program.function)
    functions: list[Function] = []
    if not program.function.name.isidentifier():  # a lambda
        program.function.name = "f"
    taken = {program.function.name}
    for fn in invoked(program.function):
        name = next(n for i in count() if (n := f"{fn.name}_{i}" if i else fn.name) not in taken)
        taken.add(name)
        fn.names["forward"] = name
        result = Struct("tuple", (*fn.results, Lit(None)))
        functions.append(Function(name, [Param(p) for p in fn.params], fn.body, result))
    return emit([*functions, program.function], program, flat=True)


__all__ = ["Comment", "Compiled", "compile_gradient", "elementary", "optimise"]
