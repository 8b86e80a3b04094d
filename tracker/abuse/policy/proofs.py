"""Proof of work: a sum that costs a phone seconds and a machine that sends thousands its day.

`tracker/static/proof.js` solves it. Sixteen small sums instead of one large: the luck evens out, so
that nobody waits four times as long as their neighbour. Checking takes sixteen hashes.
"""

import re
from hashlib import sha256

PIECES = 16
# A piece takes 2 ** ZERO_BITS tries on average; measured in docs/decisions/0017.
ZERO_BITS = 14

_SHAPE = re.compile(rf"[0-9a-z]{{1,7}}(,[0-9a-z]{{1,7}}){{{PIECES - 1}}}")


def is_solved(seal: str, proof: str) -> bool:
    """Whether `proof` holds, for each piece, a number that gives the hash its leading zeros.

    The seal belongs to one submission id, and a submission id makes one response: so a proof is
    worth one response, however often it is sent.
    """
    if not _SHAPE.fullmatch(proof):
        return False
    return all(_is_piece(f"{seal}.{n}.{nonce}") for n, nonce in enumerate(proof.split(",")))


def _is_piece(text: str) -> bool:
    return int.from_bytes(sha256(text.encode()).digest()[:4]) >> (32 - ZERO_BITS) == 0
