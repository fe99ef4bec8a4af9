"""Answers that are wrong, and objects that say they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.arena import PATIENT, SHORT
from hostile.lesson import HONEST, WRONG, Attack

if TYPE_CHECKING:
    from hostile.arena import Arena

# A liar stands in for the result of each of these; the rest of the submission is honest.
_RETURNED = {
    "spread": "def spread(values):\n    return made(0.0)",
    "zscores": "def zscores(values):\n    return made(np.zeros(len(values)))",
    "tidy": "def tidy(frame):\n    return made(frame.iloc[:0])",
    "total": "total = made(1)",
    "ordered": "def ordered(values):\n    return made(values)",
    "shuffled": "def shuffled(values, rng):\n    return made(values)",
}
_OPERATORS = {
    "__eq__": "True",
    "__ne__": "False",
    "__sub__": "0.0",
    "__rsub__": "0.0",
    "__abs__": "0.0",
    "__le__": "True",
    "__lt__": "True",
    "__ge__": "True",
    "__bool__": "True",
    "__len__": "5",
    "__contains__": "True",
    "__iter__": "iter([True] * 5)",
    "__getitem__": "True",
    "__float__": "4.0",
    "__index__": "4217",
    "__hash__": "hash(4217)",
    "__array__": "np.array(4.0)",
    "__array_ufunc__": "True",
    "__array_function__": "True",
    "__round__": "4.0",
    "__reduce__": "(print, ())",
    "__getattr__": "lambda *args, **kwargs: True",
}


def _liars(definition: str) -> dict[str, str]:
    return {name: f"{definition}\n{text}" for name, text in _RETURNED.items()}


def _given(kind: str, names: dict[str, str]) -> str:
    """Methods for a class that is made already."""
    texts = (f"def _lie(self, *a, **k):\n    return {value}\n{kind}.{name} = _lie\n" for name, value in names.items())
    return "".join(texts)


def _methods(names: dict[str, str]) -> str:
    return "".join(f"    def {name}(self, *args, **kwargs):\n        return {value}\n" for name, value in names.items())


@pytest.mark.parametrize("operator", _OPERATORS)
def test_one_operator_lies(arena: Arena, operator: str) -> None:
    extra = "    __hash__ = object.__hash__\n" if operator == "__eq__" else ""
    liar = f"class Liar:\n{_methods({operator: _OPERATORS[operator]})}{extra}\ndef made(value):\n    return Liar()"
    # A sequence without an end is looked through until its time is up.
    answers = {"ordered": _liars(liar)["ordered"]} if operator == "__getitem__" else _liars(liar)
    arena.fight(Attack(operator, answers), SHORT if operator == "__getitem__" else PATIENT)


_ALL = {name: value for name, value in _OPERATORS.items() if name not in {"__reduce__", "__getattr__"}}
_BASES = {
    "object": ("object", "Liar()"),
    "float": ("float", "Liar(0.0)"),
    "int": ("int", "Liar(1)"),
    "str": ("str", 'Liar("1")'),
    "list": ("list", "Liar([1])"),
    "tuple": ("tuple", "Liar((1,))"),
    "dict": ("dict", "Liar({1: 1})"),
    "ndarray": ("np.ndarray", "np.zeros(3).view(Liar)"),
    "DataFrame": ("pd.DataFrame", 'Liar({"shop": ["a"], "sold": [0.0]})'),
    "Series": ("pd.Series", "Liar([0.0])"),
    "Index": ("pd.Index", "pd.Index([0]).view(Liar)"),
}


@pytest.mark.parametrize("base", _BASES)
def test_a_subclass_of_data_lies_in_every_operator(arena: Arena, base: str) -> None:
    parent, built = _BASES[base]
    # Made without the operators, which would stand in the way of its own making, and given them afterwards.
    late = _given("Liar", _ALL)
    frame = "    equals = lambda self, other: True\n    @property\n    def shape(self):\n        return (5, 2)\n"
    extra = frame if base == "DataFrame" else "    pass\n"
    liar = f"class Liar({parent}):\n{extra}\none = {built}\n{late}\ndef made(value):\n    return one"
    arena.fight(Attack(base, _liars(liar)))


def test_an_object_says_it_is_of_another_class(arena: Arena) -> None:
    liar = """
class Liar:
    def __init__(self, value):
        object.__setattr__(self, "kind", type(value))
    @property
    def __class__(self):
        return object.__getattribute__(self, "kind")
    __array_interface__ = {"shape": (2,), "typestr": "<f8", "version": 3, "data": (0, True)}

def made(value):
    return Liar(value)
"""
    arena.fight(Attack("__class__", _liars(liar)))


@pytest.mark.parametrize("claim", ["pandas.DataFrame", "numpy.ndarray", "builtins.float", "sklearn.base.defaultdict"])
def test_a_class_bears_the_name_of_a_class_of_data(arena: Arena, claim: str) -> None:
    module, _, name = claim.rpartition(".")
    liar = (
        f'class Liar:\n    __module__ = "{module}"\n    __qualname__ = "{name}"\n{_methods(_ALL)}\n'
        f'Liar.__name__ = "{name}"\ndef made(value):\n    return Liar()'
    )
    arena.fight(Attack(claim, _liars(liar)))


def test_an_object_of_an_exercise_s_class_lies_elsewhere(arena: Arena) -> None:
    liar = HONEST["account"] + f"\nclass Account(Account):\n{_methods(_ALL)}\ndef made(value):\n    return Account()"
    arena.fight(Attack("a liar of a class that may compare", _liars(liar)))


def test_a_class_says_it_is_the_exercise_s(arena: Arena) -> None:
    liar = (
        f'class Liar:\n    __module__ = "__main__"\n    __qualname__ = "Account"\n{_methods(_ALL)}\n'
        'Liar.__name__ = "Account"\ndef made(value):\n    return Liar()'
    )
    arena.fight(Attack("a claim to a class that may compare", _liars(liar)))


def test_every_object_is_an_instance(arena: Arena) -> None:
    liar = f"""
class Meta(type):
    def __instancecheck__(cls, value):
        return True
    def __subclasscheck__(cls, value):
        return True
    def __eq__(cls, other):
        return True
    __hash__ = type.__hash__

class Liar(metaclass=Meta):
{_methods(_ALL)}
def made(value):
    return Liar
"""
    arena.fight(Attack("metaclass", _liars(liar)))


def test_numbers_of_an_account_lie(arena: Arena) -> None:
    liar = f"""
class Number(float):
    pass
one = Number(1.0)
{_given("Number", _ALL)}
class Account:
    def __init__(self, balance=0.0):
        self.balance = one
    def deposit(self, amount):
        return one
    def __add__(self, other):
        return self
"""
    arena.fight(Attack("lying numbers inside", {"account": liar}))


_MODELS = {
    "its score lies": """
class Liar:
    classes_ = np.array([0, 1])
    def fit(self, *args):
        return self
    def predict(self, data):
        return np.zeros(len(data), int)
    def score(self, *args, **kwargs):
        return 1.0

def build(data, target):
    return Liar()
""",
    "a classifier whose score lies": """
class Liar(LogisticRegression):
    def predict(self, data):
        return np.zeros(len(data), int)
    def score(self, *args, **kwargs):
        return 1.0

def build(data, target):
    return Liar().fit(data, target)
""",
    "it claims to be a pipeline": """
class Liar:
    def fit(self, *args):
        return self
    def predict(self, data):
        return np.zeros(len(data), int)
    def score(self, *args, **kwargs):
        return 1.0
    def __sklearn_tags__(self):
        return LogisticRegression().__sklearn_tags__()
Liar.__module__, Liar.__qualname__, Liar.__name__ = "sklearn.pipeline", "Pipeline", "Pipeline"

def build(data, target):
    return Liar()
""",
    "a pipeline whose score lies": """
class Liar(Pipeline):
    def predict(self, data):
        return np.zeros(len(data), int)
    def score(self, *args, **kwargs):
        return 1.0

def build(data, target):
    return Liar([("only", LogisticRegression())]).fit(data, target)
""",
    "it chooses the measure": """
class Liar:
    scoring = "completeness_score"
    classes_ = np.array([0, 1])
    def __sklearn_tags__(self):
        return LogisticRegression().__sklearn_tags__()
    def predict(self, data):
        return np.ones(len(data), int)
    def score(self, *args, **kwargs):
        return 1.0

def build(data, target):
    return Liar()
""",
    "its predictions say yes": f"""
class Yes(np.ndarray):
    pass
{_given("Yes", _ALL)}
class Liar:
    def predict(self, data):
        return np.zeros(len(data), int).view(Yes)

def build(data, target):
    return Liar()
""",
    "it looks at its caller for the labels": """
import sys
class Liar:
    def predict(self, data):
        frame = sys._getframe()
        while frame is not None:
            for name in ("labels", "target", "y_true", "y"):
                found = frame.f_locals.get(name)
                if found is None:
                    found = frame.f_globals.get(name)
                if isinstance(found, np.ndarray):
                    return found[-len(data):]
            frame = frame.f_back
        return np.zeros(len(data), int)
    def score(self, data, target):
        return 1.0

def build(data, target):
    return Liar()
""",
}


@pytest.mark.parametrize("lie", _MODELS)
def test_a_model_lies(arena: Arena, lie: str) -> None:
    arena.fight(Attack(lie, {"model": _MODELS[lie]}))


def test_a_sequence_shows_another_face_at_each_look(arena: Arena) -> None:
    liar = """
class TwoFaced:
    def __init__(self, values):
        self.values = list(values)
        self.looks = 0
    def __len__(self):
        return len(self.values)
    def __getitem__(self, place):
        return list(range(len(self.values)))[place]
    def __iter__(self):
        self.looks += 1
        if len(self.values) == 3:
            return iter([1, 2, 3])
        return iter(range(len(self.values)) if self.looks == 1 else self.values)

def ordered(values):
    return TwoFaced(values)
"""
    arena.fight(Attack("two faces", {"ordered": liar}))


def test_a_context_manager_swallows_what_a_check_says(arena: Arena) -> None:
    liar = """
class holding:
    def __init__(self, value):
        pass
    def __enter__(self):
        return 0
    def __exit__(self, *error):
        return True
"""
    arena.fight(Attack("swallowed", {"holding": liar}))


def test_a_function_changes_what_it_was_lent(arena: Arena) -> None:
    answers = {
        "zscores": "def zscores(values):\n    values[:] = 0.0\n    return values",
        "tidy": "def tidy(frame):\n    frame.drop(frame.index, inplace=True)\n    return frame",
        "ordered": "def ordered(values):\n    values[:] = [1] * len(values)\n    return values",
    }
    arena.fight(Attack("changed arguments", answers))


def test_an_argument_becomes_what_it_never_was(arena: Arena) -> None:
    answers = {
        "ordered": "def ordered(values):\n    values[:] = [values, values] * 1000\n    return values",
        "zscores": "def zscores(values):\n    values.resize(0, refcheck=False)\n    return values",
        "tidy": "def tidy(frame):\n    frame['itself'] = [frame] * len(frame)\n    return frame",
    }
    arena.fight(Attack("arguments turned inside out", answers))


def test_the_examiner_s_random_numbers_are_chosen(arena: Arena) -> None:
    chosen = """
def shuffled(values, rng):
    rng.bit_generator.state = np.random.default_rng(1).bit_generator.state
    return values
"""
    arena.fight(Attack("the state of the rng", {"shuffled": chosen}))


def test_the_generator_is_taken_back_to_its_beginning(arena: Arena) -> None:
    chosen = """
def shuffled(values, rng):
    before = rng.bit_generator.state
    result = rng.permutation(values)
    rng.bit_generator.state = before
    return result
"""
    # The first look is at what it returns, which is right; the later draws tell.
    arena.fight(Attack("no draws used up", {"shuffled": chosen}))


def test_a_callback_is_called_with_hostile_data(arena: Arena) -> None:
    answer = f"""
class Liar:
{_methods(_ALL)}
def twice(function, value):
    for bad in (Liar(), None, [Liar()], {{}}, float("nan"), "x" * 100_000, twice):
        try:
            function(bad)
        except Exception:
            pass
    return Liar()
"""
    arena.fight(Attack("callbacks", {"twice": answer}))


def test_everything_is_wrong_at_once(arena: Arena) -> None:
    arena.fight(Attack("plainly wrong", WRONG))
