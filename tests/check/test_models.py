"""score: models by what they predict."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from curriculum import check

DATA = np.arange(20.0).reshape(-1, 1)
TARGET = (DATA[:, 0] > 9).astype(int)


@pytest.fixture
def model():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(DATA, TARGET)


def test_a_good_model_passes_and_its_score_is_given(model):
    assert check.score(model, DATA, TARGET, metric="accuracy", at_least=0.9) == 1.0
    assert check.score(model, DATA, TARGET, metric="roc_auc") == 1.0
    assert type(check.score(model, DATA, TARGET, metric="neg_log_loss", at_least=-1, at_most=0)) is float


def test_a_metric_of_ones_own(model):
    def share_right(model, data, target):
        return np.mean(model.predict(data) == target)

    assert check.score(model, DATA, TARGET, metric=share_right, at_least=0.9) == 1.0


def test_too_low(fails):
    weak = DummyClassifier().fit(DATA, TARGET)
    finding = fails(check.score, weak, DATA, TARGET, metric="accuracy", at_least=0.9, hint="scale first", called="weak")
    assert finding.message == "The model does not score well enough."
    assert (finding.called, finding.expected, finding.got) == ("weak", "accuracy of at least 0.9", "0.5")
    assert (finding.difference, finding.hint) == ("0.4 below the bound", "scale first")


def test_too_good_to_be_true(model, fails):
    finding = fails(check.score, model, DATA, TARGET, metric="accuracy", at_least=0.6, at_most=0.95)
    assert finding.message == "The model scores too well to be true."
    assert finding.expected == "accuracy of at least 0.6 and at most 0.95"
    assert finding.difference == "0.05 above the bound"


def test_mistakes_are_known_by_the_score(model, fails):
    leak = check.Mistake("leak", lambda score: score > 0.99, "The target is among the features.")
    finding = fails(check.score, model, DATA, TARGET, metric="accuracy", at_most=0.95, mistakes=[leak])
    assert finding.mistake is leak


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "A fitted model was asked for."),
        (..., "A fitted model was asked for."),
        (LogisticRegression, "That is the class of a model, not a model: it needs brackets, and fit()."),
        (LogisticRegression(), "The model was never fitted: call fit() before you return it."),
        (make_pipeline(StandardScaler(), LogisticRegression()), "The model was never fitted"),
        (StandardScaler().fit(DATA), "A fitted model was asked for; this has no predict()."),
        (TARGET, "A fitted model was asked for; this has no predict()."),
        ({"model": 1}, "A fitted model was asked for; this has no predict()."),
    ],
)
def test_no_fitted_model(value, words, fails):
    assert fails(check.score, value, DATA, TARGET, metric="accuracy", at_least=0.5).message.startswith(words)


def test_data_of_another_shape(model, fails):
    finding = fails(check.score, model, np.zeros((20, 3)), TARGET, metric="accuracy", at_least=0.5)
    assert finding.message == "The model could not be scored by accuracy."
    assert finding.got.startswith("ValueError: ")
    fails(check.score, model, DATA, TARGET[:3], metric="accuracy", at_least=0.5)


class OwnModel:
    def __init__(self, predictions=None, error=None):
        self.predictions, self.error = predictions, error

    def predict(self, data):
        if self.error:
            raise self.error
        return self.predictions


def right(model, data, target):
    return np.mean(np.asarray(model.predict(data)) == target)


def test_a_model_that_raises(fails):
    finding = fails(check.score, OwnModel(error=KeyError("x" * 9999)), DATA, TARGET, metric=right, at_least=0.5)
    assert finding.got.startswith("KeyError: 'xxx")
    with pytest.raises(NotImplementedError):
        check.score(OwnModel(error=NotImplementedError()), DATA, TARGET, metric=right, at_least=0.5)


def test_a_score_that_is_no_number(fails):
    finding = fails(check.score, OwnModel(), DATA, TARGET, metric=lambda *_: math.nan, at_least=0.5)
    assert (finding.got, finding.expected) == ("nan", "score of at least 0.5")
    assert "not a number" in finding.difference
    assert "could not be scored" in fails(check.score, OwnModel(), DATA, TARGET, metric=lambda *_: "good").message
