"""Random views and aliases: several names for one memory."""

from __future__ import annotations

from tests.fuzz.stores import Block, Form, Stores

VIEWS: dict[str, tuple[Form, ...]] = {
    "b": (("{}[0]", "m"), ("{}[{i}, 1]", "v4"), ("{}.swapaxes(0, 1)[:, 1]", "m"), ("{}[::-1]", "b"),
          ("np.moveaxis({}, 0, 2)[..., 1]", "m"), ("{}.transpose(1, 2, 0)[..., 0]", "m"), ("{}.reshape(6, 4)[1:4]", "m"),
          ("{}[1, :, {j}]", "v3"), ("{}.transpose(1, 0, 2)[{i}, 1]", "v4")),
    "m": (("{}[{i}]", "v4"), ("{}[:, {i}]", "v3"), ("{}[::-1]", "m"), ("{}.T[{i}]", "v3"), ("{}[:, ::-1]", "m"),
          ("{}.copy().reshape(4, 3)[{i}]", "v3"), ("{}.T.copy().T", "m"), ("{}[{i}, 1:]", "v3"), ("{}[{i}][::-1]", "v4"),
          ("np.ravel({}.copy())[:4]", "v4"), ("{}.T.swapaxes(0, 1)", "m"), ("{}.transpose()[{i}]", "v3"), ("{}[1:][1]", "v4"),
          ("np.swapaxes({}, 0, 1).T", "m"), ("np.moveaxis({}, 0, 1)[{i}]", "v3"), ("{}[None][0]", "m"), ("{}.real", "m"),
          ("np.squeeze({}[:, None, :])", "m"), ("{}.conj()", "m"), ("np.diag({}[:, :3]).copy()", "v3"), ("np.transpose({})[{i}]", "v3"), ("{}[...]", "m"), ("{}[:, 1:][{i}]", "v3"),
          ("{}[::-1, ::-1][{i}]", "v4"), ("{}.reshape(-1)[4:8]", "v4"), ("{}.reshape(2, 6)[1, :3]", "v3"),
          ("{}.ravel()[::4]", "v3"), ("np.diagonal({}).copy()", "v3"), ("np.expand_dims({}, 0)[0]", "m")),
    "v4": (("{}[1:]", "v3"), ("{}[:-1]", "v3"), ("{}[::-1]", "v4"), ("{}[:]", "v4"), ("{}.reshape(2, 2).reshape(4)", "v4"),
           ("np.asarray({})", "v4"), ("{}[::-1][:3]", "v3"), ("{}[1:][:3]", "v3"), ("{}.real", "v4"), ("{}.ravel()", "v4"),
           ("{}.T", "v4"), ("np.atleast_2d({})[0]", "v4"), ("{}.reshape((1, -1)).squeeze()", "v4"), ("{}.reshape(2, 2).T.T.ravel()", "v4"),
           ("{}[[0, 1, 1]]", "v3"), ("np.array({}, copy=None)", "v4"), ("np.diff({}, n=0)", "v4"), ("{}.conj()", "v4"), ("{}[True][0]", "v4"),
           ("np.diff({}, 1)", "v3"), ("np.broadcast_to({}, (3, 4))[1].copy()", "v4"), ("{}[None, :][0, 1:]", "v3")),
    "v3": (("{}[::-1]", "v3"), ("{}[:]", "v3"), ("{}.reshape(3, 1)[:, 0]", "v3"), ("{}.ravel()", "v3"), ("{}[...]", "v3"),
           ("{}[:, None].T[0]", "v3"), ("np.squeeze({}.reshape(1, 3, 1))", "v3")),
}  # fmt: skip

# What is an object: a second name for it is no copy.
OBJECTS = ("v4", "v4", "m", "v3", "ls", "lv", "d", "dv", "o", "st", "lo", "do", "ll", "t")


class Views(Stores):
    """Statements that give a second name to memory."""

    def view(self) -> Block:
        name, kind = self.array()
        form, gives = self.rng.choice(VIEWS[kind])
        text = form.replace("{}", name).replace("{i}", self.index() if kind != "b" else self.pick(["0", "1", "-1"]))
        return self.define(gives, text.replace("{j}", self.index()))

    def view_stored(self) -> Block:
        """A view, and a store through it."""
        lines = self.view()
        name = lines[0].split(" = ")[0]
        kind = next(k for k in VIEWS if name in self.scope.of(k))
        if name not in self.scope.assignable(kind):
            return lines
        target, fits = self.place(name, kind)
        return [*lines, self.operation(target, self.fitting(fits, 1)) if self.chance(0.5) else f"{target} = {self.fitting(fits, 1)}"]

    def alias(self) -> Block:
        kind = self.pick(OBJECTS)
        name = self.some(kind)
        if not name:
            return self.view()
        other = self.target(kind)
        if other and self.chance(0.3) and kind in ("v4", "m", "v3"):
            return [f"{other} = {name}"]
        return self.define(kind, name)

    def conditional_alias(self) -> Block:
        """One of two arrays, by a condition; at times stored to."""
        kind = self.pick(["v4", "v4", "v3", "m", "o", "d"])
        names = self.scope.of(kind)
        if len(names) < 2:
            return self.alias()
        a, b = self.rng.sample(names, 2)
        if kind in VIEWS and self.chance(0.3):
            b = f"{b}.copy()"
        lines = self.define(kind, f"{a} if {self.condition()} else {b}")
        name = lines[0].split(" = ")[0]
        if kind in VIEWS and self.chance(0.4):
            target, fits = self.place(name, kind)
            lines.append(self.operation(target, self.fitting(fits, 1)))
        return lines

    def swap(self) -> Block:
        kind = self.pick(["v4", "v4", "s", "s", "m", "v3", "o", "d"])
        names = self.scope.assignable(kind)
        if len(names) < 2:
            return self.assign()
        a, b = self.rng.sample(names, 2)
        return [f"{a}, {b} = {b}, {a}"]

    def buffers(self) -> Block:
        """Two buffers that change places in each trip of a loop."""
        kind = self.pick(["v4", "v3", "m"])
        a, b, i = self.fresh("old"), self.fresh("new"), self.fresh("i")
        first, second = self.draw(kind, 1), self.pick([f"np.zeros_like({a})", f"{a}.copy()", f"np.empty_like({a})"])
        lines = [f"{a} = {first}.copy()" if self.chance(0.7) else f"{a} = {first} * 1.0", f"{b} = {second}",
                 f"for {i} in range({self.pick(['n', '3', '4', '5', 'n + 1'])}):"]  # fmt: skip
        step = self.pick([f"{b}[:] = {a} + 0.3 * np.sin({a})", f"{b}[1:] = {a}[:-1] * 0.7", f"np.multiply({a}, 0.8, out={b})",
                          f"{b}[...] = 0.5 * {a} + {self.fitting(kind, 0)}", f"np.copyto({b}, np.tanh({a}))"])  # fmt: skip
        if "empty" in second or "1:]" in step:
            step = f"{b}[:] = {a} * np.cos({a})"
        more = self.pick([f"{b}[0] = {self.scalar(0)} * 0.5" if kind != "b" else f"{b}[0] *= 0.5", f"{b}[-1] += {a}[0]", f"{b} *= 0.9"])
        change = self.pick([f"{a}, {b} = {b}, {a}"] * 3 + [f"{a} = {b}.copy()", f"{a}[:] = {b}"])
        if self.chance(0.25):
            change = f"tmp = {a}\n        {a} = {b}\n        {b} = tmp"
        lines += [f"    {line.strip()}" for line in f"{step}\n{more}\n{change}".split("\n")]
        self.scope.add(kind, a)
        if "empty" not in second:
            self.scope.add(kind, b)
        return lines

    def chained(self) -> Block:
        """`a = b = value`: one object under two names."""
        kind = self.pick(["v4", "v3", "s", "ls", "o"])
        a, b = self.fresh("b"), self.fresh("b")
        line = f"{a} = {b} = {self.draw(kind, 2)}"
        self.scope.add(kind, a)
        self.scope.add(kind, b)
        return [line]

    def starred(self) -> Block:
        a, b, c = self.fresh("p"), self.fresh("xs"), self.fresh("p")
        values = self.pick([self.vector(1, 4), f"{self.scalar(1)}, {self.scalar(1)}, {self.scalar(0)}"])
        for kind, name in (("s", a), ("ls", b), ("s", c)):
            self.scope.add(kind, name)
        return [f"{a}, *{b}, {c} = {values}"]

    def rows(self) -> Block:
        """A matrix unpacked into its rows: three views."""
        name = self.some("m")
        if not name:
            return self.view()
        a, b, c = self.fresh("v"), self.fresh("v"), self.fresh("v")
        for row in (a, b, c):
            self.scope.add("v4", row)
        return [f"{a}, {b}, {c} = {name}"]
