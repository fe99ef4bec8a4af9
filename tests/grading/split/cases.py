# ruff: noqa: E501 - cells, each on its line
"""Small exercises whose right answer passes where all cells share one process: what do their checks see across two?

``OTHERWISE`` is the whole list of what is known to differ.
"""

from __future__ import annotations

SETUP = """
import asyncio, contextlib, dataclasses, datetime as dt, enum, functools, io, math, types, warnings
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
import matplotlib.pyplot as plt
from curriculum import check

class Shape:
    def __init__(self, name="shape"):
        self.name = name
    def area(self):
        raise NotImplementedError
    def describe(self):
        return f"{self.name} of {self.area()}"

class TooSmall(ValueError):
    pass

Reading = namedtuple("Reading", "place value")

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

@dataclasses.dataclass(frozen=True)
class Order:
    number: int
    total: float

def twice(x):
    return 2 * x

X_ROWS = np.random.default_rng(1).normal(size=(80, 3))
Y_ROWS = (X_ROWS[:, 0] + 0.5 * X_ROWS[:, 1] > 0).astype(int)
SALES = pd.DataFrame({"shop": list("ABAB"), "sales": [1.0, 2.0, 3.0, 4.0]})
"""

# name: (answer, check)
CASES: dict[str, tuple[str, str]] = {
    # --- identity, and changes in place ---
    "same-list-back": (
        "def same_list(xs):\n    xs.append(1)\n    return xs",
        "xs = [0]\nassert same_list(xs) == [0, 1]\nassert xs == [0, 1]",
    ),
    "returns-argument-itself": (
        "def itself(xs):\n    return xs",
        "given = [1, 2]\nassert itself(given) is given",
    ),
    "returns-copy": (
        "def copied(xs):\n    return list(xs)",
        "given = [1, 2]\nassert copied(given) == given and copied(given) is not given",
    ),
    "same-object-twice": (
        "class Box_1:\n    pass\nbox_one = Box_1()\ndef same_box():\n    return box_one",
        "assert same_box() is same_box()\nassert same_box() == box_one",
    ),
    "attribute-identity": (
        "class Holder:\n    def __init__(self, inner):\n        self.inner = inner\nholder_inner = Holder(None)\nholder = Holder(holder_inner)",
        "assert holder.inner is holder_inner",
    ),
    "nested-list-changed": (
        "def fill_rows(rows):\n    for row in rows:\n        row.append(0)",
        "rows = [[1], [2]]\nfill_rows(rows)\nassert rows == [[1, 0], [2, 0]]",
    ),
    "nested-list-alias": (
        "def fill_first(rows):\n    rows[0].append(0)",
        "first = [1]\nrows = [first, [2]]\nfill_first(rows)\nassert first == [1, 0]",
    ),
    "array-in-dict-changed": (
        "def zero_weights(model):\n    model['w'][:] = 0",
        "w = np.ones(3)\nzero_weights({'w': w})\nassert not w.any()",
    ),
    "list-in-tuple-changed": (
        "def push_pair(pair):\n    pair[0].append(pair[1])",
        "target = []\npush_pair((target, 5))\nassert target == [5]",
    ),
    "array-view-changed": (
        "def double_part(part):\n    part *= 2",
        "whole = np.ones(6)\ndouble_part(whole[2:4])\nassert whole.tolist() == [1, 1, 2, 2, 1, 1]",
    ),
    "array-transposed-view": (
        "def set_corner(a):\n    a[0, 1] = 9",
        "grid = np.zeros((2, 3))\nset_corner(grid.T)\nassert grid[1, 0] == 9",
    ),
    "two-arguments-one-object": (
        "def share(a, b):\n    a.append(1)\n    return b",
        "same = []\nassert share(same, same) == [1]",
    ),
    "two-arguments-one-object-last-wins": (
        "def share_two(a, b):\n    a.append(1)",
        "same = []\nshare_two(same, same)\nassert same == [1]",
    ),
    "keyword-argument-changed": (
        "def note(*, log):\n    log.append('x')",
        "log = []\nnote(log=log)\nassert log == ['x']",
    ),
    "numeric-keyword-place": (
        "def spread(first, **rest):\n    rest['items'].append(first)",
        "items = []\nspread(1, items=items)\nassert items == [1]",
    ),
    "defaultdict-changed": (
        "def count_in(words, counts):\n    for w in words:\n        counts[w] += 1",
        "counts = defaultdict(int)\ncount_in(['a', 'b', 'a'], counts)\nassert counts == {'a': 2, 'b': 1}\ncounts['z'] += 1\nassert counts['z'] == 1",
    ),
    "dict-order": (
        "def reorder(d):\n    value = d.pop('a')\n    d['a'] = value",
        "given = {'a': 1, 'b': 2}\nreorder(given)\nassert list(given) == ['b', 'a']",
    ),
    "dict-order-returned": ("by_size = {'z': 1, 'a': 2, 'm': 3}", "assert list(by_size) == ['z', 'a', 'm']"),
    "set-changed": ("def put(s):\n    s.add(3)", "s = {1}\nput(s)\nassert s == {1, 3}"),
    "frame-changed-in-place": (
        "def add_tax(frame):\n    frame['tax'] = frame['sales'] * 0.1",
        "mine = SALES.copy()\nadd_tax(mine)\nassert mine.columns.tolist() == ['shop', 'sales', 'tax']\nassert 'tax' not in SALES.columns",
    ),
    "frame-dropped-in-place": (
        "def drop_shop(frame):\n    frame.drop(columns='shop', inplace=True)\n    frame.sort_values('sales', ascending=False, inplace=True)",
        "mine = SALES.copy()\ndrop_shop(mine)\nassert mine.index.tolist() == [3, 2, 1, 0] and list(mine.columns) == ['sales']",
    ),
    "series-changed-in-place": (
        "def cap(series):\n    series[series > 2] = 2",
        "s = pd.Series([1, 2, 3, 4])\ncap(s)\nassert s.tolist() == [1, 2, 2, 2]",
    ),
    "unchanged-holds": (
        "def total_of(frame):\n    return float(frame['sales'].sum())",
        "with check.unchanged(sales=SALES):\n    got = total_of(SALES)\ncheck.close(got, 10.0)",
    ),
    "object-of-teacher-changed": (
        "def rename(shape):\n    shape.name = 'new'",
        "s = Shape('old')\nrename(s)\nassert s.name == 'new'",
    ),
    "object-of-teacher-returned": (
        "def renamed(shape):\n    shape.name = 'new'\n    return shape",
        "s = Shape('old')\nassert renamed(s) is s and type(renamed(s)) is Shape and s.name == 'new'",
    ),
    "object-of-teacher-in-list": (
        "def rename_all(shapes):\n    for s in shapes:\n        s.name += '!'",
        "one = Shape('a')\nboth = [one, Shape('b')]\nrename_all(both)\nassert one.name == 'a!' and both[0] is one and both[1].name == 'b!'",
    ),
    "bytearray-changed": ("def flip(b):\n    b[0] = 255", "b = bytearray(b'ab')\nflip(b)\nassert b[0] == 255"),
    "deque-changed": (
        "def rotate_it(d):\n    d.rotate(1)",
        "d = deque([1, 2, 3], maxlen=3)\nrotate_it(d)\nassert list(d) == [3, 1, 2] and d.maxlen == 3",
    ),
    # --- functions ---
    "default-argument": (
        "def power(x, p=2):\n    return x ** p",
        "assert power(3) == 9 and power(3, p=3) == 27\ncheck.function(power, 'x')\nassert power.__name__ == 'power'",
    ),
    "mutable-default": (
        "def remember(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
        "assert remember(1) == 1 and remember(2) == 2",
    ),
    "mutable-default-inspected": (
        "def safe(x, seen=None):\n    seen = [] if seen is None else seen\n    seen.append(x)\n    return seen",
        "assert safe(1) == [1] and safe(2) == [2]\nassert safe.__defaults__ == (None,)",
    ),
    "signature-default": (
        "def draw(n, seed=0, *, scale=1.0):\n    return n",
        "import inspect\nassert inspect.signature(draw).parameters['seed'].default == 0\nassert inspect.signature(draw).parameters['scale'].default == 1.0",
    ),
    "docstring": ("def documented():\n    '''Says so.'''", "assert documented.__doc__ == 'Says so.'"),
    "annotations": (
        "def typed(x: int) -> float:\n    return float(x)",
        "assert typed.__annotations__ == {'x': int, 'return': float}",
    ),
    "function-source": (
        "def looped(n):\n    return sum(range(n))",
        "import inspect\nassert 'for' not in inspect.getsource(looped)",
    ),
    "function-code-names": ("def uses_len(x):\n    return len(x)", "assert 'len' in uses_len.__code__.co_names"),
    "closure": (
        "def make_counter():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n    return count",
        "one, two = make_counter(), make_counter()\nassert [one(), one(), two()] == [1, 2, 1]",
    ),
    "decorator": (
        "def logged(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        inner.calls += 1\n        return f(*a, **k)\n    inner.calls = 0\n    return inner",
        "@logged\ndef plus(a, b=1):\n    'Adds.'\n    return a + b\nassert plus(1) == 2 and plus(1, b=4) == 5\nassert plus.calls == 2\nassert plus.__name__ == 'plus' and plus.__doc__ == 'Adds.'",
    ),
    "decorator-with-arguments": (
        "def repeat(n):\n    def wrap(f):\n        def inner(*a):\n            return [f(*a) for _ in range(n)]\n        return inner\n    return wrap",
        "calls = []\n@repeat(3)\ndef hello(x):\n    calls.append(x)\n    return x\nassert hello('a') == ['a'] * 3 and calls == ['a'] * 3",
    ),
    "retry-decorator": (
        "def retry(times):\n    def wrap(f):\n        @functools.wraps(f)\n        def inner(*a, **k):\n            for attempt in range(times):\n                try:\n                    return f(*a, **k)\n                except ValueError:\n                    if attempt == times - 1:\n                        raise\n        return inner\n    return wrap",
        "seen = []\n@retry(3)\ndef flaky():\n    seen.append(1)\n    if len(seen) < 3:\n        raise ValueError('again')\n    return 'done'\nassert flaky() == 'done' and len(seen) == 3",
    ),
    "retry-custom-error": (
        "def retry_on(f, kind, times):\n    for attempt in range(times):\n        try:\n            return f()\n        except kind:\n            if attempt == times - 1:\n                raise",
        "seen = []\ndef flaky():\n    seen.append(1)\n    if len(seen) < 3:\n        raise TooSmall('again')\n    return 'done'\nassert retry_on(flaky, TooSmall, 3) == 'done'\nwith pytest.raises(TooSmall):\n    seen = [-9] * 0\n    retry_on(flaky, TooSmall, 1)",
    ),
    "callback-raises-through": (
        "def apply_all(f, xs):\n    return [f(x) for x in xs]",
        "def bad(x):\n    raise KeyError('nope')\nwith pytest.raises(KeyError, match='nope'):\n    apply_all(bad, [1])",
    ),
    "recursion": ("def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)", "assert fact(30) == math.factorial(30)"),
    "recursion-error": (
        "def forever(n):\n    return forever(n + 1)",
        "with pytest.raises(RecursionError):\n    forever(0)",
    ),
    "mutual-callback": (
        "def evolve(f, n):\n    return n if n <= 0 else f(evolve, n - 1)",
        "def step(g, n):\n    return g(step, n - 1)\nassert evolve(step, 6) == 0",
    ),
    "global-counter": (
        "calls_so_far = 0\ndef counted():\n    global calls_so_far\n    calls_so_far += 1\n    return calls_so_far",
        "assert counted() == 1 and counted() == 2",
    ),
    "global-counter-read": (
        "seen_calls = 0\ndef counted_too():\n    global seen_calls\n    seen_calls += 1",
        "counted_too()\nassert seen_calls == 1",
    ),
    "global-list-read": (
        "event_log = []\ndef record_event(x):\n    event_log.append(x)",
        "record_event('a')\nassert event_log == ['a']",
    ),
    "monkeypatched-global": (
        "RATE = 0.2\ndef with_tax(x):\n    return x * (1 + RATE)",
        "assert with_tax(100) == 120\nRATE = 0.5\nassert with_tax(100) == 150",
    ),
    "replaced-helper": (
        "def helper(x):\n    return x + 1\ndef uses_helper(x):\n    return helper(x)",
        "assert uses_helper(1) == 2\nreal = helper\nhelper = lambda x: 100\nassert uses_helper(1) == 100\nhelper = real",
    ),
    "uses-teachers-function": ("def four_times(x):\n    return twice(twice(x))", "assert four_times(2) == 8"),
    "lambda-answer": ("square = lambda x: x * x", "assert square(4) == 16\nassert list(map(square, [1, 2])) == [1, 4]"),
    "lambda-argument": ("def apply_to(f, x):\n    return f(x)", "assert apply_to(lambda v: v + 1, 1) == 2"),
    "partial-answer": (
        "base_two = functools.partial(int, base=2)",
        "assert base_two('101') == 5\nassert base_two.keywords == {'base': 2}",
    ),
    "partial-argument": ("def call_it(f):\n    return f(4)", "assert call_it(functools.partial(pow, 2)) == 16"),
    "partial-of-own-argument": (
        "def call_it_too(f):\n    return f(4)",
        "def mine(a, b):\n    return a - b\nassert call_it_too(functools.partial(mine, 10)) == 6",
    ),
    "builtin-argument": (
        "def reduce_by(f, xs):\n    return f(xs)",
        "assert reduce_by(max, [1, 3, 2]) == 3\nassert reduce_by(np.mean, [1, 2, 3]) == 2",
    ),
    "method-argument": (
        "def send_all(f, xs):\n    for x in xs:\n        f(x)",
        "got = []\nsend_all(got.append, [1, 2])\nassert got == [1, 2]",
    ),
    "print-as-argument": (
        "def tell(say, x):\n    say(x)",
        "out = io.StringIO()\ntell(lambda t: print(t, file=out), 'hi')\nassert out.getvalue() == 'hi\\n'",
    ),
    "function-in-container": (
        "table_of = {'add': lambda a, b: a + b, 'sub': lambda a, b: a - b}",
        "assert table_of['add'](1, 2) == 3 and sorted(table_of) == ['add', 'sub']",
    ),
    "sort-key": ("def by_last(word):\n    return word[-1]", "assert sorted(['ab', 'ba'], key=by_last) == ['ba', 'ab']"),
    "frame-apply": (
        "def plus_one_row(row):\n    return row['sales'] + 1",
        "assert SALES.apply(plus_one_row, axis=1).tolist() == [2, 3, 4, 5]",
    ),
    "groupby-apply": (
        "def spread_of(group):\n    return group.max() - group.min()",
        "assert SALES.groupby('shop')['sales'].agg(spread_of).tolist() == [2.0, 2.0]",
    ),
    "vectorize": (
        "def step_at(x):\n    return 1 if x > 0 else 0",
        "assert np.vectorize(step_at)(np.array([-1.0, 2.0])).tolist() == [0, 1]",
    ),
    "scipy-minimise": (
        "def loss_at(w):\n    return float((w[0] - 2) ** 2 + (w[1] + 1) ** 2)",
        "from scipy.optimize import minimize\nassert np.allclose(minimize(loss_at, [0.0, 0.0]).x, [2, -1], atol=1e-3)",
    ),
    "async-answer": (
        "async def fetch(x):\n    await asyncio.sleep(0)\n    return x + 1",
        "assert asyncio.run(fetch(1)) == 2",
    ),
    "async-gather": (
        "async def fetch_many(xs):\n    async def one(x):\n        return x * 2\n    return await asyncio.gather(*map(one, xs))",
        "assert asyncio.run(fetch_many([1, 2])) == [2, 4]",
    ),
    "lru-cache": (
        "@functools.cache\ndef slow(x):\n    return x",
        "slow(1), slow(1)\nassert slow.cache_info().hits == 1",
    ),
    "singledispatch": (
        "@functools.singledispatch\ndef kind_of(x):\n    return 'other'\n@kind_of.register\ndef _(x: int):\n    return 'int'",
        "assert kind_of(1) == 'int' and kind_of('a') == 'other'",
    ),
    "argument-count-error": ("def two_args(a, b):\n    return a", "with pytest.raises(TypeError):\n    two_args(1)"),
    "callable-check": (
        "def some_function():\n    pass",
        "assert callable(some_function) and isinstance(some_function, types.FunctionType)",
    ),
    "is-generator-function": (
        "def gen_three():\n    yield from range(3)",
        "import inspect\nassert inspect.isgeneratorfunction(gen_three)",
    ),
    # --- generators and iterators ---
    "generator": (
        "def evens(n):\n    for i in range(n):\n        yield 2 * i",
        "assert list(evens(3)) == [0, 2, 4]\nassert isinstance(evens(1), types.GeneratorType)",
    ),
    "generator-twice": (
        "def odds(n):\n    return (2 * i + 1 for i in range(n))",
        "g = odds(3)\nassert list(g) == [1, 3, 5] and list(g) == []",
    ),
    "generator-next": (
        "def walk():\n    yield 1\n    yield 2",
        "g = walk()\nassert next(g) == 1 and next(g) == 2 and next(g, None) is None",
    ),
    "generator-endless": (
        "def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "import itertools\nassert list(itertools.islice(naturals(), 3)) == [0, 1, 2]",
    ),
    "generator-lazy": (
        "def lazily(xs):\n    for x in xs:\n        yield x * 2",
        "taken = []\ndef source():\n    for i in range(5):\n        taken.append(i)\n        yield i\ng = lazily(source())\nassert next(g) == 0 and taken == [0]",
    ),
    "generator-passed-back": (
        "def numbers_up():\n    yield from (1, 2, 3)\ndef add_up(xs):\n    return sum(xs)",
        "assert add_up(numbers_up()) == 6\ng = numbers_up()\nnext(g)\nassert add_up(g) == 5",
    ),
    "generator-send": (
        "def averager():\n    total, n, avg = 0, 0, None\n    while True:\n        x = yield avg\n        total += x\n        n += 1\n        avg = total / n",
        "g = averager()\nnext(g)\nassert g.send(10) == 10 and g.send(20) == 15",
    ),
    "generator-close": (
        "closed_log = []\ndef closing():\n    try:\n        yield 1\n    finally:\n        closed_log.append('closed')",
        "g = closing()\nnext(g)\ng.close()\nassert list(g) == []",
    ),
    "generator-raises": (
        "def breaks():\n    yield 1\n    raise ValueError('later')",
        "g = breaks()\nassert next(g) == 1\nwith pytest.raises(ValueError, match='later'):\n    next(g)",
    ),
    "generator-return-value": (
        "def returns_value():\n    yield 1\n    return 7",
        "def outer():\n    result = yield from returns_value()\n    yield result\nassert list(outer()) == [1, 7]",
    ),
    "generator-argument-partly": (
        "def first_two(xs):\n    xs = iter(xs)\n    return [next(xs), next(xs)]",
        "g = (i for i in range(5))\nassert first_two(g) == [0, 1]\nassert next(g) == 2",
    ),
    "iterator-argument": (
        "def batches_of(xs, n):\n    xs = iter(xs)\n    while batch := [x for _, x in zip(range(n), xs)]:\n        yield batch",
        "assert list(batches_of(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]",
    ),
    "map-argument": (
        "def total_all(xs):\n    return sum(xs)",
        "assert total_all(map(abs, [-1, 2])) == 3\nassert total_all(zip()) == 0\nassert total_all(x for x in [1]) == 1",
    ),
    "iterable-class": (
        "class Countdown:\n    def __init__(self, n):\n        self.n = n\n    def __iter__(self):\n        return iter(range(self.n, 0, -1))",
        "assert list(Countdown(3)) == [3, 2, 1]\nassert sum(Countdown(3)) == 6",
    ),
    "iterator-class": (
        "class Upto:\n    def __init__(self, n):\n        self.i, self.n = 0, n\n    def __iter__(self):\n        return self\n    def __next__(self):\n        self.i += 1\n        if self.i > self.n:\n            raise StopIteration\n        return self.i",
        "assert list(Upto(3)) == [1, 2, 3]\nu = Upto(2)\nassert next(u) == 1 and next(u) == 2",
    ),
    "getitem-iteration": (
        "class Items:\n    def __getitem__(self, i):\n        if i > 2:\n            raise IndexError(i)\n        return i * 10\n    def __len__(self):\n        return 3",
        "assert list(Items()) == [0, 10, 20] and Items()[1] == 10 and len(Items()) == 3\nassert list(reversed(Items())) == [20, 10, 0]",
    ),
    "zip-of-answer": ("pairs_of = zip([1, 2], 'ab')", "assert list(pairs_of) == [(1, 'a'), (2, 'b')]"),
    "dict-views": (
        "keys_of = {'a': 1}.keys()",
        "assert list(keys_of) == ['a'] and 'a' in keys_of and set(keys_of) == {'a'}",
    ),
    "unpacking-object": (
        "class Pair_of:\n    def __iter__(self):\n        yield 1\n        yield 2",
        "a, b = Pair_of()\nassert (a, b) == (1, 2)\nassert [*Pair_of()] == [1, 2]",
    ),
    # --- context managers ---
    "context-manager": (
        "@contextlib.contextmanager\ndef noted(log):\n    log.append('in')\n    yield 5\n    log.append('out')",
        "log = []\nwith noted(log) as value:\n    log.append('body')\nassert value == 5 and log == ['in', 'body', 'out']",
    ),
    "context-manager-own-log": (
        "steps_seen = []\n@contextlib.contextmanager\ndef noted_own():\n    steps_seen.append('in')\n    yield steps_seen\n    steps_seen.append('out')",
        "with noted_own() as value:\n    pass\nassert value == ['in', 'out'] or value == ['in']",
    ),
    "context-manager-swallows": (
        "class Swallow:\n    def __enter__(self):\n        return self\n    def __exit__(self, kind, error, trace):\n        self.kind = kind\n        return kind is ValueError",
        "with Swallow() as s:\n    raise ValueError('gone')\nassert s.kind is ValueError",
    ),
    "context-manager-sees-error": (
        "seen_kinds = []\nclass Watch:\n    def __enter__(self):\n        return self\n    def __exit__(self, kind, error, trace):\n        self.text = str(error)\n        return False",
        "w = Watch()\nwith pytest.raises(KeyError):\n    with w:\n        raise KeyError('k')\nassert w.text == \"'k'\"",
    ),
    "contextlib-suppressing": (
        "@contextlib.contextmanager\ndef quiet_errors():\n    try:\n        yield\n    except ZeroDivisionError:\n        pass",
        "with quiet_errors():\n    1 / 0",
    ),
    "context-manager-cleanup-on-error": (
        "@contextlib.contextmanager\ndef cleaned(log):\n    try:\n        yield\n    finally:\n        log.append('cleaned')",
        "log = []\nwith pytest.raises(ValueError):\n    with cleaned(log):\n        raise ValueError\nassert log == ['cleaned']",
    ),
    "nullcontext-argument": (
        "def run_in(manager):\n    with manager as value:\n        return value",
        "assert run_in(contextlib.nullcontext(3)) == 3",
    ),
    # --- classes ---
    "class-properties": (
        "class Circle:\n    def __init__(self, r):\n        self._r = r\n    @property\n    def r(self):\n        return self._r\n    @r.setter\n    def r(self, value):\n        if value < 0:\n            raise ValueError('negative')\n        self._r = value\n    @property\n    def area(self):\n        return math.pi * self._r ** 2",
        "c = Circle(1)\nassert math.isclose(c.area, math.pi)\nc.r = 2\nassert c.r == 2\nwith pytest.raises(ValueError):\n    c.r = -1",
    ),
    "class-dunders": (
        "class Money:\n    def __init__(self, n):\n        self.n = n\n    def __add__(self, o):\n        return Money(self.n + o.n)\n    def __eq__(self, o):\n        return isinstance(o, Money) and self.n == o.n\n    def __lt__(self, o):\n        return self.n < o.n\n    def __hash__(self):\n        return hash(self.n)\n    def __repr__(self):\n        return f'Money({self.n})'\n    def __bool__(self):\n        return self.n != 0\n    def __neg__(self):\n        return Money(-self.n)\n    def __radd__(self, o):\n        return self if o == 0 else NotImplemented\n    def __mul__(self, k):\n        return Money(self.n * k)\n    __rmul__ = __mul__\n    def __abs__(self):\n        return Money(abs(self.n))\n    def __float__(self):\n        return float(self.n)",
        "assert Money(1) + Money(2) == Money(3)\nassert Money(1) < Money(2) and Money(2) > Money(1)\nassert repr(Money(3)) == 'Money(3)' and f'{Money(3)}' == 'Money(3)'\nassert not Money(0) and Money(1)\nassert sum([Money(1), Money(2)]) == Money(3)\nassert 2 * Money(2) == Money(4) == Money(2) * 2\nassert -Money(1) == Money(-1) and abs(Money(-1)) == Money(1)\nassert sorted([Money(2), Money(1)]) == [Money(1), Money(2)]\nassert float(Money(2)) == 2.0\nassert Money(1) != Money(2)\nassert max(Money(1), Money(5)) == Money(5)",
    ),
    "class-hash-contract": (
        "class Key:\n    def __init__(self, v):\n        self.v = v\n    def __eq__(self, o):\n        return self.v == o.v\n    def __hash__(self):\n        return hash(self.v)",
        "assert hash(Key(1)) == hash(Key(1))\nassert len({Key(1), Key(1), Key(2)}) == 2\nassert {Key(1): 'a'}[Key(1)] == 'a'",
    ),
    "class-eq-notimplemented": (
        "class Temp:\n    def __init__(self, v):\n        self.v = v\n    def __eq__(self, o):\n        if not isinstance(o, Temp):\n            return NotImplemented\n        return self.v == o.v",
        "assert Temp(1) != 1 and not (Temp(1) == 'x') and Temp(1) == Temp(1)\nassert 1 != Temp(1)",
    ),
    "class-add-typeerror": (
        "class Meter:\n    def __init__(self, v):\n        self.v = v\n    def __add__(self, o):\n        if not isinstance(o, Meter):\n            return NotImplemented\n        return Meter(self.v + o.v)",
        "assert (Meter(1) + Meter(2)).v == 3\nwith pytest.raises(TypeError):\n    Meter(1) + 1",
    ),
    "class-iadd": (
        "class Bag:\n    def __init__(self):\n        self.items = []\n    def __iadd__(self, x):\n        self.items.append(x)\n        return self\n    def __contains__(self, x):\n        return x in self.items\n    def __len__(self):\n        return len(self.items)",
        "b = Bag()\nold = b\nb += 1\nassert b is old\nassert 1 in b and 2 not in b and len(b) == 1",
    ),
    "class-divmod": (
        "class Num:\n    def __init__(self, v):\n        self.v = v\n    def __divmod__(self, o):\n        return divmod(self.v, o)\n    def __pow__(self, o, mod=None):\n        return pow(self.v, o, mod)\n    def __round__(self, n=None):\n        return round(self.v, n)\n    def __int__(self):\n        return int(self.v)\n    def __floor__(self):\n        return math.floor(self.v)",
        "assert divmod(Num(7), 2) == (3, 1)\nassert pow(Num(3), 2, 5) == 4\nassert round(Num(2.567), 1) == 2.6 and int(Num(2.5)) == 2\nassert math.floor(Num(2.5)) == 2",
    ),
    "class-matmul-getitem": (
        "class Vec:\n    def __init__(self, *v):\n        self.v = v\n    def __matmul__(self, o):\n        return sum(a * b for a, b in zip(self.v, o.v))\n    def __getitem__(self, k):\n        return Vec(*self.v[k]) if isinstance(k, slice) else self.v[k]\n    def __call__(self, i):\n        return self.v[i]",
        "assert Vec(1, 2) @ Vec(3, 4) == 11\nassert Vec(1, 2, 3)[1] == 2 and Vec(1, 2, 3)[1:].v == (2, 3)\nassert Vec(5)(0) == 5",
    ),
    "class-total-ordering": (
        "@functools.total_ordering\nclass Version:\n    def __init__(self, s):\n        self.t = tuple(map(int, s.split('.')))\n    def __eq__(self, o):\n        return self.t == o.t\n    def __lt__(self, o):\n        return self.t < o.t",
        "assert Version('1.10') > Version('1.9') and Version('1') <= Version('1')",
    ),
    "class-inherits-teacher": (
        "class Square(Shape):\n    def __init__(self, side):\n        super().__init__('square')\n        self.side = side\n    def area(self):\n        return self.side ** 2",
        "s = Square(2)\nassert isinstance(s, Shape) and issubclass(Square, Shape)\nassert s.describe() == 'square of 4'\nassert isinstance(s, Square)\ncheck.type(s, Shape)",
    ),
    "teacher-class-instance": (
        "built_shape = Shape('round')",
        "assert isinstance(built_shape, Shape) and built_shape.name == 'round'\nassert type(built_shape) is Shape",
    ),
    "teacher-namedtuple": (
        "reading_made = Reading('A', 3)",
        "assert reading_made == Reading('A', 3) and reading_made.place == 'A'\nassert isinstance(reading_made, Reading)",
    ),
    "teacher-enum": ("colour_chosen = Colour.RED", "assert colour_chosen is Colour.RED or colour_chosen == Colour.RED"),
    "teacher-enum-argument": (
        "def paint(c):\n    return c.name.lower() if isinstance(c, Colour) else None",
        "assert paint(Colour.BLUE) == 'blue'",
    ),
    "teacher-enum-returned-equal": (
        "def other_colour(c):\n    return Colour.BLUE if c is Colour.RED else Colour.RED",
        "assert other_colour(Colour.RED) == Colour.BLUE",
    ),
    "teacher-dataclass": (
        "def biggest_order(orders):\n    return max(orders, key=lambda o: o.total)",
        "assert biggest_order([Order(1, 2.0), Order(2, 3.0)]) == Order(2, 3.0)",
    ),
    "teacher-dataclass-attrs": (
        "def cheapest_order(orders):\n    return min(orders, key=lambda o: o.total)",
        "assert cheapest_order([Order(1, 2.0), Order(2, 3.0)]).number == 1",
    ),
    "own-dataclass": (
        "@dataclasses.dataclass\nclass Point:\n    x: int\n    y: int = 0",
        "assert Point(1) == Point(1, 0) and Point(1) != Point(2)\nassert repr(Point(1)) == 'Point(x=1, y=0)'\nassert dataclasses.is_dataclass(Point)\nassert dataclasses.asdict(Point(1)) == {'x': 1, 'y': 0}",
    ),
    "own-dataclass-fields": (
        "@dataclasses.dataclass\nclass Pnt:\n    x: int\n    y: int = 0",
        "assert [f.name for f in dataclasses.fields(Pnt)] == ['x', 'y']",
    ),
    "own-frozen-dataclass": (
        "@dataclasses.dataclass(frozen=True)\nclass Fixed:\n    x: int",
        "with pytest.raises(dataclasses.FrozenInstanceError):\n    Fixed(1).x = 2\nassert len({Fixed(1), Fixed(1)}) == 1",
    ),
    "own-enum": (
        "class Size(enum.Enum):\n    S = 1\n    L = 2",
        "assert Size.S.value == 1 and Size('S' and 2) is Size.L and len(Size) == 2\nassert [s.name for s in Size] == ['S', 'L']",
    ),
    "own-intenum": (
        "class Level(enum.IntEnum):\n    LOW = 1\n    HIGH = 2",
        "assert Level.HIGH > Level.LOW and Level.LOW == 1",
    ),
    "own-namedtuple": (
        "Spot = namedtuple('Spot', 'x y')\nspot_made = Spot(1, 2)",
        "assert spot_made == (1, 2) and spot_made.x == 1 and spot_made._asdict() == {'x': 1, 'y': 2}\nassert Spot(3, 4).y == 4",
    ),
    "own-abstract": (
        "from abc import ABC, abstractmethod\nclass Model_abc(ABC):\n    @abstractmethod\n    def fit(self): ...\nclass Real(Model_abc):\n    def fit(self):\n        return 1",
        "with pytest.raises(TypeError):\n    Model_abc()\nassert Real().fit() == 1 and issubclass(Real, Model_abc)",
    ),
    "class-attributes": (
        "class Config:\n    depth = 3\n    @classmethod\n    def make(cls):\n        return cls()\n    @staticmethod\n    def add(a, b):\n        return a + b",
        "assert Config.depth == 3 and Config.add(1, 2) == 3 and isinstance(Config.make(), Config)\nConfig.depth = 4\nassert Config().depth == 4",
    ),
    "class-hasattr": (
        "class Fitted:\n    def fit(self):\n        self.coef_ = 1\n        return self",
        "f = Fitted()\nassert not hasattr(f, 'coef_')\nassert f.fit() is f\nassert hasattr(f, 'coef_') and getattr(f, 'none', 5) == 5\nassert vars(f) == {'coef_': 1}",
    ),
    "class-dict-of": (
        "class Fitted2:\n    def __init__(self):\n        self.a = 1",
        "assert Fitted2().__dict__ == {'a': 1}",
    ),
    "class-type-name": (
        "class Named:\n    pass",
        "assert type(Named()).__name__ == 'Named' and Named.__name__ == 'Named'\nassert isinstance(Named, type)",
    ),
    "class-type-is": ("class Exact:\n    pass", "assert type(Exact()) is Exact"),
    "class-class-attribute": ("class Exact2:\n    pass", "assert Exact2().__class__.__name__ == 'Exact2'"),
    "class-subclassed-by-check": (
        "class Base_own:\n    def run(self):\n        return self.step() + 1\n    def step(self):\n        return 0",
        "class Sub(Base_own):\n    def step(self):\n        return 10\nassert Sub().run() == 11",
    ),
    "class-from-dict-subclass": (
        "class Lower(dict):\n    def __setitem__(self, k, v):\n        super().__setitem__(k.lower(), v)",
        "d = Lower()\nd['A'] = 1\nassert d == {'a': 1}",
    ),
    "class-list-subclass": (
        "class Stack(list):\n    def push(self, x):\n        self.append(x)\n    def peek(self):\n        return self[-1]",
        "s = Stack()\ns.push(1)\ns.push(2)\nassert s.peek() == 2 and len(s) == 2",
    ),
    "class-userdict": (
        "from collections import UserDict\nclass Table(UserDict):\n    pass",
        "t = Table(a=1)\nt['b'] = 2\nassert dict(t) == {'a': 1, 'b': 2} and t['b'] == 2",
    ),
    "class-str-subclass": (
        "class Shout(str):\n    def loud(self):\n        return self.upper()",
        "assert Shout('a').loud() == 'A'",
    ),
    "protocol-duck": (
        "class Quacks:\n    def quack(self):\n        return 'q'",
        "def use(d):\n    return d.quack()\nassert use(Quacks()) == 'q'",
    ),
    "repr-of-objects-in-list": (
        "class Rp:\n    def __repr__(self):\n        return 'Rp!'\nrp_list = [Rp(), Rp()]",
        "assert repr(rp_list) == '[Rp!, Rp!]'",
    ),
    "linked-list": (
        "class Node:\n    def __init__(self, v, nxt=None):\n        self.v, self.nxt = v, nxt\ndef to_list(n):\n    out = []\n    while n is not None:\n        out.append(n.v)\n        n = n.nxt\n    return out",
        "n = Node(1, Node(2, None))\nassert to_list(n) == [1, 2] and n.nxt.nxt is None",
    ),
    # --- errors ---
    "own-exception": (
        "class Broke(Exception):\n    pass\ndef break_it():\n    raise Broke('oh')",
        "check.raises(Broke, break_it, match='oh')\nwith pytest.raises(Broke):\n    break_it()\ntry:\n    break_it()\nexcept Broke as e:\n    assert str(e) == 'oh'\nassert issubclass(Broke, Exception)",
    ),
    "own-exception-attributes": (
        "class Rejected(Exception):\n    def __init__(self, code, reason):\n        super().__init__(f'{code}: {reason}')\n        self.code = code\ndef reject():\n    raise Rejected(404, 'none')",
        "with pytest.raises(Rejected) as info:\n    reject()\nassert info.value.code == 404 and str(info.value) == '404: none'",
    ),
    "own-exception-made": (
        "class Broke2(Exception):\n    def __init__(self, code):\n        super().__init__(f'code {code}')\n        self.code = code",
        "assert Broke2(3).code == 3\ntry:\n    raise Broke2(5)\nexcept Broke2 as e:\n    assert e.code == 5",
    ),
    "own-exception-tree": (
        "class AppError(Exception): pass\nclass NotThere(AppError, KeyError): pass\ndef look():\n    raise NotThere('x')",
        "assert issubclass(NotThere, KeyError) and issubclass(NotThere, AppError)\nwith pytest.raises(AppError):\n    look()\nwith pytest.raises(KeyError):\n    look()",
    ),
    "teacher-exception": (
        "def check_size(n):\n    if n < 3:\n        raise TooSmall(n)\n    return n",
        "with pytest.raises(TooSmall):\n    check_size(1)\ncheck.raises(TooSmall, check_size, 1)\ncheck.raises(ValueError, check_size, 1)",
    ),
    "exception-subclass-of-teacher": (
        "class MuchTooSmall(TooSmall):\n    pass\ndef size_of(n):\n    raise MuchTooSmall(n)",
        "check.raises(TooSmall, size_of, 1)",
    ),
    "exception-cause": (
        "def parse(s):\n    try:\n        return int(s)\n    except ValueError as e:\n        raise KeyError(s) from e",
        "with pytest.raises(KeyError) as info:\n    parse('x')\nassert isinstance(info.value.__cause__, ValueError)",
    ),
    "exception-suppressed-context": (
        "def parse_two(s):\n    try:\n        return int(s)\n    except ValueError:\n        raise KeyError(s) from None",
        "with pytest.raises(KeyError) as info:\n    parse_two('x')\nassert info.value.__cause__ is None and info.value.__suppress_context__",
    ),
    "exception-args": (
        "def args_error():\n    raise ValueError('a', 3)",
        "with pytest.raises(ValueError) as info:\n    args_error()\nassert info.value.args == ('a', 3)",
    ),
    "exception-notes": (
        "def noted_error():\n    e = ValueError('a')\n    e.add_note('seen here')\n    raise e",
        "with pytest.raises(ValueError) as info:\n    noted_error()\nassert info.value.__notes__ == ['seen here']",
    ),
    "keyerror-text": (
        "def lookup(d, k):\n    return d[k]",
        "with pytest.raises(KeyError, match='zz'):\n    lookup({}, 'zz')",
    ),
    "stopiteration-from-call": (
        "def exhausted():\n    raise StopIteration",
        "with pytest.raises(StopIteration):\n    exhausted()",
    ),
    "systemexit": (
        "def leave():\n    raise SystemExit(3)",
        "with pytest.raises(SystemExit) as info:\n    leave()\nassert info.value.code == 3",
    ),
    "assertion-in-answer": (
        "def guarded(x):\n    assert x > 0, 'positive'\n    return x",
        "with pytest.raises(AssertionError, match='positive'):\n    guarded(-1)",
    ),
    "library-errors": (
        "def unfitted():\n    return LinearRegression().predict([[1]])\ndef singular():\n    return np.linalg.inv(np.zeros((2, 2)))",
        "from sklearn.exceptions import NotFittedError\nwith pytest.raises(NotFittedError):\n    unfitted()\nwith pytest.raises(np.linalg.LinAlgError):\n    singular()",
    ),
    "exception-group": (
        "def many():\n    raise ExceptionGroup('many', [ValueError('a'), KeyError('b')])",
        "with pytest.raises(ExceptionGroup) as info:\n    many()\nassert len(info.value.exceptions) == 2",
    ),
    "returned-exception": (
        "def give_error():\n    return ValueError('kept')",
        "e = give_error()\nassert isinstance(e, ValueError) and str(e) == 'kept'",
    ),
    "json-error": (
        "import json\ndef load_json(s):\n    return json.loads(s)",
        "import json\nwith pytest.raises(json.JSONDecodeError) as info:\n    load_json('{')\nassert info.value.pos == 1",
    ),
    "unicode-error": (
        "def decode_it(b):\n    return b.decode('ascii')",
        "with pytest.raises(UnicodeDecodeError) as info:\n    decode_it(b'\\xff')\nassert info.value.start == 0",
    ),
    "attribute-error": ("class Empty_one:\n    pass", "with pytest.raises(AttributeError):\n    Empty_one().nothing"),
    "open-missing-file": (
        "def read_it(p):\n    return open(p).read()",
        "with pytest.raises(FileNotFoundError) as info:\n    read_it('/nowhere/x')\nassert info.value.errno == 2",
    ),
    # --- warnings, output and input ---
    "warns": (
        "def warn_it():\n    warnings.warn('careful', UserWarning)\n    return 1",
        "with pytest.warns(UserWarning, match='careful'):\n    assert warn_it() == 1",
    ),
    "warns-recorded": (
        "def warn_twice():\n    warnings.warn('one', DeprecationWarning)\n    warnings.warn('two', RuntimeWarning)",
        "with warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n    warn_twice()\nassert [w.category for w in seen] == [DeprecationWarning, RuntimeWarning] and str(seen[0].message) == 'one'",
    ),
    "warns-error": (
        "def warn_err():\n    warnings.warn('bad')\n    return 1",
        "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    with pytest.raises(UserWarning):\n        warn_err()",
    ),
    "warns-own-category": (
        "class Drift(UserWarning):\n    pass\ndef drifted():\n    warnings.warn('drift', Drift)",
        "with pytest.warns(Drift):\n    drifted()",
    ),
    "warns-library-category": (
        "def unstable():\n    from sklearn.exceptions import ConvergenceWarning\n    warnings.warn('no', ConvergenceWarning)",
        "from sklearn.exceptions import ConvergenceWarning\nwith pytest.warns(ConvergenceWarning):\n    unstable()",
    ),
    "warns-repeatedly": (
        "def warn_each(n):\n    for i in range(n):\n        warnings.warn('each')",
        "with warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n    warn_each(3)\nassert len(seen) == 3",
    ),
    "no-warning": (
        "def quiet_one():\n    return 1",
        "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    quiet_one()",
    ),
    "numpy-warning": (
        "def log_zero():\n    return np.log(np.array([0.0, 1.0]))",
        "with pytest.warns(RuntimeWarning):\n    log_zero()",
    ),
    "numpy-errstate": (
        "def divide_by(a, b):\n    return a / b",
        "with np.errstate(divide='raise'):\n    with pytest.raises(FloatingPointError):\n        divide_by(np.array([1.0]), np.array([0.0]))",
    ),
    "prints": (
        "def greet(n):\n    print(f'hi {n}')\n    print('bye', end='')",
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    greet('a')\nassert out.getvalue() == 'hi a\\nbye'",
    ),
    "prints-stderr": (
        "import sys\ndef complain():\n    print('bad', file=sys.stderr)",
        "err = io.StringIO()\nwith contextlib.redirect_stderr(err):\n    complain()\nassert err.getvalue() == 'bad\\n'",
    ),
    "prints-before-error": (
        "def say_and_fail():\n    print('said')\n    raise ValueError",
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out), contextlib.suppress(ValueError):\n    say_and_fail()\nassert out.getvalue() == 'said\\n'",
    ),
    "prints-in-generator": (
        "def talk():\n    print('a')\n    yield 1\n    print('b')",
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    list(talk())\nassert out.getvalue() == 'a\\nb\\n'",
    ),
    "prints-and-callback": (
        "def around(f):\n    print('a')\n    f()\n    print('c')",
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    around(lambda: print('b'))\nassert out.getvalue() == 'a\\nb\\nc\\n'",
    ),
    "input-patched": (
        "def ask_name():\n    return 'hi ' + input('name? ')",
        "from unittest import mock\nwith mock.patch('builtins.input', return_value='ada'):\n    assert ask_name() == 'hi ada'",
    ),
    "logging-captured": (
        "import logging\ndef log_it():\n    logging.getLogger('x').warning('logged')",
        "import logging\nrecords = []\nclass Keep(logging.Handler):\n    def emit(self, r):\n        records.append(r.getMessage())\nlogging.getLogger('x').addHandler(Keep())\nlog_it()\nassert records == ['logged']",
    ),
    # --- data ---
    "numpy-dtypes": (
        "arr32 = np.array([1, 2], dtype=np.float32)\nbig_end = np.array([1, 2], dtype='>i4')",
        "assert arr32.dtype == np.float32 and big_end.dtype == np.dtype('>i4') and big_end.sum() == 3\nassert not big_end.dtype.isnative",
    ),
    "numpy-scalar-types": ("np_sum = np.array([1, 2]).sum()", "assert isinstance(np_sum, np.integer) and np_sum == 3"),
    "numpy-order": (
        "fort = np.asfortranarray(np.arange(6).reshape(2, 3))",
        "assert fort.tolist() == [[0, 1, 2], [3, 4, 5]]",
    ),
    "numpy-flags": ("fort2 = np.asfortranarray(np.arange(6).reshape(2, 3))", "assert fort2.flags.f_contiguous"),
    "numpy-view-of-own": (
        "arr_base = np.zeros(4)\narr_view = arr_base[1:3]",
        "assert np.shares_memory(arr_base, arr_view)",
    ),
    "numpy-argument-layout": (
        "def is_f(a):\n    return a.flags.f_contiguous and not a.flags.c_contiguous",
        "assert is_f(np.asfortranarray(np.zeros((2, 3))))",
    ),
    "numpy-readonly-argument": (
        "def try_write(a):\n    a[0] = 1",
        "a = np.zeros(3)\na.flags.writeable = False\nwith pytest.raises(ValueError):\n    try_write(a)",
    ),
    "numpy-out-argument": (
        "def double_into(a, out):\n    np.multiply(a, 2, out=out)\n    return out",
        "out = np.zeros(3)\nres = double_into(np.ones(3), out)\nassert out.tolist() == [2, 2, 2]",
    ),
    "numpy-structured": (
        "recs = np.array([(1, 'a')], dtype=[('n', 'i4'), ('s', 'U3')])",
        "assert recs['n'][0] == 1 and recs.dtype.names == ('n', 's')",
    ),
    "numpy-random-argument": (
        "def draw_two(rng):\n    return rng.normal(size=2)",
        "one, two = np.random.default_rng(3), np.random.default_rng(3)\nassert np.array_equal(draw_two(one), two.normal(size=2))\nassert one.normal() == two.normal()",
    ),
    "numpy-random-integers": (
        "def draw_ints(rng):\n    return rng.integers(0, 10, 3, dtype=np.int32)",
        "one, two = np.random.default_rng(3), np.random.default_rng(3)\nassert np.array_equal(draw_ints(one), two.integers(0, 10, 3, dtype=np.int32))\nassert one.integers(100) == two.integers(100)",
    ),
    "numpy-random-held": (
        "class Sampler:\n    def __init__(self, rng):\n        self.rng = rng\n    def draw(self):\n        return self.rng.random()",
        "rng, other = np.random.default_rng(4), np.random.default_rng(4)\ns = Sampler(rng)\nassert s.draw() == other.random() and s.draw() == other.random()\nassert rng.random() == other.random()",
    ),
    "numpy-random-nested": (
        "def draw_from(settings):\n    return settings['rng'].random()",
        "rng, other = np.random.default_rng(4), np.random.default_rng(4)\nassert draw_from({'rng': rng}) == other.random()\nassert rng.random() == other.random()",
    ),
    "numpy-legacy-seed": (
        "def legacy():\n    return np.random.rand()",
        "np.random.seed(0)\na = legacy()\nnp.random.seed(0)\nassert a == legacy()",
    ),
    "random-seed": (
        "import random\ndef pick():\n    return random.random()",
        "import random\nrandom.seed(0)\na = pick()\nrandom.seed(0)\nassert a == pick()",
    ),
    "randomstate-argument": (
        "def draw_old(rs):\n    return rs.rand()",
        "a, b = np.random.RandomState(0), np.random.RandomState(0)\nassert draw_old(a) == b.rand() and a.rand() == b.rand()",
    ),
    "seed-sequence": (
        "def seeded(seed):\n    return np.random.default_rng(seed).random()",
        "assert seeded(1) == np.random.default_rng(1).random()",
    ),
    "datetime-tz": (
        "import zoneinfo\nmoment = dt.datetime(2024, 3, 31, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))\nutc_moment = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)",
        "assert moment.utcoffset() is not None and moment.tzinfo.key == 'Europe/Berlin'\nassert utc_moment.tzinfo is dt.timezone.utc",
    ),
    "timestamp-tz": (
        "stamp = pd.Timestamp('2024-01-01', tz='UTC')\nstamps = pd.date_range('2024-01-01', periods=3, freq='D', tz='Europe/Berlin')",
        "assert stamp == pd.Timestamp('2024-01-01', tz='UTC')\nassert stamps.freqstr == 'D' and str(stamps.tz) == 'Europe/Berlin'",
    ),
    "frame-full": (
        "full_frame = pd.DataFrame({'a': pd.Categorical(['x', 'y']), 'b': pd.array([1, None], dtype='Int64'), 't': pd.to_datetime(['2024-01-01', None])}, index=pd.Index([3, 4], name='k'))",
        "expected = pd.DataFrame({'a': pd.Categorical(['x', 'y']), 'b': pd.array([1, None], dtype='Int64'), 't': pd.to_datetime(['2024-01-01', None])}, index=pd.Index([3, 4], name='k'))\npd.testing.assert_frame_equal(full_frame, expected)\ncheck.frame(full_frame, expected)",
    ),
    "frame-attrs": (
        "meta_frame = pd.DataFrame({'a': [1]})\nmeta_frame.attrs['unit'] = 'EUR'",
        "assert meta_frame.attrs == {'unit': 'EUR'}",
    ),
    "frame-multiindex": (
        "multi = SALES.assign(y=[1, 1, 2, 2]).pivot_table(index='shop', columns='y', values='sales')",
        "assert multi.columns.name == 'y' and multi.loc['A', 2] == 3",
    ),
    "frame-of-lists": (
        "nested_frame = pd.DataFrame({'tags': [['a'], ['b', 'c']]})",
        "assert nested_frame['tags'].map(len).tolist() == [1, 2]",
    ),
    "frame-of-objects": (
        "class Obj:\n    def __init__(self, v):\n        self.v = v\nobj_frame = pd.DataFrame({'o': [Obj(1), Obj(2)]})",
        "assert [o.v for o in obj_frame['o']] == [1, 2]",
    ),
    "groupby-object": (
        "grouped = SALES.groupby('shop')",
        "assert grouped['sales'].sum().tolist() == [4.0, 6.0] and grouped.ngroups == 2\nassert [k for k, _ in grouped] == ['A', 'B']",
    ),
    "rolling-object": (
        "rolled = SALES['sales'].rolling(2)",
        "assert rolled.mean().dropna().tolist() == [1.5, 2.5, 3.5]",
    ),
    "set-of-tuples": (
        "pairs_set = {(1, 'a'), (2, 'b')}",
        "assert pairs_set == {(2, 'b'), (1, 'a')} and isinstance(pairs_set, set)",
    ),
    "big-data": (
        "def big(n):\n    return np.arange(n, dtype=float)",
        "a = big(2_000_000)\nassert a.sum() == 1_999_999_000_000.0\nx = np.ones(1_000_000)\nassert big(3).tolist() == [0, 1, 2]",
    ),
    "big-argument": ("def mean_of(a):\n    return a.mean()", "assert mean_of(np.ones((1000, 1000))) == 1.0"),
    "huge-int": ("huge = 3 ** 500", "assert huge == 3 ** 500"),
    "nan-inf": (
        "odd_numbers = [float('nan'), float('inf'), -0.0]",
        "assert math.isnan(odd_numbers[0]) and odd_numbers[1] == math.inf and math.copysign(1, odd_numbers[2]) == -1",
    ),
    "decimal-fraction": (
        "from decimal import Decimal\nfrom fractions import Fraction\ndec, frac = Decimal('1.10'), Fraction(1, 3)",
        "from decimal import Decimal\nfrom fractions import Fraction\nassert dec == Decimal('1.10') and str(dec) == '1.10' and frac == Fraction(1, 3)",
    ),
    "path-answer": (
        "from pathlib import Path\npath_made = Path('a') / 'b.csv'",
        "from pathlib import Path\nassert path_made == Path('a/b.csv') and path_made.suffix == '.csv' and isinstance(path_made, Path)",
    ),
    "class-as-value": (
        "chosen_class = LogisticRegression\nchosen_type = int",
        "assert chosen_class is LogisticRegression and chosen_type is int",
    ),
    "module-as-value": (
        "import math as own_math",
        "assert own_math.pi == math.pi and isinstance(own_math, types.ModuleType)",
    ),
    "regex-value": (
        "import re\npattern = re.compile(r'\\d+')",
        "assert pattern.findall('a1b22') == ['1', '22'] and pattern.pattern == r'\\d+'",
    ),
    "none-and-bool": ("nothing = None\nyes = True", "assert nothing is None and yes is True"),
    "shared-inside-value": (
        "inner_shared = [0]\nouter_shared = [inner_shared, inner_shared]",
        "assert outer_shared[0] is outer_shared[1]",
    ),
    "cyclic-list": ("cyclic = [1]\ncyclic.append(cyclic)", "assert cyclic[0] == 1 and cyclic[1][1][0] == 1"),
    "deleted-name": (
        "kept_name = 1\ngone_name = 2\ndel gone_name",
        "assert kept_name == 1 and 'gone_name' not in globals()",
    ),
    # --- models and figures ---
    "model-answer": (
        "fitted_model = LogisticRegression().fit(X_ROWS, Y_ROWS)",
        "assert isinstance(fitted_model, LogisticRegression)\nassert fitted_model.coef_.shape == (1, 3)\nassert fitted_model.predict(X_ROWS).shape == (80,)\ncheck.score(fitted_model, X_ROWS, Y_ROWS, metric='accuracy', at_least=0.9)\ncheck.score(fitted_model, X_ROWS, Y_ROWS, metric='roc_auc', at_least=0.9)\nassert fitted_model.score(X_ROWS, Y_ROWS) > 0.9",
    ),
    "model-function-metric": (
        "fitted_model2 = Ridge().fit(X_ROWS, X_ROWS[:, 0])",
        "def mae(m, x, y):\n    return float(np.abs(m.predict(x) - y).mean())\ncheck.score(fitted_model2, X_ROWS, X_ROWS[:, 0], metric=mae, at_most=0.1)\nassert fitted_model2.get_params()['alpha'] == 1.0",
    ),
    "pipeline-answer": (
        "def build_pipe():\n    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5))",
        "pipe = build_pipe()\nassert isinstance(pipe, Pipeline)\nassert [name for name, _ in pipe.steps] == ['standardscaler', 'logisticregression']\nassert isinstance(pipe.steps[0][1], StandardScaler) and pipe.named_steps['logisticregression'].C == 0.5\nassert isinstance(pipe[-1], LogisticRegression)\nassert pipe.fit(X_ROWS, Y_ROWS) is pipe\nassert pipe.predict(X_ROWS).mean() > 0.3\nassert pipe.get_params()['logisticregression__C'] == 0.5\nassert 'standardscaler' in pipe.named_steps\nassert len(pipe) == 2",
    ),
    "model-clone": (
        "cloned_from = LogisticRegression(C=2.0)",
        "c = clone(cloned_from)\nassert c is not cloned_from and c.C == 2.0 and isinstance(c, LogisticRegression)\nassert c.fit(X_ROWS, Y_ROWS).score(X_ROWS, Y_ROWS) > 0.8",
    ),
    "model-cross-val": (
        "cv_model = make_pipeline(StandardScaler(), LogisticRegression())",
        "scores = cross_val_score(cv_model, X_ROWS, Y_ROWS, cv=3)\nassert scores.shape == (3,) and scores.mean() > 0.7",
    ),
    "own-estimator": (
        "class Majority(ClassifierMixin, BaseEstimator):\n    def __init__(self, bias=0):\n        self.bias = bias\n    def fit(self, X, y):\n        self.classes_ = np.unique(y)\n        self.most_ = self.classes_[np.bincount(y).argmax()]\n        return self\n    def predict(self, X):\n        return np.full(len(X), self.most_)",
        "m = Majority().fit(X_ROWS, Y_ROWS)\nassert set(m.predict(X_ROWS)) <= {0, 1}\nassert isinstance(m, BaseEstimator) and m.get_params() == {'bias': 0}\nassert 0 < m.score(X_ROWS, Y_ROWS) < 1\nassert cross_val_score(Majority(), X_ROWS, Y_ROWS, cv=3).shape == (3,)\nassert clone(Majority(bias=2)).bias == 2",
    ),
    "own-estimator-is-fitted": (
        "class Centre(TransformerMixin, BaseEstimator):\n    def fit(self, X, y=None):\n        self.mean_ = np.asarray(X).mean(axis=0)\n        return self\n    def transform(self, X):\n        return np.asarray(X) - self.mean_",
        "from sklearn.utils.validation import check_is_fitted\nfrom sklearn.exceptions import NotFittedError\nc = Centre()\nwith pytest.raises(NotFittedError):\n    check_is_fitted(c)\nc.fit(X_ROWS)\ncheck_is_fitted(c)\nassert np.allclose(c.transform(X_ROWS).mean(axis=0), 0)\nassert np.allclose(Centre().fit_transform(X_ROWS).mean(axis=0), 0)\nassert isinstance(c, TransformerMixin)",
    ),
    "own-estimator-in-pipeline": (
        "class Scale2(TransformerMixin, BaseEstimator):\n    def fit(self, X, y=None):\n        self.n_ = 1\n        return self\n    def transform(self, X):\n        return np.asarray(X) * 2",
        "pipe = make_pipeline(Scale2(), LogisticRegression())\npipe.fit(X_ROWS, Y_ROWS)\nassert pipe.predict(X_ROWS).shape == (80,)",
    ),
    "model-in-check-pipeline": (
        "inner_model = LogisticRegression()",
        "pipe = Pipeline([('scale', StandardScaler()), ('model', inner_model)])\npipe.fit(X_ROWS, Y_ROWS)\nassert pipe.score(X_ROWS, Y_ROWS) > 0.8",
    ),
    "function-transformer": (
        "def log_it_all(X):\n    return np.log1p(np.abs(X))",
        "ft = FunctionTransformer(log_it_all)\nassert np.allclose(ft.fit_transform(X_ROWS), np.log1p(np.abs(X_ROWS)))\nct = ColumnTransformer([('log', FunctionTransformer(log_it_all), [0])])\nassert ct.fit_transform(X_ROWS).shape == (80, 1)",
    ),
    "scorer-function": (
        "def own_metric(y, p):\n    return float(np.mean(y == p))",
        "from sklearn.metrics import make_scorer\ns = cross_val_score(LogisticRegression(), X_ROWS, Y_ROWS, cv=3, scoring=make_scorer(own_metric))\nassert s.mean() > 0.7",
    ),
    "grid-search-answer": (
        "search_made = GridSearchCV(LogisticRegression(), {'C': [0.1, 1.0]}, cv=2).fit(X_ROWS, Y_ROWS)",
        "assert search_made.best_params_['C'] in (0.1, 1.0)\nassert isinstance(search_made.best_estimator_, LogisticRegression)\nassert sorted(search_made.cv_results_)[0].startswith('mean')",
    ),
    "grid-search-of-answer": (
        "searched_model = Ridge()",
        "s = GridSearchCV(searched_model, {'alpha': [0.1, 1.0]}, cv=2).fit(X_ROWS, X_ROWS[:, 0])\nassert s.best_params_['alpha'] in (0.1, 1.0)",
    ),
    "model-set-params": ("param_model = Ridge()", "param_model.set_params(alpha=3.0)\nassert param_model.alpha == 3.0"),
    "model-argument": (
        "def fit_on(model, X, y):\n    return model.fit(X, y)",
        "m = LogisticRegression()\nfitted = fit_on(m, X_ROWS, Y_ROWS)\nassert fitted.predict(X_ROWS).shape == (80,)",
    ),
    "model-argument-fitted-in-place": (
        "def fit_in_place(model, X, y):\n    model.fit(X, y)",
        "m = LogisticRegression()\nfit_in_place(m, X_ROWS, Y_ROWS)\nassert m.coef_.shape == (1, 3)",
    ),
    "model-argument-predicts": (
        "def predict_with(model, X):\n    return model.predict(X)",
        "m = LogisticRegression().fit(X_ROWS, Y_ROWS)\nassert np.array_equal(predict_with(m, X_ROWS), m.predict(X_ROWS))",
    ),
    "model-spy-argument": (
        "def use_model(model, X):\n    return model.predict(X)",
        "class Spy:\n    def __init__(self):\n        self.seen = 0\n    def predict(self, X):\n        self.seen += 1\n        return [0] * len(X)\nspy = Spy()\nassert use_model(spy, [[1], [2]]) == [0, 0] and spy.seen == 1",
    ),
    "statsmodels-result": (
        "import statsmodels.api as sm\nols_fit = sm.OLS(X_ROWS[:, 0], sm.add_constant(X_ROWS[:, 1:])).fit()",
        "assert ols_fit.params.shape == (3,) and 0 <= ols_fit.rsquared <= 1 and len(ols_fit.conf_int()) == 3",
    ),
    "scipy-result": (
        "from scipy import stats\nt_result = stats.ttest_ind([1.0, 2, 3], [2.0, 3, 5])",
        "assert 0 < t_result.pvalue < 1 and t_result.statistic == t_result[0]\nstatistic, p = t_result",
    ),
    "scipy-confidence-interval": (
        "from scipy import stats\nt_res2 = stats.ttest_1samp([1.0, 2, 3], 0)",
        "ci = t_res2.confidence_interval()\nassert ci.low < 2 < ci.high",
    ),
    "scipy-distribution": (
        "from scipy import stats\nfrozen = stats.norm(0, 2)",
        "assert frozen.cdf(0) == 0.5 and frozen.std() == 2",
    ),
    "figure-answer": (
        "def draw_bars():\n    fig, ax = plt.subplots()\n    ax.bar(['a', 'b'], [1, 2])\n    ax.set_ylabel('orders')\n    return fig",
        "d = check.figure(draw_bars(), kind='bar', ylabel='orders', zero_based=True)\nassert d.bars[1][2] == 2.0",
    ),
    "figure-named": (
        "def draw_named():\n    fig, ax = plt.subplots()\n    ax.errorbar(['a', 'b'], [1, 2], yerr=0.5, fmt='o', label='share')\n    ax.legend()\n    return fig",
        "d = check.figure(draw_named(), twins=False, told_apart=20, interval=True)\nassert d.named == {'a': 1.0, 'b': 2.0} and d.named_spans['b'] == [(1.5, 2.5)]\nassert d.series[0].lightness > 0 and d.series[0].label == 'share'",
    ),
    "axes-answer": (
        "fig_own, ax_own = plt.subplots()\nax_own.plot([1, 2, 3], [2, 4, 6], label='line')\nax_own.legend()",
        "d = check.figure(ax_own, kind='line', legend=['line'])\nassert d.lines == [([1, 2, 3], [2, 4, 6])]",
    ),
    "figure-methods": (
        "fig_m, ax_m = plt.subplots()\nax_m.set_title('T')",
        "assert ax_m.get_title() == 'T' and len(fig_m.axes) == 1\nfrom matplotlib.figure import Figure\nassert isinstance(fig_m, Figure)",
    ),
    "axes-argument": (
        "def draw_on(ax):\n    ax.plot([1, 2], [3, 4])",
        "fig, ax = plt.subplots()\ndraw_on(ax)\nassert len(ax.lines) == 1",
    ),
    "figure-current": (
        "def draw_current():\n    plt.figure()\n    plt.plot([1, 2], [1, 2])",
        "draw_current()\nassert plt.gcf().axes",
    ),
    # --- doors to other things ---
    "sqlite-argument": (
        "def count_rows(connection):\n    return connection.execute('select count(*) from t').fetchone()[0]",
        "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (a int)')\nc.execute('insert into t values (1)')\nc.commit()\nassert count_rows(c) == 1",
    ),
    "sqlite-written": (
        "def add_row(connection):\n    connection.execute('insert into t values (2)')\n    connection.commit()",
        "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t (a int)')\nc.commit()\nadd_row(c)\nassert c.execute('select count(*) from t').fetchone()[0] == 1",
    ),
    "sqlite-row-factory": (
        "def first_name(connection):\n    return connection.execute('select 1 as a').fetchone()['a']",
        "import sqlite3\nc = sqlite3.connect(':memory:')\nc.row_factory = sqlite3.Row\nassert first_name(c) == 1",
    ),
    "http-client": (
        "def get_status(client):\n    return client.get('/orders').status_code",
        "from curriculum import datasets\norders = pd.DataFrame({'order_id': [1], 'ordered_at': pd.to_datetime(['2024-01-01'], utc=True)})\nwith datasets.orders_client(orders, rate=0.1, burst=1) as client:\n    assert [get_status(client), get_status(client)] == [200, 429]\n    assert len(client.api.requests) == 2",
    ),
    "http-client-json": (
        "def get_all(client):\n    reply = client.get('/orders', params={'limit': 1})\n    reply.raise_for_status()\n    return reply.json()",
        "from curriculum import datasets\norders = pd.DataFrame({'order_id': [1, 2], 'ordered_at': pd.to_datetime(['2024-01-01', '2024-01-02'], utc=True)})\nwith datasets.orders_client(orders) as client:\n    got = get_all(client)\n    assert isinstance(got, dict)\n    assert client.api.requests",
    ),
    "http-client-waits": (
        "def patient(client, sleep):\n    for _ in range(5):\n        reply = client.get('/orders')\n        if reply.status_code != 429:\n            return reply.status_code\n        sleep(float(reply.headers['retry-after']))",
        "from curriculum import datasets\norders = pd.DataFrame({'order_id': [1], 'ordered_at': pd.to_datetime(['2024-01-01'], utc=True)})\nwith datasets.orders_client(orders, rate=0.1, burst=1) as client:\n    sleep = client.api.clock.sleep\n    assert [patient(client, sleep), patient(client, sleep)] == [200, 200]\n    assert len(client.api.requests) == 3",
    ),
    "file-written": (
        "from pathlib import Path\ndef save_it(path):\n    Path(path).write_text('hi')",
        "import tempfile, os\np = os.path.join(tempfile.mkdtemp(), 'x.txt')\nsave_it(p)\nassert open(p).read() == 'hi'",
    ),
    "file-read": (
        "def load_it(path):\n    return open(path).read()",
        "import tempfile, os\np = os.path.join(tempfile.mkdtemp(), 'x.txt')\nopen(p, 'w').write('hi')\nassert load_it(p) == 'hi'",
    ),
    "stringio-argument": (
        "def count_lines(f):\n    return sum(1 for _ in f)",
        "assert count_lines(io.StringIO('a\\nb\\n')) == 2",
    ),
    "stringio-written": (
        "def write_to(f):\n    f.write('hi')",
        "f = io.StringIO()\nwrite_to(f)\nassert f.getvalue() == 'hi'",
    ),
    "bytesio-argument": (
        "def load_csv(f):\n    return pd.read_csv(f)",
        "assert load_csv(io.BytesIO(b'a\\n1\\n'))['a'].tolist() == [1]",
    ),
    "stringio-answer": ("text_file = io.StringIO('a\\nb\\n')", "assert text_file.read() == 'a\\nb\\n'"),
    "environment": (
        "import os\ndef home():\n    return os.environ.get('MY_SETTING', 'none')",
        "import os\nos.environ['MY_SETTING'] = 'x'\nassert home() == 'x'",
    ),
    "magic-mock-argument": (
        "def save_to(store, x):\n    store.put('k', x)\n    return store.get('k')",
        "from unittest import mock\nstore = mock.MagicMock()\nstore.get.return_value = 3\nassert save_to(store, 1) == 3\nstore.put.assert_called_once_with('k', 1)",
    ),
    "simple-namespace-argument": (
        "def full_name(p):\n    return p.first + p.last",
        "assert full_name(types.SimpleNamespace(first='a', last='b')) == 'ab'",
    ),
    "namespace-answer": (
        "settings_ns = types.SimpleNamespace(a=1, b=[2])",
        "assert settings_ns.a == 1 and settings_ns.b == [2]",
    ),
    "mistake-callable": (
        "mean_wrongless = 2.0",
        "check.equal(mean_wrongless, 2.0, mistakes=[check.Mistake('m', lambda v: v == 3, 'no')])",
    ),
    "last-expression-dataframe": ("shown_frame = SALES.head(1)", "assert len(shown_frame) == 1\nshown_frame"),
    "thread-in-answer": (
        "import threading\ndef in_thread(f):\n    out = []\n    t = threading.Thread(target=lambda: out.append(f(1)))\n    t.start()\n    t.join()\n    return out[0]",
        "assert in_thread(lambda x: x + 1) == 2",
    ),
    "thread-pool": (
        "from concurrent.futures import ThreadPoolExecutor\ndef mapped_over(f, xs):\n    with ThreadPoolExecutor(4) as pool:\n        return list(pool.map(f, xs))",
        "assert mapped_over(lambda x: x * x, range(20)) == [x * x for x in range(20)]",
    ),
    "callback-returns-learners-object": (
        "class Tok:\n    pass\ndef through(f):\n    t = Tok()\n    return f(t) is t",
        "assert through(lambda t: t)",
    ),
    "callback-changes-argument": (
        "def collect(f):\n    xs = []\n    f(xs)\n    return xs",
        "assert collect(lambda xs: xs.append(1)) == [1]",
    ),
    "visitor-with-nonlocal": (
        "def visit(tree, f):\n    f(tree['v'])\n    for kid in tree.get('kids', []):\n        visit(kid, f)",
        "total = 0\ndef add(v):\n    global total\n    total += v\nvisit({'v': 1, 'kids': [{'v': 2}]}, add)\nassert total == 3",
    ),
}

FAILED, RAISED = "failed", "raised"

# What comes out otherwise across two processes, and why.
_COPY = "the learner's process has a copy of what a check hands over, and keeps it"
_NAMES = "a check cell has the learner's names as they were when it began, and cannot rebind them over there"
_STATE = "each process has its own libraries' state, files, environment and streams"
_PLAIN = "data crosses as exact built-in, NumPy or pandas values: what a subclass or a library adds to them does not"
_TYPE = "type() of a stand-in is the stand-in's; isinstance() and .__class__ say what it stands for"
_CODE = "a function's code stays where it is"

OTHERWISE: dict[str, tuple[str, str]] = {
    "context-manager": (FAILED, _COPY),
    "context-manager-cleanup-on-error": (FAILED, _COPY),
    "numpy-random-held": (FAILED, _COPY),
    "randomstate-argument": (FAILED, "only a Generator on PCG64 is brought forward by what was drawn from its copy"),
    "model-argument-fitted-in-place": (RAISED, _COPY),
    "axes-argument": (FAILED, _COPY),
    "sqlite-written": (FAILED, _COPY),
    "callback-changes-argument": (FAILED, "a check's function gets copies of what a learner's code hands it"),
    "global-counter-read": (FAILED, _NAMES),
    "global-list-read": (FAILED, _NAMES),
    "monkeypatched-global": (FAILED, _NAMES),
    "replaced-helper": (FAILED, _NAMES),
    "numpy-legacy-seed": (FAILED, _STATE),
    "random-seed": (FAILED, _STATE),
    "numpy-errstate": (RAISED, _STATE),
    "input-patched": (RAISED, _STATE),
    "environment": (FAILED, _STATE),
    "file-written": (RAISED, _STATE),
    "file-read": (RAISED, _STATE),
    "logging-captured": (FAILED, _STATE),
    "figure-current": (FAILED, _STATE),
    "prints-stderr": (FAILED, "what a learner's code writes to either stream comes out of the first"),
    "teacher-namedtuple": (FAILED, _PLAIN),
    "class-from-dict-subclass": (FAILED, _PLAIN),
    "class-list-subclass": (RAISED, _PLAIN),
    "class-str-subclass": (RAISED, _PLAIN),
    "numpy-flags": (FAILED, _PLAIN),
    "numpy-view-of-own": (FAILED, _PLAIN),
    "frame-attrs": (FAILED, _PLAIN),
    "path-answer": (FAILED, _PLAIN),
    "shared-inside-value": (FAILED, _PLAIN),
    "scipy-confidence-interval": (RAISED, _PLAIN),
    "teacher-class-instance": (FAILED, _TYPE),
    "class-type-is": (FAILED, _TYPE),
    "own-dataclass": (FAILED, _TYPE),
    "own-dataclass-fields": (RAISED, _TYPE),
    "exception-group": (RAISED, "the errors inside an error group stay where they are"),
    "function-source": (RAISED, _CODE),
    "function-code-names": (RAISED, _CODE),
    "is-generator-function": (RAISED, _CODE),
}

# What no check cell may hand over: the author is told, whatever the answer.
NEVER = (
    "class-subclassed-by-check",
    "model-spy-argument",
    "magic-mock-argument",
)

# Answers that are wrong in one process, and so must be in two.
WRONG: dict[str, str] = {
    "returns-argument-itself": "def itself(xs):\n    return list(xs)",
    "returns-copy": "def copied(xs):\n    return xs",
    "same-object-twice": "class Box_1:\n    pass\nbox_one = Box_1()\ndef same_box():\n    return Box_1()",
    "nested-list-alias": "def fill_first(rows):\n    rows[0] = rows[0] + [0]",
    "array-in-dict-changed": "def zero_weights(model):\n    model['w'] = model['w'] * 0",
    "array-view-changed": "def double_part(part):\n    part = part * 2",
    "unchanged-holds": "def total_of(frame):\n    frame['sales'] *= 2\n    return 10.0",
    "object-of-teacher-changed": "def rename(shape):\n    return Shape('new')",
    "generator-lazy": "def lazily(xs):\n    return iter([x * 2 for x in xs])",
    "generator-twice": "def odds(n):\n    return [2 * i + 1 for i in range(n)]",
    "class-eq-notimplemented": "class Temp:\n    def __init__(self, v):\n        self.v = v\n    def __eq__(self, o):\n        return True",
    "class-inherits-teacher": "class Square:\n    def __init__(self, side):\n        self.side = side\n    def area(self):\n        return self.side ** 2",
    "teacher-dataclass": "def biggest_order(orders):\n    return min(orders, key=lambda o: o.total)",
    "teacher-enum-returned-equal": "def other_colour(c):\n    return Colour.RED",
    "own-exception-attributes": "class Rejected(Exception):\n    code = 500\ndef reject():\n    raise Rejected('404: none')",
    "own-exception-tree": "class AppError(Exception): pass\nclass NotThere(KeyError): pass\ndef look():\n    raise NotThere('x')",
    "teacher-exception": "def check_size(n):\n    if n < 3:\n        raise ValueError(n)\n    return n",
    "exception-cause": "def parse(s):\n    try:\n        return int(s)\n    except ValueError:\n        raise KeyError(s) from None",
    "warns-own-category": "class Drift(UserWarning):\n    pass\ndef drifted():\n    warnings.warn('drift')",
    "warns-repeatedly": "def warn_each(n):\n    warnings.warn('each')",
    "context-manager-swallows": "class Swallow:\n    def __enter__(self):\n        return self\n    def __exit__(self, kind, error, trace):\n        self.kind = kind",
    "async-answer": "def fetch(x):\n    return x + 1",
    "method-argument": "def send_all(f, xs):\n    f(xs)",
    "numpy-random-argument": "def draw_two(rng):\n    return np.random.default_rng(3).normal(size=2)",
    "numpy-dtypes": "arr32 = np.array([1, 2])\nbig_end = np.array([1, 2])",
    "model-answer": "fitted_model = LogisticRegression()",
    "pipeline-answer": "def build_pipe():\n    return make_pipeline(LogisticRegression(C=0.5))",
    "own-estimator": "class Majority:\n    def fit(self, X, y):\n        return self\n    def predict(self, X):\n        return np.zeros(len(X))",
    "figure-answer": "def draw_bars():\n    fig, ax = plt.subplots()\n    ax.plot([1, 2], [1, 2])\n    return fig",
    "figure-named": "def draw_named():\n    fig, ax = plt.subplots()\n    ax.errorbar(['a', 'b'], [1, 2], yerr=0.6, fmt='o', label='share')\n    return fig",
    "http-client-waits": "def patient(client, sleep):\n    return client.get('/orders').status_code",
    "stringio-written": "def write_to(f):\n    return 'hi'",
}
