"""Rules on randomness: every draw comes from a generator that was given its seed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from curriculum.lint import _python
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject

# What numpy.random offers beside its global generator.
_SEEDABLE = {
    "default_rng",
    "Generator",
    "RandomState",
    "SeedSequence",
    "BitGenerator",
    "PCG64",
    "PCG64DXSM",
    "MT19937",
    "Philox",
    "SFC64",
}
_GLOBAL_PYTHON = {
    "betavariate",
    "choice",
    "choices",
    "expovariate",
    "gammavariate",
    "gauss",
    "getrandbits",
    "lognormvariate",
    "normalvariate",
    "paretovariate",
    "randbytes",
    "randint",
    "random",
    "randrange",
    "sample",
    "seed",
    "shuffle",
    "triangular",
    "uniform",
    "vonmisesvariate",
    "weibullvariate",
}
_UNSEEDED = {f"numpy.random.{name}" for name in _SEEDABLE - {"Generator", "BitGenerator"}} | {"random.Random"}
_NEVER_SEEDED = {"random.SystemRandom", "os.urandom", "uuid.uuid1", "uuid.uuid4"}
# Parts of scikit-learn whose result rests on random_state whatever their other arguments are.
_SKLEARN = {
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "BayesianGaussianMixture",
    "BisectingKMeans",
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "ExtraTreeClassifier",
    "ExtraTreeRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "FastICA",
    "GaussianMixture",
    "GaussianRandomProjection",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "GroupShuffleSplit",
    "HalvingRandomSearchCV",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "IsolationForest",
    "KMeans",
    "LatentDirichletAllocation",
    "MLPClassifier",
    "MLPRegressor",
    "MiniBatchDictionaryLearning",
    "MiniBatchKMeans",
    "MiniBatchNMF",
    "Nystroem",
    "PassiveAggressiveClassifier",
    "Perceptron",
    "RBFSampler",
    "RandomForestClassifier",
    "RandomForestRegressor",
    "RandomizedSearchCV",
    "RepeatedKFold",
    "RepeatedStratifiedKFold",
    "SGDClassifier",
    "SGDOneClassSVM",
    "SGDRegressor",
    "ShuffleSplit",
    "SparseRandomProjection",
    "SpectralClustering",
    "StratifiedShuffleSplit",
    "TSNE",
    "TruncatedSVD",
    "make_biclusters",
    "make_blobs",
    "make_classification",
    "make_friedman1",
    "make_low_rank_matrix",
    "make_regression",
    "make_s_curve",
    "make_sparse_uncorrelated",
    "make_swiss_roll",
    "permutation_importance",
    "permutation_test_score",
    "resample",
    "shuffle",
}
# These draw only with shuffle=True; the next unless shuffle=False.
_SHUFFLES = {"KFold", "StratifiedKFold", "StratifiedGroupKFold", "GroupKFold"}
_SHUFFLES_BY_DEFAULT = {"train_test_split"}
_SCIPY = {"scipy.stats.bootstrap", "scipy.stats.monte_carlo_test", "scipy.stats.permutation_test"}
_SEEDS = {"random_state", "rng", "seed"}


@rule(
    "global-randomness",
    "numbers drawn from the global state of `numpy.random` or `random`, or its seed: any other cell may change them",
    mend="draw from a generator of your own: rng = np.random.default_rng(seed)",
)
def global_randomness(subject: Subject) -> Iterator[Found]:
    """Look for the functions that share one hidden generator."""
    for cell in subject.code:
        names = {_python.resolved(node, subject.imports) for node in _python.parse(cell.source).nodes}
        for name in sorted(names):
            module, _, function = name.rpartition(".")
            numpy = module == "numpy.random" and function not in _SEEDABLE
            if numpy or (module == "random" and function in _GLOBAL_PYTHON):
                yield Found(cell.id, f"{name} uses the global random state")


@rule(
    "unseeded-randomness",
    "a generator, an estimator, a splitter or a draw without a seed: its results differ from run to run",
    mend="give it a seed: default_rng(17), random_state=17, or check.rng() in hidden tests",
)
def unseeded_randomness(subject: Subject) -> Iterator[Found]:
    """Look for whatever takes a seed and was given none."""
    for cell in subject.code:
        for call in _python.parse(cell.source).calls:
            name = _python.resolved(call.func, subject.imports)
            if not _python.unpacks(call) and (_needs_seed(call, name) or _draws_from_frame(call, name)):
                shown = name.rsplit(".", 1)[-1] if name else f".{getattr(call.func, 'attr', '')}"
                yield Found(cell.id, f"{shown}(...) gets no seed")


def _needs_seed(call: ast.Call, name: str) -> bool:
    if name in _NEVER_SEEDED or name.startswith("secrets."):
        return True
    options = _python.keywords(call)
    if name in _UNSEEDED:
        given = [*call.args[:1], *(options[key] for key in ("seed", "x", "entropy") if key in options)]
        return not given or _python.is_none(given[0])
    if any(key in options and not _python.is_none(options[key]) for key in _SEEDS):
        return False
    if name in _SCIPY:
        # With n_resamples=np.inf SciPy goes through every permutation, and draws nothing.
        return _python.dotted(options.get("n_resamples", call)) not in {"np.inf", "math.inf"}
    return name.startswith("sklearn.") and _sklearn_draws(name.rsplit(".", 1)[-1], options)


def _sklearn_draws(name: str, options: dict[str, ast.expr]) -> bool:
    shuffle = options.get("shuffle")
    is_on = isinstance(shuffle, ast.Constant) and shuffle.value is True
    is_off = isinstance(shuffle, ast.Constant) and shuffle.value is False
    if name in {"make_circles", "make_moons"}:
        return not is_off or "noise" in options
    if name == "DummyClassifier":
        strategy = options.get("strategy")
        return isinstance(strategy, ast.Constant) and strategy.value in {"stratified", "uniform"}
    return name in _SKLEARN or (name in _SHUFFLES and is_on) or (name in _SHUFFLES_BY_DEFAULT and not is_off)


def _draws_from_frame(call: ast.Call, name: str) -> bool:
    """Whether this is ``frame.sample(...)`` of pandas or ``distribution.rvs(...)`` of SciPy without a seed."""
    if not isinstance(call.func, ast.Attribute) or name.startswith("random."):
        return False
    options = _python.keywords(call)
    if any(key in options and not _python.is_none(options[key]) for key in _SEEDS):
        return False
    if call.func.attr == "rvs":
        return True
    # One positional argument may be a size for anything that can be sampled; these words are pandas' own.
    return call.func.attr == "sample" and bool({"n", "frac", "weights"} & set(options) or _is_count(call))


def _is_count(call: ast.Call) -> bool:
    owner = _python.dotted(call.func).split(".")[0].lower()
    alone = call.args[0] if len(call.args) == 1 else None
    is_number = isinstance(alone, ast.Constant) and isinstance(alone.value, int)
    return is_number and not any(word in owner for word in ("mixture", "gmm", "rng", "model"))
