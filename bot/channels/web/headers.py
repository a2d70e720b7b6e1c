"""What every answer tells the browser: trust nothing but this host, keep nothing, tell nobody."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_UNUSED_FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED_FEATURES),
    # Names neither the language nor the version that runs here.
    hdrs.SERVER: "web",
}


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers; a signal handler, so that errors and the WebSocket get them too."""
    response.headers.update(HEADERS)


def is_cross_site(request: web.Request) -> bool:
    """Whether another site made the browser send this; ``Origin`` is no help without referrer."""
    return request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
