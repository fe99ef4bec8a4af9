"""The picture of the four joins shows the rows that pandas and SQL give."""

from __future__ import annotations

import sqlite3
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from curriculum import diagrams

KINDS = ["inner", "left", "right", "outer"]


def _drawn(axes):
    """For each kind of join the pairs that are drawn, as a count of (left row, right row)."""
    titles = {text.get_text().split("\n")[0]: text.get_position()[0] for text in axes.texts if "\n" in text.get_text()}
    cells = {(round(x, 3), y): text.get_text() for text in axes.texts for x, y in [text.get_position()] if y > 0}
    found = {}
    for kind in KINDS:
        left, right = round(titles[kind] - 0.625, 3), round(titles[kind] + 0.625, 3)
        found[kind] = Counter((text, cells[right, y]) for (x, y), text in cells.items() if x == left)
    return found


def _named(keys):
    """A table whose rows are called as the picture calls them."""
    seen, names = Counter(), []
    for key in keys:
        seen[key] += 1
        names.append(f"{'none' if key is None else key}{seen[key] if keys.count(key) > 1 else ''}")
    return pd.DataFrame({"key": pd.array(keys, dtype="str"), "name": names})


def _by_pandas(left, right, kind):
    joined = _named(left).merge(_named(right), on="key", how=kind, suffixes=("_left", "_right")).fillna("")
    return Counter(zip(joined["name_left"], joined["name_right"], strict=True))


def _by_sql(left, right, kind):
    connection = sqlite3.connect(":memory:")
    for name, keys in [("l", left), ("r", right)]:
        table = _named(keys)
        connection.execute(f"CREATE TABLE {name} (key, name)")
        connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", zip(keys, table["name"], strict=True))
    how = {"inner": "JOIN", "left": "LEFT JOIN", "right": "RIGHT JOIN", "outer": "FULL JOIN"}[kind]
    rows = connection.execute(f"SELECT l.name, r.name FROM l {how} r ON l.key = r.key").fetchall()
    connection.close()
    return Counter((left_name or "", right_name or "") for left_name, right_name in rows)


@pytest.mark.parametrize("seed", range(12))
def test_the_rows_are_those_of_pandas_and_of_sql(axes, seed):
    fresh = np.random.default_rng(seed)
    left, right = ([["a", "b", "c", None][i] for i in fresh.integers(0, 4, fresh.integers(1, 5))] for _ in range(2))
    for missing_match, judge in [(True, _by_pandas), (False, _by_sql)]:
        axes.clear()
        try:
            diagrams.join_kinds(axes, left, right, missing_match=missing_match)
        except ValueError:
            assert len(_named(left).merge(_named(right), on="key", how="outer")) > 12
            continue
        assert _drawn(axes) == {kind: judge(left, right, kind) for kind in KINDS}


def test_titles_count_the_rows(axes):
    diagrams.join_kinds(axes, ["a", "a", "b"], ["a", "a", "c"])
    texts = {text.get_text() for text in axes.texts}
    assert {"left\n3 rows", "right\n3 rows", "inner\n4 rows", "left\n5 rows", "right\n5 rows", "outer\n6 rows"} <= texts
    assert len(axes.lines) == 4


def test_places_without_partner_are_dotted(axes):
    diagrams.join_kinds(axes, ["a", "b"], ["a", "c"])
    assert sum(patch.get_linestyle() in {":", "dotted"} for patch in axes.patches) == 0 + 1 + 1 + 2


def test_what_cannot_be_drawn_is_refused(axes):
    for left, right in [([], ["a"]), (["a"], []), (["a"] * 4, ["a"] * 4)]:
        with pytest.raises(ValueError, match="at most 12 rows"):
            diagrams.join_kinds(axes, left, right)
    assert not axes.patches
