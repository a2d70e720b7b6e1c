"""`betro resources`: is the directory sound, and who can be reached at a given moment?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from bot.adapters.directory_files import check_directory, load_directory
from bot.adapters.link_check import BROKEN, Answer, check_links, find_links
from bot.adapters.opening_hours import COPENHAGEN, Openings
from bot.adapters.service_cards import to_card
from bot.adapters.stale_facts import find_stale
from bot.app.turn import ServiceCard
from bot.domain.directory import Directory, Service
from bot.domain.errors import SettingsError
from bot.domain.issue import Severity
from bot.domain.taxonomy import Audience, Concern
from bot.settings import ROOT

app = typer.Typer(
    help="Check and list who can help, and what is due for recheck.", no_args_is_help=True
)
DUE = 3
"""Exit status when somebody must look at something; 1 is that it could not be found out."""
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


@app.command()
def stale(
    *,
    within: Annotated[int, typer.Option(help="Also what is due in so many days.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per entry.")] = False,
    today: Annotated[
        str | None, typer.Option(help="Set the date, e.g. 2027-06-01; else it is today.")
    ] = None,
    content: Content = ROOT,
) -> None:
    """List facts and texts past their recheck date, for a job that reminds somebody.

    Each with file, line, and where to look. The exit status is 0 if nothing is due, 3 if
    something is, and 1 if the files cannot be read.

    Examples:
    `betro resources stale`

    `betro resources stale --json --within 30 > due.jsonl; test $? -ne 1`
    """
    load_directory(content / "resources")
    found = find_stale(content, _read_day(today), within=within)
    for each in found:
        if as_json:
            print(json.dumps(asdict(each), ensure_ascii=False))
        else:
            where = f"{each.file}:{each.line}" if each.line else each.file
            due = f"due {each.recheck_by}"
            print(f"{where}: {each.kind} {each.id}, {each.field}: {due}. {' '.join(each.sources)}")
    if not as_json:
        print(f"{len(found)} to look at again.")
    if found:
        raise typer.Exit(DUE)


@app.command()
def links(
    *,
    timeout: Annotated[float, typer.Option(help="Seconds for one address.", min=0.1)] = 20.0,
    only: Annotated[
        str | None, typer.Option(help="Only addresses that contain this, e.g. bornsvilkar.dk.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per address.")] = False,
    content: Content = ROOT,
) -> None:
    """Ask every address of services, municipalities and sources whether it still answers.

    Needs the internet: run it by hand or as a job, never in tests. Asks six at a time and each
    host one at a time, and says who asks. An address that answers may still tell something else:
    only a person can recheck a fact. The exit status is 0 if all answer (moved ones and those
    that refuse programs are named), 3 if one is gone, silent or broken, and 1 if the files
    cannot be read.

    Examples:
    `betro resources links`

    `betro resources links --timeout 5 --json | jq 'select(.answer == "gone")'`

    `betro resources links --only redbarnet.dk`
    """
    found = find_links(load_directory(content / "resources"))
    wanted = {url: users for url, users in found.items() if only is None or only in url}
    broken = asyncio.run(_ask_all(wanted, timeout, as_json=as_json))
    if not as_json:
        print(f"{len(wanted)} addresses asked, {broken} do not answer as they should.")
    if broken:
        raise typer.Exit(DUE)


async def _ask_all(wanted: Mapping[str, tuple[str, ...]], seconds: float, *, as_json: bool) -> int:
    """Print each result as it comes; return how many are broken."""
    broken = 0
    async for each in check_links(wanted, seconds=seconds):
        broken += each.answer in BROKEN
        if as_json:
            print(json.dumps(asdict(each), ensure_ascii=False), flush=True)
        elif each.answer is not Answer.OK:
            to = f" to {each.to}" if each.to else ""
            print(f"{each.answer.value}{to}: {each.url} ({', '.join(each.used_by)})", flush=True)
    return broken


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


def _read_day(text: str | None) -> date:
    """Read ``--today``. Raises ``SettingsError``."""
    try:
        return date.fromisoformat(text) if text else datetime.now(COPENHAGEN).date()
    except ValueError:
        raise SettingsError(f"--today: '{text}' is no date. Write it as 2027-06-01.") from None


def _read_time(text: str) -> datetime:
    """Read ``--now``; without a zone it is Danish time. Raises ``SettingsError``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--now: '{text}' is no time. Write it as 2026-11-22T23:15+01:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)
