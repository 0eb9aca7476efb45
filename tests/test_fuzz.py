"""Random programs: the gradient is right, or the program is refused."""

from __future__ import annotations

import ast
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.check import Verdict, check
from tests.fuzz.generate import Program, generate
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


def test_same_seed_same_program() -> None:
    assert generate(7) == generate(7)
    assert generate(7).text != generate(8).text


def test_programs_are_varied() -> None:
    nodes = Counter(type(n).__name__ for seed in range(150) for n in ast.walk(ast.parse(generate(seed).text)))
    for kind in ("For", "While", "Break", "Continue", "Try", "With", "Lambda", "ListComp", "GeneratorExp", "IfExp",
                 "AugAssign", "Slice", "Tuple", "Dict", "FunctionDef", "Nonlocal", "Raise", "BoolOp"):  # fmt: skip
        assert nodes[kind], f"no {kind} in 150 programs"


def test_the_checker_sees_a_wrong_gradient() -> None:
    """`stop_gradient` makes a gradient that differs from finite differences."""
    text = "import numpy as np\nimport s2sad\n\ndef f(x, y, A, s, t, n, flag):\n    z = x * 2.0\n    if n > 0:\n" \
           "        w = s2sad.stop_gradient(s * s)\n    else:\n        w = s\n    return w + z.sum() + y[0]\n"  # fmt: skip
    program = Program(1, text)
    verdict = check(program)
    assert verdict.kind == "wrong", verdict
    smallest = reduce(program, verdict, 10.0)
    assert len(smallest.text) < len(text)
    assert "stop_gradient" in smallest.text


def test_programs_that_fail_are_invalid() -> None:
    assert check(Program(0, "def f(x, y, A, s, t, n, flag):\n    raise ValueError\n")).kind == "invalid"
