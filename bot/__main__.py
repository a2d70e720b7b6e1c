"""The `betro` command."""

from __future__ import annotations

import gc

gc.disable()  # collecting while two thousand modules are imported finds nothing and takes a tenth

import sys

import typer

from bot.commands import (
    chat,
    doctor,
    flows,
    model,
    resources,
    run,
    texts,
    translations,
    triage,
)
from bot.domain.errors import BetroError

gc.enable()

app = typer.Typer(
    name="betro",
    help="An anonymous chat that listens in Danish and shows the way to help.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks print local variables: a visitor's words
    add_completion=False,
    rich_markup_mode="markdown",
)
app.command("run")(run.run)
app.command("chat")(chat.chat)
app.command("triage")(triage.triage)
app.command("doctor")(doctor.doctor)
app.add_typer(flows.app, name="flows")
app.add_typer(resources.app, name="resources")
app.add_typer(model.app, name="model")
app.add_typer(texts.app, name="texts")
app.command("translations")(translations.translations)


def main() -> None:
    """Run the command; an error of ours is one message on standard error and exit status 1."""
    try:
        app()
    except BetroError as error:
        print(f"betro: {error}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(1)


if __name__ == "__main__":
    main()
