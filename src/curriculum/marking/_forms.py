"""What comes back from the page's forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import python_multipart  # noqa: F401 - forms are read with it: where it is missing, no page should be shown

from curriculum.marking._desk import Draft

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from curriculum.marking._rubric import Rubric

_SEEN = re.compile(r"(\d{1,18}):(\d{1,9})")
_TICK = re.compile(r"item-(\d{1,3})")


def draft_of(form: FormData, rubric: Rubric | None) -> Draft:
    """Read a draft; what no page of ours would send is left out."""
    return Draft(
        points=_text(form, "points"),
        was=_text(form, "was"),
        comment=_text(form, "comment"),
        ticks=_ticks(form, rubric) if rubric else {},
        seen={int(found[1]): int(found[2]) for value in form.getlist("seen") if (found := _SEEN.fullmatch(str(value)))},
        closes_appeal=bool(_text(form, "closes")),
    )


def _ticks(form: FormData, rubric: Rubric) -> dict[int, float]:
    shares = {f"{share:g}": share for share in rubric.shares()}
    named = ((found, str(value)) for name, value in form.multi_items() if (found := _TICK.fullmatch(name)))
    return {
        int(found[1]): shares[value] for found, value in named if int(found[1]) < len(rubric.items) and value in shares
    }


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
