"""From the elementary form back to Python: statements and expressions with the author's names."""

from __future__ import annotations

import ast
import math
from typing import Any

from ..analysis.types import Arr, Num
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Each,
    Function,
    If,
    Lit,
    Loop,
    Op,
    Range,
    Ref,
    Star,
    Struct,
    Taped,
    Try,
    Var,
    With,
)
from .fold import Folding, fold, test_is_expression
from .names import Names
from .printer import Comment

_BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv, "mod": ast.Mod,
    "pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "or_": ast.BitOr, "xor": ast.BitXor,
    "lshift": ast.LShift, "rshift": ast.RShift,
}  # fmt: skip
_UNARY: dict[str, type[ast.unaryop]] = {"neg": ast.USub, "pos": ast.UAdd, "invert": ast.Invert, "not_": ast.Not}
_COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt, "le": ast.LtE, "eq": ast.Eq, "ne": ast.NotEq, "gt": ast.Gt, "ge": ast.GtE, "is_": ast.Is,
    "is_not": ast.IsNot, "in_": ast.In, "not_in": ast.NotIn,
}  # fmt: skip
_NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_OPPOSITE = {"eq": "ne", "ne": "eq", "is_": "is_not", "is_not": "is_", "in_": "not_in", "not_in": "in_"}


class Bindings:
    """The names of known objects in the emitted text, and where they come from."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}  # name -> object
        self.modules: dict[str, str | None] = {}  # name -> module it is imported from
        self._alias: dict[tuple[str, int], str] = {}
        self.keep: list[Any] = []
        self.reserved: set[str] = set()  # names of emitted functions
        self.taken: set[str] = set()  # names of the parameters of the function that is being printed

    def name_of(self, ref: Ref) -> str:
        first, dot, rest = ref.name.partition(".")
        head, bracket, index = first.partition("[")
        if ref.module == "builtins" or (ref.module == "$param"):
            return ref.name
        root = ref.root if ref.root is not None else ref.obj
        key = (head, id(root))
        if self._alias.get(key, "") in self.taken or key not in self._alias:
            alias, i = head if head.isidentifier() else "function", 1
            stem = alias
            while alias in self.taken or alias in self.names and self.names[alias] is not root:
                i += 1
                alias = f"{stem}_{i}"
            self._alias[key] = alias
            self.names[alias] = root
            self.modules[alias] = ref.module
            self.keep.append(root)
        return self._alias[key] + bracket + index + dot + rest


class Emitter:
    """Prints one function."""

    def __init__(self, function: Function, bindings: Bindings, flat: bool = False) -> None:
        self.function = function
        self.bindings = bindings
        self.folding = Folding() if flat else fold(function)
        self.bindings.taken = {p.var.hint for p in function.params}
        self._bind(function)
        self.names = Names(function, self.folding, set(bindings.names) | bindings.reserved)
        self.used = self._used_loop_variables(function)
        self.flag: str | None = None  # what a `break` sets

    def _bind(self, function: Function) -> None:
        """Give every known object its name before variables get theirs."""
        def see(a: Any) -> None:
            if isinstance(a, Ref):
                self.bindings.name_of(a)
            elif isinstance(a, Star):
                see(a.atom)

        for stmt in ir.walk(function.body):
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
            if r.kind == "named":
                return ast.Call(self.atom(_class_ref(r.cls)), items, [])
            return ast.Call(self.atom(_class_ref(r.cls)), [], [ast.keyword(k, v) for k, v in zip(r.keys, items)])
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
            target = self.atom(op.args[0])
            nodes: list[ast.stmt] = [ast.AugAssign(_store(target), _BINARY[op.name](), self.atom(op.args[1]))]
            if self.names[stmt.target] != self.names[op.args[0]]:
                nodes.append(self.assign(stmt.target, target))
            return nodes
        if op.kind == "atom" and isinstance(op.args[0], Var) and self.same_name(stmt.target, op.args[0]):
            return []
        value = self.op(op)
        name = self.names[stmt.target]
        if (
            isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id == name
            and isinstance(stmt.target.type, Num) and op.kind in ("add", "sub", "mul", "truediv")
        ):  # fmt: skip
            return [ast.AugAssign(ast.Name(name, ast.Store()), value.op, value.right)]
        if stmt.target not in self.used and not stmt.target.named and op.kind in ("call", "method"):
            return [ast.Expr(value)]
        return [ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)]

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
        if floats and stmt.aug is None and isinstance(value, ast.BinOp) and ast.unparse(value.left) == ast.unparse(target):
            return [ast.AugAssign(target, value.op, value.right)]
        if stmt.aug:
            if stmt.aug in ("add", "sub") and (positive := _without_sign(value)) is not None:
                other = ast.Sub() if stmt.aug == "add" else ast.Add()
                return [ast.AugAssign(target, other, positive)]
            return [ast.AugAssign(target, _BINARY[stmt.aug](), value)]
        return [ast.Assign([target], value, lineno=0)]

    def stmt_Effect(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Expr(self.op(stmt.op))]

    def stmt_Push(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Expr(ast.Call(ast.Attribute(self.atom(stmt.tape), "append", ast.Load()), [self.atom(stmt.value)], []))]

    def stmt_Pop(self, stmt: Any) -> list[ast.stmt]:
        if stmt.target in self.folding.ops:
            return []
        if stmt.target not in self.used:
            return [ast.Expr(ast.Call(ast.Attribute(self.atom(stmt.tape), "pop", ast.Load()), [], []))]
        return [self.assign(stmt.target, ast.Call(ast.Attribute(self.atom(stmt.tape), "pop", ast.Load()), [], []))]

    def stmt_Raise(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Raise(None if stmt.exc is None else self.atom(stmt.exc), None if stmt.cause is None else self.atom(stmt.cause))]

    def stmt_Assert(self, stmt: Any) -> list[ast.stmt]:
        return [ast.Assert(self.atom(stmt.test), None if stmt.message is None else self.atom(stmt.message))]

    def stmt_Invoke(self, stmt: Any) -> list[ast.stmt]:
        call = ast.Call(ast.Name(stmt.fn.names[stmt.part], ast.Load()), [self.atom(a) for a in stmt.args], [])
        if not stmt.results:
            return [ast.Expr(call)]
        targets: list[ast.expr] = [ast.Name(self.names[r], ast.Store()) for r in stmt.results]
        target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
        return [ast.Assign([target], call, lineno=0)]

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

    def stmt_Loop(self, stmt: Loop) -> list[ast.stmt]:
        out = self.copies([(c.phi, c.init) for c in stmt.carries])
        nexts = [(c.phi, c.next) for c in stmt.carries]
        body: list[ast.stmt] = []
        go = stmt.go
        stmts = stmt.body.stmts
        last = stmts[-1] if stmts else None
        skip: set[Any] = set()
        head: Any = None
        if stmt.iter is not None:
            head, skip = self.loop_head(stmt)
        structured = isinstance(go, Var) and isinstance(last, If) and any(p.var is go for p in last.phis) and not self.copies(nexts)
        outer_flag, self.flag = self.flag, None
        if structured and any(c.next is go for c in stmt.carries):
            self.flag = self.go_flag(stmt)
            structured = self.flag is not None
        for s in stmts[:-1] if structured else stmts:
            if s not in skip:
                body += self.stmt(s)
        if structured:
            assert isinstance(last, If)
            body += self.stmt_If(last, go)
        else:
            body += self.copies(nexts) if not stmt.body.diverges else []
            if isinstance(go, Lit) and not go.value and not stmt.body.diverges:
                body.append(ast.Break())
            elif isinstance(go, Var):
                body.append(ast.If(self.negate(go), [ast.Break()], []))
        self.flag = outer_flag
        if stmt.iter is None:
            if stmt.test is None:
                test: ast.expr = ast.Constant(True)
            elif test_is_expression(stmt, self.folding):
                test = self.atom(stmt.test)
            else:
                pre = self.block(stmt.test_block)
                body = [*pre, ast.If(self.negate(stmt.test), [ast.Break()], []), *body]
                test = ast.Constant(True)
            out.append(ast.While(test, body or [ast.Pass()], []))
        else:
            if body or isinstance(stmt.iter, Each) or any(c.result in self.used for c in stmt.carries):
                target, iterator = head
                out.append(ast.For(target, iterator, body or [ast.Pass()], [], lineno=0))
        out += self.copies([(c.result, c.phi) for c in stmt.carries])
        return out

    def go_flag(self, stmt: Loop) -> str | None:
        """The name of a variable that tells afterwards whether a loop ran to its end, if only a `break` has to set it."""
        carry = next(c for c in stmt.carries if c.next is stmt.go)
        read = any(a is carry.phi for s in ir.walk(stmt.body) for a in ir.uses_of(s)) or stmt.test is carry.phi
        names = {self.names[v] for v in (carry.phi, carry.result, stmt.go)}
        starts_true = isinstance(carry.init, Lit) and carry.init.value is True
        return names.pop() if starts_true and not read and len(names) == 1 else None

    def leave(self) -> list[ast.stmt]:
        """Out of the loop, with the flag set that says so."""
        if self.flag is None:
            return [ast.Break()]
        return [ast.Assign([ast.Name(self.flag, ast.Store())], ast.Constant(False), lineno=0), ast.Break()]

    def loop_head(self, stmt: Loop) -> tuple[Any, set[Any]]:
        """Target and iterator of a `for`, and the statements of the body they replace."""
        assert stmt.iter is not None
        index = stmt.index
        sugar = getattr(self, "sugar", {}).get(stmt)
        if sugar is not None:
            return sugar(self, stmt)
        used = index is not None and self._index_used(stmt, index)
        target: ast.expr = ast.Name(self.names[index] if used and index is not None else "_", ast.Store())
        if isinstance(stmt.iter, Each):
            return (target, self.atom(stmt.iter.seq)), set()
        if isinstance(stmt.iter, Taped):
            return self.taped(stmt.iter, target), set()
        direct = self._direct(stmt)
        if direct is not None:
            return direct
        if not used and stmt.iter.reverse:
            return (target, self.range(Range(stmt.iter.start, stmt.iter.stop, stmt.iter.step))), set()
        return (target, self.range(stmt.iter)), set()

    def taped(self, it: Taped, index: ast.expr) -> tuple[ast.expr, ast.expr]:
        """`x, y` and `zip(reversed(x_tape), reversed(y_tape))`."""
        targets: list[ast.expr] = [ast.Name(self.names[v], ast.Store()) for v in it.targets]
        sources: list[ast.expr] = [_call("reversed", self.atom(tape)) for tape in it.tapes]
        if it.range is not None:
            targets.insert(0, index)
            sources.insert(0, self.range(it.range))
        elif len(targets) == 1 and it.targets[0] not in self.used:
            targets = [ast.Name("_", ast.Store())]
            sources = [self.atom(it.tapes[0])]
        if len(targets) == 1:
            return targets[0], sources[0]
        return ast.Tuple(targets, ast.Store()), _call("zip", *sources)

    def _index_used(self, stmt: Loop, index: Var) -> bool:
        return index in self.used

    def _direct(self, stmt: Loop) -> Any:
        """`for v in x` for an index loop whose index does nothing but load x[i]."""
        plan, index, it = stmt.header, stmt.index, stmt.iter
        if index is None or not isinstance(it, Range) or not isinstance(it.start, Lit) or it.start.value != 0 or it.reverse:
            return None
        if not isinstance(it.step, Lit) or it.step.value != 1:
            return None
        loads = []
        for s in stmt.body:
            if isinstance(s, Assign) and s.op.kind == "getitem" and s.op.args[1] is index and s.target not in self.folding.ops:
                loads.append(s)
        if not loads:
            return None
        count = sum(1 for s in ir.walk(stmt.body) for a in ir.uses_of(s) if a is index)
        if count != len(loads):
            return None
        sequences = [s.op.args[0] for s in loads]
        inner = {v for x in ir.walk(stmt.body) for v in (*ir.defs_of(x), *ir.inner_defs_of(x))} | {c.phi for c in stmt.carries}
        lengths = _lengths(plan)
        for seq in sequences:
            if seq in inner or not isinstance(seq, (Var, Ref)) or (isinstance(seq, Var) and seq.stored):
                return None
            if lengths is None or not any(seq is x for x in lengths):
                return None
        if lengths is not None and len({id(x) for x in lengths}) != len({id(s) for s in sequences}):
            return None
        if len(loads) == 1:
            return (ast.Name(self.names[loads[0].target], ast.Store()), self.atom(sequences[0])), set(loads)
        names: list[ast.expr] = [ast.Name(self.names[s.target], ast.Store()) for s in loads]
        call = ast.Call(ast.Name("zip", ast.Load()), [self.atom(s) for s in sequences], [])
        return (ast.Tuple(names, ast.Store()), call), set(loads)

    def range(self, r: Range) -> ast.expr:
        start, stop, step = self.atom(r.start), self.atom(r.stop), self.atom(r.step)
        args = [start, stop, step]
        if isinstance(r.step, Lit) and r.step.value == 1:
            args = args[:2]
            if isinstance(r.start, Lit) and r.start.value == 0:
                args = args[1:]
        call: ast.expr = ast.Call(ast.Name("range", ast.Load()), args, [])
        if r.reverse:
            call = ast.Call(ast.Name("reversed", ast.Load()), [call], [])
        return call

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

    # --- expressions ---------------------------------------------------------------------------------------------------

    def atom(self, a: Any) -> ast.expr:
        if isinstance(a, Star):
            return ast.Starred(self.atom(a.atom), ast.Load())
        if isinstance(a, Var):
            op = self.folding.ops.get(a)
            if op is not None:
                outer, self.in_index = self.in_index, self.in_index and op.kind in ("slice", "tuple")
                node = self.op(op)
                self.in_index = outer
                return node
            return ast.Name(self.names[a], ast.Load())
        if isinstance(a, Lit):
            return constant(a.value)
        if isinstance(a, Ref):
            return dotted(self.bindings.name_of(a))
        if a is UNDEF:
            return ast.Constant(None)
        raise TypeError(f"not an atom: {a!r}")

    in_index = False

    def index(self, a: Any) -> ast.expr:
        """The expression between brackets: the only place where slices may be written with colons."""
        self.in_index, outer = True, self.in_index
        node = self.atom(a)
        self.in_index = outer
        if isinstance(node, ast.Tuple) and not node.elts:
            return node
        return node

    def negate(self, a: Any) -> ast.expr:
        node = self.atom(a)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return node.operand
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for kind, opposite in _OPPOSITE.items():
                if isinstance(node.ops[0], _COMPARE[kind]):
                    if kind in ("eq", "ne") and not _scalar_compare(self.folding.ops.get(a)):
                        break
                    return ast.Compare(node.left, [_COMPARE[opposite]()], node.comparators)
        return ast.UnaryOp(ast.Not(), node)

    def op(self, op: Op) -> ast.expr:
        kind = op.kind
        args = op.args
        if kind in _BINARY:
            left, right = self.atom(args[0]), self.atom(args[1])
            if kind == "add" and (positive := _without_sign(right)) is not None:
                return ast.BinOp(left, ast.Sub(), positive)
            two = kind == "mul" and isinstance(left, ast.Constant) and isinstance(left.value, float) and left.value == 2.0
            if two and isinstance(args[1], Var) and args[1].type.floating:
                return _scaled(left, right)  # exact wherever the factor stands
            return ast.BinOp(left, _BINARY[kind](), right)
        if kind in _UNARY:
            if kind == "neg":
                return _negative(self.atom(args[0]))
            return self.negate(args[0]) if kind == "not_" else ast.UnaryOp(_UNARY[kind](), self.atom(args[0]))
        if kind in _COMPARE:
            return ast.Compare(self.atom(args[0]), [_COMPARE[kind]()], [self.atom(args[1])])
        method = getattr(self, "op_" + kind)
        node: ast.expr = method(op)
        return node

    def op_atom(self, op: Op) -> ast.expr:
        return self.atom(op.args[0])

    def op_copy(self, op: Op) -> ast.expr:
        return ast.Call(ast.Attribute(self.atom(op.args[0]), "copy", ast.Load()), [], [])

    def op_deepcopy(self, op: Op) -> ast.expr:
        import copy

        return ast.Call(dotted(self.bindings.name_of(Ref(copy.deepcopy, "deepcopy", copy.deepcopy, "copy"))), [self.atom(op.args[0])], [])

    def op_unpack(self, op: Op) -> ast.expr:
        return ast.Call(ast.Name("tuple", ast.Load()), [self.atom(op.args[0])], [])

    def op_getitem(self, op: Op) -> ast.expr:
        return ast.Subscript(self.atom(op.args[0]), self.index(op.args[1]), ast.Load())

    def op_getattr(self, op: Op) -> ast.expr:
        return ast.Attribute(self.atom(op.args[0]), op.name, ast.Load())

    def op_tuple(self, op: Op) -> ast.expr:
        return ast.Tuple([self.atom(a) for a in op.args], ast.Load())

    def op_list(self, op: Op) -> ast.expr:
        return ast.List([self.atom(a) for a in op.args], ast.Load())

    def op_set(self, op: Op) -> ast.expr:
        return ast.Set([self.atom(a) for a in op.args])

    def op_dict(self, op: Op) -> ast.expr:
        return ast.Dict([self.atom(a) for a in op.args[::2]], [self.atom(a) for a in op.args[1::2]])

    def op_slice(self, op: Op) -> ast.expr:
        parts = [None if isinstance(a, Lit) and a.value is None else self.atom(a) for a in op.args]
        if self.in_index:
            return ast.Slice(*parts)
        return ast.Call(ast.Name("slice", ast.Load()), [ast.Constant(None) if p is None else p for p in parts], [])

    def op_fstring(self, op: Op) -> ast.expr:
        values: list[ast.expr] = []
        for a, f in zip(op.args, op.data):
            if f is None:
                values.append(ast.Constant(a.value))
            else:
                conversion, spec = f
                format_spec = ast.JoinedStr([ast.Constant(spec)]) if spec else None
                values.append(ast.FormattedValue(self.atom(a), conversion, format_spec))
        return ast.JoinedStr(values)

    def op_ifexp(self, op: Op) -> ast.expr:
        test, then, orelse = op.args
        if isinstance(orelse, Lit) and orelse.value is False or orelse is test:
            return _boolop(ast.And, self.atom(test), self.atom(then))
        if isinstance(then, Lit) and then.value is True or then is test:
            return _boolop(ast.Or, self.atom(test), self.atom(orelse))
        return ast.IfExp(self.atom(test), self.atom(then), self.atom(orelse))

    def op_method(self, op: Op) -> ast.expr:
        base, *args = op.args
        return ast.Call(ast.Attribute(self.atom(base), op.name, ast.Load()), [self.atom(a) for a in args], self.keywords(op))

    def op_call(self, op: Op) -> ast.expr:
        if op.name and op.args:  # the author wrote a method or attribute of an array
            base = ast.Attribute(self.atom(op.args[0]), op.name, ast.Load())
            if op.name in ("T", "real", "imag"):
                return base
            args = [self.atom(a) for a in op.args[1:]]
            if len(args) == 1 and isinstance(args[0], ast.Tuple) and op.name in ("reshape", "transpose"):
                args = args[0].elts
            return ast.Call(base, args, self.keywords(op))
        args = [self.atom(a) for a in op.args]
        if isinstance(op.fn, Ref) and op.fn.obj is range and len(args) == 3:
            if isinstance(op.args[2], Lit) and op.args[2].value == 1:
                args = args[:2]
                if isinstance(op.args[0], Lit) and op.args[0].value == 0:
                    args = args[1:]
        return ast.Call(self.atom(op.fn), args, self.keywords(op))

    def keywords(self, op: Op) -> list[ast.keyword]:
        return [ast.keyword(k, self.atom(v)) for k, v in op.kwargs]


def _scaled(factor: ast.expr, node: ast.expr) -> ast.expr:
    """`2.0 * a * b` for 2.0 times `a * b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_scaled(factor, node.left), node.op, node.right)
    return ast.BinOp(factor, ast.Mult(), node)


def _negative(node: ast.expr) -> ast.expr:
    """`-a * b` for the negative of `a * b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_negative(node.left), node.op, node.right)
    return ast.UnaryOp(ast.USub(), node)


def _without_sign(node: ast.expr) -> ast.expr | None:
    """`a * b` for `-a * b`; None if there is no sign in front."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        left = _without_sign(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None


def _call(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _boolop(cls: Any, left: ast.expr, right: ast.expr) -> ast.expr:
    values = []
    for v in (left, right):
        values += v.values if isinstance(v, ast.BoolOp) and isinstance(v.op, cls) and v is left else [v]
    return ast.BoolOp(cls(), values)


def _lengths(plan: Any) -> list[Any] | None:
    """The sequences a loop header goes over, None if it is not a plain one."""
    if plan is None:
        return None
    if plan.kind == "index":
        return None if plan.reverse else [plan.value]
    if plan.kind == "zip":
        out: list[Any] = []
        for p in plan.parts:
            inner = _lengths(p)
            if inner is None:
                return None
            out += inner
        return out
    if plan.kind == "enumerate":
        return _lengths(plan.value)
    return None


def _scalar_compare(op: Op | None) -> bool:
    from ..analysis.types import Obj
    from ..frontend.lower import type_of

    return op is not None and all(isinstance(type_of(a), (Num, Obj)) for a in op.args)


def headings(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with the headings of the sweeps only where both sweeps are more than a line."""
    at = [i for i, s in enumerate(body) if isinstance(s, Comment)]
    parts = [body[i + 1 : j] for i, j in zip(at, [*at[1:], len(body)])]
    if all(sum(1 for s in part for _ in ast.walk(s) if isinstance(_, ast.stmt)) > 1 for part in parts):
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


def dotted(name: str) -> ast.expr:
    return ast.parse(name, mode="eval").body


def constant(value: Any) -> ast.expr:
    if isinstance(value, tuple):
        return ast.Tuple([constant(v) for v in value], ast.Load())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if isinstance(value, float) and not math.isfinite(value):
            text = "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
            return ast.Call(ast.Name("float", ast.Load()), [ast.Constant(text)], [])
        if value < 0 or (value == 0 and math.copysign(1, value) < 0):
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _class_ref(cls: Any) -> Ref:
    return Ref(cls, cls.__name__, cls, cls.__module__)


def _numpy() -> Ref:
    import numpy as np

    return Ref(np, "np", np)


_NUMPY = _numpy()
