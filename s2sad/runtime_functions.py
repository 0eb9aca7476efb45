"""Run-time helpers for functions with several results."""

from __future__ import annotations

from typing import Any

__all__ = [
    "weighted",
]  # fmt: skip


def weighted(bars: Any, slopes: Any) -> Any:
    """The sum of the products of the adjoints of several results and their slopes; an adjoint None counts as 0."""
    return sum(bar * slope for bar, slope in zip(bars, slopes) if bar is not None)
