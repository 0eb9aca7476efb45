"""What a file of this folder states about its program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Workload:
    """One program with arguments of one size, and the parameters to differentiate with respect to.

    `kind` is "formula", "loop" (of numbers, one step after the other in every tool), "elements" (loops over elements, which tools
    that refuse them as written take all at once) or "arrays" (NumPy does the work). `statics` are the positions that JAX and
    advect take as constants of compilation. The forms of the program are functions of the same file:

    - `by_hand`: the adjoint written by hand, in NumPy; it returns the value and the gradients in the order of `wrt`;
    - `by_hand_numba`: the same for Numba to compile; without it, Numba compiles `by_hand`;
    - `functional(np)`: the program without stores and with no functions but those of `np`, the NumPy of another tool;
    - `for_jax(jax)`, `for_torch(torch)`: the program as a user of that tool would write it.
    """

    function: Callable[..., Any]
    size: str
    args: tuple[Any, ...]
    wrt: tuple[str, ...]
    kind: str
    statics: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.function.__name__} {self.size}"

    @property
    def selected(self) -> str | tuple[str, ...]:
        """`wrt` as a user gives it: one name, or a tuple."""
        return self.wrt[0] if len(self.wrt) == 1 else self.wrt

    @property
    def positions(self) -> int | tuple[int, ...]:
        """`wrt` as positions, for the tools that know no names."""
        found = self.places
        return found[0] if len(found) == 1 else found

    @property
    def places(self) -> tuple[int, ...]:
        """`wrt` as a tuple of positions."""
        names = self.function.__code__.co_varnames
        return tuple(names.index(name) for name in self.wrt)

    def form(self, name: str) -> Callable[..., Any] | None:
        """The function of this name in the program's file, if there is one."""
        return getattr(sys.modules[self.function.__module__], name, None)
