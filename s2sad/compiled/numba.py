"""Numba, if it is installed; texts that use it can be printed without it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

AVAILABLE = find_spec("numba") is not None


def njit(*args: Any, **options: Any) -> Any:
    """Numba's decorator, imported when the first function is compiled."""
    import numba

    return numba.njit(*args, **options)


def prange(*args: Any) -> Any:  # pragma: no cover
    """Numba's range of independent iterations; only its name is used."""
    return range(*args)


# in a text, they are Numba's
njit.__module__ = prange.__module__ = "numba"

__all__ = ["AVAILABLE", "njit", "prange"]
