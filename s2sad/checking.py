"""Gradients against central finite differences."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .errors import GradientMismatchError
from .runtime import copy_in_layout, fields_of, is_object


def check(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], wrt: Any, rtol: float) -> float:
    from .api import Gradient
    from .targets import Target
    from .variants import holds_floats

    target = Target(f)
    bound = target.bind((*target.prefix, *args), kwargs)
    if wrt is None:
        names = tuple(n for n in target.names[len(target.prefix) :] if holds_floats(bound[n]) and not isinstance(bound[n], tuple) or (
            n in bound and holds_floats(bound[n])))  # fmt: skip
    else:
        names = target.wrt_names(wrt)
    gradients = Gradient(f, names)(*twin(args), **twin(kwargs))
    worst = 0.0
    for name, gradient in zip(names, gradients):
        found = np.array(list(floats(gradient)))
        expected = differences(f, args, kwargs, target, name)
        if found.shape != expected.shape:
            raise GradientMismatchError(f"the gradient with respect to {name!r} has {found.size} numbers, the parameter {expected.size}")
        scale = max(1e-8, float(np.max(np.abs(expected), initial=0.0)), float(np.max(np.abs(found), initial=0.0)))
        error = float(np.max(np.abs(found - expected), initial=0.0)) / scale
        if not error <= rtol:
            raise GradientMismatchError(
                f"the gradient of {target.name}() with respect to {name!r} differs from finite differences by {error:.1e} of its size",
                hint="finite differences are wrong near kinks and jumps; try another point")  # fmt: skip
        worst = max(worst, error)
    return worst


def twin(v: Any) -> Any:
    """A deep copy in which arrays keep their strides, which decide what NumPy makes views of."""
    from .variants import arrays_in

    return copy.deepcopy(v, {id(a): copy_in_layout(a) for a in arrays_in(v, []) if a.dtype.kind in "biufc"})


def floats(v: Any) -> Iterator[Any]:
    """Every float in a nested value, in order."""
    if isinstance(v, np.ndarray):
        yield from v.ravel().tolist()
    elif isinstance(v, (float, complex, np.inexact)):
        yield v
    elif isinstance(v, (list, tuple)):
        for i in v:
            yield from floats(i)
    elif isinstance(v, dict):
        for i in v.values():
            yield from floats(i)
    elif is_object(v):
        for i in fields_of(v).values():
            yield from floats(i)


def moved(v: Any, k: list[int], step: complex) -> Any:
    """`v` with its k-th float moved; `k` counts down."""
    if isinstance(v, np.ndarray) and v.dtype.kind in "fc":
        out = copy_in_layout(v)
        if 0 <= k[0] < v.size:
            out.flat[k[0]] += step
        k[0] -= v.size
        return out
    if isinstance(v, (float, complex, np.inexact)):
        k[0] -= 1
        return v + step if k[0] == -1 else v
    if isinstance(v, tuple) and hasattr(v, "_fields"):
        cls: Any = type(v)
        return cls._make([moved(i, k, step) for i in v])
    if isinstance(v, (list, tuple)):
        return type(v)([moved(i, k, step) for i in v])
    if isinstance(v, dict):
        return {key: moved(i, k, step) for key, i in v.items()}
    if is_object(v):
        out = copy.copy(v)
        for name, i in fields_of(v).items():
            object.__setattr__(out, name, moved(i, k, step))
        return out
    return v


def differences(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], target: Any, name: str) -> np.ndarray:
    bound = target.signature.bind(*target.prefix, *args, **kwargs)
    bound.apply_defaults()
    value = bound.arguments[name]
    count = sum(1 for _ in floats(value))
    out = []
    for i in range(count):
        x = list(floats(value))[i]
        step = 6e-6 * max(1.0, abs(x))
        slope: Any = 0.0
        for unit in (1.0, 1j) if isinstance(x, (complex, np.complexfloating)) else (1.0,):
            ends = []
            for sign in (1, -1):
                new = twin(bound)
                new.arguments[name] = moved(twin(value), [i], sign * step * unit)
                inner = getattr(target.f, "__func__", None) if target.prefix else None
                given = new.args if inner is not None else new.args[len(target.prefix) :]
                ends.append((inner or target.f)(*given, **new.kwargs))
            slope += (ends[0] - ends[1]) / (2 * step * unit)
        out.append(slope)
    return np.array(out)
