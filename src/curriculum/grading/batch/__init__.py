"""Many submissions: kept in a store, shared out to workers here or on a cluster, gone on with after any stop."""

from curriculum.grading.batch._batch import Collected, Executor, How, Item, Summary, grade
from curriculum.grading.batch._grader import UNGRADED
from curriculum.grading.batch._local import LocalWorkers
from curriculum.grading.batch._store import Store

__all__ = ["UNGRADED", "Collected", "Executor", "How", "Item", "LocalWorkers", "Store", "Summary", "grade"]
