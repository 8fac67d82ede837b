"""``{% load portal %}``: words for the audit log."""

from django import template

from example_project.portal.wording import sentence_of

register = template.Library()
register.filter("sentence", sentence_of)
