"""Certificates: who has earned one, issuing, verifying without a network, revoking."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from curriculum.certificates._eligible import eligible
from curriculum.certificates._rule import LessonPoints, Reason, Rule, Verdict

if TYPE_CHECKING:
    from curriculum.certificates._certificate import Certificate, Line
    from curriculum.certificates._dates import day
    from curriculum.certificates._files import Folder
    from curriculum.certificates._keys import (
        PASSPHRASE_VARIABLE,
        PublicKey,
        Signer,
        load_public,
        load_signer,
        make_keys,
        write_public,
    )
    from curriculum.certificates._office import issue, judge, list_issued, refresh_status, revoke
    from curriculum.certificates._records import Issued, Offer, Office
    from curriculum.certificates._register import Entry
    from curriculum.certificates._status import StatusList, read_status
    from curriculum.certificates._text import plain
    from curriculum.certificates._verify import State, Verified, verify

# The command line imports this package whatever it was called for.
_LATE = {
    "Certificate": "_certificate",
    "Line": "_certificate",
    "day": "_dates",
    "Folder": "_files",
    "PASSPHRASE_VARIABLE": "_keys",
    "PublicKey": "_keys",
    "Signer": "_keys",
    "load_public": "_keys",
    "load_signer": "_keys",
    "make_keys": "_keys",
    "write_public": "_keys",
    "Issued": "_records",
    "Offer": "_records",
    "Office": "_records",
    "issue": "_office",
    "judge": "_office",
    "list_issued": "_office",
    "refresh_status": "_office",
    "revoke": "_office",
    "Entry": "_register",
    "StatusList": "_status",
    "read_status": "_status",
    "plain": "_text",
    "State": "_verify",
    "Verified": "_verify",
    "verify": "_verify",
}

__all__ = [
    "PASSPHRASE_VARIABLE",
    "Certificate",
    "Entry",
    "Folder",
    "Issued",
    "LessonPoints",
    "Line",
    "Offer",
    "Office",
    "PublicKey",
    "Reason",
    "Rule",
    "Signer",
    "State",
    "StatusList",
    "Verdict",
    "Verified",
    "day",
    "eligible",
    "issue",
    "judge",
    "list_issued",
    "load_public",
    "load_signer",
    "make_keys",
    "plain",
    "read_status",
    "refresh_status",
    "revoke",
    "verify",
    "write_public",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
