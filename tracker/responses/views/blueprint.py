"""The blueprint of responses, apart so that every room of the views can add its pages to it."""

from flask import Blueprint

bp = Blueprint("responses", __name__, url_prefix=None)
