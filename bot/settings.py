"""Every setting of Betro, read from ``BETRO_*`` environment variables once, in bootstrap."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from bot.domain.errors import SettingsError

PREFIX = "BETRO_"
ROOT = Path(__file__).resolve().parent.parent
MESSAGE_LENGTH = 4096
"""Longest message judged, in characters; longer ones get a kind answer and are not judged whole."""


class Release(StrEnum):
    """What this Betro is for."""

    TRIAL = "trial"
    """To be tried: it says everywhere that no professional has read the texts yet."""
    PRODUCTION = "production"
    """For visitors: it does not start with texts that no professional has read."""


class Unreviewed(StrEnum):
    """What happens in production to texts that no professional has read."""

    REFUSE = "refuse"
    ALLOW = "allow"
    """Those that neither danger, the young nor thoughts of suicide can meet."""


Port = Annotated[int, Field(ge=1, le=65535)]


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _expect_address(url: str | None) -> str | None:
    """An empty value is none, as for a list of addresses."""
    if url and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
        raise ValueError("write http://HOST:PORT, with commas between several")
    return url or None


def _expect_addresses(urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        _expect_address(url)
    if len(set(urls)) < len(urls):
        raise ValueError("an address stands there twice")
    return urls


Urls = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_expect_addresses)]


class Settings(BaseModel):
    """One frozen model; every field is documented in the README and set by ``BETRO_<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: Port = 8080
    ops_host: str = "127.0.0.1"
    ops_port: Port = 9100
    content_dir: Path = ROOT
    """The folder that holds ``flows/`` and ``resources/``."""
    run_dir: Path = ROOT / ".run"
    """Private folder (mode 700) for sockets of embedded parts; emptied at stop."""

    redis_url: str | None = None
    """None: an embedded Valkey on a unix socket, without persistence."""
    key_file: Path | None = None
    """None: a random key, made at start and never written."""
    session_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60

    nlu_url: str = "http://127.0.0.1:5005"
    nlu_urls: Urls = ()
    """Several processes that somebody else runs, in place of ``nlu_url``; empty: that one."""
    nlu_token: str | None = None
    """None: made at start when Betro starts the NLU itself."""
    nlu_start: bool = True
    """Whether `betro run` trains and starts the NLU itself."""
    nlu_processes: Annotated[int, Field(ge=1, le=64)] = 1
    """How many `betro run` starts, on the port of ``nlu_url`` and those after it."""
    nlu_dir: Path = ROOT / "nlu"
    nlu_timeout: Annotated[float, Field(gt=0, le=10)] = 0.8
    """Seconds for one whole call."""
    nlu_in_flight: Annotated[int, Field(ge=1, le=256)] = 8
    """Calls at the same time to each process; beyond, the turn goes on without the NLU."""

    nlu_shadow_url: Annotated[str | None, AfterValidator(_expect_address)] = None
    """An NLU whose judgements are compared with those in use, on counts only; None: no shadow."""

    page_url: str | None = None
    """Where visitors find the page; other channels name it as the more private way."""
    telegram_token: SecretStr | None = None
    """None: no Telegram."""
    telegram_webhook: str | None = None
    """Public https address under which Telegram reaches this page; None: long polling."""
    telegram_api: str = "https://api.telegram.org"

    release: Release = Release.TRIAL
    unreviewed_texts: Unreviewed = Unreviewed.REFUSE
    """In production alone; in a trial every text is shown, with a banner."""
    menus_only: bool = False
    """Turns free-text routing off in an incident; the safety net stays on."""

    @property
    def nlu_addresses(self) -> tuple[str, ...]:
        """Where the NLU answers, at one address or at several."""
        return self.nlu_urls or (self.nlu_url,)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment. Raises ``SettingsError`` naming each wrong variable."""
        given = {
            name: os.environ[variable]
            for name in cls.model_fields
            if (variable := f"{PREFIX}{name.upper()}") in os.environ
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            wrong = "; ".join(
                f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}"
                for item in error.errors(include_input=False)
            )
            raise SettingsError(f"Settings cannot be used. {wrong}.") from None
