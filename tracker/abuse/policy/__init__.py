"""What is asked of somebody who sends an answer: nothing, one more press, or a proof of patience.

Pure: plain values and `now` in, a value out. Nobody is ever turned away, and nothing is learnt about
who they are; the worst that happens is that the same answer is sent a second time.
"""

from tracker.abuse.policy.asking import Ask, what_to_ask
from tracker.abuse.policy.codes import code_hash, is_ours, new_code, read_code, shown
from tracker.abuse.policy.proofs import PIECES, ZERO_BITS, is_solved
from tracker.abuse.policy.rates import is_attack, is_over_budget, next_turn
from tracker.abuse.policy.seals import Kind, Seal, make_seal, read_seal

__all__ = [
    "PIECES",
    "ZERO_BITS",
    "Ask",
    "Kind",
    "Seal",
    "code_hash",
    "is_attack",
    "is_ours",
    "is_over_budget",
    "is_solved",
    "make_seal",
    "new_code",
    "next_turn",
    "read_code",
    "read_seal",
    "shown",
    "what_to_ask",
]
