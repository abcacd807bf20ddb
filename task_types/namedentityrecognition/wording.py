"""English sentences for the findings of namedentityrecognition. Objects and relations are counted from 1."""

from task_types.wording import OF_OBJECTS, SHARED, gettext_noop

MESSAGES = (
    SHARED
    | OF_OBJECTS
    | {
        "labels_missing": gettext_noop("“labels” needs at least one label."),
        "relations_unsupported": gettext_noop("Relationships cannot be shown in this form yet."),
        "attributes_unsupported": gettext_noop("Attributes cannot be shown in this form yet."),
        "relation_label_unknown": gettext_noop("“%(label)s” is not one of the labels."),
        "id_twice": gettext_noop("Object %(number)s has the id of another object."),
        "entity_twice": gettext_noop("Object %(number)s is the same as another one: same place, same label."),
        "offsets_outside": gettext_noop(
            "Object %(number)s has no place in the text, which has %(max)s characters: "
            "its start has to be before its end."
        ),
        "text_differs": gettext_noop("Object %(number)s says something else than the text at its place."),
        "label_unknown": gettext_noop("Object %(number)s has the label “%(label)s”, which is not in the list."),
        "relation_end_missing": gettext_noop("Relation %(number)s leads to an object that is not there."),
        "relation_to_itself": gettext_noop("Relation %(number)s leads from an object to itself."),
        "relation_unasked": gettext_noop("Relation %(number)s is not asked for between objects with these labels."),
        "relation_twice": gettext_noop("Relation %(number)s is there twice."),
    }
)
