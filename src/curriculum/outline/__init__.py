"""What a teacher finds in a lesson: its sections with their minutes, questions to ask, mistakes to expect."""

from curriculum.outline._blocks import Block, BlockKind, blocks_of
from curriculum.outline._minutes import share_out
from curriculum.outline._questions import questions_of
from curriculum.outline._sections import Code, Prose, Section, Stretch, Task, outline, stretches

__all__ = [
    "Block",
    "BlockKind",
    "Code",
    "Prose",
    "Section",
    "Stretch",
    "Task",
    "blocks_of",
    "outline",
    "questions_of",
    "share_out",
    "stretches",
]
