"""Random stores: to elements, slices, masks, repeated indices, through `out=`, and by functions with an effect."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.expressions import Expressions

Block = list[str]
Form = tuple[str, str]


class Stores(Expressions):
    """Statements that change arrays and floats."""

    def define(self, kind: str, value: str) -> Block:
        name = self.fresh({"v4": "v", "v3": "w", "ls": "xs", "lv": "vs"}.get(kind, kind))
        self.scope.add(kind, name)
        return [f"{name} = {value}"]

    def assign(self) -> Block:
        kind = self.pick(["s", "s", "v4", "v4", "v3", "m", "b"])
        return self.define(kind, self.draw(kind, 2))

    def rebind(self) -> Block:
        kind = self.pick(["s", "s", "v4", "v3", "m"])
        name = self.target(kind)
        return [f"{name} = {self.draw(kind, 2)}"] if name else self.assign()

    # --- where to store ---------------------------------------------------------------------------------------------

    def place(self, name: str, kind: str) -> Form:
        """A part of an array that can be stored to, and the kind of what fits into it."""
        i, j = self.index(), self.index()
        forms: dict[str, list[Form]] = {
            "b": [(f"{name}[1]", "m"), (f"{name}[:, {i}]", "v4"), (f"{name}[0, {i}, {j}]", "s"), (f"{name}[..., {j}]", "v3"),
                  (f"{name}[{name} > {self.number()}]", "s"), (f"{name}[0][{i}]", "v4"), (f"{name}[1].T[{j}]", "v3"),
                  (f"{name}[:]", "m"), (f"{name}.swapaxes(0, 2)[{i}, {j}]", "s"), (f"{name}[::-1, 1:, {j}]", "s")],
            "m": [(f"{name}[{i}, {j}]", "s"), (f"{name}[{i}]", "v4"), (f"{name}[:, {j}]", "v3"), (f"{name}[:]", "m"),
                  (f"{name}[{i}, 1:]", "v3"), (f"{name}[{name} > {self.number()}]", "s"), (f"{name}[...]", "m"),
                  (f"{name}.T[{j}]", "v3"), (f"{name}[{i}][{j}]", "s"), (f"{name}[:]", "v4"), (f"{name}[...]", "s"),
                  (f"{name}[[0, 2, 0]]", "v4"), (f"{name}[[0, 1], [{j}, 1]]", "s"), (f"{name}[1:, ::2]", "s"),
                  (f"{name}[{name}[:, 0] > {self.number()}]", "s"), (f"{name}.T[::-1]", "v3"), (f"{name}[:2][1]", "v4")],
            "v4": [(f"{name}[{i}]", "s"), (f"{name}[{i}]", "s"), (f"{name}[1:]", "v3"), (f"{name}[:-1]", "v3"),
                   (f"{name}[:]", "v4"), (f"{name}[::2]", "s"), (f"{name}[[0, 3, 0]]", "v3"), (f"{name}[::-1]", "v4"),
                   (f"{name}[{name} > {self.number()}]", "s"), (f"{name}[...]", "s"), (f"{name}[1:][{i}]", "s"),
                   (f"{name}[...]", "v4"), (f"{name}[np.array([1, 1, {i}])]", "v3"), (f"{name}[-3:]", "v3"),
                   (f"{name}[np.abs({name}) > {abs(self.rng.uniform(0, 1)):.2f}]", "s"), (f"{name}[1:3]", "s"),
                   (f"{name}.reshape(2, 2)[1]", "s"), (f"{name}[:3][::-1]", "v3")],
            "v3": [(f"{name}[{i}]", "s"), (f"{name}[{i}]", "s"), (f"{name}[:]", "v3"), (f"{name}[1:]", "s"),
                   (f"{name}[[2, 0, 2]]", "v3"), (f"{name}[{name} < {self.number()}]", "s"), (f"{name}[...]", "v3"),
                   (f"{name}[::-1]", "v3"), (f"{name}.reshape(3, 1)[:, 0]", "v3")],
        }  # fmt: skip
        return forms[kind][self.rng.randrange(len(forms[kind]))]

    def fitting(self, fits: str, depth: int) -> str:
        """A value for such a place; now and then one that is broadcast into it."""
        smaller = {"m": ["v4", "s"], "v4": ["s"], "v3": ["s"], "b": ["m", "s"], "s": ["s"]}[fits]
        return self.draw(self.pick(smaller) if self.chance(0.12) else fits, depth)

    # --- statements -------------------------------------------------------------------------------------------------

    def store(self) -> Block:
        target, fits = self.place(*self.array())
        return [f"{target} = {self.fitting(fits, self.rng.randrange(1, 3))}"]

    def operation(self, target: str, value: str) -> str:
        r = self.rng.randrange(14)
        if r == 0:
            return f"{target} /= 1.5 + ({value}) ** 2"
        if r == 1:
            return f"{target} **= 2"
        if r < 5:
            return f"{target} *= {value}" if self.chance(0.3) else f"{target} *= np.cos({value})"
        return f"{target} {self.pick(['+=', '-='])} {value}"

    def augmented(self) -> Block:
        if self.chance(0.3):
            name = self.target("s")
            return [self.operation(name, self.scalar(2))] if name else self.assign()
        target, fits = self.place(*self.array())
        return [self.operation(target, self.fitting(fits, 2))]

    def whole(self) -> Block:
        """An augmented assignment to a whole array, through its name."""
        found = [(n, k) for k in ("v4", "v3", "m", "b") for n in self.scope.assignable(k)]
        if not found:
            return self.assign()
        name, kind = found[self.rng.randrange(len(found))]
        return [self.operation(name, self.fitting(kind, 1))]

    def overlapping(self) -> Block:
        """A store whose value reads the memory it stores to."""
        name, kind = self.array(("v4", "m", "v3"))
        options = [f"{name}[1:] = {name}[:-1]", f"{name}[:-1] = {name}[1:]", f"{name}[1:] += {name}[:-1]",
                   f"{name}[:-1] -= {self.number()} * {name}[1:]", f"{name}[::-1] = {name}", f"{name}[:] = {name}[::-1]",
                   f"{name}[1:] = {name}[:-1] * {self.scalar(1)}", f"{name}[:] = np.roll({name}, 1)",
                   f"{name}[0] = {name}[1] * {name}[2]", f"{name}[1:] *= np.cos({name}[:-1])", f"{name}[::-1] += {name}"]  # fmt: skip
        if kind == "m":
            options += [f"{name}[:, 1:] = {name}[:, :-1]", f"{name}[:3, :3] = {name}[:3, :3].T", f"{name}[:] = {name}[1]",
                        f"{name}[:, :3] += {name}[:, :3].T", f"{name}[0] += {name}[0, 1]", f"{name} -= {name}[0]"]  # fmt: skip
        return [self.pick(options)]

    def swap_parts(self) -> Block:
        """Elements or rows that change places."""
        name, kind = self.array(("v4", "m", "v3"))
        i, j = self.index(), self.index()
        if kind == "m":
            options = [f"{name}[{i}], {name}[{j}] = {name}[{j}].copy(), {name}[{i}].copy()", f"{name}[[0, 2]] = {name}[[2, 0]]",
                       f"{name}[{i}, 0], {name}[0, {j}] = {name}[0, {j}], {name}[{i}, 0]",
                       f"{name}[:, 0], {name}[:, 2] = {name}[:, 2].copy(), {name}[:, 0] * {self.number()}"]  # fmt: skip
        else:
            options = [f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]", f"{name}[[0, 1]] = {name}[[1, 0]]",
                       f"{name}[0], {name}[1], {name}[2] = {name}[2], {name}[0] * {self.scalar(0)}, {name}[1]"]  # fmt: skip
        return [self.pick(options)]

    def effect(self) -> Block:
        """A call for what it does to its argument."""
        name, kind = self.array()
        i = self.index()
        options: list[Callable[[], str]] = [
            lambda: f"{name}.fill({self.scalar(1)})",
            lambda: f"np.multiply({name}, {self.scalar(1)}, out={name})",
            lambda: f"np.copyto({name}, {self.fitting(kind, 1)})",
            lambda: self.rare(f"np.copyto({name}, {self.fitting(kind, 1)}, where={name} > {self.number()})", f"np.copyto({name}, {self.scalar(1)})"),
            lambda: f"scale_in_place({name}, {self.scalar(1)})",
            lambda: f"scale_in_place({name}[1:], {self.scalar(1)}, c={self.number()})",
            lambda: f"np.{self.pick(['sin', 'cos', 'tanh', 'square', 'negative', 'arctan'])}({self.draw(kind, 1)}, out={name})",
            lambda: f"np.{self.pick(['add', 'subtract', 'multiply', 'maximum'])}({self.draw(kind, 1)}, {name}, out={name})",
            lambda: f"np.add({name}[1:], {name}[:-1], out={name}[1:])",
            lambda: f"np.sin({name}[:-1], out={name}[1:])",
            lambda: f"np.multiply({name}[{i}], {self.scalar(0)}, out={name}[0:1][0])" if kind == "m" else
            f"np.divide({name}, 1.5 + {name} ** 2, out={name})",
            lambda: f"np.clip({name}, -0.91, 0.93, out={name})",
            lambda: f"{name}.clip(-0.87, 0.95, {name})",
            lambda: self.rare(self.refused(name), f"np.exp(-{name} ** 2, out={name})"),
        ]  # fmt: skip
        if kind == "m":
            options += [lambda: f"np.fill_diagonal({name}, {self.scalar(1)})", lambda: f"np.fill_diagonal({name}[:, 1:], {self.scalar(0)})",
                        lambda: f"np.add.at({name}, ([0, 2, 0], [{i}, 1, {i}]), {self.vector(1, 3)})",
                        lambda: f"np.add.at({name}, [0, 0], {self.vector(1, 4)})", lambda: f"{name}[{i}].sort()",
                        lambda: f"{name}.sort(axis=0)", lambda: f"np.cumsum({self.vector(1, 4)}, out={name}[{i}])",
                        lambda: f"np.matmul({self.matrix(1)}, {self.square(0)}, out={name})",
                        lambda: f"np.dot({self.matrix(0)}, {self.vector(0, 4)}, out={name}[:, {i}].copy())"]  # fmt: skip
        elif kind != "b":
            options += [lambda: f"sweep({name})", lambda: f"sweep({name}, c={self.scalar(0)})", lambda: f"sweep({name}[::-1])",
                        lambda: f"relax({name}, {self.pick(['n', '2', '0'])})"]  # fmt: skip
            options += [lambda: f"np.add.at({name}, [0, 2, 0], {self.vector(1, 3)})", lambda: f"{name}.sort()",
                        lambda: f"np.subtract.at({name}, [1, 1, {i}], {self.scalar(1)})", lambda: f"{name}[1:].sort()",
                        lambda: f"np.cumsum({self.draw(kind, 1)}, out={name})", lambda: f"np.cumsum({self.draw(kind, 1)}, 0, None, {name})",
                        lambda: f"np.{self.pick(['sum', 'mean', 'prod'])}({self.matrix(1)}, {'0' if kind == 'v4' else '1'}, None, {name})",
                        lambda: f"np.max({self.matrix(1)}, {'0' if kind == 'v4' else '1'}, {name})"]  # fmt: skip
        return [options[self.rng.randrange(len(options))]()]

    def refused(self, name: str) -> str:
        return self.pick([f"np.put({name}, [0, 2], [{self.scalar(0)}, {self.number()}])", f"np.put({name}, [1], {self.scalar(1)})",
                          f"np.putmask({name}, {name} > {self.number()}, {self.scalar(0)})", f"{name}.flat[0] = {self.scalar(0)}",
                          f"np.multiply.at({name}, [0, 1, 0], {self.number()})"])  # fmt: skip

    def square(self, depth: int) -> str:
        """A (4, 4) matrix."""
        return f"np.outer({self.vector(depth, 4)}, {self.vector(depth, 4)})"

    def zero_dim(self) -> Block:
        name = self.some("c")
        if not name or self.chance(0.3):
            return self.define("c", self.made("c"))
        return [self.pick([f"{name} += {self.scalar(1)}", f"{name}[...] = {self.scalar(1)}", f"{name}[()] *= {self.scalar(1)}",
                           f"np.multiply({name}, {self.scalar(0)}, out={name})", f"{name}.fill({self.scalar(0)})"])]  # fmt: skip

    def matmul_into(self) -> Block:
        """`@=`, and products with the value of a name before."""
        q, v = self.fresh("q"), self.target("v4")
        if self.chance(0.5) or not v:
            name = self.target("m")
            return [f"{q} = {self.square(0)}", f"{name} @= {q} * 0.5"] if name else self.assign()
        return [f"{q} = {self.square(0)}", f"{v} @= {q} * {self.number()}"]
