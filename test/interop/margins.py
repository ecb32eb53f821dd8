"""Heads with a margin: losses and gradients beside their papers' formulas in double precision, checkpoints and graphs."""
import json
import os

import numpy as np
import tensorflow as tf

from checkpoint import regenerable
from graphs import load_model

v1 = tf.compat.v1

PAPER = {
    "softmax": {},
    "cosface": {"marginScale": 64, "margin": 0.35},
    "arcface": {"marginScale": 64, "margin": 0.5},
    "combined": {"marginScale": 64, "marginM1": 1.0, "marginM2": 0.3, "marginM3": 0.2},
    "adaface": {"marginScale": 64, "margin": 0.4, "adafaceH": 0.333},
    "subcenter": {"marginScale": 64, "margin": 0.5},
}


def arc(cosine, m):
    """ArcFace with what its program does beyond pi."""
    moved = tf.cos(tf.acos(cosine) + m)
    return tf.where(cosine > np.cos(np.pi - m), moved, cosine - m * np.sin(m))


def combined(cosine, m1, m2, m3):
    """cos(m1 t + m2) - m3, on with SphereFace's psi beyond pi."""
    angle = m1 * tf.acos(cosine) + m2
    k = np.floor(angle.numpy() / np.pi)
    return (-1.0) ** k * tf.cos(angle) - 2 * k - m3


def ada(cosine, lengths, m, h, mean, deviation):
    """The paper's two margins; the lengths are numbers here, not variables."""
    z = np.clip(h * (np.clip(lengths, 1e-3, 100) - mean) / (deviation + 1e-3), -1, 1)
    return tf.cos(tf.clip_by_value(tf.acos(cosine) - m * z, 0, np.pi)) - m * (1 + z)


def logits_of(settings, values, labels, lengths):
    x = values["prelogits"]
    head = settings["head"]
    if head == "softmax":
        return x @ values["Logits/weights"] + values["Logits/biases"]
    told = {**PAPER[head], **settings}
    unit = x / tf.norm(x, axis=1, keepdims=True)
    directions = values["Margin/weights"]
    directions = directions / tf.norm(directions, axis=0, keepdims=True)
    cosines = tf.tensordot(unit, directions, 1)
    if head == "subcenter":
        assert cosines.shape[2] == 3
        cosines = tf.reduce_max(cosines, 2)
    own = tf.one_hot(labels, cosines.shape[1], dtype=tf.float64)
    cosine = tf.reduce_sum(own * cosines, 1)
    if head == "cosface":
        harder = cosine - told["margin"]
    elif head == "combined":
        harder = combined(cosine, told["marginM1"], told["marginM2"], told["marginM3"])
    elif head == "adaface":
        norms = np.linalg.norm(x.numpy(), axis=1)
        harder = ada(cosine, norms, told["margin"], told["adafaceH"], lengths["mean"], lengths["deviation"])
    else:
        harder = arc(cosine, told["margin"])
        assert head == "subcenter" or cosine.numpy().min() < np.cos(np.pi - told["margin"]), "nobody is beyond pi"
    counted = cosines
    if "interclassFilter" in told:
        assert ((1 - own.numpy()) * cosines.numpy()).max() > told["interclassFilter"], "nothing is filtered"
        counted = tf.where(cosines.numpy() > told["interclassFilter"], tf.zeros_like(cosines), cosines)
    return told["marginScale"] * (own * harder[:, None] + (1 - own) * counted)


def test_losses_and_gradients_of_every_head_are_those_of_the_papers_in_double_precision(folder):
    with open(os.path.join(folder, "ours", "margins", "margins.json"), encoding="utf-8") as file:
        written = json.load(file)
    assert {result["settings"]["head"] for result in written["results"]} == set(PAPER)
    worst = 0
    for result in written["results"]:
        settings = result["settings"]
        values = {
            name: tf.Variable(np.reshape(np.float64(value["data"]), value["shape"]))
            for name, value in result["values"].items()
        }
        with tf.GradientTape() as tape:
            logits = logits_of(settings, values, written["labels"], written["lengths"])
            targets = tf.one_hot(written["labels"], logits.shape[1], dtype=tf.float64)
            smoothing = settings["labelSmoothing"]
            targets = targets * (1 - smoothing) + smoothing / targets.shape[1]
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        assert abs(result["loss"] / float(loss) - 1) < 1e-5, (settings, result["loss"], float(loss))
        for name, gradient in tape.gradient(loss, values).items():
            ours = np.reshape(result["gradients"][name], gradient.shape)
            largest = np.abs(gradient).max()
            off = np.abs(ours - gradient).max() / largest
            assert largest > 1e-3 and off < 1e-5, (settings, name, largest, off)
            worst = max(worst, off)
    print(f"        gradients are off by {worst:.1e} of the largest at most")


def test_tensorflow_restores_a_head_with_a_margin_and_computes_its_cosines(folder):
    for head, output in [("adaface", "Margin/MatMul:0"), ("subcenter", "Margin/Max:0")]:
        place = os.path.join(folder, "ours", "margins", head)
        reader = tf.train.load_checkpoint(os.path.join(place, "model-ours.ckpt-7"))
        shapes = reader.get_variable_to_shape_map()
        assert shapes["Margin/weights"] == ([32, 12] if head == "adaface" else [32, 12, 3])
        weights = reader.get_tensor("Margin/weights")
        assert np.array_equal(weights, regenerable("Margin/weights", weights.shape))
        if head == "adaface":
            assert reader.get_tensor("Margin/norm_mean") == 20 and reader.get_tensor("Margin/norm_std") == 100
        images = np.sin(np.arange(2 * 160 * 160 * 3)).reshape(2, 160, 160, 3).astype(np.float32)
        with v1.Graph().as_default() as graph, v1.Session() as session:
            load_model(place)
            size = graph.get_tensor_by_name("input:0").shape[1]
            embeddings, cosines = session.run(["embeddings:0", output], {"input:0": images[:, :size, :size]})
            assert "Logits/weights" not in {variable.op.name for variable in v1.trainable_variables()}
        directions = weights / np.linalg.norm(weights, axis=0)
        expected = np.tensordot(embeddings, directions, 1)
        expected = expected if head == "adaface" else expected.max(2)
        assert cosines.shape == (2, 12) and np.abs(cosines - expected).max() < 1e-5
