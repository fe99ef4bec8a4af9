"""What the orders' API can be told."""

from __future__ import annotations

from dataclasses import dataclass

from curriculum.datasets._options import OptionSet, option
from curriculum.errors import ScenarioError


@dataclass(frozen=True, kw_only=True)
class Options(OptionSet):
    """The options of the API; without any it answers everything at once."""

    page_size: int = option(100, "most orders on a page, and how many there are without limit", low=1, high=10_000)
    rate: float = option(0.0, "requests a second that a client may make in the long run; 0 for no limit", low=0.0)
    burst: int = option(10, "requests that a client may make at once", low=1)
    failures: float = option(0.0, "share of attempts that are answered with 500 or 503", low=0.0, high=1.0)
    damaged: float = option(0.0, "share of attempts whose JSON breaks off", low=0.0, high=1.0)
    in_a_row: int = option(2, "most faults of one request before it is answered", low=1)
    token: str = option("", "what a client must send as bearer token; empty for nothing")
    schema: str = option("v1", "version of the schema at the beginning, v1 or v2")
    change_after: int = option(0, "pages after which the schema is v2; 0 for never", low=0)
    seed: int = option(0, "what goes wrong follows from it", low=0)

    def __post_init__(self) -> None:
        """Refuse what is no API.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        super().__post_init__()
        if self.schema not in {"v1", "v2"}:
            message = f"schema must be 'v1' or 'v2', not {self.schema!r}"
            raise ScenarioError(message)
        if self.failures + self.damaged > 1:
            message = f"failures and damaged must not exceed 1 together, as {self.failures} and {self.damaged} do"
            raise ScenarioError(message)
