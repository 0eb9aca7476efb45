"""Interpolating functions of `scipy.interpolate`: in the points where they are evaluated, splines also in the values.

`spline(t)` is called as it stands, and so is its derivative `spline(t, 1)`. A spline is linear in the values that it interpolates:
its derivative in them is the spline of the unit vectors (C. de Boor, A practical guide to splines, 1978).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate

from s2sad import runtime
from s2sad.analysis.types import UNKNOWN, Arr, Num, Type
from s2sad.errors import NoRuleError
from s2sad.frontend.lower import type_of
from s2sad.frontend.values import Partial
from s2sad.ir.nodes import SAFE, Lit, Op, Ref, Var
from s2sad.rules.registry import expansion

# Boundary conditions that are the same for the unit vectors: those with numbers in them are not.
VECTOR = "give a one-dimensional array, or annotate the parameter"
_LINEAR_ENDS = ("not-a-knot", "natural", "clamped")


def evaluate(spline: Any, x: Any, y: Any, t: Any, nu: int = 0) -> Any:
    """What a call of a spline that is made in a differentiated program stands for."""
    return spline(t, nu)


@expansion(interpolate.PPoly, interpolate.BSpline, interpolate.UnivariateSpline, instances=True)
def called(low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
    """A call of an interpolating function that exists before the program runs."""
    for name in given:
        if name not in ("x", "nu"):
            raise refused(low, f"{fn.name} with the argument {name!r}", "supported: x, nu", node)
    if not isinstance(fn.obj, interpolate.UnivariateSpline):
        axes = 1 if isinstance(fn.obj, interpolate.BSpline) else 2
        if np.ndim(fn.obj.c) != axes or np.iscomplexobj(fn.obj.c):
            raise refused(low, f"{fn.name}, which has several components,", "make one interpolating function for each component", node)
    return at_points(low, fn, given["x"], given.get("nu", Lit(0)), node)


@expansion(interpolate.CubicSpline, interpolate.PchipInterpolator, interpolate.Akima1DInterpolator, interpolate.make_interp_spline, always=True)
def made(low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
    """An interpolating function that the program makes: it can be called."""
    x, y = (low.atom(low.as_array(given[n], node)) for n in ("x", "y"))
    for name, value in given.items():
        if name not in ("x", "y") and low.varied_value(value) or name == "x" and low.varied_value(x):
            raise refused(low, f"{fn.name} with respect to {name!r}", "it has one with respect to y", node)
    if low.varied_value(y):
        check_linear(low, fn, given, y, node)
    positional = [x, y]
    kws = tuple((n, low.atom(v)) for n, v in given.items() if n not in ("x", "y"))
    spline = low.emit(Op("call", tuple(positional), kws, fn=fn, data=SAFE), UNKNOWN, "spline", varied=False, fresh=True)
    return Partial(Ref(evaluate, "evaluate", evaluate, "s2sad.runtime"), (spline, Options(fn, kws, x), y), ())


class Options:
    """How a spline was made."""

    def __init__(self, fn: Ref, kws: Any, x: Any) -> None:
        self.fn, self.kws, self.x = fn, kws, x


def check_linear(low: Any, fn: Ref, given: dict[str, Any], y: Any, node: Any) -> None:
    """Refuse splines that are not linear in their values, or not known to be of one component."""
    ends = given.get("bc_type", Lit(None))
    plain = isinstance(ends, Lit) and ends.value in (None, *_LINEAR_ENDS)
    if fn.obj not in (interpolate.CubicSpline, interpolate.make_interp_spline):
        raise refused(low, f"{fn.name} with respect to 'y'", "it is not linear in y; CubicSpline and make_interp_spline are", node)
    if not plain:
        raise refused(low, f"{fn.name} with this bc_type, with respect to 'y',", f"supported: {', '.join(map(repr, _LINEAR_ENDS))}", node)
    if not is_vector(y):
        raise refused(low, f"{fn.name} of values that are not known to be a vector", VECTOR, node)


def is_vector(y: Any) -> bool:
    """Whether a value is known to be a vector of real numbers."""
    t = type_of(y)
    return isinstance(t, Arr) and t.shape is not None and len(t.shape) == 1 and getattr(t.dtype, "kind", "") in "iuf"


@expansion(evaluate, always=True)
def evaluated(low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
    """A call of a spline that the program has made."""
    spline, options, y, t, nu = (given.get(n) for n in ("spline", "x", "y", "t", "nu"))
    assert isinstance(options, Options)
    nu = nu or Lit(0)
    if low.varied_value(t) and not is_vector(y):
        raise refused(low, f"{options.fn.name} of values that are not known to be a vector", VECTOR, node)
    value = at_points(low, spline, t, nu, node)
    if not low.varied_value(y):
        return value
    n = low.primitive(Ref(np.size, "np.size", np), [y], {}, node)
    units = low.primitive(Ref(np.eye, "np.eye", np), [n], {}, node)
    basis = low.emit(Op("call", (options.x, units), options.kws, fn=options.fn, data=SAFE), UNKNOWN, "basis", varied=False, fresh=True)
    weights = run(low, basis, t, nu, UNKNOWN, "weights")
    turned = low.primitive(Ref(np.moveaxis, "np.moveaxis", np), [weights, Lit(-1), Lit(0)], {}, node)
    helper = runtime.depending_also_on if low.varied_value(t) else runtime.depending_on
    return low.primitive(Ref(helper, helper.__name__, helper, "s2sad.runtime"), [value, y, turned], {}, node)


def at_points(low: Any, spline: Any, t: Any, nu: Any, node: Any) -> Any:
    """`spline(t, nu)` as a function of `t`."""
    t = low.atom(low.as_array(t, node))
    kind = type_of(t)
    points: Type = UNKNOWN
    if low.varied_value(t):
        points = Arr(np.dtype(float), kind.shape if isinstance(kind, Arr) else () if isinstance(kind, Num) else None)
    if not isinstance(nu, Lit) or type(nu.value) is not int or nu.value < 0:
        raise refused(low, "an interpolating function with a derivative that is not known before the run", "write the number: spline(t, 1)", node)
    value = run(low, spline, t, nu, points, "value")
    if not low.varied_value(t):
        return value
    slope = run(low, spline, t, Lit(nu.value + 1), points, "slope")
    return low.primitive(Ref(runtime.with_slope, "with_slope", runtime.with_slope, "s2sad.runtime"), [value, t, slope], {}, node)


def run(low: Any, spline: Any, t: Any, nu: Lit, kind: Type, hint: str) -> Var:
    args = (low.atom(t),) if nu.value == 0 else (low.atom(t), nu)
    found: Var = low.emit(Op("call", args, fn=spline, data=SAFE), kind, hint, varied=False, fresh=True)
    return found


def refused(low: Any, what: str, hint: str, node: Any) -> Exception:
    error: Exception = low.error(NoRuleError, f"{what} has no derivative rule", node, hint)
    return error


