"""The measurements of `run.py` for interactive use: `pytest benchmarks --benchmark-only`.

Without that option the hand-written gradients are checked as well.

Sort and group with pytest-benchmark's own options, for example `--benchmark-columns=median,iqr -k burgers`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import adjoints
import costs
import numpy as np
import pytest
import training
from contestants import TOOLS, NotMeasured, checked, close, leaves
from growth import families
from realistic import Program, named
from transformation import transformation_time
from workloads import Workload, workloads

pytest.importorskip("pytest_benchmark")


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("value", [False, True], ids=["gradient", "value_and_gradient"])
@pytest.mark.parametrize("workload", workloads(), ids=lambda w: w.name)
def test_gradient(benchmark: Any, workload: Workload, value: bool, tool: str) -> None:
    benchmark.group = f"{workload.name}, {'value and gradient' if value else 'gradient'}"
    try:
        call = checked(tool, workload, value)
    except NotMeasured as reason:
        if tool.startswith("s2sad"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    benchmark(call)


@pytest.mark.parametrize("workload", workloads(), ids=lambda w: w.name)
def test_hand_written_gradients(workload: Workload) -> None:
    """The yardstick itself, against central differences along one random direction per input."""
    gradients = leaves(workload.hand_grad(*workload.args))
    value, again = workload.hand_value_and_grad(*workload.args)
    assert value == pytest.approx(workload.function(*workload.args), rel=1e-12)
    assert all(map(np.array_equal, gradients, leaves(again)))
    positions = workload.positions if isinstance(workload.positions, tuple) else (workload.positions,)
    rng = np.random.default_rng(1)
    for position, gradient in zip(positions, gradients):
        x = np.asarray(workload.args[position])
        step = 1e-6 * rng.normal(size=x.shape)
        ends = []
        for moved in (x + step, x - step):
            args = list(workload.args)
            args[position] = moved if moved.ndim else float(moved)
            ends.append(workload.function(*args))
        difference = 0.5 * (ends[0] - ends[1])
        assert difference == pytest.approx(np.sum(gradient * step), rel=1e-5, abs=1e-12)


def test_transformation(benchmark: Any) -> None:
    """Cold transformations of a 50-line function: the time of one is in the extra info, not in the table."""
    benchmark.group = "transformation"
    try:
        timing = benchmark.pedantic(transformation_time, args=(5,), rounds=1)
    except NotMeasured as reason:
        pytest.skip(str(reason))
    benchmark.extra_info["seconds per transformation"] = timing.median


@pytest.mark.parametrize("program", [p for p in named() if p.name in costs.BY_HAND], ids=lambda p: p.name)
def test_adjoints_written_by_hand(program: Program) -> None:
    """Equal to what s2sad emits, value and gradients, which in turn agree with finite differences."""
    costs.check(program)
    expected = leaves(getattr(adjoints, program.name)(*program.args))
    found = leaves(costs.gradient_of(program)())
    assert len(found) == len(expected) and all(map(close, found, expected))


def test_report_of_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick run over two programs and the shallow ends puts its tables between the marks, and only there."""
    path = tmp_path / "results.md"
    path.write_text(f"before\n\n{costs.START}old\n{costs.END}after\n", encoding="utf-8")
    command = ["costs.py", "--quick", "--only", "thomas_loss", "horner", "--out", str(path)]
    monkeypatch.setattr("sys.argv", command)
    costs.main()
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old\n" not in text
    assert "WRONG" not in text and "Error" not in text
    assert text.count("`thomas_loss`") == 2 and text.count("`horner`") == 1
    assert all(f"| {family.name} |" in text for family in families())


@pytest.mark.parametrize("workload", training.MAKERS)
def test_training_steps(workload: str) -> None:
    """All tools that are installed arrive at the same weights, or an AssertionError says which does not."""
    found = training.steps(workload, 8)
    assert next(iter(found)) == "s2sad"


def test_report_of_training(tmp_path: Path) -> None:
    """The table goes between its marks, and what stands before and behind them stays."""
    path = tmp_path / "results.md"
    path.write_text(f"before\n\n{training.START}old\n{training.END}after\n", encoding="utf-8")
    training.put_into(path, "new\n")
    assert path.read_text(encoding="utf-8") == f"before\n\n{training.START}\nnew\n\n{training.END}after\n"
    training.put_into(path, "newer\n")
    assert path.read_text(encoding="utf-8").count(training.START) == 1
