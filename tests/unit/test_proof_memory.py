import shutil

import pytest

from bot.adapters.content_files import load_content
from bot.adapters.proof_memory import ProofMemory
from bot.domain.errors import ContentError
from bot.settings import ROOT


@pytest.fixture
def content_dir(tmp_path):
    for folder in ("flows", "resources"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_only_exactly_the_proved_content_is_remembered(content_dir, library, tmp_path):
    memory = ProofMemory(tmp_path / "run")
    assert not memory.holds(content_dir)

    load_content(content_dir, library.directory, memory=memory)
    assert memory.holds(content_dir)

    acute = content_dir / "flows" / "responses" / "acute.yml"
    acute.write_text(acute.read_text("utf-8").replace("Ring 112", "Vent lidt"), "utf-8")
    assert not memory.holds(content_dir)
    with pytest.raises(ContentError, match=r"112 is not in the first line"):
        load_content(content_dir, library.directory, memory=memory)
    assert not memory.holds(content_dir)


def test_a_folder_that_cannot_be_written_remembers_nothing_and_stops_nobody(content_dir, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    memory = ProofMemory(taken / "run")

    memory.keep(content_dir)

    assert not memory.holds(content_dir)
