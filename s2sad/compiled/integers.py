"""Integers of a loop nest: what they are made of, how large they get."""

from __future__ import annotations

import builtins
from typing import Any

from ..ir import nodes as ir
from ..ir.nodes import UNDEF, If, Lit, Loop, Ref, Var
from . import scalars
from .nodes import COUNT, LARGEST
from .state import State
from .views import Size


class Integers(State):
    """The part of the translator that knows integers."""

    def affine(self, a: Any) -> tuple[Any, int]:
        """An integer as a variable plus a constant."""
        offset = 0
        while isinstance(a, Var):
            op = self.made.get(a)
            if op is None or op.kind not in ("add", "sub", "atom"):
                return a, offset
            if op.kind == "atom":
                a = op.args[0]
                continue
            x, y = op.args
            if isinstance(x, Lit) and op.kind == "add":
                x, y = y, x
            if not isinstance(y, Lit) or type(y.value) is not int:
                return a, offset
            offset += y.value if op.kind == "add" else -y.value
            a = x
        return (None, offset + a.value) if isinstance(a, Lit) else (a, offset)

    def _bounds(self, a: Any) -> tuple[int | None, Any]:
        """The least value of an index, and the last one as a place; None for what is not known."""
        root, offset = self.affine(a)
        if root is None:
            return offset, (None, offset)
        r = self.ranges.get(root)
        if r is None or not isinstance(r.step, Lit) or type(r.step.value) is not int or r.step.value == 0:
            return (0 if self._is_size(root) and offset >= 0 else None), (root, offset)
        up = r.step.value > 0
        low, high = (r.start, r.stop) if up else (r.stop, r.start)
        low_root, low_offset = self.affine(low)
        high_root, high_offset = self.affine(high)
        least = low_offset + (0 if up else 1) + offset if low_root is None else None
        return least, (high_root, high_offset - (1 if up else 0) + offset)

    def _is_size(self, root: Any) -> bool:
        op = self.made.get(root) if isinstance(root, Var) else None
        outer = next((o for o, i in self.params.items() if i is root), None)
        source = op if op is not None else self.program.made.get(outer) if outer is not None else None
        return source is not None and source.kind == "call" and isinstance(source.fn, Ref) and source.fn.obj is builtins.len

    def not_negative(self, a: Any) -> bool:
        least, _ = self._bounds(a)
        return least is not None and least >= 0

    def at_most(self, a: Any, size: Size) -> bool:
        """Whether an index is certainly no larger than a size."""
        _, (root, offset) = self._bounds(a)
        sample = size.sample()
        ints = None if root is None else getattr(root.type, "ints", None)
        if sample is None or ints is None:
            return False
        gaps = {i - s for i, s in zip(ints, sample)}
        return len(gaps) == 1 and gaps.pop() + offset <= 0

    def in_range(self, a: Any, size: Size) -> bool:
        """Whether an index is certainly that of an element, from the front or from the end."""
        sample = size.sample()
        if isinstance(a, Lit):  # sizes of 0 and 1 have types of their own
            least_size = 2 if sample is None or min(sample) >= 2 else min(sample)
            return sample is not None and -least_size <= a.value < least_size
        root, offset = self.affine(a)
        if root is None:
            return self.in_range(Lit(offset), size)
        if root not in self.ranges:  # such as `n - 1`, the last one
            return self._behind(root, size) == 0 and -2 <= offset < 0 and sample is not None and min(sample) >= 2
        least = self._least(a)
        while root in self.ranges:  # the index of a loop, perhaps in another one, as in range(i + 1)
            r = self.ranges[root]
            if not isinstance(r.step, Lit) or type(r.step.value) is not int or r.step.value == 0:
                return False
            root, more = self.affine(r.stop if r.step.value > 0 else r.start)
            offset += more - (r.step.value > 0)
        gap = self._behind(root, size)
        return least is not None and least >= 0 and gap is not None and gap + offset < 0

    def _least(self, a: Any) -> int | None:
        """The least value that an index has where it is used; None if that is not known."""
        root, offset = self.affine(a)
        r = self.ranges.get(root)
        if root is None:
            return offset
        if r is None:
            return offset if self._is_size(root) else None
        if not isinstance(r.step, Lit) or type(r.step.value) is not int or r.step.value == 0:
            return None
        up = r.step.value > 0
        low = self._least(r.start if up else r.stop)
        return None if low is None else low + offset + (not up)

    def _behind(self, root: Any, size: Size) -> int | None:
        """By how much an integer is larger than a size; None if that is not known."""
        sample, ints = size.sample(), getattr(getattr(root, "type", None), "ints", None)
        if sample is not None and ints is not None and len(gaps := {i - s for i, s in zip(ints, sample)}) == 1:
            return int(gaps.pop())
        made = self.made.get(root)
        known = self.size_of_made(made, self.made) if made is not None else None
        return 0 if known is not None and known.same(size) else None

    def size_of_made(self, op: Any, made: dict[Any, Any]) -> Size | None:
        """The size that `len(a)` or `a.shape[k]` is; `made`: how variables are."""
        if op.kind == "call" and isinstance(op.fn, Ref) and op.fn.obj is builtins.len and isinstance(op.args[0], Var):
            return Size(op.args[0], 0)
        if op.kind == "getitem" and isinstance(op.args[1], Lit):
            shape = made.get(op.args[0])
            if shape is not None and shape.kind == "getattr" and shape.name == "shape":
                return Size(shape.args[0], op.args[1].value)
        return None

    def _check_count(self, phi: Var, init: Any, value: Any, body: ir.Block) -> None:
        """Raise NotCompiled for an integer that is larger than a count, or grows faster."""
        if phi not in self.integers.known:
            return
        if self.integers.largest(init) > COUNT:
            raise scalars.too_large(phi)
        merges = self._merges(body)
        todo, seen = [value], set()
        while todo:
            v = todo.pop()
            if v is phi or v in seen or v is UNDEF:
                continue
            seen.add(v)
            op = self.made.get(v) if isinstance(v, Var) else None
            merge = merges.get(v)
            if merge is not None:
                todo += merge
            elif op is not None and op.kind in ("add", "sub") and op.args[0] is not op.args[1]:
                inner = [a for a in op.args if self._depends(a, phi, merges)]
                if len(inner) > 1 or op.kind == "sub" and inner and inner[0] is op.args[1]:
                    raise scalars.too_large(phi)
                if any(self.integers.largest(a) > LARGEST for a in op.args if a not in inner):
                    raise scalars.too_large(phi)
                todo += inner
            elif self._depends(v, phi, merges):
                raise scalars.too_large(phi)
            elif self.integers.largest(v) >= COUNT:
                raise scalars.too_large(phi)

    def _merges(self, body: ir.Block) -> dict[Any, list[Any]]:
        """What the merges of a loop's body take their values from."""
        found: dict[Any, list[Any]] = {}
        for s in ir.walk(body):
            if isinstance(s, If):
                for p in s.phis:
                    found[p.var] = [p.then, p.orelse]
            elif isinstance(s, Loop):
                for c in s.carries:
                    found[c.result] = [c.init, c.next]
                    found[c.phi] = [c.init, c.next]
        return found

    def _depends(self, a: Any, phi: Var, merges: dict[Any, list[Any]]) -> bool:
        """Whether an integer is made of the one that a loop carries."""
        todo, seen = [a], set()
        while todo:
            v = todo.pop()
            if v is phi:
                return True
            if not isinstance(v, Var) or v in seen:
                continue
            seen.add(v)
            todo += merges.get(v, [])
            op = self.made.get(v)
            if op is not None and op.kind != "getitem":
                todo += op.args
        return False

