"""Finite differences of one published call, without any help from the compiler under test."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .collect import Case, float_leaves, holds_floats, is_float_leaf

LARGEST_FULL = 12  # arrays with more elements are checked in this many elements, picked at random
STEPS = (2e-4, 5e-5)  # relative to the element


class NotUsable(Exception):
    """The published point is on a kink or a jump, or the function does not exist on one side of it."""


@dataclass(frozen=True)
class Difference:
    """Two central differences of the weighted output with respect to one element of one argument."""

    parameter: str
    leaf: int
    element: int
    coarse: float
    fine: float
    floor: float  # anything smaller than this is rounding

    def agrees_with(self, gradient: float) -> bool:
        allowed = 1e-5 * abs(self.fine) + 4.0 * abs(self.coarse - self.fine) + self.floor
        return bool(abs(gradient - self.fine) <= allowed)


def primals_of(case: Case) -> tuple[Callable[..., Any], list[str], list[Any]]:
    """The function, the names of its leading parameters and their values, all positional.

    Keyword arguments become positional, with the defaults in between, so that `vjp` reaches them.
    """
    function = case.function()
    signature = inspect.signature(function)
    bound = signature.bind(*case.args, **case.kwargs)
    given = set(bound.arguments)
    bound.apply_defaults()
    names: list[str] = []
    values: list[Any] = []
    last_given = 0
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            values.extend(bound.arguments[parameter.name])
            names.extend(f"*{parameter.name}" for _ in bound.arguments[parameter.name])
        elif parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            if parameter.name in given:
                raise NotUsable("keyword-only arguments")
            continue
        else:
            names.append(parameter.name)
            values.append(bound.arguments[parameter.name])
        if parameter.name in given:
            last_given = len(values)
    return function, names[:last_given], values[:last_given]


def cotangent_for(value: Any, rng: np.random.Generator) -> Any:
    """Random weights with the structure of `value`; None where it holds no floats."""
    if isinstance(value, (tuple, list)) and holds_floats(value):
        items = [cotangent_for(item, rng) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if not is_float_leaf(value):
        return None
    if isinstance(value, np.ndarray):
        return np.asarray(rng.uniform(0.5, 1.5, value.shape), dtype=value.dtype)
    return float(rng.uniform(0.5, 1.5))


def weighted(value: Any, cotangent: Any) -> float:
    leaves, weights = float_leaves(value), float_leaves(cotangent)
    if [v.shape for v in leaves] != [w.shape for w in weights]:
        raise NotUsable("the structure of the result changes near the point")
    return float(sum(np.sum(v * w) for v, w in zip(leaves, weights, strict=True)))


def moved(value: Any, leaf: int, element: int, step: float) -> Any:
    """A copy of `value` with one element of one of its float leaves moved by `step`."""
    counter = [leaf]

    def move(part: Any) -> Any:
        if isinstance(part, (tuple, list)):
            items = [move(item) for item in part]
            return type(part)(*items) if hasattr(part, "_fields") else type(part)(items)
        if not is_float_leaf(part):
            return part
        counter[0] -= 1
        if counter[0] != -1:
            return part
        if not isinstance(part, np.ndarray):
            return type(part)(part + step)
        result = part.copy()
        result[np.unravel_index(element, part.shape)] += step
        return result

    return move(value)


def differences(case: Case, cotangent: Any, rng: np.random.Generator) -> list[Difference]:
    """Differences for all float parameters of the case; raises `NotUsable` where two step sizes disagree."""
    function, names, values = primals_of(case)

    def at(position: int, replacement: Any) -> float:
        arguments = copy.deepcopy(values)
        arguments[position] = replacement
        try:
            return weighted(function(*arguments), cotangent)
        except NotUsable:
            raise
        except Exception as error:
            raise NotUsable(f"{type(error).__name__} near the point") from None

    centre = at(0, copy.deepcopy(values[0]))
    found = []
    for position, name in enumerate(names):
        if name not in case.floats:
            continue
        for leaf, array in enumerate(float_leaves(values[position])):
            elements = np.arange(array.size)
            if array.size > LARGEST_FULL:
                elements = np.sort(rng.choice(array.size, LARGEST_FULL, replace=False))
            for element in elements:
                here = float(array.flat[element])
                size = abs(here) if here else 1.0
                estimates, bends = [], []
                for relative in STEPS:
                    step = relative * size
                    above = at(position, moved(values[position], leaf, int(element), step))
                    below = at(position, moved(values[position], leaf, int(element), -step))
                    estimates.append((above - below) / (2.0 * step))
                    bends.append(abs(above - 2.0 * centre + below) / step)
                coarse, fine = estimates
                floor = 1e-9 * abs(centre) / size + 1e-300
                if not np.isfinite(fine) or abs(coarse - fine) > 1e-4 * abs(fine) + floor:
                    raise NotUsable(f"no derivative in {name}: differences {coarse:.9g} and {fine:.9g}")
                # One-sided differences of a smooth function meet as the step shrinks; on a kink they do not.
                if bends[1] > 0.5 * bends[0] and bends[1] > 1e-4 * abs(fine) + floor:
                    raise NotUsable(f"kink in {name}")
                found.append(Difference(name, leaf, int(element), coarse, fine, floor))
    return found
