"""What Numba compiled of an entry, kept by Numba's own cache in a folder beside the entry.

    loss_grad_<key>.py                  the entry
    loss_grad_<digest>.numba/           of a text: another text never has the same folder
        loss_grad.py                    the text, which Numba takes for the source
        __pycache__/                    Numba's files, and for each function of theirs a seal

Numba tells by the time and the size of a source whether its files belong to it, and takes numbers that a function finds under
global names for constants. Therefore the folder's name is a digest of the entry, in which those numbers are described. Numba
runs whatever its files hold: so nobody else may have access to the folder, and a file is only read if its digest is the one
that was sealed when it was written, which those of files that are damaged are not.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import generated  # noqa: F401  Numba looks it up
from ..compiled.numba import njit
from . import folder


def kept(names: dict[str, Any], stem: str, digest: str, text: str) -> tuple[dict[str, Any], Path] | None:
    """The names of a text with a `njit` that keeps what it compiles, and the file that its functions are defined in.

    None if the text has nothing to compile, or there is no place to keep it in.
    """
    name = next((n for n, obj in names.items() if obj is njit), None)
    if name is None:
        return None
    file = folder.shelf(f"{stem}_{digest[:24]}.numba", f"{stem}.py", text)
    if file is None:
        return None

    def keeping(f: Any = None, **options: Any) -> Any:
        return (lambda g: _compiler(g, file, options)) if f is None else _compiler(f, file, options)

    return {**names, name: keeping}, file


def _compiler(f: Callable[..., Any], file: Path, options: dict[str, Any]) -> Any:
    dispatcher = njit(**options)(f)
    with contextlib.suppress(Exception):  # a cache that Numba cannot use is none
        dispatcher.enable_caching()
        found = Path(dispatcher._cache.cache_path)
        dispatcher._cache = Sealed(dispatcher._cache, found) if found == file.parent / "__pycache__" else _NOTHING
    return dispatcher


class _Nothing:
    """A cache that keeps nothing."""

    cache_path = None

    def load_overload(self, *_: Any) -> None:
        return None

    def save_overload(self, *_: Any) -> None:
        return None

    def enable(self) -> None:
        return None

    disable = flush = enable


_NOTHING = _Nothing()


class Sealed:
    """Numba's cache of one function: it finds what was sealed, and its failures are no errors."""

    def __init__(self, cache: Any, path: Path) -> None:
        self._cache, self._path = cache, path
        self._seal = path / f"{cache._impl.filename_base}.seal"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, context: Any) -> Any:
        """What was compiled for a signature; None if there is nothing, or something that is not as it was written."""
        try:
            return self._cache.load_overload(signature, context) if self._intact() else None
        except Exception:  # whatever a file of another Numba may do
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        """Keep what was compiled for a signature, if there is room."""
        with contextlib.suppress(Exception):
            if not folder.closed(self._path):
                return
            self._intact()  # what is not is not sealed
            self._cache.save_overload(signature, data)
            folder.replace(self._seal, json.dumps(self._digests()).encode())

    def _files(self) -> list[Path]:
        return sorted(p for p in self._path.glob(f"{self._cache._impl.filename_base}.*") if p.suffix in (".nbi", ".nbc"))

    def _digests(self) -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in self._files()}

    def _intact(self) -> bool:
        """Whether all files are as they were sealed; they are removed if not."""
        if not folder.closed(self._path):
            return False
        try:
            sealed = json.loads(self._seal.read_bytes())
            if sealed == self._digests():
                return True
        except (OSError, ValueError):
            pass
        for p in [*self._files(), self._seal]:
            with contextlib.suppress(OSError):
                p.unlink()
        return False


__all__ = ["Sealed", "kept"]
