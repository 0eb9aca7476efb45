"""The rule table itself: lookup, user rules, parameters, agreement with the real signatures."""

from __future__ import annotations

import inspect
import math
import operator
from typing import Any

import gast
import numpy as np
import pytest

from s2sad.rules import registry
from s2sad.rules.registry import Rule

RULES: list[Rule] = list({id(rule): rule for rule in registry.adjoint_rules().values()}.values())


def test_functions_of_one_meaning_share_a_rule() -> None:
    assert registry.adjoint_rule(np.multiply) is registry.adjoint_rule(operator.mul)
    assert registry.adjoint_rule(np.abs) is registry.adjoint_rule(abs)
    assert registry.adjoint_rule(np.amax) is registry.adjoint_rule(np.max)


def test_unknown_and_unhashable_functions_have_no_rule() -> None:
    assert registry.adjoint_rule(np.busday_count) is None
    assert registry.adjoint_rule([]) is None
    assert not registry.is_zero([])


def test_zero_derivatives() -> None:
    for function in (
        np.floor,
        np.sign,
        np.argmax,
        np.zeros_like,
        operator.lt,
        math.ceil,
        len,
        round,
        np.shape,
    ):
        assert registry.is_zero(function)
    assert not registry.is_zero(np.sin)


def test_no_function_is_both_differentiable_and_not() -> None:
    assert not registry.zero_functions() & set(registry.adjoint_rules())


def test_methods() -> None:
    assert registry.method_function("sum") is np.sum
    assert registry.method_function("T") is np.transpose
    assert registry.packs_arguments("reshape") and not registry.packs_arguments("sum")
    assert registry.method_function("sort") is None  # works in place: not the function of that name
    for name in ("sum", "mean", "reshape", "real", "T", "copy", "astype", "item", "flatten", "clip"):
        function = registry.method_function(name)
        assert registry.adjoint_rule(function) is not None


def test_what_a_rule_tells() -> None:
    rule = registry.adjoint_rule(np.sum)
    assert rule is not None and rule.result == "y"
    assert [(p.name, p.kind, p.default) for p in rule.parameters] == [
        ("a", "positional", None),
        ("axis", "positional", "None"),
        ("dtype", "positional", "None"),
        ("keepdims", "keyword", "False"),
        ("initial", "keyword", "0"),
        ("where", "keyword", "True"),
    ]
    assert rule.targets == {"a", "initial"}
    assert isinstance(rule.template, gast.FunctionDef) and rule.template.lineno >= rule.line
    assert rule.filename.endswith("reductions.py")


def test_a_users_rule_replaces_the_built_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_adjoints", dict(registry.adjoint_rules()))

    @registry.adjoint(np.tanh, elementwise=True)
    def mine(y, x):  # type: ignore[no-untyped-def]
        x_bar = 2.0 * y_bar  # noqa: F821, F841

    rule = registry.adjoint_rule(np.tanh)
    assert rule is not None and rule.name == "mine"
    assert gast.dump(rule.template).count("y_bar") == 1


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_templates_parse_and_assign_adjoints_only_of_operands(rule: Rule) -> None:
    assert rule.template.name == rule.name
    assert rule.targets, "the template assigns no adjoint"
    stored = [
        n for n in gast.walk(rule.template) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
    ]
    operands = {p.name for p in rule.parameters} | {rule.result}
    assert not {name.id for name in stored} & operands, "a template must not rebind an operand"
    allowed = (gast.Assign, gast.If)
    statements = [n for n in gast.walk(rule.template) if isinstance(n, gast.stmt) and n is not rule.template]
    assert all(isinstance(statement, allowed) for statement in statements)


def _signature(function: Any) -> inspect.Signature | None:
    if isinstance(function, (np.ufunc, type)) or function is pow:  # given by position
        return None
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


_PAIRS = [(rule, f) for rule in RULES for f in rule.functions if _signature(f) is not None]


@pytest.mark.parametrize("rule, function", _PAIRS, ids=[f"{r.name}-{k}" for k, (r, _) in enumerate(_PAIRS)])
def test_parameters_are_those_of_the_function(rule: Rule, function: Any) -> None:
    signature = _signature(function)
    assert signature is not None
    real = list(signature.parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in real):
        return
    named = {p.name: p for p in real}
    for k, parameter in enumerate(rule.parameters):
        if parameter.kind == "keyword":
            newer = {"stable", "assume_a", "lower"}  # from NumPy 2 and SciPy 1.17 on
            assert parameter.name in {*named, *newer} or any(p.kind is p.VAR_KEYWORD for p in real)
        elif parameter.kind == "positional":
            assert k < len(real), f"{parameter.name} has no counterpart"
            if real[k].kind is not inspect.Parameter.POSITIONAL_ONLY:
                assert real[k].name == parameter.name
