"""`betro doctor`: does every part work here, and if not, how is it mended?"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict
from typing import Annotated

import typer

from bot.commands.checkup import examine
from bot.commands.finding import Finding, Level
from bot.settings import Settings

SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def doctor(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="A list of findings for programs.")
    ] = False,
) -> None:
    """Check every part of Betro on this machine and say how to mend what is wrong.

    Works while Betro runs and while it does not. The exit status is 1 if there is an error.

    Examples:

    `betro doctor`

    `betro doctor --json | jq '.[] | select(.level == "error")'`
    """
    logging.disable(logging.CRITICAL)
    findings = asyncio.run(examine(Settings.from_environment()))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            _show(finding)
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


def _show(finding: Finding) -> None:
    print(f"{SIGNS[finding.level]}  {finding.part}: {finding.said}")
    if finding.mend:
        print(f"           {finding.mend}")
