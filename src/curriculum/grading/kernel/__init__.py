"""Run submissions in a real kernel: any language, any system, nbgrader's semantics, no sandbox."""

from __future__ import annotations

from curriculum.grading.kernel._runner import KernelRunner

__all__ = ["KernelRunner"]
