"""A learner's side stays a learner's side: nothing of grading is loaded to hand in."""

from __future__ import annotations

import json
import subprocess
import sys


def test_handing_in_loads_nothing_of_the_desk():
    code = "from curriculum import submission\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout))
    parts = ("curriculum.grading", "curriculum.gradebook", "curriculum.collecting")
    assert not [name for name in loaded if name.startswith(parts)]
    assert not loaded & {"sqlalchemy", "nbformat", "numpy", "resource", "pwd", "grp"}
