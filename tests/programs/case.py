"""The form in which a program states its test cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """A scalar function, a maker of arguments, and the parameters to differentiate with respect to.

    `refused` says why the compiler does not take the program yet: the test then expects an error of s2sad, and fails if
    there is none.
    """

    func: Callable[..., Any]
    make_args: Callable[[np.random.Generator], tuple[Any, ...]]
    wrt: tuple[str, ...]
    label: str = ""
    rtol: float = 1e-5
    refused: str = ""
