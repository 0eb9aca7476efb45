"""The table of derivative rules.

A rule is a template: a function whose body is parsed, never run. Its first parameter names the result, the
others are the parameters of the real function; its body assigns `<operand>_bar` from `<result>_bar`. Besides
these names a template may use `np`, `math` and the functions of `s2sad.runtime`.

Conditions in a template are of two kinds. One on the form of the call (`axis is None`, `a_min is None`) must
be decided. One that inspects an operand with a call (`np.ndim(a) == 2`, `np.isrealobj(x)`) only selects a
leaner special case: its `else` is right for every operand, so a compiler that cannot decide takes the `else`.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import linecache
import sys
import textwrap
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import gast

Memory = Literal["fresh", "view", "maybe_view"]
Kind = Literal["positional", "variadic", "keyword"]
Template = Callable[..., Any]
Expansion = Callable[..., Any]
Options = Mapping[str, tuple[Any, ...]] | None

# Loaded on the first lookup; the second group only once the library it speaks of is imported.
_MODULES = (
    "operators", "elementwise", "scalars", "ufuncs", "reductions", "accumulations", "statistics", "shapes", "joining",
    "selection", "sampling", "polynomials", "algebra", "linalg", "fourier", "creation", "constants", "methods", "helpers",
    "helpers_arrays", "functions", "complex_numbers", "adjoint_helpers",
)  # fmt: skip
_OPTIONAL_MODULES = {
    "special": "scipy.special", "special_bessel": "scipy.special", "special_integrals": "scipy.special",
    "scipy_linalg": "scipy.linalg", "scipy_signal": "scipy.signal", "scipy_fft": "scipy.fft",
    "implicit": "scipy.optimize", "integrate": "scipy.integrate", "stats": "scipy.stats",
    "interpolate": "scipy.interpolate",
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One parameter of a template; `default` is the expression's text, None where there is no default."""

    name: str
    kind: Kind
    default: str | None = None


@dataclass(frozen=True)
class Rule:
    """A registered template and what the compiler has to know about it.

    `elementwise`: the formula broadcasts; the compiler sums it back to the operand's shape and dtype.
    `memory`: whether the primal's result is new memory, a view of the first operand, or either.
    `options`: the values that a parameter may have, of those that do not take all; any other value is refused.
    `dtype_varies`: whether the result is real or complex depending on the values of the operands.
    """

    functions: tuple[Any, ...]
    code: Template
    elementwise: bool = False
    memory: Memory = "fresh"
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, compare=False)
    dtype_varies: bool = False
    terms: frozenset[str] | None = None  # the tangents whose terms are kept; None for all

    @property
    def name(self) -> str:
        return self.code.__name__

    @property
    def filename(self) -> str:
        return self.code.__code__.co_filename

    @property
    def line(self) -> int:
        return self.code.__code__.co_firstlineno

    @functools.cached_property
    def template(self) -> gast.FunctionDef:
        """The template as a gast tree; line numbers are those of its file."""
        return _parse(self.code)

    @functools.cached_property
    def result(self) -> str:
        """The name that stands for the function's result."""
        return next(iter(inspect.signature(self.code).parameters))

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The operands, without the result."""
        kinds: dict[Any, Kind] = {
            inspect.Parameter.VAR_POSITIONAL: "variadic",
            inspect.Parameter.KEYWORD_ONLY: "keyword",
        }
        found = []
        for parameter in list(inspect.signature(self.code).parameters.values())[1:]:
            default = None if parameter.default is parameter.empty else repr(parameter.default)
            kind = kinds.get(parameter.kind, "positional")
            found.append(Parameter(parameter.name, kind, default))
        return tuple(found)

    @functools.cached_property
    def targets(self) -> frozenset[str]:
        """The operands that the template gives an adjoint."""
        stored = {
            node.id
            for node in gast.walk(self.template)
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)
        }
        return frozenset(p.name for p in self.parameters if p.name + "_bar" in stored)


_adjoints: dict[Any, Rule] = {}
_tangents: dict[Any, Rule] = {}
_linear: set[Any] = set()
_zeros: set[Any] = set()
_methods: dict[str, Any] = {}
_packing: set[str] = set()
_expansions: dict[Any, Expansion] = {}
_instances: dict[type, Expansion] = {}  # of objects that are called, by class
_always: set[Expansion] = set()
_loaded: set[str] = set()
_complete = False  # whether the rules of this package are loaded
_loading = threading.RLock()
_awaited = set(_OPTIONAL_MODULES.values())  # libraries whose rules are still to be loaded
_varying: set[Any] = set()  # functions whose reverse rules have `dtype_varies`
_generation = 0  # grows with each rule that is registered
_importing: set[int] = set()  # threads that import the files of this package
_outside: list[Any] = []  # what the user registered something for


def adjoint(
    *functions: Any, elementwise: bool = False, memory: Memory = "fresh", options: Options = None, dtype_varies: bool = False
) -> Callable[[Template], Template]:
    """Register the decorated template as the reverse rule of `functions` (None entries are skipped).

    >>> @adjoint(np.tanh, elementwise=True)
    ... def tanh(y, x):
    ...     x_bar = y_bar * (1.0 - y**2)

    A parameter of which the rule takes some values only, such as a mode, has these in `options`: `{"mode": ("full", "same")}`.
    """
    return _registrar(_adjoints, functions, elementwise, memory, options, dtype_varies)


def tangent(
    *functions: Any, elementwise: bool = False, memory: Memory = "fresh", options: Options = None, dtype_varies: bool = False
) -> Callable[[Template], Template]:
    """Register the decorated template as the forward rule of `functions`: it assigns `<result>_dot`.

    The assignment is a sum of terms, and those whose operands have no tangent are left out. Elementwise adjoint rules and
    linear functions need no forward rule of their own.

    >>> @tangent(np.dot)
    ... def dot(y, a, b):
    ...     y_dot = np.dot(a_dot, b) + np.dot(a, b_dot)
    """
    return _registrar(_tangents, functions, elementwise, memory, options, dtype_varies)


def linear(*functions: Any) -> None:
    """Declare that the results of `functions` are linear in their first operand, an array or a sequence of arrays.

    Their tangent is the same call on the operand's tangent, the other arguments as they are.
    """
    _registered(functions)
    _linear.update(function for function in functions if function is not None)


def zero_derivative(*functions: Any) -> None:
    """Declare that the results of `functions` do not vary with their operands, or only in jumps."""
    _registered(functions)
    _zeros.update(function for function in functions if function is not None)


def expansion(*functions: Any, instances: bool = False, always: bool = False) -> Callable[[Expansion], Expansion]:
    """Register how calls of `functions` are lowered: what takes a function as an argument has no template.

    The decorated function gets the lowerer, the call's function, its arguments by parameter name and the call's node, and
    returns the value of the call. With `instances`, `functions` are classes whose instances are called; with `always`, calls are
    lowered so, too, if nothing in them is differentiated.
    """

    def register(expand: Expansion) -> Expansion:
        _registered(functions)
        (_instances if instances else _expansions).update((function, expand) for function in functions if function is not None)
        if always:
            _always.add(expand)
        return expand

    return register


def expansion_of(function: Any) -> Expansion | None:
    """How a call of `function` is lowered, or None."""
    load()
    found = _expansions.get(function) if _hashable(function) else None
    if found is None and _instances and not isinstance(function, type):
        found = next((_instances[cls] for cls in type(function).__mro__ if cls in _instances), None)
    return found


def expands_calls_of(cls: Any) -> bool:
    """Whether calls of the instances of a class are known."""
    return isinstance(cls, type) and any(c in _instances for c in cls.__mro__)


def expands_always(expand: Expansion) -> bool:
    """Whether calls are lowered by `expand` even if nothing in them is differentiated."""
    return expand in _always


def expansions() -> dict[Any, Expansion]:
    """How calls of functions are lowered, by function."""
    load()
    return dict(_expansions)


def method(name: str, function: Any, packs: bool = False) -> None:
    """Declare that `x.name(...)` (or the attribute `x.name`) of an array means `function(x, ...)`.

    `packs`: several positional arguments are one tuple of `function`, as in `x.reshape(2, 3)`.
    """
    _registered((name,))
    _methods[name] = function
    if packs:
        _packing.add(name)


def adjoint_rule(function: Any) -> Rule | None:
    """The reverse rule of `function`, or None."""
    return _lookup(_adjoints, function)


def tangent_rule(function: Any) -> Rule | None:
    """The forward rule of `function`, or None."""
    return _lookup(_tangents, function)


def dtype_varies(function: Any) -> bool:
    """Whether the result of a function that is hashable is real or complex depending on the values of its operands."""
    return function in _varying


def is_linear(function: Any) -> bool:
    """Whether the result of `function` is linear in its first operand."""
    load()
    return _hashable(function) and function in _linear


def is_zero(function: Any) -> bool:
    """Whether the result of `function` is never active."""
    load()
    return _hashable(function) and function in _zeros and function not in _adjoints


def method_function(name: str) -> Any | None:
    """The function that an array's method or attribute `name` stands for, or None."""
    load()
    return _methods.get(name)


def packs_arguments(name: str) -> bool:
    """Whether several positional arguments of the method `name` are one tuple of its function."""
    load()
    return name in _packing


def adjoint_rules() -> dict[Any, Rule]:
    """All reverse rules by function."""
    load()
    return dict(_adjoints)


def generation() -> int:
    """A number that is another one after a rule has been registered."""
    load()
    return _generation


def registered_outside() -> list[Any]:
    """The functions that others than this package have registered rules or derivatives for, and names of methods."""
    return _outside


def _registered(functions: tuple[Any, ...]) -> None:
    global _generation
    _generation += 1
    if threading.get_ident() not in _importing:
        _outside.extend(function for function in functions if function is not None)


def zero_functions() -> frozenset[Any]:
    """All functions declared to have no derivative."""
    load()
    return frozenset(_zeros)


def libraries_with_rules() -> tuple[str, ...]:
    """The libraries whose rules are loaded once they are imported."""
    return tuple(dict.fromkeys(_OPTIONAL_MODULES.values()))


def load() -> None:
    """Import the rule files that are due: those of the package, and those of libraries imported so far."""
    if _complete and sys.modules.keys().isdisjoint(_awaited):
        return
    with _loading:
        _load_due()


def _load_due() -> None:
    global _complete
    libraries = {library for library in _awaited if library in sys.modules}
    due = [*_MODULES, *(file for file, library in _OPTIONAL_MODULES.items() if library in libraries)]
    thread = threading.get_ident()
    outermost = thread not in _importing
    _importing.add(thread)
    try:
        for file in due:
            if file not in _loaded:
                _loaded.add(file)
                importlib.import_module("s2sad.rules." + file)
    finally:
        if outermost:
            _importing.discard(thread)
    if outermost:
        _complete = True
        _awaited.difference_update(libraries)


def imported_libraries() -> list[str]:
    """The libraries that are imported and that have rules of their own."""
    return sorted({library for library in _OPTIONAL_MODULES.values() if library in sys.modules})


def _registrar(
    table: dict[Any, Rule], functions: tuple[Any, ...], elementwise: bool, memory: Memory, options: Options, dtype_varies: bool
) -> Callable[[Template], Template]:
    known = tuple(function for function in functions if function is not None)

    def register(template: Template) -> Template:
        _registered(known)
        if (template.__module__ or "").partition(".")[0] != "s2sad":
            load()  # so that a user's rule comes after, and replaces, the built-in one
        rule = Rule(known, template, elementwise, memory, options=options or {}, dtype_varies=dtype_varies)
        for function in known:
            table[function] = rule
        if table is _adjoints:
            (_varying.update if dtype_varies else _varying.difference_update)(known)
        return template

    return register


def _lookup(table: dict[Any, Rule], function: Any) -> Rule | None:
    load()
    return table.get(function) if _hashable(function) else None


def _hashable(function: Any) -> bool:
    try:
        hash(function)
    except TypeError:
        return False
    return True


def _parse(code: Template) -> gast.FunctionDef:
    """The tree of a template, found by name and line in its file if it does not bring its text."""
    if (made := getattr(code, "__s2sad_template__", None)) is not None:
        return gast.parse(made).body[0]
    filename, line = code.__code__.co_filename, code.__code__.co_firstlineno
    for node in ast.walk(_file_tree(filename, "".join(linecache.getlines(filename)))):
        if isinstance(node, ast.FunctionDef) and node.name == code.__name__:
            if line in (node.lineno, *(d.lineno for d in node.decorator_list)):
                return gast.ast_to_gast(node)
    text = textwrap.dedent(inspect.getsource(code))
    return gast.parse(text).body[0]


@functools.cache
def _file_tree(filename: str, text: str) -> ast.Module:
    return ast.parse(text, filename)
