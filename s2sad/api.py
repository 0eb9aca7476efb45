"""The public functions: what they take, and how a call finds its variant."""

from __future__ import annotations

import collections
import dataclasses
import functools
import os
import threading
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import compiler
from .analysis.multiples import hold
from .analysis.types import Type
from .backend.load import load
from .by_types import typed_request
from .cache import folder
from .cache.descriptions import Undescribed
from .cache.entries import Place, fetch, store, store_facts
from .cache.keys import key
from .checking import check, twin
from .compiled.choice import Backend, is_limit, is_numba_error
from .errors import (
    AmbiguousMemoryError,
    DifferentiationError,
    IntegerInputError,
    InternalCompilerError,
    NonScalarOutputError,
    Span,
    UnsupportedSyntaxError,
)
from .frontend.lowerer import Request, parameter_names
from .garbage import without_collections
from .ir.nodes import Ref
from .ratios import with_ratios
from .remembered import remembered
from .runtime import copy_in_layout, instance
from .targets import Target, Wrt
from .variants import (
    Guards,
    Variant,
    arrays_in,
    canonical,
    concrete_key,
    containers_in,
    holds_floats,
    may_overlap,
    overlaps_itself,
    sizes_of,
    state_of,
)

MAX_VARIANTS = 64


# What the emitted code says where it expected a view.
VIEW = "an array that is stored to was copied"


def made(compiled: compiler.Compiled, place: Place | None, target: Target) -> Variant:
    """What was compiled, ready to run, and stored if another process can find it again."""
    lowerer, text = compiled.program.lowerer, compiled.text
    lowerer.guards = target.guards(lowerer.guards, compiled.bindings.names)
    stores = any(v.region is not None and v.region.stored for v in lowerer.param_vars)
    changes = compiled.program.changes_containers()
    call = None if place is None else store(place, compiled, text, stores, changes)
    if call is None:
        call = load(compiled.definition, compiled.name, compiled.bindings)
    return Variant(call, Guards(lowerer.guards), text, stores, changes, compiled.report, compiled.ratios)


class Gradient(Backend):
    """A derivative of a function, compiled when it is first called with arguments of a new kind."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0, kind: str = "grad", backend: str = "numpy", strict: bool = False,
                 block: tuple[int, int] | None = None) -> None:  # fmt: skip
        self.choose_backend(backend, strict)
        self._block = block  # see `checked_block`
        self.wrt = wrt
        self.kind = kind
        self._aim(Target(f))
        self._fast: dict[Any, Variant] = {}
        self._variants: dict[Any, Variant] = {}
        self._lock = threading.RLock()
        self._last: Variant | None = None
        self._nested = isinstance(self._target.f, Gradient) and kind != "vjp"
        self._prefix = self._target.prefix
        self._inner: dict[Variant, Gradient] = {}  # derivatives of what another derivative emitted
        self._ints = False  # whether variants are made for the very integers of a call
        self._sizes = False  # and for the very sizes of its arrays
        self._careful = False  # whether an array was copied where a view was expected
        self._checkpoints = True
        functools.update_wrapper(self, self._target.f if isinstance(self._target.f, types.FunctionType) else _nameless, updated=())
        self.__name__ = f"{self._target.name}_{kind}"
        self.__signature__ = self._target.signature
        self._made_from: Any = (f, wrt, kind, backend, strict, block)

    def _aim(self, target: Target) -> None:
        """Take the function with the code and default values that it has now."""
        self._target = target
        self._wrt_names = target.wrt_names(self.wrt)
        defaults = [p.default for p in target.signature.parameters.values() if p.default is not p.empty]
        self._open_defaults = [d for d in defaults if containers_in(d, [])]  # lists, dicts and objects

    def _renew(self) -> None:
        """Forget what was compiled, and known, of a function that has got other code or default values since."""
        with self._lock:
            if self._target.changed():
                self._aim(Target(self._made_from[0]))
                self._fast.clear()
                self._variants.clear()
                self._inner.clear()
                self._ints = self._sizes = self._careful = False
                self.__signature__ = self._target.signature

    def __repr__(self) -> str:
        return f"<{self.kind} of {self._target.name} with respect to {', '.join(self._wrt_names)}>"

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        return self if obj is None else functools.partial(self, obj)

    def __reduce__(self) -> Any:
        return Gradient, self._made_from

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._prefix:
            args = (*self._prefix, *args)
        return self._run(args, kwargs)

    def _through(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Gradient | None:
        """The derivative of the emitted function that a call of the differentiated gradient would run; None of other functions."""
        first: Any = self._target.f
        if not self._nested:
            return None
        variant = first.plain._select(args, kwargs)
        if "run_checkpointed" in variant.text:
            variant = first.plain._taped._select(args, kwargs)
        if variant not in self._inner:
            wrt: Wrt = self._wrt_names if isinstance(self.wrt, tuple) else self._wrt_names[0]
            self._inner[variant] = self._again(variant.call, wrt)
        return self._inner[variant]

    def _again(self, f: Callable[..., Any], wrt: Wrt) -> Gradient:
        return Gradient(f, wrt, self.kind, self.backend, self.strict)

    def make_plain(self) -> Gradient:
        return Gradient(self._made_from[0], self.wrt, self.kind)

    @functools.cached_property
    def _taped(self) -> Gradient:
        """The same derivative without checkpoints, which can be differentiated again."""
        f, wrt, kind, *_ = self._made_from
        other = Gradient(f, wrt, kind)
        other._checkpoints = False
        return other

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        inner = self._through(args, kwargs) if self._nested else None
        if inner is not None:
            try:
                return inner._run(args, kwargs)
            finally:
                self._last = inner._last
        if self.backend != "numpy" and self.left_to_numpy(args, kwargs):
            return self.plain._run(args, kwargs)
        try:
            return self._select(args, kwargs).call(*args, **kwargs)
        except BaseException as err:
            if self.backend != "numpy" and is_limit(err):
                return self.plain._run(args, kwargs)
            if self.backend != "numpy" and is_numba_error(err):
                self.give_up(self._target.name, err)
                return self.plain._run(args, kwargs)
            refusal = self._as_refusal(err) if type(err) in (TypeError, ValueError, BaseException) else None
            if refusal is None:
                raise
            if isinstance(refusal, AmbiguousMemoryError) and str(err).startswith(VIEW) and not self._careful:
                with self._lock:
                    self._careful = True
                    self._fast.clear()
                    self._variants.clear()
                return self._run(args, kwargs)
            raise refusal from err

    def become_careful(self) -> bool:
        """Compile again, with code that asks whether NumPy made a view or a copy; False if that was done before."""
        if self._careful:
            return False
        with self._lock:
            self._careful = True
            self._fast.clear()
            self._variants.clear()
        return True

    def _as_refusal(self, err: BaseException) -> DifferentiationError | None:
        """The refusals that only the emitted code can tell, as errors of ours."""
        text, name = str(err), self._target.name
        if text.startswith(VIEW):
            return AmbiguousMemoryError(f"in {name}(), {text}", hint="where it is only read, flatten a copy: .flatten() or .copy()")
        if text.startswith("a function with derivatives of its own returns memory"):
            return AmbiguousMemoryError(f"in {name}(), {text}", hint="return a copy in its forward rule")
        if text.startswith("an array of integers is changed"):
            return AmbiguousMemoryError(f"in {name}(), {text}", hint="store to an array of floats, or annotate the parameters")
        if text.startswith("an exception came after a store in a try block"):
            return AmbiguousMemoryError(f"in {name}(), {text}", hint="move the store behind the try statement")
        if text.startswith("grad needs a function that returns a single real number"):
            return NonScalarOutputError(f"{name}() does not return a single real number, which grad needs", hint="use vjp")
        return None

    def _select(self, args: tuple[Any, ...], kwargs: dict[str, Any], offset: int = 0) -> Variant:
        ints = self._ints
        key: Any = tuple([float if type(a) is float else concrete_key(a, ints) for a in args])
        if kwargs or self._open_defaults:
            key = self._with_names(key, kwargs)
        variant = self._fast.get(key)
        if variant is None or variant.guarded and not variant.guards.hold():
            variant = self._slow(args, kwargs, key)
        if variant.stores or variant.changes:
            self._check_memory(variant, args, kwargs)
        self._last = variant
        return variant

    def _with_names(self, key: Any, kwargs: dict[str, Any]) -> Any:
        """A key of positional arguments, with those given by name and the defaults that may grow."""
        if not kwargs and not self._open_defaults:
            return key
        named = tuple((k, concrete_key(v, self._ints)) for k, v in kwargs.items())
        return (key, named, *[concrete_key(v, self._ints) for v in self._open_defaults])

    def check_primals(self, seed: Any, primals: tuple[Any, ...], copies: tuple[Any, ...]) -> None:
        """Refuse primals of which a change to one would change another; `copies` of them are what is differentiated at."""
        self._check_memory(self._select((seed, *copies), {}), (seed, *primals), {})

    def _check_memory(self, variant: Variant, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if variant.stores:
            self._check_overlap(variant, args, kwargs)
        if variant.changes:
            self._check_shared(args, kwargs)
            self._check_defaults(args, kwargs)

    def _check_overlap(self, variant: Variant, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        found: list[np.ndarray] = []
        if self.kind == "vjp":
            args = args[1:]  # the adjoint of the result is only read
        for a in (*args, *kwargs.values()):
            arrays_in(a, found)
        for i, a in enumerate(found):
            if a.flags.writeable and overlaps_itself(a):
                raise AmbiguousMemoryError(
                    f"an argument of {self._target.name}() shows some of its memory twice, and it stores to its arguments", hint="pass a copy")
            for b in found[i + 1 :]:
                if np.may_share_memory(a, b) and np.shares_memory(a, b):
                    raise AmbiguousMemoryError(
                        f"arguments of {self._target.name}() share memory, and it stores to its arguments", hint="pass a copy of one")
            if any(np.may_share_memory(a, b) and np.shares_memory(a, b) for b in variant.guards.arrays):
                raise AmbiguousMemoryError(
                    f"an argument of {self._target.name}() shares memory with an array that it takes from outside, and it stores to its "
                    "arguments", hint="pass a copy")  # fmt: skip

    def _check_defaults(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = self._target.names[: len(args) - (self.kind == "vjp")]
        for p in self._target.signature.parameters.values():
            if p.default is not p.empty and p.name not in given and p.name not in kwargs and containers_in(p.default, []):
                raise AmbiguousMemoryError(
                    f"{self._target.name}() changes the default value of {p.name!r}, which the next call would see",
                    hint=f"make {p.name}=None the default, and the {type(p.default).__name__} in the function")  # fmt: skip

    def _check_shared(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        seen: set[int] = set()
        for c in containers_in((*args, *kwargs.values()), []):
            if id(c) in seen:
                raise AmbiguousMemoryError(
                    f"the same {type(c).__name__} is given to {self._target.name}() twice, and it changes such an argument",
                    hint="pass a copy of one")  # fmt: skip
            seen.add(id(c))

    def _slow(self, args: tuple[Any, ...], kwargs: dict[str, Any], key: Any) -> Variant:
        with self._lock:
            if self._target.changed():
                self._renew()
                key = self._with_names(tuple([concrete_key(a, False) for a in args]), kwargs)
            bound = self._target.bind(args[1:] if self.kind == "vjp" else args, kwargs)
            self._check_inputs(bound)
            wide = self._wide_key(bound, self._ints, self._sizes)
            given: tuple[Any, ...] = tuple(sorted(kwargs))
            variant = self._variants.get((wide, given))
            if variant is not None and not hold(variant.ratios, sizes_of(bound)):
                given = (*given, None)  # a variant for any sizes
                variant = self._variants.get((wide, given))
            if variant is None or not variant.guards.hold():
                variant = self._variant(bound, given[-1:] == (None,))
                if len(self._variants) >= MAX_VARIANTS:
                    self._variants.clear()
                    self._fast.clear()
                if self._ints:
                    wide = self._wide_key(bound, self._ints, self._sizes)
                    key = self._with_names(tuple([concrete_key(a, True) for a in args]), kwargs)
                self._variants[(wide, given)] = variant
            if len(self._fast) > 512:
                self._fast.clear()
            self._fast[key] = variant
            return variant

    def _wide_key(self, bound: dict[str, Any], ints: bool, sizes: bool) -> Any:
        key = tuple((k, concrete_key(v, ints)) for k, v in bound.items())
        return key if sizes else canonical(key, {})

    def _check_inputs(self, bound: dict[str, Any]) -> None:
        for name in self._wrt_names:
            v = bound[name]
            if not holds_floats(v):
                what = f"the integer {v!r}" if isinstance(v, (int, np.integer)) and not isinstance(v, bool) else (
                    f"an array of {v.dtype}" if isinstance(v, np.ndarray) else f"a {type(v).__name__} without floats")  # fmt: skip
                raise IntegerInputError(
                    f"the parameter {name!r} of {self._target.name}() is {what}, which has no derivative",
                    hint=f"pass a float, e.g. float({name}) or {name}.astype(float)")  # fmt: skip

    def _request(self, **kwargs: Any) -> Request:
        t = self._target
        return Request(
            t.node, t.name, t.scope, t.filename, t.lines, self._wrt_names, defaults=t.defaults(), code=t.code, cls=t.cls,
            as_tuple=isinstance(self.wrt, tuple), block=self._block, **kwargs)  # fmt: skip

    def _variant(self, bound: dict[str, Any], any_sizes: bool = False) -> Variant:
        """A variant for arguments of this kind; where that is refused, for their very integers, then sizes, too."""
        place = self._place(bound, self._ints, self._sizes, any_sizes)
        stored = None if place is None else self._fetched(place)
        if isinstance(stored, Variant):
            return stored if hold(stored.ratios, sizes_of(bound)) else self._variant(bound, True)
        if stored is not None:  # it was refused before
            specific = self._specific(bound)
            return self._made(bound, self._ints, self._sizes, place, any_sizes) if specific is None else specific
        try:
            return self._made(bound, self._ints, self._sizes, place, any_sizes)
        except DifferentiationError:
            specific = self._specific(bound)
            if specific is None:
                raise
            if place is not None:
                store_facts(place, {"refused": True})
            return specific

    def _specific(self, bound: dict[str, Any]) -> Variant | None:
        """A variant for the very integers, then sizes, of a call; None if that is refused, too."""
        for ints, sizes in ((True, False), (True, True)):
            if (ints, sizes) <= (self._ints, self._sizes) or not _has_sizes(bound, sizes):
                continue
            place = self._place(bound, ints, sizes, True)
            stored = None if place is None else self._fetched(place)
            try:
                variant = stored if isinstance(stored, Variant) else self._made(bound, ints, sizes, place, True)
            except DifferentiationError:
                continue
            self._ints, self._sizes = ints, sizes
            self._fast.clear()
            self._variants.clear()
            return variant
        return None

    def _made(self, bound: dict[str, Any], ints: bool, sizes: bool, place: Place | None, any_sizes: bool) -> Variant:
        """A variant that is compiled now, and stored if another process can find it again."""
        with without_collections():
            request = self._request(arguments=bound, static_ints=ints, static_sizes=sizes, any_sizes=any_sizes)
            return made(self._emit(request), place, self._target)

    def _fetched(self, place: Place) -> Variant | dict[str, Any] | None:
        """What is stored, unless it would have to be refused with more than the entry knows of it."""
        stored = fetch(place)
        if isinstance(stored, Variant) and stored.report is not None:
            if self.strict and stored.report.refused() is not None:
                return None
            if self.kind != "jvp":
                self.check_report(self._target.name, stored.report)
        return stored

    def _place(self, bound: dict[str, Any], ints: bool, sizes: bool, any_sizes: bool) -> Place | None:
        """Where the variant is stored, None where no other process could tell that it is the one."""
        t = self._target
        if not folder.enabled() or t.prefix or not t.plain:
            return None
        options = [type(self).__name__, self.kind, t.name, list(self._wrt_names), isinstance(self.wrt, tuple), ints, sizes, self._careful,
                   self._checkpoints, self._block, any_sizes, *self.backend_options(bound)]  # fmt: skip
        try:
            return Place.of(t.f, f"{t.name}_{self.kind}", key(t.f, options, self._wide_key(bound, ints, sizes)))
        except (Undescribed, OSError):  # OSError: s2sad is no folder of files
            return None

    def _emit(self, request: Request, checkpoints: bool = True) -> compiler.Compiled:
        request.checkpoints = checkpoints and self._checkpoints
        seed = "structure" if self.kind == "vjp" else "scalar"
        check = os.environ.get("S2SAD_CHECK", "0") not in ("", "0")

        def emit(request: Request) -> compiler.Compiled:
            return guarded(self._target, request, lambda: compiler.compile_gradient(
                request, self.kind == "value_and_grad", seed, careful=self._careful, check=check, backend=self.backend))  # fmt: skip

        compiled = with_ratios(emit(request), request, emit)
        self.check_report(self._target.name, compiled.report)
        return compiled

    def compiled(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """The emitted function that a call with these arguments runs, for inner loops: no dispatch, no checks.

        It is right for arguments of the same kinds (dtypes, ranks, sizes that are equal or 1, and multiples of each other where slices
        depend on it, as in `z[:, 3 * m:]` of `4 * m` columns) as long as the globals and captured
        values that the function uses stay what they are. `f.grad.compiled(x)(x)` gives what `f.grad(x)` gives; of a jvp it takes
        the tangents by name.

        >>> g = grad(lambda x: x * x)
        >>> g.compiled(1.0)(3.0)
        6.0
        """
        if self._target.prefix:
            call = self._select((*self._target.prefix, *args), kwargs).call
            return functools.partial(call, *self._target.prefix)
        inner = self._through(args, kwargs)
        return self._select(args, kwargs).call if inner is None else inner.compiled(*args, **kwargs)

    # --- text ------------------------------------------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """Text of the variant last used; of the annotated or generic one before any call."""
        if self._last is not None:
            return self._last.text
        return self.text_for_types()

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Text of the variant that a call with these arguments uses."""
        if self._target.prefix:
            args = (*self._target.prefix, *args)
        last = self._last
        try:
            return self._select(args, kwargs).text
        finally:
            self._last = last or self._last

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """What of the variant that a call with these arguments uses (without any: of the last one used) is compiled, what not, and why."""
        if not args and not kwargs and self._last is not None:
            return self.explanation(self._last.report)
        if self._target.prefix:
            args = (*self._target.prefix, *args)
        return self.explanation(self._select(args, kwargs).report)

    def text_for_types(self, signature: str | None = None, standalone: bool = False) -> str:
        compiled = self._emit(typed_request(self._request(), signature))
        return compiled.standalone if standalone else compiled.text

    def for_types(self, types_: dict[str, Type], checkpoints: bool = True) -> compiler.Compiled:
        return self._emit(self._request(types=types_), checkpoints)

    def __s2sad__(self, lowerer: Any, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Used while another function is lowered: the emitted function for arguments of these types."""
        from .inner import argument_types, emitted

        if self._prefix:
            raise lowerer.unsupported(
                "the derivative of a method of an object, inside a function that is differentiated", None,
                "write a function that takes the numbers and arrays of the object as arguments")  # fmt: skip
        function = emitted(self, argument_types(self, lowerer, args, kwargs))
        return Ref(function, function.__name__, function, "s2sad.generated")


def guarded(target: Target, request: Request, emit: Callable[[], compiler.Compiled]) -> compiler.Compiled:
    """What `emit` compiles; an error that is no refusal is reported as a defect of the compiler."""
    try:
        return emit()
    except DifferentiationError:
        raise
    except Exception as err:  # nothing was computed, so nothing is wrong
        what = f"{type(err).__name__}: {err}" if str(err) else type(err).__name__
        span = Span.of_node(request.node, request.filename, request.lines) if hasattr(request.node, "lineno") else None
        raise InternalCompilerError(f"{target.name}() cannot be differentiated: {what}", span) from err


def _has_sizes(bound: dict[str, Any], sizes: bool) -> bool:
    """Whether there are integers (or, with `sizes`, arrays) among the arguments to be specific about."""
    return any(type(v) is int or sizes and arrays_in(v, []) for v in bound.values())


def _nameless() -> None:
    """A function without a name of its own."""


def checked_block(block: Any, workers: Any) -> tuple[int, int] | None:
    """The number of elements of a block, and the number of threads, None without blocks. Raises UnsupportedSyntaxError for others."""
    if block is not None and (type(block) is not int or block < 1):
        raise UnsupportedSyntaxError(f"block={block!r} is not a number of elements", hint="use a positive integer, such as 16384")
    if type(workers) is not int or workers < 1:
        raise UnsupportedSyntaxError(f"workers={workers!r} is not a number of threads", hint="use a positive integer, such as 2")
    if block is None and workers > 1:
        raise UnsupportedSyntaxError("workers without block: threads run blocks", hint="say how large, such as block=16384")
    return None if block is None else (block, workers)


def grad(
    f: Callable[..., Any], wrt: Wrt = 0, *, backend: str = "numpy", strict: bool = False, block: int | None = None,
    workers: int = 1,
) -> Gradient:  # fmt: skip
    """The gradient of `f`, a function that returns one real number.

    `wrt` is a position, a name or a tuple of these; the result has the structure, shape and dtype of that parameter, a
    tuple of such for a tuple. Raises a `DifferentiationError` when it is called and `f` cannot be differentiated.

    With `block`, chains of elementwise operations on vectors run on so many elements at a time, which is faster where arrays are
    larger than the cache (16384 is a good number); sums of numbers are then sums over blocks, so that the last digits may differ.
    With `workers`, so many threads run the blocks: NumPy computes in several at a time. The order of sums stays the same.

    >>> grad(lambda x: x * x)(3.0)
    6.0
    """
    return Gradient(f, wrt, "grad", backend, strict, checked_block(block, workers))


def value_and_grad(
    f: Callable[..., Any], wrt: Wrt = 0, *, backend: str = "numpy", strict: bool = False, block: int | None = None,
    workers: int = 1,
) -> Gradient:  # fmt: skip
    """Like `grad`, but the result is the pair of value and gradient.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    return Gradient(f, wrt, "value_and_grad", backend, strict, checked_block(block, workers))


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of `f` at `primals`, and a function from an adjoint of the value to those of the primals.

    The adjoint has the structure of the value. The function returns a tuple with one entry for each primal, None where
    a primal holds no floats.

    >>> value, back = vjp(lambda x, n: x**n, 3.0, 2)
    >>> value, back(1.0)
    (9.0, (6.0, None))
    """
    target = remembered(f, "target", (), lambda: Target(f))
    names = target.names[len(target.prefix) :]
    bound = target.bind((*target.prefix, *primals), {})
    kinds = dict(parameter_names(target.node))
    active = []
    for i in range(len(primals)):
        name = parameter_at(names, kinds, i)
        active.append(name if holds_floats(primals[i]) and kinds[name] != "var" else name if holds_floats(bound[name]) else None)
    wanted = tuple(dict.fromkeys(a for a in active if a is not None))
    saved = snapshot(primals)
    value = value_of(f, primals)
    if not wanted:
        return value, lambda u: (None,) * len(primals)
    gradient = remembered(f, "vjp", wanted, lambda: Gradient(f, wanted, "vjp"))
    if may_overlap(primals):
        gradient.check_primals(value, (*target.prefix, *primals), (*target.prefix, *saved))

    def back(u: Any) -> tuple[Any, ...]:
        args = (adjoint_like(u, value, "the adjoint"), *target.prefix, *saved)
        found = gradient._run(args, {})
        if gradient._last is not None:
            gradient._check_memory(gradient._last, (u, *target.prefix, *primals), {})
        by_name = dict(zip(wanted, found))
        out: list[Any] = []
        for i, a in enumerate(active):
            if a is None or not holds_floats(saved[i]):
                out.append(None)
            elif kinds[a] == "var":
                out.append(by_name[a][i - names.index(a)])
            else:
                out.append(by_name[a])
        return tuple(out)

    return value, back


def parameter_at(names: Sequence[str], kinds: dict[str, str], i: int) -> str:
    """The name of the parameter that takes the i-th positional argument."""
    variadic = next((k for k, n in enumerate(names) if kinds[n] == "var"), None)
    return names[i if variadic is None else min(i, variadic)]


def value_of(f: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
    """What `f` returns for copies of its arguments, the object of a method among them: it may change them."""
    if isinstance(f, types.MethodType):
        f, args = f.__func__, (f.__self__, *args)
    return f(*snapshot(args), **snapshot(kwargs or {}))


def snapshot(v: Any) -> Any:
    """A copy of the arrays and containers in `v`, so that nothing the function or the caller stores to them is seen."""
    if isinstance(v, np.ndarray):
        return copy_in_layout(v) if type(v) is np.ndarray else v.copy()
    if isinstance(v, tuple):
        items = [snapshot(item) for item in v]
        cls: Any = type(v)
        return cls._make(items) if hasattr(v, "_fields") else tuple(items)
    if type(v) is list:
        return [snapshot(item) for item in v]
    if type(v) is dict:
        return {key: snapshot(item) for key, item in v.items()}
    if isinstance(v, (list, dict, set, collections.deque, bytearray)):
        return twin(v)
    state = state_of(v)
    if state is None or not (dataclasses.is_dataclass(v) or holds_floats(v)):
        return v
    try:
        return twin(v)
    except Exception:  # something in it, such as a lock, has no copy
        return instance(type(v), **{name: snapshot(item) for name, item in state.items()})


def adjoint_like(u: Any, value: Any, what: str) -> Any:
    """The adjoint `u` in the structure and dtypes of `value`; a TypeError or ValueError unless it has its shapes."""
    if isinstance(value, (tuple, list)):
        if not isinstance(u, (tuple, list)) or len(u) != len(value):
            raise TypeError(f"{what} should be a {type(value).__name__} of {len(value)}, like the value")
        items = [adjoint_like(a, b, f"{what}[{i}]") for i, (a, b) in enumerate(zip(u, value))]
        cls: Any = type(value)
        return items if isinstance(value, list) else cls._make(items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        if not isinstance(u, dict) or u.keys() != value.keys():
            raise TypeError(f"{what} should be a dict with the keys of the value")
        return {k: adjoint_like(u[k], b, f"{what}[{k!r}]") for k, b in value.items()}
    array = isinstance(value, np.ndarray) and value.dtype.kind in "fc"
    if not array and not isinstance(value, (float, complex, np.inexact)):
        return u
    if np.asarray(u).dtype.kind not in "biufc":
        raise TypeError(f"{what} should be {'an array' if array else 'a number'}, not {u!r:.50}")
    if np.shape(u) != np.shape(value):
        raise ValueError(f"{what} has the shape {np.shape(u)}, the value {np.shape(value)}")
    if np.iscomplexobj(u) and not np.iscomplexobj(value):
        raise TypeError(f"{what} is complex, the value is real")
    return np.asarray(u, value.dtype) if array else type(value)(u)


def check_grad(f: Callable[..., Any], *args: Any, wrt: Wrt | None = None, rtol: float = 1e-5, **kwargs: Any) -> float:
    """The largest relative difference between the gradient of `f` and central finite differences.

    `wrt` None means every parameter that holds floats. Raises GradientMismatchError above `rtol`.
    """
    return check(f, args, kwargs, wrt, rtol)


__all__ = ["Gradient", "check_grad", "grad", "value_and_grad", "vjp"]
