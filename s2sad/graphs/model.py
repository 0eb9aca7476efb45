"""What a computation graph is: nodes in groups, and edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["input", "operation", "merge", "store", "test", "call"]


@dataclass
class Node:
    """A value of the program, or a store. `forward` and `backward` are its value and its adjoint (or tangent), as texts.

    `active`: it depends on an input that is differentiated with respect to. `reached`: it was computed at the point.
    """

    key: int
    label: str
    kind: Kind
    active: bool = False
    result: bool = False
    forward: str = ""
    backward: str = ""
    reached: bool = True


@dataclass
class Edge:
    """A value that flows from a node to another; `again` if to the next iteration of a loop.

    `backward` is the part of the source's adjoint that comes this way, and `forward` the value.
    """

    source: int
    target: int
    again: bool = False
    chooses: bool = False
    forward: str = ""
    backward: str = ""


@dataclass
class Group:
    """Nodes and groups within a control structure, whose head is the title."""

    title: str
    items: list[Node | Group] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        """The nodes of the group and of the groups within it."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.nodes()
            else:
                yield item
