"""A list put in order, the best first. Without script each thing is given a number."""

from tracker.languages import gettext as _
from tracker.surveys.question_types.base import AnswerValue, Asked, Form, InvalidAnswer
from tracker.surveys.question_types.chosen import Chosen, choices_input, keys_in, words_of


class Ranking(Chosen, kind="ranking", place=7):
    label = "Put in order"
    about = "A short list to put in order, the most important first."
    can_branch = False
    most = 10
    setting_inputs = (choices_input("Things to put in order", "2 to 10, one on each line."),)
    empty_message = "We need an answer to this one. Put the list in order."

    def field_name(self, question: Asked, choice_key: str) -> str:
        """The name of the input that holds one thing's number."""
        return f"{question.key}.{choice_key}"

    def read(self, question: Asked, form: Form) -> list[str] | None:
        keys = [choice.key for choice in self.choices(question)]
        given = {key: form.get(self.field_name(question, key), "").strip() for key in keys}
        if not any(given.values()):
            return None
        if not all(given.values()):
            raise InvalidAnswer(_("Give each one a number, or leave them all empty."))
        numbers = [str(number) for number in range(1, len(keys) + 1)]
        if not set(given.values()) <= set(numbers):
            raise InvalidAnswer(_("Use the numbers from 1 to %(last)s.", last=len(keys)))
        if len(set(given.values())) < len(keys):
            raise InvalidAnswer(_("Two of them have the same number. Use each number once."))
        return sorted(keys, key=lambda key: int(given[key]))

    def as_typed(self, question: Asked, value: AnswerValue) -> list[tuple[str, str]]:
        return [
            (self.field_name(question, key), str(place))
            for place, key in enumerate(keys_in(value), start=1)
        ]

    def in_words(self, question: Asked, value: AnswerValue) -> str:
        places = enumerate(keys_in(value), start=1)
        choices = self.choices(question)
        return ", ".join(f"{place}. {words_of(choices, [key])}" for place, key in places)

    def summary(self, question: Asked) -> str:
        return f"Put {len(self.choices(question))} in order"
