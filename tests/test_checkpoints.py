"""Checkpointed loops and functions: the same gradients as without the marks, bit for bit, from less memory."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tracemalloc
from collections.abc import Callable
from math import comb
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import checkpoint, checkpointed, compiler
from s2sad.runtime_checkpoints import (
    Checkpoints,
    binomial_actions,
    bytes_of,
    checkpoint_actions,
    copy_state,
    default_slots,
    run_checkpointed,
    state_size,
)
from tests import checkpoint_programs
from tests.helpers import numeric_gradient


class Unmarked(ast.NodeTransformer):
    """Takes the marks out of a module's text."""

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id in ("checkpoint", "checkpointed") else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        node.decorator_list = []
        return node


@pytest.fixture(scope="module")
def unmarked(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The programs without marks."""
    tree = Unmarked().visit(ast.parse(Path(str(checkpoint_programs.__file__)).read_text()))
    path = tmp_path_factory.mktemp("unmarked") / "unmarked_programs.py"
    path.write_text(ast.unparse(tree))
    spec = importlib.util.spec_from_file_location("unmarked_programs", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "checkpointed(" not in path.read_text()
    return module


REFUSED = {"alias_of_init", "returned_and_stored"}  # what is stored to has two names
NAMES = [n for n, f in vars(checkpoint_programs).items() if getattr(f, "__module__", "") == checkpoint_programs.__name__ and f.__code__.co_varnames[:3] == ("x", "k", "n")]  # fmt: skip
PROGRAMS = [n for n in NAMES if n not in REFUSED and not n.startswith("part_")]


def arguments(n: int, dtype: Any = float) -> tuple[Any, ...]:
    return np.array([0.3, 0.5, 0.9], dtype), dtype(0.8) if dtype is not float else 0.8, n


def flat(result: Any) -> list[Any]:
    value, gradients = result
    return [np.asarray(a) for a in (value, *gradients)]


def assert_equal(found: Any, expected: Any) -> None:
    for a, b in zip(flat(found), flat(expected), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_array_equal(a, b)


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 28


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_without_marks(name: str, unmarked: ModuleType) -> None:
    marked, plain = (s2sad.value_and_grad(vars(m)[name], ("x", "k")) for m in (checkpoint_programs, unmarked))
    for n in (0, 1, 2, 7):
        args = arguments(n)
        found = marked(*args)
        np.testing.assert_array_equal(args[0], arguments(n)[0])
        assert_equal(found, plain(*args))


@pytest.mark.parametrize("name", PROGRAMS)
def test_single_precision(name: str, unmarked: ModuleType) -> None:
    marked, plain = (s2sad.value_and_grad(vars(m)[name], ("x", "k")) for m in (checkpoint_programs, unmarked))
    for n in (0, 1, 2, 5):
        for a, b in zip(flat(marked(*arguments(n, np.float32))), flat(plain(*arguments(n, np.float32))), strict=True):
            assert a.dtype == b.dtype and a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)  # terms of one sum may be added in another order


@pytest.mark.parametrize("name", PROGRAMS)
def test_finite_differences(name: str) -> None:
    program = vars(checkpoint_programs)[name]
    args = arguments(4)
    gradients = s2sad.grad(program, ("x", "k"))(*args)
    for wrt, found in zip("xk", gradients):
        expected = numeric_gradient(program, args, wrt, step=1e-6 if name == "float32ish" else 1e-4)
        tolerance = 0.3 if name == "float32ish" else 1e-5
        np.testing.assert_allclose(np.ravel(found), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", PROGRAMS)
def test_memory_is_restored(name: str, unmarked: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    args = arguments(4)
    expected = s2sad.value_and_grad(vars(unmarked)[name], ("x", "k"))(*args)
    monkeypatch.setenv("S2SAD_CHECK", "1")
    assert_equal(s2sad.value_and_grad(vars(checkpoint_programs)[name], ("x", "k"))(*args), expected)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("skip", [compiler.PASSES, {"dead"}, {"states", "undone"}], ids=["all", "dead", "states"])
def test_without_passes(name: str, skip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    args = arguments(4)
    expected = s2sad.value_and_grad(vars(checkpoint_programs)[name], ("x", "k"))(*args)
    original = compiler.optimise
    monkeypatch.setattr(compiler, "optimise", lambda function, skip_=frozenset(): original(function, frozenset(skip)))
    found = s2sad.value_and_grad(vars(checkpoint_programs)[name], ("x", "k"))(*args)
    for a, b in zip(flat(found), flat(expected)):
        np.testing.assert_allclose(a, b, rtol=1e-13)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_two_names_are_refused(name: str) -> None:
    with pytest.raises(s2sad.DifferentiationError, match="copy"):
        s2sad.grad(vars(checkpoint_programs)[name])(*arguments(2))


def test_marks_change_nothing() -> None:
    steps = range(5)
    assert checkpointed(steps, slots=2, memory="1MB", disk=1) is steps
    assert checkpoint(flat) is flat
    with pytest.raises(TypeError, match="functions written in Python"):
        checkpoint(np.sin)  # type: ignore[type-var]
    for options in ({"slots": 0}, {"slots": -1}, {"slots": 1.5}, {"memory": "lots"}, {"memory": 0}, {"disk": -1}, {"slots": True}):
        with pytest.raises(ValueError, match=r"slots|memory|disk"):
            checkpointed(steps, **options)  # type: ignore[arg-type]


# --- schedules ------------------------------------------------------------------------------------------------------


def optimum(n: int, slots: int) -> int:
    """The fewest steps that have to be run without adjoints, by dynamic programming over where the next snapshot is."""
    best: dict[tuple[int, int], int] = {}

    def cost(m: int, s: int) -> int:
        if m == 1:
            return 0
        if s == 1:
            return m * (m - 1) // 2
        if (m, s) not in best:
            best[m, s] = min(i + cost(i, s) + cost(m - i, s - 1) for i in range(1, m))
        return best[m, s]

    return cost(n, min(slots, max(n - 1, 1)))


def followed(actions: Any, n: int, slots: int) -> int:
    """The number of steps that a schedule advances. It has to be one: each action possible, and every step reversed."""
    held: list[int] = []
    at: int | None = 0
    advanced, turns = 0, []
    for kind, i, *rest in actions:
        if kind == "keep":
            assert at == i
            held.append(i)
            assert len(held) <= slots
        elif kind == "advance":
            assert at == i < rest[0]
            advanced, at = advanced + rest[0] - i, rest[0]
        elif kind == "turn":
            assert at == i
            turns.append(i)
            at = None
        else:
            assert held[-1] == i
            at = held.pop() if rest[0] else i
    assert turns == list(reversed(range(n)))
    assert not held
    return advanced


@pytest.mark.parametrize("actions", [binomial_actions, checkpoint_actions])
def test_schedules_are_optimal(actions: Callable[..., Any]) -> None:
    if actions is checkpoint_actions:
        pytest.importorskip("checkpoint_schedules")
    for n in range(1, 28):
        for slots in range(1, 9):
            assert followed(actions(n, slots), n, slots) == optimum(n, slots), (n, slots)


def test_long_schedules_come_one_action_at_a_time() -> None:
    n, slots = 10**6, 10**3
    first = next(iter(binomial_actions(n, slots)))
    assert first == ("keep", 0, "memory")
    runs = next(r for r in range(n) if comb(slots + r, slots) >= n)
    assert followed(binomial_actions(n, slots), n, slots) == runs * n - comb(slots + runs, slots + 1)


def test_default_slots() -> None:
    for n in (1, 2, 3, 4, 5, 6, 7, 10, 11, 1000, 1001, 10**6):
        slots = default_slots(n)
        assert comb(slots + 2, 2) >= n
        assert slots == 1 or comb(slots + 1, 2) < n


def test_amounts_of_memory() -> None:
    found = [bytes_of(m) for m in (5, "5", "5B", "2kB", "1 MB", "1.5GB", "2 KiB", "1gib", "1TB", np.int64(3))]
    assert found == [5, 5, 5, 2000, 10**6, 1500 * 10**6, 2048, 2**30, 10**12, 3]
    for wrong in ("", "GB", "1 XB", "1BB", None, True, 2.5):
        with pytest.raises(ValueError, match="not an amount of memory"):
            bytes_of(wrong)


# --- the run --------------------------------------------------------------------------------------------------------


def counted(n: int, **options: Any) -> tuple[int, int, Checkpoints]:
    """Run a loop of n steps forward and backward: how many steps ran, and how many snapshots there were at a time."""
    runs, most = 0, 0

    def step(i: int, x: float, a: Any) -> float:
        nonlocal runs, most
        runs, most = runs + 1, max(most, len(snapshots()))
        a += x
        return x + i

    found: list[Checkpoints] = []

    def snapshots() -> list[Any]:
        return found[0].snapshots if found else []

    made = Checkpoints(step, range(n), (0.0,), (np.zeros(2),), (), options.get("slots"), options.get("memory"), options.get("disk", 0))
    found.append(made)
    assert made.run() == (n * (n - 1) / 2,)
    for i in reversed(range(n)):
        x, a = made.before(i)
        assert x == i * (i - 1) / 2
        np.testing.assert_array_equal(a, sum(j * (j - 1) / 2 for j in range(i)))
        a[:] = np.nan  # the array is the caller's now
    return runs, most, made


@pytest.mark.parametrize("library", [True, False])
@pytest.mark.parametrize("n,slots", [(0, 1), (1, 1), (2, 1), (3, 5), (9, 1), (30, 3), (60, 7)])
def test_states_are_right(n: int, slots: int, library: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not library:
        monkeypatch.setitem(sys.modules, "checkpoint_schedules", None)
    runs, most, made = counted(n, slots=slots)
    assert runs == (optimum(n, slots) + 1 if n else 0)  # the last step runs for the value, and again for its adjoint
    assert most <= slots
    assert not made.snapshots


def test_states_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("checkpoint_schedules")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    runs, most, made = counted(40, slots=2, disk=3)
    assert runs == optimum(40, 5) + 1 and most <= 5
    folder = Path(made.folder)
    assert folder.parent == tmp_path
    assert not folder.exists()


def test_files_go_with_the_snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("checkpoint_schedules")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    _, made = run_checkpointed(lambda i, x: x + i, range(9), (np.zeros(3),), slots=0, disk=2)
    assert len(list(Path(made.folder).iterdir())) == 2
    del made
    assert not list(tmp_path.iterdir())


def test_disk_needs_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "checkpoint_schedules", None)
    with pytest.raises(ImportError, match=r"pip install 's2sad\[checkpoint\]'"):
        counted(5, slots=1, disk=1)


def test_slots_from_memory() -> None:
    size = state_size((0.0, np.zeros(2)))
    assert counted(30, memory=4 * size)[0] == optimum(30, 3) + 1
    assert counted(30, memory=4 * size, slots=2)[0] == optimum(30, 2) + 1
    with pytest.raises(ValueError, match="fewer than two states"):
        counted(30, memory=2 * size - 1)
    with pytest.raises(ValueError, match="has grown"):
        run_checkpointed(lambda i, x: np.append(x, i), range(9), (np.zeros(1),), memory="1kB")


def test_what_cannot_be_kept() -> None:
    for value, message in (([1.0], "a list"), (np.array([None]), "array of objects"), ((1.0,), "a tuple")):
        with pytest.raises(TypeError, match=message):
            run_checkpointed(lambda i, x: x, range(3), (value,), slots=1)


def test_order_of_states() -> None:
    _, made = run_checkpointed(lambda i, x: x, range(3), (1.0,), slots=1)
    with pytest.raises(RuntimeError, match="out of order"):
        made.before(0)


def test_copies_have_the_same_layout() -> None:
    base = np.arange(24.0).reshape(4, 6)
    for a in (base, base.T, base[::2, 1::2], base[::-1], base[:, ::-2].T, base[1:1], np.asfortranarray(base), np.array(3.0)):
        (b,) = copy_state((a,))
        np.testing.assert_array_equal(a, b)
        assert not a.size or a.strides == b.strides or a.flags.c_contiguous
        assert not np.shares_memory(a, b)
        assert b.flags.writeable
    fixed = np.broadcast_to(np.arange(3.0), (2, 3))
    np.testing.assert_array_equal(copy_state((fixed,))[0], fixed)
    assert copy_state((1, 2.5, None, np.float32(1.0), "text", True)) == (1, 2.5, None, np.float32(1.0), "text", True)


def test_layouts_on_disk() -> None:
    pytest.importorskip("checkpoint_schedules")
    strided = np.arange(24.0).reshape(4, 6)[::2, ::-1]
    _, made = run_checkpointed(lambda i, x: x, range(6), (strided,), slots=0, disk=2)
    for i in reversed(range(6)):
        state = made.before(i)
        np.testing.assert_array_equal(state, strided)
        assert state.strides == strided.strides


# --- memory and work ------------------------------------------------------------------------------------------------


def long_loop(x: float, n: int, k: int) -> float:
    for t in checkpointed(range(n), slots=k):
        x = np.sin(x) + 0.1 * t / n
    return x


def test_bounded_memory() -> None:
    n = 20_000
    gradient = s2sad.grad(long_loop)
    gradient(0.5, 3, 2)
    tracemalloc.start()
    found = gradient(0.5, n, 40)
    few = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert few < 250_000  # the values of one variable alone, on a tape, take 800,000 bytes
    expected = s2sad.grad(lambda x, n: long_loop(x, n, n))(0.5, n)
    assert found == expected


def test_memory_of_checkpointed_functions() -> None:
    """What the runs in the reverse sweep keep is given back before the next of them starts."""

    def block(x: Any) -> Any:
        for _ in range(50):
            x = np.sin(x) * 1.1
        return x

    marked = checkpoint(block)

    def stacked(x: Any) -> Any:
        return np.sum(marked(marked(marked(marked(marked(marked(x)))))))

    gradient, x = s2sad.grad(stacked), np.linspace(0.0, 1.0, 2000)
    gradient(x)
    tracemalloc.start()
    gradient(x)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    one = 50 * x.nbytes  # one intermediate value per iteration of a block
    assert most < 2 * 2 * one + 20 * x.nbytes  # two values are kept of each iteration, in no more than two blocks; without marks, 12


# --- what is refused ------------------------------------------------------------------------------------------------


def refused(program: Callable[..., Any], *args: Any) -> s2sad.DifferentiationError:
    with pytest.raises(s2sad.DifferentiationError) as caught:
        s2sad.grad(program)(*args)
    assert type(caught.value) is not s2sad.errors.InternalCompilerError
    return caught.value


def leaves_early(x: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=2):
        x = np.sin(x)
        if x < 0.1:
            break
    return x


def returns(x: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=2):
        x = np.sin(x)
        if x < 0.1:
            return x
    return x


def raises_and_catches(x: float, n: int) -> float:
    try:
        for _ in checkpointed(range(n), slots=2):
            x = np.sin(x)
            if x < 0.1:
                raise ValueError
    except ValueError:
        return x
    return x


def tried(x: float, n: int) -> float:
    try:
        for _ in checkpointed(range(n), slots=2):
            x = x * x
    except OverflowError as error:
        raise ValueError("too large") from error
    return x


def grows(x: float, n: int) -> float:
    found = [x]
    for _ in checkpointed(range(n), slots=2):
        found.append(np.sin(found[-1]))
    return sum(found)


def rebinds_list(x: float, n: int) -> float:
    found = [x, x]
    for i in checkpointed(range(n), slots=2):
        found[i % 2] = np.sin(found[0])
    return found[0]


def swaps(x: Any, n: int) -> float:
    u, v = x * 1.0, x * 2.0
    for _ in checkpointed(range(n), slots=2):
        v[1:] = u[:-1] * u[1:]
        u, v = v, u
    return np.sum(u)


def random_steps(x: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=2):
        x = x + np.random.default_rng().normal() * x
    return x


def noise(n: int) -> float:
    a = np.random.normal()
    b = np.random.normal(a)
    c = np.random.normal(b)
    return a + b + c


def random_helper(x: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=2):
        x = x + noise(n) * x
    return x


def prints(x: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=2):
        x = np.sin(x)
        print(x)
    return x


def over_a_list(x: float, n: int) -> float:
    for k in checkpointed([1.0, 2.0, 3.0], slots=2):
        x = np.sin(k * x)
    return x


def in_a_comprehension(x: float, n: int) -> float:
    return sum([x * i for i in checkpointed(range(n), slots=2)])


def consumes(x: float, n: int) -> float:
    it = iter([1.0, 2.0, 3.0])
    for _ in checkpointed(range(n), slots=2):
        for k in it:
            x = x * k
    return x


def two_views(x: Any, n: int) -> float:
    a = x * 1.0
    b = a[1:]
    for _ in checkpointed(range(n), slots=2):
        b *= a[:-1]
    return np.sum(a)


@pytest.mark.parametrize("program,message", [
    (leaves_early, "cannot be left by break, return"),
    (returns, "cannot be left by break, return"),
    (raises_and_catches, "an exception that is caught"),
    (tried, "in a try statement"),
    (grows, "list"),
    (rebinds_list, "list"),
    (random_steps, "runs more than once"),
    (random_helper, "noise.* runs more than once"),
    (prints, "print.* runs more than once"),
    (over_a_list, "over a range or an array"),
    (in_a_comprehension, "head of a for loop"),
    (consumes, "only once|iterat"),
])  # fmt: skip
def test_refusals(program: Callable[..., Any], message: str) -> None:
    error = refused(program, 0.5, 3)
    assert re.search(message, error.message), error.message
    assert error.hint
    assert error.span is not None and error.span.line > 0


@pytest.mark.parametrize("program", [swaps, two_views])
def test_names_of_one_array(program: Callable[..., Any]) -> None:
    error = refused(program, np.array([0.5, 0.2, 0.7]), 3)
    assert "names" in error.message and "copy" in (error.hint or "")


@checkpoint
def remembers(x: float, seen: list[float]) -> float:
    seen.append(x)
    return np.sin(x)


@checkpoint
def draws(x: float) -> float:
    return x * np.random.normal()


def test_checkpointed_functions_refused() -> None:
    def with_list(x: float, n: int) -> float:
        seen = [x]
        for _ in range(n):
            x = remembers(x, seen)
        return x + sum(seen)

    assert "runs more than once" in refused(with_list, 0.5, 3).message
    assert "runs more than once" in refused(lambda x: draws(x), 0.5).message


# --- with the rest --------------------------------------------------------------------------------------------------


def test_gradients_of_gradients() -> None:
    def plain(x: float, n: int) -> float:
        for t in range(n):
            x = np.sin(x) + 0.1 * t / n
        return x

    marked = lambda x, n: long_loop(x, n, 2)
    assert s2sad.grad(s2sad.grad(marked))(0.5, 6) == s2sad.grad(s2sad.grad(plain))(0.5, 6)

    def newton(x: float, n: int) -> float:
        for _ in checkpointed(range(n), slots=2):
            x = x - s2sad.grad(long_loop)(x, 3, 1)
        return x

    assert s2sad.check_grad(newton, 0.5, 5) < 1e-6


def test_forward_mode() -> None:
    value, tangent = s2sad.jvp(long_loop, (0.5, 9, 2), (1.0, None, None))
    assert value == long_loop(0.5, 9, 2)
    np.testing.assert_allclose(tangent, s2sad.grad(long_loop)(0.5, 9, 2), rtol=1e-14)


def test_vjp_can_be_asked_twice() -> None:
    value, back = s2sad.vjp(lambda x: long_loop(x[0], 9, 2) * x, np.array([0.5, 2.0]))
    first, second = back(np.array([1.0, 0.0])), back(np.array([1.0, 0.0]))
    np.testing.assert_array_equal(first[0], second[0])


def recursive(x: float, n: int) -> float:
    if n == 0:
        return x
    for _ in checkpointed(range(n), slots=2):
        x = np.sin(x) + 0.2 * x
    return recursive(1.1 * x, n - 1) * x


def steps_that_recurse(x: float, n: int) -> float:
    for t in checkpointed(range(n), slots=2):
        x = recursive(x, t)
    return x


@checkpoint
def halved(x: float, n: int) -> float:
    return np.sin(x) if n == 0 else halved(x * 1.1, n - 1) * x


def test_recursion() -> None:
    assert s2sad.check_grad(recursive, 0.5, 4) < 1e-6
    assert s2sad.check_grad(steps_that_recurse, 0.5, 4) < 1e-6
    assert s2sad.check_grad(lambda x, n: halved(x, n) ** 2, 0.5, 4) < 1e-6


def clashing_step(n: int) -> float:
    a = np.sqrt(n + 1.0)
    b = a * 2.0 + np.cos(a)
    c = b * b - a
    d = np.sin(c) + b
    return d * c


def clashing(x: float, n: int) -> float:
    for t in checkpointed(range(n), slots=2):
        x = np.sin(x) * clashing_step(t)
    return x


def test_a_function_with_the_name_of_a_step() -> None:
    assert s2sad.check_grad(clashing, 0.5, 3) < 1e-6


def test_recursion_and_graphs_without_checkpoints() -> None:
    h = 1e-6
    slope = (s2sad.grad(recursive)(0.5 + h, 3) - s2sad.grad(recursive)(0.5 - h, 3)) / (2 * h)
    np.testing.assert_allclose(s2sad.grad(s2sad.grad(recursive))(0.5, 3), slope, rtol=1e-7)
    text = s2sad.graph(lambda x: halved(long_loop(x, 3, 1), 0), 0.5).mermaid()
    assert "replayed" not in text and "checkpoints" not in text


class Solver:
    """A state in attributes, a step as a method."""

    def __init__(self, k: float) -> None:
        self.k = k
        self.u = 1.0

    @checkpoint
    def step(self, x: float) -> None:
        self.u = np.sin(self.u * self.k) + x


def with_objects(x: float, n: int) -> float:
    solver = Solver(x)
    for _ in checkpointed(range(n), slots=2):
        solver.step(x)
    return solver.u


def test_objects() -> None:
    for n in (0, 1, 5):
        assert s2sad.check_grad(with_objects, 0.5, n) < 1e-6


def test_an_exception_in_a_step() -> None:
    def guarded(x: float, n: int) -> float:
        for t in checkpointed(range(n), slots=2):
            if t == 3:
                raise ValueError("three")
            x = np.sin(x)
        return x

    assert s2sad.check_grad(guarded, 0.5, 3) < 1e-6
    with pytest.raises(ValueError, match="three"):
        s2sad.grad(guarded)(0.5, 4)


def test_standalone(tmp_path: Path) -> None:
    file = tmp_path / "decay.py"
    file.write_text("from s2sad import checkpointed\n\n\ndef decay(x: float, n: int) -> float:\n"
                    "    for _ in checkpointed(range(n), slots=2):\n        x = x - 0.1 * x * x\n    return x\n")  # fmt: skip
    text = s2sad.source_of_file(file, "decay", standalone=True)
    assert "s2sad" not in "".join(line for line in text.splitlines() if "import" in line and "pip" not in line)
    space: dict[str, Any] = {}
    exec(compile(text, "decay", "exec"), space)
    exec(file.read_text(), space)
    h = 1e-6
    slope = (space["decay"](0.7 + h, 9) - space["decay"](0.7 - h, 9)) / (2 * h)
    np.testing.assert_allclose(space["decay_grad"](0.7, 9), slope, rtol=1e-8)


def test_the_library_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip("checkpoint_schedules")
    made = []
    original = library.MultistageCheckpointSchedule
    monkeypatch.setattr(library, "MultistageCheckpointSchedule", lambda *args: made.append(args) or original(*args))
    found = s2sad.grad(long_loop)(0.5, 9, 2)
    assert made == [(9, 2, 0)]
    monkeypatch.setitem(sys.modules, "checkpoint_schedules", None)
    assert s2sad.grad(long_loop)(0.5, 9, 2) == found
