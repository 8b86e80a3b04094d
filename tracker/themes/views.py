"""Hearing: themes, and coding responses to them."""

from flask import Blueprint

bp = Blueprint("themes", __name__, url_prefix="/staff")
