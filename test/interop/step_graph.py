"""The gradients in the graph of a training step, which we write, against those that TensorFlow derives of its forward part."""
import json
import os
import unittest

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exact_gradients import regenerable

v1 = tf.compat.v1


def tensor(output):
    return output if ":" in output else output + ":0"


def bundle(variable):
    """The values of a variable of the graph, in which several of the network may stand one after another."""
    members = [regenerable(one["name"], one["shape"]) for one in variable["members"]]
    return np.concatenate([values.ravel() for values in members]).reshape(variable["shape"])


def test_gradients_of_our_step_graph_are_those_of_tf_gradients(folder):
    folder = os.path.join(folder, "ours", "step")
    if not os.path.isdir(folder):
        raise unittest.SkipTest("needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs makes one)")
    with open(os.path.join(folder, "step.json"), encoding="utf-8") as file:
        step = json.load(file)
    with open(os.path.join(folder, "saved_model.pb"), "rb") as file:
        saved = saved_model_pb2.SavedModel.FromString(file.read())
    random = np.random.RandomState(5)
    rows = random.uniform(-1, 1, (step["images"], step["imageSize"], step["imageSize"], 3)).astype(np.float32)
    fed = step["fed"]
    feeds = {
        tensor(fed["rows"]): rows.view(np.int32),
        tensor(fed["labels"]): np.arange(step["images"], dtype=np.int32) % step["classes"],
        tensor(fed["seed"]): np.array([7, 0], np.int32),
    }
    with v1.Graph().as_default() as graph, v1.Session() as session:
        tf.import_graph_def(saved.meta_graphs[0].graph_def, name="")
        values = {one["feed"]: bundle(one) for one in step["weights"]}
        session.run(tensor(step["set"]), {tensor(name): value.astype(np.float32) for name, value in values.items()})
        measures = graph.get_tensor_by_name(tensor(step["measures"]))
        loss = tf.add_n([measures[index] for index in step["loss"]])
        variables = [graph.get_tensor_by_name(tensor(one["value"])) for one in step["gradients"]]
        theirs = v1.gradients(loss, variables)
        ours = [[graph.get_tensor_by_name(tensor(name)) for name in one["outputs"]] for one in step["gradients"]]
        found = session.run([ours, theirs], feeds)
    assert sum(len(one["outputs"]) for one in step["gradients"]) > 50 and min(step["loss"]) >= 0, step["loss"]
    for one, parts, expected in zip(step["gradients"], *found):
        mine = np.concatenate([part.ravel() for part in parts]).reshape(expected.shape)
        scale = np.abs(expected).max()
        # A bias before a batch norm has no gradient but rounding.
        assert np.abs(mine - expected).max() <= 1e-4 * scale + 1e-6, (one["name"], scale, np.abs(mine - expected).max())
