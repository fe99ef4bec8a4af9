"""Collecting what was handed in, by whatever way it came, into one folder for grading; see ``docs/handing-in.md``."""

from curriculum.collecting._attempts import Attempt
from curriculum.collecting._claim import Claim, Platform, claim_of
from curriculum.collecting._find import Find, Seal, Source, Unmatched
from curriculum.collecting._gather import Gathered, gather
from curriculum.collecting._received import received
from curriculum.collecting._roster import Roster, UnclearError, read_roster

__all__ = [
    "Attempt",
    "Claim",
    "Find",
    "Gathered",
    "Platform",
    "Roster",
    "Seal",
    "Source",
    "UnclearError",
    "Unmatched",
    "claim_of",
    "gather",
    "read_roster",
    "received",
]
