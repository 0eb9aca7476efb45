"""Types from text: annotations, jaxtyping strings and `--signature "x: f8[n], W: f8[n,m]"`."""

from __future__ import annotations

import ast
import operator
from typing import Any

import numpy as np

from ..errors import SignatureError, UnknownWrtError
from .types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    STR,
    UNKNOWN,
    Arr,
    ListT,
    Num,
    Symbols,
    TupleT,
    Type,
    literal_dim,
)

_NAMED: dict[str, Type] = {"float": FLOAT, "int": INT, "bool": BOOL, "complex": COMPLEX, "str": STR}
_DTYPES = {
    "f8": "f8", "f4": "f4", "f2": "f2", "i8": "i8", "i4": "i4", "c16": "c16", "c8": "c8", "b1": "bool", "float64": "f8",
    "float32": "f4", "int64": "i8", "int32": "i4", "complex128": "c16", "complex64": "c8", "bool_": "bool", "float16": "f2",
}  # fmt: skip
_ARITHMETIC: dict[type, Any] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv}
_ANY_DTYPE = frozenset({"Shaped", "Num", "Inexact", "Real", "Key"})  # jaxtyping's names for arrays of several dtypes
_JAXTYPING = {
    "Float": "f8", "Float64": "f8", "Float32": "f4", "Int": "i8", "Int64": "i8", "Int32": "i4", "Complex": "c16", "Bool": "bool",
    "Complex128": "c16", "Complex64": "c8", "Float16": "f2", "Int8": "i1", "Int16": "i2",
    "UInt": "u8", "UInt8": "u1", "UInt16": "u2", "UInt32": "u4", "UInt64": "u8", "Integer": "i8",
}  # fmt: skip


class Dims:
    """Sizes by name, shared by the parameters of one function."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.names: dict[str, Any] = {}

    def size(self, text: str) -> Any:
        """The size that a text means: a number, a name, `n+1`, or, as in jaxtyping, `_` for any, `rows=3` and `?n`.

        Raises SignatureError for other texts.
        """
        text = text.strip()
        name, equals, number = text.partition("=")
        if equals and number.isdigit():
            self.names[name] = literal_dim(int(number))
            return self.names[name]
        if text == "_" or text.startswith(("?", "{")):
            return self.symbols.fresh()
        try:
            node = ast.parse(text, mode="eval").body
            size = self.computed(node)
        except (SyntaxError, ValueError):
            raise SignatureError(f"{text!r} is not a size that is understood", hint="use a name, a number, or n+1, n-1, 2*n, n//2") from None
        return size if min(size) > 0 or isinstance(node, ast.Constant) else self.symbols.fresh()

    def computed(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return literal_dim(node.value)
        if isinstance(node, ast.Name):
            if node.id not in self.names:
                self.names[node.id] = self.symbols.fresh()
            return self.names[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            left, right = self.computed(node.left), self.computed(node.right)
            if isinstance(node.op, ast.FloorDiv) and 0 in right:
                raise ValueError
            return tuple(map(_ARITHMETIC[type(node.op)], left, right))
        raise ValueError


def parse_signature(text: str, symbols: Symbols, names: list[str], dims: Dims | None = None) -> dict[str, Type]:
    """Types of parameters from `"x: f8[n], k: int"`.

    Raises UnknownWrtError for a name that is no parameter and SignatureError for a type it cannot read.
    """
    dims = dims or Dims(symbols)
    types: dict[str, Type] = {}
    for part in _split(text):
        name, colon, annotation = part.partition(":")
        name = name.strip()
        if not colon:
            raise SignatureError(f"the signature {part.strip()!r} is not of the form name: type",
                                 hint='for example "x: f8[n], k: int"')  # fmt: skip
        if name not in names:
            raise UnknownWrtError(f"the signature names {name!r}, which is not a parameter", hint=f"parameters: {', '.join(names)}")
        types[name] = parse_type(annotation.strip(), dims)
    return types


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "[(") - (c in "])")
        if depth < 0:
            break
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    if depth:
        raise SignatureError(f"the brackets of {text.strip()!r} do not match", hint='for example "x: f8[n], k: int"')
    parts.append(text[start:])
    return [p for p in parts if p.strip()]


def parse_type(text: str, dims: Dims) -> Type:
    """One type: `float`, `f8`, `f8[n,m]`, `f8[...]`, `float[n]`, `list[float]`."""
    head, bracket, rest = text.partition("[")
    head = head.strip()
    if not bracket:
        if head in _NAMED:
            return dims.symbols.int() if head == "int" else _NAMED[head]
        if head in _DTYPES:
            return Num(np.dtype(_DTYPES[head]), False)
        if head in ("np.ndarray", "ndarray", "numpy.ndarray", "array"):
            return Arr(np.dtype(float), None)
        if head in ("any", "Any", "object"):
            return UNKNOWN
    elif rest.rstrip().endswith("]"):
        inner = rest.rstrip().removesuffix("]")
        if head == "list":
            return ListT(parse_type(inner, dims))
        if head == "tuple":
            return TupleT(tuple(parse_type(p, dims) for p in _split(inner)))
        name = {"float": "f8", "int": "i8", "complex": "c16", "bool": "bool"}.get(head, _DTYPES.get(head))
        if name is not None:
            if inner.strip() == "...":
                return Arr(np.dtype(name), None)
            return Arr(np.dtype(name), tuple(dims.size(p) for p in inner.split(",") if p.strip()))
    raise SignatureError(f"{text!r} is not a type that is understood", hint="use float, int, bool, f8[n], f4[n,m], c16[n], list[float]")


def annotated_type(node: Any, dims: Dims) -> Type | None:
    """The type of an annotation's syntax tree (`ast`), None if it says nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return annotated_type(ast.parse(node.value, mode="eval").body, dims)
        except SyntaxError:
            return None
    if isinstance(node, ast.Name):
        if node.id in _NAMED:
            return dims.symbols.int() if node.id == "int" else _NAMED[node.id]
        return Arr(np.dtype(float), None) if node.id in ("ndarray", "NDArray") else None
    if isinstance(node, ast.Attribute):
        if node.attr in ("ndarray", "NDArray"):
            return Arr(np.dtype(float), None)
        if node.attr in _DTYPES:
            return Num(np.dtype(_DTYPES[node.attr]), False)
        return None
    if isinstance(node, ast.Subscript):
        head = _last_name(node.value)
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "NDArray":
            return Arr(_dtype(arguments[0], dims), None)
        if head == "ndarray":
            return Arr(_dtype(arguments[1], dims) if len(arguments) == 2 else np.dtype(float), _rank(arguments[0], dims))
        if (head in _JAXTYPING or head in _ANY_DTYPE) and len(arguments) == 2:
            return _jaxtyping(head, arguments[0], arguments[1], dims)
        if head in ("list", "List", "Sequence"):
            elem = annotated_type(node.slice, dims)
            return ListT(elem if elem is not None else UNKNOWN)
        if head in ("tuple", "Tuple") and not any(isinstance(a, ast.Constant) and a.value is Ellipsis for a in arguments):
            return TupleT(tuple(annotated_type(a, dims) or UNKNOWN for a in arguments))
        if head == "Annotated":
            return annotated_type(arguments[0], dims)
    return None


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _dtype(node: ast.AST, dims: Dims) -> Any:
    """The dtype of `np.float64` and of `np.dtype[np.float64]`; float64 where it is left open, as in `np.floating`."""
    if isinstance(node, ast.Subscript) and _last_name(node.value) == "dtype":
        node = node.slice
    inner = annotated_type(node, dims)
    return inner.dtype if isinstance(inner, Num) else np.dtype(float)


def _rank(node: ast.AST, dims: Dims) -> tuple[Any, ...] | None:
    """The shape that `tuple[int, int]` says: two axes of any size; None for `tuple[int, ...]` and `Any`."""
    if not isinstance(node, ast.Subscript) or _last_name(node.value) not in ("tuple", "Tuple"):
        return None
    sizes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if any(isinstance(s, ast.Constant) and s.value is Ellipsis for s in sizes):
        return None
    return tuple(dims.symbols.fresh() for _ in sizes)


def _jaxtyping(head: str, array: ast.AST, shape: ast.AST, dims: Dims) -> Type | None:
    """The type of `Float[np.ndarray, "n m"]`. An axis that may have size 1 instead (`#n`), or several axes, leave the shape open."""
    if not isinstance(shape, ast.Constant) or not isinstance(shape.value, str) or isinstance(array, ast.BinOp):
        return None
    if head in _ANY_DTYPE:
        return Arr(None, None)
    sizes = shape.value.split()
    if isinstance(array, ast.Name) and array.id in ("float", "int", "bool", "complex") and not sizes:
        return annotated_type(array, dims)
    dtype = np.dtype(_JAXTYPING[head])
    if any(n.startswith(("*", ".", "#")) for n in sizes):
        return Arr(dtype, None)
    try:
        return Arr(dtype, tuple(dims.size(n) for n in sizes))
    except SignatureError:
        return Arr(dtype, None)
