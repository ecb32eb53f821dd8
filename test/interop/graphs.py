"""Frozen graphs and metagraphs: what TensorFlow computes with them is what ONNX Runtime computes."""
import json
import os
import re
import shutil

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1

# Largest difference of two embeddings' (of length 1) elements.
TOLERANCE = 1e-5


def arrays(folder):
    return np.load(os.path.join(folder, "input.npy")), np.load(os.path.join(folder, "expected.npy"))


def read_graph(path):
    graph_def = v1.GraphDef()
    with open(path, "rb") as file:
        graph_def.ParseFromString(file.read())
    return graph_def


def assert_near(actual, expected):
    assert actual.shape == expected.shape, (actual.shape, expected.shape)
    difference = np.abs(actual - expected).max()
    assert difference <= TOLERANCE, difference


def networks_of(folder):
    """Folder's name, architecture and embedding size of every network that the Node side has written."""
    with open(os.path.join(folder, "ours", "graphs", "networks.json"), encoding="utf-8") as file:
        return json.load(file)


def places(folder):
    """Name, folder and embedding size of each."""
    graphs = os.path.join(folder, "ours", "graphs")
    networks = networks_of(folder)
    assert {network for _, network, _ in networks} == {
        "inception_resnet_v1",
        "inception_resnet_v2",
        "squeezenet",
        "dlib_resnet",
    }
    return [(name, os.path.join(graphs, name), size) for name, _, size in networks]


def load_model(directory, input_map=None):
    """What the reference does with a model directory (spec 7.11)."""
    metas = [name for name in os.listdir(directory) if name.endswith(".meta")]
    assert len(metas) == 1, metas
    state = v1.train.get_checkpoint_state(directory)
    saver = v1.train.import_meta_graph(os.path.join(directory, metas[0]), input_map=input_map)
    saver.restore(v1.get_default_session(), os.path.join(directory, os.path.basename(state.model_checkpoint_path)))
    return saver


def test_every_word_of_the_vocabulary_means_the_same_in_tensorflow(folder):
    graphs = os.path.join(folder, "ours", "graphs")
    with open(os.path.join(graphs, "words.json"), encoding="utf-8") as file:
        words = json.load(file)
    assert len(words) >= 20
    for index, word in enumerate(words):
        place = os.path.join(graphs, "words", str(index))
        images, expected = arrays(place)
        with v1.Graph().as_default(), v1.Session() as session:
            tf.import_graph_def(read_graph(os.path.join(place, "frozen.pb")), name="")
            try:
                assert_near(session.run("output:0", {"input:0": images}), expected)
            except Exception as error:
                raise AssertionError(word) from error


def test_a_frozen_graph_gives_our_embeddings(folder):
    for name, place, embedding_size in places(folder):
        images, expected = arrays(place)
        graph_def = read_graph(os.path.join(place, "frozen.pb"))
        assert graph_def.node[-1].name == "embeddings"
        with v1.Graph().as_default() as graph, v1.Session() as session:
            tf.import_graph_def(graph_def, name="")
            size = images.shape[1]
            assert graph.get_tensor_by_name("input:0").shape.as_list() == [None, size, size, 3]
            assert graph.get_tensor_by_name("embeddings:0").shape.as_list() == [None, embedding_size]
            given = session.run("embeddings:0", {"input:0": images, "phase_train:0": False})
        print(f"        {name}: {np.abs(given - expected).max():.1e}")
        assert_near(given, expected)
        assert_near(np.linalg.norm(given, axis=1), np.ones(len(given), np.float32))


def test_a_metagraph_restores_our_checkpoint_and_gives_our_embeddings(folder):
    for _, place, _ in places(folder):
        images, expected = arrays(place)
        with v1.Graph().as_default(), v1.Session() as session:
            load_model(os.path.join(place, "models"))
            given, step = session.run(["embeddings:0", "global_step:0"], {"input:0": images, "phase_train:0": False})
            assert step == 7
            assert session.run(v1.report_uninitialized_variables()).size == 0
        assert_near(given, expected)


def prepare(folder):
    """TensorFlow freezes graphs of its own making: every network, restored from our metagraph and checkpoint."""
    frozen = os.path.join(folder, "graphs")
    os.makedirs(frozen)
    for name, place, _ in places(os.path.dirname(folder)):
        with v1.Graph().as_default(), v1.Session() as session:
            load_model(os.path.join(place, "models"))
            graph_def = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["embeddings"])
        with open(os.path.join(frozen, f"{name}.pb"), "wb") as file:
            file.write(graph_def.SerializeToString())
        for array in ("input.npy", "expected.npy"):
            shutil.copy(os.path.join(place, array), os.path.join(frozen, f"{name}.{array}"))


def test_a_graph_frozen_by_tensorflow_loads_here_and_gives_the_same_embeddings(folder):
    with open(os.path.join(folder, "theirs", "read.json"), encoding="utf-8") as file:
        differences = json.load(file)["frozenNetworks"]
    assert set(differences) == {name for name, _, _ in places(folder)}
    for name, found in differences.items():
        _, network, size = next(entry for entry in networks_of(folder) if entry[0] == name)
        assert found["network"] == network and found["embeddingSize"] == size, found
        assert found["difference"] <= TOLERANCE, (name, found)


def test_a_metagraph_takes_the_tensors_of_validate_on_lfw(folder):
    place = os.path.join(folder, "ours", "graphs", "squeezenet")
    images, expected = arrays(place)
    with v1.Graph().as_default(), v1.Session() as session:
        image_batch = tf.constant(images)
        labels = tf.constant([3, 4])
        phase_train = v1.placeholder(tf.bool, name="phase_train")
        load_model(
            os.path.join(place, "models"),
            {"image_batch": image_batch, "label_batch": labels, "phase_train": phase_train},
        )
        assert_near(session.run("embeddings:0", {phase_train: False}), expected)
    with v1.Graph().as_default(), v1.Session() as session:
        # The same with the frozen graph.
        graph_def = read_graph(os.path.join(place, "frozen.pb"))
        mapped = {"image_batch": tf.constant(images), "label_batch": tf.constant([3, 4])}
        tf.import_graph_def(graph_def, input_map=mapped, name="")
        assert_near(session.run("embeddings:0"), expected)


def test_the_collections_of_a_metagraph_list_what_is_saved(folder):
    place = os.path.join(folder, "ours", "graphs", "squeezenet")
    with v1.Graph().as_default(), v1.Session() as session:
        load_model(os.path.join(place, "models"))
        saved = {variable.op.name for variable in v1.trainable_variables()}
        reader = tf.train.load_checkpoint(os.path.join(place, "models", "model-ours.ckpt-7"))
        assert saved | {"global_step"} == set(reader.get_variable_to_shape_map())
        assert {variable.op.name for variable in v1.global_variables()} == saved | {"global_step"}
        assert v1.train.get_global_step().op.name == "global_step"
        for variable in v1.trainable_variables():
            assert variable.shape.as_list() == reader.get_variable_to_shape_map()[variable.op.name]
        session.run(v1.global_variables_initializer())
        assert not session.run("Logits/weights:0").any()
        assert (session.run("squeezenet/conv1/BatchNorm/moving_variance:0") == 1).all()


def test_tensorflow_saves_and_freezes_what_it_has_from_our_metagraph(folder):
    place = os.path.join(folder, "ours", "graphs", "squeezenet")
    images, expected = arrays(place)
    with v1.Graph().as_default(), v1.Session() as session:
        saver = load_model(os.path.join(place, "models"))
        prefix = saver.save(session, os.path.join(folder, "resaved", "model.ckpt"), global_step=8)
        frozen = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["embeddings"])
    reader = tf.train.load_checkpoint(prefix)
    ours = tf.train.load_checkpoint(os.path.join(place, "models", "model-ours.ckpt-7"))
    for name in ours.get_variable_to_shape_map():
        assert np.array_equal(reader.get_tensor(name), ours.get_tensor(name)), name
    with v1.Graph().as_default(), v1.Session() as session:
        tf.import_graph_def(frozen, name="")
        assert_near(session.run("embeddings:0", {"input:0": images}), expected)


def test_a_gradient_flows_from_the_logits_to_the_first_layer(folder):
    place = os.path.join(folder, "ours", "graphs", "dlib_resnet")
    images, _ = arrays(place)
    with v1.Graph().as_default() as graph, v1.Session() as session:
        load_model(os.path.join(place, "models"))
        first = next(variable for variable in v1.trainable_variables() if re.search("Stem/weights", variable.name))
        (gradient,) = v1.gradients(graph.get_tensor_by_name("Logits/BiasAdd:0"), [first])
        value = session.run(gradient, {"input:0": images})
        assert np.isfinite(value).all() and value.any()
