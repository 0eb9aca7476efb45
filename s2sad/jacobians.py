"""Jacobians and Hessians, column by column or row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .api import Gradient, adjoint_like, value_of
from .directional import Directions, Tangent, tangent_like
from .errors import DifferentiationError, NonScalarOutputError
from .inner import written_jacobian, written_product
from .runtime import like, zeros_along, zeros_like
from .targets import Wrt

Path = tuple[Any, ...]
BATCH = 64  # directions of one forward sweep


def leaves(x: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The numbers and arrays of floats in a structure of lists, tuples and dicts, each with its path."""
    if isinstance(x, (tuple, list)):
        for i, item in enumerate(x):
            yield from leaves(item, (*path, i))
    elif isinstance(x, dict):
        for k, item in x.items():
            yield from leaves(item, (*path, k))
    elif isinstance(x, np.ndarray):
        if x.dtype.kind in "fc":
            yield path, x
    elif isinstance(x, (float, complex, np.inexact)):
        yield path, x


def replaced(x: Any, made: dict[Path, Any], path: Path = ()) -> Any:
    """A structure like `x` with `made` at the paths of its leaves, None for what holds no floats."""
    if isinstance(x, (tuple, list)):
        items = [replaced(item, made, (*path, i)) for i, item in enumerate(x)]
        cls: Any = type(x)
        return items if isinstance(x, list) else cls._make(items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, dict):
        return {k: replaced(item, made, (*path, k)) for k, item in x.items()}
    return made.get(path)


def check_real(x: Any, what: str) -> None:
    """A TypeError for complex numbers and for objects, whose Jacobian has no agreed form."""
    if any(np.iscomplexobj(leaf) for _, leaf in leaves(x)):
        raise TypeError(f"{what} is complex; use jvp or vjp, which say how complex numbers are meant")
    if next(leaves(x), None) is None:
        raise TypeError(f"{what} holds no numbers or arrays of floats (in lists, tuples or dicts)")


def unit(x: Any, path: Path, index: tuple[int, ...]) -> Any:
    """A tangent of `x` that is 1 at one element of one leaf."""
    leaf = dict(leaves(x))[path]
    one = np.zeros(np.shape(leaf), np.asarray(leaf).dtype)
    one[index] = 1.0
    zeros = {p: zeros_like(v) for p, v in leaves(x)}
    return tangent_like(replaced(x, {**zeros, path: one if isinstance(leaf, np.ndarray) else one[()]}), x, "the tangent")


class Jacobian:
    """The function that returns the Jacobian of `f` with respect to `wrt`. See `jacobian`."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0, mode: str | None = None, value: bool = False) -> None:
        if mode not in (None, "forward", "reverse"):
            raise ValueError(f"unknown mode {mode!r}: forward, reverse or None for the one with fewer sweeps")
        self._forward = Tangent(f, wrt)
        self._directions = Directions(f, wrt)
        self._batches = True  # until that is refused
        self._adjoint = Gradient(f, wrt, "vjp")
        self._f = f
        self._mode = mode
        self._value = value
        self._names = self._forward._wrt_names
        self._prefix = self._forward._target.prefix
        self._tuple = isinstance(wrt, tuple)
        self.__name__ = f"{self._forward._target.name}_jacobian"
        self.__signature__ = self._forward._target.signature

    def __repr__(self) -> str:
        return f"<Jacobian of {self._forward._target.name} with respect to {', '.join(self._names)}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        target = self._forward._target
        inner = (*target.prefix, *args)
        bound = target.bind(inner, kwargs)
        self._forward._check_inputs(bound)
        inputs = {n: bound[n] for n in self._names}
        for n, x in inputs.items():
            check_real(x, f"the parameter {n!r}")
        value = value_of(self._f, args, kwargs)
        check_real(value, f"what {target.name}() returns")
        sizes = [sum(np.size(leaf) for _, leaf in leaves(x)) for x in (tuple(inputs.values()), value)]
        forward = self._mode == "forward" or self._mode is None and sizes[0] <= sizes[1]
        blocks = (self.columns if forward else self.rows)(inner, kwargs, inputs, value)
        made = {}
        for path, _ in leaves(value):
            per_input = tuple(replaced(x, {p: blocks[path, n, p] for p, _ in leaves(x)}) for n, x in inputs.items())
            made[path] = per_input if self._tuple else per_input[0]
        found = replaced(value, made)
        return (value, found) if self._value else found

    def __s2sad__(self, lowerer: Any, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return written_jacobian(self, lowerer, args, kwargs)

    def columns(self, args: Any, kwargs: Any, inputs: dict[str, Any], value: Any) -> dict[Any, Any]:
        """Forward sweeps along all input numbers: many at once where that is possible, else one after the other."""
        if self._batches:
            try:
                return self.many_columns(args, kwargs, inputs, value)
            except DifferentiationError:
                self._batches = False
        blocks = empty_blocks(inputs, value)
        zeros = {n: tangent_like(None, x, n) for n, x in inputs.items()}
        for n, x in inputs.items():
            for path, leaf in leaves(x):
                for index in np.ndindex(np.shape(leaf)):
                    _, dot = self._forward.along(args, kwargs, {**zeros, n: unit(x, path, index)})
                    column: Any = (..., *index)
                    for out, part in leaves(dot):
                        blocks[out, n, path][column] = part
        return blocks

    def many_columns(self, args: Any, kwargs: Any, inputs: dict[str, Any], value: Any) -> dict[Any, Any]:
        """Forward sweeps along up to `BATCH` input numbers at once."""
        blocks = empty_blocks(inputs, value)
        for n, x in inputs.items():
            for path, leaf in leaves(x):
                for start in range(0, np.size(leaf), BATCH):
                    stop = min(start + BATCH, np.size(leaf))
                    count = stop - start
                    dots = {m: tangent_like(None, y, m, count) for m, y in inputs.items()}
                    ones = np.eye(count, np.size(leaf), start, np.asarray(leaf).dtype).reshape(count, *np.shape(leaf))
                    zeros = {p: zeros_along(v, count) for p, v in leaves(x)}
                    dots[n] = tangent_like(replaced(x, {**zeros, path: ones}), x, n, count)
                    _, found = self._directions.along(args, kwargs, dots)
                    for out, part in leaves(found):
                        block = blocks[out, n, path]
                        block.reshape(*block.shape[: block.ndim - np.ndim(leaf)], -1)[..., start:stop] = np.moveaxis(part, 0, -1)
        return blocks

    def rows(self, args: Any, kwargs: Any, inputs: dict[str, Any], value: Any) -> dict[Any, Any]:
        """One reverse sweep for each output number."""
        blocks = empty_blocks(inputs, value)
        for out, leaf in leaves(value):
            for index in np.ndindex(np.shape(leaf)):
                seed = adjoint_like(unit(value, out, index), value, "the adjoint")
                found = self._adjoint._run((seed, *args), kwargs)
                for n, x_bar in zip(self._names, found if self._tuple else (found,)):
                    for path, part in leaves(x_bar):
                        blocks[out, n, path][index] = part
        return blocks


class ForwardGradient(Jacobian):
    """The gradient of a function that returns one real number, by one forward sweep for each input number."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0, kind: str = "grad") -> None:
        super().__init__(f, wrt, "forward", value=True)
        self._kind = kind
        self.__name__ = f"{self._forward._target.name}_{kind}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value, found = super().__call__(*args, **kwargs)
        if isinstance(value, (tuple, list, dict)) or np.ndim(value):
            raise NonScalarOutputError(f"{self._forward._target.name}() does not return a single real number, which grad needs", hint="use jacobian")
        bound = self._forward._target.bind((*self._forward._target.prefix, *args), kwargs)
        inputs = tuple(bound[n] for n in self._names)
        gradients = tuple(like(x, g) for x, g in zip(inputs, found if self._tuple else (found,)))
        gradient = gradients if self._tuple else gradients[0]
        return (value, gradient) if self._kind == "value_and_grad" else gradient

    @property
    def source(self) -> str:
        """Text of the tangent's variant last used."""
        return self._forward.source

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Text of the tangent's variant that a call with these arguments uses."""
        return self._forward.source_for(*args, **kwargs)


def empty_blocks(inputs: dict[str, Any], value: Any) -> dict[Any, Any]:
    """Zeros for the derivative of each output leaf by each input leaf, in the output's dtype."""
    return {
        (out, n, path): np.zeros((*np.shape(y), *np.shape(leaf)), np.asarray(y).dtype)
        for out, y in leaves(value)
        for n, x in inputs.items()
        for path, leaf in leaves(x)
    }


def jacobian(f: Callable[..., Any], wrt: Wrt = 0, *, mode: str | None = None) -> Jacobian:
    """The function that returns the Jacobian of `f`, an array of shape `value.shape + x.shape`.

    For a tuple `wrt` it is a tuple of such; where value or parameter are lists, tuples or dicts, so is the result, the
    value's structure outside. `mode` is "forward" (one sweep for each input number), "reverse" (one for each output
    number) or None for the one with fewer sweeps. Complex numbers are a TypeError.

    >>> jacobian(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
    return Jacobian(f, wrt, mode)


def jacfwd(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """`jacobian` in forward mode: good for few inputs."""
    return Jacobian(f, wrt, "forward")


def jacrev(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """`jacobian` in reverse mode: good for few outputs."""
    return Jacobian(f, wrt, "reverse")


def value_and_jacobian(f: Callable[..., Any], wrt: Wrt = 0, *, mode: str | None = None) -> Jacobian:
    """Like `jacobian`, but the result is the pair of value and Jacobian.

    >>> value_and_jacobian(lambda x: x * x)(3.0)
    (9.0, array(6.))
    """
    return Jacobian(f, wrt, mode, value=True)


def hessian(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """The function that returns the second derivatives of `f`, which returns one number: of shape `x.shape + x.shape`.

    For a tuple `wrt` it is a tuple of tuples of such blocks. Computed forward over reverse: one sweep of the gradient's
    tangent for each input number.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return Jacobian(Gradient(f, wrt, "grad"), wrt, "forward")


class HessianProduct:
    """The function that returns Hessian times vector. See `hvp`."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0) -> None:
        self._gradient = Gradient(f, wrt, "grad")
        self._along = Tangent(self._gradient, wrt)
        self._prefix = self._gradient._target.prefix
        self.__name__ = f"{self._gradient._target.name}_hvp"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        *primals, v = args
        target = self._gradient._target
        inner = (*target.prefix, *primals)
        bound = target.bind(inner, kwargs)
        given = v if isinstance(self._along.wrt, tuple) else (v,)
        names = self._along._wrt_names
        if len(given) != len(names):
            raise TypeError(f"{len(names)} vectors are needed, one for each of {', '.join(names)}")
        dots = {n: tangent_like(t, bound[n], f"the vector for {n!r}") for n, t in zip(names, given)}
        return self._along.along(inner, kwargs, dots)[1]

    def __s2sad__(self, lowerer: Any, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return written_product(self, lowerer, args, kwargs)

    @property
    def source(self) -> str:
        """Text of the variant that was used last."""
        return self._along.source


def hvp(f: Callable[..., Any], wrt: Wrt = 0) -> HessianProduct:
    """The function of the arguments of `f` and a vector that returns the Hessian of `f` times the vector.

    The vector, given last, has the structure of the parameter `wrt` (a tuple of such for a tuple), and so has the result. The
    cost is that of about two gradients, whatever the size; the Hessian is not formed.

    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]), np.array([1.0, 0.0]))
    array([6., 2.])
    """
    return HessianProduct(f, wrt)
