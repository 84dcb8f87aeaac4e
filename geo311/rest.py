"""What every REST resource shares: language, sizes, pages of GeoJSON, and how problems stand in the schema."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.pagination import BasePagination
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from geo311.core.problems import Invalid, TooLarge
from geo311.http import PROBLEM_JSON, check_parameters, whole_number_of

GEOJSON = "application/geo+json"  # RFC 7946, section 12
MAX_JSON_BYTES = 256 * 1024  # the longest texts of a report take 8 KB
MAX_BODY_BYTES = 80 * 1024 * 1024  # five photos at their largest, and a form
MOST_OFFSET = 1_000_000_000
UTC_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class FlatJSONParser(JSONParser):
    """JSON that nests no deeper than Python reads: deeper is a mistake of the sender, not of ours."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This JSON nests too deep.")) from error


class AlwaysJSON(BaseContentNegotiation):
    """JSON whatever `Accept` says (RFC 9110, section 12.4.1, allows it): GeoJSON goes by many names."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


@method_decorator(gzip_page, name="dispatch")
class Spoken(APIView):
    """Base of every view: refuses what is too large, checks the query's names, answers in the language of `lang`."""

    known_parameters: tuple[str, ...] | None = ()
    content_negotiation_class = AlwaysJSON
    parser_classes = (FlatJSONParser, MultiPartParser, FormParser)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        refuse_large(request)
        if self.known_parameters is not None:
            check_parameters(request.query_params, self.known_parameters)
        speak(request)
        super().initial(request, *args, **kwargs)


def plain(request: Request) -> HttpRequest:
    """Django's request within DRF's."""
    inner: HttpRequest = request._request  # noqa: SLF001  DRF documents no other way to it
    return inner


def refuse_large(request: Request) -> None:
    """Raises TooLarge before a body is read that no report needs."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    most = MAX_JSON_BYTES if (request.content_type or "").startswith("application/json") else MAX_BODY_BYTES
    if length > most:
        raise TooLarge(_("Send at most {n} KB.").format(n=most // 1024))


def speak(request: Request) -> None:
    """Answer in the language of `lang`; without it Accept-Language has chosen. Raises Invalid for one we lack."""
    wanted = request.query_params.get("lang", "")
    known = [code for code, _name in settings.LANGUAGES]
    if wanted and wanted not in known:
        raise Invalid.field("lang", _("lang must be one of: {codes}.").format(codes=", ".join(known)))
    if wanted:
        translation.activate(wanted)


class FeaturePages(BasePagination):
    """Pages of a FeatureCollection: `limit` and `offset`, `count` of all, and links to the pages beside."""

    default_limit = 100
    most = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request, query = request, request.query_params
        self.limit = whole_number_of(query, "limit", default=self.default_limit, least=1, most=self.most)
        self.offset = whole_number_of(query, "offset", default=0, least=0, most=MOST_OFFSET)
        self.count = queryset.count()
        return list(queryset[self.offset : self.offset + self.limit]) if self.offset < self.count else []

    def get_paginated_response(self, data: Any) -> Response:
        members = {"type": "FeatureCollection", "count": self.count, "next": self._next(), "previous": self._previous()}
        return Response({**members, "features": data["features"]}, content_type=GEOJSON)

    def _link(self, offset: int) -> str:
        url = replace_query_param(self.request.build_absolute_uri(), "limit", self.limit)
        return str(replace_query_param(url, "offset", offset) if offset else remove_query_param(url, "offset"))

    def _next(self) -> str | None:
        return self._link(self.offset + self.limit) if self.offset + self.limit < self.count else None

    def _previous(self) -> str | None:
        return self._link(max(0, self.offset - self.limit)) if self.offset else None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.most, "default": self.default_limit}
        offset = {"type": "integer", "minimum": 0, "default": 0}
        return [
            {"name": "limit", "in": "query", "schema": limit, "description": "How many features a page holds."},
            {"name": "offset", "in": "query", "schema": offset, "description": "How many features to leave out first."},
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "count": {"type": "integer", "description": "All features, not of this page alone."},
            "next": link,
            "previous": link,
            "features": {"type": "array", "items": schema.get("items", schema)},
        }
        return {"type": "object", "required": list(properties), "properties": properties}


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemDocument(serializers.Serializer[Any]):
    """What went wrong (RFC 9457), as `application/problem+json`."""

    type = serializers.CharField(help_text="Which kind of problem, an address relative to this site.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="What happened, and what would be right.")

    def get_fields(self) -> dict[str, Any]:
        # Declared as an attribute it would stand in the way of the serializer's own `errors`.
        return {**super().get_fields(), "errors": FieldProblem(many=True, required=False)}


PROBLEMS = {
    400: gettext_lazy("A parameter or field is missing or wrong; `errors` names each."),
    403: gettext_lazy("Your role may not do this."),
    404: gettext_lazy("There is nothing here, or it is not public."),
    409: gettext_lazy("It does not fit what is already stored."),
    413: gettext_lazy("The body is too large."),
    415: gettext_lazy("We read application/json and multipart/form-data."),
    422: gettext_lazy("Outside the area we serve, or an emergency: `detail` says whom to ask or call."),
    429: gettext_lazy("Too many attempts from here; `Retry-After` says when to try again."),
}


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """The problem answers of an operation, for its schema."""
    return {(status, PROBLEM_JSON): OpenApiResponse(ProblemDocument, str(PROBLEMS[status])) for status in statuses}


LANG = OpenApiParameter("lang", OpenApiTypes.STR, description="Language of texts; else Accept-Language chooses.")
