"""What free names mean: closures, globals and builtins of a live function, or the text of a module."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import importlib.util
import linecache
import re
import sys
import types
from pathlib import Path
from typing import Any

import gast

from ..errors import DifferentiationError, NameResolutionError
from ..ir.nodes import Lit, Ref
from ..variants import ABSENT
from .mutations import is_mutable
from .source import FunctionSource, StaticModule, function_source

# modules whose import has no surprises: a static reading may import them
TRUSTED = frozenset({
    "numpy", "math", "cmath", "operator", "functools", "itertools", "typing", "dataclasses", "collections", "warnings",
    "scipy", "__future__", "abc", "enum", "numbers", "copy", "s2sad", "contextlib", "statistics", "fractions", "decimal",
    "typing_extensions", "random", "os", "sys", "time", "re", "json", "logging", "string", "types", "textwrap",
})  # fmt: skip
PACKAGE = Path(__file__).resolve().parent.parent / "__init__.py"


# decorators that leave what a function computes alone
KEEPING = frozenset({
    "functools.lru_cache", "functools.cache", "functools.wraps", "staticmethod", "classmethod", "property", "numba.njit", "numba.jit",
    "typing.final", "typing.no_type_check", "typing.override", "typing_extensions.override", "abc.abstractmethod",
})  # fmt: skip
LITERAL = "$literal"  # the module of objects that a standalone text writes out
RUN_IT = "use --import to run the module"

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
        lowerer.guard(("global", id(space), name), (space, name), ABSENT)
        inner = space.get("__builtins__", builtins)
        inner = inner if isinstance(inner, dict) else vars(inner)
        if name in inner:
            lowerer.reads[("global", id(inner), name)] = ((inner, name), inner[name])
            return Ref(inner[name], name, inner[name], "builtins")
        return None

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        if level:
            package = self.function.__globals__.get("__package__") or ""
            full = name = importlib.util.resolve_name("." * level + name, package)
        if full in sys.modules or full.split(".")[0] in TRUSTED or full.split(".")[0] in sys.modules:
            try:
                importlib.import_module(full)
            except ImportError:
                return None
            return sys.modules.get(name)
        return None


class StaticScope:
    """Names of a module's text.

    Only what the text settles is known: a name with one binding at top level, and a literal container that nothing in the
    file changes. In a `standalone` text, literals stand in place of imports from the module.
    """

    def __init__(self, module: StaticModule, path: str | Path, name: str | None = None, standalone: bool = False) -> None:
        self.module = module
        self.path = Path(path)
        self.name = name or module_name(self.path)
        self.standalone = standalone
        self._functions: dict[str, StaticFunction] = {}
        self._constants: dict[str, Any] = {}
        self._modules: dict[str, StaticScope] = {}

    def lookup(self, name: str, lowerer: Any) -> Any:
        module = self.module
        self.check(name, lowerer)
        if name in module.imports:
            return self.imported(*module.imports[name], name, lowerer)
        if name in module.functions:
            if name not in self._functions:
                self._functions[name] = StaticFunction(module.functions[name], self)
            return Ref(self._functions[name], name, self._functions[name], self.name)
        if name in module.constants:
            return self.constant(name, lowerer)
        if name in module.classes:
            cls = StaticClass(name)
            return Ref(cls, name, cls, self.name)
        if name in module.places:
            raise self.unknown(name, lowerer)
        found = self.starred(name, lowerer)
        if found is not None:
            return found
        if hasattr(builtins, name):
            return Ref(getattr(builtins, name), name, getattr(builtins, name), "builtins")
        return None

    def check(self, name: str, lowerer: Any) -> None:
        """Refuse a name whose meaning depends on what happens when the module runs."""
        module = self.module
        line, block = module.places.get(name, (0, ""))
        if module.uses.rewrites_names and (line or module.star_imports):
            message = f"{name!r} is not known from the text alone: {self.path.name} assigns names through globals(), vars() or exec()"
            raise lowerer.error(NameResolutionError, message, None, RUN_IT)
        uncertain = name in module.rebound or block and hasattr(builtins, name)
        if uncertain or line and any(star > line and self.may_star(m, name) for m, star in zip(module.star_imports, module.star_lines)):
            raise self.unknown(name, lowerer)

    def unknown(self, name: str, lowerer: Any) -> DifferentiationError:
        line, block = self.module.places[name]
        how = {"": "it is assigned", "def": "a function assigns it"}.get(block, f"it is assigned under `{block}`")
        if name in self.module.rebound and block != "def":
            how = "it is assigned more than once, the last time"
        message = f"{name!r} is not known from the text alone: {how} in line {line} of {self.path.name}"
        return lowerer.error(NameResolutionError, message, None, RUN_IT)

    def constant(self, name: str, lowerer: Any) -> Any:
        node = self.module.constants[name]
        try:
            if name not in self._constants:  # one object for one name
                self._constants[name] = ast.literal_eval(node)
        except ValueError:
            return lowerer.static_constant(node, name, self)
        value = self._constants[name]
        if isinstance(value, (list, dict, set)) or isinstance(value, tuple) and is_mutable(node):
            self.refuse_changes(name, name, _is_nested(value), lowerer)
        return lowerer.embed(value, name, module=LITERAL if self.standalone else self.name, captured=self.standalone)

    def refuse_changes(self, name: str, local: str, nested: bool, lowerer: Any) -> None:
        """Refuse a container of the text, or of a module that it imports, that the text may change."""
        if self.module.uses.may_change(local, nested):
            message = f"{name!r} is not known from the text alone: {self.path.name} changes it, or may change it"
            raise lowerer.error(NameResolutionError, message, None, RUN_IT)

    def holds_container(self, name: str) -> bool:
        """Whether the name is a container that is written out in the text of this module."""
        node = self.module.constants.get(name)
        return node is not None and is_mutable(node)

    # --- imports -----------------------------------------------------------------------------------------------

    def imported(self, target: str, attribute: str | None, name: str, lowerer: Any) -> Any:
        """What `import target as name` or `from target import attribute as name` binds."""
        if not self.trusted(target):
            return self.sibling(target, attribute, name, lowerer)
        try:
            obj = importlib.import_module(target)
            if attribute is not None:
                obj = getattr(obj, attribute) if hasattr(obj, attribute) else importlib.import_module(f"{target}.{attribute}")
        except ImportError as err:
            raise lowerer.error(NameResolutionError, f"{name!r} cannot be imported: {err}", None, "install the module") from None
        return lowerer.embed(obj, name, module=target if attribute is not None else None)

    def trusted(self, target: str) -> bool:
        """Whether the module may be imported: a file of the program's own may have its name."""
        top = target.split(".")[0]
        if top not in TRUSTED:
            return False
        found = self.read_module(top)
        return found is None or found.path.resolve() == PACKAGE  # the file may lie beside this very package

    def sibling(self, target: str, attribute: str | None, name: str, lowerer: Any) -> Any:
        """A module beside this one, found by its file name and read as text, or what it defines under a name."""
        scope = self.read_module(target)
        if attribute is not None:
            if scope is not None and (scope.defines(attribute) or scope.path.name != "__init__.py"):
                found = scope.lookup(attribute, lowerer)
                if found is None:
                    raise lowerer.error(NameResolutionError, f"{target} does not define {attribute!r}", None)
                if scope.holds_container(attribute):
                    self.refuse_changes(attribute, name, True, lowerer)
                return found
            scope = self.read_module(f"{target}{'' if target.endswith('.') else '.'}{attribute}")
        if scope is not None and not (attribute is None and scope.path.name == "__init__.py"):
            stored, changed = self.module.uses.changed_attributes(name)
            if stored or any(scope.holds_container(a) for a in changed):
                message = f"{name!r} is not known from the text alone: {self.path.name} changes what that module holds"
                raise lowerer.error(NameResolutionError, message, None, RUN_IT)
            return Ref(scope, name, scope, scope.name)
        raise lowerer.error(NameResolutionError, *self._not_read(target, name))

    def _not_read(self, target: str, name: str) -> tuple[str, None, str]:
        top = target.split(".")[0]
        if top and self.read_module(target) is None:
            try:
                missing = importlib.util.find_spec(top) is None
            except (ImportError, ValueError):
                missing = True
            if missing:
                return f"{name!r} cannot be imported: there is no module {top!r} here", None, "install the module"
        return f"{name!r} is not known: the module {target} is read only with --import", None, RUN_IT

    def read_module(self, target: str) -> StaticScope | None:
        """The module of that name, dots in front as in an import statement, if there is a file for it."""
        level = len(target) - len(target.lstrip("."))
        folder = self.path.parent
        for _ in range(max(level - 1, 0)):
            folder = folder.parent
        if not level:  # absolute names start where the outermost package is
            while (folder / "__init__.py").is_file():
                folder = folder.parent
        parts = [part for part in target.split(".") if part]
        base = folder.joinpath(*parts)
        path = next((p for p in (base.with_suffix(".py"), base / "__init__.py") if parts and p.is_file()), None)
        if not parts and (folder / "__init__.py").is_file():
            path = folder / "__init__.py"
        if path is None or path.resolve() == self.path.resolve():
            return None
        key = str(path)
        if key not in self._modules:
            name = None if level else target
            self._modules[key] = StaticScope(StaticModule(path), path, name, self.standalone)
            self._modules[key]._modules = self._modules
        return self._modules[key]

    def defines(self, name: str) -> bool:
        module = self.module
        return name in module.places or bool(module.star_imports)

    # --- from module import * ---------------------------------------------------------------------------------

    def starred(self, name: str, lowerer: Any) -> Any:
        """What `from module import *` binds the name to; the last such import counts."""
        for target in reversed(self.module.star_imports):
            if not self.may_star(target, name):
                continue
            if self.trusted(target):
                return self.imported(target, name, name, lowerer)
            scope = self.read_module(target)
            if scope is None or scope.module.star_imports or "__all__" in scope.module.places:
                message = f"{name!r} may come from `from {target} import *`, which is read only with --import"
                raise lowerer.error(NameResolutionError, message, None, RUN_IT)
            if scope.holds_container(name):
                self.refuse_changes(name, name, True, lowerer)
            return scope.lookup(name, lowerer)
        return None

    def may_star(self, target: str, name: str) -> bool:
        """Whether `from target import *` may bind the name."""
        if self.trusted(target):
            try:
                module = importlib.import_module(target)
            except ImportError:
                return True
            public = getattr(module, "__all__", None)
            return name in public if public is not None else not name.startswith("_") and hasattr(module, name)
        scope = self.read_module(target)
        if scope is None or scope.module.star_imports or "__all__" in scope.module.places:
            return True
        return name in scope.module.places and not name.startswith("_")

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        if level or not self.trusted(full):
            return None
        try:
            importlib.import_module(full)
        except ImportError:
            return None
        return sys.modules.get(name)

    # --- decorators --------------------------------------------------------------------------------------------

    def full_name(self, node: Any) -> str:
        """The name that an expression such as `ft.lru_cache` has where it is defined, "" if it is not a name."""
        parts: list[str] = []
        while isinstance(node, gast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, gast.Name) or node.id in self.module.rebound:
            return ""
        if node.id in self.module.imports:
            target, attribute = self.module.imports[node.id]
            return ".".join([target, *([attribute] if attribute else []), *parts])
        return ".".join([node.id, *parts]) if node.id not in self.module.places else ""

    def is_checkpointed(self, source: FunctionSource) -> bool:
        """Whether a function is decorated with `s2sad.checkpoint`."""
        found = {self.full_name(node) for node in getattr(source.node, "decorator_list", [])}
        return not found.isdisjoint({"s2sad.checkpoint", "s2sad.checkpointing.checkpoint"})

    def unknown_decorator(self, source: FunctionSource) -> Any:
        """The first decorator of a function that may make another function of it, or None."""
        for node in getattr(source.node, "decorator_list", []):
            full = self.full_name(node.func if isinstance(node, gast.Call) else node)
            if full not in KEEPING and not (full.startswith("s2sad.") and full.rpartition(".")[2] != "custom_vjp"):
                return node
        return None


def module_name(path: Path) -> str:
    """The name under which a file is imported: with the packages it is in."""
    path = path.resolve()
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.stem


def _is_nested(value: Any) -> bool:
    items = [*value.keys(), *value.values()] if isinstance(value, dict) else list(value)
    return any(isinstance(item, (list, dict, set, tuple)) for item in items)


__all__ = ["Lit", "LiveScope", "StaticClass", "StaticFunction", "StaticScope", "function_source"]
