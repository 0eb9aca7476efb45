"""Callables made ready for differentiation: their tree, their scope and how arguments bind."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from .errors import UnknownWrtError
from .frontend.lowerer import parameter_names
from .frontend.scope import LiveScope
from .frontend.source import FunctionSource, function_source
from .ir.nodes import Lit, Ref
from .rules import registry
from .variants import function_state, has_state

Wrt = int | str | tuple[int | str, ...]


class Target:
    """A callable made ready for differentiation: its tree, its scope and how its arguments bind."""

    def __init__(self, f: Callable[..., Any]) -> None:
        f = getattr(f, "__dict__", {}).get("__s2sad_function__", f)
        if not callable(f):
            raise TypeError(f"a function is needed, not {f!r:.60}")
        self.f: Any = f
        self.name = getattr(f, "__name__", type(f).__name__)
        self.prefix: tuple[Any, ...] = ()
        if isinstance(f, types.MethodType):
            self.prefix = (f.__self__,)
            f = f.__func__
        elif (type(f).__module__ or "").startswith("s2sad."):  # a derivative, of a method perhaps
            self.prefix = getattr(f, "_prefix", ())
        self.plain = isinstance(f, types.FunctionType) and not hasattr(f, "__wrapped__")  # followed into its own text
        if self.plain:
            self.scope: Any = LiveScope(f)  # type: ignore[arg-type]
            self.code: Any = f.__code__
            self.state = function_state(f)  # type: ignore[arg-type]
            self.signature = inspect.signature(f)
        else:
            self._synthesise(f)
        self.names = [n for n, _ in parameter_names(self.node)] if not self.plain or f.__dict__ else list(self.signature.parameters)
        if not self.plain and self.name == "<lambda>":
            self.name = "f"

    @property
    def function(self) -> types.FunctionType | None:
        """The function whose text is followed, that of a method; None for partials, callable objects and the like."""
        f: Any = self.f
        return getattr(f, "__func__", f) if self.plain else None

    def guards(self, lowered: dict[Any, Any], names: dict[str, Any]) -> dict[Any, Any]:
        """What has to stay as it is for what was compiled: what was found while lowering, the function, and what the derivatives
        take for granted that the emitted text names.
        """
        found = dict(lowered)
        if self.function is not None:
            found["function", id(self.function)] = (self.function, self.state)
        for obj in (self.function, *names.values()):
            found.update(guards_of(obj))
        return found

    def changed(self) -> bool:
        """Whether the function has got other code or default values since."""
        f: Any = self.function
        return f is not None and not has_state(f, *self.state)

    @functools.cached_property
    def source(self) -> FunctionSource:
        """The function's text, which is looked for when something has to be compiled."""
        return function_source(self.f)

    @property
    def node(self) -> Any:
        return self.source.node

    @property
    def filename(self) -> str:
        return self.source.filename

    @property
    def lines(self) -> tuple[str, ...]:
        return self.source.lines

    @property
    def cls(self) -> Any:
        """The class that a method belongs to, as far as it is known."""
        if not self.plain:
            return None
        f = getattr(self.f, "__func__", self.f)
        if "__class__" in f.__code__.co_freevars and f.__closure__:
            return f.__closure__[f.__code__.co_freevars.index("__class__")].cell_contents
        return self.source.defining_class

    def _synthesise(self, f: Any) -> None:
        """A small function that calls `f`: for partials, callable objects, wrapped and builtin functions."""
        try:
            signature = inspect.signature(f)
        except (TypeError, ValueError):
            count = getattr(f, "nin", 1)
            letters = [inspect.Parameter(f"x{i + 1}" if count > 1 else "x", inspect.Parameter.POSITIONAL_OR_KEYWORD) for i in range(count)]
            signature = inspect.Signature(letters)
        rule, left_out = registry.adjoint_rule(f), False
        if rule is not None or isinstance(f, (np.ufunc, types.BuiltinFunctionType)):
            # Of a function of NumPy's, the parameters that its rule knows and that can be left out.
            known = {p.name for p in rule.parameters} if rule is not None else set()
            keep = [
                p for p in signature.parameters.values()
                if p.default is p.empty or p.name in known and (p.default is None or type(p.default) in (bool, int, float, str))
            ]  # fmt: skip
            left_out = len(keep) < len(signature.parameters)
            signature = inspect.Signature(keep)
        self.signature = signature
        names, call, defaults = [], [], []
        for p in signature.parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                names.append(f"*{p.name}")
                call.append(f"*{p.name}")
            elif p.kind is p.VAR_KEYWORD:
                names.append(f"**{p.name}")
                call.append(f"**{p.name}")
            elif p.kind is p.KEYWORD_ONLY:
                if not any(n.startswith("*") for n in names):
                    names.append("*")
                names.append(p.name if p.default is p.empty else f"{p.name}=None")
                call.append(f"{p.name}={p.name}")
            else:
                names.append(p.name if p.default is p.empty else f"{p.name}=None")
                named = left_out and p.default is not p.empty and p.kind is p.POSITIONAL_OR_KEYWORD  # its place may be another one
                call.append(f"{p.name}={p.name}" if named else p.name)
                defaults.append(p.default)
        del call[: len(self.prefix)]  # which what is called has already
        name = self.name if self.name.isidentifier() else "f"
        text = f"def {name}({', '.join(names)}):\n    return {name}({', '.join(call)})\n"
        lines = tuple(text.splitlines())
        self.source = FunctionSource(gast.parse(text).body[0], name, name, f"<{name}>", 1, lines, text)
        self.scope = _CallScope(f, name)
        self.code = f

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def defaults(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for p in self.signature.parameters.values():
            if p.default is not p.empty:
                found[p.name] = printable(p.default, p.name, self.f)
        return found

    def wrt_names(self, wrt: Wrt) -> tuple[str, ...]:
        """Parameter names; raises UnknownWrtError for what is no parameter."""
        given = wrt if isinstance(wrt, tuple) else (wrt,)
        names = self.names[len(self.prefix) :]
        if not given:
            raise UnknownWrtError(f"wrt is empty; {self.name}() has the parameters {', '.join(names)}")
        if not names:
            raise UnknownWrtError(f"{self.name}() has no parameter to differentiate with respect to")
        found = []
        for w in given:
            if isinstance(w, (int, np.integer)) and not isinstance(w, bool):
                if not -len(names) <= w < len(names):
                    raise UnknownWrtError(f"wrt={w}, but {self.name}() has {len(names)} parameters", hint=f"parameters: {', '.join(names)}")
                found.append(names[int(w)])
            elif isinstance(w, str) and w in self.names:
                found.append(w)
            else:
                raise UnknownWrtError(f"wrt={w!r} is not a parameter of {self.name}()", hint=f"parameters: {', '.join(names)}")
        if len(set(found)) != len(found):
            raise UnknownWrtError(f"wrt names {found} more than once")
        return tuple(found)


def guards_of(function: Any) -> dict[Any, Any]:
    """What an emitted function takes for granted, by which another one was made; nothing of other objects."""
    found: dict[Any, Any] = getattr(function, "__dict__", {}).get("__s2sad_guards__", {})
    return found


class _CallScope:
    """The scope of a synthesised function: one name."""

    def __init__(self, f: Any, name: str) -> None:
        self.f, self.name = f, name

    def lookup(self, name: str, lowerer: Any) -> Any:
        return Ref(self.f, name, self.f, getattr(self.f, "__module__", None)) if name == self.name else None

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        return None


def printable(value: Any, name: str, f: Any) -> Any:
    """A default value as it is written in an emitted signature."""
    if value is None or isinstance(value, (bool, int, float, str)) and type(value) in (bool, int, float, str):
        return Lit(value)
    if isinstance(value, tuple) and all(type(v) in (bool, int, float, str, type(None)) for v in value):
        return Lit(value)
    return Ref(value, f"default_{name}", value, getattr(f, "__module__", None))


__all__ = ["Wrt", "Target", "printable"]
