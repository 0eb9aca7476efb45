"""Random well-typed expressions over the names of a scope (see `scope.py` for the kinds)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.scope import Drawing


@dataclass
class Expressions(Drawing):
    """Draws expressions over the names of `scope`."""

    def draw(self, kind: str, depth: int) -> str:
        table: dict[str, Callable[[int], str]] = {
            "s": self.scalar, "m": self.matrix, "b": self.cube, "i": lambda d: self.index(),
            "depth": lambda d: self.pick(["n", "0", "1", "2", "3", "min(n, 3)"]),
            "v4": lambda d: self.vector(d, 4), "v3": lambda d: self.vector(d, 3)}  # fmt: skip
        if kind in table:
            return table[kind](depth)
        name = self.some(kind)
        return name if name and self.chance(0.5) else self.made(kind)

    def made(self, kind: str) -> str:
        """A new object of a kind that is not a number or an array."""
        s, v = self.scalar, self.vector
        forms: dict[str, Callable[[], list[str]]] = {
            "c": lambda: [f"np.array({s(1)})", f"np.asarray({s(1)} + 0.1)"],
            "ls": lambda: [f"[{', '.join(s(1) for _ in range(self.rng.randrange(1, 4)))}]", f"[{self.bound(1, False)}]",
                           f"list({v(0, 3)})", f"[{s(0)}] * 3", self.rare(f"[{s(0)}, *{v(0, 3)}]", f"[{s(0)}, *[{s(0)}, {s(0)}]]")],
            "lv": lambda: [f"[{', '.join(v(1, 4) for _ in range(self.rng.randrange(1, 4)))}]", f"list({self.matrix(1)})",
                           f"[{v(1, 4)} * {self.number()} for {self.fresh('e')} in range(2)]", f"[{self.matrix(0)}[{self.index()}]]"],
            "ll": lambda: [f"[[{s(1)}, {s(0)}], [{s(1)}]]", f"[[{s(0)}] for {self.fresh('e')} in range(2)]"],
            "lo": lambda: [f"[{self.made('o')}, {self.made('o')}]", f"[Box({v(0, 4)}, {s(0)}) for {self.fresh('e')} in range(2)]"],
            "d": lambda: [f"{{'a': {s(1)}, 'b': {s(1)}}}", f"dict(a={s(1)}, b={s(0)})", f"{{'b': {s(0)}, 'a': {s(1)}}}",
                          f"{{key: {s(1)} for key in ('a', 'b')}}"],
            "dv": lambda: [f"{{'p': {v(1, 4)}, 'q': {v(1, 4)}}}", f"{{'p': {v(0, 4)}, 'q': {v(0, 4)}}}"],
            "do": lambda: [f"{{'l': {self.made('o')}, 'r': {self.made('o')}}}"],
            "t": lambda: [f"({s(1)}, {v(1, 4)})", f"({s(1)}, {v(0, 4)})"],
            "tv": lambda: [f"({v(1, 4)}, {v(0, 4)})", f"({self.matrix(0)}[0], {v(0, 4)})"],
            "nt": lambda: [f"Pair({s(1)}, {v(1, 4)})", f"Pair(v={v(0, 4)}, k={s(1)})"],
            "o": lambda: [f"Box({v(1, 4)}, {s(1)})", f"Box({v(0, 4)})", f"Child({v(1, 4)}, {s(1)})", f"Child({v(0, 4)}, k={s(0)})"],
            "st": lambda: [f"State({s(1)}, {v(1, 4)}, {v(1, 3)})", f"State(k={s(1)}, w={v(0, 4)}, u={v(0, 3)})",
                           f"State({s(0)}, {v(0, 4)})"],
        }  # fmt: skip
        return self.pick(forms[kind]())

    def call(self, gives: str, depth: int) -> str | None:
        found = [h for h in self.scope.helpers if h.gives == gives]
        if not found:
            return None
        helper = found[self.rng.randrange(len(found))]
        return f"{helper.name}({', '.join(self.draw(k, depth - 1) for k in helper.takes)})"

    # --- conditions -------------------------------------------------------------------------------------------------

    def condition(self, depth: int = 1) -> str:
        r = self.rng.randrange(12)
        if r == 10:
            return f"{self.scalar_leaf()} {self.pick(['<', '<='])} {self.scalar_leaf()} + 0.013 < {self.pick(['1.7', '0.9', '0.4'])}"
        if r == 11:
            return f"len({self.some('ls')}) > {self.pick(['1', '2', '3'])}" if self.some("ls") else f"n % {self.pick(['2', '3'])} == 0"
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
        scope, options = self.scope, [self.number(), self.pick(["GAIN", "TABLE[{i}]", self.number()]).replace("{i}", self.index())]
        options += [*scope.of("s"), *scope.of("s")]
        for kind, forms in (
            ("v4", ["{}[{i}]", "{}[3]", self.rare("{}.flat[{i}]", "{}[-1]")]),
            ("v3", ["{}[{i}]"]),
            ("m", ["{}[{i}, {j}]", "{}[{i}][{j}]", self.rare("{}.flat[7]", "{}[2][0]"), "{}.T[3, {i}]", "{}.item(5)"]),
            ("b", ["{}[1, {i}, {j}]", "{}[..., 0][-1, {j}]"]),
            ("c", ["{}", "float({})", "{}[()]", "{}.item()"]),
            ("ls", ["sum({})", "len({})", "{}[len({}) - 1]"]),
            ("d", ["sum({}.values())", "{}.get('a')", "{}.get('z', 0.3)"]),
            ("o", ["{}.energy", "{}.rate", "{}({i})"]),
            ("st", ["{}.norm()"]),
            ("nt", ["{}[0]", "{}._replace(k={}.k * 0.5).k"]),
            ("lo", ["sum(o.k for o in {})"]),
            ("ll", ["sum(sum(row) for row in {})"]),
            ("dv", ["sum(v[0] for v in {}.values())"]),
        ):
            if scope.of(kind):
                form = self.pick(forms)
                options.append(form.replace("{}", self.pick(scope.of(kind))).replace("{i}", self.index()).replace("{j}", self.index()))
        return self.pick(options)

    def scalar(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return self.scalar_leaf()
        s, v, d = self.scalar, self.vector, depth - 1
        r = self.rng.randrange(32)
        if r < 5:
            return f"({s(d)} {self.pick(['+', '-', '*', '*'])} {s(d)})"
        if r < 8:
            name = self.pick(["math.sin", "math.cos", "math.tanh", "math.atan", "np.sin", "np.tanh", "np.arctan"])
            return f"{name}({s(d)})"
        inner = self.scalar_leaf() if depth < 2 else s(d)
        inner = f"({inner})" if inner.startswith("-") else inner
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
            lambda: f"(lambda a, b={self.number()}: a * b + {self.scalar_leaf()})({s(d)})",
            lambda: f"total({s(d)}, {s(d)}, {self.scalar_leaf()})" if self.chance(0.5) else
            self.rare(f"total(*{v(0, 3)}, scale={self.number()})", f"total({s(d)}, *({s(0)}, {s(0)}), scale={self.number()})"),
            lambda: f"(Vec({v(d, 4)}) @ Vec({v(0, 4)}))" if self.chance(0.5) else f"(Vec({v(d, 4)}) * {s(0)})[{self.index()}]",
            lambda: f"power({s(d)}, {self.pick(['0', '1', '2', '3'])})" if self.chance(0.5) else f"zig({s(d)}, {self.pick(['n', '3', '4'])})",
            lambda: f"halves({v(d, 4)})",
            lambda: f"sum(a * b for a, b in zip({v(d, 4)}, {v(0, 4)}))",
            lambda: f"np.{self.pick(['sum', 'mean'])}({self.cube(d)})",
            lambda: f"np.{self.pick(['trace', 'max', 'min'])}({self.matrix(d)})" if self.chance(0.5) else f"{self.matrix(d)}.sum()",
        ]
        return forms[self.rng.randrange(len(forms))]()

    def bound(self, depth: int, filtered: bool = True) -> str:
        """The body of a comprehension or generator with a float element."""
        name, outer = self.fresh("e"), self.scope
        self.scope = outer.copy()
        over, kind = self.rng.choice([("range(3)", "i"), ("range(2, -1, -1)", "i"), (self.vector(0, 4), "s")])
        self.scope.add(kind, name)
        body = self.scalar(depth)
        test = f" if {name} > {self.number()}" if filtered and self.chance(0.25) else ""
        self.scope = outer
        return f"{body} for {name} in {over}{test}"

    # --- vectors ----------------------------------------------------------------------------------------------------

    def vector_leaf(self, size: int) -> str:
        scope, options = self.scope, [*self.scope.of(f"v{size}")] * 3
        some = [self.pick(scope.of("v4"))] if scope.of("v4") else []
        if size == 3:
            options += [f"{a}[{b}]" for a in some for b in ("1:", ":-1", ":3", "[0, 2, 2]")]
            options += [f"{a}[:, {self.index()}]" for a in scope.of("m")] + [f"(np.diagonal({a}) + 0.1)" for a in scope.of("m")[-1:]]
        else:
            options += [f"{a}[{self.index()}]" for a in scope.of("m")]
            options += ["TABLE"] if self.chance(0.03) else []
            options += [f"{a}[1, {self.index()}]" for a in scope.of("b")[-1:]]
        return self.pick(options) if options else f"np.full({size}, {self.number()})"

    def vector(self, depth: int, size: int) -> str:
        if depth <= 0 or self.chance(0.25):
            return self.vector_leaf(size)
        s, d = self.scalar, depth - 1

        def v() -> str:
            return self.vector(d, size)

        r = self.rng.randrange(34)
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
            lambda: self.call(f"v{size}", depth) or v(),
            lambda: f"(np.broadcast_to({s(d)}, ({size},)) * 1.0)",
            lambda: f"np.linspace({s(0)}, {s(0)}, {size})" if self.chance(0.3) else f"{v()}.copy()",
            lambda: f"(Vec({v()}) {self.pick(['+', '*'])} Vec({v()})).d" if self.chance(0.5) else f"(Vec({v()}) * {s(0)} + {self.number()}).d",
            lambda: f"({v()} if {self.condition()} else {v()})",
            lambda: f"np.array([{s(0)} * e for e in {v()}])" if self.chance(0.5) else f"{v()}.real",
            lambda: f"np.squeeze({v()}[None, :])" if self.chance(0.5) else f"np.ravel({v()}.reshape({size}, 1))",
            lambda: f"({self.matrix(d)}.T @ {self.vector(0, 3)})" if size == 4 else f"np.einsum('ij,j->i', {self.matrix(d)}, {self.vector(0, 4)})",
            lambda: f"np.take({v()}, [{', '.join(self.pick(['0', '1', '2']) for _ in range(size))}])",
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
            lambda: f"(np.broadcast_to({self.vector(d, 4)}, (3, 4)) + 0.0)",
            lambda: f"(np.broadcast_to({self.vector(d, 3)}[:, None], (3, 4)) * 0.7)" if self.chance(0.5) else f"{m()}.T.copy().T",
            lambda: f"{self.cube(d)}.sum(axis=0)",
            lambda: f"{self.cube(0)}[{self.pick(['0', '1', '-1'])}]",
            lambda: f"np.{self.pick(['moveaxis', 'swapaxes'])}({m()}.T, 0, 1)",
            lambda: f"np.array([{', '.join(self.vector(d - 1, 4) for _ in range(3))}])",
        ]
        return forms[self.rng.randrange(len(forms))]()

    def cube(self, depth: int) -> str:
        """A (2, 3, 4) array."""
        d = depth - 1
        if depth <= 0 or self.chance(0.4):
            name = self.some("b")
            return name or f"np.stack([{self.matrix(0)}, {self.matrix(0)} * {self.number()}])"
        forms: list[Callable[[], str]] = [
            lambda: f"({self.cube(d)} {self.pick(['+', '*'])} {self.pick([self.scalar(0), self.vector(0, 4), self.matrix(0)])})",
            lambda: f"np.stack([{self.matrix(d)}, {self.matrix(d)}])",
            lambda: f"np.{self.pick(['sin', 'tanh', 'arctan'])}({self.cube(d)})",
            lambda: f"{self.cube(d)}[::-1]",
            lambda: f"({self.matrix(d)} * np.array([{self.scalar(0)}, {self.scalar(0)}])[:, None, None])",
        ]
        return forms[self.rng.randrange(len(forms))]()
