"""Rules on multiple-choice questions."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from curriculum.lint import _markdown, _python
from curriculum.lint._checks import check_calls
from curriculum.lint._registry import Found, rule
from curriculum.notebook import Role, solution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Group, Subject
    from curriculum.notebook import Cell

FEWEST_WORDS = 5
_OPTION = re.compile(r"^\s*(?:[-*+]\s+)?[*_`(]*([a-z])[*_`]*[).:][*_`]*\s+\S", re.MULTILINE)


@rule(
    "quiz-options",
    "a question's options are not lettered a, b, c, ... in the prompt and explained under the same letters",
    mend="write each option of the prompt as - **a)** ... and give check.choice(options={...}) the same letters",
)
def quiz_options(subject: Subject) -> Iterator[Found]:
    """Compare the letters of prompt and check."""
    for group, cell, options in _questions(subject):
        letters = sorted(options)
        in_order = [chr(ord("a") + number) for number in range(len(letters))]
        asked = _OPTION.findall("\n".join(_markdown.without_code(prompt.source) for prompt in group.prompts))
        if len(letters) < 2 or letters != in_order:
            yield Found(cell.id, f"the options are {', '.join(letters) or 'none'}; they should run a, b, c, ...")
        elif group.prompts and asked != letters:
            found = ", ".join(asked) or "none"
            yield Found(group.prompts[0].id, f"the prompt offers {found}, and the check knows {', '.join(letters)}")


@rule(
    "quiz-explanations",
    f"an option has no explanation of its own of at least {FEWEST_WORDS} words",
    mend="say why it is right or wrong, so that it is understood without the others",
)
def quiz_explanations(subject: Subject) -> Iterator[Found]:
    """Read the explanations."""
    for _, cell, options in _questions(subject):
        seen: set[str] = set()
        for letter, node in sorted(options.items()):
            text = "".join(_python.texts(ast.walk(node))).strip()
            if len(text.split()) < FEWEST_WORDS:
                yield Found(cell.id, f"option {letter} is not explained")
            elif text in seen:
                yield Found(cell.id, f"option {letter} has the same explanation as another")
            seen.add(text)


@rule(
    "quiz-key",
    "a question's key does not fit its answer, or the check looks at another name than the answer's",
    mend="make key the hash of the answer in the solution cell (check.choice_key)",
)
def quiz_key(subject: Subject) -> Iterator[Found]:
    """Hash the answer as check.choice does."""
    from curriculum.check import choice_key

    for group in subject.groups:
        answers = _answers(group)
        for cell, call in check_calls(group, "choice"):
            name = _python.dotted(call.args[0]) if call.args else ""
            if name not in answers:
                known = ", ".join(sorted(answers)) or "nothing that is a letter in quotes"
                yield Found(cell.id, f"check.choice looks at {name!r}, and the solution cell assigns {known}")
                continue
            right = choice_key(group.id, answers[name])
            key = _python.keywords(call).get("key")
            if not isinstance(key, ast.Constant) or key.value != right:
                yield Found(cell.id, f"the key is not that of the answer {answers[name]!r}", f'write key="{right}"')


def _questions(subject: Subject) -> Iterator[tuple[Group, Cell, dict[str, ast.expr]]]:
    """Every question with the options that its check explains."""
    for group in subject.groups:
        for cell, call in check_calls(group, "choice"):
            options = _python.keywords(call).get("options")
            if isinstance(options, ast.Dict):
                pairs = zip(options.keys, options.values, strict=True)
                yield group, cell, {str(k.value): v for k, v in pairs if isinstance(k, ast.Constant)}


def _answers(group: Group) -> dict[str, Any]:
    """The names that the solution cell assigns a letter or several."""
    found: dict[str, Any] = {}
    for cell in group.of(Role.SOLUTION):
        for statement in _python.parse(solution(cell)).tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                try:
                    found[statement.targets[0].id] = ast.literal_eval(statement.value)
                except (ValueError, TypeError):
                    continue
    return {name: value for name, value in found.items() if isinstance(value, str | list | set | tuple)}
