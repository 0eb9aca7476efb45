"""Solvers of `scipy.optimize`, differentiated at the solution by the implicit function theorem.

A call `x = brentq(f, a, b, args=(k,))` is executed as it stands. What it depends on, the arguments and what `f` captures,
comes in through the equation that its result satisfies, f(x, k) = 0: the equation is written behind the call, and the rule of
`at_root` differentiates it. Brackets and starting points have no influence. See C. Blondel et al., Efficient and modular
implicit differentiation (2022).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from s2sad.analysis.types import FLOAT, UNKNOWN, Num
from s2sad.api import Gradient
from s2sad.frontend.lifting import GENERATED, make
from s2sad.frontend.lower import type_of
from s2sad.frontend.values import ObjVal, is_atom
from s2sad.inner import argument_types, emitted
from s2sad.ir.nodes import Op, Ref, Var
from s2sad.rules.registry import expansion
from s2sad.rules.solvers import Arguments, SolverCall

_BRACKETS = tuple(getattr(optimize, name) for name in ("brentq", "brenth", "ridder", "bisect", "toms748"))


@expansion(*_BRACKETS)
def bracketed(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A root of a function of one number between two bounds."""
    call = SolverCall(low, fn, given, node, "f")
    call.check("a", "b", "k", "xtol", "rtol", "maxiter", "disp", full_output=(False,))
    x = call.run(FLOAT, "root")
    if not call.varied:
        return x
    return call.at_root(x, call.value([x]), call.jacobian(call.lifted.function, [x]))


@expansion(optimize.newton)
def newton(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A root of a function of one number from a starting point."""
    call = SolverCall(low, fn, given, node, "func")
    call.check("x0", "tol", "maxiter", "x1", "rtol", "disp", fprime=(None,), fprime2=(None,), full_output=(False,))
    start = given["x0"]
    t = type_of(start) if is_atom(start) else None
    if not (isinstance(t, Num) and t.dtype.kind in "iuf"):
        raise call.refused("a starting point that is not known to be a number", "give a float, or use scipy.optimize.root for several unknowns")
    x = call.run(Num(np.dtype(float), False), "root")
    if not call.varied:
        return x
    return call.at_root(x, call.value([x]), call.jacobian(call.lifted.function, [x]))


@expansion(optimize.fsolve)
def fsolve(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A root of a system of equations."""
    call = SolverCall(low, fn, given, node, "func")
    call.check("x0", "xtol", "maxfev", "epsfcn", "factor", "diag", "band", full_output=(False, 0), fprime=(None,), col_deriv=(False, 0))
    x = call.run(call.vector(given["x0"]), "root")
    if not call.varied:
        return x
    return call.at_root(x, call.value([x]), call.jacobian(call.lifted.function, [x]))


@expansion(optimize.root)
def root(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A root of a system of equations, as the attribute `x` of the result."""
    call = SolverCall(low, fn, given, node, "fun")
    call.check("x0", "method", "tol", "options", jac=(None, False), callback=(None,))
    if not call.varied:
        return call.run(hint="solution")
    solution, x = solved(call, call.vector(given["x0"]))
    return result(call, solution, x=call.at_root(x, call.value([x]), call.jacobian(call.lifted.function, [x])))


@expansion(optimize.minimize)
def minimize(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A minimum without bounds and constraints: there the gradient is 0."""
    call = SolverCall(low, fn, given, node, "fun")
    call.check("x0", "method", "tol", "options", jac=(None, False), hess=(None,), hessp=(None,), bounds=(None,), constraints=(), callback=(None,))
    if not call.varied:
        return call.run(hint="solution")
    solution, x = solved(call, call.vector(given["x0"]))
    y = stationary(call, x)
    return result(call, solution, x=y, fun=call.value([y]))


@expansion(optimize.minimize_scalar)
def minimize_scalar(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """A minimum of a function of one number, without bounds."""
    call = SolverCall(low, fn, given, node, "fun")
    call.check("bracket", "tol", "options", bounds=(None,), method=(None, "brent", "golden", "Brent", "Golden"))
    if not call.varied:
        return call.run(hint="solution")
    solution, x = solved(call, FLOAT)
    y = stationary(call, x)
    return result(call, solution, x=y, fun=call.value([y]))


def stationary(call: SolverCall, x: Var) -> Any:
    """The minimum as a function of what the function depends on."""
    args = [call.low.atom(a) for a in (x, *call.operands)]
    gradient = Gradient(call.lifted.function, 0)
    types_ = argument_types(gradient, call.low, args, {})
    full = emitted(gradient, types_)
    names, name = ", ".join(list(types_)[: len(args)]), f"{call.lifted.function.__name__}_slope"
    slope = make(f"def {name}({names}):\n    return {full.__name__}({names})\n", name, {full.__name__: full})
    ref = Ref(slope, name, slope, GENERATED)
    return call.at_root(x, call.low.call_value(ref, args, {}, call.node), call.jacobian(slope, [x]))


def solved(call: SolverCall, t: Any) -> tuple[Var, Var]:
    """The result of a solver that returns an object, and its solution."""
    solution = call.run(hint="solution")
    x = call.low.emit(Op("getattr", (solution,), name="x"), t, "root", varied=False, fresh=True)
    return solution, x


def result(call: SolverCall, solution: Var, **attributes: Any) -> ObjVal:
    """An object with the solution, and with what the solver says about it."""
    low = call.low
    value = ObjVal(low.new_id(), optimize.OptimizeResult)
    for name, found in attributes.items():
        low.cells[(value.id, name)] = found
    for name in ("success", "message", "nfev", "status"):
        low.cells[(value.id, name)] = low.emit(Op("getattr", (solution,), name=name), UNKNOWN, name, varied=False, fresh=True)
    return value
