"""Errors of a learner's code, as the examiner meets them."""

from __future__ import annotations

import builtins
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

from curriculum.grading import wire
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.grading.split._link import Link
    from curriculum.grading.wire import Reference, SentError

_LIBRARIES = {"numpy", "pandas", "sklearn", "scipy", "statsmodels", "httpx", "sqlite3", "json", "decimal", "zoneinfo"}
_CELL = "<ipython-input of the learner>"


class Raised:
    """Rebuilds errors; a learner's own error class becomes one class here, the same each time."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.classes: dict[str, type[BaseException]] = {}

    def rebuild(self, data: Any) -> BaseException:
        """The error that a learner's code has raised; its ``learner_frames`` tell where."""
        try:
            sent = wire.decode_error(data)
        except wire.WireError as error:
            raise self.link.lost(Outcome.TAMPERED, f"an error came that is none ({error})") from None
        made: Any = _made(self._class(sent.type_name, sent.bases), sent)
        made.learner_frames = [
            # Not the name that was sent: whoever shows the line would look into that file.
            traceback.FrameSummary(_CELL, frame.line, frame.function, lookup_line=False, line=frame.source)
            for frame in sent.frames
        ]
        return made  # type: ignore[no-any-return]

    def known_class(self, reference: Reference) -> type[BaseException] | None:
        """The class that stands for a learner's error class, so that ``except`` and ``check.raises`` can name it."""
        if "builtins.BaseException" not in reference.lineage:
            return None
        kind = self._class(reference.lineage[0], reference.lineage[1:])
        if kind.__module__ == "__main__":
            kind._curriculum_number = reference.number  # type: ignore[attr-defined]
        return kind

    def _class(self, name: str, bases: tuple[str, ...]) -> type[BaseException]:
        found = _library_class(name)
        if found is not None:
            return found
        if name not in self.classes:
            base = next((kind for base in bases if (kind := self._base(base)) is not None), Exception)
            label = re.sub(r"\W", "_", name.rpartition(".")[2])[:80] or "Error"
            self.classes[name] = type(label, (base,), {"__module__": "__main__"})
        return self.classes[name]

    def _base(self, name: str) -> type[BaseException] | None:
        return self.classes.get(name) or _library_class(name)


def _library_class(name: str) -> type[BaseException] | None:
    module, _, attribute = name.rpartition(".")
    if module == "builtins":
        found = vars(builtins).get(attribute)
    elif module.partition(".")[0] in _LIBRARIES and module in sys.modules:
        found = vars(sys.modules[module]).get(attribute)
    else:
        return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _made(kind: type[BaseException], sent: SentError) -> BaseException:
    """An error of the class with the same words; its own ``__init__`` may want what cannot be sent."""
    for base, args in ((kind, sent.args), (_worded(kind, sent.text), ()), (_worded(Exception, sent.text), ())):
        made = _attempt(base, args)
        if made is not None and str(made) == sent.text:
            return made
    return RuntimeError(f"{kind.__name__}: {sent.text}")


def _attempt(kind: type[BaseException] | None, args: tuple[Any, ...]) -> BaseException | None:
    try:
        return kind(*args) if kind is not None else None
    except Exception:  # noqa: BLE001 - a class may want anything of what makes its objects
        return None


def _worded(kind: type[BaseException], text: str) -> type[BaseException] | None:
    """A class of the same name whose objects say a text, and are made of nothing."""
    says = {"__str__": lambda _: text, "__init__": lambda _: None, "__module__": kind.__module__}
    try:
        return type(kind.__name__, (kind,), says)
    except TypeError:  # a class that cannot have another below it
        return None
