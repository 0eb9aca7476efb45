"""Forward mode on a program: tangents against the gradient, and products with the Hessian against its differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import s2sad
from s2sad.directional import Directions, Tangent
from s2sad.errors import DifferentiationError, InternalCompilerError
from s2sad.runtime import copy_in_layout
from tests.fuzz.generate import Program
from tests.fuzz.points import NAMES

WAYS = ("jvp", "batch", "hvp")
STEPS = (1e-4, 2e-5)


def defect(f: Callable[..., Any], wrt: tuple[str, ...], way: str, program: Program, args: tuple[Any, ...], gradient: Any) -> tuple[str, str]:
    """The kind of a verdict and its detail. What only forward mode refuses is right."""
    rng = np.random.default_rng([program.seed, 5])
    given = dict(zip(NAMES, args))
    directions = [tuple(_direction(given[n], rng) for n in wrt) for _ in range(2 if way == "batch" else 1)]
    try:
        found = _along(f, wrt, way, args, directions)
    except InternalCompilerError as error:
        return "crash", f"{way}: {error.message}"
    except DifferentiationError:
        return "right", ""
    except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError) as error:
        return "rough", f"{way}: {error}"
    except Exception as error:
        return "crash", f"{way}: {type(error).__name__}: {str(error)[:160]}"
    if way == "hvp":
        return _second(f, wrt, program.mode, args, directions[0], found)
    return _first(way, program.mode, directions, found, gradient)


def _direction(x: Any, rng: np.random.Generator) -> Any:
    v = rng.normal(size=np.shape(x)).astype(np.asarray(x).dtype)
    return v if isinstance(x, np.ndarray) else type(x)(v)


def _along(f: Callable[..., Any], wrt: tuple[str, ...], way: str, args: tuple[Any, ...], directions: list[Any]) -> Any:
    if way == "jvp":
        return [Tangent(f, wrt)(args, directions[0])[1]]
    if way == "batch":
        dots = {n: np.stack([np.asarray(d[i]) for d in directions]) for i, n in enumerate(wrt)}
        return list(Directions(f, wrt).along(args, {}, dots)[1])
    return s2sad.hvp(f, wrt)(*args, directions[0])


def _first(way: str, mode: str, directions: list[Any], found: Any, gradient: Any) -> tuple[str, str]:
    parts = [[np.ravel(g).astype(float) * np.ravel(v) for g, v in zip(gradient, d)] for d in directions]
    expected = [float(sum(np.sum(p) for p in row)) for row in parts]
    scale = 1.0 + max(float(sum(np.sum(np.abs(p)) for p in row)) for row in parts)
    if len(found) != len(expected) or any(np.shape(d) for d in found):
        return "wrong", f"{way}: the tangents have the shapes {[np.shape(d) for d in found]}"
    if not np.isfinite(scale):
        return "right", ""
    if not np.all(np.isfinite(found)):
        return "not-finite", f"{way}: the tangent is not finite where the gradient is"
    error = max(abs(float(a) - b) for a, b in zip(found, expected)) / scale
    if not error <= (2e-3 if mode == "float32" else 1e-9):
        return "wrong" if mode != "float32" or not error <= 2e-2 else "rough", f"{way}: the tangent is off by {error:.3g} from the gradient"
    return "right", ""


def _second(f: Callable[..., Any], wrt: tuple[str, ...], mode: str, args: tuple[Any, ...], direction: Any, found: Any) -> tuple[str, str]:
    if mode in ("float32", "same"):
        return "right", ""
    grad = s2sad.grad(f, wrt=wrt)

    def flat(h: float) -> np.ndarray:
        moved = list(args)
        for n, v in zip(wrt, direction):
            x = args[NAMES.index(n)]
            moved[NAMES.index(n)] = there = copy_in_layout(x) if isinstance(x, np.ndarray) else type(x)(x + h * v)
            if isinstance(x, np.ndarray):  # with the strides of the argument: they decide between views and copies
                there[...] = x + h * v
        return np.concatenate([np.ravel(g) for g in grad(*moved)])

    second = np.concatenate([np.ravel(g) for g in found])
    try:
        a, b = ((flat(h) - flat(-h)) / (2 * h) for h in STEPS)
        kink = np.max(np.abs(flat(1e-6) - 2 * flat(0.0) + flat(-1e-6))) / 1e-6
    except Exception as error:
        return "rough", f"hvp: the gradient fails nearby: {error}"
    if not np.all(np.isfinite([*second, *a, *b])):
        return "right", ""
    scale = 1.0 + float(np.max(np.abs(b)))
    if kink > 1e-2 * scale or np.max(np.abs(a - b)) > 1e-4 * scale:
        return "right", ""
    error = float(np.max(np.abs(second - b))) / scale
    return ("wrong", f"hvp: off by {error:.3g} from differences of the gradient") if error > 1e-3 else ("right", "")


__all__ = ["WAYS", "defect"]
