"""`betro resources`: is the directory sound, and who can be reached at a given moment?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from bot.adapters.directory_files import check_directory, load_directory
from bot.adapters.opening_hours import COPENHAGEN, Openings
from bot.adapters.service_cards import to_card
from bot.app.turn import ServiceCard
from bot.domain.directory import Directory, Service
from bot.domain.errors import SettingsError
from bot.domain.issue import Severity
from bot.domain.taxonomy import Audience, Concern
from bot.settings import ROOT

app = typer.Typer(help="Check and list who can help.", no_args_is_help=True)
SHOWN_OPEN = {True: "[green]open[/]", False: "closed", None: "[dim]not known[/]"}

Content = Annotated[
    Path, typer.Option(help="A folder that holds flows/ and resources/.", exists=True)
]


@app.callback()
def resources() -> None:
    """Check and list who can help."""


@app.command()
def check(content: Content = ROOT) -> None:
    """Check services, sources, law texts and municipalities.

    Lists every problem with file, line and mend; facts past their recheck date are warnings.
    The exit status is 1 if there is an error.

    Examples:
    `betro resources check`

    `betro resources check --content ~/my-content`
    """
    issues = check_directory(content / "resources")
    for issue in issues:
        print(f"{issue.severity.value}: {issue}")
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    if errors:
        print(f"{errors} to mend.")
        raise typer.Exit(1)
    directory = load_directory(content / "resources")
    shown = sum(service.withheld is None for service in directory.services.values())
    print(
        f"{shown} services shown, {len(directory.services) - shown} withheld, "
        f"{len(directory.law)} rules of law, {len(directory.municipalities)} municipalities: "
        f"sound. {len(issues)} entries to look at again."
    )


@app.command(name="list")
def list_services(
    *,
    open_now: Annotated[bool, typer.Option("--open-now", help="Only what is open.")] = False,
    audience: Annotated[Audience | None, typer.Option(help="Only what serves them.")] = None,
    concern: Annotated[Concern | None, typer.Option(help="Only what is for it.")] = None,
    now: Annotated[
        str | None, typer.Option(help="Set the clock, e.g. 2026-11-22T23:15+01:00.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per service.")] = False,
    content: Content = ROOT,
) -> None:
    """List the services visitors are shown, as they are shown.

    Examples:
    `betro resources list --open-now`

    `betro resources list --audience child_self --concern digital_abuse`

    `betro resources list --open-now --now 2026-12-24T10:00+01:00 --json`
    """
    moment = _read_time(now) if now else datetime.now(COPENHAGEN)
    directory = load_directory(content / "resources")
    openings = Openings()
    services = _matching(directory, audience, concern)
    cards = [to_card(service, moment, openings) for service in services]
    cards = [card for card in cards if card.open_now or not open_now]
    if as_json:
        for card in cards:
            print(json.dumps(asdict(card), ensure_ascii=False))
    else:
        Console().print(_table(cards, moment))


def _matching(
    directory: Directory, audience: Audience | None, concern: Concern | None
) -> Iterable[Service]:
    """What a visitor may be shown, in the order of rank."""
    found = (
        service
        for service in directory.services.values()
        if service.withheld is None
        and (audience is None or service.helps(audience))
        and (concern is None or service.fits(concern))
    )
    return sorted(found, key=lambda service: (service.rank, service.id))


def _table(cards: list[ServiceCard], moment: datetime) -> Table:
    shown = moment.astimezone(COPENHAGEN).strftime("%Y-%m-%d %H:%M")
    table = Table(box=box.SIMPLE_HEAD, title=f"{shown} in Denmark", title_justify="left")
    table.add_column("id", no_wrap=True)
    for column in ("how", "now", "hours", "caution"):
        table.add_column(column, overflow="fold")
    for card in cards:
        sms = f"sms {card.sms_shown}" if card.sms_shown else None
        ways = "\n".join(filter(None, (card.phone_shown, sms))) or card.chat or card.web
        table.add_row(card.id, ways, SHOWN_OPEN[card.open_now], card.opening, card.caution)
    return table


def _read_time(text: str) -> datetime:
    """Read ``--now``; without a zone it is Danish time. Raises ``SettingsError``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--now: '{text}' is no time. Write it as 2026-11-22T23:15+01:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)
