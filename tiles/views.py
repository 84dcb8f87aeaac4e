"""Views of what leaves as vectors: the exports."""

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from tiles.exports import get_format
from tiles.layers import get_layer

# A report that was just hidden, or just sent, is out of date on a public map for this long at most.
PUBLIC_FOR_S = 10


@require_safe
@gzip_page
def export(request: HttpRequest, layer: str, extension: str) -> StreamingHttpResponse:
    """`/export/<layer>.<extension>`: every row of a layer that the caller may see and the filters let through."""
    kind, source = get_format(extension), get_layer(layer)
    rows = source.rows(request.user, request.GET)
    body = kind.write(source, rows) if request.method == "GET" else ()
    response = StreamingHttpResponse(body, content_type=kind.media_type)
    response["Content-Disposition"] = f'attachment; filename="{source.name}.{extension}"'
    public = f"public, max-age={PUBLIC_FOR_S}"
    response["Cache-Control"] = "private, no-store" if request.user.is_authenticated else public
    return response
