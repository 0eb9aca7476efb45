"""The key of an entry: a digest of all that is known before anything is compiled."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..rules import registry
from .descriptions import LIBRARIES, Undescribed, names_in, of_arguments, of_function, of_object

FORMAT = 1


@functools.cache
def versions() -> list[Any]:
    """What this s2sad, its Python and its NumPy are; of s2sad the files, too, which may change while its version does not."""
    files = sorted(_files(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    digest = hashlib.sha256(repr(files).encode()).hexdigest()
    return [FORMAT, digest, sys.version, sys.implementation.name, sys.byteorder, sys.maxsize, np.__version__]


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of every Python file in a folder and those below it."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(".py"):
                stat = entry.stat()
                yield entry.path, stat.st_size, stat.st_mtime_ns
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)


def key(f: Any, options: list[Any], arguments: Any) -> str:
    """The key for a function, the options of its derivative, and the key of its arguments' kinds (see `variants`).

    Raises Undescribed for what cannot be told apart in another process.
    """
    if type(f) is not types.FunctionType or "__class__" in f.__code__.co_freevars:
        raise Undescribed("not a plain function")
    outside = registry.registered_outside()
    if not all(map(_own, outside)):
        raise Undescribed("rules of the user's for functions of a library")
    libraries = [[name, str(getattr(sys.modules[name], "__version__", ""))] for name in registry.imported_libraries()]
    facts = [
        versions(), libraries, [str(getattr(sys.modules.get("scipy"), "__version__", ""))], os.environ.get("S2SAD_CHECK", ""), options,
        of_function(f), any(f is g for g in outside), surroundings(f), of_arguments(arguments),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()


def _own(g: Any) -> bool:
    """Whether a function is the user's, so that a program depends on its rules only if it reads the function."""
    if type(g).__module__.startswith("s2sad."):  # part of what `custom_vjp` makes
        return True
    module = getattr(g, "__module__", None)
    return isinstance(module, str) and module.split(".")[0] not in LIBRARIES


def surroundings(f: types.FunctionType) -> list[Any]:
    """What the function's own names stand for, as far as that can be described.

    Not needed for an entry to be right, which names all that it depends on: functions that differ in a captured value only
    have entries of their own.
    """
    found: list[Any] = []
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
        try:
            found.append([name, _described(cell.cell_contents)])
        except ValueError:
            found.append([name, "empty"])
    for name in sorted(names_in(f.__code__)):
        if name in f.__globals__:
            found.append([name, _described(f.__globals__[name])])
    return found


def _described(obj: Any) -> Any:
    try:
        return of_object(obj)
    except Undescribed:
        return "?"
