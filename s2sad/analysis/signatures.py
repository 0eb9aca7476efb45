"""Types from text: annotations, jaxtyping strings and `--signature "x: f8[n], W: f8[n,m]"`."""

from __future__ import annotations

import ast
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
_JAXTYPING = {
    "Float": "f8", "Float64": "f8", "Float32": "f4", "Int": "i8", "Int64": "i8", "Int32": "i4", "Complex": "c16", "Bool": "bool",
    "Complex128": "c16", "Complex64": "c8", "Float16": "f2",
}  # fmt: skip


class Dims:
    """Sizes by name, shared by the parameters of one function."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.names: dict[str, Any] = {}

    def size(self, text: str) -> Any:
        text = text.strip()
        if text.isdigit():
            return literal_dim(int(text))
        if text not in self.names:
            self.names[text] = self.symbols.fresh()
        return self.names[text]


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
        return Arr(np.dtype(float), None) if node.id in ("ndarray",) else None
    if isinstance(node, ast.Attribute):
        if node.attr == "ndarray":
            return Arr(np.dtype(float), None)
        if node.attr in _DTYPES:
            return Num(np.dtype(_DTYPES[node.attr]), False)
        return None
    if isinstance(node, ast.Subscript):
        head = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if head == "NDArray":
            inner = annotated_type(node.slice, dims)
            return Arr(inner.dtype if isinstance(inner, Num) else np.dtype(float), None)
        if head in _JAXTYPING and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            shape = node.slice.elts[1]
            if isinstance(shape, ast.Constant) and isinstance(shape.value, str):
                names = shape.value.split()
                if any(n.startswith(("*", ".")) for n in names):
                    return Arr(np.dtype(_JAXTYPING[head]), None)
                return Arr(np.dtype(_JAXTYPING[head]), tuple(dims.size(n) for n in names))
        if head in ("list", "List", "Sequence"):
            elem = annotated_type(node.slice, dims)
            return ListT(elem if elem is not None else UNKNOWN)
    return None
