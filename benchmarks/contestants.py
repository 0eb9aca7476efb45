"""Who takes part: for one workload, a callable for each tool, or the reason why there is none.

A tool may have several forms of a program: as written, as rewritten for it, staged or not. Each is compared with the adjoint
written by hand, and the fastest of those that are right takes part. Every callable returns the value and the gradients, as
finished arrays: JAX's asynchronous results are waited for.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import signal
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from workloads.case import Workload

Call = Callable[[], Any]
Maker = Callable[[], Call]

PRIMAL, HAND, HAND_NUMBA = "NumPy primal", "by hand", "by hand, Numba"
S2SAD, S2SAD_NUMBA = "s2sad", "s2sad, Numba"
JAX, TORCH, AUTOGRAD, TANGENT, ADVECT = "JAX (jit)", "PyTorch", "autograd", "tangent-ad", "advect"
TOOLS = (PRIMAL, HAND, S2SAD, HAND_NUMBA, S2SAD_NUMBA, JAX, TORCH, AUTOGRAD, TANGENT, ADVECT)
PACKAGES = ("s2sad", "numpy", "numba", "jax", "torch", "autograd", "tangent-ad", "advect")
RELATIVE_TOLERANCE = 1e-8
PATIENCE = 60  # seconds for the first call of one form


class NotMeasured(Exception):
    """This tool takes no part in this measurement; the message says why."""


@dataclass(frozen=True)
class Contestant:
    """What is timed, the seconds that the first call took beyond a later one, and the form of the program."""

    call: Call
    first: float
    form: str


def contestant(tool: str, workload: Workload) -> Contestant:
    """The fastest right form of a tool; raises NotMeasured with the tool's own message if there is none."""
    expected = None if tool == PRIMAL else leaves(_hand(workload)())
    found: list[tuple[float, Contestant]] = []
    reason = NotMeasured("no form of this program")
    for form, make in FORMS[tool](workload).items():
        try:
            with patience(PATIENCE):
                seconds, one = tried(form, make, expected)
            found.append((seconds, one))
        except Exception as error:
            reason = NotMeasured(reason_of(error))
    if not found:
        raise reason
    return min(found, key=lambda pair: pair[0])[1]


def tried(form: str, make: Maker, expected: list[Any] | None) -> tuple[float, Contestant]:
    """Make a call and run it; the seconds of a call once it is warm."""
    start = time.perf_counter()
    call = make()
    result = leaves(call())
    first = time.perf_counter() - start
    if expected is not None and not (len(result) == len(expected) and all(map(close, result, expected))):
        raise NotMeasured("WRONG RESULT")
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds), Contestant(call, max(0.0, first - min(seconds)), form)


@contextlib.contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer, where the system has alarms."""

    def stop(*_: Any) -> None:
        raise NotMeasured(f"more than {seconds} s for the first call")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def reason_of(error: BaseException) -> str:
    """The error's class and the first line that says something, without the folder of a file that it may begin with."""
    if isinstance(error, NotMeasured):
        return str(error)
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if re.search(r"\w", line) and not line.endswith("Error")] or [""]
    text = re.sub(r"\S*/(?=\w+\.py:)", "", told[0]).replace("|", "/")
    return f"{type(error).__name__}: {text if len(text) <= 110 else text[:109] + '…'}"


def leaves(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [np.asarray(result)]


def close(found: Any, expected: Any) -> bool:
    scale = float(np.max(np.abs(expected), initial=0.0))
    return found.shape == expected.shape and bool(np.max(np.abs(found - expected), initial=0.0) <= RELATIVE_TOLERANCE * scale)


def installed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise NotMeasured("not installed") from error


# --- one function for each tool: the forms by name ----------------------------------------------------------------------

AS_WRITTEN, REWRITTEN = "as written", "rewritten"


def with_numpy(function: Callable[..., Any], numpy_of_tool: Any) -> Callable[..., Any]:
    """The same function, and the functions of its file that it calls, where `np` means another module."""
    globals_ = {**function.__globals__, "np": numpy_of_tool}
    for name in function.__code__.co_names:
        if isinstance(globals_.get(name), types.FunctionType):
            globals_[name] = with_numpy(globals_[name], numpy_of_tool)
    return types.FunctionType(function.__code__, globals_, function.__name__, function.__defaults__)


def _bound(make: Callable[[], Callable[..., Any]], args: tuple[Any, ...]) -> Maker:
    """A maker whose call hands the arguments to what `make` returns."""

    def made() -> Call:
        function = make()
        return lambda: function(*args)

    return made


def _hand(workload: Workload) -> Call:
    function, args = workload.form("by_hand"), workload.args
    assert function is not None
    return lambda: function(*args)


def _of_hand(workload: Workload) -> dict[str, Maker]:
    return {AS_WRITTEN: lambda: _hand(workload)}


def _of_primal(workload: Workload) -> dict[str, Maker]:
    return {AS_WRITTEN: _bound(lambda: workload.function, workload.args)}


def _of_hand_numba(workload: Workload) -> dict[str, Maker]:
    def make() -> Callable[..., Any]:
        function = workload.form("by_hand_numba") or workload.form("by_hand")
        return installed("numba").njit(error_model="numpy")(function)

    return {AS_WRITTEN: _bound(make, workload.args)}


def emitted(workload: Workload, backend: str = "numpy") -> Callable[..., Any]:
    """The emitted function itself, without the object that picks a variant for the arguments."""
    s2sad = installed("s2sad")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", s2sad.errors.FallbackWarning)
        gradient = s2sad.value_and_grad(workload.function, wrt=workload.selected, backend=backend)
        return gradient.compiled(*workload.args)


def _of_s2sad(workload: Workload) -> dict[str, Maker]:
    return {AS_WRITTEN: _bound(lambda: emitted(workload), workload.args)}


def _of_s2sad_numba(workload: Workload) -> dict[str, Maker]:
    def make() -> Callable[..., Any]:
        installed("numba")
        return emitted(workload, "numba")

    return {AS_WRITTEN: _bound(make, workload.args)}


def _of_jax(workload: Workload) -> dict[str, Maker]:
    def make(own: Any) -> Maker:
        def made() -> Call:
            jax = installed("jax")
            jax.config.update("jax_enable_x64", True)
            function = own(jax) if own else with_numpy(workload.function, jax.numpy)
            gradient = jax.jit(jax.value_and_grad(function, argnums=workload.positions), static_argnums=workload.statics)
            args = [a if k in workload.statics else jax.numpy.asarray(a) for k, a in enumerate(workload.args)]
            return lambda: jax.block_until_ready(gradient(*args))

        return made

    own = workload.form("for_jax")  # as written, a loop would be unrolled, or refused: there is no need to try
    return {REWRITTEN: make(own)} if own else {AS_WRITTEN: make(None)}


def _of_torch(workload: Workload) -> dict[str, Maker]:
    def make(form: Callable[[Any], Any]) -> Maker:
        def made() -> Call:
            torch = installed("torch")
            function = form(torch)
            args = [_tensor(torch, a, k in workload.places) for k, a in enumerate(workload.args)]
            wanted = [args[k] for k in workload.places]

            def call() -> Any:
                value = function(*args)
                return value.detach(), torch.autograd.grad(value, wanted)

            return call

        return made

    own = workload.form("for_torch")
    forms = {REWRITTEN: own} if own else {AS_WRITTEN: lambda torch: with_numpy(workload.function, torch)}
    if not own and workload.form("functional"):
        forms[REWRITTEN] = workload.form("functional")
    return {name: make(form) for name, form in forms.items() if form}


def _tensor(torch: Any, argument: Any, active: bool) -> Any:
    if isinstance(argument, np.ndarray):
        return torch.tensor(argument, requires_grad=active)
    return torch.tensor(argument, dtype=torch.float64, requires_grad=True) if active else argument


def _written_and_rewritten(workload: Workload, numpy_of_tool: Any) -> dict[str, Callable[..., Any]]:
    forms = {AS_WRITTEN: workload.function if numpy_of_tool is np else with_numpy(workload.function, numpy_of_tool)}
    functional = workload.form("functional")
    if functional:
        forms[REWRITTEN] = functional(numpy_of_tool)
    return forms


def _of_autograd(workload: Workload) -> dict[str, Maker]:
    autograd = installed("autograd")
    forms = _written_and_rewritten(workload, installed("autograd.numpy"))
    return {
        name: _bound(lambda form=form: autograd.value_and_grad(form, workload.places), workload.args)  # type: ignore[misc]
        for name, form in forms.items()
    }


def _of_tangent(workload: Workload) -> dict[str, Maker]:
    tangent = installed("tangent")

    def make(form: Callable[..., Any]) -> Callable[..., Any]:
        gradient = tangent.grad(form, wrt=workload.places, preserve_result=True)

        def value_first(*args: Any) -> Any:
            *gradients, value = gradient(*args)
            return value, gradients

        return value_first

    forms = _written_and_rewritten(workload, np)
    return {name: _bound(lambda form=form: make(form), workload.args) for name, form in forms.items()}  # type: ignore[misc]


def _of_advect(workload: Workload) -> dict[str, Maker]:
    advect = installed("advect")
    forms = _written_and_rewritten(workload, installed("advect.numpy"))

    def make(form: Callable[..., Any], staged: bool) -> Callable[..., Any]:
        if staged:
            examples = [advect.StaticSpec(a) if k in workload.statics else a for k, a in enumerate(workload.args)]
            form = advect.stage(form, *examples)
        return advect.value_and_grad(form, argnums=workload.places)

    return {
        name + (", staged" if staged else ""): _bound(lambda form=form, staged=staged: make(form, staged), workload.args)  # type: ignore[misc]
        for name, form in forms.items()
        for staged in (True, False)
    }


FORMS: dict[str, Callable[[Workload], dict[str, Maker]]] = {
    PRIMAL: _of_primal,
    HAND: _of_hand,
    S2SAD: _of_s2sad,
    HAND_NUMBA: _of_hand_numba,
    S2SAD_NUMBA: _of_s2sad_numba,
    JAX: _of_jax,
    TORCH: _of_torch,
    AUTOGRAD: _of_autograd,
    TANGENT: _of_tangent,
    ADVECT: _of_advect,
}
