"""Every lesson of the course is proved: its checks tell right from wrong, and its stored outputs come out again."""

from __future__ import annotations

import pytest

from curriculum import course as courses
from curriculum.prove import prove


# One test a lesson, so that pytest-xdist can share them out.
@pytest.mark.parametrize("lesson", courses.load().lessons, ids=lambda lesson: lesson.id)
def test_lesson_is_sound(lesson, record_property):
    proof = prove(lesson, nbval=True)
    record_property("seconds", round(proof.seconds, 1))
    wrong = [
        f"{verdict.answer.exercise}, {verdict.answer.label}: {verdict.problem}\n{verdict.seen.message}"
        for verdict in proof.verdicts
        if verdict.problem
    ]
    assert proof.is_sound, "\n\n".join(filter(None, [*proof.problems, *wrong, *proof.graded, proof.nbval]))
