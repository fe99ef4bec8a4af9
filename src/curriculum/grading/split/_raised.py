"""Errors of a learner's code, as the examiner meets them."""

from __future__ import annotations

import builtins
import contextlib
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, Protocol

from curriculum.grading import wire
from curriculum.grading.split._remote import number_of
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curriculum.grading.split._reply import Reply
    from curriculum.grading.wire import Reference, SentError

_LIBRARIES = {"numpy", "pandas", "sklearn", "scipy", "statsmodels", "httpx"}
_CELL = "<ipython-input of the learner>"


class Asked(Protocol):
    """The examiner's link to the learner's process, as far as errors need it."""

    teachers: Mapping[str, Any]

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done there."""

    def lost(self, outcome: Outcome, message: str) -> BaseException:
        """Give the process up."""


class Raised:
    """Rebuilds errors; a learner's own error class becomes one class here, the same each time."""

    def __init__(self, link: Asked) -> None:
        self.link = link
        self.classes: dict[str, type[BaseException]] = {}

    def rebuild(self, reply: Reply) -> BaseException:
        """The error that a learner's code has raised; its ``learner_frames`` tell where.

        What it has beside its words is asked for when it is wanted.
        """
        made = self._rebuilt(reply.error)
        made.__dict__["_curriculum_number"] = reply.number
        if reply.cause is not None:
            made.__cause__ = self._rebuilt(reply.cause)
        made.__suppress_context__ = reply.alone
        return made

    def warning(self, lineage: str) -> type[Warning]:
        """The class of a warning, of the names of it and its bases."""
        name, *bases = lineage.split(" ")
        kind = self._class(name, tuple(bases))
        return kind if issubclass(kind, Warning) else UserWarning

    def _rebuilt(self, data: Any) -> BaseException:
        try:
            sent = wire.decode_error(data)
        except wire.WireError as error:
            raise self.link.lost(Outcome.TAMPERED, f"an error came that is none ({error})") from None
        made: Any = self._made(self._class(sent.type_name, sent.bases), sent)
        if sent.notes:
            made.__notes__ = list(sent.notes)
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
        found = _library_class(name) or self._teachers_class(name)
        if found is not None:
            return found
        if name not in self.classes:
            self.classes[name] = self._new_class(name, bases)
        return self.classes[name]

    def _new_class(self, name: str, bases: tuple[str, ...]) -> type[BaseException]:
        """A class of the same name, below those of its bases that are known here."""
        found: list[type[BaseException]] = []
        for base in bases:
            kind = self.classes.get(base) or _library_class(base) or self._teachers_class(base)
            if kind is not None and not any(kind in other.__mro__ for other in found):
                found.append(kind)
        label = re.sub(r"\W", "_", name.rpartition(".")[2])[:80] or "Error"
        says = {"__module__": "__main__", "__init__": self._begun, "__getattr__": self._attribute}
        for tried in (found, found[:1], [Exception]):
            with contextlib.suppress(TypeError):
                return type(label, tuple(tried), dict(says))
        return Exception

    def _teachers_class(self, name: str) -> type[BaseException] | None:
        module, _, attribute = name.rpartition(".")
        found = self.link.teachers.get(attribute) if module == "__main__" else None
        return found if type(found) is type and issubclass(found, BaseException) else None

    @property
    def _begun(self) -> Any:
        link = self.link

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            # A check makes one of the learner's errors: what it has is for the learner's own class to say.
            made = link.ask("call", type(self), *args, **kwargs)
            self.args = tuple(link.ask("getattr", made, "args"))
            self.__dict__["_curriculum_number"] = number_of(made)

        return __init__

    @property
    def _attribute(self) -> Any:
        link = self.link

        def __getattr__(self: Any, name: str) -> Any:  # noqa: N807
            if number_of(self) is None or (name.startswith("__") and name.endswith("__")):
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            return link.ask("getattr", self, name)

        return __getattr__

    def _made(self, kind: type[BaseException], sent: SentError) -> BaseException:
        """An error of the class with the same words; its own ``__init__`` may want what cannot be sent."""
        worded = {"__str__": lambda _: sent.text, "__init__": lambda *_: None, "__getattr__": self._attribute}
        for base in (kind, _below(kind, worded), _below(Exception, worded)):
            made = _attempt(base, sent.args)
            if made is not None and str(made) == sent.text:
                return made
        return RuntimeError(f"{kind.__name__}: {sent.text}")


def _library_class(name: str) -> type[BaseException] | None:
    module, _, attribute = name.rpartition(".")
    if module == "builtins":
        found = vars(builtins).get(attribute)
    elif module.partition(".")[0] in _LIBRARIES | sys.stdlib_module_names and module in sys.modules:
        found = vars(sys.modules[module]).get(attribute)
    else:
        return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _attempt(kind: type[BaseException] | None, args: tuple[Any, ...]) -> BaseException | None:
    try:
        if kind is None or "__getattr__" in vars(kind):
            return _revived(kind, args)
        return kind(*args)
    except Exception:  # noqa: BLE001 - a class may want anything of what makes its objects
        return None


def _revived(kind: type[BaseException] | None, args: tuple[Any, ...]) -> BaseException | None:
    """An error that is there already is not begun again; but the system's errors read their number only then."""
    made = None if kind is None else kind.__new__(kind, *args)
    if isinstance(made, OSError):
        OSError.__init__(made, *args)
    return made


def _below(kind: type[BaseException], says: dict[str, Any]) -> type[BaseException] | None:
    """A class of the same name that has a few things of its own."""
    try:
        return type(kind.__name__, (kind,), {"__module__": kind.__module__, **says})
    except TypeError:  # a class that cannot have another below it
        return None
