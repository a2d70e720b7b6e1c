"""`make setup`: does what is missing and nothing else, and says in one sentence what went wrong.

uv and df are small scripts here: a full disk and a broken network cannot be had on request. That
the real ones work is proved by every run of `make test`, which comes through the same lines.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "requirements.lock", ROOT / "nlu" / "requirements.lock"]

GOOD_UV = """\
echo "$*" >> "$CALLS"
if [ "$1" = venv ]; then
    folder="${@: -1}"
    mkdir -p "$folder/bin"
    printf '#!/bin/sh\\nexit 0\\n' > "$folder/bin/python"
    chmod +x "$folder/bin/python"
fi
"""


def on_sync(commands: str) -> str:
    return f'if [ "$1 $2" = "pip sync" ]; then {commands}; fi\n'


class Checkout:
    """A folder with the Makefile, its script and two locks, and programs of our choice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        for name in ("Makefile", "deploy/environment.sh", "pyproject.toml"):
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, target)
        (folder / "nlu").mkdir()
        for lock in ("requirements.lock", "nlu/requirements.lock"):
            (folder / lock).write_text("a==1\n")
        self.provide("uv", GOOD_UV)
        self.free(9000)

    def provide(self, name: str, script: str) -> None:
        program = self.folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/bash\n{script}")
        program.chmod(0o755)

    def free(self, mib: int) -> None:
        self.provide("df", f"printf 'Filesystem\\nd 99999 0 {mib} 0%% /\\n'")

    def make(self, *targets: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            ["make", *targets],
            cwd=self.folder,
            env={"PATH": path, "CALLS": str(self.calls), "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def sentence(run: subprocess.CompletedProcess[str]) -> str:
    """The one sentence a failure ends with."""
    assert run.returncode != 0
    said = [line for line in run.stderr.splitlines() if line.startswith("betro: ")]
    assert len(said) == 1, run.stderr
    return said[0]


def test_both_environments_are_made_from_their_hashed_locks(checkout):
    run = checkout.make("setup")

    assert run.returncode == 0, run.stderr
    syncs = [call for call in checkout.called() if call.startswith("pip sync")]
    assert syncs == [
        "pip sync --compile-bytecode --require-hashes --python .venv requirements.lock",
        "pip sync --compile-bytecode --require-hashes --python nlu/.venv nlu/requirements.lock",
    ]
    assert "==> .venv ready in" in run.stdout
    assert "==> nlu/.venv ready in" in run.stdout


def test_the_stamp_is_the_locks_hash(checkout):
    checkout.make("setup")

    stamp = (checkout.folder / "nlu/.venv/.ready").read_text().strip()
    assert stamp == hashlib.sha256(b"a==1\n").hexdigest()


def test_a_second_time_nothing_is_done_and_it_is_quick(checkout):
    checkout.make("setup")
    checkout.calls.unlink()

    began = time.perf_counter()
    run = checkout.make("setup")

    assert run.returncode == 0
    assert checkout.called() == []
    assert time.perf_counter() - began < 0.3


def test_a_changed_lock_renews_its_own_environment_only(checkout):
    checkout.make("setup")
    checkout.calls.unlink()
    lock = checkout.folder / "nlu" / "requirements.lock"
    lock.write_text("a==2\n")
    later = time.time() + 5
    os.utime(lock, (later, later))

    checkout.make("setup")

    assert checkout.called() == [
        "pip sync --compile-bytecode --require-hashes --python nlu/.venv nlu/requirements.lock"
    ]


def test_a_setup_that_was_broken_off_is_taken_up_again(checkout):
    checkout.provide("uv", GOOD_UV + on_sync("kill -KILL 0"))
    broken = checkout.make("setup")
    assert broken.returncode != 0
    assert not (checkout.folder / ".venv/.ready").exists()

    checkout.provide("uv", GOOD_UV)

    assert checkout.make("setup").returncode == 0
    assert (checkout.folder / ".venv/.ready").exists()


def test_a_renewal_that_was_broken_off_leaves_no_stamp_of_the_old_lock(checkout):
    checkout.make("setup")
    lock = checkout.folder / "requirements.lock"
    later = time.time() + 5
    os.utime(lock, (later, later))
    checkout.provide("uv", "exit 2")

    assert "could not be installed" in sentence(checkout.make("setup"))
    assert not (checkout.folder / ".venv/.ready").exists()


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (
            "error: failed to write: No space left on device (os error 28)",
            "disk is full.*Make room",
        ),
        (
            "error: No interpreter found for Python 3.11 in managed",
            "Python 3.11 is missing.*Install",
        ),
        ("error: No download found for request: cpython-3.11", "Python 3.11 is missing.*Install"),
        ("  x Failed to build `docopt==0.6.2`", "no ready-made wheel.*Install a compiler"),
        ("error: Permission denied (os error 13)", "cannot be written.*Run this as the user"),
        ("error: Hash mismatch for `a==1`", "not the one in requirements.lock.*Do not go on"),
        ("error: dns error", "could not be installed.*Check the internet connection"),
    ],
)
def test_what_goes_wrong_is_one_sentence_with_its_mend(checkout, words, mend):
    checkout.provide("uv", GOOD_UV + on_sync(f"echo {shlex.quote(words)} >&2; exit 2"))

    assert re.search(mend, sentence(checkout.make("setup")))


def test_a_disk_too_small_is_said_before_anything_is_fetched(checkout):
    checkout.free(500)

    said = sentence(checkout.make("setup"))

    assert re.search(r"\.venv needs about 1200 MiB of disk and 500 MiB are free\. Make room", said)
    assert checkout.called() == []


def test_uv_is_brought_where_it_is_missing(checkout):
    (checkout.folder / "bin/uv").unlink()
    uv = GOOD_UV.replace("$", "\\$").replace("`", "\\`")
    checkout.provide(
        "python3",
        f'mkdir -p "$3/bin" && cat > "$3/bin/python" <<END\n#!/bin/bash\n'
        f'echo "\\$*" >> "\\$CALLS"\ncat > .tools/bin/uv <<"UV"\n#!/bin/bash\n{uv}UV\n'
        f'chmod +x .tools/bin/uv\nEND\nchmod +x "$3/bin/python"',
    )

    run = checkout.make("setup")

    assert run.returncode == 0, run.stderr
    assert re.match(r"-m pip install .*uv==\d", checkout.called()[0])


def test_without_uv_and_venv_the_missing_package_is_named(checkout):
    (checkout.folder / "bin/uv").unlink()
    checkout.provide("python3", "echo 'ensurepip is not available' >&2; exit 1")

    assert re.search(
        "apt-get install python3-venv.*or install uv", sentence(checkout.make("setup"))
    )


def test_help_is_the_default_and_names_every_command(checkout):
    shown = checkout.make().stdout

    for command in ("run", "test", "check", "train", "setup", "lock", "clean"):
        assert re.search(rf"^  make {command} +\S", shown, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=["bot", "nlu"])
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock):
    text = lock.read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9][^=\s]*==\S+)(.*(?:\n +--hash=\S+(?: \\)?)*)", text, re.MULTILINE
    )

    assert len(entries) > 50
    assert [name for name, hashes in entries if "--hash=sha256:" not in hashes] == []
    assert not re.search(r"https?://|--index-url|--extra-index|--find-links|file:", text)


def test_ci_runs_the_checks_and_every_test():
    lines = (ROOT / ".ci/run").read_text().splitlines()

    assert any(line.endswith("make check") for line in lines)
    assert any(line.endswith("make test") for line in lines)
    assert os.access(ROOT / ".ci/run", os.X_OK)
