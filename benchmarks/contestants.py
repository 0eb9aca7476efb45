"""Who takes part: for one workload, a callable per tool, or the reason why there is none.

Every callable returns finished NumPy or JAX results (JAX's asynchronous results are waited for), and is
checked against the hand-written gradient before anything is timed.
"""

from __future__ import annotations

import importlib
import re
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import workloads as workloads_module
from workloads import Workload

Call = Callable[[], Any]

TOOLS = ("NumPy primal", "hand-written", "s2sad", "s2sad, emitted code", "autograd", "JAX (jit)")
RELATIVE_TOLERANCE = 1e-8


class NotMeasured(Exception):
    """This tool takes no part in this measurement; the message says why."""


def contestant(tool: str, workload: Workload, value: bool) -> Call:
    """A call without arguments that computes the gradient (with the value, if asked) by `tool`."""
    make = {
        "NumPy primal": _primal,
        "hand-written": _hand,
        "s2sad": _s2sad,
        "s2sad, emitted code": _emitted,
        "autograd": _autograd,
        "JAX (jit)": _jax,
    }[tool]
    return make(workload, value)


def checked(tool: str, workload: Workload, value: bool) -> Call:
    """`contestant`, after one call whose result equals that of the hand-written gradient."""
    try:
        call = contestant(tool, workload, value)
        found = leaves(call())
    except Exception as error:
        raise NotMeasured(reason_of(error)) from error
    if tool != "NumPy primal":
        expected = leaves(_hand(workload, value)())
        if len(found) != len(expected) or not all(map(close, found, expected)):
            raise NotMeasured("WRONG RESULT")
    return call


def reason_of(error: BaseException) -> str:
    """The error's class and first line, without the folder of a file that the line may begin with."""
    if isinstance(error, NotMeasured):
        return str(error)
    lines = str(error).strip().splitlines() or [""]
    text = re.sub(r"\S*/(?=\w+\.py:)", "", lines[0]).replace("|", "/")
    return f"{type(error).__name__}: {text[:100]}"


def leaves(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [np.asarray(result)]


def close(found: Any, expected: Any) -> bool:
    scale = max(1.0, float(np.max(np.abs(expected))))
    if found.shape != expected.shape:
        return False
    return bool(np.max(np.abs(found - expected)) <= RELATIVE_TOLERANCE * scale)


def installed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise NotMeasured("not installed") from error


def _primal(workload: Workload, value: bool) -> Call:
    function, args = workload.function, workload.args
    return lambda: function(*args)


def _hand(workload: Workload, value: bool) -> Call:
    function, args = (workload.hand_value_and_grad if value else workload.hand_grad), workload.args
    return lambda: function(*args)


def _s2sad(workload: Workload, value: bool) -> Call:
    s2sad = installed("s2sad")
    transform, args = (s2sad.value_and_grad if value else s2sad.grad), workload.args
    function = transform(workload.function, wrt=workload.selected)
    return lambda: function(*args)


def emitted_function(workload: Workload, value: bool) -> Callable[..., Any]:
    """The function in the emitted source, without the object that picks a variant for the arguments."""
    s2sad = installed("s2sad")
    text = s2sad.source_of_file(
        Path(workloads_module.__file__),
        workload.name,
        wrt=workload.selected,
        signature=workload.signature,
        value=value,
        standalone=True,
    )
    module = types.ModuleType("emitted")
    exec(compile(text, f"<emitted from {workload.name}>", "exec"), module.__dict__)
    suffixes = ("_value_and_grad", "_grad") if value else ("_grad",)
    for suffix in suffixes:
        if hasattr(module, workload.name + suffix):
            return getattr(module, workload.name + suffix)
    raise NotMeasured("the emitted module has no gradient function")


def _emitted(workload: Workload, value: bool) -> Call:
    function, args = emitted_function(workload, value), workload.args
    return lambda: function(*args)


def with_numpy(function: Callable[..., Any], numpy_of_tool: Any) -> Callable[..., Any]:
    """The same function where the name `np` means another module, as if its import line had been changed."""
    globals_ = {**function.__globals__, "np": numpy_of_tool}
    return types.FunctionType(function.__code__, globals_, function.__name__, function.__defaults__)


def _form_for(tool: str, workload: Workload, numpy_of_tool: Any) -> Callable[..., Any]:
    if tool not in workload.other:
        return with_numpy(workload.function, numpy_of_tool)
    return workload.other[tool](numpy_of_tool)


def _autograd(workload: Workload, value: bool) -> Call:
    autograd = installed("autograd")
    function, args = _form_for("autograd", workload, installed("autograd.numpy")), workload.args
    gradient = (autograd.value_and_grad if value else autograd.grad)(function, workload.positions)
    return lambda: gradient(*args)


def _jax(workload: Workload, value: bool) -> Call:
    jax = installed("jax")
    jax.config.update("jax_enable_x64", True)
    function = _form_for("jax", workload, installed("jax.numpy"))
    transform = jax.value_and_grad if value else jax.grad
    gradient = jax.jit(transform(function, argnums=workload.positions), static_argnums=workload.statics)
    args = [a if k in workload.statics else jax.numpy.asarray(a) for k, a in enumerate(workload.args)]
    return lambda: jax.block_until_ready(gradient(*args))
