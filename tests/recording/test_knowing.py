"""What of an answer is kept: exactly what parsing reads."""

from __future__ import annotations

from callerid.model import Reply
from callerid.recording.knowing import known


class _Account(Reply):
    full_name: str | None = None


def test_a_field_is_kept_under_every_name_that_parsing_reads() -> None:
    """In camelCase and as the model has it; what nobody reads is dropped."""
    for name in ("fullName", "full_name"):
        body = {name: "Road Runner", "other": 1}
        assert _Account.model_validate(body).full_name == "Road Runner"
        assert known(body, _Account) == {name: "Road Runner"}
