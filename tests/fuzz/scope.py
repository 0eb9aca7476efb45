"""The names of a generated program, by what they hold.

A kind says what a name holds: "s" a float, "v4"/"v3" a vector of that length, "m" a (3, 4) matrix, "b" a (2, 3, 4) array,
"c" a 0-d array, "i" an integer from 0 to 2; "ls"/"lv" a list of floats or of vectors (never empty), "ll" a list of two
lists of floats, "lo" a list of two boxes; "d" a dict of floats with the keys "a" and "b", "dv" one of vectors with the keys
"p" and "q", "do" one of boxes with the keys "l" and "r"; "t" a tuple (float, vector), "tv" one of two vectors, "nt" a
named tuple (k, v); "o" a `Box`, "st" a `State` (a dataclass).

A name need not be an identifier: what has elements also declares its *places* (`xs[0]`, `d['a']`, `box.w`), which every
statement may use as it uses a variable.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

ARRAYS = ("v4", "v3", "m", "b")

# The places of a container; a tuple's (below) cannot be assigned but can be stored through.
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "ls": (("s", "{}[0]"), ("s", "{}[-1]")),
    "lv": (("v4", "{}[0]"), ("v4", "{}[-1]")),
    "ll": (("s", "{}[1][0]"), ("ls", "{}[0]")),
    "lo": (("o", "{}[0]"), ("o", "{}[1]")),
    "d": (("s", "{}['a']"), ("s", "{}['b']")),
    "dv": (("v4", "{}['p']"), ("v4", "{}['q']")),
    "do": (("o", "{}['l']"),),
    "o": (("s", "{}.k"), ("v4", "{}.w")),
    "st": (("s", "{}.k"), ("v4", "{}.w"), ("v3", "{}.u")),
}
FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "t": (("s", "{}[0]"), ("v4", "{}[1]")),
    "tv": (("v4", "{}[0]"), ("v4", "{}[1]")),
    "nt": (("s", "{}.k"), ("v4", "{}.v")),
}


@dataclass(frozen=True)
class Helper:
    """A function that a generated program may call. `local` functions are not passed on into other functions."""

    name: str
    takes: tuple[str, ...]
    gives: str
    local: bool = False


@dataclass
class Scope:
    """The names that are surely assigned here, by kind, and the functions that may be called."""

    names: dict[str, list[str]] = field(default_factory=dict)
    helpers: list[Helper] = field(default_factory=list)
    fixed: set[str] = field(default_factory=set)

    def copy(self) -> Scope:
        return Scope({k: list(v) for k, v in self.names.items()}, list(self.helpers), set(self.fixed))

    def add(self, kind: str, name: str, fixed: bool = False) -> None:
        """Declare a name and its places."""
        for names in self.names.values():
            if name in names:
                names.remove(name)
        self.names.setdefault(kind, []).append(name)
        if fixed:
            self.fixed.add(name)
        for place_kind, form in PLACES.get(kind, ()):
            self.add(place_kind, form.format(name))
        for place_kind, form in FIXED.get(kind, ()):
            self.add(place_kind, form.format(name), fixed=True)

    def of(self, kind: str) -> list[str]:
        return self.names.get(kind, [])

    def assignable(self, kind: str) -> list[str]:
        return [n for n in self.of(kind) if n not in self.fixed]

    def variables(self, kind: str) -> list[str]:
        """The names that are identifiers."""
        return [n for n in self.of(kind) if n.isidentifier()]


@dataclass
class Drawing:
    """Random choices, and names that are not used yet."""

    rng: random.Random
    scope: Scope
    serial: int = 0

    def pick(self, options: Sequence[str]) -> str:
        return options[self.rng.randrange(len(options))]

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def rare(self, seldom: str, usual: str) -> str:
        """What is known to be refused comes up now and then only: one refused construct hides what else a program holds."""
        return seldom if self.chance(0.02) else usual

    def number(self) -> str:
        return repr(round(self.rng.uniform(-1.5, 1.5), 2))

    def fresh(self, stem: str) -> str:
        self.serial += 1
        return f"{stem}{self.serial}"

    def index(self) -> str:
        """An index that is valid for length 3."""
        options = ["0", "1", "2", "-1", "-2"]
        return self.pick(self.scope.of("i")) if self.scope.of("i") and self.chance(0.6) else self.pick(options)

    def some(self, kind: str) -> str | None:
        return self.pick(self.scope.of(kind)) if self.scope.of(kind) else None

    def target(self, kind: str) -> str | None:
        """A name or place of this kind that can be assigned."""
        found = self.scope.assignable(kind)
        return self.pick(found) if found else None

    def array(self, kinds: Sequence[str] = ARRAYS) -> tuple[str, str]:
        """A name that holds an array, and its kind; half of the time the last ones that were defined."""
        found = [(n, k) for k in kinds for n in self.scope.of(k)]
        if not found:
            return "np.ones(4)", "v4"
        return found[self.rng.randrange(len(found))]


__all__ = ["ARRAYS", "Drawing", "Helper", "Scope"]
