"""One training step of Inception-ResNet-v1 in TensorFlow's graph mode, timed on request.

The network is written here from its published description (stem, 5 block35, 10 block17, 5 block8, bottleneck), as
TensorFlow users write it: tf.nn convolutions without bias, fused batch norm with batch statistics, ReLU. Usage:
full_network.py BATCH CLASSES; each line on standard input makes one step and prints its seconds and
those of all cores.
"""
import sys
import time

import numpy as np
import tensorflow as tf

batch, classes = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.params, self.decayed, self.moving, self.cursor = [], [], [], 0
        self.building = True

    def variable(self, shape, scale, trained=True, fill=None):
        """Made on the first pass, found again in the same order afterwards."""
        store = self.params if trained else self.moving
        key = "_p" if trained else "_m"
        index = self.cursors[key]
        self.cursors[key] += 1
        if self.building:
            value = np.full(shape, fill) if fill is not None else rng.uniform(-scale, scale, shape)
            store.append(tf.Variable(value.astype(np.float32), trainable=trained))
        return store[index]

    def conv(self, x, filters, kernel, stride=1, padding="SAME", activate=True, normalize=True):
        kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        shape = (kh, kw, x.shape[-1], filters)
        w = self.variable(shape, (6 / (kh * kw * shape[2])) ** 0.5)
        if self.building:
            self.decayed.append(w)
        y = tf.nn.conv2d(x, w, stride, padding)
        bias = self.variable((filters,), 0, fill=0)
        if not normalize:
            return y + bias
        mean = self.variable((filters,), 0, trained=False, fill=0)
        variance = self.variable((filters,), 0, trained=False, fill=1)
        y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
            y, tf.ones(filters), bias, epsilon=0.001, is_training=True
        )
        mean.assign_sub((mean - batch_mean) * 0.005)
        variance.assign_sub((variance - batch_variance) * 0.005)
        return tf.nn.relu(y) if activate else y

    def residual(self, x, branches, scale, activate=True):
        mixed = tf.concat(branches, 3)
        y = x + scale * self.conv(mixed, x.shape[-1], 1, normalize=False)
        return tf.nn.relu(y) if activate else y

    def block35(self, x):
        a = self.conv(x, 32, 1)
        b = self.conv(self.conv(x, 32, 1), 32, 3)
        c = self.conv(self.conv(self.conv(x, 32, 1), 32, 3), 32, 3)
        return self.residual(x, [a, b, c], 0.17)

    def block17(self, x):
        a = self.conv(x, 128, 1)
        b = self.conv(self.conv(self.conv(x, 128, 1), 128, (1, 7)), 128, (7, 1))
        return self.residual(x, [a, b], 0.10)

    def block8(self, x, scale=0.20, activate=True):
        a = self.conv(x, 192, 1)
        b = self.conv(self.conv(self.conv(x, 192, 1), 192, (1, 3)), 192, (3, 1))
        return self.residual(x, [a, b], scale, activate)

    def logits(self, x):
        self.cursors = {"_p": 0, "_m": 0}
        x = self.conv(x, 32, 3, 2, "VALID")
        x = self.conv(x, 32, 3, 1, "VALID")
        x = self.conv(x, 64, 3)
        x = tf.nn.max_pool2d(x, 3, 2, "VALID")
        x = self.conv(x, 80, 1, 1, "VALID")
        x = self.conv(x, 192, 3, 1, "VALID")
        x = self.conv(x, 256, 3, 2, "VALID")
        for _ in range(5):
            x = self.block35(x)
        a = self.conv(x, 384, 3, 2, "VALID")
        b = self.conv(self.conv(self.conv(x, 192, 1), 192, 3), 256, 3, 2, "VALID")
        x = tf.concat([a, b, tf.nn.max_pool2d(x, 3, 2, "VALID")], 3)
        for _ in range(10):
            x = self.block17(x)
        a = self.conv(self.conv(x, 256, 1), 384, 3, 2, "VALID")
        b = self.conv(self.conv(x, 256, 1), 256, 3, 2, "VALID")
        c = self.conv(self.conv(self.conv(x, 256, 1), 256, 3), 256, 3, 2, "VALID")
        x = tf.concat([a, b, c, tf.nn.max_pool2d(x, 3, 2, "VALID")], 3)
        for _ in range(5):
            x = self.block8(x)
        x = self.block8(x, 1.0, activate=False)
        x = tf.nn.dropout(tf.reduce_mean(x, [1, 2]), 0.2)
        w = self.variable((x.shape[-1], 512), 0.05)
        prelogits = tf.matmul(x, w)
        bias = self.variable((512,), 0, fill=0)
        mean = self.variable((512,), 0, trained=False, fill=0)
        variance = self.variable((512,), 0, trained=False, fill=1)
        normalized, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
            prelogits[:, None, None, :], tf.ones(512), bias, epsilon=0.001, is_training=True
        )
        mean.assign_sub((mean - batch_mean) * 0.005)
        variance.assign_sub((variance - batch_variance) * 0.005)
        prelogits = normalized[:, 0, 0, :]
        top = self.variable((512, classes), 0.05)
        if self.building:
            self.decayed += [w, top]
        logits = tf.matmul(prelogits, top) + self.variable((classes,), 0, fill=0)
        self.building = False
        return logits, prelogits


model = Model()
images = tf.constant(rng.uniform(-1, 1, (batch, 160, 160, 3)).astype(np.float32))
labels = tf.constant(np.arange(batch) % classes)
model.logits(images[:2])
moments = [(tf.Variable(tf.zeros_like(p)), tf.Variable(tf.zeros_like(p))) for p in model.params]
powers = tf.Variable(0.9), tf.Variable(0.999)


@tf.function
def step():
    with tf.GradientTape() as tape:
        logits, prelogits = model.logits(images)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        loss += 5e-4 * tf.reduce_mean(tf.norm(tf.abs(prelogits) + 1e-4, ord=1, axis=1))
        loss += 5e-4 * tf.add_n([tf.nn.l2_loss(w) for w in model.decayed])
    gradients = tape.gradient(loss, model.params)
    for p, g, (m, v) in zip(model.params, gradients, moments):
        tf.raw_ops.ResourceApplyAdam(
            var=p.handle, m=m.handle, v=v.handle, beta1_power=powers[0], beta2_power=powers[1],
            lr=0.001, beta1=0.9, beta2=0.999, epsilon=0.1, grad=g,
        )
    powers[0].assign(powers[0] * 0.9)
    powers[1].assign(powers[1] * 0.999)
    return loss


for _ in sys.stdin:
    start, cpu = time.perf_counter(), time.process_time()
    step().numpy()
    print(time.perf_counter() - start, time.process_time() - cpu, flush=True)
