from sandbox.shop.links import checkout_url, signature

CART = "11111111-2222-4333-8444-555555555555"


def test_a_link_leaves_empty_parameters_out() -> None:
    assert checkout_url("http://bridge", cart_id=CART, mode="widget", lang="") == (
        f"http://bridge/checkout/{CART}?mode=widget"
    )


def test_a_link_without_parameters_has_no_query() -> None:
    assert checkout_url("http://bridge", cart_id=CART) == f"http://bridge/checkout/{CART}"


def test_a_link_quotes_what_it_is_given() -> None:
    assert (
        checkout_url("http://bridge", cart_id="a/b?c", lang="f&r")
        == "http://bridge/checkout/a%2Fb%3Fc?lang=f%26r"
    )


def test_the_signature_is_hex_of_hmac_sha256_over_cart_and_expiry() -> None:
    # printf '%s' '<cart>.1800000000' | openssl dgst -sha256 -hmac 'secret'
    expected = "e7576b94de2a80a95853ea57330180cc140205c8fcbaa85e3c6123b8b0087087"
    assert signature(CART, expires=1_800_000_000, secret="secret") == expected


def test_the_signature_covers_the_expiry() -> None:
    first = signature(CART, expires=1_800_000_000, secret="secret")
    assert first != signature(CART, expires=1_800_000_001, secret="secret")
