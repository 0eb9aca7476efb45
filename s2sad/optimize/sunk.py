"""What only one branch of the reverse sweep reads is saved in the branch that it belongs to.

    tape.append(b)                       if k > 0:
    if k > 0:                                ...
        ...                       ->     else:
    else:                                    tape.append(b)
        ...                                  ...
    ...                                  ...
    b = tape.pop()                       if k > 0:
    if k > 0:                                ...
        ...                              else:
    else:                                    b = tape.pop()
        ... b ...                            ... b ...

Both sweeps take the same branch in iterations that belong together.
"""

from __future__ import annotations

from ..ir import nodes as ir
from ..ir.nodes import Block, Function, If, Pop, Push, Var
from ..ir.uses import all_blocks
from .saved import DEPTH
from .sweeps import Sweeps


def save_in_branches(function: Function) -> Function:
    """Move saves into branches; changed in place."""
    while any(isinstance(s, Pop) and _read_in_a_branch(s, b) for b in all_blocks(function) for s in b) and _Sunk(function).moved():
        pass
    return function


def _read_in_a_branch(pop: Pop, block: Block) -> bool:
    """Whether the statement that reads an entry is one with branches."""
    users = [s for s in block if any(pop.target in ir.uses_of(x) for x in ir.within(s))]
    return len(users) == 1 and isinstance(users[0], If) and pop.target not in ir.uses_of(users[0])


class _Sunk(Sweeps):
    """The tapes whose entries one branch reads."""

    def moved(self) -> bool:
        return sum(self.sink(push, pop) for push, pop in self.entries.values()) > 0

    def sink(self, push: Push, pop: Pop) -> bool:
        forward, reverse = self.home[id(push)], self.home[id(pop)]
        place = self.reader(pop, reverse)
        if place is None or not isinstance(push.value, Var) or self.stored(push.value):
            return False
        branch, number = place
        made = max((k for k, s in enumerate(forward.stmts) if push.value in ir.defs_of(s)), default=-1)
        for stmt in forward.stmts[made + 1 :]:
            if isinstance(stmt, If) and self.equal(branch.test, stmt.test, DEPTH):
                forward.stmts.remove(push)
                reverse.stmts.remove(pop)
                ir.blocks_of(stmt)[number].stmts.insert(0, push)
                ir.blocks_of(branch)[number].stmts.insert(0, pop)
                return True
        return False

    def reader(self, pop: Pop, block: Block) -> tuple[If, int] | None:
        """The statement that reads an entry in one of its branches only, and which one that is; None if there is none."""
        for stmt in block:
            inside = [sum(a is pop.target for s in ir.walk(b) for a in ir.uses_of(s)) for b in ir.blocks_of(stmt)]
            if any(inside):
                one = isinstance(stmt, If) and sum(n > 0 for n in inside) == 1 and sum(inside) == self.uses[pop.target]
                return (stmt, inside.index(max(inside))) if one else None
        return None


__all__ = ["save_in_branches"]
