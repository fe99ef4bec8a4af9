"""What a proof found, as text of 80 columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from curriculum.cli._tables import console, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from curriculum.prove import Proof, Verdict


def print_proofs(proofs: Sequence[Proof]) -> None:
    """Print a table with a row a lesson, then everything that is wrong."""
    out = console()
    made = table(
        "Proofs", "lesson", "answers", "as they must", "graded", "nbval", "seconds", right=("answers", "as they must")
    )
    for proof in proofs:
        kept = Counter(not verdict.problem for verdict in proof.verdicts)
        graded = "not asked" if not proof.has_graded else "differs" if proof.graded else "same"
        nbval = "not asked" if not proof.has_nbval else "differs" if proof.nbval else "same"
        made.add_row(proof.lesson, str(len(proof.verdicts)), str(kept[True]), graded, nbval, f"{proof.seconds:.1f}")
    out.print(made)
    for proof in proofs:
        _print_problems(out, proof)


def _print_problems(out: Console, proof: Proof) -> None:
    for problem in proof.problems:
        out.print(f"{proof.lesson}: {problem}", markup=False)
    for verdict in proof.verdicts:
        if verdict.problem:
            _print_verdict(out, proof.lesson, verdict)
    for problem in proof.graded:
        out.print(f"{proof.lesson}: {problem}", markup=False)
    if proof.nbval:
        out.print(f"{proof.lesson}: nbval found other outputs than the stored ones:", markup=False)
        out.print(proof.nbval, markup=False)


def _print_verdict(out: Console, lesson: str, verdict: Verdict) -> None:
    answer = verdict.answer
    out.print(f"{lesson}: {answer.exercise}, {answer.label}: {verdict.problem}", markup=False)
    for line in verdict.seen.message.splitlines():
        out.print(f"    {line}", markup=False)
