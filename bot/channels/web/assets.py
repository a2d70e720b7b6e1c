"""The page's own files, read once at start. Nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.channels.web.plain_page import show_trial

STATIC: Final = Path(__file__).parent / "static"
PLACE_FOR_TRIAL: Final = (
    b"<!-- trial: the server says here that the texts are only tried, as long as they are -->"
)
_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    content_type: str

    def response(self) -> web.Response:
        """Compressed: these files hold no secret that a length could betray."""
        response = web.Response(body=self.body, content_type=self.content_type, charset="utf-8")
        response.enable_compression()
        return response


def load_assets() -> Mapping[str, Asset]:
    """Every servable file of ``static/`` by its name."""
    return {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(STATIC.iterdir())
        if path.suffix in _TYPES
    }


class Assets:
    """Serves ``/`` and ``/static/{name}``."""

    def __init__(self, trial: str | None = None) -> None:
        self._assets = load_assets()
        page = self._assets["index.html"]
        body = page.body.replace(PLACE_FOR_TRIAL, show_trial(trial).encode())
        self._page = replace(page, body=body)

    async def page(self, _request: web.Request) -> web.Response:
        """The one page."""
        return self._page.response()

    async def file(self, request: web.Request) -> web.Response:
        """One file by its exact name; nothing outside the loaded set exists."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        return asset.response()
