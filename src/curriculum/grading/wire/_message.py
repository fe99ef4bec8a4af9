"""A value into a message and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.grading.wire import _known, _plain, _times  # noqa: F401 - they register what they know
from curriculum.grading.wire._codec import SIZE, NotData, Reader, Writer, load_libraries, too_large
from curriculum.grading.wire._records import Unencodable, WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.grading.wire._records import Reference


def prepare() -> None:
    """Load what the data of all libraries loaded by now needs: before a fork, and before a sandbox hides files."""
    load_libraries()
    _times.is_zone("UTC")


def encode(value: Any, refer: Callable[[Any], int] | None, size: int = SIZE) -> bytes:
    """Turn a value into a message: data by value, whatever else is in it by reference.

    Subclasses of data types cross as what their base class holds, read by the base class's own methods.

    Args:
        value: anything.
        refer: keeps an object and returns its number; None where everything must be data.
        size: bytes the message may have.

    Raises:
        Unencodable: the value is too large, or is no data and ``refer`` is None.
    """
    writer = Writer(refer, size)
    try:
        message = writer.message(writer.node(value))
    except NotData:
        raise Unencodable("the value is not only data") from None
    except (MemoryError, RecursionError, OverflowError, ValueError):
        raise Unencodable(too_large(size)) from None
    if len(message) > size:
        raise Unencodable(too_large(size))
    return message


def decode(data: bytes, resolve: Callable[[Reference], Any], size: int = SIZE) -> Any:
    """Turn a message back into the value, in time and memory that grow linearly with its length.

    Args:
        data: the message.
        resolve: returns what stands for an object that stayed in the learner's process.
        size: bytes the message may have.

    Raises:
        WireError: the message does not follow the language.
    """
    if len(data) > size:
        message = f"a message of {len(data):,} bytes; at most {size:,} are taken"
        raise WireError(message)
    try:
        return Reader(memoryview(data), resolve).message()
    except WireError:
        raise
    except Exception as error:  # the libraries raise what they like at what is wrong
        message = f"malformed message: {type(error).__name__}"
        raise WireError(message) from error
