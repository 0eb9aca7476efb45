"""Sizes that are multiples of one size, such as the `4 * m` columns of the weights of a recurrent network with `m` units."""

from __future__ import annotations

from typing import Any

from ..ir.nodes import Lit
from .types import SAMPLES, Dim

_ZERO: Dim = (0,) * SAMPLES


def slice_size(size: Dim, start: Any, stop: Any) -> Dim | None:
    """The size of a slice whose bounds are multiples of what its axis is a multiple of; None for other slices.

    Of two multiples of one size, the same is larger in all calls. Sizes that have nothing to do with each other are never in
    proportion (see `Symbols`). `start` and `stop` are atoms, None for those left out.
    """
    begin, end = _samples(start, _ZERO), _samples(stop, size)
    if begin is None or end is None or len(set(size)) == 1 or min(*size, *begin, *end) < 0:
        return None
    if any(b[k] * size[0] != size[k] * b[0] for b in (begin, end) for k in range(SAMPLES)):
        return None
    return tuple(max(min(e, n) - min(b, n), 0) for b, e, n in zip(begin, end, size))


def within(bound: Any, size: Dim) -> bool:
    """Whether a bound that is such a multiple is not behind the end of the axis."""
    samples = _samples(bound, size)
    return bound is not None and samples is not None and samples[0] <= size[0]


def ratio(size: Dim, bounds: tuple[Any, ...], sizes: dict[int, Dim]) -> tuple[int, int, int] | None:
    """Where a slice has a multiple of a size as its bound: of which multiple of that the axis is in the compiling call.

    `(128, 4, 32)` for `x[:, :3 * m]` of 128 columns where `m` is 32. None where it is no multiple, or has no such bound. `sizes` are
    those of the arguments.
    """
    if len(set(size)) == 1 or sizes.get(size[-1]) != size:
        return None
    for n, base in sizes.items():
        factors = [b[0] // base[0] for a in bounds if (b := _samples(a, _ZERO)) is not None and _multiple(b, base)]
        if base[0] > 0 and max(factors, default=0) >= 2 and size[-1] % n == 0 and size[-1] // n >= max(factors):
            return size[-1], size[-1] // n, n
    return None


def _multiple(b: Dim, base: Dim) -> bool:
    return base[0] > 0 and b[0] % base[0] == 0 and all(b[k] == b[0] // base[0] * base[k] for k in range(SAMPLES))


def hold(ratios: tuple[tuple[int, int, int], ...], sizes: list[int]) -> bool:
    """Whether sizes, by the order in which they first appear, are the multiples of each other that they were."""
    return all(max(i, k) < len(sizes) and sizes[i] == factor * sizes[k] for i, factor, k in ratios)


def _samples(bound: Any, default: Dim) -> Dim | None:
    """The sample values of a bound; None where they are not known."""
    if bound is None or isinstance(bound, Lit) and bound.value is None:
        return default
    if isinstance(bound, Lit):
        return _ZERO if type(bound.value) is int and bound.value == 0 else None
    return getattr(getattr(bound, "type", None), "ints", None)


__all__ = ["hold", "ratio", "slice_size", "within"]
