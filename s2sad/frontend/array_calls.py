"""NumPy functions that are other programs: what they do is lowered instead of the call."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import numpy as np

from ..analysis.types import Arr, Num
from ..errors import DifferentiationError
from ..ir.nodes import Lit, Ref, Var
from .lower import Core, type_of
from .values import ListVal, SliceVal, TupleVal, is_atom

# what to write instead of a function that has no rule
ADVICE: dict[Any, str] = {
    np.apply_along_axis: "write the loop over the rows",
    np.apply_over_axes: "write the calls for one axis after the other",
    np.trim_zeros: "index the array with a slice",
}


def advice_for(obj: Any) -> str | None:
    """What to write instead of a function that has no rule; None where nothing is known."""
    owner, method = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
    if isinstance(owner, np.ufunc):
        if method == "at":
            return "only np.add.at and np.subtract.at are supported; write the loop"
        return "sum slices of the array instead" if method == "reduceat" else None
    try:
        return ADVICE.get(obj)
    except TypeError:
        return None


class ArrayCalls(Core):
    """Calls of NumPy functions that are lowered to stores, indices and simpler calls."""

    def call_broadcast_arrays(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`np.broadcast_arrays(a, b)`: one `np.broadcast_to` for each array."""
        if kwargs:
            return NotImplemented
        atoms = [self.atom(self.as_array(a, node)) for a in args]
        shapes = [self.primitive(self.numpy_ref(np.shape), [a], {}, node) for a in atoms]
        shape = self.primitive(self.numpy_ref(np.broadcast_shapes), shapes, {}, node)
        return TupleVal(tuple(self.primitive(self.numpy_ref(np.broadcast_to), [a, shape], {}, node) for a in atoms))

    def call_outer(self, fn: Ref, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`np.multiply.outer(a, b)`: the ufunc, with an axis of one element in `a` for each axis of `b`."""
        if len(args) != 2 or not self.varied_args(args, kwargs):
            return NotImplemented
        a, b = (self.atom(self.as_array(x, node)) for x in args)
        ranks = [0 if isinstance(type_of(x), Num) else self.rank_of(x) for x in (a, b)]
        if ranks[1] is None:
            raise self.no_rule(fn, node, " for an array of unknown rank")
        if ranks[1] and ranks[0] != 0:
            a = self.get_item(a, TupleVal((Lit(Ellipsis), *(Lit(None),) * ranks[1])), node)
        ufunc = fn.obj.__self__
        return self.primitive(self.numpy_ref(ufunc), [a, b], kwargs, node)

    def call_put_along_axis(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`np.put_along_axis(a, indices, values, axis)`: a store with one index for each axis."""
        given = dict(zip(("arr", "indices", "values", "axis"), args), **kwargs)
        if not self.varied_args(args, kwargs) or set(given) != {"arr", "indices", "values", "axis"}:
            return NotImplemented
        base, axis = self.atom(given["arr"]), given["axis"]
        ndim = self.rank_of(base)
        if not isinstance(axis, Lit) or ndim is None:
            raise self.no_rule(self.numpy_ref(np.put_along_axis), node, " for an axis or a rank that is not known")
        indices = self.atom(self.as_array(given["indices"], node))
        if axis.value is None:
            at: Any = self.flat_index(base, indices, node)
        else:
            at = TupleVal(tuple(
                indices if k == axis.value % ndim else self.along(base, k, ndim, node) for k in range(ndim)))  # fmt: skip
        self.array_store(base, at, self.atom(given["values"]), None, node)
        return Lit(None)

    def along(self, base: Var, axis: int, ndim: int, node: Any) -> Any:
        """All indices of an axis, shaped so that they broadcast against an array of `ndim` axes."""
        size = self.get_item(self.get_attribute(base, "shape", node), Lit(axis), node)
        counted = self.primitive(self.numpy_ref(np.arange), [size], {}, node)
        new = tuple(SliceVal(Lit(None), Lit(None), Lit(None)) if k == axis else Lit(None) for k in range(axis, ndim))
        return counted if len(new) == 1 else self.get_item(counted, TupleVal(new), node)

    def call_piecewise(self, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        """`np.piecewise(x, conditions, functions)`: a store under each condition of the function of the elements there."""
        if len(args) < 3 or not self.varied_args([args[0]], {}):
            return NotImplemented
        x = self.atom(self.as_array(args[0], node))
        functions = self.sequence_items(args[2], None, node)
        single = is_atom(args[1]) and self.rank_of(args[1]) == self.rank_of(x)
        conditions = [args[1]] if single else self.sequence_items(args[1], None, node)
        if functions is None or conditions is None or not self.rank_of(x):
            raise self.no_rule(self.numpy_ref(np.piecewise), node, " but for an array with axes, and lists of known length")
        masks = [self.atom(c) for c in conditions]
        if len(functions) == len(masks) + 1:
            masks.append(self.atom(self.outside(masks, node)))
        if len(functions) != len(masks):
            raise self.unsupported("np.piecewise needs a function for each condition, and one more for the rest at most", node)
        y = self.atom(self.primitive(self.numpy_ref(np.zeros_like), [x], {}, node))
        for mask, function in zip(masks, functions):
            if is_atom(function) and not callable(getattr(function, "obj", None)):
                value = function
            else:
                value = self.call_value(function, [self.get_item(x, mask, node), *args[3:]], dict(kwargs), node)
            self.array_store(y, mask, self.atom(value), None, node)
        return y

    def outside(self, masks: list[Any], node: Any) -> Any:
        """Where none of some masks is true."""
        known = masks[0]
        for mask in masks[1:]:
            known = self.primitive(self.numpy_ref(np.logical_or), [known, mask], {}, node)
        return self.primitive(self.numpy_ref(np.logical_not), [known], {}, node)

    def bounds_of_clip(self, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
        """The arguments of `np.clip`, whose bounds have two pairs of names, by position; takes the names from `kwargs`."""
        names = (("a_min", "min"), ("a_max", "max"))
        if not args or not any(name in kwargs for pair in names for name in pair):
            return args
        bounds = [*args[1:3], *(Lit(None),) * (3 - len(args))]
        for k, pair in enumerate(names):
            for name in pair:
                bounds[k] = kwargs.pop(name, bounds[k])
        return [args[0], *bounds, *args[3:]]

    def spelled_einsum(self, args: list[Any], node: Any) -> list[Any]:
        """The arguments of `np.einsum(x, [0, 1], y, [1, 2], [0, 2])` as those of `np.einsum("AB,BC->AC", x, y)`.

        As they are where the subscripts are a string already, or where they are not known.
        """
        if len(args) < 2 or isinstance(args[0], Lit):
            return args
        spelled = [self.spelled_labels(sublist, node) for sublist in (*args[1::2], *(args[-1:] if len(args) % 2 else ()))]
        if any(text is None for text in spelled):
            return args
        texts = [text for text in spelled if text is not None]
        count = len(args) // 2
        subscripts = ",".join(texts[:count]) + "".join("->" + output for output in texts[count:])
        return [Lit(subscripts), *args[: 2 * count : 2]]

    def spelled_labels(self, sublist: Any, node: Any) -> str | None:
        """The letters for the numbers of an axis list; in NumPy, too, they are ordered as the numbers are."""
        if not isinstance(sublist, (ListVal, TupleVal)):
            return None
        letters = []
        for item in self.sequence_items(sublist, None, node) or ():
            axis = item.value if isinstance(item, Lit) else None
            if axis is not Ellipsis and not (type(axis) is int and 0 <= axis < len(_LETTERS)):
                return None
            letters.append("..." if axis is Ellipsis else _LETTERS[axis])
        return "".join(letters)

    def refuse_changes(self, fn: Ref, kwargs: dict[str, Any], node: Any) -> None:
        """Refuse `overwrite_input=True`, which leaves the operand in some order."""
        option = kwargs.get("overwrite_input", Lit(False))
        if fn.obj in _OVERWRITING and not (isinstance(option, Lit) and option.value is False):
            raise self.no_rule(fn, node, " where it changes its argument (overwrite_input=True)")

    def rank_of(self, atom: Any) -> int | None:
        """The number of axes of an array, if it is known."""
        t = type_of(atom)
        return t.ndim if isinstance(t, Arr) else None

    # provided by the other parts
    atom: Callable[..., Any]
    as_array: Callable[..., Any]
    primitive: Callable[..., Any]
    numpy_ref: Callable[..., Any]
    no_rule: Callable[..., DifferentiationError]
    unsupported: Callable[..., Any]
    varied_args: Callable[..., bool]
    get_item: Callable[..., Any]
    get_attribute: Callable[..., Any]
    flat_index: Callable[..., Any]
    array_store: Callable[..., Any]
    sequence_items: Callable[..., Any]
    call_value: Callable[..., Any]


_LETTERS = string.ascii_uppercase + string.ascii_lowercase
_OVERWRITING = frozenset(
    getattr(np, name) for name in "median percentile quantile nanmedian nanpercentile nanquantile".split()
)

__all__ = ["ADVICE", "ArrayCalls", "advice_for"]
