"""An organisation's look as the rules that follow those of `public.css`, in the same file."""

from collections.abc import Mapping

from tracker.brand.logos import Logo
from tracker.brand.policy import STANDARD, Look, palette

_LOGO = """.top-home::before{{content:"";flex:none;inline-size:{width}px;block-size:{height}px;\
background:url("{url}") center/100% 100% no-repeat;print-color-adjust:exact}}
.top-home>span{{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;\
clip-path:inset(50%);white-space:nowrap}}
@media(prefers-color-scheme:dark){{.top-home::before{{background-color:#fff;border-radius:.25rem;\
box-shadow:0 0 0 .375rem #fff}}}}
"""


def own_rules(look: Look, logo: Logo | None) -> str:
    """What differs from the standard; "" if nothing does."""
    return _colours(look) + (_logo(logo) if logo else "")


def sample_rules(look: Look, scheme: str) -> str:
    """The whole look in one scheme, whatever the browser prefers: for a preview."""
    made = palette(look)
    tokens = made.dark if scheme == "dark" else made.light
    return f":root{{color-scheme:{scheme};{_declared(tokens)}}}\n"


def _colours(look: Look) -> str:
    own, standard = palette(look), palette(STANDARD)
    light = _declared(_differing(own.light, standard.light))
    dark = _declared(_differing(own.dark, standard.dark))
    if not light and not dark:
        return ""
    return (
        f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        "@media print{:root{--paper:#fff;--card:#fff;--soft:#fff;--tint:#fff;--brand:#000;--ink:#000}}\n"
    )


def _differing(own: Mapping[str, str], standard: Mapping[str, str]) -> dict[str, str]:
    return {name: colour for name, colour in own.items() if colour != standard[name]}


def _declared(tokens: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in tokens.items())


def _logo(logo: Logo) -> str:
    return _LOGO.format(width=logo.width, height=logo.height, url=logo.as_url)
