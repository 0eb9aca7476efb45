"""What free names mean: closures, globals and builtins of a live function, or the text of a module."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import linecache
import re
import sys
import types
from pathlib import Path
from typing import Any

from ..ir.nodes import Lit, Ref
from .source import FunctionSource, StaticModule, function_source

# modules whose import has no surprises: a static reading may import them
TRUSTED = frozenset({
    "numpy", "math", "cmath", "operator", "functools", "itertools", "typing", "dataclasses", "collections", "warnings",
    "scipy", "__future__", "abc", "enum", "numbers", "copy", "s2sad", "contextlib", "statistics", "fractions", "decimal",
    "typing_extensions", "random", "os", "sys", "time", "re", "json", "logging", "string", "types", "textwrap",
})  # fmt: skip


_GLOBAL = re.compile(r"^[ \t]+global[ \t]+([\w, \t]+)", re.MULTILINE)


@functools.cache
def _rebound(text: str) -> frozenset[str]:
    return frozenset(n.strip() for m in _GLOBAL.finditer(text) for n in m.group(1).split(","))


def rebound_globals(filename: str) -> frozenset[str]:
    """The globals of a file that some function in it assigns: their values are not known before they are read."""
    return _rebound("".join(linecache.getlines(filename)))


class StaticFunction:
    """A function of a module that is read, not run."""

    def __init__(self, source: FunctionSource, scope: StaticScope) -> None:
        self.source = source
        self.scope = scope
        self.__name__ = source.name


class StaticClass:
    """A class of a module that is read, not run."""

    def __init__(self, name: str) -> None:
        self.__name__ = name


class LiveScope:
    """Names of a function object."""

    def __init__(self, function: types.FunctionType) -> None:
        self.function = function
        code = function.__code__
        self.closure = dict(zip(code.co_freevars, function.__closure__ or ()))

    def lookup(self, name: str, lowerer: Any) -> Any:
        if name == "__class__" and name in self.closure:
            return Ref(self.closure[name].cell_contents, name, self.closure[name].cell_contents)
        if name in self.closure:
            try:
                obj = self.closure[name].cell_contents
            except ValueError:
                return None
            lowerer.guard(("cell", id(self.closure[name])), self.closure[name], obj)
            return lowerer.embed(obj, name, captured=True)
        space = self.function.__globals__
        if name in space:
            if name in rebound_globals(self.function.__code__.co_filename):
                return lowerer.global_now(space, name)
            lowerer.guard(("global", id(space), name), (space, name), space[name])
            return lowerer.embed(space[name], name, module=space.get("__name__"))
        inner = space.get("__builtins__", builtins)
        inner = inner if isinstance(inner, dict) else vars(inner)
        if name in inner:
            return Ref(inner[name], name, inner[name], "builtins")
        return None

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        if level:
            package = self.function.__globals__.get("__package__") or ""
            full = name = importlib.util.resolve_name("." * level + name, package)  # type: ignore[attr-defined]
        if full in sys.modules or full.split(".")[0] in TRUSTED or full.split(".")[0] in sys.modules:
            try:
                importlib.import_module(full)
            except ImportError:
                return None
            return sys.modules.get(name)
        return None


class StaticScope:
    """Names of a module's text."""

    def __init__(self, module: StaticModule, path: str | Path) -> None:
        self.module = module
        self.path = Path(path)
        self._functions: dict[str, StaticFunction] = {}
        self._constants: dict[str, Any] = {}
        self._modules: dict[str, Any] = {}

    def lookup(self, name: str, lowerer: Any) -> Any:
        module = self.module
        if name in module.imports:
            target, attribute = module.imports[name]
            if target.startswith("."):
                return self.sibling(target, attribute, name, lowerer)
            if target.split(".")[0] not in TRUSTED:
                return self.sibling(target, attribute, name, lowerer)
            try:
                obj = importlib.import_module(target)
                if attribute is not None:
                    obj = getattr(obj, attribute) if hasattr(obj, attribute) else importlib.import_module(f"{target}.{attribute}")
            except (ImportError, AttributeError):
                return None
            return lowerer.embed(obj, name, module=target if attribute is not None else None)
        if name in module.functions:
            if name not in self._functions:
                self._functions[name] = StaticFunction(module.functions[name], self)
            return Ref(self._functions[name], name, self._functions[name], self.path.stem)
        if name in module.constants:
            try:
                if name not in self._constants:  # one object for one name
                    self._constants[name] = ast.literal_eval(module.constants[name])
                value = self._constants[name]
            except ValueError:
                return lowerer.static_constant(module.constants[name], name, self)
            if isinstance(value, (float, complex)):
                return lowerer.embed(value, name, module=self.path.stem)
            return lowerer.embed(value, name, module=self.path.stem)
        if name in module.classes:
            cls = StaticClass(name)
            return Ref(cls, name, cls, self.path.stem)
        if hasattr(builtins, name):
            return Ref(getattr(builtins, name), name, getattr(builtins, name), "builtins")
        return None

    def sibling(self, target: str, attribute: str | None, name: str, lowerer: Any) -> Any:
        """A module beside this one, found by its file name and read as text."""
        level = len(target) - len(target.lstrip("."))
        folder = self.path.parent
        for _ in range(max(level - 1, 0)):
            folder = folder.parent
        parts = target.lstrip(".").split(".") if target.lstrip(".") else []
        path = folder.joinpath(*parts).with_suffix(".py") if parts else folder / f"{attribute}.py"
        if not path.exists() or attribute is None:
            return None
        key = str(path)
        if key not in self._modules:
            self._modules[key] = StaticScope(StaticModule(path), path)
        return self._modules[key].lookup(attribute, lowerer)

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        if level or full.split(".")[0] not in TRUSTED:
            return None
        try:
            importlib.import_module(full)
        except ImportError:
            return None
        return sys.modules.get(name)


__all__ = ["Lit", "LiveScope", "StaticClass", "StaticFunction", "StaticScope", "function_source"]
