"""Lists and tuples of numbers where arrays are meant: NumPy makes arrays of them, and formulas of derivatives compute with arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import Arr, ListT, TupleT
from ..ir.nodes import Ref
from ..rules.registry import Rule
from .lower import Core, type_of
from .values import ListVal, TupleVal, is_atom

# parameters that are sequences of arrays
SEQUENCES = frozenset({"arrays", "tup", "choices", "choicelist"})


class Operands(Core):
    """The part of the lowerer that knows which arguments are arrays, whatever they are written as."""

    def is_sequence(self, value: Any) -> bool:
        """Whether a value is a list or a tuple."""
        if isinstance(value, (ListVal, TupleVal)):
            return True
        if not is_atom(value):
            return False
        return isinstance(type_of(value), (ListT, TupleT)) or isinstance(value, Ref) and type(value.obj) in (list, tuple)

    def as_array(self, value: Any, node: Any) -> Any:
        """A list or tuple of numbers as the array that NumPy makes of it."""
        return self.primitive(Ref(np.array, "np.array", np), [value], {}, node) if self.is_sequence(value) else value

    def operands_as_arrays(
        self, rule: Rule, args: list[Any], kwargs: dict[str, Any], node: Any, sequences: bool = False
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call, with arrays for the lists among those that the rule has adjoints for.

        With `sequences`, the function takes lists as they are, and only those in a sequence of arrays are changed.
        """
        names = [p.name if p.kind == "positional" else "" for p in rule.parameters]

        def changed(name: str, value: Any) -> Any:
            if name not in rule.targets:
                return value
            if name in SEQUENCES:
                return self.of_arrays(value, node)
            return value if sequences else self.as_array(value, node)

        made = [changed(name, a) for name, a in zip(names, args)]
        return [*made, *args[len(made) :]], {k: changed(k, v) for k, v in kwargs.items()}

    def of_arrays(self, value: Any, node: Any) -> Any:
        """A sequence of arrays, with arrays for the lists in it."""
        if not isinstance(value, (ListVal, TupleVal)) or not any(map(self.is_sequence, self.items(value))):
            return value
        items = [self.as_array(item, node) for item in self.items(value)]
        return TupleVal(tuple(items)) if isinstance(value, TupleVal) else self.make_list(items, node)

    def beside_array(self, a: Any, b: Any, node: Any) -> tuple[Any, Any]:
        """The operands of an operator, with an array for a list beside an array, where something is differentiated."""
        if not any(is_atom(x) and isinstance(type_of(x), Arr) for x in (a, b)) or not self.varied_args([a, b], {}):
            return a, b
        return self.as_array(a, node), self.as_array(b, node)

    # provided by the other parts
    items: Callable[..., Any]
    make_list: Callable[..., Any]
    primitive: Callable[..., Any]
    varied_args: Callable[..., bool]


__all__ = ["Operands"]
