"""The page of a certificate: one file that needs no network and runs no script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from curriculum.certificates._face import AFTER, CHECK, HOW, facts, on_top, rows

if TYPE_CHECKING:
    from jinja2 import Environment

    from curriculum.certificates._certificate import Certificate


def html(certificate: Certificate, token: str, seal: str) -> bytes:
    """The page, with the credential in it, and a text where its seal stands."""
    environment = _environment()
    style = environment.get_template("certificate.css").render()
    page = environment.get_template("certificate.html").render(
        certificate=certificate,
        facts=facts(certificate),
        rows=rows(certificate),
        on_top=on_top(certificate),
        how=HOW,
        check=CHECK,
        after=AFTER,
        token=token,
        seal=seal,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return page.encode("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    loader = PackageLoader("curriculum.certificates", "templates")
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
