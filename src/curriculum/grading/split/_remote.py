"""What the examiner holds of a learner's object that is no data: a stand-in that asks the learner's process.

What comes back is data, or another stand-in. A stand-in never counts as data itself: it has no arithmetic and equals
nothing but itself, unless it is of a class that the exercise asked for. So ``==``, ``-`` and ``abs`` in a check are
the examiner's own, whatever operators a learner's object may have.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from curriculum.grading.wire import Reference

# Classes of these packages do things; what they hold can only be had by asking.
_BEHAVIOUR = {"sklearn", "statsmodels", "matplotlib", "imblearn", "lightgbm", "xgboost", "seaborn"}
_KINDS: dict[str, type] = {
    "builtins.function": types.FunctionType,
    "builtins.builtin_function_or_method": types.BuiltinFunctionType,
    "builtins.method": types.MethodType,
    "builtins.generator": types.GeneratorType,
    "builtins.module": types.ModuleType,
    "builtins.type": type,
}
_FORWARDED = {"__annotations__", "__dict__", "__sklearn_tags__", "__sklearn_is_fitted__", "__sklearn_clone__"}


class Asks(Protocol):
    """The examiner's link to the learner's process."""

    classes: frozenset[str]

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done there."""


class Remote:
    """A learner's object."""

    __slots__ = ("__link", "__reference", "__weakref__")
    __array_ufunc__ = None  # NumPy leaves arithmetic to us, and so to no one

    def __init__(self, link: Asks, reference: Reference) -> None:
        object.__setattr__(self, "_Remote__link", link)
        object.__setattr__(self, "_Remote__reference", reference)

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return claimed_class(reference_of(self)) or type(self)

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
        if name == "score":
            own = _own_score(self)
            if own is not None:
                return own
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
        return hash(("remote", reference_of(self).number))

    def __bool__(self) -> bool:
        if _is_contracted(self):
            return bool(_ask(self, "bool"))
        return reference_of(self).length != 0

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
        items = _ask(self, "iter")
        if not isinstance(items, Remote):
            yield from items
            return
        while True:
            try:
                item = _ask(items, "next")
            except StopIteration:
                return
            yield item

    def __next__(self) -> Any:
        return _ask(self, "next")

    def __enter__(self) -> Any:
        return _ask(self, "enter")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        return bool(_ask(self, "exit", kind, error))

    def __deepcopy__(self, memo: Any) -> Any:
        return _ask(self, "deepcopy")

    def __int__(self) -> int:
        return int(_ask(self, "int"))

    def __float__(self) -> float:
        return float(_ask(self, "float"))

    def __complex__(self) -> complex:
        return complex(_ask(self, "complex"))

    def __round__(self, digits: int | None = None) -> Any:
        return _ask(self, "round") if digits is None else _ask(self, "round", digits)

    def __curriculum_drawn__(self) -> list[dict[str, Any]]:
        """What a figure shows, described over there; only data comes back."""
        drawn: list[dict[str, Any]] = _ask(self, "drawn")
        return drawn

    def __eq__(self, other: object) -> Any:
        return _compare(self, other, "eq", is_remote(other) and number_of(self) == number_of(other))

    def __ne__(self, other: object) -> Any:
        return _compare(self, other, "ne", not (is_remote(other) and number_of(self) == number_of(other)))


class RemoteFunction(Remote):
    """A learner's function, or another object that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        return _ask(self, "call", *args, **kwargs)


class RemoteClass(RemoteFunction):
    """A learner's class."""

    __slots__ = ()

    def __instancecheck__(self, value: Any) -> bool:
        return bool(_ask_class(self, "isinstance", value))

    def __subclasscheck__(self, value: Any) -> bool:
        return bool(_ask_class(self, "issubclass", value))


def remote_for(link: Asks, reference: Reference) -> Remote:
    """The stand-in for what a reference describes."""
    kind: type[Remote] = Remote
    if reference.lineage:
        kind = RemoteClass
    elif reference.callable:
        kind = RemoteFunction
    name = re.sub(r"\W", "_", reference.type_name.rpartition(".")[2])[:80] or "object"
    return type(name, (kind,), {"__slots__": (), "__doc__": reference.doc, "__module__": "__main__"})(link, reference)


def is_remote(value: Any) -> bool:
    """Whether a value is a stand-in; not fooled by what it says of its class."""
    return Remote in type(value).__mro__


def reference_of(remote: Remote) -> Reference:
    """What is known of the learner's object."""
    found: Reference = object.__getattribute__(remote, "_Remote__reference")
    return found


def number_of(value: Any) -> int | None:
    """The number of the learner's object that a value stands for; None if it is none."""
    if is_remote(value):
        return reference_of(value).number
    return value.__dict__.get("_curriculum_number") if isinstance(value, type) else None


def claimed_class(reference: Reference) -> type | None:
    """The class that an object says it is of; never one of data, which only data itself can be of."""
    if reference.lineage:
        return type
    for name in (reference.type_name, *reference.bases):
        if name in _KINDS:
            return _KINDS[name]
        module, _, attribute = name.rpartition(".")
        if module.partition(".")[0] in _BEHAVIOUR:
            found = vars(sys.modules[module]).get(attribute) if module in sys.modules else None
            if isinstance(found, type):
                return found
    return None


def _signature(reference: Reference) -> inspect.Signature | None:
    """A function's signature as ``inspect`` has it; each default is something that looks like it."""
    if reference.signature is None:
        return None
    parameters = []
    for one in reference.signature:
        default = inspect.Parameter.empty if one.default is None else _Written(one.default)
        parameters.append(inspect.Parameter(one.name, getattr(inspect.Parameter, one.kind), default=default))
    return inspect.Signature(parameters, __validate_parameters__=False)


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


def _compare(remote: Remote, other: Any, operation: str, otherwise: bool) -> Any:
    return _ask(remote, operation, other) if _is_contracted(remote) else otherwise


def _own_score(remote: Remote) -> Callable[..., float] | None:
    """scikit-learn's ``score``, computed here from what the learner's model predicts."""
    found = claimed_class(reference_of(remote))
    sklearn = sys.modules.get("sklearn.base")
    if found is None or sklearn is None:
        return None
    for mixin in (sklearn.ClassifierMixin, sklearn.RegressorMixin):
        if getattr(found, "score", None) is mixin.score:
            return types.MethodType(mixin.score, remote)
    return None


def _add_operators() -> None:
    """Arithmetic and order, both ways round: only objects of the exercise's own classes have them."""

    def forwarded(operation: str, *, swapped: bool = False) -> Callable[..., Any]:
        def method(self: Remote, *others: Any) -> Any:
            if not _is_contracted(self):
                return NotImplemented
            link: Asks = object.__getattribute__(self, "_Remote__link")
            return link.ask(operation, *((*others, self) if swapped else (self, *others)))

        return method

    binary = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift")
    for name in (*binary, "rshift"):
        operation = f"{name}_" if name in {"and", "or"} else name
        setattr(Remote, f"__{name}__", forwarded(operation))
        setattr(Remote, f"__r{name}__", forwarded(operation, swapped=True))
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

    for name in ("neg", "pos", "invert", "abs", "index", "trunc"):
        setattr(Remote, f"__{name}__", forwarded(name))


_add_operators()
_add_unary()
