"""Reasons of rejections and reports in words."""

from django import template

from labeling.returning import report_reason_name
from labeling.reviewing import reason_class_name

register = template.Library()
register.filter("reason_class", reason_class_name)
register.filter("report_reason", report_reason_name)
