"""Fingerprints of values: two looks at an unchanged value give the same."""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any


def mark(value: Any, most: int | None = None) -> bytes | None:
    """A value's fingerprint; None where it differs from one look to the next, or is larger than so many bytes."""
    found = fingerprint(value, most)
    return found if fingerprint(value, most) == found else None


def fingerprint(value: Any, most: int | None = None) -> bytes | None:
    """A hash of what a value holds; None where that cannot be told, or is larger than so many bytes."""
    try:
        return _look(value, most)
    except Exception:  # noqa: BLE001 - what cannot be pickled, holds itself or is too large
        return None


def _look(value: Any, most: int | None) -> bytes:
    if isinstance(value, type) and value.__module__ == "__main__":
        own = {name: item for name, item in vars(value).items() if not name.startswith("__") or callable(item)}
        return repr([(name, _look(item, most)) for name, item in own.items()]).encode()
    if isinstance(value, ModuleType | type | BuiltinFunctionType):
        return b"fixed"  # what modules hold is part of the world
    if isinstance(value, FunctionType):
        return _look_at_function(value, most) if value.__module__ == "__main__" else b"fixed"
    packed = _packed(value)
    if most is not None and len(packed) > most:
        message = "too large to be looked at again and again"
        raise ValueError(message)
    return hashlib.sha256(packed).digest()


class _Packer(pickle.Pickler):
    """Packs what values hold, and not what they have worked out on the way and keep."""

    def reducer_override(self, value: Any) -> Any:
        """Give pandas' types by their names: they keep what they were asked for. A categorical's holds data."""
        pandas = sys.modules.get("pandas")
        if pandas is None or not isinstance(value, pandas.api.extensions.ExtensionDtype):
            return NotImplemented
        return NotImplemented if isinstance(value, pandas.CategoricalDtype) else (str, (repr(value),))


def _packed(value: Any) -> bytes:
    written = io.BytesIO()
    _Packer(written, 5).dump(value)
    return written.getvalue()


def _look_at_function(value: FunctionType, most: int | None) -> bytes:
    code = value.__code__
    kept = [cell.cell_contents for cell in value.__closure__ or ()]
    parts = [_look(item, most) for item in (*kept, value.__defaults__, value.__kwdefaults__, vars(value))]
    return repr((code.co_code, code.co_names, code.co_consts, parts)).encode()
