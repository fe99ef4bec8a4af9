"""The seal: a hash over every byte of the file, which stands in its very last bytes, and the receipt made of it.

Nobody needs a secret to make one, so it is no signature: it notices what became of a file after it was packed, and
proves nothing about who packed it.
"""

from __future__ import annotations

from hashlib import sha256

_MARK = b"curriculum submission, sealed with sha256: "
_DIGITS = 64
# Crockford's: no letters that look like digits or each other.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = 12

PLACEHOLDER = _MARK + b"0" * _DIGITS


def seal(data: bytes) -> bytes:
    """The file with its seal in place of the placeholder that it must end with."""
    return data[:-_DIGITS] + digest(data).encode()


def digest(data: bytes) -> str:
    """The hash of everything before the seal's own digits, as hexadecimal text."""
    return sha256(data[:-_DIGITS]).hexdigest()


def is_sealed(data: bytes) -> bool:
    """Whether the file ends with a seal, true or not."""
    return data[: len(data) - _DIGITS].endswith(_MARK)


def holds(data: bytes) -> bool:
    """Whether the file is byte for byte what was sealed."""
    return is_sealed(data) and data[-_DIGITS:] == digest(data).encode()


def receipt(digits: str) -> str:
    """The first 60 bits of a seal as a code to compare by eye or on the telephone: ``7K2M-0QXA-9D4F``."""
    number = int(digits[:15], 16)
    code = "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_CODE)))
    return "-".join(code[start : start + 4] for start in range(0, _CODE, 4))
