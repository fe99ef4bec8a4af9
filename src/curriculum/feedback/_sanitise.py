"""A learner's notebook made harmless: the same cells, with nothing in them that runs or fetches."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from curriculum.feedback._html import as_text, clean_html, is_inert
from curriculum.pages import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.notebook import Cell

_COLOUR = re.compile(r"(\x1b\[[\d;]*m)")
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
_NOTE = "*This cell held something active, so it is shown as text.*\n\n"
_KEPT_METADATA = ("nbgrader", "curriculum")


def sanitised(cell: Cell, *, as_given: bool) -> Cell:
    """One cell made harmless.

    Args:
        cell: the learner's.
        as_given: whether its text is the teacher's own, which is trusted.
    """
    metadata = {key: value for key in _KEPT_METADATA if isinstance(value := cell.metadata.get(key), dict)}
    source = printable(cell.source)
    if cell.type == "code":
        raw: dict[str, Any] = {
            "outputs": [*_outputs(cell.outputs)],
            "execution_count": _count(cell.raw.get("execution_count")),
        }
        return replace(cell, source=source, metadata=metadata, raw=raw)
    pictures = _attachments(cell.raw.get("attachments")) if cell.type == "markdown" else {}
    raw = {"attachments": pictures} if pictures else {}
    if as_given or is_inert(source):
        return replace(cell, source=source, metadata=metadata, raw=raw)
    return replace(cell, type="markdown", source=_NOTE + as_text(source), metadata=metadata, raw={})


def notebook_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """A notebook's metadata without widgets and whatever else a program might act on."""
    kept: dict[str, Any] = {}
    for key, needed in (("kernelspec", ("name", "display_name")), ("language_info", ("name",))):
        value = metadata.get(key)
        if isinstance(value, dict) and all(isinstance(value.get(name), str) for name in needed):
            kept[key] = {
                name: printable(value[name]) for name in (*needed, "language") if isinstance(value.get(name), str)
            }
    if isinstance(metadata.get("curriculum"), dict):
        kept["curriculum"] = metadata["curriculum"]
    return kept


def _outputs(outputs: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for output in outputs:
        made = _output(output) if isinstance(output, dict) else None
        if made is not None:
            yield made


def _output(output: dict[str, Any]) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _stream(_text(output.get("text")))}
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_stream(_text(line)) for line in lines] if isinstance(lines, list) else []
        names = {key: printable(_text(output.get(key))) for key in ("ename", "evalue")}
        return {"output_type": "error", **names, "traceback": traceback}
    if kind not in {"display_data", "execute_result"}:
        return None
    made = {"output_type": kind, "metadata": {}, "data": _bundle(output.get("data"))}
    if kind == "execute_result":
        made["execution_count"] = _count(output.get("execution_count"))
    return made


def _bundle(data: Any) -> dict[str, str]:
    """The forms of an output that only show: text, cleaned HTML and pictures made of dots."""
    given = data if isinstance(data, dict) else {}
    kept: dict[str, str] = {}
    for mime, value in given.items():
        if mime == "text/plain":
            kept[mime] = _stream(_text(value))
        elif mime == "text/html":
            kept[mime] = clean_html(_text(value))
        elif mime in _PICTURES and (picture := _picture(mime, value)):
            kept[mime] = picture
    if not kept:
        named = ", ".join(sorted(printable(str(mime))[:80] for mime in given)) or "nothing"
        kept["text/plain"] = f"[not shown here: {named}]"
    return kept


def _picture(mime: str, value: Any) -> str:
    """A picture in base64; empty where it is none of its kind."""
    text = "".join(_text(value).split())
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return text if content.startswith(_PICTURES[mime]) else ""


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, bundle in (value if isinstance(value, dict) else {}).items():
        forms = bundle.items() if isinstance(bundle, dict) else ()
        pictures = {mime: text for mime, content in forms if mime in _PICTURES and (text := _picture(mime, content))}
        if pictures:
            found[printable(str(name))] = pictures
    return found


def _stream(text: str) -> str:
    """A printed text with its colours, and without every other escape sequence."""
    return "".join(part if _COLOUR.fullmatch(part) else printable(part) for part in _COLOUR.split(text))


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
