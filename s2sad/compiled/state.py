"""What the translation of some statements keeps: the values of variables inside, and what has been written so far."""

from __future__ import annotations

from collections import Counter
from types import FunctionType
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import Arr, Num
from ..backend.undefined import doubtful
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Lit, Loop, Op, Push, Range, Ref, Region, Var
from . import checked, estimate, linear, scalars, widths
from .guarded import Guards
from .nodes import ROOM, NotCompiled, Row, Tape
from .outside import Outside
from .saved import Saved
from .scalars import Divisions, Integers, too_large
from .views import Ended, Multiple, Pending, Place, Run, Size, SliceParts, Unit, View

# names of the functions that compiled code calls
HELPERS = frozenset(name for m in (checked, linear) for name, f in vars(m).items() if isinstance(f, FunctionType))


class Program:
    """What is known of the whole function."""

    def __init__(self, function: ir.Function, main: bool = True) -> None:
        self.made: dict[Var, Op] = {}
        self.uses: Counter[Var] = Counter()
        for s in ir.walk(function.body):
            if isinstance(s, Assign):
                self.made[s.target] = s.op
            self.uses.update(a for a in ir.uses_of(s) if isinstance(a, Var))
        self.uses.update(a for a in ir.result_atoms(function.result) if isinstance(a, Var))
        self.doubtful = doubtful(function)
        self.guards = Guards(function)
        self.rows: dict[Var, Row] = {}  # of tapes that compiled code writes
        self.entries: dict[Var, int] = {}  # on such a tape, by estimate
        self.by_index: set[Var] = set()  # tapes whose entries go by the index of the outermost loop that writes them
        self.function = function
        self.outside = Outside(function, main)
        self.saved_integers: dict[Var, int] = {}  # the largest on a tape that compiled code writes
        self._saved: dict[tuple[int, Region], Saved] = {}
        self.stored = {r.find() for s in ir.walk(function.body) for r in effects.writes(s) or ()}  # memory that changes

    def saved(self, loop: Loop, region: Region) -> Saved:
        """What a loop does with the arrays of one kind that it saves."""
        key = (id(loop), region)
        if key not in self._saved:
            self._saved[key] = Saved(self.function, self.made, loop, region)
        return self._saved[key]


class State:
    """The translation of some statements. `params` maps variables outside to those inside."""

    def __init__(self, program: Program, stmts: list[Any], mixed: bool = False) -> None:
        self.program, self.mixed = program, mixed
        self.unit = Block(stmts)
        self.slow_allowed = estimate.slow_allowed(stmts)
        self.params: dict[Any, Var] = {}
        self.env: dict[Any, Any] = {}
        self.made: dict[Var, Op] = {}
        self.ranges: dict[Var, Range] = {}
        self.out = Block()
        self.entry = self.out  # what is in front of the outermost loop at hand
        self.within: set[Var] = set()  # variables outside that this loop defines
        self.early: set[Var] = set()  # arrays that are made in front of all loops and branches
        self.origins: dict[Var, list[Size]] = {}  # whose sizes arrays that are made inside have
        self.births: dict[Var, int] = {}  # of arrays that are made or merged inside: in which order
        self.fresh: set[Var] = set()  # made where they stand, in memory of their own
        self.hoisted: set[Var] = set()  # buffers that are made once, and known by no other name
        self.merged: set[Var] = set()  # arrays that branches or iterations hand on
        self.joined: list[Var] = []  # arrays outside that are handed on
        self.whole_operands: set[Region] = set()  # the memory of arrays that are handed on and that functions take as they are
        self.packed: dict[Var, None] = {}  # arrays outside that are made contiguous first
        self.held: list[Any] = []  # operations and stores of the block at hand that wait (see `updates`)
        self.queues: dict[Var, list[Any]] = {}
        self.now = 0
        self.together: Any = None  # the growing of the tapes that get one entry in each iteration of the outermost loop
        self.last_entry: Any = None  # the statement that saves the last of their entries
        self.testing = False  # whether the statements at hand make the test of a loop, which is made once more than its body runs
        self.late: list[Push] = []  # that are done when the iteration has made all its stores
        self.done: dict[Pending, View] = {}  # operations that were held back, and were done into memory
        self.hints = set(HELPERS)
        self.tapes: dict[Var, Tape] = {}
        self.entries: set[Var] = set()  # numbers of entries, as they were when a loop was done
        self.writes: dict[Var, Any] = {}  # arrays outside that are stored to
        self.integers, self.divisions = Integers(), Divisions()
        self.trips: list[Any] = []  # of the loops around, atoms outside; None where the count is not known
        self.counts: dict[int, int] = {}  # of loops over tapes, by their identities: how often they run, by estimate
        self.loops: list[Loop] = []
        self.alone = True  # whether nothing sees what was stored before an exception
        self.conditional = 0
        self.path: frozenset[Any] = frozenset()  # the tests of these conditions, and whether they are true
        self.entry_path = self.path  # those around the outermost loop
        self.around = 0  # how many of the conditions are around the outermost loop
        self.work = 0
        self.slow = 0  # elements of functions that NumPy computes faster
        self.indices: dict[Any, Any] = {}  # of the block at hand and those around: indices whose bounds were checked
        self.independent: dict[int, int] = {}  # loops whose iterations may run in any order, and over how many elements
        self.kept: list[Loop] = []  # so that their identities stay theirs
        self.position: Any = None  # the index of the outermost loop, where it counts the entries of tapes down to zero
        self.top: Any = None  # the statement at hand, of the unit itself
        self.inside = Counter(a for s in ir.walk(self.unit) for a in ir.uses_of(s) if isinstance(a, Var))
        self.pushes: Counter[Var] = Counter(s.tape for s in ir.walk(self.unit) if isinstance(s, Push))

    def only_here(self, v: Var) -> bool:
        """Whether nothing outside the unit uses a variable."""
        return self.program.uses[v] == self.inside[v]

    # --- atoms and values ------------------------------------------------------------------------------------------------

    def value(self, a: Any) -> Any:
        """What an atom of the program is inside: an atom, a View, a Pending, the parts of an index."""
        if isinstance(a, Var):
            if a not in self.env:
                self.env[a] = self._bring_in(a)
            return self.env[a]
        if isinstance(a, Lit):
            return a
        if isinstance(a, Ref):
            if type(a.obj) in (int, float, bool):
                return a
            if isinstance(a.obj, np.ndarray):
                if a not in self.params:
                    self.env[a] = self._parameter(a, primal_type(a), a.name.rpartition(".")[2])
                return self.env[a]
            return a
        if a is UNDEF:
            raise NotCompiled("a name that some path leaves unassigned")
        raise NotCompiled("a starred argument")

    def _bring_in(self, v: Var) -> Any:
        op = self.program.made.get(v)
        if op is not None and op.kind in ("slice", "tuple") and not isinstance(v.type, (Num, Arr)):
            return self.index_parts(op)
        if op is not None and op.kind == "getattr" and op.name == "shape":
            return tuple(self.value(a) for a in op.args), "shape"
        return self._parameter(v, v.type, v.hint)

    def index_parts(self, op: Op) -> Any:
        """The parts of an index, slices as SliceParts."""
        if op.kind == "slice":
            return SliceParts(*(self.value(a) for a in op.args))
        return tuple(self.value(a) for a in op.args)

    def _parameter(self, outer: Any, t: Any, hint: str) -> Any:
        if outer in self.program.doubtful:
            raise NotCompiled(f"{hint}, which some path leaves unassigned")
        if isinstance(t, Num):
            scalars.number(t)
        elif isinstance(t, Arr):
            self._check_array(t, hint)
        else:
            raise NotCompiled(f"{hint}, {a_noun(scalars.describe(t))}")
        region = (effects.region_of(outer) or Region()) if isinstance(t, Arr) else None
        inner = Var(self.unused_name(hint), t, named=True, region=region)
        if isinstance(t, Num) and t.dtype == scalars.INT and t.py:
            self.integers.known[inner] = self.program.outside.largest(outer)
            if self.integers.known[inner] > ROOM:
                raise too_large(inner)
        self.params[outer] = inner
        if isinstance(t, Num):
            return inner
        return self.whole(inner, region)

    def _check_array(self, t: Any, hint: str) -> None:
        if t.dtype is None or t.shape is None:
            raise NotCompiled(f"{hint}, an array of unknown type or rank")
        if t.dtype not in scalars.DTYPES:
            raise NotCompiled(f"{hint}, an array of {t.dtype.name}")
        if t.ndim == 0:
            raise NotCompiled(f"{hint}, an array without axes")

    def whole(self, array: Var, region: Any) -> View:
        """An array as a view of itself."""
        n = array.type.ndim  # type: ignore[attr-defined]
        runs = tuple(Run(Place(), Ended(), Size(array, k)) for k in range(n))
        return View(array, runs, tuple(range(n)), region)

    def origin(self, size: Size) -> Size | None:
        """The equal size of an array that is there before the loops, None if there is none."""
        if isinstance(size, Unit):
            return size
        while size.array in self.origins and not isinstance(size, Unit):
            size = self.origins[size.array][size.axis]
        given = isinstance(size, Unit) or size.array in self.early or any(size.array is v for v in self.params.values())
        return size if given else self.equal_size(size.sample())

    def born(self, array: Var) -> None:
        """Note that an array is made or merged here."""
        self.births[array] = len(self.births) + 1
        if not self.loops and not self.conditional:
            self.early.add(array)

    def equal_size(self, sample: Any) -> Size | None:
        """The first size of an array that is given to the function that is certainly as large, or a multiple of one; None if there is none."""
        if sample is None or len(set(sample)) == 1 and sample[0] == 0:
            return None
        sizes = [Size(v, k) for v in self.params.values() if isinstance(v.type, Arr) for k in range(v.type.ndim or 0)]
        found = next((s for s in sizes if s.sample() == sample), None)
        if found is not None or len(set(sample)) == 1:
            return found
        known = [(s, n) for s in sizes if (n := s.sample()) is not None and min(n) > 0]
        return next((Multiple(s.array, s.axis, sample[0] // n[0]) for s, n in known if tuple(sample[0] // n[0] * d for d in n) == sample), None)

    def outer(self, array: Var) -> Any:
        """The array outside that is known as `array` inside; None if there is none."""
        return next((o for o, i in self.params.items() if i is array), None)

    def unused_name(self, hint: str) -> str:
        name, k = hint, 1
        while name in self.hints:
            name = f"{hint}{'_' if hint[-1].isdigit() else ''}{k}"
            k += 1
        self.hints.add(name)
        return name

    def number(self, a: Any) -> Any:
        """The atom of a number. Raises NotCompiled for anything else."""
        v = self.value(a)
        if isinstance(v, (View, Pending)):
            raise NotCompiled("an array where a number is needed")
        if isinstance(v, (tuple, SliceParts)):
            raise NotCompiled("a tuple")
        scalars.number(scalars.type_of(v))
        return v

    def inner(self, var: Var) -> Var:
        """A variable inside for a number of the program."""
        v = Var(var.hint, scalars.number(var.type), named=var.named)
        self.env[var] = v
        return v

    def emit_op(self, op: Op, type_: Any) -> Var:
        """A variable for an operation."""
        return self.emit(op.kind, op.args, type_, op.fn, "value", op.name)

    def weak(self, element: Any, array: Var) -> Any:
        """A number that meets elements of an array, in their type."""
        if array.type.dtype == scalars.FLOAT32 and widths.is_weak(element):  # type: ignore[attr-defined]
            return widths.single(element, self.emit_op)
        return element

    def emit(self, kind: str, args: tuple[Any, ...], type_: Any, fn: Any = None, hint: str = "k", name: str = "") -> Var:
        target = Var(hint, type_)
        op = Op(kind, args, fn=fn, name=name)
        self.out.stmts.append(Assign(target, op))
        self.made[target] = op
        self.work += 1
        return target


def a_noun(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"
