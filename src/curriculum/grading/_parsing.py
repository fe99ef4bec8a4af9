"""One thread at a time reads programs.

CPython's ``ast`` keeps a count of its depth for the whole process; where two threads parse at once it may raise
SystemError ("AST constructor recursion depth mismatch"), through no fault of the program it reads.
"""

from __future__ import annotations

import threading

PARSING = threading.RLock()
