"""Personal details asked for: what would tell people who the respondent is."""

import re
from collections.abc import Iterator

from tracker.wording.policy.finding import Remark

_WHOSE = r"(?:your|their|his|her|its)"
_SOMEBODY = (
    r"(?:mum|mother|dad|father|parent|carer|teacher|friend|brother|sister|doctor|gp"
    r"|(?:social|support|youth|key) worker|family|boyfriend|girlfriend|head ?teacher)s?"
)
_ACCOUNT = (
    r"(?:instagram|insta|snapchat|snap|tiktok|whatsapp|discord|facebook|twitter|youtube|xbox)"
)

# (what it is, how it is asked for)
_DETAILS = tuple(
    (detail, re.compile(pattern, re.I))
    for detail, pattern in (
        (
            "a name",
            rf"\b{_WHOSE} (?:full |first |last |real |own |family )?(?:name|surname)s?\b"
            rf"|\bwhat are you called\b|\bwho are you\b(?! \w+ing)|\bsign {_WHOSE} name\b"
            rf"|\bnames? of {_WHOSE}(?: \w+)? (?:{_SOMEBODY})\b|\b{_SOMEBODY}['’]s?['’]? names?\b"
            rf"|\bwho is {_WHOSE} (?:{_SOMEBODY})\b|\bwhat is {_WHOSE} (?:{_SOMEBODY}) called\b",
        ),
        (
            "an address",
            rf"\b{_WHOSE} (?:home |full |house |street |postal )?address\b|\bwhere do you live\b"
            r"|\bwhich (?:street|road|house|estate) do you live\b|\bhouse number\b"
            r"|\bwhat (?:street|road|estate) do you live\b",
        ),
        ("a postcode", r"\bpost ?-?codes?\b|\bzip code\b"),
        (
            "a school",
            rf"\b(?:which|what) (?:primary |secondary )?(?:school|college|nursery)"
            r"(?: or college)? (?:do|did|are) you\b"
            rf"|\bnames? of {_WHOSE} (?:school|college|class|nursery)\b"
            rf"|\bwhat (?:class|form|tutor group) are you in\b|\b{_WHOSE} school['’]s name\b"
            r"|\bwhere do you go to (?:school|college)\b"
            rf"|\bwhat(?: is|['’]s) {_WHOSE} (?:school|college) called\b",
        ),
        (
            "a date of birth",
            rf"\b(?:date of birth|birth ?date|d\.?o\.?b\.?)\b|\bwhen(?: is|['’]s) {_WHOSE} birthday\b"
            rf"|\bwhat(?: is|['’]s) {_WHOSE} birthday\b|\b(?:when|what day|what year) were you born\b",
        ),
        (
            "a phone number",
            rf"\b(?:phone|mobile|telephone|contact|whatsapp) (?:number|no\.?)|\b{_WHOSE} number\b",
        ),
        (
            "an e-mail address",
            rf"\be-?mail address\b|\b{_WHOSE} e-?mail\b|\bemail us\b|\bcontact details\b",
        ),
        (
            "a social media name",
            rf"\b{_WHOSE} (?:{_ACCOUNT}|social media|gaming|game)?\s?(?:user ?name|handle|gamer ?tag"
            rf"|account name|profile)\b|\b{_WHOSE} {_ACCOUNT}(?! use)\b|\b{_ACCOUNT} (?:name|handle)\b"
            r"|\buser ?names?\b|\bgamer ?tags?\b",
        ),
        (
            "a photo",
            rf"\b(?:send|upload|share|add|post|give|attach)\b[^.?!]*\b(?:photo|picture|selfie|video)s?"
            rf"(?: of you\w*|\b)|\b(?:photo|picture|selfie|video) of (?:you|yourself|{_WHOSE} \w+)\b",
        ),
        (
            "a number that is theirs alone",
            r"\b(?:nhs|national insurance|passport|pupil|student|case|account) number\b|\bpassword\b",
        ),
    )
)


def personal_details(text: str) -> Iterator[Remark]:
    """Each kind of personal detail that is asked for, once."""
    for detail, pattern in _DETAILS:
        if found := pattern.search(text):
            yield Remark(
                "personal",
                found[0],
                f"This asks for {detail}: people could be known by it.",
                "Leave it out, unless you can’t decide without it. An area, or an age band, often "
                "says enough.",
            )
