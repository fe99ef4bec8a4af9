"""A class from handing out to certificates, once for each database: every total must agree to the point.

    python benchmarks/cohort/run.py [--learners 200] [--attempts 3] [--lessons ...] [--database URL ...]

It goes through the commands that an instructor gives. The lessons are graded once; what follows is done for each
database. Ends with 1 if a total differs, a certificate does not verify, or something was not matched.
"""

from __future__ import annotations

import argparse
import csv
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from _people import MEMOS, Pens, Person, people, write_roster
from _totals import LATE_MOST, LATE_PERCENT, Reckoned, of_canvas, of_json, reckon

from curriculum import course as courses
from curriculum import submission, workspace

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson

LESSONS = ["welcome", "vectors-and-matrices", "describing-data", "probability", "hypothesis-tests", "experiments"]
START = datetime(2027, 3, 1, 12, tzinfo=UTC)
DUE = START + timedelta(days=10)
NEAR = 1e-6


class Desk:
    """One class in one folder, and how long each step took."""

    def __init__(self, folder: Path, course: Course, lessons: list[Lesson], everybody: list[Person]) -> None:
        self.folder = folder
        self.course = course
        self.lessons = lessons
        self.everybody = everybody
        self.roster = write_roster(folder / "class.csv", everybody)
        self.times: list[tuple[str, float, str]] = []

    def step(self, what: str, since: float, note: str = "") -> None:
        self.times.append((what, time.perf_counter() - since, note))
        print(f"  {what:46} {self.times[-1][1]:8.1f} s  {note}", flush=True)

    def command(self, *arguments: object, allowed: tuple[int, ...] = (0,)) -> str:
        words = [sys.executable, "-m", "curriculum", *map(str, arguments)]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, encoding="utf-8", check=False)
        if done.returncode not in allowed:
            sys.exit(f"{' '.join(words[3:])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def hand_out_and_in(self, attempts: int, seed: int) -> None:
        """Each learner gets a workspace, works, and packs a file; Canvas makes a zip of each round's files."""
        since = time.perf_counter()
        folders = {each: self.folder / "desks" / each.key for each in self.everybody}
        first, *others = folders.values()
        workspace.create_or_update(first, self.course)
        for other in others:
            shutil.copytree(first, other)
        spaces = {each: workspace.find_for(self.course, folder) for each, folder in folders.items()}
        self.step(f"one workspace, copied {len(others)} times", since)
        since = time.perf_counter()
        pens = Pens(self.lessons, seed)
        (self.folder / "downloads").mkdir()
        for attempt in range(attempts):
            name = self.folder / "downloads" / f"submissions-{attempt + 1}.zip"
            with zipfile.ZipFile(name, "w") as canvas:
                for number, each in enumerate(self.everybody):
                    for lesson in self.lessons:
                        pens.write(folders[each], lesson, spaces[each].path(lesson), attempt)
                    # The last round of every tenth learner comes 30 hours after the deadline.
                    late = attempt == attempts - 1 and number % 10 == 3
                    when = DUE + timedelta(hours=30) if late else START + timedelta(days=attempt, minutes=number)
                    to = self.folder / "packed.zip"
                    submission.pack(spaces[each], self.course, self.lessons, to, learner=each.name, now=when)
                    sign = "_LATE" if late else ""
                    again = f"-{attempt}" if attempt else ""
                    file = f"{each.key}{sign}_{each.canvas}_{attempt * 10_000 + number + 1}_work{again}.zip"
                    canvas.write(to, file)
                    to.unlink()
        self.step(f"worked and submitted, {attempts} rounds", since)

    def collect_and_grade(self, attempts: int, workers: int) -> list[Path]:
        since = time.perf_counter()
        self.command("collect", "downloads", "--to", "submitted", "--roster", self.roster, allowed=(0, 1))
        data = json.loads((self.folder / "submitted" / "collected.json").read_text(encoding="utf-8"))
        assert not data["unmatched"], data["unmatched"][:3]
        assert {file["seal"] for file in data["files"]} == {"intact"}
        self.step("collected", since, f"{len(data['files'])} notebooks, nothing unmatched")
        (self.folder / "course.key").write_bytes(secrets.token_bytes(32))
        rounds = [f"submitted/attempts/{number:02}" for number in range(1, attempts)] + ["submitted"]
        found = []
        for number, place in enumerate(rounds, start=1):
            since = time.perf_counter()
            options = ("--sandbox", "strict", "--workers", workers, "--key", "course.key")
            self.command("grade", place, "--out", f"grading-{number}", *options)
            found.append(self.folder / f"grading-{number}" / "results.json")
            self.step(f"graded round {number}", since)
        return found

    def book(self, url: str, gradings: list[Path], scores: dict[tuple[str, str], float]) -> int:
        """Everything after grading, in one database; how much differs."""
        book = ("--gradebook", url)
        since = time.perf_counter()
        self.command("gradebook", "roster", self.roster, *book)
        self.command("gradebook", "policy", *book, "--late", LATE_PERCENT, "--late-most", LATE_MOST, "--author", "prof")
        self.command("gradebook", "import", *gradings, *book, "--collected", "submitted")
        for lesson in self.lessons:
            self.command("gradebook", "due", lesson.id, DUE.isoformat(), *book)
        self.step("rules and results in the gradebook", since)
        since = time.perf_counter()
        marked = self._mark(book, scores)
        self.step("marked by hand, in a table", since, f"{marked} answers")
        wrong = self._agree(book, reckon(gradings, self.folder / "submitted" / "collected.json", DUE, scores))
        return wrong + self._certify(book)

    def _mark(self, book: tuple[str, str], scores: dict[tuple[str, str], float]) -> int:
        table = self.folder / "marks.csv"
        table.unlink(missing_ok=True)
        self.command("mark", *book, "--to-csv", table, "--author", "prof")
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), reader.fieldnames or []
        for row in rows:
            text = row["text"].removeprefix("'").strip()
            row["points"] = str(scores[row["exercise"], text])
            row["comment"] = f"{text[:9]}: see the rubric"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        self.command("mark", *book, "--from-csv", table, "--author", "prof")
        return len(rows)

    def _agree(self, book: tuple[str, str], expected: Reckoned) -> int:
        since = time.perf_counter()
        out = Path(tempfile.mkdtemp(dir=self.folder))
        self.command("gradebook", "export", out / "class.json", *book)
        self.command("gradebook", "export", out / "class.csv", *book)
        columns = {lesson.id: f"{lesson.title} ({900 + n})" for n, lesson in enumerate(self.lessons)}
        self._canvas_gradebook(out / "canvas.csv", columns)
        maps = [word for name, title in columns.items() for word in ("--map", f"{name}={title}")]
        self.command("bridge", "canvas", out / "canvas.csv", "--out", out / "for-canvas.csv", *maps, *book)
        keys = {each.canvas: each.key for each in self.everybody}
        found = {
            "JSON": of_json(out / "class.json"),
            "Canvas": of_canvas(out / "for-canvas.csv", columns, keys),
        }
        listed = {
            line["learner"]: line["points"] for line in json.loads(self.command("gradebook", "list", "--json", *book))
        }
        wrong = sum(abs(listed[each.key] - expected.total(each.key)) > NEAR for each in self.everybody)
        for name, points in found.items():
            near = 0.005 + NEAR if name == "Canvas" else NEAR
            differs = [key for key, value in expected.points.items() if abs(points.get(key, -1.0) - value) > near]
            wrong += len(differs)
            for key in differs[:5]:
                print(f"    {name} says {points.get(key)} of {key}, reckoned were {expected.points[key]}")
        self.step("exported and compared", since, f"{len(expected.points)} standings, {wrong} differ")
        since = time.perf_counter()
        self.command("report", *book, "--out", out / "class.html", "--names", out / "mine.html")
        self.step("class report", since, f"{(out / 'class.html').stat().st_size / 1e6:.2f} MB")
        since = time.perf_counter()
        self.command("feedback", *book, "--out", out / "feedback", "--submissions", "submitted")
        pages = len(list((out / "feedback").glob("*/feedback.html")))
        self.step("feedback", since, f"{pages} pages")
        return wrong + (pages != len(self.everybody))

    def _canvas_gradebook(self, path: Path, columns: dict[str, str]) -> None:
        """What Canvas would export before anything was graded there."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns.values()])
            most = [f"{lesson.points:g}" for lesson in self.lessons]
            writer.writerow(["    Points Possible", "", "", "", "", *most])
            for each in self.everybody:
                writer.writerow([each.name, each.canvas, "", each.email, "spring", *[""] * len(columns)])

    def _certify(self, book: tuple[str, str]) -> int:
        since = time.perf_counter()
        folder = self.folder / f"certificates-{len(self.times)}"
        names = [word for lesson in self.lessons for word in ("--lesson", lesson.id)]
        self.command("certificate", "issue", "--all", *book, "--folder", folder, "--share", "0.7", *names)
        files = sorted((folder / "issued").glob("*.jwt"))
        self.step("certificates issued", since, f"{len(files)} of {len(self.everybody)}")
        since = time.perf_counter()
        self.command("certificate", "verify", *files, "--key", folder / "public.jwk", "--status", folder / "status.jwt")
        changed = self.folder / "changed.jwt"
        text = files[0].read_text(encoding="ascii")
        changed.write_text(text.replace(text[200], "A" if text[200] != "A" else "B", 1), encoding="ascii")
        self.command("certificate", "verify", changed, "--key", folder / "public.jwk", allowed=(1,))
        self.step("verified, and a changed one refused", since)
        return 0


def main() -> int:
    arguments = _arguments()
    course = courses.load()
    lessons = [course.lesson(name) for name in arguments.lessons]
    folder = Path(tempfile.mkdtemp(prefix="cohort-"))
    desk = Desk(folder, course, lessons, people(arguments.learners))
    scores = {
        (exercise.id, memo): min(float(place), exercise.points)
        for lesson in lessons
        for exercise in lesson.exercises
        if exercise.is_manual
        for place, memo in enumerate(MEMOS)
    }
    began = time.perf_counter()
    print(f"{arguments.learners} learners, {len(lessons)} lessons, {arguments.attempts} attempts")
    try:
        desk.hand_out_and_in(arguments.attempts, arguments.seed)
        gradings = desk.collect_and_grade(arguments.attempts, arguments.workers)
        wrong = 0
        for url in arguments.database or [str(folder / "class.sqlite")]:
            print(url.rpartition("@")[2])
            wrong += desk.book(url, gradings, scores)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.perf_counter() - began:.0f} s in all; {wrong} totals differ")
    return int(wrong > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument("--lessons", nargs="+", default=LESSONS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", nargs="+", help="files or postgresql:// addresses, each of an empty gradebook")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
