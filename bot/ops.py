"""Health and metrics for the operator, on an address of their own that is never public."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

Check = Callable[[], Awaitable[bool]]

NEEDED: Final = ("page", "sessions")
"""Without these Betro is not ready; without understanding it goes on with net and menus."""
CHECK_SECONDS: Final = 1.0


def make_ops_app(checks: Mapping[str, Check], render: Callable[[], bytes]) -> web.Application:
    """Build ``/healthz``, ``/ready`` and ``/metrics``.

    Args:
        checks: part -> whether it works now; a check that fails or takes over a second is a no.
        render: the counts in Prometheus's text format.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        parts = await _ask(checks)
        is_ready = all(parts.get(part, False) for part in NEEDED)
        return web.json_response(parts, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        lines = [
            "# HELP betro_part_ready Whether a part works now.",
            "# TYPE betro_part_ready gauge",
        ]
        for part, works in (await _ask(checks)).items():
            lines.append(f'betro_part_ready{{part="{part}"}} {int(works)}')
        body = render() + ("\n".join(lines) + "\n").encode()
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4"})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)
    return app


async def _ask(checks: Mapping[str, Check]) -> dict[str, bool]:
    answers = await asyncio.gather(*(_works(check) for check in checks.values()))
    return dict(zip(checks, answers, strict=True))


async def _works(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception:  # noqa: BLE001 - whatever goes wrong in a check, the part does not work
        return False
