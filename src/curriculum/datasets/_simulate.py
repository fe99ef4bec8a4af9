"""Fresh draws of Fernway's tables, of any size, whole or in pieces."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from curriculum.errors import ScenarioError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd

    from curriculum.datasets.fernway import Draw
    from curriculum.datasets.fernway._simulator import Simulator


def simulate(table: str, n: int, seed: int | np.random.Generator, **scenario: object) -> Draw:
    """Draw a table afresh, with the truth that made it.

    Tables drawn with one seed belong together: customer 17 is the same person in all of them.

    Args:
        table: a table of the simulator; ``catalogue()`` lists them as kind "fernway".
        n: how many units, at least 1. A unit is what a row is, except where ``options(table)`` says otherwise: orders
            for the lines of orders, pairs of product and city for daily demand.
        seed: a whole number from 0 up, or a generator, from which one is drawn. Tables to join need the same number:
            ``truth.seed`` has it.
        scenario: options of the table; ``options(table)`` lists them.

    Returns:
        ``data`` and ``truth``: ``truth.effects`` holds the planted constants, ``truth.rows`` what is hidden of each
        row. Equal arguments give equal draws.

    Raises:
        UnknownNameError: no such table or option; the message suggests the nearest.
        ScenarioError: ``n``, ``seed`` or an option cannot be used.

    Example:
        >>> from curriculum import datasets
        >>> customers, truth = datasets.simulate("customers", n=3, seed=7)
        >>> len(customers), truth.effects["income_by_age"]
        (3, 0.22)
    """
    from curriculum.datasets.fernway import together

    return together(stream(table, n, seed, **scenario))


def stream(table: str, n: int, seed: int | np.random.Generator, **scenario: object) -> Iterator[Draw]:
    """Draw a table piece by piece, in memory that does not grow with ``n``.

    Args:
        table: as for ``simulate``.
        n: as for ``simulate``.
        seed: as for ``simulate``.
        scenario: as for ``simulate``.

    Returns:
        Draws one after another, each numbered from 0; put together they are exactly what ``simulate`` gives.

    Raises:
        UnknownNameError: no such table or option; the message suggests the nearest.
        ScenarioError: ``n``, ``seed`` or an option cannot be used.

    Example:
        >>> from curriculum import datasets
        >>> sum(len(data) for data, _ in datasets.stream("customers", n=120_000, seed=7))
        120000
    """
    simulator = _simulator(table)
    options_ = simulator.scenario.configure(table, scenario, f'datasets.options("{table}")')
    _check_whole("n", n, 1)
    number = _seed(seed)
    return (_seeded(draw, number) for draw in simulator.blocks(int(n), number, options_))


def options(table: str) -> pd.DataFrame:
    """List what a table's scenario can be told: one row an option, with its name, default and meaning.

    The frame's ``attrs["unit"]`` says what ``n`` counts.

    Raises:
        UnknownNameError: no such table.

    Example:
        >>> from curriculum import datasets
        >>> datasets.options("products")["option"].tolist()
        ['organic_premium']
    """
    from curriculum.datasets._listing import Listing

    simulator = _simulator(table)
    rows = [(f.name, f.default, f.metadata["meaning"]) for f in dataclasses.fields(simulator.scenario)]
    frame = Listing(rows, columns=["option", "default", "meaning"])
    frame.attrs["unit"] = simulator.unit
    return frame


def _seeded(draw: Draw, seed: int) -> Draw:
    return draw._replace(truth=dataclasses.replace(draw.truth, seed=seed))


def _simulator(table: str) -> Simulator[Any]:
    from curriculum.datasets.fernway import SIMULATORS

    if not isinstance(table, str) or table not in SIMULATORS:
        raise UnknownNameError("simulated table", table, SIMULATORS, "datasets.catalogue()")
    return SIMULATORS[table]


def _seed(seed: object) -> int:
    import numpy as np

    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**32))
    _check_whole("seed", seed, 0)
    return int(seed)  # type: ignore[call-overload, no-any-return]


def _is_whole(value: object) -> bool:
    import numpy as np

    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_whole(name: str, value: object, least: int) -> None:
    if not _is_whole(value) or value < least:  # type: ignore[operator]
        message = f"{name} must be a whole number from {least} up, not {value!r}"
        raise ScenarioError(message)
