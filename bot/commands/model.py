"""`betro model`: which trained model the understanding serves, and back to the one before."""

from __future__ import annotations

import subprocess
from typing import Annotated

import typer

from bot.commands.understanding import nlu_command
from bot.settings import Settings

RESTART = (
    "`betro run` takes it within seconds, without losing a conversation. An NLU of its own is "
    'restarted by hand: deploy/RUNBOOK.md, "Roll back".'
)

app = typer.Typer(help="Say which trained model is served.", no_args_is_help=True)


@app.command("list")
def list_models() -> None:
    """Name the trained models, newest first, and which one is in use.

    Example:
    `betro model list`
    """
    _select("list")


@app.command("use")
def use(
    name: Annotated[str, typer.Argument(help="a name of `betro model list`, or: previous")],
) -> None:
    """Serve another trained model. The choice holds over restarts, until a new one is trained.

    A model that was trained by other code, or is damaged, is refused.

    Examples:
    `betro model use previous`

    `betro model use betro-56d048e3ea1e`
    """
    _select("use", name)
    print(RESTART)


def _select(*arguments: str) -> None:
    """Hand over to the NLU's own program, which knows what fits."""
    command = nlu_command(Settings.from_environment(), "selection.py")
    done = subprocess.run([*command, *arguments], check=False)
    if done.returncode != 0:
        raise typer.Exit(done.returncode)
