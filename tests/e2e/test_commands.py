"""`betro chat` and `betro triage` as programs meet them."""

import json
import os
import subprocess

import pytest
from ruamel.yaml import YAML

from tests.nlu_process import nlu_server, train
from tests.odd_texts import CANARY, HUGE_TEXTS, ODD_TEXTS
from tests.run_process import BETRO, ROOT

TAXONOMY = YAML(typ="safe").load((ROOT / "resources" / "taxonomy.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def nlu():
    train()
    with nlu_server() as server:
        yield {"BETRO_NLU_URL": server.url, "BETRO_NLU_TOKEN": server.token}


def betro(*arguments, given=b"", env=None):
    return subprocess.run(
        [BETRO, *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | (env or {}),
        timeout=180,
    )


def answers(done):
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_triage_judges_each_line_in_order(nlu):
    lines = ["min far slår mig", "hej", "er det anonymt?"]
    found = answers(betro("triage", given="\n".join(lines).encode(), env=nlu))

    assert len(found) == 3
    for judged in found:
        for question in ("audience", "concern", "urgency"):
            scores = judged[question]["scores"]
            assert set(scores) == set(TAXONOMY[question])
            assert sum(scores.values()) == pytest.approx(1, abs=1e-4)
            assert judged[question]["id"] in TAXONOMY[question]
        assert set(judged["urgency"]["by"]) == {"nlu", "safety_net"}
        assert set(judged["urgency"]["by"].values()) <= set(TAXONOMY["urgency"])
        assert judged["services"]
        assert judged["ms"] > 0
    assert found[0]["route"] == "violence_at_home"
    assert found[0]["safety_net"]
    assert found[0]["urgency"]["id"] == "high"


def test_triage_explains_when_asked_and_never_repeats_the_text(nlu):
    done = betro("triage", "--explain", given="min far slår mig xylofon".encode(), env=nlu)

    judged = answers(done)[0]
    assert judged["explain"]["fired"][0]["precision"] > 0
    assert b"xylofon" not in done.stdout + done.stderr


def test_a_broken_line_gives_an_error_on_that_line_and_no_more(nlu):
    given = b'{"text": "hej"}\nikke json\n\xff\xfe\n{"txt": "hej"}\n""\n{"text": "hej igen"}\n'
    found = answers(betro("triage", "--jsonl", given=given, env=nlu))

    assert ["error" in item for item in found] == [False, True, True, True, True, False]


def test_a_line_nobody_means_to_write_gets_an_answer_or_an_error_and_is_not_repeated(nlu):
    lines = [json.dumps({"text": f"{text} {CANARY}"}) for text in ODD_TEXTS.values()]
    lines += [json.dumps({"text": text}) for text in HUGE_TEXTS.values()]
    lines += ['{"text": 7}', "[" * 100_000, '{"text": "' + CANARY, '{"a": ' + "1" * 10_000 + "}"]

    done = betro("triage", "--jsonl", given="\n".join(lines).encode() + b"\n", env=nlu)

    assert len(answers(done)) == len(lines)
    assert ["error" in item for item in answers(done)][-4:] == [True] * 4
    assert CANARY.encode() not in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr


def test_a_disguised_danger_is_judged_like_the_plain_one(nlu):
    texts = [
        "min far slår mig",
        "m i n  f a r  s l å r  m i g",
        "min far sl4r mig",
        "min fаr slår mig",
    ]

    found = answers(betro("triage", given="\n".join(texts).encode(), env=nlu))

    assert [judged["urgency"]["by"] for judged in found] == [found[0]["urgency"]["by"]] * 4
    assert {judged["route"] for judged in found} == {"violence_at_home"}


def test_chat_speaks_json_for_programs(nlu):
    given = "min far slår mig\n/button 1\n/findes ikke\n/button 99\n/slet\n".encode()
    found = answers(
        betro("chat", "--json", "--now", "2026-11-22T23:15+01:00", given=given, env=nlu)
    )

    first, pressed, _, old, erased = found
    assert set(first) == {"replies", "urgency", "flow", "step", "ended"}
    assert set(first["replies"][0]) == {"text", "response", "buttons", "services"}
    assert first["flow"] == "violence_at_home"
    assert "bornetelefonen" in [s for r in first["replies"] for s in r["services"]]
    assert pressed["step"] != first["step"]
    assert old["replies"][0]["response"] == "utter_odd_old_button"
    assert erased["replies"][0]["response"] == "utter_erased"


@pytest.mark.parametrize("reader", ["child", "young", "adult", "easy"])
def test_chat_takes_the_reader_and_needs_no_nlu(reader):
    done = betro("chat", "--json", "--no-understanding", "--reader", reader, given=b"/om\n")

    assert answers(done)[0]["replies"][0]["response"] == "utter_about"


def test_the_reader_given_at_start_holds_until_the_visitor_chooses_otherwise():
    given = b"/om\nalmindelig tekst\n/om\n/slet\n/om\n"
    done = betro("chat", "--json", "--no-understanding", "--reader", "easy", given=given)

    easy, chosen, plain, _, easy_again = answers(done)
    assert chosen["replies"][0]["response"] == "utter_easy_off"
    assert easy["replies"][0]["text"] == easy_again["replies"][0]["text"]
    assert plain["replies"][0]["text"] != easy["replies"][0]["text"]


def test_chat_for_people_greets_and_shows_numbered_buttons():
    done = betro("chat", "--no-understanding", given="min far slår mig\n".encode())

    shown = done.stdout.decode()
    assert "/button 1" in shown
    assert "BørneTelefonen" in shown


def test_a_clock_that_cannot_be_read_is_one_clear_sentence():
    done = betro("chat", "--now", "i aften")

    assert done.returncode == 1
    assert done.stderr.decode().strip() == (
        "betro: --now: 'i aften' is no time. Write it as 2026-11-22T23:15+01:00."
    )


def test_every_command_has_help():
    shown = betro("--help").stdout.decode()
    for command in ("run", "chat", "triage", "flows", "resources", "doctor"):
        assert command in shown
        assert betro(command, "--help").returncode == 0


def test_flows_check_names_file_line_and_mend(tmp_path):
    import shutil  # noqa: PLC0415 - this test alone

    for folder in ("flows", "resources"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    broken = tmp_path / "flows" / "violence_at_home.yml"
    broken.write_text(broken.read_text("utf-8").replace("utter_not_safe", "utter_not_saef", 1))

    done = betro("flows", "check", "--content", str(tmp_path))

    assert done.returncode == 1
    said = done.stdout.decode()
    assert "violence_at_home.yml:" in said
    assert "'utter_not_saef' is no text or action. Did you mean 'utter_not_safe'?" in said
