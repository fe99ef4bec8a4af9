"""Real data: what comes with scikit-learn and statsmodels, and what can be fetched once.

The libraries' own copies are read: nothing of them is stored here.
"""

from __future__ import annotations

from curriculum.datasets.real import _scikit_learn, _statsmodels
from curriculum.datasets.real._downloads import DOWNLOADS

__all__ = ["DOWNLOADS", "SOURCES"]

SOURCES = tuple(sorted((*_scikit_learn.SOURCES, *_statsmodels.SOURCES), key=lambda source: source.name))
