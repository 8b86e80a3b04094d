"""A line of the respondent's own words."""

from tracker.surveys.question_types.written import Written


class ShortText(Written, kind="short_text", place=2):
    label = "Short answer"
    about = "A word or a line: a place, a favourite, one thing."
    longest = 200
