"""Derivatives inside functions that are differentiated themselves: what a call of one stands for.

A gradient stands for the function that it emits for arguments of these types, a Jacobian for a loop over the columns that
calls the function that carries tangents. Either is Python source, and is followed like any other function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .analysis.types import Arr, Num, Type
from .api import Gradient
from .backend.bindings import Bindings
from .backend.load import load
from .frontend.lower import type_of
from .frontend.lowerer import parameter_names
from .frontend.values import TupleVal, is_atom
from .ir.nodes import Lit, Ref

FUNCTION = """
def {name}({parameters}):
    columns = []
    for i in range({x}.size):
        direction = np.zeros({x}.size, {x}.dtype)
        direction[i] = 1.0
        columns.append({along}({parameters}, {dot}=np.reshape(direction, {x}.shape))[1])
    return np.reshape(np.stack(columns, -1), np.shape(columns[0]) + {x}.shape)
"""
OF_NUMBER = """
def {name}({parameters}):
    return {along}({parameters}, {dot}=1.0)[1]
"""


def argument_types(gradient: Gradient, lowerer: Any, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Type]:
    """The types of the arguments of a call, by parameter; numbers and arrays only."""
    found: dict[str, Type] = {}
    for name, a in [*zip(gradient._target.names, args), *kwargs.items()]:
        if not is_atom(a):
            raise lowerer.unsupported("a derivative inside a differentiated function takes numbers and arrays only", None)
        t = type_of(a)
        found[name] = Num(t.dtype, t.py) if isinstance(t, Num) and t.dtype.kind == "f" else t
    for name, default in gradient._target.defaults().items():
        if name not in found and isinstance(default, Lit):
            found[name] = type_of(default)
    return found


def emitted(gradient: Gradient, types_: dict[str, Type]) -> Any:
    """The function that a derivative emits for arguments of these types."""
    if gradient._target.changed():
        gradient._renew()
    first = gradient._target.f
    if isinstance(first, Gradient) and gradient.kind != "vjp":
        gradient = gradient._again(emitted(first, types_), gradient._wrt_names if isinstance(gradient.wrt, tuple) else gradient._wrt_names[0])
        types_ = {n: t for n, t in types_.items() if n in gradient._target.names}
        for name, default in gradient._target.defaults().items():
            types_.setdefault(name, type_of(default) if isinstance(default, Lit) else Type())
    compiled = gradient.for_types(types_, checkpoints=False)  # the text of a schedule has no derivative
    function = load(compiled.definition, compiled.name, compiled.bindings)
    function.__s2sad_guards__ = gradient._target.guards(compiled.program.lowerer.guards, compiled.bindings.names)
    return function


def call_jvp(lowerer: Any, args: list[Any], node: Any) -> Any:
    """`jvp(f, primals, tangents)` inside a differentiated function."""
    from .directional import Tangent

    if len(args) != 3 or not isinstance(args[0], Ref) or not all(isinstance(a, TupleVal) for a in args[1:]):
        raise lowerer.unsupported(
            "jvp, inside a function that is differentiated itself, takes a function that is known and two tuples", node,
            "define the inner function at module level, and write jvp(f, (x,), (x_dot,))")  # fmt: skip
    primals, tangents = (list(lowerer.items(a)) for a in args[1:])
    names = Tangent(args[0].obj)._target.names
    if len(primals) != len(tangents) or len(primals) > len(names):
        raise lowerer.unsupported("jvp needs one tangent for each argument", node)
    along = {n: t for n, t in zip(names, tangents) if not (isinstance(t, Lit) and t.value is None)}
    if not along:
        raise lowerer.unsupported("jvp without a tangent", node, "call the function")
    tangent = Tangent(args[0].obj, tuple(along))
    function = emitted(tangent, argument_types(tangent, lowerer, primals, {}))
    ref = Ref(function, function.__name__, function, "s2sad.generated")
    return lowerer.call_value(ref, primals, {f"{n}_dot": t for n, t in along.items()}, node)


def written_jacobian(jacobian: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The function that a Jacobian stands for, for arguments of these types."""
    tangent = jacobian._forward
    if jacobian._tuple or jacobian._value or tangent._target.prefix:
        raise lowerer.unsupported("this Jacobian inside a differentiated function", None, "take it with respect to one parameter of a function")
    types_ = argument_types(tangent, lowerer, args, kwargs)
    x = tangent._wrt_names[0]
    along = emitted(tangent, types_)
    names = [n for n, _ in parameter_names(tangent._target.node) if n in types_]
    if not isinstance(types_[x], (Num, Arr)):
        raise lowerer.unsupported("a Jacobian with respect to what is not known to be a number or an array", None)
    text = (OF_NUMBER if isinstance(types_[x], Num) else FUNCTION).lstrip()
    name = f"{tangent._target.name}_jacobian" if tangent._target.name.isidentifier() else "f_jacobian"
    text = text.format(name=name, parameters=", ".join(names), x=x, along=along.__name__, dot=f"{x}_dot")
    bindings = Bindings()
    bindings.names.update({"np": np, along.__name__: along})
    function = load(text, name, bindings)
    return Ref(function, name, function, "s2sad.generated")


def written_product(product: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The function that a Hessian-vector product stands for, for arguments of these types."""
    tangent = product._along
    if isinstance(tangent.wrt, tuple) or tangent._target.prefix:
        raise lowerer.unsupported("this product inside a differentiated function", None, "take it with respect to one parameter of a function")
    types_ = argument_types(tangent, lowerer, args[:-1], kwargs)
    along = emitted(tangent, types_)
    names = [n for n, _ in parameter_names(tangent._target.node) if n in types_]
    x = tangent._wrt_names[0]
    name = f"{product.__name__}" if product.__name__.isidentifier() else "f_hvp"
    text = f"def {name}({', '.join(names)}, direction):\n    return {along.__name__}({', '.join(names)}, {x}_dot=direction)[1]\n"
    bindings = Bindings()
    bindings.names[along.__name__] = along
    function = load(text, name, bindings)
    return Ref(function, name, function, "s2sad.generated")
