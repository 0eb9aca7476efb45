"""Files: written whole or not at all, and imported the way Python would import them."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import stat
import sys
import tempfile
from pathlib import Path
from types import ModuleType


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file so that a reader sees the old text or the new one, and nothing between.

    A link keeps pointing to its file; a file that is replaced keeps its permissions. Raises `OSError`, and
    then leaves things as they were.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
        # A pipe or a device such as /dev/stdout is written to; replacing it would destroy it.
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)
        return
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".s2sad-", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(target: str) -> int:
    """The permissions of the file to be replaced, or those that a new file gets."""
    if os.path.exists(target):
        return stat.S_IMODE(os.stat(target).st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def import_file(path: Path) -> ModuleType:
    """Import (so run) a file as Python would from its folder, or as a module of the package it is in."""
    path = path.resolve()
    root, parts = path.parent, [path.stem]
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if len(parts) > 1:
        return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    # A file may be called like a module that is loaded already, which it must not replace.
    name = path.stem if path.stem not in sys.modules else f"_s2sad_{path.stem}"
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None  # it has a loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
