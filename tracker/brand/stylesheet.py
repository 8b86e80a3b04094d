"""An organisation's look as the rules that follow those of `public.css`, in the same file."""

from collections.abc import Iterable, Mapping

from tracker.brand.logos import Logo
from tracker.brand.policy import STANDARD, Look, palette

# Behind a logo in the dark, since most are drawn for white paper.
_PLATE = (
    ".top-home::before{background-color:#fff;border-radius:.25rem;box-shadow:0 0 0 .375rem #fff}"
)
_LOGO = """.top-home::before{{content:"";flex:0 1 {width}px;block-size:{height}px;\
background:url("{url}") center/contain no-repeat;print-color-adjust:exact}}
.top-home>span{{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;\
clip-path:inset(50%);white-space:nowrap}}
@media(prefers-color-scheme:dark){{{plate}}}
"""


def own_rules(look: Look, logo: Logo | None) -> str:
    """What differs from the standard; "" if nothing does."""
    return _colours(look) + (_logo(logo) if logo else "")


def sample_rules(look: Look, scheme: str) -> str:
    """The whole look in one scheme, whatever the browser prefers: for a preview."""
    made = palette(look)
    tokens, plate = (made.dark, _PLATE) if scheme == "dark" else (made.light, "")
    return f":root{{color-scheme:{scheme};{_declared(tokens, tokens)}}}\n{plate}\n"


def _colours(look: Look) -> str:
    own, standard = palette(look), palette(STANDARD)
    # What is said for the light stands for the dark too, so each colour is said for both or neither.
    names = [
        name
        for name in own.light
        if (own.light[name], own.dark[name]) != (standard.light[name], standard.dark[name])
    ]
    if not names:
        return ""
    light, dark = _declared(own.light, names), _declared(own.dark, names)
    return (
        f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        "@media print{:root{--paper:#fff;--card:#fff;--soft:#fff;--tint:#fff;--brand:#000;--ink:#000}}\n"
    )


def _declared(tokens: Mapping[str, str], names: Iterable[str]) -> str:
    return "".join(f"--{name}:{tokens[name]};" for name in names)


def _logo(logo: Logo) -> str:
    return _LOGO.format(width=logo.width, height=logo.height, url=logo.as_url, plate=_PLATE)
