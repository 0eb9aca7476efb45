"""One loop for both sweeps of iterations that do not depend on each other: nothing is kept on a tape.

    for i in range(n):                                                for i in range(n):
        y = np.sin(x[i])                                                  y = np.sin(x[i])
        y_tape.append(y)                                        ->        x_bar[i] += 2.0 * s_bar * y * np.cos(x[i])
    for i, y in zip(reversed(range(n)), reversed(y_tape)):
        x_bar[i] += 2.0 * s_bar * y * np.cos(x[i])

Why this is right. The forward loop hands nothing to the program but entries of tapes: it stores to no memory and
has no effects, and none of its values is read behind it. What it reads is stored to neither by the loop of the reverse sweep
nor between the two. So an iteration of it computes the same right before its adjoints as it did before. The order of the
adjoints stays that of the reverse sweep, unless the forward loop carries values, such as a sum that is returned: then the
order is the author's, and adjoints may only be added up, to arrays or to numbers that no iteration reads. Sums in another order
differ in their last digits, where several iterations add to one place; everything else is the same bit for bit.
A tape gets its entries from one iteration and gives them to the adjoints of the same one: it still does if the one runs right
before the other.
"""

from __future__ import annotations

from typing import Any

from ..analysis import effects
from ..analysis.types import Num, TapeT
from ..ir import nodes as ir
from ..ir.nodes import (
    UNDEF,
    Assign,
    Block,
    Carry,
    Function,
    If,
    Lit,
    Loop,
    Note,
    Pop,
    Push,
    Range,
    Store,
    Var,
)
from ..ir.uses import all_blocks, definitions, replace_variables
from .common import equal_variables
from .order import written


def fuse_sweeps(function: Function) -> Function:
    """Put forward loops into the loops of the reverse sweep that take up their tapes; changed in place."""
    if not any(type(s) is Pop for s in ir.walk(function.body)):
        return function
    fusion = _Fusion(function)
    for block in all_blocks(function):
        if block not in fusion.tried:
            fusion.block(block)
    if fusion.fused:  # the branches that both sweeps take can be one
        equal = equal_variables(function)
        for stmt in ir.walk(function.body):
            if isinstance(stmt, If) and isinstance(stmt.test, Var):
                stmt.test = equal.get(stmt.test, stmt.test)
    for block in all_blocks(function):
        _match(block, function)
        _match_branches(block, function)
    return function


class _Fusion:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.defs = definitions(function)
        self.tried = _in_attempts(function.body)
        self.fused = False
        self.tapes: dict[Var, list[Any]] = {}
        for stmt in ir.walk(function.body):
            for a in (stmt.tape,) if isinstance(stmt, (Push, Pop, ir.Mark, ir.Cut)) else ():
                self.tapes.setdefault(a, []).append(stmt)

    def block(self, block: Block) -> None:
        j = 0
        while j < len(block.stmts):
            reverse = block.stmts[j]
            if isinstance(reverse, Loop) and (i := self.partner(block, j)) is not None:
                self.fuse(block, i, j)
                self.block(reverse.body)
                j = block.stmts.index(reverse)
            else:
                j += 1

    def partner(self, block: Block, j: int) -> int | None:
        """The position of the loop in front of position `j` that fills the tapes of the loop there, if the two can be one."""
        reverse = block.stmts[j]
        if not _counted(reverse):
            return None
        popped = {s.tape for s in ir.walk(reverse.body) if type(s) is Pop}
        for i in range(j - 1, -1, -1) if popped else ():
            forward = block.stmts[i]
            if isinstance(forward, Note) and forward.barrier:
                return None
            if not isinstance(forward, Loop):
                continue
            pushed = {s.tape for s in ir.walk(forward.body) if type(s) is Push}
            if pushed & popped:
                return i if pushed <= popped and _counted(forward) and self.fits(block, i, j, pushed) else None
        return None

    def fits(self, block: Block, i: int, j: int, tapes: set[Var]) -> bool:
        forward, between, reverse = block.stmts[i], block.stmts[i + 1 : j], block.stmts[j]
        inside = {id(s) for loop in (forward, reverse) for s in ir.walk(loop.body)}
        if any(id(s) not in inside or type(s) not in (Push, Pop) for tape in tapes for s in self.tapes[tape]):
            return False
        if forward.iter.reverse is reverse.iter.reverse or not all(map(self.equal, forward.iter.atoms(), reverse.iter.atoms())):
            return False
        body = ir.walk(forward.body)
        if not all(map(_computes, body)) or not all(_local(s) for stmt in (*between, reverse) for s in ir.within(stmt)):
            return False
        read = {r for s in body if type(s) is Assign for r in effects.reads_contents(s.op)}
        changed = written([*between, reverse])
        if changed is None or any(r.find() in read for r in changed):
            return False
        handed = {c.result for c in forward.carries}
        if any(a in handed for stmt in (*between, reverse) for s in ir.within(stmt) for a in ir.uses_of(s) if isinstance(a, Var)):
            return False
        return not forward.carries or self.any_order(reverse)

    def equal(self, a: Any, b: Any) -> bool:
        """Whether two atoms are certainly equal: the same computed twice from the same, without a look at memory."""
        if a is b:
            return True
        if isinstance(a, Lit) and isinstance(b, Lit):
            return type(a.value) is type(b.value) and bool(a.value == b.value)
        x, y = (self.defs.get(v) if isinstance(v, Var) else None for v in (a, b))
        if x is None or y is None or (x.kind, x.name) != (y.kind, y.name) or len(x.args) != len(y.args) or x.kwargs or y.kwargs:
            return False
        if not effects.is_pure(x) or effects.is_volatile(x) or effects.reads_contents(x):
            return False
        same_fn = x.fn is y.fn or isinstance(x.fn, ir.Ref) and isinstance(y.fn, ir.Ref) and x.fn.obj is y.fn.obj
        return same_fn and all(map(self.equal, x.args, y.args))

    def any_order(self, loop: Loop) -> bool:
        """Whether the iterations of a loop may run in any order: they only add to what none of them reads."""
        chains = {v for c in loop.carries for v in self.added_up(c, loop)}
        if any(c.phi not in chains for c in loop.carries):
            return False
        stores = [s for s in ir.walk(loop.body) if isinstance(s, Store)]
        bases: dict[Any, Any] = {}
        for s in stores:
            region = effects.region_of(s.base)
            if s.role != "accumulate" or region is None or region is effects.region_of(s.value) or bases.setdefault(region, s.base) is not s.base:
                return False
        for s in ir.walk(loop.body):
            if not isinstance(s, Store) and any(effects.region_of(a) in bases for a in ir.uses_of(s) if effects.region_of(a)):
                return False
        return all(effects.region_of(s.index) not in bases for s in stores)

    def added_up(self, carry: Carry, loop: Loop) -> set[Var]:
        """The values of a variable in which a loop adds something up and that nothing else reads; none if it does not."""
        if not isinstance(carry.phi.type, Num) or carry.phi.type.dtype.kind != "f":
            return set()
        merges = {p.var: p for s in ir.walk(loop.body) if isinstance(s, If) for p in s.phis}
        chain: set[Var] = set()
        places: set[int] = set()  # ids of the sums and the merges that make it up

        def follows(v: Any) -> bool:
            if v is carry.phi or v in chain:
                return True
            if v in merges:
                chain.add(v)
                places.add(id(merges[v]))
                return follows(merges[v].then) and follows(merges[v].orelse)
            op = self.defs.get(v) if isinstance(v, Var) else None
            if op is None or op.kind not in ("add", "sub"):
                return False
            chain.add(v)
            places.add(id(op))
            return follows(op.args[0]) and not self.rests_on(op.args[1], chain | {carry.phi})

        if not follows(carry.next):
            return set()
        chain.add(carry.phi)
        for s in ir.walk(loop.body):
            if isinstance(s, Assign) and id(s.op) in places:
                continue
            own = [p for p in s.phis if id(p) in places] if isinstance(s, If) else []
            others = [a for p in s.phis if p not in own for a in (p.then, p.orelse)] + [s.test] if isinstance(s, If) else ir.uses_of(s)
            if any(a in chain for a in others if isinstance(a, Var)):
                return set()
        others = [a for c in loop.carries if c is not carry for a in (c.next, c.init)]
        return set() if any(a in chain for a in others if isinstance(a, Var)) else chain

    def rests_on(self, atom: Any, chain: set[Var]) -> bool:
        return isinstance(atom, Var) and atom in chain

    def fuse(self, block: Block, i: int, j: int) -> None:
        """Put the loop at position `i` into the one at position `j`."""
        forward, reverse = block.stmts[i], block.stmts[j]
        self.fused = True
        if forward.carries:
            start, stop, step = reverse.iter.atoms()
            reverse.iter = Range(start, stop, step, forward.iter.reverse)
            reverse.carries, reverse.header = [*forward.carries, *reverse.carries], reverse.header or forward.header
        if forward.index is not None:
            if reverse.index is None:
                reverse.index = forward.index
            elif forward.index is not reverse.index:
                same = {forward.index: reverse.index}
                for s in ir.walk(forward.body):
                    ir.substitute(s, lambda a: same.get(a, a) if isinstance(a, Var) else a)
                for c in reverse.carries:
                    c.next = same.get(c.next, c.next) if isinstance(c.next, Var) else c.next
                if forward.index.named and not reverse.index.named:
                    reverse.index.hint, reverse.index.named = forward.index.hint, True
        tapes = {s.tape for s in ir.walk(forward.body) if type(s) is Push}
        starts: list[Any] = []
        for b in (self.function.body, block):
            starts += [s for s in b if isinstance(s, Assign) and s.target in tapes and s not in starts]
            b.stmts[:] = [s for s in b if s not in starts]
        reverse.body.stmts[:0] = [*starts, *forward.body.stmts]
        block.stmts[:] = [s for s in block.stmts if s is not forward]
        before = block.stmts[: block.stmts.index(reverse)]
        if not any(ir.blocks_of(s) for s in before):  # the sweeps run into each other
            block.stmts[:] = [s for s in block.stmts if not isinstance(s, Note)]


def _counted(loop: Any) -> bool:
    plain = isinstance(loop, Loop) and isinstance(loop.iter, Range) and loop.go is None and loop.test is None
    return plain and loop.checkpoint is None


def _computes(stmt: Any) -> bool:
    """Whether a statement only computes values and keeps them."""
    if type(stmt) is Assign:
        op = stmt.op
        return effects.is_pure(op) and not effects.is_volatile(op) and op.kind != "surgery"
    return type(stmt) in (Push, If, Loop, Note)


def _local(stmt: Any) -> bool:
    """Whether a statement does nothing that the caller could see if another one raised an error."""
    if isinstance(stmt, Store):
        region = effects.region_of(stmt.base)
        return region is not None and not region.caller
    if isinstance(stmt, Assign):
        return effects.is_pure(stmt.op) and not effects.is_volatile(stmt.op)
    return type(stmt) in (Push, Pop, If, Loop, Note)


def _in_attempts(block: Block) -> list[Block]:
    """The blocks within `try` and `with`: there it matters which error comes first."""
    found = []
    for stmt in ir.walk(block):
        if isinstance(stmt, (ir.Try, ir.With)):
            found += [b for s in ir.within(stmt) for b in ir.blocks_of(s)]
    return found


def _match(block: Block, function: Function) -> None:
    """What a block puts on a tape and takes off again stays in its variable."""
    taken: dict[Var, Any] = {}
    last: dict[Var, Push] = {}
    gone: set[int] = set()
    for stmt in block.stmts:
        if isinstance(stmt, Push):
            last[stmt.tape] = stmt
        elif isinstance(stmt, Pop) and stmt.tape in last:
            push = last.pop(stmt.tape)
            taken[stmt.target] = push.value
            if stmt.target.named and isinstance(push.value, Var) and not push.value.named:
                push.value.hint, push.value.named = stmt.target.hint, True
            gone |= {id(push), id(stmt)}
        else:
            for s in ir.within(stmt):
                if isinstance(s, (Push, Pop, ir.Mark, ir.Cut)):
                    last.pop(s.tape, None)
    if not taken:
        return
    block.stmts[:] = [s for s in block.stmts if id(s) not in gone]
    replace_variables(function, taken)


def _match_branches(block: Block, function: Function) -> None:
    """What one branch puts on a tape, and the same branch of a later statement takes off, stays in its variable, too."""
    branches = [s for s in block.stmts if isinstance(s, If)]
    tapes = [s.target for s in block.stmts if isinstance(s, Assign) and isinstance(s.target.type, TapeT)]
    if len(branches) < 2 or not tapes:
        return
    found: dict[Var, list[tuple[Any, Any, str]]] = {tape: [] for tape in tapes}
    for branch in branches:
        for side in ("then", "orelse"):
            for s in ir.walk(getattr(branch, side)):
                if isinstance(s, (Push, Pop, ir.Mark, ir.Cut)) and s.tape in found:
                    direct = any(s is x for x in getattr(branch, side))
                    found[s.tape].append((s, branch if direct else None, side))
    taken: dict[Var, Any] = {}
    gone: set[Any] = set()
    for tape, uses in found.items():
        if len(uses) != 2 or sum(a is tape for s in block.stmts for x in ir.within(s) for a in _tapes_of(x)) != 2:
            continue
        (push, first, side), (pop, second, other) = uses
        if type(push) is not Push or type(pop) is not Pop or push.more or pop.more or first is None or second is None or first is second:
            continue
        if side != other or first.test is not second.test or not isinstance(first.test, Var):
            continue
        value = push.value
        if isinstance(value, Var):
            kept = Var(value.hint, value.type, False, value.named, value.region)
            first.phis.append(ir.Phi(kept, *((value, UNDEF) if side == "then" else (UNDEF, value))))
            value = kept
        taken[pop.target] = value
        gone |= {id(push), id(pop), tape}
    if not taken:
        return
    block.stmts[:] = [s for s in block.stmts if not (isinstance(s, Assign) and s.target in gone)]
    for branch in branches:
        for inner in (branch.then, branch.orelse):
            inner.stmts[:] = [s for s in inner.stmts if id(s) not in gone]
    replace_variables(function, taken)


def _tapes_of(stmt: Any) -> list[Any]:
    """The tapes that a statement puts something on, takes something off or looks at, and what it reads."""
    return [stmt.tape] if isinstance(stmt, (Push, Pop, ir.Mark, ir.Cut)) else [a for a in ir.uses_of(stmt) if isinstance(a, Var)]
