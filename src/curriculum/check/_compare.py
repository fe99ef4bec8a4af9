"""Where two values differ, in words that stay short however large the values are. Nothing here raises."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import (
    clip,
    is_array,
    is_frame,
    is_index,
    is_plain_scalar,
    is_scalar_of_numpy,
    is_series,
    kind,
    pair,
    short,
)
from curriculum.check._frames import FrameRules, table_difference

if TYPE_CHECKING:
    import numpy as np

Compare = Callable[[Any, Any], "str | None"]


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may be apart: ``abs(got - expected) <= atol + rtol * abs(expected)``."""

    rtol: float
    atol: float

    def allows(self, got: float | complex, expected: float | complex) -> bool:
        """Whether two numbers count as the same; NaN is the same as NaN, infinity as the same infinity."""
        if got == expected or (_is_nan(got) and _is_nan(expected)):
            return True
        if _is_nan(got) or _is_nan(expected) or _is_infinite(got) or _is_infinite(expected):
            return False
        try:
            return abs(got - expected) <= self.atol + self.rtol * abs(expected)
        except OverflowError:  # a whole number beyond what floats can hold
            return False


EXACT = Tolerance(0.0, 0.0)
_PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__complex__,
    str: str.__str__,
}
_NOT_NUMBERS = {"U": "text of ", "S": "bytes of ", "M": "times of "}


def difference(compare: Compare, got: Any, expected: Any) -> str | None:
    """Say how two values differ by a comparison; a value that cannot even be compared differs."""
    try:
        return compare(got, expected)
    except Exception as error:  # noqa: BLE001 - a learner's value may raise anything
        return f"the two cannot be compared ({type(error).__name__})"


def exactly(got: Any, expected: Any) -> str | None:
    """Say how ``got`` differs from ``expected``; None if they are equal, containers included."""
    return _difference(got, expected, EXACT, strict=True, where="")


def nearly(tolerance: Tolerance) -> Compare:
    """Make a comparison of numbers with a tolerance; lists, tuples and arrays of the same numbers are the same."""

    def compare(got: Any, expected: Any) -> str | None:
        return _difference(got, expected, tolerance, strict=False, where="")

    return compare


def _difference(got: Any, expected: Any, tolerance: Tolerance, *, strict: bool, where: str) -> str | None:
    got, expected = _unwrap(got), _unwrap(expected)
    early = _obvious(got, expected, where)
    if early is not None:
        return early
    if is_frame(expected) or is_series(expected) or is_index(expected):
        return _tables(got, expected, tolerance, where)
    if is_array(expected) or (not strict and _is_numeric_sequence(expected)):
        return _arrays(got, expected, tolerance, strict=strict, where=where)
    if expected is None or expected is ... or isinstance(expected, bool) or isinstance(got, bool):
        return None if got is expected else _at(where, _expected(got, expected))
    if isinstance(expected, int | float | complex):
        return _numbers(got, expected, tolerance, where)
    if isinstance(expected, dict):
        return _dicts(got, expected, tolerance, strict=strict, where=where)
    if isinstance(expected, list | tuple):
        return _sequences(got, expected, tolerance, strict=strict, where=where)
    return _others(got, expected, where)


def _obvious(got: Any, expected: Any, where: str) -> str | None:
    if got is None and expected is not None and not where:
        return _at(where, "your code gave None: is a return missing?")
    if got is ... and expected is not ...:
        return _at(where, "there is still a ... where the work goes")
    if callable(got) and not callable(expected):
        return _at(where, "that is a function, not its result: is the call missing its brackets?")
    return None


def _numbers(got: Any, expected: complex, tolerance: Tolerance, where: str) -> str | None:
    if is_array(got) or isinstance(got, list | tuple) or is_series(got):
        return _at(where, f"expected a single number, got {kind(got)}")
    if not isinstance(got, int | float | complex):
        return _at(where, f"expected a number, got {kind(got)}")
    if tolerance.allows(got, expected):
        return None
    if tolerance is EXACT or _is_nan(got) or _is_nan(expected):
        return _at(where, _expected(got, expected))
    return _at(where, _gap(got, expected))


def _gap(got: complex, expected: complex) -> str:
    try:
        return f"off by {abs(got - expected):.3g}"
    except OverflowError:
        return _expected(got, expected)


def _sequences(
    got: Any, expected: list[Any] | tuple[Any, ...], tolerance: Tolerance, *, strict: bool, where: str
) -> str | None:
    if not strict and (is_array(got) or is_series(got)):
        got = list(got)
    if not isinstance(got, list | tuple):
        return _at(where, f"expected {kind(expected)}, got {kind(got)}")
    if len(got) != len(expected):
        return _at(where, f"expected {len(expected)} items, got {len(got)}")
    for position, (one, other) in enumerate(zip(got, expected, strict=True)):
        found = _difference(one, other, tolerance, strict=strict, where=f"{where}[{position}]")
        if found:
            return found
    if strict and isinstance(got, list) != isinstance(expected, list):
        return _at(where, f"the items are right, but expected {kind(expected)}, got {kind(got)}")
    return None


def _dicts(got: Any, expected: dict[Any, Any], tolerance: Tolerance, *, strict: bool, where: str) -> str | None:
    if not isinstance(got, dict):
        return _at(where, f"expected {kind(expected)}, got {kind(got)}")
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if missing:
        return _at(where, f"the key {short(missing[0])} is missing{_more(missing)}")
    if extra:
        return _at(where, f"the key {short(extra[0])} is too many{_more(extra)}")
    for key, value in expected.items():
        found = _difference(got[key], value, tolerance, strict=strict, where=f"{where}[{short(key, 40)}]")
        if found:
            return found
    return None


def _arrays(got: Any, expected: Any, tolerance: Tolerance, *, strict: bool, where: str) -> str | None:
    import numpy as np

    if strict and not is_array(got):
        return _at(where, f"expected {kind(expected)}, got {kind(got)}")
    if not (is_array(got) or is_series(got) or isinstance(got, list | tuple)):
        return _at(where, f"expected {kind(expected)}, got {kind(got)}")
    target = np.asarray(expected)
    try:
        values = np.asarray(got)
    except (ValueError, TypeError):
        return _at(where, f"expected {kind(expected)}, got {kind(got)} that is no regular array")
    if values.shape != target.shape:
        return _at(where, f"expected shape {target.shape}, got shape {values.shape}")
    if target.dtype.kind in "biufc" and values.dtype.kind not in "biufc":
        return _at(where, f"expected numbers, got {_NOT_NUMBERS.get(values.dtype.kind, '')}dtype {values.dtype}")
    if (target.dtype.kind == "b") != (values.dtype.kind == "b"):
        return _at(where, f"expected dtype {target.dtype}, got dtype {values.dtype}")
    wrong = _unlike(values, target, tolerance)
    return _at(where, _count(values, target, wrong)) if wrong.any() else None


def _unlike(values: np.ndarray, target: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    import numpy as np

    if values.dtype.kind in "iufc" and target.dtype.kind in "iufc":
        with np.errstate(all="ignore"):
            if tolerance is EXACT:
                return np.asarray(~((values == target) | (np.isnan(values) & np.isnan(target))))
            near = np.isclose(values, target, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)
            return np.asarray(~near)
    if values.dtype.kind == target.dtype.kind and values.dtype.kind in "bUSMm":
        wrong = np.asarray(values != target)
        return wrong & ~(np.isnat(values) & np.isnat(target)) if values.dtype.kind in "Mm" else wrong
    pairs = zip(values.astype(object).ravel(), target.astype(object).ravel(), strict=True)
    flags = [not _is_alike(one, other, tolerance) for one, other in pairs]
    return np.array(flags, dtype=bool).reshape(values.shape)


def _is_alike(got: Any, expected: Any, tolerance: Tolerance) -> bool:
    if type(got) is type(expected) and type(got) in {str, int, bool, bytes} and got == expected:
        return True
    return _difference(got, expected, tolerance, strict=True, where="an item") is None


def _count(values: np.ndarray, target: np.ndarray, wrong: np.ndarray) -> str:
    import numpy as np

    positions = np.argwhere(wrong)
    first = tuple(int(number) for number in positions[0])
    label = "first"
    if values.dtype.kind in "iufc" and target.dtype.kind in "iufc" and wrong.any():
        with np.errstate(all="ignore"):
            gap = np.where(wrong, np.abs(values.astype(complex) - target.astype(complex)), -1.0)
        if np.isfinite(gap).all():
            first = tuple(int(number) for number in np.unravel_index(int(gap.argmax()), gap.shape))
            label = "largest"
    place = f" at {list(first)}" if first else ""
    counted = f"{len(positions)} of {wrong.size} values differ; the {label}{place}"
    return f"{counted}: {_expected(values[first], target[first], 40)}"


def _tables(got: Any, expected: Any, tolerance: Tolerance, where: str) -> str | None:
    found = table_difference(got, expected, FrameRules(values=nearly(tolerance), labels=exactly))
    return _at(where, found) if found else None


def _others(got: Any, expected: Any, where: str) -> str | None:
    if isinstance(expected, set | frozenset) and isinstance(got, set | frozenset):
        found = _sets(got, expected)
    elif isinstance(expected, str) and isinstance(got, str):
        found = None if got == expected else _texts(got, expected)
    elif _is_same(got, expected):
        found = None
    elif type(got) is type(expected):
        found = _expected(got, expected, 60)
    else:
        found = f"expected {kind(expected)}, got {kind(got)}"
    return _at(where, found) if found else None


def _sets(got: Any, expected: Any) -> str | None:
    missing, extra = frozenset(expected) - frozenset(got), frozenset(got) - frozenset(expected)
    if missing:
        return f"{short(min(missing, key=short), 60)} is missing{_more(list(missing))}"
    return f"{short(min(extra, key=short), 60)} is too many{_more(list(extra))}" if extra else None


def _texts(got: str, expected: str) -> str:
    if got.strip() == expected.strip():
        return "the same but for white space at an end"
    if got.casefold() == expected.casefold():
        return "the same but for upper and lower case"
    pairs = enumerate(zip(got, expected, strict=False))
    first = next((i for i, (one, other) in pairs if one != other), min(len(got), len(expected)))
    ends = (got[first : first + 20], expected[first : first + 20])
    return f"they part at character {first + 1}: expected {ends[1]!r}, got {ends[0]!r}"


def _is_same(got: Any, expected: Any) -> bool:
    """Whether the expected value says so: a learner's own ``__eq__`` has no voice."""
    if got is expected:
        return True
    try:
        cls: Any = type(expected)
        verdict = cls.__eq__(expected, got)
        if verdict is NotImplemented or not bool(verdict):
            # Only NaN and NaT differ from themselves.
            return type(got) is type(expected) and bool(got != got) and bool(expected != expected)  # noqa: PLR0124
    except Exception:  # noqa: BLE001 - a learner's __eq__ may raise anything
        return False
    return True


def _is_numeric_sequence(value: Any) -> bool:
    """Whether a list or tuple holds numbers only, in a regular shape: what an array could stand in for."""
    if not isinstance(value, list | tuple) or not value:
        return False
    if isinstance(value[0], list | tuple):
        length = len(value[0])
        return all(isinstance(row, list | tuple) and len(row) == length and _is_numeric_sequence(row) for row in value)
    return all(
        (isinstance(item, int | float | complex) and not isinstance(item, bool)) or is_scalar_of_numpy(item)
        for item in value
    )


def _unwrap(value: Any) -> Any:
    """NumPy's own numbers and texts, arrays without dimensions and subclasses of numbers and texts as Python's own."""
    if is_array(value) and value.ndim == 0:
        value = value[()]
    if is_plain_scalar(value):
        value = value.item()
    if type(value) in _PLAIN or isinstance(value, bool):
        return value
    return next((plain(value) for cls, plain in _PLAIN.items() if isinstance(value, cls)), value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float | complex) and value != value  # noqa: PLR0124


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _expected(got: Any, expected: Any, width: int = 160) -> str:
    one, other = pair(got, expected, width)
    return f"expected {other}, got {one}"


def _at(where: str, text: str) -> str:
    return f"at {clip(where, 100)}: {text}" if where else text


def _more(items: list[Any]) -> str:
    return f" (and {len(items) - 1} more)" if len(items) > 1 else ""
