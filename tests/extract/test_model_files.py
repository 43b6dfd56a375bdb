from pathlib import Path

import pytest

from kg.errors import PapergraphError
from kg.extract.model_files import VARIABLE, WEIGHTS, weights


def test_the_packages_own_model() -> None:
    assert all(weights().joinpath(name).is_file() for name in WEIGHTS)


def test_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WEIGHTS:
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert weights() == tmp_path


def test_a_folder_that_lacks_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(PapergraphError, match=r"heads\.onnx") as error:
        weights()
    assert str(tmp_path) in str(error.value)
    assert "model.onnx," not in str(error.value)
