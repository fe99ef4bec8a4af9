"""Which of the teacher's cells need not run for a submission."""

from __future__ import annotations

import pytest

from curriculum.grading._steps import Step, StepKind
from curriculum.grading.split._spared import is_dynamic, spare


def steps(*cells):
    return [Step(StepKind(kind), f"c{number}", source) for number, (kind, source) in enumerate(cells)]


def spared(*cells, traces=None, trusted=None):
    made = steps(*cells)
    teachers = [step.cell for step in made if step.kind is StepKind.TEACHER]
    nothing = dict.fromkeys(teachers, ())
    return spare(made, teachers if trusted is None else trusted, nothing if traces is None else traces)


def test_what_nobody_reads_is_skipped():
    found = spared(("teacher", "x = 1"), ("learner", "y = 2"))
    assert found.skipped == {"c0"}
    assert found.wanted == {}


def test_what_the_learner_reads_is_wanted():
    found = spared(("teacher", "x = 1\nz = 2"), ("learner", "y = x"))
    assert found.skipped == frozenset()
    assert found.wanted == {"c0": {"x"}}


def test_what_leads_to_something_wanted_is_wanted():
    found = spared(("teacher", "a = 1"), ("teacher", "b = a"), ("learner", "y = b"))
    assert found.wanted == {"c0": {"a"}, "c1": {"b"}}


def test_what_is_bound_anew_before_it_is_read_is_skipped():
    found = spared(("teacher", "x = 1"), ("teacher", "x = 2"), ("learner", "y = x"))
    assert found.skipped == {"c0"}
    assert found.wanted == {"c1": {"x"}}


def test_what_may_be_bound_anew_is_not_skipped():
    found = spared(("teacher", "x = 1"), ("teacher", "if q:\n    x = 2"), ("learner", "y = x"))
    assert found.skipped == frozenset()


def test_a_name_read_before_it_is_bound_does_not_count():
    found = spared(("learner", "y = x"), ("teacher", "x = 1"))
    assert found.skipped == {"c1"}


def test_what_a_function_reads_counts_wherever_it_stands():
    found = spared(("learner", "def f():\n    return x"), ("teacher", "x = 1"), ("learner", "z = f()"))
    assert found.skipped == frozenset()


def test_a_function_that_a_check_hands_over_is_wanted():
    cells = (("teacher", "k = 2\ndef f(x):\n    return k * x"), ("teacher", "def g():\n    pass"), ("learner", "y = 1"))
    found = spared(*cells, ("check", "check.equal(apply(f), 1)"))
    assert found.wanted["c0"] >= {"f"}
    assert found.skipped == {"c1"}


def test_a_function_that_is_defined_after_the_check_is_another():
    assert spared(("check", "apply(f)"), ("teacher", "def f():\n    pass")).skipped == {"c1"}


def test_the_class_of_an_object_that_a_check_hands_over_is_wanted():
    found = spared(
        ("teacher", "class A:\n    pass"), ("teacher", "model = A()"), ("check", "check.equal(use(model), 1)")
    )
    assert found.skipped == {"c1"}
    assert found.wanted == {"c0": {"A"}}


def test_a_check_that_cannot_be_read_may_hand_over_anything():
    found = spared(("teacher", "def f():\n    pass"), ("teacher", "x = 1"), ("check", "use(f"))
    assert found.wanted == {"c0": {"f"}}
    assert found.skipped == {"c1"}


def test_what_changed_more_than_names_runs_and_so_does_what_it_reads():
    found = spared(("teacher", "a = 1"), ("teacher", "print(a)"), traces={"c0": ()})
    assert found.skipped == frozenset()


def test_what_changed_a_name_that_nobody_reads_is_skipped():
    found = spared(("teacher", "x = draw(rng)"), ("learner", "y = 2"), traces={"c0": ["rng"]})
    assert found.skipped == {"c0"}


@pytest.mark.parametrize("own", ["y = rng", "def f():\n    return rng", "rng.draw()\ny = 1"])
@pytest.mark.parametrize("is_before", [True, False])
def test_what_changed_a_name_that_the_learner_reads_runs(own, is_before):
    cells = [("teacher", "x = draw(rng)"), ("learner", own)]
    found = spared(*(reversed(cells) if is_before else cells), traces={f"c{int(is_before)}": ["rng"]})
    assert found.skipped == frozenset()
    assert not found.wanted


def test_what_changed_a_name_that_a_running_cell_reads_runs():
    cells = [("teacher", "x = draw(rng)"), ("teacher", "z = draw(rng)"), ("learner", "y = z")]
    found = spared(*cells, traces={"c0": ["rng"], "c1": ["rng"]})
    assert found.skipped == frozenset()
    assert not found.wanted


def test_what_depends_on_the_learner_runs():
    found = spared(("teacher", "x = y"), trusted=[])
    assert found.skipped == frozenset()


def test_a_learner_who_changes_an_object_in_place_wants_it():
    found = spared(("teacher", "xs = []"), ("learner", "xs.append(1)\nxs"))
    assert found.wanted == {"c0": {"xs"}}


def test_check_cells_run_elsewhere():
    found = spared(("teacher", "x = 1"), ("check", "assert x == 1"))
    assert found.skipped == {"c0"}


DYNAMIC = [
    "globals()['x']",
    "eval('x')",
    "exec(code)",
    "get_ipython().user_ns",
    "Out[3]",
    "_",
    "_3 + 1",
    "In[-1]",
    "%run other.py",
    "!ls",
    "import inspect",
    "f.__globals__",
    "sys.modules['__main__']",
    "vars()",
    "x = (",
    "import gc",
]
PLAIN = [
    "x = 1",
    "for _ in range(3):\n    pass",
    "a, _ = pair",
    "_, b = pair",
    "class A:\n    def __init__(self):\n        pass\n    def __repr__(self):\n        return ''",
    "my_globals = 1",
    "evaluate(x)",
]


@pytest.mark.parametrize("source", DYNAMIC)
def test_ways_to_read_a_name_without_naming_it(source):
    assert is_dynamic(source)
    assert spared(("teacher", "x = 1"), ("learner", source)).skipped == frozenset()


@pytest.mark.parametrize("source", PLAIN)
def test_plain_cells_are_not_dynamic(source):
    assert not is_dynamic(source)
