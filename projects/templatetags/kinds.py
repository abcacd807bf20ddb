"""The kinds of work in words."""

from django import template

from projects.wording import kind_name

register = template.Library()
register.filter("kind_of_work", kind_name)
