"""Checks of values: equal, close, of a type, or true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.check import _compare
from curriculum.check._describe import is_plain_scalar, kind, short
from curriculum.check._fail import compare_values, fail, recognise
from curriculum.check._frames import FrameRules, table_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.check._finding import Mistake


def equal(got: Any, expected: Any, *, called: str = "", hint: str = "", mistakes: Sequence[Mistake] = ()) -> None:
    """Pass if the value is exactly the expected one.

    Containers are compared item by item, NaN equals NaN, and ``True`` is not ``1``. A whole number equals a float of
    the same value; a list does not equal a tuple.

    Args:
        got: the learner's value.
        expected: what it should be: a scalar, text, container, array or pandas object.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.
        mistakes: typical wrong values, each with its own message.

    Raises:
        CheckFailed: the values differ.

    Example:
        >>> from curriculum import check
        >>> check.equal([1, 2], [1, 2])
        >>> check.equal([1, 3], [1, 2])
        Traceback (most recent call last):
        ...
        curriculum.errors.CheckFailed: ✗ Not yet
          The result is not what was asked for.
          called      [1, 3]
          expected    [1, 2]
          got         [1, 3]
          difference  at [1]: expected 2, got 3
    """
    compare_values(got, expected, _compare.exactly, called=called, hint=hint, mistakes=mistakes)


def close(
    got: Any,
    expected: Any,
    *,
    rtol: float = 1e-7,
    atol: float = 0.0,
    called: str = "",
    hint: str = "",
    mistakes: Sequence[Mistake] = (),
) -> None:
    """Pass if the numbers are near the expected ones: within ``atol + rtol * abs(expected)``.

    Lists, tuples and arrays of the same numbers count as the same; shapes must agree. NaN equals NaN, infinity equals
    the same infinity.

    Args:
        got: the learner's number, sequence, array, Series, frame, or dict of these.
        expected: what it should be.
        rtol: relative tolerance.
        atol: absolute tolerance, in the values' own unit.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.
        mistakes: typical wrong values, each with its own message.

    Raises:
        CheckFailed: a number is too far off, or the shapes differ.

    Example:
        >>> from curriculum import check
        >>> check.close(0.1 + 0.2, 0.3)
        >>> check.close([1.0, 2.0], (1.0, 2.0))
    """
    compare = _compare.nearly(_compare.Tolerance(rtol, atol))
    compare_values(got, expected, compare, called=called, hint=hint, mistakes=mistakes)


def frame(
    got: Any,
    expected: Any,
    *,
    ordered: bool = True,
    index: bool = True,
    dtypes: bool = True,
    rtol: float = 1e-9,
    atol: float = 0.0,
    called: str = "",
    hint: str = "",
    mistakes: Sequence[Mistake] = (),
) -> None:
    """Pass if a DataFrame or Series has the expected labels, types and values.

    The names of a Series and of an index do not count.

    Args:
        got: the learner's table.
        expected: what it should be.
        ordered: whether the order of the rows counts.
        index: whether the row labels count.
        dtypes: whether each column must have the expected dtype.
        rtol: relative tolerance of numbers.
        atol: absolute tolerance of numbers, in the column's own unit.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.
        mistakes: typical wrong tables, each with its own message.

    Raises:
        CheckFailed: something differs; the message names the first of columns, rows, types, index and values.

    Example:
        >>> import pandas as pd
        >>> from curriculum import check
        >>> sales = pd.DataFrame({"shop": ["A", "B"], "sales": [3, 4]})
        >>> check.frame(sales, sales.copy())
        >>> check.frame(sales.iloc[::-1], sales, ordered=False, index=False)
    """
    rules = FrameRules(
        _compare.nearly(_compare.Tolerance(rtol, atol)), _compare.exactly, ordered=ordered, index=index, dtypes=dtypes
    )

    def compare(one: Any, other: Any) -> str | None:
        return table_difference(one, other, rules)

    compare_values(
        got,
        expected,
        compare,
        called=called,
        hint=hint,
        mistakes=mistakes,
        message="The table is not what was asked for.",
    )


def that(
    condition: Any,
    message: str,
    *,
    got: Any = None,
    called: str = "",
    hint: str = "",
    mistakes: Sequence[Mistake] = (),
) -> None:
    """Pass if the condition is true; otherwise fail with the message.

    Args:
        condition: anything with one truth value.
        message: a sentence that tells the learner what should be so.
        got: the value the condition is about; shown, and compared with the mistakes.
        called: what to show as called; the condition's source where it is left out.
        hint: shown with a failure.
        mistakes: typical wrong values of ``got``, each with its own message.

    Raises:
        CheckFailed: the condition is false, or has no single truth value.

    Example:
        >>> from curriculum import check
        >>> p_value = 0.04
        >>> check.that(0 <= p_value <= 1, "A p-value lies between 0 and 1.", got=p_value)
    """
    try:
        holds = bool(condition)
    except Exception:  # noqa: BLE001 - an array of several, pd.NA, or a learner's own __bool__
        fail(
            message,
            called=called,
            got=short(condition if got is None else got),
            difference="that has no single truth value, yes or no",
            hint=hint,
            mistake=recognise(got, mistakes, _compare.exactly),
        )
    if not holds:
        shown = "" if got is None else short(got)
        fail(
            message,
            called=called,
            got=shown,
            hint=hint,
            mistake=recognise(got, mistakes, _compare.exactly),
        )


def type_(value: Any, types: type | tuple[type, ...], *, called: str = "", hint: str = "") -> None:
    """Pass if the value is of one of the types; ``True`` does not count as a number.

    Args:
        value: the learner's value.
        types: a class or a tuple of classes. ``bool``, ``int`` and ``float`` also accept NumPy's.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.

    Raises:
        CheckFailed: the value is of another type.

    Example:
        >>> from curriculum import check
        >>> check.type(0.5, float)
        >>> check.type([1, 2], (list, tuple))
    """
    wanted = types if isinstance(types, tuple) else (types,)
    if any(_is_of(value, cls) for cls in wanted):
        return
    names = " or ".join(cls.__name__ for cls in wanted)
    if value is None:
        hint = "your code gave None: is a return missing?"
    fail(
        "The result is of another type than asked for.",
        called=called,
        expected=names,
        got=f"{short(value, 100)} ({kind(value)})",
        hint=hint,
    )


def _is_of(value: Any, cls: type) -> bool:
    from numbers import Integral, Real

    if isinstance(value, bool) or (is_plain_scalar(value) and value.dtype.kind == "b"):
        return cls in {bool, object}
    if cls is int:
        return isinstance(value, Integral)
    if cls is float:
        return isinstance(value, Real) and not isinstance(value, Integral)
    return isinstance(value, cls)
