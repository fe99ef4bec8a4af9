"""Runner A: the learner's code in one process, the checks in another, nothing but data between them."""

from curriculum.grading.split._runner import SplitRunner

__all__ = ["SplitRunner"]
