"""A broken directory is told about line by line and reaches nobody."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.adapters.directory_files import check_directory, load_directory
from bot.domain.errors import ContentError
from bot.domain.issue import Issue, Severity
from bot.settings import ROOT

TODAY = date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the real directory, to break."""
    return Path(shutil.copytree(ROOT / "resources", tmp_path / "resources"))


def change(path: Path, old: str, new: str) -> int:
    """Replace the first ``old``; return the line it stands on."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def errors(folder: Path) -> list[Issue]:
    issues = check_directory(folder, today=TODAY)
    return [issue for issue in issues if issue.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "said"),
    [
        # keys and ids
        ("services/children.yml", "  operator: Børns Vilkår", "  operatr: Børns Vilkår",
         "bornetelefonen.operatr", "unknown key 'operatr'. Did you mean 'operator'?"),
        ("services/children.yml", "serves: [child_self,", "serves: [child_slef,",
         "bornetelefonen.serves.0", "Did you mean 'child_self'?"),
        ("services/digital.yml", "concerns: [digital_abuse]", "concerns: [digtal_abuse]",
         "sletdet.concerns.0", "Did you mean 'digital_abuse'?"),
        ("services/children.yml", "id: hoert", "id: bornetelefonen",
         "bornetelefonen.id", "is there twice"),
        ("services/violence.yml", "sources: [luv_2022,", "sources: [luv_2202,",
         "lev_uden_vold.facts.phone.sources", "Did you mean 'luv_2022'?"),
        ("services/violence.yml", "state: verified", "state: verifyed",
         "lev_uden_vold.facts.what.state", "Did you mean 'verified'?"),
        ("services/honour.yml", "id: maerk", "id: Mærk", "Mærk.id", "string should match pattern"),
        # numbers
        ("services/violence.yml", 'phone: "+4533330047"', 'phone: "33330047"',
         "danner.phone", "string should match pattern"),
        ("services/violence.yml", 'phone: "1888"', "phone: 1888",
         "lev_uden_vold.phone", "codes need quotes"),
        ("services/violence.yml", 'phone: "1888"', 'phone: "1889"',
         "lev_uden_vold.phone", "the number of 'lev_uden_vold' is 1888"),
        ("services/children.yml", 'phone: "116111"', 'phone: "116112"',
         "bornetelefonen.phone", "is 116111"),
        ("municipality_contacts.yml", 'duty_114: {phone: "114"', 'duty_114: {phone: "113"',
         "words.duty_114.phone", "the number here is 114"),
        ("municipality_contacts.yml", 'phone: "+4561897379"', 'phone: "+4561897378"',
         "words.ankestyrelsen.phone", "the number here is +4561897379"),
        # hours
        ("services/authorities.yml", 'hours: "Mo-Fr 09:00-15:00; PH off"', 'hours: "man-fre 9-15"',
         "ankestyrelsen.hours", "it is no opening_hours syntax"),
        ("services/children.yml", 'hours: "24/7"', 'hours: "Mo-Su,PH 00:00-24:00"',
         "bornetelefonen.hours", "written 24/7"),
        # evidence
        ("services/children.yml", "    sms: {state: verified, sources: [bt_privacy, ", "    # {",
         "bornetelefonen.sms", "'sms' has no source"),
        ("services/suicide.yml", "state: single_source", "state: verified",
         "livslinien.facts.phone.state", "Write 'single_source'"),
        ("services/suicide.yml", 'phone: "+4570201201"',
         'phone: "+4570201201"\n  web: https://example.dk', "livslinien.web",
         "an unconfirmed value is never shown"),
        ("services/suicide.yml", "  phone: \"+4570201201\"\n", "",
         "livslinien.facts.phone", "there is evidence but no 'phone'"),
        ("services/honour.yml", "recheck_by: 2027-05-23", "note: new",
         "maerk.facts.what", "'recheck_by' is missing"),
        ("services/honour.yml", "recheck_by: 2027-05-23", "recheck_by: 2027-15-23",
         "file", "no YAML"),
        ("services/digital.yml", "web: https://stopchikane.nu", "web: https://stopchikanen.dk",
         "stopchikane.web", "its sources do not name stopchikanen.dk"),
        ("services/digital.yml", "web: https://stopchikane.nu",
         "web: https://stopchikane.nu/…/kontakt", "stopchikane.web", "a part of the address"),
        ("services/survivors.yml", "  phone: \"+4529448866\"\n", "", "csm_oest",
         "no way to reach it"),
        ("services/violence.yml", "withheld: No page", "web: https://lokk.dk\n  withheld: No page",
         "lokk.withheld", "has a way to reach it"),
        # words
        ("services/children.yml", "Du er anonym, så længe", "Du er helt anonym, så længe",
         "bornetelefonen.anonymity.da", "'helt anonym' is a promise nobody can keep"),
        ("services/violence.yml", "Spørg først, om du kan være anonym. Opkaldet",
         "Du er anonym. Opkaldet", "danner.anonymity", "claims something without a source"),
        ("services/children.yml", 'name: {da: HØRT}', 'name: {da: ""}',
         "hoert.name.da", "at least 1 character"),
        ("services/children.yml", 'name: {da: HØRT}', "name: {en: HØRT}",
         "hoert.name.da", "'da' is missing"),
        # lanes
        ("services/at_risk.yml", "serves: [adult_sexual]", "serves: [adult_sexual, child_self]",
         "bryd_cirklen.serves", "both children and adults at risk"),
        # municipalities, law, words
        ("municipality_contacts.yml", 'code: "0860"', 'code: "0861"', "0861.code",
         "is no municipality's code"),
        ("municipality_contacts.yml", "{name} på {phone}.", "{navn} på {phone}.", "words.phone",
         "Use exactly {name}, {phone}."),
        ("municipality_contacts.yml", "på {phone} ({label}).", "på {phone} ({label.",
         "words.phone_labelled", "Use exactly {label}, {name}, {phone}."),
        ("municipalities.csv", "0253,Greve", "253,Greve", "Greve.code", "string should match"),
        ("municipalities.csv", "0253,Greve", "0259,Greve", "Køge.code", "is there twice"),
        ("municipalities.csv", "code,name", "kode,name", "columns", "the columns are not these"),
        ("law.yml", "cite: barnets lov § 135", "cites: barnets lov § 135",
         "duty_of_everyone.cites", "Did you mean 'cite'?"),
        ("sources.yml", "kind: press", "kind: pres", "kd_114.kind", "Did you mean 'press'?"),
        ("sources.yml", "seen: undated", "seen: long ago", "dk4540_police.seen", "match pattern"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_mend(  # noqa: PLR0917 - one row, six columns
    folder, file, old, new, at, said
):
    line = change(folder / file, old, new)

    issues = [issue for issue in errors(folder) if issue.at == at and said in str(issue)]

    assert issues, [str(issue) for issue in errors(folder)]
    assert issues[0].path == folder / file
    if "\n" not in new and new and at not in ("columns", "file", "Køge.code"):
        assert issues[0].line is not None
        assert abs(issues[0].line - line) <= 45  # the line itself, or the entry's own part
    with pytest.raises(ContentError, match=r"problem"):
        load_directory(folder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("services/children.yml", "serves: [child_self,", "serves: [child_slef,"),
        ("services/violence.yml", 'phone: "1888"', 'phone: "1889"'),
        ("services/at_risk.yml", "serves: [adult_sexual]", "serves: [adult_sexul]"),
        ("law.yml", "cite: barnets lov § 135", "cites: barnets lov § 135"),
        ("municipalities.csv", "0253,Greve", "253,Greve"),
        ("sources.yml", "kind: press", "kind: pres"),
    ],
)
def test_the_line_is_exact(folder, file, old, new):
    line = change(folder / file, old, new)

    assert line in [issue.line for issue in errors(folder) if issue.path == folder / file]


def test_all_mistakes_are_told_at_once(folder):
    change(folder / "services/children.yml", "serves: [child_self,", "serves: [child_slef,")
    change(folder / "services/violence.yml", 'phone: "1888"', 'phone: "1889"')
    change(folder / "law.yml", "cite: barnets lov § 135", "cites: barnets lov § 135")
    change(folder / "sources.yml", "kind: press", "kind: pres")

    with pytest.raises(ContentError) as raised:
        load_directory(folder)

    broken = {issue.path.name for issue in raised.value.issues}
    assert broken >= {"children.yml", "violence.yml", "law.yml", "sources.yml"}
    assert "Did you mean 'child_self'?" in str(raised.value)


def test_someone_left_without_help_is_found(folder):
    for name in ("lev_uden_vold", "police_114"):
        for path in (folder / "services").glob("*.yml"):
            text = path.read_text("utf-8")
            path.write_text(text.replace(f"id: {name}", f"id: {name}_gone"), "utf-8")

    said = [str(issue) for issue in errors(folder)]

    assert any("lev_uden_vold: this service is missing" in each for each in said)
    (folder / "services/at_risk.yml").unlink()
    assert any(
        "adult_sexual, rights" in each and "only" in each for each in map(str, errors(folder))
    )


def test_hours_from_one_newspaper_do_not_make_a_service_open(folder):
    change(
        folder / "services/children.yml",
        "sources: [eb_night, bt_christmas, childhelpline_20]",
        "sources: [eb_night]",
    )
    change(
        folder / "services/children.yml", "hours: {state: verified", "hours: {state: single_source"
    )

    assert any(
        issue.at == "bornetelefonen.hours" and "single source" in issue.problem
        for issue in errors(folder)
    )


@pytest.mark.parametrize(
    "text",
    ["", "\0", "- [", "a: b: c", "- id: x\n- id", "{}", "[]", "- 1\n- null\n- [2]", "!!python/x y",
     "a: &a [*a]", "- {id: a, id: b}", "- !!binary aGVq", "? [a]\n: b", "- 2027-99-99", "[" * 400],
)  # fmt: skip
@pytest.mark.parametrize(
    "file", ["services/children.yml", "sources.yml", "law.yml", "municipality_contacts.yml",
             "municipalities.csv"],
)  # fmt: skip
def test_a_file_that_is_no_directory_is_one_clear_error(folder, file, text):
    (folder / file).write_text(text, "utf-8")

    with pytest.raises(ContentError):
        load_directory(folder)


@pytest.mark.parametrize(
    "file", ["sources.yml", "law.yml", "municipality_contacts.yml", "municipalities.csv"]
)
def test_a_missing_or_undecodable_file_is_an_error(folder, file):
    (folder / file).write_bytes(b"\xff\xfe\x00")
    assert any("UTF-8" in issue.problem for issue in errors(folder))

    (folder / file).unlink()
    assert any("the file is missing" in issue.problem for issue in errors(folder))

    (folder / file).mkdir()
    assert any("cannot be read" in issue.problem for issue in errors(folder))


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ContentError, match="no service file"):
        load_directory(tmp_path / "nowhere")


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_lost_or_torn_only_content_errors_are_raised(folder, seed):
    """Delete, double or cut random lines of a random file: it loads, or says what is wrong."""
    chance = random.Random(seed)
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".csv"))
    path = chance.choice([file for file in files if file.name != "taxonomy.yml"])
    lines = path.read_text("utf-8").splitlines()
    for _ in range(3):
        at = chance.randrange(len(lines))
        lines[at : at + 1] = chance.choice(
            [[], [lines[at]] * 2, [lines[at][: len(lines[at]) // 2]]]
        )
    path.write_text("\n".join(lines), "utf-8")

    found = errors(folder)
    if not found:
        assert load_directory(folder).services
        return
    with pytest.raises(ContentError) as raised:
        load_directory(folder)
    assert len(raised.value.issues) == len(found)
    assert all(issue.mend and issue.problem for issue in found)
