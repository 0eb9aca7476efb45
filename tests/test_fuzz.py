"""Random programs: the gradient is right, or the program is refused."""

from __future__ import annotations

import ast
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2sad import compiler
from s2sad.ir import nodes as ir
from tests.fuzz.campaign import Options, run
from tests.fuzz.check import Plan, Verdict, check
from tests.fuzz.differences import Line, judge
from tests.fuzz.generate import MODES, Program, draw, generate, runs
from tests.fuzz.points import arguments, points
from tests.fuzz.reduce import reduce

COUNT, BATCH = 200, 25


def told(program: Program, verdict: Verdict) -> str:
    return f"seed {program.seed}, mode {program.mode}: {verdict.kind}: {verdict.detail}\n{program.text}"


@pytest.mark.parametrize("start", range(0, COUNT, BATCH))
def test_fixed_seeds(start: int) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(start, start + BATCH):
        program = generate(seed)
        verdict = check(program)
        kinds[verdict.kind] += 1
        assert not verdict.bad, told(program, verdict)
    assert kinds["right"] >= BATCH // 3, kinds


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(10**6, 2 * 10**6), st.integers(1, 4))
def test_drawn_seeds(seed: int, size: int) -> None:
    program = generate(seed, size)
    verdict = check(program)
    assert not verdict.bad, told(program, verdict)


def test_what_merges_is_memory_of_one_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores through one name of memory are seen through all others: every pass relies on it."""
    found = []
    optimised = compiler.optimise

    def count(function: ir.Function) -> ir.Function:
        for stmt in ir.walk(function.body):
            for merged in merges(stmt):
                found.append(len({a.region.find() for a in merged if isinstance(a, ir.Var) and a.region is not None}))
        return function

    monkeypatch.setattr(compiler, "optimise", lambda function, skip=frozenset(): count(optimised(count(function), skip)))
    nest = "    for u in x:\n        for v in x:\n            x[:] = A.T[3, 0]\n        s *= A.T[3, 1]\n    return s + np.sum(x)\n"
    for program in (*map(generate, range(200, 225)), Program(0, f"import numpy as np\n\ndef f(x, y, A, s, t, n, flag):\n{nest}")):
        check(program)
    assert len(found) > 1000
    assert max(found) == 1


def merges(stmt: object) -> list[tuple[object, ...]]:
    """The atoms that a statement merges into one, by variable."""
    if isinstance(stmt, ir.Loop):
        return [(c.phi, c.init, c.next, c.result) for c in stmt.carries]
    if isinstance(stmt, ir.If):
        return [(p.var, p.then, p.orelse) for p in stmt.phis]
    return [(p.var, *p.values) for p in stmt.phis] if isinstance(stmt, ir.Try) else []


def test_same_seed_same_program() -> None:
    assert generate(7) == generate(7)
    assert generate(7).text != generate(8).text


def test_programs_are_varied() -> None:
    programs = [draw(seed, 0) for seed in range(900)]
    nodes = Counter(type(n).__name__ for program in programs for n in ast.walk(ast.parse(program.text)))
    for kind in ("For", "While", "Break", "Continue", "Try", "With", "Lambda", "ListComp", "GeneratorExp", "IfExp", "DictComp",
                 "AugAssign", "Slice", "Tuple", "Dict", "FunctionDef", "Nonlocal", "Raise", "BoolOp", "NamedExpr", "Assert",
                 "ClassDef", "Starred", "Delete", "MatMult"):  # fmt: skip
        assert nodes[kind], f"no {kind} in 900 programs"
    together = "\n".join(program.text.split("a * a * k")[1] for program in programs)
    for part in ("**= 2", "@= ", "/= ", "[...] = ", ".add.at(", "out=", "np.copyto(", "fill_diagonal", ".fill(", ".sort()",
                 ".T[", ".reshape(", ".ravel()", "np.squeeze(", "transpose", "np.diagonal(", "broadcast_to", "swapaxes", "moveaxis",
                 ".real", ".append(", ".extend(", ".insert(", ".pop()", ".pop(0)", ".setdefault(", ".update(", ".items()", ".get(",
                 "reversed(", "Pair(", "State(", "super().step(", "Child(", "Vec(", "act = ", "finally:", "errstate", "mix(",
                 "power(", "zig(", "halves(", "sweep(", "relax(", "r0(", "checked(", "while True:", "[1:] = ", "[0, 2, 0]", ", None, ", "in reversed(", "copy=None", ".conj()",
                 ".append(k"):  # fmt: skip
        assert part in together, f"no {part} in 900 programs"
    assert {program.mode for program in programs} == set(MODES)


def test_most_draws_run() -> None:
    """What runs only in the end was drawn again; few programs need that."""
    assert sum(runs(draw(seed, 0)) for seed in range(300)) >= 291
    assert all(runs(generate(seed)) for seed in range(100))


def test_points_have_all_numbers_of_trips() -> None:
    assert {point.n for point in points(3)} == {0, 1, 2, 3, 5}
    point = points(3)[0]
    for mode in MODES:
        x, y, A, s, t, n, _ = arguments(point, mode)
        assert A.shape == (3, 4) and n == 3
        assert (x is y) == (mode == "same")
        assert A.flags.c_contiguous == (mode not in ("strided", "reversed", "fortran"))
        assert np.asarray(x).dtype == ("f4" if mode == "float32" else "f8")


def test_plans_are_varied() -> None:
    plans = [Plan.of(Program(seed, "")) for seed in range(400)]
    assert 20 < sum(plan.without is not None for plan in plans) < 70
    assert any(plan.verified for plan in plans) and any(plan.value for plan in plans)
    assert len({plan.wrt for plan in plans}) > 10


WRONG = "import numpy as np\nimport s2sad\n\ndef f(x, y, A, s, t, n, flag):\n    z = x * 2.0\n    if n > 0:\n" \
        "        w = s2sad.stop_gradient(s * s)\n    else:\n        w = s\n    return w + z.sum() + y[0]\n"  # fmt: skip


def test_the_checker_sees_a_wrong_gradient() -> None:
    """`stop_gradient` makes a gradient that differs from finite differences."""
    program = Program(1, WRONG)
    verdict = check(program)
    assert verdict.kind == "wrong", verdict
    smallest = reduce(program, verdict, 10.0)
    assert len(smallest.text) < len(WRONG)
    assert "stop_gradient" in smallest.text


def test_the_checker_sees_one_wrong_entry() -> None:
    text = WRONG.replace("stop_gradient(s * s)", "stop_gradient(1e-3 * A[2, 1])")
    assert check(Program(2, text)).kind == "wrong"


def test_kinks_are_rough() -> None:
    """The differences on both sides are not the same; at points nearby there is no kink."""
    text = "def f(x, y, A, s, t, n, flag):\n    u = s - {}\n    return (u if u > 0.0 else 3.0 * u) + x[0] * t\n"
    at = float(points(2)[0].values[3])
    assert check(Program(2, text.format(at))).kind == "rough"
    assert check(Program(2, text.format(at + 0.01))).kind == "right"


STORES = "def f(x, y, A, s, t, n, flag):\n    B = A * 2.0\n    {}\n    return B[1, 2] * s + (B ** 2).sum()\n"


@pytest.mark.parametrize("store, kind", [("B[1, 1:] = B[:, -1]", ("right", "numpy")), ("B[1, 1:] = B[:, -1].copy()", ("right",)),
                                         ("B[1, 1:] = B[1, :-1]", ("right",))])  # fmt: skip
def test_a_defect_of_numpy_is_not_ours(store: str, kind: tuple[str, ...]) -> None:
    """NumPy 2.4 overwrites elements of the first one before it reads them."""
    assert check(Program(2, STORES.format(store))).kind in kind


def test_a_wrong_gradient_stays_wrong_next_to_overlapping_stores() -> None:
    text = WRONG.replace("    return w", "    z[1:] = z[:-1]\n    return w")
    assert check(Program(2, text)).kind == "wrong"


def test_large_numbers_that_cancel_are_rough() -> None:
    text = "def f(x, y, A, s, t, n, flag):\n    v = [s + {}]\n    v[0] -= {}\n    return v[0] * t + x[0]\n"
    assert check(Program(2, text.format(1e27, 1e27))).kind == "rough"
    assert check(Program(2, text.format(1e2, 1e2))).kind == "right"


class Jumping(Line):
    """A cubic with a jump within the largest step."""

    def value(self, h: float) -> float:
        return 2.0 * h + 1.2e5 * h**3 + (3.0 if h > 5e-5 else 0.0)

    def along(self, gradient: np.ndarray) -> float:
        return float(gradient[0])


def test_a_jump_within_the_largest_step_does_not_matter() -> None:
    line = Jumping(len, points(0)[0], "float64", ("s",), 0)
    assert judge(line, np.array([2.0]), 0.0)[0] == "right"
    assert judge(line, np.array([2.001]), 0.0)[0] == "wrong"


def test_programs_that_fail_are_invalid() -> None:
    assert check(Program(0, "def f(x, y, A, s, t, n, flag):\n    raise ValueError\n")).kind == "invalid"


def test_jobs_give_the_same_counts(tmp_path) -> None:  # type: ignore[no-untyped-def]
    options = Options(tmp_path, reduce=0)
    one, two = run(50, 60, 1, options), run(50, 60, 2, options)
    assert one.kinds == two.kinds and sum(one.kinds.values()) == 60
    assert {k: sorted(v) for k, v in one.sorts.items()} == {k: sorted(v) for k, v in two.sorts.items()}
