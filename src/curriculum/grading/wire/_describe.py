"""What a reference says of the object that stays behind, read without trusting that object to work."""

from __future__ import annotations

import functools
import inspect
import re
import types
from typing import TYPE_CHECKING, Any, TypeVar

from curriculum.grading.wire._records import Parameter, Reference, WireError
from curriculum.grading.wire._text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NAME = 200
_TEXT = 200
_DOC = 2000
_BASES = 50
_PARAMETERS = 100

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_KINDS = frozenset(kind.name for kind in inspect._ParameterKind)
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    functools.partial,
)
_NAMED = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType)
_SLOW_REPR = ("sklearn.",)

Found = TypeVar("Found")


def slot(owner: type, name: str) -> Callable[[Any], Any]:
    """Return the function that reads an attribute as its owner stores it, whatever a subclass or a metaclass says."""
    read: Callable[[Any], Any] = owner.__dict__[name].__get__
    return read


mro: Callable[[type], tuple[type, ...]] = slot(type, "__mro__")
attributes: Callable[[type], types.MappingProxyType[str, Any]] = slot(type, "__dict__")
_module = slot(type, "__module__")
_qualname = slot(type, "__qualname__")


def attempt(function: Callable[[], Found]) -> Found | None:
    """Return what a function of the learner's returns, or None whatever it raises."""
    try:
        return function()
    except BaseException:  # noqa: BLE001 - even SystemExit from a __repr__ says nothing but that there is none
        return None


def class_name(cls: type) -> str:
    """Return a class's name with its module."""
    module = attempt(lambda: _module(cls))
    return clean(f"{module if type(module) is str else '?'}.{_qualname(cls)}", _NAME)


def class_names(cls: type) -> tuple[str, ...]:
    """Return the names of a class and its bases."""
    return tuple(class_name(base) for base in mro(cls)[:_BASES])


def short(text: Any, most: int) -> str:
    """Return a text as it may cross, or an empty one where it is no text."""
    return clean(str.__str__(text), most) if issubclass(type(text), str) else ""


def describe(value: Any, number: int) -> Reference:
    """Describe an object."""
    cls = type(value)
    is_class = issubclass(cls, type)
    named = is_class or issubclass(cls, _NAMED)
    bases = class_names(cls)
    slow = any(base.startswith(_SLOW_REPR) for base in bases)
    return Reference(
        number=number,
        type_name=bases[0],
        bases=bases,
        callable=callable(value),
        text="" if slow else describe_text(value),
        length=_length(value),
        name=short(attempt(lambda: value.__name__), _NAME) if named else "",
        doc=short(attempt(lambda: value.__doc__), _DOC) if named else "",
        signature=_signature(value) if is_class or issubclass(cls, _FUNCTIONS) else None,
        lineage=class_names(value) if is_class else (),
    )


def describe_text(value: Any) -> str:
    """Return a short repr without addresses, which differ from run to run."""
    text = attempt(lambda: repr(value))
    return _ADDRESS.sub("", short(text, _TEXT))


def _length(value: Any) -> int | None:
    if issubclass(type(value), type) or not any("__len__" in attributes(base) for base in mro(type(value))):
        return None
    length = attempt(lambda: len(value))
    return length if type(length) is int and length < 1 << 63 else None


def _signature(value: Any) -> tuple[Parameter, ...] | None:
    found = attempt(lambda: list(inspect.signature(value).parameters.values()))
    if found is None or len(found) > _PARAMETERS:
        return None
    return attempt(lambda: tuple(map(_parameter, found)))


def _parameter(parameter: inspect.Parameter) -> Parameter:
    missing = parameter.default is inspect.Parameter.empty
    default = None if missing else describe_text(parameter.default)
    return Parameter(short(parameter.name, _NAME), parameter.kind.name, default)


def to_fields(reference: Reference) -> list[Any]:
    """Return a reference as MessagePack's types."""
    signature = reference.signature
    fields = [reference.number, reference.type_name, list(reference.bases[1:]), reference.callable, reference.text]
    fields += [reference.length, reference.name, reference.doc]
    fields += [None if signature is None else [[one.name, one.kind, one.default] for one in signature]]
    return [*fields, list(reference.lineage)]


def from_fields(fields: Sequence[Any]) -> Reference:
    """Rebuild a reference from what arrived.

    Raises:
        WireError: the fields are not those of a reference.
    """
    number, type_name, bases, is_callable, text, length, name, doc, signature, lineage = fields
    own = _text(type_name, _NAME)
    return Reference(
        number=_number(number),
        type_name=own,
        bases=(own, *_texts(bases)),
        callable=is_callable is True,
        text=_text(text, _TEXT),
        length=None if length is None else _number(length),
        name=_text(name, _NAME),
        doc=_text(doc, _DOC),
        signature=None if signature is None else _parameters(signature),
        lineage=_texts(lineage),
    )


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise WireError("a number out of its range")
    return value


def _text(value: Any, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise WireError("a text that is none, or too long")
    return clean(value, most)


def _texts(values: Any) -> tuple[str, ...]:
    if type(values) is not tuple or len(values) > _BASES:
        raise WireError("names that are none, or too many")
    return tuple(_text(value, _NAME) for value in values)


def _parameters(values: Any) -> tuple[Parameter, ...]:
    if type(values) is not tuple or len(values) > _PARAMETERS:
        raise WireError("parameters that are none, or too many")
    return tuple(_received(*value) for value in values)


def _received(name: Any, kind: Any, default: Any) -> Parameter:
    if kind not in _KINDS:
        raise WireError("a parameter of no known kind")
    return Parameter(_text(name, _NAME), kind, None if default is None else _text(default, _TEXT))
