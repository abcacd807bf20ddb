"""English sentences for the findings of imageannotation. Objects are counted from 1, as the workbench shows them."""

from task_types.wording import OF_OBJECTS, SHARED, gettext_noop

MESSAGES = (
    SHARED
    | OF_OBJECTS
    | {
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
    }
)
