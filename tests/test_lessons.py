"""Every lesson of the course is proved: its checks tell right from wrong, and its stored outputs come out again."""

from __future__ import annotations

from curriculum import course as courses
from curriculum.prove import prove


class _Lesson:
    lesson: courses.Lesson

    def test_is_sound(self, record_property):
        proof = prove(self.lesson, nbval=True)
        record_property("seconds", round(proof.seconds, 1))
        wrong = [
            f"{verdict.answer.exercise}, {verdict.answer.label}: {verdict.problem}\n{verdict.seen.message}"
            for verdict in proof.verdicts
            if verdict.problem
        ]
        assert proof.is_sound, "\n\n".join(filter(None, [*proof.problems, *wrong, *proof.graded, proof.nbval]))


# A class a lesson: pytest-xdist keeps the tests of a class on one worker, and those of a module too.
for _lesson in courses.load().lessons:
    _name = "Test" + _lesson.id.title().replace("-", "")
    globals()[_name] = type(_name, (_Lesson,), {"lesson": _lesson})
