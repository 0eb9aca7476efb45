"""From the elementary form back to Python: functions and statements with the author's names."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import types
from typing import Any

from .. import runtime
from ..analysis import effects
from ..analysis.types import Arr, Num
from ..frontend.lower import type_of
from ..frontend.structures import generated_init
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Block, Function, If, Lit, Loop, Op, Ref, Star, Struct, Try, Var, With
from ..ir.uses import use_counts
from ..optimize.copies import makes_array
from .bindings import Bindings
from .fold import Folding, fold
from .loops import THREADS, Loops
from .names import Names
from .operations import BINARY, Unhide, alike, call, without_sign
from .printer import Comment
from .undefined import define_where_read, lift_inner_values


class Emitter(Loops):
    """Prints one function."""

    naming = Names

    def __init__(self, function: Function, bindings: Bindings, flat: bool = False) -> None:
        self.function = function
        self.bindings = bindings
        lift_inner_values(function)
        self.folding = Folding() if flat else fold(function)
        self.bindings.taken = {p.var.hint for p in function.params}
        self._bind(function)
        self.names = self.naming(function, self.folding, set(bindings.names) | bindings.reserved)
        while define_where_read(function, self.joined_name):
            self.names = self.naming(function, self.folding, set(bindings.names) | bindings.reserved)
        self.used = self._used_loop_variables(function)
        self.flag: str | None = None  # what a `break` sets
        uses = use_counts(function)
        defs = [s for s in ir.walk(function.body) if isinstance(s, Assign) and uses[s.target] == 1]
        self.made = {s.target: s.op for s in defs}  # how values that are used once are made
        self.strided = effects.strides_matter(function.body)

    def _bind(self, function: Function) -> None:
        """Give every known object its name before variables get theirs."""
        def see(a: Any) -> None:
            if isinstance(a, Ref):
                self.bindings.name_of(a)
            elif isinstance(a, Star):
                see(a.atom)

        for stmt in ir.walk(function.body):
            if isinstance(stmt, ir.Invoke) and isinstance(stmt.fn, ir.Stepped) and stmt.part == "run":
                see(_RUN)
            if isinstance(stmt, Loop) and stmt.workers:
                see(THREADS)
            for a in ir.uses_of(stmt):
                see(a)
        for p in function.params:
            see(p.default)
        for a in ir.result_atoms(function.result):
            see(a)
        self._bind_structs(function.result)

    def _bind_structs(self, result: Any) -> None:
        if isinstance(result, Struct):
            if result.cls is not None and result.kind in ("named", "object"):
                self.bindings.name_of(_class_ref(result.cls))
                if not _plainly_made(result):
                    self.bindings.name_of(_INSTANCE)
            for item in result.items:
                self._bind_structs(item)

    def _used_loop_variables(self, function: Function) -> set[Var]:
        used: set[Var] = set()

        def see(a: Any) -> None:
            if isinstance(a, Var):
                used.add(a)

        for stmt in ir.walk(function.body):
            for a in ir.uses_of(stmt):
                see(a)
        for a in ir.result_atoms(function.result):
            see(a)
        # a loop that runs no iteration hands its carried values on
        loops = [s for s in ir.walk(function.body) if isinstance(s, Loop)]
        for loop in reversed(loops):
            used.update(c.phi for c in loop.carries if c.result in used)
        return used

    # --- functions -----------------------------------------------------------------------------------------------------

    def definition(self) -> ast.FunctionDef:
        f = self.function
        body: list[ast.stmt] = []
        if f.doc:
            body.append(ast.Expr(ast.Constant(f.doc)))
        body += headings(self.block(f.body))
        if not f.body.diverges:
            value = self.result(f.result)
            if not (isinstance(value, ast.Constant) and value.value is None):
                body.append(ast.Return(value))
        if not body:
            body.append(ast.Pass())
        node = ast.FunctionDef(f.name, self.arguments(f), body, [])
        node.type_params = []  # type: ignore[attr-defined]
        hidden = {name for name in self.names.names.values() if hasattr(builtins, name)}
        hidden |= {name for name, obj in self.bindings.names.items() if getattr(builtins, name, obj) is not obj}
        if hidden:
            unhide = Unhide(hidden)
            unhide.visit(node)
            if unhide.used:
                self.bindings.name_of(Ref(builtins, "builtins", builtins))
        return node

    def arguments(self, f: Function) -> ast.arguments:
        args = ast.arguments(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[])
        for p in f.params:
            arg = ast.arg(self.names[p.var])
            default = None if p.default is None else self.atom(p.default)
            if p.kind in ("posonly", "plain"):
                (args.posonlyargs if p.kind == "posonly" else args.args).append(arg)
                if default is not None:
                    args.defaults.append(default)
            elif p.kind == "var":
                args.vararg = arg
            elif p.kind == "kwonly":
                args.kwonlyargs.append(arg)
                args.kw_defaults.append(default)
            else:
                args.kwarg = arg
        return args

    def result(self, r: Any) -> ast.expr:
        if isinstance(r, Struct):
            items = [self.result(i) for i in r.items]
            if r.kind == "tuple":
                return ast.Tuple(items, ast.Load())
            if r.kind == "list":
                return ast.List(items, ast.Load())
            if r.kind == "dict":
                return ast.Dict([ast.Constant(k) for k in r.keys], items)
            cls = self.atom(_class_ref(r.cls))
            plain = _plainly_made(r)
            if r.kind == "named":
                return ast.Call(cls, items, []) if plain else ast.Call(ast.Attribute(cls, "_make", ast.Load()), [ast.List(items, ast.Load())], [])
            keywords = [ast.keyword(k, v) for k, v in zip(r.keys, items)]
            return ast.Call(cls, [], keywords) if plain else ast.Call(self.atom(_INSTANCE), [cls], keywords)
        return self.atom(r)

    # --- statements ----------------------------------------------------------------------------------------------------

    def block(self, block: Block, go: Any = None) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for stmt in block:
            out += self.stmt(stmt)
        return out

    def stmt(self, stmt: Any) -> list[ast.stmt]:
        nodes: list[ast.stmt] = getattr(self, "stmt_" + type(stmt).__name__)(stmt)
        return nodes

    def stmt_Note(self, stmt: Any) -> list[ast.stmt]:
        comment: Any = Comment
        return [comment(stmt.text)]

    def stmt_Assign(self, stmt: Assign) -> list[ast.stmt]:
        if stmt.target in self.folding.ops:
            return []
        op = stmt.op
        if op.kind == "inplace":
            # through a name of its own: what is no array gets a new value, and the old one may be read again
            same = self.same_name(stmt.target, op.args[0])
            nodes: list[ast.stmt] = [] if same else [self.assign(stmt.target, self.atom(op.args[0]))]
            return [*nodes, ast.AugAssign(ast.Name(self.names[stmt.target], ast.Store()), BINARY[op.name](), self.atom(op.args[1]))]
        if op.kind == "atom" and isinstance(op.args[0], Var) and self.same_name(stmt.target, op.args[0]):
            return []
        value = self.op(op)
        name = self.names[stmt.target]
        if (
            isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id == name
            and op.kind in ("add", "sub", "mul", "truediv") and (self.rebinds(stmt) or self.owned(stmt))
        ):  # fmt: skip
            return [ast.AugAssign(ast.Name(name, ast.Store()), value.op, value.right)]
        if stmt.target not in self.used and not stmt.target.named and op.kind in ("call", "method"):
            return [ast.Expr(value)]
        return [ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)]

    def rebinds(self, stmt: Assign) -> bool:
        """Whether both are numbers: an array without axes would change in place, though the result is a number."""
        return isinstance(stmt.target.type, Num) and isinstance(type_of(stmt.op.args[0]), Num)

    def owned(self, stmt: Assign) -> bool:
        """Whether the first operand of a sum is an array that only this statement reads: it may be added to in place."""
        first, second = stmt.op.args
        if not isinstance(first, Var) or not isinstance(first.type, Arr) or not first.type.ndim:
            return False
        if effects.region_of(stmt.target) in self.strided:  # a new array may have other strides
            return False
        made = self.made.get(first)
        t = type_of(second)
        fits = isinstance(t, (Num, Arr)) and t.dtype == first.type.dtype or isinstance(t, Num) and t.py  # it is stretched if need be
        return made is not None and makes_array(made) and first.type == stmt.target.type and first.type.shape is not None and fits

    def joined_name(self, a: Var, b: Any) -> bool:
        """Whether a merge of `b` into `a` needs no copy."""
        return a not in self.names or self.same_name(a, b)

    def same_name(self, a: Var, b: Any) -> bool:
        return isinstance(b, Var) and b not in self.folding.ops and self.names[a] == self.names[b]

    def assign(self, var: Var, value: ast.expr) -> ast.stmt:
        return ast.Assign([ast.Name(self.names[var], ast.Store())], value, lineno=0)

    def stmt_Store(self, stmt: Any) -> list[ast.stmt]:
        base = self.atom(stmt.base)
        value = self.atom(stmt.value)
        if stmt.aug == "add.at":
            add = ast.Attribute(ast.Attribute(ast.Name(self.bindings.name_of(_NUMPY), ast.Load()), "add", ast.Load()), "at", ast.Load())
            return [ast.Expr(ast.Call(add, [base, self.atom(stmt.index), value], []))]
        target = _store(base) if stmt.index is None else ast.Subscript(base, self.index(stmt.index), ast.Store())
        floats = isinstance(stmt.base, Var) and isinstance(stmt.base.type, Arr) and stmt.base.type.floating
        if floats and stmt.aug is None and isinstance(value, ast.BinOp) and alike(value.left, target):
            return [ast.AugAssign(target, value.op, value.right)]
        if stmt.aug:
            if stmt.aug in ("add", "sub") and (positive := without_sign(value)) is not None:
                other = ast.Sub() if stmt.aug == "add" else ast.Add()
                return [ast.AugAssign(target, other, positive)]
            return [ast.AugAssign(target, BINARY[stmt.aug](), value)]
        return [ast.Assign([target], value, lineno=0)]

    def stmt_Effect(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Expr(self.op(stmt.op))]

    def stmt_Push(self, stmt: Any) -> list[ast.stmt]:
        value = self.atom(stmt.value)
        if stmt.more:
            value = ast.Tuple([value, *map(self.atom, stmt.more)], ast.Load())
        return [ast.Expr(ast.Call(ast.Attribute(self.atom(stmt.tape), "append", ast.Load()), [value], []))]

    def stmt_Pop(self, stmt: Any) -> list[ast.stmt]:
        if stmt.target in self.folding.ops:
            return []
        if stmt.more:
            target = ast.Tuple([ast.Name(self.names[v], ast.Store()) for v in (stmt.target, *stmt.more)], ast.Store())
            return [ast.Assign([target], ast.Call(ast.Attribute(self.atom(stmt.tape), "pop", ast.Load()), [], []), lineno=0)]
        if stmt.target not in self.used:
            return [ast.Expr(ast.Call(ast.Attribute(self.atom(stmt.tape), "pop", ast.Load()), [], []))]
        return [self.assign(stmt.target, ast.Call(ast.Attribute(self.atom(stmt.tape), "pop", ast.Load()), [], []))]

    def stmt_Mark(self, stmt: Any) -> list[ast.stmt]:
        return [self.assign(stmt.target, call("len", self.atom(stmt.tape)))]

    def stmt_Cut(self, stmt: Any) -> list[ast.stmt]:
        rest = ast.Subscript(self.atom(stmt.tape), ast.Slice(self.atom(stmt.mark), None, None), ast.Del())
        return [ast.Delete([rest])]

    def stmt_Raise(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Raise(None if stmt.exc is None else self.atom(stmt.exc), None if stmt.cause is None else self.atom(stmt.cause))]

    def stmt_Assert(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Assert(self.atom(stmt.test), None if stmt.message is None else self.atom(stmt.message))]

    def stmt_Invoke(self, stmt: Any) -> list[ast.stmt]:
        if isinstance(stmt.fn, ir.Stepped):
            call = self.run_steps(stmt) if stmt.part == "run" else self.state_before(stmt)
        else:
            call = ast.Call(ast.Name(stmt.fn.names[stmt.part], ast.Load()), [self.atom(a) for a in stmt.args], [])
        if not stmt.results:
            return [ast.Expr(call)]
        several = len(stmt.results) > 1 and not any(self.names[v] == "_" for v in self.used if v in self.names)
        targets: list[ast.expr] = [ast.Name("_" if several and r not in self.used else self.names[r], ast.Store()) for r in stmt.results]
        target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
        return [ast.Assign([target], call, lineno=0)]

    def run_steps(self, stmt: Any) -> ast.Call:
        """The call that runs a checkpointed loop; what is left out is as it is by default."""
        fn, args = stmt.fn, list(stmt.args)
        start, stop, by = args[:3]
        bounds = [3 + fn.carried, 3 + fn.carried + fn.stored, 3 + fn.carried + fn.stored + fn.constants]
        groups = {"state": args[3 : bounds[0]], "stored": args[bounds[0] : bounds[1]], "constants": args[bounds[1] : bounds[2]]}
        keywords = [ast.keyword(k, ast.Tuple([self.atom(a) for a in atoms], ast.Load())) for k, atoms in groups.items() if atoms]
        for name, atom, default in zip(("slots", "memory", "disk"), args[bounds[2] :], (None, None, 0)):
            if not isinstance(atom, Lit) or atom.value != default:
                keywords.append(ast.keyword(name, self.atom(atom)))
        steps = self.range(ir.Range(start, stop, by, fn.loop.iter.reverse))
        return ast.Call(ast.Name(self.bindings.name_of(_RUN), ast.Load()), [ast.Name(fn.names["step"], ast.Load()), steps], keywords)

    def state_before(self, stmt: Any) -> ast.Call:
        snapshots, index = stmt.args
        return ast.Call(ast.Attribute(self.atom(snapshots), "before", ast.Load()), [self.atom(index)], [])

    def stmt_With(self, stmt: With) -> list[ast.stmt]:
        target = ast.Name(self.names[stmt.target], ast.Store()) if stmt.target is not None and stmt.target in self.used else None
        body = self.block(stmt.body)
        if not body:
            return []
        return [ast.With([ast.withitem(self.atom(stmt.context), target)], body)]

    def stmt_If(self, stmt: If, go: Any = None) -> list[ast.stmt]:
        if stmt.phis and stmt.phis[0].var in self.folding.ops:
            return []
        if len(stmt.phis) == 1 and stmt.phis[0].var in self.folding.exprs:
            p = stmt.phis[0]
            if p.var not in self.used:  # it has no name of its own
                return []
            return [self.assign(p.var, self.op(Op("ifexp", (stmt.test, p.then, p.orelse))))]
        then = self.branch(stmt, stmt.then, [(p.var, p.then) for p in stmt.phis], go)
        orelse = self.branch(stmt, stmt.orelse, [(p.var, p.orelse) for p in stmt.phis], go)
        test = self.atom(stmt.test)
        if not then and not orelse:
            return []
        if not then:
            return [ast.If(self.negate(stmt.test), orelse, [])]
        if orelse and isinstance(then[-1], (ast.Break, ast.Continue, ast.Raise, ast.Return)):
            return [ast.If(test, then, []), *orelse]
        return [ast.If(test, then, orelse)]

    def branch(self, stmt: If, block: Block, copies: list[tuple[Var, Any]], go: Any) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        tail = None
        inner_go = None
        if go is not None and not block.diverges:
            inner_go = next((a for v, a in copies if v is go), UNDEF)
            tail = block.stmts[-1] if block.stmts else None
            nested = isinstance(inner_go, Var) and isinstance(tail, If) and any(p.var is inner_go for p in tail.phis)
            copies = [(v, a) for v, a in copies if v is not go]
            if isinstance(tail, If) and nested and not self.copies(copies):  # a break within would skip the copies
                for s in block.stmts[:-1]:
                    out += self.stmt(s)
                out += self.stmt_If(tail, inner_go)
                out += self.copies(copies)
                return out
        out += self.block(block)
        if not block.diverges:
            out += self.copies(copies)
        if inner_go is not None and not block.diverges:
            if isinstance(inner_go, Lit):
                if not inner_go.value:
                    out += self.leave()
            elif isinstance(inner_go, Var):
                out.append(ast.If(self.negate(inner_go), self.leave(), []))
        return out

    def copies(self, pairs: list[tuple[Var, Any]]) -> list[ast.stmt]:
        """Parallel copies, those between equal names left out."""
        moves = []
        for var, atom in pairs:
            if atom is UNDEF or var not in self.names:
                continue
            if isinstance(atom, Var) and self.same_name(var, atom):
                continue
            if var not in self.used:
                continue
            moves.append((var, atom))
        if not moves:
            return []
        targets = {self.names[v] for v, _ in moves}
        reads = {n.id for _, a in moves for n in ast.walk(self.atom(a)) if isinstance(n, ast.Name)}
        if len(moves) > 1 and targets & reads:
            names: list[ast.expr] = [ast.Name(self.names[v], ast.Store()) for v, _ in moves]
            values: list[ast.expr] = [self.atom(a) for _, a in moves]
            return [ast.Assign([ast.Tuple(names, ast.Store())], ast.Tuple(values, ast.Load()), lineno=0)]
        return [self.assign(v, self.atom(a)) for v, a in moves]

    def stmt_Try(self, stmt: Try) -> list[ast.stmt]:
        ok = [(m.var, m.values[0]) for m in stmt.phis]
        body = self.block(stmt.body)
        if not stmt.body.diverges:
            body += self.copies(ok)
        handlers = []
        for i, h in enumerate(stmt.handlers):
            inner = self.block(h.body)
            if not h.body.diverges:
                inner += self.copies([(m.var, m.values[i + 1]) for m in stmt.phis])
            name = self.names[h.name] if h.name is not None and h.name in self.used else None
            handlers.append(ast.ExceptHandler(None if h.type is None else self.atom(h.type), name, inner or [ast.Pass()]))
        final = self.block(stmt.final)
        if not body:
            return final
        if not handlers and not final:
            return body
        return [ast.Try(body, handlers, self.block(stmt.orelse), final)]


def headings(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with the headings of the sweeps only where both sweeps are more than a line."""
    at = [i for i, s in enumerate(body) if isinstance(s, Comment)]
    parts = [body[i + 1 : j] for i, j in zip(at, [*at[1:], len(body)])]
    if all(len(part) > 1 or any(getattr(s, "body", None) for s in part) for part in parts):
        return body
    return [s for s in body if not isinstance(s, Comment)]


def _store(node: ast.expr) -> Any:
    if isinstance(node, ast.Name):
        return ast.Name(node.id, ast.Store())
    if isinstance(node, ast.Subscript):
        return ast.Subscript(node.value, node.slice, ast.Store())
    if isinstance(node, ast.Attribute):
        return ast.Attribute(node.value, node.attr, ast.Store())
    return node


def _plainly_made(result: Struct) -> bool:
    """Whether a call of the class makes an instance of these items as they are."""
    cls = result.cls
    if result.kind == "named":
        return str(cls.__new__.__globals__.get("__name__")).startswith("namedtuple_")
    if cls is types.SimpleNamespace:
        return True
    if not dataclasses.is_dataclass(cls) or hasattr(cls, "__post_init__") or not generated_init(inspect.getattr_static(cls, "__init__")):
        return False
    fields = dataclasses.fields(cls)
    return all(f.init for f in fields) and {f.name for f in fields} == set(result.keys)


def _class_ref(cls: Any) -> Ref:
    return Ref(cls, cls.__name__, cls, cls.__module__)


def _numpy() -> Ref:
    import numpy as np

    return Ref(np, "np", np)


_NUMPY = _numpy()
_RUN = Ref(runtime.run_checkpointed, "run_checkpointed", runtime.run_checkpointed, "s2sad.runtime")
_INSTANCE = Ref(runtime.instance, "instance", runtime.instance, "s2sad.runtime")


__all__ = ["Bindings", "Emitter"]
