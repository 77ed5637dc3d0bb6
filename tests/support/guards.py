"""What `requireCaller` says: yes, or the text of its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callerid.errors import RefusedError

if TYPE_CHECKING:
    from callerid.core import Core


def allowed(core: Core, **rules: Any) -> bool:
    """Tell whether the caller keeps the rules; an error stays one."""
    answer: bool = core.call("requireCaller", {**rules, "onRefusal": "warn"})["allowed"]
    return answer


def refusal(core: Core, **rules: Any) -> str:
    """Demand a refusal, and give its text."""
    with pytest.raises(RefusedError) as refused:
        core.call("requireCaller", rules)
    return str(refused.value)
