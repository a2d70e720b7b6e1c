"""`betro texts`: to practitioners and back, as an operator types it."""

from __future__ import annotations

import difflib
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.content_files import read_content
from bot.adapters.directory_files import load_directory
from bot.commands.texts import app
from bot.domain.errors import ReviewUnreadable, SettingsError
from bot.domain.lint import check_content
from bot.domain.review import hash_words, name_condition
from bot.domain.taxonomy import Audience
from bot.settings import ROOT

ACUTE = "utter_acute"


def betro_texts(*words: str):
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the real content, to change."""
    for part in ("flows", "resources"):
        shutil.copytree(ROOT / part, tmp_path / "content" / part)
    return tmp_path / "content"


@pytest.fixture
def save(tmp_path):
    """Writes a file of answers as the page's button saves it."""

    def write(*answers, name="answers.json", **other) -> str:
        whole = {
            "kind": "betro-review",
            "schema": 1,
            "audience": "child_self",
            "exported": "2026-11-20",
            "answers": answers,
        }
        path = tmp_path / name
        path.write_text(json.dumps(whole | other, ensure_ascii=False), "utf-8")
        return str(path)

    return write


def content_of(folder):
    return read_content(folder, load_directory(folder / "resources"), prove=False)[0]


def text_of(folder, name, index):
    return content_of(folder).responses[name][index]


def answer(folder, name=ACUTE, index=0, **more):
    text = text_of(folder, name, index)
    return {
        "text": name,
        "variant": index,
        "condition": name_condition(text),
        "hash": hash_words(text),
        "approved": True,
        "by": "psykolog i børnehus",
        "on": "2026-11-20",
        "wording": {},
        "comment": "",
    } | more


def written(folder):
    return {
        path.name: path.read_text("utf-8") for path in (folder / "flows/responses").glob("*.yml")
    }


# To practitioners


def test_each_audience_of_the_taxonomy_gets_a_document_of_its_own(folder, tmp_path):
    done = betro_texts("export", "--to", str(tmp_path / "out"), "--content", str(folder))

    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"index.html", *(f"{audience.value}.html" for audience in Audience)}
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Barn eller ung om sig selv" in index
    assert "0 læst af en fagperson" in index


def test_a_document_shows_what_a_visitor_reads_and_what_it_rests_on(folder, tmp_path):
    path = folder / "flows/responses/violence_at_home.yml"
    path.write_text(path.read_text("utf-8").replace("responses:", "responses:", 1), "utf-8")
    betro_texts(
        "export", "--to", str(tmp_path), "--audience", "child_self", "--content", str(folder)
    )

    page = (tmp_path / "child_self.html").read_text("utf-8")
    assert "116 111" in page
    assert "{phone." not in re.sub(r'data-now="[^"]*"', "", page)
    assert "det handler om: Selvmordstanker og selvskade" in page
    assert "»Let at læse« er valgt" in page
    assert "barnets lov § 6" in page
    assert "LIX" in page
    assert "Kladde: ingen fagperson har læst den" in page
    assert "Gem mine svar" in page
    assert page.count('<fieldset class="answer"') == page.count("<article")
    text = text_of(folder, "utter_ask_safe_now", -1)
    assert f'data-hash="{hash_words(text)}"' in page


def test_a_document_needs_and_asks_for_nothing_from_elsewhere(folder, tmp_path):
    betro_texts("export", "--to", str(tmp_path), "--audience", "parent", "--content", str(folder))

    page = (tmp_path / "parent.html").read_text("utf-8")
    assert not re.findall(r"<(?:script|link|img|iframe|form)[^>]*(?:src|href|action)=", page)
    assert "default-src 'none'" in page
    script = page.split("<script>")[1].split("</script>")[0]
    assert not re.findall(r"fetch|XMLHttpRequest|localStorage|cookie|https?://", script)


def test_no_document_of_the_young_holds_a_text_for_adults_at_risk_or_the_reverse(folder, tmp_path):
    betro_texts("export", "--to", str(tmp_path), "--content", str(folder))

    young = (tmp_path / "child_self.html").read_text("utf-8")
    grown = (tmp_path / "adult_sexual.html").read_text("utf-8")
    for name, variants in content_of(folder).responses.items():
        for index, text in enumerate(variants):
            mark = f'id="{name}.{index}"'
            if text.metadata.serves and "child_self" not in text.metadata.serves:
                assert mark not in young
            if text.metadata.serves and "adult_sexual" not in text.metadata.serves:
                assert mark not in grown


def test_every_text_stands_in_a_document(folder, tmp_path):
    betro_texts("export", "--to", str(tmp_path), "--content", str(folder))

    pages = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.html"))
    missing = [
        f"{name}.{index}"
        for name, variants in content_of(folder).responses.items()
        for index in range(len(variants))
        if f'id="{name}.{index}"' not in pages
    ]
    assert missing == []


# And back


def test_a_signed_off_text_is_marked_and_nothing_else_changes(folder, save):
    before = written(folder)
    path = save(answer(folder, index=0))

    done = betro_texts("import", path, "--content", str(folder))

    assert done.exit_code == 0, done.output
    assert "1 texts signed off" in done.output
    signed = text_of(folder, ACUTE, 0)
    assert signed.metadata.review == "reviewed"
    assert signed.metadata.reviewed_by == "psykolog i børnehus"
    assert signed.metadata.reviewed_on == "2026-11-20"
    assert signed.metadata.reviewed_text == hash_words(signed)
    after = written(folder)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["acute.yml"]
    comments = [line for line in before["acute.yml"].splitlines() if line.strip().startswith("#")]
    assert [line for line in comments if line not in after["acute.yml"]] == []


def test_texts_that_share_their_metadata_are_not_signed_off_with_it(folder, save):
    siblings = len(content_of(folder).responses[ACUTE])

    betro_texts("import", save(answer(folder, index=0)), "--content", str(folder))
    betro_texts("import", save(answer(folder, index=3)), "--content", str(folder))

    states = [text.metadata.review for text in content_of(folder).responses[ACUTE]]
    assert [i for i, state in enumerate(states) if state == "reviewed"] == [0, 3]
    assert len(states) == siblings


def test_every_text_can_be_signed_off_and_the_check_then_finds_nothing_unread(folder, save):
    content = content_of(folder)
    everything = [
        answer_of(content, name, index)
        for name, variants in content.responses.items()
        for index in range(len(variants))
    ]

    done = betro_texts("import", save(*everything), "--content", str(folder))

    assert done.exit_code == 0, done.output
    signed = content_of(folder)
    assert {t.metadata.review for v in signed.responses.values() for t in v} == {"reviewed"}
    assert strip_reading(signed) == strip_reading(content)
    directory = load_directory(folder / "resources")
    phones = [s.id for s in directory.services.values() if s.phone and s.withheld is None]
    assert [str(i) for i in check_content(signed, phones)] == [
        str(i) for i in check_content(content, phones)
    ]


def answer_of(content, name, index):
    text = content.responses[name][index]
    return {
        "text": name,
        "variant": index,
        "condition": name_condition(text),
        "hash": hash_words(text),
        "approved": True,
        "by": "psykolog",
        "on": "2026-11-20",
    }


def strip_reading(content):
    none = {"review": "draft", "reviewed_by": None, "reviewed_on": None, "reviewed_text": None}
    return {
        name: [
            t.model_copy(update={"metadata": t.metadata.model_copy(update=none)}) for t in variants
        ]
        for name, variants in content.responses.items()
    }


def test_one_changed_word_makes_a_signed_off_text_unread_again(folder, save):
    betro_texts("import", save(answer(folder, index=0)), "--content", str(folder))
    path = folder / "flows/responses/acute.yml"
    path.write_text(path.read_text("utf-8").replace("Hent en voksen", "Find en voksen", 1), "utf-8")

    directory = load_directory(folder / "resources")
    issues = read_content(folder, directory, prove=False)[1]

    (problem,) = [issue for issue in issues if "its words are not those" in issue.problem]
    assert problem.at == "utter_acute.0"
    assert problem.path.name == "acute.yml"


def test_a_text_that_changed_since_the_export_is_refused_and_named(folder, save):
    path = save(answer(folder, index=0), answer(folder, index=5))
    acute = folder / "flows/responses/acute.yml"
    acute.write_text(acute.read_text("utf-8").replace("Hent en voksen", "Find en voksen"), "utf-8")

    done = betro_texts("import", path, "--content", str(folder))

    assert done.exit_code == 1
    assert "refused: utter_acute.0: its words changed since the export" in done.output
    assert text_of(folder, ACUTE, 0).metadata.review == "draft"
    assert text_of(folder, ACUTE, 5).metadata.review == "reviewed"


def test_a_variant_is_found_by_its_condition_when_others_came_before_it(folder, save):
    path = save(answer(folder, index=5) | {"variant": 2})

    betro_texts("import", path, "--content", str(folder))

    assert text_of(folder, ACUTE, 5).metadata.review == "reviewed"
    assert text_of(folder, ACUTE, 2).metadata.review == "draft"


def test_a_text_that_is_gone_is_refused(folder, save):
    gone = answer(folder) | {"text": "utter_no_such"}

    done = betro_texts("import", save(gone), "--content", str(folder))

    assert done.exit_code == 1
    assert "utter_no_such.0: it is not there any more" in done.output


def test_a_proposed_wording_goes_into_the_report_and_not_into_the_file(folder, save, tmp_path):
    before = written(folder)
    proposal = answer(folder, approved=False, wording={"da": "Ring 112.\nVent."}, comment="Kortere")

    done = betro_texts(
        "import", save(proposal), "--content", str(folder), "--report", str(tmp_path / "r.md")
    )

    assert done.exit_code == 0, done.output
    report = (tmp_path / "r.md").read_text("utf-8")
    assert "> Ring 112.\n> Vent." in report
    assert "> Kortere" in report
    assert "utter_acute.0 (psykolog i børnehus 2026-11-20)" in report
    assert "not written into the files" in report
    assert written(folder) == before


def test_a_proposed_wording_is_written_in_as_a_draft_when_asked_for(folder, save):
    betro_texts("import", save(answer(folder, index=1)), "--content", str(folder))
    sibling = text_of(folder, ACUTE, 2)
    proposal = answer(folder, index=1, approved=False, wording={"da": "Ring 112.\nDet er nyt."})

    done = betro_texts("import", save(proposal), "--apply-wordings", "--content", str(folder))

    assert done.exit_code == 0, done.output
    changed = text_of(folder, ACUTE, 1)
    assert changed.text == "Ring 112.\nDet er nyt."
    assert changed.metadata.review == "draft"
    assert changed.metadata.reviewed_text is None
    assert text_of(folder, ACUTE, 2) == sibling  # it shared the words by an anchor


def test_what_somebody_else_wants_reworded_is_not_signed_off(folder, save):
    one = save(answer(folder), name="one.json")
    other = save(answer(folder, approved=False, wording={"da": "Andre ord."}), name="other.json")

    done = betro_texts("import", one, other, "--content", str(folder))

    assert done.exit_code == 1
    assert "refused: utter_acute.0: somebody else proposes other words" in done.output
    assert text_of(folder, ACUTE, 0).metadata.review == "draft"


def test_the_same_words_proposed_again_are_no_proposal(folder, save):
    same = answer(folder, wording={"da": text_of(folder, ACUTE, 0).text})

    done = betro_texts("import", save(same), "--content", str(folder))

    assert done.exit_code == 0, done.output
    assert "1 texts signed off, 0 wordings" in done.output


@pytest.mark.parametrize(
    ("lacking", "why"),
    [
        ({"by": ""}, "nobody signed it; name a role with --by"),
        ({"on": ""}, "it has no date; give one with --on"),
        ({"on": "2999-01-01"}, "its date is yet to come"),
        ({"on": "2026-13-01"}, "it has no date"),
        ({"wording": {"da": "Andet."}}, "it is both signed off and to be reworded"),
    ],
)
def test_what_is_not_signed_as_it_must_be_is_refused(folder, save, lacking, why):
    done = betro_texts("import", save(answer(folder, **lacking)), "--content", str(folder))

    assert done.exit_code == 1
    assert f"refused: utter_acute.0: {why}" in done.output
    assert text_of(folder, ACUTE, 0).metadata.review == "draft"


def test_role_and_date_can_be_given_for_paper_answers(folder, save):
    path = save(answer(folder, by="", on=""))

    done = betro_texts(
        "import", path, "--by", "jurist: børneret", "--on", "2026-11-21", "--content", str(folder)
    )

    assert done.exit_code == 0, done.output
    read = text_of(folder, ACUTE, 0).metadata
    assert (read.reviewed_by, read.reviewed_on) == ("jurist: børneret", "2026-11-21")


def test_a_dry_run_changes_nothing(folder, save):
    before = written(folder)

    done = betro_texts("import", save(answer(folder)), "--dry-run", "--content", str(folder))

    assert "1 files to change" in done.output
    assert written(folder) == before


@pytest.mark.parametrize(
    "broken",
    [
        {"schema": 2},
        {"kind": "something"},
        {"answers": "all of them"},
        {"answers": [{"text": "utter_acute"}]},
        {"extra": 1},
    ],
)
def test_a_file_of_another_kind_is_refused_whole(folder, save, broken):
    before = written(folder)

    done = betro_texts("import", save(**broken), "--content", str(folder))

    assert isinstance(done.exception, ReviewUnreadable)
    assert "answers.json" in str(done.exception)
    assert written(folder) == before


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"{" * 5000])
def test_bytes_that_are_no_answers_are_refused(folder, tmp_path, data):
    (tmp_path / "x.json").write_bytes(data)

    done = betro_texts("import", str(tmp_path / "x.json"), "--content", str(folder))

    assert isinstance(done.exception, ReviewUnreadable)


def test_the_role_and_the_date_are_checked(folder, save):
    path = save(answer(folder))

    for words in (("--on", "i går"), ("--by", "x" * 81), ("--by", "a\nb")):
        done = betro_texts("import", path, *words, "--content", str(folder))
        assert isinstance(done.exception, SettingsError)


# Which are where


def test_the_list_names_file_line_and_state(folder, save):
    betro_texts("import", save(answer(folder)), "--content", str(folder))

    drafts = betro_texts("list", "--state", "draft", "--json", "--content", str(folder))
    read = betro_texts("list", "--state", "reviewed", "--json", "--content", str(folder))

    (one,) = map(json.loads, read.output.splitlines())
    assert one["id"] == "utter_acute.0"
    assert one["reviewed_by"] == "psykolog i børnehus"
    lines = Path(one["file"]).read_text("utf-8").splitlines()
    assert "condition" in lines[one["line"] - 1]
    total = sum(len(v) for v in content_of(folder).responses.values())
    assert len(drafts.output.splitlines()) == total - 1


def test_the_list_keeps_to_an_audience(folder):
    for_child = betro_texts("list", "--audience", "child_self", "--content", str(folder)).output

    assert "utter_acute.0" not in for_child  # for a friend's
    assert "utter_acute.5" in for_child


@pytest.mark.parametrize(
    "words", [["--help"], *([w, "--help"] for w in ("export", "import", "list"))]
)
def test_help_has_examples(words):
    done = betro_texts(*words)

    assert done.exit_code == 0
    assert len(words) == 1 or "betro texts" in done.output


def test_a_change_is_as_small_as_it_can_be(folder, save):
    before = written(folder)["acute.yml"]

    betro_texts("import", save(answer(folder, index=5)), "--content", str(folder))

    after = written(folder)["acute.yml"]
    diff = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        if line[:1] in "+-" and not line.startswith(("+++", "---"))
    ]
    assert len(diff) == 2
    assert diff[0] == "-      metadata: *all"
