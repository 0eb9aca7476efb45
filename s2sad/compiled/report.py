"""What is told about the functions that are compiled and the code that is not."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import Span


@dataclass
class Entry:
    """One line of the report: a loop or other statements, the function they became, or why they did not."""

    span: Span | None
    name: str = ""
    reason: str = ""
    at: Span | None = None  # of the construct that is the reason
    reverse: bool = False
    parallel: bool = False
    choice: bool = False  # it could be compiled, but would not be faster
    last: Span | None = None  # of the last statement, where it is no loop
    both: bool = False  # statements of both sweeps
    loop: bool = True  # it is one

    def text(self) -> str:
        """The line."""
        where = f"line {self.span.line}" if self.span is not None else "a loop" if self.loop else "statements"
        if self.span is not None and self.last is not None and self.last.line > self.span.line:
            where = f"lines {self.span.line} to {self.last.line}"
        sweep = ", both sweeps" if self.both else ", reverse sweep" if self.reverse else ""
        if self.name:
            return f"{where}{sweep}: compiled, {self.name}(){', in parallel' if self.parallel else ''}"
        at = f" (line {self.at.line})" if self.at is not None and (self.span is None or self.at.line != self.span.line) else ""
        return f"{where}{sweep}: not compiled: {self.reason}{at}"


@dataclass
class Report:
    """What was compiled and what was not."""

    entries: list[Entry] = field(default_factory=list)

    def refused(self) -> Entry | None:
        """The first loop that cannot be compiled."""
        return next((e for e in self.entries if not e.name and not e.choice), None)

    def text(self) -> str:
        """One line for each loop, and for other statements that are compiled by themselves."""
        return "\n".join(e.text() for e in self.entries) or "nothing to compile"
