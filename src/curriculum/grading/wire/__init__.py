"""The data-only language between the learner's process and the examiner.

``encode`` runs beside the learner's objects and copies data by value; what is no data stays, and a reference to it
crosses.
``decode`` runs in the examiner and trusts nothing it reads: it builds exact built-in, NumPy, pandas and SciPy
objects or raises ``WireError``; nothing that arrives is executed, imported or looked up by attribute.
"""

from curriculum.grading.wire._errors import decode_error, encode_error
from curriculum.grading.wire._message import decode, encode, prepare
from curriculum.grading.wire._records import Frame, Parameter, Reference, SentError, Unencodable, WireError

__all__ = [
    "Frame",
    "Parameter",
    "Reference",
    "SentError",
    "Unencodable",
    "WireError",
    "decode",
    "decode_error",
    "encode",
    "encode_error",
    "prepare",
]
