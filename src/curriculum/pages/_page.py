"""A page from a package's template, with the policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from curriculum.pages._text import named, number, points, printable, share, span, stamp

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(package: str, template: str, *, script: str = "", **values: Any) -> str:
    """One HTML page that opens anywhere.

    Its policy lets in the page's own style sheet, by its hash, and the one script that is named; whatever else a text
    may have brought with it is neither run nor fetched.

    Args:
        package: whose ``templates`` folder holds the template, its ``style.css`` and its script.
        template: the file's name; it extends ``base.html``.
        script: the script's file; none where it is empty.
        values: what the template uses; texts are escaped.
    """
    from markupsafe import Markup

    style = _file("curriculum.pages", "base.css") + _file(package, "style.css")
    program = _file(package, script) if script else ""
    allowed = [f"style-src {_hash(style)}"] + ([f"script-src {_hash(program)}"] if program else [])
    policy = "; ".join(["default-src 'none'", "base-uri 'none'", "form-action 'none'", *allowed])
    trusted = {"style": Markup(style), "script": Markup(program), "policy": policy}  # noqa: S704 - the package's own
    return _environment(package).get_template(template).render(trusted | values)


@cache
def _environment(package: str) -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("curriculum.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters |= {"named": named, "number": number, "points": points, "share": share, "span": span, "stamp": stamp}
    return made


def _shown(value: Any) -> Any:
    """What stands in the page for a value: only plain texts can hold what no page may."""
    return printable(value) if type(value) is str else value


@cache
def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
