"""Which backend a gradient uses, what happens where Numba cannot, and what a user is told about it."""

from __future__ import annotations

import warnings
from typing import Any

from ..errors import FallbackWarning, UnsupportedSyntaxError
from ..variants import arrays_in
from . import numba
from .kernels import Report
from .outside import outgrown

BACKENDS = ("numpy", "numba", "auto")


class Backend:
    """The part of a derivative that knows backends; `plain` is the same derivative as NumPy code."""

    backend: str
    strict: bool
    _block: tuple[int, int] | None = None
    _plain: Any
    _told: bool
    _given_up: bool
    _last: Any

    def choose_backend(self, backend: str, strict: bool) -> None:
        """Take note of the backend. Raises UnsupportedSyntaxError for a name that is none, or one that is not installed."""
        if backend not in BACKENDS:
            raise UnsupportedSyntaxError(f"the backend {backend!r} is not available", hint="use 'numpy', 'numba' or 'auto'")
        self.backend, self.strict = backend, strict
        self._plain, self._told, self._given_up = None, False, False
        if backend != "numpy" and not numba.AVAILABLE:
            if strict:
                raise UnsupportedSyntaxError("Numba is not installed", hint="pip install s2sad[numba], or use backend='numpy'")
            if backend == "numba":
                self.tell("Numba is not installed: the gradient runs as NumPy code")
            self.backend = "numpy"

    def tell(self, text: str) -> None:
        """Warn, once for each gradient."""
        if not self._told:
            self._told = True
            warnings.warn(text, FallbackWarning, stacklevel=2)

    def make_plain(self) -> Any:  # pragma: no cover
        raise NotImplementedError

    @property
    def plain(self) -> Any:
        """The same derivative as NumPy code without blocks."""
        if self.backend == "numpy" and self._block is None:
            return self
        if self._plain is None:
            self._plain = self.make_plain()
        return self._plain

    def left_to_numpy(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call is one that compiled code is not made for."""
        return self._given_up or any(map(outgrown, (*args, *kwargs.values())))

    def check_report(self, name: str, report: Report | None) -> None:
        """Tell of a loop that stays NumPy code though it was asked for compiled; an error with `strict`."""
        if report is None or self.backend != "numba":
            return
        entry = report.refused()
        if entry is None:
            return
        if self.strict:
            raise UnsupportedSyntaxError(f"a loop of {name}() cannot be compiled: {entry.reason}", entry.at or entry.span,
                                         construct="loop", hint="leave strict=True out, or use backend='numpy'")  # fmt: skip
        where = f"line {entry.span.line}: " if entry.span is not None else ""
        self.tell(f"a loop of {name}() stays NumPy code: {where}{entry.reason}")

    def backend_options(self, bound: dict[str, Any]) -> list[Any]:
        """What an entry on disk depends on besides the program and the kinds of its arguments.

        What is worth compiling, and in parallel, is judged by the sizes of the call that a variant is compiled for: other
        orders of magnitude have entries of their own.
        """
        if self.backend == "numpy":
            return []
        found = [a.size for a in arrays_in(list(bound.values()), [])]
        if self.backend == "auto":
            found += [v for v in bound.values() if type(v) is int]
        else:
            numba.load()  # it imports SciPy, and an entry says whether that is imported; it is needed anyway
        return [self.backend, numba.release(), [n.bit_length() // 4 for n in found]]

    def give_up(self, name: str, err: BaseException) -> None:
        """Go on with NumPy code after an error of Numba's; an error with `strict`."""
        lines = [line.strip() for line in str(err).splitlines() if line.strip()]
        construct = " ".join([lines[0], *(s for s in lines[1:] if s.startswith(("File", "def", "Cannot", "No implementation", "Untyped")))][:3])
        if self.strict:
            raise UnsupportedSyntaxError(f"Numba cannot compile the gradient of {name}(): {construct}",
                                         hint="leave strict=True out, or use backend='numpy'") from err  # fmt: skip
        self._given_up = True
        self.tell(f"Numba cannot compile the gradient of {name}(), which runs as NumPy code: {construct}")

    def explanation(self, report: Report | None) -> str:
        """What was compiled and what was not, one line for each loop."""
        if report is None or self._given_up:
            return "NumPy code: nothing is compiled"
        return report.text()


def is_limit(err: BaseException) -> bool:
    """Whether compiled code came to an integer that it cannot hold, as Python can."""
    return type(err) is OverflowError and str(err).endswith("in compiled code")


def is_numba_error(err: BaseException) -> bool:
    """Whether Numba could not compile a function; errors of the program itself are not meant."""
    return type(err).__module__.startswith(("numba.", "llvmlite."))
