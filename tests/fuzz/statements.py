"""Random statements: all kinds of them, of which each program favours some and leaves out others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fuzz.containers import Block
from tests.fuzz.control import Control, indent
from tests.fuzz.scope import Scope

# How often a statement is drawn, and how likely a program does without it.
SIMPLE = {"assign": 3, "rebind": 2, "store": 3, "augmented": 3, "view": 2, "view_stored": 2, "alias": 1, "swap": 1, "whole": 1,
          "effect": 2, "overlapping": 1, "swap_parts": 1, "zero_dim": 1, "matmul_into": 0.5, "conditional_alias": 0.3, "buffers": 0.5,
          "chained": 0.5, "starred": 0.5, "rows": 0.5, "make": 1.5, "listing": 2, "copied_list": 0.5, "nested_list": 0.5,
          "mapping": 2, "packing": 1, "objects": 1.5, "states": 1, "object_loop": 1, "twice_passed": 0.7, "asserting": 0.3,
          "changing_while_iterated": 0.5, "indices": 0.3}  # fmt: skip
NESTED = {"branch": 3, "joined": 1.5, "for_range": 3, "for_each": 2, "while_count": 1, "while_forever": 0.7, "while_value": 1,
          "attempt": 1.3, "errstate": 0.5, "local_function": 1.5, "leave": 1}  # fmt: skip
ALWAYS = ("assign", "rebind", "store", "branch", "for_range")


@dataclass
class Statements(Control):
    """Draws statements, by weights of its own."""

    loops: int = 0
    returns: str | None = "s"
    simple: dict[str, float] = field(default_factory=dict)
    nested: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.simple:
            self.simple = self.favoured(SIMPLE)
            self.nested = self.favoured(NESTED)

    def favoured(self, weights: dict[str, float]) -> dict[str, float]:
        """Each kind as often as usual, three times as often, or not at all."""
        return {k: w * self.rng.choice([1.0 if k in ALWAYS else 0.0, 1.0, 1.0, 3.0]) for k, w in weights.items()}

    def statement(self, depth: int) -> Block:
        if depth > 0 and self.chance(0.4):
            compound: Callable[[int], Block] = getattr(self, self.rng.choices(list(self.nested), list(self.nested.values()))[0])
            return compound(depth - 1)
        simple: Callable[[], Block] = getattr(self, self.rng.choices(list(self.simple), list(self.simple.values()))[0])
        return simple()


def parameters() -> Scope:
    return Scope({"v4": ["x", "y"], "m": ["A"], "s": ["s", "t"]})


__all__ = ["Statements", "indent", "parameters"]
