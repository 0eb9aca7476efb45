"""`python -m tests.fuzz --count N --seed S`: check many programs, reduce and write the ones that fail."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from tests.fuzz.check import Verdict, timed
from tests.fuzz.generate import Program, generate
from tests.fuzz.reduce import reduce


def sort_of(verdict: Verdict) -> str:
    """The detail without what differs from program to program."""
    message = re.sub(r"'[^']*'|\b\w*\d+\w*\b|\d[\d.e+-]*", "_", verdict.detail.split(" | ")[0])
    return f"{verdict.kind}: {message[:110]}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"), help="folder for reduced failures")
    parser.add_argument("--reduce", type=int, default=1, help="how many failures of each sort to reduce")
    parser.add_argument("--reduce-seconds", type=float, default=40.0)
    parser.add_argument("--refused", action="store_true", help="reduce refused programs, too")
    parser.add_argument("--timeout", type=int, default=20, help="seconds for one program")
    options = parser.parse_args()
    kinds: Counter[str] = Counter()
    sorts: dict[str, list[Program]] = {}
    first: dict[str, Verdict] = {}
    for seed in range(options.seed, options.seed + options.count):
        program = generate(seed)
        verdict = timed(program, options.timeout)
        kinds[verdict.kind] += 1
        if verdict.kind in ("right", "rough"):
            continue
        sort = sort_of(verdict)
        sorts.setdefault(sort, []).append(program)
        first.setdefault(sort, verdict)
        if (verdict.bad or options.refused and verdict.kind == "refused") and len(sorts[sort]) <= options.reduce:
            options.out.mkdir(parents=True, exist_ok=True)
            smallest = reduce(program, verdict, options.reduce_seconds)
            final = timed(smallest, options.timeout)
            path = options.out / f"{verdict.kind}_{seed}.py"
            path.write_text(f"# mode {program.mode}, seed {seed}\n# {final.kind}: {final.detail}\n{smallest.text}")
            first[sort] = final
            print(f"{path}: {verdict.detail}", flush=True)
    print(" ".join(f"{kind}={count}" for kind, count in sorted(kinds.items())))
    for sort, programs in sorted(sorts.items(), key=lambda item: -len(item[1])):
        print(f"{len(programs):5}  {sort}   seeds {', '.join(str(p.seed) for p in programs[:6])}")
        print(f"         {first[sort].detail[-160:]}")
    return 1 if kinds["wrong"] or kinds["crash"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
