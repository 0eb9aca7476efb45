"""The measurements of `run.py` for interactive use: `pytest benchmarks --benchmark-only`.

Without that option the hand-written gradients are checked as well.

Sort and group with pytest-benchmark's own options, for example `--benchmark-columns=median,iqr -k burgers`.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import adjoints
import contestants
import costs
import numpy as np
import pytest
import run
import targets
import training
from contestants import HAND_NUMBA, S2SAD, S2SAD_NUMBA, TOOLS, NotMeasured, close, contestant, leaves
from growth import families
from realistic import Program
from realistic import named as classics
from transformation import transformation_time
from workloads import Workload, named, workloads

pytest.importorskip("pytest_benchmark")


SMALL = [workload for workload in workloads() if workload.size != "10^7"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("workload", SMALL, ids=lambda w: w.name)
def test_value_and_gradient(benchmark: Any, workload: Workload, tool: str) -> None:
    """Every tool that takes part agrees with the adjoint written by hand; s2sad takes part everywhere."""
    benchmark.group = workload.name
    try:
        call = contestant(tool, workload).call
    except NotMeasured as reason:
        if tool in (S2SAD, S2SAD_NUMBA, HAND_NUMBA) and str(reason) != "not installed":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    benchmark(call)


@pytest.mark.parametrize("workload", SMALL, ids=lambda w: w.name)
def test_hand_written_adjoints(workload: Workload) -> None:
    """The yardstick itself, against central differences along one random direction for each parameter."""
    by_hand = workload.form("by_hand")
    assert by_hand is not None
    value, *gradients = leaves(by_hand(*workload.args))
    assert value == pytest.approx(workload.function(*workload.args), rel=1e-12)
    assert len(gradients) == len(workload.places)
    rng = np.random.default_rng(1)
    for position, gradient in zip(workload.places, gradients):
        x = np.asarray(workload.args[position])
        step = 1e-6 * rng.normal(size=x.shape)
        ends = []
        for moved in (x + step, x - step):
            args = list(workload.args)
            args[position] = moved if moved.ndim else float(moved)
            ends.append(workload.function(*args))
        difference = 0.5 * (ends[0] - ends[1])
        assert difference == pytest.approx(np.sum(gradient * step), rel=1e-5, abs=1e-12)


def test_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick run over two programs replaces what stands between the marks, and only that, and draws the picture."""
    paths = [tmp_path / name for name in ("results.md", "README.md", "picture.svg")]
    for path in paths[:2]:
        path.write_text(f"before\n\n{run.START}old\n{run.END}\nafter\n", encoding="utf-8")
    command = ["run.py", "--quick", "--only", "black_scholes", "logistic"]
    for option, path in zip(("--out", "--readme", "--plot"), paths):
        command += [option, str(path)]
    monkeypatch.setattr("sys.argv", command)
    run.main()
    for path in paths[:2]:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("before\n") and text.endswith("\nafter\n") and "old\n" not in text
        assert "WRONG" not in text
        assert text.count("| `black_scholes`, 5 numbers |") == 2 and text.count("| `logistic`, 1,000 steps |") == 2
    assert "black_scholes" in paths[2].read_text(encoding="utf-8")


def test_wrong_results_take_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gradient that differs is no contestant, and the reason says so."""
    workload = named("logistic")
    wrong = {"form": lambda: lambda: (0.0, (1.0, 2.0))}
    monkeypatch.setitem(contestants.FORMS, S2SAD, lambda workload: wrong)
    with pytest.raises(NotMeasured, match="WRONG RESULT"):
        contestant(S2SAD, workload)


def test_targets_missed_and_met() -> None:
    """A ratio above its limit is listed by name, and a mean above its own is missed as well."""

    def judged(mean: float | None, each: float | None, *ratios: float) -> str:
        rows = [SimpleNamespace(workload=SimpleNamespace(name=f"w{k}"), found=ratio) for k, ratio in enumerate(ratios)]
        return targets.Ratio("what", lambda row: row.found, mean, each).line(rows)

    assert judged(1.1, 1.4, 1.0, 1.2).endswith("| met |")
    assert judged(1.1, 1.4, 0.5, 1.5).endswith("| **missed**: `w1` 1.5 |")
    assert judged(1.1, 1.4, 1.3, 1.3).endswith("| **missed** |")
    assert judged(None, 1.4, 9.0, 2.0).endswith("| **missed**: `w0` 9, `w1` 2 |")
    assert judged(1.1, None).endswith("| not measured |")


def test_transformation(benchmark: Any) -> None:
    """Cold transformations of a 50-line function: the time of one is in the extra info, not in the table."""
    benchmark.group = "transformation"
    try:
        timing = benchmark.pedantic(transformation_time, args=(5,), rounds=1)
    except NotMeasured as reason:
        pytest.skip(str(reason))
    benchmark.extra_info["seconds per transformation"] = timing.median


@pytest.mark.parametrize("program", [p for p in classics() if p.name in costs.BY_HAND], ids=lambda p: p.name)
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
