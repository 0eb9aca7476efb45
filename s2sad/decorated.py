"""The decorator: a function that carries its derivatives."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

from .api import Gradient, checked_block
from .errors import UnsupportedSyntaxError
from .targets import Wrt
from .texts import source


class Differentiated:
    """What `differentiate` returns: called like the function, with derivatives as attributes."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0, mode: str = "reverse", backend: str = "numpy", strict: bool = False,
                 block: tuple[int, int] | None = None) -> None:  # fmt: skip
        if mode not in ("reverse", "forward"):
            raise UnsupportedSyntaxError(f"mode={mode!r} is not available", hint="use mode='reverse' or mode='forward'")
        self.__s2sad_function__ = f
        self._wrt = wrt
        self._mode = mode
        self._backend, self._strict, self._block = backend, strict, block
        self._methods: dict[str, Gradient] = {}
        functools.update_wrapper(self, f)
        self.__wrapped__ = f
        self.__qualname__ = getattr(f, "__qualname__", type(f).__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__s2sad_function__(*args, **kwargs)

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        return self if obj is None else BoundDifferentiated(self, obj)

    def __reduce__(self) -> Any:
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<differentiable function {self.__qualname__}>"

    def _of_method(self, kind: str) -> Gradient:
        """The gradient for objects given as the first argument; positions in `wrt` do not count it."""
        if kind not in self._methods:
            given = self._wrt if isinstance(self._wrt, tuple) else (self._wrt,)
            moved = tuple(w + 1 if isinstance(w, int) and w >= 0 else w for w in given)
            self._methods[kind] = Gradient(self, moved if isinstance(self._wrt, tuple) else moved[0], kind, self._backend, self._strict,
                                           self._block)  # fmt: skip
        return self._methods[kind]

    def __s2sad__(self, lowerer: Any, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        f = self.__s2sad_function__
        return lowerer.embed(f, fn.name, module=fn.module)

    @functools.cached_property
    def grad(self) -> Any:
        """The gradient with respect to `wrt`."""
        return self._derivative("grad")

    @functools.cached_property
    def value_and_grad(self) -> Any:
        """Value and gradient."""
        return self._derivative("value_and_grad")

    def _derivative(self, kind: str) -> Any:
        from .jacobians import ForwardGradient

        forward = self._mode == "forward"
        if forward:
            return ForwardGradient(self, self._wrt, kind)
        return Gradient(self, self._wrt, kind, self._backend, self._strict, self._block)

    def jvp(self, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        """Value and derivative along `tangents`. See `s2sad.jvp`."""
        from .directional import jvp

        return jvp(self.__s2sad_function__, primals, tangents)

    @property
    def source(self) -> str:
        """Text of the derivative's variant last used; the generic or annotated one before any call."""
        text: str = self.grad.source
        return text

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Text of the derivative for a call with these arguments."""
        text: str = self.grad.source_for(*args, **kwargs)
        return text

    @property
    def elementary(self) -> str:
        """Text of the function's elementary form."""
        return source(self.__s2sad_function__, self._wrt, stage="elementary")


class BoundDifferentiated(Differentiated):
    """A differentiable method of an object. Its derivatives are compiled once for all objects of a kind."""

    def __init__(self, function: Differentiated, obj: Any) -> None:
        f = types.MethodType(function.__s2sad_function__, obj)
        super().__init__(f, function._wrt, function._mode, function._backend, function._strict, function._block)
        self._function, self._self = function, obj

    def __reduce__(self) -> Any:
        return getattr, (self._self, self.__wrapped__.__name__)

    @property
    def grad(self) -> Any:
        """The gradient with respect to `wrt`, which does not count the object."""
        return self._of_object("grad")

    @property
    def value_and_grad(self) -> Any:
        """Value and gradient."""
        return self._of_object("value_and_grad")

    def _of_object(self, kind: str) -> Any:
        if self._mode == "forward":
            return self._derivative(kind)
        return BoundGradient(self._function._of_method(kind), self._self)


class BoundGradient:
    """A gradient whose first argument is given."""

    def __init__(self, gradient: Gradient, obj: Any) -> None:
        self._gradient, self._self = gradient, obj
        functools.update_wrapper(self, gradient, updated=())
        self.__signature__ = inspect.signature(types.MethodType(gradient._target.f, obj))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._gradient(self._self, *args, **kwargs)

    @property
    def source(self) -> str:
        """Text of the variant last used; the generic or annotated one before any call."""
        return self._gradient.source

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Text for a call with these arguments."""
        return self._gradient.source_for(self._self, *args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """What is compiled for these arguments and what not, see `Gradient.explain`."""
        return self._gradient.explain(self._self, *args, **kwargs)

    def compiled(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """The emitted function for these arguments, see `Gradient.compiled`."""
        return functools.partial(self._gradient.compiled(self._self, *args, **kwargs), self._self)


def differentiate(
    f: Any = None, *, wrt: Wrt = 0, mode: str = "reverse", backend: str = "numpy", strict: bool = False, block: int | None = None,
    workers: int = 1,
) -> Any:  # fmt: skip
    """Decorator that gives a function its derivatives: `f.grad`, `f.value_and_grad`, `f.source`.

    >>> @differentiate(wrt="x")
    ... def area(x, y):
    ...     return x * y
    >>> area.grad(2.0, 3.0)
    3.0
    """
    if f is None:
        return functools.partial(differentiate, wrt=wrt, mode=mode, backend=backend, strict=strict, block=block, workers=workers)
    if isinstance(f, (staticmethod, classmethod)):
        raise UnsupportedSyntaxError("differentiate goes under staticmethod or classmethod", hint="swap the two decorators")
    return Differentiated(f, wrt, mode, backend, strict, checked_block(block, workers))


__all__ = ["BoundGradient", "Differentiated", "differentiate"]
