"""Blocks of large arrays in several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

__all__ = ["in_threads"]


def in_threads(function: Callable[[Any], Any], starts: Iterable[Any], workers: int) -> list[Any]:
    """The results of `function` for each of `starts`, in their order, computed by so many threads.

    They treat floating-point errors as the caller does (`np.errstate`). The first error of a call is raised.

    >>> in_threads(lambda start: start + 1, range(0, 10, 4), 2)
    [1, 5, 9]
    """
    settings: Any = np.geterr()

    def run(start: Any) -> Any:
        with np.errstate(**settings):
            return function(start)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, starts))
