"""Numba, if it is installed; texts that use it can be printed without it."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

AVAILABLE = find_spec("numba") is not None


def release() -> str:
    """The version of Numba, which is not imported for it."""
    return version("numba") if AVAILABLE else ""


def load() -> None:
    """Import Numba, with what it imports itself, of SciPy, too, when the first function is compiled or found."""
    with suppress(ImportError):
        import_module("numba.np.arraymath")


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

__all__ = ["AVAILABLE", "load", "njit", "prange", "release"]
