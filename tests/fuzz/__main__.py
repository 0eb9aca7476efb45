"""`python -m tests.fuzz --count N --seed S --jobs J`: check many programs, reduce and write the ones that fail."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.fuzz.campaign import Options, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"), help="folder for reduced failures")
    parser.add_argument("--reduce", type=int, default=1, help="how many failures of each sort to reduce")
    parser.add_argument("--reduce-seconds", type=float, default=40.0)
    parser.add_argument("--refused", action="store_true", help="reduce refused programs, too")
    parser.add_argument("--timeout", type=int, default=20, help="seconds for one program")
    parser.add_argument("--progress", type=Path, help="file for a line after every 1000 programs (standard output otherwise)")
    given = parser.parse_args()
    options = Options(given.out, given.reduce, given.reduce_seconds, given.refused, given.timeout)
    report = run(given.seed, given.count, given.jobs, options, given.progress)
    print(report.text())
    return 1 if report.kinds["wrong"] or report.kinds["crash"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
