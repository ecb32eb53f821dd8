"""What a training writes and computes: optimizers, moving averages, stat.h5, histograms, filtering."""
import glob
import json
import os

import h5py
import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from checkpoint import read

v1 = tf.compat.v1

STEPS = 20
SIZE = 6
# Of the optimizers whose weight decay is decoupled; the same number stands in training.ts.
WEIGHT_DECAY = 0.3

# The hyper-parameters of the reference.
OPTIMIZERS = {
    "ADAGRAD": lambda rate: v1.train.AdagradOptimizer(rate),
    "ADADELTA": lambda rate: v1.train.AdadeltaOptimizer(rate, rho=0.9, epsilon=1e-6),
    "ADAM": lambda rate: v1.train.AdamOptimizer(rate, beta1=0.9, beta2=0.999, epsilon=0.1),
    "RMSPROP": lambda rate: v1.train.RMSPropOptimizer(rate, decay=0.9, momentum=0.9, epsilon=1.0),
    "MOM": lambda rate: v1.train.MomentumOptimizer(rate, 0.9, use_nesterov=True),
}


def find_threshold(distances, percentile):
    hist, edges = np.histogram(distances, 100)
    cdf = np.float32(np.cumsum(hist)) / np.sum(hist)
    return np.interp(percentile * 0.01, cdf, (edges[:-1] + edges[1:]) / 2)


def names():
    return [f"p{label}" for label in range(4)], [[f"p{label}_{i}.png" for i in range(10)] for label in range(4)]


def prepare(folder):
    random = np.random.RandomState(3)
    people, images = names()
    for person, files in zip(people, images):
        os.makedirs(os.path.join(folder, "faces", person))
        for file in files:
            open(os.path.join(folder, "faces", person, file), "wb").close()
    paths = [f"/made/elsewhere/{person}/{file}" for person, files in zip(people, images) for file in files]
    distances = random.gamma(2, size=len(paths))
    with h5py.File(os.path.join(folder, "filter.h5"), "w") as file:
        file.create_dataset("class_names", data=people, dtype=h5py.string_dtype())
        file.create_dataset("image_list", data=paths, dtype=h5py.string_dtype())
        file.create_dataset("label_list", data=np.repeat(np.arange(4), 10))
        file.create_dataset("distance_to_center", data=distances)
    np.save(os.path.join(folder, "distances.npy"), random.normal(size=1000))


def test_every_optimizer_is_within_1e_6_of_tensorflow_after_20_steps(folder):
    with open(os.path.join(folder, "ours", "optimizers.json"), encoding="utf-8") as file:
        ours = json.load(file)
    assert set(ours) == set(OPTIMIZERS) | {"ADAMW", "SGDW"}
    i = np.arange(SIZE)
    for name, make in OPTIMIZERS.items():
        with v1.Graph().as_default(), v1.Session() as session:
            rate, gradient = v1.placeholder(tf.float32, []), v1.placeholder(tf.float32, [SIZE])
            w = v1.get_variable("w", initializer=tf.constant(1 + i / 4, tf.float32), use_resource=False)
            step = v1.train.get_or_create_global_step()
            optimizer = make(rate)
            apply = optimizer.apply_gradients([(gradient, w)], global_step=step)
            averages = v1.train.ExponentialMovingAverage(0.5, step)
            with v1.control_dependencies([apply]):
                train = averages.apply([w])
            session.run(w.initializer)
            session.run(v1.global_variables_initializer())
            for t in range(1, STEPS + 1):
                session.run(train, {rate: 0.1 / t, gradient: np.sin(3 * t + 1.7 * i * i) * 2.0 ** (i - 3)})
            result = ours[name]
            assert np.allclose(session.run(w), result["value"], rtol=0, atol=1e-6), (name, session.run(w), result)
            assert np.allclose(session.run(averages.average(w)), result["average"], rtol=0, atol=1e-6), name
            theirs = {variable.op.name: variable for variable in v1.global_variables()}
            for slot, values in result["slots"].items():
                assert np.allclose(session.run(theirs[slot]), values, rtol=1e-5, atol=1e-6), slot


def test_optimizers_with_decoupled_decay_follow_their_papers(folder):
    with open(os.path.join(folder, "ours", "optimizers.json"), encoding="utf-8") as file:
        ours = json.load(file)
    i = np.arange(SIZE)
    adam, sgd = 1 + i / 4, 1 + i / 4
    first, second, momentum = np.zeros(SIZE), np.zeros(SIZE), np.zeros(SIZE)
    # Keras adds epsilon to the root that is not corrected; with its epsilon corrected as well it does what the paper says.
    keras = tf.keras.optimizers.AdamW(weight_decay=WEIGHT_DECAY, beta_1=0.9, beta_2=0.999)
    theirs = tf.Variable(tf.constant(1 + i / 4, tf.float32), name="w")
    for t in range(1, STEPS + 1):
        rate, gradient = 0.1 / t, np.sin(3 * t + 1.7 * i * i) * 2.0 ** (i - 3)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        direction = first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
        adam = adam - rate * (direction + WEIGHT_DECAY * adam)
        momentum = 0.9 * momentum + gradient
        sgd = sgd - rate * (gradient + 0.9 * momentum + WEIGHT_DECAY * sgd)
        keras.learning_rate, keras.epsilon = rate, 1e-8 * np.sqrt(1 - 0.999**t)
        keras.apply_gradients([(tf.constant(gradient, tf.float32), theirs)])
    close = lambda values, expected, bound=1e-6: np.allclose(values, expected, rtol=0, atol=bound)
    assert close(ours["ADAMW"]["value"], adam), (ours["ADAMW"], adam)
    # Its powers of the betas are float32.
    assert close(ours["ADAMW"]["value"], theirs, 3e-6), (ours["ADAMW"], theirs)
    assert close(ours["SGDW"]["value"], sgd), (ours["SGDW"], sgd)
    slots = {"ADAMW": {"w/AdamW": first, "w/AdamW_1": second}, "SGDW": {"w/MomentumW": momentum}}
    for name, expected in slots.items():
        assert set(ours[name]["slots"]) == set(expected)
        for slot, values in expected.items():
            assert np.allclose(ours[name]["slots"][slot], values, rtol=2e-5, atol=1e-6), slot


def test_h5py_reads_our_statistics(folder):
    with h5py.File(os.path.join(folder, "ours", "stat.h5"), "r") as file:
        shapes = {name: dataset.shape for name, dataset in file.items()}
        assert all(dataset.dtype == np.float32 for dataset in file.values())
        stat = {name: dataset[()] for name, dataset in file.items()}
    steps = ["loss", "center_loss", "reg_loss", "xent_loss", "prelogits_norm", "accuracy"]
    validations = ["val_loss", "val_xent_loss", "val_accuracy"]
    epochs = ["lfw_accuracy", "lfw_valrate", "learning_rate", "time_train", "time_validate", "time_evaluate"]
    expected = {**{name: (12,) for name in steps}, **{name: (2,) for name in validations}}
    expected.update({name: (3,) for name in epochs}, prelogits_hist=(3, 1000))
    assert shapes == expected, shapes
    histogram = np.zeros((3, 1000))
    for step in range(1, 13):
        prelogits = np.float32(np.sin(step * 7 + np.arange(6)) * 14).reshape(2, 3)
        histogram[(step - 1) // 4] += np.histogram(np.minimum(np.abs(prelogits), 10.0), 1000, (0.0, 10.0))[0]
        norm = np.mean(np.linalg.norm(np.abs(prelogits) + 1e-4, axis=1))
        assert np.isclose(stat["prelogits_norm"][step - 1], norm, rtol=1e-6)
    assert np.array_equal(stat["prelogits_hist"], histogram)
    assert stat["loss"].tolist() == list(range(1, 13))
    assert stat["val_accuracy"].tolist() == [0.5, 0] and stat["lfw_accuracy"].tolist() == [0, 0, 0.875]


def test_tensorboard_shows_our_histograms_as_tensorflow_makes_them(folder):
    (path,) = glob.glob(os.path.join(folder, "ours", "logs", "events.out.tfevents.*"))
    events = EventAccumulator(os.path.dirname(path), size_guidance={"histograms": 0}).Reload()
    assert events.Tags()["histograms"] == ["Logits/weights_1"]
    assert events.Tags()["graph"] and len(events.Graph().node) > 50
    (event,) = events.Histograms("Logits/weights_1")
    assert event.step == 3
    ours = event.histogram_value
    i = np.arange(500)
    values = np.float32([*(np.sin(i) * 10.0 ** (i % 41 - 20)), 0, 0, -0.0, 1, -1, 1e-12, -1e-12, 1e-13])
    with v1.Graph().as_default(), v1.Session() as session:
        summary = session.run(v1.summary.histogram("Logits/weights", tf.constant(values)))
    theirs = v1.Summary.FromString(summary).value[0].histo
    assert (ours.num, ours.min, ours.max) == (theirs.num, theirs.min, theirs.max)
    assert np.allclose([ours.sum, ours.sum_squares], [theirs.sum, theirs.sum_squares], rtol=1e-6)
    assert list(ours.bucket_limit) == list(theirs.bucket_limit)
    assert list(ours.bucket) == list(theirs.bucket)


def test_filtering_keeps_what_numpy_keeps(folder):
    result = read(folder)["filter"]
    distances = np.load(os.path.join(folder, "theirs", "distances.npy"))
    expected = [find_threshold(distances, percentile) for percentile in (0, 12.5, 50, 99, 100)]
    assert np.allclose(result["thresholds"], expected, rtol=0, atol=1e-12), (result["thresholds"], expected)
    with h5py.File(os.path.join(folder, "theirs", "filter.h5"), "r") as file:
        distances, labels = file["distance_to_center"][()], file["label_list"][()]
    assert len(result["results"]) == 4
    for entry in result["results"]:
        _, left = names()
        marked = set()
        threshold = find_threshold(distances, entry["percentile"])
        for i, distance in enumerate(distances):
            if distance < threshold:
                continue
            label = labels[i]
            left[label].remove(f"p{label}_{i % 10}.png")
            if len(left[label]) < 5:
                marked.add(label)
        assert entry["people"] == [files for label, files in enumerate(left) if label not in marked]
