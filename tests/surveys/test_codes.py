from tracker.surveys.codes import ALPHABET, LENGTH, free_code, new_code


def test_a_code_is_easy_to_read_aloud_and_to_type() -> None:
    assert not set(ALPHABET) & set("aeiouyl10s5b9")
    assert len(ALPHABET) == len(set(ALPHABET))
    for _ in range(200):
        code = new_code()
        assert len(code) == LENGTH and set(code) <= set(ALPHABET)


def test_free_code_draws_until_one_is_free() -> None:
    drawn = iter(["cdf234", "cdf234", "ghj678"])

    code = free_code(lambda each: each == "cdf234", lambda: next(drawn))

    assert code == "ghj678"
