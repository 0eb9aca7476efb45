"""Splicing of rule templates: a template's statements are lowered with the operands' atoms bound to its names."""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from .. import runtime
from ..errors import NoRuleError
from ..frontend.lowerer import Lowerer
from ..frontend.statements import NO
from ..frontend.values import Frame, TupleVal
from ..ir.nodes import Block, Lit, Ref
from ..rules.registry import Rule

_HELPERS = frozenset(runtime.__all__)
_LIBRARIES = {"np": np, "math": math}


class Thunk:
    """A name of a template whose value is fetched from the forward sweep only if the template reads it."""

    __slots__ = ("_force", "_value")

    def __init__(self, force: Callable[[], Any]) -> None:
        self._force = force
        self._value: Any = None

    def force(self) -> Any:
        """The value; fetched once."""
        if self._value is None:
            self._value = self._force()
        return self._value


class TemplateScope:
    """Free names of a template: the helpers of the runtime and the globals of its file."""

    def __init__(self, rule: Rule) -> None:
        self.globals = rule.code.__globals__

    def lookup(self, name: str, lowerer: Any) -> Any:
        if name in _HELPERS:
            obj = getattr(runtime, name)
            return Ref(obj, name, obj, "s2sad.runtime")
        if name in _LIBRARIES:
            return Ref(_LIBRARIES[name], name, _LIBRARIES[name])
        if name in self.globals:
            return lowerer.embed(self.globals[name], name, module=self.globals.get("__name__"))
        if hasattr(builtins, name):
            obj = getattr(builtins, name)
            return Ref(obj, name, obj, "builtins")
        return None

    def import_module(self, name: str, full: str, level: int = 0) -> Any:
        return None


class Splicer(Lowerer):
    """A lowerer for templates: an `if` that cannot be decided takes its `else`, which is right for every operand."""

    fold_floats = True

    def varied(self, atom: Any) -> bool:
        return False  # a template computes adjoints; what it reads of the forward sweep is constant to it

    def varied_value(self, value: Any, seen: Any = frozenset()) -> bool:
        return False

    def stmt_If(self, stmt: Any) -> None:
        outer, count = self.block, self.count
        self.block = Block()
        try:
            test = self.test(stmt.test)
        finally:
            block, self.block = self.block, outer
        if isinstance(test, bool):
            self.body(stmt.body if test else stmt.orelse)
        else:
            self.count = count
            del block
            self.body(stmt.orelse)

    def place(self) -> None:
        """Statements of a template get the place of the statement whose adjoint they are."""

    def primitive(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any, method: str = "") -> Any:
        """A call without the keywords that say what the function does by itself."""
        kept = {k: v for k, v in kwargs.items() if not (isinstance(v, Lit) and _is_default(fn.obj, k, v.value))}
        return super().primitive(fn, args, kept, node, method)

    def lookup(self, name: str, node: Any) -> Any:
        value = super().lookup(name, node)
        if isinstance(value, Thunk):
            value = value.force()
        return value


@functools.lru_cache(maxsize=4096)
def _sliced(rule: Rule, wanted: frozenset[str]) -> list[Any]:
    """The template's statements that the wanted names depend on."""
    body = copy.deepcopy(rule.template.body)
    if body and isinstance(body[0], gast.Expr) and isinstance(body[0].value, gast.Constant):
        body = body[1:]
    needed = set(wanted)
    return _slice(body, needed)


def _slice(stmts: list[Any], needed: set[str]) -> list[Any]:
    kept = []
    for s in reversed(stmts):
        if isinstance(s, gast.If):
            before = set(needed)
            a, b = set(before), set(before)
            then, orelse = _slice(s.body, a), _slice(s.orelse, b)
            if then or orelse:
                node = gast.If(s.test, then or [gast.Pass()], orelse)
                kept.append(gast.copy_location(node, s))
                needed |= a | b | {n.id for n in gast.walk(s.test) if isinstance(n, gast.Name)}
        else:
            stored = {n.id for n in gast.walk(s) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
            if stored & needed:
                kept.append(s)
                needed |= {n.id for n in gast.walk(s) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)}
    return kept[::-1]


Failure = Callable[[str, str], NoRuleError]  # of what the rule does not do, and what to do about it


def bind_operands(fn: Any, rule: Rule, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...], fail: Failure) -> dict[str, Any]:
    """Operands by the template's names: a tuple for a variadic one. Refused are arguments that the template does not have."""
    bound: dict[str, Any] = {}
    positional = [p for p in rule.parameters if p.kind == "positional"]
    variadic = next((p for p in rule.parameters if p.kind == "variadic"), None)
    names = [p.name for p in rule.parameters if p.kind != "variadic"]
    known = f"the rule knows {', '.join(names)}"
    for p, a in zip(positional, args):
        bound[p.name] = a
    if len(args) > len(positional):
        if variadic is None:
            raise fail(f"does not take {len(args)} positional arguments", known)
        bound[variadic.name] = tuple(args[len(positional) :])
    elif variadic is not None:
        bound[variadic.name] = ()
    for k, v in kwargs:
        if k in names:
            bound[k] = v
        elif not (isinstance(v, Lit) and _is_default(fn, k, v.value)):
            raise fail(f"does not support the keyword {k!r}", f"{known}; write the call without {k}=")
    for p in rule.parameters:
        if p.name not in bound and p.default is not None:
            bound[p.name] = Lit(_default(p.default))
    for name, allowed in rule.options.items():
        _check_option(name, bound.get(name, Lit(None)), allowed, fail)
    return bound


def _check_option(name: str, value: Any, allowed: tuple[Any, ...], fail: Failure) -> None:
    """Raise the error of `fail` unless a parameter's value is known and among those that the rule takes."""
    known = isinstance(value, Lit)
    if known and any(value.value is a or type(value.value) is type(a) and value.value == a for a in allowed):
        return
    shown = f"{name}={value.value!r}" if known else f"a {name} that is not known before the run"
    raise fail(f"does not support {shown}", f"it takes {name}={', '.join(map(repr, allowed))}")


def differentiable(rule: Rule) -> str:
    """What to say of the operands that a rule has derivatives for."""
    return f"it has one with respect to {' and '.join(p.name for p in rule.parameters if p.name in rule.targets)}; hold the others constant"


_UFUNC_DEFAULTS = {"where": True, "out": None, "dtype": None, "order": "K", "casting": "same_kind", "subok": True}


def _is_default(fn: Any, keyword: str, value: Any) -> bool:
    """Whether a keyword argument says what the function does without it."""
    if isinstance(fn, np.ufunc):
        return keyword in _UFUNC_DEFAULTS and _UFUNC_DEFAULTS[keyword] is value
    if keyword in ("where", "keepdims"):
        return value is (keyword == "where")
    try:
        parameter = inspect.signature(fn).parameters.get(keyword)
    except (TypeError, ValueError):
        return False
    return parameter is not None and type(parameter.default) is type(value) and parameter.default == value


@functools.cache
def _default(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


@functools.lru_cache(maxsize=1024)
def _stored(rule: Rule) -> frozenset[str]:
    """The names that a template assigns."""
    nodes = gast.walk(rule.template)
    return frozenset(n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store))


def splice(splicer: Splicer, rule: Rule, names: dict[str, Any], wanted: list[str], block: Block) -> dict[str, Any]:
    """Lower the statements of `rule` that compute `wanted` into `block`; returns their values by name."""
    scope = TemplateScope(rule)
    local = frozenset(names) | _stored(rule)
    frame = Frame(splicer.new_id(), rule.name, local, None, scope, rule.filename, (), rule.code)
    for name, value in names.items():
        splicer.cells[(frame.id, name)] = value
    for flag in ("$skip", "$ret"):
        splicer.cells[(frame.id, flag)] = NO
    splicer.frames.append(frame)
    saved = splicer.block
    splicer.block = block
    splicer.inactive_depth += 1
    try:
        splicer.body(_sliced(rule, frozenset(wanted)))
    finally:
        splicer.inactive_depth -= 1
        splicer.block = saved
        splicer.frames.pop()
    return {w: splicer.cells.get((frame.id, w)) for w in wanted}


__all__ = ["Splicer", "Thunk", "TupleVal", "bind_operands", "differentiable", "splice"]
