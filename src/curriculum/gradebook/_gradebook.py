"""The gradebook: the one way in to everything it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from curriculum.gradebook import _backup, _decisions, _importing, _people, _rights, _sheet
from curriculum.gradebook._database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from curriculum.course import Course
    from curriculum.gradebook._policy import Policy
    from curriculum.gradebook._records import Appeal, Arrival, Given, Imported, Learner, Row, Sheet

FILE = "gradebook.sqlite"


class Gradebook:
    """A class's gradebook in SQLite or PostgreSQL.

    Each call is one transaction: it holds entirely or not at all, whoever else writes at the same time and
    however the process ends. A gradebook may be used by several programs at once, one object by one thread.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str | Path = FILE, *, create: bool = False) -> Gradebook:
        """Open a gradebook, and bring its tables up to date.

        Args:
            url: a file, or ``postgresql://USER:PASSWORD@HOST/DATABASE``.
            create: whether to make one where there is none.

        Raises:
            GradebookError: there is none, it cannot be opened, or it is something else.
            MissingToolError: what it needs is not installed.
        """
        return cls(Database(url, create=create))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    @property
    def shown(self) -> str:
        """Where it is kept, without a password."""
        return self._database.shown

    # --- who is in the class -----------------------------------------------------------------------------------------

    def enrol(self, learners: Iterable[Learner]) -> tuple[int, int]:
        """Add learners or bring them up to date; an empty field leaves what is known as it is.

        Returns:
            How many were added, and how many were there.

        Raises:
            GradebookError: a key that cannot be kept, an e-mail address or foreign id that another learner has, or a
                group that is called as a learner outside it.
        """
        with self._database.writing() as connection:
            return _people.enrol(connection, learners)

    def learners(self, cohort: str = "", group: str = "") -> tuple[Learner, ...]:
        """The learners, in the order of their names.

        Raises:
            UnknownNameError: there is no such cohort or group.
        """
        with self._database.reading() as connection:
            return tuple(_people.learners(connection, cohort, group).values())

    # --- what they handed in -----------------------------------------------------------------------------------------

    def import_results(
        self,
        results: Path | dict[str, Any],
        *,
        course: Course | None = None,
        handed: Mapping[tuple[str, str], Arrival] | None = None,
    ) -> Imported:
        """Add the results of a grading; giving the same again adds nothing.

        Args:
            results: a ``results.json``, or its content.
            course: where lessons' titles, minutes and points come from.
            handed: how submissions came in, by learner and the sha256 of the notebook; those that are not in it
                count as handed in when they were graded.

        Raises:
            GradebookError: the file cannot be read, does not follow its format, or is of another course.
        """
        data = _importing.valid(results) if isinstance(results, dict) else _importing.read(results)
        with self._database.writing() as connection:
            return _importing.add(connection, data, course=course, handed=handed or {})

    def sheet(self, cohort: str = "", group: str = "") -> Sheet:
        """The class as it stands: every lesson that was handed in or has a deadline, every learner.

        Raises:
            UnknownNameError: there is no such cohort or group.
        """
        with self._database.reading() as connection:
            return _sheet.sheet(connection, cohort, group)

    def row(self, learner: str) -> tuple[Row, Sheet]:
        """One learner's line, and the sheet of one row that it stands in.

        Raises:
            UnknownNameError: nobody is called so.
        """
        with self._database.reading() as connection:
            sheet = _sheet.sheet(connection, only=_people.find(connection, learner))
        return sheet.rows[0], sheet

    # --- what people decide ------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """The rules that hold."""
        with self._database.reading() as connection:
            return _decisions.policy(connection)

    def set_policy(self, rules: Policy, author: str) -> None:
        """Let other rules hold, for everything that was and will be handed in; the former ones are kept."""
        with self._database.writing() as connection:
            _decisions.set_policy(connection, rules, author)

    def set_due(self, lesson: str, due: datetime | None, *, cohort: str = "", course: Course | None = None) -> None:
        """Set a lesson's deadline, for a cohort or for everybody without one of their own; None takes it away.

        Args:
            lesson: its id or place.
            due: a time; without a zone it is one of this machine's clock.
            cohort: whose deadline it is.
            course: where the lesson comes from, if nobody has handed it in yet.

        Raises:
            UnknownNameError: there is no such lesson or cohort.
        """
        with self._database.writing() as connection:
            _decisions.set_due(connection, lesson, due, cohort, course)

    def set_extra(self, lesson: str, *, is_extra: bool) -> None:
        """Let a lesson's points count on top of what can be had, or not.

        Raises:
            UnknownNameError: there is no such lesson.
        """
        with self._database.writing() as connection:
            _decisions.set_extra(connection, lesson, is_extra=is_extra)

    def extend(self, learner: str, lesson: str, due: datetime, reason: str, author: str) -> None:
        """Give a learner a later deadline; one that is earlier than everybody's changes nothing.

        Raises:
            UnknownNameError: there is no such learner or lesson.
        """
        with self._database.writing() as connection:
            _decisions.extend(connection, learner, lesson, due, reason, author)

    def excuse(self, learner: str, lesson: str, reason: str, author: str, *, holds: bool = True) -> None:
        """Leave a lesson out of what a learner has and could have, or (``holds=False``) take that back.

        Raises:
            UnknownNameError: there is no such learner or lesson.
        """
        with self._database.writing() as connection:
            _decisions.excuse(connection, learner, lesson, reason, author, holds=holds)

    def credit(self, learner: str, points: float, reason: str, author: str, *, lesson: str | None = None) -> None:
        """Give points outside any exercise; negative ones take back.

        Raises:
            GradebookError: no number, or 0.
            UnknownNameError: there is no such learner or lesson.
        """
        with self._database.writing() as connection:
            _decisions.credit(connection, learner, points, reason, author, lesson=lesson)

    def give(self, given: Iterable[Given]) -> int:
        """Add scores that people give: all, or none where one cannot be given.

        Returns:
            How many were added.

        Raises:
            GradebookError: points out of range, no such exercise or open appeal, or another person was faster.
        """
        with self._database.writing() as connection:
            return _decisions.give(connection, given)

    def take_back(self, given: Iterable[Given]) -> None:
        """Withdraw scores that were given last, all or none; appeals that they closed are open again.

        Raises:
            GradebookError: one of them is not the newest score of its mark any more.
        """
        with self._database.writing() as connection:
            _decisions.take_back(connection, given)

    def open_appeal(self, learner: str, exercise: str, reason: str, author: str, *, attempt: int | None = None) -> int:
        """Reopen one exercise of a learner: of the attempt given, or of their last one that has it.

        Returns:
            The appeal's number.

        Raises:
            GradebookError: there is no such exercise, or an appeal about it is open.
        """
        with self._database.writing() as connection:
            return _decisions.open_appeal(connection, learner, exercise, reason, author, attempt)

    def close_appeal(self, number: int, answer: str, author: str) -> None:
        """Answer an appeal; a changed score is given beside it.

        Raises:
            GradebookError: there is no open appeal of that number.
        """
        with self._database.writing() as connection:
            _decisions.close_appeal(connection, number, answer, author)

    def appeals(self, *, also_closed: bool = False) -> tuple[Appeal, ...]:
        """Every open appeal, oldest first."""
        with self._database.reading() as connection:
            return _sheet.appeals(connection, also_closed=also_closed)

    # --- rights, copies ----------------------------------------------------------------------------------------------

    def held(self, learner: str) -> dict[str, Any]:
        """Every row about a learner, by table, as JSON's types.

        Raises:
            UnknownNameError: nobody is called so.
        """
        with self._database.reading() as connection:
            return _rights.held(connection, learner)

    def erase(self, learner: str, author: str) -> int:
        """Take everything about a learner out of the database.

        Returns:
            How many rows went.

        Raises:
            UnknownNameError: nobody is called so.
        """
        with self._database.writing() as connection:
            rows = _rights.erase(connection, learner, author)
        self._database.forget()
        return rows

    def backup(self, path: Path) -> int:
        """Write everything into a new file, which is a gradebook itself.

        Returns:
            How many rows it holds.

        Raises:
            GradebookError: there is such a file, or it cannot be written.
        """
        return _backup.backup(self._database, path)

    def restore(self, path: Path) -> int:
        """Bring a backup back into this gradebook, which must hold nothing.

        Returns:
            How many rows it holds.

        Raises:
            GradebookError: the file is no gradebook, or this one is not empty.
        """
        return _backup.restore(self._database, path)
