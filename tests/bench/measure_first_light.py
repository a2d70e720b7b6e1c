"""The figures of the README and the model card, measured on this machine, one line each.

.venv/bin/python -m tests.bench.measure_first_light
"""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bot.adapters.safety_net import SafetyNet
from bot.settings import ROOT
from tests.nlu_process import nlu_server, train
from tests.run_process import running_betro

MESSAGES = (
    "min far slår mig",
    "hej",
    "naboens børn skriger hver aften, og jeg tror de bliver slået",
    "jeg ved præcis hvilke trin der knirker, når han kommer hjem",
    "hvad er underretningspligt, og kan jeg være anonym når jeg ringer til kommunen?",
)
LINE = r"^(?:page|understanding) ready in [\d.]+ s"
ROUNDS = 80


def milliseconds(do, texts):
    taken = []
    for text in texts:
        began = time.perf_counter()
        do(text)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return f"median {statistics.median(taken):.1f} ms, p99 {taken[int(len(taken) * 0.99)]:.1f} ms"


def measure_nlu():
    train()
    began = time.perf_counter()
    with nlu_server() as server:
        print(f"NLU ready after {time.perf_counter() - began:.1f} s")
        for text in MESSAGES:
            server.parse(text)
        print(f"NLU, one message over HTTP: {milliseconds(server.parse, MESSAGES * ROUNDS)}")
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
        print(f"NLU memory: {resident // 1024} MiB")


def measure_run():
    with tempfile.TemporaryDirectory() as folder:
        for start in ("first", "second"):
            with running_betro({"BETRO_RUN_DIR": folder}) as betro:
                while "understanding ready" not in betro.output:
                    time.sleep(0.1)
                said = re.findall(LINE, betro.output, re.MULTILINE)
                print(f"betro run, {start} start: {' and '.join(said)}")


def measure_net():
    net = SafetyNet.load(ROOT / "flows" / "safety_net")
    print(f"safety net, one message: {milliseconds(net.judge, MESSAGES * ROUNDS)}")


def measure_proof():
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "betro", "flows", "check"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(f"betro flows check: {done.stdout.strip()}")


if __name__ == "__main__":
    measure_net()
    measure_proof()
    measure_nlu()
    measure_run()
