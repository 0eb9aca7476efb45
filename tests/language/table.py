"""The table of programs: each is compared with Python and with finite differences, or has to be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

X = np.array([0.7, -0.3, 1.4])
M = np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 2.0], [0.3, 0.4, 0.9]])


@dataclass(frozen=True)
class Program:
    """A function, arguments for its calls, and a part of the message if it is to be refused."""

    function: Callable[..., Any]
    arguments: tuple[tuple[Any, ...], ...]
    refused: str = ""

    @property
    def name(self) -> str:
        return self.function.__name__


PROGRAMS: list[Program] = []


def program(*arguments: tuple[Any, ...], refused: str = "") -> Callable[[Any], Any]:
    """Put a function into the table. It is differentiated with respect to its first parameter."""

    def add(function: Any) -> Any:
        PROGRAMS.append(Program(function, arguments, refused))
        return function

    return add
