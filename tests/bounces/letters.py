"""Bounces as the common mail servers write them, about a mail of ours."""

from textwrap import dedent

MESSAGE_ID = "<0f1e2d3c4b5a69788796a5b4c3d2e1f0@example.org>"
OLU = "olu@example.org"


def notification(
    *blocks: str,
    head: str = f"Message-ID: {MESSAGE_ID}\nTo: Olu <{OLU}>\nSubject: 3 young people are waiting",
    returned: str = "message/rfc822",
    extra: str = "",
) -> bytes:
    """A delivery status notification with one block of fields for each recipient."""
    inner = f"{head}\n\nThe words of the mail.\n" if returned == "message/rfc822" else f"{head}\n"
    status = "\n\n".join(["Reporting-MTA: dns; mx.example.net", *map(str.strip, blocks)])
    letter = (
        "Return-Path: <>\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\n"
        "To: loop@example.org\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\n"
        f"{extra}"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="AAA"\n'
        "\n--AAA\nContent-Type: text/plain; charset=us-ascii\n\n"
        "I'm sorry to have to inform you that your message could not be delivered.\n"
        f"\n--AAA\nContent-Type: message/delivery-status\n\n{status}\n"
        f"\n--AAA\nContent-Type: {returned}\n\n{inner}\n--AAA--\n"
    )
    return letter.encode()


def failed(
    recipient: str = OLU, status: str = "5.1.1", words: str = "550 5.1.1 User unknown"
) -> str:
    """The block of fields of one recipient, as Postfix writes it."""
    return (
        f"Final-Recipient: rfc822; {recipient}\n"
        f"Original-Recipient: rfc822;{recipient}\n"
        f"Action: failed\nStatus: {status}\nRemote-MTA: dns; mx.example.com\n"
        f"Diagnostic-Code: smtp; {words}"
    )


def bounce(message_id: str, recipient: str, status: str = "5.1.1", words: str = "") -> bytes:
    """A bounce of one mail to one person."""
    words = words or f"550 {status} <{recipient}> User unknown"
    head = f"Message-ID: {message_id}\nTo: {recipient}"
    return notification(failed(recipient, status, words), head=head)


def _letter(text: str) -> bytes:
    return dedent(text).lstrip().encode()


GMAIL = notification(
    f"""
Final-Recipient: rfc822; {OLU}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550-5.1.1 Please try double-checking the recipient's email address.
 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser a1-20020a056000 - gsmtp
""",
    extra=f"X-Failed-Recipients: {OLU}\n",
)

EXCHANGE = notification(
    f"""
Final-Recipient: rfc822;{OLU}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {OLU} not found by SMTP address lookup
X-Display-Name: Olu
""",
    returned="text/rfc822-headers",
)

EXIM_REPORT = notification(
    f"""
Action: failed
Final-Recipient: rfc822;{OLU}
Status: 5.0.0
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 No Such User Here
""",
    extra=f"X-Failed-Recipients: {OLU}\n",
)

# Without a copy of the mail: only the thread says which one it was.
BARE = notification(failed(), head="", extra=f"In-Reply-To: {MESSAGE_ID}\n").replace(
    b"Content-Type: message/rfc822", b"Content-Type: text/html"
)

EXIM_WORDS = _letter(f"""
    Return-path: <>
    From: Mail Delivery System <Mailer-Daemon@mx.example.net>
    To: loop@example.org
    X-Failed-Recipients: {OLU}
    Auto-Submitted: auto-replied
    Subject: Mail delivery failed: returning message to sender

    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      {OLU}
        SMTP error from remote mail server after RCPT TO:<{OLU}>:
        host mx.example.com [203.0.113.5]: 550 Unknown user

    ------ This is a copy of the message, including all the headers. ------

    Return-path: <loop@example.org>
    Message-ID: {MESSAGE_ID}
    To: Olu <{OLU}>
    Subject: 3 young people are waiting

    The words of the mail.
""")

QMAIL = _letter(f"""
    Return-Path: <>
    From: MAILER-DAEMON@mx.example.net
    To: loop@example.org
    Subject: failure notice

    Hi. This is the qmail-send program at mx.example.net.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <{OLU}>:
    203.0.113.5 does not like recipient.
    Remote host said: 550 5.1.1 <{OLU}>: Recipient address rejected: User unknown

    --- Below this line is a copy of the message.

    Return-Path: <loop@example.org>
    Message-ID:
     {MESSAGE_ID}
    To: {OLU}

    The words of the mail.
""")

# A mail attached to words, without fields: old appliances and Domino.
ATTACHED = _letter(f"""
    From: Postmaster@mx.example.net
    To: loop@example.org
    Subject: DELIVERY FAILURE: User olu not listed in Domino Directory
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="BBB"

    --BBB
    Content-Type: text/plain

    Your message could not be delivered to {OLU} because:
    550 5.1.1 User olu ({OLU}) not listed in Domino Directory

    --BBB
    Content-Type: message/rfc822

    Message-ID: {MESSAGE_ID}
    To: {OLU}

    The words of the mail.
    --BBB--
""")

BOUNCES = {
    "postfix": notification(failed()),
    "gmail": GMAIL,
    "exchange": EXCHANGE,
    "exim": EXIM_REPORT,
    "exim in words": EXIM_WORDS,
    "qmail": QMAIL,
    "attached": ATTACHED,
    "by its thread": BARE,
}

HOLIDAY = _letter(f"""
    From: Olu <{OLU}>
    To: loop@example.org
    Subject: Automatic reply: 3 young people are waiting
    In-Reply-To: {MESSAGE_ID}
    Auto-Submitted: auto-replied
    X-Auto-Response-Suppress: All

    I am away until 550 people have come back. Write to {OLU} then. 5.1.1
""")
RECEIPT = notification().replace(b"delivery-status", b"disposition-notification")
COMPLAINT = notification().replace(b"delivery-status", b"feedback-report")
DELAYED = notification(failed().replace("Action: failed", "Action: delayed"))
DELIVERED = notification(failed(status="2.0.0").replace("Action: failed", "Action: delivered"))
MAN = _letter(f"""
    From: Somebody <somebody@example.net>
    To: loop@example.org
    Subject: Your mail
    In-Reply-To: {MESSAGE_ID}

    Please stop: 550 5.1.1 User unknown {OLU}
""")
AWAY_FROM_DAEMON = HOLIDAY.replace(b"From: Olu <olu@", b"From: Olu <postmaster@")

NO_BOUNCES = {
    "holiday": HOLIDAY,
    "holiday of a postmaster": AWAY_FROM_DAEMON,
    "auto-reply by header": QMAIL.replace(
        b"Subject: failure", b"X-Autoreply: yes\nSubject: failure"
    ),
    "read receipt": RECEIPT,
    "complaint": COMPLAINT,
    "still on its way": DELAYED,
    "delivered": DELIVERED,
    "a person": MAN,
    "words without a code": QMAIL.replace(b"550 5.1.1 ", b""),
    "words without a mail": QMAIL.partition(b"--- Below")[0],
    "words without an address": QMAIL.replace(b"olu@example.org", b"olu"),
    "nothing": b"",
    "no headers": b"\n\nhello",
    "noise": bytes(range(256)) * 40,
}
