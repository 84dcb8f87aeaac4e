"""Problem and its family: what went wrong, in the shape of RFC 9457."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its name as the caller wrote it, and what would be right."""

    field: str
    detail: str


class Problem(Exception):
    """Base of everything the domain raises on purpose; `type` is relative to the site (RFC 9457, section 3.1.1)."""

    type: ClassVar[str] = "about:blank"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", *, errors: tuple[FieldError, ...] = (), **extensions: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors
        self.extensions = extensions

    def as_dict(self) -> dict[str, object]:
        """The members of an `application/problem+json` body."""
        body: dict[str, object] = {"type": self.type, "title": str(self.title), "status": self.status}
        if self.detail:
            body["detail"] = str(self.detail)
        if self.errors:
            body["errors"] = [{"field": error.field, "detail": str(error.detail)} for error in self.errors]
        return body | self.extensions


class Invalid(Problem):
    """A field is missing, malformed or out of range."""

    type, title, status = "/problems/invalid", "The request has a field that is not right", 400

    @classmethod
    def field(cls, name: str, detail: str) -> "Invalid":
        """The problem of one field, said in one sentence."""
        return cls(detail, errors=(FieldError(name, detail),))


class NotFound(Problem):
    type, title, status = "/problems/not-found", "There is nothing here", 404


class NotAllowed(Problem):
    type, title, status = "/problems/not-allowed", "Your role may not do this", 403


class OutsideServiceArea(Problem):
    """The place is not the city's; `detail` says whom to ask, or where the nearest place inside is."""

    type, title, status = "/problems/outside-service-area", "This place is outside the area we serve", 422


class Emergency(Problem):
    """The report belongs to the emergency number (or another line), not to the desk."""

    type, title, status = "/problems/emergency", "Please call instead of reporting", 422


class Conflict(Problem):
    type, title, status = "/problems/conflict", "This does not fit what is already stored", 409


class TooLarge(Problem):
    """The body is larger than we read."""

    type, title, status = "/problems/too-large", "This is more than we can take at once", 413


class TooManyAttempts(Problem):
    type, title, status = "/problems/too-many-attempts", "Too many attempts from here", 429


class UnusableFile(Problem):
    """A file that cannot be read as what it should be."""

    type, title, status = "/problems/unusable-file", "This file cannot be used", 400
