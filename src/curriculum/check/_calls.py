"""Checks of what a function is, what it refuses and what it leaves alone."""

from __future__ import annotations

import contextlib
import copy
import inspect
import re
from typing import TYPE_CHECKING, Any

from curriculum.check import _compare
from curriculum.check._describe import clip, error_text, is_frame, is_series, kind, pair, short
from curriculum.check._fail import fail
from curriculum.check._frames import FrameRules, table_difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def function(value: Any, *parameters: str, hint: str = "") -> None:
    """Pass if the value is a function that takes these parameters first, in this order.

    Args:
        value: what the learner defined.
        parameters: the names that the prompt asks for; further ones must have defaults.
        hint: shown with a failure.

    Raises:
        CheckFailed: it is no function, or its parameters are others.

    Example:
        >>> from curriculum import check
        >>> def mean(values, *, skip_missing=True): ...
        >>> check.function(mean, "values")
    """
    if not callable(value):
        fail("A function was asked for.", got=kind(value), hint=hint)
    name = getattr(value, "__name__", "the function")
    try:
        found = inspect.signature(value).parameters
    except (TypeError, ValueError):
        return
    names = list(found)[: len(parameters)]
    asked = f"{name}({', '.join(parameters)})"
    given = _signature_text(name, found.values())
    if names != list(parameters):
        fail("The function's parameters are not the ones asked for.", expected=asked, got=given, hint=hint)
    rest = list(found.values())[len(parameters) :]
    variadic = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    needed = [p.name for p in rest if p.default is inspect.Parameter.empty and p.kind not in variadic]
    if needed:
        message = f"The parameter {needed[0]!r} was not asked for and has no default."
        fail(message, expected=asked, got=given, hint=hint)


def raises(
    errors: type[BaseException] | tuple[type[BaseException], ...],
    call: Callable[..., Any],
    *args: Any,
    match: str = "",
    called: str = "",
    hint: str = "",
    **kwargs: Any,
) -> None:
    """Pass if the call raises one of the errors.

    Args:
        errors: an exception class, or a tuple of classes.
        call: the learner's function.
        *args: passed on to it.
        **kwargs: passed on to it.
        match: a regular expression that the error's message must contain, whatever the case.
        called: what to show as called; built from the function's name and arguments where it is left out.
        hint: shown with a failure.

    Raises:
        CheckFailed: nothing was raised, or something else, or the message lacks ``match``.

    Example:
        >>> from curriculum import check
        >>> check.raises(ValueError, float, "seven")
    """
    wanted = errors if isinstance(errors, tuple) else (errors,)
    names = " or ".join(cls.__name__ for cls in wanted)
    shown = called or _call_text(call, args, kwargs)
    try:
        result = call(*args, **kwargs)
    except wanted as error:
        if match and not re.search(match, str(error), re.IGNORECASE):
            message = "The right error is raised, but its message does not say what is wrong."
            fail(message, called=shown, expected=f"a message with: {match}", got=error_text(error), hint=hint)
        return
    except NotImplementedError:
        raise  # not begun, which is another thing than wrong
    except Exception as error:  # noqa: BLE001 - whatever a learner's code raises is the finding
        got = error_text(error)
        fail("The call raises another error than asked for.", called=shown, expected=names, got=got, hint=hint)
    fail("The call should be refused.", called=shown, expected=names, got=f"the result {short(result)}", hint=hint)


@contextlib.contextmanager
def unchanged(hint: str = "", **values: Any) -> Iterator[None]:
    """Pass if the block leaves the values as they were.

    Args:
        hint: shown with a failure.
        values: the objects to watch, under the names the message should use.

    Raises:
        CheckFailed: one of them was changed in place.

    Example:
        >>> from curriculum import check
        >>> prices = [3, 1, 2]
        >>> with check.unchanged(prices=prices):
        ...     ordered = sorted(prices)
    """
    before = {name: _copy(name, value) for name, value in values.items()}
    yield
    for name, value in values.items():
        difference = _compare.difference(_same_state, value, before[name])
        if difference is not None:
            got, expected = pair(value, before[name])
            fail(
                f"Your code changed {name}, which it was only lent.",
                called=name,
                expected=expected,
                got=got,
                difference=difference,
                hint=hint or "work on a copy",
            )


def _copy(name: str, value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - what copying runs into depends on the value
        fail(f"{name} cannot be copied, so nobody can tell whether it changes.", called=name, got=kind(value))


def _same_state(value: Any, before: Any) -> str | None:
    if is_frame(value) or is_series(value):
        return table_difference(value, before, FrameRules(_compare.exactly, _compare.exactly, dtypes=True))
    has_own_equality = any("__eq__" in vars(cls) for cls in type(value).__mro__[:-1])
    if type(value) is type(before) and hasattr(value, "__dict__") and not has_own_equality:
        return _compare.exactly(vars(value), vars(before))
    return _compare.exactly(value, before)


def _signature_text(name: str, parameters: Iterable[inspect.Parameter]) -> str:
    shown = []
    for parameter in parameters:
        empty = parameter.default is inspect.Parameter.empty
        bare = str(parameter.replace(default=inspect.Parameter.empty, annotation=inspect.Parameter.empty))
        shown.append(bare if empty else f"{bare}={short(parameter.default, 40)}")
    return clip(f"{name}({', '.join(shown)})")


def _call_text(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    shown = [short(value, 60) for value in args] + [f"{k}={short(v, 60)}" for k, v in kwargs.items()]
    return clip(f"{getattr(call, '__name__', 'call')}({', '.join(shown)})", 300)
