"""rng: the same draws for the same learner and exercise, others for everybody else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np

from curriculum import check

GRADED = check.Drawing(key=b"secret", course="mle", lesson="spread", learner="ada")


def draws(label="", drawing=None, exercise="sample-mean"):
    check.exercise(exercise)
    if drawing is None:
        return tuple(check.rng(label).integers(0, 2**62, 4))
    with check.drawing(drawing):
        return tuple(check.rng(label).integers(0, 2**62, 4))


def test_the_same_every_time():
    assert draws() == draws()
    assert draws(drawing=GRADED) == draws(drawing=GRADED)
    assert isinstance(check.rng(), np.random.Generator)


def test_everything_that_may_differ_makes_a_difference():
    drawings = [GRADED, *(replace(GRADED, **{name: "x"}) for name in ("course", "lesson", "learner"))]
    drawings.append(replace(GRADED, key=b"another"))
    seen = [draws(drawing=drawing) for drawing in drawings]
    seen += [draws(), draws("second"), draws(exercise="other"), draws("second", GRADED), draws("", GRADED, "other")]
    assert len(set(seen)) == len(seen)


def test_fields_do_not_run_into_each_other():
    one, other = replace(GRADED, lesson="ab", learner="c"), replace(GRADED, lesson="a", learner="bc")
    assert draws(drawing=one) != draws(drawing=other)


def test_drawing_ends_with_its_block():
    before = draws()
    with check.drawing(GRADED):
        inside = draws()
        with check.drawing(replace(GRADED, learner="bo")):
            assert draws() not in {before, inside}
        assert draws() == inside
    assert draws() == before


def test_global_seeds_neither_count_nor_change():
    np.random.seed(1)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first = draws()
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert draws() == first


def test_the_same_in_every_process():
    code = "from curriculum import check; check.exercise('sample-mean'); print(*check.rng().integers(0, 2**62, 4))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert tuple(map(int, run.stdout.split())) == draws()
