"""English sentences for the findings of imageannotation. Objects are counted from 1, as the workbench shows them."""

from task_types.wording import SHARED, gettext_noop

MESSAGES = SHARED | {
    "geometry_unknown": gettext_noop("“%(name)s” is not a shape that can be drawn here."),
    "labels_missing": gettext_noop("“%(name)s” needs at least one label."),
    "uuid_twice": gettext_noop("Object %(number)s has the id of another object."),
    "geometry_unasked": gettext_noop("Object %(number)s has a shape that is not asked for."),
    "label_unknown": gettext_noop("Object %(number)s has the label “%(label)s”, which is not in the list."),
    "outside": gettext_noop("Object %(number)s reaches beyond the picture."),
    "box_too_small": gettext_noop(
        "Object %(number)s is too small: it has to be at least %(width)s × %(height)s pixels."
    ),
    "too_few_vertices": gettext_noop("Object %(number)s needs at least %(min)s corners."),
    "too_many_vertices": gettext_noop("Object %(number)s has more than %(max)s corners."),
    "polygon_crosses": gettext_noop("The outline of object %(number)s crosses itself."),
    "polygon_flat": gettext_noop("The outline of object %(number)s encloses nothing."),
    "attribute_required": gettext_noop("Object %(number)s needs “%(name)s”."),
    "attribute_unexpected": gettext_noop("Object %(number)s has “%(name)s”, which its label does not ask for."),
    "attribute_not_text": gettext_noop("“%(name)s” of object %(number)s has to be text."),
    "attribute_not_number": gettext_noop("“%(name)s” of object %(number)s has to be a number."),
    "attribute_not_finite": gettext_noop("“%(name)s” of object %(number)s has to be an ordinary number."),
    "attribute_not_boolean": gettext_noop("“%(name)s” of object %(number)s has to be yes or no."),
    "attribute_not_choice": gettext_noop("“%(name)s” of object %(number)s has to be one of the choices."),
    "attribute_not_choices": gettext_noop("“%(name)s” of object %(number)s has to be a list of choices."),
    "attribute_unknown_choice": gettext_noop("“%(value)s” is not a choice of “%(name)s”, which object %(number)s has."),
    "attribute_choice_twice": gettext_noop("“%(value)s” is chosen twice for “%(name)s” of object %(number)s."),
    "attribute_number_too_small": gettext_noop("“%(name)s” of object %(number)s has to be at least %(min)s."),
    "attribute_number_too_large": gettext_noop("“%(name)s” of object %(number)s has to be at most %(max)s."),
    "attribute_text_too_long": gettext_noop("“%(name)s” of object %(number)s is longer than %(max)s characters."),
}
