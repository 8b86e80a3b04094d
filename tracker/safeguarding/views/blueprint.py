"""The blueprint of safeguarding, apart so that every room of the views can add its pages to it."""

from flask import Blueprint

bp = Blueprint("safeguarding", __name__, url_prefix=None)
