"""Who is in the class: learners, cohorts, teams, and what other systems call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from curriculum.errors import GradebookError, UnknownNameError
from curriculum.gradebook import _tables as t
from curriculum.gradebook._records import Learner
from curriculum.gradebook._text import is_storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_MOST = 128


def enrol(connection: Connection, learners: Iterable[Learner]) -> tuple[int, int]:
    """Add learners, or bring those who are there up to date; an empty field leaves what is known as it is.

    Returns:
        How many were added and how many were there.

    Raises:
        GradebookError: a key that cannot be kept, an e-mail or foreign id that another learner has, or a group
            that is called as a learner outside it.
    """
    added = known = 0
    seen: set[str] = set()
    given = list(learners)
    emails = _others_emails(connection, {each.key for each in given if each.email})
    for each in given:
        if each.key in seen:
            message = f"the learner {each.key!r} is listed twice"
            raise GradebookError(message)
        seen.add(each.key)
        _check_email(emails, each)
        if _enrolled(connection, each):
            added += 1
        else:
            known += 1
    _check_groups(connection)
    return added, known


def find(connection: Connection, key: str) -> int:
    """The number of a learner.

    Raises:
        UnknownNameError: nobody is called so.
    """
    found = connection.execute(select(t.learner.c.id).where(t.learner.c.key == key)).scalar()
    if found is None:
        keys = connection.execute(select(t.learner.c.key)).scalars()
        raise UnknownNameError("learner", key, keys, "curriculum gradebook list")
    return int(found)


def find_or_add(connection: Connection, key: str) -> tuple[int, bool]:
    """The number of a learner, who is added where nobody is called so, and whether they were."""
    found = connection.execute(select(t.learner.c.id).where(t.learner.c.key == key)).scalar()
    if found is not None:
        return int(found), False
    _check_key(key)
    return _insert(connection, t.learner, key=key, name="", email=""), True


def team_members(connection: Connection, name: str) -> list[int]:
    """The numbers of a team's members; none where there is no such team."""
    joined = t.member.join(t.team)
    rows = select(t.member.c.learner_id).select_from(joined).where(t.team.c.name == name)
    return list(connection.execute(rows.order_by(t.member.c.learner_id)).scalars())


def learners(connection: Connection, cohort: str = "", group: str = "") -> dict[int, Learner]:
    """Learners by their numbers, in the order of what they are called.

    Raises:
        UnknownNameError: there is no such cohort or group.
    """
    groups: dict[int, list[str]] = {}
    named = select(t.member.c.learner_id, t.team.c.name).join_from(t.member, t.team).order_by(t.team.c.name)
    for number, name in connection.execute(named):
        groups.setdefault(number, []).append(name)
    ids: dict[int, dict[str, str]] = {}
    for number, system, value in connection.execute(
        select(t.identity.c.learner_id, t.identity.c.system, t.identity.c.value).order_by(t.identity.c.system)
    ):
        ids.setdefault(number, {})[system] = value
    columns = (t.learner.c.id, t.learner.c.key, t.learner.c.name, t.learner.c.email, t.cohort.c.name)
    query = select(*columns).join_from(t.learner, t.cohort, isouter=True)
    if cohort:
        query = query.where(t.learner.c.cohort_id == cohort_number(connection, cohort))
    if group:
        query = query.where(t.learner.c.id.in_(team_members(connection, _team(connection, group))))
    found = {
        number: Learner(key, name, email, cohort or "", tuple(groups.get(number, ())), ids.get(number, {}))
        for number, key, name, email, cohort in connection.execute(query)
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].shown.casefold(), item[1].key)))


def cohort_number(connection: Connection, name: str) -> int:
    """The number of a cohort.

    Raises:
        UnknownNameError: there is none of that name.
    """
    found = connection.execute(select(t.cohort.c.id).where(t.cohort.c.name == name)).scalar()
    if found is None:
        raise UnknownNameError(
            "cohort", name, connection.execute(select(t.cohort.c.name)).scalars(), "curriculum gradebook list"
        )
    return int(found)


def _team(connection: Connection, name: str) -> str:
    names = list(connection.execute(select(t.team.c.name)).scalars())
    if name not in names:
        raise UnknownNameError("group", name, names, "curriculum gradebook list")
    return name


def _enrolled(connection: Connection, given: Learner) -> bool:
    number, is_new = find_or_add(connection, given.key)
    values: dict[str, Any] = {name: value for name in ("name", "email") if (value := getattr(given, name))}
    if given.cohort:
        values["cohort_id"] = _named(connection, t.cohort, given.cohort)
    if values:
        connection.execute(update(t.learner).where(t.learner.c.id == number).values(**values))
    if given.groups:
        connection.execute(delete(t.member).where(t.member.c.learner_id == number))
        for name in dict.fromkeys(given.groups):
            connection.execute(insert(t.member).values(team_id=_named(connection, t.team, name), learner_id=number))
    for system, value in given.ids.items():
        _identify(connection, number, given.key, system, value)
    return is_new


def _identify(connection: Connection, number: int, key: str, system: str, value: str) -> None:
    mine = (t.identity.c.learner_id == number) & (t.identity.c.system == system)
    holder = connection.execute(
        select(t.learner.c.key)
        .join_from(t.identity, t.learner)
        .where(t.identity.c.system == system, t.identity.c.value == value)
    ).scalar()
    if holder == key:
        return
    if holder is not None:
        message = f"{key!r} and {holder!r} cannot both be {value!r} in {system}"
        raise GradebookError(message)
    connection.execute(delete(t.identity).where(mine))
    connection.execute(insert(t.identity).values(learner_id=number, system=system, value=value))


def _others_emails(connection: Connection, keys: set[str]) -> dict[str, str]:
    """Whose each address is, without those who get one now: they may give theirs to each other."""
    query = select(t.learner.c.email, t.learner.c.key).where(t.learner.c.email != "")
    return {email.casefold(): key for email, key in connection.execute(query) if key not in keys}


def _check_email(emails: dict[str, str], given: Learner) -> None:
    if not given.email:
        return
    holder = emails.setdefault(given.email.casefold(), given.key)
    if holder != given.key:
        message = f"{given.key!r} and {holder!r} cannot both have the e-mail address {given.email!r}"
        raise GradebookError(message)


def _check_groups(connection: Connection) -> None:
    """What is filed under a name is a learner's or a group's; both only where the group is called after a member."""
    inside = (t.member.c.team_id == t.team.c.id) & (t.member.c.learner_id == t.learner.c.id)
    both = select(t.learner.c.key).join(t.team, t.team.c.name == t.learner.c.key)
    found = connection.execute(both.where(~select(t.member.c.id).where(inside).exists()).limit(1)).scalar()
    if found is not None:
        message = f"{found!r} is a learner, and a group of others: whose is what they hand in? Rename the group"
        raise GradebookError(message)


def _check_key(key: str) -> None:
    if not key.strip() or len(key) > _MOST or not is_storable(key) or not key.isprintable():
        message = f"a learner cannot be called {key[:_MOST]!r}: 1 to {_MOST} characters that can be shown"
        raise GradebookError(message)


def _named(connection: Connection, table: Any, name: str) -> int:
    found = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
    return int(found) if found is not None else _insert(connection, table, name=name)


def _insert(connection: Connection, table: Any, **values: Any) -> int:
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])
