"""The report of `run.py`: tables of times, of memory and of compile times, and the notes below them."""

from __future__ import annotations

from dataclasses import dataclass

from contestants import HAND, HAND_NUMBA, JAX, PACKAGES, REWRITTEN, S2SAD, S2SAD_NUMBA, TOOLS, Contestant
from environment import environment, threads
from measure import Timing, duration
from targets import Run
from workloads.case import Workload


@dataclass(frozen=True)
class Row:
    """What was measured of one workload: by tool, the contestant and its time, or the reason why there is none."""

    workload: Workload
    contestants: dict[str, Contestant]
    timings: dict[str, Timing]
    reasons: dict[str, str]
    memory: dict[str, int]

    def ratio(self, tool: str, to: str) -> float | None:
        """The time of one tool by that of another, in the fastest rounds of both, if both took part."""
        if tool not in self.timings or to not in self.timings:
            return None
        return self.timings[tool].best / self.timings[to].best


def line(row: Row) -> str:
    """A row for the terminal, with ratios to the adjoint by hand."""
    cells = [f"{tool} {row.ratio(tool, HAND):.2f}x" if tool in row.timings else f"{tool} –" for tool in TOOLS]
    return f"{row.workload.name}: {row.timings[HAND]} by hand; {', '.join(cells)}"


def report(run: Run, summary: str) -> str:
    """The whole report, with spreads."""
    notes: list[str] = []
    times = time_table(run.rows, notes, spread=True)
    return "\n\n".join(
        [
            "# Benchmarks",
            "Written by `python benchmarks/run.py`. " + environment(PACKAGES) + " " + threads(),
            explanation() + " ± is half the interquartile range.",
            "## Targets",
            summary,
            "## Value and gradient",
            times,
            footnotes(notes),
            "## Memory and compilation",
            cost_table(run.rows),
            "## Calls, and growth with the trips of a loop",
            other_table(run),
        ]
    )


def section(run: Run, summary: str) -> str:
    """The shorter form for the README."""
    notes: list[str] = []
    return "\n\n".join(
        [
            "![Times of value and gradient relative to JAX and to adjoints written by hand](docs/benchmarks.svg)",
            summary,
            time_table(run.rows, notes, spread=False),
            footnotes(notes),
            cost_table(run.rows),
            explanation(),
            "Written by `python benchmarks/run.py`. " + environment(PACKAGES) + " " + threads(),
        ]
    )


def explanation() -> str:
    return (
        "Value and gradient, median time of a call, measured in one process in turn; compared with the adjoint by hand before. "
        "Ratios are those of the fastest rounds. "
        "*s2sad* is the emitted function called directly. A star: the program rewritten for the tool as its documentation "
        "asks (scans, no stores, all elements at once), of several forms the fastest. JAX has arrays of its own, converted before. "
        "Memory is the peak that `tracemalloc` sees during a call; compile times are those of a first call beyond a later one, "
        "without any cache."
    )


def time_table(rows: list[Row], notes: list[str], spread: bool) -> str:
    lines = [f"| workload | {' | '.join(TOOLS)} |", f"|---|{'---:|' * len(TOOLS)}"]
    for row in rows:
        cells = [time_cell(row, tool, notes, spread) for tool in TOOLS]
        lines.append(f"| {title(row.workload)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def title(workload: Workload) -> str:
    return f"`{workload.function.__name__}`, {workload.size}"


def time_cell(row: Row, tool: str, notes: list[str], spread: bool) -> str:
    if tool in row.timings:
        star = "\\*" if row.contestants[tool].form.startswith(REWRITTEN) else ""
        return (str(row.timings[tool]) if spread else duration(row.timings[tool].median)) + star
    reason = f"{tool}: {row.reasons[tool]}"
    if reason not in notes:
        notes.append(reason)
    return f"– [{notes.index(reason) + 1}]"


def footnotes(notes: list[str]) -> str:
    return "\n".join(f"[{k}] {note}  " for k, note in enumerate(notes, 1)) or "All tools could do all programs."


def cost_table(rows: list[Row]) -> str:
    """Peak memory, and the times of compilation."""
    head = ("memory by hand", "s2sad", "ratio", "to compile: s2sad", "s2sad, Numba", "by hand, Numba", "JAX (jit)")
    lines = [f"| workload | {' | '.join(head)} |", f"|---|{'---:|' * len(head)}"]
    for row in rows:
        least, used = row.memory.get(HAND, 0), row.memory.get(S2SAD, 0)
        cells = [size(least), size(used), f"{used / least:.2f}" if least and used else "–"]
        for tool in (S2SAD, S2SAD_NUMBA, HAND_NUMBA, JAX):
            cells.append(duration(row.contestants[tool].first) if tool in row.contestants else "–")
        lines.append(f"| {title(row.workload)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def size(count: int) -> str:
    for unit, scale in (("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} B"


def other_table(run: Run) -> str:
    decorated, direct = run.calls
    rows = [
        ("50-line function, source to callable, cold", str(run.transformation)),
        ("cached call of a decorated gradient (`black_scholes`)", str(decorated)),
        ("the emitted function called directly", str(direct)),
        ("added by the decorated call", duration(decorated.median - direct.median)),
    ]
    rows += [(f"`logistic`, {trips:,} trips: value and gradient by primal", f"{ratio:.2f}") for trips, ratio in run.growth.items()]
    return "\n".join(["| what | measured |", "|---|---:|", *(f"| {what} | {found} |" for what, found in rows)])

