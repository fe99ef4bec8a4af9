"""What every simulated table keeps, whichever it is: the conformance of the simulator."""

from __future__ import annotations

import dataclasses
import importlib
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sheets
from pandas.testing import assert_frame_equal

from curriculum import datasets
from curriculum.datasets.fernway import SIMULATORS
from curriculum.errors import ScenarioError, UnknownNameError

DOCS = Path(__file__).parents[2] / "docs" / "fernway"
TABLES = sorted(SIMULATORS)
FEW = 40  # units: enough for every kind of row, quick for every table


def block_size(table: str) -> int:
    return importlib.import_module(SIMULATORS[table].blocks.__module__).BLOCK


def same(one, other) -> None:
    assert_frame_equal(one.data, other.data)
    assert_frame_equal(one.truth.rows, other.truth.rows)
    assert dict(one.truth.effects) == dict(other.truth.effects)


def frames(draw) -> dict[str, pd.DataFrame]:
    return {"data": draw.data, "truth": draw.truth.rows}


@pytest.mark.parametrize("table", TABLES)
class TestEveryTable:
    def test_equal_seeds_give_equal_draws_and_others_do_not(self, table):
        first = datasets.simulate(table, FEW, seed=11)
        same(first, datasets.simulate(table, FEW, seed=11))
        assert not first.data.equals(datasets.simulate(table, FEW, seed=12).data)

    def test_a_generator_is_a_seed(self, table):
        draws = [datasets.simulate(table, FEW, seed=np.random.default_rng(5)) for _ in range(2)]
        same(*draws)
        world = draws[0].truth.seed
        same(draws[0], datasets.simulate(table, FEW, world))
        assert {piece.truth.seed for piece in datasets.stream(table, FEW, world)} == {world}
        rng = np.random.default_rng(5)
        assert not datasets.simulate(table, FEW, rng).data.equals(datasets.simulate(table, FEW, rng).data)

    def test_what_is_done_to_a_draw_stays_with_it(self, table):
        first = datasets.simulate(table, FEW, seed=11)
        for frame in frames(first).values():
            frame.iloc[:, 0] = frame.iloc[0, 0]
            frame["more"] = 1
        again = datasets.simulate(table, FEW, seed=11)
        assert all("more" not in frame for frame in frames(again).values())
        same(again, datasets.simulate(table, FEW, seed=11))

    def test_nobody_elses_random_numbers_are_touched(self, table):
        np.random.seed(3)  # noqa: NPY002 - the state that must stay as it is
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        datasets.simulate(table, FEW, seed=11)
        assert (np.random.get_state()[1] == before).all()  # noqa: NPY002

    def test_pieces_make_the_whole(self, table):
        n = block_size(table) + 1
        pieces = list(datasets.stream(table, n, seed=11))
        whole = datasets.simulate(table, n, seed=11)
        assert len(pieces) == 2
        for name, frame in frames(whole).items():
            parts = [frames(piece)[name] for piece in pieces]
            assert_frame_equal(pd.concat(parts, ignore_index=True), frame)
            assert all((part.dtypes == frame.dtypes).all() for part in parts)
            assert all(len(part) for part in parts)
        assert all(dict(piece.truth.effects) == dict(whole.truth.effects) for piece in pieces)

    def test_one_unit_has_the_types_of_many(self, table):
        one, many = datasets.simulate(table, 1, seed=4), datasets.simulate(table, FEW, seed=11)
        for name, frame in frames(one).items():
            assert (frame.dtypes == frames(many)[name].dtypes).all()

    def test_types_are_those_of_the_house(self, table):
        for frame in frames(datasets.simulate(table, FEW, seed=11)).values():
            assert "object" not in set(map(str, frame.dtypes))
            # Small whole numbers overflow without a word: the dot product of a column with itself comes out wrong.
            assert set(map(str, frame.select_dtypes("integer").dtypes)) <= {"int64", "Int64"}
            times = frame.select_dtypes(include=["datetime", "datetimetz"])
            assert set(map(str, times.dtypes)) <= {"datetime64[us]", "datetime64[us, UTC]"}
            for name in frame.select_dtypes("float"):
                # Rounded: so the last bit, which differs between processors, does not reach a checksum.
                assert frame[name].equals(frame[name].round(6)), name
                assert not np.isinf(frame[name]).any(), name

    def test_the_truth_stands_beside_the_data(self, table):
        data, truth = datasets.simulate(table, FEW, seed=11)
        assert isinstance(data.index, pd.RangeIndex)
        assert isinstance(truth.rows.index, pd.RangeIndex)
        assert len(truth.rows) == len(data) >= FEW
        assert truth.effects
        assert all(math.isfinite(value) for value in truth.effects.values())
        assert not set(truth.rows.columns) & set(data.columns)

    def test_people_and_products_exist(self, table):
        data = datasets.simulate(table, FEW, seed=11).data
        limits = datasets.options(table).set_index("option")["default"]
        for column, option, default in [("customer_id", "customers", 5_000), ("product_id", "products", 400)]:
            if column in data:
                assert data[column].between(1, limits.get(option, default)).all()

    def test_an_unknown_option_suggests_the_nearest(self, table):
        name = datasets.options(table)["option"][0]
        with pytest.raises(UnknownNameError, match=f"did you mean '{name}'"):
            datasets.simulate(table, FEW, 11, **{name + "x": 1})

    def test_options_keep_their_type_and_range(self, table):
        for field in dataclasses.fields(SIMULATORS[table].scenario):
            with pytest.raises(ScenarioError, match=f"^{field.name} must be ") as caught:
                datasets.simulate(table, 1, 11, **{field.name: None})
            assert len(str(caught.value).splitlines()) == 1
            for edge, beyond in [(field.metadata["low"], -1), (field.metadata["high"], 1)]:
                if math.isfinite(edge):
                    with pytest.raises(ScenarioError, match=f"^{field.name} must be "):
                        datasets.simulate(table, 1, 11, **{field.name: edge + beyond})

    def test_options_work_at_their_edges(self, table):
        for field in dataclasses.fields(SIMULATORS[table].scenario):
            edges = [field.metadata["low"]] + [field.metadata["high"]] * isinstance(field.default, float)
            for edge in filter(math.isfinite, edges):
                draw = datasets.simulate(table, 30, 11, **{field.name: type(field.default)(edge)})
                assert all(math.isfinite(value) for value in draw.truth.effects.values()), (field.name, edge)
                for frame in frames(draw).values():
                    assert not np.isinf(frame.select_dtypes("float")).any(axis=None), (field.name, edge)

    def test_the_model_page_lists_the_options(self, table):
        page = sheets.read(DOCS / f"{table}.md")
        listed = [row[:2] for row in sheets.rows_below(page, "option", "default", "meaning")]
        known = datasets.options(table)
        assert [sheets.bare(name) for name, _ in listed] == list(known["option"])
        assert [sheets.bare(default) for _, default in listed] == [repr(default) for default in known["default"]]

    def test_the_model_page_lists_the_effects(self, table):
        page = sheets.read(DOCS / f"{table}.md")
        listed = {
            sheets.bare(name): value
            for name, value, _ in sheets.rows_below(page, "effect", "value", "how it can be recovered")
        }
        effects = datasets.simulate(table, FEW, seed=11).truth.effects
        assert set(listed) == set(effects)
        for name, value in effects.items():
            said = float(re.sub(r"[,` ]", "", listed[name]).replace("\N{MINUS SIGN}", "-"))
            assert said == pytest.approx(value, rel=0.005, abs=1e-9), name

    def test_the_model_page_has_a_graph_and_names_the_hidden_columns(self, table):
        page = sheets.read(DOCS / f"{table}.md")
        assert "```mermaid" in page
        rows = datasets.simulate(table, FEW, seed=11).truth.rows
        assert not [column for column in rows if f"`{column}`" not in page]


TIMED = [table for table in TABLES if "start" in set(datasets.options(table)["option"])]


def test_later_promotions_are_no_copy_of_earlier_ones():
    moves = []
    for start in ("2024-01-01", "2026-01-05"):
        data = datasets.simulate("prices", 400, 11, start=start, days=60).data
        moved = data[data["reason"] == "promotion"]
        days = (moved["valid_from"] - pd.Timestamp(start, tz="Europe/Brussels")).dt.days
        moves.append(set(zip(moved["product_id"], days, strict=True)))
    assert len(moves[0] & moves[1]) < 0.2 * len(moves[0])


# The columns of prices last from month to month; they have the test above.
@pytest.mark.parametrize("table", [table for table in TIMED if table != "prices"])
def test_a_later_month_is_no_copy_of_an_earlier_one(table):
    """Else a model would be tested on rows that it was trained on."""
    months = [datasets.simulate(table, 200, 11, start=start, days=30) for start in ("2024-01-01", "2026-01-05")]
    early, late = (month.data.astype(str) for month in months)
    rows = min(len(early), len(late))
    lasting = {"price", "customer", "name", "email"}  # of the product or the person, so the same in every month
    drawn = [c for c in early if early[c].nunique() > 20 and not c.endswith("_id") and c not in lasting]
    assert drawn
    for column in drawn:
        one, other = early[column][:rows], late[column][:rows]
        usual = one == one.mode()[0]
        assert (one == other)[~usual].mean() < 0.5, column


@pytest.mark.parametrize("table", TIMED)
class TestEveryTableWithAPeriod:
    def test_a_period_that_is_none_is_refused(self, table):
        for bad in ("", "yesterday", "2024-02-30", "1999-01-01", "2024-01-01 12:00"):
            with pytest.raises(ScenarioError, match="start must be"):
                datasets.stream(table, 3, 11, start=bad)

    def test_times_lie_in_the_period(self, table):
        for start, days in [("2024-01-01", 731), ("2026-03-28", 2)]:
            data = datasets.simulate(table, 300, 11, start=start, days=days).data
            times = data.select_dtypes(["datetime", "datetimetz"])
            if times.empty:  # the export's times are text
                continue
            first = times.iloc[:, 0]
            zone = "Europe/Brussels" if first.dt.tz is not None else None
            begin = pd.Timestamp(start, tz=zone)
            end = (pd.Timestamp(start) + pd.Timedelta(days=days)).tz_localize(zone)
            assert first.ge(begin).all()
            assert first.lt(end).all()


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "9", None])
def test_n_is_a_number_of_units(bad):
    with pytest.raises(ScenarioError, match="n must be a whole number from 1 up"):
        datasets.simulate("customers", bad, 1)


@pytest.mark.parametrize("bad", [-1, 0.5, False, "9", None])
def test_a_seed_is_a_whole_number(bad):
    with pytest.raises(ScenarioError, match="seed must be a whole number"):
        datasets.simulate("customers", 3, bad)


@pytest.mark.parametrize("bad", [5, None, ["customers"], {}])
@pytest.mark.parametrize("call", [datasets.options, lambda name: datasets.simulate(name, 3, 1)])
def test_a_table_is_called_by_a_name(call, bad):
    with pytest.raises(UnknownNameError, match="no simulated table is called"):
        call(bad)


@pytest.mark.parametrize("call", [datasets.options, lambda name: datasets.simulate(name, 3, 1)])
def test_an_unknown_table_suggests_the_nearest(call):
    with pytest.raises(UnknownNameError, match="did you mean 'customers'"):
        call("costumers")


def test_options_say_what_n_counts():
    assert datasets.options("customers").attrs["unit"] == "customers"
    assert list(datasets.options("customers").columns) == ["option", "default", "meaning"]


def test_numpy_numbers_are_numbers():
    own, theirs = {"customers": 50, "fraud_rate": 0.0625}, {"customers": np.int64(50), "fraud_rate": np.float32(0.0625)}
    same(datasets.simulate("payments", 9, 3, **theirs), datasets.simulate("payments", 9, 3, **own))
    for bad in (np.bool_(True), np.float64(3), np.array([3, 4])):
        with pytest.raises(ScenarioError, match="customers must be a whole number"):
            datasets.simulate("payments", 9, 3, customers=bad)


def test_numpy_whole_numbers_will_do():
    same(datasets.simulate("customers", np.int64(5), np.int32(3)), datasets.simulate("customers", 5, 3))


def test_errors_come_when_asked_for_not_when_read():
    with pytest.raises(ScenarioError):
        datasets.stream("customers", 5, -3)


def test_fewer_customers_are_the_first_of_more():
    few, many = (datasets.simulate("customers", n, 3).data for n in (10, 1_000))
    assert_frame_equal(few, many.head(10))
