"""The strict pass: every stored output of a source notebook comes out again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.course import COURSE_VARIABLE

if TYPE_CHECKING:
    from curriculum.course import Lesson

_NO_CODE_CELLS = 5
_SETTINGS = Path(__file__).with_name("nbval.ini")
_SANITIZE = Path(__file__).with_name("nbval-sanitize.ini")


def run_nbval(lesson: Lesson) -> str:
    """Run nbval on a lesson; what it found, or an empty text."""
    command = [sys.executable, "-m", "pytest", "-c", str(_SETTINGS), "--rootdir", str(lesson.path.parent)]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(_SANITIZE), str(lesson.path)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment |= {COURSE_VARIABLE: str(lesson.root)}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode in {0, _NO_CODE_CELLS}:
        return ""
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    return text.strip() or f"nbval ended with exit code {done.returncode}"
