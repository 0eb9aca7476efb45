"""The exception tree: text, carets, call chains, pickling."""

import ast
import copy
import pickle

import pytest

from s2sad import errors
from s2sad.errors import (
    DifferentiationError,
    DifferentiationErrors,
    GradientMismatchError,
    IntegerInputError,
    NonScalarOutputError,
    NoRuleError,
    Span,
    UnknownWrtError,
    combine,
)

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type)
    and issubclass(value, DifferentiationError)
    and value is not DifferentiationErrors
]
SPAN = Span("model.py", 12, 8, 12, 18, "    y = np.sort(x)")


def example() -> NoRuleError:
    return NoRuleError("np.sort has no derivative rule", SPAN, construct="call", hint="register one")


def test_text_has_place_caret_hint_and_call_chain():
    error = example().called_from("helper", Span("model.py", 130, 4, 130, 13, "x = helper(x)"))
    assert str(error).splitlines() == [
        "model.py:12:9: np.sort has no derivative rule",
        "  --> model.py:12:9 (call)",
        "   |",
        "12 |     y = np.sort(x)",
        "   |         ^^^^^^^^^^",
        "hint: register one",
        "note: in helper, called at model.py:130:5",
        "    |",
        "130 | x = helper(x)",
        "    |     ^^^^^^^^^",
    ]


def test_text_without_a_place():
    assert str(NoRuleError("no rule", construct="ufunc", hint="add one")) == "no rule (ufunc)\nhint: add one"
    assert str(NoRuleError("no rule", notes=[("f", None)])) == "no rule\nnote: in f"


def test_text_without_source_lines_still_says_where():
    error = NoRuleError("no rule", Span("model.py", 3, 0, 3, 1))
    assert str(error).splitlines() == ["model.py:3:1: no rule", "  --> model.py:3:1"]


@pytest.mark.parametrize(
    ("span", "caret"),
    [
        (Span("m.py", 1, 1, 1, 4, "\tabc"), "  | \t^^^"),
        (Span("m.py", 1, 5, 1, 6, "日本 = x"), "  |        ^"),
        (Span("m.py", 1, 2, 3, 1, "f(g(\n1\n))"), "  |   ^^"),
        (Span("m.py", 1, 40, 1, 44, "short"), "  |      ^"),
        (Span("m.py", 1, 3, 1, 3, "x =  # nothing"), "  |    ^^^^^^^^^^^"),
    ],
    ids=["tab", "wide characters", "many lines", "beyond the line", "empty"],
)
def test_carets(span: Span, caret: str):
    assert span.excerpt()[2] == caret


def test_span_of_node_counts_characters_and_keeps_all_lines():
    text = "é = 1\nfür = max(é,\n          1)\n"
    call = ast.parse(text).body[1].value
    span = Span.of_node(call, "m.py", text.splitlines(keepends=True), line_offset=10)
    assert span == Span("m.py", 12, 6, 13, 12, "für = max(é,\n          1)")
    assert span.excerpt()[1:] == ["12 | für = max(é,", "   |       ^^^^^^", "   | ..."]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_pickles_copies_and_says_what_it_is_for(cls: type[DifferentiationError]):
    error = cls("wrong", SPAN, construct="call", hint="right", notes=[("f", SPAN)])
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is cls
        assert str(other) == str(error)
        assert other.args == ("wrong",)
        assert (other.span, other.construct, other.hint, other.notes) == (
            SPAN,
            "call",
            "right",
            [("f", SPAN)],
        )
    assert cls.__doc__
    assert cls.__name__ in errors.__all__


def test_errors_are_also_what_python_would_raise():
    assert issubclass(IntegerInputError, TypeError)
    assert issubclass(NonScalarOutputError, TypeError)
    assert issubclass(UnknownWrtError, ValueError)
    assert issubclass(GradientMismatchError, AssertionError)


def test_raise_from_keeps_the_cause():
    with pytest.raises(NoRuleError) as caught:
        try:
            raise KeyError("cause")
        except KeyError as cause:
            raise example() from cause
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_group_prints_all_its_errors_and_pickles():
    second = IntegerInputError("n is an integer")
    group = DifferentiationErrors([example(), second])
    lines = str(group).splitlines()
    assert lines[0] == "model.py:12:9: np.sort has no derivative rule (and 1 more problem)"
    assert lines[-2:] == ["", "n is an integer"]
    other = pickle.loads(pickle.dumps(group))
    assert str(other) == str(group)
    assert [type(e) for e in other.errors] == [NoRuleError, IntegerInputError]
    group.called_from("f", None)
    assert str(group).count("note: in f") == 2
    with pytest.raises(ValueError, match="at least one"):
        DifferentiationErrors([])


def test_combine_sorts_drops_repeats_and_flattens():
    late = NoRuleError("late", Span("model.py", 20, 0, 20, 1))
    assert combine([late]) is late
    group = combine([late, DifferentiationErrors([example(), example()])])
    assert isinstance(group, DifferentiationErrors)
    assert [error.message for error in group.errors] == ["np.sort has no derivative rule", "late"]
