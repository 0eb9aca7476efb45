"""A function of a file that is read and not run: what its text says of its decorators, its receiver and its defaults."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path
from typing import Any

import gast

from .errors import DifferentiationError, NameResolutionError, UnknownWrtError, UnsupportedSyntaxError
from .frontend.lowerer import parameter_names
from .frontend.mutations import STATE, keeps_state
from .frontend.scope import LITERAL, RUN_IT, StaticScope
from .frontend.source import FunctionSource, StaticModule
from .ir.nodes import Lit, Ref

RECEIVERS = ("self", "cls")


class _Place:
    """Stands in for the lowerer where a scope reports an error about a part of a function's `def` line."""

    def __init__(self, source: FunctionSource, node: Any) -> None:
        self.source, self.node = source, node

    def error(self, cls: type[DifferentiationError], message: str, node: Any = None, hint: str = "") -> DifferentiationError:
        return cls(message, self.source.span(node if node is not None else self.node), hint=hint)

    def embed(self, obj: Any, name: str, module: str | None = None, captured: bool = False) -> Any:
        return Ref(obj, name, obj, module)


def read_function(path: str | Path, name: str, standalone: bool) -> tuple[FunctionSource, StaticScope]:
    """The function of that name and the scope of its file; refused if the text does not tell what the name stands for."""
    module = StaticModule(path)
    if name not in module.functions:
        raise UnknownWrtError(f"there is no function {name!r} in {path}", hint=_known(module, name))
    found = module.functions[name]
    scope = StaticScope(module, path, standalone=standalone)
    place = _Place(found, found.node)
    scope.check(name.split(".")[0], place)
    if name in module.rebound:
        raise place.error(NameResolutionError, f"{name} is defined more than once", None, RUN_IT)
    decorator = scope.unknown_decorator(found)
    if decorator is not None:
        message = f"what the decorator makes of {found.name}() is not known from the text"
        raise place.error(UnsupportedSyntaxError, message, decorator, RUN_IT)
    return found, scope


def _known(module: StaticModule, name: str) -> str:
    methods = [known for known in module.functions if known.startswith(f"{name}.") and "<locals>" not in known]
    if methods:
        return f"{name} is a class; its methods: {', '.join(methods)}"
    known = [known for known in module.functions if "<locals>" not in known]
    return f"functions: {', '.join(known)}" if known else "the file defines no function"


def is_bound_method(source: FunctionSource, scope: StaticScope) -> bool:
    """Whether the first parameter is given by the attribute access: `self` or `cls`."""
    owner = source.qualname.rpartition(".")[0]
    decorators = {scope.full_name(d) for d in getattr(source.node, "decorator_list", [])}
    return bool(owner) and not owner.endswith("<locals>") and "staticmethod" not in decorators


def check_receiver(node: Any, span: Any) -> None:
    """Refuse a method that uses the object it belongs to: only a live object tells what that holds."""
    names = [n for n, _ in parameter_names(node)]
    if not names or names[0] not in RECEIVERS:
        return
    for use in gast.walk(node):
        if isinstance(use, gast.Attribute) and isinstance(use.value, gast.Name) and use.value.id == names[0]:
            raise UnsupportedSyntaxError(
                f"what {names[0]!r} holds is not known from the text", span(use), construct="attribute",
                hint="ask from Python, with an object: s2sad.grad(object.method).source_for(...)")  # fmt: skip


# --- defaults -----------------------------------------------------------------------------------------------


def defaults_of(source: FunctionSource, scope: StaticScope) -> dict[str, Any]:
    """The default values of a function's parameters, as they are written in an emitted signature."""
    a = source.node.args
    positional = [p.id for p in (*a.posonlyargs, *a.args)]
    with_default = [*zip(positional[len(positional) - len(a.defaults) :], a.defaults), *zip([p.id for p in a.kwonlyargs], a.kw_defaults)]
    return {name: _default(d, source, scope) for name, d in with_default if d is not None}


def _default(node: Any, source: FunctionSource, scope: StaticScope) -> Any:
    place = _Place(source, node)
    try:
        value = ast.literal_eval(gast.gast_to_ast(node))
    except (ValueError, TypeError):
        pass
    else:
        if keeps_state(source.node, [node]):
            raise place.error(UnsupportedSyntaxError, STATE, None, "pass the value in")
        return Lit(value)
    head = node
    while isinstance(head, gast.Attribute):
        head = head.value
    if not isinstance(head, gast.Name):
        raise place.error(UnsupportedSyntaxError, "this default value is not known from the text", None, RUN_IT)
    return _named_default(node, head.id, place, scope)


def _named_default(node: Any, name: str, place: _Place, scope: StaticScope) -> Any:
    """A default that is a name: a literal constant, or imported from where the function is defined."""
    module = scope.module
    scope.check(name, place)
    path = ast.unparse(gast.gast_to_ast(node))
    if name in module.imports and scope.trusted(module.imports[name][0]):
        ref = scope.imported(*module.imports[name], name, place)
        value = ref.obj
        for part in path.split(".")[1:]:
            if not hasattr(value, part):
                raise place.error(NameResolutionError, f"{path} is not defined", None)
            value = getattr(value, part)
        if type(value) in (bool, int, float, str, type(None)) and path == name:
            return Ref(value, name, value, ref.module)
        return Ref(value, path, ref.obj, ref.module)
    if name not in module.places and not module.star_imports and hasattr(builtins, name) and path == name:
        return Ref(getattr(builtins, name), name, getattr(builtins, name), "builtins")
    if scope.standalone and path == name and name in module.constants:
        value = _literal(module.constants[name])
        if value is not None:
            return Lit(value[0]) if not isinstance(value[0], (list, dict, set)) else Ref(value[0], name, value[0], LITERAL)
    if scope.standalone or name not in module.places:
        raise place.error(NameResolutionError, f"the default value {path} is not known from the text alone", None, RUN_IT)
    stand_in = Named(name)
    return Ref(stand_in, path, stand_in, scope.name)


def _literal(node: ast.expr) -> tuple[Any] | None:
    try:
        return (ast.literal_eval(node),)
    except ValueError:
        return None


class Named:
    """An object of a module that is not run, known by its name only."""

    def __init__(self, name: str) -> None:
        self.__name__ = name


__all__ = ["check_receiver", "defaults_of", "is_bound_method", "read_function"]
