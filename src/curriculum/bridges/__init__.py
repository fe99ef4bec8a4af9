"""Bridges to other systems: Canvas, Moodle, Gradescope, nbgrader, and the gradebook as CSV and JSON.

Each reads and writes the other system's own files; none talks to it over the network.
"""

from curriculum.bridges._canvas import fill_canvas
from curriculum.bridges._canvas_feedback import write_canvas_feedback
from curriculum.bridges._comments import html_of, lines_of
from curriculum.bridges._grades import Choices
from curriculum.bridges._gradescope import Autograder, write_gradescope_autograder
from curriculum.bridges._json import SCHEMA, write_json
from curriculum.bridges._links import BINDER, Repository, binder_link, colab_link, links, nbgitpuller_link
from curriculum.bridges._moodle import COLUMNS, fill_moodle
from curriculum.bridges._moodle_gradebook import write_moodle_gradebook
from curriculum.bridges._nbgrader_bring import Bringing, bring_nbgrader
from curriculum.bridges._nbgrader_in import read_nbgrader
from curriculum.bridges._nbgrader_out import NbgraderFolder, write_nbgrader
from curriculum.bridges._nbgrader_records import NbComment, NbCourse, NbLearner, NbScore, NbSubmission
from curriculum.bridges._report import Left, Matched, Report
from curriculum.bridges._wide import write_csv
from curriculum.spreadsheet import neutral, original

__all__ = [
    "BINDER",
    "COLUMNS",
    "SCHEMA",
    "Autograder",
    "Bringing",
    "Choices",
    "Left",
    "Matched",
    "NbComment",
    "NbCourse",
    "NbLearner",
    "NbScore",
    "NbSubmission",
    "NbgraderFolder",
    "Report",
    "Repository",
    "binder_link",
    "bring_nbgrader",
    "colab_link",
    "fill_canvas",
    "fill_moodle",
    "html_of",
    "lines_of",
    "links",
    "nbgitpuller_link",
    "neutral",
    "original",
    "read_nbgrader",
    "write_canvas_feedback",
    "write_csv",
    "write_gradescope_autograder",
    "write_json",
    "write_moodle_gradebook",
    "write_nbgrader",
]
