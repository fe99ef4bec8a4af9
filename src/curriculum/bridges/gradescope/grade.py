"""Grade the submission that Gradescope has put beside this file, and write what it shows to the learner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main(root: Path) -> int:
    """Grade; anything but 0 means that the autograder failed, which Gradescope tells instructor and learner."""
    source = root / "source"
    settings = json.loads((source / "settings.json").read_text(encoding="utf-8"))
    results = root / "results" / "results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    handed, problem = choose(root / "submission", settings["file"])
    if handed is None:
        write(results, problem)
        return 0
    with tempfile.TemporaryDirectory(prefix="grading-") as work:
        folder = Path(work) / "handed" / learner(root / "submission_metadata.json")
        folder.mkdir(parents=True)
        shutil.copyfile(handed, folder / handed.name)
        out = Path(work) / "grading"
        done = subprocess.run(command(root, settings, folder.parent, out), cwd=work, env=environment(), check=False)  # noqa: S603
        graded = out / "gradescope.json"
        if graded.is_file():
            shutil.copyfile(graded, results)
        elif done.returncode in {0, 1}:
            write(results, f"{handed.name} is called as another lesson. Please hand in {settings['file']}.")
        else:
            sys.stderr.write(f"the grader ended with {done.returncode} and no result\n")
            return 1
    return 0


def command(root: Path, settings: dict[str, str], handed: Path, out: Path) -> list[str]:
    """The grader's command line."""
    source = root / "source"
    return [
        *(str(root / "venv" / "bin" / "python"), "-P", "-m", "curriculum", "grade", str(handed)),
        *("--lesson", settings["lesson"], "--course", str(source / "course"), "--key", str(source / "course.key")),
        *("--out", str(out), "--gradescope", "--workers", "1", "--sandbox", settings["sandbox"]),
        *("--seconds", str(settings["seconds"]), "--memory", str(settings["memory"])),
    ]


def choose(submission: Path, wanted: str) -> tuple[Path | None, str]:
    """The notebook to grade, or what to say to the learner where nobody can tell which; links are not followed."""
    found = [path for path in sorted(submission.rglob("*.ipynb")) if is_notebook(path, submission)]
    named = [path for path in found if path.name == wanted]
    if len(found) == 1 or len(named) == 1:
        return (named or found)[0], ""
    if not found:
        return None, f"There is no notebook in what you have handed in. Please hand in {wanted}."
    names = ", ".join(path.relative_to(submission).as_posix() for path in found[:5])
    return None, f"You have handed in {len(found)} notebooks: {names}. Please hand in {wanted} alone."


def is_notebook(path: Path, submission: Path) -> bool:
    """Whether a path is a file of the learner's own, none that an editor has left."""
    hidden = any(part.startswith(".") for part in path.relative_to(submission).parts)
    return path.is_file() and not path.is_symlink() and not hidden


def learner(metadata: Path) -> str:
    """Who hands in, by Gradescope's numbers, so that hidden tests draw for each learner or team anew."""
    try:
        users = json.loads(metadata.read_text(encoding="utf-8"))["users"]
        names = sorted(str(int(user["id"])) for user in users)
    except (OSError, ValueError, KeyError, TypeError):
        names = []
    return "-".join(names)[:100] or "submission"


def environment() -> dict[str, str]:
    """What the grader needs of this process's variables."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUTF8": "1"}


def write(results: Path, text: str) -> None:
    """Tell the learner why nothing was graded."""
    data = {"score": 0.0, "output": text, "output_format": "text", "stdout_visibility": "hidden", "tests": []}
    results.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
