"""The exceptions of s2sad: one tree, each error with the place in the source, a caret and a hint.

Printed, an error reads like a compiler's diagnostic::

    model.py:12:9: np.sort has no derivative rule
      --> model.py:12:9 (call)
       |
    12 |     y = np.sort(x)
       |         ^^^^^^^^^^
    hint: register one with @s2sad.adjoint(np.sort)
    note: in helper, called at model.py:30:13
       |
    30 |     return helper(x) + 1.0
       |            ^^^^^^^^^

Lines are counted from 1. Columns are counted from 0 in `Span` and from 1 in printed text, as editors do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "AmbiguousMemoryError",
    "DifferentiationError",
    "DifferentiationErrors",
    "GradientMismatchError",
    "IntegerInputError",
    "InternalCompilerError",
    "NameResolutionError",
    "NoRuleError",
    "NoSourceError",
    "NonScalarOutputError",
    "SignatureError",
    "Span",
    "UnknownWrtError",
    "UnsupportedSyntaxError",
    "combine",
]


@dataclass(frozen=True)
class Span:
    """A stretch of source text.

    `line` and `end_line` count from 1; `column` and `end_column` count characters from 0, the end exclusive.
    `text` holds the whole source lines from `line` to `end_line`, joined by newlines ("" when not known).
    """

    filename: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""

    @classmethod
    def of_node(cls, node: Any, filename: str, lines: Sequence[str], line_offset: int = 0) -> Span:
        """The span of an `ast` or `gast` node, given the lines of the text that was parsed.

        `line_offset` is added to the line numbers, for text cut out of a larger file. Offsets in a syntax
        tree count UTF-8 bytes; here they become characters.
        """
        first = getattr(node, "lineno", None) or 1
        last = getattr(node, "end_lineno", None) or first
        start = getattr(node, "col_offset", None) or 0
        stop = getattr(node, "end_col_offset", None)
        own = [line.rstrip("\r\n") for line in lines[first - 1 : last]]
        if own:
            start = _characters(own[0], start)
            stop = start + 1 if stop is None else _characters(own[-1], stop)
        elif stop is None:
            stop = start + 1
        return cls(filename, first + line_offset, start, last + line_offset, stop, "\n".join(own))

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}:{self.column + 1}"

    def excerpt(self) -> list[str]:
        """The first source line with carets under the span; no lines when the text is not known."""
        lines = self.text.splitlines()
        if not lines or not lines[0].strip():
            return []
        line = lines[0]
        stop = len(line)
        if self.end_line == self.line and self.end_column > self.column:
            stop = min(stop, self.end_column)
        start = min(self.column, len(line))
        # A tab stays a tab, so that the caret lines up whatever the width of tabs.
        padding = "".join("\t" if c == "\t" else " " * _width(c) for c in line[:start])
        carets = "^" * max(1, sum(_width(c) for c in line[start:stop].rstrip()))
        number = str(self.line)
        gutter = " " * len(number)
        tail = [f"{gutter} | ..."] if len(lines) > 1 else []
        return [f"{gutter} |", f"{number} | {line.rstrip()}", f"{gutter} | {padding}{carets}", *tail]


def _characters(line: str, offset: int) -> int:
    """The character index of a UTF-8 byte offset."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))


def _width(character: str) -> int:
    """The number of terminal cells that a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class DifferentiationError(Exception):
    """A program that s2sad does not differentiate, and why.

    Attributes:
        message: one line that says what is wrong.
        span: where, or None when there is no source to point to.
        construct: the kind of thing the span covers, such as "call" or "with statement" ("" for none).
        hint: what to do about it ("" when there is nothing to say).
        notes: the chain of calls that led here, innermost first: (name of the function, where it is called).
    """

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        construct: str = "",
        hint: str = "",
        notes: Iterable[tuple[str, Span | None]] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.construct = construct
        self.hint = hint
        self.notes: list[tuple[str, Span | None]] = list(notes)

    def called_from(self, function: str, span: Span | None) -> DifferentiationError:
        """Add one outer link to the call chain: `function`, which holds the error, is called at `span`."""
        self.notes.append((function, span))
        return self

    def __str__(self) -> str:
        if self.span is None:
            lines = [f"{self.message} ({self.construct})" if self.construct else self.message]
        else:
            construct = f" ({self.construct})" if self.construct else ""
            lines = [f"{self.span}: {self.message}", f"  --> {self.span}{construct}", *self.span.excerpt()]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        for function, span in self.notes:
            lines.append(f"note: in {function}" + (f", called at {span}" if span else ""))
            lines += span.excerpt() if span else []
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would pass `args` to a constructor that a subclass may have changed.
        return _restore, (type(self), self.args, dict(self.__dict__))


def _restore(
    cls: type[DifferentiationError], args: tuple[Any, ...], state: dict[str, Any]
) -> DifferentiationError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class UnsupportedSyntaxError(DifferentiationError):
    """A statement or expression that s2sad does not handle."""


class SignatureError(UnsupportedSyntaxError, ValueError):
    """A text for `signature` that cannot be read."""


class NoRuleError(DifferentiationError):
    """A function, or a keyword of one, that has neither a derivative rule nor Python source to follow."""


class NoSourceError(DifferentiationError):
    """A function whose Python source cannot be found."""


class NameResolutionError(DifferentiationError):
    """A name that stands for nothing s2sad can find, or for more than one thing."""


class IntegerInputError(DifferentiationError, TypeError):
    """A derivative with respect to a value that is an integer, or holds no floating-point numbers."""


class NonScalarOutputError(DifferentiationError, TypeError):
    """A gradient of a function whose result is not one real number; `vjp` takes those."""


class UnknownWrtError(DifferentiationError, ValueError):
    """A `wrt` that names no parameter of the function."""


class AmbiguousMemoryError(DifferentiationError):
    """A store whose target may or may not share memory with something else, so no answer is certain."""


class GradientMismatchError(DifferentiationError, AssertionError):
    """A gradient that disagrees with finite differences."""


class InternalCompilerError(DifferentiationError):
    """A defect of s2sad itself, found before any number was returned."""


class FallbackWarning(UserWarning):
    """Something that was to be compiled runs as NumPy code; the numbers are the same."""


class DifferentiationErrors(DifferentiationError):
    """Several problems of one function, found together. `errors` holds them in source order."""

    def __init__(self, errors: Iterable[DifferentiationError]) -> None:
        self.errors: tuple[DifferentiationError, ...] = tuple(errors)
        if not self.errors:
            raise ValueError("DifferentiationErrors needs at least one error")
        first = self.errors[0]
        super().__init__(first.message, first.span, construct=first.construct, hint=first.hint)

    def called_from(self, function: str, span: Span | None) -> DifferentiationErrors:
        """Add one outer link to the call chain of each error."""
        for error in self.errors:
            error.called_from(function, span)
        return self

    def __str__(self) -> str:
        texts = [str(error) for error in self.errors]
        if len(texts) == 1:
            return texts[0]
        headline, *rest = texts[0].split("\n")
        others = len(texts) - 1
        headline += f" (and {others} more {'problem' if others == 1 else 'problems'})"
        return "\n\n".join(["\n".join([headline, *rest]), *texts[1:]])


def combine(errors: Iterable[DifferentiationError]) -> DifferentiationError:
    """One exception for a non-empty list of problems: the problem itself when there is one, else all of them.

    Equal problems are kept once, and they come in source order. Nested groups are flattened.
    """
    flat: dict[tuple[type, str], DifferentiationError] = {}
    for error in errors:
        for one in error.errors if isinstance(error, DifferentiationErrors) else (error,):
            flat.setdefault((type(one), str(one)), one)
    ordered = sorted(flat.values(), key=_place)
    return ordered[0] if len(ordered) == 1 else DifferentiationErrors(ordered)


def _place(error: DifferentiationError) -> tuple[str, int, int]:
    span = error.span
    return (span.filename, span.line, span.column) if span else ("", 0, 0)
