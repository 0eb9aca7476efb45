"""Random well-typed expressions.

A kind says what a name holds: "s" a float, "v4"/"v3" a vector of that length, "m" a (3, 4) matrix, "c" a 0-d array,
"ls"/"lv" a list of floats or of vectors (never empty), "d" a dict with the keys "a" and "b", "t" a tuple (float,
vector), "o" a `Box`, "i" an integer from 0 to 2.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Helper:
    """A function that a generated program may call."""

    name: str
    takes: tuple[str, ...]
    gives: str


@dataclass
class Scope:
    """The names that are surely assigned here, by kind, and the functions that may be called."""

    names: dict[str, list[str]] = field(default_factory=dict)
    helpers: list[Helper] = field(default_factory=list)

    def copy(self) -> Scope:
        return Scope({k: list(v) for k, v in self.names.items()}, list(self.helpers))

    def add(self, kind: str, name: str) -> None:
        for names in self.names.values():
            if name in names:
                names.remove(name)
        self.names.setdefault(kind, []).append(name)

    def of(self, kind: str) -> list[str]:
        return self.names.get(kind, [])


@dataclass
class Expressions:
    """Draws expressions over the names of `scope`."""

    rng: random.Random
    scope: Scope
    serial: int = 0

    def pick(self, options: Sequence[str]) -> str:
        return options[self.rng.randrange(len(options))]

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def number(self) -> str:
        return repr(round(self.rng.uniform(-1.5, 1.5), 2))

    def index(self) -> str:
        """An index that is valid for length 3."""
        options = ["0", "1", "2", "-1", "-2"]
        return self.pick(self.scope.of("i")) if self.scope.of("i") and self.chance(0.6) else self.pick(options)

    def draw(self, kind: str, depth: int) -> str:
        table: dict[str, Callable[[int], str]] = {"s": self.scalar, "m": self.matrix, "i": lambda d: self.index()}
        if kind in table:
            return table[kind](depth)
        if kind in ("v4", "v3"):
            return self.vector(depth, int(kind[1]))
        raise ValueError(kind)

    def call(self, gives: str, depth: int) -> str | None:
        found = [h for h in self.scope.helpers if h.gives == gives]
        if not found:
            return None
        helper = found[self.rng.randrange(len(found))]
        return f"{helper.name}({', '.join(self.draw(k, depth - 1) for k in helper.takes)})"

    # --- conditions -------------------------------------------------------------------------------------------------

    def condition(self, depth: int = 1) -> str:
        r = self.rng.randrange(10)
        if r == 0:
            return f"n {self.pick(['>', '==', '<=', '!='])} {self.rng.randrange(4)}"
        if r == 1 and depth > 0:
            joint = self.pick(["and", "or"])
            return f"({self.condition(0)} {joint} {self.condition(0)})"
        if r == 2 and depth > 0:
            return f"not {self.condition(0)}"
        if r == 3:
            return f"{self.number()} < {self.scalar(1)} < 2.0"
        if r == 4:
            return f"np.any({self.vector(1, 4)} > {self.number()})"
        if r == 5:
            return "flag"
        return f"{self.scalar(1)} {self.pick(['>', '<', '>=', '<='])} {self.number()}"

    # --- scalars ----------------------------------------------------------------------------------------------------

    def scalar_leaf(self) -> str:
        scope, options = self.scope, [self.number()]
        options += [*scope.of("s"), *scope.of("s")]
        for kind, forms in (
            ("v4", ["{}[{i}]", "{}[3]"]),
            ("v3", ["{}[{i}]"]),
            ("m", ["{}[{i}, {j}]", "{}[{i}][{j}]"]),
            ("c", ["{}", "float({})", "{}[()]"]),
            ("ls", ["{}[0]", "{}[-1]", "sum({})"]),
            ("lv", ["{}[0][{i}]", "{}[-1][{i}]"]),
            ("d", ["{}['a']", "{}['b']"]),
            ("t", ["{}[0]"]),
            ("o", ["{}.k", "{}.w[{i}]"]),
        ):
            if scope.of(kind):
                form = self.pick(forms)
                options.append(form.format(self.pick(scope.of(kind)), i=self.index(), j=self.index()))
        return self.pick(options)

    def scalar(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return self.scalar_leaf()
        s, v, d = self.scalar, self.vector, depth - 1
        r = self.rng.randrange(24)
        if r < 5:
            return f"({s(d)} {self.pick(['+', '-', '*', '*'])} {s(d)})"
        if r < 8:
            name = self.pick(["math.sin", "math.cos", "math.tanh", "math.atan", "np.sin", "np.tanh", "np.arctan"])
            return f"{name}({s(d)})"
        inner = self.scalar_leaf() if depth < 2 else s(d)
        forms: list[Callable[[], str]] = [
            lambda: f"({s(d)} / (1.5 + {inner} ** 2))",
            lambda: f"(-{s(d)})",
            lambda: f"{inner} ** {self.pick(['2', '3', '2.0'])}",
            lambda: f"math.exp(-abs({s(d)}))",
            lambda: f"{self.pick(['math', 'np'])}.{self.pick(['sqrt', 'log'])}(1.2 + {inner} ** 2)",
            lambda: f"{self.pick(['max', 'min'])}({s(d)}, {s(d)})",
            lambda: f"np.sum({v(d, 4)})",
            lambda: f"{v(d, 3)}.{self.pick(['sum', 'mean', 'max', 'min', 'prod'])}()",
            lambda: f"np.dot({v(d, 4)}, {v(d, 4)})",
            lambda: f"({v(d, 3)} @ {v(d, 3)})",
            lambda: f"np.{self.pick(['sum', 'mean', 'max', 'linalg.norm'])}({self.matrix(d)})",
            lambda: f"({s(d)} if {self.condition()} else {s(d)})",
            lambda: f"sum({self.bound(d)})",
            lambda: f"sum([{self.bound(d)}])",
            lambda: self.call("s", depth) or self.scalar_leaf(),
            lambda: self.call("s", depth) or self.scalar_leaf(),
        ]
        return forms[self.rng.randrange(len(forms))]()

    def fresh(self, stem: str) -> str:
        self.serial += 1
        return f"{stem}{self.serial}"

    def bound(self, depth: int) -> str:
        """The body of a comprehension or generator with a float element."""
        name, outer = self.fresh("e"), self.scope
        self.scope = outer.copy()
        over, kind = self.rng.choice([("range(3)", "i"), ("range(2, -1, -1)", "i"), (self.vector(0, 4), "s")])
        self.scope.add(kind, name)
        body = self.scalar(depth)
        test = f" if {name} > {self.number()}" if self.chance(0.25) else ""
        self.scope = outer
        return f"{body} for {name} in {over}{test}"

    # --- vectors ----------------------------------------------------------------------------------------------------

    def vector_leaf(self, size: int) -> str:
        scope, options = self.scope, [*self.scope.of(f"v{size}")] * 2
        if size == 3:
            options += [f"{a}[{b}]" for a in scope.of("v4") for b in ("1:", ":-1", ":3", "[0, 2, 2]")]
            options += [f"{a}[:, {self.index()}]" for a in scope.of("m")]
        else:
            options += [f"{a}[{self.index()}]" for a in scope.of("m")]
            options += [f"{a}[-1]" for a in scope.of("lv")] + [f"{a}[1]" for a in scope.of("t")]
            options += [f"{a}.w" for a in scope.of("o")]
        return self.pick(options) if options else f"np.full({size}, {self.number()})"

    def vector(self, depth: int, size: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return self.vector_leaf(size)
        s, d = self.scalar, depth - 1

        def v() -> str:
            return self.vector(d, size)

        r = self.rng.randrange(25)
        if r < 5:
            return f"({v()} {self.pick(['+', '-', '*'])} {v()})"
        if r < 7:
            return f"({v()} {self.pick(['+', '*'])} {s(d)})"
        if r < 10:
            return f"np.{self.pick(['sin', 'tanh', 'cos', 'abs', 'arctan', 'square', 'negative'])}({v()})"
        forms: list[Callable[[], str]] = [
            lambda: f"({v()} / (1.5 + {self.vector_leaf(size)} ** 2))",
            lambda: f"np.exp(-{v()} ** 2)",
            lambda: f"np.sqrt(1.1 + {self.vector_leaf(size)} ** 2)",
            lambda: f"np.where({v()} > {self.number()}, {v()}, {self.pick([v(), s(d)])})",
            lambda: f"np.{self.pick(['maximum', 'minimum'])}({v()}, {self.pick([v(), s(d)])})",
            lambda: f"np.clip({v()}, -1.1, 1.2)",
            lambda: f"{v()}[::-1]",
            lambda: f"np.{self.pick(['cumsum', 'sort', 'copy', 'asarray', 'array'])}({v()})",
            lambda: f"np.roll({v()}, {self.rng.randrange(-1, 3)})",
            lambda: f"np.array([{', '.join(s(d - 1) for _ in range(size))}])",
            lambda: f"({self.matrix(d)} @ {self.vector(d, 4)})" if size == 3 else f"({self.vector(d, 3)} @ {self.matrix(d)})",
            lambda: f"np.diff({self.vector(d, 4)})" if size == 3 else f"np.concatenate([{self.vector(d, 3)}, [{s(d)}]])",
            lambda: f"np.{self.pick(['sum', 'mean', 'max'])}({self.matrix(d)}, axis={'1' if size == 3 else '0'})",
            lambda: f"np.zeros({size})" if self.chance(0.5) else f"np.ones_like({v()})",
            lambda: self.call(f"v{size}", depth) or v(),
        ]
        return forms[self.rng.randrange(len(forms))]()

    # --- matrices ---------------------------------------------------------------------------------------------------

    def matrix(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.35):
            options = self.scope.of("m")
            return self.pick(options) if options else f"np.full((3, 4), {self.number()})"
        d = depth - 1

        def m() -> str:
            return self.matrix(d)

        forms: list[Callable[[], str]] = [
            lambda: f"({m()} {self.pick(['+', '-', '*'])} {m()})",
            lambda: f"({m()} {self.pick(['+', '*'])} {self.pick([self.scalar(d), self.vector(d, 4)])})",
            lambda: f"({m()} * {self.vector(d, 3)}[:, None])",
            lambda: f"np.{self.pick(['sin', 'tanh', 'abs'])}({m()})",
            lambda: f"np.outer({self.vector(d, 3)}, {self.vector(d, 4)})",
            lambda: f"{m()}.T.reshape(3, 4)" if self.chance(0.1) else f"{m()}.reshape(4, 3).reshape((3, -1))",
            lambda: f"{m()}[::-1]",
            lambda: f"{m()}[:, ::-1]",
            lambda: f"{m()}.copy()",
            lambda: f"np.stack([{', '.join(self.vector(d - 1, 4) for _ in range(3))}])",
            lambda: f"np.where({m()} > {self.number()}, {m()}, {self.number()})",
        ]
        return forms[self.rng.randrange(len(forms))]()
