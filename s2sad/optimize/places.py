"""Where the statements of a function and the definitions of its variables are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import Block, Function, Loop, Var


class Places:
    """Where statements and definitions are."""

    def __init__(self, function: Function) -> None:
        self.blocks: dict[int, Block] = {}  # of statements
        self.owners: dict[int, Any] = {}  # of blocks: the statements that hold them
        self.homes: dict[Var, tuple[Block, int]] = {}
        self.numbers: dict[int, int] = {}
        for p in function.params:
            self.homes[p.var] = (function.body, -1)
        self.body = function.body
        self.block(function.body)

    def block(self, block: Block) -> None:
        for stmt in block.stmts:
            self.blocks[id(stmt)] = block
            number = self.numbers[id(stmt)] = len(self.numbers)
            for v in ir.defs_of(stmt):
                self.homes[v] = (block, number)
            for inner in ir.blocks_of(stmt):
                self.owners[id(inner)] = stmt
                for v in ir.inner_defs_of(stmt):
                    self.homes[v] = (inner, number)
                self.block(inner)

    def owner(self, stmt: Any) -> Any:
        """The statement whose block a statement is in, None at the top."""
        return self.owners.get(id(self.blocks[id(stmt)]))

    def around(self, stmt: Any) -> Iterator[Block]:
        """The blocks that a statement is in, from inside out."""
        while stmt is not None:
            yield self.blocks[id(stmt)]
            stmt = self.owner(stmt)

    def sees(self, v: Var, stmt: Any) -> bool:
        """Whether a variable has its value where a statement is."""
        if v not in self.homes:
            return False
        home, number = self.homes[v]
        return number < self.numbers[id(stmt)] and any(b is home for b in self.around(stmt))

    def behind(self, loop: Loop, stmt: Any) -> bool:
        """Whether a statement comes behind a loop, in the same block or further in."""
        home = self.blocks[id(loop)]
        return self.numbers[id(loop)] < self.numbers[id(stmt)] and any(b is home for b in self.around(stmt)) and all(
            self.owners.get(id(b)) is not loop for b in self.around(stmt)
        )  # fmt: skip
