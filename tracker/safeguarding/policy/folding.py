"""From what a child typed to words that can be compared: signs, accents, capitals, stretched letters.

Pure. Both sides go through here, the rules' words and the child's, so that they meet.
"""

import re
import unicodedata

# What stands for a word in many a child's message.
_PICTURES = str.maketrans(
    {
        "💀": " die ",
        "☠": " die ",
        "⚰": " die ",
        "🪦": " die ",
        "🔪": " cut ",
        "🗡": " cut ",
        "🔫": " shoot ",
    }
)
# Letters that no accent can be taken from, and letters that Arabic and Urdu write differently.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i"}
    | dict.fromkeys("یىےئ", "ي")
    | dict.fromkeys("ہھةۃۂ", "ه")
    | {"ک": "ك", "ؤ": "و"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´′＇]")
_BREAKS = re.compile(r"(?<![^\W_])[.!?;:]+|[.!?;:]+(?![^\W_])|[\n\r]|(?<=[؟۔])|[؟۔،]")
_DOTS = re.compile(r"\.{2,}|…")
_SPELT_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*/]{1,3}){2,}[^\W\d_](?![^\W_])")
_TOKEN = re.compile(r"\|[^\W_]|[^\W_]*(?:[^\W_][*@$!|€+#]+)+[^\W_]*|[@$][^\W_]+|[^\W_]+|\x00")
_RUN = re.compile(r"(.)\1+")
_LOOKALIKES = str.maketrans("013457@$!|€+", "oieastasilet")
_WILD = re.compile(r"[*#]")

BREAK = "\x00"  # the end of a sentence, across which no phrase reaches


def tokens_of(text: str) -> list[str]:
    """The words of a text in order, folded; `BREAK` between sentences. A `*` is any one letter."""
    plain = _without_accents(text.translate(_PICTURES))
    plain = _SPELT_OUT.sub(_together, _DOTS.sub(" ", plain))
    plain = _BREAKS.sub(f" {BREAK} ", plain)
    return [BREAK if token == BREAK else folded(token) for token in _TOKEN.findall(plain)]


def _together(letters: re.Match[str]) -> str:
    """ "h i t s  m e" is two words: one sign between letters, more of them between words."""
    return " ".join(re.sub(r"\W|_", "", word) for word in re.split(r"[ .\-_*/]{2,}", letters[0]))


def words_of(text: str) -> list[str]:
    """The words of a text without its sentences' ends."""
    return [token for token in tokens_of(text) if token != BREAK]


def folded(token: str) -> str:
    """One word with look-alike signs read as letters. A number stays a number."""
    if token.isalpha() or not any(sign.isalpha() for sign in token):
        return token
    return _WILD.sub("*", token.translate(_LOOKALIKES))


def squeezed(word: str) -> str:
    """The word with every letter that is repeated written once: "killlll" and "kill" are "kil"."""
    return _RUN.sub(r"\1", word)


def _without_accents(text: str) -> str:
    bare = _APOSTROPHES.sub("", text)
    if bare.isascii():
        return bare.lower()
    apart = unicodedata.normalize("NFKD", bare).casefold()
    kept = "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf", "Lm"))
    return kept.translate(_LETTERS)
