"""The names of known objects in an emitted text."""

from __future__ import annotations

import types
from typing import Any

from ..ir.nodes import Ref


class Bindings:
    """The names of known objects in the emitted text, and where they come from."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}  # name -> object
        self.modules: dict[str, str | None] = {}  # name -> module it is imported from
        self.originals: dict[str, str] = {}  # name -> name in that module
        self._alias: dict[tuple[str, int], str] = {}
        self.keep: list[Any] = []
        self.reserved: set[str] = set()  # names of emitted functions
        self.written: set[str] = set()  # names of functions whose definitions are part of the text
        self.taken: set[str] = set()  # names of the parameters of the function that is being printed

    def name_of(self, ref: Ref) -> str:
        first, dot, rest = ref.name.partition(".")
        head, bracket, index = first.partition("[")
        if ref.module == "builtins" or (ref.module == "$param"):
            return ref.name
        root = ref.root if ref.root is not None else ref.obj
        key = (head, id(root))
        if key not in self._alias and isinstance(root, types.ModuleType):  # a rule may call a module otherwise than the program does
            known = next((n for n, obj in self.names.items() if obj is root and n not in self.taken), None)
            if known is not None:
                self._alias[key] = known
        if self._alias.get(key, "") in self.taken or key not in self._alias:
            alias, i = head if head.isidentifier() else "function", 1
            stem = alias
            while alias in self.taken or alias in self.reserved or alias in self.names and self.names[alias] is not root:
                i += 1
                alias = f"{stem}_{i}"
            self._alias[key] = alias
            self.names[alias] = root
            self.modules[alias] = ref.module
            self.originals[alias] = stem
            self.keep.append(root)
        return self._alias[key] + bracket + index + dot + rest
