"""What compiled functions have besides the elementary form: tapes that are arrays with a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..analysis.types import Num
from ..errors import Span
from ..ir.nodes import Function, Var

LARGEST = 2**31 - 1  # of the integers that are given to compiled code: products of two fit in 64 bits
COUNT = 2**48  # of things that happen one after the other
ROOM = 2**63 - 1  # the largest integer of compiled code


class NotCompiled(Exception):
    """A construct that stays NumPy code, and why; by `choice` if it could be compiled, but would not be faster."""

    def __init__(self, reason: str, span: Span | None = None, choice: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.span = reason, span
        self.choice = choice or "faster in NumPy" in reason
        self.at: Any = None  # the statement of the unit where it is noticed
        self.origin: Var | None = None  # what it is about, if that is made before


@dataclass(frozen=True, eq=False, slots=True)
class Count:
    """An atom: the number of entries on a tape."""

    tape: Var

    def __repr__(self) -> str:
        return f"{self.tape.hint}_size"


@dataclass(eq=False, slots=True)
class Advance:
    """One entry more on a tape, or one less."""

    tape: Var
    step: int
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Grow:
    """Twice the room on a tape that is full, and on others that have as many entries."""

    tape: Var
    others: list[Var] = field(default_factory=list)
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Start:
    """The first position on a tape; None for the end of what it has room for."""

    tape: Var
    value: Any
    span: Span | None = None


@dataclass(eq=False)
class Tape:
    """A tape as an array: one row for each entry. `var` is the array inside the function, `outer` the tape outside."""

    outer: Var
    var: Var
    written: bool
    row: Row
    counted: bool = True  # it has a position of its own; else entries go by the index of the outermost loop
    exact: bool = False  # every row is written
    shapes: list[Any] = field(default_factory=list)  # of arrays: for each axis, an array outside, its Size inside, how much less it is, the step
    room: list[Any] | None = None  # atoms outside: the trip counts whose product is the number of entries
    leader: Var | None = None  # a tape that gets an entry whenever this one does, so that one position is enough for both
    inner: bool = False  # one unit both writes and reads it
    path: frozenset[Any] = frozenset()  # under which conditions
    made: bool = False  # the loop that writes it is done
    started: bool = False  # it has a position
    filled: Any = None  # an atom: the number of entries when reading begins, None for all there is room for
    inside: bool = False  # that which writes it makes it
    place: Any = None  # the statement of the unit that uses it
    entries: int = 10  # how many there are in the call that is compiled for, by estimate


@dataclass(frozen=True, eq=False)
class Row:
    """What an entry is: a number, or an array with the sizes given (atoms outside; None where a reader does not know)."""

    type: Num
    sizes: tuple[Any, ...] = ()

    @property
    def ndim(self) -> int:
        return len(self.sizes)


@dataclass(eq=False)
class Kernel:
    """A function to be compiled, and how it is called: `results = name(*args)`."""

    function: Function
    args: list[Any]
    results: list[Var]  # variables outside
    tapes: list[Tape]
    writes: list[Any]  # arrays outside that it stores to
    error_model: str = "numpy"
    independent: set[int] = field(default_factory=set)  # identities of loops that run in parallel
    names: dict[str, str] = field(default_factory=dict)  # as of other emitted functions that are called
    packed: dict[Var, Var] = field(default_factory=dict)  # arrays that are made contiguous, and the parameters that they are made of
    work: int = 0  # elementary operations of the call that it is compiled for, by estimate
