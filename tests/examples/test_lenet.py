"""LeNet: it learns, its gradient is right, and an interrupted training ends with the bits of one that was not."""
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from s2sad import tree

EPOCHS = 3


@pytest.fixture
def lenet(example, monkeypatch):
    """The example on 150 images, which is five batches."""
    pytest.importorskip("sklearn")
    pytest.importorskip("scipy")
    module = example("lenet")
    (images, digits), (test_images, test_digits) = module.load(0)
    few = (images[:150], digits[:150]), (test_images[:40], test_digits[:40])
    monkeypatch.setattr(module, "load", lambda seed: few)
    return module


def bits(training):
    """All that a training has, as bytes."""
    return (tree.flatten(training.network)[0].tobytes(), training.losses, training.errors,
            {name: x.tobytes() for name, x in training.state.items()}, training.rng.bit_generator.state)


def interrupted(lenet, monkeypatch, at):
    """Make the training stop at a batch, as Ctrl-C does."""
    original, count = lenet.batches, 0

    def batches(*args):
        nonlocal count
        for batch in original(*args):
            count += 1
            if count == at:
                raise KeyboardInterrupt
            yield batch
    monkeypatch.setattr(lenet, "batches", batches)
    return lambda: monkeypatch.setattr(lenet, "batches", original)


def test_interrupted_and_resumed_is_as_if_nothing_had_happened(lenet, monkeypatch, tmp_path, capsys):
    whole = lenet.main(["--epochs", str(EPOCHS)])
    path = tmp_path / "lenet.npz"
    arguments = ["--epochs", str(EPOCHS), "--checkpoint", str(path)]
    restore = interrupted(lenet, monkeypatch, at=8)
    with pytest.raises(SystemExit) as stop:
        lenet.main(arguments)
    assert stop.value.code == 130 and "stopped after 1 epochs; the same command goes on" in capsys.readouterr().out
    restore()
    resumed = lenet.main(arguments)
    assert f"{path}: 1 epochs are done" in capsys.readouterr().out
    assert bits(resumed["training"]) == bits(whole["training"])
    assert [p.name for p in tmp_path.iterdir()] == ["lenet.npz"]
    again = lenet.main(arguments)
    assert bits(again["training"]) == bits(whole["training"]), "a finished training makes no more steps"
    with pytest.raises(SystemExit, match="belongs to a training with .*'seed': 0.*, not .*'seed': 1"):
        lenet.main([*arguments, "--seed", "1"])


def test_a_checkpoint_is_whole_at_any_moment(lenet, monkeypatch, tmp_path):
    path = tmp_path / "lenet.npz"
    training = lenet.Training()
    training.write(path)
    before = path.read_bytes()

    def fails(file, **arrays):
        file.write(b"half of it")
        raise OSError("disk full")
    monkeypatch.setattr(lenet.np, "savez", fails)
    with pytest.raises(OSError, match="disk full"):
        training.write(path)
    assert path.read_bytes() == before


def test_it_learns_and_writes_pictures(lenet, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    result = lenet.main(["--epochs", "10", "--batch", "16", "--picture", str(tmp_path / "out.png")])
    losses = np.mean(result["training"].losses, axis=1)
    assert losses[-1] < 0.6 * losses[0] and result["accuracy"] > 0.5 and result["by_differences"] < 1e-6
    assert np.shape(result["training"].losses) == (10, 10)
    assert f"test accuracy {100.0 * result['accuracy']:.2f} %" in capsys.readouterr().out
    assert {p.name for p in tmp_path.iterdir()} == {"out_loss.png", "out_digits.png"}
    assert all(p.stat().st_size > 5000 for p in tmp_path.iterdir())


def test_the_network_is_in_single_precision_and_stays_so(lenet):
    training = lenet.Training()
    training.epoch(lambda note="": None)
    assert {x.dtype for x in tree.leaves(training.network)} == {np.dtype(np.float32)}
    assert {x.dtype.kind for name, x in training.state.items() if name[:4] in ("mean", "squa")} == {"f"}
    assert training.network.forward(training.test[0]).dtype == np.float32
    assert sum(x.size for x in tree.leaves(training.network)) == 61706


def test_images_are_moved_not_changed(lenet):
    image = np.zeros((50, 1, 28, 28), np.float32)
    image[:, 0, 2, 25] = 1.0
    moved = lenet.disturbed(image, np.random.default_rng(0))
    where = {(int(k) // 28, int(k) % 28) for k in moved.reshape(50, -1).argmax(axis=1)}
    assert len(where) > 10 and all(0 <= r <= 4 and 23 <= c <= 27 for r, c in where)
    rest = np.sort(moved.reshape(50, -1), axis=1)[:, :-1]
    assert moved.dtype == np.float32 and np.std(rest) == pytest.approx(lenet.NOISE, rel=0.05)


def test_the_data(example):
    pytest.importorskip("sklearn")
    (images, digits), (test_images, test_digits) = example("lenet").load(0)
    assert images.shape == (1348, 1, 28, 28) and test_images.shape == (449, 1, 28, 28) and len(digits) == 1348
    assert not images[:, :, :2].any() and not images[:, :, :, -2:].any() and 0.9 < images.max() <= 1.0
    assert len(np.unique(np.concatenate([images, test_images]).reshape(1797, -1), axis=0)) == 1797
    assert set(test_digits) == set(range(10))


def test_source_and_help(lenet, capsys):
    lenet.main(["--source"])
    assert "def loss_grad(network, images, digits):" in capsys.readouterr().out
    path = Path(__file__).parents[2] / "examples" / "lenet.py"
    out = subprocess.run([sys.executable, path, "--help"], capture_output=True, text=True, check=True).stdout
    assert "--checkpoint" in out and "--picture" in out
    with pytest.raises(SystemExit, match="at least 1"):
        lenet.main(["--epochs", "0"])
