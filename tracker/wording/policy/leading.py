"""Leading questions: words that tell the reader which answer is wanted."""

import re
from collections.abc import Iterator

from tracker.wording.policy.finding import Remark

_STRONG = (
    "amazing awesome brilliant excellent fabulous fantastic great incredible superb terrific "
    "wonderful perfect outstanding awful terrible horrible dreadful disgusting rubbish annoying"
)
_EXTREME = f"(?:{'|'.join(_STRONG.split())})"
_ASK_OPENLY = "Ask openly: “What do you think of …?” or “How was …?”"

# (pattern, what is wrong, what to change)
_SIGNS = tuple(
    (re.compile(pattern, re.I), what, change)
    for pattern, what, change in (
        (
            r"\b(?:don|wouldn|isn|aren|shouldn|couldn|can|haven|didn|doesn|wasn|weren)['’]t"
            r" (?:you|we|it|they|there|the|this|that|your|our|everyone)\b(?! know)",
            "Put like this, only one answer sounds right.",
            _ASK_OPENLY,
        ),
        (
            r"(?:, | )(?:right|correct|yes|okay|ok|agreed)\?",
            "The end asks people to agree.",
            "Leave the end out.",
        ),
        (
            r"\b(?:do|would|did) (?:you|we all) agree\b",
            "Many people say yes to “agree” to be polite.",
            _ASK_OPENLY,
        ),
        (
            r"\b(?:surely|obviously|of course|clearly|as (?:you|we) (?:all )?know"
            r"|everyone (?:knows|agrees)|everybody (?:knows|agrees)|most people (?:think|agree|say)"
            r"|experts (?:think|say|agree))\b",
            "This says what people ought to think.",
            "Leave it out.",
        ),
        (
            rf"\bhow (?:very |really |much )?(?:{_EXTREME}|fun|boring|bad|much better|much worse)\b",
            "This takes for granted that it was so.",
            "Ask “How was …?” and let people say if it was good or bad.",
        ),
        (
            r"\bhow much (?:do|did|will|would) you (?:enjoy|love|like|hate|dislike)\b",
            "This takes for granted that they did.",
            "Ask “What did you think of …?”",
        ),
        (
            r"\bwhy (?:do|did|does|would) (?:you|people|everyone) (?:love|hate|enjoy)\b",
            "This takes for granted that they do.",
            "First ask whether they do.",
        ),
        (
            rf"\b(?:our|this|these|the|your) (?:new |very |really |most )?{_EXTREME} \w+",
            "The praise or blame is in the question already.",
            "Leave that word out.",
        ),
        (
            r"\bhow (?:has|have|did|does|will) [^?]{1,60}\b(?:help|helped|improve|improved|make better"
            r"|made better|benefit|benefited)\b(?! (?:or|if|you to say))",
            "This takes for granted that it did.",
            "Ask “What is different?” and let people say if it is better or worse.",
        ),
    )
)


def leading(text: str) -> Iterator[Remark]:
    """The first sign that a question leads; one is enough to look at it again."""
    for pattern, what, change in _SIGNS:
        if found := pattern.search(text):
            yield Remark("leading", found[0].strip(" ,"), what, change)
            return
