"""What the commands share: their complaints, and colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


class UsageError(Exception):
    """The command line asks for something that is not there or makes no sense."""


def suggestion(close: Sequence[str], known: Sequence[str] = ()) -> str:
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; it defines: {', '.join(known)}" if known else ""


def highlighted(text: str) -> str:
    """The text, in colours if standard output is a terminal, Pygments is there and NO_COLOR is not."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    try:
        from pygments import highlight
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return text
    return str(highlight(text, PythonLexer(), TerminalFormatter()))
