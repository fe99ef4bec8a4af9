"""How often a client may ask: a token bucket for each."""

from __future__ import annotations

import math

# Times are sums of floats: whoever waits exactly as long as told must find the token there.
_TOLERANCE = 1e-6


class TokenBucket:
    """A bucket of ``burst`` tokens that fills up by ``rate`` a second; each request takes one."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = float(burst)
        self._filled_at = -math.inf

    def take(self, now: float) -> int:
        """Take a token.

        Returns:
            0, or if there is none the whole seconds until there is one.
        """
        if math.isfinite(self._filled_at):
            self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens >= 1 - _TOLERANCE:
            self._tokens = max(self._tokens - 1, 0.0)
            return 0
        return max(1, _whole_seconds((1 - self._tokens) / self.rate))

    @property
    def headers(self) -> dict[str, str]:
        """What a client is told of its bucket: its size, the tokens left, and the seconds until it is full."""
        return {
            "X-RateLimit-Limit": str(self.burst),
            "X-RateLimit-Remaining": str(int(self._tokens + _TOLERANCE)),
            "X-RateLimit-Reset": str(_whole_seconds((self.burst - self._tokens) / self.rate)),
        }


class Limits:
    """A bucket for each client, or none at all where the rate is 0."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, client: str, now: float) -> tuple[int, dict[str, str]]:
        """Take a token of the client's; gives the seconds to wait (0: go ahead) and the headers that say so."""
        if self._rate == 0:
            return 0, {}
        bucket = self._buckets.setdefault(client, TokenBucket(self._rate, self._burst))
        wait = bucket.take(now)
        return wait, bucket.headers | ({"Retry-After": str(wait)} if wait else {})


def _whole_seconds(seconds: float) -> int:
    return math.ceil(seconds - _TOLERANCE)
