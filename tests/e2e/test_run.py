"""`betro run` as an operator meets it: real processes, real ports, real ends."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BETRO = Path(sys.executable).parent / "betro"
PAGE_SECONDS = 90
"""The promise is 5 s on an idle machine; a test machine runs other things beside."""
UNDERSTANDING_SECONDS = 900
STOP_SECONDS = 20


class Run:
    """One `betro run` in a process group of its own."""

    def __init__(self, process: subprocess.Popen[str], ports: dict[str, int], run_dir: Path):
        self.process, self.ports, self.run_dir = process, ports, run_dir
        self.said = ""

    def hear(self, pattern: str, *, seconds: float) -> re.Match[str]:
        """Read its output until a line matches."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.said, re.MULTILINE)):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} was not said in time:\n{self.said}"
            if select.select([self.process.stdout], [], [], left)[0]:
                chunk = os.read(self.process.stdout.fileno(), 65536).decode()
                assert chunk, f"it ended before it said {pattern!r}:\n{self.said}"
                self.said += chunk
        return match

    def end(self, *, seconds: float = STOP_SECONDS) -> int:
        """Wait for its end; return the exit status."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.said += rest
        return self.process.returncode

    def ready(self) -> dict[str, bool]:
        return get_json(f"http://127.0.0.1:{self.ports['BETRO_OPS_PORT']}/ready")


def get_json(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parts_of(run_dir):
    """Processes of this run, zombies left out: its setting in their environment, or at home there.

    Valkey writes over its environment, but lives in the run's folder.
    """
    mark = f"BETRO_RUN_DIR={run_dir}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            is_marked = mark in (folder / "environ").read_bytes().split(b"\0")
            is_at_home = run_dir in (folder / "cwd").readlink().parents
        except OSError:
            continue
        if state != "Z" and (is_marked or is_at_home):
            found.append(int(folder.name))
    return found


def wait_until_none_is_left(run_dir, seconds=STOP_SECONDS):
    end = time.monotonic() + seconds
    while left := parts_of(run_dir):
        assert time.monotonic() < end, f"still running: {left}"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path):
    """Start `betro run` on free ports; whatever a test leaves is killed."""
    runs = []
    short = Path(tempfile.mkdtemp(prefix="run-"))  # a socket's path must be short

    def starting(**settings):
        ports = {name: free_port() for name in ("BETRO_PORT", "BETRO_OPS_PORT")}
        ports |= {name: value for name, value in settings.items() if name in ports}
        run_dir = short / f"run{len(runs)}"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("BETRO_")
        }
        environment |= {"BETRO_RUN_DIR": str(run_dir), "BETRO_NLU_START": "0"}
        environment |= {"BETRO_NLU_URL": f"http://127.0.0.1:{free_port()}"}
        environment |= {name: str(value) for name, value in (ports | settings).items()}
        process = subprocess.Popen(
            [BETRO, "run"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        runs.append(Run(process, ports, Path(environment["BETRO_RUN_DIR"])))
        return runs[-1]

    yield starting
    for run in runs:
        for pid in parts_of(run.run_dir):
            os.kill(pid, signal.SIGKILL)
        run.process.communicate()
    shutil.rmtree(short)


@contextmanager
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_part_has_its_line_and_ends_when_told(start, number):
    run = start()

    address = run.hear(
        r"^page ready in \d+\.\d s: (http://127\.0\.0\.1:\d+)$", seconds=PAGE_SECONDS
    )
    run.hear(r"^health and metrics ready: http://127\.0\.0\.1:\d+/ready$", seconds=5)
    run.hear(r"^understanding not at http.*safety net and menus carry on$", seconds=5)
    assert re.search(r"^content and safety net ready in \d+\.\d s$", run.said, re.MULTILINE)
    assert re.search(r"^sessions ready in \d+\.\d s$", run.said, re.MULTILINE)
    with urllib.request.urlopen(address[1], timeout=5) as page:
        assert b"<html" in page.read()
    assert run.ready() == {
        "page": True,
        "content": True,
        "safety_net": True,
        "sessions": True,
        "understanding": False,
    }
    assert len(parts_of(run.run_dir)) == 2  # Betro and its Valkey

    run.process.send_signal(number)

    assert run.end() == 0
    assert run.said.endswith("stopped\n")
    assert "Traceback" not in run.said
    assert parts_of(run.run_dir) == []
    assert {path.name for path in run.run_dir.iterdir()} <= {"proved"}


def test_ctrl_c_in_the_middle_of_starting_leaves_nothing(start):
    """At several moments, the very early ones included."""
    for seconds in (0.3, 0.8, 1.3, 1.8, 2.3):
        run = start()
        time.sleep(seconds)
        run.process.send_signal(signal.SIGINT)

        run.end()
        wait_until_none_is_left(run.run_dir)


def test_impatient_ctrl_c_changes_nothing(start):
    run = start()
    run.hear("^page ready", seconds=PAGE_SECONDS)

    for _ in range(5):
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.02)

    assert run.end() == 0
    assert parts_of(run.run_dir) == []
    assert {path.name for path in run.run_dir.iterdir()} <= {"proved"}


def test_nothing_outlives_a_killed_betro(start):
    run = start()
    run.hear("^page ready", seconds=PAGE_SECONDS)

    run.process.kill()

    wait_until_none_is_left(run.run_dir)


@pytest.mark.parametrize("variable", ["BETRO_PORT", "BETRO_OPS_PORT"])
def test_a_taken_port_is_one_sentence_with_its_mend(start, variable):
    with taken_port() as port:
        run = start(**{variable: port})

        assert run.end(seconds=PAGE_SECONDS) == 1

    assert re.fullmatch(
        rf"betro: Port {port} is taken by another program\. "
        rf"Stop that program, or choose another port: {variable}=\d+\n",
        run.said,
    )
    assert parts_of(run.run_dir) == []


def test_a_broken_flow_file_is_named_with_its_mend(start, tmp_path):
    content = tmp_path / "content"
    for part in ("flows", "resources"):
        shutil.copytree(ROOT / part, content / part)
    flow = content / "flows" / "violence_at_home.yml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("collect:", "colect:", 1), "utf-8")

    run = start(BETRO_CONTENT_DIR=content)

    assert run.end(seconds=PAGE_SECONDS) == 1
    assert re.search(r"^betro: \d+ problems? in the content:$", run.said, re.MULTILINE)
    assert re.search(rf"{re.escape(str(flow))}:\d+, at \S+.*\. \S.*", run.said)
    assert "Traceback" not in run.said
    assert parts_of(run.run_dir) == []


def test_a_run_folder_that_cannot_be_used_is_named(start, tmp_path):
    file = tmp_path / "file"
    file.write_text("")

    run = start(BETRO_RUN_DIR=file / "run")

    assert run.end(seconds=PAGE_SECONDS) == 1
    assert re.search(
        rf"^betro: The folder {file}/run cannot be used.*BETRO_RUN_DIR", run.said, re.MULTILINE
    )
    assert "Traceback" not in run.said
    assert parts_of(run.run_dir) == []


def test_a_redis_that_does_not_answer_is_named_without_its_password(start):
    run = start(BETRO_REDIS_URL=f"redis://:canary@127.0.0.1:{free_port()}/0")

    assert run.end(seconds=PAGE_SECONDS) == 1
    assert "BETRO_REDIS_URL does not answer" in run.said
    assert "canary" not in run.said
    assert parts_of(run.run_dir) == []


def test_production_with_unread_texts_ends_before_the_page_opens(start):
    run = start(BETRO_RELEASE="production")

    assert run.end(seconds=PAGE_SECONDS) == 1
    assert re.search(r"^betro: BETRO_RELEASE=production: \d+ texts", run.said, re.MULTILINE)
    assert "page ready" not in run.said
    assert "Traceback" not in run.said
    assert parts_of(run.run_dir) == []


def test_a_wrong_setting_is_named(start):
    run = start(BETRO_SESSION_MINUTES="a while")

    assert run.end(seconds=PAGE_SECONDS) == 1
    assert "BETRO_SESSION_MINUTES" in run.said
    assert "a while" not in run.said


def test_understanding_joins_and_comes_back_after_its_death(start):
    """The real NLU: served, killed, started again, ended with the rest."""
    with taken_port() as taken:
        run = start(BETRO_NLU_START="1", BETRO_NLU_URL=f"http://127.0.0.1:{taken}")
        run.hear(
            rf"^port {taken} is taken by another program; the understanding uses (\d+) instead$",
            seconds=PAGE_SECONDS,
        )
        run.hear("^page ready", seconds=PAGE_SECONDS)
        assert run.ready()["understanding"] is False
        run.hear(r"^understanding ready in \d+\.\d s$", seconds=UNDERSTANDING_SECONDS)
        assert run.ready()["understanding"] is True

        before = set(parts_of(run.run_dir))
        (server,) = (
            pid for pid in before if b"serve.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(server, signal.SIGKILL)
        run.hear(r"^understanding ended", seconds=10)
        assert run.ready()["page"] is True
        run.hear(r"(?s)understanding ended.*^understanding ready in", seconds=UNDERSTANDING_SECONDS)

        run.process.send_signal(signal.SIGINT)
        assert run.end() == 0
    assert parts_of(run.run_dir) == []


def test_several_nlu_processes_join_and_the_death_of_one_leaves_the_understanding(start):
    """Real processes: each with a line and a number of its own, balanced, ended with the rest."""
    run = start(BETRO_NLU_START="1", BETRO_NLU_PROCESSES="2")
    run.hear("^page ready", seconds=PAGE_SECONDS)
    for number in (1, 2):
        run.hear(rf"^understanding {number} ready in", seconds=UNDERSTANDING_SECONDS)
    assert {run.ready()[part] for part in ("understanding_1", "understanding_2")} == {True}

    server, *_ = (
        pid
        for pid in parts_of(run.run_dir)
        if b"serve.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(server, signal.SIGKILL)
    ended = run.hear(r"^understanding (\d) ended", seconds=10)
    ready = run.ready()
    assert ready["understanding"] is True
    assert ready[f"understanding_{ended[1]}"] is False
    run.hear(
        rf"(?s)understanding {ended[1]} ended.*^understanding {ended[1]} ready in",
        seconds=UNDERSTANDING_SECONDS,
    )

    run.process.send_signal(signal.SIGINT)
    assert run.end() == 0
    assert parts_of(run.run_dir) == []
