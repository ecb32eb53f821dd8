"""The triplet loss and the selection of triplets, held against NumPy formulas of their definition (float64)."""
import os

import numpy as np

from checkpoint import read

ALPHA = 0.2
COUNTS = [7, 5, 1, 8, 6, 4]
# The sixth person is beyond the people of a batch: negatives only.
PEOPLE_PER_BATCH = 5
SIZE = 24


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def prepare(folder):
    random = np.random.RandomState(11)
    centres = random.normal(size=(len(COUNTS), SIZE))
    rows = np.concatenate([c + 0.9 * random.normal(size=(n, SIZE)) for c, n in zip(centres, COUNTS)])
    for name, array in {
        "embeddings": np.float32(unit(rows)),
        "counts": np.float64(COUNTS),
        "draws": random.uniform(size=500),
        "prelogits": np.float32(random.normal(size=(12, 10))),
    }.items():
        np.save(os.path.join(folder, f"triplet_{name}.npy"), array)


def load(folder, name):
    return np.float64(np.load(os.path.join(folder, "theirs", f"triplet_{name}.npy")))


def select(embeddings, draws, semi_hard):
    """For each pair of images of a person a negative that violates the margin, drawn evenly among all that do."""
    person = np.repeat(np.arange(len(COUNTS)), COUNTS)
    squared = np.sum((embeddings[:, None] - embeddings[None]) ** 2, axis=2)
    triplets, pairs, nearest_call = [], 0, np.inf
    draws = iter(draws)

    def pick(among):
        return among[int(next(draws) * len(among))]

    for anchor in range(len(person)):
        for positive in range(anchor + 1, len(person)):
            if person[anchor] != person[positive] or person[anchor] >= PEOPLE_PER_BATCH:
                continue
            pairs += 1
            others = person != person[anchor]
            excess = squared[anchor] - squared[anchor, positive]
            nearest_call = min(nearest_call, np.min(np.abs(excess[others] - ALPHA)), np.min(np.abs(excess[others])))
            wrong = others & (excess < ALPHA)
            if semi_hard:
                wrong &= excess > 0
            # Four times blindly among all that some pair of this anchor reaches, then among those that fit this one.
            of_anchor = (person == person[anchor]) & (np.arange(len(person)) > anchor)
            reached = np.flatnonzero(others & (squared[anchor] < np.max(squared[anchor][of_anchor]) + ALPHA))
            blind = (pick(reached) for _ in range(4 if len(reached) else 0))
            negative = next((image for image in blind if wrong[image]), None)
            if negative is None and wrong.any():
                negative = pick(np.flatnonzero(wrong))
            if negative is not None:
                triplets += [anchor, positive, negative]
    # Nothing is so near to a limit that float32 could decide otherwise.
    assert nearest_call > 1e-6, nearest_call
    return triplets, pairs


def loss(prelogits):
    anchor, positive, negative = np.transpose(unit(prelogits).reshape(-1, 3, prelogits.shape[1]), (1, 0, 2))
    distance = np.sum((anchor - positive) ** 2, 1) - np.sum((anchor - negative) ** 2, 1)
    return np.mean(np.maximum(distance + ALPHA, 0))


def test_the_chosen_triplets_are_those_of_the_definition(folder):
    ours = read(folder)["triplets"]["selections"]
    assert [selection["semiHard"] for selection in ours] == [False, True]
    embeddings, draws = load(folder, "embeddings"), load(folder, "draws")
    chosen = []
    for selection in ours:
        triplets, pairs = select(embeddings, draws, selection["semiHard"])
        assert selection["pairs"] == pairs == 21 + 10 + 0 + 28 + 15
        assert selection["triplets"] == triplets
        chosen.append(len(triplets) // 3)
    assert 0 < chosen[1] < chosen[0] < pairs, chosen


def test_the_triplet_loss_and_its_gradient_are_those_of_the_definition(folder):
    ours = read(folder)["triplets"]
    prelogits = load(folder, "prelogits")
    assert np.isclose(ours["loss"], loss(prelogits), rtol=1e-6), (ours["loss"], loss(prelogits))
    gradient = np.reshape(ours["gradient"], prelogits.shape)
    expected = np.zeros_like(prelogits)
    for place in np.ndindex(prelogits.shape):
        step = np.zeros_like(prelogits)
        step[place] = 1e-6
        expected[place] = (loss(prelogits + step) - loss(prelogits - step)) / 2e-6
    assert np.max(np.abs(expected)) > 0.01
    assert np.allclose(gradient, expected, rtol=1e-4, atol=1e-7), np.max(np.abs(gradient - expected))
