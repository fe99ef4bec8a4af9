"""The lessons that a gradebook knows: those that were handed in, and those that somebody set a deadline for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from curriculum.errors import UnknownNameError
from curriculum.gradebook import _tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from curriculum.course import Course, Lesson


def find(connection: Connection, name: str) -> int:
    """The number of a lesson by its id or place.

    Raises:
        UnknownNameError: the gradebook has no such lesson.
    """
    found = _number(connection, name)
    if found is None:
        names = connection.execute(select(t.lesson.c.name)).scalars()
        raise UnknownNameError("lesson of the gradebook", name, names, "curriculum gradebook list")
    return found


def find_or_take(connection: Connection, name: str, course: Course | None) -> int:
    """The number of a lesson, which is taken from the course where the gradebook does not know it yet.

    Raises:
        UnknownNameError: neither has it.
    """
    found = _number(connection, name)
    if found is not None or course is None:
        return found if found is not None else find(connection, name)
    lesson = course.lesson(name)
    return _number(connection, lesson.id) or _insert(connection, lesson.id, _of_course(lesson))


def find_or_add(connection: Connection, item: dict[str, Any], course: Course | None) -> tuple[int, bool]:
    """The number of a graded submission's lesson, and whether it was new."""
    number = _number(connection, item["place"])
    if number is not None:
        return number, False
    lesson = _in_course(course, item)
    if lesson is not None:
        number = _number(connection, lesson.id)
        if number is None:
            return _insert(connection, lesson.id, _of_course(lesson)), True
        connection.execute(update(t.lesson).where(t.lesson.c.id == number).values(place=lesson.name))
        return number, False
    # A notebook of no course is called after its file, which two assignments may share.
    names = connection.execute(select(t.lesson.c.name)).scalars().all()
    name = item["lesson"] if item["lesson"] not in names else item["place"]
    values = {"place": item["place"], "title": item["lesson"], "minutes": 0, "max_points": item["max_points"]}
    return _insert(connection, name, values), True


def _in_course(course: Course | None, item: dict[str, Any]) -> Lesson | None:
    """A graded submission's lesson in the course, where it may have got another number or module since."""
    lessons = course.lessons if course else ()
    by_place = {each.name: each for each in lessons}
    by_id = {each.id: each for each in lessons if item["version"]}  # a notebook of no course has no version
    return by_place.get(item["place"]) or by_id.get(item["lesson"])


def _of_course(lesson: Lesson) -> dict[str, Any]:
    return {"place": lesson.name, "title": lesson.title, "minutes": lesson.minutes, "max_points": lesson.points}


def _number(connection: Connection, name: str) -> int | None:
    named = (t.lesson.c.name == name) | (t.lesson.c.place == name)
    return connection.execute(select(t.lesson.c.id).where(named)).scalar()


def _insert(connection: Connection, name: str, values: dict[str, Any]) -> int:
    key = connection.execute(insert(t.lesson).values(name=name, is_extra=False, **values)).inserted_primary_key
    assert key is not None
    return int(key[0])
