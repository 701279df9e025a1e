import pytest

from sandbox.faults import Rule, RuleError, parse_rule


def test_a_rule_has_sensible_defaults() -> None:
    assert parse_rule({"action": "status"}) == Rule(action="status", times=1, skip=0, code=503)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("action", None),
        ("path", "("),
        ("path", None),
        ("code", None),
        ("times", -1),
        ("times", True),
        ("times", "2"),
        ("skip", -1),
        ("seconds", None),
        ("seconds", -0.1),
        ("code", 99),
        ("code", "503"),
        ("unknown", 1),
    ],
)
def test_a_rule_with_a_wrong_member_is_refused(member: str, value: object) -> None:
    with pytest.raises(RuleError):
        parse_rule({"action": "status", member: value})


def test_a_rule_that_is_not_an_object_is_refused() -> None:
    with pytest.raises(RuleError):
        parse_rule(["status"])


def test_a_method_is_taken_in_any_case() -> None:
    assert parse_rule({"action": "status", "method": "get"}).method == "GET"
