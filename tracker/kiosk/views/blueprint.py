"""The blueprint of kiosks, apart so that every room of the views can add its pages to it."""

from flask import Blueprint

bp = Blueprint("kiosk", __name__, url_prefix=None)
