"""Computation graphs: what they consist of, the numbers on them, and the command that writes them."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import cli
from s2sad.errors import NonScalarOutputError
from s2sad.graphs import Graph, graph_of_file
from s2sad.graphs.labels import number, numbers
from s2sad.graphs.model import Group, Node
from tests.programs.case import Case
from tests.test_programs import MODULES

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

PROGRAM = '''\
import numpy as np

raise RuntimeError("this module was run")


def y(w1: float, w2: float) -> float:
    w3 = w1 * w2
    w4 = np.sin(w1)
    w5 = w3 + w4
    return w5


def heat(u0, k, n):
    u = u0.copy()
    for _ in range(n):
        u[1:-1] += k * (u[:-2] - 2.0 * u[1:-1] + u[2:])
    return np.sum(u**2)


def power(x, n):
    return x if n <= 1 else x * power(x, n - 1)
'''


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


def y(w1, w2):
    w3 = w1 * w2
    w4 = np.sin(w1)
    w5 = w3 + w4
    return w5


def by_label(graph: Graph) -> dict[str, Node]:
    """The nodes by their labels; of several with one label the last."""
    return {node.label: node for node in graph.nodes().values()}


def edges(graph: Graph) -> set[tuple[str, str]]:
    nodes = graph.nodes()
    return {(nodes[e.source].label, nodes[e.target].label) for e in graph.edges}


def groups(group: Group) -> list[str]:
    found = []
    for item in group.items:
        if isinstance(item, Group):
            found += [item.title, *groups(item)]
    return found


# --- structure ----------------------------------------------------------------------------------------------


def test_one_node_for_each_operation():
    graph = s2sad.graph(y)
    assert edges(graph) == {
        ("w1", "w3 = w1 * w2"),
        ("w2", "w3 = w1 * w2"),
        ("w1", "w4 = np.sin(w1)"),
        ("w3 = w1 * w2", "w5 = w3 + w4"),
        ("w4 = np.sin(w1)", "w5 = w3 + w4"),
    }
    assert [n.label for n in graph.nodes().values() if n.result] == ["w5 = w3 + w4"]
    assert all(not n.forward and not n.backward for n in graph.nodes().values())


def test_control_flow_is_grouped():
    def f(x: float, n: int):
        total = 0.0
        for _ in range(n):
            if x > 1.0:
                total = total + x
            else:
                total = total - x
        while total > 10.0:
            total = 0.5 * total
        return total

    graph = s2sad.graph(f)
    assert groups(graph.root) == ["for _ in range(n)", "if x > 1.0", "else of: if x > 1.0", "while total > 10.0"]


def test_values_go_round_a_loop():
    def f(x: float, n: int):
        for _ in range(n):
            x = x * x
        return x

    graph = s2sad.graph(f)
    nodes = graph.nodes()
    (again,) = [e for e in graph.edges if e.again]
    assert (nodes[again.source].label, nodes[again.target].label) == ("x = x * x", "x")
    assert nodes[again.target].result


def test_readers_come_after_the_store_that_they_see():
    def f(x):
        y = 2.0 * x
        before = y[0]
        y[0] = 3.0
        after = y[0]
        return before + after

    found = edges(s2sad.graph(f, np.ones(2)))
    assert ("y = 2.0 * x", "before = y[0]") in found
    assert ("y[0] = 3.0", "after = y[0]") in found
    assert ("y = 2.0 * x", "after = y[0]") not in found


def test_a_store_in_a_loop_is_seen_by_the_next_iteration():
    def f(x, n):
        y = x.copy()
        for i in range(1, n):
            y[i] = y[i - 1] * 2.0
        return y[n - 1]

    graph = s2sad.graph(f, np.ones(4), 4)
    nodes = graph.nodes()
    again = {(nodes[e.source].label, nodes[e.target].label) for e in graph.edges if e.again}
    assert ("y[i] = product", "y_item = y[difference]") in again


def test_parts_of_objects_are_inputs():
    @dataclass
    class Model:
        w: float
        b: list

    def f(model):
        return model.w * model.b[1]

    nodes = by_label(s2sad.graph(f, Model(2.0, [5.0, 3.0])))
    assert {n for n in nodes if nodes[n].kind == "input"} == {"model.w", "model.b[0]", "model.b[1]"}
    assert (nodes["model.w"].backward, nodes["model.b[1]"].backward, nodes["model.b[0]"].backward) == ("3", "2", "0")


# --- numbers ------------------------------------------------------------------------------------------------


def test_values_and_adjoints_of_the_textbook_function():
    graph = s2sad.graph(y, 2.0, 3.0)
    found = {label: (n.forward, n.backward) for label, n in by_label(graph).items()}
    assert found == {
        "w1": ("2", "2.584"),
        "w2": ("3", "2"),
        "w3 = w1 * w2": ("6", "1"),
        "w4 = np.sin(w1)": ("0.9093", "1"),
        "w5 = w3 + w4": ("6.909", "1"),
    }
    parts = {(e.source, e.target): (e.forward, e.backward) for e in graph.edges}
    assert parts == {(0, 2): ("2", "3"), (1, 2): ("3", "2"), (0, 3): ("2", "-0.4161"), (2, 4): ("6", "1"), (3, 4): ("0.9093", "1")}


def test_tangents_of_the_textbook_function():
    graph = s2sad.graph(y, 2.0, 3.0, along={"w1": 1.0})
    found = {label: n.backward for label, n in by_label(graph).items()}
    assert found == {"w1": "1", "w2": "0", "w3 = w1 * w2": "3", "w4 = np.sin(w1)": "-0.4161", "w5 = w3 + w4": "2.584"}
    assert graph.mode == "tangent"


def test_an_edge_carries_the_sum_over_the_uses_of_an_operand():
    graph = s2sad.graph(lambda x: (x * x) * 3.0, 2.0)
    assert [e.backward for e in graph.edges] == ["12", "3"]


def test_iterations_are_listed_in_the_order_of_the_run():
    def f(x, n):
        for _ in range(n):
            x = x * x
        return x

    node = by_label(s2sad.graph(f, 2.0, 2))["x = x * x"]
    assert node.forward == "4, 16"
    assert node.backward == "8, 1"  # of 4 and of 16 in 4 * 4 = 16
    node = by_label(s2sad.graph(f, 2.0, 2, along={"x": 1.0}))["x = x * x"]
    assert node.backward == "4, 32"


def test_the_branch_not_taken_is_told_apart():
    def f(x):
        if x > 0.0:
            z = x * 2.0
        else:
            z = x * 3.0
        return z

    for along in (None, {"x": 1.0}):
        nodes = by_label(s2sad.graph(f, -1.0, along=along))
        assert not nodes["z = x * 2.0"].reached and nodes["z = x * 2.0"].backward == ""
        assert nodes["z = x * 3.0"].reached and nodes["z"].reached
        assert nodes["x"].backward == ("3" if along is None else "1")
        assert nodes["z"].backward == ("1" if along is None else "3")


def test_adjoints_of_memory_are_those_of_its_contents_at_that_time():
    def f(x):
        y = np.array(x)
        y[0] = x[1] * 2.0
        z = y[1:]
        z *= 3.0
        return np.sum(y * y)

    nodes = by_label(s2sad.graph(f, np.array([1.0, 2.0, 3.0])))
    assert nodes["y = np.array(x)"].backward == "[0, 36, 54]"  # y[0] is overwritten, the others are multiplied by 3
    assert nodes["z = y[1:]"].forward == "[2, 3]"
    assert nodes["z = y[1:]"].backward == "[36, 54]"
    assert nodes["y[0] = product"].forward == "[4, 2, 3]"
    assert nodes["x"].backward == "[0, 52, 54]"


def test_the_adjoint_of_an_array_has_its_shape():
    nodes = by_label(s2sad.graph(lambda x, b: np.sum(x + b), np.zeros((2, 2)), np.zeros(2)))
    assert nodes["total = x + b"].backward == "2×2, norm 2"
    assert nodes["b"].backward == "[2, 2]"


def scalar_state(x, n):
    v, total = x, 0.0
    for k in range(n):
        if v > 1.0:
            v = np.sqrt(v)
        else:
            v = 1.5 + v * v
        total += v * k
    return total


def grown_list(xs):
    found = []
    for x in xs:
        if x > 0.0:
            found.append(np.exp(x))
    total = 0.0
    for v in found:
        total = total + v * v
    return total


def guarded(x):
    try:
        v = np.log(x)
        if x > 2.0:
            raise ValueError("too large")
    except ValueError:
        v = x * 2.0
    return v * v


def newton(a):
    x = 1.0
    while abs(x * x - a) > 1e-10:
        x = 0.5 * (x + a / x)
    return x


def power(x, n):
    return x if n <= 1 else x * power(x, n - 1)


def merged(x):
    a, b = x * 2.0, x * 3.0
    c = a if x[0] > 0.0 else b
    c[0] = c[1] * c[0]
    return np.sum(a) + np.sum(b)


def settled(x):
    while True:
        x = 0.5 * x
        if x < 1.0:
            found = x * x
            return found


def sorted_sum(x):
    v = x.copy()
    swap_down(v, len(v) - 1)
    return v[0] * 3.0 + v[-1]


def swap_down(v, k):
    if k > 0:
        for j in range(k):
            if v[j] > v[j + 1]:
                low = v[j + 1]
                v[j + 1] = v[j]
                v[j] = low
        swap_down(v, k - 1)


def complex_sum(x):
    z = np.exp(1j * x)
    return np.sum(np.real(z * z * np.ones(2)))


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (settled, (5.0,)),
        (sorted_sum, (np.array([3.0, 1.0, 2.0]),)),
        (complex_sum, (0.3,)),
        (scalar_state, (0.7, 5)),
        (grown_list, (np.array([1.0, -2.0, 0.5]),)),
        (guarded, (3.0,)),
        (guarded, (1.5,)),
        (newton, (2.0,)),
        (power, (1.5, 4)),
        (merged, (np.array([1.0, 2.0]),)),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_inputs_show_the_gradient(f, args):
    """The observed program computes the same derivatives as the one that is not observed."""
    graph = s2sad.graph(f, *args)
    first = next(n for n in graph.root.nodes() if n.kind == "input")
    assert first.backward == number(s2sad.grad(f)(*args))
    result = next(n for n in graph.root.nodes() if n.result)
    assert result.forward.split(", ")[-1].startswith(number(f(*args)).split(",")[0]) or number(f(*args)) in result.forward


@pytest.mark.parametrize(("f", "args"), [(scalar_state, (0.7, 5)), (newton, (2.0,)), (guarded, (3.0,)), (guarded, (1.5,)), (power, (1.5, 4))])
def test_the_result_shows_the_tangent(f, args):
    graph = s2sad.graph(f, *args, along={f.__code__.co_varnames[0]: 1.0})
    _, dot = s2sad.jvp(f, args, (1.0, *[None] * (len(args) - 1)))
    result = next(n for n in graph.root.nodes() if n.result)
    assert number(dot) in result.backward


def test_the_callers_data_is_not_changed():
    def f(x):
        x[0] = 5.0
        return np.sum(x)

    x = np.ones(2)
    s2sad.graph(f, x)
    assert x.tolist() == [1.0, 1.0]


def test_a_result_that_is_no_number_is_refused():
    with pytest.raises(NonScalarOutputError):
        s2sad.graph(lambda x: x * 2.0, np.ones(3))


def test_numbers_as_texts():
    assert number(np.float32(0.5)) == "0.5"
    assert number(np.array([1.0, 2.0])) == "[1, 2]"
    assert number(np.ones((4, 5))) == "4×5, norm 4.472"
    assert number(True) == "True"
    assert numbers([1.0, 2.0, 3.0, 4.0, 5.0]) == "1, 2, … 5 (5 times)"


# --- drawing ------------------------------------------------------------------------------------------------


def test_mermaid_escapes_what_it_would_take_for_itself():
    def f(x: float):
        return x * 2.0 if x < 1.0 else x

    text = s2sad.graph(f).mermaid()
    assert text.startswith("flowchart TD\n")
    assert 'subgraph g_2["if x #lt; 1.0"]' in text
    assert text.count("subgraph") == text.count("end\n")
    assert text == s2sad.graph(f).mermaid()


def test_mermaid_classes_are_no_reserved_words():
    text = s2sad.graph(y).mermaid()
    names = {line.split()[1] for line in text.splitlines() if line.strip().startswith("classDef")}
    reserved = {"call", "callback", "click", "default", "end", "graph", "href", "style", "subgraph"}
    assert {line.split()[2] for line in text.splitlines() if line.strip().startswith("class ")} <= names
    assert not names & reserved


def test_mermaid_colours_each_direction():
    text = s2sad.graph(y, 2.0, 3.0).mermaid()
    assert 'n0 -- "2" --> n2' in text
    assert 'n2 -- "3" --> n0' in text
    assert "linkStyle 0,2,4,6,8 stroke:#1f5fa8" in text
    assert "linkStyle 1,3,5,7,9 stroke:#c2410c" in text


def test_dot_text():
    pytest.importorskip("graphviz")
    text = s2sad.graph(y, 2.0, 3.0).dot()
    assert text.startswith("digraph y {")
    assert text.count("->") == 10  # five forward, five backward
    assert text.count("dir=back") == 5


@needs_graphviz
def test_svg():
    pytest.importorskip("graphviz")
    text = s2sad.graph(scalar_state, 0.7, 5).svg()
    assert "<svg" in text and "for k in range(n)" in text
    assert s2sad.graph(y)._repr_mimebundle_().keys() == {"image/svg+xml"}


def test_a_notebook_without_graphviz_shows_mermaid(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    assert "flowchart TD" in s2sad.graph(y)._repr_mimebundle_()["text/markdown"]


# --- the command --------------------------------------------------------------------------------------------


def test_command_reads_and_does_not_run(file, capsys):
    assert cli.main(["graph", f"{file}:y"]) == 0
    assert capsys.readouterr().out == graph_of_file(file, "y").mermaid()


def test_command_with_a_point_runs_the_function_only(file, capsys):
    assert cli.main(["graph", f"{file}:y", "--at", "w1=2, w2=3"]) == 0
    out = capsys.readouterr().out
    assert "2.584" in out and "-0.4161" in out
    assert cli.main(["graph", f"{file}:heat", "--at", "np.arange(4.0)**2, 0.1, n=3"]) == 0
    assert "norm 21.33" in capsys.readouterr().out
    assert cli.main(["graph", f"{file}:power", "--at", "1.5, 4", "--wrt", "x"]) == 0
    assert "def power(x, n)" in capsys.readouterr().out


def test_command_with_tangents(file, capsys):
    assert cli.main(["graph", f"{file}:y", "--at", "2, 3", "--along", "w2=1"]) == 0
    out = capsys.readouterr().out
    assert "linkStyle 0,1,2,3,4 " in out and "-0.4161" not in out


def test_command_imports_if_asked(tmp_path, capsys):
    path = tmp_path / "live.py"
    path.write_text("SCALE = sum([1.0, 2.0])\ndef f(x: float):\n    return SCALE * x\n")
    assert cli.main(["graph", f"{path}:f", "--import", "--at", "2"]) == 0
    assert "#quot;" not in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".mmd", pytest.param(".svg", marks=needs_graphviz), ".dot"])
def test_command_writes_files(file, tmp_path, suffix):
    if suffix != ".mmd":
        pytest.importorskip("graphviz")
    out = tmp_path / f"out{suffix}"
    assert cli.main(["graph", f"{file}:y", "-o", str(out)]) == 0
    assert {".mmd": "flowchart", ".svg": "<svg", ".dot": "digraph"}[suffix] in out.read_text(encoding="utf-8")


def test_a_picture_without_graphviz_is_refused(file, tmp_path, capsys, monkeypatch):
    pytest.importorskip("graphviz")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["graph", f"{file}:y", "-o", str(tmp_path / "out.svg")]) == 2
    assert "`dot` is not installed; OUT.mmd needs no other program" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "graphviz", None)
    assert cli.main(["graph", f"{file}:y", "-o", str(tmp_path / "out.svg")]) == 2
    assert "pip install graphviz" in capsys.readouterr().err
    assert not (tmp_path / "out.svg").exists()


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--at", "w1=2"], 2, "gives no value for w2"),
        (["--at", "1, 2, 3"], 2, "does not fit y(w1, w2)"),
        (["--at", "open('x')"], 2, "not \"open('x')\""),
        (["--along", "w1=1"], 2, "--along needs a point"),
        (["--at", "2, 3", "--along", "1"], 2, "by name"),
        (["--at", "2, 3", "--along", "w3=1"], 2, "'w3'"),
        (["-o", "out.png"], 2, ".svg, .dot or .mmd"),
        (["--at", "'a', 2"], 1, "y() does not return a number"),
    ],
)
def test_command_refuses(file, options, status, message, capsys):
    assert cli.main(["graph", f"{file}:y", *options]) == status
    assert message in capsys.readouterr().err


def test_command_says_where_the_program_fails(tmp_path, capsys):
    path = tmp_path / "fails.py"
    path.write_text("def f(x):\n    assert x < 0.0, 'x is not negative'\n    return x * x\n")
    assert cli.main(["graph", f"{path}:f", "--at", "2.0"]) == 1
    err = capsys.readouterr().err
    assert "x is not negative" in err and "f fails with these arguments" in err


def test_graph_module_needs_no_other_package():
    code = "import sys, s2sad; s2sad.graph(lambda x: x * x, 2.0).mermaid(); assert 'graphviz' not in sys.modules"
    subprocess.run([sys.executable, "-c", code.replace("lambda x: x * x", "abs")], check=True, cwd=Path(__file__).parent.parent)


def test_the_picture_in_the_readme_shows_what_the_command_draws():
    root = Path(__file__).parent.parent
    picture = (root / "docs" / "graph.svg").read_text(encoding="utf-8")
    graph = graph_of_file(root / "examples" / "walkthrough.py", "y", at=([2, 3], {}))
    texts = [t for node in graph.root.nodes() for t in (node.label, node.forward, node.backward)]
    texts += [t for e in graph.edges for t in (e.forward, e.backward)]
    assert len(texts) == 25 and all(f">{t}</text>" in picture.replace("&#45;", "-") for t in texts)


def one_of_each_program() -> list[object]:
    """The last, smallest case of the first function of every program."""
    found = []
    for module in MODULES:
        cases = [c for c in importlib.import_module(f"tests.programs.{module}").CASES if not c.refused]
        found += [pytest.param(c, id=f"{module}-{c.func.__name__}") for c in cases if c.func is cases[0].func][-1:]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("case", one_of_each_program())
def test_programs(case: Case) -> None:
    """Graphs of whole programs can be drawn, and their inputs show the gradient."""
    args = case.make_args(np.random.default_rng(1))
    gradients = s2sad.grad(case.func, wrt=case.wrt)(*args)
    graph = s2sad.graph(case.func, *args, wrt=case.wrt)
    assert graph.mermaid().count("-->") > 3
    inputs: dict[str, Node] = {}
    for node in graph.root.nodes():
        if node.kind == "input":
            inputs.setdefault(node.label, node)
    for name, gradient in zip(case.wrt, gradients):
        if isinstance(gradient, (float, np.ndarray)):
            assert inputs[name].backward == number(gradient)
