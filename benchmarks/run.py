"""Measure s2sad side by side with the alternatives; write `results.md`, the section of the README and its picture.

    python benchmarks/run.py [--quick] [--only NAME ...] [--out FILE] [--readme FILE] [--plot FILE]

For each program of `workloads/`, in one process and interleaved: value and gradient by every tool of `contestants.py` that is
installed and can do it. Before anything is timed, it is compared with the adjoint written by hand. Nothing in the report is
typed by hand. A run takes some minutes; `--quick` only tries the script. With `--only`, the README and the picture stay as
they are unless they are named.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import plot
import tables
from contestants import HAND, S2SAD, TOOLS, Contestant, NotMeasured, contestant
from growth import trips
from measure import Timing, interleaved, peak_memory
from targets import Run, summary
from transformation import cached_call, transformation_time
from workloads import workloads
from workloads.case import Workload

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
START, END = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"


@dataclass(frozen=True)
class Effort:
    """How often and how long things are measured."""

    rounds: int
    batch: float
    most: float
    transformations: int
    trips: tuple[int, ...]


FULL = Effort(25, 0.004, 1.5, 15, (10**2, 10**3, 10**4, 10**5, 10**6))
QUICK = Effort(3, 0.001, 0.01, 3, (10**2, 10**3))


def measured(workload: Workload, effort: Effort) -> tables.Row:
    """One workload by all tools."""
    found: dict[str, Contestant] = {}
    reasons: dict[str, str] = {}
    for tool in TOOLS:
        try:
            found[tool] = contestant(tool, workload)
        except NotMeasured as reason:
            reasons[tool] = str(reason)
    timings: dict[str, Timing] = interleaved({tool: one.call for tool, one in found.items()}, effort.rounds, effort.batch, effort.most)
    memory = {tool: peak_memory(found[tool].call) for tool in (HAND, S2SAD) if tool in found}
    return tables.Row(workload, found, timings, reasons, memory)


def run(selected: list[Workload], effort: Effort) -> Run:
    """Everything that the report tells."""
    rows = []
    for workload in selected:
        rows.append(measured(workload, effort))
        print(tables.line(rows[-1]), flush=True)
    return Run(
        rows,
        transformation_time(effort.transformations),
        cached_call(effort.rounds, effort.batch),
        trips(effort.trips, effort.rounds, effort.batch, effort.most),
    )


def put_between(path: Path, text: str) -> None:
    """Replace what stands between the marks of a file; without marks, put both in front."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    before, _, rest = old.partition(START) if START in old else ("", "", "")
    after = rest.partition(END)[2] if rest else "\n" + old
    path.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure s2sad side by side with the alternatives.")
    parser.add_argument("--quick", action="store_true", help="few short rounds: tries the script, no result")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs only")
    parser.add_argument("--out", type=Path, default=HERE / "results.md", help="where the report goes")
    parser.add_argument("--readme", type=Path, help="the file whose section is replaced (default: the README)")
    parser.add_argument("--plot", type=Path, help="where the picture goes (default: docs/benchmarks.svg)")
    options = parser.parse_args()
    selected = [w for w in workloads() if not options.only or w.function.__name__ in options.only]
    if not selected:
        parser.error(f"no such program; there are {', '.join(sorted({w.function.__name__ for w in workloads()}))}")
    partly = options.quick or options.only
    readme = options.readme or (None if partly else ROOT / "README.md")
    picture = options.plot or (None if partly else ROOT / "docs" / "benchmarks.svg")

    warnings.simplefilter("ignore")  # of the tools, about themselves
    with tempfile.TemporaryDirectory(prefix="s2sad-benchmark-") as cache:
        os.environ["S2SAD_CACHE_DIR"] = cache
        found = run(selected, QUICK if options.quick else FULL)
    put_between(options.out, tables.report(found, summary(found)))
    if readme:
        put_between(readme, tables.section(found, summary(found)))
    if picture:
        plot.draw(found.rows, picture)
    print(f"\n{summary(found)}\n\nwrote {options.out}")


if __name__ == "__main__":
    main()
