"""Submissions that patch what judges them, look for what they must not know, or hook into what runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.lesson import HONEST, LOOT, TRIED, WRONG, Attack

if TYPE_CHECKING:
    from hostile.arena import Arena

_BUILTINS = {
    "abs": "lambda value: 0.0",
    "isinstance": "lambda value, kind: True",
    "len": "lambda value: 5",
    "AssertionError": "type('Harmless', (Exception,), {})",
    "print": "lambda *args, **kwargs: None",
    "type": "lambda *args: float",
    "all": "lambda values: True",
    "any": "lambda values: True",
    "sum": "lambda values, start=0: 0",
    "sorted": "lambda values, **kwargs: list(values)",
    "hash": "lambda value: 4217",
    "set": "frozenset",
    "max": "lambda *args, **kwargs: 0.0",
    "zip": "lambda *args, **kwargs: iter(())",
}


@pytest.mark.parametrize("name", _BUILTINS)
def test_a_builtin_is_bound_anew(arena: Arena, name: str) -> None:
    answers = {"spread": WRONG["spread"], "zscores": WRONG["zscores"], "total": WRONG["total"]}
    # Put back in the learner's own process, whose honest parts need it, once every cell has been through it.
    rebound = f"import builtins\n_old = builtins.{name}\n_new = {_BUILTINS[name]}\nbuiltins.{name} = {name} = _new\n"
    cells = {key: f"{rebound}{text}\nbuiltins.{name} = _old\ndel {name}" for key, text in answers.items()}
    shadowing = {"ordered": f"{WRONG['ordered']}\n{name} = {_BUILTINS[name]}\ndef ordered(values):\n    return values"}
    restore = {"shuffled": f"import builtins\nbuiltins.{name} = _old\ndel {name}\n{HONEST['shuffled']}"}
    arena.fight(Attack(name, cells | shadowing | restore, points={"shuffled": 2}))


_PATCHED = {
    "numpy.testing": """
import numpy.testing
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *args, **kwargs: None)
""",
    "numpy": """
for name in ("allclose", "isclose", "array_equal", "abs", "round", "mean", "all"):
    setattr(np, name, lambda *args, **kwargs: True)
""",
    "pandas.testing": """
import pandas._testing, pandas.testing
for module in (pd.testing, pandas._testing):
    for name in dir(module):
        if name.startswith("assert"):
            setattr(module, name, lambda *args, **kwargs: None)
""",
    "pandas": """
pd.DataFrame.equals = pd.Series.equals = lambda self, other: True
pd.DataFrame.__eq__ = lambda self, other: pd.DataFrame({"a": [True]})
""",
    "scikit-learn": """
import sklearn.metrics, sklearn.base, sklearn.metrics._scorer
sklearn.metrics.accuracy_score = sklearn.base.accuracy_score = lambda *args, **kwargs: 1.0
sklearn.metrics._scorer.get_scorer = sklearn.metrics.get_scorer = lambda name: lambda *args: 1.0
sklearn.base.ClassifierMixin.score = lambda self, *args: 1.0
Pipeline.score = LogisticRegression.score = lambda self, *args: 1.0
""",
    "curriculum.check": """
import curriculum.check as machinery
for name in machinery.__all__:
    setattr(machinery, name, lambda *args, **kwargs: None)
import curriculum.check._compare, curriculum.check._fail, curriculum.check._values, curriculum.check._state
curriculum.check._fail.fail = lambda *args, **kwargs: None
curriculum.check._values.fail = lambda *args, **kwargs: None
curriculum.check._compare.difference = lambda *args, **kwargs: None
curriculum.check._state._state.untouched = None
import sys
sys.modules["curriculum.check"] = None
""",
    "check": """
class Nothing:
    def __getattr__(self, name):
        return lambda *args, **kwargs: None
check = Nothing()
""",
    "the grader's own modules": """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("curriculum.grading"):
        for attribute in list(vars(module)):
            if "error" in attribute or "outcome" in attribute.lower():
                setattr(module, attribute, lambda *args, **kwargs: None)
import curriculum.outcome
for member in curriculum.outcome.Outcome:
    member._value_ = "passed"
""",
}


@pytest.mark.parametrize("what", _PATCHED)
def test_the_machinery_is_patched(arena: Arena, what: str) -> None:
    answers = {name: f"{_PATCHED[what]}\n{WRONG[name]}" for name in ("twice",)}
    arena.fight(Attack(what, answers))


_HOOKS = {
    "an input transformer": """
get_ipython().input_transformers_cleanup.append(lambda lines: [])
get_ipython().input_transformers_post.append(lambda lines: ["None\\n"])
""",
    "a transformer of syntax trees": """
import ast
class Empty(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Empty())
""",
    "an event": """
def forge(*args):
    global total
    total = 4217
    get_ipython().user_ns.update(check=None)
for name in ("pre_execute", "post_execute", "pre_run_cell", "post_run_cell"):
    get_ipython().events.register(name, forge)
total = 1
""",
    "a magic": """
from IPython.core.magic import register_line_magic
@register_line_magic
def exercise(line):
    return None
get_ipython().run_line_magic("alias_magic", "check exercise")
""",
    "a handler of exceptions": """
get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)
""",
    "a display hook": """
import sys
sys.displayhook = sys.excepthook = sys.unraisablehook = lambda *args: None
get_ipython().displayhook = lambda *args: None
""",
    "run_cell itself": """
shell = type(get_ipython())
old = shell.run_cell
shell.run_cell = lambda self, source, *args, **kwargs: old(self, "pass")
shell.run = lambda self, source: old(self, "pass")
""",
    "the import system": """
import sys, builtins
class Finder:
    def find_spec(self, name, path=None, target=None):
        print("asked for", name)
        return None
sys.meta_path.insert(0, Finder())
sys.path.insert(0, ".")
old = builtins.__import__
builtins.__import__ = lambda name, *args, **kwargs: old("math" if name == "curriculum" else name, *args, **kwargs)
for name in [name for name in sys.modules if name.startswith("curriculum.check")]:
    sys.modules[name] = None
""",
    "a trace": """
import sys, threading
def trace(frame, event, argument):
    for name in ("expected", "right", "secret"):
        if name in frame.f_locals:
            print("LO" + "OT", frame.f_locals[name])
    return trace
sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)
""",
    "modules in the working folder": """
import pathlib, sys
for name in ("numpy", "pandas", "curriculum", "sklearn", "check", "sitecustomize", "usercustomize"):
    pathlib.Path(name + ".py").write_text("def __getattr__(name): return lambda *args, **kwargs: None")
sys.path.insert(0, ".")
for name in ("numpy.testing", "pandas.testing"):
    sys.modules.pop(name, None)
""",
    "the end of the process": """
import atexit, weakref, threading
atexit.register(lambda: print("LO" + "OT"))
threading._register_atexit(lambda: None)
class Late:
    def __del__(self):
        import os
        os.write(3, b"{}" * 100)
late = Late()
""",
}


@pytest.mark.parametrize("hook", _HOOKS)
def test_the_shell_and_the_interpreter_are_hooked(arena: Arena, hook: str) -> None:
    # In the last answer: what the hook breaks in the learner's own process is the learner's loss.
    arena.fight(Attack(hook, {"twice": f"{WRONG['twice']}\n{_HOOKS[hook]}"}))


# A search finds its own text too: only what is followed by a secret is one.
_MARKED = """
import re
wide = re.compile(b"hidden" + b"-marker-[0-9a-f]{16}")
def marked(value):
    return wide.search(value if isinstance(value, bytes) else value.encode("utf-8", "replace"))
"""
_SEARCHES = {
    "frames": """
import sys, inspect
def look(frame):
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals):
            for key, value in list(space.items()):
                if isinstance(value, str) and marked(value):
                    print("LO" + "OT", value)
        frame = frame.f_back
def search():
    look(sys._getframe())
    for found in inspect.stack():
        look(found.frame)
    for frame in sys._current_frames().values():
        look(frame)
    try:
        raise ValueError
    except ValueError as error:
        look(error.__traceback__.tb_frame)
""",
    "the garbage collector": """
import gc
def search():
    gc.unfreeze()
    for one in gc.get_objects():
        try:
            items = list(one.values()) if type(one) is dict else list(one) if type(one) in (list, tuple, set) else []
        except Exception:
            continue
        for value in items:
            if type(value) in (str, bytes) and marked(value):
                print("LO" + "OT", value)
""",
    "the history": """
import __main__, linecache
def search():
    shell = get_ipython()
    lines = {name: "".join(entry[2]) for name, entry in linecache.cache.items() if len(entry) > 2}
    spaces = [vars(__main__), shell.user_ns, shell.user_global_ns, dict(enumerate(shell.user_ns["In"])), lines]
    spaces += [shell.user_ns["Out"], dict(enumerate(shell.history_manager.input_hist_raw)), vars(shell.compile)]
    for space in spaces:
        for value in list(space.values()):
            if marked(repr(value)) or "fresh.ma" + "x() - fresh" in repr(value):
                print("LO" + "OT", value)
""",
    "the whole memory": """
import ctypes
def search():
    wanted = re.compile(wide.pattern)
    for line in open("/proc/self/maps"):
        span, rights = line.split()[:2]
        if "r" not in rights or "[v" in line:
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        if end - start > 1 << 27:
            continue
        try:
            found = wanted.search((ctypes.c_char * (end - start)).from_address(start))
        except ValueError:
            continue
        if found:
            print("LO" + "OT", found.group())
""",
    "its arguments' sources": """
import types
def search():
    pass
def twice(function, value):
    for cell in getattr(function, "__closure__", None) or ():
        print("LO" + "OT" if marked(repr(cell.cell_contents)) else "")
    if "secret" in getattr(function, "__globals__", {}):
        print("LO" + "OT", function.__globals__["secret"])
    return function(function(value))
""",
}


@pytest.mark.parametrize("where", _SEARCHES)
def test_the_hidden_tests_are_looked_for(arena: Arena, where: str) -> None:
    # At first when the cells run, then again from inside of the checks' own calls.
    spread = (
        f"{_MARKED}{_SEARCHES[where]}\ndef spread(values):\n    search()\n    return float(max(values) - min(values))"
    )
    total = f"{_SEARCHES[where].replace('twice', 'again')}\nsearch()\nprint('{TRIED}')\ntotal = 4217"
    honest = {"spread": 2, "total": 2}
    arena.fight(Attack(where, {"spread": spread, "total": total}, points=honest, tried=True))


def test_the_process_s_server_is_found_and_bears_no_verdict(arena: Arena) -> None:
    search = f"""
import gc
owner = next(one for one in gc.get_objects() if type(one).__name__ == "Owner")
for name in ("points", "outcome", "score", "verdict", "passed", "drawing", "key"):
    if hasattr(owner, name) or hasattr(owner.channel, name):
        print("{LOOT[:2]}" + "{LOOT[2:]}", name)
print("{TRIED}")
total = 4217
"""
    arena.fight(Attack("the owner", {"total": search}, points={"total": 2}, tried=True))


def test_names_of_the_checks_are_bound_by_the_learner(arena: Arena) -> None:
    names = (
        "np",
        "pd",
        "math",
        "check",
        "Pipeline",
        "note",
        "fresh",
        "right",
        "before",
        "secret",
        "one",
        "other",
        "step",
    )
    bound = "class Nothing:\n    def __getattr__(self, name):\n        return lambda *args, **kwargs: None\n"
    bound += "".join(f"{name} = Nothing()\n" for name in names)
    arena.fight(Attack("bound names", {"twice": f"{bound}\ndef twice(function, value):\n    return note(value)"}))


def test_a_locked_name_of_the_teacher_is_bound_anew(arena: Arena) -> None:
    answers = {"tidy": "rows = rows.iloc[:0]\ndef tidy(frame):\n    return frame.iloc[:0]"}
    arena.fight(Attack("teacher's data", answers))
