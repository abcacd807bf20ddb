"""Reasons of a rejection in words."""

from django import template

from labeling.reviewing import reason_class_name

register = template.Library()
register.filter("reason_class", reason_class_name)
