"""What a page and a document show: every name, nothing run, the same bytes each time, the credential in both."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import pytest
from certificates.made import NOW, make_issuer, mark, sheet, standing, with_standings
from pypdf import PdfReader

from curriculum.certificates import Rule
from curriculum.certificates._html import html
from curriculum.certificates._pdf import pdf
from curriculum.certificates._verify import open_any
from curriculum.gradebook import Learner

SIGNED = f"{'a' * 20}.{'b' * 30}.{'c' * 86}"
NAMES = {
    "comma": 'Lovelace, Ada "the Countess" =HYPERLINK("http://x","y")',
    "markup": "<script>alert(1)</script></pre><pre> {{ 7 * 7 }} **bold** __x__",
    "arabic": "محمد بن موسى الخوارزمي",
    "mixed": "Sara (שרה כהן) Ελένη Nguye\u0302\u0303n 3rd",
    "lacking": "Zoë 👩🏽‍🎓 李雷",
    "signed": f">{SIGNED}</pre>",
    "odd": "+1\t-2@x endstream ) /JS (x) \\ half \ud83d ada\u202egro.elpmaxe",
    "long": "Maximiliane-Charlotte " * 10 + "W" * 70,
}


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A certificate for each name."""
    issuer = make_issuer(tmp_path_factory.mktemp("names") / "certificates")
    made = sheet(*(Learner(key, name) for key, name in NAMES.items()))
    from curriculum import certificates

    found = certificates.issue(made, None, certificates.Offer(Rule()), issuer.office, now=NOW)
    return issuer, {one.learner.key: one for one in found}


class Text(HTMLParser):
    """A page's elements, and its text in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("key", NAMES)
def test_whatever_the_name_all_three_files_are_valid_and_say_it(named, key):
    issuer, found = named
    done = found[key]
    assert not done.problem
    told = {issuer.verify(file, status=True).certificate.name for file in done.files}
    assert len(told) == 1
    assert told.pop() in Text(done.files[1].read_text(encoding="utf-8")).text


@pytest.mark.parametrize("key", NAMES)
def test_no_name_changes_the_structure_of_a_page(named, key):
    page = named[1][key].files[1].read_text(encoding="utf-8")
    plain = named[1]["comma"].files[1].read_text(encoding="utf-8")
    assert Text(page).tags == Text(plain).tags
    assert "script" not in Text(page).tags


def test_marks_that_deceive_and_halves_of_characters_are_not_taken_over(named):
    issuer, found = named
    told = {key: issuer.verify(found[key].files[0]).certificate.name for key in NAMES}
    assert told["odd"] == "+1 -2@x endstream ) /JS (x) \\ half ? adagro.elpmaxe"
    assert told["mixed"] == "Sara (שרה כהן) Ελένη Nguyễn 3rd"
    assert told["lacking"] == "Zoë 👩🏽‍🎓 李雷"


def test_a_page_needs_no_network_and_allows_no_script(named):
    page = named[1]["markup"].files[1].read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"\b(src|href|style|on\w+)=", page)
    assert "url(" not in style
    assert "@import" not in style


def texts(file) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def test_a_document_shows_what_the_credential_says(named):
    told = texts(named[1]["comma"].files[2])
    for part in ("Lovelace, Ada", "Machine Learning Engineer", "80 %", "27 November 2026", "Lesson 2: what the data",
                 "8 of 10", "16 of 20", "At least 60 % of the points", "curriculum certificate verify"):  # fmt: skip
        assert part in told, part
    assert named[1]["comma"].entry.number in told


def test_markdown_and_templates_in_names_stay_text(named):
    assert "{{ 7 * 7 }} **bold** __x__" in texts(named[1]["markup"].files[2]).replace("\n", " ")


def test_characters_that_the_font_lacks_are_boxes_and_spelled_out(named):
    told = texts(named[1]["lacking"].files[2]).replace("\n", " ").replace("\u200d", "")
    assert "Zoë □□□ □□" in told
    assert "U+1F393 GRADUATION CAP, U+674E CJK UNIFIED IDEOGRAPH-674E" in told
    for key in ("comma", "arabic", "mixed", "long"):
        assert "Empty boxes" not in texts(named[1][key].files[2]), key


def test_the_credential_is_attached_to_a_document_byte_by_byte(named):
    for key in ("comma", "odd"):
        done = named[1][key]
        attached = PdfReader(done.files[2]).attachments
        assert set(attached) == {"certificate.jwt", "seal.jws"}
        assert attached["certificate.jwt"] == [done.files[0].read_bytes()]


def test_a_document_says_what_it_is(named):
    reader = PdfReader(named[1]["arabic"].files[2])
    assert reader.metadata.title == f"Certificate: Machine Learning Engineer, {NAMES['arabic']}"
    assert reader.metadata.author == "Machine Learning Engineer"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "/JavaScript" not in str(reader.trailer["/Root"].get("/Names", {}))
    assert "/OpenAction" not in reader.trailer["/Root"] or "/JS" not in str(reader.trailer["/Root"]["/OpenAction"])


def test_faces_are_the_same_bytes_each_time(named):
    issuer, found = named
    token = found["mixed"].files[0].read_text()
    certificate = open_any(token.encode(), issuer.public)
    for face in (html, pdf):
        assert face(certificate, token, "0" * 500) == face(certificate, token, "0" * 500)


def test_a_page_and_a_document_of_many_lessons_with_long_titles(issuer):
    from dataclasses import replace

    made = sheet(lessons=20, title="A course " + "of many words " * 15)
    columns = tuple(replace(one, title=f"{one.title} {'and more ' * 600}") for one in made.lessons)
    done = issuer.issue(replace(made, lessons=columns))
    assert not done.problem
    assert all(issuer.verify(file, status=True).is_valid for file in done.files)
    reader = PdfReader(io.BytesIO(done.files[2].read_bytes()))
    assert len(reader.pages) > 1
    assert all(f"{n} of {len(reader.pages)}" in page.extract_text() for n, page in enumerate(reader.pages, start=1))


def test_extra_credit_and_lessons_on_top_are_shown_as_such(issuer):
    _, made = with_standings(sheet(extras=1), standing(mark(9.5), extra=1.5), standing(mark(9.0)), standing(mark(4.0)))
    done = issuer.issue(made, days=30)
    page = Text(done.files[1].read_text(encoding="utf-8")).text
    for told in (page, texts(done.files[2])):
        for part in ("9.5 of 10", "+4", "Extra credit", "+1.5", "24 of 20", "120 %", "27 December 2026"):
            assert part in told, part
