"""`betro chat` and `betro triage` as programs meet them."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

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
        assert sum(judged["urgency"]["nlu_scores"].values()) == pytest.approx(1, abs=1e-4)
        assert judged["services"]
        assert judged["ms"] > 0
    assert found[0]["route"] == "violence_at_home"
    assert found[0]["safety_net"]
    assert found[0]["urgency"]["id"] == "high"


def test_triage_explains_with_the_words_of_the_message_and_the_nearest_others(nlu):
    text = "hej xylofon min Far slår mig"
    done = betro("triage", "--explain", given=text.encode(), env=nlu)

    told = answers(done)[0]["explain"]
    assert told["fired"][0]["words"] == ["Far slår mig"]
    assert told["fired"][0]["precision"] > 0
    assert told["decided"] in {"nlu", "safety_net"}
    assert set(" ".join(pushed["words"] for pushed in told["pushed"]).split()) <= set(text.split())
    assert told["pushed"][0]["words"] in {"Far", "slår", "mig"}
    assert told["pushed"][0]["by"] > 0
    assert len(told["nearest"]) == 3
    assert {"id", "text", "concern", "audience", "urgency", "cosine"} == set(told["nearest"][0])
    assert done.stderr == b""


def test_triage_never_repeats_the_text_unasked(nlu):
    done = betro("triage", given="min far slår mig xylofon".encode(), env=nlu)

    assert answers(done)[0]["urgency"]["id"] == "high"
    assert b"xylofon" not in done.stdout + done.stderr


def test_a_broken_line_gives_an_error_on_that_line_and_no_more(nlu):
    given = b'{"text": "hej"}\nikke json\n\xff\xfe\n{"txt": "hej"}\n""\n{"text": "hej igen"}\n'
    found = answers(betro("triage", "--jsonl", given=given, env=nlu))

    assert ["error" in item for item in found] == [False, True, True, True, True, False]


MANY = [
    *("min far slår mig", "hej", "er det anonymt?", "jeg vil ikke leve mere", "s" * 5000, ""),
    *(f"jeg har været i skole i {days} dage og er så træt" for days in range(24)),
]


@pytest.mark.parametrize("options", [[], ["--jsonl"], ["--explain"]])
def test_a_batch_says_line_by_line_what_one_at_a_time_does(nlu, options):
    lines = [json.dumps({"text": text}) if "--jsonl" in options else text for text in MANY]
    given = "\n".join(lines).encode()
    joined = nlu | {"BETRO_NLU_START": "0"}

    batch = betro("triage", "--batch", *options, given=given, env=joined)

    one_at_a_time = answers(betro("triage", *options, given=given, env=joined))
    assert [without_time(each) for each in answers(batch)] == [
        without_time(each) for each in one_at_a_time
    ]
    assert len(one_at_a_time) == len(MANY)
    assert batch.stderr == b""


def without_time(answer):
    return {name: value for name, value in answer.items() if name != "ms"}


def test_a_batch_starts_its_own_nlus_and_ctrl_c_leaves_no_process(nlu, tmp_path):
    """While it starts and while it judges, with its input left open."""
    for answers_heard in (0, 1):
        run_dir = tmp_path / str(answers_heard)
        batch = subprocess.Popen(
            [BETRO, "triage", "--batch", "--explain"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"BETRO_RUN_DIR": str(run_dir)},
            start_new_session=True,
        )
        try:
            batch.stdin.write("min far slår mig\n".encode() * 40)
            batch.stdin.flush()
            for _ in range(answers_heard):
                assert json.loads(batch.stdout.readline())["explain"]["nearest"]
            if not answers_heard:
                wait_until(lambda run_dir=run_dir: len(processes_of(run_dir)) > 1)
            batch.send_signal(signal.SIGINT)
            assert batch.wait(timeout=60) != 0
            wait_until(lambda run_dir=run_dir: not processes_of(run_dir))
            assert b"Traceback" not in batch.stderr.read()
        finally:
            for pid in processes_of(run_dir):
                os.kill(pid, signal.SIGKILL)
            batch.kill()
            batch.communicate()


def processes_of(run_dir):
    """Whoever has this run's setting in the environment, zombies left out."""
    mark = f"BETRO_RUN_DIR={run_dir}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if state != "Z" and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(holds, seconds=120):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


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
    assert set(first["replies"][0]) == {"text", "response", "buttons", "services", "note"}
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
    for command in ("run", "chat", "triage", "flows", "resources", "model", "texts", "doctor"):
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
    assert "'utter_not_saef' is no text, note or action. Did you mean 'utter_not_safe'?" in said


def test_texts_go_to_practitioners_and_come_back(tmp_path):
    import shutil  # noqa: PLC0415 - this test and the one above

    for folder in ("flows", "resources"):
        shutil.copytree(ROOT / folder, tmp_path / "content" / folder)
    content = ("--content", str(tmp_path / "content"))

    exported = betro("texts", "export", "--to", str(tmp_path / "review"), *content)
    listed = betro("texts", "list", "--state", "draft", "--json", *content)

    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "review" / "child_self.html").is_file()
    first = json.loads(listed.stdout.splitlines()[0])
    name, variant = first["id"].split(".")
    answer = {"text": name, "variant": int(variant), "approved": True, "by": "psykolog"}
    answer |= {"condition": first["condition"], "hash": first["hash"], "on": "2026-11-20"}
    whole = {"kind": "betro-review", "schema": 1, "audience": "child_self"}
    saved = tmp_path / "answers.json"
    saved.write_text(json.dumps(whole | {"exported": "2026-11-19", "answers": [answer]}), "utf-8")

    taken = betro("texts", "import", str(saved), *content)

    assert taken.returncode == 0, taken.stderr
    assert "1 texts signed off" in taken.stdout.decode()
    read = betro("texts", "list", "--state", "reviewed", "--json", *content)
    assert [json.loads(line)["id"] for line in read.stdout.splitlines()] == [first["id"]]
    saved.write_text("{}", "utf-8")
    refused = betro("texts", "import", str(saved), *content)
    assert refused.returncode == 1
    assert refused.stderr.decode().startswith(f"betro: {saved} is no file of answers")


def test_stale_has_a_status_of_its_own_for_jobs():
    none = betro("resources", "stale", "--json", "--today", "2026-11-22")
    some = betro("resources", "stale", "--json", "--today", "2027-12-01")
    broken = betro("resources", "stale", "--content", str(ROOT / "bot"))

    assert (none.returncode, some.returncode, broken.returncode) == (0, 3, 1)
    assert all(json.loads(line)["recheck_by"] for line in some.stdout.splitlines())


def test_links_are_asked_where_there_is_something_to_ask(tmp_path):
    import shutil  # noqa: PLC0415 - see above

    with links_server() as origin:
        shutil.copytree(ROOT / "resources", tmp_path / "resources")
        sources = tmp_path / "resources" / "sources.yml"
        words = sources.read_text("utf-8")
        for path in ("200", "moved", "404", "500"):
            words = words.replace("https://www.kristeligt-dagblad.dk/", f"{origin}/{path}?", 1)
        sources.write_text(words, "utf-8")

        done = betro(
            "resources", "links", "--only", origin, "--json", "--timeout", "5",
            "--content", str(tmp_path),
        )  # fmt: skip

    assert done.returncode == 3, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"moved", "gone", "error"} <= {each["answer"] for each in found}
    assert all(each["used_by"][0].startswith("source ") for each in found)


@contextlib.contextmanager
def links_server():
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            what = self.path.strip("/").partition("?")[0]
            self.send_response(301 if what == "moved" else int(what))
            if what == "moved":
                self.send_header("Location", "/200")
            self.end_headers()

        def log_message(self, *_):
            """Tests are quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_production_does_not_start_with_unread_texts(tmp_path):
    env = {"BETRO_RELEASE": "production", "BETRO_RUN_DIR": str(tmp_path)}

    done = betro("chat", "--no-understanding", given=b"hej\n", env=env)

    assert done.returncode == 1
    said = done.stderr.decode()
    assert said.startswith("betro: BETRO_RELEASE=production: ")
    assert "utter_acute.0" in said
    assert "betro texts export" in said
    assert done.stdout == b""


def test_a_trial_says_so_before_anything_else():
    done = betro("chat", "--no-understanding", given=b"hej\n")

    assert (
        done.stdout.decode()
        .strip()
        .startswith("Prøveversion: fagfolk har ikke læst teksterne endnu.")
    )
