"""What gradients of realistic programs cost, relative to the programs themselves, and put it into `results.md`.

    python benchmarks/costs.py [--quick] [--only NAME ...] [--out FILE]

Three measurements: the time of `value_and_grad` relative to the NumPy primal for the programs of `realistic.py`; the
peak of extra memory relative to adjoints written by hand (`adjoints.py`); and the ratio of times as recursion, chains of
helpers and loops grow (`growth.py`). Every gradient is compared with a central difference along a random direction, or
with the one written by hand, before it is measured. Nothing in the report is typed by hand.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import types
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import adjoints
import numpy as np
from contestants import close, leaves, reason_of
from environment import environment
from growth import Family, families
from measure import duration, interleaved, peak_memory
from realistic import Program, further, named

import s2sad
from tests.helpers import aligned_floats, bind, floats_of, with_floats

HERE = Path(__file__).resolve().parent
START, END = "<!-- costs -->\n", "<!-- /costs -->\n"
TIME_TARGET, MEMORY_TARGET, GROWTH_TARGET = 4.0, 1.2, 6.0
BY_HAND = ("thomas_loss", "fdtd", "heat3d", "swapped_buffers", "vertical_advection")
TOLERANCE = 1e-4


class WrongGradient(Exception):
    """The gradient differs from what it is compared with."""


def gradient_of(program: Program) -> Callable[[], Any]:
    function = s2sad.value_and_grad(program.function, wrt=program.wrt)
    return lambda: function(*program.args)


def emitted_code_of(program: Program) -> Callable[[], Any]:
    """The emitted function itself, without the object that picks a variant for the arguments."""
    text = s2sad.value_and_grad(program.function, wrt=program.wrt).source_for(*program.args)
    module = types.ModuleType("emitted")
    exec(compile(text, f"<emitted from {program.name}>", "exec"), module.__dict__)
    function = getattr(module, f"{program.name}_value_and_grad")
    return lambda: function(*program.args)


def check(program: Program) -> None:
    """Compare with a central difference in each parameter, along a random direction, at the best of three steps."""
    value, gradients = gradient_of(program)()
    rng = np.random.default_rng(3)
    parameters = bind(program.function, program.args)
    for name, gradient in zip(program.wrt, gradients):
        point = floats_of(parameters[name])
        direction = rng.choice([-1.0, 1.0], size=point.size)
        expected = [difference(program, name, point, direction, step) for step in (1e-5, 1e-6, 1e-7)]
        found = float(aligned_floats(parameters[name], gradient, name) @ direction)
        error = min(abs(found - e) / max(abs(e), 1e-4 * abs(value)) for e in expected)
        if not error <= TOLERANCE:
            raise WrongGradient(f"WRONG: {name}, by {error:.1e}")


def difference(program: Program, name: str, point: Any, direction: Any, step: float) -> float:
    ends = []
    for sign in (1.0, -1.0):
        arguments = copy.deepcopy(bind(program.function, program.args))
        arguments[name] = with_floats(arguments[name], point + sign * step * direction)
        ends.append(float(program.function(*arguments.values())))
    return (ends[0] - ends[1]) / (2.0 * step)


def time_of(program: Program, rounds: int, batch: float, direct: bool = False) -> tuple[float, float] | str:
    """Seconds of primal and gradient in their fastest rounds, or the reason why there are none."""
    try:
        check(program)
        gradient = emitted_code_of(program) if direct else gradient_of(program)
        timings = interleaved({"primal": program.primal, "gradient": gradient}, rounds, batch)
    except Exception as error:
        return str(error) if isinstance(error, WrongGradient) else reason_of(error)
    return timings["primal"].best, timings["gradient"].best


def ratio_cell(ratio: float, target: float) -> str:
    return f"**{ratio:.2f}**" if ratio > target else f"{ratio:.2f}"


def time_table(programs: list[Program], rounds: int, batch: float) -> list[str]:
    lines = ["| program | size | NumPy primal | value and gradient | ratio |", "|---|---|---:|---:|---:|"]
    ratios = []
    for program in programs:
        found = time_of(program, rounds, batch)
        if isinstance(found, str):
            lines.append(f"| `{program.name}` | {program.size} | – | {found} | – |")
        else:
            primal, gradient = found
            ratios.append(gradient / primal)
            cells = [duration(primal), duration(gradient), ratio_cell(ratios[-1], TIME_TARGET)]
            lines.append(f"| `{program.name}` | {program.size} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    if ratios:
        mean = ratio_cell(statistics.geometric_mean(ratios), TIME_TARGET)
        lines.append(f"| geometric mean of {len(ratios)} | | | | {mean} |")
        print(lines[-1], flush=True)
    return lines


def memory_table(programs: list[Program]) -> list[str]:
    lines = ["| program | size | by hand | value and gradient | ratio |", "|---|---|---:|---:|---:|"]
    for program in programs:
        by_hand = getattr(adjoints, program.name)
        emitted = gradient_of(program)
        expected, found = leaves(by_hand(*program.args)), leaves(emitted())
        if len(expected) != len(found) or not all(map(close, found, expected)):
            lines.append(f"| `{program.name}` | {program.size} | – | WRONG | – |")
        else:
            least, used = peak_memory(partial(by_hand, *program.args)), peak_memory(emitted)
            cell = ratio_cell(used / least, MEMORY_TARGET)
            lines.append(f"| `{program.name}` | {program.size} | {size(least)} | {size(used)} | {cell} |")
        print(lines[-1], flush=True)
    return lines


def size(count: int) -> str:
    return f"{count / 1e6:.3g} MB"


def growth_line(family: Family, rounds: int, batch: float, depths: tuple[int, ...]) -> str:
    """One row: the ratio of gradient to primal at each depth."""
    cells = []
    for depth in depths:
        with family.make(depth) as (function, args):
            program = Program(function, args, floats_among(function, args), "")
            found = time_of(program, rounds, batch, direct=True)
        if isinstance(found, str):
            cells.append(f"{depth}: {found}")
        else:
            cells.append(f"{depth}: {ratio_cell(found[1] / found[0], GROWTH_TARGET)}")
    return f"| {family.name} | {family.unit} | {', '.join(cells)} |"


def floats_among(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(name for name, value in bind(function, args).items() if floats_of(value).size)


def growth_table(rounds: int, batch: float, quick: bool) -> list[str]:
    lines = ["| program | grows in | ratio of value and gradient to primal |", "|---|---|---|"]
    for family in families():
        lines.append(growth_line(family, rounds, batch, family.depths[:2] if quick else family.depths))
        print(lines[-1], flush=True)
    return lines


def report(classics: list[Program], others: list[Program], rounds: int, batch: float, quick: bool) -> str:
    parts = ["## Realistic programs", introduction(rounds)]
    if classics:
        parts += ["### Time: classics", "\n".join(time_table(classics, rounds, batch))]
    if others:
        parts += ["### Time: in-place programs", "\n".join(time_table(others, rounds, batch))]
    by_hand = [program for program in classics if program.name in BY_HAND]
    if by_hand:
        parts += ["### Peak of extra memory", "\n".join(memory_table(by_hand))]
    parts += ["### Growth", "\n".join(growth_table(rounds, batch, quick))]
    return "\n\n".join(parts) + "\n"


def introduction(rounds: int) -> str:
    return (
        f"Written by `python benchmarks/costs.py`. {environment()} Times are those of the fastest of {rounds} interleaved "
        "rounds, for the machine is shared. The programs are those of `tests/programs` at the sizes given; a primal that "
        "stores to its arguments gets copies. Memory is the peak that `tracemalloc` sees during a call, without what was "
        "there before. Growth is that of the emitted code, called directly. Bold: above the target of "
        f"{TIME_TARGET:g} for times, {MEMORY_TARGET:g} for memory, {GROWTH_TARGET:g} at every depth."
    )


def put_into(path: Path, text: str) -> None:
    """Replace the part of the report between the marks, or append one."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    before, _, rest = old.partition(START)
    _, _, after = rest.partition(END)
    separator = "\n" if before and not before.endswith("\n\n") else ""
    path.write_text(f"{before}{separator}{START}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what gradients of realistic programs cost.")
    parser.add_argument("--quick", action="store_true", help="few short rounds: tries the script, no result")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs only")
    parser.add_argument(
        "--out", type=Path, default=HERE / "results.md", help="the report to put the tables into"
    )
    options = parser.parse_args()
    rounds, batch = (3, 0.0005) if options.quick else (7, 0.003)
    classics, others = named(), further()
    if options.only:
        known = [p.name for p in [*classics, *others]]
        unknown = [name for name in options.only if name not in known]
        if unknown:
            parser.error(f"no program {', '.join(unknown)}; there are {', '.join(known)}")
        classics = [p for p in classics if p.name in options.only]
        others = [p for p in others if p.name in options.only]
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        put_into(options.out, report(classics, others, rounds, batch, options.quick))
    print(f"\nput into {options.out}")


if __name__ == "__main__":
    main()
