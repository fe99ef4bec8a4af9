"""Grading submissions: assemble, run, score, report."""
