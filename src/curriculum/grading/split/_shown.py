"""What a cell shows and what was typed: IPython's own classes, without what takes long and comes to nothing here."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.formatters import DisplayFormatter
from IPython.core.history import HistoryManager

# Of what comes from these, all forms but text are made without running anything of a learner's.
_LIBRARIES = frozenset({"builtins", "numpy", "pandas", "sklearn"})
_TEXT = "text/plain"
_SCALARS = frozenset({bool, int, float, complex, str, bytes, type(None)})
_NUMBERS = "biufc"


class TextHook(DisplayHook):
    """Shows the last expression of a cell; its result is a plain attribute here, which nothing watches."""

    exec_result: Any = None

    def quiet(self) -> bool:
        """Whether a semicolon ends the cell; it is taken into tokens only where it has one at all."""
        typed: list[str] = self.shell.history_manager.input_hist_parsed  # type: ignore[union-attr]
        return bool(typed) and ";" in typed[-1] and bool(super().quiet())  # type: ignore[no-untyped-call]


class TextFormatter(DisplayFormatter):
    """Objects as text, since nobody sees any other form; a learner's classes are asked for all they have.

    Attributes:
        is_unseen: whether nobody will look at the text either: then none is made where making it changes nothing.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.is_unseen = False
        self._as_text = self.formatters[_TEXT]
        self._own = dict(self._as_text.type_printers)

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> Any:
        """The forms of an object by name, and what is said about them."""
        kind = type(obj)
        if include or exclude or not _is_of_a_library(kind) or self._is_registered(kind):
            return super().format(obj, include, exclude)  # type: ignore[no-untyped-call]
        form = self.formatters[_TEXT]
        if self.is_unseen and _is_data(obj) and form is self._as_text and form.type_printers == self._own:
            return {}, {}
        return {_TEXT: form(obj)}, {}

    @cached_property
    def _registered(self) -> list[dict[Any, Any]]:
        """For each other form, the functions that somebody has given for classes; IPython adds to these."""
        others = [form for name, form in self.formatters.items() if name != _TEXT]
        others += [self.mimebundle_formatter, self.ipython_display_formatter]
        return [known for form in others for known in (form.type_printers, form.deferred_printers)]

    def _is_registered(self, kind: type) -> bool:
        """Whether somebody has said how objects of a class, or of one it inherits from, are to be shown."""
        if not any(self._registered):
            return False
        bases = {one for base in kind.__mro__ for one in (base, (base.__module__, base.__qualname__))}
        return any(not bases.isdisjoint(known) for known in self._registered)


class Inputs(HistoryManager):
    """What was typed; the last cells are plain attributes here, which nothing watches."""

    _i = _ii = _iii = _i00 = ""


def _is_of_a_library(kind: type) -> bool:
    module = kind.__module__
    return type(module) is str and module.partition(".")[0] in _LIBRARIES  # a class may say anything of itself


def _is_data(value: Any) -> bool:
    """Whether text is made of a value without a learner's code: numbers, text, and plain collections of them."""
    kind = type(value)
    if kind in _SCALARS or (issubclass(kind, np.generic) and kind.__module__ == "numpy"):
        return True
    if kind is np.ndarray:
        return value.dtype.kind in _NUMBERS
    if kind is dict:
        return all(type(key) in _SCALARS and type(one) in _SCALARS for key, one in value.items())
    return (kind is list or kind is tuple) and all(type(one) in _SCALARS for one in value)
