"""Classic BPF for seccomp: rules on one system call each, and the program that they make."""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_KILL, _ALLOW, _ERROR = 0x80000000, 0x7FFF0000, 0x50000
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]

NO_SUCH_CALL = (_RETURN, 0, 0, _ERROR | errno.ENOSYS)
REFUSED = (_RETURN, 0, 0, _ERROR | errno.EPERM)
ALLOWED = (_RETURN, 0, 0, _ALLOW)


@dataclass(frozen=True)
class Rule:
    """What becomes of one system call: a body that always returns."""

    number: int
    body: tuple[Instruction, ...]

    def instructions(self) -> list[Instruction]:
        """The test for the call, and its body."""
        return [(_EQUAL, 0, len(self.body), self.number), *self.body]


def low(argument: int) -> Instruction:
    """Load the lower half of an argument (both machines are little-endian)."""
    return (_LOAD, 0, 0, 16 + 8 * argument)


def high(argument: int) -> Instruction:
    """Load the upper half of an argument."""
    return (_LOAD, 0, 0, 20 + 8 * argument)


def masked(argument: int, mask: int) -> tuple[Instruction, ...]:
    """Load some bits of an argument's lower half."""
    return (low(argument), (_AND, 0, 0, mask))


def unless_any_bit(mask: int) -> tuple[Instruction, ...]:
    """Refuse if what is loaded has any of the bits."""
    return ((_ANY_BIT, 0, 1, mask), REFUSED)


def unless(value: int) -> tuple[Instruction, ...]:
    """Refuse if what is loaded is the value."""
    return ((_EQUAL, 0, 1, value), REFUSED)


def only(*values: int) -> tuple[Instruction, ...]:
    """Refuse if what is loaded is none of the values."""
    last = len(values)
    tests = [(_EQUAL, last - place, 0, value) for place, value in enumerate(values)]
    return (*tests, REFUSED)


def program(architecture: int, rules: Sequence[Rule], free: Iterable[int], newest: int) -> bytes:
    """Put a filter together.

    Args:
        architecture: the only machine whose calls are let through; any other is a way around the numbers.
        rules: for calls that depend on their arguments.
        free: the numbers of calls allowed with any arguments; all others are refused.
        newest: calls with greater numbers are answered with ENOSYS, so that libraries fall back on older ones.
    """
    code: list[Instruction] = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
    code += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), NO_SUCH_CALL]
    for first, last in _ranges(free):
        code += [(_AT_LEAST, 2, 0, last + 1), (_AT_LEAST, 0, 1, first), ALLOWED]
    for rule in rules:
        code += rule.instructions()
    code += [(_AT_LEAST, 0, 1, newest + 1), NO_SUCH_CALL, REFUSED]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
