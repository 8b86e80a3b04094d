"""As many of the respondent's own words as they like."""

from tracker.surveys.question_types.written import Written


class LongText(Written, kind="long_text", place=1):
    label = "Long answer"
    about = "In their own words, as much as they like. Best for “what would you change?”"
    longest = 5000
