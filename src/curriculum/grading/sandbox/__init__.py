"""The Linux sandbox for a learner's code: namespaces, Landlock, seccomp, limits, each as far as the system has it.

A zygote enters an ``Enclosure`` once, then forks children from it and confines each. What stands and what does not is
in ``Enclosure.layers``; ``summary`` makes one line of it.
"""

from curriculum.grading.sandbox._enclosure import Enclosure
from curriculum.grading.sandbox._layers import summary
from curriculum.grading.sandbox._policy import Mode, Policy, default_policy

__all__ = ["Enclosure", "Mode", "Policy", "default_policy", "summary"]
