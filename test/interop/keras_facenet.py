"""Inception-ResNet-v1 as deepface's Facenet and Facenet512 are built, by the names of its layers."""
from tensorflow.keras import Model, layers


def conv(x, filters, kernel, name, strides=1, padding="same"):
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(axis=3, momentum=0.995, epsilon=0.001, scale=False, name=f"{name}_BatchNorm")(x)
    return layers.Activation("relu", name=f"{name}_Activation")(x)


def chain(x, branch, parts):
    for filters, kernel, name in parts:
        x = conv(x, filters, kernel, f"{branch}_{name}")
    return x


def residual(x, block, scale, branches, activation=True):
    joined = layers.Concatenate(axis=3, name=f"{block}_Concatenate")(branches)
    up = layers.Conv2D(x.shape[-1], 1, padding="same", use_bias=True, name=f"{block}_Conv2d_1x1")(joined)
    up = layers.Lambda(lambda value: value * scale, output_shape=up.shape[1:])(up)
    x = layers.add([x, up])
    return layers.Activation("relu", name=f"{block}_Activation")(x) if activation else x


def two_branches(x, block, number, filters, long):
    """Blocks 17 and 8: the second branch has the block's number."""
    first = conv(x, filters, 1, f"{block}_Branch_0_Conv2d_1x1")
    (height, width), branch = long, f"{block}_Branch_{number}"
    parts = [
        (filters, 1, "Conv2d_0a_1x1"),
        (filters, [height, width], f"Conv2d_0b_{height}x{width}"),
        (filters, [width, height], f"Conv2d_0c_{width}x{height}"),
    ]
    return [first, chain(x, branch, parts)]


def inception_resnet_v1(dimension):
    inputs = x = layers.Input(shape=(160, 160, 3))
    x = conv(x, 32, 3, "Conv2d_1a_3x3", 2, "valid")
    x = conv(x, 32, 3, "Conv2d_2a_3x3", 1, "valid")
    x = conv(x, 64, 3, "Conv2d_2b_3x3")
    x = layers.MaxPooling2D(3, strides=2, name="MaxPool_3a_3x3")(x)
    x = conv(x, 80, 1, "Conv2d_3b_1x1", 1, "valid")
    x = conv(x, 192, 3, "Conv2d_4a_3x3", 1, "valid")
    x = conv(x, 256, 3, "Conv2d_4b_3x3", 2, "valid")
    for number in range(1, 6):
        block = f"Block35_{number}"
        branches = [
            conv(x, 32, 1, f"{block}_Branch_0_Conv2d_1x1"),
            chain(x, f"{block}_Branch_1", [(32, 1, "Conv2d_0a_1x1"), (32, 3, "Conv2d_0b_3x3")]),
            chain(
                x,
                f"{block}_Branch_2",
                [(32, 1, "Conv2d_0a_1x1"), (32, 3, "Conv2d_0b_3x3"), (32, 3, "Conv2d_0c_3x3")],
            ),
        ]
        x = residual(x, block, 0.17, branches)
    first = conv(x, 384, 3, "Mixed_6a_Branch_0_Conv2d_1a_3x3", 2, "valid")
    second = chain(x, "Mixed_6a_Branch_1", [(192, 1, "Conv2d_0a_1x1"), (192, 3, "Conv2d_0b_3x3")])
    second = conv(second, 256, 3, "Mixed_6a_Branch_1_Conv2d_1a_3x3", 2, "valid")
    pool = layers.MaxPooling2D(3, strides=2, name="Mixed_6a_Branch_2_MaxPool_1a_3x3")(x)
    x = layers.Concatenate(axis=3, name="Mixed_6a")([first, second, pool])
    for number in range(1, 11):
        block = f"Block17_{number}"
        x = residual(x, block, 0.1, two_branches(x, block, number, 128, (1, 7)))
    first = conv(x, 256, 1, "Mixed_7a_Branch_0_Conv2d_0a_1x1")
    first = conv(first, 384, 3, "Mixed_7a_Branch_0_Conv2d_1a_3x3", 2, "valid")
    second = conv(x, 256, 1, "Mixed_7a_Branch_1_Conv2d_0a_1x1")
    second = conv(second, 256, 3, "Mixed_7a_Branch_1_Conv2d_1a_3x3", 2, "valid")
    third = chain(x, "Mixed_7a_Branch_2", [(256, 1, "Conv2d_0a_1x1"), (256, 3, "Conv2d_0b_3x3")])
    third = conv(third, 256, 3, "Mixed_7a_Branch_2_Conv2d_1a_3x3", 2, "valid")
    pool = layers.MaxPooling2D(3, strides=2, name="Mixed_7a_Branch_3_MaxPool_1a_3x3")(x)
    x = layers.Concatenate(axis=3, name="Mixed_7a")([first, second, third, pool])
    for number in range(1, 6):
        block = f"Block8_{number}"
        x = residual(x, block, 0.2, two_branches(x, block, number, 192, (1, 3)))
    x = residual(x, "Block8_6", 1, two_branches(x, "Block8_6", 1, 192, (1, 3)), activation=False)
    x = layers.GlobalAveragePooling2D(name="AvgPool")(x)
    x = layers.Dropout(0.2, name="Dropout")(x)
    x = layers.Dense(dimension, use_bias=False, name="Bottleneck")(x)
    x = layers.BatchNormalization(momentum=0.995, epsilon=0.001, scale=False, name="Bottleneck_BatchNorm")(x)
    return Model(inputs, x, name="inception_resnet_v1")
