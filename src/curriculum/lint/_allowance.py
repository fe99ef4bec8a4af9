"""Findings that an author allows in one cell, with the reason: ``"curriculum": {"allow": {"<rule>": "<reason>"}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.lint._registry import RULES, Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

_THIS = "unused-allowance"


@rule(
    _THIS,
    "a cell allows a finding that it does not have, or gives no reason for one that it has",
    mend='delete the entry from the cell\'s metadata, or write "allow": {"<rule>": "<reason>"}',
)
def unused_allowance(subject: Subject) -> Iterator[Found]:
    """Compare what cells allow with what is found in them."""
    for cell in subject.cells:
        for name, reason in allowances(cell).items():
            if name not in RULES:
                yield Found(cell.id, f"no rule is called {name!r}")
            elif not str(reason).strip():
                yield Found(cell.id, f"no reason is given for allowing {name!r}")
            elif name == _THIS or not any(found.where == cell.id for found in RULES[name].find(subject)):
                yield Found(cell.id, f"nothing of {name!r} is found here")


def allowances(cell: Cell) -> dict[str, str]:
    """The rules that a cell allows itself to break, each with the reason."""
    allowed = cell.own.get("allow")
    return {str(name): str(reason) for name, reason in allowed.items()} if isinstance(allowed, dict) else {}
