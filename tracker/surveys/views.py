"""The survey builder: surveys, their questions, and the preview."""

from flask import Blueprint

bp = Blueprint("surveys", __name__, url_prefix="/staff")
