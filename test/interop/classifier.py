"""Our classifier of people against scikit-learn's SVC on the same embeddings."""
import os
import warnings

import numpy as np
from sklearn.svm import SVC


def arrays(folder):
    place = os.path.join(folder, "ours", "classifier")
    names = ["embeddings", "labels", "decisions", "votes", "probabilities"]
    return [np.load(os.path.join(place, f"{name}.npy")) for name in names]


def trained(rows, labels, seed=0, probability=False):
    with warnings.catch_warnings():
        # probability=True is what classifier.py asks for; newer versions would rather have it otherwise.
        warnings.simplefilter("ignore")
        machine = SVC(kernel="linear", probability=probability, random_state=seed, decision_function_shape="ovo")
        return machine.fit(rows, labels)


def test_decision_values_and_votes_are_those_of_svc(folder):
    rows, labels, decisions, votes, _ = arrays(folder)
    machine = trained(rows, labels)
    difference = np.abs(machine.decision_function(rows) - decisions).max()
    print(f"        {len(rows)} embeddings of {len(machine.classes_)} people: {difference:.1e}")
    assert difference <= 1e-3, difference
    assert np.array_equal(machine.predict(rows), votes)


def test_the_conditions_of_a_tighter_solution_hold_as_well(folder):
    rows, labels, decisions, _, _ = arrays(folder)
    machine = SVC(kernel="linear", tol=1e-8, decision_function_shape="ovo").fit(rows, labels)
    assert np.abs(machine.decision_function(rows) - decisions).max() <= 5e-3


def test_probabilities_differ_from_those_of_svc_as_those_of_two_seeds_do(folder):
    rows, labels, _, _, probabilities = arrays(folder)
    theirs = [trained(rows, labels, seed, probability=True).predict_proba(rows) for seed in range(6)]
    assert np.allclose(probabilities.sum(1), 1)
    ours = [np.abs(other - probabilities) for other in theirs]
    between = [np.abs(theirs[i] - theirs[j]) for i in range(6) for j in range(i)]
    means = [np.mean([difference.mean() for difference in group]) for group in (ours, between)]
    print(f"        mean difference {means[0]:.5f}, between two seeds of SVC {means[1]:.5f}")
    assert means[0] < 1.25 * means[1]
    assert max(difference.max() for difference in ours) < 1.25 * max(difference.max() for difference in between)
