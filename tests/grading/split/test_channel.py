"""Whole messages or a clear end: late, half, huge and hostile ones included."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time

import pytest

from curriculum.grading.split._channel import Channel, ChannelError, Late, pair


@pytest.fixture
def ends():
    ours, theirs = pair(most=1 << 24)
    other = Channel(theirs, 1 << 24)
    yield ours, other
    ours.close()
    other.close()


MESSAGES = [None, True, -1, 2**63, 0.5, "Grüße", b"\x00\xff", [], [1, [2]], {"a": {1: b"x"}}, "x" * 70_000]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(ends, message):
    ours, theirs = ends
    ours.send(message)
    assert theirs.receive(5) == message


def test_messages_keep_their_order_and_their_borders(ends):
    ours, theirs = ends
    for number in range(100):
        ours.send({"n": number})
    assert [theirs.receive(5)["n"] for _ in range(100)] == list(range(100))


def test_a_large_message_crosses_while_the_other_side_reads(ends):
    ours, theirs = ends
    data = os.urandom(3 << 20)
    sender = threading.Thread(target=ours.send, args=(data,))
    sender.start()
    assert theirs.receive(30) == data
    sender.join()


def test_nothing_in_time_is_late_and_the_channel_still_works(ends):
    ours, theirs = ends
    with pytest.raises(Late):
        theirs.receive(0.01)
    ours.send("later")
    assert theirs.receive(5) == "later"


@pytest.mark.parametrize("part", [b"", b"\x00\x00", struct.pack("!I", 10), struct.pack("!I", 10) + b"half"])
def test_half_a_message_is_late_while_there_is_hope_and_the_end_after(ends, part):
    ours, theirs = ends
    theirs.sock.sendall(part)
    with pytest.raises(Late):
        ours.receive(0.01)
    theirs.close()
    with pytest.raises(ChannelError, match="gone"):
        ours.receive(5)


def test_a_trickle_does_not_move_the_deadline(ends):
    ours, theirs = ends
    stop = threading.Event()

    def trickle():
        theirs.sock.sendall(struct.pack("!I", 1 << 20))
        while not stop.wait(0.01):
            theirs.sock.sendall(b"x")

    sender = threading.Thread(target=trickle)
    sender.start()
    start = time.monotonic()
    with pytest.raises(Late):
        ours.receive(0.2)
    stop.set()
    sender.join()
    assert time.monotonic() - start < 5


def test_what_is_announced_too_large_is_refused_unread(ends):
    ours, theirs = ends
    theirs.sock.sendall(struct.pack("!I", (1 << 24) + 1))
    with pytest.raises(ChannelError, match="may cross"):
        ours.receive(5)


def test_what_is_too_large_is_not_sent(ends):
    ours, theirs = ends
    with pytest.raises(ChannelError, match="may cross"):
        ours.send(b"x" * (1 << 24))
    ours.send("small")
    assert theirs.receive(5) == "small"


@pytest.mark.parametrize(
    "body", [b"\xc1", b"\x92\x01", b"\x01\x01", b"\xdd\xff\xff\xff\xff", b"\xd9\x01\xff", b"\x91" * 5000]
)
def test_what_is_no_message_is_refused(ends, body):
    ours, theirs = ends
    theirs.sock.sendall(struct.pack("!I", len(body)) + body)
    with pytest.raises(ChannelError, match="no message"):
        ours.receive(5)


def test_whoever_does_not_read_makes_the_sender_late(ends):
    ours, _ = ends
    with pytest.raises(Late):
        ours.send(b"x" * (1 << 23), seconds=0.05)


def test_sending_to_nobody_says_so(ends):
    ours, theirs = ends
    theirs.close()
    with pytest.raises(ChannelError, match="gone"):
        ours.send(b"x" * (1 << 23))


def test_file_descriptors_travel_with_a_message(ends):
    ours, theirs = ends
    left, right = socket.socketpair()
    with left, right:
        ours.send({"take": "this"}, fds=(right.fileno(),))
        message, fds = theirs.receive_with_fds(1, 5)
        assert message == {"take": "this"}
        with socket.socket(fileno=fds[0]) as received:
            left.sendall(b"through")
            assert received.recv(10) == b"through"


def test_a_message_without_descriptors_brings_none(ends):
    ours, theirs = ends
    ours.send("plain")
    assert theirs.receive_with_fds(1, 5) == ("plain", [])
