"""Arguments written as text on the command line, read without evaluating them as code."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np


class ArgumentsError(ValueError):
    """A text that is not a list of arguments, or holds something that is not understood."""


_CREATORS = frozenset(
    "arange array asarray diag empty eye full geomspace identity linspace logspace ones tri tril triu vander "
    "zeros float32 float64 int32 int64 complex64 complex128 bool_ e inf nan newaxis pi "
    "concatenate stack meshgrid outer".split()
)
_METHODS = frozenset("T astype copy imag ravel real reshape transpose".split())
_SAMPLERS = frozenset("exponential integers normal permutation random standard_normal uniform".split())
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
    ast.MatMult: lambda a, b: a @ b,
    ast.UAdd: lambda a: +a,
    ast.USub: lambda a: -a,
    ast.Invert: lambda a: ~a,
    ast.Not: lambda a: not a,
}


def parse_arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    """The positional and keyword arguments that a text such as "2.0, np.ones(3), n=4" stands for.

    Only literals, arithmetic, `math`, and the functions of NumPy that make arrays are understood. The text is
    walked, never evaluated, so it cannot reach a file or any other name. Raises `ArgumentsError`.
    """
    try:
        call = ast.parse(f"_(\n{text}\n)", mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ArgumentsError(f"this is not a list of Python arguments: {error}") from None
    # "1)(2" and the like parse, but not as one call.
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "_":
        raise ArgumentsError(f"this is not a list of Python arguments: {text}")
    try:
        args = [_value(arg) for arg in call.args]
        return args, {_keyword(keyword): _value(keyword.value) for keyword in call.keywords}
    except ArgumentsError:
        raise
    except Exception as error:
        raise ArgumentsError(f"cannot compute the arguments: {type(error).__name__}: {error}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            return value
        case ast.Tuple(items):
            return tuple(_value(item) for item in items)
        case ast.List(items):
            return [_value(item) for item in items]
        case ast.Set(items):
            return {_value(item) for item in items}
        case ast.Dict(keys, values) if None not in keys:
            return {_value(k): _value(v) for k, v in zip(keys, values) if k is not None}
        case ast.UnaryOp(op, operand):
            return _OPERATORS[type(op)](_value(operand))
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
        case ast.Attribute():
            return _attribute(node)
        case ast.Call(ast.Attribute() as func, args, keywords):
            return _attribute(func)(*map(_value, args), **{_keyword(k): _value(k.value) for k in keywords})
    raise ArgumentsError(
        f"arguments may hold literals, arithmetic, math and NumPy arrays, not {ast.unparse(node)!r}"
    )


def _attribute(node: ast.Attribute) -> Any:
    """A harmless attribute: of `math`, of NumPy, or of an array or a generator made by these arguments."""
    path = ast.unparse(node)
    head, _, name = path.partition(".")
    if head == "math" and not name.startswith("_") and hasattr(math, name):
        return getattr(math, name)
    if head in ("np", "numpy") and name == "random.default_rng":
        return np.random.default_rng
    if head in ("np", "numpy") and (name in _CREATORS or isinstance(getattr(np, name, None), np.ufunc)):
        return getattr(np, name)
    if isinstance(node.value, ast.Call | ast.Attribute | ast.BinOp) and node.attr in _METHODS | _SAMPLERS:
        owner = _value(node.value)
        if isinstance(owner, np.random.Generator if node.attr in _SAMPLERS else np.ndarray | np.generic):
            return getattr(owner, node.attr)
    raise ArgumentsError(f"unknown name {path}")


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise ArgumentsError("arguments may not unpack with **")
    return keyword.arg
