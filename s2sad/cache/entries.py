"""Entries: Python files that say in comments what they are, and hold an emitted text as it is printed.

    # A derivative that s2sad emitted: it is not run if it is changed.
    # 9b1c... (digest of the key and of what follows)
    # {"name": "loss_grad", "reads": [...], ...}
    import numpy as np

    def loss_grad(w, x, loss_bar=1.0):
        ...

A text is run only if the digest is right, and then only its functions, whose names stand for what they stood for when the
text was made (see `dependencies`); its imports are there for readers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..backend.load import defined
from ..variants import Guards, Variant
from . import folder
from .dependencies import found_again, named, objects_named, recorded
from .descriptions import Undescribed
from .machine_code import kept
from .reports import described, reported

TITLE = "# A derivative that s2sad emitted: it is not run if it is changed."


@dataclass(frozen=True)
class Place:
    """Where the variant of a function for arguments of one kind is or would be stored."""

    f: Any
    key: str
    file: str

    @staticmethod
    def of(f: Any, name: str, key: str) -> Place:
        """`name` is for people: the derivative's."""
        stem = "".join(c if c.isascii() and c.isidentifier() or c.isdigit() else "_" for c in name)[:60]
        return Place(f, key, f"{stem}_{key[:24]}.py")


def fetch(place: Place) -> Variant | dict[str, Any] | None:
    """The stored variant, if it is there and right for this process; the facts of an entry that holds no variant."""
    text = folder.read(place.file)
    if text is None:
        return None
    opened = _opened(text, place.key)
    if opened is None:
        folder.discard(place.file)
        return None
    facts, body = opened
    if "name" not in facts:
        return facts
    state = found_again(facts["reads"], place.f)
    names = objects_named(facts["names"], state) if state is not None else None
    if state is None or names is None:
        return None
    call = _run(text, facts["name"], names, place)
    report = None if facts.get("report") is None else reported(facts["report"], state)
    return Variant(call, Guards(state.guards), body, facts["stores"], facts["changes"], report, facts.get("ratios", ()))


def store(place: Place, compiled: Any, text: str, stores: bool, changes: bool) -> Callable[..., Any] | None:
    """Store what was compiled, if another process could tell that it fits. The function, run from its file; None if it is not stored."""
    lowerer = compiled.program.lowerer
    try:
        reads, state = recorded(lowerer.reads, place.f, lowerer.sources)
        names = named(compiled.bindings.names, state)
    except Undescribed:
        return None
    facts = {"name": compiled.name, "reads": reads, "names": names, "stores": stores, "changes": changes}
    if compiled.ratios:
        facts["ratios"] = compiled.ratios
    if compiled.report is not None:
        facts["report"] = described(compiled.report, state)
    whole = _composed(facts, text, place.key)
    if folder.write(place.file, whole) is None:
        return None
    return _run(whole, compiled.name, compiled.bindings.names, place)


def store_facts(place: Place, facts: dict[str, Any]) -> None:
    """Store facts without a variant."""
    folder.write(place.file, _composed(facts, "", place.key))


def _composed(facts: dict[str, Any], body: str, key: str) -> str:
    rest = f"# {json.dumps(facts)}\n{body}"
    return f"{TITLE}\n# {_digest(key, rest)}\n{rest}"


def _opened(text: str, key: str) -> tuple[dict[str, Any], str] | None:
    """Facts and body of an entry, None unless it is all there and for this key."""
    title, _, others = text.partition("\n")
    digest, _, rest = others.partition("\n")
    if title != TITLE or digest != f"# {_digest(key, rest)}":
        return None
    first, _, body = rest.partition("\n")
    facts: dict[str, Any] = json.loads(first.removeprefix("# "))
    return facts, body


def _digest(key: str, rest: str) -> str:
    return hashlib.sha256(f"{key}\n{rest}".encode("utf-8", "surrogatepass")).hexdigest()


def _run(text: str, name: str, names: dict[str, Any], place: Place) -> Callable[..., Any]:
    """The function, defined from the whole file, so that its lines are those of the file."""
    file = folder.path() / place.file
    compiling = kept(names, place.file.rpartition("_")[0], _digest(place.key, text), text)
    if compiling is not None:
        names, file = compiling
    call: Callable[..., Any] = defined(text, name, names, str(file))
    return call


__all__ = ["Place", "fetch", "store", "store_facts"]
