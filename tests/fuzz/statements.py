"""Random statements over the expressions of `expressions.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.expressions import Expressions, Helper, Scope

Block = list[str]


def indent(lines: Block) -> Block:
    return ["    " + line for line in lines]


@dataclass
class Statements(Expressions):
    """Draws statements; `loops` counts the loops around, `returns` says that `return <float>` is allowed here."""

    loops: int = 0
    returns: bool = True
    steps: int = 0

    # --- blocks -----------------------------------------------------------------------------------------------------

    def block(self, size: int, depth: int) -> Block:
        """Statements in a scope of their own: what they define is not visible afterwards."""
        outer = self.scope
        self.scope = outer.copy()
        lines: Block = []
        for _ in range(size):
            lines += self.statement(depth)
        self.scope = outer
        return lines or ["pass"]

    def statement(self, depth: int) -> Block:
        simple: list[Callable[[], Block]] = [
            self.assign, self.assign, self.assign, self.rebind, self.rebind, self.store, self.store, self.store,
            self.augmented, self.augmented, self.view, self.view, self.alias, self.swap, self.listing, self.listing,
            self.mapping, self.packing, self.boxing, self.zero_dim, self.whole, self.effect, self.chained, self.starred,
        ]  # fmt: skip
        nested: list[Callable[[int], Block]] = [
            self.branch, self.branch, self.branch, self.for_range, self.for_range, self.for_range, self.for_each,
            self.while_count, self.while_value, self.attempt, self.errstate, self.local_function, self.leave,
        ]  # fmt: skip
        if depth > 0 and self.chance(0.4):
            return nested[self.rng.randrange(len(nested))](depth - 1)
        return simple[self.rng.randrange(len(simple))]()

    def define(self, kind: str, value: str) -> Block:
        name = self.fresh({"v4": "v", "v3": "w", "ls": "xs", "lv": "vs"}.get(kind, kind))
        line = f"{name} = {value}"
        self.scope.add(kind, name)
        return [line]

    def some(self, kind: str) -> str | None:
        return self.pick(self.scope.of(kind)) if self.scope.of(kind) else None

    def array(self) -> tuple[str, str]:
        """A name that holds an array, and its kind; the parameters come up less often than other names."""
        found = [(n, k) for k in ("v4", "v3", "m") for n in self.scope.of(k)]
        return found[self.rng.randrange(len(found))]

    # --- simple statements ------------------------------------------------------------------------------------------

    def assign(self) -> Block:
        kind = self.pick(["s", "s", "v4", "v4", "v3", "m"])
        return self.define(kind, self.draw(kind, 2))

    def rebind(self) -> Block:
        kind = self.pick(["s", "s", "v4", "v3", "m"])
        name = self.some(kind)
        return [f"{name} = {self.draw(kind, 2)}"] if name else self.assign()

    def place(self, name: str, kind: str) -> tuple[str, str]:
        """A part of an array that can be stored to, and an expression that fits into it."""
        i, j = self.index(), self.index()
        if kind == "m":
            forms = [(f"{name}[{i}, {j}]", "s"), (f"{name}[{i}]", "v4"), (f"{name}[:, {j}]", "v3"), (f"{name}[:]", "m"),
                     (f"{name}[{i}, 1:]", "v3"), (f"{name}[{name} > {self.number()}]", "s"), (f"{name}[...]", "m"),
                     (f"{name}.T[{j}]", "v3"), (f"{name}[{i}][{j}]", "s"), (f"{name}[:]", "v4")]  # fmt: skip
        elif kind == "v4":
            forms = [(f"{name}[{i}]", "s"), (f"{name}[{i}]", "s"), (f"{name}[1:]", "v3"), (f"{name}[:-1]", "v3"),
                     (f"{name}[:]", "v4"), (f"{name}[::2]", "s"), (f"{name}[[0, 3, 0]]", "v3"), (f"{name}[::-1]", "v4"),
                     (f"{name}[{name} > {self.number()}]", "s"), (f"{name}[...]", "s"), (f"{name}[1:][{i}]", "s")]  # fmt: skip
        else:
            forms = [(f"{name}[{i}]", "s"), (f"{name}[{i}]", "s"), (f"{name}[:]", "v3"), (f"{name}[1:]", "s"),
                     (f"{name}[[2, 0, 2]]", "v3"), (f"{name}[{name} < {self.number()}]", "s")]  # fmt: skip
        target, fits = forms[self.rng.randrange(len(forms))]
        return target, self.draw(fits, self.rng.randrange(1, 3))

    def store(self) -> Block:
        target, value = self.place(*self.array())
        return [f"{target} = {value}"]

    def augmented(self) -> Block:
        if self.chance(0.3):
            name = self.some("s")
            return [f"{name} {self.pick(['+=', '-=', '*='])} {self.scalar(2)}"] if name else self.assign()
        target, value = self.place(*self.array())
        if self.chance(0.15):
            return [f"{target} /= 1.5 + ({value}) ** 2"]
        return [f"{target} {self.pick(['+=', '-=', '*=', '+='])} {value}"]

    def whole(self) -> Block:
        """An augmented assignment to a whole array, through its name."""
        name, kind = self.array()
        value = self.draw(self.pick([kind, kind, "s"]), 1)
        return [f"{name} {self.pick(['+=', '-=', '*='])} {value}"]

    def view(self) -> Block:
        name, kind = self.array()
        if kind == "m":
            form, gives = self.rng.choice(
                [("{}[{i}]", "v4"), ("{}[:, {i}]", "v3"), ("{}[::-1]", "m"), ("{}.T[{i}]", "v3"), ("{}[:, ::-1]", "m"),
                 ("{}.copy().reshape(4, 3)[{i}]", "v3"), ("{}.T.copy().T", "m"), ("{}[{i}, 1:]", "v3"),
                 ("np.ravel({}.copy())[:4]", "v4"), ("{}.T.swapaxes(0, 1)", "m")])  # fmt: skip
        elif kind == "v4":
            form, gives = self.rng.choice(
                [("{}[1:]", "v3"), ("{}[:-1]", "v3"), ("{}[::-1]", "v4"), ("{}[:]", "v4"), ("{}.reshape(2, 2).T[0]", None),
                 ("np.asarray({})", "v4"), ("{}[::-1][:3]", "v3")])  # fmt: skip
        else:
            form, gives = self.rng.choice([("{}[::-1]", "v3"), ("{}[:]", "v3"), ("{}.reshape(3, 1)[:, 0]", "v3")])
        if gives is None:
            form, gives = ("{}.copy().reshape(2, 2).T.reshape(4)" if self.chance(0.1) else "{}.reshape(2, 2).reshape(4)"), "v4"
        return self.define(gives, form.format(name, i=self.index()))

    def alias(self) -> Block:
        kind = self.pick(["v4", "v4", "m", "v3", "ls", "d", "o"])
        name = self.some(kind)
        if not name:
            return self.view()
        if self.chance(0.3) and kind in ("v4", "m", "v3"):
            other = self.some(kind)
            return [f"{name} = {other}"]
        return self.define(kind, name)

    def swap(self) -> Block:
        kind = self.pick(["v4", "v4", "s", "m", "v3"])
        names = self.scope.of(kind)
        if len(names) < 2:
            return self.assign()
        a, b = self.rng.sample(names, 2)
        return [f"{a}, {b} = {b}, {a}"]

    def listing(self) -> Block:
        kind, element = ("ls", "s") if self.chance(0.6) else ("lv", "v4")
        name = self.some(kind)
        if not name or self.chance(0.3):
            if element == "s" and self.chance(0.4):
                return self.define("ls", f"[{self.draw('s', 1)} for {self.fresh('e')} in range(3)]")
            return self.define(kind, f"[{', '.join(self.draw(element, 1) for _ in range(self.rng.randrange(1, 4)))}]")
        value = self.draw(element, 1)
        options: list[Block] = [[f"{name}.append({value})"], [f"{name}.append({value})"], [f"{name}[0] = {value}"]]
        if element == "s":
            options += [[f"{name}[-1] += {value}"], [f"{name}.insert(0, {value})"], [f"{name} += [{value}]"]]
        else:
            options += [[f"{name}[-1] += {value}"], [f"{name}[0][{self.index()}] = {self.scalar(1)}"]]
        choice = options[self.rng.randrange(len(options))]
        if self.chance(0.25):
            got = self.fresh("p")
            choice = [f"{name}.append({value})", f"{got} = {name}.pop()"]
            self.scope.add(element, got)
        return choice

    def mapping(self) -> Block:
        name = self.some("d")
        if not name or self.chance(0.3):
            return self.define("d", f"{{'a': {self.scalar(1)}, 'b': {self.scalar(1)}}}")
        return [f"{name}['{self.pick(['a', 'b'])}'] {self.pick(['=', '+=', '*='])} {self.scalar(1)}"]

    def packing(self) -> Block:
        name = self.some("t")
        if not name or self.chance(0.5):
            return self.define("t", f"({self.scalar(1)}, {self.vector(1, 4)})")
        a, b = self.fresh("s"), self.fresh("v")
        self.scope.add("s", a)
        self.scope.add("v4", b)
        return [f"{a}, {b} = {name}"]

    def boxing(self) -> Block:
        name = self.some("o")
        if not name or self.chance(0.3):
            return self.define("o", f"Box({self.vector(1, 4)}, {self.scalar(1)})")
        options = [f"{name}.k = {self.scalar(1)}", f"{name}.w[{self.index()}] += {self.scalar(1)}",
                   f"{name}.w = {self.vector(1, 4)}", f"{name}.step({self.scalar(1)})", f"{name}.k *= {self.scalar(1)}"]  # fmt: skip
        return [self.pick(options)]

    def zero_dim(self) -> Block:
        name = self.some("c")
        if not name or self.chance(0.3):
            return self.define("c", f"np.array({self.scalar(1)})")
        return [self.pick([f"{name} += {self.scalar(1)}", f"{name}[...] = {self.scalar(1)}", f"{name}[()] *= {self.scalar(1)}"])]

    def chained(self) -> Block:
        """`a = b = value`: one object under two names."""
        kind = self.pick(["v4", "v3", "s"])
        a, b = self.fresh("b"), self.fresh("b")
        line = f"{a} = {b} = {self.draw(kind, 2)}"
        self.scope.add(kind, a)
        self.scope.add(kind, b)
        return [line]

    def starred(self) -> Block:
        a, b, c = self.fresh("p"), self.fresh("xs"), self.fresh("p")
        line = f"{a}, *{b}, {c} = {self.vector(1, 4)}" if self.chance(0.5) else f"{a}, *{b}, {c} = {self.scalar(1)}, {self.scalar(1)}, {self.scalar(0)}"
        self.scope.add("s", a)
        self.scope.add("ls", b)
        self.scope.add("s", c)
        return [line]

    def effect(self) -> Block:
        """A call for what it does to its argument."""
        name, kind = self.array()
        options = [f"{name}.fill({self.scalar(1)})", f"np.multiply({name}, {self.scalar(1)}, out={name})",
                   f"np.copyto({name}, {self.draw(kind, 1)})", f"scale_in_place({name}, {self.scalar(1)})",
                   f"scale_in_place({name}[1:], {self.scalar(1)})"]  # fmt: skip
        if kind != "m":
            options += [f"np.add.at({name}, [0, 2, 0], {self.vector(1, 3)})", f"{name}.sort()"]
        return [self.pick(options)]

    # --- nested statements ------------------------------------------------------------------------------------------

    def size(self) -> int:
        return self.rng.randrange(1, 4)

    def branch(self, depth: int) -> Block:
        lines = [f"if {self.condition()}:", *indent(self.block(self.size(), depth))]
        if self.chance(0.25):
            lines += [f"elif {self.condition()}:", *indent(self.block(self.size(), depth))]
        if self.chance(0.5):
            lines += ["else:", *indent(self.block(self.size(), depth))]
        return lines

    def loop_body(self, depth: int, bound: tuple[tuple[str, str], ...]) -> Block:
        outer = self.scope
        self.scope = outer.copy()
        for kind, name in bound:
            self.scope.add(kind, name)
        self.loops += 1
        lines: Block = []
        for _ in range(self.size()):
            lines += self.statement(depth)
        if self.chance(0.3):
            at = self.rng.randrange(len(lines) + 1)
            at = next((k for k in range(at, len(lines)) if not lines[k].startswith((" ", "el", "ex", "fi"))), len(lines))
            outer_names = self.scope
            self.scope = outer.copy()
            for kind, name in bound:
                self.scope.add(kind, name)
            lines[at:at] = [f"if {self.condition()}:", f"    {self.pick(['break', 'continue'])}"]
            self.scope = outer_names
        self.loops -= 1
        self.scope = outer
        return lines

    def after_loop(self, depth: int) -> Block:
        return ["else:", *indent(self.block(1, depth))] if self.chance(0.12) else []

    def for_range(self, depth: int) -> Block:
        name = self.fresh("i")
        over = self.pick(["range(n)", "range(n)", "range(3)", "range(2, -1, -1)", "range(1)", "range(0)", "range(0, 3, 2)",
                          "range(min(n, 3))", "range(2)"])  # fmt: skip
        known = () if over == "range(n)" else (("i", name),)
        return [f"for {name} in {over}:", *indent(self.loop_body(depth, known)), *self.after_loop(depth)]

    def for_each(self, depth: int) -> Block:
        a, b = self.fresh("e"), self.fresh("e")
        name, kind = self.array()
        items = self.some("ls")
        if items and self.chance(0.3):
            header, bound = self.rng.choice(
                [(f"for {a} in {items}:", (("s", a),)), (f"for {a} in reversed({items}[:3]):", (("s", a),)),
                 (f"for {a}, {b} in enumerate({items}[:3]):", (("i", a), ("s", b)))])  # fmt: skip
        elif kind == "m":
            header, bound = f"for {a} in {name}:", (("v4", a),)
        else:
            header, bound = self.rng.choice(
                [(f"for {a} in {name}:", (("s", a),)), (f"for {a}, {b} in zip({name}, {self.vector(1, 4)}):", (("s", a), ("s", b))),
                 (f"for {a}, {b} in enumerate({name}[:3]):", (("i", a), ("s", b)))])  # fmt: skip
        return [header, *indent(self.loop_body(depth, bound)), *self.after_loop(depth)]

    def while_count(self, depth: int) -> Block:
        name = self.fresh("k")
        body = self.loop_body(depth, ())
        return [f"{name} = 0", f"while {name} < {self.pick(['n', '2', '4', '1'])}:", f"    {name} += 1", *indent(body),
                *self.after_loop(depth)]  # fmt: skip

    def while_value(self, depth: int) -> Block:
        value, count = self.some("s"), self.fresh("k")
        if not value:
            return self.while_count(depth)
        body = self.loop_body(depth, ())
        return [f"{count} = 0", f"while abs({value}) < {self.pick(['1.1', '2.3', '0.4'])} and {count} < 5:", f"    {count} += 1",
                *indent(body), f"    {value} = 1.3 * {value} + 0.11"]  # fmt: skip

    def attempt(self, depth: int) -> Block:
        name = self.some("s")
        if self.chance(0.85) or not name:
            # nothing that the handler sees has changed when the exception comes
            body: Block = []
            outer = self.scope
            self.scope = outer.copy()
            for _ in range(self.size() - 1):
                body += self.pick_of([self.assign, self.view])
            if self.chance(0.5):
                body += [f"if {self.condition()}:", f"    raise {self.pick(['ValueError', 'KeyError'])}('no')"]
            last = self.pick(["math.log({})", "math.sqrt({})", "np.sin({})", "{}"]).format(self.scalar(2))
            self.scope = outer
            body.append(f"{name or self.fresh('s')} = {last}")
        else:
            body = [*self.block(self.size(), depth), f"if {self.condition()}:", "    raise ValueError('no')", *self.block(1, 0)]
        handler = self.block(self.size(), depth)
        if name:
            handler.append(f"{name} = {self.scalar(1)}")
        lines = ["try:", *indent(body), "except (ValueError, KeyError):", *indent(handler)]
        if self.chance(0.2):
            lines += ["else:", *indent(self.block(1, depth))]
        if self.chance(0.2):
            lines += ["finally:", *indent(self.block(1, 0))]
        return lines

    def pick_of(self, choices: list[Callable[[], Block]]) -> Block:
        return choices[self.rng.randrange(len(choices))]()

    def errstate(self, depth: int) -> Block:
        return ["with np.errstate(all='ignore'):", *indent(self.block(self.size(), depth))]

    def local_function(self, depth: int) -> Block:
        name, a = self.fresh("g"), self.fresh("a")
        kind = self.pick(["s", "v4"])
        outer = self.scope
        self.scope = outer.copy()
        self.scope.add(kind, a)
        self.scope.helpers = [h for h in self.scope.helpers if not h.name.startswith("g")]
        if self.chance(0.4):
            lines = [f"{name} = lambda {a}: {self.draw(kind, 2)}"]
        else:
            loops, self.loops, returns, self.returns = self.loops, 0, self.returns, kind == "s"
            shared = self.some("s") if self.chance(0.3) else None
            body = [f"nonlocal {shared}", f"{shared} = {shared} * 0.5 + 0.1"] if shared and not shared.startswith(a) else []
            names = {n for k in ("s", "v4", "v3", "m", "ls", "lv", "d", "t", "o", "c") for n in outer.of(k)}
            drawn = self.pure_block(depth, names, {a})
            lines = [f"def {name}({a}):", *indent(body + drawn + [f"return {self.draw(kind, 2)}"])]
            self.loops, self.returns = loops, returns
        self.scope = outer
        self.scope.helpers.append(Helper(name, (kind,), kind))
        return lines

    def pure_block(self, depth: int, captured: set[str], own: set[str]) -> Block:
        """Statements of a closure: they read and store to what it captures but rebind only names of its own."""
        lines: Block = []
        choices: list[Callable[[], Block]] = [self.assign, self.store, self.view, self.effect]
        for _ in range(self.rng.randrange(0, 3)):
            lines += choices[self.rng.randrange(len(choices))]()
        return lines

    def leave(self, depth: int) -> Block:
        if not self.returns:
            return self.branch(depth)
        value = self.scalar(2)
        return [f"if {self.condition()}:", f"    return {value}"]


def parameters() -> Scope:
    return Scope({"v4": ["x", "y"], "m": ["A"], "s": ["s", "t"]})
