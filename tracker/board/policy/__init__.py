"""What the board says: small numbers, promises, outcomes, in words that a child reads. Pure."""
