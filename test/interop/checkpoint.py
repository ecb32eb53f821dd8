"""Checkpoints, frozen graphs and metagraphs, in both directions."""
import json
import math
import os
import shutil

import numpy as np
import tensorflow as tf

from compressed_index import compress_index

v1 = tf.compat.v1


def regenerable(name, shape):
    """The weights that anyone can make again from a variable's name (float32)."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    n = math.prod(shape)
    with np.errstate(over="ignore"):
        s = (np.uint64(h) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)).astype(np.uint32)
        t = (s ^ (s >> np.uint32(15))) * (s | np.uint32(1))
        t = t ^ (t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61)))
    u = (t ^ (t >> np.uint32(14))).astype(np.float64) / 2**32
    leaf = name.rsplit("/", 1)[-1]
    if leaf == "weights":
        values = (2 * u - 1) * math.sqrt(6 / math.prod(shape[:-1]))
    elif leaf == "moving_variance":
        values = 0.5 + u
    else:
        values = (2 * u - 1) * (0.05 if leaf == "biases" else 0.1)
    return values.astype(np.float32).reshape(shape)


def test_tensorflow_reads_names_shapes_and_values_of_our_checkpoint(folder):
    models = os.path.join(folder, "ours", "models")
    reader = tf.train.load_checkpoint(os.path.join(models, "model-ours.ckpt-42"))
    shapes = reader.get_variable_to_shape_map()
    assert len(shapes) == 3 * 108 + 2, len(shapes)
    types = reader.get_variable_to_dtype_map()
    assert types["global_step"] == tf.int64 and int(reader.get_tensor("global_step")) == 2**40 + 1
    assert reader.get_tensor("beta1_power") == np.float32(0.9)
    for name, shape in shapes.items():
        if name in ("global_step", "beta1_power"):
            continue
        assert types[name] == tf.float32
        value = reader.get_tensor(name)
        assert list(value.shape) == shape
        assert np.array_equal(value, regenerable(name, shape)), name


def test_tensorflow_finds_the_newest_in_our_state_file(folder):
    models = os.path.join(folder, "ours", "models")
    assert tf.train.latest_checkpoint(models) == os.path.join(models, "model-ours.ckpt-42")
    state = tf.train.get_checkpoint_state(models)
    assert [os.path.basename(path) for path in state.all_model_checkpoint_paths] == [
        "model-ours.ckpt-41",
        "model-ours.ckpt-42",
    ]


def test_a_saver_restores_our_checkpoint_into_a_graph(folder):
    with v1.Graph().as_default(), v1.Session() as session:
        with v1.variable_scope("squeezenet/fire2/squeeze"):
            weights = v1.get_variable("weights", [1, 1, 96, 16])
        step = v1.get_variable("global_step", [], tf.int64, trainable=False)
        v1.train.Saver([weights, step]).restore(session, os.path.join(folder, "ours/models/model-ours.ckpt-41"))
        assert np.array_equal(session.run(weights), regenerable("squeezenet/fire2/squeeze/weights", [1, 1, 96, 16]))
        assert session.run(step) == 2**40 + 1


def test_tensorflow_checks_the_checksums_of_our_checkpoint(folder):
    # What it reads above has passed this check: the same files with one bit changed do not.
    source = os.path.join(folder, "ours", "models", "model-ours.ckpt-41")
    prefix = os.path.join(folder, "damaged")
    shutil.copy(source + ".index", prefix + ".index")
    with open(source + ".data-00000-of-00001", "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 2] ^= 1
    with open(prefix + ".data-00000-of-00001", "wb") as file:
        file.write(data)
    reader = tf.train.load_checkpoint(prefix)
    damaged = []
    for name in reader.get_variable_to_shape_map():
        try:
            reader.get_tensor(name)
        except Exception as error:
            assert "hecksum" in str(error), error
            damaged.append(name)
    assert len(damaged) == 1, damaged


def test_tensorflow_reads_an_index_of_several_blocks(folder):
    reader = tf.train.load_checkpoint(os.path.join(folder, "ours", "many"))
    assert len(reader.get_variable_to_shape_map()) == 10_000
    for i in (0, 1, 4999, 9999):
        name = f"scope_{i % 7}/a rather long name of a variable, ünïcode too/{i}"
        assert reader.get_tensor(name).tolist() == [[i, -i]]


VALUES = {
    "a/weights": np.array([[1.5, -2], [3, 4]], np.float32),
    "double": np.array([1 / 3, -1e300], np.float64),
    "half": np.array([1, -0.5, 65504, 6e-8], np.float16),
    "int64": np.array(2**52 + 1, np.int64),
    "int8": np.array([-128, 127], np.int8),
    "bool": np.array([True, False]),
    "empty": np.zeros([0, 3], np.float32),
}


def prepare(folder):
    saved = os.path.join(folder, "saved")
    os.makedirs(saved)
    with v1.Graph().as_default(), v1.Session() as session:
        for name, value in VALUES.items():
            v1.get_variable(name, initializer=tf.constant(value))
        v1.get_variable("bfloat16", initializer=tf.constant([1, -2.5], tf.bfloat16))
        v1.get_variable("text", initializer=tf.constant(["ab", ""]), trainable=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver(v1.global_variables()).save(session, os.path.join(saved, "model-theirs.ckpt"), 7)
    compress_index(os.path.join(saved, "model-theirs.ckpt-7"), os.path.join(folder, "compressed"))
    with v1.Graph().as_default(), v1.Session() as session:
        for shard, name in enumerate("ab"):
            prefix = os.path.join(folder, f"part{shard}")
            value = tf.constant([shard, 1.0, 2.0])
            session.run(tf.raw_ops.SaveV2(prefix=prefix, tensor_names=[name], shape_and_slices=[""], tensors=[value]))
        parts = [os.path.join(folder, f"part{shard}") for shard in range(2)]
        merge = tf.raw_ops.MergeV2Checkpoints(
            checkpoint_prefixes=parts, destination_prefix=os.path.join(folder, "sharded"), delete_old_dirs=False
        )
        session.run(merge)
    with v1.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], "x")
        with v1.variable_scope("net"):
            weights = v1.get_variable("weights", initializer=tf.constant([[1.0, 2, 3], [4, 5, 6]]), use_resource=False)
            beta = v1.get_variable("beta", [3], initializer=v1.ones_initializer(), use_resource=False)
        tf.add(tf.matmul(x, weights) * tf.constant(2.0, shape=[3]), beta, name="y")
        session.run(v1.global_variables_initializer())
        frozen = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["y"])
    with open(os.path.join(folder, "frozen.pb"), "wb") as file:
        file.write(frozen.SerializeToString())


def read(folder):
    with open(os.path.join(folder, "theirs", "read.json"), encoding="utf-8") as file:
        return json.load(file)


def test_we_read_every_type_that_tensorflow_saves(folder):
    checkpoint = read(folder)["checkpoint"]
    assert checkpoint["step"] == 7
    found = {variable["name"]: variable for variable in checkpoint["variables"]}
    assert set(found) == {*VALUES, "bfloat16", "text"}
    for name, value in VALUES.items():
        assert found[name]["shape"] == list(value.shape), name
        assert found[name]["values"] == value.astype(np.float64).ravel().tolist(), name
    assert found["bfloat16"]["values"] == [1, -2.5]
    assert "string values, not numbers" in found["text"]["values"]


def test_we_read_an_index_whose_blocks_are_compressed_with_snappy(folder):
    path = os.path.join(folder, "theirs", "compressed")
    with open(f"{path}.index", "rb") as ours, open(os.path.join(folder, "theirs/saved/model-theirs.ckpt-7.index"), "rb") as plain:
        assert len(ours.read()) < len(plain.read()), "nothing was compressed"
    reader = tf.train.load_checkpoint(path)
    assert np.array_equal(reader.get_tensor("a/weights"), VALUES["a/weights"]), "TensorFlow reads it too"
    # The sentence on the strings names the file.
    compressed, plain = (
        {variable["name"]: variable["values"] for variable in read(folder)[name]["variables"] if variable["name"] != "text"}
        for name in ("compressed", "checkpoint")
    )
    assert compressed == plain and "half" in plain


def test_we_read_a_checkpoint_of_two_data_files(folder):
    result = read(folder)
    assert [entry["name"] for entry in result["sharded"]] == ["a", "b"]
    assert result["shardedValues"] == [1, 1, 2]
    assert os.path.exists(os.path.join(folder, "theirs", "sharded.data-00001-of-00002"))


def test_we_read_the_weights_of_a_frozen_graph_and_no_other_constants(folder):
    frozen = read(folder)["frozen"]
    assert frozen["kind"] == "frozen-graph"
    found = {variable["name"]: variable["values"] for variable in frozen["variables"]}
    assert found == {"net/weights": [1, 2, 3, 4, 5, 6], "net/beta": [1, 1, 1]}, found


def test_we_read_the_variables_of_a_metagraph(folder):
    meta = read(folder)["meta"]
    assert meta["tensorflowVersion"] == tf.__version__
    declared = {variable["name"]: variable.get("shape") for variable in meta["variables"]}
    assert set(declared) == {*VALUES, "bfloat16"}, declared
    assert declared["a/weights"] == [2, 2] and declared["int64"] == []
