"""The gradients of one whole training step in double precision, beside the reference's in single precision.

The reference's golden gradients (../shared/golden/network) were computed in float32 on six images, where the batch norms
and the ReLUs of a hundred layers amplify rounding. What exact arithmetic differs from them is what no implementation can
be asked to stay below: the tolerances of the golden tests (test/fixtures/goldenTrainingStep.ts) rest on these figures.
"""
import json
import os
import unittest

import numpy as np
import tensorflow as tf

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
golden_folder = os.path.join(root, "..", "shared", "golden", "network")


def regenerable(name, shape):
    """Weights that follow from the variable's name (the rule is in ../shared/README.md)."""
    hashed = 0x811C9DC5
    for byte in name.encode():
        hashed = (hashed ^ byte) * 0x01000193 & 0xFFFFFFFF
    fan_in = int(np.prod(shape[:-1]))
    spread = {"weights": np.sqrt(6 / fan_in), "biases": 0.05}.get(name.rsplit("/", 1)[1], 0.1)
    with np.errstate(over="ignore"):
        i = np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint32)
        s = np.uint32(hashed) + i * np.uint32(0x6D2B79F5)
        t = (s ^ s >> np.uint32(15)) * (s | np.uint32(1))
        t ^= t + (t ^ t >> np.uint32(7)) * (t | np.uint32(61))
        t ^= t >> np.uint32(14)
    return ((2 * (t / 2.0**32) - 1) * spread).astype(np.float32).reshape(shape).astype(np.float64)


class Network:
    """Takes the variables in the order of the golden file, which is that of their creation."""

    def __init__(self, shapes):
        self.names = iter(shapes)
        self.shapes = shapes
        self.variables = {}

    def variable(self, leaf, shape):
        name = next(self.names)
        assert name.endswith(leaf) and self.shapes[name] == list(shape), (name, leaf, shape, self.shapes[name])
        self.variables[name] = tf.Variable(regenerable(name, shape))
        return self.variables[name]

    def normalize(self, x):
        mean, variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
        beta = self.variable("beta", (x.shape[-1],))
        return (x - mean) * tf.math.rsqrt(variance + 0.001) + beta

    def conv(self, x, filters, kernel, stride=1, padding="SAME"):
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        w = self.variable("weights", (*kernel, x.shape[-1], filters))
        return tf.nn.relu(self.normalize(tf.nn.conv2d(x, w, stride, padding)))

    def chain(self, x, *layers):
        for layer in layers:
            x = self.conv(x, *layer)
        return x

    def block(self, x, scale, *branches, activate=True):
        mixed = tf.concat([self.chain(x, *branch) for branch in branches], 3)
        w = self.variable("weights", (1, 1, mixed.shape[-1], x.shape[-1]))
        y = x + scale * (tf.nn.conv2d(mixed, w, 1, "SAME") + self.variable("biases", (x.shape[-1],)))
        return tf.nn.relu(y) if activate else y

    def reduction(self, x, *branches):
        parts = [self.chain(x, *branch) for branch in branches]
        return tf.concat([*parts, tf.nn.max_pool2d(x, 3, 2, "VALID")], 3)

    def head(self, x, size, classes):
        w = self.variable("weights", (x.shape[-1], size))
        prelogits = self.normalize(tf.matmul(tf.reduce_mean(x, [1, 2]), w))
        top = self.variable("weights", (size, classes))
        return tf.matmul(prelogits, top) + self.variable("biases", (classes,)), prelogits


half = (3, 2, "VALID")


def inception_resnet_v1(n, x):
    x = n.chain(x, (32, *half), (32, 3, 1, "VALID"), (64, 3))
    x = tf.nn.max_pool2d(x, 3, 2, "VALID")
    x = n.chain(x, (80, 1), (192, 3, 1, "VALID"), (256, *half))
    for _ in range(5):
        x = n.block(x, 0.17, [(32, 1)], [(32, 1), (32, 3)], [(32, 1), (32, 3), (32, 3)])
    x = n.reduction(x, [(384, *half)], [(192, 1), (192, 3), (256, *half)])
    for _ in range(10):
        x = n.block(x, 0.1, [(128, 1)], [(128, 1), (128, (1, 7)), (128, (7, 1))])
    x = n.reduction(x, [(256, 1), (384, *half)], [(256, 1), (256, *half)], [(256, 1), (256, 3), (256, *half)])
    for i in range(6):
        last = i == 5
        branches = [(192, 1)], [(192, 1), (192, (1, 3)), (192, (3, 1))]
        x = n.block(x, 1 if last else 0.2, *branches, activate=not last)
    return x


def inception_resnet_v2(n, x):
    x = n.chain(x, (32, *half), (32, 3, 1, "VALID"), (64, 3))
    x = n.chain(tf.nn.max_pool2d(x, 3, 2, "VALID"), (80, 1), (192, 3, 1, "VALID"))
    x = tf.nn.max_pool2d(x, 3, 2, "VALID")
    parts = [n.chain(x, *branch) for branch in ([(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)])]
    x = tf.concat([*parts, n.conv(tf.nn.avg_pool2d(x, 3, 1, "SAME"), 64, 1)], 3)
    for _ in range(10):
        x = n.block(x, 0.17, [(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)])
    x = n.reduction(x, [(384, *half)], [(256, 1), (256, 3), (384, *half)])
    for _ in range(20):
        x = n.block(x, 0.1, [(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))])
    x = n.reduction(x, [(256, 1), (384, *half)], [(256, 1), (288, *half)], [(256, 1), (288, 3), (320, *half)])
    for i in range(10):
        last = i == 9
        branches = [(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]
        x = n.block(x, 1 if last else 0.2, *branches, activate=not last)
    return n.conv(x, 1536, 1)


def deviations(body):
    """Of the reference's gradient norms from exact ones, relative; and of its loss."""
    with open(os.path.join(golden_folder, f"{body.__name__}.json")) as file:
        golden = json.load(file)
    step = golden["train_step"]
    pixels = [
        tf.io.decode_image(tf.io.read_file(os.path.join(golden_folder, "images", name)), channels=3).numpy()
        for name in golden["images"]
    ]
    images = tf.constant((np.stack(pixels).astype(np.float64) - 127.5) / 128)
    network = Network({name: gradient["shape"] for name, gradient in step["gradients"].items()})
    with tf.GradientTape() as tape:
        logits, prelogits = network.head(body(network, images), golden["embedding_size"], step["classes"])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(step["labels"], logits))
        loss += step["prelogits_norm_loss_factor"] * tf.reduce_mean(tf.norm(tf.abs(prelogits) + 1e-4, 1, 1))
        decayed = [v for name, v in network.variables.items() if name.endswith("/weights")]
        loss += step["weight_decay"] * tf.add_n([tf.nn.l2_loss(v) for v in decayed])
    names = list(network.variables)
    gradients = tape.gradient(loss, list(network.variables.values()))
    norms = np.array([np.linalg.norm(gradient) for gradient in gradients])
    theirs = np.array([step["gradients"][name]["l2"] for name in names])
    present = norms > 1e-4
    return np.abs(theirs / norms - 1)[present], abs(step["total_loss"] / float(loss) - 1)


def check(body, beyond, largest):
    """The figures of the docstring, held: exact arithmetic is that far from the reference, so it is the same network."""
    if not os.path.isdir(golden_folder):
        raise unittest.SkipTest("needs ../shared/golden/network, which is not here")
    off, loss = deviations(body)
    print(
        f"        {body.__name__}: the reference's gradient norms are off by {np.median(off):.1e} (median), "
        f"{np.mean(off > 2e-3):.1%} by more than 2e-3, at most by {off.max():.1e}"
    )
    assert loss < 1e-5, loss
    assert np.median(off) < 1e-3, np.median(off)
    assert beyond[0] <= np.mean(off > 2e-3) <= beyond[1], np.mean(off > 2e-3)
    assert largest[0] <= off.max() <= largest[1], off.max()


def test_what_the_reference_rounds_in_gradients_of_inception_resnet_v1(_folder):
    check(inception_resnet_v1, beyond=(0.005, 0.02), largest=(5e-3, 8e-3))


def test_what_the_reference_rounds_in_gradients_of_inception_resnet_v2(_folder):
    check(inception_resnet_v2, beyond=(0.1, 0.15), largest=(6e-3, 1e-2))
