"""The pages behind the links in mails: the owner's job done without a sign-in."""

from flask import Blueprint

bp = Blueprint("capabilities", __name__, url_prefix="/do")
