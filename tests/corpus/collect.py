"""Collects calls of published numeric functions from the doctests of the `fluids` and `colour` packages.

A case is a function together with arguments for which its authors published a result: a point where the
function is meant to work. The packages are used as installed, unmodified.

    python -m tests.corpus.collect            # one line per case
    python -m tests.corpus.collect --counts   # number of cases per package
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import doctest
import importlib
import inspect
import io
import math
import pkgutil
import signal
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

import numpy as np

PACKAGES = ("fluids", "colour")
# Plots, unit and vectorising wrappers, tests: no numeric source of their own. Volumes: Monte Carlo, slow.
SKIPPED_PARTS = {
    "arrays_numba", "benchmarking", "blender", "docs", "examples", "fittings_plotting", "graph", "numba",
    "plotting", "tests", "units", "vectorized", "volume",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One published call: `module.qualname(*args, **kwargs)`, differentiable in `floats`."""

    module: str
    qualname: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    floats: tuple[str, ...]  # names of the parameters that hold floats, in order of declaration

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    def function(self) -> Callable[..., Any]:
        return getattr(importlib.import_module(self.module), self.qualname)


class OutOfTime(BaseException):
    """Not an `Exception`, so that an `except Exception` in the code under test does not swallow it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def expire(signum: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"more than {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Published code prints and warns; neither belongs in a test report."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


# --- values ------------------------------------------------------------------------------------------------


def is_float_leaf(value: Any) -> bool:
    if isinstance(value, (float, np.floating)):
        return True
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0


def holds_floats(value: Any) -> bool:
    """Whether `value` is a float, a float array, or a nested tuple or list with at least one of these."""
    if isinstance(value, (tuple, list)):
        return any(holds_floats(item) for item in value)
    return is_float_leaf(value)


def float_leaves(value: Any) -> list[np.ndarray]:
    """The floats of a nested value, in order, as float64 arrays."""
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in float_leaves(item)]
    return [np.asarray(value, dtype=float)] if is_float_leaf(value) else []


def same_floats(a: Any, b: Any, rtol: float = 1e-12) -> bool:
    one, two = float_leaves(a), float_leaves(b)
    return len(one) == len(two) and all(
        x.shape == y.shape and np.allclose(x, y, rtol=rtol, atol=1e-300)
        for x, y in zip(one, two, strict=True)
    )


def as_floats(value: Any) -> Any:
    """`value` with its integers made floats; None if it holds none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        return value.astype(float)
    if isinstance(value, list) and value and all(isinstance(v, (int, float)) for v in value):
        return [float(v) for v in value] if any(isinstance(v, int) for v in value) else None
    return None


# --- doctests -> calls -------------------------------------------------------------------------------------


def modules_of(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    for info in sorted(pkgutil.walk_packages(root.__path__, package + "."), key=lambda i: i.name):
        parts = info.name.split(".")
        if SKIPPED_PARTS.intersection(parts) or any(part.startswith("_") for part in parts):
            continue
        try:
            yield importlib.import_module(info.name)
        except Exception:  # an optional dependency of that module is not installed
            continue


def functions_of(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in sorted(vars(module).items()):
        if name.startswith("_") or not inspect.isfunction(value) or value.__module__ != module.__name__:
            continue
        if name.startswith("set_"):  # would change a setting of the package for every later call
            continue
        if value.__name__ == name and ">>>" in (value.__doc__ or ""):
            yield name, value


def namespace_of(module: ModuleType) -> dict[str, Any]:
    """What the packages' own doctest runs provide: its public names, NumPy, the module's globals."""
    root = importlib.import_module(module.__name__.partition(".")[0])
    public = {name: value for name, value in vars(root).items() if not name.startswith("_")}
    return {**public, "np": np, "math": math, **vars(module)}


def published_calls(
    name: str, function: Callable[..., Any], module: ModuleType
) -> Iterator[tuple[tuple, dict]]:
    """Arguments of each doctest call of `function`, evaluated after the lines that precede the call."""
    namespace = namespace_of(module)
    for example in doctest.DocTestParser().get_examples(function.__doc__ or ""):
        if example.options.get(doctest.SKIP):
            continue
        try:
            tree = ast.parse(example.source)
        except SyntaxError:
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                found = evaluate_call(node, namespace)
                if found is not None:
                    yield found
        try:
            exec(compile(tree, "<doctest>", "exec"), namespace)
        except Exception:  # later examples may still work
            continue


def evaluate_call(node: ast.Call, namespace: dict[str, Any]) -> tuple[tuple, dict] | None:
    """Positional and keyword arguments of a call, or None if they do not stand on their own."""
    packed = ast.Tuple(node.args, ast.Load())
    names: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg is not None else None for k in node.keywords]
    keywords = ast.Dict(names, [k.value for k in node.keywords])
    expression = ast.fix_missing_locations(ast.Expression(ast.Tuple([packed, keywords], ast.Load())))
    try:
        return eval(compile(expression, "<doctest>", "eval"), namespace)
    except Exception:
        return None


# --- calls -> cases ----------------------------------------------------------------------------------------


def run(function: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    """The result on copies of the arguments: a published function may store to them."""
    fresh = copy.deepcopy((bound.args, bound.kwargs))
    return function(*fresh[0], **fresh[1])


def is_continuous(
    function: Callable[..., Any], bound: inspect.BoundArguments, name: str, result: Any
) -> bool:
    """Whether the result moves little when parameter `name` does: false for an integer that selects."""
    kept = bound.arguments[name]
    reference = float_leaves(result)
    try:
        for factor in (1.0 - 1e-6, 1.0 + 1e-6):
            moved = [v * factor for v in kept] if isinstance(kept, list) else kept * factor
            bound.arguments[name] = moved
            leaves = float_leaves(run(function, bound))
            if [v.shape for v in leaves] != [v.shape for v in reference]:
                return False
            for one, two in zip(leaves, reference, strict=True):
                if not np.allclose(one, two, rtol=1e-3, atol=1e-9):
                    return False
    except Exception:
        return False
    finally:
        bound.arguments[name] = kept
    return True


def float_parameters(
    function: Callable[..., Any], bound: inspect.BoundArguments, result: Any
) -> tuple[str, ...]:
    """Names of the parameters that hold floats; integers given for a quantity become floats in `bound`."""
    names = []
    for name, value in list(bound.arguments.items()):
        kind = bound.signature.parameters[name].kind
        if kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            continue
        converted = as_floats(value)
        if converted is not None:
            bound.arguments[name] = converted
            try:
                same = same_floats(run(function, bound), result)
            except Exception:
                same = False
            if not same or not is_continuous(function, bound, name, result):
                bound.arguments[name] = value
        if holds_floats(bound.arguments[name]):
            names.append(name)
    return tuple(names)


def make_case(name: str, function: Callable[..., Any], module: ModuleType) -> Case | None:
    """The first usable published call of `function`, or None."""
    for args, kwargs in published_calls(name, function, module):
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
            result = run(function, bound)
            again = run(function, bound)
            if not holds_floats(result) or not same_floats(result, again):
                continue
            if not all(np.isfinite(leaf).all() for leaf in float_leaves(result)):
                continue
            floats = float_parameters(function, bound, result)
        except Exception:
            continue
        if floats:
            return Case(module.__name__, name, bound.args, dict(bound.kwargs), floats)
    return None


def collect(packages: tuple[str, ...] = PACKAGES, seconds: float = 10.0) -> list[Case]:
    """All cases, sorted by name; a function that needs more than `seconds` is left out."""
    cases = []
    with silence():
        for package in packages:
            for module in modules_of(package):
                for name, function in functions_of(module):
                    try:
                        with time_limit(seconds):
                            case = make_case(name, function, module)
                    except OutOfTime:
                        continue
                    if case is not None:
                        cases.append(case)
    return sorted(cases, key=lambda case: case.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--counts", action="store_true", help="print the number of cases per package only")
    options = parser.parse_args()
    cases = collect()
    for package in PACKAGES:
        print(f"{package}: {sum(case.package == package for case in cases)} cases")
    if not options.counts:
        for case in cases:
            print(f"{case.name}({', '.join(case.floats)})")


if __name__ == "__main__":
    main()
