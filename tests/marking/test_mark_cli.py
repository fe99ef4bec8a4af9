"""`curriculum mark`, as a process of its own, over the gradebook of the tests."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

TESTS = Path(__file__).parents[1]
# The store of the tests stands in for the gradebook, and keeps what it was given where the test finds it.
SCRIPT = """
import json, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from marking_class import Memory, attempt, memo, person
from curriculum import gradebook

class Book(Memory):
    @classmethod
    def open(cls, url):
        assert url == "class.db", url
        return cls(
            (person("ada", cohort="a"), [attempt(1, "ada", memo("Ship it."))]),
            (person("ben", cohort="b"), [attempt(2, "ben", memo("Ship it."))]),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def give(self, given):
        super().give(given)
        said = [[one.attempt, one.points, one.comment, one.author] for one in given]
        Path("given.json").write_text(json.dumps(said), encoding="utf-8")

gradebook.Gradebook = Book
from curriculum.cli import main
main()
"""


OPENER = """
import sys
from pathlib import Path
from urllib.parse import unquote
file = Path(unquote(sys.argv[1].removeprefix("file://")))
print(f"opened-{file.stat().st_mode & 0o777:o}", sys.argv[1], file.read_text(encoding="utf-8"), flush=True)
"""


@pytest.fixture
def place(tmp_path):
    place = tmp_path / "Ablage für Noten"
    place.mkdir()
    return place


@pytest.fixture
def command(course):
    script = SCRIPT.format(tests=str(TESTS))
    return lambda *arguments: [
        sys.executable, "-c", script, "mark", "--gradebook", "class.db", "--course", str(course.root), *arguments,
    ]  # fmt: skip


@pytest.fixture
def run(command, place):
    def run(*arguments):
        environment = os.environ | {"COLUMNS": "80", "TERM": "dumb"}
        return subprocess.run(
            command(*arguments),
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return run


def given(place):
    return json.loads((place / "given.json").read_text(encoding="utf-8"))


class TestTable:
    def test_there_and_back(self, run, place):
        done = run("--to-csv", "marks.csv")
        assert (done.returncode, done.stdout, done.stderr) == (0, "2 answers written to marks.csv\n", "")
        self.fill(place, {"1": ("4,5", "Fine."), "2": ("", "")})
        done = run("--from-csv", "marks.csv", "--author", "Zoe")
        assert (done.returncode, done.stdout, done.stderr) == (0, "1 taken, 1 without anything new\n", "")
        assert given(place) == [[1, 4.5, "Fine.", "Zoe"]]

    def test_nothing_is_taken_where_a_row_has_a_problem(self, run, place):
        run("--to-csv", "marks.csv")
        self.fill(place, {"1": ("4", ""), "2": ("7", "")})
        done = run("--from-csv", "marks.csv")
        assert done.returncode == 2
        first, last = done.stderr.splitlines()
        assert re.fullmatch(r"marks\.csv: line [23]: 7 is more than the exercise can give; give 0 to 6", first)
        assert last == "curriculum: marks.csv: nothing was taken; mend this row first"
        assert not (place / "given.json").exists()

    def test_one_class_alone(self, run, place):
        assert run("--to-csv", "marks.csv", "--cohort", "b").stdout == "1 answer written to marks.csv\n"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--to-csv", "a.csv", "--from-csv", "b.csv"], "choose one"),
            (["--from-csv", "none.csv"], "none.csv: cannot be read"),
            (["--to-csv", "a.csv", "--exercise", "memmo"], "did you mean 'memo'?"),
        ],
    )
    def test_bad_input_is_one_line(self, run, arguments, said):
        done = run(*arguments)
        assert done.returncode == 2
        assert said in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr

    @staticmethod
    def fill(place, values):
        path = place / "marks.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            for row in rows:
                row["points"], row["comment"] = values[row["attempt"]]
                writer.writerow(row)


class TestPage:
    def test_it_is_shown_to_this_machine_until_it_is_stopped(self, command, place):
        with subprocess.Popen(
            command("--no-browser"), cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as server:
            guard = threading.Timer(60, server.kill)
            guard.start()
            try:
                address = server.stdout.readline().strip()
                found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/[\w-]{32}/", address)
                assert found, address
                assert server.stdout.readline() == "Ctrl-C ends it.\n"
                # A connection that is kept open must not hold up the end.
                with httpx.Client() as client:
                    assert "2 of 2 waiting" in client.get(address).text
                    assert client.get(f"http://127.0.0.1:{found[1]}/").status_code == 403
                    server.send_signal(signal.SIGINT)
                    said, problems = server.communicate()
            finally:
                guard.cancel()
                server.kill()
        assert (server.returncode, said, problems) == (0, "", "")
        with socket.socket() as again:
            assert again.connect_ex(("127.0.0.1", int(found[1])))

    def test_the_browser_gets_a_file_that_others_cannot_read(self, command, place, tmp_path):
        # Its arguments are seen by everybody on the machine: the address must not be among them.
        opener = tmp_path / "opener.py"
        opener.write_text(OPENER, encoding="utf-8")
        variables = {"BROWSER": f"{sys.executable} {opener} %s", "XDG_RUNTIME_DIR": str(place), "DISPLAY": ":0"}
        with subprocess.Popen(
            command(), cwd=place, stdout=subprocess.PIPE, env=os.environ | variables, text=True
        ) as server:
            guard = threading.Timer(60, server.kill)
            guard.start()
            try:
                said = sorted(server.stdout.readline().strip() for _ in range(3))
                server.send_signal(signal.SIGINT)
                server.wait()
            finally:
                guard.cancel()
                server.kill()
        _, address, opened = said
        mode, url, content = opened.split(" ", 2)
        assert mode == "opened-600"
        assert address.rstrip("/").rsplit("/", 1)[-1] not in url
        assert f"url={address}" in content
        assert not Path(unquote(url.removeprefix("file://"))).exists()

    def test_a_port_that_is_taken(self, run):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = run("--no-browser", "--port", str(port))
        assert done.returncode == 2
        assert done.stderr == (
            f"curriculum: port {port} cannot be had (Address already in use); name another with --port, or none\n"
        )


def test_the_help_says_both_ways_and_loads_nothing_heavy(curriculum):
    shown = curriculum("mark", "--help").stdout
    assert "--to-csv" in shown
    assert "--from-csv" in shown
    code = (
        "import sys, curriculum.cli; print({'fastapi', 'nh3', 'pygments', 'uvicorn', 'sqlalchemy'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "set()\n"


@pytest.mark.parametrize("missing", ["fastapi", "nh3", "python_multipart"])
def test_without_the_desk_s_libraries_it_says_what_to_install(command, place, missing):
    arguments = command("--no-browser")
    arguments[2] = f"import sys; sys.modules[{missing!r}] = None\n" + arguments[2]
    done = subprocess.run(arguments, cwd=place, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr == f'curriculum: grading by hand needs {missing}: pip install "curriculum[desk]"\n'
