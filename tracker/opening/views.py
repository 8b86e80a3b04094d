"""The before-you-ask gate, and opening, extending, closing and withdrawing."""

from flask import Blueprint

bp = Blueprint("opening", __name__, url_prefix="/staff/consultations")
