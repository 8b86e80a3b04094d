"""One of a list."""

from tracker.surveys.question_types.chosen import ChosenOnce


class OneChoice(ChosenOnce, kind="one_choice", place=3):
    label = "One choice"
    about = "A list where one thing fits. Later questions can depend on it."
