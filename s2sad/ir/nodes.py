"""Node classes of the elementary form.

A program is a `Function` with a `Block` of statements. Every statement does one operation on atoms, every `Var` is
defined once, control flow is structured, and memory effects (`Store`, `Effect`, `Push`, `Pop`) are statements of their
own. `If` and `Loop` name the values they define explicitly (`Phi`, `Carry`), so no analysis needs to guess scopes.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..analysis.types import UNKNOWN, Arr, Type
from ..errors import Span


class Region:
    """A set of variables that may share memory, as a union-find node. Facts hold for the whole set."""

    __slots__ = ("_parent", "_stored", "_varied", "_caller", "_born")
    _count = itertools.count()

    def __init__(self, caller: bool = False) -> None:
        self._born = next(Region._count)
        self._parent: Region | None = None
        self._stored = False
        self._varied = False
        self._caller = caller

    def find(self) -> Region:
        node = self
        while node._parent is not None:
            node = node._parent
        if self is not node:
            self._parent = node
        return node

    def union(self, other: Region) -> None:
        a, b = self.find(), other.find()
        if a is not b:
            b._parent = a
            a._stored |= b._stored
            a._varied |= b._varied
            a._caller |= b._caller
            a._born = min(a._born, b._born)

    @property
    def stored(self) -> bool:
        """Whether anything of this memory is overwritten somewhere."""
        return self.find()._stored

    @stored.setter
    def stored(self, value: bool) -> None:
        self.find()._stored = value

    @property
    def varied(self) -> bool:
        """Whether something that depends on an input of interest is stored in it."""
        return self.find()._varied

    @varied.setter
    def varied(self, value: bool) -> None:
        self.find()._varied = value

    @property
    def born(self) -> int:
        """Grows with the time at which the oldest memory of the set was first seen."""
        return self.find()._born

    @property
    def caller(self) -> bool:
        """Whether it may be memory of the caller, or of anything else outside the function."""
        return self.find()._caller


class Var:
    """A value that is defined exactly once. Two variables are the same only if they are the same object."""

    __slots__ = ("hint", "type", "_varied", "named", "region", "view", "born")

    def __init__(
        self, hint: str, type: Type = UNKNOWN, varied: bool = False, named: bool = False, region: Region | None = None
    ) -> None:
        self.hint = hint
        self.type = type
        self._varied = varied
        self.named = named  # the author gave it this name
        self.region = region  # of values that are memory: arrays, lists, unknown objects
        self.born = next(Region._count)  # grows with time, like the age of regions
        self.view = False  # it may share the memory of an operand of the operation that made it

    @property
    def varied(self) -> bool:
        """Whether the value depends on an input that is differentiated with respect to."""
        return self._varied or (self.region is not None and self.region.varied and self.type.floating)

    @varied.setter
    def varied(self, value: bool) -> None:
        self._varied = value

    @property
    def stored(self) -> bool:
        return self.region is not None and self.region.stored

    def __repr__(self) -> str:
        return f"%{self.hint}"


@dataclass(frozen=True, eq=False, slots=True)
class Lit:
    """A constant that can be written down: number, string, None, bool, Ellipsis."""

    value: Any

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, eq=False, slots=True)
class Ref:
    """A known object that emitted code reaches by a name: a module, function, class or global value."""

    obj: Any
    name: str  # as printed, e.g. "np.linalg.norm"
    root: Any = None  # the object that the first part of the name stands for
    module: str | None = None  # the module that the root is imported from (a module itself: None)
    type: Type = UNKNOWN

    def __repr__(self) -> str:
        return self.name


NOTHING = Lit(0.0)  # the adjoint of a number that nothing was added to


class _Undef:
    def __repr__(self) -> str:
        return "undef"


UNDEF = _Undef()
SAFE = "safe"  # `Op.data` of a call that changes none of its arguments
DERIVED = "derived"  # `Op.data`, or `Store.role`, of a tangent in a `try`: it raises no error of the author's
REPLAYED = Lit("replayed")  # `With.context` of the body of a checkpointed function: it runs again in the reverse sweep
NOW = "now"  # `Op.data` of a read that may give something else later: a global that some function rebinds

Atom = Var | Lit | Ref | _Undef


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One operation on atoms.

    `kind` is an operator name (`add`, `getitem`, `lt`, ...), a constructor (`tuple`, `list`, `dict`, `slice`,
    `fstring`), `getattr` / `method` (with `name`), `call` (with `fn`) or `atom` (a copy of a reference).
    """

    kind: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()
    fn: Any = None  # Ref of the callee
    name: str = ""  # attribute or method name; for calls, the method spelling the author used
    data: Any = None

    def atoms(self) -> tuple[Any, ...]:
        """The atoms that the operation reads, its callee included."""
        if self.fn is None and not self.kwargs:
            return self.args
        args = tuple(a.atom if type(a) is Star else a for a in self.args)
        named = tuple(a for _, a in self.kwargs)
        return (*args, *named) if self.fn is None else (self.fn, *args, *named)


@dataclass(frozen=True, eq=False, slots=True)
class Star:
    """A starred argument of a call that is executed as it stands."""

    atom: Any
    double: bool = False


@dataclass(eq=False, slots=True)
class Assign:
    target: Var
    op: Op
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Store:
    """`base[index] = value`, `base[index] op= value`, or, with `index` None, `base op= value` on the whole array."""

    base: Any
    index: Any
    value: Any
    aug: str | None = None
    span: Span | None = None
    role: str = ""  # "restore" | "zero" | "accumulate" | "" (the author's)


@dataclass(eq=False, slots=True)
class AdjointBlock:
    """What `with adjoint_of(h) as h_bar` runs in the reverse sweep, as the data of an operation "surgery" that returns `h`.

    `bar` is the adjoint at the start of `body`, `result` that at its end. The operation's operands are `h` and what the body
    reads from outside; `reads` are the variables that stand for the latter in the body.
    """

    bar: Var
    reads: list[Var]
    body: Block
    result: Any
    span: Span | None = None
    changes: bool = False  # the body may change the memory of `bar`
    given_away: bool = False  # something else may hold the memory of `result`


@dataclass(eq=False, slots=True)
class Effect:
    """An operation run for what it does, e.g. `print(...)` or `items.append(v)`."""

    op: Op
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Push:
    tape: Var
    value: Any
    span: Span | None = None
    more: tuple[Any, ...] = ()  # values that are saved along with it, in a tuple


@dataclass(eq=False, slots=True)
class Pop:
    target: Var
    tape: Var
    span: Span | None = None
    more: tuple[Var, ...] = ()  # what takes the values that were saved along with it


@dataclass(eq=False, slots=True)
class Mark:
    """`target` is the length of a tape before a `try` statement whose body pushes on it."""

    target: Var
    tape: Var
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Cut:
    """Where the body of a `try` was left early, the tape is cut back to what it was before: no adjoint reads the rest."""

    tape: Var
    mark: Var
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Raise:
    exc: Any
    cause: Any = None
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Assert:
    test: Any
    message: Any
    span: Span | None = None


FORWARD, REVERSE = "forward sweep", "reverse sweep"  # the texts of the notes before them


@dataclass(eq=False, slots=True)
class Note:
    """A line of comment. Nothing moves across a `barrier`."""

    text: str
    span: Span | None = None
    barrier: bool = False


@dataclass(eq=False, slots=True)
class Block:
    stmts: list[Any] = field(default_factory=list)
    diverges: bool = False

    def __iter__(self) -> Iterator[Any]:
        return iter(self.stmts)

    def __len__(self) -> int:
        return len(self.stmts)


@dataclass(eq=False, slots=True)
class Phi:
    """`var` is `then` if the branch was taken and `orelse` otherwise."""

    var: Var
    then: Any
    orelse: Any


@dataclass(eq=False, slots=True)
class If:
    test: Any
    then: Block
    orelse: Block
    phis: list[Phi] = field(default_factory=list)
    span: Span | None = None
    expr: bool = False  # the author wrote an expression: `a if c else b`, `a and b`


@dataclass(eq=False, slots=True)
class Carry:
    """A value carried round a loop: `phi` in the body, `next` at its end, `result` after the loop."""

    phi: Var
    init: Any
    next: Any
    result: Var


@dataclass(eq=False, slots=True)
class Range:
    start: Any
    stop: Any
    step: Any
    reverse: bool = False

    def atoms(self) -> tuple[Any, ...]:
        return (self.start, self.stop, self.step)


@dataclass(eq=False, slots=True)
class Each:
    """Iteration over an object that is executed as it stands (no adjoint flows through it)."""

    seq: Any

    def atoms(self) -> tuple[Any, ...]:
        return (self.seq,)


@dataclass(eq=False, slots=True)
class Taped:
    """Iteration over the reversed entries of tapes: `targets[k]` takes those of `tapes[k]`.

    `range` counts along with them where the loop's index is used. Where entries are tuples, `widths` tells how many targets
    each tape has.
    """

    tapes: tuple[Any, ...]
    targets: tuple[Var, ...]
    range: Range | None = None
    widths: tuple[int, ...] = ()

    def parts(self) -> list[tuple[Any, tuple[Var, ...]]]:
        """Each tape with its targets."""
        rest = iter(self.targets)
        return [(tape, tuple(itertools.islice(rest, width))) for tape, width in zip(self.tapes, self.widths or (1,) * len(self.tapes))]

    def atoms(self) -> tuple[Any, ...]:
        return (*self.tapes, *(self.range.atoms() if self.range is not None else ()))


@dataclass(eq=False, slots=True)
class Slots:
    """How many states of a checkpointed loop are kept: in memory, by their size in memory, and in files."""

    slots: Any
    memory: Any
    disk: Any

    def atoms(self) -> tuple[Any, ...]:
        return (self.slots, self.memory, self.disk)


@dataclass(eq=False, slots=True)
class Loop:
    """`for` over a `Range`, `Each` or `Taped` (then `index` is its variable) or, with `iter` None, `while`.

    `test_block` and `test` are the head of a `while`. With `go`, the loop is left at the end of an iteration in which
    it is false. `header` keeps how the author wrote the head, for printing. With `checkpoint`, reverse mode keeps a few
    states of the loop only. With `workers`, so many threads run the iterations, which carry nothing but sums. A loop of the
    reverse sweep `mirrors` the one of the forward sweep with that variable: it goes through its iterations backwards.
    """

    iter: Any
    index: Var | None
    carries: list[Carry]
    body: Block
    test_block: Block = field(default_factory=Block)
    test: Any = None
    go: Any = None
    span: Span | None = None
    header: Any = None
    checkpoint: Slots | None = None
    workers: int = 0
    mirrors: Var | None = None


@dataclass(eq=False, slots=True)
class Try:
    """`ok` is True after the body ran to its end. Each handler is (exception atom or None, bound name, block)."""

    body: Block
    handlers: list[Any]
    orelse: Block
    final: Block
    phis: list[Any] = field(default_factory=list)  # MultiPhi: var, [body/else value, handler values...]
    span: Span | None = None


@dataclass(eq=False, slots=True)
class MultiPhi:
    var: Var
    values: list[Any]


@dataclass(eq=False, slots=True)
class Handler:
    type: Any
    name: Var | None
    body: Block


@dataclass(eq=False, slots=True)
class With:
    context: Any
    target: Var | None
    body: Block
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Invoke:
    """A call of another emitted function: `results = fn(*args)`. The forward part's last result is what it saves."""

    results: list[Var]
    fn: Any
    args: list[Any]
    span: Span | None = None
    part: str = "forward"
    reads: list[Any] = field(default_factory=list)  # memory that the reverse part reads through what was saved
    writes: list[Any] = field(default_factory=list)  # memory that it changes


@dataclass(eq=False, slots=True)
class Stepped:
    """A checkpointed loop in the program of a gradient, as the function of an `Invoke`.

    Its part "run" runs the loop by calls of `step`: its arguments are start, stop and step of the range, the values that
    the loop carries, arrays that it stores to, what it only reads, and those of `slots`, in these numbers; its results are
    the carried values at the end and, last, the snapshots. Its part "before" gives the state before an iteration: its
    arguments are the snapshots and the index.
    """

    loop: Loop
    step: Function
    carried: int
    stored: int
    constants: int
    raises: bool  # so that it may not be left out
    names: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Outlined:
    """A recursive function: its own parameters and body; `template` is the structure of its result."""

    name: str
    params: list[Var] = field(default_factory=list)
    body: Any = None
    results: list[Any] = field(default_factory=list)
    template: Any = None
    types: list[Any] = field(default_factory=list)
    varied: list[bool] = field(default_factory=list)
    shares: list[bool] = field(default_factory=list)  # results that may share memory with arguments
    captured: list[Any] = field(default_factory=list)
    stored: list[tuple[bool, bool]] = field(default_factory=list)  # of each parameter: stored to, with something varied
    names: dict[str, str] = field(default_factory=dict)  # part -> name of the emitted function
    read_in_parts: list[int] | None = None  # see `gathered`

    def seeded(self) -> list[int]:
        """Positions of the results that have an adjoint."""
        return [i for i, t in enumerate(self.types) if self.varied[i] and t.floating]

    def active(self) -> list[int]:
        """Positions of the parameters that have an adjoint."""
        return [i for i, p in enumerate(self.params) if p.varied and p.type.floating]

    def changed(self) -> list[int]:
        """Positions of the parameters whose memory the function stores to."""
        return [i for i, p in enumerate(self.params) if p.stored]

    def gathered(self) -> list[int]:
        """Positions of the arrays that are only read, part by part: each part adds to an adjoint that the caller has made."""
        if self.read_in_parts is None:  # found once: passes may drop what reads a part
            ops = [s.op for s in walk(self.body) if isinstance(s, Assign) and s.op.kind == "getitem"]
            parts = {op.args[0] for op in ops if isinstance(op.args[0], Var)}
            arrays = [i for i in self.active() if isinstance(t := self.params[i].type, Arr) and t.ndim]
            self.read_in_parts = [i for i in arrays if self.params[i] in parts and not self.params[i].stored]
        return self.read_in_parts

    def shadowed(self) -> list[int]:
        """Positions of the parameters whose adjoints the caller passes, to be added to in place."""
        known = {*self.changed(), *self.gathered()}
        return [i for i in self.active() if i in known]

    def returned(self) -> list[int]:
        """Positions of the parameters whose adjoints the reverse part returns."""
        known = self.shadowed()
        return [i for i in self.active() if i not in known]


@dataclass(eq=False, slots=True)
class Function:
    name: str
    params: list[Param]
    body: Block
    result: Any  # an atom, or a nested tuple/dict/... of atoms (see `Struct`)
    doc: str = ""
    span: Span | None = None


@dataclass(eq=False, slots=True)
class Param:
    var: Var
    default: Any = None  # Lit, Ref or None (no default)
    kind: str = "plain"  # plain | kwonly | var | kwvar | posonly


@dataclass(frozen=True, eq=False, slots=True)
class Struct:
    """A result that is built when it is returned: `kind` is tuple, list, dict or an object to rebuild."""

    kind: str
    items: tuple[Any, ...]
    keys: tuple[Any, ...] = ()
    cls: Any = None
    origin: Any = None


BINARY = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "matmul": operator.matmul,
    "and_": operator.and_, "or_": operator.or_, "xor": operator.xor, "lshift": operator.lshift,
    "rshift": operator.rshift,
}  # fmt: skip
UNARY = {"neg": operator.neg, "pos": operator.pos, "invert": operator.invert, "not_": operator.not_}
COMPARE = {
    "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne, "gt": operator.gt,
    "ge": operator.ge, "is_": operator.is_, "is_not": operator.is_not,
    "in_": lambda a, b: a in b, "not_in": lambda a, b: a not in b,
}  # fmt: skip
OPERATORS: dict[str, Any] = {**BINARY, **UNARY, **COMPARE}
ARITHMETIC = frozenset({"add", "sub", "mul", "truediv", "neg", "pos", "pow"})


_NESTING = frozenset({If, Loop, Try, With})


def blocks_of(stmt: Any) -> tuple[Block, ...]:
    """The blocks nested directly in a statement, in the order they run."""
    kind = type(stmt)
    if kind not in _NESTING:
        return ()
    if kind is If:
        return (stmt.then, stmt.orelse)
    if kind is Loop:
        return (stmt.test_block, stmt.body)
    if kind is Try:
        return (stmt.body, *(h.body for h in stmt.handlers), stmt.orelse, stmt.final)
    return (stmt.body,)


def walk(block: Block) -> list[Any]:
    """Every statement of a block and of the blocks within it, as they are now."""
    found: list[Any] = []
    _walk(block.stmts, found)
    return found


def within(stmt: Any) -> list[Any]:
    """A statement and every one in the blocks within it."""
    found = [stmt]
    for inner in blocks_of(stmt):
        _walk(inner.stmts, found)
    return found


def _walk(stmts: list[Any], found: list[Any]) -> None:
    for stmt in stmts:
        found.append(stmt)
        if type(stmt) in _NESTING:
            for inner in blocks_of(stmt):
                _walk(inner.stmts, found)


def defs_of(stmt: Any) -> Iterator[Var]:
    """The variables a statement defines itself, those of nested blocks not included."""
    if isinstance(stmt, (Assign, Pop, Mark)):
        yield stmt.target
        if isinstance(stmt, Pop):
            yield from stmt.more
    elif isinstance(stmt, (If, Try)):
        for p in stmt.phis:
            yield p.var
    elif isinstance(stmt, Loop):
        for c in stmt.carries:
            yield c.result
    elif isinstance(stmt, Invoke):
        yield from stmt.results


def inner_defs_of(stmt: Any) -> Iterator[Var]:
    """Variables that a statement defines for its nested blocks: loop variables and carried values."""
    if isinstance(stmt, Loop):
        if stmt.index is not None:
            yield stmt.index
        if isinstance(stmt.iter, Taped):
            yield from stmt.iter.targets
        for c in stmt.carries:
            yield c.phi
    elif isinstance(stmt, With) and stmt.target is not None:
        yield stmt.target
    elif isinstance(stmt, Try):
        for h in stmt.handlers:
            if h.name is not None:
                yield h.name


def all_defs_of(stmt: Any) -> Iterator[Var]:
    """The variables that a statement and those nested in it define: behind a block that surely runs, all may be in use."""
    yield from defs_of(stmt)
    for block in blocks_of(stmt):
        for inner in walk(block):
            yield from defs_of(inner)


def uses_of(stmt: Any) -> tuple[Any, ...] | list[Any]:
    """The atoms a statement reads itself, those of nested blocks not included."""
    kind = type(stmt)
    if kind is Assign or kind is Effect:
        atoms: tuple[Any, ...] = stmt.op.atoms()
        return atoms
    read = _USES.get(kind)
    return () if read is None else read(stmt)


def _loop_uses(stmt: Loop) -> list[Any]:
    found = [] if stmt.iter is None else list(stmt.iter.atoms())
    if stmt.checkpoint is not None:
        found += stmt.checkpoint.atoms()
    found += (stmt.test, stmt.go)
    for c in stmt.carries:
        found += (c.init, c.next)
    return found


def _if_uses(stmt: If) -> list[Any]:
    found = [stmt.test]
    for p in stmt.phis:
        found += (p.then, p.orelse)
    return found


_USES: dict[type, Any] = {
    Store: lambda s: (s.base, s.index, s.value),
    Push: lambda s: (s.tape, s.value, *s.more),
    Pop: lambda s: (s.tape,),
    Mark: lambda s: (s.tape,),
    Cut: lambda s: (s.tape, s.mark),
    Raise: lambda s: (s.exc, s.cause),
    Assert: lambda s: (s.test, s.message),
    If: _if_uses,
    Loop: _loop_uses,
    Try: lambda s: [*(h.type for h in s.handlers), *(v for m in s.phis for v in m.values)],
    With: lambda s: (s.context,),
    Invoke: lambda s: s.args,
}


def result_atoms(result: Any) -> Iterator[Any]:
    if isinstance(result, Struct):
        if result.origin is not None:
            yield result.origin
        for item in result.items:
            yield from result_atoms(item)
    else:
        yield result


def substitute_op(op: Op, sub: Any) -> Op:
    """`op` with every atom replaced by `sub(atom)`; the same object if nothing changed."""
    args = [_substitute_star(a, sub) if type(a) is Star else sub(a) for a in op.args]
    fn = None if op.fn is None else sub(op.fn)
    kwargs = tuple([(k, sub(a)) for k, a in op.kwargs]) if op.kwargs else ()
    if fn is op.fn and all(map(operator.is_, args, op.args)) and all(a[1] is b[1] for a, b in zip(kwargs, op.kwargs)):
        return op
    return Op(op.kind, tuple(args), kwargs, fn, op.name, op.data)


def _substitute_star(star: Star, sub: Any) -> Star:
    atom = sub(star.atom)
    return star if atom is star.atom else Star(atom, star.double)


def substitute(stmt: Any, sub: Any) -> None:
    """Replace the atoms that `stmt` itself reads, in place."""
    if isinstance(stmt, (Assign, Effect)):
        stmt.op = substitute_op(stmt.op, sub)
    elif isinstance(stmt, Store):
        stmt.base, stmt.index, stmt.value = sub(stmt.base), sub(stmt.index), sub(stmt.value)
    elif isinstance(stmt, Push):
        stmt.value = sub(stmt.value)
        stmt.more = tuple(map(sub, stmt.more))
    elif isinstance(stmt, Raise):
        stmt.exc, stmt.cause = sub(stmt.exc), sub(stmt.cause)
    elif isinstance(stmt, Assert):
        stmt.test, stmt.message = sub(stmt.test), sub(stmt.message)
    elif isinstance(stmt, If):
        stmt.test = sub(stmt.test)
        for p in stmt.phis:
            p.then, p.orelse = sub(p.then), sub(p.orelse)
    elif isinstance(stmt, Loop):
        if isinstance(stmt.iter, Range):
            stmt.iter = Range(sub(stmt.iter.start), sub(stmt.iter.stop), sub(stmt.iter.step), stmt.iter.reverse)
        elif isinstance(stmt.iter, Each):
            stmt.iter = Each(sub(stmt.iter.seq))
        elif isinstance(stmt.iter, Taped) and (r := stmt.iter.range) is not None:
            stmt.iter.range = Range(sub(r.start), sub(r.stop), sub(r.step), r.reverse)
        if stmt.checkpoint is not None:
            stmt.checkpoint = Slots(*map(sub, stmt.checkpoint.atoms()))
        stmt.test, stmt.go = sub(stmt.test), sub(stmt.go)
        for c in stmt.carries:
            c.init, c.next = sub(c.init), sub(c.next)
    elif isinstance(stmt, Try):
        for h in stmt.handlers:
            h.type = sub(h.type)
        for m in stmt.phis:
            m.values = [sub(v) for v in m.values]
    elif isinstance(stmt, With):
        stmt.context = sub(stmt.context)
    elif isinstance(stmt, Invoke):
        stmt.args = [sub(a) for a in stmt.args]
        stmt.writes = [sub(a) for a in stmt.writes]


def substitute_result(result: Any, sub: Any) -> Any:
    if isinstance(result, Struct):
        origin = sub(result.origin) if result.origin is not None else None
        return replace(result, items=tuple(substitute_result(i, sub) for i in result.items), origin=origin)
    return sub(result)
