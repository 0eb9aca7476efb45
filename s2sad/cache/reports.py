"""What was compiled of an entry and what not, written down so that another process can tell its user.

Lines are counted from the first of the function that they are in, whose place in its file does not belong to the entry.
"""

from __future__ import annotations

import types
from typing import Any

from ..compiled.kernels import Entry, Report
from ..errors import Span
from .dependencies import Found


def described(report: Report, state: Found) -> list[Any]:
    """The lines of a report as lists of strings and numbers."""
    return [
        [e.name, e.reason, e.reverse, e.parallel, e.choice, _place(e.span, state), _place(e.at, state), _place(e.last, state), e.both, e.loop]
        for e in report.entries
    ]


def reported(entries: list[Any], state: Found) -> Report:
    """The report of a description; without line numbers in functions whose lines have moved apart."""
    made = []
    for name, reason, reverse, parallel, choice, span, at, last, both, loop in entries:
        places = _span(span, state), _span(at, state), _span(last, state)
        made.append(Entry(places[0], name, reason, places[1], reverse, parallel, choice, places[2], both, loop))
    return Report(made)


def _place(span: Span | None, state: Found) -> list[Any] | None:
    if span is None:
        return None
    for i, f in enumerate(state.functions):
        lines = _lines(f)
        if f.__code__.co_filename == span.filename and span.line - f.__code__.co_firstlineno in lines:
            return [i, span.line - f.__code__.co_firstlineno, lines]
    return None


def _span(place: list[Any] | None, state: Found) -> Span | None:
    if place is None:
        return None
    i, line, lines = place
    f = state.functions[i]
    if _lines(f) != lines:
        return None
    at = f.__code__.co_firstlineno + line
    return Span(f.__code__.co_filename, at, 0, at, 0)


def _lines(f: types.FunctionType) -> list[int]:
    """The lines of a function that hold code, counted from its first."""
    return sorted({n - f.__code__.co_firstlineno for _, _, n in f.__code__.co_lines() if n is not None})


__all__ = ["described", "reported"]
