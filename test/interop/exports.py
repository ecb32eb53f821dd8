"""What `facenet export` writes, read by onnxruntime, safetensors, Keras, h5py and TensorFlow."""
import os

import h5py
import numpy as np
import onnxruntime
import tensorflow as tf
from safetensors import safe_open
from safetensors.numpy import load_file

from graphs import TOLERANCE, arrays, assert_near, read_graph
from keras_facenet import inception_resnet_v1

v1 = tf.compat.v1

# Lowest cosine of an embedding with itself in half precision.
HALF = 0.9999


def places(folder):
    for name in ("inception_resnet_v1", "squeezenet"):
        place = os.path.join(folder, "ours", "graphs", name)
        yield name, place, lambda file, place=place: os.path.join(place, "exports", file)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def lowest_cosine(given, expected):
    return (unit(given.astype(np.float64)) * unit(expected.astype(np.float64))).sum(axis=1).min()


def checkpoint_of(place):
    reader = tf.train.load_checkpoint(os.path.join(place, "models", "model-ours.ckpt-7"))
    names = [name for name in reader.get_variable_to_shape_map() if name != "global_step" and "Logits" not in name]
    return {name: reader.get_tensor(name) for name in names}


def test_onnxruntime_gives_our_embeddings_for_batches_of_any_size(folder):
    for name, place, export in places(folder):
        images, expected = arrays(place)
        session = onnxruntime.InferenceSession(export("onnx.onnx"), providers=["CPUExecutionProvider"])
        (fed,), (result,) = session.get_inputs(), session.get_outputs()
        size = images.shape[1]
        assert (fed.name, fed.shape) == ("input", ["N", size, size, 3]), (fed.name, fed.shape)
        assert (result.name, result.shape) == ("embeddings", ["N", expected.shape[1]]), (result.name, result.shape)
        assert session.get_modelmeta().custom_metadata_map == {"model": "interop"}
        given = session.run(["embeddings"], {"input": images})[0]
        print(f"        {name}: {np.abs(given - expected).max():.1e}")
        assert_near(given, expected)
        assert_near(session.run(None, {"input": images[:1]})[0], expected[:1])
        assert_near(session.run(None, {"input": np.concatenate([images] * 3)})[0], np.concatenate([expected] * 3))


def test_prelogits_in_onnx_are_embeddings_before_their_normalisation(folder):
    for _, place, export in places(folder):
        images, expected = arrays(place)
        session = onnxruntime.InferenceSession(export("prelogits.onnx"), providers=["CPUExecutionProvider"])
        given = session.run(["prelogits"], {"input": images})[0]
        assert np.abs(np.linalg.norm(given, axis=1) - 1).min() > 1e-3
        assert_near(unit(given), expected)


def test_onnx_in_half_precision_is_half_the_size_and_nearly_the_same(folder):
    for name, place, export in places(folder):
        images, expected = arrays(place)
        half = export("onnx-half.onnx")
        assert os.path.getsize(half) < 0.52 * os.path.getsize(export("onnx.onnx"))
        session = onnxruntime.InferenceSession(half, providers=["CPUExecutionProvider"])
        lowest = lowest_cosine(session.run(None, {"input": images})[0], expected)
        print(f"        {name}: {lowest:.7f}")
        assert HALF < lowest


def test_safetensors_reads_every_variable_of_our_checkpoint(folder):
    for _, place, export in places(folder):
        expected = checkpoint_of(place)
        given = load_file(export("safetensors.safetensors"))
        assert given.keys() == expected.keys()
        for name, values in expected.items():
            assert given[name].dtype == np.float32 and np.array_equal(given[name], values), name
        with safe_open(export("safetensors.safetensors"), "np") as file:
            assert file.metadata() == {"model": "interop"}


def test_halves_are_numpys_halves(folder):
    for _, place, export in places(folder):
        given = load_file(export("safetensors-half.safetensors"))
        for name, values in checkpoint_of(place).items():
            half = values.ndim >= 2
            assert given[name].dtype == (np.float16 if half else np.float32), name
            assert np.array_equal(given[name], values.astype(given[name].dtype)), name


def test_h5py_finds_keras_weights_by_name_and_shape(folder):
    _, place, export = next(places(folder))
    model = inception_resnet_v1(512)
    layers = [layer for layer in model.layers if layer.weights]
    # Halves come as the single-precision numbers that they are, compressed.
    assert os.path.getsize(export("keras-half.h5")) < 0.75 * os.path.getsize(export("keras.h5"))
    for file, kind in (("keras.h5", np.float32), ("keras-half.h5", np.float16)):
        with h5py.File(export(file)) as weights:
            assert [name.decode() for name in weights.attrs["layer_names"]] == [layer.name for layer in layers]
            assert weights.attrs["backend"].decode() == "tensorflow"
            for layer in layers:
                group = weights[layer.name]
                names = [name.decode() for name in group.attrs["weight_names"]]
                assert names == [f"{layer.name}/{weight.name}:0" for weight in layer.weights], names
                for name, weight in zip(names, layer.weights):
                    assert group[name].shape == tuple(weight.shape), name
                    assert group[name].dtype == np.float32, name
            first = checkpoint_of(place)["InceptionResnetV1/Repeat_1/block17_3/Branch_1/Conv2d_0b_1x7/weights"]
            stored = weights["Block17_3_Branch_3_Conv2d_0b_1x7/Block17_3_Branch_3_Conv2d_0b_1x7/kernel:0"]
            assert np.array_equal(stored[()], first.astype(kind))


def test_a_keras_model_loads_our_weights_and_gives_our_embeddings(folder):
    _, place, export = next(places(folder))
    images, expected = arrays(place)
    model = inception_resnet_v1(512)
    model.load_weights(export("keras.h5"))
    given = unit(model.predict(images, verbose=0))
    print(f"        {np.abs(given - expected).max():.1e}")
    assert np.abs(given - expected).max() <= TOLERANCE
    model.load_weights(export("keras-half.h5"))
    assert HALF < lowest_cosine(model.predict(images, verbose=0), expected)


def test_tensorflow_computes_a_frozen_graph_in_half_precision(folder):
    for _, place, export in places(folder):
        images, expected = arrays(place)
        for file, lowest in (("pb.pb", 1 - 1e-9), ("pb-half.pb", HALF)):
            with v1.Graph().as_default(), v1.Session() as session:
                tf.import_graph_def(read_graph(export(file)), name="")
                given = session.run("embeddings:0", {"input:0": images})
            assert lowest < lowest_cosine(given, expected), file
