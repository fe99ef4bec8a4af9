"""What the examiner holds of a learner's object that is no data: a stand-in that asks the learner's process.

What comes back is data, or another stand-in. A stand-in never counts as data itself: it has no arithmetic and equals
nothing but itself, unless it is of a class that the exercise asked for, or a value of the examiner's says that it does.
So ``==``, ``-`` and ``abs`` in a check are the examiner's own, whatever operators a learner's object may have.
"""

from __future__ import annotations

import ast
import builtins
import enum
import functools
import inspect
import re
import sys
import types
from typing import TYPE_CHECKING, Any, Protocol

from curriculum.errors import CurriculumError, GradingError
from curriculum.grading.split._scored import scored_here

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from curriculum.grading.wire import Reference

# Classes of these packages do things; what they hold can only be had by asking.
_BEHAVIOUR = {"sklearn", "statsmodels", "matplotlib", "imblearn", "lightgbm", "xgboost", "seaborn"}
_KINDS: dict[str, type] = {
    "builtins.function": types.FunctionType,
    "builtins.builtin_function_or_method": types.BuiltinFunctionType,
    "builtins.method": types.MethodType,
    "builtins.generator": types.GeneratorType,
    "builtins.coroutine": types.CoroutineType,
    "builtins.module": types.ModuleType,
    "builtins.type": type,
}
_DATA = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
_FUNCTIONS = {"builtins.function", "builtins.builtin_function_or_method", "builtins.method", "functools.partial"}
_FORWARDED = {
    "__annotations__",
    "__defaults__",
    "__dict__",
    "__kwdefaults__",
    "__sklearn_tags__",
    "__sklearn_is_fitted__",
    "__sklearn_clone__",
}


class Asks(Protocol):
    """The examiner's link to the learner's process."""

    classes: frozenset[str]
    teachers: Mapping[str, Any]

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done there."""


class Remote:
    """A learner's object."""

    __slots__ = ("__items", "__link", "__reference", "__weakref__")
    __array_ufunc__ = None  # NumPy leaves arithmetic to us, and so to no one

    def __init__(self, link: Asks, reference: Reference) -> None:
        object.__setattr__(self, "_Remote__link", link)
        object.__setattr__(self, "_Remote__reference", reference)
        object.__setattr__(self, "_Remote__items", None)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        link: Asks = object.__getattribute__(self, "_Remote__link")
        return claimed_class(reference_of(self), link.teachers) or type(self)

    @property
    def __name__(self) -> str:
        name: str = reference_of(self).name
        if not name:
            raise AttributeError("__name__")
        return name

    @property
    def __signature__(self) -> inspect.Signature | None:
        return _signature(reference_of(self))

    def __getattr__(self, name: str) -> Any:
        special = name.startswith("__") and name.endswith("__") and name not in _FORWARDED
        if special or name.startswith(("_repr_", "_ipython_")):
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message)
        if name == "score" and not _is_contracted(self):
            return scored_here(self, _ask(self, "getattr", name))
        return _ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        _ask(self, "delattr", name)

    def __dir__(self) -> list[str]:
        return list(_ask(self, "dir"))

    def __repr__(self) -> str:
        return str(_ask(self, "repr"))

    def __str__(self) -> str:
        return str(_ask(self, "str"))

    def __format__(self, spec: str) -> str:
        return str(_ask(self, "format", spec))

    def __hash__(self) -> int:
        if _is_contracted(self):
            return int(_ask(self, "hash"))
        return hash(("remote", reference_of(self).number))

    def __bool__(self) -> bool:
        if _is_contracted(self):
            return bool(_ask(self, "bool"))
        return reference_of(self).length != 0

    def __deepcopy__(self, memo: Any) -> Any:
        return _ask(self, "deepcopy")

    def __copy__(self) -> Any:
        return _ask(self, "copy")

    def __curriculum_drawn__(self) -> list[dict[str, Any]]:
        """What a figure shows, described over there; only data comes back."""
        drawn: list[dict[str, Any]] = _ask(self, "drawn")
        return drawn

    def __eq__(self, other: object) -> Any:
        return _compare(self, other, "eq")

    def __ne__(self, other: object) -> Any:
        return _compare(self, other, "ne")


class RemoteObject(Remote):
    """A learner's object that may hold others; a function that seemed to would be taken for a list."""

    __slots__ = ()

    def __len__(self) -> int:
        return int(_ask(self, "len"))

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, "getitem", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask(self, "setitem", key, value)

    def __delitem__(self, key: Any) -> None:
        _ask(self, "delitem", key)

    def __contains__(self, item: Any) -> bool:
        if _is_contracted(self):
            return bool(_ask(self, "contains", item))
        # Its items are compared here: an object that says yes to everything is not believed.
        return any(found is item or found == item for found in self)

    def __iter__(self) -> Iterator[Any]:
        if _is_contracted(self):
            return _items(_ask(self, "iter"))
        # It has the same items at each look, so that it cannot be sorted at one and complete at another.
        items = object.__getattribute__(self, "_Remote__items")
        if items is None:
            first = _ask(self, "iter")
            if number_of(first) == number_of(self):
                return _items(first)  # an iterator is used up by a look
            items = _Looked(_items(first))
            object.__setattr__(self, "_Remote__items", items)
        return iter(items)

    def __next__(self) -> Any:
        return _ask(self, "next")

    def __enter__(self) -> Any:
        return _ask(self, "enter")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        try:
            swallowed = bool(_ask(self, "exit", error))
            # What the check itself has to say is not the learner's to keep quiet.
            return swallowed and not isinstance(error, AssertionError | CurriculumError)
        except BaseException as again:
            if number_of(again) is None or number_of(again) != number_of(error):
                raise
            return False  # it has let the error through, as it came

    def __int__(self) -> int:
        return int(_ask(self, "int"))

    def __float__(self) -> float:
        return float(_ask(self, "float"))

    def __complex__(self) -> complex:
        return complex(_ask(self, "complex"))

    def __round__(self, digits: int | None = None) -> Any:
        return _ask(self, "round") if digits is None else _ask(self, "round", digits)


class RemoteFunction(Remote):
    """A learner's function."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        return _ask(self, "call", *args, **kwargs)


class RemoteCallable(RemoteFunction, RemoteObject):
    """Another object that can be called."""

    __slots__ = ()


class RemoteCoroutine(Remote):
    """What a learner's ``async def`` gives; it runs over there as a whole, once it is awaited."""

    __slots__ = ()

    def send(self, _value: Any) -> Any:
        """Run it to its end."""
        raise StopIteration(_ask(self, "awaited"))

    def throw(self, kind: Any, error: Any = None, _trace: Any = None) -> Any:
        """Give up on it."""
        raise error or kind

    def close(self) -> None:
        """Leave it alone."""

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return _ask(self, "awaited")


class RemoteClass(RemoteCallable):
    """A learner's class."""

    __slots__ = ()

    @property
    def __bases__(self) -> tuple[type, ...]:
        link: Asks = object.__getattribute__(self, "_Remote__link")
        return (_shared_below(reference_of(self).lineage[1:], link.teachers) or object,)

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        message = (
            f"a check cell cannot define a class below the learner's {reference_of(self).name!r}: have it asked for"
        )
        raise GradingError(message)

    def __instancecheck__(self, value: Any) -> bool:
        return bool(_ask_class(self, "isinstance", value))

    def __subclasscheck__(self, value: Any) -> bool:
        return bool(_ask_class(self, "issubclass", value))


def remote_for(link: Asks, reference: Reference) -> Remote:
    """The stand-in for what a reference describes."""
    kind: type[Remote] = RemoteObject
    if reference.lineage:
        kind = RemoteClass
    elif reference.type_name in _FUNCTIONS:
        kind = RemoteFunction
    elif reference.type_name == "builtins.coroutine":
        kind = RemoteCoroutine
    elif reference.callable:
        kind = RemoteCallable
    name = re.sub(r"\W", "_", reference.type_name.rpartition(".")[2])[:80] or "object"
    made: type[Remote] = type(name, (kind,), {"__slots__": (), "__doc__": reference.doc, "__module__": "__main__"})
    return made(link, reference)


def is_remote(value: Any) -> bool:
    """Whether a value is a stand-in; not fooled by what it says of its class."""
    return Remote in type(value).__mro__


def reference_of(remote: Remote) -> Reference:
    """What is known of the learner's object."""
    found: Reference = object.__getattribute__(remote, "_Remote__reference")
    return found


def refresh(remote: Remote, reference: Reference) -> bool:
    """Let a stand-in know what its object has become; whether it can still stand for it."""
    if (reference_of(remote).type_name, reference_of(remote).lineage) != (reference.type_name, reference.lineage):
        return False
    object.__setattr__(remote, "_Remote__reference", reference)
    object.__setattr__(remote, "_Remote__items", None)
    return True


def number_of(value: Any) -> int | None:
    """The number of the learner's object that a value stands for; None if it is none."""
    if is_remote(value):
        return reference_of(value).number
    found = value.__dict__.get("_curriculum_number") if isinstance(value, type | BaseException) else None
    return found if type(found) is int else None


def claimed_class(reference: Reference, teachers: Mapping[str, Any]) -> type | None:
    """The class that an object says it is of; never one of data, which only data itself can be of.

    Where it is of several that both processes have, that is a class below them all.
    """
    return type if reference.lineage else _shared_below((reference.type_name, *reference.bases), teachers)


def _shared_below(names: tuple[str, ...], teachers: Mapping[str, Any]) -> type | None:
    found: list[type] = []
    for name in dict.fromkeys(names):
        if name in _KINDS:
            return _KINDS[name]
        kind = _shared_class(name, teachers)
        if kind is not None and not any(kind in other.__mro__ for other in found):
            found.append(kind)
    return _below(*found) if found else None


def _shared_class(name: str, teachers: Mapping[str, Any]) -> type | None:
    """A library's class, an error, or one that a teacher's cell has defined."""
    module, _, attribute = name.rpartition(".")
    if module == "__main__":
        found = teachers.get(attribute)
    elif module.partition(".")[0] in _BEHAVIOUR and module in sys.modules:
        found = vars(sys.modules[module]).get(attribute)
    elif module == "builtins":
        found = getattr(builtins, attribute, None)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None
    else:
        return None
    if is_remote(found) or not isinstance(found, type) or found.__module__ != module:
        return None
    return None if issubclass(found, (*_DATA, enum.Enum)) else found


@functools.cache
def _below(*kinds: type) -> type:
    if len(kinds) == 1:
        return kinds[0]
    try:
        return type(kinds[0].__name__, kinds, {"__module__": kinds[0].__module__})
    except TypeError:  # they do not go together
        return kinds[0]


class _Looked:
    """Items that are asked for once, one by one."""

    def __init__(self, source: Iterator[Any]) -> None:
        self.source = source
        self.known: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        place = 0
        while True:
            while place < len(self.known):
                yield self.known[place]
                place += 1
            try:
                self.known.append(next(self.source))
            except StopIteration:
                return


def _items(items: Any) -> Generator[Any, None, Any]:
    if not is_remote(items):
        return (yield from items)
    while True:
        try:
            item = _ask(items, "next")
        except StopIteration as end:
            return end.value
        yield item


def _signature(reference: Reference) -> inspect.Signature | None:
    """A function's signature as ``inspect`` has it; each default is something that looks like it."""
    if reference.signature is None:
        return None
    parameters = []
    for one in reference.signature:
        default = inspect.Parameter.empty if one.default is None else _default(one.default)
        parameters.append(inspect.Parameter(one.name, getattr(inspect.Parameter, one.kind), default=default))
    return inspect.Signature(parameters, __validate_parameters__=False)


def _default(text: str) -> Any:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _Written(text)
    return found if repr(found) == text else _Written(text)


class _Written:
    """A default that is only known by its looks."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _ask(remote: Remote, operation: str, *args: Any, **kwargs: Any) -> Any:
    link: Asks = object.__getattribute__(remote, "_Remote__link")
    return link.ask(operation, remote, *args, **kwargs)


def _ask_class(remote: Remote, operation: str, value: Any) -> Any:
    link: Asks = object.__getattribute__(remote, "_Remote__link")
    return link.ask(operation, value, remote)


def _is_contracted(remote: Remote) -> bool:
    """Whether it is of a class that the exercise has asked for, so that its operators are part of the answer."""
    link: Asks = object.__getattribute__(remote, "_Remote__link")
    module, _, name = reference_of(remote).type_name.rpartition(".")
    return module == "__main__" and name in link.classes


def _compare(remote: Remote, other: Any, operation: str) -> Any:
    if _is_contracted(remote):
        return _ask(remote, operation, other)
    # Where the other is the examiner's own, it is the one to say: a teacher's dataclass compares the fields.
    if not is_remote(other):
        return NotImplemented
    return (number_of(remote) == number_of(other)) == (operation == "eq")


def _add_operators() -> None:
    """Arithmetic and order, both ways round: only objects of the exercise's own classes have them."""

    def forwarded(operation: str, *, swapped: bool = False) -> Callable[..., Any]:
        def method(self: Remote, *others: Any) -> Any:
            if not _is_contracted(self):
                return NotImplemented
            link: Asks = object.__getattribute__(self, "_Remote__link")
            return link.ask(operation, *((*others, self) if swapped else (self, *others)))

        return method

    both = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift")
    for name in (*both, "rshift", "divmod"):
        operation = f"{name}_" if name in {"and", "or"} else name
        setattr(Remote, f"__{name}__", forwarded(operation))
        setattr(Remote, f"__r{name}__", forwarded(operation, swapped=True))
        setattr(Remote, f"__i{name}__", forwarded(f"i{name}"))
    for name in ("lt", "le", "gt", "ge"):
        setattr(Remote, f"__{name}__", forwarded(name))


def _add_unary() -> None:
    def forwarded(operation: str) -> Callable[[Remote], Any]:
        def method(self: Remote) -> Any:
            if not _is_contracted(self):
                message = f"bad operand type: a {type(self).__name__} is no number"
                raise TypeError(message)
            return _ask(self, operation)

        return method

    for name in ("neg", "pos", "invert", "abs", "index", "trunc", "floor", "ceil"):
        setattr(Remote, f"__{name}__", forwarded(name))


_add_operators()
_add_unary()
