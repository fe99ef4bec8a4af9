"""The pages: overview, pile and answer, drawn from templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from curriculum.marking import _shown
from curriculum.marking._desk import Draft
from curriculum.marking._points import as_shown

if TYPE_CHECKING:
    from jinja2 import Environment

    from curriculum.marking._desk import Desk
    from curriculum.marking._material import Material
    from curriculum.marking._queue import Group, Pile, Queue

_KEYS = 9


@dataclass(frozen=True)
class View:
    """How somebody looks at the pages, carried along in their addresses.

    Attributes:
        base: the address that all others begin with.
        names: whether learners' names are shown.
        everything: whether what is graded is gone through too.
    """

    base: str
    names: bool = False
    everything: bool = False

    def url(self, path: str = "", **query: object) -> str:
        """An address inside the pages."""
        flags = {"names": self.names, "all": self.everything}
        chosen = {name: 1 for name, value in flags.items() if value} | query
        return f"{self.base}/{path}" + (f"?{urlencode(chosen)}" if chosen else "")

    def with_names(self, *, shown: bool) -> View:
        """The same with names shown or hidden."""
        return replace(self, names=shown)

    def with_everything(self, *, shown: bool) -> View:
        """The same with what is graded, or without."""
        return replace(self, everything=shown)


@dataclass(frozen=True)
class Message:
    """One line at the top of a page.

    Attributes:
        undo: the number of the batch that can be taken back; 0 for none.
    """

    text: str
    is_problem: bool = False
    undo: int = 0


class Pages:
    """Draws pages for one desk.

    Args:
        desk: whose.
        csrf: what every form carries.
    """

    def __init__(self, desk: Desk, csrf: str) -> None:
        self._desk = desk
        self._csrf = csrf

    def overview(self, queue: Queue, view: View, nonce: str, message: Message | None = None) -> str:
        """All piles."""
        return self._draw("overview.html", view, nonce, message, queue=queue, here="")

    def pile(self, pile: Pile, view: View, nonce: str, message: Message | None = None) -> str:
        """One exercise and its groups."""
        return self._draw("pile.html", view, nonce, message, pile=pile, here=f"exercise/{pile.key}")

    def gone(self, draft: Draft | None, view: View, nonce: str, message: Message) -> str:
        """Something that is not there any more, with what was typed for it."""
        return self._draw("gone.html", view, nonce, message, draft=draft, here="")

    def answer(
        self,
        pile: Pile,
        group: Group,
        view: View,
        nonce: str,
        *,
        draft: Draft | None = None,
        message: Message | None = None,
    ) -> str:
        """A group of identical answers, with everything it is graded by."""
        found = self._desk.material(pile)
        before, after = neighbours(pile, group, everything=view.everything)
        versions = {answer.attempt.version for answer in group.answers} - {self._desk.course.version, ""}
        return self._draw(
            "answer.html",
            view,
            nonce,
            message,
            pile=pile,
            group=group,
            found=found,
            draft=draft or fresh(group),
            position=pile.groups.index(group) + 1,
            before=before,
            after=after,
            versions=sorted(versions),
            code=_is_code(found),
            here=f"answer/{group.key}",
        )

    def _draw(self, name: str, view: View, nonce: str, message: Message | None, **values: Any) -> str:
        shared = {"view": view, "nonce": nonce, "message": message, "csrf": self._csrf, "desk": self._desk}
        return environment().get_template(name).render(shared | values)


def neighbours(pile: Pile, group: Group, *, everything: bool) -> tuple[Group | None, Group | None]:
    """The groups before and after one, of those to go through; None where there is none."""
    wanted = [other for other in pile.groups if everything or other.is_open or other is group]
    place = wanted.index(group)
    before = wanted[place - 1] if place else None
    return before, wanted[place + 1] if place + 1 < len(wanted) else None


def following(before: Pile, key: str, now: Pile | None) -> Group | None:
    """The next group on which a person has to act, after the one of that key and round to the beginning again.

    Args:
        before: the pile as it was when that group was shown.
        key: of the group.
        now: the pile as it is; None where it has gone.
    """
    waiting = {group.key: group for group in now.open if group.key != key} if now else {}
    keys = [group.key for group in before.groups]
    start = keys.index(key) + 1
    # What has come meanwhile stands in no order yet: it is last.
    return next((waiting[other] for other in (*keys[start:], *keys[:start], *waiting) if other in waiting), None)


def fresh(group: Group) -> Draft:
    """A form as it is before anything is typed.

    What was given to one of the group is suggested for those that wait. Open answers are chosen; all where none is.
    """
    graded = [answer for answer in group.answers if not answer.mark.waits]
    points = {as_shown(answer.mark.points) for answer in graded if answer.mark.points is not None}
    said = {answer.comment for answer in graded}
    suggested = points.pop() if len(points) == 1 else ""
    comment = said.pop() if group.waiting and len(said) == 1 else ""
    chosen = [answer for answer in group.answers if answer.is_open] or list(group.answers)
    return Draft(
        points=suggested,
        was=suggested,
        comment=comment,
        seen={answer.attempt.id: answer.mark.revision for answer in chosen},
        closes_appeal=group.appealed,
    )


def _is_code(found: Material | None) -> bool:
    return found is None or found.is_code


@cache
def environment() -> Environment:
    """The templates and what they may call."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("curriculum.marking", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"code": _shown.code, "plain": _shown.plain, "line": _shown.line, "prose": _shown.prose}
    made.globals |= {"keys": _KEYS, "text_of": _text_of}
    return made


@cache
def _text_of(name: str) -> str:
    """A file beside the templates, to be put into a page."""
    return (files("curriculum.marking") / "templates" / name).read_text(encoding="utf-8")
