"""The form about how reminders reach somebody, signed in or by the link in a mail."""

from collections.abc import Collection, Mapping

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from tracker.channels.addresses import BadAddressOfChannel, chat_target, phone_number
from tracker.channels.models import Preference
from tracker.channels.policy import (
    AS_USUAL,
    CHANNEL_LABELS,
    WEEKDAYS,
    Channel,
    Choice,
    Rhythm,
)
from tracker.languages import ENGLISH, Language

RHYTHM_LABELS = {
    Rhythm.AT_ONCE: "At once, one mail a day at most",
    Rhythm.WEEKLY: "Once a week, all together",
}


class ReachForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What somebody chooses for themselves, signed in."""

    rhythm = RadioField(
        "How often?", choices=[SelectChoice(each.value, RHYTHM_LABELS[each]) for each in Rhythm]
    )
    weekday = SelectField(
        "On which day, if once a week?",
        description="If that is a bank holiday, on the next working day.",
        choices=[SelectChoice(str(n), name) for n, name in enumerate(WEEKDAYS)],
    )
    language = SelectField(
        "In which language?",
        description="The mails that we write to you. The pages for staff are in English.",
        validate_choice=False,
    )
    channel = RadioField("Which way?", validate_choice=False)
    chat_address = StringField("Address of the chat")
    phone = StringField("Mobile number", description="For example 07700 900123.")

    def offer(
        self,
        channels: Collection[Channel],
        spoken: Collection[Language],
        kept: Preference | None,
        ntfy: str,
    ) -> None:
        """Show the ways and languages that exist here, and none of the boxes that belong to others."""
        self._kept, self._ntfy = kept, ntfy
        self._spoken = frozenset(each.code for each in spoken)
        self.language.choices = [SelectChoice(each.code, each.name) for each in spoken]
        if len(spoken) == 1:
            del self.language
        offered = [each for each in Channel if each is Channel.MAIL or each in channels]
        self.channel.choices = [SelectChoice(each.value, CHANNEL_LABELS[each]) for each in offered]
        self._offered = frozenset(offered)
        if Channel.CHAT not in offered:
            del self.chat_address
        if Channel.NOTIFY_TEXT not in offered:
            del self.phone
        if len(offered) == 1:
            del self.channel

    def validate_channel(self, field: RadioField) -> None:
        if field.data not in self._offered:
            field.errors = [*field.errors, "Choose one of these."]

    def validate_language(self, field: SelectField) -> None:
        if field.data not in self._spoken:
            field.errors = [*field.errors, "Choose one of these."]

    def settle(self) -> tuple[Choice, str | None] | None:
        """What was chosen, and the new address of a chat or phone if one was typed; None if unsound."""
        if not self.validate_on_submit():
            return None
        channel = Channel(self.channel.data) if "channel" in self else Channel.MAIL
        try:
            address = self._address(channel)
        except BadAddressOfChannel as bad:
            box = self.chat_address if channel is Channel.CHAT else self.phone
            box.errors = [str(bad)]
            return None
        language = self.language.data if "language" in self else ENGLISH
        rhythm, weekday = Rhythm(self.rhythm.data), int(self.weekday.data)
        return Choice(rhythm, weekday, channel, language), address

    def _address(self, channel: Channel) -> str | None:
        """The address as it is kept; None where the present one stays."""
        read = {
            Channel.CHAT: lambda: chat_target(self.chat_address.data or "", self._ntfy).address,
            Channel.NOTIFY_TEXT: lambda: phone_number(self.phone.data or ""),
        }.get(channel)
        if read is None:
            return None
        box = self.chat_address if channel is Channel.CHAT else self.phone
        has_one = self._kept is not None and self._kept.channel is channel
        return None if has_one and not (box.data or "").strip() else read()


def form_about(kept: Preference | None) -> ReachForm:
    """The form as posted, or filled with what holds now. An address isn't shown again."""
    choice = kept.choice if kept else AS_USUAL
    return ReachForm(
        data={
            "rhythm": choice.rhythm.value,
            "weekday": str(choice.weekday),
            "channel": choice.channel.value,
            "language": choice.language,
        }
    )


def choice_in(sent: Mapping[str, str], kept: Choice, spoken: Collection[str]) -> Choice | None:
    """What was chosen behind a link: how often, in which language, and whether by mail again; None if it
    makes no sense. `spoken`: the codes of the languages there are.

    The button has to be among it: a script that sends a form by itself presses none.
    """
    rhythm, weekday = sent.get("rhythm", ""), sent.get("weekday", "0")
    if sent.get("press") != "save" or rhythm not in set(Rhythm):
        return None
    if weekday not in {str(n) for n in range(len(WEEKDAYS))}:
        return None
    language = sent.get("language", kept.language)
    if language != kept.language and language not in spoken:
        return None
    channel = Channel.MAIL if sent.get("channel") == Channel.MAIL else kept.channel
    return Choice(Rhythm(rhythm), int(weekday), channel, language)
