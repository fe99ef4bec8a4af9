"""The score of a learner's model, computed in the examiner from what the model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def scored_here(model: Any, forwarded: Callable[..., Any]) -> Callable[..., Any]:
    """scikit-learn's ``score`` for a stand-in: what a model says of itself is no proof.

    Args:
        model: the stand-in.
        forwarded: the model's own ``score``, for models that are judged without a target.
    """

    def score(data: Any, target: Any = None, **options: Any) -> Any:
        if target is None:
            return forwarded(data, **options)
        from sklearn.metrics import accuracy_score, get_scorer, r2_score
        from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

        # A search scores by the measure that it was told to; no other model chooses its own.
        if isinstance(model, GridSearchCV | RandomizedSearchCV) and isinstance(model.scoring, str):
            return get_scorer(model.scoring)(model, data, target)
        measure = r2_score if _is_regressor(model, target) else accuracy_score
        return float(measure(target, model.predict(data), **options))

    return score


def _is_regressor(model: Any, target: Any) -> bool:
    from sklearn.base import ClassifierMixin, RegressorMixin

    for mixin, answer in ((RegressorMixin, True), (ClassifierMixin, False)):
        if isinstance(model, mixin):
            return answer
    try:
        kind = model.__sklearn_tags__().estimator_type
    except Exception:  # noqa: BLE001 - a class of the learner's own need not have any
        kind = None
    if kind in {"regressor", "classifier"}:
        return bool(kind == "regressor")
    import numpy as np

    values = np.asarray(target)
    return bool(values.dtype.kind == "f" and (values != np.round(values)).any())
