"""A loop nest of the elementary form as the body of a function that can be compiled, or the reason why not."""

from __future__ import annotations

import builtins
from collections import Counter
from typing import Any

import numpy as np

from ..analysis import effects
from ..analysis.types import INT, Arr, Num, Obj, TapeT, TupleT
from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assert,
    Assign,
    Block,
    Carry,
    If,
    Lit,
    Loop,
    Note,
    Op,
    Phi,
    Pop,
    Push,
    Raise,
    Range,
    Ref,
    Region,
    Store,
    Taped,
    Var,
)  # fmt: skip
from . import scalars
from .arrays import Arrays, SliceParts, elementwise
from .nodes import Advance, Count, Grow, NotCompiled, Row, Tape
from .scalars import Bits, Divisions
from .views import Ended, Pending, Place, Run, Size, View

_MATMUL = frozenset({np.dot, np.inner, np.vdot, np.matmul})


class Program:
    """What is known of the whole function."""

    def __init__(self, function: ir.Function) -> None:
        self.made: dict[Var, Op] = {}
        self.uses: Counter[Var] = Counter()
        for s in ir.walk(function.body):
            if isinstance(s, Assign):
                self.made[s.target] = s.op
            self.uses.update(a for a in ir.uses_of(s) if isinstance(a, Var))
        self.uses.update(a for a in ir.result_atoms(function.result) if isinstance(a, Var))
        self.rows: dict[Var, Row] = {}  # of tapes that compiled code writes


class Translator(Arrays):
    """Translates one loop nest. `params` maps variables outside to those inside."""

    def __init__(self, program: Program, loop: Loop, mixed: bool = False) -> None:
        self.program, self.mixed = program, mixed
        self.params: dict[Any, Var] = {}
        self.env: dict[Any, Any] = {}
        self.made: dict[Var, Op] = {}
        self.ranges: dict[Var, Range] = {}
        self.prologue, self.out = Block(), Block()
        self.outside: set[Var] = set()  # arrays inside that are there before the loop
        self.hints: set[str] = set()
        self.tapes: dict[Var, Tape] = {}
        self.writes: dict[Var, Any] = {}  # arrays outside that are stored to
        self.bits, self.divisions = Bits(), Divisions()
        self.trips: list[Any] = []  # of the loops around, atoms outside; None where the count is not known
        self.loops: list[Loop] = []
        self.conditional = 0
        self.work = 0
        self.root = loop
        self.pushes: Counter[Var] = Counter(s.tape for s in ir.walk(Block([loop])) if isinstance(s, Push))
        self.results: dict[Var, Any] = {}
        self.stmt_Loop(loop)
        for c in loop.carries:
            self.results[c.result] = self.env[c.result]
        self.body = Block([*self.prologue.stmts, *self.out.stmts])

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

    def _parameter(self, outer: Any, t: Any, hint: str) -> Any:
        if isinstance(t, Num):
            scalars.number(t)
        elif isinstance(t, Arr):
            self._check_array(t, hint)
        else:
            raise NotCompiled(f"{hint}, {_a(scalars.describe(t))}")
        region = (effects.region_of(outer) or Region()) if isinstance(t, Arr) else None
        inner = Var(self._fresh(hint), t, named=True, region=region)
        self.params[outer] = inner
        if isinstance(t, Num):
            return inner
        self.outside.add(inner)
        return self.whole(inner, region)

    def _check_array(self, t: Any, hint: str) -> None:
        if t.dtype is None or t.shape is None:
            raise NotCompiled(f"{hint}, an array of unknown type or rank")
        if t.dtype not in (scalars.FLOAT, scalars.INT, scalars.BOOL):
            raise NotCompiled(f"{hint}, an array of {t.dtype.name}")
        if t.ndim == 0:
            raise NotCompiled(f"{hint}, an array without axes")

    def _fresh(self, hint: str) -> str:
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

    def define(self, var: Var, value: Any) -> None:
        self.env[var] = value

    def inner(self, var: Var) -> Var:
        """A variable inside for a number of the program."""
        v = Var(var.hint, scalars.number(var.type), named=var.named)
        self.env[var] = v
        return v

    def emit(self, kind: str, args: tuple[Any, ...], type_: Any, fn: Any = None, hint: str = "k", name: str = "") -> Var:
        target = Var(hint, type_)
        op = Op(kind, args, fn=fn, name=name)
        self.out.stmts.append(Assign(target, op))
        self.made[target] = op
        self.work += 1
        return target

    # --- integers --------------------------------------------------------------------------------------------------------

    def affine(self, a: Any) -> tuple[Any, int]:
        """An integer as a variable plus a constant."""
        offset = 0
        while isinstance(a, Var):
            op = self.made.get(a)
            if op is None or op.kind not in ("add", "sub", "atom"):
                return a, offset
            if op.kind == "atom":
                a = op.args[0]
                continue
            x, y = op.args
            if isinstance(x, Lit) and op.kind == "add":
                x, y = y, x
            if not isinstance(y, Lit) or type(y.value) is not int:
                return a, offset
            offset += y.value if op.kind == "add" else -y.value
            a = x
        return (None, offset + a.value) if isinstance(a, Lit) else (a, offset)

    def _bounds(self, a: Any) -> tuple[int | None, Any]:
        """The least value of an index, and the last one as a place; None for what is not known."""
        root, offset = self.affine(a)
        if root is None:
            return offset, (None, offset)
        r = self.ranges.get(root)
        if r is None or not isinstance(r.step, Lit) or type(r.step.value) is not int or r.step.value == 0:
            return (0 if self._is_size(root) and offset >= 0 else None), (root, offset)
        up = r.step.value > 0
        low, high = (r.start, r.stop) if up else (r.stop, r.start)
        low_root, low_offset = self.affine(low)
        high_root, high_offset = self.affine(high)
        least = low_offset + (0 if up else 1) + offset if low_root is None else None
        return least, (high_root, high_offset - (1 if up else 0) + offset)

    def _is_size(self, root: Any) -> bool:
        op = self.made.get(root) if isinstance(root, Var) else None
        outer = next((o for o, i in self.params.items() if i is root), None)
        source = op if op is not None else self.program.made.get(outer) if outer is not None else None
        return source is not None and source.kind == "call" and isinstance(source.fn, Ref) and source.fn.obj is builtins.len

    def not_negative(self, a: Any) -> bool:
        least, _ = self._bounds(a)
        return least is not None and least >= 0

    def at_most(self, a: Any, size: Size) -> bool:
        """Whether an index is certainly no larger than a size."""
        _, (root, offset) = self._bounds(a)
        sample = size.sample()
        ints = None if root is None else getattr(root.type, "ints", None)
        if sample is None or ints is None:
            return False
        gaps = {i - s for i, s in zip(ints, sample)}
        return len(gaps) == 1 and gaps.pop() + offset <= 0

    # --- statements ------------------------------------------------------------------------------------------------------

    def block(self, block: Block) -> Block:
        """A block translated; what is pending at its end has been used."""
        outer, self.out = self.out, Block(diverges=block.diverges)
        for k, stmt in enumerate(block.stmts):
            try:
                method = getattr(self, "stmt_" + type(stmt).__name__, None)
                if method is None:
                    raise NotCompiled(f"a `{type(stmt).__name__.lower()}` statement")
                if isinstance(stmt, Assign):
                    method(stmt, block.stmts, k)
                else:
                    method(stmt)
            except NotCompiled as refused:
                if refused.span is None:
                    refused.span = getattr(stmt, "span", None)
                raise
        done, self.out = self.out, outer
        return done

    def stmt_Note(self, stmt: Note) -> None:
        self.out.stmts.append(Note(stmt.text, stmt.span))

    def stmt_Assign(self, stmt: Assign, stmts: list[Any], k: int) -> None:
        target, op = stmt.target, stmt.op
        if op.kind in ("slice", "tuple") and not isinstance(target.type, (Num, Arr)):
            self.env[target] = self.index_parts(op)
        elif op.kind == "getattr":
            self._attribute(target, op)
        elif isinstance(target.type, Num):
            self._number(target, op)
        elif isinstance(target.type, Arr):
            self._array(stmt, stmts, k)
        elif isinstance(target.type, Obj) and issubclass(target.type.cls, BaseException) and op.kind == "call":
            self._exception(target, op)
        else:
            raise NotCompiled(f"{target.hint}, {_a(scalars.describe(target.type))}")

    def index_parts(self, op: Op) -> Any:
        """The parts of an index, slices as SliceParts."""
        if op.kind == "slice":
            return SliceParts(*(self.value(a) for a in op.args))
        return tuple(self.value(a) for a in op.args)

    def _attribute(self, target: Var, op: Op) -> None:
        v = self.value(op.args[0])
        if isinstance(v, View) and op.name == "shape":
            self.env[target] = ((v,), "shape")
        elif isinstance(v, View) and op.name == "T":
            self.env[target] = v.transposed()
        elif isinstance(v, View) and op.name == "size" and v.ndim == 1:
            self.env[target] = self._length_of(v, 0, target)
        elif isinstance(v, View) and op.name == "ndim":
            self.env[target] = Lit(v.ndim)
        else:
            raise NotCompiled(f"the attribute {op.name!r}")

    def _length_of(self, view: View, axis: int, target: Var) -> Any:
        run = view.run(axis)
        if run is None:
            return Lit(1)
        if run.start == Place() and run.stop == Ended():
            n = self.size(run.size)
        else:
            n = self._length(run)
        var = self.inner(target)
        self.out.stmts.append(Assign(var, Op("atom", (n,))))
        self.made[var] = Op("atom", (n,))
        return var

    def _number(self, target: Var, op: Op) -> None:
        if op.kind == "getitem":
            return self._load(target, op)
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is builtins.len:
            v = self.value(op.args[0])
            if not isinstance(v, View):
                raise NotCompiled("the length of something other than an array")
            self.env[target] = self._length_of(v, 0, target)
            return None
        sums = op.kind == "call" and isinstance(op.fn, Ref) and not op.kwargs
        if sums and op.fn.obj is np.sum and len(op.args) == 1:
            return self._sum(target, self.value(op.args[0]))
        if op.kind == "matmul" or sums and _hashable(op.fn.obj) and op.fn.obj in _MATMUL:
            return self._inner_product(target, op)
        if sums and getattr(op.fn.obj, "__name__", "") == "unbroadcast" and all(isinstance(primal_type(a), Num) for a in op.args):
            self.env[target] = self.number(op.args[0])
            return None
        values = tuple(self.number(a) for a in op.args)
        var = Var(target.hint, scalars.number(target.type), named=target.named)
        done = scalars.compiled_op(Op(op.kind, values, op.kwargs, op.fn, "", op.data), var, self.divisions, self.mixed)
        self.bits.see(var, done)
        self.out.stmts.append(Assign(var, done))
        self.made[var] = done
        self.env[target] = var
        self.work += 1
        return None

    def _load(self, target: Var, op: Op) -> None:
        base, index = self.value(op.args[0]), self.value(op.args[1])
        if isinstance(base, tuple) and len(base) == 2 and base[1] == "shape" and isinstance(index, Lit):
            view = base[0][0]
            self.env[target] = self._length_of(view, index.value % view.ndim, target)
            return
        if isinstance(base, tuple) and isinstance(index, Lit) and type(index.value) is int:
            self.env[target] = base[index.value]
            return
        if not isinstance(base, View):
            raise NotCompiled("an item of something other than an array")
        part = self.part(base, index)
        if part.ndim:
            raise NotCompiled("an array where a number is expected")
        var = self.inner(target)
        load = Op("getitem", (part.array, self.index(part, [])))
        self.out.stmts.append(Assign(var, load))
        self.made[var] = load
        self.work += 1

    def _sum(self, target: Var, value: Any) -> None:
        if not isinstance(value, (View, Pending)):
            raise NotCompiled("a sum of something other than an array")
        var = Var(target.hint, scalars.number(target.type), named=target.named)
        if var.type.dtype != scalars.FLOAT:  # type: ignore[attr-defined]
            raise NotCompiled("a sum of integers")
        self.env[target] = self.reduced(value, "add", var)

    def _inner_product(self, target: Var, op: Op) -> None:
        a, b = (self.value(x) for x in op.args)
        if not all(isinstance(v, (View, Pending)) for v in (a, b)) or not len(self.runs(a)) == len(self.runs(b)) == 1:
            raise NotCompiled("a product of matrices, which is faster in NumPy")
        one, two = self.known_first(a, b)
        product = Var("product", Arr(scalars.FLOAT, None))
        leaves = [leaf for v in (one, two) for leaf in (v.leaves if isinstance(v, Pending) else (v,))]
        self.check_sizes([self.runs(a), self.runs(b)])
        self._sum(target, Pending(Op("mul", (one, two)), product, tuple(leaves), 1))

    def known_first(self, a: Any, b: Any) -> tuple[Any, Any]:
        return a, b

    def _array(self, stmt: Assign, stmts: list[Any], k: int) -> None:
        target, op = stmt.target, stmt.op
        self._check_array(target.type, target.hint)
        if op.kind == "getitem":
            base, index = self.value(op.args[0]), self.value(op.args[1])
            if isinstance(base, Pending):
                raise NotCompiled("a part of an array that is not there yet")
            if not isinstance(base, View):
                raise NotCompiled("an item of something other than an array")
            self.env[target] = self.part(base, index)
            return None
        if op.kind == "atom":
            self.env[target] = self.value(op.args[0])
            return None
        if op.kind == "call" and isinstance(op.fn, Ref):
            if op.fn.obj is np.transpose and len(op.args) == 1 and not op.kwargs:
                v = self.value(op.args[0])
                if isinstance(v, View):
                    self.env[target] = v.transposed()
                    return None
            if getattr(op.fn.obj, "__name__", "") == "unbroadcast":
                return self._unbroadcast(target, op)
            if op.fn.obj in (np.zeros_like, np.empty_like) and len(op.args) == 1 and not op.kwargs:
                return self._like(target, op)
        done = elementwise(op)
        if done is None:
            raise NotCompiled(_called(op))
        made = self.pending(stmt, done, [self._operand(a) for a in done.args])
        self.env[target] = made
        if self.program.uses[target] != 1 or not self._used_soon(target, stmts, k):
            escapes = self._escapes(target)
            self.env[target] = self._own(self.materialised(made, hoist=not escapes), target)

    def _operand(self, a: Any) -> Any:
        v = self.value(a)
        if isinstance(v, (View, Pending)):
            return v
        return self.number(a)

    def _own(self, view: View, target: Var) -> View:
        view.array.region = effects.region_of(target) or Region()
        return View(view.array, view.axes, view.order, view.array.region)

    def _unbroadcast(self, target: Var, op: Op) -> None:
        value, like = self.value(op.args[0]), self.value(op.args[1])
        if not all(isinstance(v, (View, Pending)) for v in (value, like)):
            raise NotCompiled("a sum over the axes of an array")
        a, b = self.runs(value), self.runs(like)
        if len(a) != len(b) or any(x is None or y is None or not (x.same_length(y)) for x, y in zip(a, b)):
            raise NotCompiled("a sum over some axes of an array")
        self.env[target] = value

    def _like(self, target: Var, op: Op) -> None:
        view = self.value(op.args[0])
        if not isinstance(view, View):
            raise NotCompiled(_called(op))
        made = self._own(self.buffer(self.known_runs(view), target.type.dtype, target.hint, hoist=not self._escapes(target)), target)  # type: ignore[attr-defined]
        self.env[target] = made
        if op.fn.obj is np.zeros_like:
            self.assign(made, Lit(0.0) if made.array.type.dtype == scalars.FLOAT else Lit(0))  # type: ignore[attr-defined]

    def _escapes(self, target: Var) -> bool:
        """Whether an array may outlive the iteration, or be one of several that are merged."""
        for s in ir.walk(Block([self.root])):
            if isinstance(s, Loop) and any(target in (c.init, c.next) for c in s.carries):
                return True
            if isinstance(s, If) and any(target in (p.then, p.orelse) for p in s.phis):
                return True
            if isinstance(s, Assign) and s.op.kind == "atom" and s.op.args[0] is target:
                return True
        return False

    def _used_soon(self, target: Var, stmts: list[Any], k: int) -> bool:
        """Whether the only reader is in the same block, and nothing that the value is made of changes before it."""
        at = next((j for j in range(k + 1, len(stmts)) if any(a is target for a in ir.uses_of(stmts[j]))), None)
        if at is None or not isinstance(stmts[at], (Assign, Store, Push)):
            return False
        made = self.env[target]
        regions = [v.region.find() for v in made.leaves if v.region is not None]
        unknown = any(v.region is None for v in made.leaves)
        for s in stmts[k + 1 : at]:
            for x in (s, *(y for b in ir.blocks_of(s) for y in ir.walk(b))):
                changed = effects.writes(x)
                if changed is None or any(r in regions for r in changed) or isinstance(x, Pop) and unknown:
                    return False
        return True

    def _exception(self, target: Var, op: Op) -> None:
        if not all(isinstance(a, Lit) for a in op.args) or op.kwargs or not isinstance(op.fn, Ref) or op.fn.module != "builtins":
            raise NotCompiled("an exception whose message is made when it is raised")
        var = Var(target.hint, target.type)
        self.out.stmts.append(Assign(var, Op("call", op.args, fn=op.fn)))
        self.env[target] = var

    def stmt_Raise(self, stmt: Raise) -> None:
        exc = self.value(stmt.exc) if stmt.exc is not None else None
        plain = isinstance(exc, Var) or isinstance(exc, Ref) and exc.module == "builtins"
        if not plain or stmt.cause is not None:
            raise NotCompiled("a `raise` statement of this form")
        self.out.stmts.append(Raise(exc, None, stmt.span))

    def stmt_Assert(self, stmt: Assert) -> None:
        if stmt.message is not None and not isinstance(stmt.message, Lit):
            raise NotCompiled("an assertion whose message is made when it fails")
        self.out.stmts.append(Assert(self.number(stmt.test), stmt.message, stmt.span))

    def stmt_Store(self, stmt: Store) -> None:
        base = self.value(stmt.base)
        if not isinstance(base, View):
            raise NotCompiled(f"a store to {_a(scalars.describe(primal_type(stmt.base)))}")
        if stmt.aug not in (None, "add", "sub", "mul", "truediv"):
            raise NotCompiled("a store of this form")
        outer = next((o for o, i in self.params.items() if i is base.array), None)
        if outer is not None:
            self.writes[outer] = outer
        view = base if stmt.index is None else self.part(base, self.value(stmt.index))
        value = self.value(stmt.value)
        if not isinstance(value, (View, Pending)):
            value = self.number(stmt.value)
        dtype = view.array.type.dtype  # type: ignore[attr-defined]
        given = value.array.type.dtype if isinstance(value, View) else value.var.type.dtype if isinstance(value, Pending) else scalars.type_of(value).dtype  # type: ignore[attr-defined]
        if dtype != scalars.FLOAT and (given != dtype or stmt.aug == "truediv"):
            raise NotCompiled("a store to an array of another type")
        if stmt.aug == "truediv" and not isinstance(value, Lit):
            self.divisions.silent = True
        if view.ndim:
            return self.store(view, value, stmt.aug, stmt.span)
        if isinstance(value, (View, Pending)):
            raise NotCompiled("a store of an array to an element")
        self.out.stmts.append(Store(view.array, self.index(view, []), value, stmt.aug, stmt.span, stmt.role))
        self.work += 1
        return None

    # --- control flow ----------------------------------------------------------------------------------------------------

    def stmt_If(self, stmt: If) -> None:
        test = self.number(stmt.test)
        self.conditional += 1
        before = self.work
        then = self.block(stmt.then)
        picked = [self._merged(p.then, then) if not stmt.then.diverges else UNDEF for p in stmt.phis]
        orelse = self.block(stmt.orelse)
        other = [self._merged(p.orelse, orelse) if not stmt.orelse.diverges else UNDEF for p in stmt.phis]
        self.work = before + max(1, (self.work - before) // 2)
        self.conditional -= 1
        phis = []
        for p, a, b in zip(stmt.phis, picked, other):
            var = self._merge_target(p.var)
            if isinstance(var.type, Num) and var.type.dtype == scalars.INT:
                self.bits.known[var] = max(self.bits.of(a), self.bits.of(b))
            phis.append(Phi(var, a, b))
        self.out.stmts.append(If(test, then, orelse, phis, stmt.span, stmt.expr))

    def _merged(self, a: Any, block: Block) -> Any:
        """The atom that a branch or an iteration hands on."""
        v = self.value(a)
        if isinstance(v, View):
            if any(not isinstance(x, Run) or x.start != Place() or x.stop != Ended() for x in v.axes) or v.order != tuple(range(v.ndim)):
                raise NotCompiled("a part of an array that is handed on")
            return v.array
        if isinstance(v, Pending):
            raise NotCompiled("an array that is handed on before it is there")
        return self.number(a)

    def _merge_target(self, p: Var) -> Var:
        if isinstance(p.type, Num):
            return self.inner(p)
        if not isinstance(p.type, Arr):
            raise NotCompiled(f"{p.hint}, {_a(scalars.describe(p.type))}")
        self._check_array(p.type, p.hint)
        var = Var(p.hint, p.type, named=p.named, region=effects.region_of(p) or Region())
        self.env[p] = self.whole(var, var.region)
        return var

    def stmt_Loop(self, stmt: Loop) -> None:
        if isinstance(stmt.iter, ir.Each):
            raise NotCompiled("a loop over something other than a range or an array", stmt.span)
        if isinstance(stmt.iter, Taped) and self.loops:
            raise NotCompiled("a loop over a tape within another loop", stmt.span)
        inits = [self._merged(c.init, self.out) for c in stmt.carries]
        phis = [self._merge_target(c.phi) for c in stmt.carries]
        for phi in phis:
            if isinstance(phi.type, Num) and phi.type.dtype == scalars.INT and phi.type.py:
                self.bits.known[phi] = 48
        new = Loop(None, None, [], Block(), span=stmt.span)
        before, self.work = self.work, 0
        start = self._head(stmt, new)
        self.loops.append(stmt)
        head = self.block(stmt.test_block)
        test = None if stmt.test is None else self.number(stmt.test)
        outer, self.out = self.out, Block()
        start()
        first, self.out = self.out, outer
        body = self.block(stmt.body)
        body.stmts[:0] = first.stmts
        nexts = [self._merged(c.next, body) if not stmt.body.diverges else UNDEF for c in stmt.carries]
        go = None if stmt.go is None else self.number(stmt.go)
        self.loops.pop()
        trip = self.trips.pop()
        self.work = before + max(1, self.work) * _estimate(trip)
        results = [self._merge_target(c.result) for c in stmt.carries]
        for phi, nxt in zip(phis, nexts):
            self._check_count(phi, nxt)
        for phi, result in zip(phis, results):
            if phi in self.bits.known:
                self.bits.known[result] = self.bits.known[phi]
        new.carries = [Carry(p, i, n, r) for p, i, n, r in zip(phis, inits, nexts, results)]
        new.body, new.test_block, new.test, new.go = body, head, test, go
        self.out.stmts.append(new)

    def _check_count(self, phi: Var, value: Any) -> None:
        """Raise NotCompiled for an integer that grows faster than a count."""
        if phi not in self.bits.known:
            return
        todo, seen = [value], set()
        while todo:
            v = todo.pop()
            if v is phi or v in seen or v is UNDEF:
                continue
            seen.add(v)
            op = self.made.get(v) if isinstance(v, Var) else None
            merge = self._merges().get(v)
            if merge is not None:
                todo += merge
            elif op is not None and op.kind in ("add", "sub") and op.args[0] is not op.args[1]:
                inner = [a for a in op.args if self._depends(a, phi)]
                if len(inner) > 1 or op.kind == "sub" and inner and inner[0] is op.args[1]:
                    raise NotCompiled(f"the integer {phi.hint}, which may not fit in 64 bits")
                if any(self.bits.of(a) > 31 for a in op.args if a not in inner):
                    raise NotCompiled(f"the integer {phi.hint}, which may not fit in 64 bits")
                todo += inner
            elif self._depends(v, phi):
                raise NotCompiled(f"the integer {phi.hint}, which may not fit in 64 bits")
            elif self.bits.of(v) > 47:
                raise NotCompiled(f"the integer {phi.hint}, which may not fit in 64 bits")

    def _merges(self) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = {}
        todo = [self.out]
        for s in (x for b in todo for x in ir.walk(b)):
            if isinstance(s, If):
                for p in s.phis:
                    found[p.var] = [p.then, p.orelse]
            elif isinstance(s, Loop):
                for c in s.carries:
                    found[c.result] = [c.init, c.next]
                    found[c.phi] = [c.init, c.next]
        return found

    def _depends(self, a: Any, phi: Var) -> bool:
        merges = self._merges()
        todo, seen = [a], set()
        while todo:
            v = todo.pop()
            if v is phi:
                return True
            if not isinstance(v, Var) or v in seen:
                continue
            seen.add(v)
            todo += merges.get(v, [])
            op = self.made.get(v)
            if op is not None and op.kind != "getitem":
                todo += op.args
        return False

    def _head(self, stmt: Loop, new: Loop) -> Any:
        """Give the new loop its head; what is returned makes the first statements of its body."""
        it = stmt.iter
        if it is None:
            self.trips.append(None)
            return lambda: None
        if isinstance(it, Taped):
            return self._taped_head(stmt, it, new)
        bounds = [self.number(a) for a in it.atoms()]
        if it.reverse and not (isinstance(it.step, Lit) and type(it.step.value) is int and it.step.value):
            raise NotCompiled("a range backwards whose step is not known")
        new.iter = Range(bounds[0], bounds[1], bounds[2], it.reverse)
        self._index(stmt, new, new.iter)
        self.trips.append(self._trip(stmt, it))
        return lambda: None

    def _index(self, stmt: Loop, new: Loop, r: Range) -> None:
        new.index = self.inner(stmt.index) if stmt.index is not None else Var("_", INT)
        self.ranges[new.index] = r
        bits = max((self.bits.of(a) for a in (r.start, r.stop)), default=31)
        self.bits.known[new.index] = bits

    def _counter(self) -> Any:
        """The index of the outermost loop."""
        return self._named_index(self.env[self.loops[0].index])

    def _named_index(self, index: Any) -> Any:
        """An index that is read, so that `_` is no name for it."""
        if index.hint == "_":
            index.hint = "k"
        return index

    def _trip(self, stmt: Loop, it: Range) -> Any:
        """The trip count as a Range of atoms outside, None if something inside the function decides it."""
        inside = any(isinstance(a, Var) and a not in self.params for a in it.atoms()) or stmt.go is not None
        return None if inside else it

    def _taped_head(self, stmt: Loop, it: Taped, new: Loop) -> Any:
        tapes = [self.tape(t, False) for t in it.tapes]
        first = tapes[0]
        n = self.emit("call", (first.var,), INT, fn=Ref(len, "len", len, "builtins"))
        r = it.range
        plain = r is not None and isinstance(r.start, Lit) and r.start.value == 0 and isinstance(r.step, Lit) and r.step.value == 1
        self.trips.append(None)
        if r is None or plain and r.reverse:
            new.iter = Range(Lit(0), n, Lit(1), True)
            self._index(stmt, new, new.iter)
            if r is not None:  # the index that the author's loop had, with its own bounds
                self.ranges[new.index] = Range(Lit(0), self.number(r.stop), Lit(1), True)  # type: ignore[index]
            for t in tapes:
                t.counted = False
            position: Any = self._named_index(new.index)
        else:
            new.iter = Range(self.number(r.start), self.number(r.stop), self.number(r.step), r.reverse)
            self._index(stmt, new, new.iter)
            position = None

        def start() -> None:
            for t, target in zip(tapes, it.targets):
                self._take(t, target, position)

        return start

    # --- tapes -----------------------------------------------------------------------------------------------------------

    def tape(self, outer: Var, written: bool) -> Tape:
        """The tape as an array inside."""
        if outer not in self.tapes:
            row = self.program.rows.get(outer)
            if row is None:
                raise NotCompiled(f"{outer.hint}, which code that is not compiled writes")
            self.tapes[outer] = self._new_tape(outer, row, written)
        tape = self.tapes[outer]
        if tape.written != written:
            raise NotCompiled(f"{outer.hint}, which is both written and read")
        return tape

    def _new_tape(self, outer: Var, row: Row, written: bool) -> Tape:
        dims = ((-3, outer.born, 0, 0), *(s for s in row.sizes))
        var = Var(self._fresh(outer.hint), Arr(row.type.dtype, dims), named=True, region=Region())
        self.outside.add(var)
        return Tape(outer, var, written, row)

    def _take(self, tape: Tape, target: Var, position: Any) -> None:
        """Take the last entry off a tape; `position`: an index that says which it is."""
        if position is None:
            self.out.stmts.append(Advance(tape.var, -1))
            position = Count(tape.var)
            if tape.row.ndim:
                position = self.emit("atom", (position,), INT)
        if not tape.row.ndim:
            load = Op("getitem", (tape.var, position))
            var = self.inner(target)
            var.named = True  # it stays where it is: the position moves on
            self.out.stmts.append(Assign(var, load))
            self.made[var] = load
            if isinstance(var.type, Num) and var.type.dtype == scalars.INT:
                self.bits.known[var] = 48
            return
        if not isinstance(target.type, Arr) or target.type.ndim != tape.row.ndim:
            raise NotCompiled(f"{target.hint}, which is not what was saved")
        runs = tuple(Run(Place(), Ended(), Size(tape.var, k + 1)) for k in range(tape.row.ndim))
        self.env[target] = View(tape.var, (position, *runs), tuple(range(1, tape.row.ndim + 1)), effects.region_of(target))

    def stmt_Pop(self, stmt: Pop) -> None:
        self._take(self.tape(stmt.tape, False), stmt.target, None)

    def stmt_Push(self, stmt: Push) -> None:
        v = self.value(stmt.value)
        if isinstance(v, (View, Pending)):
            return self._push_array(stmt, v)
        v = self.number(stmt.value)
        t = scalars.number(scalars.type_of(v))
        tape = self._written(stmt.tape, Row(t))
        position, done = self._position(tape)
        self.out.stmts.append(Store(tape.var, position, v))
        done()
        return None

    def _push_array(self, stmt: Push, v: Any) -> None:
        runs = self.known_runs(v)
        if len(runs) > 2:
            raise NotCompiled("a tape of arrays of more than two axes")
        dtype = primal_type(stmt.value).dtype  # type: ignore[attr-defined]
        sizes = []
        for r in runs:
            outer = next((o for o, i in self.params.items() if i is r.size.array), None)
            sizes.append((outer, r.size.axis, r) if outer is not None else None)
        if any(s is None for s in sizes) or any(r.start.root is not None or isinstance(r.stop, Place) for r in runs):
            raise NotCompiled("a tape of arrays whose size is not known before the loop")
        shape = getattr(primal_type(stmt.value), "shape", None)
        tape = self._written(stmt.tape, Row(Num(dtype, False), tuple(shape)))
        if tape.row.sizes != tuple(shape):
            raise NotCompiled("a tape of arrays that differ in size")
        tape.shapes = sizes  # type: ignore[attr-defined]
        position, done = self._position(tape)
        if isinstance(position, Count):
            position = self.emit("atom", (position,), INT)
        own = tuple(Run(Place(), Ended(), Size(tape.var, k + 1)) for k in range(len(runs)))
        self.assign(View(tape.var, (position, *own), tuple(range(1, len(runs) + 1)), None), v, own and list(own))
        done()

    def _written(self, outer: Var, row: Row) -> Tape:
        if outer not in self.tapes:
            self.tapes[outer] = tape = self._new_tape(outer, row, True)
            tape.room = self._room()
            tape.counted = not (
                len(self.loops) == 1 and self.conditional == 0 and self.pushes[outer] == 1 and tape.room is not None
                and self._from_zero(self.loops[0])
            )  # fmt: skip
            tape.exact = self.conditional == 0 and self.pushes[outer] == 1 and tape.room is not None  # type: ignore[attr-defined]
            if self.pushes[outer] > 1:
                tape.room = None
        tape = self.tapes[outer]
        if not tape.written:
            raise NotCompiled(f"{outer.hint}, which is both written and read")
        if tape.row.type.dtype != row.type.dtype or tape.row.ndim != row.ndim:
            if {tape.row.type.dtype, row.type.dtype} != {scalars.FLOAT, scalars.INT} or row.ndim:
                raise NotCompiled(f"{outer.hint}, whose entries differ in type")
            raise NotCompiled(f"{outer.hint}, whose entries differ in type")
        return tape

    def _from_zero(self, loop: Loop) -> bool:
        it = loop.iter
        return (
            isinstance(it, Range) and isinstance(it.start, Lit) and it.start.value == 0 and isinstance(it.step, Lit)
            and it.step.value == 1 and not it.reverse
        )  # fmt: skip

    def _room(self) -> list[Any] | None:
        """The trip counts whose product is the number of entries, if all are known before the loop."""
        return list(self.trips) if all(t is not None for t in self.trips) else None

    def _position(self, tape: Tape) -> tuple[Any, Any]:
        if not tape.counted:
            return self._counter(), lambda: None
        if tape.room is None:
            if tape.row.ndim:
                raise NotCompiled("a tape of arrays whose number is not known before the loop")
            self.out.stmts.append(Grow(tape.var))
        return Count(tape.var), lambda: self.out.stmts.append(Advance(tape.var, 1))


def _estimate(trip: Any) -> int:
    """How often a loop runs in the call that is compiled for; 10 where nothing is known."""
    if trip is None:
        return 10
    ends = [a.value if isinstance(a, Lit) else (getattr(primal_type(a), "ints", None) or (0, 0, 0, 10))[-1] for a in trip.atoms()]
    try:
        return max(len(range(*(int(e) for e in ends))), 1)
    except (ValueError, TypeError):
        return 10


def _called(op: Op) -> str:
    if op.kind == "matmul":
        return "a product of matrices, which is faster in NumPy"
    if op.kind == "method":
        return f"a call of the method {op.name}()"
    return f"a call of {op.fn.name}()" if isinstance(op.fn, Ref) else f"the operation {op.kind!r} on arrays"


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def _hashable(f: Any) -> bool:
    try:
        hash(f)
    except TypeError:
        return False
    return True


__all__ = ["Program", "TapeT", "Translator", "TupleT"]
