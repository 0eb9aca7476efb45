"""Loops of the elementary form as Python's, with heads as people write them."""

from __future__ import annotations

import ast
from itertools import count
from typing import Any

from .. import runtime
from ..ir import nodes as ir
from ..ir.nodes import Assign, Block, Each, If, Lit, Loop, Range, Ref, Taped, Var
from .fold import test_is_expression
from .operations import Operations, builtin, call

THREADS = Ref(runtime.in_threads, "in_threads", runtime.in_threads, "s2sad.runtime")


class Loops(Operations):
    """The part of the emitter that knows loops."""

    used: set[Var]
    flag: str | None

    def stmt_Loop(self, stmt: Loop) -> list[ast.stmt]:
        if stmt.workers:
            return self.threads(stmt)
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

    def threads(self, stmt: Loop) -> list[ast.stmt]:
        """A loop whose iterations are calls of a function in several threads; sums are those of its results, in their order."""
        assert isinstance(stmt.iter, Range) and stmt.index is not None
        names = {*self.names.names.values(), *self.bindings.names, *self.bindings.reserved}
        function = next(n for i in count() if (n := f"run_block_{i}" if i else "run_block") not in names)
        sums = {c.next: c for c in stmt.carries}
        body: list[ast.stmt] = []
        parts: list[ast.expr] = []
        targets: list[ast.expr] = []
        add: list[ast.stmt] = []
        for s in stmt.body:
            if not (isinstance(s, Assign) and s.target in sums):
                body += self.stmt(s)
                continue
            parts.append(self.atom(s.op.args[1]))
            total = self.names[sums[s.target].phi]
            part = next(n for i in count() if (n := f"{total}_part{i or ''}") not in names)
            names.add(part)
            targets.append(ast.Name(part, ast.Store()))
            add.append(ast.AugAssign(ast.Name(total, ast.Store()), ast.Add(), ast.Name(part, ast.Load())))
        if parts:
            body.append(ast.Return(parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())))
        argument = ast.arguments(
            posonlyargs=[], args=[ast.arg(self.names[stmt.index])], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]
        )
        definition = ast.FunctionDef(function, argument, body, [])
        definition.type_params = []  # type: ignore[attr-defined]
        threads = ast.Name(self.bindings.name_of(THREADS), ast.Load())
        runs = ast.Call(threads, [ast.Name(function, ast.Load()), self.range(stmt.iter), ast.Constant(stmt.workers)], [])
        target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
        run: ast.stmt = ast.For(target, runs, add, [], lineno=0) if add else ast.Expr(runs)
        totals = [(c.result, c.phi) for c in stmt.carries]
        return [*self.copies([(c.phi, c.init) for c in stmt.carries]), definition, run, *self.copies(totals)]

    def go_flag(self, stmt: Loop) -> str | None:
        """The name of a variable that tells afterwards whether a loop ran to its end, if only a `break` has to set it."""
        carry = next(c for c in stmt.carries if c.next is stmt.go)
        read = any(a is carry.phi for s in ir.walk(stmt.body) for a in ir.uses_of(s)) or stmt.test is carry.phi
        names = {self.names[v] for v in (carry.phi, carry.result, stmt.go)}
        starts_true = isinstance(carry.init, Lit) and carry.init.value is True
        merged: set[Any] = {stmt.go}
        for s in ir.within(stmt.body.stmts[-1]):
            merged.update(a for p in getattr(s, "phis", ()) if isinstance(s, If) and p.var in merged for a in (p.then, p.orelse))
        inner = (v for s in ir.walk(stmt.body) for v in (*ir.defs_of(s), *ir.inner_defs_of(s)))
        taken = {self.names[v] for v in inner if v in self.names and v not in merged}  # a loop within may have a flag of its own
        return names.pop() if starts_true and not read and len(names) == 1 and not names & taken else None

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
        targets: list[ast.expr] = []
        for _, together in it.parts():
            names: list[ast.expr] = [ast.Name(self.names[v], ast.Store()) for v in together]
            targets.append(names[0] if len(names) == 1 else ast.Tuple(names, ast.Store()))
        sources: list[ast.expr] = [call("reversed", self.atom(tape)) for tape in it.tapes]
        if it.range is not None:
            targets.insert(0, index)
            sources.insert(0, self.range(it.range))
        elif len(it.targets) == 1 and it.targets[0] not in self.used:
            targets = [ast.Name("_", ast.Store())]
            sources = [self.atom(it.tapes[0])]
        if len(targets) == 1:
            return targets[0], sources[0]
        return ast.Tuple(targets, ast.Store()), call("zip", *sources)

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
        count = sum(1 for s in ir.walk(stmt.body) for a in ir.uses_of(s) if a is index) + sum(c.next is index for c in stmt.carries)
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
        call = ast.Call(builtin("zip"), [self.atom(s) for s in sequences], [])
        return (ast.Tuple(names, ast.Store()), call), set(loads)

    def range(self, r: Range) -> ast.expr:
        start, stop, step = self.atom(r.start), self.atom(r.stop), self.atom(r.step)
        args = [start, stop, step]
        if isinstance(r.step, Lit) and r.step.value == 1:
            args = args[:2]
            if isinstance(r.start, Lit) and r.start.value == 0:
                args = args[1:]
        call: ast.expr = ast.Call(builtin("range"), args, [])
        if r.reverse:
            call = ast.Call(builtin("reversed"), [call], [])
        return call

    # provided by the emitter
    def stmt(self, stmt: Any) -> list[ast.stmt]:  # pragma: no cover
        raise NotImplementedError

    def block(self, block: Block, go: Any = None) -> list[ast.stmt]:  # pragma: no cover
        raise NotImplementedError

    def copies(self, pairs: list[tuple[Var, Any]]) -> list[ast.stmt]:  # pragma: no cover
        raise NotImplementedError

    def stmt_If(self, stmt: If, go: Any = None) -> list[ast.stmt]:  # pragma: no cover
        raise NotImplementedError


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
