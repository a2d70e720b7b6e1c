"""The table of flows/README.md names what exists."""

import re

from bot.settings import ROOT

README = (ROOT / "flows" / "README.md").read_text("utf-8")
TABLE = README.partition("## What each track became")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if line.startswith("| ") and not line.startswith("| Track")
]


def test_every_track_and_recommendation_has_flows_texts_services_and_conversations():
    assert len(ROWS) >= 18
    assert all(len(row) == 5 and all(row) for row in ROWS)
    assert "planned" not in TABLE


def test_the_table_names_flows_and_services_that_exist(library):
    flows = {name for row in ROWS for name in re.findall(r"`([a-z_0-9]+)`", row[1])}
    services = {s.strip() for row in ROWS for s in row[3].split(",")} - {"112"}

    assert flows <= library.content.flows.keys()
    assert services <= library.directory.services.keys()


def test_the_table_names_files_that_exist():
    texts = {name for row in ROWS for name in re.findall(r"`([a-z_0-9]+)`", row[2])}
    played = {name for row in ROWS for name in re.findall(r"`([a-z_0-9]+)`", row[4])}
    folder = ROOT / "tests" / "flows" / "transcripts"

    assert [n for n in texts if not (ROOT / "flows" / "responses" / f"{n}.yml").exists()] == []
    assert [n for n in played if not (folder / f"{n}.yml").exists()] == []
