"""A course laid out over weeks: which lesson when, as records, and as a calendar."""

from curriculum.plan._asked import Asked, read_asked, read_zone
from curriculum.plan._calendar import as_calendar, write_calendar
from curriculum.plan._partition import partition
from curriculum.plan._plan import Chunk, Plan, Session, Week, make_plan
from curriculum.plan._weeks import TeachingWeek, teaching_weeks

__all__ = [
    "Asked",
    "Chunk",
    "Plan",
    "Session",
    "TeachingWeek",
    "Week",
    "as_calendar",
    "make_plan",
    "partition",
    "read_asked",
    "read_zone",
    "teaching_weeks",
    "write_calendar",
]
