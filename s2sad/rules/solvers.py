"""What the rules of solvers have in common: calls of library functions that are given a function."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.analysis.types import UNKNOWN, Arr, Num, literal_dim
from s2sad.api import Gradient
from s2sad.errors import NoRuleError
from s2sad.frontend.lifting import GENERATED, Lifted, lift, make
from s2sad.frontend.lower import type_of
from s2sad.frontend.values import TupleVal, is_atom
from s2sad.inner import argument_types, emitted, written_jacobian
from s2sad.ir.nodes import SAFE, Lit, Op, Ref, Var
from s2sad.jacobians import Jacobian

Arguments = dict[str, Any]


class SolverCall:
    """One call of a function that is given a function: its operands, and how it is written in the emitted code."""

    def __init__(self, low: Any, fn: Ref, given: Arguments, node: Any, function: str, arity: int = 1, name: str = "residual") -> None:
        """`function` is the parameter that takes the function, `arity` how many arguments the solver itself gives to it."""
        self.low, self.fn, self.given, self.node = low, fn, given, node
        self.args = self.extra_arguments()
        self.lifted: Lifted = lift(low, given[function], arity + len(self.args), name, node)
        self.function = function
        self.dependent: set[Any] = set()

    @property
    def operands(self) -> list[Any]:
        """What the function is given behind the unknown."""
        return [*self.args, *self.lifted.captured]

    @property
    def varied(self) -> bool:
        """Whether the function depends on what is differentiated."""
        return any(self.low.varied_value(a) for a in self.operands)

    def extra_arguments(self) -> list[Any]:
        args = self.given.get("args", TupleVal(()))
        if isinstance(args, Lit) and args.value is None:
            return []
        if isinstance(args, TupleVal):
            return list(args.items)
        if is_atom(args) and isinstance(type_of(args), (Num, Arr)):
            return [args]
        raise self.refused("args of unknown length", "write a tuple: args=(...,)")

    def check(self, *known: str, **only: tuple[Any, ...]) -> None:
        """Refuse arguments that have no derivative here: others than `known`, and values of options other than `only`."""
        for name, value in self.given.items():
            if name in only:
                if not (isinstance(value, Lit) and value.value in only[name]):
                    shown = " or ".join(f"{name}={v!r}" for v in only[name])
                    raise self.refused(f"the argument {name!r}", f"supported: {shown}" if shown else "leave it out")
            elif name not in (self.function, "args", *known):
                raise self.refused(f"the argument {name!r}", f"supported: {', '.join((self.function, 'args', *known, *only))}")

    def refused(self, what: str, hint: str) -> Exception:
        error: Exception = self.low.error(NoRuleError, f"{self.fn.name} with {what} has no derivative rule", self.node, hint)
        return error

    def run(self, t: Any = UNKNOWN, hint: str = "", **changed: Any) -> Var:
        """The call as it stands but for what is `changed`, its result a constant."""
        low = self.low
        given = dict(self.given)
        given[self.function] = self.lifted.ref
        if self.operands:
            given["args"] = TupleVal(tuple(self.operands))
        given.update(changed)
        positional: list[Any] = []
        names = list(given)
        parameters = list(inspect.signature(self.fn.obj).parameters.values())
        for p in parameters:
            if p.name not in given:
                break
            if p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD):
                break
            positional.append(low.atom(given[p.name]))
            names.remove(p.name)
        kws = [(n, low.atom(v)) for k in names for n, v in (given[k].items() if isinstance(given[k], dict) else [(k, given[k])])]
        var: Var = low.emit(Op("call", tuple(positional), tuple(kws), fn=self.fn, data=SAFE), t, hint, varied=False, fresh=True)
        return var

    def value(self, x: list[Any]) -> Any:
        """The function at `x`, written out."""
        return self.low.call_value(self.lifted.ref, [*x, *self.operands], {}, self.node)

    def jacobian(self, function: Any, x: list[Any], wrt: int = 0) -> Any:
        """The derivative of `function` in one of its arguments, written out."""
        args = [self.low.atom(a) for a in (*x, *self.operands)]
        with constants(self.low):
            return self.low.call_value(jacobian_function(function, self.low, args, wrt, wrt), args, {}, self.node)

    def at_root(self, x: Var, residual: Any, jacobian: Any) -> Any:
        """The root as a function of what its equation depends on."""
        helper = Ref(runtime.at_root, "at_root", runtime.at_root, "s2sad.runtime")
        return self.low.primitive(helper, [x, self.array(residual) if isinstance(x.type, Arr) else residual, jacobian], {}, self.node)

    def depends(self, value: Any, p: Any, jacobian: Any) -> Any:
        """`value` as a function of `p`, too, in which it has this derivative."""
        helper = runtime.depending_on if value not in self.dependent else runtime.depending_also_on
        found = self.low.primitive(Ref(helper, helper.__name__, helper, "s2sad.runtime"), [value, p, jacobian], {}, self.node)
        self.dependent.add(found)
        return found

    def array(self, value: Any) -> Any:
        value = self.low.as_array(value, self.node)
        return value

    def vector(self, x0: Any) -> Arr:
        """The type of the unknowns: a vector as long as the starting point."""
        t = type_of(x0) if is_atom(x0) else None
        if not isinstance(t, (Num, Arr)):
            t = type_of(self.low.atom(self.low.as_array(x0, self.node)))
        if isinstance(t, Num):
            return Arr(np.dtype(float), (literal_dim(1),))
        if isinstance(t, Arr) and t.shape is not None and len(t.shape) == 1 and getattr(t.dtype, "kind", "f") in "iuf":
            return Arr(np.dtype(float), t.shape)
        raise self.refused("a starting point that is not known to be a vector", "give a one-dimensional array, or annotate the parameter")


ROWS = """
def {name}({parameters}):
    rows = []
    for i in range({out}.size):
        direction = np.zeros({out}.size, {out}.dtype)
        direction[i] = 1.0
        rows.append({back}(np.reshape(direction, {out}.shape), {parameters})[0])
    return np.reshape(np.stack(rows), {out}.shape + np.shape({x}))
"""
ROW = """
def {name}({parameters}):
    return {back}(1.0, {parameters})[0]
"""


def jacobian_function(function: Any, low: Any, args: list[Any], wrt: int, out: int) -> Ref:
    """The derivative of `function` in the argument `wrt`, as a function; the result has the shape of the argument `out`."""
    try:
        return written_jacobian(Jacobian(function, wrt), low, args, {})
    except NoRuleError:  # of forward mode: then row by row
        pass
    gradient = Gradient(function, (wrt,), "vjp")
    types_ = argument_types(gradient, low, args, {})
    back = emitted(gradient, types_)
    names = list(types_)[: len(args)]
    text = (ROWS if isinstance(types_[names[out]], Arr) else ROW).lstrip()
    name = f"{function.__name__}_by_{names[wrt]}"
    text = text.format(name=name, parameters=", ".join(names), x=names[wrt], out=names[out], back=back.__name__)
    made = make(text, name, {"np": np, back.__name__: back})
    return Ref(made, name, made, GENERATED)


@contextlib.contextmanager
def constants(low: Any) -> Iterator[None]:
    """What is lowered here is not differentiated: nothing depends on it to first order."""
    low.varied = low.varied_value = lambda value, seen=frozenset(): False
    try:
        yield
    finally:
        del low.varied, low.varied_value
