"""Local functions as functions of their own: what they capture becomes arguments.

A solver is given a function, and calls it when the emitted code runs. A function defined while lowering exists at compile
time only, so its text is written into the emitted module:

    k = 2.0 * x                                    def residual(t, k):
    brentq(lambda t: t**3 - k, 0.0, 9.0)               return t**3 - k
                                                   brentq(residual, 0.0, 9.0, (k,))
"""

from __future__ import annotations

import ast
import hashlib
import linecache
import symtable
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gast

from ..ir.nodes import Lit, Ref, Var
from .facts import declared
from .scope import LiveScope
from .values import FuncVal, ListVal, TupleVal, is_atom

GENERATED = "s2sad.lifted"


@dataclass(frozen=True)
class Lifted:
    """A function that emitted code can name, and the values that it takes behind the arguments of its caller."""

    ref: Ref
    captured: tuple[Any, ...]

    @property
    def function(self) -> types.FunctionType:
        function: types.FunctionType = self.ref.obj
        return function


_made: dict[Any, types.FunctionType] = {}


def lift(low: Any, value: Any, given: int, name: str, node: Any) -> Lifted:
    """The function `value`, which is called with `given` positional arguments, as one that emitted code can name."""
    if isinstance(value, Ref) and isinstance(value.obj, types.FunctionType):
        return Lifted(value, ())
    if not isinstance(value, FuncVal):
        raise low.unsupported(
            "a function that is given to a solver has to be a plain function or a lambda", node,
            "wrap it: lambda x: ..., and pass what it needs in args")  # fmt: skip
    return _Lifting(low, given, node).run(value, value.name if value.name.isidentifier() else name)


def make(text: str, name: str, space: dict[str, Any]) -> types.FunctionType:
    """The function that `text` defines, one and the same for the same text and names."""
    key = (text, name, tuple(sorted((n, id(obj)) for n, obj in space.items())))
    if key not in _made:
        if len(_made) > 1024:
            _made.clear()
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        filename = f"<s2sad {name} {digest}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        names: dict[str, Any] = {"__name__": GENERATED, **space}
        exec(compile(text, filename, "exec"), names)
        function: types.FunctionType = names[name]
        function.__s2sad_text__ = text, space  # type: ignore[attr-defined]
        _made[key] = function
    return _made[key]


class _Lifting:
    """Collects what a local function captures, other local functions included."""

    def __init__(self, low: Any, given: int, node: Any) -> None:
        self.low, self.given, self.node = low, given, node
        self.captured: dict[str, Any] = {}
        self.space: dict[str, Any] = {}
        self.inner: dict[str, FuncVal] = {}

    def run(self, value: FuncVal, name: str) -> Lifted:
        args = value.node.args
        if args.vararg is not None or args.kwarg is not None or args.kwonlyargs:
            raise self.refused("with *args or keyword parameters cannot be given to a solver", "name its parameters one by one")
        parameters = [p.id for p in (*args.posonlyargs, *args.args)]
        missing = parameters[self.given :]
        if len(missing) > len(value.defaults) or len(parameters) < self.given:
            raise self.refused(f"takes {len(parameters)} arguments, and the solver gives it {self.given}", "see args=")
        defaults = value.defaults[len(value.defaults) - len(missing) :] if missing else ()
        self.collect(value)
        extra = [n for n in self.captured if n not in parameters]
        for n, v in zip(missing, defaults):
            self.check(n, v)
        body = [line for n, f in self.inner.items() for line in _definition(f.node, n, _names(f.node.args)).splitlines()]
        own = _definition(value.node, name, [*parameters, *extra]).splitlines()
        text = "\n".join([own[0], *(f"    {line}" for line in body), *own[1:]]) + "\n"
        function = make(text, name, self.space)
        return Lifted(Ref(function, name, function, GENERATED), (*defaults, *(self.captured[n] for n in extra)))

    def collect(self, value: FuncVal) -> None:
        node = value.node
        body = node.body if isinstance(node.body, list) else []
        if declared(body, (gast.Nonlocal, gast.Global)):
            raise self.refused("assigns names outside of it", "let it return what it computes")
        for name in _free_names(node):
            found = self.resolve(value, name)
            if isinstance(found, FuncVal):
                if self.inner.get(name) is None:
                    self.inner[name] = found
                    self.collect(found)
                elif self.inner[name] is not found:
                    raise self.refused(f"captures two functions called {name!r}", "rename one")
            elif found is not None:
                self.check(name, found)
                if isinstance(found, Ref) and not _is_data(found):
                    self.place(name, found.obj)
                elif name in self.captured and self.captured[name] is not found:
                    raise self.refused(f"captures two values called {name!r}", "rename one")
                else:
                    self.captured[name] = found
        stored = set(_stored_names(node)) & set(self.captured)
        if stored:
            raise self.refused(f"changes {stored.pop()!r}, which it captures", "let it return what it computes")

    def resolve(self, value: FuncVal, name: str) -> Any:
        """What a free name of a local function stands for; None for a builtin."""
        frame = value.frame
        scope = frame.scope
        while frame is not None:
            if (frame.id, name) in self.low.cells:
                return self.low.cells[(frame.id, name)]
            frame = frame.parent
        if not isinstance(scope, LiveScope):
            raise self.refused(f"uses {name!r}, which is not known before the module runs", "use --import to run the module")
        found = scope.lookup(name, self.low)
        if isinstance(found, Var):
            raise self.refused(f"uses the global {name!r}, which some function assigns", "pass the value in args")
        if isinstance(found, Lit) or isinstance(found, Ref) and found.module == "builtins":
            if isinstance(found, Lit):
                self.place(name, found.value)
            return None
        if isinstance(found, Ref) and _is_data(found):
            self.place(name, found.obj)
            return None
        if found is None or not isinstance(found, (Ref, TupleVal)):
            raise self.refused(f"uses {name!r}, which is not known", "pass the value in args")
        if isinstance(found, TupleVal):
            self.place(name, _live(scope, name))
            return None
        return found

    def place(self, name: str, obj: Any) -> None:
        if name in self.space and self.space[name] is not obj:
            raise self.refused(f"uses two things called {name!r}", "rename one")
        self.space[name] = obj

    def check(self, name: str, value: Any) -> None:
        plain = is_atom(value) or isinstance(value, (TupleVal, ListVal)) and not self.low.varied_value(value)
        if not plain:
            raise self.refused(f"captures {name!r}, which is no number or array", f"take the numbers out of {name!r} before")

    def refused(self, what: str, hint: str) -> Exception:
        error: Exception = self.low.unsupported(f"the function that is given to a solver {what}", self.node, hint)
        return error


def _live(scope: LiveScope, name: str) -> Any:
    return scope.closure[name].cell_contents if name in scope.closure else scope.function.__globals__[name]


def _is_data(ref: Ref) -> bool:
    return not isinstance(ref.obj, types.ModuleType) and not callable(ref.obj)


def _names(args: Any) -> list[str]:
    return [p.id for p in (*args.posonlyargs, *args.args)]


def _definition(node: Any, name: str, parameters: list[str]) -> str:
    """The text of a local function as a `def` with these parameters."""
    from ..backend.printer import to_source

    plain = gast.gast_to_ast(node)
    body = plain.body if isinstance(plain.body, list) else [ast.Return(plain.body)]
    arguments = ast.arguments([], [ast.arg(p) for p in parameters], None, [], [], None, [])
    args = plain.args
    if isinstance(node, gast.FunctionDef) and len(parameters) == len(_names(node.args)):
        arguments.defaults = args.defaults
    definition = ast.FunctionDef(name, arguments, body, [], None)
    return to_source(ast.fix_missing_locations(ast.Module([definition], []))).strip("\n") + "\n"


def _free_names(node: Any) -> list[str]:
    """The names that a function takes from outside of it, in the order of the alphabet."""
    text = _definition(node, "function", _names(node.args))

    def walk(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_global():
                yield symbol.get_name()
        for child in table.get_children():
            yield from walk(child)

    [own] = symtable.symtable(text, "<function>", "exec").get_children()
    return sorted(set(walk(own)))


def _stored_names(node: Any) -> Iterator[str]:
    """The names whose elements or attributes a function may change."""
    for n in gast.walk(node):
        if isinstance(n, (gast.Subscript, gast.Attribute)) and not isinstance(n.ctx, gast.Load):
            base = n
            while isinstance(base, (gast.Subscript, gast.Attribute)):
                base = base.value
            if isinstance(base, gast.Name):
                yield base.id
        elif isinstance(n, gast.AugAssign) and isinstance(n.target, gast.Name):
            yield n.target.id
