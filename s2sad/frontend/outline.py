"""Recursive functions become functions of their own in the program, one for each kind of arguments.

Their result types are found as a least fixed point: in the first round a recursive call counts as a path that is not
taken, so the types come from the base cases; then rounds are repeated until the types cover themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from ..analysis.types import (
    UNKNOWN,
    Arr,
    Dim,
    ListT,
    Num,
    TapeT,
    TupleT,
    Type,
    covers,
    dims_in,
    is_mutable,
    join,
)
from ..errors import AmbiguousMemoryError
from ..ir import nodes as ir
from ..ir.nodes import Block, Invoke, Lit, Ref, Region, Var
from .lower import Unreachable, type_of
from .surroundings import Surroundings
from .values import DictVal, Frame, FuncVal, ListVal, ObjVal, TupleVal, is_atom, same

MAX_ROUNDS = 12


class Outline(Exception):
    """Lowering has to start again: these functions recurse, or are called too often to be lowered in place."""

    def __init__(self, *keys: Any) -> None:
        self.keys = keys


class Outlining(Surroundings):
    """The part of the lowerer that knows functions of their own."""

    def code_key(self, frame: Frame) -> Any:
        """The identity of a function's code that survives a new start."""
        node = frame.extra.get("node")
        return (frame.name, frame.filename, getattr(node, "lineno", 0), getattr(node, "col_offset", 0))

    @property
    def calls(self) -> Counter[Any]:
        """How often each function was lowered in place."""
        return self.__dict__.setdefault("_calls", Counter())

    def too_large(self) -> None:
        often = [code for code, n in self.calls.items() if n > 3 and code not in self.outlined_codes]
        if often:
            raise Outline(*often)

    def argument_key(self, value: Any, dims: dict[Dim, int]) -> Any:
        """What a recursive function is specialised on."""
        if isinstance(value, Lit):
            return ("lit", type(value.value), repr(value.value))
        if isinstance(value, Ref):
            return ("ref", id(value.obj), value.name)
        if isinstance(value, Var):
            return ("var", value.varied, _type_key(value.type, dims))
        if isinstance(value, TupleVal):
            return ("tuple", *(self.argument_key(v, dims) for v in value.items))
        if isinstance(value, FuncVal):
            return ("function", id(value.node), value.frame.id)
        if isinstance(value, (ListVal, DictVal, ObjVal)):
            return ("object", value.id)
        return ("other", id(value))

    def arguments_key(self, values: list[Any]) -> Any:
        dims: dict[Dim, int] = {}
        return tuple(self.argument_key(v, dims) for v in values)

    @property
    def outlined(self) -> dict[Any, ir.Outlined]:
        return self.__dict__.setdefault("_outlined", {})

    @property
    def outlined_codes(self) -> set[Any]:
        return self.__dict__.setdefault("_outlined_codes", set())

    def call_outlined(self, frame: Frame, node: Any, names: list[str], run: Callable[[Frame], Any], call: Any) -> Any:
        """Call a recursive function whose arguments are bound in `frame`'s cells."""
        values = [self.cells.pop((frame.id, n)) for n in names]
        for v in values:
            if not is_atom(v) and not isinstance(v, (TupleVal, FuncVal)) and self.varied_value(v):
                raise self.unsupported(
                    f"the recursive function {frame.name!r} is given a list or object that holds differentiated values", call,
                    "pass tuples or arrays")  # fmt: skip
        key = (self.code_key(frame), self.arguments_key(values), self.surroundings(frame, node, values))
        fn = self.outlined.get(key)
        if fn is None:
            if any(other[:2] == key[:2] for other in self.keys_in_progress):
                raise self.unsupported(
                    f"the recursive function {frame.name!r} changes something outside of it that it uses", call,
                    "let it return what it computes, or use an array")  # fmt: skip
            fn = ir.Outlined(frame.name if frame.name.isidentifier() else "function")
            self.outlined[key] = fn
            self.in_progress.append(fn)
            self.keys_in_progress.append(key)
            try:
                self.lower_outlined(fn, frame, names, values, run, call)
            finally:
                self.in_progress.pop()
                self.keys_in_progress.pop()
        self.note_dependence(fn)
        if fn.template is None:
            raise Unreachable
        actual = [a for v in values for a in self._leaves(v) if isinstance(a, Var)]
        return self.invoke(fn, actual, call)

    @property
    def in_progress(self) -> list[ir.Outlined]:
        """The recursive functions that are being lowered, outermost first."""
        return self.__dict__.setdefault("_in_progress", [])

    @property
    def keys_in_progress(self) -> list[Any]:
        """What they are known by."""
        return self.__dict__.setdefault("_keys_in_progress", [])

    @property
    def rests_on(self) -> dict[ir.Outlined, set[ir.Outlined]]:
        """Of each recursive function, those that it called before their lowering was finished: what it knows of them may be out of date."""
        return self.__dict__.setdefault("_rests_on", {})

    def note_dependence(self, fn: ir.Outlined) -> None:
        """A recursive function is called: what is being lowered inside one that is not finished rests on it."""
        needed = {fn, *self.rests_on.get(fn, ())}
        for i, outer in enumerate(self.in_progress):
            if outer in needed:
                for inner in self.in_progress[i + 1 :]:
                    self.rests_on.setdefault(inner, set()).add(outer)

    def forget_dependent(self, fn: ir.Outlined) -> None:
        """Before another round of `fn`: functions that rest on what the last round knew of it have to be lowered anew."""
        for key in [k for k, known in self.outlined.items() if fn in self.rests_on.get(known, ())]:
            self.rests_on.pop(self.outlined.pop(key))

    def invoke(self, fn: ir.Outlined, actual: list[Any], call: Any) -> Any:
        results: list[Any] = []
        leaves: list[Any] = []
        for i, t in enumerate(fn.types):
            t = self._fresh_sizes(t)
            var = Var(fn.name, t, t.floating and fn.varied[i])
            if is_mutable(t):
                var.region = Region()
                if fn.shares[i]:
                    for a in actual:
                        self.share(var, a)
            results.append(var)
            leaves.append(var)
        saved = Var("saved", TapeT())
        written = self.mark_changed(fn, actual, call)
        stmt = self.append(Invoke([*results, saved], fn, [*actual, *fn.captured], self.span(call), writes=written))
        if not all(isinstance(type_of(a), Arr) for a in written):
            self.backward[stmt] = self.reached_twice(fn, call)
        return self._rebuild(fn.template, iter(leaves))

    def mark_changed(self, fn: ir.Outlined, actual: list[Any], call: Any) -> list[Any]:
        """Note that the function stores to the memory of some arguments, which are returned."""
        regions = [a.region.find() if isinstance(a, Var) and a.region is not None else None for a in actual]
        written = []
        for k, (stored, varied) in enumerate(fn.stored):
            if not stored:
                continue
            region = regions[k]
            known = isinstance(type_of(actual[k]), Arr) or self.in_emitted_code and type_of(actual[k]) is UNKNOWN
            if region is None or regions.count(region) > 1 or region.caller or not known:
                raise self.reached_twice(fn, call)
            written.append(actual[k])
            self.mark_stored(actual[k])
            if varied and not region.varied:
                region.varied = True
                self.flips.append(region.born)
        return written

    def reached_twice(self, fn: ir.Outlined, call: Any) -> Exception:
        return self.error(
            AmbiguousMemoryError, f"the recursive function {fn.name!r} stores to an argument that it may also reach in another way",
            call, "copy it first and return it")  # fmt: skip

    def _fresh_sizes(self, t: Type) -> Type:
        if isinstance(t, Num) and t.ints is not None:
            return Num(t.dtype, t.py, self.symbols.fresh(t.ints[-1]))
        if isinstance(t, Arr) and t.shape is not None:
            return Arr(t.dtype, tuple(d if len(set(d)) == 1 else self.symbols.fresh(d[-1]) for d in t.shape))
        return t

    def lower_outlined(self, fn: ir.Outlined, frame: Frame, names: list[str], values: list[Any], run: Callable[[Frame], Any], call: Any) -> None:
        outer_cells, outer_count = self.cells, self.count
        loops = self.loop_depth
        try:
            for _ in range(MAX_ROUNDS):
                self.forget_dependent(fn)
                self.cells, self.count = dict(outer_cells), outer_count
                sizes: dict[Dim, Dim] = {}
                params: list[Var] = []
                for name, value in zip(names, values):
                    leaves = []
                    for a in self._leaves(value):
                        new = self._parameter(a, params, sizes) if isinstance(a, Var) else a
                        if isinstance(new, Var) and is_atom(value):
                            new.hint, new.named = name, True
                        leaves.append(new)
                    self.cells[(frame.id, name)] = self._rebuild(value, iter(leaves))
                block = Block()
                with self.into(block):
                    result = run(frame)
                self.check_nothing_changed(outer_cells, frame, call)
                if block.diverges:
                    if self.rests_on.get(fn):  # every path calls a function whose result is not known in this round
                        return
                    raise self.unsupported(f"{frame.name!r} recurses without end", call)
                leaves = list(self._leaves(result))
                if any(isinstance(v, (ListVal, DictVal, ObjVal)) for v in _parts(result)):
                    raise self.unsupported(f"the recursive function {frame.name!r} returns a list or object", call, "return a tuple or an array")
                settled = self._settle(fn, result, leaves, params, call)
                stored = [(p.stored, p.varied or p.region is not None and p.region.varied) for p in params]
                settled, fn.stored = settled and stored == fn.stored, stored
                fn.params, fn.body, fn.results = params, block, leaves
                if settled:
                    break
            else:
                raise self.unsupported(f"the types of the recursive function {frame.name!r} do not settle", call)
        finally:
            self.cells, self.count, self.loop_depth = outer_cells, outer_count, loops
        own = {p.region.find() for p in fn.params if p.region is not None}
        self._capture(fn)
        for p in fn.params:
            if p.stored and not isinstance(p.type, Arr) and not (self.in_emitted_code and p.type is UNKNOWN):
                raise self.error(
                    AmbiguousMemoryError, f"the recursive function {frame.name!r} changes an argument that is not an array", call,
                    "make a new one and return it")  # fmt: skip
        for a, shared in zip(fn.results, fn.shares):
            if shared and isinstance(a, Var) and a.stored and a.region is not None and a.region.find() in own:
                raise self.error(
                    AmbiguousMemoryError, f"the recursive function {frame.name!r} returns an array that it stores to", call,
                    "leave out the return, or return a copy")  # fmt: skip

    def check_nothing_changed(self, outer: dict[Any, Any], frame: Frame, call: Any) -> None:
        """Refuse a recursive function that assigns names, or changes objects, of the function around it: it is lowered apart from that."""
        changed = [k for k, v in outer.items() if k[0] != frame.id and not same(self.cells.get(k), v)]
        changed += [k for k in self.cells if k not in outer and k[0] < frame.id and k in self.stored_attributes]
        if changed:
            what = "a list, dict or object" if changed[0][1] == "items" or changed[0] in self.stored_attributes else repr(changed[0][1])
            raise self.unsupported(
                f"the recursive function {frame.name!r} changes {what} from outside of it", call, "let it return what it computes, or use an array")

    def _parameter(self, a: Var, params: list[Var], sizes: dict[Dim, Dim]) -> Var:
        t = a.type
        if isinstance(t, Num) and t.ints is not None:
            t = Num(t.dtype, t.py, self.symbols.fresh(t.ints[-1]))
        elif isinstance(t, Arr) and t.shape is not None:
            for d in t.shape:
                if d not in sizes:
                    sizes[d] = self.symbols.fresh(d[-1])
            t = Arr(t.dtype, tuple(sizes[d] for d in t.shape))
        var = Var(a.hint, t, a.varied and t.floating, a.named)
        if a.region is not None:
            var.region = Region()
        params.append(var)
        return var

    def _settle(self, fn: ir.Outlined, result: Any, leaves: list[Any], params: list[Var], call: Any) -> bool:
        """Take the types of this round; True if the last round's were wide enough."""
        types = [type_of(a) for a in leaves]
        varied = [self.varied(a) for a in leaves]
        shares = [
            isinstance(a, Var) and a.region is not None and any(p.region is not None and p.region.find() is a.region.find() for p in params)
            for a in leaves
        ]  # fmt: skip
        if fn.template is None:
            fn.template, fn.types, fn.varied, fn.shares = result, types, varied, shares
            return not self._recurses
        if len(types) != len(fn.types) or not _same_shape(fn.template, result):
            raise self.unsupported(f"{fn.name!r} returns values of different structure on different paths", call)
        joined = []
        stable = fn.varied == [a or b for a, b in zip(fn.varied, varied)]
        for old, new in zip(fn.types, types):
            t = join(old, new, self.symbols)
            free = {d for d in dims_in(old) if len(set(d)) > 1}
            if not covers(old, new, free):
                stable = False
            joined.append(old if covers(old, new, free) else t)
        fn.types = joined
        fn.varied = [a or b for a, b in zip(fn.varied, varied)]
        fn.shares = [a or b for a, b in zip(fn.shares, shares)]
        return stable

    _recurses = True

    def _capture(self, fn: ir.Outlined) -> None:
        """Values of the functions around it become parameters."""
        defined: set[Any] = set(fn.params)
        for s in ir.walk(fn.body):
            defined.update(ir.defs_of(s))
            defined.update(ir.inner_defs_of(s))
        free: dict[Any, Var] = {}
        written = {r for s in ir.walk(fn.body) for r in written_by(s)}
        for s in ir.walk(fn.body):
            for a in ir.uses_of(s):
                if isinstance(a, Var) and a not in defined and a not in free:
                    free[a] = Var(a.hint, a.type, a.varied, a.named, Region() if a.region is not None else None)
        for a in fn.results:
            if isinstance(a, Var) and a not in defined and a not in free:
                free[a] = Var(a.hint, a.type, a.varied, a.named, Region() if a.region is not None else None)

        if any(a.region is not None and a.region.find() in written for a in free):
            raise self.error(
                AmbiguousMemoryError, f"the recursive function {fn.name!r} stores to an array of the function around it", None,
                "pass the array as an argument")  # fmt: skip

        def sub(atom: Any) -> Any:
            return free.get(atom, atom) if isinstance(atom, Var) else atom

        for s in ir.walk(fn.body):
            ir.substitute(s, sub)
            if isinstance(s, Invoke) and s.fn is fn:
                s.args += list(free.values())
        fn.results = [sub(a) for a in fn.results]
        fn.captured = list(free)
        fn.params = [*fn.params, *free.values()]

    # provided by the other parts
    varied_value: Callable[..., bool]


def written_by(stmt: Any) -> list[Region]:
    """The memory that a statement changes."""
    if isinstance(stmt, ir.Store):
        atoms: Any = [stmt.base]
    elif isinstance(stmt, Invoke):
        atoms = stmt.writes
    elif isinstance(stmt, (ir.Effect, ir.Assign)) and stmt.op.kind in ("method", "inplace"):
        atoms = stmt.op.args[:1]
    else:
        return []
    return [a.region.find() for a in atoms if isinstance(a, Var) and a.region is not None and isinstance(a.type, (Arr, ListT))]


def _type_key(t: Type, dims: dict[Dim, int]) -> Any:
    if isinstance(t, Num):
        return (t.dtype, t.py)
    if isinstance(t, Arr):
        return (t.dtype, None if t.shape is None else tuple(dims.setdefault(d, len(dims)) for d in t.shape))
    if isinstance(t, TupleT):
        return tuple(_type_key(i, dims) for i in t.items)
    if isinstance(t, ListT):
        return ("list", _type_key(t.elem, dims))
    return repr(t)


def _parts(value: Any) -> Any:
    yield value
    if isinstance(value, TupleVal):
        for item in value.items:
            yield from _parts(item)


def _same_shape(a: Any, b: Any) -> bool:
    if isinstance(a, TupleVal) and isinstance(b, TupleVal):
        return len(a.items) == len(b.items) and all(map(_same_shape, a.items, b.items))
    return (is_atom(a) and is_atom(b)) or same(a, b)
