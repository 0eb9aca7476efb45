"""Integrals and initial value problems of `scipy.integrate`.

An integral depends on its limits by the fundamental theorem of calculus, and on parameters by Leibniz' rule: what it varies by is
the integral of the integrand's derivative. The solution of a differential equation varies by the solution of the variational
equations, which are solved together with it (E. Hairer, S. Norsett, G. Wanner, Solving ordinary differential equations I, I.14).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from s2sad.analysis.types import FLOAT, UNKNOWN, Arr, Num, TupleT
from s2sad.api import Gradient
from s2sad.frontend.lifting import GENERATED, make
from s2sad.frontend.lower import type_of
from s2sad.frontend.values import ObjVal, TupleVal
from s2sad.inner import argument_types, emitted
from s2sad.ir.nodes import SAFE, Lit, Op, Ref, Var
from s2sad.rules.registry import expansion
from s2sad.rules.solvers import Arguments, SolverCall, constants, jacobian_function


@expansion(integrate.quad)
def quad(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """The integral of a function of one number, and an estimate of its error, which is a constant."""
    call = SolverCall(low, fn, given, node, "func", name="integrand")
    call.check("a", "b", "epsabs", "epsrel", "limit", "points", full_output=(0, False), weight=(None,), complex_func=(False,))
    pair = call.run(TupleT((FLOAT, FLOAT)), "integral")
    parts = [low.emit(Op("getitem", (pair, Lit(i))), FLOAT, hint, varied=False) for i, hint in enumerate(("integral", "uncertainty"))]
    value: Any = parts[0]
    for name, sign in (("a", -1.0), ("b", 1.0)):
        if low.varied_value(given[name]):
            limit = given[name]
            with constants(low):
                there = call.value([limit])
                slope = low.operate("neg", (there,), node) if sign < 0.0 else there
            value = call.depends(value, limit, slope)
    for k, p in enumerate(call.operands):
        if low.varied_value(p):
            value = call.depends(value, low.atom(p), integral_of_slope(call, k))
    return TupleVal((value, parts[1]))


def integral_of_slope(call: SolverCall, k: int) -> Any:
    """The integral of the derivative of the integrand in its operand `k`."""
    low, lifted, t = call.low, call.lifted, type_of(call.low.atom(call.operands[k]))
    args = [Lit(0.5), *(low.atom(a) for a in call.operands)]
    if not isinstance(t, (Num, Arr)):
        raise call.refused("an argument of the integrand that is no number or array", "annotate it")
    with constants(low):
        gradient = Gradient(lifted.function, k + 1)
        types_ = {**argument_types(gradient, low, args, {}), gradient._target.names[0]: FLOAT}
        slope = emitted(gradient, types_)
        names = list(types_)[: len(args)]
        name = f"{lifted.function.__name__}_by_{names[k + 1]}"
        parameters = ", ".join(names)
        function = make(f"def {name}({parameters}):\n    return {slope.__name__}({parameters})\n", name, {slope.__name__: slope})
        ref = Ref(function, name, function, GENERATED)
        if isinstance(t, Num):
            pair = call.run(TupleT((FLOAT, FLOAT)), "integral", func=ref)
            return low.emit(Op("getitem", (pair, Lit(0))), FLOAT, "slope", varied=False)
        quad_vec = Ref(integrate.quad_vec, "quad_vec", integrate.quad_vec, "scipy.integrate")
        operands = low.atom(TupleVal(tuple(call.operands)))
        ends = [low.atom(call.given[end]) for end in ("a", "b")]
        op = Op("call", (ref, *ends), (("args", operands),), fn=quad_vec, data=SAFE)
        pair = low.emit(op, TupleT((t, FLOAT)), "integral", varied=False, fresh=True)
        return low.emit(Op("getitem", (pair, Lit(0))), t, "slope", varied=False, fresh=True)


# --- initial value problems ---------------------------------------------------------------------------------


@expansion(integrate.solve_ivp)
def solve_ivp(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """The states of an initial value problem; its times are constants."""
    call = SolverCall(low, fn, given, node, "fun", 2, "slopes")
    call.check("t_span", "y0", "method", "t_eval", "options", dense_output=(False,), events=(None,), vectorized=(False,))
    options = given.get("options", {})
    for name, value in options.items():
        if name not in ("rtol", "atol", "max_step", "first_step", "min_step"):
            raise call.refused(f"the argument {name!r}", "supported: fun, t_span, y0, method, t_eval, args, rtol, atol, max_step, first_step")
        constant(call, name, value)
    for name in ("t_span", "t_eval"):
        constant(call, name, given.get(name))
    solution = call.run(hint="solution")
    states = Arr(np.dtype(float), None)
    t, y = (low.emit(Op("getattr", (solution,), name=name), kind, name, varied=False, fresh=True)
            for name, kind in (("t", Arr(np.dtype(float), (low.symbols.fresh(),))), ("y", states)))  # fmt: skip
    y0 = start_of(call, given["y0"])

    def varied(function: Ref, start: Any, operands: Any) -> Any:
        other = call.run(hint="variations", fun=function, y0=start, args=operands, t_eval=t)
        return low.emit(Op("getattr", (other,), name="y"), states, "y", varied=False, fresh=True)

    value = ObjVal(low.new_id(), integrate._ivp.ivp.OdeResult)
    low.cells[(value.id, "y")] = as_states(call, y, y0, False, varied)
    low.cells[(value.id, "t")] = t
    for name in ("success", "message", "nfev", "status"):
        low.cells[(value.id, name)] = low.emit(Op("getattr", (solution,), name=name), UNKNOWN, name, varied=False, fresh=True)
    return value


@expansion(integrate.odeint)
def odeint(low: Any, fn: Ref, given: Arguments, node: Any) -> Any:
    """The states of an initial value problem at given times, one row for each."""
    call = SolverCall(low, fn, given, node, "func", 2, "slopes")
    call.check("y0", "t", "rtol", "atol", "hmax", "h0", "hmin", "mxstep", Dfun=(None,), full_output=(False, 0), tfirst=(False, True))
    constant(call, "t", given["t"])
    for name in ("rtol", "atol"):
        if name in given:
            raise call.refused(f"the argument {name!r}", "use solve_ivp, or leave it out: it would hold for the variations, too")
    states = Arr(np.dtype(float), None)
    y = call.run(states, "states")
    tfirst = isinstance(given.get("tfirst"), Lit) and given["tfirst"].value is True

    def varied(function: Ref, start: Any, operands: Any) -> Any:
        transposed = low.get_attribute(call.run(states, "variations", func=function, y0=start, args=operands), "T", node)
        return low.atom(transposed)

    return as_states(call, y, start_of(call, given["y0"]), not tfirst, varied, transposed=True)


def constant(call: SolverCall, name: str, value: Any) -> None:
    if value is not None and call.low.varied_value(value):
        raise call.refused(f"{name!r} that is differentiated", "pass times and tolerances as constants: see s2sad.stop_gradient")


def start_of(call: SolverCall, y0: Any) -> Any:
    """The initial state as an array."""
    low = call.low
    y0 = low.atom(low.as_array(y0, call.node))
    t = type_of(y0)
    if not isinstance(t, Arr) or t.shape is None or len(t.shape) != 1 or getattr(t.dtype, "kind", "") not in "iuf":
        raise call.refused("an initial state that is not known to be a vector", "give a one-dimensional array, or annotate the parameter")
    return y0


def as_states(call: SolverCall, y: Var, y0: Any, y_first: bool, solve: Any, transposed: bool = False) -> Any:
    """The states as a function of the initial state and of the operands."""
    low, operands = call.low, [call.low.atom(a) for a in call.operands]
    live = [k for k, p in enumerate(operands) if low.varied_value(p)]
    with_start = low.varied_value(y0)
    if not live and not with_start:
        return y
    with constants(low):
        slopes = written_variations(call, y0, operands, live, with_start, y_first)
        n = low.call_value(Ref(np.size, "np.size", np), [y0], {}, call.node)
        z0 = low.call_value(beginnings(len(live), with_start), [y0, *(operands[k] for k in live)], {}, call.node)
        z = solve(slopes, low.atom(z0), TupleVal((low.atom(n), *operands)))
    value: Any = y
    before: list[Any] = []
    for p in [*([y0] if with_start else []), *(operands[k] for k in live)]:
        with constants(low):
            jacobian = low.call_value(part_of(len(before), transposed), [z, y0, p, *before], {}, call.node)
        before.append(p)
        value = call.depends(value, p, low.atom(jacobian))
    return value


def beginnings(count: int, with_start: bool) -> Ref:
    """The function that makes the initial state of the variational equations."""
    names = [f"p{i}" for i in range(count)]
    parts = ["y0", *(["np.ravel(np.eye(y0.size))"] if with_start else []), *(f"np.zeros(y0.size * np.size({n}))" for n in names)]
    text = f"def variations_start({', '.join(['y0', *names])}):\n    return np.concatenate(({', '.join(parts)},))\n"
    function = make(text, "variations_start", {"np": np})
    return Ref(function, "variations_start", function, GENERATED)


def part_of(skipped: int, transposed: bool) -> Ref:
    """The function that takes the derivative in one operand out of the variations; `p.shape + states.shape` is its shape."""
    names = [f"p{i}" for i in range(skipped)]
    first = " + ".join(["1", *(f"np.size({n})" for n in names)])
    shape = "np.shape(p) + (y0.size, z.shape[1])"
    result = f"np.swapaxes(np.reshape(part, {shape}), -1, -2)" if transposed else f"np.reshape(part, {shape})"
    name = f"variations_{skipped}" + ("_transposed" if transposed else "")
    text = (f"def {name}({', '.join(['z', 'y0', 'p', *names])}):\n    first = y0.size * ({first})\n"
            f"    part = z[first : first + y0.size * np.size(p)]\n    return {result}\n")  # fmt: skip
    function = make(text, name, {"np": np})
    return Ref(function, name, function, GENERATED)


def written_variations(call: SolverCall, y0: Any, operands: list[Any], live: list[int], with_start: bool, y_first: bool) -> Ref:
    """The right-hand side of the equation and, behind it, of its variations, as a function of its own.

    The variation in one number is a row of as many numbers as there are states: s' = J s, for parameters with a source.
    """
    function = call.lifted.function
    t = type_of(y0)
    assert isinstance(t, Arr)
    times, state = Var("t", FLOAT), Var("y", Arr(np.dtype(float), t.shape))
    args = [state, times, *operands] if y_first else [times, state, *operands]
    names = Gradient(function, 0)._target.names[: len(args)]
    at = 0 if y_first else 1
    y, given = names[at], ", ".join(names)
    by_state = jacobian_function(function, call.low, args, at, at).obj
    f = function.__name__
    space: dict[str, Any] = {"np": np, f: function, f"{f}_by_{y}": by_state}
    lines = [f"{y} = z[:n]", f"turned = np.transpose({f}_by_{y}({given}))", f"parts = [np.array({f}({given}))]", "at = n"]
    if with_start:
        lines += ["parts.append(np.ravel(np.dot(np.reshape(z[at : at + n * n], (n, n)), turned)))", "at = at + n * n"]
    for k in live:
        p = names[2 + k]
        space[f"{f}_by_{p}"] = jacobian_function(function, call.low, args, 2 + k, at).obj
        lines += [
            f"rows = np.reshape(z[at : at + n * np.size({p})], (np.size({p}), n))",
            f"source = np.transpose(np.reshape({f}_by_{p}({given}), (n, np.size({p}))))",
            "parts.append(np.ravel(np.dot(rows, turned) + source))",
            f"at = at + n * np.size({p})",
        ]
    first = ["z" if n == y else n for n in names[:2]]
    text = "\n    ".join([f"def variations({', '.join([*first, 'n', *names[2:]])}):", *lines, "return np.concatenate(parts)"]) + "\n"
    made = make(text, "variations", space)
    return Ref(made, "variations", made, GENERATED)
