"""What a notebook's cells share beside their names: the state that libraries and the process keep."""

from __future__ import annotations

import decimal
import os
import pickle
import random
import sys
import warnings
from dataclasses import dataclass
from operator import is_
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class World:
    """The shared state at one moment.

    Attributes:
        state: random states, settings, the environment, the files of the working folder.
        modules: what the modules that the notebook has imported held.
        seeds: whether the state of the global random generators is part of it.
    """

    state: list[Any]
    modules: dict[str, dict[str, Any]]
    seeds: bool

    @classmethod
    def now(cls, space: Mapping[str, Any], modules: Iterable[str] = (), *, seeds: bool = True) -> World:
        """The state as it is, with the modules among a notebook's names and some more by their names."""
        seen = {value.__name__ for value in list(space.values()) if isinstance(value, ModuleType)} | set(modules)
        held = {name: dict(vars(sys.modules[name])) for name in seen if name in sys.modules}
        return cls(_state(seeds=seeds), held, seeds)

    def holds(self) -> bool:
        """Whether nothing has changed since; what a module loads of its own when it is first used is no change."""
        if not all(_is_as_it_was(name, held) for name, held in self.modules.items()):
            return False
        return _state(seeds=self.seeds) == self.state


def _is_as_it_was(name: str, held: dict[str, Any]) -> bool:
    now = vars(sys.modules[name]) if name in sys.modules else {}
    # Hundreds of names after each submission: no loop of our own goes through them.
    own = all(isinstance(now[key], ModuleType) or callable(now[key]) for key in now.keys() - held.keys())
    return own and all(map(is_, map(now.get, held), held.values()))


def _state(*, seeds: bool) -> list[Any]:
    state: list[Any] = [random.getstate()] if seeds else []
    state += [dict(os.environ), Path.cwd(), list(warnings.filters)]
    state += [repr(decimal.getcontext()), list(sys.path), sys.getrecursionlimit(), _files()]
    loaded = sys.modules
    if "numpy" in loaded:
        numpy = loaded["numpy"]
        state += [pickle.dumps(numpy.random.get_state())] if seeds else []
        state += [numpy.geterr(), repr(numpy.get_printoptions())]
    if "pandas" in loaded:
        state.append(repr(getattr(loaded.get("pandas._config.config"), "_global_config", None)))
    if "matplotlib" in loaded:
        state.append(dict(loaded["matplotlib"].rcParams))
    if "sklearn" in loaded:
        state.append(loaded["sklearn"].get_config())
    return state


def _files() -> list[tuple[str, int, int]]:
    with os.scandir(".") as entries:
        return sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in entries)
