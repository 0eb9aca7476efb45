"""No search for reference cycles while a function is compiled: nearly all of what is made then lives until the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Python's garbage collector pauses, unless it is off anyway. Memory is still freed as its last reference goes."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


__all__ = ["without_collections"]
