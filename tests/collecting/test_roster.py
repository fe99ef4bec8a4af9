"""The roster: read from what people save, and sure of whom it means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.bridges import write_csv
from curriculum.collecting import Claim, Platform, Roster, UnclearError, read_roster
from curriculum.collecting._roster import name_forms, squashed
from curriculum.errors import SubmissionError, TableError
from curriculum.gradebook import Learner, Row, Sheet

PLAIN = "key,name,email,canvas,moodle,cohort,group\nada,Ada Lovelace,ada@x.org,12345,77,2026,B;A\n"
ADA = Learner("ada", "Ada Lovelace", "ada@x.org", "2026", ("A", "B"), {"canvas": "12345", "moodle": "77"})


def roster_of(*learners):
    return Roster(learners)


def canvas(name, number="1"):
    return Claim(Platform.CANVAS, name, id=number)


def moodle(name, number="1"):
    return Claim(Platform.MOODLE, name, id=number)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("B;A", '"B,A"').replace("\n", "\r\n").encode(),
        PLAIN.replace("B;A", "B, A").replace("B, A", '"B, A"').replace("key", " Key ").encode(),
        PLAIN.replace("B;A", "B+A").replace(",", ";").replace("B+A", '"B;A"').encode(),
        PLAIN.replace("B;A", "B+A").replace(",", "\t").replace("B+A", "A,B").encode(),
        b"\n\nGROUPS,E-Mail,Class,Moodle ID,CANVAS_ID,Full Name,Username,Notes\n"
        b"B;A,ada@x.org,2026,77,12345,Ada Lovelace,ada,hello\n\n",
        b"key,First name,Surname,Email address,canvas,moodle,cohort,group\n"
        b"ada,Ada,Lovelace,ada@x.org,12345,77,2026,A;B\n",
    ],
    ids=range(9),
)
def test_a_roster_as_programs_save_it(tmp_path, content):
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    assert read_roster(path).learners == (ADA,)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"name,email\nAda,a\n", "no column 'key'"),
        (b"key,name\n,Ada\n", "line 2: the key '' cannot be"),
        (b"key,name\na/b,Ada\n", "line 2: the key 'a/b' cannot be"),
        (b"key\n../x\n", "cannot be the name of a folder"),
        (b"key\nunmatched\n", "cannot be the name of a folder"),
        (b"key,name\nada,A\nADA,B\n", "lines 2 and 3 have the same key"),
        (b"key,canvas\na,7\nb,7\n", "lines 2 and 3 have the same canvas"),
        (b"key,email\na,x@y\nb,X@Y\n", "the same email"),
        (b"key,Key\na,b\n", "two columns hold the key"),
        (b"key\n\xff\xfe\xfa\n", "not UTF-8"),
        (b'key,name\nada,"x', "line 2: is no CSV"),
    ],
)
def test_a_roster_that_contradicts_itself(tmp_path, content, says):
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    with pytest.raises((SubmissionError, TableError), match=says) as caught:
        read_roster(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(TableError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Ada Lovelace", {"adalovelace", "lovelaceada"}),
        ("Lovelace, Ada", {"adalovelace", "lovelaceada"}),
        ("Maria del López", {"mariadellópez", "lópezmariadel", "dellópezmaria"}),
        ("O'Brien", {"obrien"}),
        ("", set()),
        ("Zoe\u0308", {"zoë"}),
        ("شيماء \u200fأحمد", {"شيماءأحمد", "أحمدشيماء"}),
        ("李 小龍", {"李小龍", "小龍李"}),
        ("=1+2", {"12"}),
    ],
)
def test_a_name_in_the_ways_that_platforms_write_it(name, forms):
    assert name_forms(name) == forms


@given(st.text(max_size=40))
def test_squashing_is_done_once(text):
    assert squashed(squashed(text)) == squashed(text)


def test_numbers_and_names_agree():
    roster = roster_of(ADA, Learner("grace", "Grace Hopper"))
    assert roster.who(canvas("lovelaceada", "12345")) == "ada"
    assert roster.who(canvas("adaking", "12345")) == "ada"  # she married; the number is hers
    assert roster.who(canvas("hoppergrace", "9")) == "grace"
    assert roster.who(moodle("Ada Lovelace", "77")) == "ada"
    assert roster.who(moodle("Ada Lovelace", "9001")) == "ada"  # Moodle counts anew in each assignment
    assert roster.who(moodle("LOVELACE Ada")) == "ada"


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        (canvas("hoppergrace", "12345"), "number of 'ada' and the name of 'grace'"),
        (canvas("lovelaceada", "999"), "whose number in Canvas is 12345, not 999"),
        (canvas("turingalan", "999"), "nobody on the roster is 'turingalan'"),
        (moodle("Alan Turing", "77"), "not the name"),
        (moodle("Grace Hopper", "77"), "number of 'ada' and the name of 'grace'"),
        (canvas("leeann", "5"), "'leeann' can be 'ann' or 'lee'"),
        (Claim(Platform.NBGRADER, "ann"), "'ann' can be 'ann' or 'other'"),
        (Claim(Platform.NBGRADER, "nobody"), "nobody on the roster"),
    ],
)
def test_whoever_is_not_certain_is_nobody(claim, says):
    more = [Learner("ann", "Ann Lee"), Learner("lee", "Lee Ann"), Learner("other", "Ann")]
    roster = roster_of(ADA, Learner("grace", "Grace Hopper"), *more)
    with pytest.raises(UnclearError, match=says):
        roster.who(claim)


def test_keys_addresses_and_names_are_understood():
    roster = roster_of(ADA, Learner("s2", "Zoë", ids={"nbgrader": "zz12"}))
    for text in ("ada", "ADA", "ada@X.org", "Ada Lovelace", "Lovelace, Ada", " ada "):
        assert roster.named(text) == "ada"
    assert roster.who(Claim(Platform.NBGRADER, "zz12")) == "s2"
    assert roster.named("Zoe\u0308") == "s2"
    with pytest.raises(UnclearError):
        roster.named("Zoe")


def test_an_export_of_the_gradebook_is_a_roster_and_every_text_comes_back(tmp_path):
    learners = (
        Learner("=ada", '=HYPERLINK("x")', "+ada@x.org", "@a", ("-1", "=B")),
        Learner("bo", "O'Brien; =1", "bo@x.org"),
    )
    rows = tuple(Row(learner, {}, 0.0, 0.0) for learner in learners)
    write_csv(Sheet("c", "C", "1", (), rows, datetime(2026, 3, 1, tzinfo=UTC)), tmp_path / "class.csv")
    assert read_roster(tmp_path / "class.csv").learners == learners
