"""Measure s2sad side by side with the alternatives and write `results.md`.

    python benchmarks/run.py [--quick] [--only NAME ...] [--out FILE]

For each workload, in one process and interleaved: the NumPy primal, the gradient written by hand, s2sad
(through its public function, and the emitted code called directly), HIPS autograd and JAX with `jit`. Tools
that are not installed are skipped with a note. Nothing in the report is typed by hand.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import tempfile
from pathlib import Path

import contestants
from contestants import TOOLS, NotMeasured, checked, reason_of
from measure import Timing, duration, interleaved
from transformation import LINES, cached_call, transformation_time
from workloads import Workload, workloads

HERE = Path(__file__).resolve().parent


def environment() -> str:
    """Versions of everything measured, and the machine."""
    versions = []
    for package in ("s2sad", "numpy", "autograd", "jax"):
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{package} (not installed as a package)")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"Python {platform.python_version()}, {', '.join(versions)}; {machine}."


def take_part(workload: Workload, value: bool) -> tuple[dict[str, contestants.Call], dict[str, str]]:
    """The callables to time, and for the other tools the reason why not."""
    calls, reasons = {}, {}
    for tool in TOOLS:
        try:
            calls[tool] = checked(tool, workload, value)
        except NotMeasured as reason:
            reasons[tool] = str(reason)
    return calls, reasons


def cell(tool: str, timings: dict[str, Timing], reasons: dict[str, str], notes: list[str]) -> str:
    if tool in timings:
        timing = timings[tool]
        text = str(timing)
        if tool not in ("NumPy primal", "hand-written") and "hand-written" in timings:
            text += f" ({timing.median / timings['hand-written'].median:.2f}x)"
        return text
    reason = reasons[tool]
    if reason not in notes:
        notes.append(reason)
    return f"– [{notes.index(reason) + 1}]"


def table(selected: list[Workload], value: bool, rounds: int, batch: float, notes: list[str]) -> list[str]:
    lines = [f"| workload | {' | '.join(TOOLS)} |", f"|---|{'---:|' * len(TOOLS)}"]
    for workload in selected:
        calls, reasons = take_part(workload, value)
        timings = interleaved(calls, rounds, batch)
        cells = [cell(tool, timings, reasons, notes) for tool in TOOLS]
        lines.append(f"| `{workload.name}` ({workload.kind}) | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return lines


def rewritten_note(selected: list[Workload]) -> str:
    rows = []
    for tool in ("autograd", "jax"):
        names = [f"`{w.name}`" for w in selected if tool in w.other]
        if names:
            rows.append(f"{tool}: {', '.join(names)}")
    if not rows:
        return ""
    return (
        "Measured in a rewritten form (`rewritten.py`) where the tool refuses the function as it stands, or "
        f"would unroll its loop: {'; '.join(rows)}."
    )


def cost_of_transforming(rounds: int, batch: float) -> list[str]:
    rows = []
    try:
        rows.append((f"{LINES}-line function, source to callable, cold", str(transformation_time(rounds))))
    except Exception as error:  # a report with a gap is better than none
        rows.append((f"{LINES}-line function, source to callable, cold", f"– {reason_of(error)}"))
    try:
        decorated, direct = cached_call(rounds, batch)
        rows.append(("cached call of a decorated gradient (`product`)", str(decorated)))
        rows.append(("the emitted function called directly (`product`)", str(direct)))
        rows.append(("added by the decorated call", duration(decorated.median - direct.median)))
    except Exception as error:
        rows.append(("cached call of a decorated gradient (`product`)", f"– {reason_of(error)}"))
    return ["| what | measured |", "|---|---:|"] + [f"| {what} | {measured} |" for what, measured in rows]


def report(selected: list[Workload], rounds: int, batch: float) -> str:
    notes: list[str] = []
    gradient = table(selected, False, rounds, batch, notes)
    value_and_gradient = table(selected, True, rounds, batch, notes)
    parts = [
        "# Benchmarks",
        "Written by `python benchmarks/run.py`. " + environment(),
        f"Median time per call ± half the interquartile range, over {rounds} interleaved rounds after a "
        "warm-up. In brackets: the ratio to the hand-written code of the same row. Every result was compared "
        "with the hand-written one before it was timed. JAX gets arrays of its own, converted before, and "
        "compiles in the warm-up.",
        rewritten_note(selected),
        "## Gradient",
        "\n".join(gradient),
        "## Value and gradient",
        "\n".join(value_and_gradient),
        "\n".join(f"[{k}] {note}  " for k, note in enumerate(notes, 1)),
        "## Transformation and calls",
        "\n".join(cost_of_transforming(rounds, batch)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def costs_in(path: Path) -> str:
    """The part of an earlier report that `costs.py` put there."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    start = old.find("<!-- costs -->")
    return "" if start < 0 else "\n" + old[start:]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure s2sad side by side with the alternatives.")
    parser.add_argument("--quick", action="store_true", help="few short rounds: tries the script, no result")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these workloads only")
    parser.add_argument("--out", type=Path, default=HERE / "results.md", help="where the report goes")
    options = parser.parse_args()
    rounds, batch = (5, 0.002) if options.quick else (31, 0.02)
    selected = [w for w in workloads() if not options.only or w.name in options.only]
    if not selected:
        parser.error(f"no such workload; there are {', '.join(w.name for w in workloads())}")

    with tempfile.TemporaryDirectory(prefix="s2sad-benchmark-") as cache:
        os.environ["S2SAD_CACHE_DIR"] = cache
        text = report(selected, rounds, batch)
    options.out.write_text(text + costs_in(options.out), encoding="utf-8")
    print(f"\nwrote {options.out}")


if __name__ == "__main__":
    main()
