"""SciPy's sparse tables, by their arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from curriculum.grading.wire._codec import NotData, Reader, Writer, decodes, encodes, whole
from curriculum.grading.wire._numpy import array_node
from curriculum.grading.wire._records import WireError

_SPARSE = 110
_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        sparse.csr_array,
        sparse.csc_array,
        sparse.coo_array,
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_matrix,
    )
}
_LONGEST = 1 << 24  # rows or columns; nothing in the message stands for empty ones, and other forms have room for each


@encodes(*_KINDS.values())
def _write_sparse(writer: Writer, value: Any) -> Any:
    kind = next((base.__name__ for base in type(value).__mro__ if base in _KINDS.values()), "")
    arrays = (value.data, value.row, value.col) if kind.startswith("coo") else (value.data, value.indices, value.indptr)
    if len(value.shape) != 2 or max(value.shape) > _LONGEST or any(type(array) is not np.ndarray for array in arrays):
        raise NotData
    return [_SPARSE, kind, [int(length) for length in value.shape], *(array_node(writer, array) for array in arrays)]


@decodes(_SPARSE)
def _read_sparse(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, kind, dims, *nodes = node
    rows, columns = dims
    shape = (whole(rows, 0, _LONGEST), whole(columns, 0, _LONGEST))
    data, first, second = (_flat(array) for array in reader.values(tuple(nodes)))
    if type(kind) is not str or kind not in _KINDS or data.dtype.kind not in "biufc":
        raise WireError("a sparse table of no known kind")
    if first.dtype.kind != "i" or second.dtype.kind != "i":
        raise WireError("a sparse table whose places are no whole numbers")
    reader.charge(3000)
    if kind.startswith("coo"):
        return _KINDS[kind]((data, (first, second)), shape=shape)
    built = _KINDS[kind]((data, first, second), shape=shape)
    built.check_format(full_check=True)
    return built


def _flat(array: Any) -> np.ndarray[Any, Any]:
    if type(array) is not np.ndarray or array.ndim != 1:
        raise WireError("a sparse table without its arrays")
    return array
