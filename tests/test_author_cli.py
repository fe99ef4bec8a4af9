"""The author's commands, each as its own process: what they print, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from curriculum import course as courses

COURSE = courses.load()
ONE = """lesson = "first"
[[answer]]
exercise = "first-sum"
kind = "mistake"
says = "{says}"
code = "first_sum = 41"
"""


def is_one_line_of_error(done, *parts):
    """Exit code 2, nothing printed, and one line on standard error that names what is wrong."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.startswith("curriculum: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.endswith("\n")
    for part in parts:
        assert part in done.stderr, (part, done.stderr)
    return True


def fits(text, width=80):
    return [line for line in text.splitlines() if len(line.rstrip()) > width] == []


# --- curriculum course -----------------------------------------------------------------------------------------------


def test_the_course_as_a_table(curriculum):
    done = curriculum("course")
    assert (done.returncode, done.stderr) == (0, "")
    assert fits(done.stdout)
    for lesson in COURSE.lessons:
        assert lesson.id in done.stdout
    (total,) = [line.split() for line in done.stdout.splitlines() if "in all" in line]
    points = sum(lesson.points for lesson in COURSE.lessons)
    assert total[2:4] == [str(len(COURSE.lessons)), "lessons"]
    assert total[-2:] == [str(len(list(COURSE.exercises))), f"{points:g}"]


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
def test_a_lesson_as_a_table(curriculum, lesson):
    done = curriculum("course", lesson.id)
    assert (done.returncode, done.stderr) == (0, "")
    assert fits(done.stdout)
    for exercise in lesson.exercises:
        assert exercise.id in done.stdout


def test_wide_names_and_brackets_are_shown_as_they_are(curriculum, make_course):
    slug = "a-very-long-name-of-a-lesson-that-goes-on-and-on-beyond-any-sensible-width"
    cells = make_course.lesson(slug, "one-sum")
    cells[2]["source"] = "### Exercise: read x[0] and [bold]this[/] [/] title"
    course = make_course({f"00-m/01-{slug}": cells})
    toml = course.root / "course.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("A tiny course", "List[int] [/]"), encoding="utf-8")
    for arguments in ([], [slug]):
        done = curriculum("course", *arguments, "--course", course.root)
        assert (done.returncode, done.stderr) == (0, "")
        assert fits(done.stdout)
    assert "x[0]" in done.stdout
    assert "[bold]this[/] [/]" in " ".join(done.stdout.split())


def test_the_course_as_json(curriculum):
    data = json.loads(curriculum("course", "--json").stdout)
    assert set(data) == {"id", "title", "version", "modules"}
    assert [module["folder"] for module in data["modules"]] == [module.folder for module in COURSE.modules]
    for module in data["modules"]:
        assert set(module) == {"folder", "title", "minutes", "lessons"}
    lessons = [lesson for module in data["modules"] for lesson in module["lessons"]]
    assert [lesson["id"] for lesson in lessons] == [lesson.id for lesson in COURSE.lessons]


@pytest.mark.parametrize("name", ["welcome", "01-welcome", "notebooks/00-start-here/01-welcome.ipynb"])
def test_a_lesson_as_json(curriculum, name):
    data = json.loads(curriculum("course", name, "--json").stdout)
    lesson = COURSE.lesson("welcome")
    exercises = data.pop("exercises")
    assert data == {
        "id": "welcome",
        "file": "00-start-here/01-welcome.ipynb",
        "title": lesson.title,
        "minutes": lesson.minutes,
        "points": lesson.points,
        "requires": [],
        "needs": [],
    }
    assert [(e["id"], e["title"], e["points"], e["manual"], e["quiz"]) for e in exercises] == [
        (e.id, e.title, e.points, e.is_manual, e.is_quiz) for e in lesson.exercises
    ]


@pytest.mark.parametrize("command", [["course", "{}"], ["release", "{}"], ["prove", "{}"]], ids=lambda c: c[0])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("welcom", "no lesson is called 'welcom'; did you mean 'welcome'?"),
        ("WELCOME", "did you mean 'welcome'?"),
        ("nothing-like-it-at-all", "see all with: curriculum course"),
        ("", "no lesson is called ''"),
        ("a\nb", "no lesson is called 'a\\nb'"),
    ],
)
def test_an_unknown_lesson_is_one_line(curriculum, command, name, says):
    assert is_one_line_of_error(curriculum(*[part.format(name) for part in command]), says)


@pytest.mark.parametrize("command", ["course", "release", "prove"])
@pytest.mark.parametrize("folder", ["empty", "gone", "file", "broken"])
def test_a_folder_without_a_course_is_one_line(curriculum, tmp_path, command, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "course.toml").write_text("[[[", encoding="utf-8")
    assert is_one_line_of_error(curriculum(command, "--course", tmp_path / folder), str(tmp_path / folder))


DAMAGE = {
    "truncated": lambda text: text[: len(text) // 2].encode(),
    "latin-1": lambda text: text.replace("Why", "Für").encode("latin-1"),
    "nbformat-3": lambda text: text.replace('"nbformat": 4', '"nbformat": 3').encode(),
    "not-a-notebook": lambda text: b"[]",
    "empty": lambda text: b"",
}


@pytest.mark.parametrize("command", [["course"], ["course", "second"], ["release"], ["prove", "second"]], ids=" ".join)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_notebook_is_one_line(curriculum, make_course, command, damage):
    course = make_course()
    path = course.lesson("second").path
    path.write_bytes(DAMAGE[damage](path.read_text(encoding="utf-8")))
    assert is_one_line_of_error(curriculum(*command, "--course", course.root), str(path))


@pytest.mark.parametrize(
    "arguments",
    [
        ["course", "a", "b"],
        ["course", "--nonsense"],
        ["prove", "--draws", "0"],
        ["prove", "--draws", "x"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(curriculum, arguments):
    done = curriculum(*arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["course", "release", "prove"])
def test_help_fits_the_screen(curriculum, command):
    done = curriculum(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert fits(done.stdout)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_cannot_show_every_character_still_shows_the_rest(curriculum, make_course, encoding):
    cells = make_course.lesson("one", "one-sum")
    cells[2]["source"] = "### Exercise: 走 → größe"
    course = make_course({"00-m/01-one": cells})
    for arguments in (["course", "one"], ["course", "one", "--json"]):
        command = [sys.executable, "-c", "from curriculum.cli import main; main()", *arguments]
        settings = {"PYTHONIOENCODING": encoding, "COLUMNS": "80", "PATH": "/usr/bin:/bin"}
        done = subprocess.run([*command, "--course", str(course.root)], capture_output=True, env=settings, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"one-sum" in done.stdout


def test_a_reader_that_stops_early_is_no_accident(make_course):
    course = make_course()
    command = [sys.executable, "-c", "from curriculum.cli import main; main()", "course", "--json", "--course"]
    started = subprocess.Popen([*command, str(course.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    started.stdout.close()
    stderr = started.stderr.read()
    started.stderr.close()
    started.wait()
    assert stderr == b""


# --- curriculum release ----------------------------------------------------------------------------------------------


def test_a_release(curriculum, make_course, tmp_path):
    course = make_course()
    done = curriculum("release", "--course", course.root, "--out", tmp_path / "to")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"2 lessons, learner edition, written to {tmp_path / 'to'}\n"
    text = (tmp_path / "to" / "00-start" / "01-first.ipynb").read_text(encoding="utf-8")
    assert "    ...\\n" in text
    assert "HIDDEN TESTS" not in text


def test_a_release_of_some_lessons_with_solutions_goes_to_release_by_default(curriculum, make_course, tmp_path):
    course = make_course()
    done = curriculum("release", "second", "01-second", "--solutions", "--course", course.root)
    assert done.stdout == "1 lesson, solutions edition, written to release\n"
    files = sorted(path.name for path in (tmp_path / "here" / "release").rglob("*") if path.is_file())
    assert files == ["01-second.ipynb", "release.json"]


def test_a_release_never_overwrites_the_source(curriculum, make_course):
    course = make_course()
    done = curriculum("release", "--course", course.root, "--out", course.root)
    assert is_one_line_of_error(done, f"{course.root} is the course's own folder: choose another with --out")


def test_a_release_into_a_file_is_one_line(curriculum, make_course, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = curriculum("release", "--course", make_course().root, "--out", tmp_path / "file")
    assert is_one_line_of_error(done, f"{tmp_path / 'file'} cannot be written: ")


def test_a_release_into_a_read_only_folder_is_one_line(curriculum, make_course, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = curriculum("release", "--course", make_course().root, "--out", closed, plain_user=True)
    assert is_one_line_of_error(done, f"{closed} cannot be written: Permission denied")
    assert list(closed.iterdir()) == []


def test_a_course_that_may_not_be_read_is_one_line(curriculum, make_course):
    course = make_course()
    path = course.lesson("first").path
    path.chmod(0)
    done = curriculum("course", "--course", course.root, plain_user=True)
    assert is_one_line_of_error(done, f"{path}: cannot be read (Permission denied)")
    (course.root / "course.toml").chmod(0)
    done = curriculum("course", "--course", course.root, plain_user=True)
    assert is_one_line_of_error(done, f"{course.root} holds no course")


def test_a_marker_without_its_partner_names_file_and_cell(curriculum, make_course):
    cells = make_course.lesson("one", "one-sum")
    cells[3]["source"] += "\n### BEGIN SOLUTION"
    course = make_course({"00-m/01-one": cells})
    done = curriculum("release", "--course", course.root)
    assert is_one_line_of_error(done, "01-one.ipynb: cell 'one-sum': '### BEGIN SOLUTION' without '### END SOLUTION'")


# --- curriculum prove ------------------------------------------------------------------------------------------------


def prove_first(curriculum, make_course, text, *arguments):
    course = make_course()
    path = course.root / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return curriculum("prove", "first", "--course", course.root, "--answers", path, "--no-nbval", *arguments)


def test_a_sound_lesson_is_exit_code_0(curriculum, make_course):
    done = prove_first(curriculum, make_course, ONE.format(says="count again"))
    assert (done.returncode, done.stderr) == (0, "")
    assert fits(done.stdout)
    (row,) = [line.split() for line in done.stdout.splitlines() if line.strip().startswith("first")]
    assert row[:6] == ["first", "4", "4", "same", "not", "asked"]


def test_a_finding_is_exit_code_1_and_is_told(curriculum, make_course):
    done = prove_first(curriculum, make_course, ONE.format(says="elephants [/]"))
    assert (done.returncode, done.stderr) == (1, "")
    told = " ".join(done.stdout.split())
    assert "first: first-sum, mistake: elephants [/]: the message does not say 'elephants [/]'" in told
    assert "count again" in told
    assert fits(done.stdout)


def test_a_proof_as_json(curriculum, make_course):
    done = prove_first(curriculum, make_course, ONE.format(says="elephants"), "--json", "--draws", "2")
    assert (done.returncode, done.stderr) == (1, "")
    (proof,) = json.loads(done.stdout)
    assert (proof["lesson"], proof["sound"], proof["nbval"]) == ("first", False, "")
    (found,) = [answer for answer in proof["answers"] if answer["problem"]]
    assert found["problem"] == "the message does not say 'elephants' (draw 1 of 2)"
    assert (found["answer"], found["draws"], found["outcome"]) == (1, 2, "failed")
    assert "count again" in found["message"]


def test_wrong_answers_files_are_one_line(curriculum, make_course):
    done = prove_first(curriculum, make_course, ONE.replace("says", "sais"))
    assert is_one_line_of_error(done, "answers.toml: answer 1: unknown key 'sais'")
    done = prove_first(curriculum, make_course, 'lesson = "second"')
    assert is_one_line_of_error(done, 'answers.toml: the file must say lesson = "first"')
    done = curriculum("prove", "first", "--course", make_course().root)
    assert is_one_line_of_error(done, "first.toml: No such file or directory")


def test_one_file_of_answers_goes_with_one_lesson(curriculum, make_course):
    done = curriculum("prove", "--course", make_course().root, "--answers", "x.toml")
    assert done.returncode == 2
    assert "--answers goes with one lesson: name it" in done.stderr


def test_a_lesson_that_does_not_run_is_one_line(curriculum, make_course):
    cells = make_course.lesson("first", "first-sum")
    cells[1]["source"] = "raise ValueError('first\\nsecond')"
    course = make_course({"00-m/01-first": cells})
    path = course.root / "answers.toml"
    path.write_text(ONE.format(says="x"), encoding="utf-8")
    done = curriculum("prove", "first", "--course", course.root, "--answers", path)
    assert is_one_line_of_error(done, "01-first.ipynb: cell 'first-setup' raises ValueError: first")


def test_commands_start_fast_because_they_load_nothing_heavy(make_course):
    code = "import sys; from curriculum import cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"nbformat", "IPython", "numpy", "pandas", "matplotlib"} & set(done.stdout.split())
