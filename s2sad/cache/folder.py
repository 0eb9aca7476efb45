"""The folder of entries: where it is, what may be in it, and how files get there and go.

`S2SAD_CACHE_DIR` moves it, `S2SAD_CACHE=0` switches it off, `S2SAD_CACHE_SIZE` bounds it (in megabytes). Whatever goes wrong
with files only means that nothing is stored or found: the cache is there for speed alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 64.0
FILES = 4000
CROWDED = 32  # how many files are written before the next look at the size
ABANDONED = 3600.0  # seconds after which an unfinished file belongs to nobody

_written = 0


def enabled() -> bool:
    """Whether anything is to be stored or looked for."""
    return os.environ.get("S2SAD_CACHE", "1").strip().lower() not in ("0", "off", "no", "false")


def path() -> Path:
    """The folder that is used, whether it is there or not."""
    moved = os.environ.get("S2SAD_CACHE_DIR")
    if moved:
        return Path(moved).expanduser().absolute()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "s2sad"


def read(name: str) -> str | None:
    """The text of an entry, None if there is none that is this user's own."""
    try:
        folder = path()
        file = folder / name
        if not _private(folder) or not _private(file):
            return None
        text = file.read_bytes().decode("utf-8")
    except (OSError, ValueError, RuntimeError):  # RuntimeError: there is no home
        return None
    with contextlib.suppress(OSError):
        os.utime(file)  # what is used stays
    return text


def write(name: str, text: str) -> Path | None:
    """Store an entry: readers see all of it or none. Returns its path, None if it could not be stored."""
    global _written
    try:
        folder = path()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(folder):
            return None
        if _written % CROWDED == 0:
            shrink()
        _written += 1
        replace(folder / name, text.encode("utf-8"))
    except (OSError, ValueError, RuntimeError):
        return None
    return folder / name


def replace(target: Path, data: bytes) -> None:
    """Write a file all at once. Raises OSError if that cannot be done."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def shelf(name: str, file: str, text: str) -> Path | None:
    """A folder of the folder, for files of which nobody else may read or write any, and in it a file that holds a text and
    is left alone if it holds it already. Returns the file's path, None if there can be none."""
    try:
        place = path() / name
        if not _private(path()):
            return None
        if os.path.lexists(place) and not (closed(place) and closed(place / "__pycache__")):
            discard(name)
        (place / "__pycache__").mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
        target, data = place / file, text.encode("utf-8")
        if not os.path.lexists(target) or not _private(target) or target.read_bytes() != data:
            replace(target, data)
        os.utime(place)  # what is used stays
        return target if closed(place) and closed(place / "__pycache__") else None
    except (OSError, ValueError, RuntimeError):
        return None


def discard(name: str) -> None:
    """Remove a file of the folder, or a folder with all its files."""
    with contextlib.suppress(OSError, RuntimeError):
        target = path() / name
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink()


@dataclass(frozen=True, order=True)
class File:
    """A file of the folder; those that were not used for longest come first."""

    used: float
    size: int
    name: str


def files(suffix: str = ".py") -> list[File]:
    """The entries, or with the suffix ".tmp" the files that are being written or were never finished; with ".numba" the
    folders of what Numba compiled."""
    found: list[File] = []
    with contextlib.suppress(OSError, RuntimeError), os.scandir(path()) as folder:
        for entry in folder:
            with contextlib.suppress(OSError):  # another process has removed it
                if entry.name.endswith(suffix) and (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                    info = entry.stat(follow_symlinks=False)
                    found.append(File(info.st_mtime, _inside(entry.path) if entry.is_dir() else info.st_size, entry.name))
    return sorted(found)


def shrink() -> None:
    """Remove what was not used for longest until the rest takes three quarters of the room, and what was never finished."""
    for file in files(".tmp"):
        if time.time() - file.used > ABANDONED:
            discard(file.name)
    room, kept = _room(), sorted([*files(), *files(".numba")])
    size, count = sum(file.size for file in kept), len(kept)
    if size <= room and count <= FILES:
        return
    for file in kept:
        if size <= 0.75 * room and count <= 0.75 * FILES:
            return
        discard(file.name)
        size, count = size - file.size, count - 1


def clear() -> int:
    """Remove all entries; how many there were."""
    found = files()
    for file in [*found, *files(".tmp"), *files(".numba")]:
        discard(file.name)
    return len(found)


def _inside(place: str) -> int:
    """The size of all files in a folder."""
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(place) for name in names)


def closed(target: Path) -> bool:
    """Whether a folder is this user's, and nobody else has access to it."""
    if not hasattr(os, "getuid"):
        return target.is_dir()
    info = os.lstat(target)
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and not info.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _room() -> float:
    try:
        return 1e6 * float(os.environ.get("S2SAD_CACHE_SIZE", MEGABYTES))
    except ValueError:
        return 1e6 * MEGABYTES


def _private(target: Path) -> bool:
    """Whether a file or folder is this user's, and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return target.exists()
    info = os.lstat(target)
    mine = stat.S_ISDIR(info.st_mode) or stat.S_ISREG(info.st_mode)
    return mine and info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
