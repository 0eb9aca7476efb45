"""What the tests share: finite differences over nested containers.

A parameter may be a float, an array, or a list, tuple, dict, dataclass, named tuple or plain object of such
values. `floats_of` flattens the floats in it to one vector, `with_floats` puts a vector back in place,
so a central difference is taken over every float, whatever the container.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

Function = Callable[..., Any]


def is_float(value: Any) -> bool:
    """True for a Python or NumPy real scalar and for an array of floats."""
    if isinstance(value, np.ndarray):
        return bool(np.issubdtype(value.dtype, np.floating))
    return isinstance(value, (float, np.floating))


def children_of(value: Any) -> list[tuple[str, Any]] | None:
    """The (label, child) pairs of a container, or None if `value` is a leaf."""
    if isinstance(value, Mapping):
        return [(f"[{key!r}]", child) for key, child in value.items()]
    if isinstance(value, (list, tuple)):
        return [(f"[{k}]", child) for k, child in enumerate(value)]
    if is_plain_object(value):
        return [(f".{name}", child) for name, child in attributes_of(value).items()]
    return None


def is_plain_object(value: Any) -> bool:
    """True for a dataclass, a namespace or an instance of a user's class."""
    if isinstance(value, type) or callable(value):
        return False
    if dataclasses.is_dataclass(value) or isinstance(value, SimpleNamespace):
        return True
    return hasattr(value, "__dict__") and type(value).__module__ not in ("builtins", "numpy")


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes of a plain object, by name."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return dict(vars(value))


def floats_of(value: Any) -> np.ndarray:
    """All floats in `value`, in order, as one float64 vector."""
    if is_float(value):
        return np.asarray(value, dtype=float).ravel()
    parts = [floats_of(child) for _, child in children_of(value) or []]
    return np.concatenate(parts) if parts else np.zeros(0)


def with_floats(value: Any, vector: np.ndarray) -> Any:
    """A copy of `value` whose floats are those of `vector`."""
    numbers = iter(vector.tolist())
    filled = _filled(value, numbers)
    assert next(numbers, None) is None, "more floats than places"
    return filled


def _filled(value: Any, numbers: Iterator[float]) -> Any:
    if isinstance(value, np.ndarray) and is_float(value):
        return np.array([next(numbers) for _ in range(value.size)], dtype=value.dtype).reshape(value.shape)
    if is_float(value):
        return type(value)(next(numbers))
    if isinstance(value, Mapping):
        return {key: _filled(child, numbers) for key, child in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_filled(child, numbers) for child in value])
    if isinstance(value, (list, tuple)):
        return type(value)([_filled(child, numbers) for child in value])
    if is_plain_object(value):
        filled = copy.copy(value)
        for name, child in attributes_of(value).items():
            object.__setattr__(filled, name, _filled(child, numbers))
        return filled
    return copy.deepcopy(value)


def aligned_floats(parameter: Any, gradient: Any, path: str = "gradient") -> np.ndarray:
    """The gradient's floats in the order of the parameter's; fails if the structures differ.

    Where the parameter holds no floats (integers, strings, None), the gradient may hold anything.
    """
    if is_float(parameter):
        assert gradient is not None, f"{path} is None where the parameter is a float"
        shape, found = np.shape(parameter), np.shape(gradient)
        assert shape == found, f"{path} has shape {found}, the parameter {shape}"
        if isinstance(parameter, np.ndarray):
            assert np.asarray(gradient).dtype == parameter.dtype, (
                f"{path} has dtype {np.asarray(gradient).dtype}"
            )
        return np.asarray(gradient, dtype=float).ravel()
    pairs = children_of(parameter)
    if not pairs or floats_of(parameter).size == 0:
        return np.zeros(0)
    if isinstance(parameter, Mapping):
        assert isinstance(gradient, Mapping), f"{path} is {type(gradient).__name__}, not a dict"
        inner = {f"[{key!r}]": child for key, child in gradient.items()}
    elif isinstance(parameter, (list, tuple)):
        assert type(gradient) is type(parameter), f"{path} is {type(gradient).__name__}"
        inner = {f"[{k}]": child for k, child in enumerate(gradient)}
    else:
        if dataclasses.is_dataclass(parameter):
            assert type(gradient) is type(parameter), f"{path} is {type(gradient).__name__}"
        inner = {f".{name}": getattr(gradient, name) for name in attributes_of(parameter)}
    parts = []
    for label, child in pairs:
        assert label in inner, f"{path}{label} is missing"
        parts.append(aligned_floats(child, inner[label], path + label))
    return np.concatenate(parts)


def bind(
    function: Function, args: tuple[Any, ...], kwargs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The arguments of a call by parameter name."""
    return dict(inspect.signature(function).bind(*args, **(kwargs or {})).arguments)


def numeric_gradient(function: Function, args: tuple[Any, ...], name: str, step: float = 1e-4) -> np.ndarray:
    """Fourth-order central difference of a scalar function in every float of one parameter.

    Each evaluation gets fresh copies of all arguments, so a function that stores to them is measured right.
    """
    position = list(inspect.signature(function).parameters).index(name)
    point = floats_of(args[position])

    def at(vector: np.ndarray) -> float:
        fresh = list(copy.deepcopy(args))
        fresh[position] = with_floats(args[position], vector)
        return float(function(*fresh))

    out = np.zeros_like(point)
    for k in range(point.size):
        h = step * max(1.0, abs(point[k]))
        samples = []
        for factor in (1.0, -1.0, 2.0, -2.0):
            moved = point.copy()
            moved[k] += factor * h
            samples.append(at(moved))
        out[k] = (8.0 * (samples[0] - samples[1]) - (samples[2] - samples[3])) / (12.0 * h)
    return out


def assert_close(found: np.ndarray, expected: np.ndarray, rtol: float = 1e-5, message: str = "") -> None:
    """Compare two gradients; the tolerance is relative to the largest entry, at least 1e-3 of it absolute."""
    assert found.shape == expected.shape, f"{message}: {found.shape} floats instead of {expected.shape}"
    assert np.all(np.isfinite(found)), f"{message}: not finite: {found}"
    scale = max(1e-3, float(np.max(np.abs(expected), initial=0.0)))
    error = float(np.max(np.abs(found - expected), initial=0.0))
    assert error <= rtol * scale, f"{message}: off by {error:.2e} at scale {scale:.2e}\n{found}\n{expected}"


def assert_unchanged(before: Any, after: Any, message: str = "argument") -> None:
    """Fail unless two argument structures are equal, bit for bit and in type."""
    assert type(before) is type(after), f"{message} changed its type"
    if isinstance(before, np.ndarray):
        equal = before.dtype == after.dtype and before.shape == after.shape
        assert equal and before.tobytes() == after.tobytes(), f"{message} changed"
        return
    pairs = children_of(before)
    if pairs is None:
        assert before == after or before is after, f"{message} changed"
        return
    others = children_of(after)
    assert others is not None and len(others) == len(pairs), f"{message} changed its length"
    for (label, child), (_, other) in zip(pairs, others):
        assert_unchanged(child, other, message + label)
