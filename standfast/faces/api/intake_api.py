"""What does the intake process answer? The whole of it, and the document that says so."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from standfast.faces.api import calls, contacts, documents, units
from standfast.faces.api.problems import Problem, answer
from standfast.faces.api.receiving import Sent, receive


class DocumentedAPI(NinjaAPI):
    """An API whose bodies are read by hand, byte for byte, and documented by their shapes."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the document with the shapes and the key."""
        found = super().get_openapi_schema(**given)
        documents.complete(found)
        return found


def make_api(*, title: str, namespace: str, routers: list[Any]) -> NinjaAPI:
    """Return an API of version 1 over these routers, that answers refusals as problems."""
    api = DocumentedAPI(title=title, version="1", docs_url=None, urls_namespace=namespace)
    for router in routers:
        api.add_router("", router)
    api.add_exception_handler(Problem, _say_no)
    return api


def _say_no(request: HttpRequest, problem: Exception | type[Exception]) -> HttpResponse:
    if not isinstance(problem, Problem):
        raise TypeError("Only problems are told.")
    return answer(problem, request)


INTAKE = make_api(title="Standfast intake", namespace="intake", routers=[contacts.router, calls.router, units.router])


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that there is nothing here; what a registered source sent to a wrong address or version is kept all the same."""
    wrong = Problem(404, "address", "There is nothing at this address.", "POST /api/v1/contacts", is_kept=True)
    if request.method != "POST":
        return answer(wrong, request)

    def refuse(_: Sent) -> HttpResponse:
        raise wrong

    try:
        return receive(request, refuse)
    except Problem as problem:
        return answer(wrong if problem.kind == "key" else problem, request)
