"""The health check of the images and of Kubernetes: does this part answer in this container?

    python deploy/health.py bot|nlu [PORT]

Default ports: BETRO_OPS_PORT or 9100 for the bot, 5005 for the NLU (its token: BETRO_NLU_TOKEN).

The exit status is 0 for yes; for no it is 1, with one line that says why. The standard library is
enough, so that the image needs no shell and no curl.
"""

from __future__ import annotations

import http.client
import os
import sys

SECONDS = 4.0


def main(part: str, port: str | None = None) -> str | None:
    """None for healthy, else why not; never quotes the token."""
    try:
        status = ask_bot(port) if part == "bot" else ask_nlu(port)
    except (OSError, http.client.HTTPException) as problem:
        return f"{part} does not answer ({type(problem).__name__})"
    return None if status == http.HTTPStatus.OK else f"{part} answers {status}"


def ask_bot(port: str | None) -> int:
    return _status(port or os.environ.get("BETRO_OPS_PORT", "9100"), "/ready", {})


def ask_nlu(port: str | None) -> int:
    token = os.environ.get("BETRO_NLU_TOKEN", "")
    return _status(port or "5005", "/status", {"Authorization": f"Bearer {token}"})


def _status(port: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] not in (["bot"], ["nlu"]):
        sys.exit("usage: health.py bot|nlu [PORT]")
    sys.exit(main(*sys.argv[1:3]))
