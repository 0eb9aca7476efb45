"""Tangents of single operations: from a forward rule, from linearity, or from the rule of reverse mode.

The adjoint rule of an elementwise function is `x_bar = y_bar * slope`. The slope does not know which way it is used, so
with the tangent of `x` in the place of `y_bar` the same formula gives the tangent of `y`, one term for each operand.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from ..analysis.types import UNKNOWN, Arr, Num, dtype_of, float_like
from ..errors import NoRuleError
from ..frontend.values import TupleVal, is_atom
from ..ir import nodes as ir
from ..ir.nodes import OPERATORS, Assign, Block, Lit, Op, Ref, Var
from ..rules import registry
from ..rules.registry import Rule
from .templates import Splicer, bind_operands, differentiable, splice

DEFAULTS = {"axis": None, "keepdims": False, "where": True, "dtype": None}
REDUCTIONS = (np.sum, np.mean, np.prod, np.max, np.min, np.average)


class Tangents:
    """The part of `Forward` that knows rules."""

    splicer: Splicer
    out: Block

    def through_rule(self, stmt: Assign) -> Any:
        """The tangent of a result, as an atom in no particular shape; None if it is certainly zero."""
        op = stmt.op
        fn = OPERATORS.get(op.kind) if op.kind != "call" else (op.fn.obj if isinstance(op.fn, Ref) else None)
        name = getattr(op.fn, "name", None) or op.kind
        if registry.is_zero(fn) or not any(self.active(a) for a in op.atoms()):
            return None
        rule = registry.tangent_rule(fn)
        if registry.is_linear(fn) and (rule is None or self.only_first(stmt, name)):
            return self.by_linearity(stmt, name)
        if rule is not None:
            return self.by_template(stmt, rule, name)
        rule = registry.adjoint_rule(fn)
        if rule is not None and rule.elementwise:
            return self.by_adjoint(stmt, rule, name)
        raise NoRuleError(f"{name} has no forward rule", stmt.span, construct="call", hint=f"register one with @s2sad.tangent({name})")

    def only_first(self, stmt: Assign, name: str) -> bool:
        """Whether the first operand is the only one that matters to the tangent of a linear function."""
        op, idle = stmt.op, self.idle_operands(stmt, name)
        first = op.args[0] if op.args else op.kwargs[0][1]
        others = [a for a in op.atoms() if a is not first and not any(a is i for i in idle)]
        return not any(map(self.active, others)) and not any(k == "initial" for k, _ in op.kwargs)

    def by_linearity(self, stmt: Assign, name: str) -> Any:
        """The same call on the tangent of the first operand."""
        op = stmt.op
        first = op.args[0] if op.args else op.kwargs[0][1]
        rule = registry.adjoint_rule(op.fn.obj) if isinstance(op.fn, Ref) else None
        if rule is not None:
            self.bound(rule, stmt, name)  # refuses the same arguments as reverse mode
        if not self.only_first(stmt, name):
            raise NoRuleError(f"the forward rule of {name} knows a tangent of its first argument only", stmt.span, construct="call",
                              hint="compute the other argument without what is differentiated")  # fmt: skip
        if self.dot(first) is None:
            return None
        same = ir.substitute_op(op, lambda a: self.needed(first) if a is first else a)
        return self.emit(same, float_like(stmt.target.type), stmt.target)

    def by_adjoint(self, stmt: Assign, rule: Rule, name: str) -> Any:
        """The sum over the operands of slope times tangent."""
        op, v = stmt.op, stmt.target
        operands = self.bound(rule, stmt, name)
        complex_ = any(getattr(dtype_of(a.type), "kind", "f") == "c" for a in op.atoms() if isinstance(a, Var) and self.active(a))
        if complex_ and getattr(dtype_of(v.type), "kind", "c") != "c":
            raise NoRuleError(f"{name} of complex numbers has no forward rule", stmt.span, construct="call",
                              hint=f"register one with @s2sad.tangent({name})")  # fmt: skip
        total: Any = None
        for operand, a in operands.items():
            if not is_atom(a) or not self.active(a) or self.dot(a) is None:
                continue
            if operand not in rule.targets:
                raise self.no_rule(stmt, name, f"has no derivative with respect to {operand!r}", differentiable(rule))
            names = self.operand_names(rule, operands, v)
            names[f"{rule.result}_bar"] = self.operand_tangent(a, v)
            term = self.spliced(rule, names, f"{operand}_bar", stmt, operands)
            total = term if total is None else self.sum_of(total, term, v)
        return total

    def by_template(self, stmt: Assign, rule: Rule, name: str) -> Any:
        """The terms of a forward rule whose operands have tangents."""
        operands = self.bound(rule, stmt, name)
        names = self.operand_names(rule, operands, stmt.target)
        active = set()
        for operand, a in operands.items():
            parts = a if isinstance(a, tuple) else (a,)
            if any(self.active(p) and self.dot(p) is not None for p in parts):
                active.add(f"{operand}_dot")
        wanted = f"{rule.result}_dot"
        given = {n.id for n in gast.walk(rule.template) if isinstance(n, gast.Name)}
        idle = unread(rule.functions)
        for a in sorted(active):
            if a not in given and a[: -len("_dot")] in idle:
                active.discard(a)
            elif a not in given:
                known = " and ".join(p.name for p in rule.parameters if f"{p.name}_dot" in given)
                hint = f"it has one with respect to {known}; hold the others constant"
                raise self.no_rule(stmt, name, f"has no tangent with respect to {a[: -len('_dot')]!r}", hint)
        if not active:
            return None
        short = active_terms(rule, frozenset(active))
        read = _names(short.template)
        for operand, a in operands.items():
            if f"{operand}_dot" in read:
                names[f"{operand}_dot"] = self.operand_dot(a)
        return self.spliced(short, names, wanted, stmt, operands)

    def operand_tangent(self, a: Any, v: Var) -> Any:
        """The tangent of an operand of an elementwise function, as its formula for the result `v` takes it."""
        return self.dot(a)

    def operand_dot(self, a: Any) -> Any:
        return TupleVal(tuple(self.needed(p) for p in a)) if isinstance(a, tuple) else self.needed(a)

    def idle_operands(self, stmt: Assign, name: str) -> list[Any]:
        """The operands whose values the function does not read."""
        fn = stmt.op.fn.obj if isinstance(stmt.op.fn, Ref) else None
        rule = registry.adjoint_rule(fn)
        names = unread((fn,)) if rule is not None else frozenset()
        return [a for operand, a in self.bound(rule, stmt, name).items() if operand in names] if rule is not None and names else []

    def bound(self, rule: Rule, stmt: Assign, name: str) -> dict[str, Any]:
        def fail(detail: str, hint: str) -> NoRuleError:
            return self.no_rule(stmt, name, detail, hint)

        fn = stmt.op.fn.obj if isinstance(stmt.op.fn, Ref) else None
        return bind_operands(fn, rule, stmt.op.args, stmt.op.kwargs, fail)

    def no_rule(self, stmt: Assign, name: str, detail: str, hint: str) -> NoRuleError:
        return NoRuleError(f"the derivative rule of {name} {detail}", stmt.span, construct="call", hint=hint)

    def operand_names(self, rule: Rule, operands: dict[str, Any], v: Var) -> dict[str, Any]:
        names: dict[str, Any] = {k: TupleVal(a) if isinstance(a, tuple) else a for k, a in operands.items()}
        names[rule.result] = v
        return names

    def spliced(self, rule: Rule, names: dict[str, Any], wanted: str, stmt: Assign, operands: dict[str, Any]) -> Any:
        """What a template computes, as an atom; its statements go to the output."""
        first = len(self.out.stmts)
        known = [a for a in names.values() if isinstance(a, Var)]
        looks = [(a, a.hint, a.named) for a in known]
        node, self.splicer.node = self.splicer.node, None
        try:
            found = splice(self.splicer, rule, names, [wanted], self.out)[wanted]
        finally:
            self.splicer.node = node
        for a, hint, named in looks:  # a template that hands a value on has given it a name of its own
            a.hint, a.named = hint, named
        if found is None or isinstance(found, Lit):
            return found
        hint = f"{stmt.target.hint}_dot"
        for s in self.out.stmts[first:]:
            for inner in (s, *(x for b in ir.blocks_of(s) for x in ir.walk(b))):
                for d in (*ir.defs_of(inner), *ir.inner_defs_of(inner)):
                    d.named = False
                    if d.hint.endswith(("_bar", "_dot")) or d.hint in operands:
                        d.hint = hint
                if isinstance(inner, Assign):
                    inner.op, inner.span = without_defaults(inner.op), stmt.span
        if not is_atom(found):
            items = self.splicer.items(found)
            kind = "tuple" if isinstance(found, TupleVal) else "list"
            atoms = tuple(Lit(0.0) if i is None else i for i in items)
            found = self.emit(Op(kind, atoms), float_like(stmt.target.type), stmt.target)
        return found

    def sum_of(self, a: Any, b: Any, v: Var) -> Any:
        ta, tb = self.type_of(a), self.type_of(b)
        t = self.splicer.infer(OPERATORS["add"], [a, b]) if isinstance(ta, (Num, Arr)) and isinstance(tb, (Num, Arr)) else UNKNOWN
        last = self.out.stmts[-1] if self.out.stmts else None
        if isinstance(last, Assign) and last.target is b and last.op.kind == "neg":  # tangents are floats: the sign is that of the sum
            self.out.stmts.pop()
            return self.emit(Op("sub", (a, last.op.args[0])), t, v)
        return self.emit(Op("add", (a, b)), t, v)

    # provided by `Forward`
    active: Callable[[Any], bool]
    dot: Callable[[Any], Any]
    needed: Callable[[Any], Any]
    emit: Callable[..., Var]
    type_of: Callable[[Any], Any]


def without_defaults(op: Op) -> Op:
    """A reduction without the keywords that a template hands on with the values they have anyway."""
    if op.kind != "call" or not isinstance(op.fn, Ref) or op.fn.obj not in REDUCTIONS:
        return op
    kept = tuple((k, a) for k, a in op.kwargs if not (isinstance(a, Lit) and k in DEFAULTS and a.value is DEFAULTS[k]))
    return op if len(kept) == len(op.kwargs) else dataclasses.replace(op, kwargs=kept)


def unread(functions: tuple[Any, ...]) -> frozenset[str]:
    """The operands that count by their shape and dtype only: those whose adjoint is always None."""
    rule = next((r for r in map(registry.adjoint_rule, functions) if r is not None), None)
    if rule is None:
        return frozenset()
    given: dict[str, bool] = {}
    for node in gast.walk(rule.template):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            operand = node.targets[0].id.removesuffix("_bar")
            none = isinstance(node.value, gast.Constant) and node.value.value is None
            given[operand] = none and given.get(operand, True)
    return frozenset(operand for operand, none in given.items() if none)


@functools.lru_cache(maxsize=4096)
def active_terms(rule: Rule, active: frozenset[str]) -> Rule:
    """The rule with only those terms of the result's tangent that depend on a tangent in `active`."""
    template = copy.deepcopy(rule.template)
    depends = _dependent(template, active)
    tangents = _dependent(template, frozenset(f"{p.name}_dot" for p in rule.parameters))
    _Terms(f"{rule.result}_dot", depends, tangents).visit(template)
    short = dataclasses.replace(rule, terms=active)
    short.__dict__["template"] = template
    return short


def _dependent(template: Any, active: frozenset[str]) -> set[str]:
    """The names of a template that are computed from tangents in `active`."""
    depends = set(active)
    while True:
        size = len(depends)
        for node in gast.walk(template):
            if isinstance(node, gast.Assign) and _names(node.value) & depends:
                depends |= {n.id for t in node.targets for n in gast.walk(t) if isinstance(n, gast.Name)}
        if len(depends) == size:
            return depends


def _names(node: Any) -> set[str]:
    return {n.id for n in gast.walk(node) if isinstance(n, gast.Name)}


class _Terms(gast.NodeTransformer):
    """Drops the terms of sums assigned to `result` that depend on nothing in `depends`.

    In sums further inside (`solve(a, b_dot - a_dot @ y)`) and in other assignments, those are dropped that are made of
    `tangents` none of which is in `depends`: they are zero.
    """

    def __init__(self, result: str, depends: set[str], tangents: set[str]) -> None:
        self.result, self.depends, self.tangents = result, depends, tangents

    def visit_Assign(self, node: Any) -> Any:
        if any(isinstance(t, gast.Name) and t.id == self.result for t in node.targets):
            terms = [(sign, t) for sign, t in _terms(node.value, True) if _names(t) & self.depends]
            if terms:
                node.value = _joined(terms)
        node.value = self.visit(node.value)
        return node

    def visit_BinOp(self, node: Any) -> Any:
        terms = _terms(node, True)
        kept = [(sign, t) for sign, t in terms if not self.is_zero(t)]
        return self.generic_visit(_joined(kept) if 0 < len(kept) < len(terms) else node)

    def is_zero(self, term: Any) -> bool:
        found = _names(term) & self.tangents
        return bool(found) and not found & self.depends


def _terms(node: Any, positive: bool) -> list[tuple[bool, Any]]:
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Add, gast.Sub)):
        right = positive if isinstance(node.op, gast.Add) else not positive
        return _terms(node.left, positive) + _terms(node.right, right)
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub) and isinstance(node.operand, gast.BinOp) and isinstance(
        node.operand.op, (gast.Add, gast.Sub)
    ):
        return _terms(node.operand, not positive)
    return [(positive, node)]


def _joined(terms: list[tuple[bool, Any]]) -> Any:
    positive, total = terms[0]
    if not positive:
        total = gast.copy_location(gast.UnaryOp(gast.USub(), total), total)
    for positive, term in terms[1:]:
        total = gast.copy_location(gast.BinOp(total, gast.Add() if positive else gast.Sub(), term), term)
    return total


__all__ = ["Tangents", "active_terms"]
