"""Numba, if it is installed; texts that use it can be printed without it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

AVAILABLE = find_spec("numba") is not None


def njit(*args: Any, **options: Any) -> Any:
    """Numba's decorator, imported when the first function is compiled."""
    import numba

    return numba.njit(*args, **options)


def prange() -> Any:
    """Numba's range of independent iterations; something else that has its name, if Numba is not installed."""
    if not AVAILABLE:
        return range
    import numba

    return numba.prange


# in a text, it is Numba's
njit.__module__ = "numba"

__all__ = ["AVAILABLE", "njit", "prange"]
