"""Which functions have derivative rules: for people who wonder whether a program can be differentiated, and for the docs."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .frontend.builtin_calls import _HANDLERS
from .frontend.primitives import MUTATORS
from .rules import registry
from .rules.expected import EXPECTED, REASONS

TITLE = """\
# Derivative rules

The functions of NumPy, `math`, `cmath` and SciPy, and how they are differentiated. `s2sad rules --coverage` prints this table for
the versions that are installed, `s2sad rules NAME` the rules of one function. This page is written by
`s2sad rules --coverage --markdown`, here with {versions}.

- *reverse*: `rule`; `followed`: the call is written out, as a store, as the equation that a solver solves, or in its parts;
  `zero`: the result does not vary, or only in jumps.
- *forward*: `own` rule; `derived` from the rule of reverse mode; `linear`: the same call on the tangent; `followed` and `zero` as above.
- *tested*: the rule is compared with finite differences in a table of its own; what is followed is tested in programs.
"""


@dataclass(frozen=True)
class Entry:
    """What is known about one function: `reverse` and `forward` are "" if there is no rule."""

    name: str
    reverse: str
    forward: str
    tested: bool | None
    note: str = ""


def functions() -> Iterator[tuple[str, str, Any]]:
    """Module, name and object of the expected functions that are installed."""
    for module, names in EXPECTED.items():
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        for name in names.split():
            if hasattr(found, name):
                yield module, name, getattr(found, name)


def reverse_of(function: Any) -> str:
    """How a function is differentiated in reverse mode; "" if it is not."""
    if registry.adjoint_rule(function) is not None:
        return "rule"
    if registry.is_zero(function):
        return "zero"
    followed = registry.expansion_of(function) is not None or registry.expands_calls_of(function) or function in MUTATORS or function in _HANDLERS
    return "followed" if followed else ""


def forward_of(function: Any) -> str:
    """How a function is differentiated in forward mode; "" if it is not."""
    rule = registry.adjoint_rule(function)
    if registry.tangent_rule(function) is not None:
        return "own"
    if registry.is_zero(function):
        return "zero"
    if registry.is_linear(function):
        return "linear"
    if rule is None:
        return reverse_of(function)
    return "derived" if rule.elementwise else ""


def tested_functions() -> set[Any] | None:
    """The functions with a row in the tables of tests; None outside of a checkout."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "tests" / "rules" / "table.py").is_file():
        return None
    sys.path.insert(0, str(root))
    try:
        table = importlib.import_module("tests.rules.table")
        return {row.function for row in table.ROWS}
    except ImportError:
        return None
    finally:
        sys.path.remove(str(root))


def entries(tests: bool = True) -> dict[str, list[Entry]]:
    """What is known about the expected functions, by module. Without `tests`, whether they are tested is not asked."""
    reasons = {name: reason for reason, names in REASONS.items() for name in names.split()}
    found = list(functions())  # imports the libraries, which brings their rules
    tested = tested_functions() if tests else None
    rules = None if tested is None else {id(rule) for f in tested if (rule := registry.adjoint_rule(f)) is not None}
    table: dict[str, list[Entry]] = {}
    for module, name, function in found:
        reverse, forward = reverse_of(function), forward_of(function)
        note = reasons.get(f"{module}.{name}", "") if not reverse else ""
        check = None if rules is None or reverse != "rule" else id(registry.adjoint_rule(function)) in rules
        table.setdefault(module, []).append(Entry(name, reverse, forward, check, note))
    return table


def markdown() -> str:
    """The table as docs/rules.md has it."""
    lines = [TITLE.format(versions=versions())]
    for module, rows in entries().items():
        count = sum(bool(e.reverse) for e in rows)
        lines += [f"## {module}: {count} of {len(rows)}", "", "| function | reverse | forward | tested | why not |", "|---|---|---|---|---|"]
        for e in rows:
            tested = "" if e.tested is None else "yes" if e.tested else "no"
            lines.append(f"| `{e.name}` | {e.reverse or 'no'} | {e.forward or 'no'} | {tested} | {e.note} |")
        lines.append("")
    lines += distributions()
    return "\n".join(lines)


def distributions() -> list[str]:
    """The section on scipy.stats: which methods of which distributions."""
    with contextlib.suppress(ImportError):
        from .rules import stats

        found: dict[str, set[str]] = {"multivariate_normal": {"logpdf", "pdf"}}
        for distribution, method in stats._FORMULAS:
            found.setdefault(distribution.name, set()).update({method, "pdf" if method == "logpdf" else "pmf" if method == "logpmf" else method})
        lines = ["## scipy.stats", "", "Methods of distributions are followed into their formulas, in their arguments and parameters.", ""]
        lines += ["| distribution | methods with a formula of their own |", "|---|---|"]
        return [*lines, *(f"| `{name}` | {', '.join(sorted(methods))} |" for name, methods in sorted(found.items())), ""]
    return []


def versions() -> str:
    """The versions that the table is about."""
    found = [f"Python {sys.version_info[0]}.{sys.version_info[1]}"]
    for name in ("numpy", "scipy"):
        with contextlib.suppress(ImportError):
            library = importlib.import_module(name)
            found.append(f"{'NumPy' if name == 'numpy' else 'SciPy'} {'.'.join(library.__version__.split('.')[:2])}")
    return ", ".join(found)


def text() -> str:
    """The table for a terminal."""
    lines = []
    for module, rows in entries().items():
        count = sum(bool(e.reverse) for e in rows)
        lines.append(f"{module}: {count} of {len(rows)}")
        width = max(len(e.name) for e in rows)
        for e in rows:
            tested = "" if e.tested is None else "tested" if e.tested else "untested"
            lines.append(f"  {e.name:{width}}  {e.reverse or 'no':8}  {e.forward or 'no':8}  {tested or e.note}".rstrip())
    return "\n".join(lines) + "\n"


__all__ = ["Entry", "entries", "markdown", "text"]
