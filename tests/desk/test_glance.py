from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import TODAY
from tracker.accounts.policy import ALLOWED, Act, Tie
from tracker.consultations.policy import ConsultationState
from tracker.desk.glance import Happened, HistoryLine, history, ways_on

YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize("state", ConsultationState)
def test_every_way_leads_to_a_page(app: Flask, state: ConsultationState) -> None:
    ways = ways_on(state)

    assert {way.endpoint for way in ways} <= set(app.view_functions)
    assert len({way.label for way in ways}) == len(ways)


@pytest.mark.parametrize("state", ConsultationState)
def test_escalation_contact_is_shown_no_way_to_childrens_words(state: ConsultationState) -> None:
    allowed = {way.endpoint for way in ways_on(state) if Tie.CONTACT in ALLOWED[way.act]}

    assert not allowed & {"themes.hear", "responses.inbox", "themes.index"}


def test_withdrawn_consultation_can_not_be_changed() -> None:
    acts = {way.act for way in ways_on(ConsultationState.WITHDRAWN)}

    assert not acts & {Act.EDIT_CONSULTATION, Act.OPEN_AND_CLOSE, Act.HAND_OVER}


def test_history_stands_newest_first_and_tells_a_run_once() -> None:
    happened = [
        Happened(YESTERDAY, "opened", "Omar"),
        Happened(TODAY, "coded", "Omar", "one"),
        Happened(TODAY, "coded", "Omar", "two"),
        Happened(TODAY, "coded", "Dee", "three"),
        Happened(TODAY, "closed", ""),
        Happened(TODAY, "something_new", "Dee"),
    ]

    assert history(happened) == [
        HistoryLine(TODAY, "Something new", "Dee", "", 1),
        HistoryLine(TODAY, "Closed for answers", "", "", 1),
        HistoryLine(TODAY, "Answers heard", "Dee", "three", 1),
        HistoryLine(TODAY, "Answers heard", "Omar", "", 2),
        HistoryLine(YESTERDAY, "Opened for answers", "Omar", "", 1),
    ]
