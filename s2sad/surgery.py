"""A mark for blocks that run in the reverse sweep, with the adjoint of a variable in their hands."""

from __future__ import annotations

from typing import Any

import numpy as np


class Zeros:
    """The context manager that `adjoint_of` returns where nothing is differentiated: it hands out an adjoint of zeros."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __enter__(self) -> Any:
        known = isinstance(self._value, (np.ndarray, np.number, np.bool_, int, float, complex))
        dtype = np.asarray(self._value).dtype
        if not known or dtype.kind not in "fciub":
            raise TypeError(f"adjoint_of takes a number or an array of numbers, not {self._value!r:.60}")
        if isinstance(self._value, (np.ndarray, np.inexact)):
            return np.zeros_like(self._value, dtype if dtype.kind in "fc" else float)[()]
        return 0j if isinstance(self._value, complex) else 0.0

    def __exit__(self, *exception: Any) -> None:
        return None


def adjoint_of(value: Any) -> Zeros:
    """Run a block in the reverse sweep, where the adjoint of a variable is complete: to print, check, clip or scale it.

    `with adjoint_of(h) as h_bar:` names a variable `h` of the function that holds a number or an array. The block is spliced
    into the reverse sweep of the emitted gradient at the place that mirrors its own; the forward sweep goes without it. There
    `h_bar` is the derivative of the result with respect to `h` as it is read under this name from the block on, in the shape and
    dtype of `h`. What the block assigns to `h_bar`, or changes in it, is what goes on to what `h` was computed from: an array of
    the shape of `h`, or a number that stands for all elements. Blocks run in reverse order, and in each iteration of a loop that
    they are in.

    What else the block reads has the values that it had at this point of the forward sweep, and is constant. The block may assign
    names of its own only, and change arrays of its own only. It does not run if the result does not depend on `h`, and in forward
    mode it is left out: derivatives that have to agree with those of forward mode, such as Hessians, want a block that only looks.

    In a call that is not differentiated, a context manager cannot skip its block: there it runs in its place, with an adjoint of
    zeros (that the function returns is not changed by it). Raises a TypeError then if `value` holds no numbers.

    Refused with an error when a gradient is compiled are anything but a plain variable of the function, variables whose array is
    stored to (take a copy), and blocks that are left by `return`, `break` or `continue`.

    >>> import numpy as np, s2sad
    >>> def f(x):
    ...     h = np.exp(x)
    ...     with s2sad.adjoint_of(h) as h_bar:
    ...         h_bar = np.clip(h_bar, -1.0, 1.0)
    ...     return np.sum(h**2)
    >>> s2sad.grad(f)(np.array([0.0, -2.0]))
    array([1.        , 0.03663128])
    """
    return Zeros(value)


__all__ = ["Zeros", "adjoint_of"]
