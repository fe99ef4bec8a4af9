"""The statistics that the lessons build by hand, ready to use in the lessons after them.

Every function takes lists, arrays or columns, leaves them as they are, and gives built-in and NumPy types. Input that
it cannot answer for (NaN, too few values, another shape) raises ``ValueError`` with one line that says what to do.
"""

from __future__ import annotations

from curriculum.statistics._bootstrap import bca_interval, bootstrap_replicates, percentile_interval
from curriculum.statistics._compare import benjamini_hochberg, chi_square, permutation_p_value, welch
from curriculum.statistics._describe import mad_outliers, spearman, z_scores
from curriculum.statistics._estimate import coverage, median_interval, standard_error
from curriculum.statistics._experiments import cuped, sample_ratio_p_value, sample_size

__all__ = [
    "bca_interval",
    "benjamini_hochberg",
    "bootstrap_replicates",
    "chi_square",
    "coverage",
    "cuped",
    "mad_outliers",
    "median_interval",
    "percentile_interval",
    "permutation_p_value",
    "sample_ratio_p_value",
    "sample_size",
    "spearman",
    "standard_error",
    "welch",
    "z_scores",
]
