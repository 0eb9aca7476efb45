"""The lowerer's core: emitting statements, variable cells, merging of branches, loops to a fixed point."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import gast
import numpy as np

from ..analysis import infer
from ..analysis.types import (
    BOOL,
    FLOAT,
    NONE,
    NOTHING,
    STR,
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Obj,
    Symbols,
    TupleT,
    Type,
    covers,
    dims_in,
    is_mutable,
    join,
    literal_dim,
)  # fmt: skip
from ..errors import AmbiguousMemoryError, DifferentiationError, Span, UnsupportedSyntaxError
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Carry, If, Lit, Loop, Op, Phi, Ref, Region, Var
from .hints import hint_for
from .structures import (
    Parts,
    containers_within,
    holds_container,
    list_of_another_length,
    made_and_given,
    skeleton,
    taken_apart,
)
from .values import (
    Bound,
    DictVal,
    Frame,
    ListVal,
    ObjVal,
    Poison,
    RangeVal,
    SetVal,
    SliceVal,
    TupleVal,
    ViewVal,
    is_atom,
    same,
)  # fmt: skip

MAX_STATEMENTS = 8_000
DISPLAYS = frozenset({"list", "tuple", "slice"})
OP_HINTS = {
    "add": "total", "sub": "difference", "mul": "product", "truediv": "quotient", "pow": "power", "neg": "negative",
    "matmul": "product", "getitem": "item", "tuple": "pair", "list": "items", "dict": "table", "slice": "part",
    "floordiv": "quotient", "mod": "rest", "fstring": "text",
}  # fmt: skip


class Restart(Exception):
    """Lowering has to start again: the container made at `site` needs a run-time representation."""

    def __init__(self, site: Any) -> None:
        self.site = site


class Unreachable(Exception):
    """A call whose result is not known yet; the path it is on is left out of this round."""


class Poisoned(DifferentiationError):
    """A follow-up of a problem that has been reported already."""


def literal_type(v: Any) -> Type:
    if isinstance(v, bool):
        return BOOL
    if isinstance(v, int):
        return Num(np.dtype(int), True, literal_dim(v))
    if isinstance(v, float):
        return FLOAT
    if isinstance(v, complex):
        return Num(np.dtype(complex))
    if v is None:
        return NONE
    if isinstance(v, str):
        return STR
    return Obj(type(v))


def type_of(atom: Any) -> Type:
    if isinstance(atom, Lit):
        return literal_type(atom.value)
    if isinstance(atom, (Var, Ref)):
        return atom.type
    return UNKNOWN


class Core:
    """State shared by the parts of the lowerer (see `lowerer.py`)."""

    def __init__(self, dynamic_sites: set[Any] | None = None, symbols: Symbols | None = None) -> None:
        self.cells: dict[Any, Any] = {}
        self.block = Block()
        self.symbols = symbols or Symbols()
        self.dynamic_sites = dynamic_sites or set()
        self.frames: list[Frame] = []
        self.node: Any = None
        self.ids = itertools.count(1)
        self.flips: list[int] = []  # ages of memory that became varied, so that loops around know to look again
        self.lists: dict[Var, Region] = {}  # run-time lists that may share memory with others; those that may be one are one set
        self.first_items: list[int] = []  # ages of lists that were seen to get items, after it had been thought that they are empty
        self.count = 0
        self.loop_depth = 0
        self.loop_starts: list[int] = []  # of each loop around the current statement: what is older was made before it
        self.nesting = 0  # blocks around the current statement
        self.index_memo: dict[Any, Any] = {}
        self.errors: list[DifferentiationError] = []
        self.guards: dict[Any, Any] = {}
        self.reads: dict[Any, Any] = {}  # the same with modules and names that are Python's own: what a stored variant depends on
        self.sources: dict[Any, Any] = {}  # code that was read: for cache keys
        self.inactive_depth = 0
        self.strided: set[Any] = set()  # views with strides of their own, and views of these
        self.open: list[Block] = []  # blocks around the current one
        self.backward: dict[Any, Any] = {}  # statements and variables that reverse mode cannot follow, each with its error

    # --- places and errors -------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def in_emitted_code(self) -> bool:
        """Whether the code that is lowered was emitted, or is a helper of such code: what it stores to is its own memory."""
        function = getattr(self.frame.scope, "function", None)
        home = getattr(function, "__globals__", {}).get("__name__") or ""
        return home == "s2sad.generated" or home.startswith("s2sad.runtime")

    def span(self, node: Any = None) -> Span | None:
        node = node if node is not None else self.node
        if node is None or not self.frames or not hasattr(node, "lineno"):
            return None
        frame = self.frame
        return Span.of_node(node, frame.filename, frame.lines)

    def has_no_place(self, what: str) -> None:
        """Remember that the program depends on something that another process could not compare: it is not stored on disk."""
        self.reads[what] = (None, None)

    def place(self) -> Span | None:
        """The place that a statement which is emitted now comes from."""
        return self.span()

    def error(self, cls: type[DifferentiationError], message: str, node: Any = None, hint: str = "") -> DifferentiationError:
        node = node if node is not None else self.node
        construct = _construct_name(node)
        err = cls(message, self.span(node), construct=construct, hint=hint or hint_for(message))
        for frame in reversed(self.frames[1:]):
            err.called_from(frame.name, frame.call_span)
        return err

    def unsupported(self, message: str, node: Any = None, hint: str = "") -> DifferentiationError:
        return self.error(UnsupportedSyntaxError, message, node, hint)

    # --- emitting ------------------------------------------------------------------------------------------------

    def append(self, stmt: Any) -> Any:
        self.count += 1
        if self.count > MAX_STATEMENTS:
            self.too_large()
            raise self.unsupported(
                "the program grows too large when its calls are followed", None,
                "split it, or give one of the helpers a rule with @s2sad.adjoint")  # fmt: skip
        self.block.stmts.append(stmt)
        self.note_write(stmt)
        return stmt

    def note_write(self, stmt: Any) -> None:
        """Called with every statement."""

    def too_large(self) -> None:
        """Called when the program grows too large; may start again with some calls kept as calls."""

    @contextlib.contextmanager
    def into(self, block: Block) -> Iterator[Block]:
        saved, self.block = self.block, block
        self.open.append(saved)
        self.nesting += 1
        try:
            yield block
        finally:
            self.block = saved
            self.open.pop()
            self.nesting -= 1

    @property
    def dtypes(self) -> dict[Var, Any]:
        """The dtypes that run-time values are."""
        return self.__dict__.setdefault("_dtypes", {})

    def varied(self, atom: Any) -> bool:
        return isinstance(atom, Var) and atom.varied

    def emit(
        self, op: Op, type: Type = UNKNOWN, hint: str = "", *, varied: bool | None = None, view_of: Any = None,
        fresh: bool = False,
    ) -> Var:  # fmt: skip
        """Append an assignment and return its variable.

        `view_of` are the atoms whose memory the result may share; an operation is `fresh` if it shares none.
        """
        if not isinstance(type, Num) and op.kind not in DISPLAYS and any(type_of(a) == NOTHING for a in op.atoms()):
            type = NOTHING
        if varied is None:
            varied = type.floating and any(self.varied(a) for a in op.atoms())
        if not type.floating and isinstance(type, Obj) and any(self.varied(a) for a in op.atoms()):
            self.check_lossy(op, type)
        var = Var(hint or OP_HINTS.get(op.kind, "") or self._call_hint(op), type, varied)
        if self.texts and any(a in self.texts for a in op.atoms() if isinstance(a, Var)):
            self.pass_on_text(var, op)
        if is_mutable(type) and not isinstance(type, (Num,)):
            var.region = Region()
            if not fresh:
                for other in view_of if view_of is not None else op.atoms():
                    self.share(var, other)
                    var.view = var.view or (isinstance(other, Var) and other.region is not None)
        if self.strided and var.view and any(a in self.strided for a in op.args):
            self.strided.add(var)
        if op.kind == "list":
            self.made_lists.add(var)
        elif isinstance(type, ListT) and op.kind not in ("add", "mul"):
            self.found_lists.add(var)
        self.append(Assign(var, op, self.place()))
        return var

    @property
    def made_lists(self) -> set[Var]:
        """The lists that are written out: no two of them are one."""
        return self.__dict__.setdefault("_made_lists", set())

    @property
    def found_lists(self) -> set[Var]:
        """The lists that are taken from somewhere, and may be any with the same memory."""
        return self.__dict__.setdefault("_found_lists", set())

    def check_lossy(self, op: Op, type: Obj) -> None:
        """Refuse operations that carry a differentiated value to where it cannot be followed."""
        if self.printing:
            return
        if type.cls in (set, frozenset, dict, np.ndarray, bytes) or op.kind == "set":
            name = "NumPy array of objects" if type.cls is np.ndarray else type.cls.__name__
            raise self.unsupported(f"differentiated values cannot be followed into a {name}", None, "use a list, a tuple or a float array")

    printing = False  # values are only shown: nothing has to be followed

    def pass_on_text(self, var: Var, op: Op) -> None:
        """What is made of a string that spells differentiated values spells them, too; a number must not be made of it."""
        number = isinstance(var.type, (Num, Arr)) and var.type.floating
        if number or (op.kind in ir.ARITHMETIC and var.type != STR):
            raise self.unsupported("a differentiated value passes through a string", None, "keep it a number")
        if op.kind not in ir.COMPARE and not (isinstance(op.fn, Ref) and op.fn.obj is len):
            self.texts.add(var)

    @property
    def texts(self) -> set[Any]:
        """Strings that spell differentiated values."""
        return self.__dict__.setdefault("_texts", set())

    def share(self, var: Var, other: Any) -> None:
        """Record that two atoms may share memory."""
        if isinstance(other, Ref):
            if is_mutable(other.type) and var.region is not None and not _known_code(other.obj):
                var.region.union(Region(caller=True))
        elif isinstance(other, Var) and other.region is not None:
            for v in (var, other):
                if isinstance(v.type, ListT):
                    self.lists.setdefault(v, Region())
            if var.region is None:
                var.region = other.region
            else:
                before, age = (var.region.varied, other.region.varied), other.region.born
                var.region.union(other.region)
                if before[0] and not before[1]:
                    self.flips.append(age)

    def _call_hint(self, op: Op) -> str:
        if op.kind == "call" and isinstance(op.fn, Ref):
            return op.fn.name.split(".")[-1]
        if op.kind in ("getattr", "method"):
            return op.name
        return "value"

    def mark_stored(self, atom: Any, value: Any = None) -> None:
        """Memory of `atom` is overwritten, with something that may depend on `value`."""
        if not isinstance(atom, Var):
            return
        if atom.region is None:
            atom.region = Region()
        atom.region.stored = True
        if value is not None and self.varied(value) and not atom.region.varied:
            atom.region.varied = True
            self.flips.append(atom.region.born)

    # --- cells -----------------------------------------------------------------------------------------------------

    def new_id(self) -> int:
        return next(self.ids)

    def get(self, key: Any, default: Any = None) -> Any:
        return self.cells.get(key, default)

    def items(self, value: Any) -> tuple[Any, ...]:
        """The items of a compile-time tuple, list or dict."""
        if isinstance(value, TupleVal) and not isinstance(value, ViewVal):
            return value.items
        contents = self.cells[((value.base if isinstance(value, ViewVal) else value).id, "items")]
        if isinstance(contents, Poison):
            raise self.poisoned(contents)
        if isinstance(value, ViewVal):
            return tuple(TupleVal((Lit(k), v)) if value.pairs else v for k, v in contents)
        return contents

    def poisoned(self, value: Poison, node: Any = None) -> Exception:
        """What to raise where a value is used that cannot be."""
        if value.site is not None and value.site not in self.dynamic_sites:
            return Restart(value.site)
        return self.unsupported(value.reason, node) if value.reason else Poisoned("")

    def new_list(self, items: tuple[Any, ...], site: Any, origin: Any = None) -> Any:
        value = ListVal(self.new_id(), site, origin)
        self.cells[(value.id, "items")] = items
        return value

    def new_dict(self, items: tuple[Any, ...], site: Any, origin: Any = None) -> DictVal:
        """A dict of (key, value) pairs, the last one of equal keys, in the place of the first, as Python has it."""
        value = DictVal(self.new_id(), site, origin)
        self.cells[(value.id, "items")] = tuple(dict(items).items())
        return value

    def hint_of(self, key: Any) -> tuple[str, bool]:
        if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], str):
            name = key[1]
            if name.startswith("$"):
                if name == "$value":  # the value of a call is called like the function
                    called = next((f.name for f in self.frames[1:] if f.id == key[0] and f.name.isidentifier()), "result")
                    return called.lstrip("_") or "result", False
                return name[1:], False
            return ("item" if name == "items" else name), True
        return "value", False

    # --- merging ---------------------------------------------------------------------------------------------------

    def merge_values(self, values: list[Any], key: Any, phi: Callable[[list[Any], str, bool, Type], Any]) -> Any:
        """One value that is `values[i]` on path i. `phi` makes the merging variable of atoms."""
        present = [v for v in values if v is not UNDEF]
        if not present:
            return UNDEF
        first = present[0]
        if len(present) == len(values) and all(same(first, v) for v in values):
            return first
        hint, named = self.hint_of(key)
        if any(isinstance(v, Poison) for v in present):
            return unmerged(next(v for v in present if isinstance(v, Poison)))
        if all(isinstance(v, TupleVal) and len(v.items) == len(first.items) and v.cls is first.cls for v in present):
            columns = []
            for i in range(len(first.items)):
                column = [UNDEF if v is UNDEF else v.items[i] for v in values]
                columns.append(self.merge_values(column, (0, f"{hint}_{i}"), phi))
            return TupleVal(tuple(columns), first.cls)
        if all(isinstance(v, RangeVal) for v in present):
            parts = [[UNDEF if v is UNDEF else getattr(v, part) for v in values] for part in ("start", "stop", "step")]
            return RangeVal(*(self.merge_values(column, (0, hint), phi) for column in parts))
        if all(isinstance(v, tuple) for v in present):  # contents of a list or dict
            if any(len(v) != len(first) for v in present):
                return self._contents_differ(key)
            columns = []
            for i in range(len(first)):
                column = [UNDEF if v is UNDEF else v[i] for v in values]
                if isinstance(first[i], tuple) and len(first[i]) == 2 and not is_atom(first[i]):
                    if any(c is not UNDEF and c[0] != first[i][0] for c in column):
                        return self._contents_differ(key)
                    merged = self.merge_values([UNDEF if c is UNDEF else c[1] for c in column], (0, str(first[i][0])), phi)
                    columns.append((first[i][0], merged))
                else:
                    columns.append(self.merge_values(column, (0, f"{hint}_{i}"), phi))
            return tuple(columns)
        paths = self.meeting
        if paths and len(present) == len(values) == len(paths) and made_and_given(present):
            paths = [dict(cells) for cells in paths]
            values = present = [self.opened(v, cells) for v, cells in zip(values, paths)]
        if paths and all(holds_container(v) for v in present) and len(present) == len(values) == len(paths):
            apart = [taken_apart(v, cells) for v, cells in zip(values, paths)]
            if all(skeleton(a) == skeleton(apart[0]) for a in apart):
                for v, cells in zip(values, paths):
                    self.shared_containers.update(containers_within(v, cells))
                return self.made_whole(self.merge_parts(apart, key, phi), self.made)
        if all(is_atom(v) for v in present):
            t = _atom_type(present[0])
            for v in present[1:]:
                t = join(t, _atom_type(v), self.symbols)
            return phi(values, hint, named, t)
        if all(same(first, v) for v in present):
            return first
        self.same_kind_of_list(present)
        if all(isinstance(v, (TupleVal, ListVal, DictVal)) or is_atom(v) for v in present):
            mixed = next((v for v in present if isinstance(v, (ListVal, DictVal))), None)
            if mixed is not None and mixed.site not in self.dynamic_sites and isinstance(mixed, ListVal):
                return Poison(f"{hint!r} is a different list on different paths", mixed.site)
        kinds = " or ".join(sorted({_kind_name(v) for v in present}))
        reason = f"{hint!r} is {kinds}, depending on the path taken"
        return Poison(reason, None, self.merged_tuples(values, hint, named, reason))

    def merged_tuples(self, values: list[Any], hint: str, named: bool, reason: str) -> Callable[[Any], Any] | None:
        """What makes one variable of a tuple and None, or of a tuple and something unknown, where two paths met; None for else.

        It is made only if it is used, in a place that both paths lead to.
        """
        stmt, home = self.meeting_if, self.block
        known = all(isinstance(v, TupleVal) or is_atom(v) and type_of(v) in (NONE, UNKNOWN) for v in values)
        if stmt is None or not known or not any(isinstance(v, TupleVal) for v in values):
            return None
        made: list[Any] = []

        def merged(node: Any) -> Any:
            if self.block is not home and not any(b is home for b in self.open):
                return None
            if not made:
                atoms = []
                for block, v in zip((stmt.then, stmt.orelse), values):
                    with self.into(block):
                        atoms.append(self.atom(v))
                var = self.phi_var(atoms, hint, named, UNKNOWN)
                stmt.phis.append(Phi(var, *atoms))
                self.backward[var] = self.unsupported(reason, node)
                made.append(var)
            return made[0]

        return merged

    def same_kind_of_list(self, values: list[Any]) -> None:
        """Where a list of known length meets one of unknown length, or a set another one, it needs a run-time representation, too."""
        for v in values:
            if isinstance(v, SetVal) and v.site not in self.dynamic_sites and not all(same(v, other) for other in values):
                raise Restart(v.site)
        if any(isinstance(v, Var) and isinstance(v.type, ListT) for v in values):
            for v in values:
                if isinstance(v, ListVal) and v.site not in self.dynamic_sites:
                    raise Restart(v.site)

    atom: Callable[..., Any]  # provided by the other parts
    opened: Callable[[Any, dict[Any, Any]], Any]
    meeting_if: Any = None  # the statement whose branches are being merged
    meeting: Any = None  # the cells of the paths that are being merged
    made: Any = None  # cells of containers made by merging

    def merge_parts(self, values: list[Any], key: Any, phi: Callable[[list[Any], str, bool, Type], Any]) -> Any:
        first = values[0]
        if isinstance(first, (TupleVal, Parts)):
            names = first.names if isinstance(first, Parts) and first.names else range(len(first.items))
            items = tuple(
                self.merge_parts([v.items[i] for v in values], (0, str(n) if isinstance(n, str) else f"item_{n}"), phi)
                for i, n in enumerate(names)
            )  # fmt: skip
            return TupleVal(items, first.cls) if isinstance(first, TupleVal) else Parts(first.kind, first.cls, first.names, items, first.site)
        return self.merge_values(values, key, phi)

    def made_whole(self, value: Any, cells: dict[Any, Any]) -> Any:
        """The containers that `Parts` stand for, their contents in `cells`."""
        if isinstance(value, TupleVal):
            return TupleVal(tuple(self.made_whole(v, cells) for v in value.items), value.cls)
        if not isinstance(value, Parts):
            return value
        items = tuple(self.made_whole(v, cells) for v in value.items)
        new = self.new_id()
        self.shared_containers.add(new)
        if value.kind == "object":
            for n, v in zip(value.names, items):
                cells[(new, n)] = v
            return ObjVal(new, value.cls)
        cells[(new, "items")] = items if value.kind == "list" else tuple(zip(value.names, items))
        if value.site is not None:
            self.sites[new] = value.site
        return ListVal(new, value.site) if value.kind == "list" else DictVal(new, value.site)

    @property
    def shared_containers(self) -> set[int]:
        """Containers that another one of the same contents stands for on another path: they must not change any more."""
        return self.__dict__.setdefault("_shared_containers", set())

    def check_private_container(self, base: Any, node: Any) -> None:
        if base.id not in self.shared_containers:
            return
        if isinstance(base, ListVal) and base.site is not None and base.site not in self.dynamic_sites:
            raise Restart(base.site)
        what = "object" if isinstance(base, ObjVal) else "dict" if isinstance(base, DictVal) else "list"
        raise self.unsupported(
            f"this {what} may be a different one on another path or in another iteration, and it is changed in place", node,
            "make a new one instead of changing it")  # fmt: skip

    def _contents_differ(self, key: Any) -> Any:
        site = self.site_of(key[0])
        if site is not None and site not in self.dynamic_sites:
            raise Restart(site)
        return Poison("a container's structure depends on the path taken")

    def site_of(self, id: int) -> Any:
        return self.sites.get(id)

    @property
    def sites(self) -> dict[int, Any]:
        return self.__dict__.setdefault("_sites", {})

    def phi_var(self, values: list[Any], hint: str, named: bool, t: Type) -> Var:
        var = Var(hint, t, t.floating and any(self.varied(v) for v in values), named)
        if is_mutable(t):
            var.region = Region()
            for v in values:
                if v is not UNDEF:
                    self.share(var, v)
                    self.may_be_one_list(var, v)
        return var

    def may_be_one_list(self, a: Any, b: Any) -> None:
        """Note that two variables may be one and the same run-time list, not one a list in the other."""
        if all(isinstance(v, Var) and isinstance(v.type, ListT) for v in (a, b)):
            nodes = [self.lists.setdefault(v, Region()) for v in (a, b)]
            nodes[0].union(nodes[1])

    def branch(self, test: Any, then: Callable[[], None], orelse: Callable[[], None], expr: bool = False) -> None:
        """Lower an `If` whose test is not known."""
        before = self.cells
        node = self.node
        first_id = self.new_id()
        blocks, states = [], []
        for run in (then, orelse):
            self.cells = dict(before)
            block = Block()
            with self.into(block):
                frames = list(self.frames)
                try:
                    run()
                except Unreachable:
                    # the result of a recursive call that is not known in this round
                    self.frames[:] = frames
                    block.diverges = True
            blocks.append(block)
            states.append(self.cells)
            self.node = node
        if is_flag(test):  # a flag that is tested is known on either side
            for state, known in zip(states, (Lit(True), Lit(False))):
                state.update((k, known) for k, v in state.items() if v is test)
        stmt = If(test, blocks[0], blocks[1], [], self.span(), expr)
        self.cells = self.merge_states(stmt, [b.diverges for b in blocks], states, before, first_id)
        if all(b.diverges for b in blocks):
            self.append(stmt)
            self.block.diverges = True
            return
        self.append(stmt)

    def merge_states(
        self, stmt: If, diverges: list[bool], states: list[dict[Any, Any]], before: dict[Any, Any], first_id: int
    ) -> dict[Any, Any]:  # fmt: skip
        if diverges[0]:
            return states[1]
        if diverges[1]:
            return states[0]

        def phi(values: list[Any], hint: str, named: bool, t: Type) -> Var:
            if not named and t == BOOL:  # flags that agree on both sides are one flag
                twin = next((p.var for p in stmt.phis if p.var.type == t and same(p.then, values[0]) and same(p.orelse, values[1])), None)
                if twin is not None:
                    return twin
                if is_flag(stmt.test) and [getattr(v, "value", None) for v in values] == [True, False]:
                    return stmt.test
            var = self.phi_var(values, hint, named, t)
            stmt.phis.append(Phi(var, values[0], values[1]))
            return var

        a, b = states
        merged: dict[Any, Any] = {}
        self.meeting, self.made, self.meeting_if = states, {}, stmt
        for key in itertools.chain(a, (k for k in b if k not in a)):
            x, y = a.get(key, UNDEF), b.get(key, UNDEF)
            if (x is UNDEF or y is UNDEF) and key not in before and isinstance(key[0], int):
                if self.is_of_one_path(key, first_id):
                    merged[key] = y if x is UNDEF else x
                    continue
            value = x if x is y else self.merge_values([x, y], key, phi)
            if value is not UNDEF:
                merged[key] = value
        merged.update(self.made)
        self.meeting = self.meeting_if = None
        return merged

    def is_of_one_path(self, key: Any, first_id: int) -> bool:
        """Whether a cell that only one of several paths has is a part of an object that was made there, not an attribute that an older one got."""
        if key[0] in self.live_frames():
            return False
        if key[0] < first_id and key in self.stored_attributes:
            self.maybe_absent.add(key)
            return False
        return True

    @property
    def stored_attributes(self) -> set[tuple[int, str]]:
        """Attributes of objects that the program stores to."""
        return self.__dict__.setdefault("_stored_attributes", set())

    @property
    def maybe_absent(self) -> set[Any]:
        """Names and attributes that only some path has set."""
        return self.__dict__.setdefault("_maybe_absent", set())

    def live_frames(self) -> set[int]:
        ids = set()
        for frame in self.frames:
            f: Frame | None = frame
            while f is not None:
                ids.add(f.id)
                f = f.parent
        return ids

    # --- loops -----------------------------------------------------------------------------------------------------

    def loop(
        self,
        start: Callable[[Loop], None],
        body: Callable[[Loop], Any],
        test: Callable[[], Any] | None = None,
        seed: Iterator[Any] | tuple[Any, ...] = (),
    ) -> Loop:
        """Lower a loop, again and again until its carried values and their types do not change.

        `start(loop)` sets iterator and index inside the body block; `body(loop)` lowers one iteration and returns the
        `go` value (True: go on); `test()` lowers the head of a `while` and returns its condition.
        """
        before = self.cells
        outer_block = self.block
        first_id = self.new_id()
        first_age = Region().born
        live = self.live_frames()
        carried: list[Any] = [k for k in seed if k in before and is_atom(before[k])]
        types: dict[Any, Any] = {}
        node = self.node
        rounds = 0
        while True:
            rounds += 1
            if rounds > 25:
                raise self.unsupported("the types in this loop do not settle", node)
            self.node = node
            flips, seen, errors = len(self.flips), len(self.first_items), len(self.errors)
            count = self.count
            stmt = Loop(None, None, [], Block(), Block(), None, None, self.span())
            before.update({key: self.opened(before[key], before) for key in carried if ("opened", key) in types})
            self.cells = dict(before)
            free: set[Any] = set()
            phis: dict[Any, list[tuple[Var, Any]]] = {}
            for key in carried:
                pairs: list[tuple[Var, Any]] = []
                self.cells[key] = self.carry_in(before.get(key, UNDEF), key, types, pairs, free)
                phis[key] = pairs
            entered = {key: self.cells[key] for key in carried}
            begun = {var: var.type for pairs in phis.values() for var, _ in pairs}
            starts = {key: taken_apart(self.cells[key], self.cells) for key in carried if ("apart", key) in types}
            self.loop_depth += 1
            self.loop_starts.append(first_id)
            try:
                if test is not None:
                    with self.into(stmt.test_block):
                        stmt.test = test()
                with self.into(stmt.body):
                    start(stmt)
                    go = body(stmt)
            finally:
                self.loop_depth -= 1
                self.loop_starts.pop()
                self.block = outer_block
            after = self.cells
            got_items = self.learnt_of_items(phis, begun, after, types)
            if got_items or any(age < first_age for age in self.first_items[seen:]):
                self.count = count
                del self.errors[errors:]  # what was taken for the items of an empty list was nothing
                continue
            new = [
                k for k in after
                if k not in phis and not same(after[k], before.get(k, UNDEF)) and self._outlives(k, first_id, live)
                and (k in before or k[0] in live or k in self.stored_attributes)
            ]  # fmt: skip
            if new:
                self.count = count
                for key in carried:
                    self._note_varied(key, after, phis[key], types)
                carried += new
                # a name first set in the body: its structure is known now
                for k in new:
                    if k not in before:
                        self.maybe_absent.add(k)
                        types[("shape", k)] = taken_apart(after[k], after)
                        if holds_container(after[k]):
                            types[("apart", k)] = True
                continue
            stable = True
            for key in carried:
                if ("poison", key) not in types and not self._same_skeleton(
                    key, entered[key], starts.get(key), after, types, key not in before
                ):  # fmt: skip
                    stable = False
                    continue
                nexts = list(self._leaves(self._carried(key, after, types)))
                pairs = phis[key]
                self.same_kind_of_list([before.get(key, UNDEF), after.get(key, UNDEF)])
                if len(nexts) != len(pairs) or not self._alike(entered[key], after.get(key, UNDEF), ("apart", key) in types):
                    value = after.get(key, UNDEF)
                    if key[1] == "items" and (site := self.site_of(key[0])) is not None and site not in self.dynamic_sites:
                        raise Restart(site)
                    if types.get(("shape", key)) is value or types.get(("poison", key)):
                        types[("poison", key)] = f"{self.hint_of(key)[0]!r} changes its structure from one iteration to the next"
                    else:
                        types[("shape", key)] = value
                        types[("poison", key)] = f"{self.hint_of(key)[0]!r} changes its structure from one iteration to the next"
                    stable = False
                    continue
                for i, (nxt, (var, _)) in enumerate(zip(nexts, pairs)):
                    if nxt is var or ("poison", key) in types:
                        continue
                    t = _atom_type(nxt) if nxt is not UNDEF else var.type
                    if nxt is not UNDEF and not covers(var.type, t, free):
                        types[(key, i)] = wider = self._widen(var.type, t, types, (key, i))
                        stable = stable and wider == var.type
                    if self.varied(nxt) and not var.varied and var.type.floating:
                        types[("varied", key, i)] = True
                        stable = False
                    if var.region is not None:
                        self.share(var, nxt)
                        self.may_be_one_list(var, nxt)
            if any(age < first_age for age in self.flips[flips:]):
                stable = False
            if not stable:
                self.count = count
                continue
            break
        self.node = node
        stmt.go = go
        after_cells = dict(before)
        for key in carried:
            template = self._carried(key, after, types)
            results = []
            for nxt, (var, init) in zip(self._leaves(template), phis[key]):
                t = var.type if init is UNDEF else join(_atom_type(init), var.type, self.symbols)
                if dims_in(t) & free:
                    t = _refresh(t, free, self.symbols)
                result = Var(var.hint, t, var.varied or self.varied(nxt), var.named)
                if var.region is not None:
                    result.region = var.region
                    self.may_be_one_list(result, var)
                elif is_mutable(t):
                    result.region = Region()
                    self.share(result, nxt)
                stmt.carries.append(Carry(var, init, nxt, result))
                results.append(result)
            after_cells[key] = self.made_whole(self._rebuild(template, iter(results)), after_cells)
        for key, value in after.items():
            if key not in after_cells and key[0] not in live:
                after_cells[key] = value  # contents of objects made in the body
        self.cells = after_cells
        self.append(stmt)
        return stmt

    def learnt_of_items(self, phis: dict[Any, Any], begun: dict[Var, Type], after: dict[Any, Any], types: dict[Any, Any]) -> bool:
        """Whether lists that are carried got items of another type than they began the iteration with: the next one begins with that."""
        found = False
        for key, pairs in phis.items():
            leaves = list(self._leaves(self._carried(key, after, types)))
            for i, (var, _) in enumerate(pairs):
                t = var.type
                if t == ListT(NOTHING) and len(leaves) == len(pairs) and isinstance(type_of(leaves[i]), ListT):
                    t = type_of(leaves[i])
                if t != begun[var]:
                    types[(key, i)], found = t, True
        return found

    def _carried(self, key: Any, after: dict[Any, Any], types: dict[Any, Any]) -> Any:
        if ("other", key) in types:
            return Poison(types[("other", key)])
        value = after.get(key, UNDEF)
        return taken_apart(value, after) if ("apart", key) in types else value

    def _same_skeleton(self, key: Any, entered: Any, start: Any, after: dict[Any, Any], types: dict[Any, Any], fresh: bool) -> bool:
        """Whether a value has, at the end of an iteration, the structure it had at its start; else take it apart.

        `start` is one that is taken apart, as it enters the iteration. A `fresh` value is not there before the loop.
        """
        value = after.get(key, UNDEF)
        if value is UNDEF or entered is UNDEF or isinstance(value, Poison) or isinstance(entered, Poison):
            return True
        if isinstance(value, tuple) or isinstance(entered, tuple):
            return True  # contents of a container, compared by their number
        if ("apart", key) in types:
            end = taken_apart(value, after)
            if skeleton(start) != skeleton(end):  # an error only if an iteration reads what the one before left
                types[("shape", key)] = end
                types[("site", key)] = list_of_another_length(start, end)
                types[("poison", key)] = f"{self.hint_of(key)[0]!r} changes its structure from one iteration to the next"
                return False
            self.shared_containers.update(containers_within(value, after))
            return True
        self.same_kind_of_list([value, entered])
        if skeleton(value) == skeleton(entered) or is_atom(value) or is_atom(entered):
            return True
        if holds_container(value) and holds_container(entered):
            types[("apart", key)] = True
            return False
        if isinstance(value, TupleVal) or isinstance(entered, TupleVal):
            return True
        if made_and_given([entered, value]) and value.live is None:
            types[("apart", key)] = types[("opened", key)] = True
            return False
        reason = f"{self.hint_of(key)[0]!r} is {_kind_name(value)} that is a different one in each iteration"
        if not fresh:
            raise self.unsupported(reason)
        types[("other", key)] = reason  # an error only if an iteration, or what follows the loop, reads what one before left
        return False

    @staticmethod
    def _alike(entered: Any, value: Any, apart: bool) -> bool:
        """Whether two values of as many atoms differ in these only: not in the functions, lists, objects they hold."""
        if apart or any(v is UNDEF or isinstance(v, Poison) for v in (entered, value)):
            return True
        return skeleton(entered) == skeleton(value)

    def _note_varied(self, key: Any, after: dict[Any, Any], phis: list[tuple[Var, Any]], types: dict[Any, Any]) -> None:
        """Record which parts of a carried value are varied at the end of an iteration: the next round begins with them."""
        nexts = list(self._leaves(self._carried(key, after, types)))
        if len(nexts) != len(phis):
            return
        for i, (leaf, (var, _)) in enumerate(zip(nexts, phis)):
            if self.varied(leaf) and not var.varied and var.type.floating:
                types[("varied", key, i)] = True

    def _outlives(self, key: Any, first_id: int, live: set[int]) -> bool:
        return bool(key[0] in live or key[0] < first_id)

    def carry_in(self, init: Any, key: Any, types: dict[Any, Any], pairs: list[tuple[Var, Any]], free: set[Any]) -> Any:
        """The value of `key` at the start of an iteration: one carried variable for each atom in it."""
        if ("other", key) in types:
            return Poison(types[("other", key)])
        if ("apart", key) in types:
            if init is not UNDEF:
                self.shared_containers.update(containers_within(init, self.cells))
                init = taken_apart(init, self.cells)
            return self.made_whole(self._carry_parts(init, key, types, pairs, free), self.cells)
        return self._carry_parts(init, key, types, pairs, free)

    def _carry_parts(self, init: Any, key: Any, types: dict[Any, Any], pairs: list[tuple[Var, Any]], free: set[Any]) -> Any:
        if isinstance(init, Poison) and init.site is not None and init.site not in self.dynamic_sites:
            raise Restart(init.site)  # a loop without iterations would leave it
        template = init if not isinstance(init, Poison) else unmerged(init)
        if init is UNDEF:
            template = types.get(("shape", key), UNDEF)
        if ("poison", key) in types:
            shape = types[("shape", key)]
            if shape is UNDEF or init is not UNDEF:
                pairs += [(Var("unused"), UNDEF) for _ in self._leaves(shape)]
                return Poison(types[("poison", key)], types.get(("site", key)))
            template = shape
        hint, named = self.hint_of(key)
        leaves = list(self._leaves(template))
        new: list[Any] = []
        for i, leaf in enumerate(leaves):
            t = types.get((key, i))
            if t is None:
                t = _atom_type(leaf) if leaf is not UNDEF else UNKNOWN
                if isinstance(t, Num) and t.ints is not None:
                    t = Num(t.dtype, t.py, self.symbols.fresh(t.ints[-1]))
            t = self._free_dims(t, types, (key, i), free)
            name = hint if len(leaves) == 1 else f"{hint}_{i}"
            varied = (init is not UNDEF and self.varied(leaf)) or bool(types.get(("varied", key, i)))
            var = Var(name, t, varied, named)
            if is_mutable(t):
                var.region = Region()
                if init is not UNDEF:
                    self.share(var, leaf)
                    self.may_be_one_list(var, leaf)
            pairs.append((var, UNDEF if init is UNDEF else leaf))
            new.append(var)
        return self._rebuild(template, iter(new))

    def _free_dims(self, t: Type, types: dict[Any, Any], at: Any, free: set[Any]) -> Type:
        if isinstance(t, Num) and t.ints is not None:
            free.add(t.ints)
        for d in types.get(("free", at), ()):
            free.add(d)
        wild = types.get(("wild", at))
        if wild:
            free |= wild
        return t

    def _widen(self, a: Type, b: Type, types: dict[Any, Any], at: Any) -> Type:
        """A type for both; sizes that change from one iteration to the next become sizes that may be anything."""
        t = join(a, b, self.symbols)
        if type(t) is type(a) and isinstance(t, (Arr, ListT, TupleT)):
            types.setdefault(("wild", at), set()).update(dims_in(t) - dims_in(a) - dims_in(b))
        return t

    def _leaves(self, value: Any) -> Iterator[Any]:
        if isinstance(value, (TupleVal, Parts)):
            for item in value.items:
                yield from self._leaves(item)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], (str, int, float, bool, type(None))):
                    yield from self._leaves(item[1])
                else:
                    yield from self._leaves(item)
        elif isinstance(value, (RangeVal, SliceVal)):
            yield from (value.start, value.stop, value.step)
        elif is_atom(value) or value is UNDEF:
            yield value
        # anything else (functions, objects) is kept as it is

    def _rebuild(self, value: Any, leaves: Iterator[Any]) -> Any:
        if isinstance(value, TupleVal):
            return TupleVal(tuple(self._rebuild(i, leaves) for i in value.items), value.cls)
        if isinstance(value, Parts):
            return Parts(value.kind, value.cls, value.names, tuple(self._rebuild(i, leaves) for i in value.items), value.site)
        if isinstance(value, tuple):
            out = []
            for item in value:
                if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], (str, int, float, bool, type(None))):
                    out.append((item[0], self._rebuild(item[1], leaves)))
                else:
                    out.append(self._rebuild(item, leaves))
            return tuple(out)
        if isinstance(value, (RangeVal, SliceVal)):
            return type(value)(next(leaves), next(leaves), next(leaves))
        if is_atom(value) or value is UNDEF:
            return next(leaves, UNDEF)
        return value

    # --- atoms -----------------------------------------------------------------------------------------------------

    def infer(self, fn: Any, args: list[Any], kwargs: dict[str, Any] | None = None) -> Type:
        return infer.run(fn, [self.sampled(a) for a in args], {k: self.sampled(v) for k, v in (kwargs or {}).items()}, self.symbols)

    @property
    def base_dims(self) -> set[Any]:
        """Sizes that are certainly not 1: those of arguments, by the guard of the variant."""
        return self.__dict__.setdefault("_base_dims", set())

    def unify(self, atoms: Any, contract: bool = False) -> None:
        """Operands that are combined element by element (or contracted) have equal sizes where none of them can be 1.

        Only of statements that certainly run: within a branch, a loop or a `try` the equality may not hold elsewhere.
        """
        if self.nesting:
            return
        shapes = [self.symbols.canonical(t).shape for a in atoms if isinstance(t := type_of(a), Arr)]  # type: ignore[attr-defined]
        if len(shapes) < 2 or any(s is None for s in shapes):
            return
        if contract:
            a, b = shapes[0], shapes[1]
            if a and b:
                self._unify_sizes({a[-1], b[-2] if len(b) > 1 else b[-1]})
            return
        for axis in range(1, max(map(len, shapes)) + 1):
            self._unify_sizes({s[-axis] for s in shapes if len(s) >= axis} - {literal_dim(1)})

    def _unify_sizes(self, sizes: set[Any]) -> None:
        literals = [d for d in sizes if len(set(d)) == 1]
        if len(sizes) < 2 or len(literals) > 1 or len({d[-1] for d in sizes}) > 1:
            return
        if all(d[0] > 1 if d in literals else d in self.base_dims for d in sizes):
            chosen = literals[0] if literals else min(sizes)
            for d in sizes:
                if d != chosen:
                    self.symbols.same[d] = chosen

    def sampled(self, value: Any) -> Any:
        """A value in the form `infer.run` takes."""
        if isinstance(value, Lit):
            return infer.Known(value.value)
        if isinstance(value, Ref):
            return value.type if isinstance(value.type, (Num, Arr)) else infer.Known(value.obj)
        if isinstance(value, Var):
            dtype = self.dtypes.get(value)
            return self.symbols.canonical(value.type) if dtype is None else infer.Known(dtype)
        if isinstance(value, TupleVal):
            return tuple(self.sampled(i) for i in value.items)
        if isinstance(value, ListVal):
            return [self.sampled(i) for i in self.items(value)]
        if isinstance(value, SliceVal):
            return slice(self.sampled(value.start), self.sampled(value.stop), self.sampled(value.step))
        return UNKNOWN


def unmerged(value: Poison) -> Poison:
    """A value that cannot be used any more: where it comes to, something else may have come in its place."""
    return value if value.merged is None else Poison(value.reason, value.site)


def is_flag(test: Any) -> bool:
    """Whether a test is certainly True or False."""
    return isinstance(test, Var) and isinstance(test.type, Num) and test.type.py and test.type.dtype.kind == "b"


def _atom_type(atom: Any) -> Type:
    return type_of(atom)


def _refresh(t: Type, free: set[Any], symbols: Symbols) -> Type:
    if isinstance(t, Num) and t.ints in free:
        return Num(t.dtype, t.py, symbols.fresh(t.ints[-1] if t.ints else None))
    if isinstance(t, Arr) and t.shape is not None:
        return Arr(t.dtype, tuple(symbols.fresh(d[-1]) if d in free else d for d in t.shape))
    if isinstance(t, ListT):
        return ListT(_refresh(t.elem, free, symbols))
    if isinstance(t, TupleT):
        return TupleT(tuple(_refresh(i, free, symbols) for i in t.items))
    return t


def _known_code(obj: Any) -> bool:
    import types

    return isinstance(obj, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc)) or callable(obj)


def _kind_name(v: Any) -> str:
    if isinstance(v, Lit):
        return "None" if v.value is None else f"a {type(v.value).__name__}"
    if isinstance(v, Var):
        return f"a value of type {v.type}" if type(v.type) is not Type else "a computed value"
    names = {"TupleVal": "a tuple", "ListVal": "a list", "DictVal": "a dict", "ObjVal": "an object", "FuncVal": "a function"}
    return names.get(type(v).__name__, "something else")


def _construct_name(node: Any) -> str:
    if node is None:
        return ""
    name = type(node).__name__
    special = {
        "Call": "call", "FunctionDef": "function", "AugAssign": "augmented assignment", "Assign": "assignment",
        "With": "with statement", "For": "for loop", "While": "while loop", "If": "if statement", "Try": "try statement",
        "Subscript": "subscript", "Attribute": "attribute", "Name": "name", "BinOp": "operator", "Lambda": "lambda",
        "Expr": "expression", "IfExp": "conditional expression", "BoolOp": "operator", "UnaryOp": "operator", "NamedExpr": "assignment",
        "AnnAssign": "assignment", "JoinedStr": "f-string", "arg": "parameter",
    }  # fmt: skip
    if isinstance(node, gast.stmt):
        return special.get(name, f"{in_words(name)} statement")
    return special.get(name, in_words(name))


def in_words(name: str) -> str:
    """The name of a class of the syntax tree as people say it: `AsyncFor` is "async for"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


__all__ = ["AmbiguousMemoryError", "Bound", "Core", "ObjVal", "Restart", "type_of"]
