"""Checks of models by what they predict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import error_text, kind, short
from curriculum.check._fail import fail, recognise
from curriculum.errors import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from curriculum.check._finding import Mistake


def score(
    model: Any,
    data: Any,
    target: Any,
    *,
    metric: str | Callable[[Any, Any, Any], float],
    at_least: float | None = None,
    at_most: float | None = None,
    called: str = "",
    hint: str = "",
    mistakes: Sequence[Mistake] = (),
) -> float:
    """Pass if a fitted model scores well enough on data; returns the score.

    Args:
        model: a fitted estimator or pipeline.
        data: the rows to predict, shape (n_rows, n_features).
        target: the true values, shape (n_rows,).
        metric: a scorer's name of scikit-learn (``"roc_auc"``, ``"neg_mean_absolute_error"``), or a function of
            model, data and target.
        at_least: the lowest score that passes.
        at_most: the highest score that passes; a score too good to be true shows a leak.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.
        mistakes: recognised by the score (usually with a function as ``wrong_value``).

    Raises:
        CheckFailed: the model cannot predict, or its score is outside the bounds.

    Example:
        >>> from sklearn.dummy import DummyClassifier
        >>> from curriculum import check
        >>> data, target = [[0], [1], [2], [3]], [0, 1, 1, 1]
        >>> model = DummyClassifier().fit(data, target)
        >>> check.score(model, data, target, metric="accuracy", at_least=0.7)
        0.75
    """
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", "score").replace("<lambda>", "score")
    value = _measure(model, data, target, metric, name, called)
    bounds = [f"at least {at_least:g}" if at_least is not None else ""]
    bounds += [f"at most {at_most:g}" if at_most is not None else ""]
    low = at_least is not None and not value >= at_least
    high = at_most is not None and not value <= at_most
    if low or high:
        limit = at_least if low else at_most
        assert limit is not None
        fail(
            "The model does not score well enough." if low else "The model scores too well to be true.",
            called=called,
            expected=f"{name} of {' and '.join(text for text in bounds if text)}",
            got=f"{value:.4g}",
            difference=_gap(value, limit),
            hint=hint,
            mistake=recognise(value, mistakes, lambda one, other: None if one == other else "differs"),
        )
    return value


def _is_unfitted(model: Any) -> bool:
    """Whether scikit-learn says so; scorers trip over other things first, such as missing classes."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError:
        return True
    except Exception:  # noqa: BLE001 - no estimator of scikit-learn's kind
        return False
    return False


def _gap(value: float, limit: float) -> str:
    if math.isnan(value):
        return "the score is not a number: can it be computed on these rows?"
    return f"{abs(value - limit):.2g} {'below' if value < limit else 'above'} the bound"


def _measure(model: Any, data: Any, target: Any, metric: Any, name: str, called: str) -> float:
    from sklearn.exceptions import NotFittedError
    from sklearn.metrics import get_scorer

    if model is None or model is ...:
        fail("A fitted model was asked for.", called=called, got=kind(model), hint="is a return missing?")
    if isinstance(model, type):
        fail("That is the class of a model, not a model: it needs brackets, and fit().", called=called)
    if not hasattr(model, "predict"):
        fail("A fitted model was asked for; this has no predict().", called=called, got=kind(model))
    scorer = get_scorer(metric) if isinstance(metric, str) else metric
    try:
        return float(scorer(model, data, target))
    except CheckFailed:
        raise
    except NotImplementedError:
        raise  # not begun, which is another thing than wrong
    except Exception as error:  # noqa: BLE001 - a learner's model may raise anything
        if isinstance(error, NotFittedError) or _is_unfitted(model):
            fail("The model was never fitted: call fit() before you return it.", called=called, got=short(model))
        fail(f"The model could not be scored by {name}.", called=called, got=error_text(error))
