"""Serves the trained model: Rasa's own server, with only parse and status open.

    BETRO_NLU_TOKEN=... nlu/.venv/bin/python nlu/serve.py [--host 127.0.0.1] [--port 5005]

Prints `ready` once it answers. Logs nothing. Ends on SIGTERM or SIGINT, and with its parent if
BETRO_DIE_WITH_PARENT=1.
"""

from __future__ import annotations

import argparse
import ctypes
import ipaddress
import os
import signal
import socket
import sys
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

PR_SET_PDEATHSIG = 1
PUBLIC = "BETRO_NLU_ALLOW_PUBLIC"
TOKEN = "BETRO_NLU_TOKEN"  # noqa: S105 - the name of the variable
WARM_UP = "Hej, er der nogen?"


class ServingError(Exception):
    """The server cannot start; the message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.environ.get("BETRO_DIE_WITH_PARENT") == "1":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    options = _read(arguments)
    token = os.environ.get(TOKEN) or None
    try:
        _check_address(options.host, token)
        model = _model(options.model)
        with _listen(options.host, options.port) as listening:
            _serve(model, token, listening)
    except ServingError as problem:
        print(f"betro: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the understanding.")
    parser.add_argument("--host", default="127.0.0.1", help="an IP address of this machine")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument(
        "--model",
        type=Path,
        help="a trained model; default: the chosen or newest one of nlu/models",
    )
    return parser.parse_args(arguments)


def _check_address(host: str, token: str | None) -> None:
    """Only loopback is open without a token; only private networks without a word of consent."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise ServingError(
            f"--host {host} is no IP address. Give one, for instance 127.0.0.1."
        ) from None
    if address.is_loopback:
        return
    if not token:
        raise ServingError(f"{TOKEN} is not set. Without a token the NLU listens on loopback only.")
    if (not address.is_private or address.is_unspecified) and os.environ.get(PUBLIC) != "1":
        raise ServingError(
            f"{host} may be reached from outside. Listen on a private address, or set {PUBLIC}=1 "
            "where the network itself is private (a container)."
        )


def _model(wanted: Path | None) -> Path:
    """The model asked for, or the one in use: see selection.py."""
    if wanted is not None:
        if not wanted.is_file():
            raise ServingError(f"{wanted} is no file. Give a model that train.py has made.")
        return wanted.resolve()
    from components.encoder import EncoderMissing  # noqa: PLC0415 - after the cheap checks, in this order
    from paths import MODELS  # noqa: PLC0415 - after the cheap checks, in this order
    from selection import NotServable, model_in_use  # noqa: PLC0415 - after the cheap checks, in this order

    try:
        return model_in_use(MODELS)
    except (NotServable, EncoderMissing) as problem:
        raise ServingError(str(problem)) from None


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is loaded, so that a busy one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        listening.close()
        raise ServingError(
            f"{host}:{port} cannot be used ({os.strerror(problem.errno or 0)}). "
            "End what listens there, or give another --port."
        ) from None
    return listening


def _serve(model: Path, token: str | None, listening: socket.socket) -> None:
    import silence  # noqa: PLC0415 - after the cheap checks, in this order
    import stand_ins  # noqa: PLC0415 - after the cheap checks, in this order
    from danish import make_built_in  # noqa: PLC0415 - after the cheap checks, in this order
    from paths import NLU  # noqa: PLC0415 - after the cheap checks, in this order

    stand_ins.install()
    silence.fall_silent()
    make_built_in()
    os.chdir(NLU)  # where a model finds the built-in spaCy pipeline
    from closed_app import ListeningAgent, closed_app  # noqa: PLC0415 - after the cheap checks, in this order

    agent = ListeningAgent()
    try:
        agent.load_model(model)
    except Exception:  # noqa: BLE001 - whatever it is, a new model mends it
        raise ServingError(f"{model} cannot be loaded. Run 'make train' to make it anew.") from None
    app = closed_app(agent, token)

    @app.before_server_start
    async def warm_up(*_: object) -> None:
        await agent.parse_message(WARM_UP)

    @app.after_server_start
    async def tell(*_: object) -> None:
        print("ready", flush=True)

    app.run(sock=listening, access_log=False, debug=False, motd=False)


if __name__ == "__main__":
    sys.exit(main())
