"""Operations and values as short texts."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backend.bindings import Bindings
from ..backend.operations import Operations, Unhide
from ..backend.printer import to_source
from ..ir.nodes import Each, Loop, Op, Range, Store, Var

_AUGMENTED = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
}  # fmt: skip


class _Folded:
    """The operations that are written where their values are used."""

    def __init__(self) -> None:
        self.ops: dict[Var, Op] = {}


class _Names:
    """Variables by the author's names; the compiler's own ones are numbered where they repeat."""

    def __init__(self) -> None:
        self.names: dict[Var, str] = {}
        self.taken: dict[str, int] = {}

    def __getitem__(self, v: Var) -> str:
        if v.named or v.hint == "_":
            return v.hint
        if v not in self.names:
            stem = v.hint.rstrip("_")
            self.taken[stem] = count = self.taken.get(stem, 0) + 1
            self.names[v] = stem if count == 1 else f"{stem}{count}"
        return self.names[v]


class Labels(Operations):
    """Prints operations as a reader of the program would write them."""

    def __init__(self) -> None:
        self.folding: Any = _Folded()
        self.names: Any = _Names()
        self.bindings = Bindings()

    def hide(self, v: Var, op: Op) -> None:
        """Write `op` where `v` is used."""
        self.folding.ops[v] = op

    def hidden(self, v: Any) -> Op | None:
        """The operation that is written where `v` is used."""
        return self.folding.ops.get(v) if isinstance(v, Var) else None

    def atom_text(self, a: Any) -> str:
        return _text(self.atom(a))

    def op_text(self, op: Op) -> str:
        return _text(self.op(op))

    def store_text(self, stmt: Store) -> str:
        target = self.atom_text(stmt.base)
        if stmt.index is not None:
            target = _text(ast.Subscript(self.atom(stmt.base), self.index(stmt.index), ast.Store()))
        if stmt.aug is not None and stmt.aug.endswith(".at"):
            return f"np.{stmt.aug}({self.atom_text(stmt.base)}, {self.atom_text(stmt.index)}, {self.atom_text(stmt.value)})"
        return f"{target} {_AUGMENTED.get(stmt.aug or '', '')}= {self.atom_text(stmt.value)}"

    def loop_text(self, stmt: Loop) -> str:
        index = self.names[stmt.index] if stmt.index is not None else "_"
        if isinstance(stmt.iter, Range):
            r = stmt.iter
            texts = [self.atom_text(a) for a in (r.start, r.stop, r.step)]
            if texts[2] == "1":
                texts = texts[1:2] if texts[0] == "0" else texts[:2]
            steps = f"range({', '.join(texts)})"
            return f"for {index} in {f'reversed({steps})' if r.reverse else steps}"
        if isinstance(stmt.iter, Each):
            return f"for {index} in {self.atom_text(stmt.iter.seq)}"
        return "while True" if stmt.test is None else f"while {self.atom_text(stmt.test)}"


def _text(node: ast.expr) -> str:
    return to_source(Unhide(set()).visit(node))


def number(v: Any) -> str:
    """A number with four significant digits; of an array of more than three, its shape and its Euclidean norm."""
    if isinstance(v, (bool, np.bool_)) or v is None or isinstance(v, str):
        return str(v)
    if isinstance(v, (int, np.integer)):
        return str(int(v))
    if isinstance(v, (float, np.floating)):
        return f"{float(v) + 0.0:.4g}"  # no "-0"
    if isinstance(v, (complex, np.complexfloating)):
        return f"{complex(v):.4g}"
    if isinstance(v, np.ndarray):
        if not v.ndim:
            return number(v[()])
        if v.size <= 3 and v.ndim == 1:
            return f"[{', '.join(number(i) for i in v)}]"
        shape = "×".join(map(str, v.shape))
        return f"{shape}, norm {number(np.linalg.norm(v.ravel()))}" if v.dtype.kind in "iufc" else shape
    if isinstance(v, (list, tuple)):
        return f"[{', '.join(map(number, v))}]" if len(v) <= 3 else f"{len(v)} items"
    return type(v).__name__


def numbers(values: Sequence[Any]) -> str:
    """What a node held each time it was reached: all of up to three, or the ends."""
    texts = [number(v) for v in values]
    if len(texts) > 3:
        return f"{texts[0]}, {texts[1]}, … {texts[-1]} ({len(texts)} times)"
    return ", ".join(texts)
