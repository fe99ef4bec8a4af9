"""Where certificates are issued, on what, and what became of each learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.certificates._files import Folder
    from curriculum.certificates._keys import Signer
    from curriculum.certificates._register import Entry
    from curriculum.certificates._rule import Rule, Verdict
    from curriculum.gradebook import Learner


@dataclass(frozen=True)
class Office:
    """Where and with what an issuer works."""

    folder: Folder
    signer: Signer


@dataclass(frozen=True)
class Offer:
    """What certificates are issued on.

    Attributes:
        issuer: who stands behind them; the course's title where it is empty.
        days: how long they are valid; None for ever.
        again: whether who has one gets another.
    """

    rule: Rule
    issuer: str = ""
    days: int | None = None
    again: bool = False


@dataclass(frozen=True)
class Issued:
    """What became of one learner.

    Attributes:
        verdict: what the rule made of their row.
        entry: their certificate in the register; None where they have none.
        files: the certificate as JWT, HTML and PDF.
        is_new: whether it was made now.
        problem: why there is none although it was earned.
    """

    learner: Learner
    verdict: Verdict
    entry: Entry | None = None
    files: tuple[Path, ...] = ()
    is_new: bool = False
    problem: str = ""
