"""Functions that bring their own derivatives, as Python functions that are called when the emitted code runs."""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from .analysis.types import UNKNOWN
from .errors import NoRuleError
from .frontend.values import is_atom
from .ir.nodes import SAFE, Effect, Lit, Op, Ref, Var
from .rules import registry
from .runtime import require_apart

_numbers = count(1)


class CustomVjp:
    """A function with derivatives of its own. See `custom_vjp`."""

    def __init__(self, f: Callable[..., Any]) -> None:
        if not callable(f):
            raise TypeError(f"a function is needed, not {f!r:.60}")
        self._f = f
        self._forward: Callable[..., Any] | None = None
        self._backward: Callable[..., Any] | None = None
        self._tangent: Callable[..., Any] | None = None
        functools.update_wrapper(self, f, updated=())
        vars(self).pop("__wrapped__")  # what it is made of is not what is differentiated
        self.__signature__ = inspect.signature(f)
        self.__name__ = getattr(f, "__name__", "function")
        self.forward, self.link, self.pull, self.push = Forward(self), Link(self), Pull(self), Push(self)
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in self.__signature__.parameters.values()):
            raise TypeError(f"{self.__name__}() has *args or **kwargs; custom_vjp needs a fixed number of parameters")
        registry.expansion(self)(self._expand)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._f(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__} with derivatives of its own>"

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Give the rule of reverse mode.

        `forward(*args)` returns the value and what `backward` needs besides the value's adjoint; `backward(residuals, value_bar)`
        returns a tuple with the adjoint of each argument, None for one that is not differentiated. Both are called with all
        arguments, defaults included, by position; neither may change what it is given.
        """
        self._forward, self._backward = forward, backward
        _, value, residuals = self._names
        constants = (f"{value}_bar = None", f"{residuals}_bar = None")
        self._register(registry.adjoint, "bars = {f}.pull(residuals, {y}_bar, {operands})", "{x}_bar = bars[{i}]", *constants)

    def defjvp(self, tangent: Callable[..., Any]) -> None:
        """Give the rule of forward mode: `tangent(primals, tangents)` returns the tangent of the value.

        Both are tuples with one entry for each argument; the tangent of one that does not vary is zero.
        """
        self._tangent = tangent
        self._register(registry.tangent, "{y}_dot = {f}.push(({operands}), ({dots}))")

    @property
    def _names(self) -> list[str]:
        """Names for the result, the value and the residuals that no parameter has."""
        return _fresh(list(self.__signature__.parameters), "y", "value", "residuals")

    def _register(self, register: Any, *lines: str) -> None:
        names = list(self.__signature__.parameters)
        y, value, residuals = self._names
        owner = self.__name__ if self.__name__.isidentifier() and self.__name__ not in names else "function_"
        parts = {"f": owner, "y": y, "operands": "".join(f"{n}, " for n in names), "dots": "".join(f"{n}_dot, " for n in names)}
        body = [lines[0].replace("residuals", residuals).format(**parts)]
        body += [line.format(x=x, i=i) for line in lines[1:2] for i, x in enumerate(names)]
        body += lines[2:]
        rule = f"{self.__name__}_rule" if self.__name__.isidentifier() else "rule"
        text = "\n    ".join([f"def {rule}({', '.join([y, value, residuals, *names])}):", *body]) + "\n"
        filename = f"<s2sad {rule} {next(_numbers)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        space: dict[str, Any] = {"__name__": self.__module__, owner: self}
        exec(compile(text, filename, "exec"), space)
        space[rule].__s2sad_template__ = text  # `linecache` may be cleared
        register(self.link)(space[rule])

    # --- how a call is lowered -----------------------------------------------------------------------------------

    def _expand(self, low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
        if self._backward is None and self._tangent is None:
            raise low.error(NoRuleError, f"{fn.name} has no derivative rule yet", node, f"give it one with {fn.name}.defvjp(forward, backward)")
        args = []
        for name, p in self.__signature__.parameters.items():
            value = given[name] if name in given else low.embed(p.default, name, default=True)
            if not is_atom(value) and low.varied_value(value):
                raise low.unsupported(f"the argument {name!r} of {fn.name} is a structure of differentiated values", node, "pass numbers and arrays")
            args.append(low.atom(value))
        pair = low.emit(Op("call", tuple(args), fn=self._member(fn, "forward"), data=SAFE), UNKNOWN, "pair", varied=False, fresh=True)
        value, residuals = (low.emit(Op("getitem", (pair, Lit(i))), UNKNOWN, n, varied=False) for i, n in enumerate(("value", "residuals")))
        self._keep_apart(low, value, args, node)
        op = Op("call", (value, residuals, *args), fn=self._member(fn, "link"))
        return low.emit(op, UNKNOWN, self.__name__, varied=any(low.varied(a) for a in args), fresh=True)

    def _keep_apart(self, low: Any, value: Any, args: list[Any], node: Any) -> None:
        """Have the emitted code make sure that the value, which is copied, is not memory of an argument that is stored to."""
        fn = Ref(require_apart, "require_apart", require_apart, "s2sad.runtime")
        for a in args:
            if isinstance(a, Var) and a.region is not None:
                uncaught = (Ref(BaseException, "BaseException", BaseException, "builtins"),) if low.watches else ()
                check = Effect(Op("call", (value, a, *uncaught), fn=fn, data=SAFE), low.span(node))
                low.append(check)
                low.apart.append((check, a))

    def _member(self, fn: Ref, name: str) -> Ref:
        obj = getattr(self, name)
        return Ref(obj, f"{fn.name}.{name}", fn.root if fn.root is not None else self, fn.module)


class _Part:
    """Something that emitted code calls; it is followed into its source only where it is differentiated itself."""

    __s2sad_opaque__ = True

    def __init__(self, owner: CustomVjp) -> None:
        self._owner = owner


class Forward(_Part):
    """The value and the residuals."""

    def __call__(self, *args: Any) -> tuple[Any, Any]:
        f = self._owner
        if f._forward is None:
            return f._f(*args), None
        found = f._forward(*args)
        if not isinstance(found, tuple) or len(found) != 2:
            raise TypeError(f"the forward rule of {f.__name__}() has to return a pair: value and residuals")
        return found


class Link(_Part):
    """The value as a function of the arguments: this is what has the rule."""

    def __call__(self, value: Any, residuals: Any, *args: Any) -> Any:
        if not isinstance(value, (int, float, complex, np.ndarray, np.generic)):
            raise TypeError(f"{self._owner.__name__}() returns a {type(value).__name__}; with custom_vjp it has to be a number or an array")
        return np.array(value) if isinstance(value, np.ndarray) else value


class Pull(_Part):
    """The adjoints of the arguments, in their shapes and in memory of their own."""

    def __call__(self, residuals: Any, value_bar: Any, *args: Any) -> tuple[Any, ...]:
        f = self._owner
        assert f._backward is not None
        bars = f._backward(residuals, np.array(value_bar) if isinstance(value_bar, np.ndarray) else value_bar)
        if not isinstance(bars, tuple) or len(bars) != len(args):
            raise TypeError(f"the backward rule of {f.__name__}() has to return a tuple of {len(args)} adjoints")
        return tuple(_own(b, x, f"the adjoint of argument {i} of {f.__name__}()") for i, (b, x) in enumerate(zip(bars, args)))


class Push(_Part):
    """The tangent of the value, in memory of its own."""

    def __call__(self, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
        assert self._owner._tangent is not None
        found = self._owner._tangent(primals, tangents)
        return np.array(found) if isinstance(found, np.ndarray) else found


def _own(bar: Any, x: Any, what: str) -> Any:
    if bar is None:
        return np.zeros(np.shape(x)) if isinstance(x, np.ndarray) else 0.0
    if np.shape(bar) != np.shape(x):
        raise ValueError(f"{what} has the shape {np.shape(bar)}, the argument {np.shape(x)}")
    return np.array(bar) if isinstance(x, np.ndarray) else bar[()] if isinstance(bar, np.ndarray) else bar


def _fresh(taken: list[str], *names: str) -> list[str]:
    """The names, with underscores behind those that are taken."""
    found = []
    for name in names:
        while name in taken:
            name += "_"
        found.append(name)
    return found


def custom_vjp(f: Callable[..., Any]) -> CustomVjp:
    """Decorator for a function that has no source to follow, or a better derivative than that of its source.

    Returns a function that does what `f` does, with two methods. `defvjp(forward, backward)` gives the rule of reverse mode:
    `forward(*args)` returns a pair of the value and anything that `backward` needs; `backward(residuals, value_bar)` returns a
    tuple with the adjoint of each argument in its shape, None for one without. `defjvp(tangent)` gives the rule of forward mode:
    `tangent(primals, tangents)` returns the tangent of the value. The value is a number or an array. The rules are called when the
    emitted code runs; for a second derivative, they are followed into their source, and differentiated like any other function.

    Raises TypeError for functions with `*args` or `**kwargs`, and, when the gradient is computed, if a rule returns something
    else; ValueError for an adjoint in another shape than its argument's.

    >>> import math
    >>> @custom_vjp
    ... def log1pexp(x):
    ...     return math.log1p(math.exp(x))
    >>> log1pexp.defvjp(lambda x: (log1pexp(x), math.exp(x)), lambda e, y_bar: (y_bar * e / (1.0 + e),))
    >>> import s2sad
    >>> s2sad.grad(lambda x: 2.0 * log1pexp(x))(0.0)
    1.0
    """
    return CustomVjp(f)


__all__ = ["CustomVjp", "custom_vjp"]
