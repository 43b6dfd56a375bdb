import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import kg
from kg.settings import SETTINGS
from tests.helpers import ROOT


def test_all_is_exactly_what_is_there() -> None:
    named = {name: getattr(kg, name) for name in dir(kg) if not name.startswith("_")}
    public = {name for name, value in named.items() if not isinstance(value, ModuleType)}
    assert set(kg.__all__) - {"__version__"} == public - {"annotations", "import_module", "ModuleType", "TYPE_CHECKING"}
    assert len(set(kg.__all__)) == len(kg.__all__)


@pytest.mark.parametrize("name", [name for name in kg.__all__ if name != "__version__"])
def test_everything_public_is_documented(name: str) -> None:
    thing = getattr(kg, name)
    assert thing.__doc__
    if inspect.isclass(thing):
        methods = {key: value for key, value in vars(thing).items() if not key.startswith("_") and callable(value)}
        assert [key for key, value in methods.items() if not value.__doc__ and not key.startswith("model_")] == []


def test_errors_are_one_tree() -> None:
    errors = [getattr(kg, name) for name in kg.__all__ if name.endswith("Error")]
    assert all(issubclass(error, kg.PapergraphError) for error in errors)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_in_the_docs(name: str) -> None:
    page = ROOT / "docs" / "settings.md"
    if not page.is_file():
        pytest.skip("docs/settings.md is not written yet")
    text = page.read_text("utf-8")
    assert name in text
    assert SETTINGS[name].says.split(".")[0] in text.replace("\n", " ")


def test_settings_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in SETTINGS.values():
        monkeypatch.setenv(setting.variable, "12")
        assert setting.value() == 12
        monkeypatch.delenv(setting.variable)
        assert setting.value() == setting.default
        assert setting.says.endswith(".")


def test_extract_is_the_function_whatever_was_imported_before() -> None:
    code = "import kg.extract.pipeline, kg; assert callable(kg.extract); from kg.extract import pipe; assert pipe is kg.pipe"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_question_does_not_wait_for_spacy(graph: Path) -> None:
    code = f"import sys, kg; kg.open({str(graph)!r}).cypher('RETURN 1'); sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
