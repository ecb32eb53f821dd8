"""NumPy arrays and TensorBoard events."""
import glob
import math
import os

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from checkpoint import read


def prepare(folder):
    np.save(os.path.join(folder, "fortran.npy"), np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)))


def test_numpy_reads_our_arrays(folder):
    def load(name):
        return np.load(os.path.join(folder, "ours", f"{name}.npy"))

    assert load("float64").dtype == np.float64 and load("float64").tolist() == [[1, 2, 3], [4, 5, 1 / 3]]
    assert load("float32").dtype == np.float32 and load("float32")[2] == np.float32(1 / 3)
    assert load("int64").dtype == np.int64 and load("int64").tolist() == [-1, 2**60]
    assert load("strings").tolist() == ["Ann", "Žofie 🙂", ""]


def test_we_read_numpys_arrays(folder):
    result = read(folder)
    assert result["fortran"] == [0, 1, 2, 3, 4, 5]


def test_tensorboard_shows_our_scalars(folder):
    (path,) = glob.glob(os.path.join(folder, "ours", "logs", "events.out.tfevents.*"))
    events = EventAccumulator(os.path.dirname(path)).Reload()
    assert sorted(events.Tags()["scalars"]) == ["lfw/accuracy", "total_loss_1"]
    accuracy = events.Scalars("lfw/accuracy")
    assert [(event.step, event.value) for event in accuracy] == [(step, step / 8) for step in range(5)]
    assert math.isnan(events.Scalars("total_loss_1")[3].value)
    assert events.file_version == 2.0
