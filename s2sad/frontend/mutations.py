"""Which containers of a module's text certainly keep the contents that they are written with."""

from __future__ import annotations

import ast
import builtins
import functools
from typing import Any

import gast

# methods that change neither a list, a dict nor a set
READING = frozenset("copy count get index items keys values union intersection difference issubset issuperset".split())
_LIBRARIES = frozenset({"numpy", "math"})
_BUILTINS = frozenset(
    "len sum min max any all sorted enumerate zip range list tuple dict set frozenset reversed print str repr abs isinstance map".split()
)
_ITERATING = frozenset("zip enumerate reversed sorted list tuple map dict min max".split())
_READERS = (
    ast.For, ast.comprehension, ast.Compare, ast.BinOp, ast.UnaryOp, ast.If, ast.While, ast.IfExp, ast.Starred,
    ast.FormattedValue, ast.Expr, ast.Assert,
)  # fmt: skip


class Uses:
    """How the text of a module uses its top-level names and its functions their parameters."""

    def __init__(self, tree: ast.Module, imports: dict[str, tuple[str, str | None]]) -> None:
        self.tree = tree
        self.imports = imports
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.functions = {s.name: s for s in ast.walk(tree) if isinstance(s, ast.FunctionDef)}

    @functools.cached_property
    def _loads(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
        return found

    def may_change(self, name: str, nested: bool = True, seen: frozenset[str] = frozenset()) -> bool:
        """Whether some use of the name may change the container it stands for, or one of those in it if it is `nested`."""
        if name in seen:
            return False
        seen |= {name}
        augmented = (n.target for n in ast.walk(self.tree) if isinstance(n, ast.AugAssign))
        if any(isinstance(target, ast.Name) and target.id == name for target in augmented):
            return True
        return any(not self.reads(node, nested, seen) for node in self._loads.get(name, []))

    @functools.cached_property
    def rewrites_names(self) -> bool:
        """Whether the text assigns top-level names through `globals()`, or runs text at top level."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("globals", "vars", "locals") and not node.args and not self.reads(node, False, frozenset()):
                return True
            if node.func.id in ("exec", "eval") and not self._in_function(node):
                return True
        return False

    def _in_function(self, node: ast.AST | None) -> bool:
        while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            node = self.parents.get(node)
        return node is not None

    def changed_attributes(self, name: str) -> tuple[set[str], set[str]]:
        """Attributes of a module that the text assigns, and those whose containers it may change."""
        uses = [self.parents.get(node) for node in self._loads.get(name, [])]
        attributes = [use for use in uses if isinstance(use, ast.Attribute)]
        stored = {use.attr for use in attributes if not isinstance(use.ctx, ast.Load)}
        return stored, {use.attr for use in attributes if not self.reads(use, True, frozenset())}

    def reads(self, node: ast.AST, nested: bool, seen: frozenset[str]) -> bool:
        """Whether what surrounds an expression only reads the container that it gives."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.Subscript):
            if parent.slice is node:
                return True
            return isinstance(parent.ctx, ast.Load) and (not nested or self.reads(parent, nested, seen))
        if isinstance(parent, ast.Attribute):
            if not isinstance(parent.ctx, ast.Load) or parent.attr not in READING:
                return False
            return not nested or self.reads(self.parents[parent], nested, seen)
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):  # another name for it
            targets: list[ast.expr] = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return self._names_read(targets, nested, seen)
        if isinstance(parent, (ast.For, ast.comprehension)) and nested:
            return parent.iter is not node or self._names_read([parent.target], nested, seen)
        if isinstance(parent, ast.BoolOp) or isinstance(parent, ast.IfExp) and parent.test is not node:
            return self.reads(parent, nested, seen)
        if isinstance(parent, ast.keyword):
            parent = self.parents.get(parent)
        if isinstance(parent, ast.Call):
            if parent.func is node or not self.only_reads_arguments(parent.func):
                return parent.func is node
            iterates = isinstance(parent.func, ast.Name) and parent.func.id in _ITERATING
            return not (nested and iterates) or self.reads(parent, nested, seen)
        if isinstance(parent, ast.arguments):
            return not changes_parameters(self.parents.get(parent))
        return isinstance(parent, _READERS)

    def _names_read(self, targets: list[ast.expr], nested: bool, seen: frozenset[str]) -> bool:
        nodes = [n for t in targets for n in ast.walk(t)]
        if any(isinstance(n, (ast.Attribute, ast.Subscript)) for n in nodes):
            return False
        return not any(self.may_change(n.id, nested, seen) for n in nodes if isinstance(n, ast.Name))

    def only_reads_arguments(self, func: ast.expr) -> bool:
        """Whether a call leaves its arguments alone: a function that is known for it, or one of this file that stores to none."""
        root = func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        if isinstance(func, ast.Name) and func.id in self.functions:
            return not changes_parameters(self.functions[func.id])
        if root.id in self.imports:
            return self.imports[root.id][0].split(".")[0] in _LIBRARIES
        return func is root and root.id in _BUILTINS and hasattr(builtins, root.id)


def changes_parameters(function: Any) -> bool:
    """Whether a function changes what it is given, judged from its own text."""
    a = function.args
    names = {getattr(p, "arg", None) or getattr(p, "id", None) for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id in names:
            return True
        if isinstance(node, (ast.Subscript, ast.Attribute)) and _root(node) in names:
            if not isinstance(node.ctx, ast.Load):
                return True
            if isinstance(node, ast.Attribute) and node.attr in CHANGING:
                return True
    return False


def _root(node: Any) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


# methods of Python's containers that change them
CHANGING = frozenset(
    "append extend insert pop remove clear sort reverse update setdefault popitem add discard fill put resize "
    "__setitem__ __delitem__ __iadd__ __imul__ intersection_update difference_update symmetric_difference_update".split()
)


def is_mutable(node: ast.expr) -> bool:
    """Whether an expression makes a container that can be changed."""
    makers = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)
    return any(isinstance(n, makers) for n in ast.walk(node))


STATE = "a default value that the function may change, so that the next call finds it changed, is not supported"


def keeps_state(function: Any, defaults: list[Any]) -> bool:
    """Whether a function (of `gast`) may change one of its default values, which are made once for all calls."""
    mutable = any(d is not None and is_mutable(gast.gast_to_ast(d)) for d in defaults)
    return mutable and changes_parameters(gast.gast_to_ast(function))


__all__ = ["CHANGING", "STATE", "Uses", "changes_parameters", "is_mutable", "keeps_state"]
