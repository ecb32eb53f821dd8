"""The LFW protocol against a plain NumPy, SciPy and scikit-learn version of it."""
import os

import numpy as np
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import auc
from sklearn.model_selection import KFold

from checkpoint import read

PAIRS = 612


def prepare(folder):
    random = np.random.RandomState(5)
    centres = random.normal(size=(PAIRS, 2, 16))
    same = random.uniform(size=PAIRS) < 0.5
    centres[same, 1] = centres[same, 0]
    rows = (centres + random.normal(size=centres.shape) * 0.8 + 0.3).reshape(2 * PAIRS, 16)
    np.save(os.path.join(folder, "embeddings.npy"), rows / np.linalg.norm(rows, axis=1, keepdims=True))
    np.save(os.path.join(folder, "same.npy"), same.astype(np.uint8))


def distance(a, b, metric):
    if metric == 0:
        return np.sum((a - b) ** 2, 1)
    cosine = np.sum(a * b, 1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return np.arccos(np.clip(cosine, -1, 1)) / np.pi


def rates(threshold, distances, same):
    predicted = distances < threshold
    tp, fp = np.sum(predicted & same), np.sum(predicted & ~same)
    return tp / max(same.sum(), 1), fp / max((~same).sum(), 1), np.mean(predicted == same)


def evaluate(rows, same, metric, subtract_mean):
    a, b = rows[0::2], rows[1::2]
    thresholds, fine = np.arange(0, 4, 0.01), np.arange(0, 4, 0.001)
    accuracy, tprs, fprs, val, far = [], [], [], [], []
    for train, test in KFold(10).split(a):
        mean = np.mean(np.concatenate([a[train], b[train]]), 0) if subtract_mean else 0.0
        distances = distance(a - mean, b - mean, metric)
        best = np.argmax([rates(t, distances[train], same[train])[2] for t in thresholds])
        accuracy.append(rates(thresholds[best], distances[test], same[test])[2])
        curve = np.array([rates(t, distances[test], same[test])[:2] for t in thresholds])
        tprs.append(curve[:, 0])
        fprs.append(curve[:, 1])
        accepted = np.array([rates(t, distances[train], same[train])[1] for t in fine])
        threshold = 0.0
        if accepted.max() >= 1e-3:
            i = np.flatnonzero(accepted <= 1e-3)[-1]
            threshold = fine[i] + (fine[i + 1] - fine[i]) * (1e-3 - accepted[i]) / (accepted[i + 1] - accepted[i])
        test_rates = rates(threshold, distances[test], same[test])
        val.append(test_rates[0])
        far.append(test_rates[1])
    tpr, fpr = np.mean(tprs, 0), np.mean(fprs, 0)
    # One point per false positive rate, the last: interpolation needs distinct abscissae.
    last = np.append(np.flatnonzero(np.diff(fpr)), len(fpr) - 1)
    eer = brentq(lambda x: 1 - x - interp1d(fpr[last], tpr[last])(x), 0, 1)
    return accuracy, np.mean(val), np.std(val), np.mean(far), auc(fpr, tpr), eer


def test_every_number_agrees_to_1e_9(folder):
    rows = np.load(os.path.join(folder, "theirs", "embeddings.npy"))
    same = np.load(os.path.join(folder, "theirs", "same.npy")).astype(bool)
    results = read(folder)["evaluations"]
    assert len(results) == 4
    for result in results:
        accuracy, val, val_std, far, area, eer = evaluate(rows, same, result["metric"], result["subtractMean"])
        ours, validation = result["accuracy"], result["validation"]
        for mine, theirs in [
            (ours["perFold"], accuracy),
            (ours["mean"], np.mean(accuracy)),
            (ours["std"], np.std(accuracy)),
            (validation["rate"], val),
            (validation["std"], val_std),
            (validation["far"], far),
            (result["auc"], area),
            (result["eer"]["rate"], eer),
        ]:
            assert np.allclose(mine, theirs, rtol=0, atol=1e-9), (result, mine, theirs)
