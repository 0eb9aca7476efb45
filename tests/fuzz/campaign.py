"""Many programs, by one or more processes: counts, and each sort of failure with a reduced example."""

from __future__ import annotations

import gc
import linecache
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.fuzz.check import Verdict, sort_of, timed
from tests.fuzz.generate import Program, generate
from tests.fuzz.reduce import reduce

BATCH, PROGRESS = 50, 1000


@dataclass(frozen=True)
class Options:
    out: Path
    reduce: int = 1
    reduce_seconds: float = 40.0
    refused: bool = False
    timeout: int = 20


@dataclass
class Report:
    """Counts of verdicts, and the failures by sort: their seeds, and the detail of the first."""

    kinds: Counter[str] = field(default_factory=Counter)
    sorts: dict[str, list[int]] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, seed: int, verdict: Verdict) -> None:
        self.kinds[verdict.kind] += 1
        if verdict.kind != "right":
            sort = sort_of(verdict)
            self.sorts.setdefault(sort, []).append(seed)
            self.first.setdefault(sort, verdict.detail)

    def merge(self, other: Report) -> None:
        self.kinds += other.kinds
        for sort, seeds in other.sorts.items():
            self.sorts.setdefault(sort, []).extend(seeds)
            self.first.setdefault(sort, other.first[sort])

    def counts(self) -> str:
        return " ".join(f"{kind}={count}" for kind, count in sorted(self.kinds.items()))

    def text(self) -> str:
        lines = [self.counts()]
        for sort, seeds in sorted(self.sorts.items(), key=lambda item: -len(item[1])):
            lines += [f"{len(seeds):5}  {sort}   seeds {', '.join(map(str, sorted(seeds)[:6]))}", f"         {self.first[sort][-160:]}"]
        return "\n".join(lines)


def batch(task: tuple[int, int, Options]) -> Report:
    """The verdicts on some consecutive seeds."""
    seed, count, options = task
    gc.disable()  # the trees and graphs of a program die together: it is cheaper to look for cycles after many
    report = Report()
    try:
        for number in range(seed, seed + count):
            report.add(number, timed(generate(number), options.timeout))
            forget()
    finally:
        gc.enable()
        gc.collect()
    return report


def forget() -> None:
    """Drop the texts of programs."""
    for name in [name for name in linecache.cache if name.startswith(("<fuzz", "<s2sad"))]:
        del linecache.cache[name]


def reduced(task: tuple[int, Options]) -> tuple[str, str]:
    """The path of a reduced failure, and its detail."""
    seed, options = task
    program = generate(seed)
    verdict = timed(program, options.timeout)
    smallest = reduce(program, verdict, options.reduce_seconds)
    final = timed(smallest, options.timeout)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{verdict.kind}_{seed}.py"
    path.write_text(f"# mode {program.mode}, seed {seed}\n# {final.kind}: {final.detail}\n{smallest.text}")
    return str(path), final.detail


def run(seed: int, count: int, jobs: int, options: Options, progress: Path | None = None) -> Report:
    """Check the programs of `count` seeds; reductions come last, the first seeds of each sort."""
    started, report, told = monotonic(), Report(), 0
    tasks = [(s, min(BATCH, seed + count - s), options) for s in range(seed, seed + count, BATCH)]
    for part in spread(batch, tasks, jobs):
        report.merge(part)
        for sort, seeds in part.sorts.items():
            if sort.startswith(("wrong", "crash")):
                tell(f"{sort}: seeds {', '.join(map(str, seeds))}", progress)
        done = sum(report.kinds.values())
        if done // PROGRESS > told:
            told = done // PROGRESS
            tell(f"{done} of {count} in {monotonic() - started:.0f} s: {report.counts()}", progress)
    wanted = []
    for sort, seeds in report.sorts.items():
        if sort.startswith(("wrong", "crash")) or options.refused and sort.startswith("refused"):
            wanted += [(s, options) for s in sorted(seeds)[: options.reduce]]
    for path, detail in spread(reduced, wanted, jobs):
        tell(f"{path}: {detail}", progress)
    return report


def tell(line: str, progress: Path | None) -> None:
    if progress is None:
        print(line, flush=True)
    else:
        with progress.open("a") as file:
            file.write(line + "\n")


def spread(function, tasks: list, jobs: int) -> Iterator:  # type: ignore[no-untyped-def,type-arg]
    """The results of a function, as they come."""
    if jobs <= 1:
        yield from map(function, tasks)
        return
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=40) as pool:
        yield from pool.imap_unordered(function, tasks)


__all__ = ["Options", "Program", "Report", "reduced", "run"]
