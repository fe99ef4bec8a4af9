"""The libraries that lessons use work inside."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", params=["root", "user", "contained_root", "contained_user"])
def ready(request, make_zygote):
    limits = {"memory": 2048 << 20, "disk": 64 << 20}
    return make_zygote(request.param, limits=limits, preload=["numpy", "pandas"])


WORK = {
    "numpy": """
import numpy as np
result = bool(np.linalg.svd(np.arange(250_000.0).reshape(500, 500))[1][0] > 0)
""",
    "pandas": """
import pandas as pd
pd.DataFrame({"a": [1]}).to_csv("f.csv")
result = int(pd.read_csv("f.csv").a[0]) == 1
""",
    "parquet": """
import pandas as pd
pd.DataFrame({"a": [1]}).to_parquet("f")
result = int(pd.read_parquet("f").a[0]) == 1
""",
    "dates": """
import pandas as pd
result = str(pd.Timestamp("2024-07-01", tz="Europe/Berlin"))[-6:] == "+02:00"
""",
    "scikit-learn": """
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
X, y = load_iris(return_X_y=True)
result = bool(cross_val_score(RandomForestClassifier(5, n_jobs=2, random_state=0), X, y, n_jobs=2).mean() > 0.9)
""",
    "statsmodels": """
import statsmodels.api as sm
data = sm.datasets.longley.load_pandas()
result = bool(sm.OLS(data.endog, sm.add_constant(data.exog)).fit().rsquared > 0.99)
""",
    "matplotlib": """
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.title("äβ")
plt.savefig("figure.png")
with open("figure.png", "rb") as file:
    result = file.read(4) == b"\\x89PNG"
""",
    "data sets": "from curriculum import datasets; result = len(datasets.load('payments')) > 0",
    "check": "from curriculum import check; check.equal(1, 1); result = True",
    "asyncio": """
import asyncio
async def wait():
    await asyncio.sleep(0.001)
    return True
result = asyncio.run(wait())
""",
    "asyncio with threads": "import asyncio; result = asyncio.run(asyncio.to_thread(abs, -1)) == 1",
    "threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    result = list(pool.map(abs, range(-9, 0))) == list(range(9, 0, -1))
""",
    "tempfile": """
import tempfile
with tempfile.TemporaryDirectory() as folder:
    with open(folder + "/f", "w") as file:
        file.write("1")
    result = folder.startswith(box)
""",
    "shutil": """
import pathlib, shutil
pathlib.Path("a").write_text("1")
shutil.copy2("a", "b")
result = pathlib.Path("b").read_text() == "1"
""",
    "sqlite": """
import sqlite3
db = sqlite3.connect("d.db")
db.execute("pragma journal_mode=wal")
db.execute("create table t (a)")
db.execute("insert into t values (1)")
db.commit()
result = db.execute("select a from t").fetchone() == (1,)
db.close()
""",
    "zoneinfo": """
import datetime, zoneinfo
moment = datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))
result = moment.utcoffset() == datetime.timedelta(hours=9)
""",
    "local time": "import time; result = time.tzname[0] == 'UTC' and time.localtime(0).tm_hour == 0",
    "randomness": "import secrets, uuid; result = len(secrets.token_bytes(8)) == 8 and uuid.uuid4() != uuid.uuid1()",
    "modules imported late": "import decimal, html.parser, wave, xmlrpc.client; result = True",
    "callbacks from C": """
import ctypes
result = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(abs)(-3) == 3
""",
    "mapped files": """
import mmap
with open("m", "w+b") as file:
    file.truncate(4096)
    with mmap.mmap(file.fileno(), 0) as memory:
        memory[:2] = b"ok"
    result = file.read(2) == b"ok"
""",
    "printing": "import os; print('x', flush=True); result = os.write(2, b'x') == 1",
    "a user's name": "import getpass; result = getpass.getuser() == 'learner'",
    "processors": "import os; result = os.cpu_count() >= 1 and len(os.sched_getaffinity(0)) >= 1",
    "IPython": """
from IPython.core.interactiveshell import InteractiveShell
result = InteractiveShell.instance().run_cell("%timeit -n1 -r1 1").success
""",
}


@pytest.mark.parametrize("name", WORK)
def test_it_works(ready, name):
    answer = ready.run(WORK[name])
    assert answer.error == ""
    assert answer.value is True


def test_an_account_exists_in_a_root_of_its_own(whole):
    assert whole.run("import os, pwd; result = pwd.getpwuid(os.getuid())[:6]").value[0] == "learner"


def test_fonts_are_not_searched_for_again(whole):
    """Where the zygote's user has matplotlib's list of fonts, a child has it too."""
    linked = whole.run(
        "import glob, os; result = [os.path.exists(p) for p in glob.glob(os.environ['MPLCONFIGDIR'] + '/*')]"
    ).value
    assert all(linked)
