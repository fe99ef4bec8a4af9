"""Messages that the learner's half of the runner never sends: the learner's code has its socket, and writes at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.arena import PATIENT, SHORT, TRACE
from hostile.lesson import WRONG, Attack

if TYPE_CHECKING:
    from hostile.arena import Arena

# The owner's socket and its words, in the learner's own process.
_FOUND = f"""
import gc, os, pickle, socket, struct, threading, time
import msgpack
from curriculum.grading import wire
owner = next(one for one in gc.get_objects() if type(one).__name__ == "Owner")
Owner = type(owner)
channel = owner.channel
sock = channel.sock

def data(value):
    return wire.encode(value, owner.refer)

def raw(body):
    sock.sendall(struct.pack("!I", len(body)) + body)

class Bomb:
    def __reduce__(self):
        return (os.mkdir, ("/tmp/{TRACE}-bomb",))
"""
# What the function does in the middle of the examiner's call; the examiner waits for an answer.
_ANSWERS = {
    "no message at all": r'raw(b"\xc1" * 10)',
    "a length that is none": r'sock.sendall(b"\xff\xff\xff\xff")',
    "an empty message": 'raw(b"")',
    "a number": "channel.send(5)",
    "a list": 'channel.send([{"value": data(49)}])',
    "a map with numbers for names": "channel.send({1: 2, None: 3})",
    "a value that is a number": 'channel.send({"value": 5})',
    "a value that is text": 'channel.send({"value": "x" * 100})',
    "an error that is a number": 'channel.send({"error": 5})',
    "an error about nothing": 'channel.send({"error": data([1, 2, 3])})',
    "warnings that are none": 'channel.send({"warned": 3, "value": data(49)})',
    "warnings of three parts": 'channel.send({"warned": [["a", "b", "c"]], "value": data(49)})',
    "a hundred thousand warnings": 'channel.send({"warned": [["UserWarning", "x"]] * 100_000, "value": data(50)})',
    "changes that are none": 'channel.send({"changed": 7, "value": data(49)})',
    "changes of nothing": 'channel.send({"changed": {"0": 1}, "value": data(49)})',
    "output that is a number": 'channel.send({"out": 5, "value": data(50)})',
    "megabytes of output": 'channel.send({"out": "x" * 7_000_000, "value": data(50)})',
    "a pickle": 'channel.send({"value": pickle.dumps(Bomb())})',
    "a pickle for an error": 'channel.send({"error": pickle.dumps(Bomb())})',
    "a map in a value": r'channel.send({"value": b"\x01\x01\x00\x00\x00\x80"})',
    "an extension": 'channel.send({"value": msgpack.ExtType(4, pickle.dumps(Bomb()))})',
    "very deep lists": r'raw(b"\x91" * 1_000_000 + b"\xc0")',
    "very deep data": (
        r'channel.send({"value": b"\x01" + struct.pack("<I", 400_000) + b"\x92\x0a" * 199_999 + b"\x0a\x0a"})'
    ),
    "millions of empty lists": r'raw(b"\xdd" + struct.pack("!I", 1_000_000) + b"\x90" * 1_000_000)',
    "millions of empty lists in a value": (
        r'channel.send({"value": b"\x01" + struct.pack("<I", 2_000_006) + b"\xdd" + struct.pack("!I", 1_000_001)'
        r' + b"\x0a" + b"\x91\x0a" * 1_000_000})'
    ),
    "an array of more items than there are": r'raw(b"\x81\xa5value\xdd\xff\xff\xff\xff")',
    "a stand-in for no object": 'channel.send({"value": wire.encode(twice, lambda value: 10**9)})',
    "a stand-in for all": 'channel.send({"value": wire.encode(object(), lambda value: 0)})',
    "a call of no function": 'channel.send({"callback": 10**6, "data": data([(1,), {}])})',
    "a call of the last function": 'channel.send({"callback": -1, "data": data([(1,), {}])})',
    "a call of a name": 'channel.send({"callback": "exit", "data": data([(1,), {}])})',
    "a call with nothing": 'channel.send({"callback": 0, "data": data(None)})',
    "a call with a pickle": 'channel.send({"callback": 0, "data": pickle.dumps(Bomb())})',
    "everything at once": (
        'channel.send({"value": data(49), "error": data(1), "values": {"np": data(1)}, "callback": 0})'
    ),
    "descriptors with it": 'socket.send_fds(sock, [b"\\0\\0"], [0, 1, 2])',
    "answers to what was not asked": (
        "for _ in range(500):\n        channel.send({'value': data(1), 'values': {}, 'taken': True})"
    ),
    "text for every descriptor": r"""for fd in range(64):
        try:
            os.write(fd, b"\x00\x00\x00\x05hello" * 10)
        except OSError:
            pass""",
    "the socket closed": "os.close(sock.fileno())",
    "an end of sending": "sock.shutdown(socket.SHUT_RDWR)",
}


@pytest.mark.parametrize("what", _ANSWERS)
def test_the_call_is_answered_with(arena: Arena, what: str) -> None:
    answer = f"{_FOUND}\ndef twice(function, value):\n    {_ANSWERS[what]}\n    return value"
    arena.fight(Attack(what, {"twice": answer}))


_SLOW = {
    "half a message": r'sock.sendall(b"\x00\x00\x01\x00half"); time.sleep(100)',
    "a byte at a time": (
        r'sock.sendall(b"\x00\x00\xff\x00"); [(sock.sendall(b"x"), time.sleep(0.2)) for _ in range(1000)]'
    ),
    "nothing": "time.sleep(100)",
    "calls without an end": """while True:
        channel.send({"callback": 0, "data": data([(1,), {}])})
        channel.receive(1)""",
    "calls without reading": 'while True:\n        channel.send({"callback": 0, "data": data([(1,), {}])})',
}


@pytest.mark.parametrize("what", _SLOW)
def test_the_call_is_answered_late_with(arena: Arena, what: str) -> None:
    answer = f"{_FOUND}\ndef twice(function, value):\n    {_SLOW[what]}\n    return value"
    arena.fight(Attack(what, {"twice": answer}), SHORT)


# What the server of the learner's process is made to say to everything after the first cell.
_SERVER = f"""{_FOUND}
send = type(channel).send

def forged(self, message, **rest):
    return send(self, forge(message), **rest)

type(channel).send = forged
"""
_FORGERIES = {
    "more names than asked for": """
class Yes:
    def __getattr__(self, name):
        return Yes()
    def __call__(self, *args, **kwargs):
        return Yes()
    def __iter__(self):
        return iter(())
names = ["check", "np", "pd", "math", "abs", "all", "isinstance", "type", "hasattr", "sorted", "sum", "set", "len"]
def forge(message):
    if "values" in message:
        message["values"] = dict(message["values"]) | {name: data(Yes()) for name in names}
    return message
""",
    "numbers for all names": """
def forge(message):
    return message | {"values": dict.fromkeys(message["values"], 5)} if "values" in message else message
""",
    "names that are none": 'forge = lambda message: message | {"values": 5} if "values" in message else message',
    "an error for every cell": 'forge = lambda message: {"error": 5}',
    "that every cell went well": 'forge = lambda message: {"out": ""}',
    "that all is true": (
        'forge = lambda message: {"values": dict.fromkeys(("total", "spread"), data(True)), "value": data(True)}'
    ),
    "nothing": "forge = lambda message: {}",
    "that it is the examiner": """
forge = lambda message: {
    "result": {"cell": "total-ours", "points": 99.0, "outcome": "passed"}, "done": True, "stopped": {}, "outputs": {},
}
""",
    "what it says, twice": """
def forge(message):
    send(channel, message)
    return message
""",
}


@pytest.mark.parametrize("what", _FORGERIES)
def test_the_server_says(arena: Arena, what: str) -> None:
    arena.fight(Attack(what, WRONG, first=(_FORGERIES[what] + _SERVER,)))


def test_an_error_names_a_file(arena: Arena) -> None:
    # A frame of a traceback says where its line is to be read: the examiner must read none of the learner's choosing.
    forged = """
import ipykernel
def encode_error(error):
    frame = [ipykernel.__path__[0] + "/../numpy/__init__.py", 2, "f", ""]
    return wire.encode([["builtins.ValueError", "builtins.Exception"], "x", [frame, frame], 0, [], []], None)
import curriculum.grading.split._owner as half
half.wire = type("wire", (), {"encode": staticmethod(wire.encode), "encode_error": staticmethod(encode_error)})
"""
    answer = f"{_FOUND}{forged}\ndef twice(function, value):\n    raise ValueError(1)"
    result = arena.fight(Attack("a file's name", {"twice": answer}))
    said = [check.detail for exercise in result.exercises for check in exercise.checks if exercise.exercise == "twice"]
    assert said[0].count("ValueError") == 1
    assert "NumPy" not in said[0]


def test_errors_that_are_hard_to_rebuild(arena: Arena) -> None:
    answers = {
        "spread": "def spread(values):\n    raise ExceptionGroup('x', [ValueError(1)])",
        "zscores": "class Odd(UnicodeDecodeError):\n    def __init__(self):\n        pass\n    __str__ = None\n"
        "def zscores(values):\n    raise Odd",
        "tidy": "Odd = type('e' * 100_000 + '\\u202e', (KeyError, OSError), {})\ndef tidy(frame):\n    raise Odd",
        "total": "total = 4217\nraise BaseExceptionGroup('x', [KeyboardInterrupt()])",
        "ordered": "def ordered(values):\n    error = ValueError([1])\n    error.args[0].append(error)\n"
        "    raise error",
        "twice": "def twice(function, value):\n    raise type('LearnerGone', (BaseException,), {'outcome': 'passed'})",
    }
    # What is defined before its cell raises is there.
    arena.fight(Attack("errors", answers, points={"total": 2}))


def test_a_thread_writes_beside_the_answers(arena: Arena) -> None:
    answer = f"""{_FOUND}
def write():
    while True:
        sock.sendall(b"\\x00\\x00\\x00\\x01\\xc0")
def twice(function, value):
    threading.Thread(target=write, daemon=True).start()
    time.sleep(0.05)
    return function(function(value))
"""
    arena.fight(Attack("a thread that writes", {"twice": answer}), PATIENT)


def test_right_answers_sent_ahead_count_for_nothing(arena: Arena) -> None:
    # The learner's process knows no right answer, so what it says before it is asked is what it would say then.
    sent = "for guess in (49, 7, 3, 106):\n    channel.send({'value': data(guess), 'values': {}})"
    answer = f"{_FOUND}\n{sent}\n{WRONG['twice']}"
    arena.fight(Attack("ahead", {"twice": answer}))


def test_containers_without_a_bottom(arena: Arena) -> None:
    answers = {
        "ordered": "def ordered(values):\n    found = []\n    found.append(found)\n    return found",
        "total": "total = {}\ntotal['total'] = total",
        "zscores": "def zscores(values):\n    found = []\n    for _ in range(100_000):\n        found = [found]\n"
        "    return found",
        "tidy": "def tidy(frame):\n    return [[[frame] * 1000] * 1000] * 1000",
    }
    arena.fight(Attack("containers", answers), SHORT)


def test_containers_of_millions(arena: Arena) -> None:
    answers = {
        "ordered": "def ordered(values):\n    return list(range(10_000_000))",
        "zscores": "def zscores(values):\n    return np.zeros(30_000_000)",
        "total": "total = 'x' * 20_000_000",
        "tidy": "def tidy(frame):\n    return pd.DataFrame(np.zeros((10, 100_000)))",
    }
    arena.fight(Attack("millions", answers))


def test_numbers_of_a_million_digits(arena: Arena) -> None:
    answers = {"total": "total = 1 << 4_000_000", "ordered": "def ordered(values):\n    return [1 << 900_000] * 3"}
    arena.fight(Attack("long numbers", answers))
