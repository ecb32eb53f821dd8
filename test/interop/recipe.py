"""The fine-tuning recipe as it stands in a terminal history, from a checkpoint that TensorFlow wrote to one that it restores."""
import glob
import os
import shlex
import subprocess

import numpy as np
import tensorflow as tf

from graphs import load_model

v1 = tf.compat.v1
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

COMMAND = """python src/train_softmax.py --logs_base_dir logs --models_base_dir models --data_dir faces_182
    --image_size 160 --model_def models.squeezenet --lfw_dir faces_160 --lfw_nrof_folds 2 --optimizer ADAM
    --learning_rate -1 --max_nrof_epochs 150 --keep_probability 0.8 --random_crop --random_flip
    --use_fixed_image_standardization --learning_rate_schedule_file schedule.txt --weight_decay 5e-4 --embedding_size 128
    --lfw_distance_metric 1 --lfw_use_flipped_images --lfw_subtract_mean --validation_set_split_ratio 0.05
    --validate_every_n_epochs 5 --prelogits_norm_loss_factor 5e-4 --pretrained_model pretrained/model-theirs.ckpt-9"""
PEOPLE = ["Ann", "Bob", "Eve", "Joe"]


def prepare(folder):
    place = os.path.join(folder, "recipe")
    rng = np.random.default_rng(7)
    for person in PEOPLE:
        tint = rng.uniform(40, 215, 3)
        for size in (160, 182):
            os.makedirs(os.path.join(place, f"faces_{size}", person))
            for index in range(1, 7):
                pixels = np.clip(tint + rng.normal(0, 30, (size, size, 3)), 0, 255).astype(np.uint8)
                name = os.path.join(place, f"faces_{size}", person, f"{person}_{index:04d}.png")
                tf.io.write_file(name, tf.io.encode_png(pixels))
    os.makedirs(os.path.join(place, "data"))
    folds = [
        [f"{same}\t{k}\t{k + 1}" for k in (1, 2, 4)] + [f"{same}\t{k}\t{other}\t{k}" for k in (1, 2, 3)]
        for same, other in (("Ann", "Bob"), ("Eve", "Joe"))
    ]
    with open(os.path.join(place, "data", "pairs.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(["2\t3", *folds[0], *folds[1]]) + "\n")
    with open(os.path.join(place, "schedule.txt"), "w", encoding="utf-8") as file:
        file.write("# epoch: rate\n0: 0.005\n2: 0.0005\n3: -1\n")
    # TensorFlow restores our starting weights and saves them itself.
    ours = os.path.join(os.path.dirname(folder), "ours", "graphs", "squeezenet", "models")
    with v1.Graph().as_default(), v1.Session() as session:
        saver = load_model(ours)
        saver.save(session, os.path.join(place, "pretrained", "model-theirs.ckpt"), global_step=9)


def test_the_recipe_ends_with_a_checkpoint_that_tensorflow_restores(folder):
    place = os.path.join(folder, "theirs", "recipe")
    command = ["node", os.path.join(root, "dist", "cli.cjs"), *shlex.split(COMMAND)]
    run = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    (models,) = glob.glob(os.path.join(place, "models", "*", ""))
    state = v1.train.get_checkpoint_state(models)
    with v1.Graph().as_default() as graph, v1.Session() as session:
        load_model(models)
        assert session.run(v1.report_uninitialized_variables()).size == 0
        images = np.zeros((2, 160, 160, 3), np.float32)
        embeddings = session.run("embeddings:0", {"input:0": images, "phase_train:0": False})
        assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
        assert graph.get_tensor_by_name("Logits/BiasAdd:0").shape.as_list() == [None, len(PEOPLE)]
    reader = tf.train.load_checkpoint(os.path.join(models, os.path.basename(state.model_checkpoint_path)))
    before = tf.train.load_checkpoint(os.path.join(place, "pretrained", "model-theirs.ckpt-9"))

    def moved(name):
        return not np.array_equal(reader.get_tensor(name), before.get_tensor(name))

    # What is frozen is frozen whole; what is trained has moved, and only the classifier is new.
    assert not moved("squeezenet/conv1/weights") and not moved("squeezenet/conv1/BatchNorm/moving_mean")
    assert moved("squeezenet/Bottleneck/weights")
    (logs,) = glob.glob(os.path.join(place, "logs", "*", ""))
    for name in ("arguments.txt", "stat.h5"):
        assert os.path.exists(os.path.join(logs, name)), os.listdir(logs)
