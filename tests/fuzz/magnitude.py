"""How large numbers get inside a program: where large ones cancel, differences of its results say nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

TOO_LARGE = 1e9


def largest(f: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """The largest finite number that a local variable of `f`, or of a function of its module, holds at any time."""
    filename, found = f.__code__.co_filename, 0.0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal found
        if frame.f_code.co_filename != filename:
            return None
        if event in ("line", "return"):
            found = max(found, *(size(v) for v in list(frame.f_locals.values())), 0.0)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f(*args)
    finally:
        sys.settrace(before)
    return found


def size(value: Any, depth: int = 3) -> float:
    """The largest number in a value and what it holds."""
    if isinstance(value, (float, np.floating)) or isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return float(np.max(np.abs(np.nan_to_num(value, posinf=0.0, neginf=0.0)), initial=0.0))
    if not depth:
        return 0.0
    items = value if isinstance(value, (list, tuple)) else value.values() if isinstance(value, dict) else getattr(value, "__dict__", {}).values()
    if isinstance(value, type) or callable(value):
        return 0.0
    return max(0.0, *(size(v, depth - 1) for v in items), 0.0)


__all__ = ["TOO_LARGE", "largest"]
