"""The shapes that several functions share, and the base classes of all shapes."""

from __future__ import annotations

import re
import types
from datetime import datetime, timezone
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic_core import SchemaValidator, ValidationError

from callerid import times
from callerid.casing import camel
from callerid.modelling import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from callerid.role_rules import RoleKind

if TYPE_CHECKING:
    from pydantic import ValidationInfo, ValidatorFunctionWrapHandler

T = TypeVar("T")


def bare(annotation: Any) -> Any:
    """Strip from a field's annotation what says that it may be absent, and what limits it."""
    if get_origin(annotation) in {types.UnionType, Union}:
        [annotation] = [each for each in get_args(annotation) if each is not types.NoneType]
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


class Value(BaseModel):
    """A frozen value that crosses callerid's border; its fields are camelCase outside.

    The docstring under a field is its public description, in the schema and in every SDK. The
    schema reads it from the source: pydantic would read it at each start, for 130 ms. For the same
    reason validators are built when they are first needed.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=camel,
        populate_by_name=True,
        defer_build=True,
        hide_input_in_errors=True,
    )


def outside(value: Any) -> Any:
    """Write a value as it is outside: plain, under outside names, without what is absent."""
    if isinstance(value, list):
        return [outside(each) for each in value]
    if not isinstance(value, Value):
        return value
    return {
        camel(name): outside(item)
        for name, field in type(value).model_fields.items()
        if (item := getattr(value, name)) is not None and not field.exclude
    }


class Arguments(Value):
    """What a function takes. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid")

    never_null: ClassVar[frozenset[str]] = frozenset()
    """Names of which null is an error, where it would count as left out for all others."""


class Instead(NamedTuple):
    """Marks a field of a reply that is no reason to refuse the whole: what counts in its place.

    Of a list only the entries that cannot be read are left out.
    """

    value: object = None


Described = Annotated[T | None, Instead()]
"""A field that no guard reads, or whose absence can only count against the caller: a value of
another type than documented is left out, with a warning."""


class Reply(Value):
    """What an API sends, read with patience.

    Unknown fields are ignored, null and empty text are the same as absent, numbers may come as
    text and text as numbers. A field marked with `Instead` may be of another type than documented:
    then its place, `Model.field`, is added to the validation's context, a set, if there is one.
    Every other field is strict. An empty object is the same as absent in a field that only
    describes, which `Instead` leaves out, and where `may_be_empty` says so.
    """

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    null_means_never: ClassVar[frozenset[str]] = frozenset()
    """Times, by the API's name, of which null says never, while to leave them out says nothing."""
    may_be_empty: ClassVar[frozenset[str]] = frozenset()
    """Objects and lists, by the API's name, of which an empty object says no more than null."""
    no_blanks: ClassVar[frozenset[str]] = frozenset()
    """What decides and is no text, by the API's name: blank text is no way to leave it out."""

    @model_validator(mode="before")
    @classmethod
    def _drop_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            key: _without_absent(value)
            for key, value in data.items()
            if _present(value) or key in cls.null_means_never or cls._is_wrong(key, value)
            if not (key in cls.may_be_empty and is_empty(value))
        }

    @classmethod
    def _is_wrong(cls, key: object, value: object) -> bool:
        return value is not None and key in cls.no_blanks

    @field_validator("*", mode="wrap")
    @classmethod
    def _read_with_judgement(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        field = cls.model_fields[info.field_name or ""]
        marks = [each for each in field.metadata if isinstance(each, Instead)]
        sent = _without_empty(value) if Instead() in marks else value
        try:
            return read(sent)
        except ValidationError as error:
            if not marks:
                raise
            leave_out(info, cls, camel(info.field_name or ""))
            return _readable_entries(sent, read, error) or marks[0].value


def leave_out(info: ValidationInfo, model: type[Reply], field: str | None = None) -> None:
    """Note for the warning that a field of a model, or the whole of it, was left out."""
    if info.context is not None:
        info.context.add(f"{model.__name__}.{field}" if field else model.__name__)


def _readable_entries(
    value: Any, read: ValidatorFunctionWrapHandler, error: ValidationError
) -> Any:
    """Read the entries of a list that an error does not name; None where it names the whole."""
    places = [each["loc"] for each in error.errors(include_url=False, include_input=False)]
    if not isinstance(value, list) or not all(places):
        return None
    wrong = {index for index, *_ in places}
    return read([item for index, item in enumerate(value) if index not in wrong])


MOST_ITEMS = 10_000
"""More in one list is no answer about a caller, and costs more memory than a preview has."""


def _present(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def is_empty(value: object) -> bool:
    """Tell whether a value is an object in which nothing stands, or only nulls and empty texts."""
    return isinstance(value, dict) and not any(map(_present, value.values()))


def _without_empty(value: Any) -> Any:
    """Take an empty object for null; in a list leave it out."""
    if isinstance(value, list):
        return [each for each in value if not is_empty(each)]
    return None if is_empty(value) else value


def with_blanks(data: Any, name: str) -> Any:
    """Take what is blank in one of an object's lists for an empty object, where it counts."""
    items = data.get(name) if isinstance(data, dict) else None
    if not isinstance(items, list):
        return data
    return {**data, name: [each if _present(each) else {} for each in items]}


def _without_absent(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if len(value) > MOST_ITEMS:
        message = f"a list has more than {MOST_ITEMS:,} items"
        raise ValueError(message)
    return [item for item in value if _present(item)]


_DATETIME = SchemaValidator({"type": "datetime"})
_WRITTEN = r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
"""How `rfc3339` writes a time."""


def rfc3339(moment: datetime) -> str:
    """Write a time the way all answers do: UTC, `Z`, no zero fraction."""
    text = moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def rfc3339_seconds(seconds: float) -> str:
    """Write seconds since 1970 as whole seconds of RFC 3339."""
    return rfc3339(datetime.fromtimestamp(int(seconds), timezone.utc))


def read_time(value: object) -> object:
    """Read a time in any form an API sends it, as RFC 3339; None where it stands for never.

    A text that is no time comes back as it is, a number as a text, and so does what is neither.
    """
    return None if times.is_never(value) else _in_rfc3339(value)


def _in_rfc3339(value: object) -> object:
    moment = times.read(value)
    if moment:
        return rfc3339(moment)
    return f"{value}" if times.is_number(value) else value


def _read_end(value: object) -> object:
    """Read a time that decides: what is neither text nor number is there, and is no time.

    A platform that means never by a number says so in its replies.
    """
    if value is None:
        return None
    read = _in_rfc3339(value)
    return read if isinstance(read, str) and read.strip() else "unreadable"


Version = Annotated[int | None, Field(ge=0, le=2**53), Instead()]
"""A version number, as far as JSON's numbers are exact. It only describes."""
Moment = Annotated[str | None, BeforeValidator(read_time), Instead()]
"""A time that only describes, in RFC 3339, UTC: when something was made or changed."""
EndTime = Annotated[str | None, BeforeValidator(_read_end)]
"""A time from which on something does not count; a text that is no time counts against it."""


def is_past(time: str | None, now: float) -> bool:
    """Tell whether an RFC 3339 `time` lies at or before `now` (seconds since 1970).

    None and a text that is no time are not past.
    """
    seconds = epoch_seconds(time)
    return seconds is not None and seconds <= now


def epoch_seconds(time: str | None) -> float | None:
    """Give seconds since 1970 for a `time` as answers write it; None for None and other texts."""
    if time is None or not re.fullmatch(_WRITTEN, time):
        return None
    try:
        moment: datetime = _DATETIME.validate_python(time)
    except ValidationError:
        return None
    return moment.timestamp()


PrincipalType = Literal["user", "serviceUser"]
PRINCIPAL_TITLES: dict[PrincipalType, str] = {"user": "person", "serviceUser": "machine"}
"""What a principal type is called in messages."""
RoleSource = Literal["api", "token"]


class Organization(Value):
    """The organization that was asked about."""

    id: str
    """The organization's id, as asked for."""
    name: str | None = None
    """Its name. m3ter: the organization name; VMware Cloud Services: the reported name."""
    short_name: str | None = None
    """Its short name. m3ter only."""
    display_name: str | None = None
    """Its name for people. VMware Cloud Services only."""
    type: str | None = None
    """What it is for, for example `PRODUCTION` or `SANDBOX`. m3ter only."""
    status: str | None = None
    """Its state, for example `ACTIVE` or `ARCHIVED`. m3ter only."""


class ReportedOrganization(Value):
    """An organization that the API reported with the roles."""

    name: str | None = None
    """Its name or short unique identifier, as the API gives it."""
    display_name: str | None = None
    """Its name for people."""


class Statement(Value):
    """One statement of a permission policy."""

    effect: str | None = None
    """`ALLOW` or `DENY`; a denial wins over every permission."""
    actions: list[str] | None = None
    """What is allowed or denied, in upper case, for example `CONFIG_CREATE`."""
    resources: list[str] | None = None
    """To what it applies, for example `config:meter/*`."""


class Role(Value):
    """One role of the caller."""

    name: str
    """The role's name, without any prefix: `org_owner`, `Administrator`, `CONFIG_CREATE`."""
    kind: RoleKind
    """VMware Cloud Services has `organization`, `service` and `custom` roles; a `policy` is a m3ter
    permission policy; a `permission` is a single right that a m3ter token carries, or an entry
    of a token in a form that is not known, which is not active."""
    source: RoleSource
    """`api` when the platform's API reported the role, `token` when it was read from the access
    token because the API does not answer for this caller. A token is decoded, not verified."""
    active: bool
    """Whether the role is held in the organization asked about, and its end is not known to have
    passed. False too where `expiresAt` is no time that can be read."""
    display_name: str | None = None
    """The role's name for people."""
    organization: str | None = None
    """The organization that grants the role, where the API reports one: its name, or its id where
    the role itself names another organization."""
    service_name: str | None = None
    """The service that a service role or permission belongs to."""
    service_display_name: str | None = None
    """That service's name for people."""
    resource: str | None = None
    """What the role is limited to."""
    membership_type: str | None = None
    """How the role is held: `DIRECT`, or through a group: `GROUP`, `NESTED`."""
    expires_at: EndTime = None
    """When the role ends, RFC 3339 in UTC; a text that is no time stays as it came. Absent means
    never, if `endKnown` is true."""
    end_known: bool
    """Whether it is known when the role ends: at `expiresAt` or, if that is absent, never. False
    where the platform does not tell, or tells what cannot be read."""
    in_token: bool | None = None
    """Whether the access token in use carries the role too; absent where the token cannot tell."""
    statements: list[Statement] | None = None
    """What a m3ter permission policy allows and denies."""
