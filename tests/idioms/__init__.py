"""Small NumPy idioms, each a function of one float vector of length 3 with a scalar result.

They collect what gradient tools get wrong in silence: views and aliases, stores, masks, repeated indices,
broadcasting, control flow, containers, closures. An idiom is a function whose only required parameter is `x`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.idioms import containers, flow, functions, selection, stores, values, views

Idiom = Callable[[np.ndarray], Any]

MODULES = (views, stores, selection, flow, containers, functions, values)

# What a compiler may refuse for good reason; all other idioms ought to be differentiated.
MAY_BE_REFUSED = {
    "generator_function",
    "evaluated_text",
    "iterator_protocol",
    "vectorized_function",
    "object_array",
    "flat_iterator_store",
    "locals_lookup",
    "memory_view",
    "frombuffer_alias",
    "strided_trick",
    "partial_try",
    "sort_in_place",
    "lambdas_share_loop_variable",
}


def idioms_of(module: object) -> list[Idiom]:
    """The idioms of one module: its public functions of exactly one parameter `x`."""
    return [
        function
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == getattr(module, "__name__", "")
        and list(inspect.signature(function).parameters) == ["x"]
    ]


IDIOMS: list[Idiom] = [idiom for module in MODULES for idiom in idioms_of(module)]
EXPECT_RIGHT = [idiom for idiom in IDIOMS if idiom.__name__ not in MAY_BE_REFUSED]
