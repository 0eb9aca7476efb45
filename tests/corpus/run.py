"""Checks gradients of published functions against finite differences.

    python -m tests.corpus.run                      # 120 functions picked with a fixed seed
    python -m tests.corpus.run --only sRGB          # those whose name contains the text
    python -m tests.corpus.run --json report.json

Functions without a derivative at the published point (finite differences disagree) are counted and replaced
by the next pick. The exit status is 1 if any gradient is wrong.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import sys
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .collect import PACKAGES, Case, OutOfTime, collect, float_leaves, silence, time_limit
from .differences import Difference, NotUsable, cotangent_for, differences, primals_of

SEED = 20240607
VERDICTS = ("right", "WRONG", "refused", "crash", "timeout", "no derivative")


@dataclass(frozen=True)
class Verdict:
    name: str
    kind: str  # one of VERDICTS
    detail: str = ""
    error: str = ""  # class of the error, if any
    seconds: float = 0.0
    trace: str = ""


def generator_for(case: Case) -> np.random.Generator:
    """Random numbers that depend on the case only, so that a verdict does not depend on the order."""
    return np.random.default_rng([SEED, zlib.crc32(case.name.encode())])


def prepare(case: Case) -> tuple[Any, list[Difference]]:
    """The cotangent and the finite differences of a case; raises `NotUsable`."""
    rng = generator_for(case)
    function, _, values = primals_of(case)
    cotangent = cotangent_for(function(*copy.deepcopy(values)), rng)
    return cotangent, differences(case, cotangent, rng)


def first_mismatch(gradients: dict[str, Any], expected: list[Difference]) -> str:
    """What differs first, or the empty text if every difference agrees with the gradient."""
    for item in expected:
        leaves = float_leaves(gradients[item.parameter])
        if item.leaf >= len(leaves) or item.element >= leaves[item.leaf].size:
            return f"{item.parameter}: the gradient lacks element {item.leaf}, {item.element}"
        value = float(leaves[item.leaf].flat[item.element])
        if not item.agrees_with(value):
            return (
                f"{item.parameter}[{item.leaf}, {item.element}]: {value:.10g}, differences {item.fine:.10g}"
            )
    return ""


def judge(case: Case, cotangent: Any, expected: list[Difference], seconds: float) -> Verdict:
    """The gradient of one case from the package under test, compared with finite differences."""
    import s2sad
    from s2sad.errors import DifferentiationError

    function, names, values = primals_of(case)
    arguments = copy.deepcopy(values)
    started = time.perf_counter()

    def verdict(kind: str, detail: str = "", error: str = "") -> Verdict:
        trace = traceback.format_exc() if error else ""
        return Verdict(case.name, kind, detail, error, time.perf_counter() - started, trace)

    try:
        with time_limit(seconds):
            value, pull = s2sad.vjp(function, *arguments)
            parts = pull(cotangent)
    except OutOfTime as error:
        return verdict("timeout", str(error), "OutOfTime")
    except DifferentiationError as error:
        return verdict("refused", first_line(error), type(error).__name__)
    except Exception as error:
        return verdict("crash", first_line(error), type(error).__name__)
    primal = function(*copy.deepcopy(values))
    if not same_values(value, primal):
        return verdict("WRONG", "the value differs from the function's own")
    if not same_values(arguments, values):
        return verdict("WRONG", "the arguments were changed")
    mismatch = first_mismatch(dict(zip(names, parts, strict=True)), expected)
    return verdict("WRONG" if mismatch else "right", mismatch)


def same_values(a: Any, b: Any) -> bool:
    one, two = float_leaves(a), float_leaves(b)
    return len(one) == len(two) and all(
        x.shape == y.shape and np.allclose(x, y, rtol=1e-12, atol=0.0, equal_nan=True)
        for x, y in zip(one, two, strict=True)
    )


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [""])[0]


def usable(cases: list[Case], seconds: float) -> Iterator[tuple[Case, Any, list[Difference]] | Verdict]:
    """Each case with its differences, or a verdict that it has none."""
    for case in cases:
        try:
            with time_limit(seconds):
                yield (case, *prepare(case))
        except NotUsable as error:
            yield Verdict(case.name, "no derivative", str(error))
        except OutOfTime as error:
            yield Verdict(case.name, "no derivative", f"finite differences take {error}")


def rank(case: Case, seed: int) -> str:
    """A random place in the order that depends on the name alone: one case more does not change all picks."""
    return hashlib.sha256(f"{seed} {case.name}".encode()).hexdigest()


def pick(
    cases: list[Case], count: int, seed: int, seconds: float
) -> Iterator[tuple[Case, Any, list] | Verdict]:
    """`count` usable cases, the same share from every package, and verdicts on those passed over."""
    for index, package in enumerate(PACKAGES):
        wanted = count // len(PACKAGES) + (index < count % len(PACKAGES))
        pool = sorted((case for case in cases if case.package == package), key=lambda case: rank(case, seed))
        for item in usable(pool, seconds):
            if wanted == 0:
                break
            wanted -= not isinstance(item, Verdict)
            yield item


def check(cases: list[Case], count: int, seed: int = SEED, seconds: float = 10.0) -> Iterator[Verdict]:
    """Verdicts on `count` picked cases, as they come."""
    with silence():
        for item in pick(cases, count, seed, seconds):
            yield item if isinstance(item, Verdict) else judge(*item, seconds)


def summary(verdicts: list[Verdict]) -> str:
    counts = Counter((v.name.partition(".")[0], v.kind) for v in verdicts)
    lines = [f"{'':15}" + "".join(f"{package:>10}" for package in (*PACKAGES, "all"))]
    for kind in VERDICTS:
        row = [counts[package, kind] for package in PACKAGES]
        lines.append(f"{kind:15}" + "".join(f"{number:10}" for number in (*row, sum(row))))
    reasons = Counter(f"{v.error}: {v.detail[:90]}" for v in verdicts if v.error)
    if reasons:
        lines += ["", "reasons:"] + [f"{number:5}  {reason}" for reason, number in reasons.most_common(20)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=120, help="how many functions to check (default 120)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the pick")
    parser.add_argument("--only", help="check every function whose full name contains this text")
    parser.add_argument("--json", type=Path, help="write the verdicts to this file")
    parser.add_argument(
        "--traceback", action="store_true", help="print the traceback of refusals and crashes"
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit per function (default 10)")
    options = parser.parse_args()
    cases = collect()
    count = options.count
    if options.only:
        cases = [case for case in cases if options.only in case.name]
        count = 2 * len(cases)
    verdicts = []
    for verdict in check(cases, count, options.seed, options.seconds):
        verdicts.append(verdict)
        print(f"{verdict.kind:14} {verdict.name}  {verdict.error} {verdict.detail}".rstrip(), flush=True)
        if options.traceback and verdict.trace:
            print(verdict.trace)
    print("\n" + summary(verdicts))
    if options.json:
        options.json.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1) + "\n")
    return int(any(verdict.kind == "WRONG" for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
