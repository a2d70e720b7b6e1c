"""The pieces of a page: one file, no scripts, nothing fetched; for phones, by day and by night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #d5d5d5; --soft: #f4f4f2;
        --ours: #0072b2; --other: #b86e00; --faint: #666; --bad: #b00020; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --paper: #141414; --line: #3c3c3c; --soft: #1f1f1f;
          --ours: #56b4e9; --other: #e69f00; --faint: #a0a0a0; --bad: #ff7a8a; } }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: var(--ink); background: var(--paper);
       font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .3rem .7rem; text-align: left; border-bottom: 1px solid var(--line);
         vertical-align: top; }
thead th { background: var(--soft); } td.number { text-align: right; white-space: nowrap;
         font-variant-numeric: tabular-nums; }
.interval { color: var(--faint); font-size: .8rem; } .bad { color: var(--bad); font-weight: 600; }
figure { margin: 1rem 1rem 1rem 0; display: inline-block; width: min(100%, 24rem);
         vertical-align: top; }
figure.whole { width: 100%; } figcaption { font-size: .9rem; max-width: 34rem; }
svg { max-width: 100%; height: auto; }
.wide svg { max-width: none; } summary { cursor: pointer; } nav a { margin-right: 1rem; }
a { color: var(--ours); }
"""
Cell = str | int | float | None | Mapping[str, Any]


def page(title: str, sections: Sequence[tuple[str, str, str]]) -> str:
    """A whole document of (id, heading, content)."""
    links = "".join(f'<a href="#{id_}">{escape(name)}</a>' for id_, name, _ in sections)
    body = "".join(
        f'<section id="{id_}"><h2>{escape(name)}</h2>{content}</section>'
        for id_, name, content in sections
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><nav>{links}</nav><main>{body}</main></body></html>\n"
    )


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The first cell of each row names it; figures come with their interval."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{''.join(map(_cell, row, range(len(row))))}</tr>" for row in rows)
    inner = f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide" tabindex="0">{inner}</div>'


def _cell(value: Cell, at: int) -> str:
    if at == 0:
        return f'<th scope="row">{escape(str(value))}</th>'
    if isinstance(value, str):
        return f"<td>{escape(value)}</td>"
    return f'<td class="number">{show(value)}</td>'


def show(value: Cell) -> str:
    """A number to three digits; a figure with its interval and, for a share, its counts."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        if value["value"] is None:
            return "–"
        counted = f", {value['count']} of {value['of']}" if "of" in value else ""
        interval = f"{value['low']:.3f} to {value['high']:.3f}{counted}"
        return f'{value["value"]:.3f}<br><span class="interval">{interval}</span>'
    return f"{value:.3f}" if isinstance(value, float) else escape(str(value))


def picture(svg: str, caption: str, *, wide: bool = False) -> str:
    """A picture whose caption says in words what it shows."""
    kind, frame = ("whole", ' class="wide" tabindex="0"') if wide else ("", "")
    said = escape(caption)
    drawn = f'<div{frame}><div role="img" aria-label="{said}">{svg}</div></div>'
    return f'<figure class="{kind}">{drawn}<figcaption>{said}</figcaption></figure>'


def fold(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def bad(text: str) -> str:
    return f'<p class="bad">{escape(text)}</p>'
