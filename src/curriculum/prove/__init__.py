"""Proof that a lesson's checks tell right from wrong.

For every exercise: the untouched starter and an empty cell are not attempted, each recorded mistake is rejected with
its own message, the solution and every other right answer pass. Then nbval compares the notebook's stored outputs.
"""

from __future__ import annotations

from curriculum.prove._answers import Answer, Kind
from curriculum.prove._prove import answers_path, prove, prove_all
from curriculum.prove._verdict import Proof, Seen, Verdict

__all__ = ["Answer", "Kind", "Proof", "Seen", "Verdict", "answers_path", "prove", "prove_all"]
