"""Rasa's own `train` and `run`, without Betro's stand-ins. Runs in nlu/.venv, in the folder nlu/.

    python rasa_program.py train FOLDER NAME
    python rasa_program.py run FOLDER NAME PORT

What Rasa's command line does before it begins is done here: that program itself does not start
without `rasa-sdk`, which is for custom actions and not among Betro's libraries.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

import small_machine

small_machine.spare_the_machine()  # the same number of threads as Betro's server
os.environ |= {"RASA_MAX_CACHE_SIZE": "0", "RASA_TELEMETRY_ENABLED": "false"}

import rasa  # noqa: E402 - after the number of threads is set
from danish import make_built_in  # noqa: E402
from rasa.utils.common import configure_logging_and_warnings  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402


def main(what: str, folder: Path, name: str, port: str = "") -> None:
    configure_logging_and_warnings(logging.INFO, None)
    configure_structlog(logging.INFO)
    make_built_in()
    if what == "train":
        rasa.train(
            domain=str(folder / "domain.yml"),
            config=str(folder / "config.yml"),
            training_files=["data", str(folder / "rules.yml")],
            output=str(folder),
            fixed_model_name=name.removesuffix(".tar.gz"),
            force_training=True,
        )
    else:
        rasa.run(
            model=str(folder / name),
            endpoints=str(folder / "endpoints.yml"),
            credentials=str(folder / "credentials.yml"),
            interface="127.0.0.1",
            port=int(port),
            enable_api=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
