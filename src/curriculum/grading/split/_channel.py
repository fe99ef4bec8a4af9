"""Whole messages over a socket, with a deadline: what the other side sends may be hostile, late or half."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import msgpack

_HEAD = struct.Struct("!I")
_CHUNK = 1 << 20


class ChannelError(Exception):
    """The other side is gone, or does not keep to the protocol."""


class Late(ChannelError):  # noqa: N818 - what it means to whoever catches it
    """The other side did not answer in time."""


class Channel:
    """One end of a stream socket that carries messages of msgpack's types.

    Args:
        sock: a connected stream socket; the channel owns it from now on.
        most: the largest message that is taken, in bytes.
        items: the most that one list or mapping in it may hold.
    """

    def __init__(self, sock: socket.socket, most: int = 1 << 28, items: int = 1 << 20) -> None:
        self.sock = sock
        self.most = most
        self.items = items

    def fileno(self) -> int:
        """The socket's file descriptor."""
        return self.sock.fileno()

    def send(self, message: Any, *, fds: tuple[int, ...] = (), seconds: float | None = None) -> None:
        """Send one message; file descriptors travel with it.

        Raises:
            ChannelError: the other side is gone, or does not read in time.
        """
        body = msgpack.packb(message, use_bin_type=True)
        if len(body) > self.most:
            text = f"a message of {len(body):,} bytes is larger than the {self.most:,} that may cross"
            raise ChannelError(text)
        try:
            self.sock.settimeout(seconds)
            head = _HEAD.pack(len(body))
            if fds:
                socket.send_fds(self.sock, [head], list(fds))
                self.sock.sendall(body)
            elif len(body) < _CHUNK:
                self.sock.sendall(head + body)
            else:
                self.sock.sendall(head)
                self.sock.sendall(body)
        except TimeoutError:
            text = "the other side does not read what it is sent"
            raise Late(text) from None
        except OSError as error:
            text = f"the other side is gone ({error.strerror or error})"
            raise ChannelError(text) from None

    def receive(self, seconds: float | None = None) -> Any:
        """The next message.

        Raises:
            Late: no whole message came within ``seconds``.
            ChannelError: the other side is gone or sent something that is no message.
        """
        return self._unpack(self._body(seconds, None))

    def receive_with_fds(self, count: int, seconds: float | None = None) -> tuple[Any, list[int]]:
        """The next message and up to ``count`` file descriptors that came with it."""
        fds: list[int] = []
        body = self._body(seconds, (count, fds))
        return self._unpack(body), fds

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def _body(self, seconds: float | None, wanted: tuple[int, list[int]] | None) -> bytearray:
        deadline = None if seconds is None else time.monotonic() + seconds
        head = self._exactly(_HEAD.size, deadline, wanted)
        size = _HEAD.unpack(head)[0]
        if size > self.most:
            text = f"a message of {size:,} bytes was announced, more than the {self.most:,} that may cross"
            raise ChannelError(text)
        return self._exactly(size, deadline, None)

    def _exactly(self, size: int, deadline: float | None, wanted: tuple[int, list[int]] | None) -> bytearray:
        # The buffer grows with what has come, not with what was announced.
        data = bytearray()
        while len(data) < size:
            part = self._part(min(size - len(data), _CHUNK), deadline, wanted)
            if not part:
                text = "the other side is gone"
                raise ChannelError(text)
            data += part
        return data

    def _part(self, most: int, deadline: float | None, wanted: tuple[int, list[int]] | None) -> bytes:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise Late("no answer in time")
        try:
            self.sock.settimeout(left)
            if wanted is None:
                return self.sock.recv(most)
            count, found = wanted
            part, fds, _, _ = socket.recv_fds(self.sock, most, count)
        except TimeoutError:
            raise Late("no answer in time") from None
        except OSError as error:
            text = f"the other side is gone ({error.strerror or error})"
            raise ChannelError(text) from None
        found += fds
        return part

    def _unpack(self, body: bytearray) -> Any:
        limits = {"max_array_len": self.items, "max_map_len": self.items}
        try:
            return msgpack.unpackb(body, raw=False, strict_map_key=False, **limits)
        except Exception:  # noqa: BLE001 - msgpack raises many kinds, MemoryError among them
            text = "what came is no message"
            raise ChannelError(text) from None


def pair(most: int = 1 << 28) -> tuple[Channel, socket.socket]:
    """A new channel, and the socket for its other end."""
    ours, theirs = socket.socketpair()
    return Channel(ours, most), theirs
