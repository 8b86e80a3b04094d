"""Recording and publishing what the service did about each theme."""

from flask import Blueprint

bp = Blueprint("actions", __name__, url_prefix="/staff")
