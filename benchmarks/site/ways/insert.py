"""A view that inserts one row and commits: the least that anything can do that writes."""

from typing import Any

from django.db import connection
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.site.ways import Way


class InsertView(APIView):
    """Writes down that somebody came."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Any) -> Response:
        """Insert a row, in a transaction of its own."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benchmark_insert (note) VALUES (%s)", [str(request.data["code"])])
        return Response({}, status=201)


def enroll(users: list[Any]) -> list[dict[str, str]]:
    """Create the table."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_insert (note varchar(40))")
    return [{} for _ in users]


WAY = Way(
    key="insert",
    label="a plain insert and its commit",
    path="/verify/insert/",
    field="code",
    middleware=(),
    session_only=False,
    enroll=enroll,
)
