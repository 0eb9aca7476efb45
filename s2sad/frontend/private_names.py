"""Names that begin with two underscores: inside a class, Python puts the name of the class in front of them.

    class Tank:
        def fill(self, v):
            self.__level = v        # self._Tank__level

A class derived from `Tank` may have a `__level` of its own.
"""

from __future__ import annotations

from typing import Any

import gast


def with_classes(tree: Any, cls: str = "") -> Any:
    """The tree, in which private names are spelled out; done in place. `cls` is the name of the class around it."""
    if isinstance(tree, gast.ClassDef):
        outside = [*tree.bases, *tree.keywords, *tree.decorator_list]
        inner = tree.name.lstrip("_")
        tree.name = spelled(tree.name, cls)
        for node in outside:
            with_classes(node, cls)
        for node in tree.body:
            with_classes(node, inner)
        return tree
    for name, value in gast.iter_fields(tree) if cls else ():
        if name in _NAMED.get(type(tree), ()):
            if isinstance(value, str):
                setattr(tree, name, spelled(value, cls))
            elif isinstance(value, list):
                setattr(tree, name, [spelled(v, cls) for v in value])
    for node in gast.iter_child_nodes(tree):
        with_classes(node, cls)
    return tree


def spelled(name: str, cls: str) -> str:
    """A name as it is inside the class `cls`."""
    private = cls and name.startswith("__") and not name.endswith("__") and "." not in name
    return f"_{cls}{name}" if private else name


_NAMED: dict[type, tuple[str, ...]] = {
    gast.Name: ("id",), gast.Attribute: ("attr",), gast.FunctionDef: ("name",), gast.AsyncFunctionDef: ("name",), gast.keyword: ("arg",),
    gast.Global: ("names",), gast.Nonlocal: ("names",), gast.ExceptHandler: ("name",), gast.alias: ("name", "asname"),
}  # fmt: skip

__all__ = ["with_classes"]
