"""Schemas of the example and of single views, and what stands in them."""

from django.urls import path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


def generate(*patterns):
    """The schema of the example, or of some views alone; a warning fails the test."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        schema = SchemaGenerator(patterns=patterns or None).get_schema(public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    validate_schema(schema)
    return schema


def operation_of(view):
    """The GET of a view that is all alone."""
    return generate(path("guarded/", view))["paths"]["/guarded/"]["get"]


def names_in(response):
    """The names of the components that a JSON answer may be."""
    found = response["content"]["application/json"]["schema"]
    return [choice["$ref"].rpartition("/")[2] for choice in found.get("anyOf", [found])]
