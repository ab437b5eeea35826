"""The poster: where the site is, and the twelve words by which a witness knows it.

One page of A4 that needs nothing but itself: no script, no image, no address fetched.
"""

from html import escape

import segno

from crypto.fingerprint import fingerprint_words
from crypto.trust import Trust
from crypto.wordlist import Language

_QUIET_MODULES = 4  # white around a QR code, as its standard demands


def qr_modules(text: str) -> list[list[bool]]:
    """The QR code of *text*, row by row; True is black.  A quarter of it may be torn or dirty."""
    return [[bool(module) for module in row] for row in segno.make_qr(text, error="q").matrix]


def poster(trust: Trust, origin: str) -> str:
    """The page for *trust* (verified) and the site's *origin*, as HTML."""
    organisation, address = escape(trust.organisation), escape(origin)
    halves = _half(trust, "es", _SPANISH) + _half(trust, "en", _ENGLISH)
    return _PAGE.format(
        organisation=organisation, address=address, qr=_drawn(origin), halves=halves
    )


def _half(trust: Trust, language: Language, said: dict[str, str]) -> str:
    words = fingerprint_words(trust.payload_hash, language).split()
    return _HALF.format(
        **said,
        language=language,
        organisation=escape(trust.organisation),
        words="".join(f"<li>{word}</li>" for word in words),
    )


def _drawn(text: str) -> str:
    """A QR code as SVG: one path of black squares."""
    rows = qr_modules(text)
    size = len(rows) + 2 * _QUIET_MODULES
    squares = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows, _QUIET_MODULES)
        for x, black in enumerate(row, _QUIET_MODULES)
        if black
    )
    return (
        f'<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges" role="img">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{squares}"/></svg>'
    )


_SPANISH = {
    "title": "Aquí puede contar lo que pasó",
    "lead": "Tortura, desaparición, muertes o amenazas. Sin dar su nombre. Lo leen solamente abogadas y abogados de",
    "tor": "En un teléfono Android o en una computadora, instale Tor Browser: es gratis y está en torproject.org. En iPhone no funciona.",
    "open": "En Tor Browser escriba la dirección de arriba, letra por letra, o péguela desde el código. No la abra en otro navegador. Puede tardar un minuto.",
    "compare": "Antes de escribir, toque «Cómo le cuidamos, y hasta dónde» y compare las doce palabras de esa página con éstas. Deben ser iguales y en el mismo orden. Si una es distinta, no escriba nada y avise a la organización.",
    "heading": "Las doce palabras de este buzón",
}
_ENGLISH = {
    "title": "Here you can tell what happened",
    "lead": "Torture, disappearance, killings or threats. Without giving your name. It is read only by the lawyers of",
    "tor": "On an Android phone or a computer, install Tor Browser: it is free, at torproject.org. It does not work on an iPhone.",
    "open": "In Tor Browser type the address above, letter by letter, or paste it from the code. Do not open it in another browser. It may take a minute.",
    "compare": "Before you write, touch “How we protect you, and how far” and compare the twelve words on that page with these. They must be the same, in the same order. If one differs, write nothing and tell the organisation.",
    "heading": "The twelve words of this box",
}

_HALF = """\
<section lang="{language}">
<h2>{title}</h2>
<p>{lead} <b>{organisation}</b>.</p>
<ol class="steps">
<li>{tor}</li>
<li>{open}</li>
<li>{compare}</li>
</ol>
<h3>{heading}</h3>
<ol class="words" translate="no">{words}</ol>
</section>
"""

_PAGE = """\
<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{organisation}</title>
<style>
@page {{ size: A4; margin: 10mm 12mm; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 186mm; color: #000; background: #fff; font: 10.5pt/1.3 sans-serif; }}
h1 {{ font-size: 18pt; line-height: 1.1; margin: 0 0 3mm; overflow-wrap: anywhere; }}
.where {{ display: flex; align-items: center; gap: 6mm; border: 1mm solid #000; padding: 0.5mm 4mm; }}
.where svg {{ flex: none; width: 44mm; height: 44mm; }}
.address {{ font: bold 16pt/1.35 monospace; overflow-wrap: anywhere; margin: 0; }}
h2 {{ font-size: 16pt; margin: 4mm 0 1mm; }}
h3 {{ font-size: 11.5pt; margin: 3mm 0 1mm; }}
p {{ margin: 1mm 0; overflow-wrap: anywhere; }}
.steps {{ margin: 1.5mm 0; padding-left: 6mm; }}
.words {{ columns: 4; margin: 0; padding: 2mm 2mm 2mm 9mm; border: 0.6mm solid #000; font-weight: bold; font-size: 13pt; }}
.words li::marker {{ font-weight: normal; font-size: 10pt; }}
section {{ break-inside: avoid; }}
section + section {{ border-top: 0.3mm dashed #000; margin-top: 4mm; font-size: 9.5pt; }}
section + section h2 {{ font-size: 13pt; margin-top: 3mm; }}
section + section .words {{ font-size: 11pt; }}
</style>
</head>
<body>
<h1>{organisation}</h1>
<div class="where">{qr}<p class="address" translate="no">{address}</p></div>
{halves}</body>
</html>
"""
